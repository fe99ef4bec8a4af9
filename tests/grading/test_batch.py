"""Batches: what is graded, what is kept, and what becomes of both when graders and runners end."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from grading import batches
from grading.batches import BREAK, KILL, Handed, PlainRunner, Record, submission

from curriculum.errors import GradingError, SandboxError
from curriculum.grading._choices import Regrade
from curriculum.grading._limits import Limits
from curriculum.grading._runners import Setup
from curriculum.grading._submission import Refused
from curriculum.grading.batch import _local
from curriculum.grading.batch._batch import How, Item, Summary, grade
from curriculum.grading.batch._grader import Task
from curriculum.grading.batch._store import State, Store
from curriculum.grading.batch._window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from curriculum.course import Course
    from curriculum.grading._result import SubmissionResult
    from curriculum.grading._submission import Submission

WRONG = "{name} = 41"


class Grading:
    """Grades into one folder, call after call."""

    def __init__(self, out: Path, course: Course) -> None:
        self.out = out
        self.course = course
        self.record = Record()
        self.items: list[Item] = []

    def __call__(self, handed: Iterable[Submission | Refused], **options: Any) -> Summary:
        make = options.pop("make_runner", lambda: PlainRunner(self.record))
        options = {"setup": Setup(), "course": self.course, "workers": 2, "on_item": self.items.append} | options
        with Store(self.out) as store:
            return grade(Handed(handed), make, store, **options)

    @property
    def results(self) -> dict[tuple[str, str], SubmissionResult]:
        """Everything the store holds, by learner and lesson."""
        with Store(self.out) as store:
            last = store._one("SELECT max(seen) FROM grading")[0]
            store.run = last
            return {(item.result.learner, item.result.lesson): item.result for item in store.results()}


@pytest.fixture
def course(make_course: Callable[..., Course]) -> Course:
    return make_course()


@pytest.fixture
def grading(tmp_path: Path, course: Course) -> Grading:
    return Grading(tmp_path / "out", course)


def test_right_wrong_and_other_lessons(grading: Grading, course: Course) -> None:
    summary = grading(
        [
            submission(course, "ada"),
            submission(course, "ada", "second"),
            submission(course, "bob", answer=WRONG),
            submission(course, "cleo", answer="..."),
        ]
    )
    assert (summary.words, summary.is_complete) == ("4 submissions: 4 new", True)
    points = {key: (result.points, result.max_points) for key, result in grading.results.items()}
    expected = {
        ("ada", "first"): (4, 4),
        ("ada", "second"): (2, 2),
        ("bob", "first"): (0, 4),
        ("cleo", "first"): (0, 4),
    }
    assert points == expected
    assert {result.version for result in grading.results.values()} == {"1"}
    assert sorted((item.learner, item.how) for item in grading.items) == [
        ("ada", How.GRADED),
        ("ada", How.GRADED),
        ("bob", How.GRADED),
        ("cleo", How.GRADED),
    ]


def test_draws_depend_on_key_course_lesson_and_learner(grading: Grading, course: Course, tmp_path: Path) -> None:
    grading([submission(course, "ada"), submission(course, "bob", "second")])
    drawings = {(each.course, each.lesson, each.learner) for each in grading.record.drawings}
    assert drawings == {("tiny", "first", "ada"), ("tiny", "second", "bob")}
    key = grading.out / "course.key"
    assert {each.key for each in grading.record.drawings} == {key.read_bytes()}
    assert len(key.read_bytes()) == 32
    assert key.stat().st_mode & 0o777 == 0o600
    mine = tmp_path / "my.key"
    mine.write_bytes(bytes(range(40)))
    summary = grading([submission(course, "ada")], key=mine)
    assert summary.words == "1 submission: 1 again: grader changed"
    assert grading.record.drawings[-1].key == bytes(range(40))


@pytest.mark.parametrize("content", [b"", b"short", None])
def test_a_key_that_is_none(content: bytes | None, grading: Grading, course: Course, tmp_path: Path) -> None:
    path = tmp_path / "my.key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(GradingError, match=r"my\.key(: the course key cannot be read| is no course key)"):
        grading([submission(course, "ada")], key=path)
    assert grading.record.made == 0


def test_what_has_not_changed_is_kept(grading: Grading, course: Course) -> None:
    handed = [submission(course, name) for name in ("ada", "bob", "cleo")]
    grading(handed)
    before = grading.results
    summary = grading(handed)
    assert (summary.kept, summary.new, summary.words) == (3, 0, "3 submissions: 3 kept")
    assert len(grading.record.ran) == 3
    assert grading.results == before


def test_why_others_are_graded_again(grading: Grading, course: Course) -> None:
    grading([submission(course, "ada"), submission(course, "bob"), submission(course, "ada", "second")])
    lesson = course.lesson("second").path
    lesson.write_text(lesson.read_text() + "\n")
    summary = grading(
        [
            submission(course, "ada"),
            submission(course, "bob", answer=WRONG),
            submission(course, "ada", "second"),
            submission(course, "cleo"),
        ]
    )
    assert summary.again == {"submission changed": 1, "lesson changed": 1}
    assert summary.words == "4 submissions: 1 new, 1 kept, 1 again: lesson changed; 1 again: submission changed"
    assert grading.results["bob", "first"].points == 0


@pytest.mark.parametrize(
    "setup", [Setup(limits=Limits(cell_seconds=1)), Setup(shows_hidden=True)], ids=["limits", "hidden"]
)
def test_another_setup_grades_again(setup: Setup, grading: Grading, course: Course) -> None:
    grading([submission(course, "ada")])
    assert grading([submission(course, "ada", answer=WRONG)], setup=setup).again == {"submission and grader changed": 1}


def test_none_keeps_what_has_changed_and_grades_what_is_new(grading: Grading, course: Course) -> None:
    grading([submission(course, "ada")])
    handed = [submission(course, "ada", answer=WRONG), submission(course, "bob")]
    assert grading(handed, regrade=Regrade.NONE).words == "2 submissions: 1 new, 1 kept"
    assert grading.results["ada", "first"].points == 4


def test_all_grades_everything_again(grading: Grading, course: Course) -> None:
    handed = [submission(course, "ada"), submission(course, "bob")]
    grading(handed)
    for _ in range(2):
        assert grading(handed, regrade=Regrade.ALL).words == "2 submissions: 2 again: as asked"


def test_a_stopped_grading_of_all_goes_on(grading: Grading, course: Course) -> None:
    handed = [submission(course, name) for name in "abcdef"]
    grading(handed)
    with pytest.raises(KeyboardInterrupt):
        grading(handed, regrade=Regrade.ALL, workers=1, on_item=_stop_after(2))
    summary = grading(handed, regrade=Regrade.ALL)
    assert (summary.kept, summary.total) == (2, 6)
    assert all(result.points == 4 for result in grading.results.values())


def _stop_after(count: int) -> Callable[[Item], None]:
    """What Ctrl-C does to the thread that waits for results."""
    seen = []

    def on_item(item: Item) -> None:
        seen.append(item)
        if len(seen) == count:
            raise KeyboardInterrupt

    return on_item


def test_interrupted_it_closes_runners_and_goes_on(grading: Grading, course: Course) -> None:
    handed = [submission(course, name) for name in "abcdef"]
    with pytest.raises(KeyboardInterrupt):
        grading(handed, on_item=_stop_after(2))
    assert grading.record.made == grading.record.closed
    with Store(grading.out) as store:
        entries = [store.entry(name, "00-start/01-first.ipynb") for name in "abcdef"]
    assert sum(entry is not None and entry.state is State.DONE for entry in entries) == 2
    assert all(entry.attempts == 0 for entry in entries if entry and entry.state is not State.DONE)
    summary = grading(handed)
    assert (summary.new, summary.kept) == (4, 2)
    assert all(result.points == 4 for result in grading.results.values())


class Stuck(PlainRunner):
    """Runs one learner's submission until it is closed."""

    def __init__(self, record: Record) -> None:
        super().__init__(record)
        self.ended = threading.Event()

    def run(self, assembled: Any, drawing: Any) -> Any:
        if drawing.learner == "stuck":
            self.ended.wait()
            message = "its process is gone"
            raise GradingError(message)
        return super().run(assembled, drawing)

    def close(self) -> None:
        super().close()
        self.ended.set()


