"""A plan as an iCalendar file (RFC 5545)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from curriculum import files
from curriculum.errors import MissingToolError, PlanError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from icalendar import Calendar, Event

    from curriculum.plan._plan import Chunk, Plan, Session

_PRODUCT = "-//curriculum//plan//EN"


def as_calendar(plan: Plan, *, now: datetime, zone: ZoneInfo | None = None, cohort: str = "") -> bytes:
    """A plan as an iCalendar file: an event for each lesson, or part of one, of each session.

    An event keeps its UID when the plan changes, and its SEQUENCE grows with time, so that importing a newer file
    moves what an older one has brought. Lessons of a session follow each other. Without a time of day the events last
    all day. Without a zone the time is that of whoever reads it.

    Args:
        plan: as ``make_plan`` makes it.
        now: when it is written, with its zone.
        zone: the zone in which sessions begin at the plan's time, in summer and winter alike.
        cohort: keeps apart the events of classes that take the same course.

    Raises:
        PlanError: a session is at the very beginning of the calendar, before which the zone's time lies.
        MissingToolError: the package icalendar is not installed.
    """
    try:
        from icalendar import Calendar
    except ModuleNotFoundError:
        message = 'a calendar needs one more package (icalendar): pip install "curriculum[desk]"'
        raise MissingToolError(message) from None
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    name = f"{plan.course.title} ({cohort})" if cohort else plan.course.title
    calendar.calendar_name = " ".join(name.split())
    for week in plan.weeks:
        for session in week.sessions:
            for event in _events(plan, session, zone, cohort):
                event.add("dtstamp", now.astimezone(UTC))
                event.add("sequence", int(now.timestamp()) // 60)
                calendar.add_component(event)
    if zone is not None and plan.asked.at is not None:
        _add_zone(calendar, plan)
    return bytes(calendar.to_ical())


def write_calendar(content: bytes, out: Path, *, force: bool = False) -> None:
    """Write a calendar; one that a plan wrote before is replaced.

    Args:
        content: as ``as_calendar`` makes it.
        out: the file.
        force: replace whatever stands there.

    Raises:
        PlanError: something else stands there, or the file cannot be written.
    """
    try:
        if not force and out.exists() and _PRODUCT.encode() not in out.read_bytes()[:4096]:
            message = f"{out} is not a calendar of this course: choose another file, or replace it with --force"
            raise PlanError(message)
        files.write_bytes(out, content)
    except OSError as error:
        message = f"{out} cannot be written: {error.strerror or error}"
        raise PlanError(message) from None


def _events(plan: Plan, session: Session, zone: ZoneInfo | None, cohort: str) -> Iterator[Event]:
    from icalendar import Event

    passed = 0
    for chunk in session.chunks:
        event = Event()
        event.add("uid", _uid(plan, chunk, cohort))
        event.add("summary", _summary(chunk))
        event.add("description", _description(chunk))
        modules = {module.folder: module.title for module in plan.course.modules}
        event.add("categories", [modules.get(chunk.lesson.module, chunk.lesson.module)])
        if plan.asked.at is None:
            event.add("dtstart", session.day)
            event.add("dtend", session.day + timedelta(days=1))
            event.add("transp", "TRANSPARENT")
        else:
            begin = datetime.combine(session.day, plan.asked.at)
            event.add("dtstart", _later(begin, passed, zone))
            event.add("dtend", _later(begin, passed + chunk.minutes, zone))
        passed += chunk.minutes
        yield event


def _later(begin: datetime, minutes: int, zone: ZoneInfo | None) -> datetime:
    """So many minutes later, by a stopwatch: in the night in which the clocks change as well."""
    if zone is None:
        return begin + timedelta(minutes=minutes)
    try:
        passed = begin.replace(tzinfo=zone).astimezone(UTC) + timedelta(minutes=minutes)
        return passed.astimezone(zone)
    except OverflowError:
        message = f"{begin:%H:%M} on {begin.date()} lies outside of the calendar in {zone}: choose another --start"
        raise PlanError(message) from None


def _add_zone(calendar: Calendar, plan: Plan) -> None:
    """The zone's rules for the time of the plan, and a year around it for whoever moves events."""
    days = [session.day for week in plan.weeks for session in week.sessions]
    first, last = _new_year(min(days).year - 1), _new_year(max(days).year + 2)
    calendar.add_missing_timezones(first_date=first, last_date=last)


def _new_year(year: int) -> date:
    from datetime import date

    return date(min(max(year, 1970), 9998), 1, 1)


def _uid(plan: Plan, chunk: Chunk, cohort: str) -> str:
    parts = [plan.course.id, cohort, chunk.lesson.id, str(chunk.part)]
    # What a mail address may hold, so that every calendar takes it; nothing that sets two cohorts apart is lost.
    return ".".join(_plain(part) for part in parts if part) + "@curriculum"


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9-]", lambda match: f"_{ord(match.group()):x}_", text, flags=re.ASCII)


def _summary(chunk: Chunk) -> str:
    return f"{chunk.lesson.title} (part {chunk.part} of {chunk.parts})" if chunk.parts > 1 else chunk.lesson.title


def _description(chunk: Chunk) -> str:
    lines = [f"{chunk.minutes} minutes."]
    if chunk.exercises:
        lines += ["Exercises:", *(f"- {exercise.title}" for exercise in chunk.exercises)]
    if chunk.part == 1 and chunk.lesson.requires:
        lines.append(f"Before it: {', '.join(chunk.lesson.requires)}.")
    return "\n".join(lines)
