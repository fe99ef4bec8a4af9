"""What was handed in or collected, as text of 80 columns."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.markup import escape

from curriculum.cli._tables import console, number, table

if TYPE_CHECKING:
    from curriculum.submission import ExerciseNote, Looked, Packed

_PASSED = {"passed", "with_solution"}
_FAILED = {"failed", "raised"}
_COUNTS = ("passed", "failed", "open", "changed", "by hand")
_KIB, _MIB = 1 << 10, 1 << 20


def print_packed(packed: Packed) -> None:
    """Print what a file to hand in holds, what its learner may want to mend, and its receipt."""
    out = console()
    heads = ("lesson", *_COUNTS, "points")
    made = table("Handed in", *heads, right=heads[1:])
    made.caption = "as your own checks say; open: not attempted; changed: since the last check"
    for item in packed.lessons:
        counts = Counter(map(_kind, item.notes))
        made.add_row(escape(item.lesson.id), *(str(counts[name] or "") for name in _COUNTS), _points(item))
    out.print(made)
    for item in packed.lessons:
        for warning in item.warnings:
            out.print(f"{item.lesson.id}: {warning}", markup=False)
    out.print(f"learner: {packed.manifest.learner}", markup=False)
    out.print(f"receipt: {packed.receipt} (note it: it tells whether the file was changed later)", markup=False)
    out.print(f"file, {_size(packed.size)}: {packed.path}", markup=False, soft_wrap=True)


def _kind(note: ExerciseNote) -> str:
    if note.changed:
        return "changed"
    if note.state in _PASSED:
        return "passed"
    if note.state in _FAILED:
        return "failed"
    return "by hand" if note.state == "by_hand" else "open"


def _points(item: Looked) -> str:
    earned, most = sum(note.points for note in item.notes), sum(note.max_points for note in item.notes)
    return f"{number(round(earned, 2))}/{number(round(most, 2))}"


def _size(count: int) -> str:
    return f"{count / _MIB:.1f} MiB" if count >= _MIB else f"{count / _KIB:.1f} KiB"