def test_interrupted_it_ends_what_does_not_end_by_itself(
    grading: Grading, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_local, "_GRACE_SECONDS", 0.01)
    handed = [submission(course, name) for name in ("stuck", "ada", "bob", "cleo")]
    with pytest.raises(KeyboardInterrupt):
        grading(handed, on_item=_stop_after(2), make_runner=lambda: Stuck(grading.record))
    with Store(grading.out) as store:
        entry = store.entry("stuck", "00-start/01-first.ipynb")
    assert entry is not None
    assert (entry.state, entry.attempts) == (State.WAITING, 0)


def test_a_broken_runner_is_made_anew_and_the_submission_tried_again(grading: Grading, course: Course) -> None:
    grading.record.heals = 2
    grading([submission(course, "ada", answer=BREAK + "{name} = 42"), submission(course, "bob")], workers=1)
    assert grading.record.ran.count(("ada", "first")) == 3
    assert {result.points for result in grading.results.values()} == {4}
    assert grading.record.made == grading.record.closed == 3


def test_what_breaks_the_runner_each_time_is_given_up_and_the_others_go_on(grading: Grading, course: Course) -> None:
    handed = [submission(course, "ada"), submission(course, "bob", answer=BREAK), submission(course, "cleo")]
    summary = grading(handed)
    assert (summary.ungraded, summary.is_complete) == (1, False)
    assert summary.words == "3 submissions: 3 new, 1 could not be graded"
    problem = grading.results["bob", "first"].problem
    assert problem == "could not be graded: the zygote is gone; given up after 3 attempts"
    assert grading.record.ran.count(("bob", "first")) == 3
    assert grading.results["cleo", "first"].points == 4


