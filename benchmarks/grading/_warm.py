"""A warm process: libraries loaded, one fork for each notebook, every cell in one IPython shell, no sandbox.

As a module it starts that process; as a program it is it. What it takes is the floor that no grader that runs the
notebook's cells can go below by much: the cells themselves and a fork.
"""

from __future__ import annotations

import ast
import gc
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _material import Bench, Passes

# What every contender gets: one numerical thread, no window for figures.
ENVIRONMENT = {
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "PYTHONHASHSEED": "0",
}


@dataclass(frozen=True)
class Warm:
    """What the warm process took.

    Attributes:
        floor: seconds a notebook with every cell run in the fork.
        opened: seconds of each notebook where the lesson's opening cells were run once, before the forks.
        assembling: seconds that it takes to bring one submission into the lesson's frame.
    """

    passes: dict[str, Passes]
    floor: float
    opened: dict[str, float]
    assembling: float


def run(bench: Bench) -> Warm:
    """Run every submission of a bench, as the grader would assemble it."""
    from curriculum.grading._steps import StepKind
    from curriculum.grading.assembly._assemble import assemble

    begin, cells = perf_counter(), {}
    for handed in bench.submissions:
        assembled = assemble(bench.lesson, handed.content, handed.name)
        cells[handed.name] = [
            (step.source, step.exercise if step.kind is StepKind.CHECK else "") for step in assembled.steps
        ]
    assembling = (perf_counter() - begin) / len(cells)
    opening = _opening(assembled.steps)
    job = {"modules": _modules(opening), "opening": opening, "cells": cells}
    done = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | ENVIRONMENT,
    )
    if done.returncode:
        raise SystemExit(f"the warm process broke: {done.stderr[-2000:]}")
    data = json.loads(done.stdout)
    return Warm(data["passes"], data["floor"], data["opened"], assembling)


def _opening(steps: Any) -> list[str]:
    """The teacher's cells before anything of a learner's."""
    sources = []
    for step in steps:
        if step.kind != "teacher":
            break
        sources.append(step.source)
    return sources


def _modules(sources: list[str]) -> list[str]:
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return sorted(names)


def main() -> None:
    """Be the warm process: a job on stdin, what it took on stdout."""
    import importlib

    from curriculum.grading.split._shell import new_shell

    job = json.load(sys.stdin)
    for name in job["modules"]:
        importlib.import_module(name)
    shell = new_shell()
    _freeze()
    cells: dict[str, list[tuple[str, str]]] = job["cells"]
    _forked(shell, next(iter(cells.values())))  # pages and caches of the first one are nobody's
    begin = perf_counter()
    passes = {name: _forked(shell, own) for name, own in cells.items()}
    floor = (perf_counter() - begin) / len(cells)
    for source in job["opening"]:
        shell.run(source)
    _freeze()
    opened = {}
    for name, own in cells.items():
        begin = perf_counter()
        again = _forked(shell, own[len(job["opening"]) :])
        opened[name] = perf_counter() - begin
        if again != passes[name]:
            raise SystemExit(f"{name} came out differently where the opening cells were shared")
    print(json.dumps({"passes": passes, "floor": floor, "opened": opened}))


def _freeze() -> None:
    """Keep the collector of garbage off what all forks share, or each of them copies it."""
    gc.collect()
    gc.freeze()


def _forked(shell: Any, cells: list[tuple[str, str]]) -> Passes:
    """Run cells in a fork; for each exercise, whether its check cells ended without an error."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            _child(shell, cells, theirs)
        finally:
            os._exit(1)
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        data = pipe.read()
    os.waitpid(pid, 0)
    return json.loads(data)


def _child(shell: Any, cells: list[tuple[str, str]], pipe: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    passes: Passes = {}
    for source, exercise in cells:
        ended_well = shell.run(source).success
        if exercise:
            passes[exercise] = passes.get(exercise, True) and ended_well
    with os.fdopen(pipe, "wb") as file:
        file.write(json.dumps(passes).encode())
    os._exit(0)


if __name__ == "__main__":
    # Beside this file lie modules of the benchmark, which are no part of it.
    sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).resolve().parent]
    main()
