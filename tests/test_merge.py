"""The three-way merge: nothing a learner wrote is lost, and the result is a notebook."""

from __future__ import annotations

from dataclasses import replace

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum.notebook import Cell, Notebook, loads
from curriculum.workspace._merge import is_touched, merge

SOLUTION = {"grade": False, "locked": False, "schema_version": 3, "solution": True, "task": False}
CHECK = {"grade": True, "locked": True, "points": 1, "schema_version": 3, "solution": False, "task": False}


def text(name: str, source: str | None = None) -> Cell:
    return Cell(name, "markdown", name if source is None else source)


def code(name: str, source: str) -> Cell:
    return Cell(name, "code", source, raw={"outputs": [], "execution_count": None})


def answer(name: str, source: str = "...") -> Cell:
    meta = {"nbgrader": SOLUTION | {"grade_id": name}, "curriculum": {"exercise": name}}
    return replace(code(name, source), metadata=meta)


def checks(name: str, source: str = "check") -> Cell:
    meta = {"nbgrader": CHECK | {"grade_id": f"{name}-check"}, "curriculum": {"exercise": name}}
    return replace(code(f"{name}-check", source), metadata=meta)


def book(*cells: Cell) -> Notebook:
    return Notebook(tuple(cells))


def shape(notebook: Notebook) -> list[tuple[str, str]]:
    return [(cell.id, cell.source) for cell in notebook.cells]


def test_untouched_notebook_becomes_the_new_version():
    base = book(text("a"), answer("x"), text("gone"))
    new = book(text("new"), text("a", "A"), answer("x", "return ..."))
    assert shape(merge(base, base, new)) == shape(new)


def test_answer_keeps_source_and_outputs_and_takes_the_new_metadata():
    base = book(answer("x"), checks("x"))
    output = {"output_type": "stream", "name": "stdout", "text": "7"}
    mine = book(replace(answer("x", "7"), raw={"outputs": [output], "execution_count": 4}), checks("x"))
    new_answer = answer("x", "# new starter\n...")
    new_answer.metadata["deletable"] = False
    merged = merge(base, mine, book(text("before"), new_answer, checks("x", "check better")))
    assert shape(merged) == [("before", "before"), ("x", "7"), ("x-check", "check better")]
    assert merged.cells[1].outputs == [output]
    assert merged.cells[1].metadata["deletable"] is False


def test_starter_the_learner_did_not_touch_is_replaced():
    base = book(answer("x"))
    assert shape(merge(base, base, book(answer("x", "def f(): ...")))) == [("x", "def f(): ...")]


def test_plain_cell_only_the_learner_changed_stays():
    base = book(text("a"), text("b"))
    merged = merge(base, book(text("a", "mine"), text("b")), book(text("a"), text("b", "B")))
    assert shape(merged) == [("a", "mine"), ("b", "B")]


def test_cell_changed_by_both_is_followed_by_the_learners_version():
    merged = merge(book(text("a")), book(text("a", "mine")), book(text("a", "new")))
    assert shape(merged) == [("a", "new"), ("kept-a", "mine")]


def test_changed_check_cell_gives_way_but_is_kept_without_grading_metadata():
    base = book(answer("x"), checks("x"))
    merged = merge(base, book(answer("x"), checks("x", "pass")), book(answer("x"), checks("x"), text("end")))
    assert shape(merged)[1:3] == [("x-check", "check"), ("kept-x-check", "pass")]
    assert not merged.cells[2].nbgrader
    assert not merged.cells[2].exercise


def test_own_cells_stay_behind_the_cell_they_followed():
    base = book(text("a"), text("b"), text("c"))
    mine = book(text("top", "0"), text("a"), text("n1", "1"), text("n2", "2"), text("b"), text("c"), text("n3", "3"))
    new = book(text("c"), text("x"), text("a"), text("b"))
    assert [name for name, _ in shape(merge(base, mine, new))] == ["top", "c", "n3", "x", "a", "n1", "n2", "b"]


def test_answer_of_a_removed_exercise_stays_as_a_plain_cell():
    base = book(text("a"), answer("x"), checks("x"))
    merged = merge(base, book(text("a"), answer("x", "42"), checks("x")), book(text("a"), text("b")))
    assert shape(merged) == [("a", "a"), ("kept-x", "42"), ("b", "b")]
    assert not merged.cells[1].nbgrader


def test_deleted_text_stays_deleted_and_deleted_exercise_comes_back():
    base = book(text("a"), text("b"), text("c"), answer("x"), checks("x"))
    new = book(text("a"), text("b"), text("c", "C"), answer("x"), checks("x"))
    assert [name for name, _ in shape(merge(base, book(text("a")), new))] == ["a", "c", "x", "x-check"]


def test_copied_answer_is_kept_once_as_the_answer_and_once_as_the_learners():
    base = book(answer("x"), text("end"))
    copy = replace(answer("x", "second try"), id="3f2a")
    merged = merge(base, book(copy, answer("x", "first try"), text("end")), book(answer("x"), text("end", "E")))
    assert shape(merged) == [("kept-x", "second try"), ("x", "first try"), ("end", "E")]
    assert [cell.grade_id for cell in merged.cells] == ["", "x", ""]


