"""Whether a learner's environment and workspace are in order; every line is fine or says what to do."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from curriculum import files, journal, notebook
from curriculum.errors import CurriculumError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.requirements import Requirement

    from curriculum.course import Course
    from curriculum.workspace._place import Workspace

_PACKAGE = "curriculum"
_FREE_BYTES = 500 * 1024**2
_INSTALL_AGAIN = "install the course again"


@dataclass(frozen=True)
class Line:
    """One thing looked at.

    Attributes:
        text: what was found.
        advice: what to do; empty where all is well.
    """

    subject: str
    text: str
    advice: str = ""

    @property
    def is_fine(self) -> bool:
        """Whether nothing is to do."""
        return not self.advice


def examine(course: Course, workspace: Workspace | None) -> list[Line]:
    """Look at Python, the packages, the kernel and the disk, and at the workspace where there is one."""
    lines = [_python(), *_packages(), _lab(), _kernel(), _disk(workspace.folder if workspace else Path.cwd())]
    lines += _extras(course)
    if workspace is None:
        return [*lines, Line("workspace", "none in this folder, so its notebooks were not looked at")]
    return [
        *lines,
        _writable(workspace),
        _version(workspace, course),
        _journal(workspace),
        *_lessons(workspace, course),
    ]


def missing_extras(course: Course) -> dict[str, list[str]]:
    """The ids of the lessons that need an extra which is not installed, by the extra's name."""
    found: dict[str, list[str]] = {}
    for lesson in course.lessons:
        for extra in lesson.needs:
            if not all(_problem(requirement) == "" for requirement in _requirements(extra)):
                found.setdefault(extra, []).append(lesson.id)
    return found


def _python() -> Line:
    version = platform.python_version()
    wanted = _metadata("Requires-Python")
    from packaging.specifiers import SpecifierSet

    fits = SpecifierSet(wanted).contains(version, prereleases=True)
    return Line("Python", f"{version} ({sys.executable})", "" if fits else f"install Python {wanted}")


def _packages() -> Iterator[Line]:
    requirements = _requirements()
    problems = [(requirement, _problem(requirement)) for requirement in requirements]
    wrong = [(requirement, problem) for requirement, problem in problems if problem]
    if not wrong:
        yield Line("packages", f"all {len(requirements)} fit")
    for requirement, problem in wrong:
        yield Line(
            requirement.name,
            problem,
            f'{_INSTALL_AGAIN}, or run: pip install "{requirement.name}{requirement.specifier}"',
        )


def _lab() -> Line:
    try:
        return Line("JupyterLab", importlib.metadata.version("jupyterlab"))
    except importlib.metadata.PackageNotFoundError:
        return Line("JupyterLab", "is not installed", _INSTALL_AGAIN)


def _kernel() -> Line:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    if importlib.util.find_spec("ipykernel") is None:
        return Line("kernel", "ipykernel is not installed", _INSTALL_AGAIN)
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Line("kernel", "there is no kernel python3", f"run: {sys.executable} -m ipykernel install --sys-prefix")
    program = spec.argv[0]
    # A bare "python" is replaced by the very Python that starts the kernel.
    here = program in {"python", "python3"} or Path(program).resolve() == Path(sys.executable).resolve()
    if here:
        return Line("kernel", "python3 is this environment's")
    advice = "start lessons with `curriculum learn`, which uses this environment's; or remove that one"
    return Line("kernel", f"python3 is another environment's: {spec.resource_dir}", advice)


def _disk(folder: Path) -> Line:
    free = shutil.disk_usage(folder).free
    text = f"{free / 1024**3:.1f} GB free"
    return Line("disk", text, "" if free >= _FREE_BYTES else "make room: lessons need about 0.5 GB")


def _extras(course: Course) -> Iterator[Line]:
    for extra, lessons in missing_extras(course).items():
        text = f"is not installed; needed by {', '.join(lessons)}"
        yield Line(f"extra {extra}", text, f'for these lessons run: pip install "{_PACKAGE}[{extra}]"')


def _writable(workspace: Workspace) -> Line:
    probe = workspace.own / ".doctor"
    try:
        files.write_text(probe, "")
        probe.unlink()
    except OSError as error:
        advice = "make the folder writable, or move the workspace to another one"
        return Line("workspace", f"cannot be written: {error.strerror or error}", advice)
    return Line("workspace", str(workspace.folder))


def _version(workspace: Workspace, course: Course) -> Line:
    if workspace.course != course.id:
        text = f"the workspace is of the course {workspace.course!r}, installed is {course.id!r}"
        return Line("course", text, "change into a workspace of this course, or make one with `curriculum learn`")
    if workspace.version != course.version:
        text = f"the workspace has version {workspace.version}, installed is {course.version}"
        return Line("course", text, "run `curriculum learn` to bring the workspace up to date")
    return Line("course", f"version {course.version}")


def _journal(workspace: Workspace) -> Line:
    try:
        damaged, good = journal.damaged_lines(workspace.folder), len(journal.events(workspace.folder))
    except CurriculumError as error:
        return Line("progress", str(error), f"make {journal.FOLDER}/{journal.FILE} readable")
    if damaged:
        # Nothing to do: the lines are skipped, and later ones are whole.
        return Line("progress", f"{good} entries; {damaged} cut short by a crash and skipped")
    return Line("progress", f"{good} entries")


def _lessons(workspace: Workspace, course: Course) -> Iterator[Line]:
    good = 0
    for lesson in course.lessons:
        path = workspace.path(lesson)
        if not path.exists():
            yield Line(lesson.id, "the notebook is gone", "run `curriculum learn` for a fresh copy")
            continue
        try:
            notebook.read(path)
            good += 1
        except CurriculumError as error:
            advice = f"older copies lie in {workspace.backups}" if workspace.backups.is_dir() else "move it away"
            yield Line(lesson.id, str(error).removeprefix(f"{path}: "), f"{advice}; then run `curriculum learn`")
    if good:
        yield Line("lessons", f"{good} of {len(course.lessons)} notebooks are readable")


def _metadata(key: str) -> str:
    try:
        return str(importlib.metadata.metadata(_PACKAGE)[key] or "")
    except importlib.metadata.PackageNotFoundError:
        return ""


def _requirements(extra: str = "") -> list[Requirement]:
    """What the installed package asks for on this machine; with ``extra``, only what that adds."""
    from packaging.requirements import Requirement

    try:
        listed = [Requirement(text) for text in importlib.metadata.requires(_PACKAGE) or []]
    except importlib.metadata.PackageNotFoundError:
        return []
    plain = [item for item in listed if item.marker is None or item.marker.evaluate({"extra": ""})]
    if not extra:
        return plain
    with_extra = [item for item in listed if item.marker is not None and item.marker.evaluate({"extra": extra})]
    return [item for item in with_extra if item not in plain]


def _problem(requirement: Requirement) -> str:
    """What is wrong with a package: empty, missing or of another version."""
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return "is not installed"
    if requirement.specifier.contains(version, prereleases=True):
        return ""
    return f"{version} is installed, the course needs {requirement.specifier}"
