"""What each layer of the sandbox costs a learner's process: milliseconds of each step that confines it.

A process like a zygote (the libraries of a typical course loaded) enters the sandbox, forks children, and has each time
the steps of its own confinement. The median of many children counts. Exit code 1 if all steps together are over budget.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

import _warm
from _report import say, show

BUDGET_MS = 25.0
_LIBRARIES = ("numpy", "pandas", "sklearn.linear_model")
_INSIDE = "--inside"


def main() -> int:
    """Start the process that measures, and show what it found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--children", type=int, default=200, help="how many are forked (200)")
    given = parser.parse_args()
    command = [sys.executable, __file__, _INSIDE, str(given.children)]
    # It loses sight of everything that is not to be read, so it tells what it found through a pipe.
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | _warm.ENVIRONMENT)
    if done.returncode:
        raise SystemExit(f"the measuring process broke: {done.stderr[-2000:]}")
    found = json.loads(done.stdout)
    rows = [(name, f"{ms:.2f}") for name, ms in found["steps"].items()]
    total = sum(found["steps"].values())
    rows += [
        ("all steps", f"{total:.2f}"),
        ("a bare fork and its end", f"{found['bare']:.2f}"),
        ("a confined child from its fork to its end", f"{found['confined']:.2f}"),
    ]
    show(f"what confines a child, medians of {given.children}", ("step", "ms"), rows)
    say(found["summary"])
    return int(total > BUDGET_MS)


def _measure(children: int) -> None:
    from curriculum.grading._limits import Limits
    from curriculum.grading.sandbox import Enclosure, Mode, default_policy, summary

    for name in _LIBRARIES:
        importlib.import_module(name)
    enclosure = Enclosure.enter(default_policy(Mode.AVAILABLE, Limits()))
    steps: dict[str, list[float]] = {}
    bare, confined = [], []
    for _ in range(children):
        begin = perf_counter()
        pid = os.fork()
        if not pid:
            os._exit(0)
        os.waitpid(pid, 0)
        bare.append(perf_counter() - begin)
        begin = perf_counter()
        for name, seconds in _child(enclosure).items():
            steps.setdefault(name, []).append(seconds)
        confined.append(perf_counter() - begin)
    found = {
        "steps": {name: median(seconds) * 1e3 for name, seconds in steps.items()},
        "bare": median(bare) * 1e3,
        "confined": median(confined) * 1e3,
        "summary": summary(enclosure.layers),
    }
    enclosure.close()
    print(json.dumps(found))


def _child(enclosure: object) -> dict[str, float]:
    """Fork a child that confines itself step by step, and tells how long each took."""
    receiver, sender = os.pipe()
    pid = enclosure.fork()
    if not pid:
        taken = {}
        for name, step in enclosure._steps([sender]):  # what ``confine`` goes through
            if name not in enclosure._missing:
                begin = perf_counter()
                step()
                taken[name] = perf_counter() - begin
        os.write(sender, json.dumps(taken).encode())
        os._exit(0)
    os.close(sender)
    with os.fdopen(receiver, encoding="utf-8") as pipe:
        told = pipe.read()
    os.waitpid(pid, 0)
    enclosure.clean(pid)
    return json.loads(told)


if __name__ == "__main__":
    if sys.argv[1:2] == [_INSIDE]:
        # Beside this file lie modules of the benchmark, which are no part of what is measured.
        sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).resolve().parent]
        _measure(int(sys.argv[2]))
    else:
        sys.exit(main())
