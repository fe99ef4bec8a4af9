"""A submission in its lesson's frame: checks are the source's, answers the learner's, and everything odd is said."""

from __future__ import annotations

import json
import time
import warnings
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum import course as courses
from curriculum import notebook
from curriculum.course import Lesson
from curriculum.errors import GradingError, NotebookError, SubmissionError
from curriculum.grading._steps import AnswerState, StepKind
from curriculum.grading.assembly import _open
from curriculum.grading.assembly._assemble import MAX_TEXT, assemble
from curriculum.notebook import Role
from curriculum.release import learner_edition, solutions_edition

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import nbgrader

COURSE = courses.load()
every_lesson = pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.id)
FOREIGN = Path(nbgrader.__file__).parent / "tests" / "apps" / "files"
GIVEN, UNTOUCHED, MISSING = AnswerState.GIVEN, AnswerState.UNTOUCHED, AnswerState.MISSING
CHECK, LEARNER, TEACHER = StepKind.CHECK, StepKind.LEARNER, StepKind.TEACHER

PLAIN = {"grade": False, "locked": False, "schema_version": 3, "solution": False, "task": False}
STARTER = "def double(x):\n    ...\n"
ANSWER = "def double(x):\n    return 2 * x"
TRIPLE = "def triple(x):\n    return 3 * x"


def solution_cell(make, name, begin, solved):
    source = f"{begin}\n    ### BEGIN SOLUTION\n    {solved}\n    ### END SOLUTION"
    return make.code(name, source, nbgrader=PLAIN | {"grade_id": name, "solution": True}, curriculum={"exercise": name})


def check_cell(make, name, source, hidden, points=2):
    meta = PLAIN | {"grade": True, "grade_id": f"{name}-check", "locked": True, "points": points}
    text = f"{source}\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
    return make.code(f"{name}-check", text, nbgrader=meta, curriculum={"exercise": name})


def lesson_cells(make):
    essay = make.text("essay", "### BEGIN SOLUTION\nBecause.\n### END SOLUTION")
    essay["metadata"] = {"nbgrader": PLAIN | {"grade": True, "grade_id": "essay", "points": 3, "solution": True}}
    task = make.text("task", "Draw something of your own.")
    task["metadata"] = {"nbgrader": PLAIN | {"grade_id": "task", "locked": True, "points": 4, "task": True}}
    prompt = make.text("double-prompt", "### Exercise: double\n\nWrite it.")
    prompt["metadata"] = {"curriculum": {"exercise": "double"}}
    locked = PLAIN | {"grade_id": "setup", "locked": True}
    return [
        make.text("title", "# A lesson about numbers"),
        make.code("setup", "import math\nfrom curriculum import check", nbgrader=locked),
        make.code("example", "numbers = [1, 2, 3]\nprint(numbers)"),
        prompt,
        solution_cell(make, "double", "def double(x):", "return 2 * x"),
        check_cell(make, "double", 'check.exercise("double")\nassert double(2) == 4', "assert double(7) == 14"),
        make.text("between", "Now three times as much."),
        solution_cell(make, "triple", "def triple(x):", "return 3 * x"),
        make.code("use-both", "total = double(1) + triple(1)\nprint(total)"),
        check_cell(make, "triple", 'check.exercise("triple")\nassert triple(2) == 6', "assert triple(7) == 21"),
        essay,
        task,
        make.text("end", "## Further reading"),
    ]


@pytest.fixture(scope="module")
def course(make_module_course):
    return make_module_course({"00-start/01-numbers": lesson_cells(make_module_course)})


@pytest.fixture(scope="module")
def lesson(course):
    return course.lessons[0]


@pytest.fixture(scope="module")
def handed_out(lesson, course):
    return learner_edition(lesson, course).to_json()


@pytest.fixture
def released(handed_out):
    return deepcopy(handed_out)


def put(document, lesson):
    return assemble(lesson, json.dumps(document).encode(), "a.ipynb")


def cell_of(document, name):
    return next(cell for cell in document["cells"] if cell["id"] == name)


def place_of(document, name):
    return document["cells"].index(cell_of(document, name))


