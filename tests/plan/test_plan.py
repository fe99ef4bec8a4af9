"""Plans keep the course's order and add up to the course, and say in one line what cannot be had."""

from __future__ import annotations

import json
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum import course as courses
from curriculum.errors import PlanError, UnknownNameError
from curriculum.plan import make_plan, read_asked, read_zone, teaching_weeks

COURSE = courses.load()
TODAY = date(2026, 11, 27)  # a Friday
MINUTES = sum(lesson.minutes for lesson in COURSE.lessons)
EXERCISES = [exercise.id for lesson in COURSE.lessons for exercise in lesson.exercises]


def planned(course=COURSE, lessons=None, **asked):
    return make_plan(course, lessons or course.lessons, read_asked(today=TODAY, **asked))


def is_whole(plan, course=COURSE):
    """Everything is in it once, in the course's order, on days that rise, and adds up."""
    chunks = plan.chunks
    assert [e.id for chunk in chunks for e in chunk.exercises] == [
        e.id for lesson in plan.lessons for e in lesson.exercises
    ]
    order = [lesson.id for lesson in course.lessons]
    places = [order.index(chunk.lesson.id) for chunk in chunks]
    assert places == sorted(places)
    assert {chunk.lesson.id for chunk in chunks} == {lesson.id for lesson in plan.lessons}
    for lesson in plan.lessons:
        parts = [chunk for chunk in chunks if chunk.lesson.id == lesson.id]
        assert sum(chunk.minutes for chunk in parts) == lesson.minutes
        assert [(chunk.part, chunk.parts) for chunk in parts] == [(n, len(parts)) for n in range(1, len(parts) + 1)]
        before = [order.index(name) for name in lesson.requires]
        assert all(place < order.index(lesson.id) for place in before)
    days = [session.day for week in plan.weeks for session in week.sessions]
    assert days == sorted(set(days))
    assert all(week.monday <= s.day < week.monday + timedelta(days=7) for week in plan.weeks for s in week.sessions)
    return plan.minutes == sum(lesson.minutes for lesson in plan.lessons)


# --- the whole course ------------------------------------------------------------------------------------------------


def test_twelve_weeks_hold_the_course():
    plan = planned(weeks=12, start="2027-01-11")
    assert is_whole(plan)
    assert plan.minutes == MINUTES
    assert [week.number for week in plan.weeks] == list(range(1, 13))
    assert [session.day for week in plan.weeks for session in week.sessions] == [
        date(2027, 1, 11) + timedelta(weeks=number) for number in range(12)
    ]
    assert {chunk.parts for chunk in plan.chunks} == {1}


@pytest.fixture(scope="module")
def small(make_module_course):
    """Six lessons of half an hour, with none to four exercises."""
    names = [f"l{n}" for n in range(6)]
    return make_module_course(
        {
            f"00-start/0{n}-{x}": make_module_course.lesson(x, *(f"{x}-{i}" for i in range(n % 5)))
            for n, x in enumerate(names)
        }
    )


@settings(max_examples=40, deadline=None)
@given(
    weeks=st.integers(1, 12),
    days=st.sets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1, max_size=3),
    skipped=st.sets(st.integers(0, 100), max_size=20),
)
def test_whatever_is_asked_for_the_plan_is_whole(small, weeks, days, skipped):
    start = date(2026, 9, 30)
    skip = ",".join((start + timedelta(days=day)).isoformat() for day in skipped)
    plan = planned(small, weeks=weeks, start=start.isoformat(), days=",".join(days), skip=skip)
    assert is_whole(plan, small)
    taught = [session.day for week in plan.weeks for session in week.sessions]
    assert min(taught) >= start
    assert not set(taught) & plan.asked.skipped
    assert {f"{day:%a}".lower() for day in taught} <= days
    assert max(week.number for week in plan.weeks) == weeks


@settings(max_examples=40, deadline=None)
@given(st.floats(0.5, 4))
def test_with_hours_alone_no_week_holds_more_and_no_fewer_weeks_would_do(small, hours):
    plan = planned(small, hours_per_week=hours, start="2027-01-11")
    assert is_whole(plan, small)
    assert max(week.minutes for week in plan.weeks) <= hours * 60 + 1e-6
    if {chunk.parts for chunk in plan.chunks} == {1} and len(plan.weeks) > 1:
        fewer = planned(small, weeks=len(plan.weeks) - 1, start="2027-01-11")
        assert max(week.minutes for week in fewer.weeks) > hours * 60


