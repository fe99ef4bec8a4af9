"""The autograder's zip, unpacked and run as Gradescope documents it, in a folder that stands for ``/autograder``."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from curriculum.bridges import write_gradescope_autograder
from curriculum.errors import BridgeError
from curriculum.release import learner_edition

ROOT = Path(__file__).parents[2]
CONTAINER = [sys.executable, str(Path(__file__).with_name("container.py"))]


@pytest.fixture(scope="module")
def course(make_module_course):
    return make_module_course()


@pytest.fixture(scope="module")
def autograder(course, tmp_path_factory):
    out = tmp_path_factory.mktemp("zips") / "autograder.zip"
    write_gradescope_autograder(course, course.lesson("first"), out)
    return out


def unpack(archive: Path, folder: Path) -> None:
    """As ``unzip`` does it: with the permissions that the zip has."""
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            path = Path(opened.extract(member, folder))
            path.chmod(member.external_attr >> 16 & 0o777)


@pytest.fixture
def harness(autograder, tmp_path):
    """Gradescope's folder, with this environment in place of the one that ``setup.sh`` makes."""
    root = tmp_path / "auto grader"
    unpack(autograder, root / "source")
    (root / "submission").mkdir()
    (root / "venv").symlink_to(sys.prefix)
    shutil.copy(root / "source" / "run_autograder", root)
    return root


def submit(root: Path, course, source: str = "first_sum = 42", name: str = "01-first.ipynb") -> None:
    """Hand in the lesson with one answer; the other exercise stays as it was given out."""
    data = json.loads(learner_edition(course.lesson("first"), course).dumps())
    answer = next(cell for cell in data["cells"] if cell["id"] == "first-sum")
    answer["source"] = source
    path = root / "submission" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data), encoding="utf-8")


def run(root: Path, *prefix: str) -> subprocess.CompletedProcess[str]:
    command = [*prefix, str(root / "run_autograder")]
    environment = os.environ | {"AUTOGRADER_ROOT": str(root)}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, encoding="utf-8", check=False)


def results(root: Path, *prefix: str) -> dict[str, object]:
    done = run(root, *prefix)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads((root / "results" / "results.json").read_text(encoding="utf-8"))


def scores(data):
    return {test["extra_data"]["exercise"]: (test["score"], test["max_score"]) for test in data["tests"]}


# --- what is in it ---------------------------------------------------------------------------------------------------


def test_what_gradescope_needs_is_at_the_top_and_can_be_run(autograder):
    with zipfile.ZipFile(autograder) as archive:
        modes = {member.filename: member.external_attr >> 16 & 0o777 for member in archive.infolist()}
    assert modes["setup.sh"] == modes["run_autograder"] == 0o755
    assert modes["course.key"] == modes["course/00-start/01-first.ipynb"] == modes["course/course.toml"] == 0o600


def test_it_holds_this_lessons_source_and_no_others(autograder, course):
    other = course.lesson("second").path.read_bytes()
    with zipfile.ZipFile(autograder) as archive:
        assert [name for name in archive.namelist() if name.endswith(".ipynb")] == ["course/00-start/01-first.ipynb"]
        assert archive.read("course/00-start/01-first.ipynb") == course.lesson("first").path.read_bytes()
        [wheel] = [name for name in archive.namelist() if name.endswith(".whl")]
        with zipfile.ZipFile(io.BytesIO(archive.read(wheel))) as packed:
            assert [name for name in packed.namelist() if name.endswith(".ipynb")] == []
            assert other not in [packed.read(name) for name in packed.namelist()]
            assert "curriculum/_course/datasets/registry.json" in packed.namelist()


def test_the_wheels_record_is_true(autograder):
    with zipfile.ZipFile(autograder) as archive:
        [wheel] = [name for name in archive.namelist() if name.endswith(".whl")]
        packed = zipfile.ZipFile(io.BytesIO(archive.read(wheel)))
    [record] = [name for name in packed.namelist() if name.endswith("/RECORD")]
    lines = list(csv.reader(packed.read(record).decode("utf-8").splitlines()))
    assert {name for name, _, _ in lines} == set(packed.namelist())
    for name, digest, size in lines:
        content = packed.read(name)
        made = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        assert (digest, size) in {(f"sha256={made}", str(len(content))), ("", "")}
    assert [name for name, digest, _ in lines if not digest] == [record]
    assert packed.read("curriculum/course.py") == (ROOT / "src" / "curriculum" / "course.py").read_bytes()


