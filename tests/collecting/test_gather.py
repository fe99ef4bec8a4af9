"""Collecting: by whatever way it came, everything ends where grading finds it, or apart with the reason."""

from __future__ import annotations

import io
import json
import os
import stat
import sys
import zipfile
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from collecting.conftest import NOW
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curriculum.collecting import Roster, gather, received
from curriculum.errors import SubmissionError
from curriculum.gradebook import Learner
from curriculum.grading.intake import Sources, collect
from curriculum.submission import LessonNote, Manifest

ROSTER = Roster(
    [
        Learner("ada", "Ada Lovelace", "ada@x.org", ids={"canvas": "12345"}),
        Learner("grace", "Grace Hopper", ids={"canvas": "777"}),
        Learner("zoe", "Zoë O'Brien"),
    ]
)
INBOUND = "inbound/{}+ps1+2026-03-01 {}:00:00.000000 UTC+Ab-_12"


@pytest.fixture
def to(tmp_path):
    return tmp_path / "submitted"


def described(to):
    return json.loads((to / "collected.json").read_text(encoding="utf-8"))


def files(to):
    return {item["file"]: item for item in described(to)["files"]}


def reasons(to):
    return {item["original"]: item["reason"] for item in described(to)["unmatched"]}


def tree(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def archive(content):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in content.items():
            made.writestr(name, data)
    return buffer.getvalue()


def graded(to, course):
    return {(item.learner, item.lesson.id, item.content) for item in collect(to, Sources(course))}


# --- the main case: files of `curriculum submit`, out of Canvas ------------------------------------------------------


def test_from_workspace_through_canvas_to_grading(course, packed, zipped, to):
    ada, grace = packed(lessons=("first", "second")), packed("Grace Hopper", mark="g")
    place = zipped({"lovelaceada_LATE_12345_1_Ada.zip": ada, "hoppergrace_777_2_g-1.zip": grace})
    gathered = gather(place, to, course, roster=ROSTER, now=NOW)
    assert gathered.is_clear
    assert gathered.missing == ("zoe",)
    expected = {"ada/01-first.ipynb", "ada/01-second.ipynb", "grace/01-first.ipynb"}
    assert tree(to) == expected | {"collected.json"}
    item = files(to)["ada/01-first.ipynb"]
    assert item["handed_in"] == "2026-03-01T12:00:00Z"
    assert item["handed_in_from"] == "manifest"
    assert (item["late"], item["platform"], item["seal"]) == (True, "canvas", "intact")
    assert item["original"] == "download.zip/lovelaceada_LATE_12345_1_Ada.zip/Ada Lovelace/01-first.ipynb"
    assert (item["attempt"], item["newest"], item["lesson"], item["place"]) == (
        1,
        True,
        "first",
        "00-start/01-first.ipynb",
    )
    assert files(to)["grace/01-first.ipynb"]["late"] is False
    taken = collect(to, Sources(course))
    assert {(each.learner, each.lesson.id) for each in taken} == {
        ("ada", "first"),
        ("ada", "second"),
        ("grace", "first"),
    }
    assert {each.sha256 for each in taken} == {each["sha256"] for each in files(to).values()}
    assert item["receipt"] != files(to)["grace/01-first.ipynb"]["receipt"]
    data = described(to)
    assert (data["schema"], data["collected_at"], data["course"]) == (
        1,
        "2026-03-01T12:00:00Z",
        {"id": "tiny", "version": "1"},
    )


def test_every_attempt_is_kept_and_every_round_can_be_graded(course, packed, zipped, folder, to):
    first, second, third = packed(mark="1"), packed(mark="2", hours=5), packed(mark="3", hours=2)
    week = zipped({"lovelaceada_12345_10_a.zip": first}).read_bytes()
    # Uploaded last, whatever the learner's clock says.
    later = zipped({"lovelaceada_12345_12_a-2.zip": third, "lovelaceada_12345_11_a-1.zip": second}).read_bytes()
    gathered = gather(folder({"week 1.zip": week, "week 2.zip": later}), to, course, roster=ROSTER)
    assert [item.number for item in gathered.attempts] == [1, 2, 3]
    assert tree(to) == {
        "ada/01-first.ipynb",
        "attempts/01/ada/01-first.ipynb",
        "attempts/02/ada/01-first.ipynb",
        "collected.json",
    }
    marks = []
    for place in (to / "attempts" / "01", to / "attempts" / "02", to):
        [item] = list(collect(place, Sources(course)))
        assert (item.learner, item.lesson.id) == ("ada", "first")
        marks.append(json.loads(item.content)["metadata"]["mark"])
    assert marks == ["1", "2", "3"]


def test_the_same_file_downloaded_twice_is_one_attempt(course, packed, zipped, folder, to):
    one, two = packed(mark="1"), packed(mark="2", hours=1)
    download = zipped({"lovelaceada_12345_1_a.zip": one, "lovelaceada_12345_2_b.zip": two}).read_bytes()
    gathered = gather(folder({"a.zip": download, "b.zip": download}), to, course, roster=ROSTER)
    assert [item.number for item in gathered.attempts] == [1, 2]
    assert len(files(to)["ada/01-first.ipynb"]["copies"]) == 1


def test_going_back_to_an_earlier_version_is_an_attempt(course, packed, zipped, to):
    a, b, c = packed(mark="1"), packed(mark="2", hours=1), packed(mark="1", hours=2)
    place = zipped({f"lovelaceada_12345_{n}_x.zip": data for n, data in enumerate((a, b, c), start=1)})
    gather(place, to, course, roster=ROSTER)
    assert sorted(item["attempt"] for item in files(to).values()) == [1, 2, 3]
    assert json.loads((to / "ada/01-first.ipynb").read_bytes())["metadata"]["mark"] == "1"


def test_the_platform_is_believed_and_the_contradiction_reported(course, packed, zipped, to):
    place = zipped({"hoppergrace_777_1_a.zip": packed("Ada Lovelace"), "lovelaceada_12345_2_b.zip": packed("countess")})
    gathered = gather(place, to, course, roster=ROSTER)
    assert set(files(to)) == {"grace/01-first.ipynb", "ada/01-first.ipynb"}
    assert files(to)["grace/01-first.ipynb"]["notes"] == ["says that it is 'ada''s; Canvas says 'grace'"]
    assert files(to)["ada/01-first.ipynb"]["notes"] == ["calls its learner 'countess'"]
    assert [item.owned.key for item in gathered.others] == ["grace"]
    assert not gathered.is_clear


def test_a_broken_seal_is_reported_and_the_notebook_taken(course, packed, zipped, to):
    data = packed()
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        content = {name: opened.read(name) for name in opened.namelist()}
    content["Ada Lovelace/01-first.ipynb"] += b" "
    content["Ada Lovelace/extra.ipynb"] = b"{}"
    place = zipped({"lovelaceada_12345_1_a.zip": archive(content)})
    gathered = gather(place, to, course, roster=ROSTER)
    item = files(to)["ada/01-first.ipynb"]
    assert item["seal"] == "broken"
    assert "was changed after it was packed" in item["seal_problems"][0]
    [reason] = reasons(to).values()
    assert "extra.ipynb is not in its manifest" in reason
    [kept] = described(to)["unmatched"]
    assert (to / kept["file"]).read_bytes() == archive(content)
    assert gathered.broken
    assert graded(to, course) == {("ada", "first", content["Ada Lovelace/01-first.ipynb"])}


@pytest.mark.parametrize("cut", [10, 300, -130])
def test_a_packed_file_cut_short_is_kept_apart(course, packed, zipped, to, cut):
    data = packed()[:cut]
    gathered = gather(zipped({"lovelaceada_12345_1_a.zip": data}), to, course, roster=ROSTER)
    assert not gathered.is_clear
    [item] = described(to)["unmatched"]
    assert (to / item["file"]).read_bytes() == data
    assert item["learner"] == "lovelaceada"


def test_a_packed_file_without_its_manifest_is_no_plain_zip(course, packed, zipped, to):
    with zipfile.ZipFile(io.BytesIO(packed())) as opened:
        comment, name = opened.comment, opened.namelist()[1]
        content = opened.read(name)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.comment = comment
        made.writestr(name, content)
    gather(zipped({"lovelaceada_12345_1_a.zip": buffer.getvalue()}), to, course, roster=ROSTER)
    assert files(to) == {}
    assert len(reasons(to)) == 1


# --- whose it is -----------------------------------------------------------------------------------------------------


def test_without_a_roster_the_file_says_whose_it_is(course, packed, notebook, zipped, to):
    content = {"lovelaceada_12345_1_a.zip": packed(), "leeann_5_2_01-first.ipynb": notebook(mark="l")}
    content["leeann_6_3_01-first.ipynb"] = notebook(mark="m")
    gathered = gather(zipped(content), to, course)
    assert set(files(to)) == {
        "lovelaceada-12345/01-first.ipynb",
        "leeann-5/01-first.ipynb",
        "leeann-6/01-first.ipynb",
    }
    assert gathered.is_clear


def test_two_of_one_name_are_never_mixed(course, notebook, packed, folder, to):
    moodle = "Ann Lee_{}_assignsubmission_file_/01-first.ipynb"
    gather(folder({moodle.format(n): notebook(mark=str(n)) for n in (1, 2)}), to, course)
    assert set(files(to)) == {"Ann Lee-1/01-first.ipynb", "Ann Lee-2/01-first.ipynb"}
    more = {"a.zip": packed("Ann", folder="one"), "b.zip": packed("Ann", mark="2", hours=1, folder="two")}
    gather(folder(more, "mail"), to.with_name("second"), course)
    assert all("two workspaces" in reason for reason in reasons(to.with_name("second")).values())
    more = {"a.zip": packed("Ann/e", folder="one"), "b.zip": packed("Ann-e", mark="2", hours=1, folder="two")}
    gather(folder(more, "slash"), to.with_name("third"), course)
    assert all("would share a folder" in reason for reason in reasons(to.with_name("third")).values())


def test_a_number_with_another_name_is_taken_and_told(course, notebook, zipped, to):
    gather(zipped({"kingada_12345_1_01-first.ipynb": notebook()}), to, course, roster=ROSTER)
    assert files(to)["ada/01-first.ipynb"]["notes"] == ["is from 'kingada' by Canvas, 'ada' by the number"]


def test_where_marking_is_blind_numbers_tell_learners_apart(course, packed, notebook, zipped, to):
    content = {f"Participant_{n}_assignsubmission_file_/01-first.ipynb": notebook(mark=str(n)) for n in range(3)}
    gather(zipped(content), to, course)
    assert set(files(to)) == {f"Participant-{n}/01-first.ipynb" for n in range(3)}
    gather(zipped({"anon_aB3_1_x.zip": packed()}, "canvas.zip"), to.with_name("canvas"), course)
    [item] = files(to.with_name("canvas")).values()
    assert (item["learner"], item["notes"]) == ("anon_aB3", [])


def test_namesakes_on_the_roster_are_nobody_until_a_number_tells(course, notebook, zipped, to):
    roster = Roster([Learner("ann1", "Ann Lee", ids={"canvas": "1"}), Learner("ann2", "Ann Lee")])
    content = {f"leeann_{n}_{n}_01-first.ipynb": notebook(mark=str(n)) for n in (1, 2)}
    gather(zipped(content), to, course, roster=roster)
    assert set(files(to)) == {"ann1/01-first.ipynb"}
    assert list(reasons(to).values()) == ["'leeann' can be 'ann1' or 'ann2'"]


def test_folders_called_by_key_settle_it(course, packed, folder, to):
    content = {"ada/x.zip": packed("Ann", folder="one"), "grace/y.zip": packed("Ann", mark="2", folder="two")}
    gathered = gather(folder(content), to, course, roster=ROSTER)
    assert set(files(to)) == {"ada/01-first.ipynb", "grace/01-first.ipynb"}
    assert gathered.is_clear


def test_whoever_is_not_on_the_roster_is_kept_apart(course, notebook, folder, to):
    content = {"ada/01-first.ipynb": notebook(), "mallory/01-first.ipynb": notebook(mark="x")}
    gathered = gather(folder(content), to, course, roster=ROSTER)
    assert set(files(to)) == {"ada/01-first.ipynb"}
    assert reasons(to) == {"mallory/01-first.ipynb": "nobody on the roster is 'mallory'"}
    assert gathered.missing == ("grace", "zoe")
    kept = [path.read_bytes() for path in (to / "unmatched").iterdir()]
    assert kept == [notebook(mark="x")]
    assert {learner for learner, _, _ in graded(to, course)} == {"ada"}


def test_a_name_that_could_be_another_s_number(course, packed, zipped, to):
    place = zipped({"lovelaceada_12345_777_888_work.zip": packed()})
    gather(place, to, course, roster=ROSTER)
    assert files(to) == {}
    assert "two ways" in next(iter(reasons(to).values()))


# --- Moodle, nbgrader, folders ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["folders", "flat"])
@pytest.mark.parametrize("as_zip", [True, False])
def test_moodle(course, notebook, packed, folder, zipped, to, kind, as_zip):
    end = "/" if kind == "folders" else ""
    content = {
        f"Ada Lovelace_55_assignsubmission_file_{end}Ada.zip": packed(),
        f"Zoe\u0308 OBrien_56_assignsubmission_file_{end}01-first (1).ipynb": notebook(mark="z"),
        f"Grace Hopper_57_assignsubmission_onlinetext_{end}onlinetext.html": b"<p>see file</p>",
        f"Grace Hopper_57_assignsubmission_file_{end}homework.zip": archive({"hw/01-second.ipynb": notebook("second")}),
    }
    place = zipped(content) if as_zip else folder(content)
    gathered = gather(place, to, course, roster=ROSTER)
    assert set(files(to)) == {"ada/01-first.ipynb", "zoe/01-first.ipynb", "grace/01-second.ipynb"}
    assert files(to)["zoe/01-first.ipynb"]["handed_in"] is None
    assert files(to)["zoe/01-first.ipynb"]["platform"] == "moodle"
    assert len(gathered.skipped) == 1
    assert gathered.is_clear


@pytest.mark.parametrize("as_zip", [True, False])
def test_an_nbgrader_exchange(course, notebook, folder, zipped, to, as_zip):
    content = {}
    for hour in (9, 11):
        inbound = (
            INBOUND.format("ada", f"{hour:02}").replace(":", "_") if as_zip else INBOUND.format("ada", f"{hour:02}")
        )
        content[f"{inbound}/01-first.ipynb"] = notebook(mark=str(hour))
        content[f"{inbound}/data.csv"] = b"a,b"
        content[f"{inbound}/submission_secret.txt"] = b"x"
    content[f"{inbound}/timestamp.txt"] = b"2026-03-01 11:30:00.000000 UTC\n"
    gathered = gather(zipped(content) if as_zip else folder(content, "exchange"), to, course)
    assert {file: item["handed_in"] for file, item in files(to).items()} == {
        "attempts/01/ada/01-first.ipynb": "2026-03-01T09:00:00Z",
        "ada/01-first.ipynb": "2026-03-01T11:30:00Z",
    }
    assert files(to)["ada/01-first.ipynb"]["handed_in_from"] == "timestamp.txt"
    assert files(to)["attempts/01/ada/01-first.ipynb"]["handed_in_from"] == "folder"
    assert gathered.is_clear


def test_a_folder_of_learners_and_of_files(course, notebook, packed, folder, to):
    content = {
        "ada/01-first.ipynb": notebook(mark="1"),
        "grace/00-start/01-first.ipynb": notebook(mark="2"),
        "zoe.zip": archive({"01-first.ipynb": notebook(mark="3"), "notes.txt": b"x"}),
        "mail/anything.zip": packed("Ada Lovelace", lessons=("second",)),
        "roster.csv": b"key\n",
        "grace/.curriculum/base/01-first.ipynb": b"{}",
    }
    gathered = gather(folder(content), to, course, roster=ROSTER)
    assert set(files(to)) == {
        "ada/01-first.ipynb",
        "ada/01-second.ipynb",
        "grace/01-first.ipynb",
        "zoe/01-first.ipynb",
    }
    assert sorted(gathered.skipped) == ["roster.csv", "zoe.zip/notes.txt"]
    assert files(to)["ada/01-first.ipynb"]["handed_in_from"] == "file"
    assert files(to)["zoe/01-first.ipynb"]["handed_in_from"] == "zip"


def test_one_file_alone(course, packed, notebook, folder, tmp_path, to):
    path = tmp_path / "x.zip"
    path.write_bytes(packed())
    gather(path, to, course)
    assert set(files(to)) == {"Ada Lovelace/01-first.ipynb"}
    place = folder({"ada/01-first.ipynb": notebook()}) / "ada" / "01-first.ipynb"
    gather(place, to.with_name("two"), course)
    assert set(files(to.with_name("two"))) == {"ada/01-first.ipynb"}


def test_the_time_in_a_zip_that_says_its_zone(course, notebook, tmp_path, to):
    path = tmp_path / "ada.zip"
    info = zipfile.ZipInfo("01-first.ipynb", (2026, 3, 1, 18, 0, 0))
    info.extra = b"UT\x05\x00\x01" + int(NOW.timestamp()).to_bytes(4, "little")
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(info, notebook())
    gather(path, to, course)
    assert files(to)["ada/01-first.ipynb"]["handed_in"] == "2026-03-01T12:00:00Z"


# --- which lesson ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "01-first.ipynb",
        "first.ipynb",
        "01-first-3.ipynb",
        "01-first-Copy1.ipynb",
        "my final version (2).ipynb",
        "01-first.IPYNB",
    ],
)
def test_a_notebook_says_which_lesson_it_answers(course, notebook, zipped, to, name):
    gather(zipped({f"lovelaceada_12345_1_{name}": notebook()}), to, course, roster=ROSTER)
    assert set(files(to)) == {"ada/01-first.ipynb"}


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("01-second.ipynb", None, "called as the lesson 'second', and says that it is 'first'"),
        ("essay.ipynb", b'{"nbformat": 4, "cells": []}', "no lesson is called 'essay'"),
        ("essay.ipynb", b"\xff", "no notebook that can be read"),
        ("essay.pdf", b"%PDF", "is neither a notebook nor a zip"),
        ("essay.zip", archive({"essay.pdf": b""}), "is a zip without a notebook in it"),
        ("essay.zip", b"PK no", "is not a zip that can be read"),
        ("01-first.ipynb", b'{"nbformat": 4, "cells": [], "metadata": {"curriculum": {"lesson": {"a": []}}}}', ""),
        ("01-first.ipynb", b"not json", ""),
    ],
    ids=range(8),
)
def test_what_answers_no_lesson_is_kept_apart(course, notebook, zipped, to, name, content, says):
    content = notebook() if content is None else content
    gathered = gather(zipped({f"lovelaceada_12345_1_{name}": content}), to, course, roster=ROSTER)
    if not says:
        assert (to / "ada/01-first.ipynb").read_bytes() == content
        return
    assert not gathered.is_clear
    [item] = described(to)["unmatched"]
    assert says in item["reason"]
    assert (to / item["file"]).read_bytes() == content
    assert item["file"].endswith(os.path.splitext(name)[1])  # noqa: PTH122


