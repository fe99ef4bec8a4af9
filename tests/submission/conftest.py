"""A small workspace with work in it, for tests of handing in."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from curriculum import workspace as workspaces

NOW = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)


@pytest.fixture
def course(make_course):
    return make_course()


@pytest.fixture
def workspace(course, tmp_path):
    return workspaces.create_or_update(tmp_path / "ws", course).workspace


@pytest.fixture
def write(workspace, course):
    """Writes answers into the workspace's notebook of an exercise: ``write("first-sum", "first_sum = 42")``."""

    def answer(exercise, source):
        lesson, _ = course.exercise(exercise)
        path = workspace.path(lesson)
        document = json.loads(path.read_text(encoding="utf-8"))
        for cell in document["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == exercise:
                cell["source"] = source
        path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        return path

    return answer