def write(document, name, source):
    cell_of(document, name)["source"] = source


def solved(document):
    write(document, "double", ANSWER)
    write(document, "triple", TRIPLE)
    return document


def own_code(source, name="own", **metadata):
    return {
        "cell_type": "code",
        "id": name,
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def whats(assembled, *, tampering=None):
    chosen = [r for r in assembled.repairs if tampering is None or r.tampering == tampering]
    return [(repair.what, repair.cell) for repair in chosen]


def ran(assembled):
    return [(step.kind.value[0], step.cell) for step in assembled.steps]


IN_ORDER = [
    ("t", "setup"),
    ("t", "example"),
    ("l", "double"),
    ("c", "double-check"),
    ("l", "triple"),
    ("t", "use-both"),
    ("c", "triple-check"),
]


def source_of(assembled, name):
    return next(step.source for step in assembled.steps if step.cell == name)


def checks_are_the_source_s(assembled):
    wanted = [
        (cell.id, cell.source, cell.points)
        for cell in assembled.lesson.notebook.cells
        if cell.role is Role.CHECK and cell.type == "code"
    ]
    return [(s.cell, s.source, s.points) for s in assembled.steps if s.kind is CHECK] == wanted


# --- as handed out ---------------------------------------------------------------------------------------------------


@every_lesson
def test_an_untouched_release_needs_no_repair(lesson):
    assembled = assemble(lesson, learner_edition(lesson, COURSE).dumps().encode(), "a.ipynb")
    assert assembled.repairs == ()
    assert list(assembled.answers) == [exercise.id for exercise in lesson.exercises]
    assert set(assembled.answers.values()) == {UNTOUCHED}
    assert assembled.texts == {}
    assert checks_are_the_source_s(assembled)
    code = [cell.id for cell in lesson.notebook.cells if cell.type == "code"]
    assert [step.cell for step in assembled.steps] == code


@every_lesson
@pytest.mark.parametrize("edition", ["solutions", "source"])
def test_the_solutions_and_the_source_themselves_are_not_tampered_with(lesson, edition):
    text = solutions_edition(lesson, COURSE).dumps() if edition == "solutions" else lesson.path.read_text("utf-8")
    assembled = assemble(lesson, text.encode(), "a.ipynb")
    assert assembled.repairs == ()
    assert set(assembled.answers.values()) == {GIVEN}


@every_lesson
def test_new_ids_are_one_repair_and_lost_metadata_one_more(lesson):
    document = learner_edition(lesson, COURSE).to_json()
    for number, cell in enumerate(document["cells"]):
        cell["id"] = f"fresh{number}"
    assembled = put(document, lesson)
    assert whats(assembled) == [("renamed", "")]
    for cell in document["cells"]:
        cell["metadata"] = {}
    assembled = put(document, lesson)
    assert whats(assembled) == [("renamed", ""), ("metadata", "")]
    assert set(assembled.answers.values()) == {UNTOUCHED}
    assert checks_are_the_source_s(assembled)


def test_steps_are_the_lesson_s_cells_with_the_learner_s_answers(released, lesson):
    assembled = put(solved(released), lesson)
    assert ran(assembled) == IN_ORDER
    assert source_of(assembled, "double") == ANSWER
    assert "HIDDEN" in source_of(assembled, "double-check")
    assert {step.cell: step.points for step in assembled.steps if step.points} == {"double-check": 2, "triple-check": 2}
    assert [step.exercise for step in assembled.steps] == ["", "", "double", "double", "triple", "", "triple"]
    assert assembled.answers == {"double": GIVEN, "triple": GIVEN, "essay": UNTOUCHED, "task": UNTOUCHED}
    assert assembled.repairs == ()


# --- answers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "state"),
    [
        ("", UNTOUCHED),
        ("   \n", UNTOUCHED),
        ("# to do", UNTOUCHED),
        ("def double(x):\n\n    # hm\n    ...", UNTOUCHED),
        ("def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()", UNTOUCHED),
        ("def double(x):\n    return ...", GIVEN),
        ("def double(", GIVEN),
        ("%%time\ndouble = None", GIVEN),
        ("double = '\\d'", GIVEN),
        ("double = 1\0", GIVEN),
    ],
)
def test_an_answer_is_untouched_where_it_is_the_starter_s_program(released, lesson, source, state):
    write(released, "double", source)
    assembled = put(released, lesson)
    assert assembled.answers["double"] is state
    assert assembled.repairs == ()


