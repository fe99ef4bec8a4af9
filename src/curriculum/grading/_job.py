"""One call of ``curriculum grade``: collect, grade, report."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from curriculum import course as courses
from curriculum.grading._choices import Regrade
from curriculum.grading._runners import Setup, factory
from curriculum.grading._submission import Refused
from curriculum.grading.batch import LocalWorkers, Store, grade
from curriculum.grading.intake import Sources, collect, only_lesson
from curriculum.grading.reports import Heading, overview_of, write_gradescope, write_results

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from curriculum.course import Course
    from curriculum.grading._submission import Submission
    from curriculum.grading.batch import Collected, Executor, Item, Summary
    from curriculum.grading.reports import Overview

RESULTS = "results.json"


@dataclass(frozen=True)
class Job:
    """What to grade, and how.

    Attributes:
        place: a notebook, a folder or a zip of submissions.
        lessons: the only lessons to grade: ids of the course, or source notebooks; all by default.
        course: a folder with a ``course.toml``; the installed course by default.
        out: the folder of the store, the course's key and the reports.
        workers: how many submissions run at a time; as many as there are processors by default.
        cluster: the address of a Dask scheduler, or ``local`` for a cluster of this machine's own; none by default.
        key: a file with the course's secret key; one in ``out`` by default.
        any_version: whether to grade what was released as another version of the course too.
    """

    place: Path
    out: Path
    lessons: tuple[str, ...] = ()
    course: Path | None = None
    workers: int | None = None
    cluster: str = ""
    setup: Setup = field(default_factory=Setup)
    regrade: Regrade = Regrade.CHANGED
    key: Path | None = None
    any_version: bool = False
    gradescope: bool = False


@dataclass(frozen=True)
class Done:
    """What came of a job.

    Attributes:
        results: the file with everything, for other programs.
    """

    summary: Summary
    overview: Overview
    results: Path


def run_job(
    job: Job, on_start: Callable[[int], None] | None = None, on_item: Callable[[Item], None] | None = None
) -> Done:
    """Grade submissions and write the reports.

    Args:
        job: what to grade.
        on_start: called once with the number of files there are.
        on_item: called for each submission or refused file done with, from any thread, one at a time.

    Raises:
        SubmissionError: nothing can be collected from the place.
        GradingError: the store, the key or a lesson cannot be used, or the sandbox cannot be had.
        CurriculumError: the course or a lesson cannot be read, or there is none of that name.
    """
    course = courses.load(job.course)
    setup = replace(job.setup, shows_hidden=course.shows_hidden_tests)
    make_runner = factory(setup)
    collected = _collected(job, course)
    if on_start is not None:
        on_start(len(collected))
    with Store(job.out) as store:
        summary = grade(
            collected,
            make_runner,
            store,
            setup=setup,
            course=course,
            key=job.key,
            regrade=job.regrade,
            executor=_executor(job),
            on_item=on_item,
        )
        overview = _report(job, store, course)
    return Done(summary, overview, job.out / RESULTS)


class _Chosen:
    """Of what was collected, the submissions to some lessons; how many that is, only reading them tells."""

    def __init__(self, collected: Collected, lessons: set[Path]) -> None:
        self._collected = collected
        self._lessons = lessons

    def __len__(self) -> int:
        return len(self._collected)

    def __iter__(self) -> Iterator[Submission | Refused]:
        for item in self._collected:
            if isinstance(item, Refused) or item.lesson.path in self._lessons:
                yield item


def _collected(job: Job, course: Course) -> Collected:
    chosen = [only_lesson(name, course) for name in job.lessons]
    if len(chosen) < 2:
        sources = Sources(course, only=chosen[0] if chosen else None)
        return collect(job.place, sources, any_version=job.any_version)
    return _Chosen(collect(job.place, Sources(course), any_version=job.any_version), {each.path for each in chosen})


def _report(job: Job, store: Store, course: Course) -> Overview:
    heading = Heading(
        course={"id": course.id, "title": course.title, "version": course.version},
        graded_at=datetime.now(UTC).isoformat(timespec="seconds"),
        runner=job.setup.runner.value,
        sandbox=job.setup.sandbox.value,
    )
    overview = overview_of(store.results(), store.refused())
    write_results(job.out / RESULTS, heading, overview, store.results(), store.refused())
    if job.gradescope:
        write_gradescope(job.out, store.results(), store.refused())
    return overview


def _executor(job: Job) -> Executor:
    workers = job.workers or _processors()
    if not job.cluster:
        return LocalWorkers(workers)
    from curriculum.grading.batch._cluster import ClusterWorkers

    return ClusterWorkers(job.cluster, workers)


def _processors() -> int:
    """How many this process may use, which in a container can be fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
