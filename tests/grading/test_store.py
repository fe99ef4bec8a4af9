"""The store of what has been graded: what it keeps, and what it says when it cannot."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from curriculum.errors import GradingError
from curriculum.grading._choices import Regrade
from curriculum.grading._result import CheckResult, ExerciseResult, Layer, SubmissionResult
from curriculum.grading._submission import Refused
from curriculum.grading.batch._fingerprint import Fingerprint
from curriculum.grading.batch._store import FILE, State, Store
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HASHES = Fingerprint("lesson", "submission", "grader")
PLACE = "00-start/01-first.ipynb"


def result(learner: str, points: float = 1.0, **values: object) -> SubmissionResult:
    check = CheckResult("a-check", "a", Outcome.FAILED, points, 2.0, "m", "half a character: \ud83d", "slip", True)
    exercise = ExerciseResult("a", "Find a", Outcome.FAILED, points, 2.0, checks=(check,))
    layers = (Layer("landlock", False, "none"),)
    return SubmissionResult(learner, "first", "f.ipynb", "0" * 64, "1", exercises=(exercise,), layers=layers, **values)


def graded(store: Store, learner: str, place: str = PLACE, **values: object) -> None:
    store.wait(learner, place, HASHES)
    store.start(learner, place)
    store.finish(place, result(learner, **values))


def test_a_result_comes_back_as_it_was_put_in(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.begin_run(Regrade.CHANGED)
        graded(store, "ada", points=0.1 + 0.2)
    with Store(tmp_path) as store:
        entry = store.entry("ada", PLACE)
        assert entry is not None
        assert (entry.state, entry.hashes, entry.attempts, entry.graded) == (State.DONE, HASHES.hashes, 1, 1)
        store.begin_run(Regrade.CHANGED)
        assert list(store.results()) == []  # this run has not met it yet
        store.keep("ada", PLACE)
        (stored,) = store.results()
    assert stored.result == result("ada", points=0.1 + 0.2)
    assert stored.place == PLACE
    assert stored.finished.endswith("+00:00")


def test_results_come_by_learner_then_by_place(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.begin_run(Regrade.CHANGED)
        for learner, place in [("bob", "01/02-b"), ("ada", "01/02-b"), ("bob", "00/01-z"), ("ada", "00/01-z")]:
            graded(store, learner, place, runner=place)
        found = [(stored.result.learner, stored.result.runner) for stored in store.results()]
    assert found == [("ada", "00/01-z"), ("ada", "01/02-b"), ("bob", "00/01-z"), ("bob", "01/02-b")]


def test_unknown_submission(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        assert store.entry("ada", PLACE) is None


def test_attempts_count_and_those_given_back_do_not(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.begin_run(Regrade.CHANGED)
        store.wait("ada", PLACE, HASHES, attempts=1)
        store.start("ada", PLACE)
        before = store.entry("ada", PLACE)
        store.release()
        after = store.entry("ada", PLACE)
    assert before is not None
    assert after is not None
    assert (before.state, before.attempts) == (State.RUNNING, 2)
    assert (after.state, after.attempts) == (State.WAITING, 1)


def test_release_leaves_what_another_run_had_begun(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.begin_run(Regrade.CHANGED)
        store.wait("ada", PLACE, HASHES)
        store.start("ada", PLACE)
        store.begin_run(Regrade.CHANGED)
        store.release()
        entry = store.entry("ada", PLACE)
    assert entry is not None
    assert (entry.state, entry.attempts) == (State.RUNNING, 1)


def test_a_run_goes_on_from_a_stopped_one_of_its_kind_only(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        for regrade, since in [(Regrade.ALL, 1), (Regrade.ALL, 1), (Regrade.CHANGED, 3), (Regrade.ALL, 4)]:
            store.begin_run(regrade)
            assert store.since == since
        store.end_run()
        store.begin_run(Regrade.ALL)
        assert store.since == 5


def test_refused_files_are_kept_for_one_run_whatever_their_name(tmp_path: Path) -> None:
    refused = [Refused("b", "b\udcff.ipynb", "not text"), Refused("", "a.zip", "broken")]
    with Store(tmp_path) as store:
        store.begin_run(Regrade.CHANGED)
        for item in refused:
            store.refuse(item)
        assert list(store.refused()) == refused
        store.begin_run(Regrade.CHANGED)
        assert list(store.refused()) == []


def test_one_grader_at_a_time(tmp_path: Path) -> None:
    with Store(tmp_path), pytest.raises(GradingError, match=r"^another grading is writing to .*--out$"):
        Store(tmp_path)
    Store(tmp_path).close()


def test_a_store_that_cannot_be_opened_lets_its_lock_go(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all, " * 100)
    for _ in range(2):
        with pytest.raises(GradingError, match=r"grading\.sqlite is damaged; move it away to grade afresh"):
            Store(tmp_path)


def test_a_store_cut_short_is_damaged(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.begin_run(Regrade.CHANGED)
        for number in range(200):
            graded(store, f"learner-{number}")
    content = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(content[: len(content) // 2])
    with pytest.raises(GradingError, match="is damaged"):
        Store(tmp_path)


def test_a_result_that_is_no_result_is_damage(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.begin_run(Regrade.CHANGED)
        graded(store, "ada")
    database = sqlite3.connect(tmp_path / FILE)
    with database:
        database.execute("UPDATE grading SET result = '{'")
    database.close()
    with Store(tmp_path) as store:
        store.begin_run(Regrade.CHANGED)
        store.keep("ada", PLACE)
        with pytest.raises(GradingError, match="is damaged"):
            list(store.results())


def test_another_version_and_another_programs_file(tmp_path: Path) -> None:
    Store(tmp_path).close()
    _execute(tmp_path / FILE, "PRAGMA user_version = 99")
    with pytest.raises(GradingError, match=r"has version 99, this course reads 1; choose another folder with --out"):
        Store(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    _execute(other / FILE, "CREATE TABLE grades (learner TEXT)")
    with pytest.raises(GradingError, match="is no store of grading results"):
        Store(other)


def _execute(path: Path, statement: str) -> None:
    database = sqlite3.connect(path)
    with database:
        database.execute(statement)
    database.close()


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "grading").write_text("a file")
    with pytest.raises(GradingError, match=r"cannot be written \(.*\); choose another folder with --out"):
        Store(tmp_path / "grading")


_READ_ONLY = """
from pathlib import Path
from curriculum.errors import GradingError
from curriculum.grading.batch._store import Store
try:
    Store(Path("grading"))
