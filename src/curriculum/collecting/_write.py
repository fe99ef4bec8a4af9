"""The folder that a collection becomes: in its place as a whole, or not at all, and never over anybody's work."""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from curriculum.errors import SubmissionError
from curriculum.grading.intake import ATTEMPTS, COLLECTED, UNMATCHED
from curriculum.submission import safe, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from curriculum.collecting._attempts import Attempt
    from curriculum.collecting._find import Unmatched

SCHEMA = 1


@contextmanager
def building(to: Path, *, replace: bool) -> Iterator[tuple[Path, Path]]:
    """A folder to build in and one to put bytes aside; the first becomes ``to`` when the block ends well.

    Raises:
        SubmissionError: ``to`` is there already and not to be replaced, or cannot be written.
    """
    _refuse(to, replace=replace)
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(dir=to.parent, prefix=f".{to.name[:60]}."))
    except OSError as error:
        message = f"{to} cannot be written: {error.strerror or error}"
        raise SubmissionError(message) from None
    try:
        new, aside = room / "new", room / "aside"
        new.mkdir()
        aside.mkdir()
        yield new, aside
        _swap(new, to, room / "former")
    except OSError as error:
        message = f"{to} cannot be written: {error.strerror or error}"
        raise SubmissionError(message) from None
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _swap(new: Path, to: Path, former: Path) -> None:
    if to.exists():
        to.rename(former)
    try:
        new.rename(to)
    except OSError:
        if former.exists():
            former.rename(to)
        raise


def _refuse(to: Path, *, replace: bool) -> None:
    if to.is_symlink() or (to.exists() and not to.is_dir()):
        message = f"{to} is no folder: choose another with --to"
        raise SubmissionError(message)
    if not to.exists() or not any(to.iterdir()):
        return
    collected = (to / COLLECTED).is_file()
    if not replace or not collected:
        advice = "add --replace, or choose" if collected else "choose"
        message = f"{to} is there already: {advice} another with --to"
        raise SubmissionError(message)
    own = _changed(to)
    if own:
        message = f"{to} holds what was not collected into it, or was changed since: {own}; move it away first"
        raise SubmissionError(message)


def _changed(to: Path) -> str:
    """The first file in a former collection that is not as it was written; empty where all are."""
    try:
        data: Any = json.loads((to / COLLECTED).read_text(encoding="utf-8"))
        known = {item["file"]: item["sha256"] for part in ("files", "unmatched") for item in data[part] if item["file"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return COLLECTED
    for path in sorted(to.rglob("*")):
        name = path.relative_to(to).as_posix()
        if name == COLLECTED or (path.is_dir() and not path.is_symlink()):
            continue
        if path.is_symlink() or name not in known or _sum(path) != known[name]:
            return name
    return ""


def _sum(path: Path) -> str:
    with suppress(OSError), path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
        return digest.hexdigest()
    return ""


def place_attempts(new: Path, attempts: Iterable[Attempt]) -> list[dict[str, Any]]:
    """Put each attempt where grading finds it, and describe it."""
    return [_attempt_data(item, _put(new, _attempt_path(item), item.owned.find.staged)) for item in attempts]


def place_unmatched(new: Path, unmatched: Iterable[Unmatched]) -> list[dict[str, Any]]:
    """Keep what could not be placed, and describe it."""
    described = []
    for number, item in enumerate(unmatched, start=1):
        file, digest = "", ""
        if item.staged is not None:
            name = PurePosixPath(item.original.rsplit("/", 1)[-1])
            digest = _sum(item.staged)
            file = _put(new, f"{UNMATCHED}/{number:03}-{safe(name.stem)}{_suffix(name)}", item.staged)
        described.append(
            {"original": item.original, "reason": item.reason, "learner": item.learner, "file": file, "sha256": digest}
        )
    return described


def write_json(path: Path, data: dict[str, Any]) -> None:
    """Write what was collected, for other programs."""
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    path.write_bytes(text.encode("utf-8", "backslashreplace"))


def _suffix(name: PurePosixPath) -> str:
    suffix = name.suffix.lower()
    return suffix if suffix[1:].isascii() and suffix[1:].isalnum() and len(suffix) <= 10 else ""


def _attempt_path(item: Attempt) -> str:
    inside = f"{item.owned.key}/{item.owned.find.lesson.file}.ipynb"
    return inside if item.is_newest else f"{ATTEMPTS}/{item.number:02}/{inside}"


def _put(new: Path, file: str, staged: Path) -> str:
    target = new / file
    target.parent.mkdir(parents=True, exist_ok=True)
    staged.rename(target)
    return file


def _attempt_data(item: Attempt, file: str) -> dict[str, Any]:
    find = item.owned.find
    source, seal = find.source, find.seal
    return {
        "learner": item.owned.key,
        "lesson": find.lesson.id,
        "place": find.lesson.name,
        "attempt": item.number,
        "newest": item.is_newest,
        "file": file,
        "handed_in": stamp(source.time) if source.time else None,
        "handed_in_from": source.time_from if source.time else "",
        "late": bool(source.claim and source.claim.is_late),
        "sha256": find.sha256,
        "size": find.size,
        "platform": source.claim.platform.value if source.claim else "",
        "original": source.original,
        "seal": seal.state,
        "seal_problems": list(seal.problems),
        "receipt": seal.receipt,
        "calls_itself": seal.learner,
        "aided": list(find.aided),
        "notes": list(find.notes),
        "copies": list(item.copies),
    }
