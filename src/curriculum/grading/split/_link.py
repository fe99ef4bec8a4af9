"""The examiner's end of the channel to the learner's process."""

from __future__ import annotations

import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

from curriculum.grading import wire
from curriculum.grading.split._channel import ChannelError, Late
from curriculum.grading.split._gifts import Gifts, Uncrossable
from curriculum.grading.split._raised import Raised
from curriculum.grading.split._remote import is_remote, number_of, remote_for
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from curriculum.grading.split._channel import Channel

_CATEGORIES = {
    category.__name__: category
    for category in (
        DeprecationWarning,
        FutureWarning,
        PendingDeprecationWarning,
        ResourceWarning,
        RuntimeWarning,
        SyntaxWarning,
        UnicodeWarning,
    )
}


class LearnerGone(BaseException):
    """The learner's process hangs, has died or breaks the protocol: no ``except Exception`` of a check may catch it."""

    def __init__(self, outcome: Outcome, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome


class Link:
    """Asks one learner's process, in the examiner.

    Args:
        channel: to the learner's process.
        classes: the classes that the exercises ask for.
        teachers: what the teacher's cells have defined, by name.
        seconds: how long one request may take.
    """

    def __init__(
        self, channel: Channel, classes: Iterable[str], teachers: Mapping[str, Any], seconds: float, until: float
    ) -> None:
        self.channel = channel
        self.classes = frozenset(classes)
        self.gifts = Gifts(teachers)
        self.raised = Raised(self)
        self.seconds = seconds
        self.until = until
        self.gone: LearnerGone | None = None

    def run(self, source: str) -> tuple[BaseException | None, str]:
        """Run a cell; the error that ended it, and what it wrote."""
        reply = self._request({"do": "run", "source": source})
        error = self.raised.rebuild(reply["error"]) if "error" in reply else None
        return error, _text(reply.get("out"))

    def take(self, cell: str, names: Iterable[str]) -> bool:
        """Have what a teacher's cell defines taken from the record; whether that was possible."""
        return self._request({"do": "take", "cell": cell, "names": list(names)}).get("taken") is True

    def values(self, names: Iterable[str]) -> dict[str, Any]:
        """The learner's values of names, as data or stand-ins; a name that is not defined is left out."""
        reply = self._request({"do": "names", "names": list(names)})
        return {str(name): self.load(data) for name, data in reply.get("values", {}).items()}

    def give(self, values: Mapping[str, Any]) -> None:
        """Define names in the learner's notebook."""
        self._request({"do": "give", "data": self.gifts.pack(dict(values))})

    def ask(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """Have an operation done in the learner's process; what it prints, warns and raises comes out here."""
        lent = {str(number): value for number, value in enumerate(args)} | kwargs
        reply = self._request({"do": operation, "data": self.gifts.pack((args, kwargs))})
        sys.stdout.write(_text(reply.get("out")))
        self._take_changes(reply.get("changed"), lent)
        for name, message in reply.get("warned") or []:
            warnings.warn(_text(message), _CATEGORIES.get(name, UserWarning), stacklevel=3)
        if "error" in reply:
            raise self.raised.rebuild(reply["error"])
        return self.load(reply["value"])

    def load(self, data: Any) -> Any:
        """A value that the learner's process has sent."""
        try:
            return wire.decode(data, self._resolve)
        except wire.WireError as error:
            raise self._lost(Outcome.TAMPERED, f"the learner's process sent what is no data ({error})") from None

    def _resolve(self, reference: wire.Reference) -> Any:
        known = self.raised.known_class(reference)
        return remote_for(self, reference) if known is None else known

    def _request(self, message: dict[str, Any]) -> dict[str, Any]:
        if self.gone is not None:
            raise self.gone
        deadline = min(time.monotonic() + self.seconds, self.until)
        try:
            self.channel.send(message, seconds=self._left(deadline))
            while True:
                reply = self.channel.receive(self._left(deadline))
                if not isinstance(reply, dict):
                    raise self._lost(Outcome.TAMPERED, "the learner's process breaks the protocol")
                if "callback" not in reply:
                    return reply
                self.channel.send(self._called_back(reply), seconds=self._left(deadline))
        except Late:
            raise self._lost(Outcome.TIMED_OUT, f"ran longer than {self.seconds:g} s") from None
        except ChannelError as error:
            raise self._lost(Outcome.KILLED, f"the process ended in the middle ({error})") from None
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise self._lost(Outcome.TAMPERED, f"the learner's process breaks the protocol ({error})") from None

    @staticmethod
    def _left(deadline: float) -> float:
        return max(deadline - time.monotonic(), 1e-3)

    def _lost(self, outcome: Outcome, message: str) -> LearnerGone:
        self.gone = LearnerGone(outcome, message)
        return self.gone

    def _called_back(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Run a function of the examiner's for the learner; its own failures are the learner's to see."""
        args, kwargs = self.load(asked["data"])
        callback = self.gifts.callbacks[asked["callback"]]
        try:
            return {"value": self.gifts.pack(callback(*args, **kwargs))}
        except Uncrossable:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it goes to the one who called
            return {"error": self.gifts.pack(_plain(error))}

    def _take_changes(self, changed: Any, lent: Mapping[str, Any]) -> None:
        for place, data in (changed or {}).items():
            if place in lent and not is_remote(lent[place]):
                _overwrite(lent[place], self.load(data))


def _plain(error: Exception) -> Exception:
    if type(error).__module__ in {"builtins", "httpx", "sqlite3"} and number_of(type(error)) is None:
        return error
    return RuntimeError(f"{type(error).__name__}: {error}")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _overwrite(old: Any, new: Any) -> None:
    from curriculum.grading.split._overwrite import overwrite

    overwrite(old, new)