def test_a_runner_that_broke_may_be_well_next_time(grading: Grading, course: Course) -> None:
    handed = [submission(course, "ada", answer=BREAK + "{name} = 42"), submission(course, "bob")]
    grading(handed)
    assert grading(handed, regrade=Regrade.NONE).ungraded == 1
    grading.record.heals = 0
    summary = grading(handed)
    assert (summary.again, summary.kept, summary.ungraded) == ({"could not be graded before": 1}, 1, 0)
    assert grading.results["ada", "first"].points == 4


def test_a_lesson_that_breaks_the_runner_is_given_up(grading: Grading, course: Course) -> None:
    handed = [submission(course, name, answer=BREAK) for name in "abcdefgh"]
    summary = grading([*handed, submission(course, "z", "second")], workers=1)
    assert (summary.ungraded, summary.total) == (8, 9)
    assert sum(lesson == "first" for _, lesson in grading.record.ran) == 9
    assert grading.results["h", "first"].problem == (
        "could not be graded: 00-start/01-first.ipynb broke the runner 3 times in a row; not tried"
    )
    assert grading.results["z", "second"].points == 2


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system does not say who runs where")
def test_workers_keep_to_processors_where_these_can_be_shared_out(grading: Grading, course: Course) -> None:
    usable, seen = os.sched_getaffinity(0), set()

    class Placed(PlainRunner):
        def run(self, assembled: Any, drawing: Any) -> Any:
            seen.add(frozenset(os.sched_getaffinity(0)))
            return super().run(assembled, drawing)

    handed = [submission(course, f"learner-{number}") for number in range(12)]
    grading(handed, make_runner=lambda: Placed(grading.record), workers=len(usable))
    assert seen <= {frozenset({processor}) for processor in usable}
    seen.clear()
    grading(handed, make_runner=lambda: Placed(grading.record), workers=len(usable) + 1, regrade=Regrade.ALL)
    assert seen == {frozenset(usable)}
    assert os.sched_getaffinity(0) == usable


def test_an_error_of_ours_costs_one_submission(grading: Grading, course: Course) -> None:
    class Odd(PlainRunner):
        def run(self, assembled: Any, drawing: Any) -> Any:
            if drawing.learner == "ada":
                raise KeyError("a\nb")
            return super().run(assembled, drawing)

    grading([submission(course, "ada"), submission(course, "bob")], make_runner=lambda: Odd(grading.record))
    assert grading.results["ada", "first"].problem == (
        r"could not be graded: KeyError: 'a\nb'; given up after 3 attempts"
    )
    assert grading.results["bob", "first"].points == 4


