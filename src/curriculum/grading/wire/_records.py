"""What stands for the things that stay in the learner's process, and this language's errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from curriculum.errors import CurriculumError


class WireError(CurriculumError, ValueError):
    """A message from the learner's process that does not follow the language."""


class Unencodable(CurriculumError, TypeError):  # noqa: N818 - what it says of the value
    """A value that can cross neither as data nor as a reference: it is too large."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a function.

    Attributes:
        kind: the name of ``inspect.Parameter``'s kind, such as ``POSITIONAL_OR_KEYWORD``.
        default: the default's repr; None where there is no default.
    """

    name: str
    kind: str
    default: str | None = None


@dataclass(frozen=True)
class Reference:
    """An object that stays in the learner's process, described. It is the learner's word: none of it is proof.

    Attributes:
        number: what the learner's process knows it by.
        type_name: its class, with the module.
        bases: its class and that one's bases, in the order of the MRO, each with its module; at most 50.
        callable: whether it can be called.
        text: its repr in at most 200 characters; empty where that fails, and for scikit-learn's objects, whose repr
            takes a millisecond.
        length: its ``len``, where it has one.
        name: the ``__name__`` of a function, a class or a module.
        doc: at most 2,000 characters of its docstring, where it is a function, a class or a module.
        signature: what it can be called with, where it is a function or a class and that can be read.
        lineage: where it is a class itself: that class and its bases, as in ``bases``.
    """

    number: int
    type_name: str
    bases: tuple[str, ...] = ()
    callable: bool = False
    text: str = ""
    length: int | None = None
    name: str = ""
    doc: str = ""
    signature: tuple[Parameter, ...] | None = None
    lineage: tuple[str, ...] = ()


@dataclass(frozen=True)
class Frame:
    """One cell's frame of a traceback."""

    file: str
    line: int
    function: str
    source: str


@dataclass(frozen=True)
class SentError:
    """An exception of the learner's process, described.

    Attributes:
        type_name: its class, with the module.
        bases: as in ``Reference``.
        text: its ``str``, clipped; empty where that fails.
        args: its arguments; one that is no data is its clipped repr.
        frames: the cells' frames, the outermost first; at most 20.
        hidden_frames: how many other frames the traceback has.
        notes: its ``__notes__``.
    """

    type_name: str
    bases: tuple[str, ...]
    text: str
    args: tuple[Any, ...] = ()
    frames: tuple[Frame, ...] = ()
    hidden_frames: int = 0
    notes: tuple[str, ...] = ()
