"""Commands that carry grades, feedback and lessons to other systems and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curriculum import course as courses
from curriculum.cli._options import GRADEBOOK, AsJson, CourseRoot, GradebookUrl

if TYPE_CHECKING:
    from curriculum.gradebook import Sheet

app = typer.Typer(
    help="Canvas, Moodle, Gradescope, nbgrader, JupyterHub, Binder and Colab.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Cohort = Annotated[str, typer.Option(help="Only this class.", show_default="all")]
Out = Annotated[Path, typer.Option(help="File to write.", show_default=False)]
Overwrite = Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")]
Incomplete = Annotated[
    bool, typer.Option("--incomplete", help="Write points so far where a person has yet to grade a part.")
]
Zeros = Annotated[bool, typer.Option("--zeros", help="Write 0 where nothing was handed in.")]
Scale = Annotated[bool, typer.Option("--scale", help="Convert points to the other system's maximum.")]
Lessons = Annotated[list[str] | None, typer.Argument(help="Which lessons; all by default.", show_default=False)]


def register(parent: typer.Typer) -> None:
    """Add the commands of this file."""
    parent.add_typer(app, name="bridge", rich_help_panel="Teach and write")


@app.command()
def canvas(
    export: Annotated[Path, typer.Argument(help="CSV file that Canvas exported from its gradebook.")],
    *,
    url: GradebookUrl = GRADEBOOK,
    out: Out,
    cohort: Cohort = "",
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", help="LESSON=COLUMN: the assignment's title or number.", show_default=False),
    ] = None,
    submissions: Annotated[
        list[str] | None,
        typer.Option(
            help="LESSON=ZIP, the zip of Canvas's Download Submissions: write a zip of feedback to upload again.",
            show_default=False,
        ),
    ] = None,
    incomplete: Incomplete = False,
    zeros: Zeros = False,
    scale: Scale = False,
    overwrite: Overwrite = False,
) -> None:
    """Write the CSV that Canvas imports, and zips of feedback beside it.

    Ends with 1 if a grade, a row or a learner was left out.
    """
    from curriculum import bridges
    from curriculum.cli._bridges import print_report

    sheet = _sheet(url, cohort)
    choices = bridges.Choices(incomplete, zeros, scale)
    zips = _pairs(submissions, "--submissions")
    reports = [
        bridges.fill_canvas(sheet, export, out, columns=_pairs(mapped, "--map"), choices=choices, overwrite=overwrite)
    ]
    for lesson, path in zips.items():
        target = out.with_name(f"{out.stem}-{lesson}-feedback.zip")
        reports.append(bridges.write_canvas_feedback(sheet, lesson, export, Path(path), target, overwrite=overwrite))
    whole = [print_report(report) for report in reports]
    if not all(whole):
        raise typer.Exit(1)


@app.command()
def moodle(
    worksheet: Annotated[
        Path | None,
        typer.Argument(
            help="Grading worksheet of the lesson's assignment; without one, a file for Moodle's gradebook is written.",
            show_default=False,
        ),
    ] = None,
    *,
    url: GradebookUrl = GRADEBOOK,
    out: Out,
    lesson: Annotated[str, typer.Option(help="The worksheet's lesson.", show_default=False)] = "",
    cohort: Cohort = "",
    column: Annotated[
        list[str] | None,
        typer.Option(
            help="NAME=HEADER where Moodle does not speak English; names: identifier, name, email, username, "
            "id-number, grade, maximum, can-change, feedback.",
            show_default=False,
        ),
    ] = None,
    by_participant: Annotated[
        bool, typer.Option("--by-participant", help="Match by this assignment's participant numbers.")
    ] = False,
    comma: Annotated[
        bool | None,
        typer.Option("--comma/--point", help="How numbers are written.", show_default="as there"),
    ] = None,
    incomplete: Incomplete = False,
    zeros: Zeros = False,
    scale: Scale = False,
    overwrite: Overwrite = False,
) -> None:
    """Write grades and feedback into Moodle's grading worksheet.

    Ends with 1 if a grade, a row or a learner was left out.
    """
    from curriculum import bridges
    from curriculum.cli._bridges import print_report

    if (worksheet is None) == bool(lesson):
        message = "a worksheet and --lesson go together; give both, or neither for Moodle's gradebook"
        raise typer.BadParameter(message)
    sheet = _sheet(url, cohort)
    choices = bridges.Choices(incomplete, zeros, scale)
    if worksheet is None:
        report = bridges.write_moodle_gradebook(sheet, out, comma=bool(comma), choices=choices, overwrite=overwrite)
    else:
        report = bridges.fill_moodle(
            sheet,
            lesson,
            worksheet,
            out,
            columns=_pairs(column, "--column"),
            by_participant=by_participant,
            comma=comma,
            choices=choices,
            overwrite=overwrite,
        )
    if not print_report(report):
        raise typer.Exit(1)


@app.command()
def gradescope(
    lesson: Annotated[str, typer.Argument(help="The lesson it grades.", show_default=False)],
    *,
    out: Out = Path("autograder.zip"),
    key: Annotated[Path | None, typer.Option(help="The course's secret key.", show_default="a new one")] = None,
    requirements: Annotated[
        Path | None, typer.Option(help="Lock with hashes to install.", show_default="the course's")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse to grade where the container lacks a layer of the sandbox.")
    ] = False,
    seconds: Annotated[float, typer.Option(min=0.1, help="What one cell may take.")] = 60.0,
    memory: Annotated[int, typer.Option(min=1, help="MB that one submission may take.")] = 2048,
    overwrite: Overwrite = False,
    root: CourseRoot = None,
) -> None:
    """Write an autograder for Gradescope that grades one lesson."""
    from curriculum import bridges

    course = courses.load(root)
    made = bridges.write_gradescope_autograder(
        course,
        course.lesson(lesson),
        out,
        key=key,
        requirements=requirements,
        sandbox="strict" if strict else "available",
        seconds=seconds,
        memory=memory,
        overwrite=overwrite,
    )
    typer.echo(f"{made.lesson}: written to {made.path} ({made.size / 1_000_000:.1f} MB), with {made.requirements.name}")
    typer.echo("it holds the lesson's solutions and a secret key: give it to nobody but Gradescope")


@app.command()
def nbgrader(
    lessons: Lessons = None,
    *,
    out: Annotated[Path, typer.Option(help="nbgrader's course folder.", show_default=False)],
    submissions: Annotated[
        Path | None, typer.Option(help="Submissions, as `curriculum grade` takes them.", show_default=False)
    ] = None,
    gradebook: Annotated[
        str, typer.Option(help="Address of a gradebook, to list its learners.", show_default=False)
    ] = "",
    cohort: Cohort = "",
    root: CourseRoot = None,
) -> None:
    """Write lessons, and submissions, as a course folder of nbgrader's."""
    from curriculum import bridges
    from curriculum.cli._bridges import print_folder

    course = courses.load(root)
    chosen = list(dict.fromkeys(map(course.lesson, lessons))) if lessons else list(course.lessons)
    sheet = _sheet(gradebook, cohort) if gradebook else None
    made = bridges.write_nbgrader(course, chosen, out, submissions=submissions, sheet=sheet)
    print_folder(made)
    if made.refused:
        raise typer.Exit(1)


