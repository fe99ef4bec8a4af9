"""Submissions found in files, folders and zips: every one with its learner and lesson, or with one clear line."""

from __future__ import annotations

import io
import json
import os
import socket
import stat
import struct
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from curriculum.errors import SubmissionError, UnknownNameError
from curriculum.grading.intake import _archive, _folder
from curriculum.grading.intake._collect import Refused, Sources, Submission, collect, only_lesson
from curriculum.release import learner_edition

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")


@pytest.fixture(scope="module")
def course(make_module_course):
    return make_module_course(version="7")


@pytest.fixture(scope="module")
def content(course):
    return learner_edition(course.lessons[0], course).dumps().encode()


@pytest.fixture
def sources(course):
    return Sources(course)


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "handed in"
    folder.mkdir()
    return folder


def fill(root, *names, content=b"{}"):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def zipped(path, *names, content=b"{}", **options):
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name in names:
            archive.writestr(name, content)
    return path


def found(collected):
    return sorted((item.learner, item.lesson.id, item.file) for item in collected if isinstance(item, Submission))


def refused(collected):
    items = [item for item in collected if isinstance(item, Refused)]
    assert all("\n" not in item.problem and item.problem.isprintable() and item.file.isprintable() for item in items)
    return sorted((item.learner, item.file, item.problem) for item in items)


def only_problem(collected):
    [(_, _, problem)] = refused(collected)
    return problem


def folder_or_zip(kind, place, *names):
    """The same files as a folder, as a zip, and as a zip with the folder in it."""
    fill(place, *names)
    if kind == "folder":
        return place
    prefix = f"{place.name}/" if kind == "zip of the folder" else ""
    return zipped(place.parent / f"{place.name}.zip", *(prefix + name for name in names))


every_kind = pytest.mark.parametrize("kind", ["folder", "zip", "zip of the folder"])


# --- where submissions stand -----------------------------------------------------------------------------------------


@every_kind
def test_a_folder_of_learners(kind, place, sources):
    names = ["anna/01-first.ipynb", "bob/01-first.ipynb", "bob/01-second.ipynb", "Čeněk Ü/first.ipynb"]
    collected = collect(folder_or_zip(kind, place, *names), sources)
    assert [(learner, lesson) for learner, lesson, _ in found(collected)] == [
        ("anna", "first"),
        ("bob", "first"),
        ("bob", "second"),
        ("Čeněk Ü", "first"),
    ]
    assert refused(collected) == []
    assert len(collected) == 4
    assert found(collected) == found(collected)  # it can be gone through again
    assert {item.content for item in collected} == {b"{}"}
    assert not Path(next(iter(collected)).file).is_absolute()


@every_kind
def test_learners_workspaces(kind, place, sources):
    names = [
        "anna/00-start/01-first.ipynb",
        "anna/01-more/01-second.ipynb",
        "anna/.curriculum/base/00-start/01-first.ipynb",
        "anna/00-start/.ipynb_checkpoints/01-first-checkpoint.ipynb",
        "anna/00-start/notes.txt",
        "bob/00-start/01-first.ipynb",
        "__MACOSX/bob/00-start/._01-first.ipynb",
    ]
    collected = collect(folder_or_zip(kind, place, *names), sources)
    assert [(learner, lesson) for learner, lesson, _ in found(collected)] == [
        ("anna", "first"),
        ("anna", "second"),
        ("bob", "first"),
    ]
    assert refused(collected) == []


@pytest.mark.parametrize("kind", ["folder", "zip", "zip of the folder"])
@pytest.mark.parametrize("names", [["00-start/01-first.ipynb", "01-more/01-second.ipynb"], ["01-first.ipynb"]])
def test_one_learners_folder(kind, place, sources, names):
    place = place.rename(place.parent / "anna")
    collected = collect(folder_or_zip(kind, place, *names), sources)
    assert {learner for learner, _, _ in found(collected)} == {"anna"}
    assert len(collected) == len(names)
    if kind == "folder":
        assert {learner for learner, _, _ in found(collect(place, sources, learner="Anna B."))} == {"Anna B."}


