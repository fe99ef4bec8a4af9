"""Rules on exercises: that they are complete, in order, and set out as every other one is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from curriculum.lint import _markdown
from curriculum.lint._registry import Found, rule
from curriculum.lint._subject import GRADED
from curriculum.notebook import Region, Role, has_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.lint._subject import Group, Subject

HINTS = 2
MOST_MANUAL = 1
_ORDER = {Role.PROMPT: 0, Role.SOLUTION: 1, Role.MANUAL: 1, Role.TASK: 1, Role.CHECK: 2}
_DETAILS = re.compile(r"<details\b[^>]*>", re.IGNORECASE)
_HINT = re.compile(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", re.DOTALL | re.IGNORECASE)


@rule(
    "unnamed-exercise",
    "a solution, check, manual or task cell does not say which exercise it belongs to",
    mend='add "curriculum": {"exercise": "<id>"} to the cell\'s metadata',
)
def unnamed_exercise(subject: Subject) -> Iterator[Found]:
    """Look for graded cells outside any exercise."""
    for cell in subject.cells:
        if cell.role in GRADED and not cell.exercise:
            yield Found(cell.id, f"the {cell.role} cell belongs to no exercise")


@rule(
    "incomplete-exercise",
    "an exercise lacks its prompt, its one cell to fill, or its check",
    mend="give it, in this order, a prompt, one solution cell and at least one check cell, all naming the exercise",
)
def incomplete_exercise(subject: Subject) -> Iterator[Found]:
    """Count the parts of every exercise."""
    for group in subject.groups:
        first = group.cells[0].id
        if not group.prompts:
            yield Found(first, f"the exercise {group.id!r} has no prompt")
        if len(group.answers) != 1:
            yield Found(first, f"the exercise {group.id!r} has {len(group.answers)} cells to fill; it needs one")
        elif not group.checks and not group.is_manual:
            yield Found(first, f"the exercise {group.id!r} has no check cell")


@rule(
    "exercise-order",
    "the cells of an exercise are not in order, or another cell stands between them",
    mend="put prompt, solution and check after one another, with nothing between",
)
def exercise_order(subject: Subject) -> Iterator[Found]:
    """Look at the places of an exercise's cells."""
    for group in subject.groups:
        ranks = [_ORDER[cell.role] for cell in group.cells if cell.role in _ORDER]
        members = set(map(id, group.cells))
        places = [number for number, cell in enumerate(subject.cells) if id(cell) in members]
        if ranks != sorted(ranks):
            yield Found(group.cells[0].id, f"the cells of {group.id!r} are not in the order prompt, solution, check")
        elif places[-1] - places[0] >= len(places):
            stranger = next(subject.cells[n] for n in range(places[0], places[-1]) if n not in places)
            yield Found(stranger.id, f"the cell stands inside the exercise {group.id!r} and does not belong to it")


@rule(
    "exercise-ids",
    "an exercise's cells are not called `<id>-prompt`, `<id>` and `<id>-check` after the exercise",
    mend="rename the cell (its id and its grade_id), or the exercise",
)
def exercise_ids(subject: Subject) -> Iterator[Found]:
    """Compare cell ids with the exercise's."""
    for group in subject.groups:
        starts = [(group.prompts, f"{group.id}-prompt"), (group.checks, f"{group.id}-check")]
        for cells, start in starts:
            for cell in cells:
                if not cell.id.startswith(start):
                    yield Found(cell.id, f"the {cell.role} cell of {group.id!r} is not called {start!r}")
        for cell in group.answers:
            if cell.id != group.id:
                yield Found(cell.id, f"the {cell.role} cell of the exercise {group.id!r} is not called {group.id!r}")


@rule(
    "prompt-heading",
    "a prompt does not open with `### Exercise: ...`, or a question with `### Question: ...`",
    mend="open it with such a heading of level 3",
)
def prompt_heading(subject: Subject) -> Iterator[Found]:
    """Look at how prompts open."""
    for group in subject.groups:
        wanted = "### Question: " if group.is_quiz else "### Exercise: "
        if group.prompts and not group.prompts[0].source.lstrip().startswith(wanted):
            yield Found(group.prompts[0].id, f"the prompt does not open with {wanted.strip()!r} and a title")


