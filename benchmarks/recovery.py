"""How often textbook intervals cover what the simulator planted, and how far the naive methods go wrong.

Each effect is estimated in many fresh draws. A 95 % interval must cover the truth in 90 to 99 % of them; exit code 1
if one does not. `tests/datasets/test_recovery.py` runs a small fixed part of this.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

# One thread for linear algebra in each of the processes: more would fight.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from recovery import Measured, Recovery, measure, recoveries

BAND = (0.90, 0.99)


def main() -> int:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=200, help="fresh draws of each table (200)")
    parser.add_argument("--first-seed", type=int, default=1_000, help="seed of the first draw (1000)")
    parser.add_argument("--table", help="only this table's effects")
    arguments = parser.parse_args()
    chosen = [i for i, recovery in enumerate(recoveries()) if arguments.table in (None, recovery.table)]
    if not chosen:
        parser.error(f"no effect is recovered from a table called {arguments.table!r}")
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.draws)
    print(f"{arguments.draws} draws; error: mean of estimate minus truth; naive: the method that misleads\n")
    print(f"{'table':<14}{'effect':<32}{'truth':>9}{'error':>10}{'covers':>8}{'naive error':>13}{'covers':>8}")
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
        measured = pool.map(partial(_measure, seeds=seeds), chosen)
        inside = [_print(recoveries()[i], result, len(seeds)) for i, result in zip(chosen, measured, strict=True)]
    share = f"{BAND[0]:.0%} to {BAND[1]:.0%} of draws"
    print(f"\n{sum(inside)} of {len(inside)} textbook intervals cover the truth in {share}")
    return 0 if all(inside) else 1


def _measure(index: int, *, seeds: range) -> Measured:
    return measure(recoveries()[index], seeds)


def _print(recovery: Recovery, measured: Measured, draws: int) -> bool:
    textbook, naive = measured
    line = f"{recovery.table:<14}{recovery.effect:<32}{textbook.mean_truth:>9.4f}{textbook.mean_error:>10.4f}"
    line += f"{textbook.covered / draws:>8.1%}"
    if naive:
        line += f"{naive.mean_error:>13.4f}{naive.covered / draws:>8.1%}"
    inside = BAND[0] <= textbook.covered / draws <= BAND[1]
    options = ", ".join(f"{name}={value}" for name, value in recovery.options.items())
    line += "" if naive else " " * 21
    print(f"{line}   n={recovery.n:,} {options}" + ("" if inside else "   outside the band"), flush=True)
    return inside


if __name__ == "__main__":
    sys.exit(main())
