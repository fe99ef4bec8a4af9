"""Whose work a workspace is, as they said when they handed in from it; kept in the workspace itself."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from curriculum.errors import SubmissionError
from curriculum.files import write_text
from curriculum.submission._names import clean

if TYPE_CHECKING:
    from pathlib import Path

    from curriculum.workspace import Workspace

FILE = "submission.json"


@dataclass(frozen=True)
class Owner:
    """Who hands in from a workspace.

    Attributes:
        learner: as they name themselves; empty as long as nobody asked.
        workspace: a random name of the workspace, which tells two learners of one name apart.
    """

    learner: str = ""
    workspace: str = ""


def owner(workspace: Workspace) -> Owner:
    """Who handed in from a workspace before; an empty record where nobody did, or the file is damaged."""
    try:
        data: Any = json.loads(_path(workspace).read_text(encoding="utf-8"))
        return Owner(clean(data["learner"]), str(data["workspace"])[:64])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, SubmissionError):
        return Owner()


def remembered(workspace: Workspace, learner: str) -> Owner:
    """Who hands in now; written down if that is new.

    Raises:
        OSError: the workspace cannot be written.
    """
    known = owner(workspace)
    now = Owner(learner, known.workspace or secrets.token_hex(8))
    if now != known:
        write_text(_path(workspace), json.dumps(asdict(now), indent=2, ensure_ascii=False) + "\n")
    return now


def known_name(workspace: Workspace) -> str:
    """The name that was handed in under the last time; empty where nobody said it."""
    return owner(workspace).learner


def default_name(workspace: Workspace) -> str:
    """The name to hand in under where nobody gave one: as the last time, else the folder's; empty if that says nothing.

    A workspace called after the course, as `curriculum learn` makes it, says nothing about its learner.
    """
    folder = workspace.folder.resolve().name
    return known_name(workspace) or ("" if folder == workspace.course else folder)


def _path(workspace: Workspace) -> Path:
    return workspace.own / FILE
