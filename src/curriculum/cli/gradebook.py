"""Commands that keep a class's gradebook."""

from __future__ import annotations

import getpass
import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curriculum import course as courses
from curriculum.cli._options import GRADEBOOK, AsJson, CourseRoot, GradebookUrl
from curriculum.errors import GradebookError
from curriculum.gradebook import Aided, Counts, Policy

if TYPE_CHECKING:
    from curriculum.gradebook import Gradebook

app = typer.Typer(
    help="The gradebook: who handed in what, what it was worth, what people gave for it.", no_args_is_help=True
)

Cohort = Annotated[str, typer.Option(help="Only this cohort.", show_default="all")]
Group = Annotated[str, typer.Option(help="Only this group.", show_default="all")]
Author = Annotated[str, typer.Option(help="Who decides this.", show_default="your name on this system")]
LearnerKey = Annotated[str, typer.Argument(metavar="LEARNER", help="What their submissions are filed under.")]
LessonName = Annotated[str, typer.Argument(metavar="LESSON", help="A lesson's id.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept beside the decision.")]
_DAY = timedelta(days=1)
_LONGEST_DAYS = 36_500


@app.command("import")
def import_(
    results: Annotated[list[Path], typer.Argument(help="results.json of a grading; several are taken in order.")],
    *,
    collected: Annotated[
        Path | None,
        typer.Option(help="What `curriculum collect` wrote: when each was handed in.", show_default=False),
    ] = None,
    url: GradebookUrl = GRADEBOOK,
    root: CourseRoot = None,
) -> None:
    """Add what gradings found; giving the same again adds nothing.

    Makes the gradebook where there is none.
    """
    from curriculum.collecting import received

    course = courses.load(root)
    handed = received(collected) if collected is not None else {}
    with _open(url, create=True) as book:
        for path in results:
            added = book.import_results(path, course=course, handed=handed)
            typer.echo(f"{path}: {_words(added.submissions, 'new submission')}, {_words(added.known, 'known result')}")
            if added.gradings > added.submissions:
                typer.echo(f"graded again: {added.gradings - added.submissions}")
            if added.learners:
                typer.echo(f"not enrolled before: {', '.join(added.learners)}")


@app.command()
def roster(
    file: Annotated[Path, typer.Argument(help="A CSV: key, name, email, ...")], *, url: GradebookUrl = GRADEBOOK
) -> None:
    """Enrol a class, or bring what is known of it up to date.

    The file is the one that `curriculum collect` takes; docs/handing-in.md names its columns.
    """
    from curriculum.collecting import read_roster

    learners = read_roster(file).learners
    with _open(url, create=True) as book:
        added, known = book.enrol(learners)
    typer.echo(f"{_words(added, 'learner')} enrolled, {known} known before")


@app.command()
def nbgrader(
    place: Annotated[Path, typer.Argument(help="An nbgrader course, or its gradebook.db.")],
    *,
    author: Annotated[str, typer.Option(help="In whose name manual scores are kept.")] = "nbgrader",
    url: GradebookUrl = GRADEBOOK,
) -> None:
    """Bring in what an nbgrader course knows: learners, scores, comments, deadlines, extensions.

    Its notebooks become lessons. What it took off for lateness is listed, and not taken over: that is this
    gradebook's own rule.
    """
    from curriculum.bridges import bring_nbgrader

    with _open(url, create=True) as book:
        found = bring_nbgrader(book, place, author)
    typer.echo(f"{_words(found.enrolled, 'new learner')}, {_words(found.imported.submissions, 'new submission')}")
    typer.echo(f"{_words(found.by_hand, 'score')} by people that were new")
    for (learner, assignment), points in found.penalties.items():
        typer.echo(f"not taken over: nbgrader takes {points:g} points off {learner}'s {assignment} for lateness")


