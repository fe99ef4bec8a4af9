"""The list of learners: who somebody is that a platform, a folder or a file names."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from curriculum import spreadsheet
from curriculum.collecting._claim import Platform
from curriculum.errors import SubmissionError
from curriculum.gradebook import Learner
from curriculum.submission import clean, safe

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from curriculum.collecting._claim import Claim

_COLUMNS = {
    "key": {"key", "learner", "username", "user name"},
    "name": {"name", "full name", "student", "student name"},
    "first": {"first name", "given name", "firstname"},
    "last": {"last name", "surname", "family name", "lastname"},
    "email": {"email", "e-mail", "mail", "email address", "e-mail address"},
    "canvas": {"canvas", "canvas id"},
    "moodle": {"moodle", "moodle id"},
    "nbgrader": {"nbgrader", "nbgrader id"},
    "cohort": {"cohort", "class"},
    "group": {"group", "groups", "section", "sections", "team"},
}
_SYSTEMS = ("canvas", "moodle", "nbgrader")


class UnclearError(Exception):
    """Nobody, or more than one person, can be meant; the message says why."""


class Roster:
    """The learners of a class.

    Attributes:
        learners: all of them, in the order of the list.
    """

    def __init__(self, learners: Iterable[Learner]) -> None:
        self.learners = tuple(learners)
        self._keys = {learner.key: learner for learner in self.learners}
        self._names: dict[str, set[str]] = {}
        self._words: dict[str, set[str]] = {}
        self._ids: dict[tuple[str, str], str] = {}
        for learner in self.learners:
            for form in name_forms(learner.name):
                self._names.setdefault(form, set()).add(learner.key)
            for word in (learner.key, learner.email, learner.ids.get("nbgrader", "")):
                if word:
                    self._words.setdefault(folded(word), set()).add(learner.key)
            self._ids |= dict.fromkeys(learner.ids.items(), learner.key)

    def learner(self, key: str) -> Learner:
        """The learner of that key."""
        return self._keys[key]

    def who(self, claim: Claim) -> str:
        """The key of the learner that a platform names.

        Raises:
            UnclearError: nobody is, or more than one can be, or number and name are of different people.
        """
        if claim.platform not in {Platform.CANVAS, Platform.MOODLE}:
            return self.named(claim.name)
        numbered = self._ids.get((claim.platform, claim.id), "") if claim.id else ""
        named = self._names.get(squashed(claim.name), set())
        if numbered:
            self._agree(claim, numbered, named)
            return numbered
        key = _only(named, claim.name)
        known = self.learner(key).ids.get(claim.platform, "")
        # Moodle counts anew in each assignment, so that another number says nothing there.
        if claim.platform is Platform.CANVAS and known and claim.id and known != claim.id:
            message = f"is called as {key!r}, whose number in Canvas is {known}, not {claim.id}"
            raise UnclearError(message)
        return key

    def _agree(self, claim: Claim, numbered: str, named: set[str]) -> None:
        if numbered in named:
            return
        if named:
            message = f"has the number of {numbered!r} and the name of {' or '.join(map(repr, sorted(named)))}"
            raise UnclearError(message)
        if claim.platform is Platform.MOODLE and self.learner(numbered).name:
            message = f"has the number of {numbered!r}, but not the name; Moodle counts anew in each assignment"
            raise UnclearError(message)

    def named(self, text: str) -> str:
        """The key of the learner whose key, e-mail address or name a text is.

        Raises:
            UnclearError: nobody's is it, or more than one person's.
        """
        return _only(self._words.get(folded(text), set()) | self._names.get(squashed(text), set()), text)


def _only(keys: set[str], text: str) -> str:
    shown = text if len(text) <= 60 else f"{text[:60]}..."
    if not keys:
        message = f"nobody on the roster is {shown!r}"
        raise UnclearError(message)
    if len(keys) > 1:
        message = f"{shown!r} can be {' or '.join(map(repr, sorted(keys)))}"
        raise UnclearError(message)
    return next(iter(keys))


def folded(text: str) -> str:
    """A text in which case, width and the way of composing do not count."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold()).strip()


def squashed(text: str) -> str:
    """A name's letters, marks and digits alone, as platforms leave them: ``O'Brien, Zoë`` is ``obrienzoë``."""
    return folded("".join(char for char in folded(text) if unicodedata.category(char)[0] in "LMN"))


def name_forms(name: str) -> set[str]:
    """A name squashed, the first word first and every other word first: family names stand before or after."""
    words = [squashed(word) for word in name.replace(",", " ").split()]
    words = [word for word in words if word]
    return {"".join(words[place:] + words[:place]) for place in range(len(words))}


def read_roster(path: Path) -> Roster:
    """Read a roster: CSV with a column ``key``, and any of name, email, canvas, moodle, nbgrader, cohort, group.

    Order and case of the columns do not matter; commas, semicolons or tabs divide them; others are left alone.

    Raises:
        TableError: it cannot be read.
        SubmissionError: a column is missing, or a line contradicts another; the message names the line.
    """
    rows = spreadsheet.read(path)
    columns = _columns(path, rows.header)
    learners = [_learner(path, line.number, columns, line.cells) for line in rows.lines]
    _refuse_twins(path, [line.number for line in rows.lines], learners)
    return Roster(tuple(learners))


def _columns(path: Path, head: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(head):
        title = folded(cell).replace("_", " ")
        column = next((name for name, titles in _COLUMNS.items() if title in titles), "")
        if column and column in found:
            message = f"{path}: two columns hold the {column}: {head[found[column]]!r} and {cell!r}"
            raise SubmissionError(message)
        if column:
            found[column] = place
    if "key" not in found:
        message = f"{path}: has no column 'key', what a learner's submissions are filed under"
        raise SubmissionError(message)
    return found


def _learner(path: Path, line: int, columns: dict[str, int], row: list[str]) -> Learner:
    # An export of the gradebook is a roster, too: what made its texts safe to open is no part of them.
    cells = {name: spreadsheet.original(row[place].strip()) for name, place in columns.items() if place < len(row)}
    key = unicodedata.normalize("NFC", cells.get("key", ""))
    try:
        clean(key)
    except SubmissionError:
        key = ""
    if not key or safe(key) != key:
        message = f"{path}: line {line}: the key {cells.get('key', '')[:60]!r} cannot be the name of a folder"
        raise SubmissionError(message)
    groups = cells.get("group", "").replace(";", ",").split(",")
    return Learner(
        key=key,
        name=cells.get("name") or f"{cells.get('first', '')} {cells.get('last', '')}".strip(),
        email=cells.get("email", ""),
        cohort=cells.get("cohort", ""),
        groups=tuple(sorted({group.strip() for group in groups if group.strip()})),
        ids={system: cells[system] for system in _SYSTEMS if cells.get(system)},
    )


def _refuse_twins(path: Path, lines: list[int], learners: list[Learner]) -> None:
    seen: dict[tuple[str, str], int] = {}
    for line, learner in zip(lines, learners, strict=True):
        marks = [("key", learner.key), ("email", learner.email), *learner.ids.items()]
        for what, value in marks:
            mark = (what, folded(value))
            if value and mark in seen:
                message = f"{path}: lines {seen[mark]} and {line} have the same {what}: {value[:60]!r}"
                raise SubmissionError(message)
            seen[mark] = line
