"""What learners hand in, as platforms hand it on."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from curriculum import workspace as workspaces
from curriculum.release import learner_edition
from curriculum.submission import pack

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    from conftest import CourseMaker

    return CourseMaker(tmp_path_factory.mktemp("courses"))()


@pytest.fixture
def notebook(course):
    """Makes a notebook of a lesson with something of its own in it."""

    def make(lesson="first", mark=""):
        document = learner_edition(course.lesson(lesson), course).to_json()
        document["metadata"]["mark"] = mark
        return json.dumps(document).encode()

    return make


@pytest.fixture
def packed(course, tmp_path):
    """Packs a learner's work: the bytes of a file that ``curriculum submit`` makes."""
    made = {}

    def make(learner="Ada Lovelace", mark="1", hours=0, lessons=("first",), folder=None):
        place = folder or learner
        if place not in made:
            made[place] = workspaces.create_or_update(tmp_path / f"ws-{len(made)}", course).workspace
        workspace = made[place]
        for lesson in lessons:
            path = workspace.path(course.lesson(lesson))
            document = json.loads(path.read_text(encoding="utf-8"))
            document["metadata"]["mark"] = mark
            path.write_text(json.dumps(document), encoding="utf-8")
        chosen = [course.lesson(lesson) for lesson in lessons]
        target = tmp_path / f"packed-{len(list(tmp_path.glob('packed-*')))}.zip"
        pack(workspace, course, chosen, target, learner=learner, now=NOW + timedelta(hours=hours))
        return target.read_bytes()

    return make


@pytest.fixture
def zipped(tmp_path):
    """Writes a zip of ``{name: bytes}``."""

    def make(content, name="download.zip"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, data in content.items():
                archive.writestr(member, data)
        return path

    return make


@pytest.fixture
def folder(tmp_path):
    """Writes a folder of ``{name: bytes}``."""

    def make(content, name="handed in"):
        for member, data in content.items():
            path = tmp_path / name / member
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return tmp_path / name

    return make
