"""Canvas's gradebook CSV there and back, and its zip of feedback. Held to Canvas's documented format, not to Canvas."""

from __future__ import annotations

import json
import zipfile
from decimal import Decimal

import nbformat
import pytest
from bridge_records import SECRET, commented, credit, graded, mark, missing, read_csv, row, sheet, write_rows

from curriculum.bridges import Choices, fill_canvas, write_canvas_feedback
from curriculum.errors import BridgeError, TableError, UnknownNameError
from curriculum.gradebook import Learner

SAMPLING = "Sampling: what would another have said? (501)"
HEADER = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", SAMPLING, "Estimation (502)", "Party (503)"]
HEADER += ["Imported Assignments Current Score", "Current Score"]
POSTING = ["", "", "", "", "", "Manual Posting", "", "", "", ""]
POSSIBLE = ["    Points Possible", "", "", "", "", "10.00", "6", "1", "(read only)", "(read only)"]
ADA = ["Lovelace, Ada", "1045", "s-1", "ada@example.org", "A", "", "", "1.00", "50", "50"]
GRACE = ["Hopper, Grace", "1046", "s-2", "grace", "A", "3.00", "", "", "", ""]
HYPATIA = ["Ὑπατία", "1047", "", "", "B", "N/A", "2", "", "", ""]
STRANGER = ["Nobody, Known", "9999", "", "", "B", "7", "", "", "", ""]
TEST = ["Student, Test", "1", "", "x", "A", "", "", "", "", ""]


@pytest.fixture
def export(tmp_path):
    return write_rows(tmp_path / "export.csv", HEADER, POSTING, POSSIBLE, ADA, GRACE, HYPATIA, STRANGER, TEST)


def learner(key="ada", name="Ada Lovelace", email="", **ids):
    return Learner(key, name, email, ids={name: str(value) for name, value in ids.items()})


def filled(who, export, tmp_path, *standings, **options):
    report = fill_canvas(sheet(row(who, *standings)), export, tmp_path / "import.csv", **options)
    return report, read_csv((tmp_path / "import.csv").read_bytes())


def by_id(rows):
    return {line["ID"]: line for line in rows}


def test_grades_stand_where_canvas_looks_for_them(export, tmp_path):
    who = learner(canvas=1045)
    report, rows = filled(who, export, tmp_path, graded("ada", "sampling", mark(7.125)), missing("ada", "estimation"))
    assert by_id(rows)["1045"][SAMPLING] == "7.13"
    assert report.grades == 1
    assert [(each.learner, each.how) for each in report.matched] == [("ada", "Canvas id")]
    assert report.columns == {"sampling": SAMPLING, "estimation": "Estimation (502)"}
    assert report.left == ()


def test_what_is_not_ours_stays_and_what_is_not_needed_goes(export, tmp_path):
    _, rows = filled(learner(canvas=1045), export, tmp_path, graded("ada", "sampling", mark(1.0)))
    assert list(rows[0]) == HEADER[:7], "columns without a lesson are left out, they may be stale"
    assert [line["ID"] for line in rows] == ["", "", "1045", "1046", "1047", "9999", "1"]
    assert rows[1]["Student"] == "    Points Possible"
    assert rows[0][SAMPLING] == "Manual Posting"
    assert (by_id(rows)["1046"][SAMPLING], by_id(rows)["9999"][SAMPLING]) == ("3.00", "7")


def test_the_file_comes_back_as_an_export_and_changes_nothing_more(export, tmp_path):
    """A second run over what the first wrote finds the same people and writes the same file."""
    who = learner(canvas=1045, name='=HYPERLINK("x")')
    standing = graded("ada", "sampling", mark(7.5))
    filled(who, export, tmp_path, standing)
    again = fill_canvas(sheet(row(who, standing)), tmp_path / "import.csv", tmp_path / "again.csv")
    assert again.grades == 1
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "import.csv").read_bytes()


@pytest.mark.parametrize(
    ("who", "line", "how"),
    [
        (learner(canvas=1045, name="", email="other@example.org"), "1045", "Canvas id"),
        (learner(sis="s-2", name=""), "1046", "SIS id"),
        (learner(email="ADA@Example.org ", name=""), "1045", "e-mail"),
        (learner(key="grace", name=""), "1046", "login"),
        (learner(key="s-2", name=""), "1046", "SIS id"),
        (learner(name="ada  LOVELACE"), "1045", "name"),
        (learner(name="\u200fὙπατία"), "1047", "name"),  # noqa: RUF001
    ],
)
def test_how_a_learner_is_told(export, tmp_path, who, line, how):
    report, rows = filled(who, export, tmp_path, graded(who.key, "estimation", mark(4.0)))
    assert by_id(rows)[line]["Estimation (502)"] == "4"
    assert [each.how for each in report.matched] == [how]


