"""A class, a learner and a lesson of theirs as text of 80 columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer
from rich.markup import escape

from curriculum.cli._tables import console, number, table
from curriculum.errors import UnknownNameError

if TYPE_CHECKING:
    from datetime import datetime

    from curriculum.gradebook import Appeal, Attempt, Mark, Policy, Row, Sheet, Standing


def print_class(sheet: Sheet, appeals: tuple[Appeal, ...], *, as_json: bool) -> None:
    """Print a line a learner, or the same as JSON."""
    if as_json:
        typer.echo(json.dumps([_line(row) for row in sheet.rows], indent=1, ensure_ascii=False))
        return
    of = f", {sheet.cohort}" if sheet.cohort else ""
    made = table(
        f"{sheet.title or 'Gradebook'}{of}", "learner", "lessons", "points", "of", "late", "waiting",
        right=("lessons", "points", "of", "late", "waiting"),
    )  # fmt: skip
    for row in sheet.rows:
        standings = row.standings.values()
        late = sum(bool(each.counted and each.counted.late) for each in standings)
        cells = (sum(bool(each.attempts) for each in standings), _points(row.points), _points(row.max_points))
        made.add_row(_name(row), *map(str, cells), str(late or ""), str(_waiting(row) or ""))
    out = console()
    out.print(made)
    lessons = [f"{each.id} ({_points(each.max_points)}{', on top' if each.is_extra else ''})" for each in sheet.lessons]
    out.print(f"lessons: {', '.join(lessons) or 'none yet'}", markup=False)
    if appeals:
        out.print(f"open appeals: {len(appeals)}; see them with: curriculum gradebook appeals", markup=False)


def print_learner(row: Row, sheet: Sheet, policy: Policy) -> None:
    """Print a line an attempt."""
    made = table(
        _name(row), "lesson", "attempt", "handed in", "points", "of", "what",
        right=("attempt", "points", "of"),
    )  # fmt: skip
    for column in sheet.lessons:
        standing = row.standings[column.id]
        name = escape(column.id)
        if not standing.attempts:
            made.add_row(name, "", "", "", _points(column.max_points), "excused" if standing.excused else "nothing yet")
        for attempt in standing.attempts:
            cells = (str(attempt.number), _time(attempt.handed_in), _points(attempt.points), _points(column.max_points))
            made.add_row(name, *cells, escape(_what(attempt, standing)))
            name = ""
    out = console()
    out.print(made)
    for credit in row.extra:
        out.print(f"{credit.points:+g}: {credit.reason} ({credit.author}, {_time(credit.at)})", markup=False)
    which = "the best attempt counts" if policy.counts.value == "best" else "the latest attempt counts"
    out.print(f"{_points(row.points)} of {_points(row.max_points)} points; {which}", markup=False)


def print_lesson(row: Row, sheet: Sheet, lesson: str) -> None:
    """Print the exercises of the attempt that counts, or of the last one."""
    if lesson not in row.standings:
        raise UnknownNameError("lesson of the gradebook", lesson, row.standings, "curriculum gradebook list")
    standing = row.standings[lesson]
    out = console()
    if not standing.attempts:
        out.print(f"{row.learner.shown} has handed nothing in for {lesson}", markup=False)
        return
    attempt = standing.counted or standing.attempts[-1]
    made = table(
        f"{row.learner.shown}, {sheet.lesson(lesson).title}, attempt {attempt.number}",
        "exercise", "outcome", "points", "of", "what people said",
        right=("points", "of"),
    )  # fmt: skip
    for mark in attempt.marks:
        points = "" if mark.points is None else _points(mark.points)
        cells = (escape(mark.exercise), _outcome(mark), points, _points(mark.max_points), escape(_said(mark)))
        made.add_row(*cells)
    out.print(made)
    words = [f"number {attempt.id} in the gradebook", f"handed in {_time(attempt.handed_in)}", _what(attempt, standing)]
    out.print("; ".join(word for word in words if word), markup=False)
    for credit in standing.extra:
        out.print(f"{credit.points:+g}: {credit.reason} ({credit.author}, {_time(credit.at)})", markup=False)


def print_policy(rules: Policy) -> None:
    """Print the rules in sentences."""
    grace = rules.grace.total_seconds() / 3600
    lines = [f"Of several attempts the {rules.counts.value} counts."]
    if rules.late_percent:
        after = f" once it is more than {grace:g} h late" if grace else ""
        lines.append(f"A begun day of lateness costs {rules.late_percent:g} % of the lesson's points{after}.")
        lines.append(f"Lateness costs {rules.late_most:g} % at most.")
    else:
        lines.append("Lateness costs nothing.")
    if rules.closes_after is not None:
        lines.append(f"What is more than {rules.closes_after.total_seconds() / 86400:g} days late counts for nothing.")
    words = {"full": "in full", "half": "half", "none": "nothing"}[rules.aided.value]
    lines.append(f"In a certificate an exercise whose solution was looked up counts {words}.")
    for line in lines:
        typer.echo(line)


def print_appeals(appeals: tuple[Appeal, ...]) -> None:
    """Print a line an appeal."""
    if not appeals:
        typer.echo("no appeals")
        return
    made = table("Appeals", "no.", "learner", "exercise", "since", "why", "answer", right=("no.",))
    for each in appeals:
        answer = "open" if each.is_open else f"{each.answer} ({each.closed_by})"
        cells = (each.learner, each.exercise, _time(each.opened_at), each.reason, answer)
        made.add_row(str(each.id), *map(escape, cells))
    console().print(made)


def _line(row: Row) -> dict[str, object]:
    lessons = {name: each.points for name, each in row.standings.items() if each.attempts and not each.excused}
    return {
        "learner": row.learner.key,
        "name": row.learner.name,
        "points": row.points,
        "max_points": row.max_points,
        "waiting": _waiting(row),
        "lessons": lessons,
    }


def _name(row: Row) -> str:
    key = row.learner.key
    return escape(key if row.learner.shown == key else f"{row.learner.name} ({key})")


def _waiting(row: Row) -> int:
    return sum(each.waiting for each in row.standings.values() if not each.excused)


def _what(attempt: Attempt, standing: Standing) -> str:
    counts = standing.counted is not None and standing.counted.id == attempt.id
    words = ["excused" if standing.excused else "counts"] if counts else []
    if attempt.problem:
        words.append(attempt.problem)
    if attempt.late:
        days = attempt.late.total_seconds() / 86400
        words.append(
            f"{days:.1f} days late" + (f", {-standing.penalty:g} points" if counts and standing.penalty else "")
        )
    if attempt.waiting:
        words.append(f"{attempt.waiting} by hand")
    if attempt.tampered:
        words.append("tampered with")
    if not attempt.sandboxed and not attempt.problem:
        words.append("without the full sandbox")
    return ", ".join(words)


def _outcome(mark: Mark) -> str:
    words = "waits for a person" if mark.waits else "graded by hand" if mark.outcome is None else mark.outcome.words
    return words + (", appealed" if mark.appealed else "") + (", looked up" if mark.aided else "")


def _said(mark: Mark) -> str:
    return "; ".join(f"{score.comment} ({score.author})" for score in mark.comments)


def _points(value: float) -> str:
    return str(number(round(value, 2)))


def _time(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")