def test_no_registry_is_named(autograder):
    with zipfile.ZipFile(autograder) as archive:
        for name in ("setup.sh", "run_autograder", "grade.py", "requirements.txt"):
            text = archive.read(name).decode("utf-8")
            assert not re.search(r"https?://|index-url|find-links", text), name


def test_the_key_is_new_or_the_one_given(course, autograder, tmp_path):
    write_gradescope_autograder(course, course.lesson("first"), tmp_path / "other.zip")
    keys = [zipfile.ZipFile(path).read("course.key") for path in (autograder, tmp_path / "other.zip")]
    assert [len(key) for key in keys] == [32, 32]
    assert keys[0] != keys[1]
    (tmp_path / "course.key").write_bytes(keys[0])
    again = tmp_path / "again.zip"
    write_gradescope_autograder(course, course.lesson("first"), again, key=tmp_path / "course.key")
    assert again.read_bytes() == autograder.read_bytes(), "the same key gives the same zip"


def test_what_will_not_do_is_one_line(course, autograder, tmp_path):
    lesson = course.lesson("first")
    (tmp_path / "short.key").write_bytes(b"x" * 31)
    (tmp_path / "requirements.txt").write_text("numpy\n", encoding="utf-8")
    out = tmp_path / "out.zip"
    with pytest.raises(BridgeError, match="holds 31 bytes, and needs 32"):
        write_gradescope_autograder(course, lesson, out, key=tmp_path / "short.key")
    with pytest.raises(BridgeError, match="cannot be read"):
        write_gradescope_autograder(course, lesson, out, key=tmp_path / "none.key")
    with pytest.raises(BridgeError, match="it has no hashes"):
        write_gradescope_autograder(course, lesson, out, requirements=tmp_path / "requirements.txt")
    with pytest.raises(BridgeError, match="is there already"):
        write_gradescope_autograder(course, lesson, autograder)
    assert not out.exists()


@pytest.mark.parametrize("name", ["setup.sh", "run_autograder"])
def test_the_scripts_are_bash(autograder, tmp_path, name):
    unpack(autograder, tmp_path)
    subprocess.run(["bash", "-n", str(tmp_path / name)], check=True)
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in text
    assert "\r" not in text


# --- running it ------------------------------------------------------------------------------------------------------


def test_a_submission_is_graded(harness, course):
    submit(harness, course, name="my answer (1).ipynb")
    data = results(harness)
    assert scores(data) == {"first-sum": (2.0, 2.0), "first-mean": (0.0, 2.0)}
    assert data["stdout_visibility"] == "hidden"


def test_learners_draw_by_gradescopes_numbers(harness, course):
    people = [{"id": 77, "email": "../b@example.org", "name": "=B"}, {"id": 5, "email": "a@example.org", "name": "A"}]
    (harness / "submission_metadata.json").write_text(json.dumps({"users": people}), encoding="utf-8")
    submit(harness, course)
    done = run(harness)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^\s*5-77\s+first", done.stdout, re.MULTILINE), done.stdout


@pytest.mark.parametrize("text", ["[]", '{"users": [{"id": "../../etc"}]}'])
def test_without_good_metadata_it_is_graded_all_the_same(harness, course, text):
    (harness / "submission_metadata.json").write_text(text, encoding="utf-8")
    submit(harness, course)
    assert scores(results(harness))["first-sum"] == (2.0, 2.0)


def test_nothing_to_grade_is_said_to_the_learner(harness):
    (harness / "submission" / "notes.txt").write_text("x", encoding="utf-8")
    (harness / "submission" / ".ipynb_checkpoints").mkdir()
    (harness / "submission" / ".ipynb_checkpoints" / "01-first.ipynb").write_text("{}", encoding="utf-8")
    (harness / "submission" / "link.ipynb").symlink_to(harness / "source" / "course" / "00-start" / "01-first.ipynb")
    data = results(harness)
    assert (data["score"], data["tests"]) == (0.0, [])
    assert data["output"] == "There is no notebook in what you have handed in. Please hand in 01-first.ipynb."


def test_of_two_notebooks_the_one_that_is_called_so(harness, course):
    submit(harness, course, name="a.ipynb")
    submit(harness, course, name="b/c.ipynb")
    assert results(harness)["output"] == (
        "You have handed in 2 notebooks: a.ipynb, b/c.ipynb. Please hand in 01-first.ipynb alone."
    )
    submit(harness, course, name="b/01-first.ipynb")
    assert scores(results(harness))["first-sum"] == (2.0, 2.0)