class Format(StrEnum):
    """How a class is written down."""

    CSV = "csv"
    JSON = "json"


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="A file that is not there yet, or --force.")],
    *,
    kind: Annotated[
        Format | None, typer.Option("--format", help="csv: a row a learner; json: all of it.", show_default="by name")
    ] = None,
    details: Annotated[
        bool, typer.Option("--details", help="JSON: for teachers, with what hidden tests said.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
    cohort: Cohort = "",
    group: Group = "",
    url: GradebookUrl = GRADEBOOK,
) -> None:
    """Write the class for other programs; docs/bridges.md has the formats."""
    from curriculum import bridges

    chosen = kind or (Format.JSON if file.suffix.lower() == ".json" else Format.CSV)
    with _open(url) as book:
        sheet = book.sheet(cohort, group)
    if chosen is Format.CSV:
        bridges.write_csv(sheet, file, overwrite=force)
    else:
        bridges.write_json(sheet, file, details=details, overwrite=force)
    typer.echo(f"{_words(len(sheet.rows), 'learner')} in {file}")


@app.command("list")
def list_(*, url: GradebookUrl = GRADEBOOK, cohort: Cohort = "", group: Group = "", as_json: AsJson = False) -> None:
    """Show the class: each learner's points and what waits."""
    from curriculum.cli._class import print_class

    with _open(url) as book:
        sheet = book.sheet(cohort, group)
        appeals = book.appeals()
    print_class(sheet, appeals, as_json=as_json)


@app.command()
def show(
    learner: LearnerKey,
    lesson: Annotated[str | None, typer.Argument(help="Only this lesson, exercise by exercise.")] = None,
    *,
    url: GradebookUrl = GRADEBOOK,
) -> None:
    """Show one learner: every lesson and attempt, or one lesson's exercises."""
    from curriculum.cli._class import print_learner, print_lesson

    with _open(url) as book:
        row, sheet = book.row(learner)
        policy = book.policy
    if lesson is None:
        print_learner(row, sheet, policy)
    else:
        print_lesson(row, sheet, lesson)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A file that is not there yet.")], *, url: GradebookUrl = GRADEBOOK
) -> None:
    """Copy the whole gradebook into a file, which is a gradebook itself."""
    with _open(url) as book:
        rows = book.backup(file)
    typer.echo(f"{rows:,} rows are in {file}")


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A backup.")], *, url: GradebookUrl = GRADEBOOK) -> None:
    """Bring a backup back into a new file, or into an empty database."""
    with _open(url, create=True) as book:
        rows = book.restore(file)
        typer.echo(f"{rows:,} rows are in {book.shown}")


@app.command()
def policy(
    *,
    url: GradebookUrl = GRADEBOOK,
    counts: Annotated[Counts | None, typer.Option(help="Which attempt counts.", show_default=False)] = None,
    grace: Annotated[float | None, typer.Option(help="Hours late that cost nothing.", show_default=False)] = None,
    late: Annotated[
        float | None, typer.Option(help="Percent of the lesson's points that a begun day costs.", show_default=False)
    ] = None,
    late_most: Annotated[
        float | None, typer.Option(help="Percent that lateness costs at most.", show_default=False)
    ] = None,
    closes: Annotated[
        float | None, typer.Option(help="Days late after which nothing counts; -1: never.", show_default=False)
    ] = None,
    aided: Annotated[
        Aided | None,
        typer.Option(help="How much a looked-up solution counts in a certificate.", show_default=False),
    ] = None,
    author: Author = "",
) -> None:
    """Show the class's rules, or change some of them; what was handed in before follows the new ones too."""
    from curriculum.cli._class import print_policy

    is_shown = all(value is None for value in (counts, grace, late, late_most, closes, aided))
    with _open(url, create=not is_shown) as book:
        held = book.policy
        rules = Policy(
            counts=counts or held.counts,
            grace=held.grace if grace is None else _span("--grace", grace, timedelta(hours=1)),
            late_percent=held.late_percent if late is None else late,
            late_most=held.late_most if late_most is None else late_most,
            closes_after=_closing(closes, held.closes_after),
            aided=aided or held.aided,
        )
        if rules != held:
            book.set_policy(rules, _author(author))
    print_policy(rules)


@app.command()
def due(
    lesson: LessonName,
    when: Annotated[str, typer.Argument(metavar="WHEN", help="2027-03-01 (to its end), 2027-03-01T18:00, or: never.")],
    *,
    cohort: Annotated[str, typer.Option(help="Whose deadline it is.", show_default="everybody's")] = "",
    url: GradebookUrl = GRADEBOOK,
    root: CourseRoot = None,
) -> None:
    """Set a lesson's deadline."""
    moment = None if when == "never" else _moment(when)
    with _open(url, create=True) as book:
        book.set_due(lesson, moment, cohort=cohort, course=courses.load(root))
    typer.echo(f"{lesson}: {'no deadline' if moment is None else f'due {_shown(moment)}'}")


@app.command()
def extra(
    lesson: LessonName,
    *,
    counts: Annotated[bool, typer.Option("--on-top/--normal", help="Whether its points count on top.")] = True,
    url: GradebookUrl = GRADEBOOK,
) -> None:
    """Let a lesson's points count on top of what can be had."""
    with _open(url) as book:
        book.set_extra(lesson, is_extra=counts)
    typer.echo(f"{lesson}: {'counts on top' if counts else 'counts as the others'}")


@app.command()
def extend(
    learner: LearnerKey,
    lesson: LessonName,
    when: Annotated[str, typer.Argument(metavar="WHEN", help="2027-03-01 (to its end) or 2027-03-01T18:00.")],
    *,
    reason: Reason = "",
    author: Author = "",
    url: GradebookUrl = GRADEBOOK,
) -> None:
    """Give one learner a later deadline."""
    moment = _moment(when)
    with _open(url) as book:
        book.extend(learner, lesson, moment, reason, _author(author))
    typer.echo(f"{learner}, {lesson}: due {_shown(moment)}")


