"""Installing the course: what run.py decides, and real installations outside the clone."""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parent.parent
SCRIPTS = "Scripts" if os.name == "nt" else "bin"

PYPROJECT = """\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "curriculum"
version = "0.1.0"
scripts = { curriculum = "curriculum:main" }

[tool.hatch.build.targets.wheel]
packages = ["src/curriculum"]
"""
PACKAGE = """\
import os, sys
import iniconfig

def main():
    print(ascii([os.getcwd(), os.environ["VIRTUAL_ENV"], *sys.argv[1:]]))
    return 3
"""


def load_run(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("run", root / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def clone(tmp_path):
    """A clone in a folder with a space and umlauts: the real run.py, a stand-in course, a lock of one package."""
    root = tmp_path / "Grüße an alle"
    (root / "requirements").mkdir(parents=True)
    (root / "src" / "curriculum").mkdir(parents=True)
    shutil.copy(ROOT / "run.py", root)
    (root / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (root / "src" / "curriculum" / "__init__.py").write_text(PACKAGE, encoding="utf-8")
    locked = (ROOT / "requirements" / "lock.txt").read_text(encoding="utf-8")
    (iniconfig,) = re.findall(r"^iniconfig==[^ ]+ (?:\\\n +--hash=sha256:\w+ ?)+\n", locked, re.MULTILINE)
    for lock in ("lock", "dev"):
        (root / "requirements" / f"{lock}.txt").write_text(iniconfig, encoding="utf-8")
    return root


class Installer:
    """Stands in for uv and pip: keeps the steps that run.py takes, and fails at the one it is told to."""

    def __init__(self, run: ModuleType) -> None:
        self.run = run
        self.steps: list[str] = []
        self.fail_at: str | None = None
        self.working = True

    def step(self, command: list[str], failure: str) -> None:
        kind = "make" if "venv" in command else "project" if "-e" in command else Path(command[-1]).stem
        if kind == self.fail_at:
            raise self.run.InstallError(failure)
        self.steps.append(kind)
        if kind == "make":
            shutil.rmtree(command[-1], ignore_errors=True)
            Path(command[-1]).mkdir()
            self.working = True

    def prepare(self, lock: str = "lock") -> list[str]:
        """Prepare the environment and return the steps that this took."""
        self.steps.clear()
        self.run.Environment(self.run.ROOT).prepare(lock)
        return list(self.steps)


@pytest.fixture
def installer(clone, monkeypatch):
    run = load_run(clone)
    fake = Installer(run)
    monkeypatch.setattr(run, "step", fake.step)
    monkeypatch.setattr(run, "runs", lambda *command: fake.working)
    return fake


FRESH = ["make", "lock", "project"]


def test_an_environment_is_made_once(installer):
    assert installer.prepare() == FRESH
    assert installer.prepare() == []


@pytest.mark.parametrize("changed", ["requirements/lock.txt", "pyproject.toml"])
def test_a_change_installs_again_into_the_same_environment(installer, clone, changed):
    installer.prepare()
    with (clone / changed).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert installer.prepare() == ["lock", "project"]
    assert installer.prepare() == []


@pytest.mark.parametrize("fail_at", FRESH)
def test_a_half_made_environment_is_made_anew(installer, fail_at):
    installer.fail_at = fail_at
    with pytest.raises(installer.run.InstallError):
        installer.prepare()
    installer.fail_at = None
    assert installer.prepare() == FRESH


def test_an_update_that_stopped_half_way_is_made_anew(installer, clone):
    installer.prepare()
    (clone / "requirements" / "lock.txt").write_text("# another lock", encoding="utf-8")
    installer.fail_at = "project"
    with pytest.raises(installer.run.InstallError):
        installer.prepare()
    installer.fail_at = None
    assert installer.prepare() == FRESH


@pytest.mark.parametrize("stamp", ["", "[", "null", "{}", "[1]", '["elsewhere: lock 0"]'])
def test_a_damaged_or_foreign_stamp_counts_as_none(installer, clone, stamp):
    installer.prepare()
    (clone / ".venv" / "curriculum-installed.json").write_text(stamp, encoding="utf-8")
    assert installer.prepare() == FRESH


def test_an_environment_whose_python_is_gone_is_made_anew(installer):
    installer.prepare()
    installer.working = False
    assert installer.prepare() == FRESH


def test_a_moved_clone_gets_a_new_environment(installer, clone):
    installer.prepare()
    moved = clone.rename(clone.with_name("moved"))
    installer.run.ROOT = moved
    assert installer.prepare() == FRESH


def test_the_developers_lock_holds_the_learners(installer):
    assert installer.prepare("lock") == FRESH
    assert installer.prepare("dev") == ["dev", "project"]
    assert installer.prepare("lock") == []
    assert installer.prepare("dev") == []


def test_a_failed_installation_is_one_line_and_exit_code_1(installer, clone, capsys):
    installer.fail_at = "lock"
    assert installer.run.main(["learn"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 2  # what it installs, then what failed
    assert not (clone / ".venv" / "curriculum-installed.json").exists()


@pytest.mark.parametrize(
    ("arguments", "lock", "started"),
    [
        (["learn"], "lock", ["curriculum learn"]),
        (["learn", "my work", "--no-start"], "lock", ["curriculum learn my work --no-start"]),
        (["--help"], "lock", ["curriculum --help"]),
        (["tool", "ruff", "check"], "dev", ["ruff check"]),
        (["test", "-k", "lock"], "dev", ["pytest -k lock"]),
        (
            ["test"],
            "dev",
            ["ruff check .", "ruff format --check .", "mypy", "pytest -n 2 --dist loadscope"],
        ),
    ],
)
def test_a_command_installs_what_it_needs_and_starts(installer, monkeypatch, arguments, lock, started):
    calls = []

    def call(environment, name, arguments, cwd=None):
        calls.append(" ".join([name, *arguments]))
        return 0

    monkeypatch.setattr(installer.run, "call", call)
    monkeypatch.setattr(installer.run, "become", lambda *command: sys.exit(call(*command)))
    with contextlib.suppress(SystemExit):
        assert installer.run.main(arguments) == 0
    assert calls == started
    assert installer.steps == ["make", lock, "project"]


def test_the_gate_goes_on_after_a_failure_and_fails(installer, monkeypatch, capsys):
    calls = []

    def call(environment, name, arguments, cwd=None):
        calls.append(name)
        return 2 if name == "mypy" else 0

    monkeypatch.setattr(installer.run, "call", call)
    assert installer.run.main(["test"]) == 1
    assert calls == ["ruff", "ruff", "mypy", "pytest"]
    assert capsys.readouterr().err.splitlines()[-1] == "run.py: failed: mypy"


@pytest.mark.parametrize("arguments", [[], ["tool"]])
def test_without_a_command_the_usage_is_shown(installer, capsys, arguments):
    assert installer.run.main(arguments) == 2
    assert "python run.py learn" in capsys.readouterr().err
    assert installer.steps == []


@pytest.mark.parametrize(
    ("version", "fits"), [((2, 7, 18), False), ((3, 10, 4), False), ((3, 11, 0), True), ((4, 0), True)]
)
def test_which_pythons_are_too_old(version, fits):
    assert (load_run(ROOT).too_old(version) is None) == fits


def test_a_python_that_is_too_old_is_one_line_and_exit_code_2(installer, monkeypatch, capsys):
    monkeypatch.setattr(installer.run, "OLDEST", (99, 0))
    assert installer.run.main(["learn"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert installer.steps == []


def test_old_pythons_can_read_the_script_that_turns_them_away():
    ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def clean_variables(**changes: str) -> dict[str, str]:
    """Return this process's variables without what ties a child to this environment or this clone."""
    ties = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    return {name: value for name, value in os.environ.items() if name not in ties} | changes


def without_uv() -> str:
    """Return PATH without the folders that hold uv."""
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if not shutil.which("uv", path=folder))


@pytest.mark.parametrize("installer_name", ["pip", *(["uv"] if shutil.which("uv") else [])])
class TestRealInstallation:
    pytestmark = pytest.mark.install

    def run(self, clone: Path, installer_name: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        variables = clean_variables(**({} if installer_name == "uv" else {"PATH": without_uv()}))
        command = [sys.executable, str(clone / "run.py"), "course", "--json"]
        return subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, check=False)

    def test_a_clone_installs_itself_fails_clearly_and_heals(self, clone, tmp_path, installer_name):
        lock = clone / "requirements" / "lock.txt"
        good = lock.read_text(encoding="utf-8")
        lock.write_text(re.sub(r"sha256:\w+", f"sha256:{'0' * 64}", good), encoding="utf-8")
        failed = self.run(clone, installer_name, tmp_path)
        assert failed.returncode == 1
        assert failed.stderr.splitlines()[-1].startswith(f"run.py: {installer_name} could not install")
        assert "hash" in failed.stderr.lower()
        assert "Traceback" not in failed.stderr

        lock.write_text(good, encoding="utf-8")
        for _ in range(2):
            done = self.run(clone, installer_name, tmp_path)
            assert (done.returncode, done.stdout) == (
                3,
                f"{[str(tmp_path), str(clone / '.venv'), 'course', '--json']!a}\n",
            )
        assert done.stderr == "", "the second time there is nothing to install"
        assert list((clone / ".venv").rglob("iniconfig/__pycache__/*.pyc")), "bytecode is compiled while installing"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder of programs of an environment, outside the clone, that holds the lock and the built wheel."""
    folder = tmp_path_factory.mktemp("Rad für alle")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    run = load_run(ROOT)
    environment = run.Environment(folder)
    run.make_environment(environment.path)
    python = environment.program("python")
    run.install(python, "--require-hashes", "-r", str(ROOT / "requirements" / "lock.txt"))
    run.install(python, "--no-deps", str(wheel))
    return environment.scripts


class TestWheel:
    pytestmark = pytest.mark.install

    def curriculum(self, scripts: Path, cwd: Path, *arguments: str) -> str:
        command = [str(scripts / "curriculum"), *arguments]
        done = subprocess.run(
            command, cwd=cwd, env=clean_variables(), capture_output=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def test_the_course_is_the_clones_and_lives_in_the_wheel(self, installed, tmp_path):
        there = self.curriculum(installed, tmp_path, "course", "--json")
        here = self.curriculum(Path(sys.executable).parent, tmp_path, "course", "--json")
        assert json.loads(there) == json.loads(here)
        assert str(ROOT) not in there

    def test_a_workspace_is_made_with_every_lesson(self, installed, tmp_path):
        workspace = tmp_path / "mein Kurs ü"
        self.curriculum(installed, tmp_path, "learn", str(workspace), "--no-start")
        lessons = {path.name for path in ROOT.glob("notebooks/*/*.ipynb")}
        assert lessons
        assert {path.name for path in workspace.rglob("*.ipynb")} == lessons
        for path in workspace.rglob("*"):
            assert path.is_dir() or str(ROOT).encode() not in path.read_bytes()
