"""Moodle's grading worksheet and its gradebook's import. Held to the documented format, not to Moodle."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from bridge_records import NOON, SECRET, commented, credit, graded, mark, missing, read_csv, row, sheet, write_rows

from curriculum.bridges import Choices, fill_moodle, html_of, write_moodle_gradebook
from curriculum.errors import BridgeError, UnknownNameError
from curriculum.gradebook import Learner

HEADER = ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed"]
HEADER += ["Last modified (submission)", "Last modified (grade)", "Feedback comments"]
STATUS = "Submitted for grading - "
ADA = ["Participant 12345", "Ada Lovelace", "ada@example.org", STATUS, "", "10.00", "Yes", "Sunday", "-", ""]
GRACE = [
    "Participant 12346",
    "Grace Hopper",
    "grace@example.org",
    STATUS,
    "4.00",
    "10.00",
    "Yes",
    "-",
    "-",
    "Well, well.",
]
FIXED = ["Participant 12347", 'Emmy, "E." Noether', "emmy@example.org", STATUS, "", "10.00", "No", "-", "-", ""]


@pytest.fixture
def worksheet(tmp_path):
    return write_rows(tmp_path / "worksheet.csv", HEADER, ADA, GRACE, FIXED, bom=True)


def learner(key="ada", name="Ada Lovelace", email="ada@example.org", **ids):
    return Learner(key, name, email, ids={name: str(value) for name, value in ids.items()})


def filled(worksheet, tmp_path, *rows, **options):
    report = fill_moodle(sheet(*rows), "sampling", worksheet, tmp_path / "out.csv", **options)
    return report, read_csv((tmp_path / "out.csv").read_bytes())


def test_grade_and_feedback_go_together(worksheet, tmp_path):
    report, lines = filled(worksheet, tmp_path, row(learner(), graded("ada", "sampling", mark(7.125))))
    assert (lines[0]["Grade"], lines[0]["Feedback comments"]) == (
        "7.13",
        "<ul><li>Exercise: the mean: 7.13 (10 at most). Off by one.</li></ul>",
    )
    assert list(lines[0]) == HEADER
    assert (lines[1]["Grade"], lines[1]["Feedback comments"]) == ("4.00", "Well, well."), "another's row stays"
    assert report.grades == 1
    assert report.unknown == ("Grace Hopper", 'Emmy, "E." Noether')


def test_the_worksheet_comes_back_as_it_was_and_once_more_the_same(worksheet, tmp_path):
    rows = [row(learner(), graded("ada", "sampling", mark(7.5)))]
    filled(worksheet, tmp_path, *rows)
    before = worksheet.read_bytes().decode("utf-8-sig").splitlines()
    after = (tmp_path / "out.csv").read_bytes().decode("utf-8-sig").splitlines()
    assert (before[0], before[2:]) == (after[0], after[2:])
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    again = fill_moodle(sheet(*rows), "sampling", tmp_path / "out.csv", tmp_path / "again.csv")
    assert again.grades == 1
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "out.csv").read_bytes()


def test_what_no_learner_may_read_is_not_in_it_and_markup_is_text():
    evil = mark(1.0, title="<b>One</b>", message='<script>alert("x")</script>\n=1+1')
    standing = graded("ada", "sampling", evil, mark(None, 2.0, message=""))
    assert html_of(standing) == (
        "<ul><li>&lt;b&gt;One&lt;/b&gt;: 1 (10 at most). "
        "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &#61;1+1</li>"
        "<li>Exercise: the mean: waits for a person (2 at most).</li></ul>"
    )
    assert SECRET not in html_of(standing)


def test_feedback_is_short_and_names_what_people_gave():
    later = NOON + timedelta(days=1)
    scores = (commented(3.0, "First thought."), commented(5.0, "Second thought.", later))
    long = mark(1.0, message="ä" * 5_000, scores=scores)
    standing = graded("ada", "sampling", long, penalty=2.5, extra=(credit(1.0, "helped\nothers"),))
    text = html_of(standing)
    assert "the mean: 5 (10 at most)" in text
    assert "Second thought." in text
    assert "First thought." not in text
    assert "<li>Late: -2.5 points.</li><li>Extra: +1 points. helped others</li>" in text
    assert len(text) < 700
    assert html_of(missing("ada", "sampling")) == ""


def test_half_characters_controls_and_turned_text_do_no_harm():
    text = html_of(graded("ada", "sampling", mark(1.0, message="a\ud800b\u202ec\x1b[31m\x00 שלום 😀")))
    assert "a\ufffdb c [31m שלום 😀" in text
    text.encode("utf-8")


@pytest.mark.parametrize("comma", [None, True])
def test_numbers_with_a_comma(tmp_path, comma):
    ada = [*ADA[:5], "10,00" if comma is None else "10", *ADA[6:]]
    worksheet = write_rows(tmp_path / "worksheet.csv", HEADER, ada)
    _, lines = filled(worksheet, tmp_path, row(learner(), graded("ada", "sampling", mark(7.5))), comma=comma)
    assert lines[0]["Grade"] == "7,5"


def test_excused_waiting_missing(worksheet, tmp_path):
    rows = [
        row(learner(), missing("ada", "sampling", excused=True)),
        row(learner("grace", email="grace@example.org"), graded("grace", "sampling", mark(4.5), mark(None, 1.0))),
    ]
    report, lines = filled(worksheet, tmp_path, *rows)
    assert (lines[0]["Grade"], lines[1]["Grade"]) == ("", "4.00")
    assert lines[1]["Feedback comments"] == "Well, well."
    assert [(each.learner, each.why) for each in report.left] == [("grace", "1 exercise waits for a person")]
    _, lines = filled(worksheet, tmp_path, *rows, choices=Choices(incomplete=True), overwrite=True)
    assert lines[1]["Grade"] == "4.5"
    rows[0] = row(learner(), missing("ada", "sampling"))
    for zeros, grade in [(False, ""), (True, "0")]:
        _, lines = filled(worksheet, tmp_path, *rows, choices=Choices(zeros=zeros), overwrite=True)
        assert lines[0]["Grade"] == grade


def test_what_moodle_would_skip_is_reported(worksheet, tmp_path):
    rows = [
        row(learner("emmy", email="emmy@example.org"), graded("emmy", "sampling", mark(9.0))),
        row(learner(), graded("ada", "sampling", mark(9.0), extra=(credit(2.0, "more"),))),
    ]
    report, lines = filled(worksheet, tmp_path, *rows)
    assert [line["Grade"] for line in lines] == ["", "4.00", ""]
    assert {each.learner: each.why for each in report.left} == {
        "emmy": "cannot be changed in Moodle",
        "ada": "11 points are more than Moodle's maximum of 10",
    }


def test_another_maximum_is_refused_or_scaled(tmp_path):
    worksheet = write_rows(tmp_path / "worksheet.csv", HEADER, [*ADA[:5], "100", *ADA[6:]])
    rows = [row(learner(), graded("ada", "sampling", mark(3.333)))]
    with pytest.raises(BridgeError, match="set it to 10 there, or say --scale"):
        filled(worksheet, tmp_path, *rows)
    _, lines = filled(worksheet, tmp_path, *rows, choices=Choices(scale=True))
    assert lines[0]["Grade"] == "33.3"


def test_a_participants_number_counts_only_where_somebody_says_so(tmp_path):
    """Moodle gives it anew in every assignment: taken for a user's id it would be another learner's grade."""
    blind = [["Identifier", "Status", "Grade"], ["Participant 77", "", ""], ["Teilnehmer/in78", "", ""]]
    worksheet = write_rows(tmp_path / "worksheet.csv", *blind)
    rows = [row(learner(moodle=77), graded("ada", "sampling", mark(3.0)))]
    report, lines = filled(worksheet, tmp_path, *rows)
    assert (lines[0]["Grade"], report.absent) == ("", ("ada",))
    report, lines = filled(worksheet, tmp_path, *rows, by_participant=True, overwrite=True)
    assert [line["Grade"] for line in lines] == ["3", ""]
    assert [(each.row, each.how) for each in report.matched] == [("Participant 77", "participant")]
    assert report.unknown == ("Teilnehmer/in78",)
    assert len(report.notes) == 1, "there is no column for feedback"


def test_a_name_alone_tells_where_there_is_one_and_addresses_do_not_differ(worksheet, tmp_path):
    report, _ = filled(worksheet, tmp_path, row(learner(email=""), graded("ada", "sampling", mark(3.0))))
    assert [(each.learner, each.how) for each in report.matched] == [("ada", "name")]
    other = row(learner(email="lovelace@example.com"), graded("ada", "sampling", mark(3.0)))
    report, lines = filled(worksheet, tmp_path, other, overwrite=True)
    assert (lines[0]["Grade"], report.absent) == ("", ("ada",))
    assert "another e-mail: 'ada@example.org'" in report.unknown[0]


def test_two_learners_of_one_address_get_nothing(worksheet, tmp_path):
    two = [row(learner(key, name=""), graded(key, "sampling", mark(3.0))) for key in ("a", "b")]
    report, lines = filled(worksheet, tmp_path, *two)
    assert (lines[0]["Grade"], report.absent) == ("", ("a", "b"))
    assert report.unknown[0] == "Ada Lovelace: e-mail 'ada@example.org' belongs to 2 learners: a, b"


def test_a_worksheet_of_another_language(tmp_path):
    header = ["ID", "Vollständiger Name", "E-Mail-Adresse", "Bewertung", "Bestwertung", "Feedback als Kommentar"]
    worksheet = write_rows(tmp_path / "w.csv", header, ["Teilnehmer/in9", "Ada", "ada@example.org", "", "10,00", ""])
    rows = [row(learner(), graded("ada", "sampling", mark(7.25)))]
    with pytest.raises(BridgeError, match="no column 'Identifier'; say --column identifier=NAME"):
        filled(worksheet, tmp_path, *rows)
    names = {"identifier": "ID", "email": "E-Mail-Adresse", "grade": "Bewertung", "maximum": "Bestwertung"}
    _, lines = filled(worksheet, tmp_path, *rows, columns=names | {"feedback": "Feedback als Kommentar"})
    assert (lines[0]["Bewertung"], lines[0]["Feedback als Kommentar"][:4]) == ("7,25", "<ul>")
    with pytest.raises(BridgeError, match="has no column 'Note'; its columns are 'ID'"):
        filled(worksheet, tmp_path, *rows, columns={"grade": "Note"})
    with pytest.raises(UnknownNameError, match="did you mean 'grade'"):
        filled(worksheet, tmp_path, *rows, columns={"grad": "Note"})


def test_names_are_safe_to_open_and_addresses_are_as_they_were(tmp_path):
    evil = ["Participant 1", "=1+1", "=ada@example.org", STATUS, "", "10", "Yes", "", "", ""]
    worksheet = write_rows(tmp_path / "worksheet.csv", HEADER, evil)
    rows = [row(learner(email="=ada@example.org"), graded("ada", "sampling", mark(3.0)))]
    _, lines = filled(worksheet, tmp_path, *rows)
    assert (lines[0]["Full name"], lines[0]["Email address"], lines[0]["Grade"]) == ("'=1+1", "=ada@example.org", "3")


def test_an_unknown_lesson_is_one_line(worksheet, tmp_path):
    with pytest.raises(UnknownNameError, match="did you mean 'sampling'"):
        fill_moodle(sheet(), "samplings", worksheet, tmp_path / "out.csv")


# --- the gradebook's import ------------------------------------------------------------------------------------------


def test_the_gradebooks_file_has_every_lesson_with_its_feedback(tmp_path):
    rows = [
        row(learner(), graded("ada", "sampling", mark(7.125)), missing("ada", "estimation", excused=True)),
        row(learner("b", email=""), graded("b", "sampling", mark(1.0))),
        row(learner("c", email="=cmd@example.org")),
        row(learner("d", email="twin@example.org")),
        row(learner("e", email="Twin@example.org")),
        row(learner("f", email="f@example.org"), graded("f", "sampling", mark(None))),
    ]
    report = write_moodle_gradebook(sheet(*rows), tmp_path / "out.csv")
    lines = read_csv((tmp_path / "out.csv").read_bytes())
    assert [line["Email address"] for line in lines] == ["ada@example.org", "f@example.org"]
    assert lines[0]["Sampling: what would another have said?"] == "7.13"
    assert lines[0]["Sampling: what would another have said? (feedback)"].startswith("<ul><li>Exercise: the mean: 7.13")
    assert (lines[0]["Estimation"], lines[0]["Estimation (feedback)"]) == ("", "")
    assert lines[1]["Sampling: what would another have said?"] == ""
    assert report.grades == 1
    assert {each.learner: each.why for each in report.left} == {
        "b": "has no e-mail address",
        "c": "has an e-mail address that a spreadsheet would take for a formula",
        "d": "shares their e-mail address with another learner",
        "e": "shares their e-mail address with another learner",
        "f": "1 exercise waits for a person",
    }


def test_what_was_filled_can_be_filled_again_and_stays_the_same(tmp_path):
    evil = ["Participant 1", "=1+1", "ada@example.org", STATUS, "", "10", "Yes", "", "", ""]
    worksheet = write_rows(tmp_path / "worksheet.csv", HEADER, evil)
    rows = [row(learner(), graded("ada", "sampling", mark(3.0)))]
    filled(worksheet, tmp_path, *rows)
    once = (tmp_path / "out.csv").read_bytes()
    filled(tmp_path / "out.csv", tmp_path, *rows, overwrite=True)
    assert (tmp_path / "out.csv").read_bytes() == once


@pytest.mark.parametrize("message", ["'=HYPERLINK(1)", "a ; =1+1", "x;-2", "&@SUM(1)"])
def test_feedback_begins_no_formula_where_semicolons_divide(message):
    made = html_of(graded("ada", "sampling", mark(3.0, message=message)))
    assert all(part.lstrip(" ")[:1] not in tuple("=+-@") for part in made.split(";") if part)
    assert message in html.unescape(made)
