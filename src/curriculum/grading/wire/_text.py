"""Foreign text, made fit to be shown."""

from __future__ import annotations


def clean(text: str, most: int) -> str:
    """Return at most ``most`` characters of a text; what cannot be printed, but newlines, becomes U+FFFD."""
    clipped = text if len(text) <= most else text[: most - 1] + "…"
    if clipped.isprintable():
        return clipped
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in clipped)
