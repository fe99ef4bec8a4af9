"""nbgrader's metadata brought to its schema 3, as nbgrader itself upgrades what older versions wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from curriculum.notebook import Cell

VERSION = 3
_FLAGS = ("grade", "solution", "locked")
_KEYS = {*_FLAGS, "task", "grade_id", "points", "checksum", "cell_type", "schema_version"}


class SchemaError(ValueError):
    """Metadata that no known version of nbgrader has written; the text says what is wrong, without the cell's name."""


class TooNewError(SchemaError):
    """Metadata of a newer nbgrader than is known here."""


def upgraded(cell: Cell) -> Cell:
    """The cell with nbgrader's metadata of schema 3; without any where it says nothing, as nbgrader has it.

    Raises:
        TooNewError: the metadata is of a later schema.
        SchemaError: the schema's version or the points are no numbers.
    """
    if "nbgrader" not in cell.metadata:
        return cell
    meta = cell.nbgrader
    version = meta.get("schema_version", 0)
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        message = f"nbgrader's schema_version is {str(version)[:40]!r}, not a number"
        raise SchemaError(message)
    if version > VERSION:
        message = (
            f"nbgrader's metadata is of schema {version}, and only schemas up to {VERSION} are known here; "
            "open it with the nbgrader that wrote it"
        )
        raise TooNewError(message)
    if version == 0:
        meta = _from_0(meta)
        if not meta:
            return replace(cell, metadata={key: value for key, value in cell.metadata.items() if key != "nbgrader"})
    if version < 2 and "checksum" in meta:
        meta.setdefault("cell_type", cell.type)
    meta = {key: value for key, value in meta.items() if key in _KEYS} | {"schema_version": VERSION}
    return replace(cell, metadata=cell.metadata | {"nbgrader": meta})


def _from_0(meta: dict[str, Any]) -> dict[str, Any]:
    """Flags that were left out are false; points stand on graded cells alone, as numbers from 0 up."""
    meta = dict.fromkeys(_FLAGS, False) | meta
    if not any(meta[flag] for flag in _FLAGS):
        return {}
    points = meta.pop("points", 0.0)
    if meta["grade"]:
        try:
            meta["points"] = max(float(points or 0.0), 0.0)
        except (TypeError, ValueError, OverflowError):
            message = f"nbgrader's points are {str(points)[:40]!r}, not a number"
            raise SchemaError(message) from None
    return meta
