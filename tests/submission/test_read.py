"""Reading: whatever became of a packed file is noticed, and nothing in it can do harm."""

from __future__ import annotations

import io
import json
import zipfile
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from submission.conftest import NOW

from curriculum.errors import SubmissionError
from curriculum.submission import _read, is_packed, pack, read
from curriculum.submission._seal import PLACEHOLDER, seal

MANIFEST = "submission.json"


@pytest.fixture
def data(workspace, course, write):
    write("first-sum", "first_sum = 42")
    return pack(workspace, course, course.lessons, learner="Ada", now=NOW).path.read_bytes()


def noticed(data):
    """What reading says against a file; empty if it holds it for untouched."""
    try:
        found = list(read(data).problems)
    except SubmissionError as error:
        found = [str(error)]
    assert not any("\n" in line for line in found)
    return found


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def packed_again(content, comment=b""):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = comment
        for name, text in content.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def test_every_byte_is_under_the_seal(data):
    assert noticed(data) == []
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1 << place % 8
        assert noticed(bytes(changed)), place


def test_every_bit_of_the_seal_itself_is_looked_at(data):
    for place in range(len(data) - len(PLACEHOLDER) - 22, len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[place] ^= 1 << bit
            assert noticed(bytes(changed)), (place, bit)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(start=st.integers(0, 10_000), length=st.integers(0, 50), other=st.binary(max_size=50))
def test_any_stretch_replaced_by_any_other(data, start, length, other):
    start %= len(data)
    changed = data[:start] + other + data[start + length :]
    assert bool(noticed(changed)) == (changed != data)


@pytest.mark.parametrize("where", [0, 1, 40, 400, -1, -64, -65])
def test_bytes_taken_out_and_put_in(data, where):
    place = where % len(data)
    assert noticed(data[:place] + data[place + 1 :])
    assert noticed(data[:place] + b"x" + data[place:])
    assert noticed(data[:place])
    assert noticed(data + b"\0")
    assert noticed(data + data)


def test_a_changed_notebook(data):
    content = members(data)
    content["Ada/01-first.ipynb"] += b" "
    assert noticed(packed_again(content, PLACEHOLDER)) == ["Ada/01-first.ipynb was changed after it was packed"]


def test_an_added_member(data):
    changed = packed_again(members(data) | {"Ada/03-third.ipynb": b"{}"}, PLACEHOLDER)
    assert noticed(changed) == ["Ada/03-third.ipynb was added"]
    assert read(changed).strangers == ("Ada/03-third.ipynb",)


def test_a_removed_member(data):
    content = members(data)
    del content["Ada/01-second.ipynb"]
    handed = read(packed_again(content, PLACEHOLDER))
    assert handed.problems == ("Ada/01-second.ipynb is gone",)
    assert [item.content is None for item in handed.lessons] == [False, True]


def test_a_renamed_member(data):
    content = members(data)
    content["Bob/01-first.ipynb"] = content.pop("Ada/01-first.ipynb")
    assert noticed(packed_again(content)) == ["Ada/01-first.ipynb is gone", "Bob/01-first.ipynb was added"]


def test_a_manifest_that_is_gone_or_changed(data):
    content = members(data)
    said = content.pop(MANIFEST)
    assert "is not a file of `curriculum submit`" in noticed(packed_again(content, PLACEHOLDER))[0]
    changed = packed_again({MANIFEST: said.replace(b'"Ada"', b'"Bob"')} | content, PLACEHOLDER)
    assert "the seal does not fit" in noticed(changed)[0]


def test_packed_again_with_nothing_changed(data):
    handed = read(packed_again(members(data)))
    assert "another program packed it again" in handed.problems[0]
    assert not any(item.problem for item in handed.lessons)


def test_a_seal_over_a_manifest_that_lies_is_no_help(data):
    content = members(data) | {"Ada/03-third.ipynb": b"{}"}
    content["Ada/01-first.ipynb"] += b" "
    handed = read(seal(packed_again(content, PLACEHOLDER)))
    assert not handed.is_intact
    assert len(handed.problems) == 2


def test_two_members_of_one_name(data):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members(data).items():
            archive.writestr(name, text)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("Ada/01-first.ipynb", b"{}")
    assert "two members of one name" in noticed(buffer.getvalue())[0]


def test_what_is_no_handed_in_file(tmp_path):
    for content in (b"", b"PK", b"{}", packed_again({"a.txt": b"x"}), packed_again({})):
        with pytest.raises(SubmissionError, match="is not a file of `curriculum submit`"):
            read(content)
    path = tmp_path / "x.zip"
    with pytest.raises(SubmissionError, match=r"x\.zip: cannot be read"):
        read(path)
    path.write_bytes(b"PK")
    with pytest.raises(SubmissionError, match=r"x\.zip: is not a file"):
        read(path)


def test_a_zip_is_known_by_its_manifest_or_its_seal(data):
    assert is_packed([MANIFEST, "a"], b"")
    assert is_packed(["a"], data[-200:])
    assert not is_packed(["a"], packed_again({"a": b""})[-200:])


def manifest(**changes):
    lesson = {"lesson": "first", "file": "a/01-first.ipynb", "sha256": sha256(b"{}").hexdigest(), "size": 2}
    lesson |= {"version": "1", "exercises": []}
    plain = {"format": "curriculum-submission", "schema": 1, "course": "tiny", "version": "1", "learner": "a"}
    plain |= {"workspace": "w", "made_at": "2026-01-01T00:00:00Z", "lessons": [lesson]}
    return plain | changes


EXERCISE = {"exercise": "e", "state": "passed", "attempts": 1, "hints": 0, "aided": False, "changed": False}
EXERCISE |= {"points": 1, "max_points": 1.5}


def with_exercise(**changes):
    lesson = manifest()["lessons"][0] | {"exercises": [EXERCISE | changes]}
    return manifest(lessons=[lesson])


def test_a_manifest_that_is_right():
    handed = read(packed_again({MANIFEST: json.dumps(with_exercise()), "a/01-first.ipynb": "{}"}))
    assert handed.lessons[0].note.exercises[0].max_points == 1.5


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"[]",
        b"7",
        b"\xff",
        b"[" * 100_000,
        b'{"schema": 1}',
        manifest(format="x"),
        manifest(schema="1"),
        manifest(learner=7),
        manifest(learner="x" * 501),
        manifest(learner="\ud800"),
        manifest(made_at="yesterday"),
        manifest(made_at="9" * 400),
        manifest(lessons={}),
        manifest(lessons=[7]),
        manifest(lessons=manifest()["lessons"] * 2),
        manifest(lessons=[{}] * 1_001),
        with_exercise(points=float("nan")),
        with_exercise(points=-1),
        with_exercise(points=10**400),
        with_exercise(attempts=True),
        with_exercise(attempts=1.5),
        with_exercise(aided="no"),
        with_exercise(state=None),
    ],
    ids=range(24),
)
def test_a_manifest_that_cannot_be_trusted(said):
    text = said if isinstance(said, bytes) else json.dumps(said).encode()
    with pytest.raises(SubmissionError, match=r"its submission\.json cannot be read"):
        read(packed_again({MANIFEST: text, "a/01-first.ipynb": "{}"}))


def test_a_manifest_of_a_newer_version():
    with pytest.raises(SubmissionError, match="has schema 2, this version knows 1"):
        read(packed_again({MANIFEST: json.dumps(manifest(schema=2))}))


def test_what_would_fill_the_memory_is_not_unpacked(monkeypatch):
    text = json.dumps(manifest())
    monkeypatch.setattr(_read, "MAX_FILE", 1_000)
    handed = read(packed_again({MANIFEST: text, "a/01-first.ipynb": b"0" * 2_000}))
    assert handed.problems == ("a/01-first.ipynb is damaged",)
    monkeypatch.setattr(_read, "MAX_UNPACKED", 1_500)
    assert "far more than was ever packed" in noticed(packed_again({MANIFEST: text, "b": b"0" * 2_000}))[0]
    many = {MANIFEST: text} | {str(n): b"" for n in range(1_100)}
    assert "far more than was ever packed" in noticed(packed_again(many))[0]


def test_a_link_in_place_of_a_notebook():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(MANIFEST, json.dumps(manifest()))
        link = zipfile.ZipInfo("a/01-first.ipynb")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert noticed(buffer.getvalue()) == ["a/01-first.ipynb is damaged"]
