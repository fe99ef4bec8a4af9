"""The learner's side of what the examiner hands over."""

from __future__ import annotations

import importlib
import pickle
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import io
    import sqlite3
    from types import ModuleType

    import httpx


class _Asks(Protocol):
    shell: Any
    objects: list[Any]

    def ask(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...


class GiftUnpickler(pickle.Unpickler):
    """Rebuilds what ``_gifts`` has packed."""

    def __init__(self, file: io.BytesIO, owner: _Asks) -> None:
        super().__init__(file)
        self.owner = owner

    def persistent_load(self, pid: Any) -> Any:
        """What stands for something that is not copied."""
        kind, *rest = pid
        return getattr(self, f"_{kind}")(*rest)

    def _mine(self, number: int) -> Any:
        return self.owner.objects[number]

    def _error(self, name: str, text: str) -> Exception:
        return RuntimeError(f"{name}: {text}" if text else name)

    def _teacher(self, name: str) -> Any:
        return self.owner.shell.user_ns[name]

    def _module(self, name: str) -> ModuleType:
        return importlib.import_module(name)

    def _callback(self, number: int, name: str, doc: str | None) -> Any:
        def callback(*args: Any, **kwargs: Any) -> Any:
            return self.owner.ask(number, args, kwargs)

        callback.__name__ = callback.__qualname__ = name
        callback.__doc__ = doc
        return callback

    def _iterator(self, number: int) -> Any:
        while True:
            item = self.owner.ask(number, (), {})
            if not item:
                return
            yield item[0]

    def _client(self, number: int, settings: dict[str, Any]) -> httpx.Client:
        import httpx

        owner = self.owner

        class Forwarding(httpx.BaseTransport):
            def handle_request(self, request: httpx.Request) -> httpx.Response:
                asked = (request.method, str(request.url), list(request.headers.raw), request.read())
                status, headers, content = owner.ask(number, asked, {})
                return httpx.Response(status, headers=headers, content=content, request=request)

        return httpx.Client(transport=Forwarding(), **settings)

    def _sqlite(self, content: bytes, rows: bool) -> sqlite3.Connection:
        import sqlite3

        connection = sqlite3.connect(":memory:")
        if content:
            connection.deserialize(content)
        if rows:
            connection.row_factory = sqlite3.Row
        return connection