@app.command()
def excuse(
    learner: LearnerKey,
    lesson: LessonName,
    *,
    holds: Annotated[bool, typer.Option("--excused/--not-excused", help="Excuse, or take it back.")] = True,
    reason: Reason = "",
    author: Author = "",
    url: GradebookUrl = GRADEBOOK,
) -> None:
    """Leave a lesson out of what a learner has and could have."""
    with _open(url) as book:
        book.excuse(learner, lesson, reason, _author(author), holds=holds)
    typer.echo(f"{learner}, {lesson}: {'excused' if holds else 'counts again'}")


@app.command()
def credit(
    learner: LearnerKey,
    points: Annotated[float, typer.Argument(help="Points on top; write -- before a negative number.")],
    *,
    lesson: Annotated[str | None, typer.Option(help="The lesson it is given in.", show_default="none")] = None,
    reason: Reason = "",
    author: Author = "",
    url: GradebookUrl = GRADEBOOK,
) -> None:
    """Give extra credit, or (a negative number) take some back."""
    with _open(url) as book:
        book.credit(learner, points, reason, _author(author), lesson=lesson)
        row, _ = book.row(learner)
    typer.echo(f"{learner}: {points:+g}, {row.points:g} of {row.max_points:g} in all")


@app.command()
def appeal(
    learner: LearnerKey,
    exercise: Annotated[str, typer.Argument(help="The exercise's id.")],
    *,
    reason: Reason = "",
    attempt: Annotated[
        int | None, typer.Option(help="The attempt's number in the gradebook.", show_default="the last")
    ] = None,
    author: Author = "",
    url: GradebookUrl = GRADEBOOK,
) -> None:
    """Reopen one exercise of a learner, with its history."""
    with _open(url) as book:
        number = book.open_appeal(learner, exercise, reason, _author(author), attempt=attempt)
    typer.echo(f"appeal {number} is open; look at the answer with: curriculum mark --exercise {exercise}")


@app.command()
def answer(
    number: Annotated[int, typer.Argument(help="The appeal's number.")],
    words: Annotated[str, typer.Argument(help="What is answered.")],
    *,
    author: Author = "",
    url: GradebookUrl = GRADEBOOK,
) -> None:
    """Answer an appeal; a changed score is given with `curriculum mark`."""
    with _open(url) as book:
        book.close_appeal(number, words, _author(author))
    typer.echo(f"appeal {number} is closed")


@app.command()
def appeals(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    url: GradebookUrl = GRADEBOOK,
) -> None:
    """List appeals."""
    from curriculum.cli._class import print_appeals

    with _open(url) as book:
        print_appeals(book.appeals(also_closed=everything))


@app.command()
def held(learner: LearnerKey, *, url: GradebookUrl = GRADEBOOK) -> None:
    """Print everything the gradebook holds about a learner, as JSON."""
    with _open(url) as book:
        typer.echo(json.dumps(book.held(learner), indent=1, ensure_ascii=False))


@app.command()
def erase(
    learner: LearnerKey,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
    author: Author = "",
    url: GradebookUrl = GRADEBOOK,
) -> None:
    """Take everything about a learner out of the gradebook, for good."""
    with _open(url) as book:
        rows = sum(len(each) for name, each in book.held(learner).items() if name != "lesson")
        if not yes:
            typer.confirm(f"Erase {rows} rows about {learner!r}? They cannot be had back", abort=True)
        gone = book.erase(learner, _author(author))
    typer.echo(f"{gone} rows about {learner!r} are gone from {book.shown}")
    typer.echo("Not touched: submitted files, the grader's folder of results, feedback, backups, certificates.")


def _open(url: str, *, create: bool = False) -> Gradebook:
    # SQLAlchemy is slow to import and no other command needs it.
    from curriculum.gradebook import Gradebook

    return Gradebook.open(url, create=create)


def _closing(days: float | None, held: timedelta | None) -> timedelta | None:
    if days is None:
        return held
    return None if days < 0 else _span("--closes", days, _DAY)


def _span(option: str, value: float, unit: timedelta) -> timedelta:
    if not 0 <= value * (unit / _DAY) <= _LONGEST_DAYS:
        message = f"{option} {value:g} is no length of time that a course could mean"
        raise GradebookError(message)
    return value * unit


def _moment(words: str) -> datetime:
    """A time of this machine's clock; a day alone lasts to its end."""
    is_day = len(words) <= len("2027-03-01")
    try:
        found = datetime.fromisoformat(words)
        return (found + _DAY - timedelta.resolution if is_day else found).astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"{words!r} is no time; write 2027-03-01 or 2027-03-01T18:00"
        raise GradebookError(message) from None


def _shown(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M %Z")


def _author(given: str) -> str:
    try:
        return given or getpass.getuser()
    except (OSError, KeyError):
        message = "this system does not know your name; give it: --author NAME"
        raise GradebookError(message) from None


def _words(count: int, what: str) -> str:
    return f"{count} {what}" + ("s" if count != 1 else "")
