"""Reports: what programs and people read of a batch."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from curriculum.errors import GradingError
from curriculum.grading._result import CheckResult, ExerciseResult, Layer, SubmissionResult
from curriculum.grading._submission import Refused
from curriculum.grading.batch._store import Stored
from curriculum.grading.reports import Heading, overview_of, what_happened, write_gradescope, write_results
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEADING = Heading({"id": "mle", "title": "A course", "version": "1"}, "2026-01-02T03:04:05+00:00", "split", "available")
WHEN = "2026-01-02T03:04:04+00:00"
LAYERS = (Layer("landlock", True), Layer("network namespace", False, "not allowed here"))
REPAIR = {"cell": "a-check", "what": "changed", "message": "The check cell a-check was changed.", "tampering": True}
MOVED = {"cell": "b", "what": "moved", "message": "The cell b was moved.", "tampering": False}


def exercise(name: str, outcome: Outcome, points: float | None, most: float = 2.0, **values: Any) -> ExerciseResult:
    return ExerciseResult(name, f"Exercise: find {name}", outcome, points, most, **values)


def failed(name: str) -> ExerciseResult:
    message = "The result is not what was asked for."
    check = CheckResult(f"{name}-check", name, Outcome.FAILED, 0.0, 2.0, message, "expected 42, got 41", "off-by-one")
    return exercise(name, Outcome.FAILED, 0.0, message=message, checks=(check,))


def stored(learner: str, *exercises: ExerciseResult, place: str = "00-start/01-first.ipynb", **values: Any) -> Stored:
    lesson = place.split("/")[1][3:].removesuffix(".ipynb")
    values = {"version": "1", "runner": "split", "layers": LAYERS, "seconds": 0.25} | values
    result = SubmissionResult(learner, lesson, f"{learner}/x.ipynb", "0" * 64, exercises=exercises, **values)
    return Stored(result, place, WHEN)


ADA = stored("ada", exercise("a", Outcome.PASSED, 2.0), failed("b"), repairs=(REPAIR, MOVED))
BOB = stored(
    "bob", exercise("a", Outcome.NOT_ATTEMPTED, 0.0), exercise("c", Outcome.PASSED, None, manual=True, text="Hm.")
)
CLEO = stored(
    "cleo", problem="could not be graded: the zygote is gone; given up after 3 attempts", layers=(), seconds=0.0
)
DAN = stored("dan", exercise("z", Outcome.PASSED, 0.5, 1.0), place="01-more/02-second.ipynb")
REFUSED = Refused("eve", "eve/y.ipynb", "no lesson is called 'y'")
ALL = [ADA, BOB, CLEO, DAN]


def written(path: Path, items: list[Stored], refused: list[Refused]) -> dict[str, Any]:
    write_results(path / "results.json", HEADING, overview_of(items, refused), items, refused)
    data = json.loads((path / "results.json").read_text(encoding="utf-8"))
    schema = json.loads(resources.files("curriculum.grading.reports").joinpath("results.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(data)
    return data


def test_results_as_a_whole(tmp_path: Path) -> None:
    data = written(tmp_path, ALL, [REFUSED])
    submissions = data.pop("submissions")
    assert data == {
        "schema": 1,
        "course": {"id": "mle", "title": "A course", "version": "1"},
        "graded_at": "2026-01-02T03:04:05+00:00",
        "runner": "split",
        "sandbox": {
            "mode": "available",
            "layers": [
                {"name": "landlock", "achieved": True, "reason": ""},
                {"name": "network namespace", "achieved": False, "reason": "not allowed here"},
            ],
        },
        "summary": {
            "learners": 4,
            "submissions": 4,
            "graded": 3,
            "ungraded": 1,
            "refused": 1,
            "tampered": 1,
            "waiting": 1,
        },
        "lessons": [
            {
                "lesson": "first",
                "place": "00-start/01-first.ipynb",
                "submissions": 3,
                "ungraded": 1,
                "mean": 1.0,
                "max_points": 4.0,
                "waiting": 1,
                "outcomes": {"passed": 1, "failed": 1, "not_attempted": 1},
                "mistakes": [{"mistake": "off-by-one", "count": 1}],
            },
            {
                "lesson": "second",
                "place": "01-more/02-second.ipynb",
                "submissions": 1,
                "ungraded": 0,
                "mean": 0.5,
                "max_points": 1.0,
                "waiting": 0,
                "outcomes": {"passed": 1},
                "mistakes": [],
            },
        ],
        "refused": [{"learner": "eve", "file": "eve/y.ipynb", "problem": "no lesson is called 'y'"}],
    }
    assert [item["learner"] for item in submissions] == ["ada", "bob", "cleo", "dan"]


def test_results_of_one_submission(tmp_path: Path) -> None:
    (found,) = written(tmp_path, [ADA], [])["submissions"]
    exercises = found.pop("exercises")
    assert found == {
        "learner": "ada",
        "lesson": "first",
        "place": "00-start/01-first.ipynb",
        "file": "ada/x.ipynb",
        "sha256": "0" * 64,
        "version": "1",
        "graded_at": WHEN,
        "runner": "split",
        "missing_layers": ["network namespace"],
        "seconds": 0.25,
        "problem": "",
        "points": 2.0,
        "max_points": 4.0,
        "repairs": [REPAIR, MOVED],
    }
    assert exercises[1] == {
        "exercise": "b",
        "title": "Exercise: find b",
        "outcome": "failed",
        "points": 0.0,
        "max_points": 2.0,
        "message": "The result is not what was asked for.",
        "manual": False,
        "text": "",
        "output": "",
        "checks": [
            {
                "cell": "b-check",
                "outcome": "failed",
                "points": 0.0,
                "max_points": 2.0,
                "message": "The result is not what was asked for.",
                "detail": "expected 42, got 41",
                "mistake": "off-by-one",
                "hidden": False,
            }
        ],
    }


def test_what_waits_for_a_person_has_no_outcome_yet(tmp_path: Path) -> None:
    (found,) = written(tmp_path, [BOB], [])["submissions"]
    waiting = found["exercises"][1]
    assert (waiting["outcome"], waiting["points"], waiting["text"]) == (None, None, "Hm.")


def test_results_of_nothing(tmp_path: Path) -> None:
    data = written(tmp_path, [], [])
    assert (data["submissions"], data["lessons"], data["refused"], data["course"]) == ([], [], [], None)


def test_lessons_of_no_course_keep_their_assignment(tmp_path: Path) -> None:
    items = [stored("ada", failed("b"), place=f"{name}/problem1.ipynb", version="") for name in ("ps1", "ps2")]
    data = written(tmp_path, items, [])
    assert data["course"] is None
    assert [item["lesson"] for item in data["submissions"]] == ["ps1/problem1", "ps2/problem1"]
    assert [item["submissions"] for item in data["lessons"]] == [1, 1]


def test_odd_text_is_still_json(tmp_path: Path) -> None:
    odd = "Grüße \u2028 \x00 \ud83d </script>"
    data = written(
        tmp_path, [stored("ada", exercise("a", Outcome.PASSED, 2.0, output=odd))], [Refused("", "\udcff", "x")]
    )
    assert data["submissions"][0]["exercises"][0]["output"] == odd
    assert data["refused"][0]["file"] == "\udcff"
    assert "Grüße" in (tmp_path / "results.json").read_text(encoding="utf-8")


def test_results_that_break_off_leave_the_former_file(tmp_path: Path) -> None:
    written(tmp_path, [ADA], [])
    before = (tmp_path / "results.json").read_bytes()

    def damaged() -> Iterator[Stored]:
        yield ADA
        message = "the store is damaged"
        raise GradingError(message)

    with pytest.raises(GradingError, match="the store is damaged"):
        write_results(tmp_path / "results.json", HEADING, overview_of([ADA], []), damaged(), [])
    assert (tmp_path / "results.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["results.json"]


def test_results_are_written_as_they_are_read(tmp_path: Path) -> None:
    sizes = []

    def many() -> Iterator[Stored]:
        for _ in range(1000):
            sizes.append(sum(path.stat().st_size for path in tmp_path.glob(".results.json.*")))
            yield ADA

    write_results(tmp_path / "results.json", HEADING, overview_of([ADA], []), many(), [])
    assert 0 < sizes[500] < sizes[999]


def test_results_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(GradingError, match=r"results\.json cannot be written"):
        write_results(tmp_path / "out" / "results.json", HEADING, overview_of([], []), [], [])


def test_a_layer_stands_only_where_it_stood_for_all() -> None:
    missing = stored("x", layers=(Layer("landlock", False, "old kernel"),))
    overview = overview_of([ADA, missing, BOB], [])
    assert [(layer.name, layer.achieved) for layer in overview.layers.values()] == [
        ("landlock", False),
        ("network namespace", False),
    ]


def test_what_happened_in_words() -> None:
    assert [what_happened(item.result) for item in ALL] == [
        "1 passed, 1 failed, tampered with",
        "1 not attempted, 1 by hand",
        "could not be graded: the zygote is gone; given up after 3 attempts",
        "1 passed",
    ]
    assert what_happened(stored("x").result) == "nothing to grade"


def test_a_mistake_counts_once_for_an_exercise() -> None:
    check = failed("b").checks[0]
    overview = overview_of([stored("x", exercise("b", Outcome.FAILED, 0.0, checks=(check, check)))], [])
    assert overview.lessons["00-start/01-first.ipynb"].mistakes == {"off-by-one": 1}


def test_the_table_has_its_limit_and_the_rest_is_counted() -> None:
    overview = overview_of((stored(f"l{number:03}", failed("b")) for number in range(100)), [])
    assert (len(overview.rows), overview.submissions, overview.learners) == (40, 100, 100)


# --- Gradescope ------------------------------------------------------------------------------------------------------


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def test_gradescope_of_a_batch(tmp_path: Path) -> None:
    assert write_gradescope(tmp_path, ALL, [REFUSED]) == 4
    found = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.json")}
    assert found == {
        "gradescope/ada/first.json",
        "gradescope/bob/first.json",
        "gradescope/cleo/first.json",
        "gradescope/dan/second.json",
    }
    assert _read(tmp_path / "gradescope/ada/first.json") == {
        "execution_time": 0.25,
        "output": "The check cell a-check was changed.\nThe cell b was moved.",
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {"lesson": "first", "version": "1", "sha256": "0" * 64},
        "tests": [
            {
                "name": "Exercise: find a",
                "score": 2.0,
                "max_score": 2.0,
                "status": "passed",
                "output": "Passed.",
                "visibility": "visible",
                "extra_data": {"exercise": "a", "outcome": "passed"},
            },
            {
                "name": "Exercise: find b",
                "score": 0.0,
                "max_score": 2.0,
                "status": "failed",
                "output": "The result is not what was asked for.",
                "visibility": "visible",
                "extra_data": {"exercise": "b", "outcome": "failed"},
            },
        ],
    }


def test_gradescope_tells_learners_nothing_that_is_meant_for_instructors(tmp_path: Path) -> None:
    write_gradescope(tmp_path, ALL, [])
    text = "".join(path.read_text() for path in tmp_path.rglob("*.json"))
    assert "expected 42" not in text
    assert "zygote" not in text


def test_gradescope_of_what_waits_and_of_what_has_no_verdict(tmp_path: Path) -> None:
    unread = stored("eve", problem="x.ipynb: is not a complete notebook; restore it from a copy")
    write_gradescope(tmp_path, [BOB, CLEO, unread], [])
    bob, cleo, eve = (_read(tmp_path / f"gradescope/{name}/first.json") for name in ("bob", "cleo", "eve"))
    assert [test["name"] for test in bob["tests"]] == ["Exercise: find a"]
    assert bob["output"] == "Exercise: find c: graded by hand (2 points)."
    assert (cleo["score"], cleo["tests"]) == (0.0, [])
    assert cleo["output"] == (
        "Your notebook could not be graded, for a reason that is not yours. Please tell your instructor."
    )
    assert eve["output"] == "x.ipynb: is not a complete notebook; restore it from a copy"


def test_gradescope_of_one_file_has_a_name_that_is_known(tmp_path: Path) -> None:
    write_gradescope(tmp_path, [ADA], [])
    assert _read(tmp_path / "gradescope.json") == _read(tmp_path / "gradescope/ada/first.json")
    write_gradescope(tmp_path, [], [REFUSED])
    refused = _read(tmp_path / "gradescope.json")
    assert (refused["score"], refused["output"]) == (0.0, "Your file could not be graded: no lesson is called 'y'")
    write_gradescope(tmp_path, ALL, [])
    assert not (tmp_path / "gradescope.json").exists()


def test_gradescope_of_a_former_batch_goes(tmp_path: Path) -> None:
    write_gradescope(tmp_path, [ADA, DAN], [])
    (tmp_path / "gradescope/dan/notes.txt").write_text("an instructor's own")
    write_gradescope(tmp_path, [BOB], [])
    found = {str(path.relative_to(tmp_path)) for path in (tmp_path / "gradescope").rglob("*") if path.is_file()}
    assert found == {"gradescope/bob/first.json", "gradescope/dan/notes.txt"}
    assert not (tmp_path / "gradescope/ada").exists()


@pytest.mark.parametrize("name", ["..", "a/b", "../../etc", "con\x00trol", "C:\\x", "trailing. ", ""])
def test_gradescope_names_stay_in_their_folder(name: str, tmp_path: Path) -> None:
    write_gradescope(tmp_path / "out", [stored(name, failed("b"))], [])
    paths = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.json")]
    assert sorted(len(path.parts) for path in paths) == [2, 4]
    assert all(path.parts[0] == "out" for path in paths)
