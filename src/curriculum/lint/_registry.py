"""The register of rules: what each is called, what it finds, and how that is mended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from curriculum.course import Course
    from curriculum.lint._subject import Subject

_Looked = TypeVar("_Looked")


class Found(NamedTuple):
    """One place where a rule is broken.

    Attributes:
        where: the id of the cell, or empty where the whole file is meant.
        message: what is wrong.
        mend: how to mend it, where the rule's own advice is too general.
        file: the file, where it is not the notebook at hand.
    """

    where: str
    message: str
    mend: str = ""
    file: str = ""


@dataclass(frozen=True)
class Rule(Generic[_Looked]):
    """One thing that lint looks for.

    Attributes:
        name: the stable code name that findings carry.
        about: what it finds, as ``docs/lint.md`` says it.
        mend: how it is mended.
        find: looks for it.
    """

    name: str
    about: str
    mend: str
    find: Callable[[_Looked], Iterable[Found]]


@dataclass(frozen=True)
class LintFinding:
    """One finding: where it is, which rule it breaks, what is wrong and how to mend it."""

    file: str
    cell_id: str
    rule: str
    message: str
    advice: str

    def __str__(self) -> str:
        """The finding as one line."""
        place = f"{self.file}:{self.cell_id}" if self.cell_id else self.file
        return f"{place}: {self.rule}: {self.message}; {self.advice}"


RULES: dict[str, Rule[Subject]] = {}
COURSE_RULES: dict[str, Rule[Course]] = {}


def rule(
    name: str, about: str, *, mend: str
) -> Callable[[Callable[[Subject], Iterator[Found]]], Callable[[Subject], Iterator[Found]]]:
    """Register a function that looks for one thing in a notebook.

    Args:
        name: the rule's code name.
        about: what it finds.
        mend: how that is mended; a finding may say it more exactly.
    """

    def register(find: Callable[[Subject], Iterator[Found]]) -> Callable[[Subject], Iterator[Found]]:
        RULES[name] = Rule(name, about, mend, find)
        return find

    return register


def course_rule(
    name: str, about: str, *, mend: str
) -> Callable[[Callable[[Course], Iterator[Found]]], Callable[[Course], Iterator[Found]]]:
    """Register a function that looks for one thing in the course as a whole; arguments as for ``rule``."""

    def register(find: Callable[[Course], Iterator[Found]]) -> Callable[[Course], Iterator[Found]]:
        COURSE_RULES[name] = Rule(name, about, mend, find)
        return find

    return register
