"""The command that judges source lessons."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curriculum import course as courses
from curriculum.cli._options import AsJson, CourseRoot
from curriculum.cli._tables import console, table

if TYPE_CHECKING:
    from rich.table import Table

    from curriculum.lint import Measures, Target

_COLUMNS = {
    "cells": "cells",
    "median_lines": "med",
    "ninth_decile_lines": "p90",
    "words_per_line": "w/line",
    "code_run": "run",
    "exercises": "exer",
    "questions": "quiz",
    "hints": "hints",
    "figures": "figs",
    "without_alt": "no alt",
    "megabytes": "MB",
}
_CAPTION = (
    "med, p90: lines of a demonstration, the median and the 90th percentile; w/line: words of prose for each such "
    "line; run: demonstrations in a row; !: outside the bar"
)


def lint(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Notebooks, folders or lessons; the whole course by default.", show_default=False),
    ] = None,
    *,
    measures: Annotated[bool, typer.Option("--measures", help="Print the rhythm of each lesson in numbers.")] = False,
    as_json: AsJson = False,
    root: CourseRoot = None,
) -> None:
    """Look for what is wrong with source lessons, and say how to mend it."""
    from curriculum.lint import targets

    course = courses.load(root)
    chosen = targets(course, paths or ())
    if measures:
        _print_measures(chosen, as_json=as_json)
    else:
        _print_findings(chosen, None if paths else course, as_json=as_json)


def _print_findings(chosen: list[Target], course: courses.Course | None, *, as_json: bool) -> None:
    from curriculum.lint import lint_course, lint_target

    found = [finding for target in chosen for finding in lint_target(target)]
    found += lint_course(course) if course else []
    found = sorted((replace(item, file=_short(item.file)) for item in found), key=str)
    if as_json:
        typer.echo(json.dumps([asdict(item) for item in found], indent=2, ensure_ascii=False))
    else:
        for item in found:
            typer.echo(str(item))
        typer.echo(f"{_count(len(chosen), 'notebook')}, {_count(len(found), 'finding')}")
    if found:
        raise typer.Exit(1)


def _print_measures(chosen: list[Target], *, as_json: bool) -> None:
    from curriculum.lint import measure, outside

    measured = [(target, measure(target)) for target in chosen]
    if as_json:
        typer.echo(json.dumps([asdict(numbers) for _, numbers in measured], indent=2))
        return
    made = table("The rhythm of each lesson", "lesson", *_COLUMNS.values(), right=tuple(_COLUMNS.values()))
    made.caption, made.padding, made.show_edge = _CAPTION, 0, False
    for target, numbers in measured:
        marked = outside(numbers, is_introduction=target.subject.is_introduction)
        _add_row(made, numbers, marked)
    console().print(made)


def _add_row(made: Table, numbers: Measures, marked: set[str]) -> None:
    values = [(name, f"{getattr(numbers, name):g}") for name in _COLUMNS]
    made.add_row(numbers.lesson, *(f"[bold red]{text}![/]" if name in marked else text for name, text in values))


def _short(file: str) -> str:
    """The path from here, where the file is below."""
    here = Path.cwd()
    path = Path(file)
    return str(path.relative_to(here)) if path.is_absolute() and path.is_relative_to(here) else file


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