def test_two_files_and_nothing_to_tell_which_is_newer(course, notebook, folder, to):
    names = [
        "Ada Lovelace_5_assignsubmission_file_/01-first.ipynb",
        "Ada Lovelace_5_assignsubmission_file_/first.ipynb",
    ]
    gather(folder({name: notebook(mark=name) for name in names}), to, course)
    assert files(to) == {}
    assert all("nothing tells which is newer" in reason for reason in reasons(to).values())
    assert len(reasons(to)) == 2


def test_a_file_of_another_course(course, packed, make_course, zipped, to):
    other = make_course(name="other")
    gather(zipped({"lovelaceada_12345_1_a.zip": packed()}), to, other, roster=ROSTER)
    assert "is of the course 'tiny', not of 'other'" in next(iter(reasons(to).values()))


# --- what must not happen --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../lovelaceada_12345_1_01-first.ipynb",
        "/etc/x_1_2_01-first.ipynb",
        "a\\..\\x_1_2_y.ipynb",
        "C:/x_1_2_y.ipynb",
        "a\x1b_1_2_y.ipynb",
    ],
)
def test_names_that_lead_out(course, notebook, zipped, to, tmp_path, name):
    place = zipped({name: notebook(), "hoppergrace_777_2_01-first.ipynb": notebook(mark="g")})
    before = tree(tmp_path)
    gather(place, to, course, roster=ROSTER)
    assert set(files(to)) == {"grace/01-first.ipynb"}
    assert len(reasons(to)) == 1
    assert tree(tmp_path) - before == {f"submitted/{file}" for file in tree(to)}
    assert all(part.isprintable() for part in reasons(to))


