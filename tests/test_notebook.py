"""Reading and writing notebooks, and what stands in their cells; nbformat and nbgrader are the referees."""

from __future__ import annotations

import io
import itertools
import json
import subprocess
import sys
import warnings
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum import course, notebook
from curriculum.errors import NotebookError
from curriculum.notebook import Cell, MarkerError, Notebook, Region, Role

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
    from nbgrader.utils import compute_checksum

LESSONS = course.load().lessons
CODE_CELL = {"cell_type": "code", "execution_count": None, "id": "a", "metadata": {}, "outputs": [], "source": []}


def document(*cells, **more):
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | more


def loaded(*cells, **more):
    return notebook.loads(json.dumps(document(*cells, **more)))


def only_cell(**values):
    return loaded(CODE_CELL | values).cells[0]


def graded(**meta):
    return Cell("a", "code", "x = 1", {"nbgrader": {"grade_id": "a", "schema_version": 3} | meta})


# --- reading and writing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_real_lessons_are_stored_as_nbformat_writes_them(lesson):
    text = lesson.path.read_text(encoding="utf-8")
    assert notebook.read(lesson.path).dumps() == text
    assert nbformat.writes(nbformat.reads(text, as_version=4)) + "\n" == text


@pytest.mark.parametrize(
    "data",
    [
        document(),
        document(CODE_CELL | {"source": ["a\n", "b"]}),
        document(CODE_CELL | {"unheard_of": {"deep": [1, None, "é"]}}),
        document(CODE_CELL | {"metadata": {"tags": ["x"], "nbgrader": {"points": 1.5}, "other": None}}),
        document(CODE_CELL | {"outputs": [{"name": "stdout", "output_type": "stream", "text": ["ü\n"]}]}),
        document({"cell_type": "raw", "id": "r", "metadata": {"format": "text/html"}, "source": ["<b>"]}),
        document(
            {
                "attachments": {"dot.png": {"image/png": "iVBORw0KGgo="}},
                "cell_type": "markdown",
                "id": "m",
                "metadata": {},
                "source": ["![dot](attachment:dot.png)"],
            }
        ),
        document(metadata={"kernelspec": {"name": "ir"}, "widgets": {}, "strange": [1.25, 1e300, True, None]}),
        document(also={"a": "top-level key"}),
        document({k: v for k, v in CODE_CELL.items() if k != "id"}, nbformat_minor=4),
    ],
    ids=["empty", "lines", "unknown", "metadata", "outputs", "raw", "attachment", "notebook", "top", "minor-4"],
)
def test_round_trip_keeps_everything(data):
    text = json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert notebook.loads(text).dumps() == text
    assert notebook.loads(notebook.loads(text).dumps()) == notebook.loads(text)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_source_survives_as_text_and_as_lines(source):
    as_text = only_cell(source=source)
    written = Notebook((as_text,)).to_json()["cells"][0]["source"]
    assert as_text.source == source == "".join(written)
    assert only_cell(source=written) == as_text
    peer = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source, id="a")], metadata={})
    assert Notebook((as_text,)).dumps() == nbformat.writes(peer) + "\n"


def test_unicode_line_separators_split_lines_as_nbformat_does():
    source = "a\u2028b\u2029c\x0bd\x0ce\x85f\rg\r\nh\n"
    lines = Notebook((only_cell(source=source),)).to_json()["cells"][0]["source"]
    assert "".join(lines) == source
    assert lines == source.splitlines(keepends=True)