def test_a_foreign_course_s_own_stub_is_known_by_nbgraders_checksum(released, lesson):
    cell = cell_of(released, "double")
    cell["source"] = "def double(x):\n    pass  # your turn"
    assert put(released, lesson).answers["double"] is GIVEN
    as_cell = notebook.loads(json.dumps(released)).cells[place_of(released, "double")]
    cell["metadata"]["nbgrader"]["checksum"] = notebook.checksum(as_cell)
    assert put(released, lesson).answers["double"] is UNTOUCHED


def test_a_manual_answer_and_a_task_are_kept_as_text(released, lesson):
    write(released, "essay", "It depends.")
    released["cells"].insert(place_of(released, "task") + 1, own_code("plot()"))
    assembled = put(released, lesson)
    assert assembled.texts == {"essay": "It depends.", "task": "plot()"}
    assert (assembled.answers["essay"], assembled.answers["task"]) == (GIVEN, GIVEN)
    assert ran(assembled) == [*IN_ORDER, ("l", "own")]
    assert assembled.repairs == ()


def test_long_texts_are_clipped_by_bytes(released, lesson):
    write(released, "essay", "ü" * MAX_TEXT)
    text = put(released, lesson).texts["essay"]
    assert len(text.encode()) <= MAX_TEXT + 10
    assert text.startswith("üü")


def test_windows_and_old_mac_newlines_are_newlines(released, lesson):
    for cell in released["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n" if cell["id"] != "double" else "\r")
    assembled = put(released, lesson)
    assert assembled.repairs == ()
    assert assembled.answers["double"] is UNTOUCHED
    assert "\r" not in source_of(assembled, "double")


# --- the learner's own cells -----------------------------------------------------------------------------------------


def test_own_cells_run_after_the_cell_they_follow(released, lesson):
    cells = solved(released)["cells"]
    cells.insert(place_of(released, "double") + 1, own_code("probe = double(3)", "probe"))
    cells.insert(place_of(released, "between") + 1, own_code("later = 1", "later"))
    cells.insert(0, own_code("first = 1", "first"))
    cells.insert(1, {"cell_type": "markdown", "id": "note", "metadata": {}, "source": "mine"})
    cells.append(own_code("  \n", "blank"))
    assembled = put(released, lesson)
    assert assembled.repairs == ()
    assert ran(assembled) == [
        ("l", "first"),
        *IN_ORDER[:3],
        ("l", "probe"),
        ("c", "double-check"),
        ("l", "later"),
        *IN_ORDER[4:],
    ]


@pytest.mark.parametrize("name", ["double-check", "title", "a b", "x" * 65, "<script>", "end"])
def test_own_cells_never_go_by_a_name_of_the_lesson_s(released, lesson, name):
    for _ in range(2):
        released["cells"].insert(5, own_code("mine = 1", name))
    names = [step.cell for step in put(released, lesson).steps]
    assert len(set(names)) == len(names)
    assert [names[0], *names[1:3]] == ["setup", "example", "double"]
    assert all(notebook.GRADE_ID.match(name) and len(name) < 80 for name in names)


def test_a_changed_open_cell_runs_after_the_lesson_s_own(released, lesson):
    write(released, "example", "numbers = [7]")
    write(released, "use-both", "total = double( 1 )+triple(1)  # tidier\nprint(total)")
    assembled = put(released, lesson)
    assert ran(assembled)[:3] == [("t", "setup"), ("t", "example"), ("l", "example-changed")]
    assert source_of(assembled, "example") == "numbers = [1, 2, 3]\nprint(numbers)"
    assert source_of(assembled, "example-changed") == "numbers = [7]"
    assert whats(assembled) == [("changed", "example")]
    assert not assembled.repairs[0].tampering