def test_a_manifest_cannot_say_where_a_file_goes(course, packed, zipped, to, tmp_path):
    with zipfile.ZipFile(io.BytesIO(packed())) as opened:
        said = json.loads(opened.read("submission.json"))
        content = opened.read(said["lessons"][0]["file"])
    said["lessons"][0]["file"] = "../../../evil.ipynb"
    said["learner"] = "../../evil\u202e"
    bad = archive({"submission.json": json.dumps(said), "../../../evil.ipynb": content})
    before = tree(tmp_path)
    gather(zipped({"x.zip": bad}), to, course)
    assert set(files(to)) == {"evil/01-first.ipynb"} or files(to) == {}
    assert not [file for file in tree(tmp_path) - before if not file.startswith(("submitted/", "download.zip"))]


FOLDERS = st.sampled_from(
    """ada|grace|mallory|00-start|unmatched|attempts|submitted|Ünï|=1+1|..|x\x1by|inbound|CON|a\u202eb|+++|notes.zip
    Ada Lovelace_5_assignsubmission_file_|Zoë OBrien_6_assignsubmission_file|_assignsubmission_file_
    ada+ps1+2026-03-01 12:00:00.0 UTC+x|grace+ps1+soon""".replace("\n    ", "|").split("|")
)
NAMES = st.sampled_from(
    """01-first.ipynb|first (1).ipynb|01-second.ipynb|x.ipynb|.ipynb|a.pdf|timestamp.txt|x.zip|submission.json
    lovelaceada_12345_1_01-first.ipynb|hoppergrace_LATE_777_2_w.zip|x_1_2_3_4.ipynb|evil_12345_3_01-first.ipynb
    collected.json|anon_x_5_a.ipynb""".replace("\n    ", "|").split("|")
)
CONTENTS = st.sampled_from([b"", b"{}", b"PK", archive({"01-first.ipynb": b"{}"}), archive({"a/../../b.ipynb": b"{}"})])
MEMBERS = st.dictionaries(
    st.tuples(st.lists(FOLDERS, max_size=3), NAMES).map(lambda pair: "/".join([*pair[0], pair[1]])),
    CONTENTS,
    max_size=6,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(members=MEMBERS, with_roster=st.booleans())
def test_whatever_is_handed_in_is_accounted_for_and_stays_inside(course, tmp_path_factory, members, with_roster):
    room = tmp_path_factory.mktemp("room")
    place, to = room / "download.zip", room / "submitted"
    place.write_bytes(archive(members))
    try:
        gather(place, to, course, roster=ROSTER if with_roster else None)
    except SubmissionError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either way of ending is right
        assert not to.exists()
        return
    data = described(to)
    known = [item["original"] for item in (*data["files"], *data["unmatched"])] + data["skipped"]
    known += [name for item in data["files"] for name in item["copies"]]
    for name in members:
        shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in name)
        is_hidden = name.rsplit("/", 1)[-1] == ".ipynb"
        is_kept_whole = "download.zip" in known
        assert is_hidden or is_kept_whole or any(f"download.zip/{shown}" in one for one in known), name
    listed = {item["file"] for item in (*data["files"], *data["unmatched"]) if item["file"]}
    assert tree(to) == listed | {"collected.json"}
    assert tree(room) == {"download.zip"} | {f"submitted/{file}" for file in tree(to)}
    assert not with_roster or all(item["learner"] in {"ada", "grace", "zoe"} for item in data["files"])
    newest = {item["learner"] for item in data["files"] if item["newest"]}
    assert not newest or {each.learner for each in collect(to, Sources(course))} == newest


