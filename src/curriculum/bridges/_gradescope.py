"""An autograder for Gradescope: a zip that installs the course and grades one lesson."""

from __future__ import annotations

import io
import json
import secrets
import stat
import zipfile
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from curriculum.bridges import _files
from curriculum.bridges._wheel import build_wheel, course_files
from curriculum.errors import BridgeError

if TYPE_CHECKING:
    from pathlib import Path

    from curriculum.course import Course, Lesson

_DATE = (1980, 1, 1, 0, 0, 0)
_KEY_BYTES = 32
_UNIX = 3
_PROGRAM, _SECRET, _PLAIN = 0o755, 0o600, 0o644


@dataclass(frozen=True)
class Autograder:
    """What was written.

    Attributes:
        lesson: the lesson's id.
        requirements: the lock that the autograder installs.
        size: of the zip, in bytes.
    """

    path: Path
    lesson: str
    requirements: Path
    size: int


def write_gradescope_autograder(
    course: Course,
    lesson: Lesson,
    out: Path,
    *,
    key: Path | None = None,
    requirements: Path | None = None,
    sandbox: str = "available",
    seconds: float = 60.0,
    memory: int = 2048,
    overwrite: bool = False,
) -> Autograder:
    """Write the zip to upload as *Autograder zip*.

    Args:
        course: the lesson's course.
        lesson: the lesson it grades.
        out: the zip.
        key: the course's secret key; a new one by default. With the same key a new zip grades as the old one did.
        requirements: the lock with hashes to install; by default the learners' one of the course, or the developers'
            for a lesson that needs an extra.
        sandbox: ``strict`` refuses to grade where Gradescope's container has not all layers; ``available`` grades.
        seconds: what a cell may take.
        memory: MB that a submission may take.
        overwrite: whether ``out`` may be there already.

    Raises:
        BridgeError: the key or the lock will not do, or the zip cannot be written.
    """
    lock = requirements or _lock(lesson)
    text = _files.read(lock)
    if b"--hash=" not in text:
        message = f"{lock}: is no lock: it has no hashes"
        raise BridgeError(message)
    settings = {
        "lesson": lesson.id,
        "file": f"{lesson.file}.ipynb",
        "sandbox": sandbox,
        "seconds": seconds,
        "memory": memory,
    }
    name, wheel = build_wheel()
    here = files("curriculum.bridges") / "gradescope"
    members = {
        "setup.sh": ((here / "setup.sh").read_bytes(), _PROGRAM),
        "run_autograder": ((here / "run_autograder").read_bytes(), _PROGRAM),
        "grade.py": ((here / "grade.py").read_bytes(), _PLAIN),
        "settings.json": (json.dumps(settings, indent=1).encode("utf-8"), _PLAIN),
        "requirements.txt": (text, _PLAIN),
        f"wheels/{name}": (wheel, _PLAIN),
        "course/course.toml": (_files.read(course.root / "course.toml"), _SECRET),
        f"course/{lesson.name}": (_files.read(lesson.path), _SECRET),
        "course.key": (_key(key), _SECRET),
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, (data, mode) in members.items():
            info = zipfile.ZipInfo(member, _DATE)
            info.create_system = _UNIX
            info.external_attr = (stat.S_IFREG | mode) << 16
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    _files.write(out, content.getvalue(), overwrite=overwrite)
    return Autograder(out, lesson.id, lock, out.stat().st_size)


def _lock(lesson: Lesson) -> Path:
    path = course_files() / "requirements" / ("dev.txt" if lesson.needs else "lock.txt")
    if not path.is_file():
        message = f"there is no {path.name} with this installation: name a lock with --requirements"
        raise BridgeError(message)
    return path


def _key(path: Path | None) -> bytes:
    if path is None:
        return secrets.token_bytes(_KEY_BYTES)
    key = _files.read(path)
    if len(key) < _KEY_BYTES:
        message = f"{path} is no course key: it holds {len(key)} bytes, and needs {_KEY_BYTES} random ones"
        raise BridgeError(message)
    return key