def test_the_same_name_with_another_id_is_another_person(export, tmp_path):
    report, rows = filled(learner(canvas=4711), export, tmp_path, graded("ada", "sampling", mark(9.0)))
    assert by_id(rows)["1045"][SAMPLING] == ""
    assert report.absent == ("ada",)
    assert any("another Canvas id: '1045', not '4711'" in line for line in report.unknown)


def test_a_name_that_two_have_tells_nobody(export, tmp_path):
    two = [row(learner(key=key), graded(key, "sampling", mark(9.0))) for key in ("ada-1", "ada-2")]
    report = fill_canvas(sheet(*two), export, tmp_path / "import.csv")
    assert (report.grades, report.absent) == (0, ("ada-1", "ada-2"))
    assert any("belongs to 2 learners" in line for line in report.unknown)


def test_two_rows_of_one_name_tell_nobody(tmp_path):
    twin = ["Lovelace, Ada", "1050", *ADA[2:3], "", *ADA[4:]]
    export = write_rows(tmp_path / "export.csv", HEADER, POSSIBLE, ADA, twin)
    report, _ = filled(learner(), export, tmp_path, graded("ada", "sampling", mark(9.0)))
    assert report.grades == 0
    assert all("stands in 2 rows" in line for line in report.unknown)


def test_an_id_that_two_learners_have_falls_back_on_their_addresses(export, tmp_path):
    rows = [
        row(learner(key="a", email="ada@example.org", canvas=1045), graded("a", "sampling", mark(9.0))),
        row(learner(key="b", name="B", email="b@example.org", canvas=1045), graded("b", "sampling", mark(1.0))),
    ]
    report = fill_canvas(sheet(*rows), export, tmp_path / "import.csv")
    assert [(each.learner, each.how) for each in report.matched] == [("a", "e-mail")]
    assert report.absent == ("b",)


def test_who_is_unknown_is_named_and_the_test_student_is_not(export, tmp_path):
    report, _ = filled(learner(canvas=1045), export, tmp_path)
    assert report.unknown == ("Hopper, Grace", "Ὑπατία", "Nobody, Known")


def test_excused_waiting_missing(export, tmp_path):
    rows = [
        row(learner(canvas=1045), missing("ada", "sampling", excused=True), missing("ada", "estimation")),
        row(learner("grace", "", canvas=1046), graded("grace", "sampling", mark(4.0), mark(None, 6.0))),
    ]
    report = fill_canvas(sheet(*rows), export, tmp_path / "a.csv")
    written = by_id(read_csv((tmp_path / "a.csv").read_bytes()))
    assert (written["1045"][SAMPLING], written["1045"]["Estimation (502)"]) == ("EX", "")
    assert written["1046"][SAMPLING] == "3.00", "what Canvas has is not taken away"
    assert [(each.learner, each.lesson, each.why) for each in report.left] == [
        ("grace", "sampling", "1 exercise waits for a person")
    ]
    fill_canvas(sheet(*rows), export, tmp_path / "b.csv", choices=Choices(incomplete=True, zeros=True))
    written = by_id(read_csv((tmp_path / "b.csv").read_bytes()))
    assert (written["1046"][SAMPLING], written["1046"]["Estimation (502)"]) == ("4", "0")
    assert written["1045"][SAMPLING] == "EX"


def test_what_was_handed_in_and_not_graded_is_no_zero(export, tmp_path):
    standing = graded("ada", "sampling", mark(4.0))
    lost = missing("ada", "sampling", attempts=standing.attempts)
    report, rows = filled(learner(canvas=1045), export, tmp_path, lost, choices=Choices(zeros=True))
    assert by_id(rows)["1045"][SAMPLING] == ""
    assert [each.why for each in report.left] == ["handed in, and has no grade"]


def test_a_grade_for_who_is_not_assigned_is_reported(export, tmp_path):
    report, rows = filled(learner(canvas=1047), export, tmp_path, graded("ada", "sampling", mark(4.0)))
    assert by_id(rows)["1047"][SAMPLING] == "N/A"
    assert [each.why for each in report.left] == ["is not assigned to them in Canvas"]


def test_penalty_and_extra_count(export, tmp_path):
    standing = graded("ada", "sampling", mark(9.0), penalty=1.5, extra=(credit(2.25, "found a mistake"),))
    _, rows = filled(learner(canvas=1045), export, tmp_path, standing)
    assert by_id(rows)["1045"][SAMPLING] == "9.75"


