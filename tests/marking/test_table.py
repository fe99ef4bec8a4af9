"""Grading in a spreadsheet: out, through what spreadsheets do to files, and back."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marking_class import NOON, Memory, attempt, memo, person

from curriculum.errors import GradebookError, TableError
from curriculum.gradebook import Given, ManualScore
from curriculum.marking import queue, returned, write_table
from curriculum.spreadsheet import neutral, original


class Table:
    """A table on its way: written, changed as people and spreadsheets do, and taken back."""

    def __init__(self, store, path):
        self.store = store
        self.path = path
        self.names = False

    def write(self, **named):
        self.count = write_table(queue(self.store.sheet()), self.path, **named)
        self.rows = list(csv.DictReader(io.StringIO(self.path.read_text(encoding="utf-8-sig"), newline="")))
        return self

    def row(self, attempt, exercise="memo"):
        return next(row for row in self.rows if (row["attempt"], row["exercise"]) == (str(attempt), exercise))

    def save(self, delimiter=",", encoding="utf-8-sig", end="\r\n", rows=None):
        made = io.StringIO(newline="")
        chosen = self.rows if rows is None else rows
        writer = csv.DictWriter(made, list(self.rows[0]), delimiter=delimiter, lineterminator=end)
        writer.writeheader()
        writer.writerows(chosen)
        self.path.write_bytes(made.getvalue().encode(encoding))
        return self

    def back(self, author="Zoe"):
        return returned(queue(self.store.sheet()), self.path, author)

    def problems(self):
        return [str(problem) for problem in self.back().problems]


@pytest.fixture
def table(store, tmp_path):
    return Table(store, tmp_path / "Grüße.csv")


@pytest.fixture
def plain(tmp_path):
    """Three memos of one line each."""
    rows = ((person(f"p{n}"), [attempt(n, f"p{n}", memo(f"Memo {n}"))]) for n in (1, 2, 3))
    return Table(Memory(*rows), tmp_path / "plain.csv")


def test_untouched_says_nothing_new(table):
    table.write(everything=True)
    assert (table.count, table.back().given, table.back().unchanged) == (7, (), 7)
    assert table.back().problems == ()


def test_rounded_points_come_back_as_they_were(tmp_path):
    third = memo("Ship it.", max_points=2 / 3, scores=(ManualScore(2 / 3, "All of it.", "Zoe", NOON),))
    table = Table(Memory((person("ada"), [attempt(1, "ada", third)])), tmp_path / "thirds.csv")
    table.write(everything=True)
    assert (table.back().given, table.problems()) == ((), [])
    table.row(1)["comment"] = "Well done."
    (one,) = table.save().back().given
    assert (one.points, one.comment) == (None, "Well done.")


def test_what_waits_and_nothing_else_unless_asked_for(table):
    table.write()
    assert table.count == 6
    assert {row["points"] for row in table.rows if not row["appeal"]} == {""}


def test_identical_answers_stand_together_and_names_are_hidden(table):
    table.write()
    memos = [row["group"] for row in table.rows if row["exercise"] == "memo"]
    assert len(memos) == 3
    assert memos in ([memos[0], memos[0], memos[2]], [memos[0], memos[2], memos[2]])
    assert "Ada" not in table.path.read_text(encoding="utf-8")
    assert "Bad" not in table.path.read_text(encoding="utf-8")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_as_spreadsheets_save_it(table, delimiter, encoding, end):
    table.write()
    table.row(1)["points"] = "4,5"
    table.row(1)["comment"] = 'Good; "but",\nno unit.'
    table.save(delimiter, encoding, end)
    (one,) = table.back().given
    assert one == Given(1, "memo", 4.5, 'Good; "but",\nno unit.', "Zoe", 0)


def test_with_names_in_another_order_with_fewer_and_more_columns(table):
    table.write(names=True)
    assert table.row(1)["learner"] == "Ada Lovelace"
    for row in table.rows:
        row["my note"] = "=whatever"
        del row["output"], row["group"]
    table.row(2)["points"] = "6"
    table.rows = [dict(sorted(row.items())) for row in reversed(table.rows)]
    table.save()
    assert [(one.attempt, one.points) for one in table.back().given] == [(2, 6.0)]


def test_given_in_one_transaction_and_taken_twice_changes_nothing(table, store):
    table.write()
    for row in table.rows:
        if not row["appeal"]:
            row["points"] = "1"
    table.save()
    store.give(table.back().given)
    assert store.calls == 1
    assert (table.back().given, table.back().problems) == ((), ())


def test_an_appeal_is_closed_by_a_new_comment_alone(table, store):
    table.write()
    table.row(3, "first-sum")["points"] = "1"
    (one,) = table.save().back().given
    assert not one.closes_appeal
    table.row(3, "first-sum")["comment"] = "You are right."
    (one,) = table.save().back().given
    assert one.closes_appeal
    store.give([one])
    assert not store.mark(3, "first-sum").appealed


def test_an_appeal_with_an_earlier_comment_stays_open_where_nothing_is_said(table, store):
    from dataclasses import replace

    said = ManualScore(None, "As I said.", "Zoe", NOON)
    store.put(3, replace(store.mark(3, "first-sum"), scores=(said,)))
    table.write()
    assert table.back().given == ()


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("attempt", "99", "line 3: attempt 99 has no exercise 'memo' that a person grades"),
        ("attempt", "x", "line 3: 'attempt' is not a whole number"),
        ("attempt", "1" * 5000, "line 3: 'attempt' is not a whole number"),
        ("exercise", "former", "line 3: attempt {attempt} has no exercise 'former' that a person grades"),
        ("points", "7", "line 3: 7 is more than the exercise can give; give 0 to 6"),
        ("points", "good", "line 3: 'good' is not a number of points; give 0 to 6"),
        ("points", "#NAME?", "line 3: '#NAME?' is not a number of points; give 0 to 6"),
        ("text", "Mine.", "line 3: 'text' is not what the gradebook has: only points and comment may be changed"),
        ("learner", "x", "line 3: 'learner' is not what the gradebook has: only points and comment may be changed"),
        (
            "max_points",
            "60",
            "line 3: 'max_points' is not what the gradebook has: only points and comment may be changed",
        ),
        ("seen", "", "line 3: 'seen' is not a whole number"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_by_its_line(plain, column, value, said):
    table = plain.write()
    number = table.rows[1]["attempt"]
    table.rows[1] |= {"points": "1", column: value}
    table.save()
    assert table.problems() == [said.format(attempt=number)]


def test_lines_are_those_of_the_file_where_cells_have_several(plain):
    table = plain.write()
    table.rows[0]["comment"] = "one\ntwo\nthree"
    table.rows[1]["points"] = "x"
    table.save()
    (problem,) = table.back().problems
    assert str(problem).startswith("line 5 (row 3 in a spreadsheet): 'x' is not")
    assert (
        table.path.read_text(encoding="utf-8-sig").splitlines()[problem.line - 1].startswith(table.rows[1]["attempt"])
    )


def test_all_problems_are_named_at_once(plain):
    table = plain.write()
    table.rows[0]["points"] = table.rows[2]["points"] = "x"
    table.rows.append(dict(table.rows[1]))
    table.save()
    assert [problem.line for problem in table.back().problems] == [2, 4, 5]
    assert table.problems()[2] == "line 5: the same attempt and exercise stand in line 3 already"


def test_what_somebody_else_graded_meanwhile_is_not_replaced(table, store):
    table.write()
    store.give([Given(1, "memo", 5.0, "", "Yan", 0)])
    assert table.back().problems == ()  # an empty cell says nothing
    table.row(1)["points"] = "2"
    table.save()
    (problem,) = table.problems()
    assert problem.endswith("graded meanwhile by Yan (5 points): look again")


def test_points_cannot_be_emptied(table):
    table.write(everything=True)
    table.row(4)["points"] = ""
    table.save()
    (problem,) = table.problems()
    assert problem.endswith("points cannot be taken away: give a number, or 4 again")


def test_some_columns_sorted_without_the_others_are_noticed(table):
    table.write()
    texts = sorted((row["text"] for row in table.rows), reverse=True)
    for row, text in zip(table.rows, texts, strict=True):
        row["text"] = text
    table.save()
    assert table.problems()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"attempt,exercise\n1,memo\n", "has no column 'learner'"),
        (b"\xe9,\xfc\n", "is not UTF-8: export it anew, or save it as CSV UTF-8"),
        (b"\xff\xfea", "is not UTF-8"),
        (b"PK\x03\x04\0\0", "has no column"),
        (b"attempt,attempt,exercise,learner,appeal,seen,max_points,points,comment,text\n", "two columns 'attempt'"),
        (
            b'attempt,exercise,learner,appeal,seen,max_points,points,comment,text\n"' + b"x" * 200_000,
            "line 2: is no CSV",
        ),
    ],
    ids=range(7),
)
def test_what_is_no_such_table(table, content, said):
    table.path.write_bytes(content)
    with pytest.raises((GradebookError, TableError), match=said):
        table.back()


def test_a_file_that_is_not_there(table):
    with pytest.raises(TableError, match="cannot be read"):
        table.back()


def test_a_file_that_is_there_is_not_written_over(table):
    table.path.write_text("my grades", encoding="utf-8")
    with pytest.raises(GradebookError, match="is there already"):
        table.write()
    assert table.path.read_text(encoding="utf-8") == "my grades"
    assert list(table.path.parent.glob(".*")) == []


def test_a_place_that_cannot_be_written(table):
    table.path.write_text("a file", encoding="utf-8")
    table.path = table.path / "t.csv"
    with pytest.raises(GradebookError, match="cannot be written"):
        table.write()


QUICK = settings(max_examples=200, deadline=None)
HOSTILE = [
    '=HYPERLINK("http://evil.example")',
    "+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "a\n=1+1;b",
    "x;=1",
    "  =1",
    "'=1",
    "''=1",
    "\uff1d1",
    "\ud800 half",
    "nul\0",
    "\u202eevil",
    "🙂" * 3,
    "x" * 40_000,
    "<script>",
    "دعاء",
    '","=1,"',
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_a_learner_wrote_becomes_a_formula(tmp_path, text):
    store = Memory((person("ada", text[:50]), [attempt(1, "ada", memo(text, output=text))]))
    table = Table(store, tmp_path / "t.csv").write(names=True)
    for delimiter in ",;\t":
        raw = io.StringIO(table.path.read_text(encoding="utf-8-sig"), newline="")
        for cells in csv.reader(raw, delimiter=delimiter):
            for cell in cells:
                assert cell.lstrip(" ")[:1] not in {"=", "+", "-", "@", "\uff1d"}, cell
                assert len(cell) < 32_768 or delimiter != ","
    table.rows[0]["points"] = "3"
    table.rows[0]["comment"] = "-1 for the unit"
    (one,) = table.save().back().given
    assert (one.points, one.comment) == (3.0, "-1 for the unit")


@QUICK
@given(st.text(st.sampled_from("=+-@ '\t\r\n;,\"ax\uff1d")) | st.text())
def test_texts_come_back_as_they_were(text):
    assert original(neutral(text)) == text


@QUICK
@given(st.text(st.sampled_from("=+-@ '\t\r\n;ax")))
def test_no_cell_and_no_line_of_one_begins_like_a_formula(text):
    import re

    assert not any(
        part.lstrip(" ")[:1] in set("=+-@") for part in re.split(r"[;\t\r\n]", neutral(text)) if part.strip(" ")
    )


def test_a_comment_of_the_gradebook_s_comes_back_unchanged(tmp_path):
    said = ManualScore(2.0, "=1\n- one\n'- two", "Zoe", NOON)
    table = Table(Memory((person("ada"), [attempt(1, "ada", memo("x", scores=(said,)))])), tmp_path / "t.csv")
    table.write(everything=True)
    assert (table.back().given, table.back().problems) == ((), ())
    table.row(1)["points"] = "3"
    (one,) = table.save().back().given
    assert (one.points, one.comment, one.expected) == (3.0, "", 1)
