"""What a harvest brings: notebooks with all that is known of them, and what could not be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from curriculum.collecting._claim import Claim
    from curriculum.course import Lesson

INTACT, BROKEN, NONE = "intact", "broken", "none"


@dataclass(frozen=True)
class Seal:
    """How a handed-in file stands to its seal.

    Attributes:
        state: ``intact``, ``broken``, or ``none`` for a file without one.
        problems: why it is broken, one line each.
        learner: who handed in, as they name themselves; empty without a manifest.
        workspace: the random name of the folder it was packed in.
    """

    state: str = NONE
    problems: tuple[str, ...] = ()
    receipt: str = ""
    learner: str = ""
    workspace: str = ""


@dataclass(frozen=True)
class Source:
    """Where a file stands: below which platform's name, in which folder, in which zip.

    Attributes:
        original: the whole path, through zips, in characters that can be shown.
        container: the zip or folder that it was downloaded in.
        claim: whose the platform says it is; None where no platform named it.
        owner: whose it is by the folder it stands in; empty where no folder says so.
        folders: the folders it stands in.
        time: when it was handed in, or changed last.
        time_from: what says so: ``manifest``, ``timestamp.txt``, ``folder``, ``zip``, ``file``; empty for nothing.
    """

    original: str
    container: str = ""
    claim: Claim | None = None
    owner: str = ""
    folders: tuple[str, ...] = ()
    time: datetime | None = None
    time_from: str = ""


@dataclass(frozen=True)
class Find:
    """A notebook that answers a lesson.

    Attributes:
        staged: where its bytes lie until it is known where they belong.
        aided: ids of exercises whose solution the learner looked up before they passed.
        notes: what a person should know about it, one line each.
    """

    source: Source
    lesson: Lesson
    staged: Path
    sha256: str
    size: int
    seal: Seal = field(default_factory=Seal)
    aided: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unmatched:
    """A file that could not be told whose or what it is.

    Attributes:
        staged: where its bytes lie; None where they cannot be read.
        learner: whose it may be, as far as that is known.
    """

    original: str
    reason: str
    staged: Path | None = None
    learner: str = ""
