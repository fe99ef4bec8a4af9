"""What learners get; real nbgrader is the referee."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import nbformat
import pytest

from curriculum import course as courses
from curriculum import notebook
from curriculum.errors import NotebookError, ReleaseError
from curriculum.notebook import Region, Role
from curriculum.release import learner_edition, solutions_edition, write_release

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import nbgrader
    from nbgrader.utils import compute_checksum

COURSE = courses.load()
every_lesson = pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.id)
# Assignments that come with nbgrader: hidden tests, regions and whole cells as solutions, outputs, manual cells.
FOREIGN = ["test.ipynb", "test-hidden-tests.ipynb", "test-with-output.ipynb", "validation-zero-points.ipynb"]


def snapshot(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def lines_between(source, region):
    """The lines that stand between a region's markers."""
    inside = False
    for line in source.split("\n"):
        if f"BEGIN {region}" in line:
            inside = True
        elif f"END {region}" in line:
            inside = False
        elif inside and line.strip():
            yield line


def cell_without_regions(cell):
    source = cell.source
    for region in Region:
        source = notebook.replace_region(source, region, None)
    return source


# --- the real lessons ------------------------------------------------------------------------------------------------


@every_lesson
def test_nothing_secret_reaches_learners(lesson):
    released = learner_edition(lesson, COURSE)
    for before, after in zip(lesson.notebook.cells, released.cells, strict=True):
        for region in Region:
            secret = set(lines_between(before.source, region))
            public = set(notebook.replace_region(before.source, region, None).split("\n"))
            assert not (secret - public) & set(after.source.split("\n")), before.id
            assert f"BEGIN {region}" not in after.source
            assert f"END {region}" not in after.source
    everything = {line for cell in released.cells for line in cell.source.split("\n")}
    shown = {line for cell in lesson.notebook.cells for line in cell_without_regions(cell).split("\n")}
    hidden = {
        line for cell in lesson.notebook.cells for region in Region for line in lines_between(cell.source, region)
    }
    assert hidden - shown
    assert not (hidden - shown) & everything


@every_lesson
def test_nothing_of_a_run_reaches_learners(lesson):
    for cell in learner_edition(lesson, COURSE).cells:
        assert cell.outputs == []
        assert cell.raw.get("execution_count") is None


@every_lesson
def test_starters_are_python_and_have_the_stub(lesson):
    released = {cell.id: cell for cell in learner_edition(lesson, COURSE).cells}
    for exercise in lesson.exercises:
        cell = released[exercise.answer.id]
        assert cell.source == exercise.starter
        if cell.type == "code":
            ast.parse(cell.source)
            assert "..." in cell.source
            assert not notebook.same_code(cell.source, exercise.solution)


@every_lesson
@pytest.mark.parametrize("edition", [learner_edition, solutions_edition])
def test_editions_are_valid_notebooks_with_nbgraders_checksums(lesson, edition):
    released = edition(lesson, COURSE)
    peer = nbformat.reads(released.dumps(), as_version=4)
    nbformat.validate(peer)
    assert nbformat.writes(peer) + "\n" == released.dumps()
    sealed = [cell for cell in peer.cells if "nbgrader" in cell.metadata]
    assert sealed
    for cell in sealed:
        assert cell.metadata.nbgrader.checksum == compute_checksum(cell)
        assert cell.metadata.nbgrader.cell_type == cell.cell_type
    assert peer.metadata.curriculum == {"course": COURSE.id, "lesson": lesson.id, "version": COURSE.version}


@every_lesson
def test_learners_cannot_delete_or_edit_what_is_not_theirs(lesson):
    for cell in learner_edition(lesson, COURSE).cells:
        fixed = {key: cell.metadata[key] for key in ("deletable", "editable") if key in cell.metadata}
        if cell.role in {Role.SOLUTION, Role.MANUAL}:
            assert fixed == {"deletable": False}
        elif cell.nbgrader:
            assert fixed == {"deletable": False, "editable": False}
        else:
            assert fixed == {}


@every_lesson
def test_the_solutions_edition_answers_and_still_hides_the_tests(lesson):
    released = {cell.id: cell for cell in solutions_edition(lesson, COURSE).cells}
    assert [cell.outputs for cell in released.values()] == [cell.outputs for cell in lesson.notebook.cells]
    for exercise in lesson.exercises:
        assert released[exercise.answer.id].source == exercise.solution
        for check in exercise.checks:
            assert released[check.id].source == notebook.replace_region(check.source, Region.HIDDEN_TESTS, None)
    assert not any(
        f"{word} {region}" in released[i].source for i in released for word in ("BEGIN", "END") for region in Region
    )


