"""What the tests of batches share: submissions made by hand, and a runner with no processes of its own.

As a program it grades a folder of submissions and ends itself, if told so, when a number of things have happened:
``batches.py '{"root": ..., "folder": ..., "out": ..., "workers": 2, "kill": 7}'``. With ``"split": true`` it grades
with the real runner, with ``"cluster": true`` on a cluster of its own; each item done with is a line of its output.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curriculum import check
from curriculum import course as courses
from curriculum.check import CheckFailed
from curriculum.errors import GradingError
from curriculum.grading._result import CheckResult, Layer, Run
from curriculum.grading._runners import Setup, factory
from curriculum.grading._steps import StepKind
from curriculum.grading._submission import Refused, Submission
from curriculum.grading.batch import _fingerprint
from curriculum.grading.batch._batch import grade
from curriculum.grading.batch._cluster import ClusterWorkers
from curriculum.grading.batch._local import LocalWorkers
from curriculum.grading.batch._store import Store
from curriculum.outcome import Outcome
from curriculum.release import learner_edition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from curriculum.check import Drawing
    from curriculum.course import Course, Lesson
    from curriculum.grading._steps import Assembled, Step
    from curriculum.grading.batch._batch import Item

BREAK = "# this breaks the runner\n"
KILL = "# this kills the grader\n"
_one_at_a_time = threading.Lock()
LAYERS = (Layer("network namespace", True), Layer("landlock", False, "this system has none"))


@dataclass
class Record:
    """What runners did, for all of them together.

    Attributes:
        ran: learner and lesson of every run, in order.
        drawings: what the draws of each run depended on.
        made: how many runners were made, and ``closed`` how many were closed.
        heals: how many times ``BREAK`` breaks a runner before it does no more.
    """

    ran: list[tuple[str, str]] = field(default_factory=list)
    drawings: list[Drawing] = field(default_factory=list)
    made: int = 0
    closed: int = 0
    heals: int | None = None
    on_event: Callable[[], None] = lambda: None


class PlainRunner:
    """Runs every cell of a submission in one dictionary."""

    name = "split"

    def __init__(self, record: Record) -> None:
        self.record = record
        record.made += 1

    def run(self, assembled: Assembled, drawing: Drawing) -> Run:
        self.record.on_event()
        self.record.ran.append((drawing.learner, assembled.lesson.id))
        self.record.drawings.append(drawing)
        source = "\n".join(step.source for step in assembled.steps)
        if KILL in source:
            os.kill(os.getpid(), signal.SIGKILL)
        if BREAK in source and (self.record.heals is None or self.record.heals > 0):
            self.record.heals = None if self.record.heals is None else self.record.heals - 1
            message = "the zygote is gone"
            raise GradingError(message)
        space: dict[str, Any] = {"__name__": "__main__"}
        # Checks keep the exercise at hand for the whole process: two threads must not run them at once.
        with _one_at_a_time, check.drawing(drawing):
            results = [_ran(step, space) for step in assembled.steps]
        self.record.on_event()
        return Run(tuple(result for result in results if result is not None), layers=LAYERS, seconds=0.25)

    def close(self) -> None:
        self.record.closed += 1


def plain_runner() -> PlainRunner:
    """A runner with a record of its own, made where it is used."""
    return PlainRunner(Record())


def _ran(step: Step, space: dict[str, Any]) -> CheckResult | None:
    outcome, points, message, detail, mistake = Outcome.PASSED, step.points, "", "", ""
    try:
        exec(compile(step.source, step.cell, "exec"), space)
    except CheckFailed as failed:
        finding = failed.finding
        outcome, points, message, detail = Outcome.FAILED, 0.0, finding.summary, str(finding)
        mistake = finding.mistake.id if finding.mistake else ""
    except Exception as error:  # noqa: BLE001 - whatever an answer raises
        outcome, points, message, detail = Outcome.RAISED, 0.0, type(error).__name__, repr(error)
    if step.kind is not StepKind.CHECK:
        return None
    return CheckResult(step.cell, step.exercise, outcome, points, step.points, message, detail, mistake)


class Handed:
    """Submissions made by hand, in the order given."""

    def __init__(self, items: Iterable[Submission | Refused]) -> None:
        self.items = list(items)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Submission | Refused]:
        return iter(self.items)


class Folder:
    """Submissions ``<learner>@<lesson>.ipynb`` of a folder, read one at a time."""

    def __init__(self, course: Course, folder: Path) -> None:
        self.course = course
        self.paths = sorted(folder.glob("*.ipynb"))

    def __len__(self) -> int:
        return len(self.paths)

    def __iter__(self) -> Iterator[Submission]:
        for path in self.paths:
            learner, lesson = path.stem.split("@")
            yield Submission(learner, self.course.lesson(lesson), path.name, path.read_bytes())


def content(course: Course, lesson: Lesson, answer: str = "{name} = 42") -> bytes:
    """A learner's notebook with the same answer in every exercise; ``{name}`` is the exercise's variable."""
    data = learner_edition(lesson, course).to_json()
    for cell in data["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = answer.replace("{name}", cell["id"].replace("-", "_"))
    return json.dumps(data).encode()


def submission(course: Course, learner: str, lesson: str = "first", answer: str = "{name} = 42") -> Submission:
    found = course.lesson(lesson)
    return Submission(learner, found, f"{learner}/{found.file}.ipynb", content(course, found, answer))


def write(folder: Path, *submissions: Submission) -> Path:
    """The submissions as files that ``Folder`` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    for item in submissions:
        (folder / f"{item.learner}@{item.lesson.id}.ipynb").write_bytes(item.content)
    return folder


class Ender:
    """Kills this process when the given number of things have happened."""

    def __init__(self, count: int | None) -> None:
        self.left = count

    def __call__(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


def main(options: dict[str, Any]) -> None:
    course = courses.load(Path(options["root"]))
    out = Path(options["out"])
    ender = Ender(options.get("kill"))
    real = options.get("split") or options.get("cluster")
    # Whoever edits the package while the tests run must not make one process grade again what another has graded.
    _fingerprint._code_hash = lambda: "code"
    record = Record(on_event=ender)
    sizes: list[int] = []

    def landed(item: Item) -> None:
        with (out / "landed.txt").open("a") as file:
            file.write(f"{item.how} {item.file}\n")
        if real:
            print(item.how, item.file, flush=True)
        sizes.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        ender()

    collected = Folder(course, Path(options["folder"]))
    workers = options["workers"]
    with Store(out) as store:
        summary = grade(
            collected,
            factory(Setup()) if real else lambda: PlainRunner(record),
            store,
            setup=Setup(),
            course=course,
            executor=ClusterWorkers("local", workers) if options.get("cluster") else LocalWorkers(workers),
            on_item=landed,
        )
    json.dump({"words": summary.words, "sizes": sizes, "ran": len(record.ran)}, sys.stdout)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
