"""What grading takes: our grader, nbgrader and Otter on the same submissions, beside the bare cost of the cells.

On a heavy lesson, one on tables and a light one, in one run: the floor (a fork of a warm process runs every cell in
one IPython shell, with no sandbox), runner A with one worker and with two, runner B (a kernel for each submission),
nbgrader and Otter.
A verdict that is not the expected one is shown, whoever gave it. Exit code 1 if there was one, or if a budget is
exceeded. Peers are installed into the user's cache; one that cannot be is left out.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass, field
from functools import partial
from statistics import mean, median
from typing import TYPE_CHECKING

import _material
import _ours
import _peers
import _warm
from _report import deviations, say, show

from curriculum.grading._choices import RunnerName, SandboxMode
from curriculum.grading._runners import Setup

if TYPE_CHECKING:
    from collections.abc import Callable

    from _material import Bench, Passes
    from _ours import Graded, Said
    from _warm import Warm

LESSONS = ("heavy", "tables", "light")
HEAVY_BUDGET = 1.25  # times the floor, on one worker; half of that on two
LIGHT_BUDGET = 150  # times nbgrader's throughput, on two workers
ISOLATION_BUDGET_MS = 25
FLOOR, KERNEL = "floor: warm fork", "B, kernel"
ONE, TWO, BARE = "A, 1 worker", "A, 2 workers", "A, 1 worker, sandbox off"


@dataclass
class Lesson:
    """A bench, and everything that was measured on it.

    Attributes:
        steady: seconds a submission without what is done once for a batch, by contender, round by round.
        graded: what our own grader's jobs took, by contender, round by round.
    """

    bench: Bench
    copies: int
    steady: dict[str, list[float]] = field(default_factory=dict)
    warm: list[Warm] = field(default_factory=list)
    graded: dict[str, list[Graded]] = field(default_factory=dict)
    wrong: list[tuple[str, str, str, str, str]] = field(default_factory=list)

    def ms(self, name: str) -> float:
        """Milliseconds a submission: the median of the rounds."""
        return median(self.steady[name]) * 1e3

    def whole_ms(self, name: str) -> float:
        """The same with what is done once for a batch, for our own grader."""
        return median(graded.whole for graded in self.graded[name]) * 1e3

    def note(self, name: str, passes: dict[str, Passes], steady: float, said: Said | None = None) -> None:
        """Take down what one contender did in one round."""
        self.steady.setdefault(name, []).append(steady)
        self.wrong += deviations(name, self.bench.expected, passes, said)


def main() -> int:
    """Measure, print, and judge."""
    given = _arguments()
    # What our own processes inherit is what the warm process and the peers get.
    os.environ |= _warm.ENVIRONMENT
    makers = {"heavy": _material.heavy, "tables": _material.tables, "light": _material.light}
    copies = {"heavy": given.heavy_copies, "tables": given.light_copies, "light": given.light_copies}
    failed = False
    for name in given.lesson:
        lesson = Lesson(makers[name]().first(given.submissions), copies[name])
        _measure(lesson, given)
        failed |= _print(name, lesson)
    return int(failed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lesson", nargs="+", choices=LESSONS, default=list(LESSONS))
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the floor and of runner A (3)")
    parser.add_argument("--peer-rounds", type=int, default=1, help="rounds of runner B and the peers, 0 for none (1)")
    parser.add_argument("--submissions", type=int, help="only the first so many")
    parser.add_argument("--heavy-copies", type=int, default=2, help="how often runner A gets each heavy one (2)")
    parser.add_argument("--light-copies", type=int, default=25, help="how often runner A gets each other one (25)")
    parser.add_argument(
        "--sandbox", type=SandboxMode, choices=list(SandboxMode), default=SandboxMode.AVAILABLE, help="of runner A"
    )
    parser.add_argument("--cluster", help="runner A on a Dask cluster too: its address, or local")
    return parser.parse_args()


def _measure(lesson: Lesson, given: argparse.Namespace) -> None:
    """Every contender in turn, round by round, so that a slow minute of the machine meets all of them."""
    split, bare = Setup(sandbox=given.sandbox), Setup(sandbox=SandboxMode.OFF)
    ours: dict[str, Callable[[], Graded]] = {
        ONE: partial(_ours.grade, lesson.bench, split, workers=1, copies=lesson.copies),
        TWO: partial(_ours.grade, lesson.bench, split, workers=2, copies=lesson.copies),
        BARE: partial(_ours.grade, lesson.bench, bare, workers=1, copies=lesson.copies),
    }
    if given.cluster:
        for workers in (1, 2):
            name = f"A, Dask, {workers} worker{'s' if workers > 1 else ''}"
            ours[name] = partial(ours[ONE], workers=workers, cluster=given.cluster)
    kernel = Setup(RunnerName.KERNEL, SandboxMode.OFF)
    for number in range(max(given.rounds, given.peer_rounds)):
        if number < given.rounds:
            warm = _warm.run(lesson.bench)
            lesson.warm.append(warm)
            lesson.note(FLOOR, warm.passes, warm.floor)
            for name, grade in ours.items():
                _note_ours(lesson, name, grade())
        if number < given.peer_rounds:
            _note_ours(lesson, KERNEL, _ours.grade(lesson.bench, kernel, workers=1))
            for peer in (_peers.NBGRADER, _peers.OTTER):
                _note_peer(lesson, peer)


def _note_ours(lesson: Lesson, name: str, graded: Graded) -> None:
    lesson.note(name, graded.passes, graded.steady, graded.said)
    lesson.graded.setdefault(name, []).append(graded)


def _note_peer(lesson: Lesson, peer: str) -> None:
    try:
        found = _peers.grade(peer, lesson.bench)
    except _peers.MissingPeerError as error:
        say(str(error))
    else:
        lesson.note(peer, found.passes, found.steady)


def _print(name: str, lesson: Lesson) -> bool:
    """Everything about one lesson; whether anything is not as it must be."""
    floor = lesson.ms(FLOOR)
    rows = [_row(lesson, contender, floor) for contender in lesson.steady]
    columns = ("", "graded", "ms each", "ms each, all in", "x floor", "x as fast as nbgrader", "wrong")
    title = f"{name} lesson: {len(lesson.bench.submissions)} submissions, medians of {len(lesson.steady[FLOOR])} rounds"
    show(title, columns, rows)
    isolation = _isolation(name, lesson)
    if lesson.wrong:
        columns = ("who", "submission", "exercise", "must be", "was")
        show("verdicts that are not the expected ones", columns, lesson.wrong, texts=5)
    over = [*_over_budget(name, lesson), *isolation]
    for problem in over:
        say(f"over budget: {problem}")
    say("")
    return bool(lesson.wrong or over)


def _row(lesson: Lesson, contender: str, floor: float) -> tuple[object, ...]:
    ms = lesson.ms(contender)
    count = len(lesson.bench.submissions)
    graded = lesson.graded[contender][0].count if contender in lesson.graded else count
    whole = f"{lesson.whole_ms(contender):,.1f}" if contender in lesson.graded else "-"
    faster = f"{lesson.ms(_peers.NBGRADER) / ms:,.1f}" if _peers.NBGRADER in lesson.steady else "-"
    wrong = sum(who == contender for who, *_ in lesson.wrong)
    return contender, graded, f"{ms:,.1f}", whole, f"{ms / floor:.2f}", faster, wrong


def _isolation(name: str, lesson: Lesson) -> list[str]:
    """What each step from one open process to two closed ones costs; all of them share the lesson's opening cells.

    Differences of some milliseconds between runs of hundreds would drown in medians: see :func:`_least_ms`.
    """
    open_ = _least_ms([warm.opened for warm in lesson.warm])
    bare, closed = (_least_ms([graded.running for graded in lesson.graded[who]]) for who in (BARE, ONE))
    missing = ", ".join(lesson.graded[ONE][-1].missing)
    rows = [
        ("one process, opening cells run once", f"{open_:.1f}", ""),
        ("two processes, sandbox off", f"{bare:.1f}", f"{bare - open_:+.1f}"),
        (
            f"two processes, sandboxed{f' but for {missing}' if missing else ''}",
            f"{closed:.1f}",
            f"{closed - bare:+.1f}",
        ),
    ]
    rows += _around(lesson, closed)
    show(f"{name} lesson: what isolation costs, and what a job does around it", ("", "ms each", "more"), rows)
    cost = closed - open_
    say(f"isolation takes {cost:.1f} ms a submission, budget {ISOLATION_BUDGET_MS} ms")
    return [f"isolation takes {cost:.1f} ms a submission"] if cost > ISOLATION_BUDGET_MS else []


def _least_ms(rounds: list[dict[str, float]]) -> float:
    """Milliseconds a submission, each in its fastest round: whatever else a machine does only ever adds to a time."""
    return mean(min(round_[name] for round_ in rounds) for name in rounds[0]) * 1e3


def _around(lesson: Lesson, running: float) -> list[tuple[str, str, str]]:
    """What a job does beside running submissions, on one worker."""
    assembling = median(warm.assembling for warm in lesson.warm) * 1e3
    around = median(graded.around for graded in lesson.graded[ONE]) * 1e3
    return [
        ("... and assembled", f"{running + assembling:.1f}", f"{assembling:+.1f}"),
        ("... and collected, scored, stored", f"{running + around:.1f}", f"{around - assembling:+.1f}"),
    ]


def _over_budget(name: str, lesson: Lesson) -> list[str]:
    floor, problems = lesson.ms(FLOOR), []
    if name == "heavy":
        for contender, budget in ((ONE, HEAVY_BUDGET), (TWO, HEAVY_BUDGET / 2)):
            ratio = lesson.ms(contender) / floor
            problems += [f"{contender}: {ratio:.2f} x floor, budget {budget:g}"] if ratio > budget else []
    elif name != "light":
        pass
    elif _peers.NBGRADER in lesson.steady:
        faster = lesson.ms(_peers.NBGRADER) / lesson.ms(TWO)
        if faster < LIGHT_BUDGET:
            problems.append(f"{TWO}: {faster:.0f} x as fast as nbgrader, budget {LIGHT_BUDGET}")
    else:
        say("nbgrader was not measured, so nothing is said about the budget beside it")
    return problems


if __name__ == "__main__":
    sys.exit(main())