def test_zips_in_zips_end(course, notebook, zipped, to):
    data = archive({"01-first.ipynb": notebook()})
    for _ in range(5):
        data = archive({"x.zip": data})
    gather(zipped({"lovelaceada_12345_1_a.zip": data}), to, course, roster=ROSTER)
    assert "is a zip in a zip in a zip" in next(iter(reasons(to).values()))


def test_bombs_and_links_in_zips(course, notebook, tmp_path, to):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("lovelaceada_12345_1_01-first.ipynb", b"0" * 5_000_000)
        link = zipfile.ZipInfo("hoppergrace_777_2_01-first.ipynb")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
    gather(path, to, course, roster=ROSTER)
    assert files(to) == {}
    link, bomb = sorted(reasons(to).values())
    assert link.startswith("is a symbolic link")
    assert "200 times its size" in bomb


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_links_in_folders(course, notebook, folder, tmp_path, to):
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(notebook())
    place = folder({"grace/01-first.ipynb": notebook(mark="g")})
    (place / "ada").mkdir()
    (place / "ada" / "01-first.ipynb").symlink_to(secret)
    (place / "x.zip").symlink_to(secret)
    gather(place, to, course, roster=ROSTER)
    assert set(files(to)) == {"grace/01-first.ipynb"}
    assert len(reasons(to)) == 2


