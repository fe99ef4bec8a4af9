"""Classes made by hand, for the tests of pages: records as a gradebook gives them."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from curriculum.gradebook import Attempt, ExtraCredit, Learner, LessonColumn, ManualScore, Mark, Row, Sheet, Standing
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from curriculum.course import Course

NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)

PAYLOADS = (
    '<script>window.hacked = 1; alert("script")</script>',
    "<img src=x onerror=\"window.hacked = 1; alert('img')\">",
    '<a href="javascript:window.hacked = 1">click</a>',
    '<svg onload="window.hacked = 1"><script>window.hacked = 1</script></svg>',
    "</style></pre></title></textarea><script>window.hacked = 1</script>",
    '<style>* { background: url("https://evil.invalid/css") }</style>',
    '<iframe srcdoc="<script>parent.hacked = 1</script>"></iframe>',
    '<link rel="stylesheet" href="https://evil.invalid/a.css"><meta http-equiv="refresh" content="0;url=//evil.tld">',
    "\u202egnp.exe\u2066 {{ 7 * 7 }} {% raw %} ${7*7} `ls` $\\href{javascript:window.hacked=1}{x}$",
    '" onmouseover="window.hacked = 1" autofocus onfocus="window.hacked = 1" x="',
    "\x00\x08\x1b[31mred\x1b[0m \ud83d half & <b>bold</b> &lt;script&gt;",
    "[link](javascript:window.hacked=1) ![pixel](https://evil.invalid/pixel.png) <https://evil.invalid>",
)


def mark(exercise: str, outcome: Outcome | None = Outcome.PASSED, points: float | None = None, **more) -> Mark:
    """A mark of two points; a pass has them all by default."""
    most = more.pop("max_points", 2.0)
    if points is None and outcome is not None:
        points = most if outcome is Outcome.PASSED else 0.0
    title = more.pop("title", f"Exercise: find {exercise}")
    return Mark(exercise, title, outcome, points, most, **more)


def attempt(learner: str, lesson: str, marks: Iterable[Mark] = (), number: int = 1, **more) -> Attempt:
    at = more.pop("handed_in", NOW - (10 - number) * DAY)
    place = more.pop("place", f"00-start/01-{lesson}.ipynb")
    return Attempt(
        id=more.pop("id", number),
        learner=learner,
        lesson=lesson,
        place=place,
        number=number,
        handed_in=at,
        graded_at=at,
        file=f"{learner}/01-{lesson}.ipynb",
        sha256=more.pop("sha256", f"{number:064x}"),
        version="1",
        marks=tuple(marks),
        **more,
    )


def standing(learner: str, lesson: str, attempts: Sequence[Attempt] = (), **more) -> Standing:
    """A standing whose last attempt without a problem counts."""
    graded = [one for one in attempts if not one.problem]
    most = more.pop("max_points", graded[-1].max_points if graded else 4.0)
    return Standing(learner, lesson, most, tuple(attempts), graded[-1] if graded else None, **more)


def row(learner: Learner | str, standings: Iterable[Standing]) -> Row:
    who = Learner(learner) if isinstance(learner, str) else learner
    held = {one.lesson: one for one in standings}
    counting = [one for one in held.values() if not one.excused]
    return Row(who, held, sum(one.points for one in counting), sum(one.max_points for one in counting))


def sheet(rows: Iterable[Row], columns: Iterable[LessonColumn] | None = None, **more) -> Sheet:
    rows = tuple(rows)
    if columns is None:
        names = dict.fromkeys(name for one in rows for name in one.standings)
        columns = [
            LessonColumn(name, f"Lesson {name}", f"00-start/{number:02d}-{name}.ipynb", 30, 4.0)
            for number, name in enumerate(names, start=1)
        ]
    made = Sheet("tiny", "A tiny course", "1", tuple(columns), rows, NOW)
    return replace(made, **more)


def hostile_sheet() -> Sheet:
    """A class whose every text is an attack."""
    rows = []
    for number, payload in enumerate(PAYLOADS):
        key = f"{payload} {number}"
        comment = ManualScore(None, payload, payload, NOW)
        marks = [
            mark(payload, Outcome.FAILED, title=payload, message=payload, output=payload, mistakes=(payload,)),
            mark("by-hand", None, manual=True, text=payload, scores=(comment,)),
            mark("given", Outcome.FAILED, scores=(ManualScore(1.0, payload, payload, NOW),), appealed=True),
        ]
        tries = [
            attempt(key, payload, marks, tampered=(payload,)),
            attempt(key, payload, marks, number=2, tampered=(payload,)),
            attempt(key, payload, marks, number=3, tampered=(payload,)),
            attempt(key, payload, number=4, problem=payload),
        ]
        extra = (ExtraCredit(1.0, payload, payload, NOW),)
        rows.append(
            row(Learner(key, payload, cohort=payload), [standing(key, payload, tries, penalty=0.5, extra=extra)])
        )
    names = [name for one in rows for name in one.standings]
    columns = [LessonColumn(name, name, name, 30, 6.0) for name in names]
    full = [
        replace(one, standings={n: one.standings.get(n, standing(one.learner.key, n)) for n in names}) for one in rows
    ]
    return sheet(full, columns, title=PAYLOADS[0], cohort=PAYLOADS[1], version=PAYLOADS[2])


def class_of(course: Course, learners: int, seed: int = 1) -> Sheet:
    """A class that has worked on a course: skill decides, later lessons are handed in by fewer."""
    rng = random.Random(seed)
    lessons = course.lessons
    columns = [
        LessonColumn(one.id, one.title, one.name, one.minutes, one.points, NOW - (len(lessons) - 2 * n) * DAY)
        for n, one in enumerate(lessons)
    ]
    rows = []
    for number in range(learners):
        key = f"learner-{number:03d}"
        skill, reach = rng.betavariate(3, 1.5), rng.randint(0, len(lessons))
        held = []
        for n, (one, column) in enumerate(zip(lessons, columns, strict=True)):
            tries = []
            for go in range(1, rng.choice((1, 1, 2, 3)) + 1):
                tries += [attempt(key, one.id, _marks(one, skill, rng), go, id=number * 100 + go)] if n < reach else []
            held.append(
                standing(key, one.id, tries, max_points=one.points, due=column.due, excused=rng.random() < 0.02)
            )
        rows.append(row(Learner(key, f"Ada {number} Lovelace"), held))
    return sheet(rows, columns, title=course.title, cohort="Spring 2026")


@cache
def _known(lesson) -> dict[str, list[str]]:
    """The ids of a lesson's recognised mistakes, by exercise."""
    from curriculum.mistakes import recognised

    known: dict[str, list[str]] = {}
    for exercise, name in recognised(lesson):
        known.setdefault(exercise, []).append(name)
    return known


