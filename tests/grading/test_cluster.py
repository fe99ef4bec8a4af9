"""Grading on a Dask cluster: the same results as on one machine, whatever becomes of its workers."""

from __future__ import annotations

import logging
import os
import signal
from typing import TYPE_CHECKING

import dask
import pytest
from distributed import Client, LocalCluster
from grading.batches import KILL, plain_runner, submission

from curriculum.errors import GradingError
from curriculum.grading._runners import Setup, factory
from curriculum.grading.batch._cluster import ClusterWorkers
from curriculum.grading.batch._grader import Recipe, Task
from curriculum.grading.batch._local import LocalWorkers

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = b"k" * 32


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    # A task that has ended one worker is not tried on another: the tests need not wait for four.
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL
        ) as started,
    ):
        yield started


@pytest.fixture
def workers(cluster) -> ClusterWorkers:
    return ClusterWorkers(cluster.scheduler_address, 2)


def graded(executor, recipe, tasks, **options):
    """Every task's learner with the points; a learner that comes twice is a failure."""
    found = {}
    for task, done in executor.run(recipe, iter(tasks), lambda _: None, **options):
        assert (task.submission.learner, task.submission.lesson.id) not in found
        found[task.submission.learner, task.submission.lesson.id] = done.result
    return found


def points(results):
    return {who: (result.points, result.problem) for who, result in results.items()}


@pytest.fixture
def course(make_course):
    return make_course()


def test_the_cluster_grades_as_this_machine_does(workers, course):
    """With the real runner: what a worker needs crosses to it."""
    answers = {"ada": "{name} = 42", "ben": "{name} = 41", "cy": "{name} =", "dee": "import os; os._exit(1)"}
    tasks = [Task(submission(course, who, "second", answer)) for who, answer in answers.items()]
    recipe = Recipe(factory(Setup()), KEY, "split", course)
    there, here = graded(workers, recipe, tasks), graded(LocalWorkers(1), recipe, tasks)
    assert points(there) == points(here)
    assert there["ada", "second"].points == there["ada", "second"].max_points > there["ben", "second"].points == 0


def test_a_worker_lost_in_the_middle_loses_no_result(cluster, workers, course):
    tasks = [Task(submission(course, f"learner-{n}", ("first", "second")[n % 2])) for n in range(40)]
    recipe = Recipe(plain_runner, KEY, "split", course)
    found, killed = [], []
    for task, done in workers.run(recipe, iter(tasks), lambda _: None):
        found.append(task.submission.learner)
        assert not done.result.problem or killed
        if len(found) == 9:
            with Client(cluster.scheduler_address, set_as_default=False) as client:
                pid = next(iter(client.run(os.getpid, nanny=False).values()))
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
    assert killed
    assert sorted(found) == sorted(task.submission.learner for task in tasks)


def test_results_that_are_lost_before_they_are_fetched_are_had_again(cluster, workers, course):
    tasks = [Task(submission(course, f"learner-{n}")) for n in range(12)]
    found = []
    for task, done in workers.run(Recipe(plain_runner, KEY, "split", course), iter(tasks), lambda _: None):
        found.append(task.submission.learner)
        assert not done.result.problem
        if len(found) == 1:
            with Client(cluster.scheduler_address, set_as_default=False) as client:
                while any(client.processing().values()):  # until all that was sent is done, and waits on its worker
                    pass
                for pid in client.run(os.getpid).values():
                    os.kill(pid, signal.SIGKILL)
                while any(client.has_what().values()):
                    pass
    assert sorted(found) == sorted(task.submission.learner for task in tasks)


def test_one_that_ends_every_worker_costs_no_other_its_result(workers, course):
    answers = ["{name} = 42", KILL, "{name} = 42", "{name} = 42", "{name} = 41"]
    tasks = [Task(submission(course, f"learner-{n}", "first", answer)) for n, answer in enumerate(answers)]
    results = graded(workers, Recipe(plain_runner, KEY, "split", course), tasks)
    problems = {who: result.problem for (who, _), result in results.items() if result.problem}
    assert set(problems) == {"learner-1"}
    assert problems["learner-1"].startswith("could not be graded: grading it ended")
    assert len(results) == len(tasks)


def test_attempts_are_recorded_before_they_begin(workers, course):
    tasks = [Task(submission(course, f"learner-{n}")) for n in range(6)]
    begun = []
    recipe = Recipe(plain_runner, KEY, "split", course)
    for task, _ in workers.run(recipe, iter(tasks), lambda one: begun.append(one.learner)):
        assert task.submission.learner in begun
    assert sorted(begun) == sorted(task.submission.learner for task in tasks)


def test_alone_means_one_at_a_time(workers, course):
    tasks = [Task(submission(course, f"learner-{n}")) for n in range(4)]
    begun, ended = [], []
    recipe = Recipe(plain_runner, KEY, "split", course)
    for task, _ in workers.run(recipe, iter(tasks), lambda one: begun.append(one.learner), alone=True):
        ended.append(task.submission.learner)
        assert begun == ended
    assert len(ended) == len(tasks)


def test_closing_the_results_stops_the_work(workers, course):
    tasks = iter([Task(submission(course, f"learner-{n}")) for n in range(200)])
    results = workers.run(Recipe(plain_runner, KEY, "split", course), tasks, lambda _: None)
    next(results)
    results.close()
    assert len(list(tasks)) > 100


def test_an_address_where_nobody_answers_is_one_clear_line(course):
    recipe = Recipe(plain_runner, KEY, "split", course)
    task = Task(submission(course, "ada"))
    with pytest.raises(GradingError, match="no Dask scheduler answers at nonsense://here"):
        next(ClusterWorkers("nonsense://here", 1).run(recipe, iter([task]), lambda _: None))