def test_nothing_to_collect(course, tmp_path, to):
    (tmp_path / "empty").mkdir()
    (tmp_path / "x.zip").write_bytes(b"no")
    (tmp_path / "x.tar").write_bytes(b"no")
    for name in ("empty", "x.zip", "x.tar", "none"):
        with pytest.raises(SubmissionError) as caught:
            gather(tmp_path / name, to, course)
        assert "\n" not in str(caught.value)
        assert not to.exists()
        assert {path.name for path in tmp_path.iterdir()} <= {"empty", "x.zip", "x.tar"}


# --- what is there already -------------------------------------------------------------------------------------------


def test_nothing_is_overwritten_unasked(course, notebook, packed, zipped, to):
    place = zipped({"lovelaceada_12345_1_a.zip": packed()})
    to.mkdir()
    gather(place, to, course, roster=ROSTER)
    with pytest.raises(SubmissionError, match="add --replace"):
        gather(place, to, course, roster=ROSTER)
    more = zipped({"lovelaceada_12345_1_a.zip": packed(), "hoppergrace_777_2_01-first.ipynb": notebook()}, "more.zip")
    gather(more, to, course, roster=ROSTER, replace=True)
    assert len(files(to)) == 2
    (to / "ada" / "01-first.ipynb").write_bytes(b"my own notes")
    with pytest.raises(SubmissionError, match=r"or was changed since: ada/01-first\.ipynb"):
        gather(place, to, course, roster=ROSTER, replace=True)
    assert (to / "ada" / "01-first.ipynb").read_bytes() == b"my own notes"


