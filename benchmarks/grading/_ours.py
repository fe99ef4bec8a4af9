"""Our own grader on a bench: a whole job, from a folder of notebooks to a store of results."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from curriculum.grading._job import Job, run_job
from curriculum.grading._runners import Setup
from curriculum.grading._store import Store
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _material import Bench, Passes
    from curriculum.grading._result import SubmissionResult

_COPY = "--"


@dataclass(frozen=True)
class Graded:
    """What one job took and found.

    Attributes:
        count: submissions.
        first: seconds until the first result.
        steady: seconds a submission after that: all but what is done once for a batch.
        whole: seconds a submission, everything included.
        running: seconds that a submission spent in the runner.
        layers: names of the sandbox's layers that stood, and of those that did not.
    """

    passes: dict[str, Passes]
    count: int
    first: float
    steady: float
    whole: float
    running: float
    stood: tuple[str, ...]
    missing: tuple[str, ...]


def hand_in(bench: Bench, folder: Path, count: int) -> Path:
    """Write submissions as ``<learner>/<lesson>.ipynb``, in turn from the bench until there are so many.

    Returns:
        The lesson's source, copied beside them: what else lies beside the original is no part of the lesson.
    """
    source = folder / "lessons" / "bench" / f"{bench.assignment}.ipynb"
    source.parent.mkdir(parents=True)
    shutil.copyfile(bench.source, source)
    for number in range(count):
        handed = bench.submissions[number % len(bench.submissions)]
        path = folder / "handed-in" / f"{handed.name}{_COPY}{number:05}" / source.name
        path.parent.mkdir(parents=True)
        path.write_bytes(handed.content)
    return source


def passes_of(results: Iterator[SubmissionResult]) -> dict[str, Passes]:
    """For each submission of the bench, which exercises passed; an exercise that came out two ways counts as neither."""
    found: dict[str, Passes] = {}
    torn: set[tuple[str, str]] = set()
    for result in results:
        name = result.learner.rpartition(_COPY)[0]
        for exercise in result.exercises:
            passed = exercise.outcome is Outcome.PASSED
            if found.setdefault(name, {}).setdefault(exercise.exercise, passed) != passed:
                torn.add((name, exercise.exercise))
    for name, exercise in torn:
        del found[name][exercise]
    return found


def grade(bench: Bench, setup: Setup, *, workers: int, copies: int = 1) -> Graded:
    """Grade every submission, ``copies`` times each under as many names."""
    count = copies * len(bench.submissions)
    with tempfile.TemporaryDirectory(prefix="curriculum-bench-") as base:
        folder = Path(base)
        source = hand_in(bench, folder, count)
        times: list[float] = []
        job = Job(folder / "handed-in", folder / "out", (str(source),), workers=workers, setup=setup)
        begin = perf_counter()
        run_job(job, on_item=lambda _: times.append(perf_counter()))
        end = perf_counter()
        with Store(folder / "out") as store:
            results = [stored.result for stored in store.results()]
    layers = {(layer.name, layer.achieved) for result in results for layer in result.layers}
    # With one submission there is nothing but the beginning.
    steady = (times[-1] - times[0]) / (count - 1) if count > 1 else times[0] - begin
    return Graded(
        passes=passes_of(iter(results)),
        count=count,
        first=times[0] - begin,
        steady=steady,
        whole=(end - begin) / count,
        running=sum(result.seconds for result in results) / count,
        stood=tuple(sorted(name for name, achieved in layers if achieved)),
        missing=tuple(sorted(name for name, achieved in layers if not achieved)),
    )
