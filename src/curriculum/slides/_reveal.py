"""reveal.js, as the package pyreveal brings it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from curriculum.errors import MissingToolError

_NEEDED = ("pyreveal", "math_core")


def require_tools() -> None:
    """See that what slides need is installed.

    Raises:
        MissingToolError: it is not.
    """
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        message = f'slides need more packages ({", ".join(missing)} missing): pip install "curriculum[desk]"'
        raise MissingToolError(message)


def script() -> str:
    """reveal.js itself."""
    return _read("reveal.js")


def speaker_view() -> str:
    """Its plugin for notes, with a window for whoever speaks."""
    return _read("plugin/notes.js")


def style() -> str:
    """Its style sheet, without any theme's."""
    return _read("reveal.css")


def _read(name: str) -> str:
    spec = importlib.util.find_spec("pyreveal")
    path = Path(spec.origin or "").parent / "revealjs" / "dist" / name if spec else Path(name)
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        message = 'the installed pyreveal has another layout: pip install --force-reinstall "curriculum[desk]"'
        raise MissingToolError(message) from None
