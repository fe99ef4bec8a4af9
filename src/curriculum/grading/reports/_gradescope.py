"""Gradescope's ``results.json``, for each submission; learners see all of it, so it holds what is meant for them."""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any

from curriculum.errors import GradingError
from curriculum.grading.batch._grader import UNGRADED
from curriculum.grading.reports._results import written
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from curriculum.grading._result import ExerciseResult, SubmissionResult
    from curriculum.grading._submission import Refused
    from curriculum.grading.batch._store import Stored

FOLDER = "gradescope"
SINGLE = "gradescope.json"
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]|^\.+|[. ]+$')
# The reason may name files and processes of the grader.
_UNGRADED = f"Your notebook {UNGRADED}, for a reason that is not yours. Please tell your instructor."


def write_gradescope(out: Path, results: Iterable[Stored], refused: Iterable[Refused]) -> int:
    """Write ``gradescope/<learner>/<lesson>.json`` for each submission; files of former batches go.

    Where the batch is one file, it is written to ``gradescope.json`` too, refused or not.

    Returns:
        How many submissions were written.

    Raises:
        GradingError: a file cannot be written.
    """
    folder = out / FOLDER
    paths: set[Path] = set()
    last: dict[str, Any] = {}
    for stored in results:
        last = gradescope_data(stored.result)
        path = folder / _file_name(stored.result.learner) / f"{_file_name(stored.lesson)}.json"
        paths.add(path)
        _write(path, last)
    turned_away = list(refused)
    if len(paths) + len(turned_away) == 1:
        _write(out / SINGLE, last or _refusal(turned_away[0]))
    else:
        (out / SINGLE).unlink(missing_ok=True)
    _clear(folder, paths)
    return len(paths)


def gradescope_data(result: SubmissionResult) -> dict[str, Any]:
    """A submission's result as Gradescope reads it; all texts are plain text."""
    waiting = [exercise for exercise in result.exercises if exercise.points is None]
    data: dict[str, Any] = {
        "execution_time": round(result.seconds, 2),
        "output": _output(result, waiting),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"lesson": result.lesson, "version": result.version, "sha256": result.sha256},
        "tests": [_test(exercise) for exercise in result.exercises if exercise.points is not None],
    }
    if not data["tests"]:
        data["score"] = 0.0
    return data


def _output(result: SubmissionResult, waiting: list[ExerciseResult]) -> str:
    if result.problem:
        return _UNGRADED if result.problem.startswith(UNGRADED) else result.problem
    lines = [f"{exercise.title}: graded by hand ({exercise.max_points:g} points)." for exercise in waiting]
    lines += [str(repair["message"]) for repair in result.repairs]
    return "\n".join(lines)


def _test(exercise: ExerciseResult) -> dict[str, Any]:
    return {
        "name": exercise.title,
        "score": exercise.points,
        "max_score": exercise.max_points,
        "status": "passed" if exercise.outcome is Outcome.PASSED else "failed",
        "output": exercise.message or f"{exercise.outcome.words.capitalize()}.",
        "visibility": "visible",
        "extra_data": {"exercise": exercise.exercise, "outcome": exercise.outcome.value},
    }


def _refusal(refused: Refused) -> dict[str, Any]:
    output = f"Your file {UNGRADED}: {refused.problem}"
    return {"score": 0.0, "output": output, "output_format": "text", "stdout_visibility": "hidden", "tests": []}


def _write(path: Path, data: dict[str, Any]) -> None:
    with written(path) as file:
        json.dump(data, file, indent=1, ensure_ascii=False, allow_nan=False)
        file.write("\n")


def _clear(folder: Path, current: set[Path]) -> None:
    """Take away what a former batch wrote and this one did not."""
    for path in set(folder.glob("*/*.json")) - current:
        try:
            path.unlink()
        except OSError as error:
            message = f"{path} is of a former batch and cannot be removed ({error.strerror or error})"
            raise GradingError(message) from None
        with contextlib.suppress(OSError):  # others of the learner's are still there
            path.parent.rmdir()


def _file_name(name: str) -> str:
    """A learner's or lesson's name as one part of a path, on any system."""
    return _NOT_IN_NAMES.sub("_", name) or "_"
