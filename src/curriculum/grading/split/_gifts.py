"""What the examiner hands to a learner's function: values are copied, functions of check cells stay behind.

A function that is defined in a check cell, an open client, a generator: the learner gets something that asks back. So
nothing that a check cell knows ever enters the learner's process but the arguments themselves.
"""

from __future__ import annotations

import io
import pickle
import sqlite3
import sys
from types import BuiltinMethodType, FunctionType, GeneratorType, MethodType, ModuleType, NoneType
from typing import TYPE_CHECKING, Any

from curriculum.errors import GradingError
from curriculum.grading.split._remote import number_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx


class UncrossableError(GradingError):
    """A check hands something to the learner's code that cannot leave the examiner."""


class Gifts:
    """Packs arguments, and remembers the examiner's functions that the learner may call.

    Args:
        teachers: what the teacher's cells have defined, by name: both processes have it.
    """

    def __init__(self, teachers: Mapping[str, Any]) -> None:
        self.teachers = teachers
        self.callbacks: list[Callable[..., Any]] = []

    def pack(self, value: Any) -> bytes:
        """A value as bytes for the learner's process.

        Raises:
            UncrossableError: it holds something that can neither be copied nor asked for.
        """
        file = io.BytesIO()
        try:
            _Pickler(file, self).dump(value)
        except UncrossableError:
            raise
        except Exception as error:  # noqa: BLE001 - what pickling runs into depends on the value
            message = f"a check hands over something that cannot be copied ({error})"
            raise UncrossableError(message) from None
        return file.getvalue()

    def remember(self, callback: Callable[..., Any]) -> int:
        """The number under which the learner may call a function."""
        self.callbacks.append(callback)
        return len(self.callbacks) - 1


class _Pickler(pickle.Pickler):
    def __init__(self, file: io.BytesIO, gifts: Gifts) -> None:
        super().__init__(file, protocol=5)
        self.gifts = gifts

    def persistent_id(self, obj: Any) -> Any:
        if type(obj) in _PLAIN:
            return None
        number = number_of(obj)
        if number is not None:
            return ("mine", number)
        if isinstance(obj, FunctionType | type):
            return self._defined(obj)
        if isinstance(obj, ModuleType):
            return ("module", obj.__name__)
        if isinstance(obj, BaseException):
            return self._error(obj)
        if isinstance(obj, MethodType | BuiltinMethodType) and not isinstance(obj.__self__, _HOMES):
            return self._callback(obj)  # what it does, it does to an object that stays here
        if isinstance(obj, GeneratorType):
            return ("iterator", self.gifts.remember(lambda: [item] if (item := next(obj, _END)) is not _END else []))
        if isinstance(obj, sqlite3.Connection):
            return ("sqlite", _content(obj), obj.row_factory is sqlite3.Row)
        httpx = sys.modules.get("httpx")
        if httpx is not None and isinstance(obj, httpx.Client):
            return ("client", self.gifts.remember(_forwarding(obj)), _settings(obj))
        return None

    def _defined(self, obj: Any) -> Any:
        name: str = obj.__name__
        if obj.__module__ != "__main__":
            return None
        if self.gifts.teachers.get(name) is obj:
            return ("teacher", name)
        if isinstance(obj, FunctionType):
            return self._callback(obj)
        message = f"a check hands over a {name!r}, a class of the check cell: define it in a teacher's cell"
        raise UncrossableError(message)

    def _error(self, obj: BaseException) -> Any:
        kind = type(obj)
        module = kind.__module__.partition(".")[0]
        shared = self.gifts.teachers.get(kind.__name__) is kind if module == "__main__" else module in _SHARED
        return None if shared else ("error", kind.__name__, str(obj))

    def _callback(self, obj: Any) -> Any:
        return ("callback", self.gifts.remember(obj), obj.__name__, obj.__doc__)


_END = object()
_PLAIN = {NoneType, bool, int, float, complex, str, bytes}  # most of what is asked about
_HOMES = (type, ModuleType, NoneType)
# Packages whose errors both processes have.
_SHARED = {"numpy", "pandas", "scipy", "sklearn", "httpx", *sys.stdlib_module_names}


def _content(connection: sqlite3.Connection) -> bytes:
    try:
        return connection.serialize()
    except sqlite3.Error:  # nothing has been written yet
        return b""


def _settings(client: httpx.Client) -> dict[str, Any]:
    headers = [(name, value) for name, value in client.headers.multi_items() if name.lower() != "host"]
    return {"base_url": str(client.base_url), "headers": headers, "follow_redirects": client.follow_redirects}


def _forwarding(client: httpx.Client) -> Callable[..., Any]:
    import httpx

    def forward(method: Any, url: Any, headers: Any, content: Any) -> tuple[int, list[tuple[str, str]], bytes]:
        # The learner's client has followed its own rules already; this only carries the request.
        request = httpx.Request(str(method), str(url), headers=[tuple(pair) for pair in headers], content=content)
        response = client.send(request, follow_redirects=False)
        kept = [(name, value) for name, value in response.headers.multi_items() if name != "content-encoding"]
        return response.status_code, kept, response.content

    return forward