def test_a_long_lesson_is_divided_behind_an_exercise_when_there_are_more_weeks_than_lessons():
    lesson = COURSE.lesson("trees")
    plan = planned(lessons=[lesson], weeks=3, start="2027-01-11")
    assert is_whole(plan)
    assert [chunk.parts for chunk in plan.chunks] == [3, 3, 3]
    assert max(week.minutes for week in plan.weeks) < lesson.minutes / 2
    assert plan.note == ""


def test_more_weeks_than_exercises_end_early_and_say_so():
    lesson = COURSE.lesson("welcome")
    plan = planned(lessons=[lesson], weeks=30, start="2027-01-11")
    assert is_whole(plan)
    assert len(plan.weeks) == len(lesson.exercises)
    assert plan.note == "There is work for 4 of the 30 weeks: no exercise is divided."


def test_a_weeks_sessions_are_even_and_a_lesson_that_fits_one_stays_whole():
    plan = planned(weeks=12, start="2027-01-11", days="mon,thu")
    for week in plan.weeks:
        even = week.minutes / 2
        whole = all(chunk.parts == 1 for session in week.sessions for chunk in session.chunks)
        assert len(week.sessions) == 2
        if not whole:
            assert max(session.minutes for session in week.sessions) < 1.25 * even
    assert any(chunk.parts == 2 for chunk in plan.chunks)
    assert sum(chunk.parts == 1 for chunk in plan.chunks) > 10


def test_a_lesson_named_twice_or_out_of_order_is_planned_once_in_the_courses_order():
    lessons = [COURSE.lesson(name) for name in ("trees", "welcome", "trees")]
    plan = planned(lessons=lessons, weeks=2, start="2027-01-11")
    assert [chunk.lesson.id for chunk in plan.chunks] == ["welcome", "trees"]


# --- holidays --------------------------------------------------------------------------------------------------------


def test_a_week_of_holidays_is_shown_and_not_counted():
    plan = planned(weeks=3, start="2027-02-08", skip="2027-02-15..2027-02-21")
    assert [(week.number, week.monday.day, len(week.sessions)) for week in plan.weeks] == [
        (1, 8, 1),
        (0, 15, 0),
        (2, 22, 1),
        (3, 1, 1),
    ]


def test_a_week_with_one_of_two_sessions_gets_less():
    asked = {"weeks": 4, "start": "2027-03-01", "days": "mon,thu"}
    plan = planned(**asked, skip="2027-03-11")
    full = planned(**asked)
    assert len(plan.weeks[1].sessions) == 1
    assert plan.weeks[1].minutes < 0.7 * full.weeks[1].minutes


def test_holidays_before_the_first_session_are_no_weeks():
    plan = planned(weeks=1, start="2027-01-04", days="mon", skip="2027-01-04,2027-01-11")
    assert [(week.number, week.monday) for week in plan.weeks] == [(1, date(2027, 1, 18))]


def test_a_start_in_the_middle_of_a_week_or_in_the_past():
    plan = planned(weeks=2, start="2020-01-01", days="mon,thu")  # a Wednesday
    days = [session.day for week in plan.weeks for session in week.sessions]
    assert days == [date(2020, 1, 2), date(2020, 1, 6), date(2020, 1, 9)]


# --- what is asked ---------------------------------------------------------------------------------------------------


def test_without_a_start_it_is_next_monday_and_without_weeks_it_is_twelve():
    asked = read_asked(today=TODAY)
    assert (asked.start, asked.days, asked.weeks, asked.at) == (date(2026, 11, 30), (0,), 12, None)
    assert read_asked(today=date(2026, 11, 30)).start == date(2026, 12, 7)
    asked = read_asked(today=TODAY, days="Thu, monday,thu", at="8:05", hours_per_week=3)
    assert (asked.days, asked.at, asked.weeks) == ((0, 3), time(8, 5), None)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"start": "11.1.2027"}, "'11.1.2027' is no date: write it as 2027-01-11"),
        ({"start": "2027-02-30"}, "'2027-02-30' is no date"),
        ({"start": "\u0662\u0660\u0662\u0667-01-11"}, "is no date"),
        ({"days": "mon,"}, "'' is no weekday"),
        ({"days": "t"}, "'t' is no weekday"),
        ({"days": "montag"}, "'montag' is no weekday: write --days mon,thu"),
        ({"at": "25:00"}, "'25:00' is no time of day"),
        ({"at": "6pm"}, "'6pm' is no time of day: write it as 18:00"),
        ({"skip": "2027-02-19..2027-02-15"}, "write the earlier one first"),
        ({"skip": "2027-02-15-2027-02-19"}, "is no date"),
        ({"skip": "0001-01-01..9999-12-31"}, "is no stretch of days"),
    ],
)
def test_what_cannot_be_read_is_one_line(asked, says):
    with pytest.raises(PlanError) as caught:
        read_asked(today=TODAY, **asked)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (
            {"weeks": 4, "hours_per_week": 3},
            r"4 weeks at 3 hours a week do not hold .* hours of lessons: allow \d+ weeks",
        ),
        ({"hours_per_week": 0.3}, r"0\.3 hours a week are too few: '.*' has a part of \d+ minutes .*; allow \d"),
        ({"weeks": 500, "start": "9999-01-04"}, "no 500 weeks|no .* weeks with a session"),
    ],
)
def test_what_cannot_be_had_is_one_line(asked, says):
    with pytest.raises(PlanError, match=says) as caught:
        planned(**asked)
    assert "\n" not in str(caught.value)