def test_text_turned_into_code_runs_as_the_learner_s(released, lesson):
    cell_of(released, "between").update(own_code("scratch = 5", "between"))
    assert ("l", "between-changed") in ran(put(released, lesson))


# --- protected cells -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "source"),
    [("double-check", "pass"), ("setup", "import os"), ("double-check", ""), ("task", "Draw nothing."), ("setup", "(")],
)
def test_a_changed_protected_cell_is_tampering_and_the_source_s_runs(released, lesson, name, source):
    write(released, name, source)
    assembled = put(solved(released), lesson)
    assert whats(assembled, tampering=True) == [("changed", name)]
    assert ran(assembled) == IN_ORDER
    assert checks_are_the_source_s(assembled)


def test_what_formatters_do_to_a_protected_cell_is_no_tampering(released, lesson):
    write(released, "double-check", "check.exercise('double')\nassert double( 2 ) == 4   \n\n")
    assert put(released, lesson).repairs == ()


@pytest.mark.parametrize("name", ["setup", "double-check", "task"])
def test_a_deleted_protected_cell_is_tampering(released, lesson, name):
    released["cells"].remove(cell_of(released, name))
    assembled = put(solved(released), lesson)
    assert whats(assembled) == [("deleted", name)]
    assert assembled.repairs[0].tampering
    assert ran(assembled) == IN_ORDER


def test_points_that_a_learner_gives_themselves_count_nothing(released, lesson):
    cell_of(released, "double-check")["metadata"]["nbgrader"]["points"] = 100
    assembled = put(released, lesson)
    assert whats(assembled, tampering=True) == [("metadata", "double-check")]
    assert checks_are_the_source_s(assembled)


# --- deleted, copied, moved, renamed, retyped, merged, split ---------------------------------------------------------


def test_deleted_answers_and_open_cells(released, lesson):
    for name in ("double", "essay", "example", "title"):
        released["cells"].remove(cell_of(released, name))
    assembled = put(released, lesson)
    assert assembled.answers == {"double": MISSING, "triple": UNTOUCHED, "essay": MISSING, "task": UNTOUCHED}
    assert whats(assembled, tampering=False) == [("deleted", "example"), ("deleted", "double"), ("deleted", "essay")]
    assert ran(assembled) == [IN_ORDER[0], IN_ORDER[1], *IN_ORDER[3:]]


@pytest.mark.parametrize("where", [0, 5, -1])
def test_of_copied_answers_the_last_that_was_worked_on_counts(released, lesson, where):
    copy = deepcopy(cell_of(released, "double")) | {"id": "copy"}
    write(released, "double", "def double(x):\n    return 0")
    released["cells"].insert(where, copy)  # a starter, which undoes nothing
    assembled = put(released, lesson)
    assert ("copied", "double") in whats(assembled)
    assert source_of(assembled, "double") == "def double(x):\n    return 0"
    assert ran(assembled) == IN_ORDER
    copy["source"] = ANSWER
    released["cells"].remove(copy)
    released["cells"].append(copy)
    assembled = put(released, lesson)
    assert source_of(assembled, "double") == ANSWER
    assert assembled.answers["double"] is GIVEN
    learners = [step.source for step in assembled.steps if step.kind is LEARNER and "double(x)" in step.source]
    assert learners == ["def double(x):\n    return 0", ANSWER]


def test_a_helper_in_an_earlier_copy_is_still_defined(released, lesson):
    write(released, "double", "helper = 2")
    copy = deepcopy(cell_of(released, "double")) | {"source": "def double(x):\n    return helper * x"}
    released["cells"].append(copy)
    sources = [step.source for step in put(released, lesson).steps]
    assert sources.index("helper = 2") < sources.index(copy["source"])


def test_a_copied_check_counts_once(released, lesson):
    cell = cell_of(released, "double-check")
    released["cells"] += [deepcopy(cell), deepcopy(cell) | {"source": "double(2)", "id": "mine"}]
    assembled = put(solved(released), lesson)
    assert whats(assembled) == [("copied", "double-check")]
    assert not assembled.repairs[0].tampering
    assert ran(assembled) == [*IN_ORDER, ("l", "mine")]


