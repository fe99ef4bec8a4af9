"""What the learner's process answers, held against the protocol before anything is done with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_MOST_WARNINGS = 20


class ProtocolError(Exception):
    """An answer that is none."""


@dataclass(frozen=True)
class Reply:
    """One answer, or one question in the middle of a request.

    Attributes:
        value: what an operation gave.
        same: which of the lent arguments it gave, where it was one of them.
        error: what it raised instead.
        number: what the learner's process knows that error by.
        cause: the error it was raised from.
        alone: whether it was raised ``from`` something, be it None.
        changed: the new content of what was changed in place among the arguments, by its place in ``_lent``'s order.
        warned: the class and the text of each warning.
        out: what was written meanwhile.
        taken: whether a cell's results could be taken from the record.
        callback: the number of the examiner's function that is called, with its arguments in ``data``.
    """

    value: bytes | None = None
    same: int | None = None
    error: bytes | None = None
    number: int | None = None
    cause: bytes | None = None
    alone: bool = False
    changed: dict[str, bytes] = field(default_factory=dict)
    warned: tuple[tuple[str, str], ...] = ()
    out: str = ""
    taken: bool = False
    callback: int | None = None
    data: bytes = b""


def reply_of(message: Any) -> Reply:
    """Read an answer.

    Raises:
        ProtocolError: it does not follow the protocol.
    """
    if type(message) is not dict or not set(message) <= set(Reply.__dataclass_fields__):
        text = "an answer of unknown parts"
        raise ProtocolError(text)
    warned = message.get("warned", [])
    if type(warned) is not list or not all(_is_pair(item) for item in warned):
        text = "warnings that are none"
        raise ProtocolError(text)
    return Reply(
        value=_bytes(message.get("value")),
        same=_number(message.get("same")),
        error=_bytes(message.get("error")),
        number=_number(message.get("number")),
        cause=_bytes(message.get("cause")),
        alone=message.get("alone") is True,
        changed=_named(message.get("changed", {})),
        warned=tuple((name, words) for name, words in warned[:_MOST_WARNINGS]),
        out=message["out"] if type(message.get("out")) is str else "",
        taken=message.get("taken") is True,
        callback=_number(message.get("callback")),
        data=_bytes(message.get("data")) or b"",
    )


def _number(value: Any) -> int | None:
    if value is not None and (type(value) is not int or value < 0):
        text = "a number that is none"
        raise ProtocolError(text)
    return value


def _bytes(value: Any) -> bytes | None:
    if value is not None and type(value) is not bytes:
        text = "a value that is none"
        raise ProtocolError(text)
    return value


def _named(value: Any) -> dict[str, bytes]:
    if type(value) is not dict or not all(type(k) is str and type(v) is bytes for k, v in value.items()):
        text = "values without names"
        raise ProtocolError(text)
    return value


def _is_pair(item: Any) -> bool:
    return type(item) is list and len(item) == 2 and all(type(part) is str for part in item)
