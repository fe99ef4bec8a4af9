"""What is handed in as a folder or a zip: links, pipes, names that lead elsewhere, zips that unpack to too much."""

from __future__ import annotations

import os
import stat
import struct
import time
import tracemalloc
import zipfile
from typing import TYPE_CHECKING

import pytest
from hostile.lesson import make_lesson, submission, submitted_cells

from curriculum.errors import SubmissionError
from curriculum.grading._submission import Refused, Submission
from curriculum.grading.intake._collect import Sources, collect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_FILE = "01-attacked.ipynb"
_SECRET = b"what only the grader may read"


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(only=make_lesson(tmp_path / "course"))


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A folder of submissions with one honest learner; beside it a secret."""
    place = tmp_path / "handed-in"
    (place / "neighbour").mkdir(parents=True)
    (place / "neighbour" / _FILE).write_bytes(submission(submitted_cells()))
    (place / "mallory").mkdir()
    (tmp_path / "secret.ipynb").write_bytes(_SECRET)
    return place


def _link(place: Path, secret: Path) -> None:
    (place / _FILE).symlink_to(secret)


def _neighbour(place: Path, secret: Path) -> None:
    (place / _FILE).symlink_to(place.parent / "neighbour" / _FILE)


def _hard_link(place: Path, secret: Path) -> None:
    (place / _FILE).hardlink_to(secret)


def _folder(place: Path, secret: Path) -> None:
    place.rmdir()
    place.symlink_to(secret.parent, target_is_directory=True)


def _pipe(place: Path, secret: Path) -> None:
    os.mkfifo(place / _FILE)


def _loop(place: Path, secret: Path) -> None:
    (place / _FILE).symlink_to(place / _FILE)


def _device(place: Path, secret: Path) -> None:
    (place / _FILE).symlink_to("/dev/zero")


def _folder_called_notebook(place: Path, secret: Path) -> None:
    (place / _FILE / "deep").mkdir(parents=True)


def _large(place: Path, secret: Path) -> None:
    with (place / _FILE).open("wb") as file:
        file.truncate(100 << 30)


def _deep(place: Path, secret: Path) -> None:
    for _ in range(40):
        place /= "d"
    place.mkdir(parents=True)
    (place / _FILE).write_bytes(_SECRET)


_LINKS: dict[str, Callable[[Path, Path], None]] = {
    "a symbolic link": _link,
    "a link to a neighbour": _neighbour,
    "a hard link": _hard_link,
    "a linked folder": _folder,
    "a pipe": _pipe,
    "a link to itself": _loop,
    "a link to a device": _device,
    "a folder called as a notebook": _folder_called_notebook,
    "a hundred gigabytes": _large,
    "forty folders": _deep,
}


def _taken(place: Path, sources: Sources) -> tuple[list[Submission], list[Refused]]:
    start = time.monotonic()
    items = list(collect(place, sources))
    assert time.monotonic() - start < 5
    taken = [item for item in items if isinstance(item, Submission)]
    return taken, [item for item in items if isinstance(item, Refused)]


@pytest.mark.parametrize("what", _LINKS)
def test_a_folder_holds(given: Path, sources: Sources, what: str) -> None:
    _LINKS[what](given / "mallory", given.parent / "secret.ipynb")
    taken, refused = _taken(given, sources)
    assert [item.learner for item in taken] == ["neighbour"]
    assert all(_SECRET not in item.content for item in taken)
    assert what == "a folder called as a notebook" or len(refused) == 1
    assert all("\n" not in item.problem and len(item.problem) < 300 for item in refused)


def _member(name: str, kind: int = stat.S_IFREG) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name)
    member.external_attr = (kind | 0o644) << 16
    return member


_NAMES = {
    "a way out": f"../{_FILE}",
    "a way out in the middle": f"mallory/../../{_FILE}",
    "a path from the root": f"/tmp/{_FILE}",
    "backslashes": f"..\\..\\{_FILE}",
    "a drive": f"C:/{_FILE}",
    "an escape sequence": f"mal\x1b[31mlory/{_FILE}",
    "a turned name": f"mal\u202elory/{_FILE}",
}


@pytest.mark.parametrize("what", _NAMES)
def test_a_zip_holds_a_name_with(given: Path, sources: Sources, what: str) -> None:
    path = given.parent / "handed-in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"neighbour/{_FILE}", submission(submitted_cells()))
        archive.writestr(_member(_NAMES[what]), _SECRET)
    before = set(given.parent.rglob("*"))
    taken, refused = _taken(path, sources)
    assert [item.learner for item in taken] == ["neighbour"]
    assert len(refused) == 1
    assert refused[0].file.isprintable()
    assert set(given.parent.rglob("*")) == before


def test_a_zip_holds_a_link(given: Path, sources: Sources) -> None:
    path = given.parent / "handed-in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"neighbour/{_FILE}", submission(submitted_cells()))
        archive.writestr(_member(f"mallory/{_FILE}", stat.S_IFLNK), str(given.parent / "secret.ipynb"))
    taken, refused = _taken(path, sources)
    assert [item.learner for item in taken] == ["neighbour"]
    assert "link" in refused[0].problem


def test_a_zip_that_unpacks_to_a_gigabyte(given: Path, sources: Sources) -> None:
    path = given.parent / "handed-in.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"neighbour/{_FILE}", submission(submitted_cells()))
        with archive.open(f"mallory/{_FILE}", "w") as member:
            for _ in range(60):
                member.write(bytes(1 << 20))
    tracemalloc.start()
    taken, refused = _taken(path, sources)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [item.learner for item in taken] == ["neighbour"]
    assert len(refused) == 1
    assert peak < 20 << 20


def test_a_zip_whose_directory_lies_about_sizes(given: Path, sources: Sources) -> None:
    path = given.parent / "handed-in.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"neighbour/{_FILE}", submission(submitted_cells()))
        archive.writestr(f"mallory/{_FILE}", bytes(50 << 20))
    data = bytearray(path.read_bytes())
    place = data.rfind(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 1000)  # the unpacked size, in the directory
    path.write_bytes(data)
    tracemalloc.start()
    taken, refused = _taken(path, sources)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [item.learner for item in taken] == ["neighbour"]
    assert len(refused) == 1
    assert peak < 20 << 20


def test_a_zip_of_zips_and_a_zip_of_the_same_name_twice(given: Path, sources: Sources) -> None:
    path = given.parent / "handed-in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"neighbour/{_FILE}", submission(submitted_cells()))
        archive.writestr("mallory/01-attacked.zip", b"PK")
        archive.writestr(f"eve/{_FILE}", submission(submitted_cells()))
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr(f"eve/{_FILE}", b"{}")
    taken, refused = _taken(path, sources)
    assert [item.learner for item in taken] == ["neighbour"]
    assert len(refused) == 2


def test_what_is_no_zip(given: Path, sources: Sources) -> None:
    path = given.parent / "handed-in.zip"
    path.write_bytes(b"PK\x05\x06" + b"\xff" * 18)
    with pytest.raises(SubmissionError, match="zip"):
        collect(path, sources)
