"""Exceptions of the learner's process, as data."""

from __future__ import annotations

import linecache
from typing import TYPE_CHECKING, Any

from curriculum.grading.wire import _describe
from curriculum.grading.wire._message import decode, encode
from curriculum.grading.wire._records import Frame, SentError, Unencodable, WireError
from curriculum.grading.wire._text import clean

if TYPE_CHECKING:
    from types import TracebackType

    from curriculum.grading.wire._records import Reference

_TEXT = 4000
_LINE = 300
_ARGS = 20
_FRAMES = 20
_WALKED = 100_000
_NOTES = 10
_SIZE = 1 << 20
_CELLS = ("ipykernel", "ipython-input")

_traceback = _describe.slot(BaseException, "__traceback__")
_arguments = _describe.slot(BaseException, "args")


def encode_error(error: BaseException) -> bytes:
    """Turn an exception into a message; never raises, whatever the exception does."""
    frames, hidden = _frames(_traceback(error))
    fields = [
        list(_describe.class_names(type(error))),
        _describe.short(_describe.attempt(lambda: str(error)), _TEXT),
        [[frame.file, frame.line, frame.function, frame.source] for frame in frames],
        hidden,
        _notes(error),
    ]
    for args in (_args(error), []):
        try:
            return encode([*fields, args], None, _SIZE)
        except Unencodable:
            continue
    return encode([*fields[:2], [], hidden, [], []], None)


def decode_error(data: bytes) -> SentError:
    """Turn a message back into what it says of an exception.

    Raises:
        WireError: the message does not follow the language, or is about no exception.
    """
    found = decode(data, _no_reference, 2 * _SIZE)
    if type(found) is not list or len(found) != 6:
        raise WireError("a message about no exception")
    classes, text, frames, hidden, notes, args = found
    names = _strings(classes, 50, 200)
    if not names or type(args) is not list or type(frames) is not list or len(frames) > _FRAMES:
        raise WireError("a message about no exception")
    return SentError(
        type_name=names[0],
        bases=names,
        text=_string(text, _TEXT),
        args=tuple(args[:_ARGS]),
        frames=tuple(map(_frame, frames)),
        hidden_frames=hidden if type(hidden) is int and 0 <= hidden <= _WALKED else 0,
        notes=_strings(notes, _NOTES, _TEXT),
    )


def _frames(traceback: TracebackType | None) -> tuple[list[Frame], int]:
    """Return the last of the cells' frames, the outermost first, and how many others there are."""
    frames: list[Frame] = []
    walked = 0
    while traceback is not None and walked < _WALKED:
        walked += 1
        code = traceback.tb_frame.f_code
        if any(mark in code.co_filename for mark in _CELLS):
            frames.append(Frame(code.co_filename, traceback.tb_lineno or 0, code.co_name, ""))
            del frames[:-_FRAMES]
        traceback = traceback.tb_next
    return list(map(_with_source, frames)), walked - len(frames)


def _with_source(frame: Frame) -> Frame:
    source = _describe.attempt(lambda: linecache.getline(frame.file, frame.line))
    cut = [clean(text, _LINE) for text in (frame.file, frame.function, _describe.short(source, _LINE).strip())]
    return Frame(cut[0], frame.line, cut[1], cut[2])


def _notes(error: BaseException) -> list[str]:
    notes = _describe.attempt(lambda: list(error.__notes__))
    return [_describe.short(note, _TEXT) for note in (notes or [])[:_NOTES]]


def _args(error: BaseException) -> list[Any]:
    args = list(tuple.__iter__(_arguments(error)))
    return [arg if _is_data(arg) else _describe.describe_text(arg) for arg in args[:_ARGS]]


def _is_data(value: Any) -> bool:
    try:
        encode(value, None, _SIZE)
    except Unencodable:
        return False
    return True


def _no_reference(_reference: Reference) -> Any:
    raise WireError("a reference where only data may stand")


def _strings(values: Any, count: int, most: int) -> tuple[str, ...]:
    if type(values) is not list or len(values) > count:
        raise WireError("texts that are none, or too many")
    return tuple(_string(value, most) for value in values)


def _string(value: Any, most: int) -> str:
    if type(value) is not str:
        raise WireError("a text that is none")
    return clean(value, most)


def _frame(value: Any) -> Frame:
    if type(value) is not list or len(value) != 4 or type(value[1]) is not int:
        raise WireError("a frame of a traceback that is none")
    file, line, function, source = value
    return Frame(_string(file, _LINE), line, _string(function, _LINE), _string(source, _LINE))
