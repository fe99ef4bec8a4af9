"""A learner's page: one file with every lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING

from curriculum.feedback._view import extra_credit, lesson_views
from curriculum.pages import number, points, rendered, share

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from curriculum.course import Course
    from curriculum.feedback._view import LessonView
    from curriculum.gradebook import Row, Sheet

KIND = "feedback"


def page(
    sheet: Sheet,
    row: Row,
    course: Course | None = None,
    *,
    lessons: Collection[str] | None = None,
    repairs: Mapping[str, Sequence[str]] | None = None,
    notes: Sequence[str] = (),
) -> str:
    """Feedback for one learner: one HTML page without scripts that opens anywhere.

    It holds what the learner may see and nothing of ``Mark.detail``.

    Args:
        sheet: the class; its heading and its lessons are used, never another learner's row.
        row: the learner's.
        course: names sections and hints; without it the next steps are more general.
        lessons: the ids of the lessons to show; all by default.
        repairs: what was put right in the counted attempt, in sentences for the learner, by lesson.
        notes: what else the learner should know, in sentences.

    Raises:
        NotebookError: a lesson's source cannot be read.
    """
    columns = [column for column in sheet.lessons if lessons is None or column.id in lessons]
    views = lesson_views(row, columns, course, repairs or {})
    return rendered(
        "curriculum.feedback",
        "feedback.html",
        kind=KIND,
        title=f"Feedback for {row.learner.shown}: {sheet.title}",
        sheet=sheet,
        learner=row.learner,
        views=views,
        notes=notes,
        total=_total(row) if lessons is None else "",
        credits=[extra_credit(credit) for credit in row.extra] if lessons is None else [],
        following=_following(views),
    )


def _total(row: Row) -> str:
    if not row.max_points:
        return points(row.points)
    part = share(row.points / row.max_points)
    return f"{number(row.points)} of {points(row.max_points)} ({part}) over all lessons that count for you"


def _following(views: list[LessonView]) -> tuple[str, str]:
    """Where to go next, and the anchor of what is said about it; empty where there is nothing."""
    counting = [view for view in views if not view.standing.excused]
    for view in counting:
        if view.open is not None:
            return f"{view.column.title}: {view.open.title}", view.open.anchor
    for view in counting:
        if view.standing.counted is None:
            return f"hand in {view.column.title}", view.anchor
    return "", ""
