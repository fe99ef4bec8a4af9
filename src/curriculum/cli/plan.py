"""The command for schedules."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from curriculum import course as courses
from curriculum.cli._options import AsJson, CourseRoot
from curriculum.cli._tables import console, hours, table

if TYPE_CHECKING:
    from datetime import date

    from rich.table import Table

    from curriculum.plan import Plan, Session, Week


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("plan", rich_help_panel="Teach and write")(plan)


def plan(
    lessons: Annotated[
        list[str] | None, typer.Argument(help="Which lessons; all by default.", show_default=False)
    ] = None,
    *,
    weeks: Annotated[
        int | None, typer.Option(min=1, max=520, help="Weeks with a session; 12 by default.", show_default=False)
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="First day, as 2027-01-11; next Monday by default.", show_default=False)
    ] = None,
    days: Annotated[
        str | None,
        typer.Option(help="Weekdays with a session, as mon,thu; that of the start by default.", show_default=False),
    ] = None,
    at: Annotated[str | None, typer.Option(help="When sessions begin, as 18:00.", show_default=False)] = None,
    hours_per_week: Annotated[
        float | None,
        typer.Option(min=0.1, max=168, help="At most; without --weeks it takes as many as needed.", show_default=False),
    ] = None,
    skip: Annotated[
        str | None, typer.Option(help="Days without: 2027-02-15..2027-02-19,2027-03-29.", show_default=False)
    ] = None,
    ics: Annotated[Path | None, typer.Option(help="Write a calendar to this file.", show_default=False)] = None,
    zone: Annotated[
        str | None, typer.Option(help="The calendar's time zone, as Europe/Brussels.", show_default=False)
    ] = None,
    cohort: Annotated[str, typer.Option(help="Whose calendar it is, if several classes take the course.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace whatever file stands there.")] = False,
    as_json: AsJson = False,
    root: CourseRoot = None,
) -> None:
    """Lay the lessons out over weeks, as evenly as can be."""
    from curriculum import plan as plans

    course = courses.load(root)
    asked = plans.read_asked(
        today=datetime.now(UTC).astimezone().date(),
        start=start,
        days=days,
        at=at,
        weeks=weeks,
        hours_per_week=hours_per_week,
        skip=skip,
    )
    place = plans.read_zone(zone) if zone else None
    made = plans.make_plan(course, [course.lesson(name) for name in lessons] if lessons else course.lessons, asked)
    if ics is not None:
        content = plans.as_calendar(made, now=datetime.now(UTC), zone=place, cohort=cohort)
        plans.write_calendar(content, ics, force=force)
    if as_json:
        typer.echo(json.dumps(_data(made), indent=2, ensure_ascii=False))
        return
    console().print(_table(made))
    if ics is not None:
        typer.echo(f"calendar written to {ics}")


def _table(made: Plan) -> Table:
    shown = table(
        f"{made.course.title}, version {made.course.version}: {_span(made)}",
        "week",
        "date",
        "lessons",
        "hours",
        "exercises",
        right=("week", "hours", "exercises"),
        whole=("date",),
        caption=made.note or None,
    )
    for week in made.weeks:
        for row in _rows(week):
            shown.add_row(*row)
    shown.add_section()
    count = len(made.lessons)
    total = f"in all {count} {'lesson' if count == 1 else 'lessons'}"
    shown.add_row("", "", total, hours(made.minutes), str(sum(len(chunk.exercises) for chunk in made.chunks)))
    return shown


def _rows(week: Week) -> list[list[str]]:
    if not week.number:
        return [["", _day(week.monday), "[dim]no session this week[/]", "", ""]]
    rows = [[str(week.number), *_session(week.sessions[0])], *(["", *_session(each)] for each in week.sessions[1:])]
    if len(rows) > 1:
        exercises = sum(len(chunk.exercises) for session in week.sessions for chunk in session.chunks)
        rows[0][0] = ""
        head = [str(week.number), "", "", hours(week.minutes), str(exercises)]
        rows.insert(0, [f"[bold]{text}[/]" if text else "" for text in head])
    return rows


def _session(session: Session) -> list[str]:
    from rich.markup import escape

    names = [
        escape(chunk.lesson.id) + (f" [dim]({chunk.part} of {chunk.parts})[/]" if chunk.parts > 1 else "")
        for chunk in session.chunks
    ]
    exercises = sum(len(chunk.exercises) for chunk in session.chunks)
    return [_day(session.day), "\n".join(names), hours(session.minutes), str(exercises)]


def _day(day: date) -> str:
    return f"{day:%a} {day.day:2d} {day:%b}"


def _span(made: Plan) -> str:
    days = [session.day for week in made.weeks for session in week.sessions]
    at = f", {made.asked.at:%H:%M}" if made.asked.at else ""
    return f"{days[0].isoformat()} to {days[-1].isoformat()}{at}"


def _data(made: Plan) -> dict[str, Any]:
    return {
        "course": made.course.id,
        "version": made.course.version,
        "minutes": made.minutes,
        "note": made.note,
        "weeks": [
            {
                "week": week.number or None,
                "monday": week.monday.isoformat(),
                "minutes": week.minutes,
                "sessions": [_session_data(made, session) for session in week.sessions],
            }
            for week in made.weeks
        ],
    }


def _session_data(made: Plan, session: Session) -> dict[str, Any]:
    return {
        "date": session.day.isoformat(),
        "at": f"{made.asked.at:%H:%M}" if made.asked.at else None,
        "minutes": session.minutes,
        "lessons": [
            {
                "lesson": chunk.lesson.id,
                "title": chunk.lesson.title,
                "part": chunk.part,
                "parts": chunk.parts,
                "minutes": chunk.minutes,
                "exercises": [exercise.id for exercise in chunk.exercises],
            }
            for chunk in session.chunks
        ],
    }
