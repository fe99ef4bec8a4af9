"""The installed package as a wheel again, without its lessons: whoever grades one lesson needs no other's solutions."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

import curriculum
from curriculum.errors import BridgeError

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATE = (1980, 1, 1, 0, 0, 0)
_WHEEL = "Wheel-Version: 1.0\nGenerator: curriculum\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def course_files() -> Path:
    """The folder beside which ``notebooks``, ``datasets`` and ``requirements`` stand: in the wheel or in the clone."""
    package = Path(curriculum.__file__).resolve().parent
    packed = package / "_course"
    return packed if packed.is_dir() else package.parents[1]


def build_wheel() -> tuple[str, bytes]:
    """The wheel's file name and its bytes; the same package gives the same bytes.

    Raises:
        BridgeError: the package is not installed, or a file of it cannot be read.
    """
    try:
        installed = distribution("curriculum")
    except PackageNotFoundError:
        message = "the course is not installed as a package, so it cannot be packed: install it with pip first"
        raise BridgeError(message) from None
    info = f"curriculum-{installed.version}.dist-info"
    files = dict(_package())
    files[f"{info}/METADATA"] = (installed.read_text("METADATA") or "").encode("utf-8")
    files[f"{info}/entry_points.txt"] = (installed.read_text("entry_points.txt") or "").encode("utf-8")
    files[f"{info}/WHEEL"] = _WHEEL.encode("utf-8")
    record = "".join(f"{name},sha256={_digest(content)},{len(content)}\n" for name, content in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), content, zipfile.ZIP_DEFLATED)
    return f"curriculum-{installed.version}-py3-none-any.whl", made.getvalue()


def _package() -> Iterator[tuple[str, bytes]]:
    package = Path(curriculum.__file__).resolve().parent
    try:
        for path in _below(package):
            if path.relative_to(package).parts[0] != "_course":
                yield f"curriculum/{path.relative_to(package).as_posix()}", path.read_bytes()
        datasets = course_files() / "datasets"
        for path in _below(datasets):
            yield f"curriculum/_course/datasets/{path.relative_to(datasets).as_posix()}", path.read_bytes()
    except OSError as error:
        message = f"{error.filename}: cannot be packed ({error.strerror or error})"
        raise BridgeError(message) from None


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and "__pycache__" not in parts and not any(part.startswith(".") for part in parts):
            yield path


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode("ascii")
