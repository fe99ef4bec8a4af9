"""Rules on the rhythm of a lesson: the bars of its measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from curriculum.lint import _measures
from curriculum.lint._measures import measure
from curriculum.lint._registry import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.lint._subject import Subject


@rule(
    "cell-count",
    f"the lesson has not {_measures.CELLS[0]} to {_measures.CELLS[1]} cells",
    mend="split the lesson, or cut cells that carry too much into steps",
)
def cell_count(subject: Subject) -> Iterator[Found]:
    """Count cells."""
    if "cells" in _outside(subject):
        low, high = _measures.CELLS
        yield Found("", f"the lesson has {len(subject.cells)} cells; {low} to {high} are right")


@rule(
    "long-demonstrations",
    f"demonstrations have a median of more than {_measures.MEDIAN_LINES} lines of code, "
    f"or one in ten has more than {_measures.NINTH_DECILE_LINES}",
    mend="show less code at a time",
)
def long_demonstrations(subject: Subject) -> Iterator[Found]:
    """Compare the lengths of demonstrations with their bars."""
    outside, measures = _outside(subject), measure(subject)
    if "median_lines" in outside:
        most = _measures.MEDIAN_LINES
        yield Found("", f"the median demonstration has {measures.median_lines:g} lines; {most} are the most")
    if "ninth_decile_lines" in outside:
        lines, most = measures.ninth_decile_lines, _measures.NINTH_DECILE_LINES
        yield Found("", f"one demonstration in ten has {lines} lines or more; {most} are the most")


@rule(
    "little-prose",
    f"the lesson has fewer than {_measures.WORDS_PER_LINE} words for each line of demonstration code",
    mend="say before each demonstration what it is for, and after it what its result means",
)
def little_prose(subject: Subject) -> Iterator[Found]:
    """Weigh words against code."""
    if "words_per_line" in _outside(subject):
        rate, fewest = measure(subject).words_per_line, _measures.WORDS_PER_LINE
        yield Found("", f"the lesson has {rate} words for each line of demonstration; {fewest} are the fewest")


@rule(
    "code-after-code",
    f"more than {_measures.CODE_RUN} demonstrations follow one another without a text between them",
    mend="put a sentence between them that reads the result of the first or asks the question of the next",
)
def code_after_code(subject: Subject) -> Iterator[Found]:
    """Look for long runs of code."""
    for run in _measures.code_runs(subject):
        if len(run) > _measures.CODE_RUN:
            yield Found(run[0].id, f"{len(run)} demonstrations in a row begin here; {_measures.CODE_RUN} are the most")


@rule(
    "exercise-count",
    f"the lesson has not {_measures.EXERCISES[0]} to {_measures.EXERCISES[1]} exercises, questions not counted "
    "(module 00 is exempt)",
    mend="add an exercise on what is taught and not yet practised, or move one to another lesson",
)
def exercise_count(subject: Subject) -> Iterator[Found]:
    """Count exercises."""
    if "exercises" in _outside(subject):
        count, (low, high) = measure(subject).exercises, _measures.EXERCISES
        yield Found("", f"the lesson has {count} exercises; {low} to {high} are right")


@rule(
    "question-count",
    f"the lesson has not {_measures.QUESTIONS[0]} to {_measures.QUESTIONS[1]} multiple-choice questions "
    "(module 00 is exempt)",
    mend="ask about a misconception the lesson is aimed at, or drop the question that asks least",
)
def question_count(subject: Subject) -> Iterator[Found]:
    """Count questions."""
    if "questions" in _outside(subject):
        count, (low, high) = measure(subject).questions, _measures.QUESTIONS
        yield Found("", f"the lesson has {count} questions; {low} to {high} are right")


def _outside(subject: Subject) -> set[str]:
    return _measures.outside(measure(subject), is_introduction=subject.is_introduction)
