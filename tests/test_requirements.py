"""The locks in requirements/ give what pyproject.toml asks for, on every platform, and name no address."""

from __future__ import annotations

import itertools
import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import Environment, default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
REQUIREMENTS = ROOT / "requirements"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKS = {"lock.txt": (), "dev.txt": ("author", "dev")}
HASHES = re.compile(r"( --hash=sha256:[0-9a-f]{64})+")
SYSTEMS = [
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
]


def pins(name: str) -> list[tuple[Requirement, str]]:
    """Return a lock's requirements, each with the rest of its line: the hashes."""
    text = (REQUIREMENTS / name).read_text(encoding="utf-8").replace("\\\n", "")
    lines = [re.sub(r"\s+", " ", line).strip() for line in text.splitlines() if line and not line.startswith("#")]
    split = [line.partition(" --hash=") for line in lines]
    return [(Requirement(pin), mark + rest) for pin, mark, rest in split]


def pinned_version(pin: Requirement) -> Version:
    (specifier,) = pin.specifier
    assert specifier.operator == "==", f"{pin} is not pinned"
    return Version(specifier.version)


def declared(extras: tuple[str, ...]) -> list[Requirement]:
    lines = itertools.chain(PROJECT["dependencies"], *(PROJECT["optional-dependencies"][extra] for extra in extras))
    return [Requirement(line) for line in lines]


def environments() -> list[Environment]:
    pythons = [{"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.9"} for minor in (11, 12, 13, 14)]
    return [{**default_environment(), **system, **python} for system in SYSTEMS for python in pythons]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_is_pinned_and_hashed(lock):
    for pin, hashes in pins(lock):
        assert pinned_version(pin)
        assert HASHES.fullmatch(hashes), f"{pin} has no hashes"


@pytest.mark.parametrize("path", sorted(REQUIREMENTS.glob("*.txt")), ids=lambda path: path.name)
def test_no_address_and_no_option_is_written_down(path):
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    assert " @ " not in text
    assert not re.search(r"^-", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_has_one_fitting_version_everywhere(lock):
    locked = pins(lock)
    for environment in environments():
        active = [pin for pin, _ in locked if pin.marker is None or pin.marker.evaluate(environment)]
        found = {canonicalize_name(pin.name): pinned_version(pin) for pin in active}
        assert len(found) == len(active), "a package is pinned twice"
        for wanted in declared(LOCKS[lock]):
            if wanted.marker is not None and not wanted.marker.evaluate(environment):
                continue
            version = found.get(canonicalize_name(wanted.name))
            assert version is not None, f"{wanted} is not in {lock}"
            assert version in wanted.specifier, f"{lock} has {version} for {wanted}: refresh the lock"


def test_developers_have_the_versions_that_learners_have():
    learners, developers = ({(pin.name, pinned_version(pin)) for pin, _ in pins(lock)} for lock in LOCKS)
    assert learners <= developers


def test_constraints_hold_in_the_locks():
    lines = (REQUIREMENTS / "constraints.txt").read_text(encoding="utf-8").splitlines()
    constraints = [Requirement(line.partition("#")[0]) for line in lines if not line.startswith("#")]
    avoided: dict[str, SpecifierSet] = {canonicalize_name(item.name): item.specifier for item in constraints}
    for pin, _ in pins("dev.txt"):
        assert pinned_version(pin) in avoided.get(canonicalize_name(pin.name), SpecifierSet())
