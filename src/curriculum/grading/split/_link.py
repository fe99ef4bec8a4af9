"""The examiner's end of the channel to the learner's process."""

from __future__ import annotations

import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

from curriculum.grading import wire
from curriculum.grading.split._channel import ChannelError, Late
from curriculum.grading.split._gifts import Gifts, UncrossableError
from curriculum.grading.split._overwrite import overwrite
from curriculum.grading.split._raised import Raised
from curriculum.grading.split._remote import is_remote, number_of, remote_for
from curriculum.grading.split._reply import ProtocolError, Reply, reply_of
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from curriculum.grading._limits import Limits
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
        teachers: what the teacher's cells have defined, by name.
        limits: of time for one request, and of text.
        until: when the submission's time is used up, by the monotonic clock.

    Attributes:
        classes: the classes whose objects answer operators in the check cell at hand.
        gone: why the process is lost, once it is.
    """

    def __init__(self, channel: Channel, teachers: Mapping[str, Any], limits: Limits, until: float) -> None:
        self.channel = channel
        self.classes: frozenset[str] = frozenset()
        self.gifts = Gifts(teachers)
        self.raised = Raised(self)
        self.limits = limits
        self.until = until
        self.gone: LearnerGone | None = None

    def run(self, source: str) -> tuple[BaseException | None, str]:
        """Run a cell; the error that ended it, and what it wrote."""
        reply = self._request({"do": "run", "source": source})
        return (None if reply.error is None else self.raised.rebuild(reply.error)), reply.out

    def take(self, cell: str, names: Iterable[str]) -> bool:
        """Have what a teacher's cell defines taken from the record; whether that was possible."""
        return self._request({"do": "take", "cell": cell, "names": list(names)}).taken

    def value(self, name: str) -> dict[str, Any]:
        """The learner's value of a name, as data or a stand-in; empty where it is not defined."""
        reply = self._request({"do": "name", "name": name})
        if reply.error is not None:
            raise self.raised.rebuild(reply.error)
        return {} if reply.value is None else {name: self.load(reply.value)}

    def give(self, values: Mapping[str, Any]) -> None:
        """Define names in the learner's notebook."""
        self._request({"do": "give", "data": self.gifts.pack(dict(values))})

    def ask(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """Have an operation done in the learner's process; what it prints, warns and raises comes out here."""
        lent = {str(number): value for number, value in enumerate(args)} | kwargs
        reply = self._request({"do": operation, "data": self.gifts.pack((args, kwargs))})
        sys.stdout.write(reply.out[: self.limits.output])
        for place, data in reply.changed.items():
            if place in lent and not is_remote(lent[place]):
                overwrite(lent[place], self.load(data))
        for name, message in reply.warned:
            warnings.warn(message, _CATEGORIES.get(name, UserWarning), stacklevel=3)
        if reply.error is not None:
            raise self.raised.rebuild(reply.error)
        return self.load(reply.value)

    def load(self, data: bytes | None) -> Any:
        """A value that the learner's process has sent."""
        if data is None:
            raise self.lost(Outcome.TAMPERED, "the learner's process sent no value")
        try:
            return wire.decode(data, self._resolve)
        except wire.WireError as error:
            raise self.lost(Outcome.TAMPERED, f"the learner's process sent what is no data ({error})") from None

    def lost(self, outcome: Outcome, message: str) -> LearnerGone:
        """Give the learner's process up."""
        self.gone = LearnerGone(outcome, message)
        return self.gone

    def _resolve(self, reference: wire.Reference) -> Any:
        known = self.raised.known_class(reference)
        return remote_for(self, reference) if known is None else known

    def _request(self, message: dict[str, Any]) -> Reply:
        if self.gone is not None:
            raise self.gone
        deadline = min(time.monotonic() + self.limits.cell_seconds, self.until)
        try:
            self.channel.send(message, seconds=_left(deadline))
            while True:
                reply = reply_of(self.channel.receive(_left(deadline)))
                if reply.callback is None:
                    return reply
                self.channel.send(self._called_back(reply.callback, reply.data), seconds=_left(deadline))
        except Late:
            raise self.lost(Outcome.TIMED_OUT, f"ran longer than {self.limits.cell_seconds:g} s") from None
        except ProtocolError as error:
            raise self.lost(Outcome.TAMPERED, f"the learner's process breaks the protocol: {error}") from None
        except ChannelError as error:
            raise self.lost(Outcome.KILLED, f"the process ended in the middle ({error})") from None

    def _called_back(self, number: int, data: bytes) -> dict[str, Any]:
        """Run a function of the examiner's for the learner; its own failures are the learner's to see."""
        asked = self.load(data)
        is_call = type(asked) is list and len(asked) == 2 and type(asked[0]) is tuple and type(asked[1]) is dict
        if not is_call or number >= len(self.gifts.callbacks):
            text = "a call of no function"
            raise ProtocolError(text)
        try:
            return {"value": self.gifts.pack(self.gifts.callbacks[number](*asked[0], **asked[1]))}
        except UncrossableError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it goes to the one who called
            return {"error": self.gifts.pack(_plain(error))}


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise Late
    return left


def _plain(error: Exception) -> Exception:
    if type(error).__module__ in {"builtins", "httpx", "sqlite3"} and number_of(type(error)) is None:
        return error
    return RuntimeError(f"{type(error).__name__}: {error}")
