"""A cell that is run without IPython's detours leaves behind what IPython leaves behind."""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
import traceback
from pathlib import Path
from typing import NamedTuple

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from curriculum.grading.split import _plain
from curriculum.grading.split._shell import CellShell, error_of, new_shell

ROOT = Path(__file__).resolve().parents[3]
# One notebook, in this order: what a cell leaves behind shows in those after it.
CELLS = [
    "x = 3\nx + 1",
    "def double(value):\n    return 2 * value",
    "double(4)",
    "double(4);",
    "double(4)  # why?",
    "double(';')",
    "_ + _",
    "Out[3], _3, __, ___",
    "In[2], _i2, _i, _ii, _iii",
    "x = 1; y = 2;\nx, y",
    "None",
    "print('written')\n'shown'",
    "print('written')",
    "len([1, 2])",
    "[1.5, 'a', None, {'b': (1, 2)}, {3}, b'c']",
    "list(range(300))",
    "{'a' * 40: 'b' * 40, 'c' * 40: 'd' * 40}",
    "import numpy as np\nnp.arange(6.0).reshape(2, 3)",
    "np.float64(1) / 3, np.array(['a', None], dtype=object)",
    "np.zeros(2000)",
    "import pandas as pd\npd.DataFrame({'a': [1, 2], 'b': ['x', None]})",
    "pd.Series([1.5, None], name='s')",
    "%precision 2",
    "(1 / 3, np.array([1 / 3]))",
    "1 / 3 + 0\n1 / 3",
    "%precision",
    "if x:\n    x",
    "for step in range(2):\n    step",
    "class Pretty:\n    seen = []\n    def _repr_html_(self):\n        self.seen.append('html')\n        return '<b>'\n"
    "    def _repr_pretty_(self, printer, cycle):\n        self.seen.append('text')\n        printer.text('pretty')",
    "Pretty()",
    "[Pretty(), Pretty()]",
    "Pretty.seen",
    "class Nowhere:\n    __module__ = None\n    def __repr__(self):\n        return 'from nowhere'",
    "Nowhere()",
    "class Broken:\n    def __repr__(self):\n        raise ValueError('no text')",
    "len([Broken()])\nBroken()",
    'len("""\ndef inner():\n    pass""")',
    "'a note'\nx = 1\ndef after_a_note():\n    return x",
    'x = 2\n\'a later note\'\ndef after_it():\n    """Documented."""',
    "after_it.__doc__, __doc__",
    "double(1)\n@staticmethod\ndef last(a, b=double(2)):\n    return a\n\n\n",
    "def one():\n    return 1\n# a remark at the end",
    "def one():\n    return 2\none()",
    "left = 1\nright = left / 0\ndef never():\n    pass",
    "left = 2\nreturn left\ndef never():\n    pass",
    "left = 3\ndef never(:\n    pass",
    "left, 'never' in globals()",
    "def wrong(a=no_such_name):\n    pass",
    "class Half:\n    value = 1\n    other = no_such_name",
    "print(1); print(2)",
    "double(1); double(2)",
    "double(3);  # quiet",
    "double(3)  # not; quiet",
    "print(1) if left else print(2)",
    "double(4).real = 5",
    "print(*[1, 2])\n",
    "double(\\\n5)",
    "def fails():\n    return 1 / 0",
    "fails()",
    "1 / 0",
    "value = 1\nother = value / 0\nnever = 1",
    "double(double)",
    "no_such_name",
    "import sys\nsys.exit(3)",
    "raise KeyboardInterrupt",
    "before = 1\nreturn before",
    "before = 2\n'a' = 3",
    "x = (",
    "before",
    "    indented = 1\n    indented",
    "_ = 'mine'",
    "1 + 1\n2 + 2",
    "_",
    "del _\n5 + 5",
    "_",
    "import warnings\ndef warn():\n    warnings.warn('careful')\nwarn()",
    "warn()",
    "from __future__ import annotations\nlater: nowhere = 1",
    "class Later:\n    a: nowhere = 1\nLater.__annotations__",
    "import inspect\ninspect.getsource(double)",
    "%who_ls function",
    "exit",
    "x",
    "y = 1\n\n\n",
    "# a remark\n# and another",
    "",
    "   \n  ",
    "ls = 3\nls",
    "ls",
    "import asyncio\nawait asyncio.sleep(0, 'awaited')",
    "shell = get_ipython()\nshell.execution_count",
    "sys.displayhook('through the hook')\n'and at the end'",
    "shell.ast_node_interactivity = 'all'",
    "1\n2",
    "shell.ast_node_interactivity = 'last_expr'",
    "form = get_ipython().display_formatter.formatters['text/html']\nasked = []",
    "form.for_type(int, lambda value: asked.append(value))\n7",
    "8\n9",
    "True\nFalse",
    "asked",
    "form.for_type_by_name('pandas', 'Series', lambda value: asked.append('series'))\n1.5",
    "pd.Series([1])\npd.Series([2])",
    "asked",
    "heard = []\nget_ipython().events.register('post_run_cell', lambda result: heard.append(result.result))",
    "10\n11",
    "get_ipython().events._callbacks['post_run_cell'].pop()\nheard",
    "get_ipython().set_custom_exc((ZeroDivisionError,), lambda *_, **__: heard.append('custom'))",
    "1\n1 / 0",
    "get_ipython().set_custom_exc((), None)\nheard",
    "text = get_ipython().display_formatter.formatters['text/plain']\nwas = text.for_type(str, None)",
    "text.for_type(str, lambda value, printer, cycle: (heard.append(value), printer.text('a text')))\n'heard'",
    "['heard in a list']\n['heard in a list']",
    "text.for_type(str, was)\nheard",
    "In, Out = 1, 2",
    "3 + 3\n4 + 4",
]


