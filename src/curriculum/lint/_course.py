"""Rules on the course as a whole. That `requires` names earlier lessons is seen to when course.toml is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from curriculum.lint._registry import Found, course_rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from curriculum.course import Course

LISTING = "course.toml"


@course_rule(
    "grade-id-reused",
    "two lessons have a cell of the same grade_id; progress and grades are kept by it",
    mend="rename one of the cells, its id and its grade_id",
)
def grade_id_reused(course: Course) -> Iterator[Found]:
    """Look for grade_ids of earlier lessons."""
    owners: dict[str, str] = {}
    for lesson in course.lessons:
        if not lesson.path.is_file():
            continue
        for cell in lesson.notebook.cells:
            owner = owners.setdefault(cell.grade_id, lesson.id) if cell.grade_id else lesson.id
            if owner != lesson.id:
                message = f"the grade_id {cell.grade_id!r} is used in the lesson {owner!r} already"
                yield Found(cell.id, message, file=str(lesson.path))


@course_rule(
    "unlisted-notebook",
    "a notebook in the course's folder is not in course.toml, so no learner gets it",
    mend="add it to course.toml, or delete it",
)
def unlisted_notebook(course: Course) -> Iterator[Found]:
    """Compare the folder with the listing."""
    listed = {lesson.path for lesson in course.lessons}
    for path in notebooks_below(course.root):
        if path not in listed:
            yield Found("", f"the notebook is not listed in {LISTING}", file=str(path))


@course_rule(
    "missing-notebook",
    "course.toml lists a lesson that has no notebook",
    mend="write it, or take it out of course.toml",
)
def missing_notebook(course: Course) -> Iterator[Found]:
    """Compare the listing with the folder."""
    for lesson in course.lessons:
        if not lesson.path.is_file():
            yield Found("", f"the notebook {lesson.name} is listed and not there", file=str(course.root / LISTING))


def notebooks_below(folder: Path) -> list[Path]:
    """Every notebook in a folder and below, without Jupyter's own copies."""
    found = folder.rglob("*.ipynb")
    return sorted(path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts))