def test_without_the_sandbox_nothing_is_graded_and_nothing_counts(grading: Grading, course: Course) -> None:
    class Bare(PlainRunner):
        def run(self, assembled: Any, drawing: Any) -> Any:
            message = "no landlock here"
            raise SandboxError(message)

    handed = [submission(course, name) for name in "abcd"]
    with pytest.raises(SandboxError, match="no landlock here"):
        grading(handed, make_runner=lambda: Bare(grading.record))
    assert grading.record.made == grading.record.closed
    with Store(grading.out) as store:
        entries = [store.entry(name, "00-start/01-first.ipynb") for name in "abcd"]
    assert all(entry.attempts == 0 and entry.state is State.WAITING for entry in entries if entry)
    assert grading(handed).new == 4


def test_what_cannot_be_read_costs_nobody_else(grading: Grading, course: Course) -> None:
    broken = dataclasses.replace(submission(course, "ada"), content=b"{")
    handed = [broken, submission(course, "bob")]
    assert grading(handed).ungraded == 1
    assert "is not a complete notebook" in grading.results["ada", "first"].problem
    assert grading.results["bob", "first"].points == 4
    assert ("ada", "first") not in grading.record.ran
    again = grading(handed)
    assert (again.kept, again.ungraded) == (2, 1)


def test_a_lesson_that_cannot_be_read_costs_no_other_lesson(grading: Grading, course: Course) -> None:
    handed = [submission(course, "ada"), submission(course, "ada", "second")]
    fresh = dataclasses.replace(course.lesson("second"))
    fresh.path.write_text("{")
    grading([handed[0], dataclasses.replace(handed[1], lesson=fresh)])
    problem = grading.results["ada", "second"].problem
    assert problem.startswith("could not be graded: ")
    assert str(fresh.path) in problem
    assert grading.results["ada", "first"].points == 4


def test_a_lesson_that_is_gone_ends_the_grading(grading: Grading, course: Course) -> None:
    handed = [submission(course, "ada")]
    course.lesson("first").path.unlink()
    with pytest.raises(GradingError, match=r"01-first\.ipynb: the lesson cannot be read"):
        grading(handed)


def test_refused_files_are_on_record(grading: Grading, course: Course) -> None:
    refused = Refused("bob", "bob/x.ipynb", "no lesson is called 'x'")
    summary = grading([refused, submission(course, "ada")])
    assert (summary.words, summary.is_complete) == ("2 submissions: 1 new, 1 refused", False)
    assert Item("bob", "bob/x.ipynb", How.REFUSED, "no lesson is called 'x'") in grading.items


def test_twice_the_same_and_names_that_are_no_text_are_refused(grading: Grading, course: Course) -> None:
    ada = submission(course, "ada")
    summary = grading([ada, dataclasses.replace(ada, file="copy.ipynb"), dataclasses.replace(ada, learner="\udcff")])
    assert (summary.new, summary.refused) == (1, 2)
    problems = {item.problem for item in grading.items if item.how is How.REFUSED}
    assert problems == {"ada handed in first twice; keep one of the files", "the name of its folder is not text"}


def test_an_empty_collection(grading: Grading) -> None:
    assert grading([]) == Summary(seconds=pytest.approx(0, abs=60))


# --- the window ------------------------------------------------------------------------------------------------------


def _tasks(course: Course, lessons: str, size: int = 10) -> list[Task]:
    made = {
        name: dataclasses.replace(submission(course, "x", name), content=bytes(size)) for name in ("first", "second")
    }
    names = {"f": "first", "s": "second"}
    return [Task(dataclasses.replace(made[names[c]], learner=str(n))) for n, c in enumerate(lessons)]


def test_workers_stay_with_a_lesson_each(course: Course) -> None:
    window = Window(iter(_tasks(course, "fsfsfs")))
    taken = {worker: [] for worker in (0, 1)}
    for worker in (0, 1, 0, 1, 0, 1):
        taken[worker] += [task.submission.lesson.id for task in window.take(worker)]
    assert taken == {0: ["first"] * 3, 1: ["second"] * 3}
    assert window.take(0) == []


def test_a_worker_without_more_of_its_lesson_helps_another(course: Course) -> None:
    window = Window(iter(_tasks(course, "fffs")))
    found = [window.take(worker)[0].submission.lesson.id for worker in (0, 1, 1, 0)]
    assert found == ["first", "second", "first", "first"]