def test_a_file_round_trips_through_the_disk(tmp_path):
    path = tmp_path / "new folder" / "größe ü.ipynb"
    made = loaded(CODE_CELL | {"source": "print('→')\r\nx"})
    notebook.write(made, path)
    assert path.read_bytes() == made.dumps().encode()
    assert notebook.read(str(path)).cells == made.cells
    assert notebook.read(path).path == path
    assert [item.name for item in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("value", [None, [], "text", 3])
def test_metadata_of_a_wrong_kind_counts_as_none(value):
    read = loaded(CODE_CELL | {"metadata": value}, metadata=value)
    assert read.metadata == read.own == read.cells[0].metadata == read.cells[0].own == {}
    assert only_cell(metadata={"nbgrader": value, "curriculum": value}).role is Role.CODE


def test_nulls_inside_metadata_do_no_harm():
    meta = {"nbgrader": dict.fromkeys(("grade_id", "points", "locked", "schema_version"), None) | {"grade": True}}
    cell = only_cell(metadata=meta | {"curriculum": {"exercise": None}}, outputs=None, source=None)
    assert (cell.grade_id, cell.exercise, cell.points, cell.outputs, cell.source) == ("", "", 0.0, [], "")
    assert len(notebook.checksum(cell)) == 32


@pytest.mark.parametrize("points", ["two", [], {}, 10**400])
def test_points_that_are_no_number_count_as_none(points):
    assert graded(grade=True, points=points).points == 0.0


def test_older_minors_get_ids_to_be_named_by_but_not_in_the_file():
    cells = [{k: v for k, v in CODE_CELL.items() if k != "id"}] * 2
    read = loaded(*cells, nbformat_minor=4)
    assert [cell.id for cell in read.cells] == ["cell-1", "cell-2"]
    assert all("id" not in cell for cell in read.to_json()["cells"])


def test_cleared_takes_outputs_and_counts_from_code_only():
    code = only_cell(outputs=[{"output_type": "stream"}], execution_count=7, more=1)
    assert code.cleared().raw == {"outputs": [], "execution_count": None, "more": 1}
    text = Cell("m", "markdown", "x", raw={"attachments": {}})
    assert text.cleared() is text


# --- files that are no notebooks -------------------------------------------------------------------------------------

WHOLE = json.dumps(document(CODE_CELL), indent=1)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a complete notebook (line 1)"),
        (WHOLE[:-20].encode(), "not a complete notebook (line"),
        (b"\xff\xfe" + WHOLE.encode("utf-16-le"), "not UTF-8 text (byte 0)"),
        (b"\xef\xbb\xbf" + WHOLE.encode(), "not a complete notebook"),
        (b"%PDF-1.7\nnot JSON", "not a complete notebook (line 1)"),
        (b"[1, 2]", "no nbformat"),
        (b'"text"', "no nbformat"),
        (b"null", "no nbformat"),
        (b'{"cells": []}', "no nbformat"),
        (b'{"nbformat": 3, "worksheets": []}', "nbformat 3; open and save it in JupyterLab"),
        (b'{"nbformat": "4\\n\\n"}', "nbformat"),
        (b'{"nbformat": 4}', "its cells are missing"),
        (b'{"nbformat": 4, "cells": {"a": 1}}', "its cells are missing"),
        (b'{"nbformat": 4, "cells": [7]}', "cell 1 is not a code, markdown or raw cell"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "heading"}]}', "cell 1 is not"),
        (b'{"nbformat": 4, "cells": [{"cell_type": ["code"]}]}', "cell 1 is not"),
        (json.dumps(document(CODE_CELL, {})).encode(), "cell 2 is not"),
        (b"[" * 100_000, "not a complete notebook"),
        (b'{"nbformat": 4, "cells": [], "metadata": ' + b'{"a":' * 100_000, "not a complete notebook"),
        (b'{"nbformat": ' + b"4" * 5_000 + b"}", "not a complete notebook"),
        (json.dumps(document(CODE_CELL | {"source": "\ud83d"})).encode(), "half a character"),
    ],
)
def test_what_is_no_notebook_is_one_line_naming_the_file(tmp_path, content, says):
    path = tmp_path / "01-lesson.ipynb"
    path.write_bytes(content)
    with pytest.raises(NotebookError) as caught:
        notebook.read(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert says in message
    assert "\n" not in message
    assert len(message) < len(str(path)) + 120


def test_missing_files_and_folders_are_one_line(tmp_path):
    with pytest.raises(NotebookError, match=r"gone\.ipynb: there is no such file$"):
        notebook.read(tmp_path / "gone.ipynb")
    with pytest.raises(NotebookError, match=r"cannot be read \(Is a directory\)$"):
        notebook.read(tmp_path)


def test_deep_nesting_is_kept_or_one_line():
    refused = []
    for depth in [*range(700, 1100, 10), 200_000]:  # how deep is too deep depends on the Python
        deep = "[" * depth + "]" * depth
        try:
            notebook.loads(json.dumps(document()).replace('"metadata": {}', f'"metadata": {{"a": {deep}}}')).dumps()
        except NotebookError as error:
            refused.append(str(error))
    assert refused
    assert all(message.startswith("notebook: is n") and "\n" not in message for message in refused), refused


def test_the_learner_side_never_waits_for_nbformat():
    code = f"import sys; from curriculum import notebook; notebook.read({str(LESSONS[0].path)!r}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"nbformat", "jsonschema", "IPython", "numpy"} & set(done.stdout.split())


# --- roles -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell_type", "meta", "exercise", "role"),
    [
        ("markdown", {}, "", Role.TEXT),
        ("markdown", {}, "a", Role.PROMPT),
        ("code", {}, "", Role.CODE),
        ("code", {}, "a", Role.CODE),
        ("code", {"locked": True, "grade": False, "solution": False}, "", Role.CODE),
        ("code", {"solution": True, "grade": False}, "", Role.SOLUTION),
        ("code", {"solution": False, "grade": True, "points": 2}, "", Role.CHECK),
        ("markdown", {"solution": True, "grade": True, "points": 2}, "", Role.MANUAL),
        ("code", {"solution": True, "grade": True, "points": 2}, "", Role.MANUAL),
        ("markdown", {"task": True, "points": 3}, "", Role.TASK),
    ],
)
def test_role_comes_from_metadata(cell_type, meta, exercise, role):
    cell = Cell("a", cell_type, "", {"nbgrader": meta, "curriculum": {"exercise": exercise}})
    assert cell.role is role
    assert cell.points == meta.get("points", 0)


