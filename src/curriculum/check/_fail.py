"""How every check ends: silently, or with one ``CheckFailed`` that carries the finding."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, NoReturn

from curriculum.check import _state
from curriculum.check._compare import difference as difference_by
from curriculum.check._describe import pair
from curriculum.check._finding import Finding, Mistake
from curriculum.errors import CheckFailed
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from curriculum.check._compare import Compare


def fail(message: str, **parts: Any) -> NoReturn:
    """Raise the finding of the exercise at hand; ``parts`` are the fields of ``Finding``."""
    parts.setdefault("called", "")
    called = parts.pop("called") or called_by_check()
    raise CheckFailed(Finding(Outcome.FAILED, message, exercise=_state.current(), called=called, **parts)) from None


def recognise(got: Any, mistakes: Sequence[Mistake], compare: Compare) -> Mistake | None:
    """Find the first mistake that the value shows."""
    for mistake in mistakes:
        if _shows(got, mistake.wrong_value, compare):
            return mistake
    return None


def compare_values(
    got: Any,
    expected: Any,
    compare: Compare,
    *,
    called: str,
    hint: str,
    mistakes: Sequence[Mistake],
    message: str = "The result is not what was asked for.",
) -> None:
    """Compare, and fail with everything that helps: what was called, both values, the difference, the mistake."""
    difference = difference_by(compare, got, expected)
    if difference is None:
        return
    shown_got, shown_expected = pair(got, expected)
    fail(
        message,
        called=called,
        expected=shown_expected,
        got=shown_got,
        difference=difference,
        hint=hint,
        mistake=recognise(got, mistakes, compare),
    )


def called_by_check() -> str:
    """The source of the first argument of the ``check.…`` call that is running, or an empty text."""
    try:
        frame = _frame_outside()
        return _first_argument(frame) if frame is not None else ""
    except Exception:  # noqa: BLE001 - a nicety that must never hide the finding itself
        return ""


def _shows(got: Any, wrong: Any, compare: Compare) -> bool:
    try:
        if callable(wrong):
            return bool(wrong(got))
        return compare(got, wrong) is None
    except Exception:  # noqa: BLE001 - an author's test meets whatever a learner produced
        return False


def _frame_outside() -> FrameType | None:
    frame = inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").startswith("curriculum.check"):
        frame = frame.f_back
    return frame


def _first_argument(frame: FrameType) -> str:
    import ast

    import executing

    node = executing.Source.executing(frame).node
    if not isinstance(node, ast.Call) or not node.args:
        return ""
    first = node.args[0]
    text = ast.unparse(first)
    return "" if isinstance(first, ast.Constant) or len(text) > 200 else text