@app.command()
def links(
    lessons: Lessons = None,
    *,
    repository: Annotated[
        str, typer.Option(help="Address of the Git repository that holds the release.", show_default=False)
    ],
    branch: Annotated[str, typer.Option(help="Its branch.")] = "main",
    folder: Annotated[str, typer.Option(help="Where in it the release stands.", show_default="its top")] = "",
    hub: Annotated[str, typer.Option(help="Address of a JupyterHub with nbgitpuller.", show_default=False)] = "",
    environment: Annotated[
        str,
        typer.Option(help="Another repository for Binder to build, with nbgitpuller in it.", show_default=False),
    ] = "",
    environment_branch: Annotated[str, typer.Option(help="Its branch.")] = "main",
    as_json: AsJson = False,
    root: CourseRoot = None,
) -> None:
    """Print the links by which learners open released lessons."""
    from curriculum import bridges

    course = courses.load(root)
    chosen = list(dict.fromkeys(map(course.lesson, lessons))) if lessons else list(course.lessons)
    place = bridges.Repository(repository, branch, folder)
    built = bridges.Repository(environment, environment_branch) if environment else None
    made = {lesson.id: bridges.links(place, lesson, hub=hub, environment=built) for lesson in chosen}
    if as_json:
        typer.echo(json.dumps(made, indent=2))
        return
    for name, addresses in made.items():
        typer.echo(name)
        for system, address in addresses.items():
            typer.echo(f"  {system}: {address}")


def _sheet(address: str, cohort: str) -> Sheet:
    from curriculum.gradebook import Gradebook

    with Gradebook.open(address) as book:
        return book.sheet(cohort=cohort)


def _pairs(values: list[str] | None, option: str) -> dict[str, str]:
    """What ``NAME=VALUE`` options say."""
    pairs = [value.partition("=") for value in values or []]
    for name, sign, value in pairs:
        if not (name and sign and value):
            message = f"{option} {name}{sign}{value}: write NAME=VALUE"
            raise typer.BadParameter(message)
    return {name.strip(): value.strip() for name, _, value in pairs}
