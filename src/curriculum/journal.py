"""What happened to each exercise of a workspace, line by line in a plain file.

The file is only ever appended to, under a lock, one JSON object a line: two notebooks can write at once, and a
crash costs at most the line it cut. Whatever cannot be read is skipped, never rewritten.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from curriculum.errors import WorkspaceError
from curriculum.outcome import Outcome

FOLDER = ".curriculum"
MARKER = "workspace.json"
FILE = "progress.jsonl"
# Kernels start in the notebook's folder; a lesson may change it later.
_START = Path.cwd()
_LOCK_SECONDS = 5.0


class Kind(StrEnum):
    """What an event tells."""

    CHECK = "check"
    HINT = "hint"
    SOLUTION = "solution"
    RESET = "reset"


@dataclass(frozen=True)
class Event:
    """One line of the journal.

    Attributes:
        outcome: of a check; empty for other kinds.
        mistake: the id of the recognised mistake, if any.
        answer: a fingerprint of the cell that the check judged (``fingerprint``); empty where that is not known.
        time: when, in UTC, as ISO 8601.
    """

    exercise: str
    kind: Kind = Kind.CHECK
    outcome: Outcome | None = None
    mistake: str = ""
    time: str = ""
    answer: str = ""


def find_workspace(start: Path | None = None) -> Path | None:
    """The workspace that a folder lies in, or None."""
    start = (start or _START).absolute()
    for folder in (start, *start.parents):
        if (folder / FOLDER / MARKER).is_file():
            return folder
    return None


def fingerprint(source: str) -> str:
    """What tells one answer from another without saying what it is; spaces at the ends of lines do not count."""
    text = "\n".join(line.rstrip() for line in source.strip().splitlines())
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def record(exercise: str, outcome: Outcome, mistake: str = "", answer: str = "") -> None:
    """Record a check's outcome in the workspace at hand; outside a workspace there is nothing to keep.

    Raises:
        WorkspaceError: the file cannot be written.
    """
    workspace = find_workspace()
    if workspace is not None and exercise:
        append(workspace, Event(exercise, Kind.CHECK, outcome, mistake, answer=answer))


def append(workspace: Path, event: Event) -> None:
    """Add an event to a workspace's journal.

    Raises:
        WorkspaceError: the disk is full, the folder read-only, or another program holds the file.
    """
    from filelock import FileLock, Timeout

    path = workspace / FOLDER / FILE
    now = event.time or datetime.now(UTC).isoformat(timespec="seconds")
    values = {key: value for key, value in (asdict(event) | {"time": now}).items() if value}
    line = (json.dumps(values, ensure_ascii=False) + "\n").encode()
    try:
        with FileLock(path.with_suffix(".lock"), timeout=_LOCK_SECONDS):
            _append_line(path, line)
    except Timeout:
        message = f"progress was not saved: another program holds {path}"
        raise WorkspaceError(message) from None
    except OSError as error:
        message = f"progress was not saved: {error.strerror or error} ({path})"
        raise WorkspaceError(message) from None


def events(workspace: Path) -> list[Event]:
    """Every readable event of a workspace, oldest first.

    Raises:
        WorkspaceError: the file is there but cannot be opened.
    """
    return [event for event in map(_parse, _lines(workspace)) if event is not None]


def damaged_lines(workspace: Path) -> int:
    """How many lines of the journal cannot be read."""
    return sum(_parse(line) is None for line in _lines(workspace))


def _lines(workspace: Path) -> list[bytes]:
    path = workspace / FOLDER / FILE
    try:
        return [line for line in path.read_bytes().split(b"\n") if line.strip()]
    except FileNotFoundError:
        return []
    except OSError as error:
        message = f"progress cannot be read: {error.strerror or error} ({path})"
        raise WorkspaceError(message) from None


def _append_line(path: Path, line: bytes) -> None:
    with path.open("ab+", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            if file.read(1) != b"\n":
                line = b"\n" + line
        try:
            written = file.write(line)
        except OSError:
            file.truncate(size)
            raise
        if written != len(line):
            file.truncate(size)
            message = "No space left on device"
            raise OSError(message)


def _parse(line: bytes) -> Event | None:
    try:
        data: Any = json.loads(line)
        outcome = data.get("outcome")
        return Event(
            exercise=str(data["exercise"]),
            kind=Kind(data.get("kind", Kind.CHECK)),
            outcome=Outcome(outcome) if outcome else None,
            mistake=str(data.get("mistake", "")),
            time=str(data.get("time", "")),
            answer=str(data.get("answer", "")),
        )
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        return None
