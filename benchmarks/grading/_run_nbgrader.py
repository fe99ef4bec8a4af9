"""nbgrader on the course in this folder; runs in its own environment. Arguments: the assignment, the file to write."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import Autograde, NbGraderException
from traitlets.config import Config


def main(assignment: str, out: str) -> None:
    """Generate the assignment, autograde all of it in one call, read the gradebook."""
    config = Config()
    config.CourseDirectory.root = str(Path.cwd())
    config.CourseDirectory.assignment_id = assignment
    api = NbGraderAPI(config=config)
    made = api.generate_assignment(assignment)
    if not made["success"]:
        raise SystemExit(made["log"])
    converter = Autograde(coursedir=api.coursedir, parent=api)
    begin = perf_counter()
    try:
        converter.start()
    except NbGraderException as error:
        print(error, file=sys.stderr)
    seconds = perf_counter() - begin
    passes: dict[str, dict[str, bool]] = {}
    with Gradebook(api.coursedir.db_url) as gradebook:
        for submission in gradebook.assignment_submissions(assignment):
            found = passes.setdefault(submission.student.id, {})
            for grade in (grade for notebook in submission.notebooks for grade in notebook.grades):
                found[grade.name.removeprefix("test-")] = grade.score == grade.max_score
    Path(out).write_text(json.dumps({"passes": passes, "seconds": seconds, "version": version("nbgrader")}))


if __name__ == "__main__":
    main(*sys.argv[1:])
