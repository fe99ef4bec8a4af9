"""How long each data set takes to load, in a new process each: what a learner waits for in a fresh kernel.

The time is that of `datasets.load` alone, after `from curriculum import datasets` and pandas; the slowest of the rounds
counts. Exit code 1 if one takes longer than its budget.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

BUDGET_S = 1.0
LOAD = """
import sys, time
import pandas
from curriculum import datasets
begin = time.perf_counter()
datasets.load(sys.argv[1])
print(time.perf_counter() - begin)
"""


def main() -> int:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="new processes for each data set (3)")
    rounds = parser.parse_args().rounds

    from curriculum import datasets

    catalogue = datasets.catalogue()
    slowest = {}
    print(f"{'data set':<22}{'rows':>9}{'ms':>9}")
    for row in catalogue[catalogue["kind"] != "download"].to_dict("records"):
        slowest[row["name"]] = max(_load(row["name"]) for _ in range(rounds))
        print(f"{row['name']:<22}{row['rows']:>9,}{slowest[row['name']] * 1e3:>9.0f}")
    name = max(slowest, key=slowest.__getitem__)
    print(f"\nslowest: {name}, {slowest[name]:.2f} s; budget {BUDGET_S:.0f} s")
    return 0 if slowest[name] <= BUDGET_S else 1


def _load(name: str) -> float:
    done = subprocess.run([sys.executable, "-c", LOAD, name], check=True, capture_output=True, text=True)
    return float(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
