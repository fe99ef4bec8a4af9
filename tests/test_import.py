"""Importing the course loads nothing heavy: a check cell and the command line start at once."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SCIENCE = {"numpy", "pandas", "matplotlib", "scipy", "sklearn", "statsmodels"}
JUPYTER = {"IPython", "nbformat", "nbclient", "nbconvert", "ipykernel", "jupyterlab"}
TOOLS = {"typer", "rich", "jinja2", "sqlalchemy", "watchfiles", "PIL"}


def loaded(statement: str) -> set[str]:
    code = f"{statement}\nimport json, sys\nprint(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not run.stderr
    return set(json.loads(run.stdout))


@pytest.mark.parametrize(
    ("statement", "without"),
    [
        ("import curriculum", SCIENCE | JUPYTER | TOOLS),
        ("from curriculum import check", SCIENCE | JUPYTER | TOOLS),
        ("from curriculum import check, datasets, diagrams, plots", SCIENCE | JUPYTER | TOOLS),
        ("from curriculum import statistics", (SCIENCE - {"numpy"}) | JUPYTER | TOOLS),
        (
            "from curriculum import check\ncheck.exercise('x')\ncheck.equal([1, {'a': 2.0}], [1, {'a': 2.0}])",
            SCIENCE | JUPYTER,
        ),
    ],
)
def test_what_an_import_leaves_alone(statement, without):
    assert not loaded(statement) & without


def test_every_public_name_can_be_had():
    import curriculum

    assert set(curriculum.__all__) <= set(dir(curriculum))
    for name in curriculum.__all__:
        assert getattr(curriculum, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = curriculum.nonsense
