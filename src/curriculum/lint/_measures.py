"""The rhythm of a lesson in numbers, and the bars that LESSON_GUIDE sets for them."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from curriculum.lint import _markdown
from curriculum.lint._display import pictures

if TYPE_CHECKING:
    from curriculum.lint._subject import Subject
    from curriculum.notebook import Cell

CELLS = (50, 110)
MEDIAN_LINES = 5
NINTH_DECILE_LINES = 15
WORDS_PER_LINE = 8
CODE_RUN = 2
EXERCISES = (4, 7)
QUESTIONS = (2, 4)
MEGABYTES = 0.5


@dataclass(frozen=True)
class Measures:
    """The numbers of one lesson.

    Attributes:
        median_lines: of the demonstrations' code; lines that are empty or only a comment do not count.
        ninth_decile_lines: nine of ten demonstrations are no longer than this.
        words_per_line: words of prose for each line of demonstration code.
        code_run: the most demonstrations in a row without a text between them.
        without_alt: how many of the figures have no description.
    """

    lesson: str
    cells: int
    median_lines: float
    ninth_decile_lines: int
    words_per_line: float
    code_run: int
    exercises: int
    questions: int
    hints: int
    figures: int
    without_alt: int
    megabytes: float


def measure(subject: Subject) -> Measures:
    """Measure a lesson."""
    sizes = sorted(lines_of_code(cell.source) for cell in subject.demonstrations) or [0]
    words = sum(_markdown.words(cell.source) for cell in subject.markdown)
    figures = [has_alt for cell in subject.code for has_alt in pictures(cell)]
    return Measures(
        lesson=subject.name,
        cells=len(subject.cells),
        median_lines=statistics.median(sizes),
        ninth_decile_lines=sizes[int(0.9 * (len(sizes) - 1))],
        words_per_line=round(words / max(1, sum(sizes)), 1),
        code_run=max((len(run) for run in code_runs(subject)), default=0),
        exercises=sum(not group.is_quiz for group in subject.groups),
        questions=sum(group.is_quiz for group in subject.groups),
        hints=sum(cell.source.count("<details") for cell in subject.markdown),
        figures=len(figures),
        without_alt=sum(not has_alt for has_alt in figures),
        megabytes=round(megabytes(subject), 2),
    )


def lines_of_code(source: str) -> int:
    """How many lines are neither empty nor only a comment."""
    return sum(bool(line.strip()) and not line.lstrip().startswith("#") for line in source.splitlines())


def code_runs(subject: Subject) -> list[list[Cell]]:
    """The demonstrations between one text and the next."""
    runs: list[list[Cell]] = [[]]
    demonstrations = set(map(id, subject.demonstrations))
    for cell in subject.cells:
        if cell.type == "markdown":
            runs.append([])
        elif id(cell) in demonstrations:
            runs[-1].append(cell)
    return runs


def megabytes(subject: Subject) -> float:
    """How big the file is."""
    return len(subject.stored.encode("utf-8")) / 1e6


def outside(measures: Measures, *, is_introduction: bool) -> set[str]:
    """The names of the measures that are outside their bars."""
    low, high = CELLS
    bars = {
        "cells": not low <= measures.cells <= high,
        "median_lines": measures.median_lines > MEDIAN_LINES,
        "ninth_decile_lines": measures.ninth_decile_lines > NINTH_DECILE_LINES,
        "words_per_line": measures.words_per_line < WORDS_PER_LINE,
        "code_run": measures.code_run > CODE_RUN,
        "exercises": not is_introduction and not EXERCISES[0] <= measures.exercises <= EXERCISES[1],
        "questions": not is_introduction and not QUESTIONS[0] <= measures.questions <= QUESTIONS[1],
        "without_alt": measures.without_alt > 0,
        "megabytes": measures.megabytes > MEGABYTES,
    }
    return {name for name, is_outside in bars.items() if is_outside}
