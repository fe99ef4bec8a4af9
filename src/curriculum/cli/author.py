"""Commands for whoever writes and releases lessons."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from curriculum import course as courses
from curriculum.cli._options import AsJson, CourseRoot
from curriculum.cli._proofs import print_proofs
from curriculum.cli._tables import console, course_table, lesson_table, number
from curriculum.cli.lint import lint

Lessons = Annotated[list[str] | None, typer.Argument(help="Which lessons; all by default.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    panel = "Teach and write"
    app.command("course", rich_help_panel=panel)(show_course)
    app.command("release", rich_help_panel=panel)(release)
    app.command("lint", rich_help_panel=panel)(lint)
    app.command("prove", rich_help_panel=panel)(prove)


def show_course(
    lesson: Annotated[str | None, typer.Argument(help="Show this lesson's exercises.", show_default=False)] = None,
    *,
    as_json: AsJson = False,
    root: CourseRoot = None,
) -> None:
    """List modules and lessons, or one lesson's exercises."""
    course = courses.load(root)
    if lesson is not None:
        found = course.lesson(lesson)
        if as_json:
            typer.echo(json.dumps(_lesson_data(found), indent=2, ensure_ascii=False))
        else:
            console().print(lesson_table(found))
    elif as_json:
        typer.echo(json.dumps(_course_data(course), indent=2, ensure_ascii=False))
    else:
        console().print(course_table(course))


def release(
    lessons: Lessons = None,
    *,
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("release"),
    solutions: Annotated[bool, typer.Option("--solutions", help="Write the edition with answers.")] = False,
    root: CourseRoot = None,
) -> None:
    """Write the notebooks that learners get: stubs, no hidden tests, no outputs."""
    from curriculum.release import write_release

    course = courses.load(root)
    chosen = _chosen(course, lessons)
    written = write_release(course, chosen, out, solutions=solutions)
    edition = "solutions edition" if solutions else "learner edition"
    typer.echo(f"{len(written)} {'lesson' if len(written) == 1 else 'lessons'}, {edition}, written to {out}")


def prove(
    lessons: Lessons = None,
    *,
    answers: Annotated[
        Path | None,
        typer.Option(help="Prove this file of answers (format: docs/answers.md) in place of the lesson's own."),
    ] = None,
    draws: Annotated[int, typer.Option(min=1, help="Sets of random draws to try every answer under.")] = 1,
    nbval: Annotated[bool, typer.Option(help="Compare the notebook's stored outputs too.")] = True,
    graded: Annotated[bool, typer.Option(help="Grade every answer too, as if it had been handed in.")] = True,
    as_json: AsJson = False,
    root: CourseRoot = None,
) -> None:
    """Prove that checks tell right from wrong: every starter, mistake and right answer is tried."""
    from curriculum.prove import prove_all

    chosen = _chosen(courses.load(root), lessons)
    if answers is not None and len(chosen) != 1:
        message = "--answers goes with one lesson: name it"
        raise typer.BadParameter(message)
    proofs = prove_all(chosen, answers=answers, draws=draws, nbval=nbval, graded=graded)
    if as_json:
        typer.echo(json.dumps([proof.to_data() for proof in proofs], indent=2, ensure_ascii=False))
    else:
        print_proofs(proofs)
    if not all(proof.is_sound for proof in proofs):
        raise typer.Exit(1)


def _chosen(course: courses.Course, names: list[str] | None) -> list[courses.Lesson]:
    # A lesson named twice counts once.
    return list(dict.fromkeys(map(course.lesson, names))) if names else list(course.lessons)


def _course_data(course: courses.Course) -> dict[str, object]:
    modules = [
        {
            "folder": module.folder,
            "title": module.title,
            "minutes": module.minutes,
            "lessons": [_lesson_data(lesson) for lesson in module.lessons],
        }
        for module in course.modules
    ]
    return {"id": course.id, "title": course.title, "version": course.version, "modules": modules}


def _lesson_data(lesson: courses.Lesson) -> dict[str, object]:
    exercises = [
        {
            "id": exercise.id,
            "title": exercise.title,
            "points": exercise.points,
            "manual": exercise.is_manual,
            "quiz": exercise.is_quiz,
        }
        for exercise in lesson.exercises
    ]
    return {
        "id": lesson.id,
        "file": lesson.name,
        "title": lesson.title,
        "minutes": lesson.minutes,
        "points": number(lesson.points),
        "requires": list(lesson.requires),
        "needs": list(lesson.needs),
        "exercises": exercises,
    }
