"""The examples in docstrings run, and every public function has one."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil

import matplotlib as mpl
import pytest

from curriculum import check, datasets, diagrams, plots, statistics

mpl.use("agg")

PACKAGES = (check, datasets, diagrams, statistics)
MODULES = sorted(
    module.name for package in PACKAGES for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
)
FUNCTIONS = [getattr(package, name) for package in PACKAGES for name in package.__all__]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    check.exercise("")
    module = importlib.import_module(name)
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL)
    assert result.failed == 0


@pytest.mark.parametrize("function", [f for f in FUNCTIONS if inspect.isfunction(f)], ids=lambda f: f.__name__)
def test_every_function_says_how_it_is_called(function):
    names = {"passed", "finding_of", "drawing", "graded"}  # for whoever runs check cells, not for whoever writes them
    text = inspect.getdoc(function)
    assert text
    assert function.__name__ in names or "Example:" in text
    assert function.__name__ in names or ">>> " in text
    assert all(f"{p}:" in text or len(inspect.signature(function).parameters) < 3 for p in _named(function))


@pytest.mark.parametrize("name", check.__all__)
def test_every_public_name_is_documented(name):
    assert inspect.getdoc(getattr(check, name))


def test_the_example_of_a_mistake():
    assert "Example:" in inspect.getdoc(check.Mistake)
    assert inspect.getdoc(plots.show)


def _named(function):
    variadic = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
    return [name for name, p in inspect.signature(function).parameters.items() if p.kind not in variadic]