def test_another_maximum_is_refused_or_scaled(export, tmp_path):
    export = write_rows(export, HEADER, [*POSSIBLE[:5], "100,0", *POSSIBLE[6:]], ADA)
    who, standing = learner(canvas=1045), graded("ada", "sampling", mark(3.333))
    with pytest.raises(BridgeError, match=r"out of 100 points, the gradebook out of 10: .* --scale"):
        filled(who, export, tmp_path, standing)
    _, rows = filled(who, export, tmp_path, standing, choices=Choices(scale=True))
    assert by_id(rows)["1045"][SAMPLING] == "33.3"


def test_columns_are_named(export, tmp_path):
    export = write_rows(export, [*HEADER[:5], "Week 3 (77)", "Week 3 (78)"], [*POSSIBLE[:5], "10", "10"], ADA[:7])
    who, standing = learner(canvas=1045), graded("ada", "sampling", mark(5.0))
    with pytest.raises(BridgeError, match="no assignment is called like a lesson"):
        filled(who, export, tmp_path, standing)
    with pytest.raises(BridgeError, match="2 columns are called 'Week 3'"):
        filled(who, export, tmp_path, standing, columns={"sampling": "Week 3"})
    with pytest.raises(BridgeError, match=r"no assignment is called 'Weak 3 \(77\)'; did you mean 'Week 3 \(77\)'"):
        filled(who, export, tmp_path, standing, columns={"sampling": "Weak 3 (77)"})
    with pytest.raises(UnknownNameError, match="did you mean 'sampling'"):
        filled(who, export, tmp_path, standing, columns={"samplin": "78"})
    _, rows = filled(who, export, tmp_path, standing, columns={"sampling": "78"})
    assert ("Week 3 (77)" in rows[1], rows[1]["Week 3 (78)"]) == (False, "5")


def test_two_assignments_of_a_lessons_title_are_for_a_person(export, tmp_path):
    export = write_rows(export, [*HEADER[:5], "sampling (1)", "Sampling (2)"], [*POSSIBLE[:5], "10", "10"], ADA[:7])
    with pytest.raises(BridgeError, match="--map sampling=1 or 2"):
        filled(learner(canvas=1045), export, tmp_path)


def test_names_are_safe_to_open_and_ids_are_canvas_own(tmp_path):
    evil = ['=HYPERLINK("http://evil.example")', "1045", "-s1", "+ada@example.org", "@A", "", "", "", "", ""]
    export = write_rows(tmp_path / "export.csv", HEADER, POSSIBLE, evil)
    _, rows = filled(learner(canvas=1045), export, tmp_path, graded("ada", "sampling", mark(5.0)))
    assert rows[1]["Student"] == '\'=HYPERLINK("http://evil.example")'
    assert rows[1]["Section"] == "'@A"
    assert (rows[1]["SIS User ID"], rows[1]["SIS Login ID"]) == ("-s1", "+ada@example.org")


def test_semicolons_first_and_last_names_and_a_mark_at_the_beginning(tmp_path):
    header = ["LastName", "FirstName", "ID", "SIS Login ID", "Section", "Estimation (502)"]
    possible = ["    Points Possible", "", "", "", "", "6,00"]
    lines = [header, possible, ["O'Neil, Jr.", 'A "B"', "5", "ab", "x", "1,50"]]
    export = write_rows(tmp_path / "export.csv", *lines, separator=";", bom=True)
    who = learner(name='A "B" O\'Neil Jr.')
    fill_canvas(sheet(row(who, graded("ada", "estimation", mark(2.5)))), export, tmp_path / "import.csv")
    content = (tmp_path / "import.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfLastName;FirstName;ID;")
    assert read_csv(content, ";")[1]["Estimation (502)"] == "2.5"


@pytest.mark.parametrize("text", ["", "Name,Mail\n", "Student,ID\nx,1\n"])
def test_another_file_is_refused(tmp_path, text):
    path = tmp_path / "other.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BridgeError if text else TableError, match=r"other\.csv: is"):
        filled(learner(), path, tmp_path)


def test_a_file_that_is_there_is_not_overwritten_unasked(export, tmp_path):
    target = tmp_path / "import.csv"
    target.write_text("somebody's work", encoding="utf-8")
    with pytest.raises(BridgeError, match="is there already"):
        filled(learner(canvas=1045), export, tmp_path)
    assert target.read_text(encoding="utf-8") == "somebody's work"
    filled(learner(canvas=1045), export, tmp_path, overwrite=True)
    assert target.read_text(encoding="utf-8").startswith("Student,ID")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_sum_of_what_canvas_gets_agrees_to_the_point(export, tmp_path):
    thirds = [graded("ada", "sampling", mark(10 / 3)), graded("ada", "estimation", mark(5 / 3))]
    _, rows = filled(learner(canvas=1045), export, tmp_path, *thirds)
    line = by_id(rows)["1045"]
    assert abs(Decimal(line[SAMPLING]) + Decimal(line["Estimation (502)"]) - Decimal(5)) <= Decimal("0.01")


