"""A learner's notebook brought to a new version of its lesson: three notebooks in, one out. Nothing here touches files.

``base`` is the lesson as the learner was given it, ``mine`` what the learner made of it, ``new`` the lesson as it is
now. Whatever text only the learner wrote is in the result, whichever way the lesson changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from curriculum.notebook import Cell, Notebook, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

KEPT = "kept"
_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_ANSWERS = {Role.SOLUTION, Role.MANUAL}
_KEYS = {
    "code": {"outputs", "execution_count"},
    "markdown": {"attachments"},
    "raw": {"attachments"},
}

# A cell of the lesson by its name; a plain cell may be called as another's grade_id, so the kind belongs to the key.
_Key = tuple[str, str]


def merge(base: Notebook | None, mine: Notebook, new: Notebook) -> Notebook:
    """Bring a learner's notebook to a new version of the lesson.

    The lesson's cells come in the new order. An answer that the learner wrote stays in its cell, with its outputs; a
    cell that only the learner changed stays as it is. Where the learner and the course changed the same cell, or the
    course dropped it, the learner's version follows as a cell of its own. Cells the learner added stay behind the
    cell they followed.

    Args:
        base: the lesson as it was given; None where that is not known.
        mine: the learner's notebook.
        new: the lesson's learner edition.
    """
    return _Merge(base or Notebook(()), mine, new).result()


def is_touched(base: Notebook, mine: Notebook) -> bool:
    """Whether a learner changed a cell, or its place, since it was given; outputs do not count."""
    return [_content(cell) for cell in base.cells] != [_content(cell) for cell in mine.cells]


@dataclass
class _Merge:
    base: Notebook
    mine: Notebook
    new: Notebook
    used_ids: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.old_cells = {_key(cell): cell for cell in self.base.cells}
        self.new_cells = {_key(cell): cell for cell in self.new.cells}
        self.teacher_ids = {cell.id for cell in (*self.base.cells, *self.new.cells)}
        self.reserved = self.teacher_ids | {cell.id for cell in self.mine.cells}
        self.places = _Matching(self.base, self.mine, self.new).places()

    def result(self) -> Notebook:
        followers = self._followers()
        found = {key: self.mine.cells[place] for place, key in self.places.items()}
        cells = followers.get(None, [])
        for key, teacher in self.new_cells.items():
            cells += self._taught(self.old_cells.get(key), found.get(key), teacher)
            cells += followers.get(key, [])
        return replace(self.new, cells=tuple(cells), minor=max(self.new.minor, 5), path=self.mine.path)

    def _followers(self) -> dict[_Key | None, list[Cell]]:
        """The learner's own cells, by the lesson's cell they come after."""
        followers: dict[_Key | None, list[Cell]] = {}
        anchor: _Key | None = None
        for place, cell in enumerate(self.mine.cells):
            key = self.places.get(place)
            if key is not None and key in self.new_cells:
                anchor = key
            elif key is None:
                followers.setdefault(anchor, []).append(self._own(cell))
            elif cell.source != self.old_cells[key].source:
                followers.setdefault(anchor, []).append(self._kept(cell))
        return followers

    def _taught(self, old: Cell | None, mine: Cell | None, new: Cell) -> list[Cell]:
        """One cell of the new version, and the learner's version of it where both must stay."""
        if mine is None:
            same = old is not None and (old.type, old.source) == (new.type, new.source)
            return [] if same and not _is_needed(new) else [new]
        if mine.source == new.source:
            return [_with_work(new, mine)]
        if old is not None and mine.source == old.source:
            return [new]
        if new.role in _ANSWERS:
            return [_with_work(new, mine)]
        only_learner = old is not None and old.source == new.source and not new.nbgrader
        return [_with_work(new, mine)] if only_learner else [new, self._kept(mine)]

    def _own(self, cell: Cell) -> Cell:
        """A cell the learner added; a copy of a lesson's cell loses what would make it count twice."""
        if cell.nbgrader or cell.exercise:
            return self._kept(cell)
        cell = replace(cell, raw=_raw(cell, cell.type))
        free = cell.id not in self.teacher_ids and cell.id not in self.used_ids and _CELL_ID.fullmatch(cell.id)
        cell = cell if free else replace(cell, id=self._fresh_id(cell.id))
        self.used_ids.add(cell.id)
        return cell

    def _kept(self, cell: Cell) -> Cell:
        """The learner's version of a lesson's cell as a cell of its own, which no later merge takes for that."""
        locks = {"nbgrader", "curriculum", "deletable", "editable"}
        metadata = {key: value for key, value in cell.metadata.items() if key not in locks}
        metadata["curriculum"] = {KEPT: cell.grade_id or cell.id}
        name = self._fresh_id(f"{KEPT}-{cell.grade_id or cell.id}")
        return replace(cell, id=name, metadata=metadata, raw=_raw(cell, cell.type))

    def _fresh_id(self, wanted: str) -> str:
        stem = wanted[:56] if _CELL_ID.fullmatch(wanted[:56]) else "own"
        name, number = stem, 1
        while name in self.reserved:
            number += 1
            name = f"{stem}-{number}"
        self.reserved.add(name)
        return name


