"""Stored outputs as rules look at them: their texts, figures and descriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from curriculum.lint import _markdown
from curriculum.notebook import Role

if TYPE_CHECKING:
    from curriculum.notebook import Cell

_PICTURES = ("image/png", "image/svg+xml", "image/jpeg")


def pictures(cell: Cell) -> list[bool]:
    """For each figure among the outputs, whether it has a description."""
    return [bool(description(output)) for output in cell.outputs if _is_picture(output)]


def output_texts(cell: Cell) -> list[str]:
    """The outputs of a cell as text; errors and the cards of checks are left out."""
    if cell.role is Role.CHECK:
        return []
    found = [output.get("text") or _data(output).get("text/plain") for output in cell.outputs]
    return ["".join(text) if isinstance(text, list) else str(text) for text in found if text]


def _is_picture(output: dict[str, Any]) -> bool:
    return any(kind in _data(output) for kind in _PICTURES)


def description(output: dict[str, Any]) -> str:
    """The description of a figure, from the output's metadata or its HTML."""
    metadata = output.get("metadata")
    described = list(metadata.values()) if isinstance(metadata, dict) and _is_picture(output) else []
    alts = [str(entry.get("alt") or "").strip() for entry in described if isinstance(entry, dict)]
    html = _data(output).get("text/html", "")
    tags_found = _markdown.image_tags("".join(html) if isinstance(html, list) else str(html))
    alts += [_markdown.attribute(tag, "alt") for tag in tags_found]
    return next((alt for alt in alts if alt), "")


def _data(output: dict[str, Any]) -> dict[str, Any]:
    data = output.get("data")
    return data if isinstance(data, dict) else {}
