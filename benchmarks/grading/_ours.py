"""Our own grader on submissions: a whole job, from a folder of notebooks to ``results.json``."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from time import perf_counter
from typing import TYPE_CHECKING, Any

from curriculum.grading._job import Job, run_job
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _material import Bench, Passes

    from curriculum.course import Lesson
    from curriculum.grading._runners import Setup

_COPY = "--"

_WORDS = 120

Outcomes = dict[str, str]
Said = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Graded:
    """What one job took and found.

    Attributes:
        said: about verdicts that are not the expected ones.
        count: submissions.
        first: seconds until the first result.
        steady: seconds a submission after that: all but what is done once for a batch.
        whole: seconds a submission, everything included.
        running: seconds that each submission of the bench spent in the runner; of its copies the shortest, so that
            those during which the lesson was prepared do not count.
        around: seconds a submission, of those in ``steady``, that were not spent in the runner; with one worker only.
        missing: layers of the sandbox that did not stand.
    """

    passes: dict[str, Passes]
    said: Said
    count: int
    first: float
    steady: float
    whole: float
    running: dict[str, float]
    around: float
    missing: tuple[str, ...]


def hand_in(bench: Bench, folder: Path, count: int) -> Path:
    """Write submissions as ``handed-in/<learner>/<lesson>.ipynb``, in turn from the bench until there are so many.

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


def read(path: Path) -> list[dict[str, Any]]:
    """The submissions of a ``results.json``."""
    submissions: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["submissions"]
    return submissions


def passes_of(results: Iterable[dict[str, Any]], bench: Bench) -> tuple[dict[str, Passes], Said]:
    """For each submission of the bench, which exercises passed; where copies differ, the unexpected one counts.

    Returns:
        The verdicts, and what was said in each unexpected one.
    """
    found: dict[str, Passes] = {name: {} for name in bench.expected}
    said: Said = {}
    for result in results:
        name = result["learner"].rpartition(_COPY)[0]
        for exercise in result["exercises"]:
            key, passed = exercise["exercise"], exercise["outcome"] == Outcome.PASSED
            if passed is not bench.expected[name].get(key):
                found[name][key] = passed
                said[name, key] = _words(result, exercise)
            found[name].setdefault(key, passed)
    return found, said


def _words(result: dict[str, Any], exercise: dict[str, Any]) -> str:
    details = [check["detail"] or check["message"] for check in exercise["checks"]]
    text = result["problem"] or " ".join(" ".join(details).split())
    return f"{exercise['outcome']}: {text[:_WORDS]}".rstrip(": ")


def grade(bench: Bench, setup: Setup, *, workers: int, copies: int = 1, cluster: str = "") -> Graded:
    """Grade every submission of a bench, ``copies`` times each under as many names.

    Args:
        cluster: the address of a Dask cluster, or ``local``; threads of this process by default.
    """
    elsewhere = {"cluster": cluster} if cluster else {}
    count = copies * len(bench.submissions)
    with tempfile.TemporaryDirectory(prefix="curriculum-bench-") as base:
        folder = Path(base)
        source = hand_in(bench, folder, count)
        times: list[float] = []
        job = Job(folder / "handed-in", folder / "out", (str(source),), workers=workers, setup=setup, **elsewhere)
        begin = perf_counter()
        done = run_job(job, on_item=lambda _: times.append(perf_counter()))
        end = perf_counter()
        results = read(done.results)
    passes, said = passes_of(results, bench)
    # With one submission there is nothing but the beginning.
    steady = (times[-1] - times[0]) / (count - 1) if count > 1 else times[0] - begin
    return Graded(
        passes=passes,
        said=said,
        count=count,
        first=times[0] - begin,
        steady=steady,
        whole=(end - begin) / count,
        running=_shortest(results),
        around=steady - _mean_of_rest([result["seconds"] for result in results]),
        missing=tuple(sorted({layer for result in results for layer in result["missing_layers"]})),
    )


def _mean_of_rest(seconds: list[float]) -> float:
    """The mean without the longest, during which the lesson was prepared, where there are others."""
    return mean(sorted(seconds)[:-1] or seconds)


def _shortest(results: Iterable[dict[str, Any]]) -> dict[str, float]:
    seconds: dict[str, float] = {}
    for result in results:
        name = result["learner"].rpartition(_COPY)[0]
        seconds[name] = min(result["seconds"], seconds.get(name, result["seconds"]))
    return seconds


def outcomes(
    lesson: Lesson, contents: dict[str, bytes], setup: Setup, *, workers: int, own: bool
) -> dict[str, Outcomes]:
    """What each exercise of each submission came to, in words; what could not be graded says so in each exercise.

    Args:
        own: whether the lesson belongs to the course; others are copied to a folder of their own first.
    """
    with tempfile.TemporaryDirectory(prefix="curriculum-bench-") as base:
        name = lesson.id if own else str(_alone(lesson, Path(base)))
        for learner, content in contents.items():
            path = Path(base, "handed-in", learner, f"{lesson.file}.ipynb")
            path.parent.mkdir(parents=True)
            path.write_bytes(content)
        job = Job(Path(base, "handed-in"), Path(base, "out"), (name,), workers=workers, setup=setup)
        results = read(run_job(job).results)
    return {
        result["learner"]: dict.fromkeys((exercise.id for exercise in lesson.exercises), result["problem"])
        if result["problem"]
        else {each["exercise"]: str(each["outcome"]) for each in result["exercises"]}
        for result in results
    }


def _alone(lesson: Lesson, folder: Path) -> Path:
    source = folder / "lessons" / "bench" / f"{lesson.file}.ipynb"
    source.parent.mkdir(parents=True)
    shutil.copyfile(lesson.path, source)
    return source