def test_points_of_a_cell_that_is_not_graded_do_not_count():
    assert graded(grade=False, solution=True, points=5).points == 0


# --- marked regions: nbgrader's own preprocessors on the same text ---------------------------------------------------

STUBS = {"python": notebook.CODE_STUB}
CLEARERS = {
    Region.SOLUTION: ClearSolutions(code_stub=STUBS, text_stub=notebook.TEXT_STUB, enforce_metadata=False),
    Region.HIDDEN_TESTS: ClearHiddenTests(enforce_metadata=False),
    Region.MARK_SCHEME: ClearMarkScheme(enforce_metadata=False),
}
for clearer in CLEARERS.values():
    clearer.log.disabled = True


def nbgraders(source, region, cell_type="code"):
    """What nbgrader makes of a solution cell, or None where it refuses."""
    make = nbformat.v4.new_code_cell if cell_type == "code" else nbformat.v4.new_markdown_cell
    meta = {"solution": True, "grade": False, "grade_id": "a", "locked": False, "schema_version": 3}
    cell = make(source, metadata={"nbgrader": meta})
    try:
        return CLEARERS[region].preprocess_cell(cell, {"language": "python"}, 0)[0].source
    except RuntimeError:
        return None


def ours(source, region, cell_type="code"):
    try:
        if region is Region.SOLUTION:
            return notebook.starter(Cell("a", cell_type, source))
        return notebook.replace_region(source, region, None)
    except MarkerError:
        return None


LINE = st.sampled_from(
    [
        "### BEGIN {}",
        "### END {}",
        "    ### BEGIN {}",
        "\t### END {}",
        "x = 1  # BEGIN {} here too",
        "END {}",
        "### begin {}",
        "x = 1",
        "    return x",
        "",
        "  ",
        "é\u2028### BEGIN {}",
        "\u00a0### BEGIN {}",
        "a\r",
    ]
)


@given(st.lists(LINE, max_size=8), st.sampled_from(Region), st.sampled_from(["code", "markdown"]))
def test_regions_are_cut_as_nbgrader_cuts_them(lines, region, cell_type):
    source = "\n".join(line.format(region) for line in lines)
    inside = False
    for line in lines:
        if "BEGIN" in line:
            inside = True
        elif "END" in line and not inside and (region is not Region.SOLUTION or "BEGIN" in "".join(lines)):
            # The one place where we are stricter: an END without BEGIN would hand out what it was to hide.
            assert ours(source, region, cell_type) is None
            return
        elif "END" in line:
            inside = False
    assert ours(source, region, cell_type) == nbgraders(source, region, cell_type)


@pytest.mark.parametrize("region", Region)
@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["### BEGIN {}", "a"], "'### BEGIN {0}' without '### END {0}'"),
        (["### BEGIN {}", "### BEGIN {}", "### END {}"], "a second '### BEGIN {0}' before '### END {0}'"),
        (["a", "### END {}"], "'### END {0}' without '### BEGIN {0}'"),
        (["### BEGIN {}", "### END {}", "### END {}"], "'### END {0}' without '### BEGIN {0}'"),
    ],
)
def test_markers_that_do_not_pair_say_which(region, lines, says):
    with pytest.raises(MarkerError) as caught:
        notebook.replace_region("\n".join(lines).replace("{}", region), region, None)
    assert str(caught.value) == says.format(region)


def test_a_stub_of_several_lines_is_indented_like_its_marker():
    source = "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\nf()"
    assert notebook.replace_region(source, Region.SOLUTION, "a\nb") == "def f():\n    a\n    b\nf()"


def test_other_regions_are_left_alone():
    source = "### BEGIN HIDDEN TESTS\n1\n### END HIDDEN TESTS"
    assert notebook.replace_region(source, Region.SOLUTION, "...") == source
    assert notebook.replace_region(source, Region.MARK_SCHEME, None) == source