def test_a_folder_of_somebody_else_is_never_replaced(course, packed, zipped, to):
    place = zipped({"lovelaceada_12345_1_a.zip": packed()})
    to.mkdir()
    (to / "thesis.txt").write_text("x", encoding="utf-8")
    with pytest.raises(SubmissionError, match="is there already"):
        gather(place, to, course, replace=True)
    (to / "thesis.txt").unlink()
    gather(place, to, course)
    (to / "thesis.txt").write_text("x", encoding="utf-8")
    with pytest.raises(SubmissionError, match=r"thesis\.txt"):
        gather(place, to, course, replace=True)
    file = to.with_name("file")
    file.write_text("x", encoding="utf-8")
    with pytest.raises(SubmissionError, match="is no folder"):
        gather(place, file, course, replace=True)


def test_the_result_cannot_stand_in_what_is_collected(course, notebook, folder):
    place = folder({"ada/01-first.ipynb": notebook()})
    with pytest.raises(SubmissionError, match="inside of what is collected"):
        gather(place, place / "submitted", course)


def test_a_learner_called_like_a_folder_of_ours(course, notebook, folder, to):
    gather(folder({"unmatched/01-first.ipynb": notebook(), "attempts/01-first.ipynb": notebook(mark="2")}), to, course)
    assert {learner for learner, _, _ in graded(to, course)} == {"unmatched-", "attempts-"}