def test_another_lessons_notebook_and_no_notebook_at_all_are_said(harness, course):
    submit(harness, course, name="01-second.ipynb")
    assert "is called as another lesson. Please hand in 01-first.ipynb." in results(harness)["output"]
    (harness / "submission" / "01-second.ipynb").unlink()
    (harness / "submission" / "01-first.ipynb").write_text("no JSON", encoding="utf-8")
    data = results(harness)
    assert (data["score"], data["tests"]) == (0.0, [])
    assert "is not a complete notebook" in data["output"]
    assert str(harness) not in json.dumps(data)


def test_where_the_grader_fails_no_learner_gets_a_zero(harness, course):
    submit(harness, course)
    (harness / "source" / "course.key").write_bytes(b"short")
    done = run(harness)
    assert done.returncode == 1
    assert "is no course key" in done.stderr
    assert not (harness / "results" / "results.json").exists()


SPY = """
import os
found = []
for path in {paths!r}:
    try:
        found.append(open(path, "rb").read(200))
    except OSError:
        pass
    try:
        found += os.listdir(path)
    except OSError:
        pass
found += [name for name in os.environ if "AUTOGRADER" in name]
raise RuntimeError("found " + repr(found))
"""


@pytest.mark.parametrize("where", ["full", "container"] if os.geteuid() == 0 else ["full"])
def test_a_learners_code_finds_neither_source_nor_key(harness, course, where):
    prefix = CONTAINER if where == "container" else []
    if prefix and subprocess.run([*prefix, "true"], check=False).returncode:
        pytest.skip("needs user namespaces")
    (harness / "source").chmod(0o700)  # as setup.sh leaves it
    hidden = [harness / "source", harness / "source" / "course.key", harness / "source" / "course.toml"]
    hidden += [harness / "source" / "course" / "00-start" / "01-first.ipynb", harness / "source" / "settings.json"]
    hidden += [harness / "submission", course.lesson("first").path, course.root]
    submit(harness, course, SPY.format(paths=list(map(str, hidden))))
    data = results(harness, *prefix)
    [test] = [test for test in data["tests"] if test["extra_data"]["exercise"] == "first-sum"]
    assert (test["score"], test["extra_data"]["outcome"]) == (0.0, "raised")
    assert "found []" in test["output"]
    text = json.dumps(data)
    assert "HIDDEN TESTS" not in text
    assert str(harness) not in text


# --- installing it ---------------------------------------------------------------------------------------------------


class TestSetup:
    """``setup.sh`` as it is, but with a lock of one package: the whole one takes minutes."""

    pytestmark = pytest.mark.install

    @pytest.fixture
    def root(self, autograder, tmp_path):
        unpack(autograder, tmp_path / "source")
        lock = tmp_path / "source" / "requirements.txt"
        text = lock.read_text(encoding="utf-8")
        (only,) = re.findall(r"^iniconfig==[^ ]+ (?:\\\n +--hash=sha256:\w+ ?)+\n", text, re.MULTILINE)
        lock.write_text(only, encoding="utf-8")
        return tmp_path

    def setup(self, root: Path) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        command = ["bash", str(root / "source" / "setup.sh")]
        environment["AUTOGRADER_ROOT"] = str(root)
        return subprocess.run(command, cwd=root, env=environment, capture_output=True, encoding="utf-8", check=False)

    def test_what_the_lock_says_and_the_wheel_are_installed(self, root):
        done = self.setup(root)
        assert "Successfully installed iniconfig" in done.stdout, done.stderr
        assert "Successfully installed curriculum" in done.stdout
        [package] = (root / "venv" / "lib").glob("python3.*/site-packages/curriculum")
        assert (package / "_course" / "datasets" / "registry.json").is_file()
        assert not (package / "_course" / "notebooks").exists()
        assert os.access(root / "venv" / "bin" / "curriculum", os.X_OK)
        assert (root / "source").stat().st_mode & 0o077 == 0
        # Its last step asks the course for the lesson, which needs the packages that were left out here.
        assert done.returncode != 0
        assert "ModuleNotFoundError" in done.stderr

    def test_another_file_than_the_lock_has_is_not_installed(self, root):
        lock = root / "source" / "requirements.txt"
        lock.write_text(re.sub(r"sha256:\w+", f"sha256:{'0' * 64}", lock.read_text(encoding="utf-8")), encoding="utf-8")
        done = self.setup(root)
        assert done.returncode != 0
        assert "hash" in (done.stdout + done.stderr).lower()
        assert "Successfully installed" not in done.stdout
