"""How many rows a second the simulator gives, and in how much memory: whole (`simulate`) and in pieces (`stream`).

Every measurement is a new process, whose peak of resident memory counts. Exit code 1 if streaming ten times as many
rows takes more memory than the margin, or more than half as much time again for each row.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import NamedTuple

MARGIN_MB = 60.0
SLOWER = 1.5
CHILD = """
import sys, time
from pathlib import Path

from curriculum import datasets

how, table, n = sys.argv[1], sys.argv[2], int(sys.argv[3])


def resident(name):
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


datasets.simulate(table, n=1, seed=1)  # imports, and what is made once
before = resident("VmRSS")
begin = time.perf_counter()
if how == "simulate":
    rows = len(datasets.simulate(table, n=n, seed=7).data)
else:
    rows = sum(len(draw.data) for draw in datasets.stream(table, n=n, seed=7))
print(rows, time.perf_counter() - begin, before, resident("VmHWM"))
"""


class Run(NamedTuple):
    """What one process measured."""

    how: str
    n: int
    rows: int
    seconds: float
    before: float
    peak: float


def main() -> int:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", default="payments", help="the table (payments)")
    parser.add_argument(
        "--simulate", type=_size, nargs="*", default=[10**4, 10**6, 10**7], help="sizes of whole tables"
    )
    parser.add_argument("--stream", type=_size, nargs="*", default=[10**4, 10**6, 10**7], help="sizes in pieces")
    given = parser.parse_args()
    columns = f"{'n':>10} {'rows':>10} {'s':>8} {'rows/s':>10} {'us/row':>8} {'peak MB':>8} {'over start':>10}"
    print(f"{given.table:<9} {columns}")
    wanted = [("simulate", n) for n in given.simulate] + [("stream", n) for n in given.stream]
    runs = [_measure(how, given.table, n) for how, n in wanted]
    return _judge([run for run in runs if run.how == "stream"])


def _size(text: str) -> int:
    return int(float(text))


def _measure(how: str, table: str, n: int) -> Run:
    command = [sys.executable, "-c", CHILD, how, table, str(n)]
    words = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    run = Run(how, n, int(words[0]), *map(float, words[1:]))
    speed = f"{run.rows / run.seconds:10,.0f} {run.seconds / run.rows * 1e6:8.2f}"
    memory = f"{run.peak:8.0f} {run.peak - run.before:10.0f}"
    print(f"{how:<9} {n:10,} {run.rows:10,} {run.seconds:8.2f} {speed} {memory}", flush=True)
    return run


def _judge(streams: list[Run]) -> int:
    """Compare the two longest streams with each other."""
    if len(streams) < 2:
        print("\nnothing to compare: name two sizes of --stream")
        return 0
    less, more = sorted(streams, key=lambda run: run.n)[-2:]
    print(f"\nbeside {less.n:,} streamed (budget, {less.n:,} to {more.n:,}: {SLOWER} times, {MARGIN_MB:.0f} MB)")
    for run in streams:
        slower = (run.seconds / run.rows) / (less.seconds / less.rows)
        print(f"{run.n:>12,}: {slower:5.2f} times the time of a row, {run.peak - less.peak:+5.0f} MB of memory")
    slower = (more.seconds / more.rows) / (less.seconds / less.rows)
    return 0 if slower <= SLOWER and more.peak - less.peak <= MARGIN_MB else 1


if __name__ == "__main__":
    sys.exit(main())
