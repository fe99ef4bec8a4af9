"""The examiner's end of the channel to the learner's process."""

from __future__ import annotations

import enum
import sys
import time
import warnings
from typing import TYPE_CHECKING, Any

from curriculum.grading import wire
from curriculum.grading.split._channel import ChannelError, Late
from curriculum.grading.split._gifts import Gifts, UncrossableError
from curriculum.grading.split._lent import lent
from curriculum.grading.split._overwrite import overwrite
from curriculum.grading.split._raised import Raised
from curriculum.grading.split._remote import Remote, is_remote, refresh, remote_for
from curriculum.grading.split._reply import ProtocolError, Reply, reply_of
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from curriculum.grading._limits import Limits
    from curriculum.grading.split._channel import Channel


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
        self.teachers = teachers
        self.gifts = Gifts(teachers)
        self.stand_ins: dict[int, Remote] = {}
        self.raised = Raised(self)
        self.limits = limits
        self.until = until
        self.gone: LearnerGone | None = None

    def run(self, source: str, *, is_unseen: bool = False) -> tuple[BaseException | None, str]:
        """Run a cell; the error that ended it, and what it wrote, as far as anybody will look at it."""
        reply = self._request({"do": "run", "source": source, "is_unseen": is_unseen})
        return (None if reply.error is None else self.raised.rebuild(reply)), reply.out

    def take(self, cell: str, names: Iterable[str]) -> bool:
        """Have what a teacher's cell defines taken from the record; whether that was possible."""
        return self._request({"do": "take", "cell": cell, "names": list(names)}).taken

    def value(self, name: str) -> dict[str, Any]:
        """The learner's value of a name, as data or a stand-in; empty where it is not defined."""
        reply = self._request({"do": "name", "name": name})
        if reply.error is not None:
            raise self.raised.rebuild(reply)
        return {} if reply.value is None else {name: self.load(reply.value)}

    def give(self, values: Mapping[str, Any]) -> None:
        """Define names in the learner's notebook."""
        self._request({"do": "give", "data": self.gifts.pack(dict(values))})

    def ask(self, operation: str, *args: Any, **kwargs: Any) -> Any:
        """Have an operation done in the learner's process; what it prints, warns and raises comes out here."""
        given = lent([*args, *kwargs.values()], is_remote)
        reply = self._request({"do": operation, "data": self.gifts.pack((args, kwargs))})
        sys.stdout.write(reply.out[: self.limits.output])
        for place, data in reply.changed.items():
            self._change(given, place, data)
        for lineage, message in reply.warned:
            warnings.warn(message, self.raised.warning(lineage), stacklevel=3)
        if reply.error is not None:
            raise self.raised.rebuild(reply)
        if reply.same is not None and reply.same < len(given):
            return given[reply.same]
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

    def _change(self, given: list[Any], place: str, data: bytes) -> None:
        """Bring one of the lent objects to its new content; what is lent itself stays the object it is."""
        found = self.load(data)
        sound = type(found) is list and len(found) == 2 and type(found[1]) is list
        if not sound or not place.isdecimal() or int(place) >= len(given):
            raise self.lost(Outcome.TAMPERED, "the learner's process breaks the protocol: a change of nothing")
        content, links = found
        names = list(content) if type(content) is dict else range(len(content) if type(content) is list else 0)
        for link in links:
            number, other = link if type(link) is list and len(link) == 2 else (-1, -1)
            if number in range(len(names)) and other in range(len(given)):
                content[names[number]] = given[other]
        overwrite(given[int(place)], content)

    def _resolve(self, reference: wire.Reference) -> Any:
        known = self.raised.known_class(reference)
        return self._stand_in(reference) if known is None else known

    def _stand_in(self, reference: wire.Reference) -> Any:
        """The one stand-in of an object; of a member of a teacher's enumeration, the examiner's own."""
        found = self.stand_ins.get(reference.number)
        if found is None or not refresh(found, reference):
            found = self.stand_ins[reference.number] = remote_for(self, reference)
        module, _, name = reference.type_name.rpartition(".")
        kind = self.teachers.get(name) if module == "__main__" else None
        if type(kind) is enum.EnumType and issubclass(kind, enum.Enum):
            member = self.ask("getattr", found, "_name_")
            return kind.__members__.get(member, found) if type(member) is str else found
        return found

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
                sys.stdout.write(reply.out[: self.limits.output])
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
            return {"error": self.gifts.pack(error)}


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise Late
    return left