def test_times_are_utc(course, notebook, folder, to):
    place = folder({"ada/01-first.ipynb": notebook()})
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).timestamp()
    os.utime(place / "ada" / "01-first.ipynb", (moment, moment))
    gather(place, to, course)
    assert files(to)["ada/01-first.ipynb"]["handed_in"] == "2026-01-02T03:04:05Z"


def test_a_made_up_number_does_not_stop_the_class(course, notebook, zipped, to):
    names = [f"lovelaceada_12345_{'9' * digits}_01-first.ipynb" for digits in (400, 5_000)]
    work = {"hoppergrace_777_5_01-first.ipynb": notebook()}
    gathered = gather(zipped(work | dict.fromkeys(names, notebook())), to, course, roster=ROSTER)
    assert [item.owned.key for item in gathered.attempts] == ["grace"]
    assert len(gathered.unmatched) == 2


@pytest.mark.parametrize(
    "name", ["hoppergrace_777_99_01-first.ipynb", "Grace Hopper_1_assignsubmission_file_/01-first.ipynb"]
)
def test_nobody_hands_in_for_another_by_what_they_call_a_file_in_their_own_zip(course, notebook, folder, to, name):
    inner = archive({name: notebook(mark="not hers")})
    place = folder({"ada/work.zip": inner, "grace/01-first.ipynb": notebook(mark="hers")})
    gathered = gather(place, to, course, roster=ROSTER)
    assert [item.owned.find.source.original for item in gathered.attempts] == ["grace/01-first.ipynb"]
    assert "stands in what is 'ada'" in reasons(to)[f"ada/work.zip/{name}"]


