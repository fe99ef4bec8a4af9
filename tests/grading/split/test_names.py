"""What a cell's source alone says about names."""

from __future__ import annotations

import pytest

from curriculum.grading.split._names import may_seed, names_of

# source: (bound, read, changed)
CASES = {
    "x = 1": ("x", "", ""),
    "x = y": ("x", "y", ""),
    "x += 1": ("x", "x", ""),
    "x: int = y": ("x", "int y", ""),
    "a, (b, *c) = z": ("a b c", "z", ""),
    "x = 1\ny = x": ("x y", "", ""),
    "y = x\nx = 1": ("x y", "x", ""),
    "import numpy as np\nnp.zeros(3)": ("np", "", ""),
    "import os.path\nos.sep": ("os", "", ""),
    "from a.b import c as d, e": ("d e", "", ""),
    "def f(x, y=z):\n    return x + w": ("f", "w z", ""),
    "def f(x):\n    g = 1\n    return g": ("f", "", ""),
    "def f():\n    global t\n    t = 1": ("f", "", ""),
    "class A(B):\n    c = d\n    def m(self):\n        return e": ("A", "B d e", ""),
    "@deco\ndef f(): pass": ("f", "deco", ""),
    "f = lambda x: x + y": ("f", "y", ""),
    "[i for i in xs if i > t]": ("", "t xs", ""),
    "{k: v for k, v in d.items()}": ("", "d", ""),
    "for i in xs:\n    total = total + i": ("i total", "total xs", ""),
    "for i in xs:\n    x = i\nelse:\n    print(x)": ("i x", "print x xs", ""),
    "if a:\n    x = 1\nelse:\n    x = 2\nx": ("x", "a", ""),
    "if a:\n    x = 1\nx": ("x", "a x", ""),
    "while (n := f()):\n    print(n)": ("n", "f print", ""),
    "with open(p) as f:\n    f.read()": ("f", "open p", ""),
    "try:\n    x = 1\nexcept E as e:\n    x = e": ("x", "E", ""),
    "xs.append(1)\nprint(xs)": ("", "print xs", "xs"),
    "d['a'] = 1": ("", "d", "d"),
    "a.b.c = 1": ("", "a", "a"),
    "del d['k']": ("", "d", "d"),
    "f(x)[0].y = 2": ("", "f x", "f"),
    "xs.sort()\nxs": ("", "xs", "xs"),
    "fig, ax = plt.subplots()\nax.plot(x)\nfig": ("ax fig", "plt x", ""),
    "%matplotlib inline\nx = 1": ("x", "get_ipython", ""),
    "x = await f()": ("x", "f", ""),
    "": ("", "", ""),
    "# nothing": ("", "", ""),
}


@pytest.mark.parametrize("source", CASES, ids=range(len(CASES)))
def test_bound_read_and_changed(source):
    bound, read, changed = (set(words.split()) for words in CASES[source])
    found = names_of(source)
    assert found.bound == bound
    assert read <= found.read
    assert found.read - read <= {"int", "print", "open", "e"} | bound
    assert changed <= found.changed | (found.changed & bound)


@pytest.mark.parametrize(
    ("source", "sure"),
    [
        ("x = 1", {"x"}),
        ("if a:\n    x = 1", set()),
        ("if a:\n    x = 1\nelse:\n    x = 2", {"x"}),
        ("for i in xs:\n    x = i", set()),
        ("while a:\n    x = 1", set()),
        ("with a as b:\n    x = 1", {"b", "x"}),
        ("def f(): pass\nimport os", {"f", "os"}),
    ],
)
def test_what_is_bound_whichever_way(source, sure):
    assert names_of(source).sure == sure


@pytest.mark.parametrize("source", ["x = (", "def f(:", "1 +", "\x00", "(" * 300])
def test_what_is_no_python_says_nothing(source):
    found = names_of(source)
    assert (found.bound, found.read, found.changed) == (frozenset(), frozenset(), frozenset())
    assert not found.known


def test_imports_classes_and_functions_are_told_apart():
    found = names_of("import a.b\nfrom c.d import e\nclass K: pass\ndef f(): pass\nasync def g(): pass\nx = 1")
    assert found.imported == {"a", "e"}
    assert found.modules == ("a.b", "c.d")
    assert found.classes == {"K"}
    assert found.functions == {"f", "g"}


def test_what_a_function_reads_counts_although_it_is_called_later():
    found = names_of("def f():\n    return helper(table)")
    assert {"helper", "table"} <= found.read
    assert {"helper", "table"} <= found.late
    assert not names_of("x = helper(table)").late


def test_what_a_function_reads_of_its_own_cell_is_late_and_not_from_elsewhere():
    found = names_of("rate = 2\ndef f(x):\n    return x * rate")
    assert found.late == {"rate"}
    assert not found.read


def test_comprehensions_read_at_once_and_generators_later():
    assert not names_of("[part * scale for part in parts]").late
    assert names_of("[part * scale for part in parts]").read == {"scale", "parts"}
    assert "scale" in names_of("steps = (part * scale for part in parts)").late
    assert "scale" in names_of("fs = [lambda: scale for _ in range(3)]").late


@pytest.mark.parametrize("source", ["np.random.seed(0)", "seed(3)", "random.setstate(s)", "set_it = np.random.seed"])
def test_ways_to_set_a_global_generator(source):
    assert may_seed(source)


@pytest.mark.parametrize("source", ["rng = np.random.default_rng(seed)", "seed = 3", "draw(seed=3)", "seeds(3)"])
def test_generators_of_ones_own_are_not_global(source):
    assert not may_seed(source)
