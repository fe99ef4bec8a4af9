"""A class that nobody has met: names that break things, answers out of the recorded ones, better with each attempt."""

from __future__ import annotations

import csv
import json
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from curriculum import journal
from curriculum.journal import Event, Kind
from curriculum.outcome import Outcome
from curriculum.prove import _answers

if TYPE_CHECKING:
    from curriculum.course import Course, Exercise, Lesson

ANSWERS = Path(__file__).parents[2] / "tests" / "answers"
NAMES = (
    'O\'Neil, "Ada"',
    '=HYPERLINK("https://example.org","click")',
    "+49 Zoë",
    "@SUM(A1:A9)",
    "-1+1 Bo",
    "<script>alert(1)</script> Cy",
    "\u05d0\u05d1\u05d2 \u05d3\u05d4",
    "\u0645\u0631\u064a\u0645 \u0639\u0644\u064a",
    "Ren\u00e9 \U0001f9d1\u200d\U0001f52c",
    "Ren\u0065\u0301 Tab\tb",
)
MEMOS = (
    "Ship it: the interval lies above zero.",
    "Do not ship yet; the ratio of the groups is not what was planned.",
    "<b>Ship</b> <script>alert('memo')</script> & =1+1",
    "I do not know.",
)


@dataclass(frozen=True)
class Person:
    """A learner as roster and platform know them."""

    key: str
    name: str
    canvas: str

    @property
    def email(self) -> str:
        return f"{self.key}@example.org"


def people(count: int) -> list[Person]:
    """A class; its first members have the names that break things."""
    names = [NAMES[n] if n < len(NAMES) else f"Learner Number {n}" for n in range(count)]
    return [Person(f"l{n:04}", name, str(7_000 + n)) for n, name in enumerate(names)]


def write_roster(path: Path, everybody: list[Person]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("key", "name", "email", "canvas", "cohort"))
        writer.writerows((each.key, each.name, each.email, each.canvas, "spring") for each in everybody)
    return path


class Pens:
    """Writes answers into workspaces."""

    def __init__(self, lessons: list[Lesson], seed: int) -> None:
        self.lessons = lessons
        self.random = random.Random(seed)
        self._known = {lesson.id: self._answers(lesson) for lesson in lessons}

    def write(self, folder: Path, lesson: Lesson, place: Path, attempt: int) -> dict[str, bool]:
        """Fill a notebook; says of each exercise whether its solution had been looked up."""
        data = json.loads(place.read_text(encoding="utf-8"))
        chosen = {exercise.answer.id: self._choose(lesson, exercise, attempt) for exercise in lesson.exercises}
        for cell in data["cells"]:
            if cell["id"] in chosen:
                cell["source"] = chosen[cell["id"]]
        place.write_text(json.dumps(data), encoding="utf-8")
        return {exercise.id: self._look(folder, exercise) for exercise in lesson.exercises}

    def _look(self, folder: Path, exercise: Exercise) -> bool:
        if exercise.is_manual or self.random.random() > 0.03:
            return False
        journal.append(folder, Event(exercise.id, Kind.SOLUTION))
        journal.append(folder, Event(exercise.id, Kind.CHECK, Outcome.PASSED))
        return True

    def _choose(self, lesson: Lesson, exercise: Exercise, attempt: int) -> str:
        if exercise.is_manual:
            return self.random.choice(MEMOS)
        right, wrong = self._known[lesson.id][exercise.id]
        luck = self.random.random()
        if luck < 0.55 + 0.12 * attempt:
            return self.random.choice(right)
        return self.random.choice(wrong) if wrong and luck < 0.93 else exercise.starter

    def _answers(self, lesson: Lesson) -> dict[str, tuple[list[str], list[str]]]:
        """Right and wrong answers by exercise; those that take the grader a minute each are left out."""
        found: dict[str, tuple[list[str], list[str]]] = {each.id: ([each.solution], []) for each in lesson.exercises}
        slow = {Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY, Outcome.KILLED}
        for answer in _answers.read(ANSWERS / f"{lesson.id}.toml", lesson):
            if answer.outcome not in slow:
                found[answer.exercise][0 if answer.outcome is Outcome.PASSED else 1].append(answer.code)
        return found


def chosen_lessons(course: Course, names: list[str]) -> list[Lesson]:
    return [course.lesson(name) for name in names]
