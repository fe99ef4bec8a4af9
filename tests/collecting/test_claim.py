"""The names that Canvas, Moodle and nbgrader give to what was handed in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from curriculum.collecting import Platform, claim_of
from curriculum.collecting._claim import parse_time


@pytest.mark.parametrize(
    ("name", "who", "number", "late", "upload", "file"),
    [
        ("lovelaceada_12345_67890_01-first.ipynb", "lovelaceada", "12345", False, 67890, "01-first.ipynb"),
        ("lovelaceada_LATE_12345_67890_work-1.zip", "lovelaceada", "12345", True, 67890, "work-1.zip"),
        ("ada_b_12345_67890_my_own_file.ipynb", "ada_b", "12345", False, 67890, "my_own_file.ipynb"),
        ("müllerzoë_1_2_x.ipynb", "müllerzoë", "1", False, 2, "x.ipynb"),
        ("preußhans_1_2_x.ipynb", "preußhans", "1", False, 2, "x.ipynb"),
        ("كريم_1_2_x.ipynb", "كريم", "1", False, 2, "x.ipynb"),
        ("anon_a1B2c_67890_x.ipynb", "anon_a1B2c", "anon_a1B2c", False, 67890, "x.ipynb"),
        ("LATE_anon_a1B2c_67890_x.ipynb", "anon_a1B2c", "anon_a1B2c", True, 67890, "x.ipynb"),
    ],
)
def test_canvas(name, who, number, late, upload, file):
    claim, own = claim_of(("some folder", name))
    assert (claim.platform, claim.name, claim.id) == (Platform.CANVAS, who, number)
    assert (claim.is_late, claim.upload, claim.file, claim.problem) == (late, upload, file, "")
    assert own == (file,)


def test_a_name_from_canvas_that_can_be_read_in_two_ways():
    """Somebody who calls themselves "lovelaceada_12345" must not become Ada."""
    claim, _ = claim_of(("lovelaceada_12345_777_888_work.zip",))
    assert "two ways" in claim.problem


@pytest.mark.parametrize(
    ("parts", "who", "number", "own"),
    [
        (("Ada Lovelace_12345_assignsubmission_file_", "01-first.ipynb"), "Ada Lovelace", "12345", ("01-first.ipynb",)),
        (("Ada Lovelace_12345_assignsubmission_file", "a", "x.ipynb"), "Ada Lovelace", "12345", ("a", "x.ipynb")),
        (("Ada Lovelace_12345_assignsubmission_file_x_y.ipynb",), "Ada Lovelace", "12345", ("x_y.ipynb",)),
        (("Participant_7_assignsubmission_file_", "x.ipynb"), "Participant", "7", ("x.ipynb",)),
        (("Default group_assignsubmission_file_", "x.ipynb"), "Default group", "", ("x.ipynb",)),
        (("week 1", "Åsa Öberg_1_assignsubmission_file_", "x.ipynb"), "Åsa Öberg", "1", ("x.ipynb",)),
    ],
)
def test_moodle(parts, who, number, own):
    claim, rest = claim_of(parts)
    assert (claim.platform, claim.name, claim.id, claim.is_work) == (Platform.MOODLE, who, number, True)
    assert rest == own


def test_moodle_s_typed_texts_are_no_work():
    claim, _ = claim_of(("Ada Lovelace_12345_assignsubmission_onlinetext_", "onlinetext.html"))
    assert not claim.is_work


@pytest.mark.parametrize(
    ("folder", "who", "time"),
    [
        ("ada+ps1+2026-03-01 12:00:00.123456 UTC+AbC-_9", "ada", (2026, 3, 1, 12, 0, 0)),
        ("ada+ps1+2026-03-01 12:00:00.123456 UTC", "ada", (2026, 3, 1, 12, 0, 0)),
        ("ada+ps1+2026-03-01 12_00_00.123456 UTC+x", "ada", (2026, 3, 1, 12, 0, 0)),
        ("ada+x@uni.edu+ps1+2026-07-01 12:00:00 EET+x", "ada+x@uni.edu", (2026, 7, 1, 9, 0, 0)),
        ("ada+ps1+2026-03-01 12:00:00 +0200+x", "ada", (2026, 3, 1, 10, 0, 0)),
    ],
)
def test_nbgrader(folder, who, time):
    claim, own = claim_of(("course", "inbound", folder, "01-first.ipynb"))
    assert (claim.platform, claim.name) == (Platform.NBGRADER, who)
    assert claim.time == datetime(*time, tzinfo=UTC)
    assert own == ("01-first.ipynb",)


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01 12:00:00 UTC", "2026-01-01 12:00:00 NOWHERE", "\0" * 50])
def test_times_that_cannot_be_read(text):
    assert parse_time(text) is None


@pytest.mark.parametrize(
    "parts",
    [
        ("01-first.ipynb",),
        ("ada", "01-first.ipynb"),
        ("2026_03_01_x.ipynb",),
        ("Ada_1_2_x.ipynb",),  # Canvas writes small letters
        ("ada_1_x.ipynb",),
        ("ada+01-first.ipynb",),
        ("_1_2_",),
    ],
)
def test_names_that_no_platform_gave(parts):
    assert claim_of(parts) is None


@pytest.mark.parametrize("digits", [20, 400, 5_000])
def test_a_number_longer_than_any_of_canvas_is_no_name_from_canvas(digits):
    assert claim_of((f"lovelaceada_12345_{'9' * digits}_work.ipynb",)) is None
    assert claim_of((f"lovelaceada_{'9' * digits}_1_work.ipynb",)) is None
    assert claim_of((f"anon_ab12_{'9' * digits}_work.ipynb",)) is None