@rule(
    "missing-hints",
    f"a prompt has not {HINTS} hints in `<details>` (questions need none)",
    mend="add a nudge and a plan, each as <details><summary>Hint 1</summary>, blank line, text, blank line, </details>",
)
def missing_hints(subject: Subject) -> Iterator[Found]:
    """Count the hints of every prompt."""
    for group in subject.groups:
        text = _prompt(group)
        if group.prompts and not group.is_quiz and len(_DETAILS.findall(text)) != HINTS:
            yield Found(group.prompts[0].id, f"the prompt has {len(_DETAILS.findall(text))} hints; it needs {HINTS}")


@rule(
    "malformed-hint",
    "a hint that `curriculum hint` cannot read or Jupyter cannot show as Markdown",
    mend="write <details><summary>Hint 1</summary>, a blank line, the text, a blank line and </details>",
)
def malformed_hint(subject: Subject) -> Iterator[Found]:
    """Read the hints as the command does."""
    for group in subject.groups:
        text = _prompt(group)
        hints = _HINT.findall(text)
        if len(hints) != len(_DETAILS.findall(text)):
            yield Found(group.prompts[0].id, "a <details> has no <summary> or is not closed by </details>")
        elif any(not body.strip() for _, body in hints):
            yield Found(group.prompts[0].id, "a hint is empty")
        elif any(not re.match(r"[ \t]*\n[ \t]*\n", body) for _, body in hints):
            yield Found(
                group.prompts[0].id, "no blank line after </summary>: Jupyter shows the hint's Markdown as typed"
            )


@rule(
    "code-in-hint",
    "a hint holds a block of code",
    mend="say in words what to do; the code is for the learner to write",
)
def code_in_hint(subject: Subject) -> Iterator[Found]:
    """Look for code in hints."""
    for group in subject.groups:
        bodies = [body for _, body in _HINT.findall(_prompt(group))]
        if any(_markdown.FENCE.search(body) or "<pre" in body.lower() for body in bodies):
            yield Found(group.prompts[0].id, "a hint holds a block of code")


@rule(
    "exercise-without-points",
    "an exercise is worth nothing",
    mend="give its check cell points",
)
def exercise_without_points(subject: Subject) -> Iterator[Found]:
    """Add up the points of every exercise."""
    for group in subject.groups:
        graded = group.of(Role.CHECK, Role.MANUAL, Role.TASK)
        if graded and all(cell.nbgrader.get("points") == 0 for cell in graded):
            yield Found(graded[0].id, f"the exercise {group.id!r} is worth 0 points")


@rule(
    "check-not-folded",
    "a check cell shows its source, which names the mistakes and explains the options before anything is tried",
    mend='add "jupyter": {"source_hidden": true} to the cell\'s metadata',
)
def check_not_folded(subject: Subject) -> Iterator[Found]:
    """Look at whether check cells are folded."""
    for cell in subject.cells:
        view = cell.metadata.get("jupyter")
        if cell.role is Role.CHECK and not (isinstance(view, dict) and view.get("source_hidden") is True):
            yield Found(cell.id, "the check cell is not folded")


@rule(
    "manual-without-rubric",
    "an exercise graded by hand has no mark scheme",
    mend="add the rubric between ### BEGIN MARK SCHEME and ### END MARK SCHEME",
)
def manual_without_rubric(subject: Subject) -> Iterator[Found]:
    """Look for the rubric of what a person grades."""
    for cell in subject.cells:
        if cell.role in {Role.MANUAL, Role.TASK} and not has_region(cell.source, Region.MARK_SCHEME):
            yield Found(cell.id, "the cell is graded by hand and has no mark scheme")


@rule(
    "too-many-manual",
    f"more than {MOST_MANUAL} exercise of the lesson is graded by hand",
    mend="turn one into an exercise with a check, or into a question",
)
def too_many_manual(subject: Subject) -> Iterator[Found]:
    """Count what a person has to grade."""
    manual = [group for group in subject.groups if group.is_manual]
    for group in manual[MOST_MANUAL:]:
        yield Found(group.cells[0].id, f"{len(manual)} exercises are graded by hand; {MOST_MANUAL} is the most")


def _prompt(group: Group) -> str:
    return "\n\n".join(cell.source for cell in group.prompts)
