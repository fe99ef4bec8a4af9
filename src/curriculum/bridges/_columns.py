"""Which column of another system's file is which lesson."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from curriculum.errors import BridgeError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from curriculum.gradebook import LessonColumn, Sheet


def chosen_lesson(sheet: Sheet, name: str) -> LessonColumn:
    """The lesson of that id.

    Raises:
        UnknownNameError: the gradebook has no such lesson.
    """
    known = {column.id: column for column in sheet.lessons}
    if name not in known:
        raise UnknownNameError("lesson", name, known, "curriculum course")
    return known[name]


def lesson_columns(
    sheet: Sheet,
    assignments: Mapping[int, tuple[str, str]],
    header: Sequence[str],
    named: Mapping[str, str],
    path: Path,
) -> dict[int, LessonColumn]:
    """The lesson of each column: the one somebody named, else the one of the assignment's title.

    Args:
        sheet: the class.
        assignments: title and number of every assignment, by the column's index.
        header: the names of all columns.
        named: the column, the assignment's title or its number, by lesson.
        path: the file, for messages.

    Raises:
        BridgeError: no column is a lesson's, or two are one lesson's.
        UnknownNameError: no lesson is called like that.
    """
    found: dict[int, LessonColumn] = {}
    for name, column in named.items():
        lesson = chosen_lesson(sheet, name)
        index = _named(column, assignments, header, path)
        if index in found:
            message = f"{path}: the column {header[index]!r} cannot be both {found[index].id!r} and {name!r}"
            raise BridgeError(message)
        found[index] = lesson
    for lesson in sheet.lessons:
        if lesson.id in named:
            continue
        titled = [index for index, (title, _) in assignments.items() if title.casefold().strip() in _names(lesson)]
        if len(titled) > 1:
            numbers = " or ".join(assignments[index][1] for index in titled)
            message = f"{path}: {len(titled)} columns are called {lesson.title!r}: say --map {lesson.id}={numbers}"
            raise BridgeError(message)
        found.update({index: lesson for index in titled if index not in found})
    if not found:
        titles = ", ".join(repr(title) for title, _ in list(assignments.values())[:3]) or "none"
        message = f"{path}: no assignment is called like a lesson (there are {titles}); say --map LESSON=COLUMN"
        raise BridgeError(message)
    return dict(sorted(found.items()))


def _names(lesson: LessonColumn) -> set[str]:
    stem = lesson.place.rsplit("/", 1)[-1].removesuffix(".ipynb")
    return {name.casefold().strip() for name in (lesson.id, lesson.title, stem, lesson.place)}


def _named(column: str, assignments: Mapping[int, tuple[str, str]], header: Sequence[str], path: Path) -> int:
    wanted = column.strip()
    matches = [i for i, (title, number) in assignments.items() if wanted in {header[i], title, number}]
    if len(matches) == 1:
        return matches[0]
    if matches:
        message = f"{path}: {len(matches)} columns are called {wanted!r}: give the number in brackets"
        raise BridgeError(message)
    near = difflib.get_close_matches(wanted, [header[i] for i in assignments], n=1, cutoff=0.5)
    message = f"{path}: no assignment is called {wanted!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    raise BridgeError(message)
