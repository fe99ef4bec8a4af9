"""How long importing the course takes, over what Python itself needs.

Every start is a new process; statements take turns, and the fastest of each counts, so that a busy machine matters
little. Exit code 1 if `import curriculum` is over its budget.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time

BUDGET_MS = 50.0
STATEMENTS = ("pass", "import curriculum", "from curriculum import check", "import numpy", "import pandas")


def main() -> int:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15, help="starts of each statement (15)")
    rounds = parser.parse_args().rounds
    fastest = dict.fromkeys(STATEMENTS, float("inf"))
    for statement in STATEMENTS:
        _start(statement)  # fills the caches of bytecode and disk
    for _ in range(rounds):
        for statement in STATEMENTS:
            fastest[statement] = min(fastest[statement], _start(statement))
    bare = fastest["pass"]
    print(f"{'statement':<30} {'ms':>8} {'over Python':>12} {'ratio':>7}")
    for statement, seconds in fastest.items():
        print(f"{statement:<30} {seconds * 1e3:8.1f} {(seconds - bare) * 1e3:12.1f} {seconds / bare:7.2f}")
    over = (fastest["import curriculum"] - bare) * 1e3
    print(f"\nimport curriculum: {over:.1f} ms over bare Python, budget {BUDGET_MS:.0f} ms")
    return 0 if over <= BUDGET_MS else 1


def _start(statement: str) -> float:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTHONPROFILE"))}
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True, env=environment)
    return time.perf_counter() - begin


if __name__ == "__main__":
    sys.exit(main())