def test_one_notebook(place, sources, course):
    fill(place, "anna/00-start/01-first.ipynb", "anna/01-second.ipynb", "essays/bob.ipynb")
    assert found(collect(place / "anna" / "00-start" / "01-first.ipynb", sources)) == [
        ("anna", "first", "01-first.ipynb")
    ]
    assert found(collect(place / "anna" / "01-second.ipynb", sources, learner="me")) == [
        ("me", "second", "01-second.ipynb")
    ]
    only = Sources(course, only=course.lessons[0])
    assert found(collect(place / "essays" / "bob.ipynb", only)) == [("bob", "first", "bob.ipynb")]


@pytest.mark.parametrize("given", ["course", "submitted"])
def test_nbgraders_folders(place, course, given):
    fill(place, "source/ps1/problem1.ipynb", "source/ps1/problem2.ipynb", "release/ps1/problem1.ipynb")
    fill(place, "submitted/anna/ps1/problem1.ipynb", "submitted/anna/ps1/problem2.ipynb", "submitted/bob/ps1/x.ipynb")
    fill(place, "submitted/bob/ps9/problem1.ipynb", "submitted/bob/ps1/data.csv", "autograded/bob/ps1/problem1.ipynb")
    collected = collect(place if given == "course" else place / "submitted", Sources(course))
    assert found(collected) == [
        ("anna", "problem1", "anna/ps1/problem1.ipynb"),
        ("anna", "problem2", "anna/ps1/problem2.ipynb"),
    ]
    lesson = next(item.lesson for item in collected if isinstance(item, Submission))
    assert lesson.path == place / "source" / "ps1" / "problem1.ipynb"
    assert [file for _, file, _ in refused(collected)] == ["bob/ps1/x.ipynb", "bob/ps9/problem1.ipynb"]


def test_nbgraders_folders_with_the_course_s_lessons(place, sources):
    fill(place, "submitted/anna/homework/01-first.ipynb")
    assert found(collect(place, sources)) == [("anna", "first", "anna/homework/01-first.ipynb")]
    path = zipped(place / "x.zip", "cs1/submitted/anna/homework/01-first.ipynb", "cs1/source/homework/01-first.ipynb")
    assert found(collect(path, sources)) == [("anna", "first", "cs1/submitted/anna/homework/01-first.ipynb")]


@pytest.mark.parametrize(
    ("prefix", "rest"), [("", "ps1/"), ("submitted/", "ps1/"), ("", ""), ("submitted/", ""), ("a/submitted/", "ps1/")]
)
@pytest.mark.parametrize("name", ["submitted.zip", "other.zip"])
def test_zips_of_nbgraders_folder(place, sources, prefix, rest, name):
    names = [f"{prefix}{learner}/{rest}01-first.ipynb" for learner in ("anna", "bob")]
    path = zipped(place / name, *names)
    assert [learner for learner, _, _ in found(collect(path, sources))] == ["anna", "bob"]


def test_one_lesson_for_all(place, course):
    only = Sources(course, only=only_lesson("first", course))
    fill(place, "s01.ipynb", "s02.ipynb", "anna/01-first.ipynb", "anna/scratch.ipynb", "anna/01-second.ipynb")
    collected = collect(place, only)
    assert found(collected) == [
        ("anna", "first", "anna/01-first.ipynb"),
        ("s01", "first", "s01.ipynb"),
        ("s02", "first", "s02.ipynb"),
    ]
    assert refused(collected) == [("anna", "anna/scratch.ipynb", "is not called as the lesson 'first'")]


def test_the_one_lesson_by_its_path(place, course):
    fill(place, "mine/homework.ipynb")
    lesson = only_lesson(str(place / "mine" / "homework.ipynb"), None)
    assert lesson.path == place / "mine" / "homework.ipynb"
    with pytest.raises(UnknownNameError, match="did you mean 'first'"):
        only_lesson("frist", course)
    with pytest.raises(SubmissionError, match="no such source"):
        only_lesson("first", None)


