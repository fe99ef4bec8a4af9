"""Memory and time of grading a class of 20 to 10,000: the command ``curriculum grade`` on the light lesson.

Each size is a new process on a folder of that many notebooks. Memory is looked at several times a second: the resident
memory of the grader itself, and the share of memory (PSS: shared pages counted once) of all its processes together.
Exit code 1 if a verdict is not the expected one, or if from the second size to the last one memory grows by more than
the margin or a submission takes half as long again. Reads ``/proc``: Linux.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep

import _material
import _ours
import psutil
from _report import deviations, say, show
from _warm import ENVIRONMENT

from curriculum.grading._choices import SandboxMode

BETWEEN_SECONDS = 0.2
MARGIN_MB = 30.0
SLOWER = 1.5
_MB = 1 << 20


@dataclass
class Measured:
    """What one size took; bytes at their peak.

    Attributes:
        grader: resident memory of the grader's own process.
        together: of all its processes; 0 where they may not be looked at.
        processes: the most there were at a time.
        code: the grader's exit code.
    """

    count: int
    seconds: float = 0.0
    grader: int = 0
    together: int = 0
    processes: int = 0
    wrong: int = 0
    code: int = 0


def main() -> int:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[20, 200, 2_000, 10_000])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sandbox", type=SandboxMode, choices=list(SandboxMode), default=SandboxMode.AVAILABLE)
    parser.add_argument("--cluster", help="a Dask cluster to grade on, as `curriculum grade --cluster` takes it")
    given = parser.parse_args()
    options = ["--workers", str(given.workers), "--sandbox", given.sandbox.value]
    options += ["--cluster", given.cluster] if given.cluster else []
    measured = []
    for count in given.sizes:
        say(f"grading {count:,} ...")
        measured.append(_measure(count, options))
    base = measured[min(1, len(measured) - 1)]
    rows = [_row(one, base) for one in measured]
    columns = (
        "graded",
        "s",
        "ms each",
        "grader MB",
        "all MB",
        "most processes",
        "x time",
        "x grader",
        "x all",
        "wrong",
    )
    show(f"{' '.join(options)}; ratios to {base.count:,} submissions", columns, rows, texts=0)
    return _judge(measured, base)


def _measure(count: int, options: list[str]) -> Measured:
    bench = _material.light()
    with tempfile.TemporaryDirectory(prefix="curriculum-bench-") as base:
        folder = Path(base)
        source = _ours.hand_in(bench, folder, count)
        command = [sys.executable, "-m", "curriculum", "grade", str(folder / "handed-in")]
        command += ["--lesson", str(source), "--out", str(folder / "out"), *options]
        with (folder / "log").open("wb+") as log:
            measured = _watched(command, count, log.fileno())
            log.seek(0)
            if measured.code:
                say(f"curriculum grade ended with {measured.code}: {log.read().decode(errors='replace')[-2000:]}")
        results = folder / "out" / "results.json"
        if results.is_file():
            passes, said = _ours.passes_of(_ours.read(results), bench.first(count))
            wrong = deviations("A", bench.first(count).expected, passes, said)
            for row in wrong:
                say(", ".join(row))
            measured.wrong = len(wrong)
    return measured


def _watched(command: list[str], count: int, log: int) -> Measured:
    """Run a command and look at its memory until it ends."""
    measured = Measured(count)
    begin = perf_counter()
    with subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | ENVIRONMENT) as process:
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            _look(watched, measured)
            sleep(BETWEEN_SECONDS)
        measured.seconds = perf_counter() - begin
        measured.code = process.returncode
    return measured


def _look(process: psutil.Process, measured: Measured) -> None:
    try:
        family = [process, *process.children(recursive=True)]
        measured.grader = max(measured.grader, process.memory_info().rss)
    except psutil.Error:
        return  # it has just ended
    together = sum(map(_share, family))
    measured.together = max(measured.together, together)
    measured.processes = max(measured.processes, len(family))


def _share(process: psutil.Process) -> int:
    """A process's share of memory; nothing where it has ended, or may not be looked at."""
    try:
        return int(process.memory_full_info().pss)
    except (psutil.Error, OSError):
        return 0


def _row(one: Measured, base: Measured) -> tuple[str, ...]:
    each, base_each = one.seconds / one.count, base.seconds / base.count
    return (
        f"{one.count:,}",
        f"{one.seconds:,.1f}",
        f"{each * 1e3:,.1f}",
        f"{one.grader / _MB:,.0f}",
        f"{one.together / _MB:,.0f}",
        str(one.processes),
        f"{each / base_each:.2f}",
        f"{one.grader / max(base.grader, 1):.2f}",
        f"{one.together / max(base.together, 1):.2f}",
        str(one.wrong),
    )


def _judge(measured: list[Measured], base: Measured) -> int:
    """Hold the largest size against the base; without two sizes there is nothing to compare but the verdicts."""
    last = max(measured, key=lambda one: one.count)
    problems = [f"{one.count:,} submissions: exit code {one.code}" for one in measured if one.code]
    problems += [f"{one.count:,} submissions: {one.wrong} wrong verdicts" for one in measured if one.wrong]
    for name, less, more in (("grader", base.grader, last.grader), ("all", base.together, last.together)):
        grown = (more - less) / _MB
        say(f"{name}: {grown:+.0f} MB from {base.count:,} to {last.count:,} submissions (margin {MARGIN_MB:.0f} MB)")
        problems += [f"memory of {name} grows by {grown:.0f} MB"] if grown > MARGIN_MB else []
    slower = (last.seconds / last.count) / (base.seconds / base.count)
    problems += [f"a submission takes {slower:.2f} times as long"] if slower > SLOWER else []
    for problem in problems:
        say(f"not as it must be: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
