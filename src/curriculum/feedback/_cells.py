"""Feedback as Markdown cells: other people's words show as they are, whatever they hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from curriculum.feedback._advice import next_step
from curriculum.feedback._html import as_text
from curriculum.feedback._state import points_of, state_of
from curriculum.feedback._view import said
from curriculum.pages import named, number, points, printable, stamp

if TYPE_CHECKING:
    from curriculum.course import Lesson
    from curriculum.gradebook import Attempt, Mark

# A character reference is text to every reader of Markdown. Mathematics is looked for in what was rendered, too, but
# not across elements: hence the span.
_SPECIAL = re.compile(r"[!-/:-@\[-`{-~]")
_MATHS = frozenset("$\\")


def literal(text: str) -> str:
    """A text as Markdown that shows just that text."""
    shown = _SPECIAL.sub(_reference, printable(text))
    return "<br>".join(line.strip() for line in shown.split("\n"))


def _reference(found: re.Match[str]) -> str:
    made = f"&#{ord(found.group())};"
    return f"<span>{made}</span>" if found.group() in _MATHS else made


def summary_cell(attempt: Attempt) -> str:
    """What stands at the top of the copy."""
    lines = [
        f"**Feedback: {number(attempt.points)} of {points(attempt.max_points)} for the exercises**, attempt "
        f"{attempt.number}, handed in {literal(stamp(attempt.handed_in))}. What was said about each exercise stands "
        "below its check. This is a copy of what you handed in; go on working in your own notebook."
    ]
    if attempt.tampered:
        cells = literal(", ".join(f"“{cell}”" for cell in attempt.tampered))
        lines.append(
            f"Cells that are not yours to change were changed or deleted: {cells}. The lesson's own were used."
        )
    return _quoted(lines)


def feedback_cell(mark: Mark, lesson: Lesson | None) -> str:
    """What stands below an exercise."""
    state = state_of(mark)
    title = literal(named(mark.title) or mark.exercise)
    parts = [f"**{state.sign} Feedback on {title}: {state.words}, {literal(points_of(mark))}.**"]
    message = printable(said(mark))
    if message.strip():
        parts.append(as_text(message))
    for comment in mark.comments:
        heading = f"*{literal(comment.author or 'A person')}, {literal(stamp(comment.at))}:*"
        parts.append(f"{heading} {literal(comment.comment)}")
    step = next_step(mark, lesson)
    prefix = "" if state.is_done and not mark.aided else "**Next step:** "
    command = f" <code>{literal(step.command)}</code> {literal(step.does)}" if step.command else ""
    parts.append(f"{prefix}{literal(step.words)}{command}")
    return _quoted(parts)


def _quoted(parts: list[str]) -> str:
    """Paragraphs as a block quote, which sets them off from the lesson in every reader."""
    return "\n".join(f"> {line}" for line in "\n\n".join(parts).split("\n"))
