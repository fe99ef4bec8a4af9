"""The command line: thin files of commands over the library, one way to end for all of them.

Exit codes: 0 fine, 1 a finding (a failed check, a lint finding), 2 bad input or usage.
"""

from __future__ import annotations

import io
import sys
from typing import NoReturn

import typer

from curriculum.cli import (
    author,
    bridge,
    certificate,
    data,
    feedback,
    grade,
    gradebook,
    handing_in,
    learner,
    mark,
    plan,
    report,
    slides,
)
from curriculum.errors import CurriculumError

app = typer.Typer(
    name="curriculum",
    help="Machine Learning Engineer: learn it, teach it, write it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for group in (learner, handing_in, author, grade, mark, feedback, report, certificate, bridge, slides, plan):
    group.register(app)
app.add_typer(gradebook.app, name="gradebook", rich_help_panel="Teach and write")
app.add_typer(data.app, name="data", rich_help_panel="Teach and write")


def main() -> NoReturn:
    """Run the command line; what a user can mend ends as one line and exit code 2."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A screen or file that cannot hold a character of a title shows a question mark in its place.
        sys.stdout.reconfigure(errors="replace")
    try:
        app()
    except CurriculumError as error:
        sys.stderr.write(f"curriculum: {error}\n")
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        sys.stderr.write("curriculum: stopped\n")
        raise SystemExit(130) from None
    except BrokenPipeError:
        raise SystemExit(0) from None
    raise SystemExit(0)