class _Matching:
    """Which of the learner's cells is which of the lesson's: by name and id, by name, by id, then by content."""

    def __init__(self, base: Notebook, mine: Notebook, new: Notebook) -> None:
        self.mine = mine
        known = (*base.cells, *new.cells)
        self.keys = {_key(cell) for cell in known}
        self.by_id = {cell.id: _key(cell) for cell in known}
        still = {_key(cell) for cell in new.cells}
        self.by_content: dict[tuple[str, str], list[_Key]] = {}
        for cell in base.cells:
            if _key(cell) in still:
                self.by_content.setdefault((cell.type, cell.source), []).append(_key(cell))
        self.found: dict[int, _Key] = {}
        self.taken: set[_Key] = set()

    def places(self) -> dict[int, _Key]:
        """The lesson's cell at each position of the learner's notebook; other positions are left out."""
        for match in (self._same_name_and_id, self._same_name, self._same_id, self._same_content):
            for place, cell in enumerate(self.mine.cells):
                key = None if place in self.found or KEPT in cell.own else match(cell)
                if key is not None and key not in self.taken:
                    self.found[place] = key
                    self.taken.add(key)
        return self.found

    def _same_name_and_id(self, cell: Cell) -> _Key | None:
        return _key(cell) if self.by_id.get(cell.id) == _key(cell) else None

    def _same_name(self, cell: Cell) -> _Key | None:
        return _key(cell) if _key(cell) in self.keys else None

    def _same_id(self, cell: Cell) -> _Key | None:
        return self.by_id.get(cell.id)

    def _same_content(self, cell: Cell) -> _Key | None:
        alike = self.by_content.get((cell.type, cell.source), [])
        return next((key for key in alike if key not in self.taken), None)


def _key(cell: Cell) -> _Key:
    return ("grade_id", cell.grade_id) if cell.grade_id else ("id", cell.id)


def _content(cell: Cell) -> tuple[str, str, str, str]:
    return cell.grade_id, cell.id, cell.type, cell.source


def _is_needed(cell: Cell) -> bool:
    """Whether the lesson does not work without the cell: it belongs to an exercise or is locked."""
    return bool(cell.nbgrader) or bool(cell.exercise)


def _with_work(new: Cell, mine: Cell) -> Cell:
    """The lesson's cell with the learner's text, outputs and pictures in it."""
    work = _raw(mine, new.type)
    if "attachments" in work:
        work["attachments"] = work["attachments"] | new.raw.get("attachments", {})
    return replace(new, source=mine.source, raw=new.raw | work)


def _raw(cell: Cell, kind: str) -> dict[str, Any]:
    """What nbformat allows a cell of that type beside its source."""
    return {key: value for key, value in cell.raw.items() if key in _KEYS[kind]}


def kept_cells(cells: Iterable[Cell]) -> int:
    """How many of the cells are the learner's versions that a merge set aside."""
    return sum(KEPT in cell.own for cell in cells)
