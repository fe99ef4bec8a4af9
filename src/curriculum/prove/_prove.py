"""Prove one lesson: hand its answers to a worker process and judge what comes back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from curriculum import notebook
from curriculum.course import COURSE_VARIABLE
from curriculum.errors import NotebookError, ProveError
from curriculum.notebook import MarkerError, Region
from curriculum.outcome import Outcome
from curriculum.prove import _answers, _graded, _verdict
from curriculum.prove._nbval import run_nbval
from curriculum.prove._verdict import Proof, Seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from curriculum.course import Lesson
    from curriculum.prove._answers import Answer

SECONDS = 60.0
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
# Arrow, which comes with pandas, has an allocator with a thread of its own.
_ONE_THREAD |= {"JE_ARROW_MALLOC_CONF": "background_thread:false"}


def answers_path(lesson: Lesson) -> Path:
    """Where a lesson's own answers stand in a clone of the course."""
    return lesson.root.parent / "tests" / "answers" / f"{lesson.id}.toml"


def prove(
    lesson: Lesson,
    *,
    answers: Path | None = None,
    draws: int = 1,
    nbval: bool = True,
    graded: bool = True,
    seconds: float = SECONDS,
) -> Proof:
    """Prove a lesson.

    Args:
        lesson: a source lesson.
        answers: another file of answers than the lesson's own; it need not be complete, and only the exercises that
            it names are tried.
        draws: how many sets of random draws each answer is tried under; the first is a learner's own.
        nbval: whether to compare the notebook's stored outputs afterwards.
        graded: whether to grade every answer, too, as if a learner had handed it in (Linux only).
        seconds: how long one answer may take under one set of draws.

    Raises:
        ProveError: this system cannot fork, or the lesson itself does not run.
        AnswersError: the file of answers is missing or wrong.
        NotebookError: the lesson cannot be read, or its markers do not pair.
    """
    if not hasattr(os, "fork"):
        message = "prove needs a system that can fork: Linux, macOS, or Windows with WSL"
        raise ProveError(message)
    start = time.perf_counter()
    _check_markers(lesson)
    recorded = _answers.read(answers or answers_path(lesson), lesson)
    named = {answer.exercise for answer in recorded} if answers else None
    tried = [answer for answer in _answers.given(lesson) if named is None or answer.exercise in named] + recorded
    seen = _see(lesson, tried, draws, seconds)
    has_graded = graded and sys.platform == "linux"
    problems = [] if answers else _verdict.incomplete(lesson, recorded)
    verdicts = [_verdict.judge(answer, results) for answer, results in zip(tried, seen, strict=True)]
    return Proof(
        lesson=lesson.id,
        verdicts=tuple(_in_order(lesson, _verdict.with_own_messages(verdicts))),
        problems=tuple(problems),
        graded=tuple(_graded.graded(lesson, tried, seconds)) if has_graded else (),
        has_graded=has_graded,
        nbval=run_nbval(lesson) if nbval else "",
        has_nbval=nbval,
        seconds=time.perf_counter() - start,
    )


def prove_all(lessons: Sequence[Lesson], **options: Any) -> list[Proof]:
    """Prove several lessons, as many at a time as there are processors; ``options`` are those of ``prove``."""
    # Each proof is a process of its own, so threads are enough to wait for them.
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return list(pool.map(lambda lesson: prove(lesson, **options), lessons))


def _check_markers(lesson: Lesson) -> None:
    for cell in lesson.notebook.cells:
        try:
            for region in Region:
                notebook.replace_region(cell.source, region, None)
        except MarkerError as error:
            raise NotebookError(lesson.path, f"cell {cell.id!r}: {error}") from None


def _in_order(lesson: Lesson, verdicts: list[_verdict.Verdict]) -> list[_verdict.Verdict]:
    order = {exercise.id: number for number, exercise in enumerate(lesson.exercises)}
    return sorted(verdicts, key=lambda verdict: order[verdict.answer.exercise])


def _see(lesson: Lesson, answers: list[Answer], draws: int, seconds: float) -> list[list[Seen]]:
    """What each answer came to, in the order of ``answers``."""
    codes: dict[str, list[str]] = {}
    for answer in answers:
        codes.setdefault(answer.exercise, []).append(answer.code)
    with tempfile.TemporaryDirectory(prefix="curriculum-prove-") as folder:
        out = Path(folder) / "seen.json"
        job = {
            "root": str(lesson.root),
            "lesson": lesson.id,
            "codes": codes,
            "draws": draws,
            "seconds": seconds,
            "out": str(out),
        }
        data = _run_worker(job, Path(folder), out)
    if data["broken"]:
        message = f"{lesson.path}: {data['broken']}"
        raise ProveError(message)
    results = {name: iter(items) for name, items in data["seen"].items()}
    return [[_as_seen(one) for one in next(results[answer.exercise])] for answer in answers]


def _run_worker(job: dict[str, Any], folder: Path, out: Path) -> dict[str, Any]:
    environment = os.environ | _ONE_THREAD | {"MPLBACKEND": "agg", "IPYTHONDIR": str(folder / "ipython")}
    environment |= {COURSE_VARIABLE: job["root"]}
    command = [sys.executable, "-m", "curriculum.prove._worker"]
    done = subprocess.run(  # noqa: S603 - our own module
        command, input=json.dumps(job), capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode or not out.exists():
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        message = f"{job['lesson']}: the lesson could not be run ({last})"
        raise ProveError(message)
    result: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return result


def _as_seen(data: dict[str, Any]) -> Seen:
    return Seen(**(data | {"outcome": Outcome(data["outcome"])}))