@every_kind
def test_the_same_lesson_twice_is_for_a_person_to_decide(kind, place, sources):
    names = ["anna/01-first.ipynb", "anna/01-first-Copy1.ipynb", "bob/01-first.ipynb", "eve/first (2).ipynb"]
    collected = collect(folder_or_zip(kind, place, *names), sources)
    assert [learner for learner, _, _ in found(collected)] == ["bob", "eve"]
    problem = only_problem(collected)
    assert "anna/01-first.ipynb" in problem
    assert "anna/01-first-Copy1.ipynb" in problem


def test_an_unknown_lesson_gets_the_nearest_name(place, sources):
    fill(place, "anna/01-frist.ipynb", "anna/a/b/01-first.ipynb")
    collected = collect(place, sources)
    assert found(collected) == []
    unknown, deep = refused(collected)
    assert "did you mean 'first'?" in unknown[2]
    assert "too deep" in deep[2]


@pytest.mark.parametrize("name", ["a\nb", "x" * 129, " ", "a\u202eb"])
def test_learners_names_are_looked_at(place, sources, name):
    fill(place, f"{name}/01-first.ipynb", "bob/01-first.ipynb")
    collected = collect(place, sources)
    assert [learner for learner, _, _ in found(collected)] == ["bob"]
    assert "learner's name" in only_problem(collected)


@posix
def test_a_name_that_is_no_text_is_refused(place, sources):
    fill(place, os.fsdecode(b"anna\xff/01-first.ipynb"))
    assert "cannot be shown" in only_problem(collect(place, sources))


def test_nothing_to_grade_is_an_error(place, sources):
    for thing in (place, place / "none", place / "none.ipynb"):
        with pytest.raises(SubmissionError):
            collect(thing, sources)
    fill(place, "a.tar", "b.zip")
    for thing in (place, place / "a.tar", place / "b.zip", zipped(place / "c.zip", "a.txt")):
        with pytest.raises(SubmissionError):
            collect(thing, sources)


# --- versions --------------------------------------------------------------------------------------------------------


def test_a_release_of_this_version_or_of_none_is_taken(place, sources, content):
    fill(place, "anna/01-first.ipynb", content=content)
    fill(place, "bob/01-first.ipynb", content=b'{"metadata": {"curriculum": {"lesson": "first"}}}')
    fill(place, "eve/01-first.ipynb", content=b'{"metadata": {"curriculum": {')
    assert len(found(collect(place, sources))) == 3


@pytest.mark.parametrize("indent", [None, 1, 4])
def test_another_version_is_refused_unless_any_will_do(place, sources, content, indent):
    document = json.loads(content)
    document["metadata"]["curriculum"]["version"] = "6"
    document["cells"].append(
        {"cell_type": "raw", "id": "z", "metadata": {}, "source": '"curriculum": {"version": "7"}', "outputs": []}
    )
    fill(place, "anna/01-first.ipynb", content=json.dumps(document, indent=indent).encode())
    problem = only_problem(collect(place, sources))
    assert problem.startswith("was released as version 6; this is version 7")
    assert "--any-version" in problem
    assert len(found(collect(place, sources, any_version=True))) == 1
    assert len(found(collect(place, Sources(None, only=sources.course.lessons[0])))) == 1


# --- what must not be read -------------------------------------------------------------------------------------------


@posix
def test_links_are_refused_and_never_followed(place, tmp_path, sources):
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(b"secret")
    fill(place, "bob/01-first.ipynb", "ann/notes.txt")
    for name, target in {
        "a-out": secret,
        "b-other": place / "bob" / "01-first.ipynb",
        "c-gone": place / "nowhere",
        "d-passwd": "/etc/passwd",
    }.items():
        (place / name).mkdir()
        (place / name / "01-first.ipynb").symlink_to(target)
    (place / "loop").symlink_to(place)
    (place / "self").symlink_to("self")
    (place / "outside").symlink_to(tmp_path)
    (place / "ann" / "01-first.ipynb").hardlink_to(secret)
    collected = collect(place, sources)
    assert found(collected) == [("bob", "first", "bob/01-first.ipynb")]
    problems = {file: problem for _, file, problem in refused(collected)}
    assert len(problems) == 8
    assert "hard link" in problems.pop("ann/01-first.ipynb")
    assert all("symbolic link" in problem for problem in problems.values())