def test_versions_that_an_update_set_aside_are_the_learner_s_own(released, lesson):
    aside = own_code("def double(x):\n    return -x", "double", curriculum={"kept": "double"})
    released["cells"].append(aside)
    assembled = put(solved(released), lesson)
    assert source_of(assembled, "double") == ANSWER
    assert ran(assembled) == [*IN_ORDER, ("l", "double-changed")]


def test_moved_cells_run_in_the_lesson_s_order(released, lesson):
    cells = solved(released)["cells"]
    cells.append(cells.pop(place_of(released, "double")))
    assembled = put(released, lesson)
    assert ran(assembled) == IN_ORDER
    assert whats(assembled) == [("moved", "double")]
    cells.reverse()
    assembled = put(released, lesson)
    assert ran(assembled) == IN_ORDER
    assert [what for what, _ in whats(assembled)] == ["moved"]


def test_renamed_cells_are_known_by_id_then_by_content(released, lesson):
    solved(released)
    cell_of(released, "double")["metadata"]["nbgrader"]["grade_id"] = "mine"
    other = cell_of(released, "triple")
    other["metadata"]["nbgrader"]["grade_id"] = "also-mine"
    other["id"] = "3f2a"
    assembled = put(released, lesson)
    assert ran(assembled) == IN_ORDER
    assert source_of(assembled, "triple") == TRIPLE
    assert assembled.answers["double"] is assembled.answers["triple"] is GIVEN
    assert whats(assembled) == [("renamed", "triple"), ("renamed", "double"), ("renamed", "triple")]


@pytest.mark.parametrize("drop_ids", [False, True])
def test_metadata_removed_wholly(released, lesson, drop_ids):
    solved(released)
    for number, cell in enumerate(released["cells"]):
        cell["metadata"] = {}
        if drop_ids:
            cell["id"] = f"n{number}"
    assembled = put(released, lesson)
    assert ran(assembled) == IN_ORDER
    assert (source_of(assembled, "double"), source_of(assembled, "triple")) == (ANSWER, TRIPLE)
    assert not any(repair.tampering for repair in assembled.repairs)
    assert ("metadata", "") in whats(assembled)


def test_without_metadata_a_misspelt_answer_is_known_by_its_place_or_likeness(released, lesson):
    write(released, "double", "def dubble(x):\n    y = x + x\n    return y")
    for number, cell in enumerate(released["cells"]):
        cell["metadata"], cell["id"] = {}, f"n{number}"
    assembled = put(released, lesson)
    assert assembled.answers["double"] is GIVEN
    assert "dubble" in source_of(assembled, "double")


@pytest.mark.parametrize("bad", [None, 7, "text", [1], {"grade_id": {"a": 1}}, {"schema_version": "3"}, {"points": {}}])
def test_metadata_of_wrong_types(released, lesson, bad):
    for cell in solved(released)["cells"]:
        cell["metadata"]["nbgrader"] = bad
    assembled = put(released, lesson)
    assert ran(assembled) == IN_ORDER
    assert assembled.answers["double"] is GIVEN
    released["metadata"] = bad
    for cell in released["cells"]:
        cell["metadata"] = bad
    assert ran(put(released, lesson)) == IN_ORDER


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_a_retyped_answer_is_read_as_code_where_it_is_a_program(released, lesson, kind):
    cell_of(solved(released), "double")["cell_type"] = kind
    assembled = put(released, lesson)
    assert ran(assembled) == IN_ORDER
    assert source_of(assembled, "double") == ANSWER
    assert whats(assembled) == [("retyped", "double")]
    write(released, "double", "I could not do it.")
    assembled = put(released, lesson)
    assert assembled.answers["double"] is MISSING
    assert ("l", "double") not in ran(assembled)


def test_a_retyped_check_still_runs(released, lesson):
    cell_of(solved(released), "double-check")["cell_type"] = "raw"
    assembled = put(released, lesson)
    assert ran(assembled) == IN_ORDER
    assert whats(assembled, tampering=True) == [("retyped", "double-check")]


