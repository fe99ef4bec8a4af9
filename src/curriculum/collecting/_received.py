"""What a collection knows of how things came in, as a gradebook takes it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from curriculum.collecting._write import SCHEMA
from curriculum.errors import SubmissionError
from curriculum.gradebook import Arrival
from curriculum.grading.intake import COLLECTED

if TYPE_CHECKING:
    from pathlib import Path


def received(path: Path) -> dict[tuple[str, str], Arrival]:
    """How each submission came in, by learner and the sha256 of its bytes.

    Bytes that were handed in twice count from the first time.

    Args:
        path: a ``collected.json``, or the folder it stands in.

    Raises:
        SubmissionError: there is none, or it cannot be read.
    """
    path = path / COLLECTED if path.is_dir() else path
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["schema"] != SCHEMA:
            message = f"{path}: has schema {data['schema']!r}, this version of the package reads {SCHEMA}"
            raise SubmissionError(message)
        files = sorted(data["files"], key=lambda file: str(file["attempt"]).zfill(9), reverse=True)
        return {(file["learner"], file["sha256"]): _handed(file) for file in files}
    except OSError as error:
        message = f"{path} cannot be read ({error.strerror or error})"
        raise SubmissionError(message) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        message = f"{path}: is no collected.json that can be read"
        raise SubmissionError(message) from None


def _handed(file: dict[str, Any]) -> Arrival:
    at = datetime.fromisoformat(file["handed_in"]) if file["handed_in"] else None
    if at is not None and at.tzinfo is None:
        raise ValueError
    return Arrival(at, aided=tuple(map(str, file["aided"])))
