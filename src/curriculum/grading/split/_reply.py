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
        error: what it raised instead.
        changed: the new content of arguments that were changed in place, by where they stand.
        warned: the class and the text of each warning.
        out: what was written meanwhile.
        taken: whether a cell's results could be taken from the record.
        callback: the number of the examiner's function that is called, with its arguments in ``data``.
    """

    value: bytes | None = None
    error: bytes | None = None
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
    callback = message.get("callback")
    if callback is not None and (type(callback) is not int or callback < 0):
        text = "a call of no function"
        raise ProtocolError(text)
    return Reply(
        value=_bytes(message.get("value")),
        error=_bytes(message.get("error")),
        changed=_named(message.get("changed", {})),
        warned=tuple((name, words) for name, words in warned[:_MOST_WARNINGS]),
        out=message["out"] if type(message.get("out")) is str else "",
        taken=message.get("taken") is True,
        callback=callback,
        data=_bytes(message.get("data")) or b"",
    )


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
