"""The learner's process: runs the learner's cells, keeps their objects, does what the examiner asks of them.

Nothing here is trusted by the examiner: this code shares its process with the learner's. It sends data only.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import threading
import warnings
from typing import TYPE_CHECKING, Any

from curriculum.grading import wire
from curriculum.grading.split._channel import Channel, ChannelError
from curriculum.grading.split._lent import Lent, lent
from curriculum.grading.split._operations import OPERATIONS
from curriculum.grading.split._shell import error_of
from curriculum.grading.split._unpack import GiftUnpickler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.grading.split._recorded import Recorded
    from curriculum.grading.split._shell import CellShell

_MOST_WARNINGS = 20
_MOST_BASES = 20


class Owner:
    """Serves one examiner over one channel until it is gone."""

    def __init__(self, channel: Channel, shell: CellShell, recorded: Recorded, output: int) -> None:
        self.channel = channel
        self.shell = shell
        self.recorded = recorded
        self.written = _Kept(output)
        self.lock = threading.RLock()
        self.objects: list[Any] = []
        self.numbers: dict[int, int] = {}

    def serve(self) -> None:
        """Answer requests, one after the other."""
        sys.stdout = sys.stderr = self.written
        with contextlib.suppress(ChannelError):
            while True:
                self.channel.send(self._answer(self.channel.receive()))

    def refer(self, value: Any) -> int:
        """The number of an object that stays here."""
        number = self.numbers.get(id(value))
        if number is None:
            number = self.numbers[id(value)] = len(self.objects)
            self.objects.append(value)  # keeps it alive, so that its id stays its own
        return number

    def ask(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call one of the examiner's functions, in the middle of its request."""
        with self.lock:
            asked = {"callback": number, "data": wire.encode([args, kwargs], self.refer), "out": self.written.taken()}
            self.channel.send(asked)
            # The function may have things done with what it was given, before it returns.
            while "do" in (reply := self.channel.receive()):
                self.channel.send(self._answer(reply))
        if "error" in reply:
            raise self.load(reply["error"])
        return self.load(reply["value"])

    def load(self, data: bytes) -> Any:
        """What the examiner sent: it may be richer than data, since the examiner is trusted."""
        return GiftUnpickler(io.BytesIO(data), self).load()

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        match request["do"]:
            case "run":
                answer = self._run(request["source"], is_unseen=request["is_unseen"])
            case "take":
                answer = {"taken": self._take(request["cell"], request["names"])}
            case "name":
                answer = self._name(request["name"])
            case "give":
                self.shell.user_ns.update(self.load(request["data"]))
                answer = {}
            case operation:
                answer = self._operate(operation, request["data"])
        return answer | {"out": self.written.taken()}

    def _run(self, source: str, *, is_unseen: bool) -> dict[str, Any]:
        error = error_of(self.shell.run(source, is_unseen=is_unseen))
        return {} if error is None else self._raised(error)

    def _take(self, cell: str, names: list[str]) -> bool:
        """Have what a teacher's cell defines without running it, if everything it uses is as it was."""
        taken = self.recorded.taken[cell]
        if not taken.fits(self.shell.user_ns):
            return False
        self.shell.user_ns.update({name: taken.values[name] for name in names})
        return True

    def _name(self, name: str) -> dict[str, Any]:
        space = self.shell.user_ns
        try:
            return {"value": self._encode(space[name])} if name in space else {}
        except BaseException as error:  # noqa: BLE001 - too large, or of a class that has its own ideas
            return self._raised(error)

    def _operate(self, operation: str, data: bytes) -> dict[str, Any]:
        try:
            args, kwargs = self.load(data)
        except Exception as error:  # noqa: BLE001 - a class that the learner has taken away, ...
            return self._raised(error)
        answer: dict[str, Any] = {}
        given = Lent(lent([*args, *kwargs.values()], lambda value: id(value) in self.numbers))
        with _recorded() as seen:
            try:
                result = OPERATIONS[operation](*args, **kwargs)
                same = given.same(result)
                answer |= {"value": self._encode(result)} if same is None else {"same": same}
            except BaseException as error:  # noqa: BLE001 - SystemExit too: it is the examiner who goes on
                answer |= self._raised(error)
        answer["warned"] = [(_lineage(w.category), str(w.message)) for w in seen[:_MOST_WARNINGS]]
        answer["changed"] = {place: self._encode(content) for place, content in given.changed().items()}
        return answer

    def _raised(self, error: BaseException) -> dict[str, Any]:
        answer: dict[str, Any] = {"error": wire.encode_error(error), "number": self.refer(error)}
        with contextlib.suppress(Exception):
            if isinstance(error.__cause__, BaseException):
                answer["cause"] = wire.encode_error(error.__cause__)
            answer["alone"] = error.__suppress_context__ is True
        return answer

    def _encode(self, value: Any) -> bytes:
        return wire.encode(value, self.refer)


def serve(channel: Channel, shell: CellShell, recorded: Recorded, output: int) -> None:
    """Be the learner's process until the examiner is gone; never returns."""
    try:
        Owner(channel, shell, recorded, output).serve()
    finally:
        os._exit(0)


class _Kept(io.TextIOBase):
    """A text stream that keeps the first so many characters between two looks."""

    encoding = "utf-8"

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.parts: list[str] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        room = self.most - self.size
        if room > 0:
            self.parts.append(str(text)[:room])
            self.size += len(self.parts[-1])
        return len(text)

    def taken(self) -> str:
        text, self.parts, self.size = "".join(self.parts), [], 0
        return text.encode("utf-8", "replace").decode()


def _lineage(category: type[Warning]) -> str:
    names = [f"{base.__module__}.{base.__qualname__}" for base in category.__mro__]
    return " ".join(names[:_MOST_BASES])


@contextlib.contextmanager
def _recorded() -> Iterator[list[warnings.WarningMessage]]:
    with warnings.catch_warnings(record=True) as seen:
        # Where no filter says otherwise, each is told each time: how often they are shown is for the examiner to say.
        warnings.simplefilter("always", append=True)
        yield seen