def test_the_advice_is_enough():
    with pytest.raises(PlanError) as caught:
        planned(weeks=4, hours_per_week=3)
    weeks = int(str(caught.value).split("allow ")[1].split()[0])
    assert is_whole(planned(weeks=weeks, hours_per_week=3))
    with pytest.raises(PlanError):
        planned(weeks=weeks - 1, hours_per_week=3)
    with pytest.raises(PlanError) as caught:
        planned(hours_per_week=0.3)
    assert is_whole(planned(hours_per_week=float(str(caught.value).rsplit(" ", 1)[1])))


def test_no_lessons_are_no_plan():
    with pytest.raises(PlanError, match="no lesson to plan"):
        make_plan(COURSE, [], read_asked(today=TODAY))


def test_lessons_without_exercises_stay_whole(make_course):
    texts = {f"00-start/0{n}-l{n}": [make_course.text("a", "# T\n\nText.")] for n in range(1, 4)}
    course = make_course(texts)
    plan = planned(course, weeks=5)
    assert is_whole(plan, course)
    assert len(plan.weeks) == 3


def test_an_unknown_zone_names_the_nearest():
    assert str(read_zone("Europe/Brussels")) == "Europe/Brussels"
    with pytest.raises(UnknownNameError, match="did you mean 'Europe/Brussels'"):
        read_zone("Europe/Brussel")
    with pytest.raises(UnknownNameError):
        read_zone("../../etc/passwd")


def test_teaching_weeks_are_as_many_as_asked_for():
    asked = read_asked(today=TODAY, start="2027-01-11", days="mon", skip="2027-01-18")
    weeks = teaching_weeks(asked, 2)
    assert [len(week.days) for week in weeks] == [1, 0, 1]


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_table_fits_and_adds_up_to_the_course(curriculum):
    done = curriculum("plan", "--start", "2027-01-11", "--days", "mon,thu", "--at", "18:00", "--weeks", "12")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line for line in done.stdout.split("\n") if len(line.rstrip()) > 80] == []
    total = next(line for line in done.stdout.split("\n") if "in all" in line)
    hours, minutes = divmod(sum(lesson.minutes for lesson in COURSE.lessons), 60)
    time = f"{hours}:{minutes:02}"
    assert total.split() == ["in", "all", str(len(COURSE.lessons)), "lessons", time, str(len(EXERCISES))]
    course = curriculum("course")
    listed = next(line for line in course.stdout.split("\n") if "in all" in line)
    assert listed.split()[:6] == total.split()
    assert "…" not in done.stdout


def test_the_json_holds_the_same(curriculum):
    done = curriculum("plan", "--json", "--hours-per-week", "6", "--start", "2027-01-11", "--skip", "2027-02-15")
    assert (done.returncode, done.stderr) == (0, "")
    data = json.loads(done.stdout)
    assert data["minutes"] == MINUTES == sum(week["minutes"] for week in data["weeks"])
    lessons = [lesson for week in data["weeks"] for session in week["sessions"] for lesson in session["lessons"]]
    assert [exercise for lesson in lessons for exercise in lesson["exercises"]] == EXERCISES
    assert [week["monday"] for week in data["weeks"] if week["week"] is None] == ["2027-02-15"]


def test_what_is_wrong_is_one_line_and_exit_code_2(curriculum, tmp_path):
    for arguments in (["--days", "funday"], ["--zone", "Europe/Brussel", "--ics", "a.ics"], ["nosuch"]):
        done = curriculum("plan", *arguments)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done
    assert list((tmp_path / "here").iterdir()) == []