@posix
def test_pipes_sockets_and_folders_named_as_notebooks(place, sources, monkeypatch):
    fill(place, "bob/01-first.ipynb", "folder/01-first.ipynb/readme.txt")
    (place / "pipe").mkdir()
    os.mkfifo(place / "pipe" / "01-first.ipynb")
    (place / "s").mkdir()
    monkeypatch.chdir(place / "s")  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("01-first.ipynb")
        collected = collect(place, sources)
        assert found(collected) == [("bob", "first", "bob/01-first.ipynb")]
        assert [problem for _, _, problem in refused(collected)] == ["is not an ordinary file"] * 2


@posix
@pytest.mark.parametrize("swap", ["symlink", "pipe", "gone", "large"])
def test_a_file_that_changes_after_it_was_found_is_looked_at_again(place, tmp_path, sources, monkeypatch, swap):
    monkeypatch.setattr(_folder, "MAX_FILE", 1_000)
    (tmp_path / "secret").write_bytes(b"secret")
    fill(place, "anna/01-first.ipynb", "bob/01-first.ipynb")
    collected = collect(place, sources)
    path = place / "anna" / "01-first.ipynb"
    path.unlink()
    {
        "symlink": lambda: path.symlink_to(tmp_path / "secret"),
        "pipe": lambda: os.mkfifo(path),
        "gone": lambda: None,
        "large": lambda: path.write_bytes(b"x" * 2_000),
    }[swap]()
    assert [learner for learner, _, _ in found(collected)] == ["bob"]
    assert [learner for learner, _, _ in refused(collected)] == ["anna"]


def test_a_large_file_is_refused_with_its_size(place, sources):
    fill(place, "anna/01-first.ipynb", "bob/01-first.ipynb")
    with (place / "anna" / "01-first.ipynb").open("r+b") as file:
        file.truncate(_folder.MAX_FILE + (1 << 20))
    collected = collect(place, sources)
    assert found(collected) == [("bob", "first", "bob/01-first.ipynb")]
    assert only_problem(collected) == "is 65 MiB; 64 at most are read"


def test_folders_without_end_are_refused(place, sources):
    fill(place, "/".join("a" * (_folder.MAX_DEPTH + 2)) + "/01-first.ipynb", "bob/01-first.ipynb")
    collected = collect(place, sources)
    assert len(found(collected)) == 1
    assert "folders deep" in only_problem(collected)


# --- zips ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["../x/01-first.ipynb", "a/../../01-first.ipynb", "/etc/01-first.ipynb", "C:/x/01-first.ipynb", "a\\..\\x.ipynb"],
)
def test_names_that_lead_out_of_a_zip(place, sources, name):
    path = zipped(place / "x.zip", name, "bob/01-first.ipynb")
    collected = collect(path, sources)
    assert found(collected) == [("bob", "first", "bob/01-first.ipynb")]
    assert only_problem(collected) == "has a name that leads out of the zip"
    assert [entry.name for entry in place.iterdir()] == ["x.zip"]


def test_a_name_with_a_null_byte(place, sources):
    path = zipped(place / "x.zip", "eve/01-first.ipynb?.txt", "bob/01-first.ipynb")
    path.write_bytes(path.read_bytes().replace(b"ipynb?", b"ipynb\0"))
    collected = collect(path, sources)
    assert len(found(collected)) == 1
    assert "cannot be shown" in only_problem(collected)


def with_member(path, name, change=None, content=b"{}", method=zipfile.ZIP_DEFLATED):
    """A zip of a good submission and a special one."""
    info = zipfile.ZipInfo(name)
    info.compress_type = method
    if change:
        change(info)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("bob/01-first.ipynb", "{}")
        archive.writestr(info, content)
    return path


def set_mode(mode):
    return lambda info: setattr(info, "external_attr", mode << 16)