# --- feedback --------------------------------------------------------------------------------------------------------


@pytest.fixture
def handed(tmp_path):
    path = tmp_path / "submissions.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in [
            "lovelaceada_1045_880_03-sampling.ipynb",
            "lovelaceada_LATE_1045_881_03-sampling-1.ipynb",
            "hoppergrace_1046_882_03-sampling.ipynb",
            "nobody_9999_883_03-sampling.ipynb",
            "lovelaceada_1045_884_notes_7_8.txt",
            "._lovelaceada_1045_885_03-sampling.ipynb",
            "../../etc/passwd",
        ]:
            archive.writestr(name, "{}")
    return path


def fed(export, handed, tmp_path, *rows):
    report = write_canvas_feedback(sheet(*rows), "sampling", export, handed, tmp_path / "feedback.zip")
    with zipfile.ZipFile(tmp_path / "feedback.zip") as archive:
        return report, {name: archive.read(name) for name in archive.namelist()}


def test_feedback_is_called_as_canvas_called_the_latest_file(export, handed, tmp_path):
    evil = "```\n<script>alert(1)</script> ````"
    given = mark(4.0, message=evil, scores=(commented(None, "Nearly there. \u202e\x07"),))
    report, files = fed(export, handed, tmp_path, row(learner(canvas=1045), graded("ada", "sampling", given)))
    assert list(files) == ["lovelaceada_LATE_1045_881_03-sampling-1.ipynb"]
    notebook = nbformat.reads(files.popitem()[1].decode("utf-8"), as_version=4)
    nbformat.validate(notebook)
    text = notebook.cells[1].source
    assert text.startswith("`````text\n"), "the fence is longer than any in it"
    assert "Exercise: the mean: 4 (10 at most). ``` <script>alert(1)</script> ```` Nearly there." in text
    assert SECRET not in json.dumps(notebook)
    assert report.unknown == ("hoppergrace_1046_882_03-sampling.ipynb", "nobody_9999_883_03-sampling.ipynb")


def test_who_has_no_file_in_the_zip_is_reported(export, handed, tmp_path):
    rows = [row(learner("hyp", canvas=1047), graded("hyp", "sampling", mark(4.0)))]
    report, files = fed(export, handed, tmp_path, *rows)
    assert files == {}
    assert [(each.learner, each.why) for each in report.left] == [("hyp", "has no file in Canvas's zip")]


@pytest.mark.parametrize("content", [b"", b"no zip", None])
def test_a_zip_that_is_none_is_one_line(export, tmp_path, content):
    path = tmp_path / "submissions.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BridgeError, match="is not a zip"):
        fed(export, path, tmp_path)


def test_a_zip_of_something_else_is_one_line(export, tmp_path):
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("ada/03-sampling.ipynb", "{}")
    with pytest.raises(BridgeError, match="NAME_ID_ATTACHMENT_FILE"):
        fed(export, tmp_path / "other.zip", tmp_path)


def test_what_was_filled_can_be_filled_again_and_stays_the_same(tmp_path):
    evil = ["=1+1", "1045", "", "", "'=A", "", "", "", "", ""]
    export = write_rows(tmp_path / "export.csv", HEADER, POSSIBLE, evil)
    standing = graded("ada", "sampling", mark(5.0))
    filled(learner(canvas=1045), export, tmp_path, standing)
    once = (tmp_path / "import.csv").read_bytes()
    filled(learner(canvas=1045), tmp_path / "import.csv", tmp_path, standing, overwrite=True)
    assert (tmp_path / "import.csv").read_bytes() == once


def test_an_assignment_may_be_called_like_a_total(tmp_path):
    header = ["Student", "ID", "Section", "The Final Grade, explained (504)", "Final Grade"]
    line = ["Lovelace, Ada", "1045", "A", "", "80"]
    export = write_rows(tmp_path / "export.csv", header, ["    Points Possible", "", "", "10", "(read only)"], line)
    standing = graded("ada", "sampling", mark(5.0))
    filled(learner(canvas=1045), export, tmp_path, standing, columns={"sampling": "504"})
    assert read_csv((tmp_path / "import.csv").read_bytes())[1]["The Final Grade, explained (504)"] == "5"
