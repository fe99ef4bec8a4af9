"""Whether every runner gives every submission the verdict that it must get.

Submissions are those of the bench (a heavy lesson with 30, endless loops and hogs of memory among them; two others
with 20 each), and for each lesson of the course with a file in ``tests/answers/``, submissions that hold one answer of
each exercise: the starter, nothing, the solution, then each recorded right answer and mistake. Prints every exercise
that came out otherwise than it must, or otherwise in the one runner than in the other. Exit code 1 if there was any.

An answer is recorded for a lesson that is solved otherwise. Where one comes out unexpectedly beside other answers, it
is tried again in a solved lesson, and that counts; how many were is said. Both runners must agree in either case.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import _material
import _ours
from _report import say, show

from curriculum import course
from curriculum.errors import CurriculumError
from curriculum.grading._choices import RunnerName, SandboxMode
from curriculum.grading._limits import Limits
from curriculum.grading._runners import Setup
from curriculum.outcome import Outcome
from curriculum.prove import _answers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _ours import Outcomes

    from curriculum.course import Course, Lesson
    from curriculum.prove._answers import Answer

ANSWERS = Path(__file__).resolve().parents[2] / "tests" / "answers"
# A fair full run says no more than this about the bench's submissions.
NOT_PASSED = "not passed"
_NASTY = "nasty: "
# What both runners reject may have several names: without a sandbox a hog of memory dies of something else.
_ENDINGS = frozenset({Outcome.TIMED_OUT, Outcome.OUT_OF_MEMORY, Outcome.KILLED})


@dataclass(frozen=True)
class Tried:
    """A submission.

    Attributes:
        expected: for each exercise, an outcome, or that it has not passed.
        what: for each exercise, what its answer is, for the table.
    """

    name: str
    content: bytes
    expected: Outcomes
    what: dict[str, str]


@dataclass
class Group:
    """Submissions of one lesson, and what each runner said of them.

    Attributes:
        mixed: answers that were tried again alone, where they came to what they must.
    """

    title: str
    lesson: Lesson
    tried: list[Tried]
    course: Course | None = None
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    found: dict[str, dict[str, Outcomes]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    mixed: int = 0

    @property
    def verdicts(self) -> int:
        """Exercises in submissions."""
        return sum(len(tried.expected) for tried in self.tried)


def main() -> int:
    """Grade everything with every runner, and compare."""
    given = _arguments()
    limits = replace(Limits(), cell_seconds=given.seconds)
    setups = {
        RunnerName.SPLIT: Setup(RunnerName.SPLIT, given.sandbox, limits),
        RunnerName.KERNEL: Setup(RunnerName.KERNEL, SandboxMode.OFF, limits),
    }
    chosen = {name: setup for name, setup in setups.items() if given.runner in {name.value, "both"}}
    groups = [group for group in _groups() if not given.lesson or group.title in given.lesson]
    if not groups:
        known = ", ".join(group.title for group in _groups())
        say(f"no such lesson; there are {known}")
        return 2
    rows: list[tuple[str, ...]] = []
    for group in groups:
        group.tried = group.tried[: given.submissions]
        for name, setup in chosen.items():
            _grade(group, name.value, setup, given.workers)
        rows += _deviations(group)
        _retry(group, chosen, given.workers, rows)
    _print(groups, rows)
    return 1 if rows else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runner", choices=("split", "kernel", "both"), default="both")
    parser.add_argument("--lesson", nargs="+", help="only these: heavy, tables, light, or ids of lessons")
    parser.add_argument("--submissions", type=int, help="only the first so many of each")
    parser.add_argument("--workers", type=int, default=2, help="submissions at a time (2)")
    parser.add_argument("--seconds", type=float, default=20.0, help="what one cell may take (20)")
    parser.add_argument("--sandbox", type=SandboxMode, choices=list(SandboxMode), default=SandboxMode.AVAILABLE)
    return parser.parse_args()


def _groups() -> Iterator[Group]:
    benches = {"heavy": _material.heavy(well_behaved=False), "tables": _material.tables(), "light": _material.light()}
    for title, bench in benches.items():
        tried = [
            Tried(
                handed.name,
                handed.content,
                {name: Outcome.PASSED if passed else NOT_PASSED for name, passed in handed.passes.items()},
                dict.fromkeys(handed.passes, handed.note),
            )
            for handed in bench.submissions
        ]
        yield Group(title, bench.lesson, tried)
    own = course.load()
    for lesson in own.lessons:
        path = ANSWERS / f"{lesson.id}.toml"
        if path.is_file():
            yield _of_answers(lesson, own, _answers.given(lesson) + _answers.read(path, lesson))


def _of_answers(lesson: Lesson, own: Course, answers: list[Answer]) -> Group:
    """As many submissions as the exercise with the most answers has; those that run out of answers start again."""
    by_exercise: dict[str, list[Answer]] = {}
    for answer in answers:
        by_exercise.setdefault(answer.exercise, []).append(answer)
    group = Group(lesson.id, lesson, [], own)
    for number in range(max(map(len, by_exercise.values()))):
        chosen = {name: known[number % len(known)] for name, known in by_exercise.items()}
        group.tried.append(_tried(lesson, own, f"k{number + 1:03}", chosen))
        group.answers |= {(group.tried[-1].name, name): answer for name, answer in chosen.items()}
    return group


def _tried(lesson: Lesson, own: Course, name: str, chosen: dict[str, Answer]) -> Tried:
    return Tried(
        name,
        _material.filled(lesson, {exercise: answer.code for exercise, answer in chosen.items()}, own),
        {exercise: str(answer.outcome) for exercise, answer in chosen.items()},
        {exercise: answer.label for exercise, answer in chosen.items()},
    )


def _grade(group: Group, runner: str, setup: Setup, workers: int) -> None:
    begin = perf_counter()
    contents = {tried.name: tried.content for tried in group.tried}
    try:
        found = _ours.outcomes(group.lesson, contents, setup, workers=workers, own=group.course is not None)
    except CurriculumError as error:
        say(f"{group.title}, {runner}: {error}")
        found = {}
    group.found[runner] = found
    group.seconds[runner] = perf_counter() - begin


def _deviations(group: Group) -> list[tuple[str, ...]]:
    """Every exercise that is not as it must be: lesson, submission, exercise, answer, what must come, what came."""
    rows = []
    for tried in group.tried:
        for exercise, expected in tried.expected.items():
            said = [found.get(tried.name, {}).get(exercise, "no verdict") for found in group.found.values()]
            if not all(_agrees(expected, word) for word in said) or not _agree(said):
                rows.append((group.title, tried.name, exercise, tried.what[exercise], expected, *said))
    return rows


def _agrees(expected: str, said: str) -> bool:
    if expected == NOT_PASSED:
        return said in set(Outcome) - {Outcome.PASSED}
    return said == expected


def _agree(said: list[str]) -> bool:
    """Whether runners say the same; a process that is ended from outside may be said to have ended in several ways."""
    return len(set(said)) <= 1 or set(said) <= _ENDINGS


def _retry(group: Group, setups: dict[RunnerName, Setup], workers: int, rows: list[tuple[str, ...]]) -> None:
    """Try answers again in a lesson that is solved otherwise; rows about those that come out well then are dropped."""
    unexpected = [row for row in rows if row[0] == group.title and (row[1], row[2]) in group.answers]
    again = [row for row in unexpected if set(row[5:]) <= set(Outcome) and _agree([*row[5:]])]
    if not again or group.course is None:
        return
    solutions = {answer.exercise: answer for answer in _answers.given(group.lesson) if answer.kind == "solution"}
    alone = Group(group.title, group.lesson, [], group.course)
    for number, row in enumerate(again):
        answer = group.answers[row[1], row[2]]
        tried = _tried(group.lesson, group.course, f"a{number:03}", solutions | {answer.exercise: answer})
        alone.tried.append(replace(tried, expected={answer.exercise: tried.expected[answer.exercise]}))
    for name, setup in setups.items():
        _grade(alone, name.value, setup, workers)
        group.seconds[name.value] += alone.seconds[name.value]
    bad = {row[1] for row in _deviations(alone)}
    for tried, row in zip(alone.tried, again, strict=True):
        if tried.name not in bad:
            rows.remove(row)
            group.mixed += 1


def _print(groups: list[Group], rows: list[tuple[str, ...]]) -> None:
    runners = list(groups[0].found)
    lines = []
    for group in groups:
        bad = Counter(row[0] for row in rows)[group.title]
        times = [f"{group.seconds[runner]:,.0f}" for runner in runners]
        lines.append((group.title, len(group.tried), group.verdicts, group.mixed, bad, *times))
    columns = ("lesson", "submissions", "verdicts", "tried again alone", "deviations", *(f"{r}, s" for r in runners))
    show("verdict equality", columns, lines)
    _print_nasty(groups, runners)
    if rows:
        columns = ("lesson", "submission", "exercise", "answer", "must be", *runners)
        show("deviations", columns, rows, texts=len(columns))
    else:
        say(f"every verdict is as expected{' and the same in both runners' if len(runners) > 1 else ''}")


def _print_nasty(groups: list[Group], runners: list[str]) -> None:
    """What became of submissions that would hurt a grader: which exercises they cost, and what that is called."""
    lines = []
    for group in groups:
        for tried in group.tried:
            note = next(iter(tried.what.values()))
            if note.startswith(_NASTY):
                said = [_lost(group.found[runner].get(tried.name, {})) for runner in runners]
                lines.append((tried.name, note.removeprefix(_NASTY), *said))
    if lines:
        show("submissions that would hurt a grader", ("", "what it does", *runners), lines, texts=4)


def _lost(outcomes: Outcomes) -> str:
    lost = [f"{name}: {said.replace('_', ' ')}" for name, said in outcomes.items() if said != Outcome.PASSED]
    return ", ".join(lost) if lost or not outcomes else "all passed"


if __name__ == "__main__":
    sys.exit(main())
