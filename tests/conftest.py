"""Hooks for the whole suite: where `CI` is set, a skipped test fails the session; one numerical thread a process."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from curriculum import course as courses

# Read when NumPy is loaded, which is later. Tests run side by side: more threads than cores wait for each other.
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from curriculum.course import Course


def _skipped(config: pytest.Config) -> list[pytest.TestReport]:
    """Return what was skipped although `CI` is set; xdist's workers have no terminal and report to the one that has."""
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    return terminal.stats.get("skipped", []) if terminal and os.environ.get("CI") else []


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.exitstatus == pytest.ExitCode.OK and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    skipped = _skipped(config)
    if skipped:
        terminalreporter.write_line(f"CI is set and {len(skipped)} skipped: nothing may be skipped there", red=True)


# --- a small course of its own, for tests of the learner's side ------------------------------------------------------


def text_cell(name: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


def code_cell(name: str, source: str, **metadata: Any) -> dict[str, Any]:
    empty = {"execution_count": None, "outputs": []}
    return {"cell_type": "code", "id": name, "metadata": metadata, "source": source, **empty}


def setup_cell(name: str) -> dict[str, Any]:
    meta = {"grade": False, "grade_id": name, "locked": True, "schema_version": 3, "solution": False, "task": False}
    return code_cell(name, "from curriculum import check", nbgrader=meta)


def exercise_cells(name: str, answer: int = 42, points: int = 2, hints: int = 2) -> list[dict[str, Any]]:
    """An exercise whose answer is a number: prompt, solution cell, check cell."""
    own = {"exercise": name}
    details = [f"<details><summary>Hint {n}</summary>\n\nNudge {n}.\n\n</details>" for n in range(1, hints + 1)]
    prompt = text_cell(f"{name}-prompt", "\n\n".join([f"### Exercise: find {name}", "Find the number.", *details]))
    prompt["metadata"] = {"curriculum": own}
    plain = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}
    variable = name.replace("-", "_")
    solved = f"{variable} = (\n    ### BEGIN SOLUTION\n    {answer}\n    ### END SOLUTION\n)"
    checked = f'check.exercise("{name}")\ncheck.equal({variable}, {answer}, hint="count again")'
    hidden = f"### BEGIN HIDDEN TESTS\ncheck.equal({variable}, {answer})\n### END HIDDEN TESTS"
    grade = {"grade": True, "grade_id": f"{name}-check", "locked": True, "points": points}
    return [
        prompt,
        code_cell(name, solved, curriculum=own, nbgrader=plain | {"grade_id": name, "solution": True}),
        code_cell(f"{name}-check", f"{checked}\n{hidden}", curriculum=own, nbgrader=plain | grade),
    ]


def lesson_cells(slug: str, *exercises: str, intro: str = "Why this matters.") -> list[dict[str, Any]]:
    """A lesson: title, setup, exercises named after it, an end."""
    first = [text_cell(f"{slug}-title", f"# Lesson {slug}\n\n{intro}"), setup_cell(f"{slug}-setup")]
    middle = [cell for name in exercises for cell in exercise_cells(name)]
    return [*first, *middle, text_cell(f"{slug}-end", "## Further reading")]


class CourseMaker:
    """Writes small courses into folders of their own, so that nothing cached is stale."""

    text = staticmethod(text_cell)
    code = staticmethod(code_cell)
    exercise = staticmethod(exercise_cells)
    lesson = staticmethod(lesson_cells)

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made = 0

    def __call__(
        self, lessons: dict[str, list[dict[str, Any]]] | None = None, version: str = "1", name: str = "tiny"
    ) -> Course:
        """Make a course of ``{"module/NN-slug": cells}``; by default two lessons with three exercises."""
        self.made += 1
        root = self.folder / f"course-{self.made}"
        chosen = self.default() if lessons is None else lessons
        for place, cells in chosen.items():
            path = root / f"{place}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(self.notebook(place, cells)), encoding="utf-8")
        (root / "course.toml").write_text(self.toml(chosen, version, name), encoding="utf-8")
        return courses.load(root)

    @staticmethod
    def default() -> dict[str, list[dict[str, Any]]]:
        return {
            "00-start/01-first": lesson_cells("first", "first-sum", "first-mean"),
            "01-more/01-second": lesson_cells("second", "second-sum"),
        }

    @staticmethod
    def notebook(place: str, cells: list[dict[str, Any]]) -> dict[str, Any]:
        spec = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
        slug = place.rsplit("/", 1)[-1][3:]
        metadata = {"curriculum": {"lesson": slug}, "kernelspec": spec, "language_info": {"name": "python"}}
        return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}

    @staticmethod
    def toml(lessons: dict[str, list[dict[str, Any]]], version: str, name: str) -> str:
        lines = [f'id = "{name}"', 'title = "A tiny course"', f'version = "{version}"']
        former = ""
        for place in lessons:
            module, file = place.split("/")
            if module != former:
                lines += ["[[module]]", f'folder = "{module}"', f'title = "Module {module}"']
            former = module
            lines += ["[[module.lesson]]", f'file = "{file}"', f'title = "Lesson {file[3:]}"', "minutes = 30"]
        return "\n".join(lines) + "\n"


@pytest.fixture
def make_course(tmp_path: Path) -> CourseMaker:
    """Makes small courses; see ``CourseMaker``."""
    return CourseMaker(tmp_path / "courses")


@pytest.fixture(scope="module")
def make_module_course(tmp_path_factory: pytest.TempPathFactory) -> CourseMaker:
    """Makes courses that the tests of one file share."""
    return CourseMaker(tmp_path_factory.mktemp("Grüße an alle"))


# --- the command line, as its own process ----------------------------------------------------------------------------


@pytest.fixture
def curriculum(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs ``curriculum ARGUMENTS`` at 80 columns in an empty folder; with ``plain_user``, without root's powers."""
    here = tmp_path / "here"
    here.mkdir()

    def run(*arguments: str | Path, plain_user: bool = False, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from curriculum.cli import main; main()", *map(str, arguments)]
        if plain_user and os.geteuid() == 0:
            command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
        environment = os.environ | {"COLUMNS": "80", "TERM": "dumb"} | variables
        return subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", cwd=here, env=environment, check=False
        )

    return run


@pytest.fixture
def mounted(tmp_path: Path) -> Callable[..., str]:
    """Runs a Python script inside a small file system of its own, which the script may fill or make read-only.

    Permission bits do not bind root, and a real full disk is out of the question: so a tmpfs in a namespace.
    """
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare (Linux)")
    place = tmp_path / "mounted"
    place.mkdir()
    spaces = ["unshare", "--user", "--map-root-user", "--mount"]
    if subprocess.run([*spaces, "true"], check=False, capture_output=True).returncode:
        pytest.skip("needs user namespaces")

    def run(script: str, options: str, *arguments: str) -> str:
        mount = f'mount -t tmpfs -o {options} tmpfs "$1" && cd "$1" && shift && exec "$@"'
        inner = ["sh", "-c", mount, "sh", str(place), sys.executable, "-c", script, *arguments]
        done = subprocess.run([*spaces, *inner], check=False, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