except GradingError as error:
    print(error)
"""


def test_a_read_only_folder(mounted: Callable[..., str]) -> None:
    said = mounted(_READ_ONLY, "ro")
    assert said == "grading cannot be written (Read-only file system); choose another folder with --out\n"


_FULL = """
from pathlib import Path
from curriculum.errors import GradingError
from curriculum.grading._choices import Regrade
from curriculum.grading.batch._fingerprint import Fingerprint
from curriculum.grading._result import SubmissionResult
from curriculum.grading.batch._store import Store

filler = Path("filler")
filler.write_bytes(bytes(200_000))
kept = 0
try:
    with Store(Path("grading")) as store:
        store.begin_run(Regrade.CHANGED)
        for number in range(10_000):
            store.wait(f"l{number}", "p", Fingerprint("a", "b", "c"))
            store.finish("p", SubmissionResult(f"l{number}", "first", "f", "0" * 64, problem="x" * 500))
            kept += 1
except GradingError as error:
    print(error)
filler.unlink()
with Store(Path("grading")) as store:
    print(kept > 0, [store.entry(f"l{n}", "p").state for n in range(kept)].count("done") == kept)
"""


def test_a_full_disk_is_said_and_loses_nothing(mounted: Callable[..., str]) -> None:
    said = mounted(_FULL, "size=1m").splitlines()
    assert said[0] == (
        "grading/grading.sqlite: the disk is full; what is graded is kept: make room and give the same command again"
    )
    assert said[1:] == ["True True"]