def test_moved_text_with_a_new_id_is_still_known():
    base = book(text("a"), text("b"))
    mine = book(text("b"), replace(text("a"), id="0d1c"))
    assert shape(merge(base, mine, book(text("a", "A"), text("b")))) == [("a", "A"), ("b", "b")]


def test_moved_copy_of_one_of_two_equal_cells_is_known():
    base = book(text("a", "same"), text("b", "same"))
    mine = book(text("b", "same"), text("0d1c", "same"))
    new = book(text("a", "same"), text("b", "other"))
    merged = merge(base, mine, new)
    assert shape(merged) == [("a", "same"), ("b", "other")]
    assert shape(merge(new, merged, new)) == shape(merged)


def test_retyped_answer_is_code_again():
    base = book(answer("x"))
    mine = book(replace(answer("x", "42"), type="markdown", raw={"attachments": {"p.png": {"image/png": "AA=="}}}))
    merged = merge(base, mine, book(answer("x"), text("end")))
    nbformat.validate(merged.to_json())
    assert (merged.cells[0].type, merged.cells[0].source) == ("code", "42")


def test_without_base_differing_text_is_set_beside_and_answers_stay():
    mine = book(text("a", "other"), answer("x", "42"), text("own", "note"))
    merged = merge(None, mine, book(text("a"), answer("x")))
    assert shape(merged) == [("a", "a"), ("kept-a", "other"), ("x", "42"), ("own", "note")]


def test_outputs_are_no_change():
    base = book(code("a", "1"))
    assert not is_touched(base, book(replace(code("a", "1"), raw={"outputs": [], "execution_count": 9})))
    assert is_touched(base, book(code("a", "2")))


@pytest.mark.parametrize("bad", ["", "has space", "x" * 65, "ü"])
def test_ids_that_nbformat_refuses_are_replaced(bad):
    base = book(text("a"))
    merged = merge(base, book(text("a"), replace(text("b", "mine"), id=bad)), book(text("a", "A")))
    nbformat.validate(merged.to_json())


# --- whatever happens to a notebook ----------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b", "c", "x", "y", "x-check", "y-check", "kept-a", "kept-x"])
SOURCES = st.sampled_from(["", "a", "b", "...", "check", "mine", "mine too", "kept"])


@st.composite
def lessons(draw: st.DrawFn) -> Notebook:
    """A lesson as an author may make it: plain cells, answers and checks, every name once."""
    names = draw(st.lists(NAMES, unique=True, max_size=6))
    kinds = {name: draw(st.sampled_from([text, code, answer])) for name in names}
    return book(*(kinds[name](name, draw(SOURCES)) for name in names))


@st.composite
def edits(draw: st.DrawFn, base: Notebook) -> Notebook:
    """What a learner may make of it: deleted, moved, copied, retyped, edited and added cells."""
    cells = list(draw(st.permutations(base.cells))) if base.cells else []
    result: list[Cell] = []
    for cell in cells:
        action = draw(st.sampled_from(["keep", "keep", "edit", "delete", "copy", "new id", "strip", "retype", "add"]))
        if action in {"edit", "copy"}:
            result.append(replace(cell, source=draw(SOURCES)))
        if action == "new id":
            result.append(replace(cell, id=draw(NAMES)))
        if action == "strip":
            result.append(replace(cell, metadata={}))
        if action == "retype":
            result.append(replace(cell, type="raw", raw={}))
        if action in {"keep", "copy", "add"}:
            result.append(cell)
        if action == "add":
            result.append(draw(st.sampled_from([text, code, answer]))(draw(NAMES), draw(SOURCES)))
    return book(*result)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Notebook | None, Notebook, Notebook]:
    base = draw(lessons())
    mine = draw(edits(base))
    return draw(st.sampled_from([base, base, base, None])), mine, draw(lessons())


@given(histories())
def test_no_text_of_the_learner_is_lost(history):
    base, mine, new = history
    given_texts = {cell.source for cell in base.cells} if base else {cell.source for cell in new.cells}
    written = {cell.source for cell in mine.cells} - given_texts
    assert written <= {cell.source for cell in merge(base, mine, new).cells}


@given(histories())
def test_result_is_a_valid_notebook_with_unique_names(history):
    merged = merge(*history)
    nbformat.validate(nbformat.from_dict(merged.to_json()))
    ids = [cell.id for cell in merged.cells]
    grades = [cell.grade_id for cell in merged.cells if cell.grade_id]
    assert len(set(ids)) == len(ids)
    assert len(set(grades)) == len(grades)


@given(histories())
def test_every_exercise_of_the_new_version_is_there_in_order(history):
    merged = merge(*history)
    wanted = [cell.grade_id for cell in history[2].cells if cell.grade_id]
    assert [cell.grade_id for cell in merged.cells if cell.grade_id] == wanted


@given(histories())
def test_merging_again_changes_nothing(history):
    base, mine, new = history
    merged = merge(base, mine, new)
    # A run that was cut short meets the old base again, the next ordinary one the new base.
    assert merge(base, merged, new).dumps() == merged.dumps()
    assert merge(new, merged, new).dumps() == merged.dumps()


@given(histories())
def test_a_merge_survives_being_saved(history):
    merged = merge(*history)
    assert loads(merged.dumps()).dumps() == merged.dumps()
