"""environment.yml asks conda for what pyproject.toml asks of pip: no conda is at hand to solve it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PYPI_NAMES = {"matplotlib-base": "matplotlib", "msgpack-python": "msgpack"}  # conda's names where they differ
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def conda_requirements() -> dict[str, SpecifierSet]:
    found = {}
    for line in CONDA["dependencies"]:
        if isinstance(line, str):
            name, _, version = line.partition(" ")
            assert name not in found, f"{name} is listed twice"
            found[name] = SpecifierSet(version)
    return found


def test_the_only_channel_is_conda_forge():
    assert CONDA["channels"] == ["conda-forge", "nodefaults"]


def test_requirements_equal_those_of_pyproject():
    found = conda_requirements()
    del found["python"], found["pip"]
    named_as_on_pypi = {canonicalize_name(PYPI_NAMES.get(name, name)): wanted for name, wanted in found.items()}
    declared = [Requirement(text) for text in PROJECT["dependencies"]]
    assert named_as_on_pypi == {canonicalize_name(item.name): item.specifier for item in declared}


def test_python_is_the_one_that_pyproject_requires():
    assert conda_requirements()["python"] == SpecifierSet(PROJECT["requires-python"])


def test_pip_adds_only_the_project_itself():
    (section,) = [item for item in CONDA["dependencies"] if isinstance(item, dict)]
    assert section == {"pip": ["-e ."]}