@pytest.mark.parametrize(
    ("name", "change", "content", "method", "says"),
    [
        ("eve/01-first.ipynb", set_mode(stat.S_IFLNK | 0o777), b"/etc/passwd", zipfile.ZIP_STORED, "symbolic link"),
        ("eve/01-first.ipynb", set_mode(stat.S_IFIFO | 0o644), b"", zipfile.ZIP_STORED, "ordinary"),
        ("eve/01-first.ipynb", None, b"0" * 5_000_000, zipfile.ZIP_DEFLATED, "200 times its size"),
        ("eve/01-first.ipynb", None, b"0" * ((64 << 20) + 1), zipfile.ZIP_DEFLATED, "MiB"),
        ("eve/01-first.ipynb", None, b"{}", zipfile.ZIP_LZMA, "uncommon"),
        ("eve/01-first.ipynb", None, b"{}", zipfile.ZIP_BZIP2, "uncommon"),
        ("eve/work.zip", None, b"PK", zipfile.ZIP_STORED, "zip inside the zip"),
    ],
    ids=["symlink", "pipe", "bomb", "large", "lzma", "bzip2", "nested"],
)
def test_members_that_are_not_read(place, sources, name, change, content, method, says):
    collected = collect(with_member(place / "x.zip", name, change, content, method), sources)
    assert found(collected) == [("bob", "first", "bob/01-first.ipynb")]
    assert says in only_problem(collected)


@every_kind
def test_a_refused_file_is_its_learner_s(kind, place, sources, monkeypatch):
    monkeypatch.setattr(_folder, "MAX_FILE", 100)
    names = ["anna/00-start/01-first.ipynb", "bob/00-start/01-first.ipynb"]
    fill(place, "eve/00-start/01-first.ipynb", content=b"x" * 101)
    target = folder_or_zip(kind, place, *names)
    if kind != "folder":
        prefix = "" if kind == "zip" else f"{place.name}/"
        with zipfile.ZipFile(target, "a") as archive:
            archive.writestr(f"{prefix}eve/00-start/01-first.ipynb", b"x" * 101)
    collected = collect(target, sources)
    assert len(found(collected)) == 2
    assert [learner for learner, _, _ in refused(collected)] == ["eve"]


def test_a_member_that_is_there_twice(place, sources):
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = zipped(place / "x.zip", "eve/01-first.ipynb", "eve/01-first.ipynb", "bob/01-first.ipynb")
    collected = collect(path, sources)
    assert [learner for learner, _, _ in found(collected)] == ["bob"]
    assert only_problem(collected) == "is in the zip 2 times"


def test_an_encrypted_member(place, sources):
    path = zipped(place / "x.zip", "eve/01-first.ipynb", "bob/01-first.ipynb")
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(data)
    collected = collect(path, sources)
    assert [learner for learner, _, _ in found(collected)] == ["bob"]
    assert "encrypted" in only_problem(collected)


@pytest.mark.parametrize(("raw", "readable"), [("Grüße".encode(), True), ("Grüße".encode("cp850"), False)])
def test_names_that_do_not_say_they_are_utf_8(place, sources, raw, readable):
    path = zipped(place / "x.zip", "e" * len(raw) + "/01-first.ipynb", "bob/01-first.ipynb")
    path.write_bytes(path.read_bytes().replace(b"e" * len(raw), raw))
    collected = collect(path, sources)
    assert len(found(collected)) == (2 if readable else 1)
    if readable:
        assert found(collected)[0][0] == "Grüße"
    else:
        assert "not UTF-8" in only_problem(collected)


def test_damage_inside_a_zip_costs_that_member_alone(place, sources):
    path = zipped(place / "x.zip", "eve/01-first.ipynb", "bob/01-first.ipynb", content=b"0123456789")
    data = path.read_bytes()
    path.write_bytes(data.replace(b"0123456789", b"0123456780", 1))
    collected = collect(path, sources)
    assert [learner for learner, _, _ in found(collected)] == ["bob"]
    assert "cannot be unpacked" in only_problem(collected)


