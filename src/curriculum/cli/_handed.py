"""What was handed in or collected, as text of 80 columns."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.markup import escape

from curriculum.cli._tables import console, number, table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from rich.console import Console

    from curriculum.collecting import Attempt, Gathered
    from curriculum.submission import ExerciseNote, Looked, Packed

_PASSED = {"passed", "with_solution"}
_FAILED = {"failed", "raised"}
_COUNTS = ("passed", "failed", "open", "changed", "by hand")
_KIB, _MIB = 1 << 10, 1 << 20
# A list in the terminal ends here; collected.json has all of it.
_LINES = 20
_ROWS = 40


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


def print_gathered(gathered: Gathered, to: Path) -> None:
    """Print what was collected, and everything for a person to look into."""
    out = console()
    newest = [item for item in gathered.attempts if item.is_newest]
    if len(newest) <= _ROWS:
        _print_learners(out, newest)
    else:
        _print_lessons(out, gathered.attempts)
    _print_lines(out, (f"unmatched: {item.original}: {item.reason}" for item in gathered.unmatched))
    _print_lines(out, (f"seal broken: {_place(item)}: {'; '.join(_problems(item))}" for item in gathered.broken))
    _print_lines(out, (f"{_place(item)}: {note}" for item in gathered.attempts for note in item.owned.find.notes))
    if gathered.missing:
        names = ", ".join(gathered.missing[:_LINES])
        out.print(f"nothing from {len(gathered.missing)}: {names}", markup=False)
    learners = len({item.owned.key for item in newest})
    counts = (f"learners: {learners}", f"notebooks: {len(newest)}", f"earlier: {len(gathered.attempts) - len(newest)}")
    more = f"unmatched: {len(gathered.unmatched)}, skipped: {len(gathered.skipped)}"
    out.print(f"{', '.join(counts)}, {more}", markup=False)
    out.print(f"everything: {to}", markup=False, soft_wrap=True)


def _print_learners(out: Console, newest: list[Attempt]) -> None:
    made = table("Collected", "learner", "lesson", "attempts", "handed in (UTC)", "seal", right=("attempts",))
    for item in newest:
        find = item.owned.find
        time = f"{find.source.time:%Y-%m-%d %H:%M}" if find.source.time else ""
        late = "late " if find.source.claim and find.source.claim.is_late else ""
        made.add_row(escape(item.owned.key), escape(find.lesson.id), str(item.number), f"{late}{time}", find.seal.state)
    out.print(made)


def _print_lessons(out: Console, attempts: Iterable[Attempt]) -> None:
    known = list(attempts)
    made = table("Collected", "lesson", "learners", "attempts", right=("learners", "attempts"))
    all_of = Counter(item.owned.find.lesson.name for item in known)
    newest = Counter(item.owned.find.lesson.name for item in known if item.is_newest)
    for name in sorted(all_of):
        made.add_row(escape(name), str(newest[name]), str(all_of[name]))
    out.print(made)


def _print_lines(out: Console, lines: Iterable[str]) -> None:
    known = list(lines)
    for line in known[:_LINES]:
        out.print(line, markup=False)
    if len(known) > _LINES:
        out.print(f"... and {len(known) - _LINES} more of these, in collected.json", markup=False)


def _place(item: Attempt) -> str:
    return f"{item.owned.key}, {item.owned.find.lesson.id}"


def _problems(item: Attempt) -> tuple[str, ...]:
    return item.owned.find.seal.problems