class Reference(InteractiveShell):
    """IPython's own shell; what would go to its screen as a traceback is compared as an error instead."""

    def showtraceback(self, *_, **__):
        pass

    def showsyntaxerror(self, *_, **__):
        pass


class After(NamedTuple):
    """What can be known of a cell when it has ended."""

    written: str
    result: str
    error: str
    count: int
    last: bool
    names: dict[str, str]
    outputs: dict[int, str]


@pytest.fixture
def shells():
    former = sys.displayhook, sys.excepthook, sys.modules["__main__"]
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr("builtins._", raising=False)
        reference = Reference(config=config)
        reference.run_cell("None", store_history=True)  # as ``new_shell`` does
        CellShell.clear_instance()
        yield new_shell(), reference
    CellShell.clear_instance()
    sys.displayhook, sys.excepthook, sys.modules["__main__"] = former


def after(shell, run, source):
    """Run a cell; everything as text, so that objects of two notebooks can be compared."""
    sys.modules["__main__"] = shell.user_module
    written = io.StringIO()
    with contextlib.redirect_stdout(written), contextlib.redirect_stderr(written):
        result = run(source)
    error = error_of(result)
    names = {
        name: told(value)
        for name, value in shell.user_ns.items()
        if name not in {"get_ipython", "exit", "quit", "open"} and (name == "__doc__" or not name.startswith("__"))
    }
    outputs = {number: told(value) for number, value in shell.user_ns["_oh"].items()}
    return After(
        without_addresses(written.getvalue()),
        told(result.result),
        "" if error is None else without_addresses("".join(lines_of(error))),
        shell.execution_count,
        shell.last_execution_succeeded,
        names,
        outputs,
    )


def told(value):
    try:
        return without_addresses(f"{type(value).__name__} {value!r}")
    except ValueError as error:
        return str(error)


def without_addresses(text):
    """A text without what differs between two shells although nothing is different: addresses, hashes, their names."""
    text = re.sub(r"<ipython-input-(\d+)-[0-9a-f]+>", r"<cell \1>", text)
    text = re.sub(r"/[^ ]*/(\w+)\.py:\d+", r"\1.py", text)
    text = re.sub(r"[\w.]*\b(CellShell|Reference)\b", "Shell", text)
    return re.sub(r"0x[0-9a-f]+", "0x", text)


def lines_of(error):
    """An error's type and text, and where in the notebook it came from."""
    yield f"{type(error).__name__}: {error}\n"
    for frame in traceback.extract_tb(error.__traceback__):
        if "ipython-input" in frame.filename:
            yield f"{frame.filename} {frame.lineno} {frame.name} {frame.line}\n"


def test_a_notebook_leaves_behind_what_ipython_leaves_behind(shells):
    ours, reference = shells
    for source in CELLS:
        found = after(ours, ours.run, source)
        expected = after(reference, lambda text: reference.run_cell(text, store_history=True), source)
        assert found == expected, source


def test_what_nobody_looks_at_leaves_the_same_behind(shells):
    ours, reference = shells
    for source in CELLS:
        found = after(ours, lambda text: ours.run(text, is_unseen=True), source)
        expected = after(reference, lambda text: reference.run_cell(text, store_history=True), source)
        assert found._replace(written="") == expected._replace(written=""), source


def test_an_object_of_a_learners_class_is_asked_although_nobody_looks(shells):
    ours, _ = shells
    ours.run("asked = []\nclass Own:\n    def __repr__(self):\n        asked.append(1)\n        return 'own'")
    for source in ("Own()\nOwn()", "[]\n[Own()]", "{}\n{'a': Own()}", "()\n(1, Own())"):
        ours.run(source, is_unseen=True)
    assert ours.user_ns["asked"] == [1, 1, 1, 1]


def test_a_time_limit_between_statements_ends_the_cell(shells, monkeypatch):
    ours, _ = shells

    def strike(*_):
        raise TimeoutError

    monkeypatch.setattr(ours.history_manager, "store_inputs", strike)
    assert isinstance(error_of(ours.run("x = 1\nx")), TimeoutError)


def test_most_cells_of_the_course_are_plain(shells, monkeypatch):
    ours, _ = shells
    detours = []
    monkeypatch.setattr(CellShell, "run_cell", lambda _self, source, **_: detours.append(source))
    monkeypatch.setattr(_plain, "_run", lambda *_: None)
    cells = [
        "".join(cell["source"])
        for path in sorted((ROOT / "notebooks").rglob("*.ipynb"))
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    for source in cells:
        ours.run(source)
    assert len(cells) > 200
    assert len(detours) < len(cells) / 4