def test_a_retyped_manual_answer_is_still_text(released, lesson):
    cell_of(released, "essay").update(cell_type="code", source="because(")
    assembled = put(released, lesson)
    assert assembled.texts == {"essay": "because("}
    assert ran(assembled) == IN_ORDER


@pytest.mark.parametrize("keeps", ["double", "double-check"])
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_an_answer_merged_with_its_check(released, lesson, keeps, between):
    solved(released)
    text = ANSWER + between + "".join(cell_of(released, "double-check")["source"])
    gone = "double" if keeps == "double-check" else "double-check"
    released["cells"].remove(cell_of(released, gone))
    write(released, keeps, text)
    assembled = put(released, lesson)
    assert ran(assembled) == IN_ORDER
    assert source_of(assembled, "double") == ANSWER
    assert whats(assembled) == [("merged", gone)]
    assert assembled.answers["double"] is GIVEN
    assert not assembled.repairs[0].tampering


def test_an_answer_merged_with_a_teacher_s_cell(released, lesson):
    solved(released)
    write(released, "use-both", TRIPLE + "\n\n" + "".join(cell_of(released, "use-both")["source"]))
    released["cells"].remove(cell_of(released, "triple"))
    assembled = put(released, lesson)
    assert ran(assembled) == IN_ORDER
    assert source_of(assembled, "triple") == TRIPLE
    assert whats(assembled) == [("merged", "triple")]


@pytest.mark.parametrize(("keeps", "gone"), [("double", "triple"), ("triple", "double")])
def test_two_answers_merged_run_in_the_first_one_s_place(released, lesson, keeps, gone):
    write(released, keeps, f"{ANSWER}\n\n{TRIPLE}")
    released["cells"].remove(cell_of(released, gone))
    assembled = put(released, lesson)
    assert assembled.answers["double"] is assembled.answers["triple"] is GIVEN
    assert ran(assembled) == [step for step in IN_ORDER if step != ("l", "triple")]
    assert source_of(assembled, "double") == f"{ANSWER}\n\n{TRIPLE}"
    assert whats(assembled) == [("merged", gone)]


@pytest.mark.parametrize("same_name", [True, False])
@pytest.mark.parametrize(
    ("first", "second"), [("def double(x):\n    y = x", "    return y + x"), ("def double(x):", "    return 2 * x\n")]
)
def test_a_split_answer_is_one_step(released, lesson, same_name, first, second):
    cell = cell_of(released, "double")
    rest = deepcopy(cell) | {"id": "rest", "source": second}
    rest["metadata"] = rest["metadata"] if same_name else {}
    cell["source"] = first
    released["cells"].insert(place_of(released, "double") + 1, rest)
    assembled = put(released, lesson)
    assert source_of(assembled, "double") == f"{first}\n{second}"
    assert ran(assembled) == IN_ORDER
    assert whats(assembled) == [("split", "double")]


def test_duplicate_ids_everywhere(released, lesson):
    for cell in solved(released)["cells"]:
        cell["id"] = "same"
    assembled = put(released, lesson)
    assert ran(assembled) == IN_ORDER
    assert not any(repair.tampering for repair in assembled.repairs)


# --- other formats ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minor", "reported"), [(0, True), (4, True), (5, False), (6, True)])
def test_other_minor_versions_are_read_and_reported(released, lesson, minor, reported):
    released["nbformat_minor"] = minor
    if minor < 5:
        for cell in released["cells"]:
            del cell["id"]
    released["cells"].insert(0, own_code("x = 1"))
    assembled = put(released, lesson)
    assert whats(assembled) == ([("format", "")] if reported else [])
    assert ran(assembled)[1:] == IN_ORDER