@every_lesson
def test_an_edition_does_not_touch_the_source(lesson):
    before = lesson.notebook.dumps()
    learner_edition(lesson, COURSE)
    solutions_edition(lesson, COURSE)
    assert lesson.notebook.dumps() == before


# --- nbgrader makes the same -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def nbgraders(tmp_path_factory):
    """Every lesson, and assignments of nbgrader's own, as ``nbgrader generate_assignment`` releases them."""
    root = tmp_path_factory.mktemp("nbgrader course")
    source = root / "source" / "all"
    source.mkdir(parents=True)
    shutil.copy(COURSE.root / "nbgrader_config.py", root)
    for lesson in COURSE.lessons:
        shutil.copy(lesson.path, source)
    files = Path(nbgrader.__file__).parent / "tests" / "apps" / "files"
    for name in FOREIGN:
        shutil.copy(files / name, source)
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "all", "--no-db"]
    settings = {"PYTHONWARNINGS": "ignore", "JUPYTER_CONFIG_DIR": str(root / "jupyter"), "HOME": str(root)}
    done = subprocess.run(command, cwd=root, env=os.environ | settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return root / "release" / "all"


def as_learners_have_it(cell):
    fixed = {key: cell.metadata[key] for key in ("deletable", "editable") if key in cell.metadata}
    return cell.type, cell.source, cell.nbgrader, fixed, cell.outputs, cell.raw.get("execution_count")


@every_lesson
def test_nbgrader_makes_the_same_learner_cells(lesson, nbgraders):
    theirs = notebook.read(nbgraders / f"{lesson.file}.ipynb").cells
    ours = learner_edition(lesson, COURSE).cells
    assert [cell.id for cell in ours] == [cell.id for cell in theirs]
    assert [as_learners_have_it(cell) for cell in ours] == [as_learners_have_it(cell) for cell in theirs]


@pytest.mark.parametrize("name", FOREIGN)
def test_nbgrader_makes_the_same_of_its_own_assignments(name, nbgraders, make_course):
    course = make_course()
    lesson = course.lessons[0]
    shutil.copy(nbgraders.parent.parent / "source" / "all" / name, lesson.path)
    ours = learner_edition(lesson, course).cells
    theirs = notebook.read(nbgraders / name).cells
    assert [as_learners_have_it(cell) for cell in ours] == [as_learners_have_it(cell) for cell in theirs]


# --- writing a release -----------------------------------------------------------------------------------------------


def test_a_release_with_its_manifest(make_course, tmp_path):
    course = make_course()
    (course.root / "nbgrader_config.py").write_text("# ü\n", encoding="utf-8")
    out = tmp_path / "out ü" / "deep"
    written = write_release(course, course.lessons, out)
    assert [item.path for item in written] == [out / lesson.name for lesson in course.lessons]
    manifest = json.loads((out / "release.json").read_text(encoding="utf-8"))
    assert (manifest["course"], manifest["version"], manifest["edition"]) == ("tiny", "1", "learner")
    assert set(manifest["files"]) == {lesson.name for lesson in course.lessons}
    for name, entry in manifest["files"].items():
        assert entry == {
            "lesson": course.lesson(name).id,
            "sha256": hashlib.sha256((out / name).read_bytes()).hexdigest(),
        }
    assert {item.sha256 for item in written} == {entry["sha256"] for entry in manifest["files"].values()}
    assert (out / "nbgrader_config.py").read_text(encoding="utf-8") == "# ü\n"
    assert len(snapshot(out)) == 4


def test_a_release_is_the_same_every_time(make_course, tmp_path):
    course = make_course()
    write_release(course, course.lessons, tmp_path / "a")
    first = snapshot(tmp_path / "a")
    write_release(course, course.lessons, tmp_path / "a")
    assert snapshot(tmp_path / "a") == first


def test_some_lessons_and_the_solutions(make_course, tmp_path):
    course = make_course()
    write_release(course, course.lessons[1:], tmp_path / "out", solutions=True)
    manifest = json.loads((tmp_path / "out" / "release.json").read_text(encoding="utf-8"))
    assert (manifest["edition"], list(manifest["files"])) == ("solutions", ["01-more/01-second.ipynb"])
    assert "42" in (tmp_path / "out" / "01-more" / "01-second.ipynb").read_text(encoding="utf-8")


def test_other_files_in_the_folder_are_left_alone(make_course, tmp_path):
    kept = tmp_path / "out" / "00-start" / "notes.txt"
    kept.parent.mkdir(parents=True)
    kept.write_text("mine", encoding="utf-8")
    course = make_course()
    write_release(course, course.lessons, tmp_path / "out")
    assert kept.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("out", ["", "00-start", "new/folder", "../ROOT", "link"])
def test_the_source_is_never_written_over(make_course, tmp_path, monkeypatch, out):
    course = make_course()
    before = snapshot(course.root)
    if out == "link":
        (tmp_path / "link").symlink_to(course.root)
        target = tmp_path / "link"
    else:
        monkeypatch.chdir(course.root)
        target = Path(out.replace("ROOT", course.root.name))
    with pytest.raises(ReleaseError, match="is the course's own folder: choose another with --out"):
        write_release(course, course.lessons, target)
    assert snapshot(course.root) == before


SECRET = "### BEGIN {0}\nsecret\n### END {0}"


@pytest.mark.parametrize(
    ("cell", "source", "says"),
    [
        ("second-sum", "x = 1\n### BEGIN SOLUTION\n2", "'### BEGIN SOLUTION' without '### END SOLUTION'"),
        ("second-sum-check", "### BEGIN HIDDEN TESTS\n1", "'### BEGIN HIDDEN TESTS' without"),
        ("second-sum-check", "1\n### END HIDDEN TESTS", "'### END HIDDEN TESTS' without '### BEGIN HIDDEN TESTS'"),
        ("second-sum-check", "### BEGIN HIDDEN TESTS\n### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS", "a second"),
        ("second-sum-check", SECRET.format("SOLUTION"), "'### BEGIN SOLUTION' in a cell that learners don't fill"),
        ("second-title", SECRET.format("SOLUTION"), "'### BEGIN SOLUTION' in a cell that learners don't fill"),
        ("second-end", "### BEGIN MARK SCHEME", "'### BEGIN MARK SCHEME' without"),
    ],
)
@pytest.mark.parametrize("solutions", [False, True])
def test_a_wrong_marker_names_file_and_cell_and_nothing_is_written(
    make_course, tmp_path, cell, source, says, solutions
):
    cells = make_course.lesson("second", "second-sum")
    next(item for item in cells if item["id"] == cell)["source"] = source
    course = make_course({"00-a/01-first": make_course.lesson("first", "first-sum"), "00-a/02-second": cells})
    with pytest.raises(NotebookError) as caught:
        write_release(course, course.lessons, tmp_path / "out", solutions=solutions)
    assert str(caught.value).startswith(f"{course.lessons[1].path}: cell {cell!r}: {says}")
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_lesson_that_cannot_be_read_leaves_nothing_written(make_course, tmp_path):
    course = make_course()
    course.lessons[1].path.write_text("{", encoding="utf-8")
    with pytest.raises(NotebookError, match=r"01-second\.ipynb: is not a complete notebook"):
        write_release(course, course.lessons, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("out", ["file", "file/below"])
def test_a_file_in_the_way_is_one_line(make_course, tmp_path, out):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    course = make_course()
    with pytest.raises(ReleaseError) as caught:
        write_release(course, course.lessons, tmp_path / out)
    assert str(caught.value).startswith(f"{tmp_path / out} cannot be written: ")
    assert "\n" not in str(caught.value)
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_hidden_tests_are_taken_out_of_any_cell(make_course):
    cells = make_course.lesson("one", "one-sum")
    cells[0]["source"] = "before\n" + SECRET.format("HIDDEN TESTS") + "\n" + SECRET.format("MARK SCHEME")
    course = make_course({"00-a/01-one": cells})
    assert learner_edition(course.lessons[0], course).cells[0].source == "before"


def test_pictures_of_an_answer_do_not_stay_behind(make_course):
    picture = {"image/png": "iVBORw0KGgo="}
    manual = make_course.text(
        "essay", "![q](attachment:q.png)\n### BEGIN SOLUTION\n![a](attachment:a.png)\n### END SOLUTION"
    )
    manual["attachments"] = {"q.png": picture, "a.png": picture}
    meta = {"grade": True, "solution": True, "locked": False, "grade_id": "essay", "points": 2, "schema_version": 3}
    manual["metadata"] = {"nbgrader": meta | {"task": False}}
    course = make_course({"00-a/01-one": [manual]})
    released = learner_edition(course.lessons[0], course).cells[0]
    assert released.source == f"![q](attachment:q.png)\n{notebook.TEXT_STUB}"
    assert released.raw["attachments"] == {"q.png": picture}
    solved = solutions_edition(course.lessons[0], course).cells[0]
    assert set(solved.raw["attachments"]) == {"q.png", "a.png"}
