"""Rules on the parts of a lesson: title, aims, sections and what closes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from curriculum.lint import _markdown
from curriculum.lint._registry import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.lint._subject import Heading, Subject

AIMS = "What you will be able to do"
MISTAKES = "Common mistakes"
REFERENCES = "Further reading"
PARTS = (AIMS, MISTAKES, "On the job", "What you can do now", REFERENCES)
FEWEST_WORDS_OF_WHY = 25
AIM_COUNT = (3, 5)
SECTION_COUNT = (3, 6)
REFERENCE_COUNT = (2, 4)
_MINUTES = re.compile(r"\b(\d+)[\s\u00a0-]*(?:min\b|minutes?\b)", re.IGNORECASE)


@rule(
    "title-and-why",
    f"the first cell is not `# Title` and, in at least {FEWEST_WORDS_OF_WHY} words, why someone needs the lesson; "
    "or there is a second title",
    mend="open with # Title and two to four sentences on the situation at work",
)
def title_and_why(subject: Subject) -> Iterator[Found]:
    """Look at the first cell, and for other headings of level 1."""
    first = subject.cells[0] if subject.cells else None
    if first is None or first.type != "markdown" or not first.source.lstrip().startswith("# "):
        yield Found(first.id if first else "", "the lesson does not open with its title")
        return
    words = _markdown.words(_markdown.prose(subject.outline[0].body))
    if words < FEWEST_WORDS_OF_WHY:
        yield Found(first.id, f"the title is followed by {words} words; too few to say why someone needs this")
    for heading in subject.outline[1:]:
        if heading.level == 1:
            yield Found(heading.cell.id, f"{heading.title!r} is a second title", "write it as a section: ## ...")


@rule(
    "missing-part",
    f"the lesson lacks one of its fixed headings (level 2: {', '.join(PARTS)}), or has them in another order",
    mend="add the part under exactly that heading",
)
def missing_part(subject: Subject) -> Iterator[Found]:
    """Look for the fixed headings."""
    titles = [heading.title for heading in _sections(subject)]
    for part in PARTS:
        if part not in titles:
            yield Found("", f"the lesson has no heading '## {part}'")
    places = [titles.index(part) for part in PARTS if part in titles]
    for part, place, before in zip(PARTS[1:], places[1:], places, strict=False):
        if len(places) == len(PARTS) and place < before:
            yield Found("", f"'## {part}' stands too early", f"keep the order {', '.join(PARTS)}")


@rule(
    "aim-count",
    f"the aims are not a list of {AIM_COUNT[0]} to {AIM_COUNT[1]}",
    mend="say in three to five verbs what a learner can do afterwards",
)
def aim_count(subject: Subject) -> Iterator[Found]:
    """Count the aims."""
    yield from _count(subject, AIMS, AIM_COUNT, "aims")


@rule(
    "reference-count",
    f"the further reading is not a list of {REFERENCE_COUNT[0]} to {REFERENCE_COUNT[1]}",
    mend="name two to four books, papers or documents that last",
)
def reference_count(subject: Subject) -> Iterator[Found]:
    """Count the references."""
    yield from _count(subject, REFERENCES, REFERENCE_COUNT, "references")


@rule(
    "section-count",
    f"the lesson has not {SECTION_COUNT[0]} to {SECTION_COUNT[1]} sections between aims and common mistakes "
    "(module 00 is exempt)",
    mend="join sections that answer the same question, or split the lesson",
)
def section_count(subject: Subject) -> Iterator[Found]:
    """Count the sections."""
    titles = [heading.title for heading in _sections(subject)]
    if subject.is_introduction or AIMS not in titles or MISTAKES not in titles:
        return
    count = titles.index(MISTAKES) - titles.index(AIMS) - 1
    low, high = SECTION_COUNT
    if count >= 0 and not low <= count <= high:
        yield Found("", f"the lesson has {count} sections; {low} to {high} are right")


@rule(
    "stated-minutes",
    "the aims do not say how many minutes the lesson takes, or say otherwise than course.toml",
    mend="write the minutes of course.toml below the aims",
)
def stated_minutes(subject: Subject) -> Iterator[Found]:
    """Compare the minutes in the text with the course's."""
    for heading in _sections(subject):
        if heading.title != AIMS:
            continue
        stated = [int(number) for number in _MINUTES.findall(heading.body)]
        if not stated:
            yield Found(heading.cell.id, "the aims do not say how many minutes the lesson takes")
        elif subject.minutes is not None and subject.minutes not in stated:
            known = subject.minutes
            yield Found(heading.cell.id, f"the lesson says {stated[0]} minutes, and course.toml {known}")


@rule(
    "heading-jump",
    "a heading skips a level, which breaks the outline that readers and screen readers go by",
    mend="give it the level below the heading that it belongs to",
)
def heading_jump(subject: Subject) -> Iterator[Found]:
    """Compare each heading's level with the one before."""
    level = 0
    for heading in subject.outline:
        if level and heading.level > level + 1:
            yield Found(heading.cell.id, f"{heading.title!r} jumps from level {level} to {heading.level}")
        level = heading.level


def _sections(subject: Subject) -> list[Heading]:
    return [heading for heading in subject.outline if heading.level == 2]


def _count(subject: Subject, part: str, bounds: tuple[int, int], what: str) -> Iterator[Found]:
    low, high = bounds
    for heading in _sections(subject):
        count = _markdown.items(heading.body)
        if heading.title == part and not low <= count <= high:
            yield Found(heading.cell.id, f"'## {part}' lists {count} {what}; {low} to {high} are right")