def test_starter_and_solution_of_a_cell():
    cell = Cell("a", "code", "def f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION")
    assert notebook.starter(cell) == "def f():\n    ..."
    assert notebook.solution(cell) == "def f():\n    return 1"
    assert notebook.starter(Cell("a", "code", "whole = 1")) == "..."
    assert notebook.starter(Cell("a", "markdown", "My answer")) == notebook.TEXT_STUB


# --- checksums -------------------------------------------------------------------------------------------------------

FLAGS = list(itertools.product([True, False, None], repeat=4))


@pytest.mark.parametrize("cell_type", ["code", "markdown"])
@pytest.mark.parametrize(("grade", "solution", "locked", "task"), FLAGS)
def test_checksum_is_nbgraders(grade, solution, locked, task, cell_type):
    flags = {"grade": grade, "solution": solution, "locked": locked, "task": task}
    meta = {key: value for key, value in flags.items() if value is not None} | {"grade_id": "größe-1", "points": 3}
    make = nbformat.v4.new_code_cell if cell_type == "code" else nbformat.v4.new_markdown_cell
    theirs = make("x = 'ü'\n\n", metadata={"nbgrader": meta})
    assert notebook.checksum(Cell("a", cell_type, "x = 'ü'\n\n", {"nbgrader": meta})) == compute_checksum(theirs)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.floats(0, 1e6) | st.integers(0, 10**6))
def test_checksum_is_nbgraders_for_any_source_and_points(source, points):
    meta = {"grade": True, "solution": False, "locked": True, "grade_id": "a", "points": points}
    theirs = nbformat.v4.new_code_cell(source, metadata={"nbgrader": meta})
    assert notebook.checksum(Cell("a", "code", source, {"nbgrader": meta})) == compute_checksum(theirs)


# --- code ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("x = 'a'", 'x  =  "a"  # why', True),
        ("def f():\n    ...", "def f():\n        ...\n", True),
        ("x = 1", "x = 2", False),
        ("x = 1", "x = 1.0", False),
        ("x = 1", "x = True", False),
        ("def f():\n    'doc'\n    ...", "def f():\n    ...", False),
        ("", "# a comment", True),
        ("%matplotlib inline\nx = 1", "  %matplotlib inline\nx = 1\n", True),
        ("%matplotlib inline", "%matplotlib widget", False),
        ("x = (", "x = (", True),
        ("x\0", "x\0", True),
        ("(" * 500, "(" * 500, True),
        ("-" * 20_000 + "1", "-" * 20_000 + "2", False),
    ],
)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_same_code(first, second, same):
    assert notebook.same_code(first, second) is same
    assert notebook.same_code(second, first) is same


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("", set()),
        ("x = y = 1\n(a, [b, *c]) = z", {"x", "y", "a", "b", "c"}),
        ("x: int = 1\ny: int\nx += 1", {"x", "y"}),
        ("def f(a):\n    inner = 1\nasync def g(): ...\nclass K:\n    attribute = 1", {"f", "g", "K"}),
        ("import os.path, numpy as np\nfrom math import pi, tau as whole", {"os", "np", "pi", "whole"}),
        ("for i in x:\n    last = i\nwith open(p) as file: ...", {"i", "last", "file"}),
        ("if (n := 3): ...\nwhile True:\n    m = 1", {"n", "m"}),
        ("squares = [n * n for n in x]\nkeep = lambda m: (k := m)", {"squares", "keep"}),
        ("x.attribute = 1\nx['item'] = 2\nprint(x)", set()),
        ("try:\n    t = 1\nexcept ValueError:\n    e = 2", {"t", "e"}),
        ("x = (", set()),
        ("%time x = 1", set()),
        ("x\0 = 1", set()),
    ],
)
def test_names_assigned(source, names):
    assert notebook.names_assigned(source) == names


@pytest.mark.parametrize("source", ["-" * 20_000 + "1", "(" * 20_000, "x." * 20_000 + "y"])
def test_code_too_deep_for_python_is_no_accident(source):
    assert notebook.names_assigned(source) == set()
    assert notebook.same_code(source, source)


def test_reading_takes_what_nbformat_takes():
    """Every notebook that comes with nbgrader can be read, or is of another format."""
    import nbgrader

    paths = sorted((Path(nbgrader.__file__).parent / "tests").rglob("*.ipynb"))
    assert len(paths) > 50
    for path in paths:
        peer = json.load(io.StringIO(path.read_text(encoding="utf-8")))
        if peer["nbformat"] != 4:
            continue
        read = notebook.read(path)
        assert [cell.source for cell in read.cells] == ["".join(cell["source"]) for cell in peer["cells"]]
        assert notebook.loads(read.dumps()).dumps() == read.dumps()
