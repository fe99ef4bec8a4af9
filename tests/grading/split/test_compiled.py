"""Cells that are run without IPython's detours come out as they do with them."""

from __future__ import annotations

import ast
import json
import linecache
import sys
from pathlib import Path

import pytest
from IPython.core.inputtransformer2 import TransformerManager

from curriculum.grading.split._shell import CellShell, error_of, new_shell

ROOT = Path(__file__).resolve().parents[3]
UNUSUAL = [
    "%matplotlib inline\nx = 1",
    "x = 1\n%time y = 2",
    "%%time\nx = 1\ny = 2",
    "files = !ls\nlen(files)",
    "x = 1\nx?",
    "# is this it?\nx = 1",
    ">>> x = 1\n>>> x",
    "x = 1\n...\ny = 2",
    "# a stub\n...\n",
    "    x = 1\n    y = 2",
    "   # indented\nx = 1",
    "\n\nx = 1\ny = 2",
    "In [1]: x = 1\n   ...: y = 2",
    'text = """\n>>> x\n"""',
    'text = """\n   \n"""\nlen(text)',
    "def f():\n    x = 1\n   \n    return x",
    "x = 1\r\ny = 2\r\n",
    "x = '\x0c'\ny = 1",
    "x = [\n1,\n/2]",
    "x = (1\n/ 2)",
    ",f 1\nx = 1",
    "def broken(:\n    pass",
    "await asyncio.sleep(0)\nx = 1",
    "from __future__ import annotations\nx: nowhere = 1",
    "x = 1\n\n\n\n",
    "x = 1\n  ",
    "if True:\n    x = 1\n    \ny = 2",
    "",
    "x",
    "exit",
]


@pytest.fixture(scope="module")
def shell():
    displayhook, excepthook, main = sys.displayhook, sys.excepthook, sys.modules["__main__"]
    # Where doctests left their last result among the builtins, IPython keeps none of its own.
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr("builtins._", raising=False)
        yield new_shell()
    CellShell.clear_instance()
    sys.displayhook, sys.excepthook, sys.modules["__main__"] = displayhook, excepthook, main


def every_cell():
    notebooks = sorted((ROOT / "notebooks").rglob("*.ipynb")) + sorted((ROOT / "benchmarks").rglob("*.ipynb"))
    for path in notebooks:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                yield "".join(cell["source"])


def as_ipython(shell, source):
    return super(CellShell, shell).transform_cell(source)


@pytest.mark.parametrize("source", UNUSUAL)
def test_a_cell_is_transformed_as_ipython_does_it(source, shell):
    assert shell.transform_cell(source) == as_ipython(shell, source)


def test_every_cell_of_the_course_is_transformed_as_ipython_does_it(shell):
    cells = list(every_cell())
    assert len(cells) > 200
    assert [shell.transform_cell(cell) for cell in cells] == [as_ipython(shell, cell) for cell in cells]


def test_most_cells_of_the_course_need_no_tokens(shell, monkeypatch):
    asked = []
    original = TransformerManager.transform_cell
    monkeypatch.setattr(
        TransformerManager, "transform_cell", lambda self, cell: (asked.append(cell), original(self, cell))[1]
    )
    cells = list(every_cell())
    for cell in cells:
        shell.transform_cell(cell)
    assert len(asked) < len(cells) / 2


def test_a_transformer_of_the_learners_is_heard(shell):
    transform = [lambda lines: [line.replace("two", "2") for line in lines]]
    shell.input_transformers_post += transform
    try:
        assert shell.run("y = 1\nx = two").success
    finally:
        shell.input_transformers_post.clear()
    assert shell.user_ns["x"] == 2


def test_a_prepared_cell_does_what_it_does_unprepared(shell):
    source = "total = 0\nfor step in range(4):\n    total += step\n[total, 'shown']"
    plain = shell.run(source)
    shell.prepare(source)
    ready, again = shell.run(source), shell.run(source)
    assert plain.result == ready.result == again.result == [6, "shown"]
    assert shell.user_ns["_"] == [6, "shown"]


def test_a_prepared_cells_error_tells_its_line_and_text(shell):
    source = "value = 1\nother = 2\nraise ValueError(value)"
    shell.prepare(source)
    error = error_of(shell.run(source))
    frame = error.__traceback__
    while frame.tb_next is not None:
        frame = frame.tb_next
    assert frame.tb_lineno == 3
    assert linecache.getline(frame.tb_frame.f_code.co_filename, 3) == "raise ValueError(value)\n"


@pytest.mark.parametrize("source", ["def f(:\n    pass", "x = 1\nreturn x", "x = (\n"])
def test_what_is_no_python_is_said_when_it_is_run(source, shell):
    shell.prepare(source)
    assert isinstance(error_of(shell.run(source)), SyntaxError)


def test_a_prepared_cell_heeds_what_the_notebook_imports_from_the_future(shell):
    source = "class A:\n    x: int = 1\nkinds = A.__annotations__"
    shell.prepare(source)
    shell.run(source)
    assert shell.user_ns["kinds"] == {"x": int}
    shell.run("from __future__ import annotations\ny = 1")
    try:
        shell.run(source)
        assert shell.user_ns["kinds"] == {"x": "int"}
    finally:
        shell.compile.reset_compiler_flags()


def test_a_transformer_of_syntax_trees_is_heard_and_leaves_the_prepared_cell_alone(shell):
    class Doubled(ast.NodeTransformer):
        def visit_Constant(self, node):
            return ast.copy_location(ast.Constant(node.value * 2), node)

    source = "x = 21\ny = x"
    shell.prepare(source)
    shell.ast_transformers.append(Doubled())
    try:
        shell.run(source)
        assert shell.user_ns["x"] == 42
    finally:
        shell.ast_transformers.clear()
    shell.run(source)
    assert shell.user_ns["x"] == 21


def test_awaiting_at_the_top_still_works(shell):
    source = "import asyncio\nawait asyncio.sleep(0)\nx = 5"
    assert shell.run(source).success
    shell.prepare(source)
    assert shell.run(source).success
