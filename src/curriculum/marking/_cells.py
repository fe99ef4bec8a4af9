"""Texts as a spreadsheet's cell holds them."""

from __future__ import annotations

_LONGEST = 32_000  # a cell holds 32,767 characters


def shortened(text: str) -> str:
    """The text as far as a cell holds it, without halves of characters."""
    whole = text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
    return whole if len(whole) <= _LONGEST else whole[:_LONGEST] + " […]"