def test_a_size_that_lies_is_noticed(place, sources):
    path = zipped(place / "x.zip", "eve/01-first.ipynb", "bob/01-first.ipynb", content=b"1" * 500)
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    struct.pack_into("<L", data, at + 24, 7)
    path.write_bytes(data)
    assert [learner for learner, _, _ in found(collect(path, sources))] == ["bob"]


@pytest.mark.parametrize("keep", [0, 3, 30, -5, -30])
def test_a_broken_zip_is_one_line(place, sources, keep):
    path = zipped(place / "x.zip", "bob/01-first.ipynb")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(SubmissionError, match="not a zip that can be read") as caught:
        collect(path, sources)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("limit", ["MAX_MEMBERS", "MAX_UNPACKED"])
def test_a_zip_of_too_much_is_refused(place, sources, monkeypatch, limit):
    path = zipped(place / "x.zip", *(f"l{number}/01-first.ipynb" for number in range(20)))
    assert len(collect(path, sources)) == 20
    monkeypatch.setattr(_archive, limit, 19)
    with pytest.raises(SubmissionError, match="at most"):
        collect(path, sources)


def test_a_zip_is_never_unpacked_to_disk(place, sources, monkeypatch):
    path = zipped(place / "x.zip", "bob/01-first.ipynb", "eve/01-first.ipynb")
    monkeypatch.chdir(place)
    before = sorted(place.rglob("*"))
    assert len(found(collect(path, sources))) == 2
    assert sorted(place.rglob("*")) == before


# --- many of them ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_submissions_are_read_one_at_a_time(kind, place, sources):
    names = [f"l{number}/01-first.ipynb" for number in range(50)]
    content = b"[" + b"0," * 500_000 + b"0]"
    if kind == "folder":
        fill(place, *names, content=content)
        target = place
    else:
        target = zipped(place / "x.zip", *names, content=content, compression=zipfile.ZIP_STORED)
    tracemalloc.start()
    try:
        count = sum(len(item.content) == len(content) for item in collect(target, sources))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 50
    assert peak < 8 * len(content)


def test_an_order_that_does_not_depend_on_the_disk(place, sources):
    names = [f"l{number}/01-first.ipynb" for number in (3, 1, 2)]
    fill(place, *names)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "{}")
    (place.parent / "y.zip").write_bytes(buffer.getvalue())
    for target in (place, place.parent / "y.zip"):
        assert [item.learner for item in collect(target, sources)] == ["l1", "l2", "l3"]


# --- what `curriculum collect` wrote ---------------------------------------------------------------------------------


def test_beside_a_collection_attempts_and_unmatched_files_are_left_out(place, sources):
    names = ["anna/01-first.ipynb", "attempts/01/anna/01-first.ipynb", "unmatched/001-x.ipynb"]
    fill(place, *names)
    assert len(collect(place, sources)) == 3
    fill(place, "collected.json")
    assert found(collect(place, sources)) == [("anna", "first", "anna/01-first.ipynb")]
    assert found(collect(place / "attempts" / "01", sources)) == [("anna", "first", "anna/01-first.ipynb")]


def test_a_large_zip_in_a_folder_is_looked_for_by_who_wants_it(place, monkeypatch):
    monkeypatch.setattr(_folder, "MAX_FILE", 100)
    fill(place, "big.zip", "big.ipynb", content=b"x" * 101)
    listing = _folder.Folder(place, wanted=lambda name: True).listing()
    assert [file.parts for file in listing.files] == [("big.zip",)]
    assert [item.file for item in listing.refused] == ["big.ipynb"]
    assert _folder.Folder(place).listing().files == ()


def test_a_zip_in_memory_is_read_as_one_on_disk(place):
    path = zipped(place / "x.zip", "bob/01-first.ipynb", "bob/notes.txt")
    on_disk, in_memory = _archive.Archive(path), _archive.Archive(path, path.read_bytes())
    path.unlink()
    [file] = in_memory.listing().files
    with in_memory.reading() as read:
        assert read(file) == b"{}"
    assert len(_archive.Archive(path, in_memory.content, wanted=lambda name: True).listing().files) == 2
    with pytest.raises(SubmissionError, match="not a zip that can be read"):
        on_disk.listing()