def _marks(lesson, skill: float, rng: random.Random) -> list[Mark]:
    known = _known(lesson)
    made = []
    for n, one in enumerate(lesson.exercises):
        more = {"max_points": one.points, "title": one.title}
        if one.is_manual:
            made.append(mark(one.id, None, manual=True, text="I think so.", **more))
        elif rng.random() < skill * (1 - 0.05 * n):
            made.append(mark(one.id, message=f"✓ {one.id}: Right", **more))
        else:
            outcome = rng.choice(
                (Outcome.FAILED, Outcome.FAILED, Outcome.FAILED, Outcome.NOT_ATTEMPTED, Outcome.RAISED)
            )
            names = known.get(one.id, ())
            mistakes = (
                (names[int(rng.triangular(0, len(names) - 0.01, 0))],) if names and outcome is Outcome.FAILED else ()
            )
            text = f"✗ {one.id}: Not yet\n  called      f([1, 2])\n  expected    1.5\n  got         2.25"
            made.append(mark(one.id, outcome, message=text, mistakes=mistakes, output="2.25\n", **more))
    return made


def results_file(path: Path, **changes) -> Path:
    """A results.json of one learner who was graded and one who was refused."""
    check = {"cell": "c", "outcome": "failed", "points": 0, "max_points": 2, "message": "m", "detail": "hidden 31337"}
    wrong = {
        "exercise": "first-sum",
        "title": "Exercise: sum",
        "outcome": "failed",
        "points": 0,
        "max_points": 2,
        "message": "Not <b>yet</b>",
        "manual": False,
        "text": "",
        "output": "",
        "checks": [check | {"mistake": "off", "hidden": True}] * 2,
    }
    manual = {"exercise": "essay", "outcome": None, "points": None, "manual": True, "text": "Hm.", "checks": []}
    repairs = [
        {"cell": "x", "what": "copied", "message": "The cell 'x' is there twice.", "tampering": False},
        {"cell": "c", "what": "changed", "message": "The cell 'c' was changed.", "tampering": True},
    ]
    one = {
        "learner": "ada",
        "lesson": "first",
        "place": "00-start/01-first.ipynb",
        "file": "ada/01-first.ipynb",
        "sha256": "0" * 64,
        "version": "1",
        "graded_at": "2026-03-14T09:30:00+00:00",
        "runner": "split",
        "missing_layers": [],
        "seconds": 1.0,
        "problem": "",
        "points": 0,
        "max_points": 4,
        "exercises": [wrong, wrong | manual],
        "repairs": repairs,
    }
    data = {
        "schema": 1,
        "course": {"id": "tiny", "title": "A tiny course", "version": "1"},
        "graded_at": "2026-03-14T09:30:00Z",
        "lessons": [{"lesson": "first", "place": one["place"], "max_points": 4}],
        "submissions": [one],
        "refused": [{"learner": "bob", "file": "bob/x.ipynb", "problem": "is a link"}],
    }
    path.write_text(json.dumps(data | changes), encoding="utf-8")
    return path