def test_chunks_are_of_one_lesson(course: Course) -> None:
    window = Window(iter(_tasks(course, "fsfsf")))
    assert [[task.submission.learner for task in window.take(0, 2)] for _ in range(4)] == [
        ["0", "2"],
        ["4"],
        ["1", "3"],
        [],
    ]


@pytest.mark.parametrize(("size", "held"), [(10, 64), (4 << 20, 8)])
def test_few_submissions_are_held(size: int, held: int, course: Course) -> None:
    read = []
    tasks = _tasks(course, "fs" * 100, size)
    window = Window(task for task in tasks if read.append(task) is None)
    window.take(0)
    assert len(read) == held


def test_a_stopped_window_hands_out_nothing(course: Course) -> None:
    window = Window(iter(_tasks(course, "ff")))
    window.take(0)
    window.stop()
    assert window.take(0) == []


# --- graders that are killed -----------------------------------------------------------------------------------------


def _process(**options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, batches.__file__, json.dumps(options, default=str)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def _landed(out: Path) -> list[str]:
    return (out / "landed.txt").read_text().splitlines() if (out / "landed.txt").exists() else []


def test_killed_at_any_moment_it_goes_on_and_grades_nothing_twice(tmp_path: Path, course: Course) -> None:
    lessons = ("first", "second")
    answers = ("{name} = 42", WRONG, "...", "raise ValueError")
    handed = [
        submission(course, f"learner-{number}", lessons[number % 2], answers[number % 4]) for number in range(150)
    ]
    folder = batches.write(tmp_path / "in", *handed)
    out, straight = tmp_path / "out", tmp_path / "straight"
    chance = random.Random(4)
    for _ in range(20):
        done = _process(root=course.root, folder=folder, out=out, workers=2, kill=chance.randint(1, 13))
        assert done.returncode == -signal.SIGKILL, done.stderr
    done = _process(root=course.root, folder=folder, out=out, workers=2)
    assert done.returncode == 0, done.stderr
    straight.mkdir()
    (straight / "course.key").write_bytes((out / "course.key").read_bytes())
    assert _process(root=course.root, folder=folder, out=straight, workers=2).returncode == 0

    results = Grading(out, course).results
    assert len(results) == 150
    assert results == Grading(straight, course).results
    graded = [line for line in _landed(out) if line.startswith("graded")]
    assert len(graded) == len(set(graded))
    assert {line.split()[1] for line in _landed(out)} == {f"{item.learner}@{item.lesson.id}.ipynb" for item in handed}


def test_a_submission_that_kills_the_grader_is_given_up(tmp_path: Path, course: Course) -> None:
    names = [f"learner-{number}" for number in range(12)]
    poison = submission(course, "learner-5", answer=KILL)
    folder = batches.write(
        tmp_path / "in", *[submission(course, name) for name in names if name != "learner-5"], poison
    )
    options = {"root": course.root, "folder": folder, "out": tmp_path / "out", "workers": 2}
    codes = [_process(**options).returncode for _ in range(5)]
    assert codes == [-signal.SIGKILL] * 3 + [0, 0]
    results = Grading(tmp_path / "out", course).results
    assert results["learner-5", "first"].problem == (
        "could not be graded: grading it ended the grader itself; given up after 3 attempts"
    )
    assert [result.points for result in results.values()].count(4) == 11
    assert "12 kept" in json.loads(_process(**options).stdout)["words"]


def test_a_second_grader_leaves_the_first_alone(tmp_path: Path, course: Course) -> None:
    folder = batches.write(tmp_path / "in", submission(course, "ada"))
    with Store(tmp_path / "out"):
        done = _process(root=course.root, folder=folder, out=tmp_path / "out", workers=1)
    assert done.returncode == 1
    assert "another grading is writing to" in done.stderr
    assert _landed(tmp_path / "out") == []


def test_memory_does_not_grow_with_the_number_of_submissions(tmp_path: Path, course: Course) -> None:
    item = submission(course, "x")
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(2000):
        # 20 kB each: kept in memory they would show.
        (folder / f"learner-{number:04}@first.ipynb").write_bytes(item.content + b" " * 20_000)
    done = _process(root=course.root, folder=folder, out=tmp_path / "out", workers=2)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["words"], said["ran"]) == ("2000 submissions: 2000 new", 2000)
    assert said["sizes"][-1] / said["sizes"][100] < 1.1