@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        (b"", NotebookError, "not a complete notebook"),
        (b"{", NotebookError, "line 1"),
        (b"[1]", NotebookError, "no nbformat"),
        (b'{"nbformat": 3, "worksheets": []}', NotebookError, "nbformat 3"),
        (b'{"nbformat": 5, "cells": []}', NotebookError, "nbformat 5"),
        (b'{"nbformat": 4}', NotebookError, "cells are missing"),
        (b'{"nbformat": 4, "cells": [7]}', NotebookError, "cell 1"),
        (b'{"nbformat": 4, "cells": {"a": 1}}', NotebookError, "cells are missing"),
        (b"\xff\xfe{}", NotebookError, "UTF-8"),
        (b'{"cells": ' + b"[" * 100_000, NotebookError, "not a complete notebook"),
        (b"[" * 4_000_000, SubmissionError, "too many small pieces"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "raw", "source": "\\ud800"}]}', NotebookError, "half a character"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else "",
)
def test_what_is_no_notebook_is_one_line(lesson, content, error, says):
    with pytest.raises(error, match=says) as caught:
        assemble(lesson, content, "eve/a.ipynb")
    assert "\n" not in str(caught.value)
    assert "eve/a.ipynb" in str(caught.value)


def test_a_byte_order_mark_does_not_matter(released, lesson):
    assert assemble(lesson, b"\xef\xbb\xbf" + json.dumps(released).encode(), "a.ipynb").repairs == ()


@pytest.mark.parametrize("key", ["cell_type", "cell\\u005ftype"])
def test_too_many_cells_are_refused_at_once(lesson, key):
    cell = f'{{"{key}": "code", "source": "", "metadata": {{}}, "outputs": []}}'
    text = '{"nbformat": 4, "cells": [' + ", ".join([cell] * 100_000) + "]}"
    before = time.process_time()
    with pytest.raises(SubmissionError, match="cells"):
        assemble(lesson, text.encode(), "a.ipynb")
    assert time.process_time() - before < 5  # a fraction of a second; a shared machine may be slow


def test_the_most_cells_are_taken(lesson, released):
    cells = [own_code(f"x{number} = {number}", f"n{number}") for number in range(_open.MAX_CELLS)]
    released["cells"] = cells
    assembled = put(released, lesson)
    assert len(assembled.steps) == len(cells) + len(IN_ORDER) - 2
    released["cells"] = [*cells, own_code("one = 'more'")]
    with pytest.raises(SubmissionError, match=r"5,001 cells; 5,000 at most"):
        put(released, lesson)


def test_a_cell_of_more_than_a_megabyte_is_refused_but_large_outputs_are_not(released, lesson):
    cell = cell_of(solved(released), "double")
    cell["outputs"] = [{"output_type": "display_data", "data": {"image/png": "A" * 5_000_000}, "metadata": {}}]
    assert put(released, lesson).repairs == ()
    cell["source"] = "#" * (_open.MAX_CELL_TEXT + 1)
    with pytest.raises(SubmissionError, match=r"cell 5 has 1,000,001 characters"):
        put(released, lesson)


def test_programs_made_to_be_slow_to_read_are_not_read_for_long(released, lesson):
    slow = "x = " + "a+" * 400_000 + "a"
    for cell in released["cells"]:
        cell["metadata"], cell["id"], cell["source"] = {}, "z", slow + f"{id(cell)}"
    before = time.process_time()
    assembled = put(released, lesson)
    assert time.process_time() - before < 10
    assert checks_are_the_source_s(assembled)


# --- nbgrader's notebooks --------------------------------------------------------------------------------------------


def foreign(name):
    return Lesson(root=FOREIGN.parent, module=FOREIGN.name, file=name, title=name, minutes=1)


def submit(name, source):
    return assemble(foreign(source), (FOREIGN / f"{name}.ipynb").read_bytes(), f"{name}.ipynb")


@pytest.mark.parametrize(
    ("name", "states", "tampered"),
    [
        ("submitted-unchanged", {UNTOUCHED}, []),
        ("submitted-changed", {GIVEN}, []),
        ("submitted-cheat-attempt", {GIVEN}, []),
        ("submitted-locked-cell-changed", {UNTOUCHED}, ["cell-6", "cell-7"]),
        ("submitted-grade-cell-changed", {UNTOUCHED}, ["cell-3"]),
    ],
)
def test_nbgraders_own_submissions(name, states, tampered):
    assembled = submit(name, "submitted-unchanged")
    assert set(assembled.answers.values()) == states
    assert [cell for _, cell in whats(assembled, tampering=True)] == tampered
    assert whats(assembled, tampering=False) == []
    assert checks_are_the_source_s(assembled)
    assert list(assembled.texts) == (["baz", "quux"] if states == {GIVEN} else [])


