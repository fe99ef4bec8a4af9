"""The calendar is one that others can read: RFC 5545, the clock on the wall, UIDs that stay."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from curriculum import course as courses
from curriculum.errors import PlanError
from curriculum.plan import as_calendar, make_plan, read_asked, write_calendar

COURSE = courses.load()
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")


def planned(course=COURSE, **asked):
    asked = {"weeks": 12, "start": "2027-02-01", "at": "18:00"} | asked
    return make_plan(course, course.lessons, read_asked(today=date(2026, 11, 27), **asked))


def events(content):
    return Calendar.from_ical(content).walk("VEVENT")


def test_the_file_is_as_the_standard_says():
    content = as_calendar(planned(), now=NOW, zone=BRUSSELS)
    lines = content.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    calendar = Calendar.from_ical(content)
    assert (calendar["VERSION"], calendar["METHOD"]) == ("2.0", "PUBLISH")
    assert calendar["PRODID"]
    found = events(content)
    assert len(found) == len(planned().chunks)
    assert len({event["UID"] for event in found}) == len(found)
    for event in found:
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"} <= set(event)
        assert event["DTSTART"].dt < event["DTEND"].dt
        assert event["DTSTAMP"].dt == NOW
    zones = {zone["TZID"] for zone in calendar.walk("VTIMEZONE")}
    assert zones == {"Europe/Brussels"} == {event["DTSTART"].params["TZID"] for event in found}


def test_the_clock_on_the_wall_stays_when_the_clocks_change():
    found = events(as_calendar(planned(days="thu"), now=NOW, zone=BRUSSELS))
    first = {event["DTSTART"].dt.date(): event["DTSTART"].dt for event in reversed(found)}
    winter, summer = first[date(2027, 3, 25)], first[date(2027, 4, 1)]
    assert (winter.hour, summer.hour) == (18, 18)
    assert (winter.utcoffset(), summer.utcoffset()) == (timedelta(hours=1), timedelta(hours=2))
    # As a program reads it that knows no zones but those in the file.
    zone = Calendar.from_ical(as_calendar(planned(), now=NOW, zone=BRUSSELS)).walk("VTIMEZONE")[0].to_tz()
    assert datetime(2027, 3, 25, 18, tzinfo=zone).utcoffset() == timedelta(hours=1)
    assert datetime(2027, 4, 1, 18, tzinfo=zone).utcoffset() == timedelta(hours=2)


def test_a_session_through_the_night_of_the_change_takes_its_minutes():
    plan = planned(weeks=1, start="2027-03-27", at="23:00", days="sat")
    found = events(as_calendar(plan, now=NOW, zone=BRUSSELS))
    ends = [event["DTEND"].dt.astimezone(UTC) for event in found]
    begins = [event["DTSTART"].dt.astimezone(UTC) for event in found]
    assert begins[1:] == ends[:-1]
    assert ends[-1] - begins[0] == timedelta(minutes=plan.minutes)


def test_lessons_of_a_session_follow_each_other():
    plan = planned()
    found = iter(events(as_calendar(plan, now=NOW, zone=BRUSSELS)))
    for week in plan.weeks:
        for session in week.sessions:
            at = datetime.combine(session.day, plan.asked.at, tzinfo=BRUSSELS)
            for chunk in session.chunks:
                event = next(found)
                assert event["DTSTART"].dt == at
                at += timedelta(minutes=chunk.minutes)
                assert event["DTEND"].dt == at
                assert chunk.lesson.title in event["SUMMARY"]
                assert all(exercise.title in event["DESCRIPTION"] for exercise in chunk.exercises)


def test_without_a_zone_the_time_is_the_readers_and_without_a_time_events_last_all_day():
    floating = events(as_calendar(planned(), now=NOW))
    assert all(event["DTSTART"].dt.tzinfo is None for event in floating)
    content = as_calendar(planned(at=None), now=NOW, zone=BRUSSELS)
    for event in events(content):
        assert type(event["DTSTART"].dt) is date
        assert event["DTEND"].dt == event["DTSTART"].dt + timedelta(days=1)
    assert b"VTIMEZONE" not in content


def test_a_changed_plan_moves_the_same_events():
    before = events(as_calendar(planned(), now=NOW, zone=BRUSSELS))
    later = planned(start="2027-02-08", days="tue", at="09:00")
    after = events(as_calendar(later, now=NOW + timedelta(days=1), zone=BRUSSELS))
    assert [event["UID"] for event in before] == [event["UID"] for event in after]
    assert all(a["SEQUENCE"] < b["SEQUENCE"] < 2**31 for a, b in zip(before, after, strict=True))
    assert before[0]["DTSTART"].dt != after[0]["DTSTART"].dt


def test_two_classes_keep_their_own():
    names = ["", "autumn", "autumn 2", "autumn_2", "Ärzte 👩‍⚕️", "a,b;c:d\r\nX-EVIL:1"]
    uids = [{event["UID"] for event in events(as_calendar(planned(), now=NOW, cohort=name))} for name in names]
    assert len(set.union(*uids)) == sum(map(len, uids))
    assert all(uid.isascii() and not uid.isspace() for group in uids for uid in group)


def test_titles_with_commas_line_ends_and_any_script_come_back_as_they_were(make_course):
    hostile = 'Ünïcode, "quotes"; back\\\\slash: عنوان 🙂 ' + "long " * 40
    course = make_course()
    toml = (course.root / "course.toml").read_text(encoding="utf-8")
    escaped = hostile.replace("\\", "\\\\").replace('"', '\\"')
    root = course.root.with_name("hostile")
    course.root.rename(root)
    (root / "course.toml").write_text(toml.replace("Lesson first", escaped), encoding="utf-8")
    course = courses.load(root)
    content = as_calendar(planned(course, weeks=2), now=NOW)
    assert str(events(content)[0]["SUMMARY"]) == course.lessons[0].title
    assert content.count(b"BEGIN:VEVENT") == 2


def test_only_a_calendar_of_ours_is_replaced(tmp_path):
    content = as_calendar(planned(), now=NOW)
    file = tmp_path / "new folder" / "Kalender.ics"
    write_calendar(content, file)
    write_calendar(content, file)
    assert file.read_bytes() == content
    file.write_text("my own appointments", encoding="utf-8")
    with pytest.raises(PlanError, match="is not a calendar of this course"):
        write_calendar(content, file)
    assert file.read_text(encoding="utf-8") == "my own appointments"
    write_calendar(content, file, force=True)
    assert file.read_bytes() == content
    with pytest.raises(PlanError, match="cannot be written"):
        write_calendar(content, file.parent)
    assert [path.name for path in file.parent.iterdir()] == ["Kalender.ics"]


def test_before_the_calendar_begins_there_is_no_time():
    with pytest.raises(PlanError, match="outside of the calendar in Asia/Tokyo"):
        as_calendar(planned(start="0001-01-01", weeks=1, at="00:00"), now=NOW, zone=ZoneInfo("Asia/Tokyo"))