def test_a_name_with_a_joiner_or_a_mark_of_direction(course, notebook, zipped, to):
    name = "مر\u200cیم \u200fکریمی"
    gathered = gather(zipped({f"{name}_12_assignsubmission_file_/01-first.ipynb": notebook()}), to, course)
    assert [item.owned.key for item in gathered.attempts] == ["مریم کریمی"]


def test_a_name_that_turns_the_text_around_is_refused(course, notebook, zipped, to):
    gather(zipped({"a\u202e/01-first.ipynb": notebook()}), to, course)
    assert list(reasons(to).values()) == ["has a name with characters that cannot be shown"]


def test_a_time_that_is_still_to_come_is_told(course, packed, zipped, to):
    content = {"lovelaceada_12345_1_w.zip": packed(hours=24 * 365), "hoppergrace_777_2_w.zip": packed("Grace Hopper")}
    gather(zipped(content), to, course, roster=ROSTER, now=NOW)
    notes = {item["learner"]: item["notes"] for item in described(to)["files"]}
    assert notes["grace"] == []
    assert "2027-03-01T12:00:00Z" in notes["ada"][0]


def test_a_manifest_that_calls_a_notebook_another_lesson(course, notebook, zipped, to):
    content = notebook("second")
    note = LessonNote("first", "a/01-first.ipynb", sha256(content).hexdigest(), len(content), "1")
    manifest = Manifest(course.id, course.version, "Ada Lovelace", "w", NOW, (note,))
    inner = archive({"submission.json": manifest.dumps(), note.file: content})
    gathered = gather(zipped({"lovelaceada_12345_1_w.zip": inner}), to, course, roster=ROSTER)
    assert not gathered.attempts
    assert "says that it is 'second', and its manifest that it is 'first'" in next(iter(reasons(to).values()))


def test_what_a_learners_zip_unpacks_to_has_an_end_zips_in_it_included(course, notebook, zipped, to, monkeypatch):
    work = notebook()
    inner = archive({f"{number}/01-first.ipynb": work for number in range(9)})
    monkeypatch.setattr("curriculum.collecting._walk.MOST_UNPACKED", len(inner) + 2 * len(work))
    content = {"lovelaceada_12345_1_w.zip": archive({"inner.zip": inner}), "hoppergrace_777_2_01-first.ipynb": work}
    gather(zipped(content), to, course, roster=ROSTER)
    assert {item["learner"] for item in described(to)["files"]} == {"ada", "grace"}
    assert sum("makes its zip unpack to more than" in reason for reason in reasons(to).values()) == 7


def test_namesakes_of_a_name_too_long_for_their_numbers_are_never_mixed(course, notebook, zipped, to):
    name = "王" * 45
    gathered = gather(
        zipped({f"{name}_{number}_1_01-first.ipynb": notebook(mark=str(number)) for number in (1, 2)}), to, course
    )
    assert not gathered.attempts
    assert all("two people of one name" in reason for reason in reasons(to).values())


def test_how_things_came_in_is_read_back_and_the_same_bytes_count_from_the_first_time(course, packed, folder, to):
    place = {f"{n}/lovelaceada_12345_{n}_w.zip": packed(mark=mark, hours=n) for n, mark in enumerate("121")}
    gather(folder(place), to, course, roster=ROSTER)
    told = received(to)
    assert sorted(arrival.handed_in.hour for arrival in told.values()) == [12, 13]
    assert {learner for learner, _ in told} == {"ada"}


@pytest.mark.parametrize("time", ["2026-03-01T12:00:00", "noon", 5])
def test_a_time_without_a_zone_is_none(course, packed, zipped, to, time):
    gather(zipped({"lovelaceada_12345_1_w.zip": packed()}), to, course, roster=ROSTER)
    data = described(to)
    data["files"][0]["handed_in"] = time
    (to / "collected.json").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(SubmissionError, match=r"is no collected\.json"):
        received(to)
