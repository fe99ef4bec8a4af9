"""Rules on the BEGIN and END markers, by which a release takes out what learners must not see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from curriculum.lint._registry import Found, rule
from curriculum.notebook import MarkerError, Region, Role, has_region, replace_region

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.lint._subject import Subject
    from curriculum.notebook import Cell

ALLOWED = {
    Region.SOLUTION: {Role.SOLUTION, Role.MANUAL},
    Region.HIDDEN_TESTS: {Role.CHECK},
    Region.MARK_SCHEME: {Role.MANUAL, Role.TASK},
}
_NEARLY = re.compile(r"^\s*(?:#+|<!--)\s*(begin|end)\b[\s_-]*(solution|hidden|test|mark|scheme)", re.IGNORECASE)
_MARKER = re.compile(rf"(BEGIN|END) ({'|'.join(Region)})")


@rule(
    "unpaired-marker",
    "a BEGIN marker without its END, an END without its BEGIN, or one inside the other",
    mend="pair the markers",
)
def unpaired_marker(subject: Subject) -> Iterator[Found]:
    """Pair the markers of every cell."""
    for cell in subject.cells:
        for region in Region:
            problem = _unpaired(cell, region)
            if problem:
                yield Found(cell.id, problem)


@rule(
    "misplaced-marker",
    "a marker in a cell whose role has no such part, where a release would cut it out or leave it in",
    mend="move it: SOLUTION to solution and manual cells, HIDDEN TESTS to checks, MARK SCHEME to manual and task cells",
)
def misplaced_marker(subject: Subject) -> Iterator[Found]:
    """Look for markers where they do not belong."""
    for cell in subject.cells:
        for region, roles in ALLOWED.items():
            if has_region(cell.source, region) and cell.role not in roles:
                yield Found(cell.id, f"a {cell.role} cell holds the marker BEGIN {region}")


@rule(
    "misspelt-marker",
    "a line that is nearly a marker: learners would get what it should hide",
    mend="write it exactly: ### BEGIN SOLUTION, ### END HIDDEN TESTS, ...",
)
def misspelt_marker(subject: Subject) -> Iterator[Found]:
    """Look for lines that a person would take for a marker."""
    for cell in subject.cells:
        for line in cell.source.splitlines():
            if _NEARLY.match(line) and not _MARKER.search(line):
                yield Found(cell.id, f"{line.strip()!r} is not quite a marker")


def _unpaired(cell: Cell, region: Region) -> str:
    try:
        replace_region(cell.source, region, None)
    except MarkerError as error:
        return str(error)
    begins, ends = (cell.source.count(f"{word} {region}") for word in ("BEGIN", "END"))
    return f"'### END {region}' without '### BEGIN {region}'" if ends > begins else ""