@pytest.mark.parametrize("source", ["test", "test-v0", "test-v1", "test-v2"])
@pytest.mark.parametrize("name", ["test", "test-v0", "test-v1", "test-v2"])
def test_older_metadata_is_upgraded_in_submissions_and_in_sources(name, source):
    assembled = submit(name, source)
    assert assembled.repairs == ()
    assert set(assembled.answers.values()) == {GIVEN}
    assert [step.points for step in assembled.steps if step.kind is CHECK] == [1, 1, 0.5, 0.5]


def test_newer_metadata_is_a_clear_error():
    with pytest.raises(SubmissionError, match=r"cell 1: nbgrader's metadata is of schema 10"):
        submit("too-new", "test")
    with pytest.raises(GradingError, match=r"cell 'cell-1': nbgrader's metadata is of schema 10"):
        submit("test", "too-new")


def test_a_source_that_cannot_be_one_is_the_lesson_s_fault(tmp_path, make_course):
    with pytest.raises(GradingError, match="no grade_id"):
        submit("test", "test-v0-invalid")
    with pytest.raises(GradingError, match="cannot be read"):
        submit("test", "there-is-none")
    cells = lesson_cells(make_course)
    course = make_course({"00-start/01-twice": [*cells, cells[5] | {"id": "other"}]})
    with pytest.raises(GradingError, match="two cells have the grade_id 'double-check'"):
        assemble(course.lessons[0], b"{}", "a.ipynb")


def test_a_lesson_that_changed_is_read_again(make_course):
    course = make_course({"00-start/01-numbers": lesson_cells(make_course)})
    lesson = course.lessons[0]
    content = learner_edition(lesson, course).dumps().encode()
    assert len(assemble(lesson, content, "a.ipynb").steps) == 7
    text = lesson.path.read_text("utf-8").replace("assert double(7) == 14", "assert double(70) == 140")
    lesson.path.write_text(text, "utf-8")
    assert "double(70)" in source_of(assemble(lesson, content, "a.ipynb"), "double-check")


# --- whatever is done to a release -----------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_shuffle_copy_and_deletion_assembles_with_every_check_of_the_source(data, lesson, handed_out):
    cells = solved(deepcopy(handed_out))["cells"]
    chosen = data.draw(st.lists(st.sampled_from(range(len(cells))), max_size=2 * len(cells)))
    made = [deepcopy(cells[number]) for number in chosen]
    for cell in made:
        change = data.draw(st.sampled_from(["no", "no", "metadata", "id", "type", "source"]))
        if change == "metadata":
            cell["metadata"] = {}
        elif change == "id":
            cell["id"] = data.draw(st.sampled_from(["x", "double", "setup", "cell-3"]))
        elif change == "type":
            cell["cell_type"] = data.draw(st.sampled_from(["code", "markdown", "raw"]))
        elif change == "source":
            cell["source"] = data.draw(st.text(max_size=30).filter(lambda text: text.isascii()))
    assembled = put(handed_out | {"cells": made}, lesson)
    assert checks_are_the_source_s(assembled)
    names = [step.cell for step in assembled.steps]
    assert len(set(names)) == len(names)
    taught = [(step.cell, step.source) for step in assembled.steps if step.kind is TEACHER]
    assert [cell for cell, _ in taught] == ["setup", "example", "use-both"]
    by_id = {cell.id: cell.source for cell in lesson.notebook.cells}
    assert all(by_id[cell] == source for cell, source in taught)
    assert list(assembled.answers) == ["double", "triple", "essay", "task"]


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_a_shuffle_alone_changes_no_step(data, lesson, handed_out):
    document = solved(deepcopy(handed_out))
    expected = put(document, lesson).steps
    document["cells"] = data.draw(st.permutations(document["cells"]))
    assembled = put(document, lesson)
    assert assembled.steps == expected
    assert {repair.what for repair in assembled.repairs} <= {"moved"}
    assert not any(repair.tampering for repair in assembled.repairs)
