"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CourseRoot = Annotated[
    Path | None,
    typer.Option("--course", help="Folder with a course.toml; the installed course by default.", show_default=False),
]
GradebookUrl = Annotated[
    str,
    typer.Option(
        "--gradebook", envvar="CURRICULUM_GRADEBOOK", help="A file, or postgresql://USER:PASSWORD@HOST/DATABASE."
    ),
]
GRADEBOOK = "gradebook.sqlite"
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
