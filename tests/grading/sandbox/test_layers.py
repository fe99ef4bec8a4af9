"""What is achieved where, and what is said about it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import curriculum
from curriculum.errors import SandboxError
from curriculum.grading._limits import Limits
from curriculum.grading._result import Layer
from curriculum.grading.sandbox import Enclosure, Mode, Policy, default_policy, summary

NAMES = ["user", "mount", "pid", "network", "ipc", "landlock", "seccomp", "no_new_privs", "capabilities", "limits"]
NAMES += ["private_folder"]
NEED_SPACES = {"user", "mount", "pid", "network", "ipc", "private_folder"}


def test_everything_stands_where_the_system_has_it(whole):
    assert whole.layers == dict.fromkeys(NAMES, True)
    assert whole.first["summary"] == "sandbox: complete (11 layers)"


@pytest.mark.parametrize("kind", ["contained_root", "contained_user"])
def test_a_container_leaves_what_needs_no_namespace(make_zygote, kind):
    zygote = make_zygote(kind)
    assert {name for name, achieved in zygote.layers.items() if not achieved} == NEED_SPACES
    line = zygote.first["summary"]
    assert "\n" not in line
    assert line.startswith("sandbox: without user, mount, pid, network, ipc namespaces (")
    assert line.endswith("what stands: Landlock, seccomp, no-new-privileges, capabilities, limits")
    assert line.count("Operation not permitted") == 1


@pytest.mark.parametrize("kind", ["root", "user"])
def test_strict_is_had_where_everything_stands(make_zygote, kind):
    assert all(make_zygote(kind, "strict").layers.values())


@pytest.mark.parametrize("kind", ["contained_root", "contained_user"])
def test_strict_names_all_that_is_missing_in_one_line(make_zygote, kind):
    error = make_zygote(kind, "strict").first["error"]
    assert "\n" not in error
    assert "strict" in error
    assert "user, mount, pid, network, ipc namespaces" in error


def test_off_says_so_and_still_bounds(make_zygote):
    zygote = make_zygote("user", "off")
    assert [name for name, achieved in zygote.layers.items() if achieved] == ["limits"]
    assert zygote.first["summary"].startswith("sandbox: without user, mount")
    assert "switched off" in zygote.first["summary"]
    assert zygote.run("x = bytearray(900 << 20)").error.startswith("MemoryError")
    assert zygote.run("open('f', 'w'); import os; result = os.listdir('.') and os.environ.get('CANARY')").error == ""
    pid = zygote.ask(do="start", name="left", code="open('f', 'w')")["pid"]
    assert pid in zygote.descendants()
    folder = zygote.here("result = str(list(enclosure._folders.values())[-1])")
    zygote.ask(do="finish", name="left", seconds=60)
    assert not Path(folder).exists()


def test_layers_of_the_present_are_joined_in_one_line():
    layers = (
        Layer("user", False, "a"),
        Layer("landlock", False, "b"),
        Layer("ipc", False, "a"),
        Layer("seccomp", True),
    )
    assert summary(layers) == "sandbox: without user, ipc namespaces (a); Landlock (b); what stands: seccomp"
    assert summary(()) == "sandbox: none"


def test_other_systems_are_told(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxError, match="Linux"):
        Enclosure.enter(Policy(Mode.OFF, (), (), Limits()))


# --- what may be read ------------------------------------------------------------------------------------------------


@pytest.fixture
def policy():
    return default_policy(Mode.AVAILABLE, Limits())


def below(path: Path, folders) -> bool:
    return any(path.resolve().is_relative_to(folder.resolve()) for folder in folders)


def test_python_and_the_package_may_be_read(policy):
    for module in (os, pytest, curriculum):
        assert below(Path(module.__file__), policy.readable)


def test_lessons_tests_home_and_working_folder_may_not(policy):
    clone = Path(curriculum.__file__).parents[2]
    for path in (
        clone / "notebooks",
        clone / "tests",
        clone / ".git",
        Path.home(),
        Path.cwd(),
        Path("/etc"),
        Path("/"),
    ):
        assert not below(path, policy.readable) or below(path, policy.hidden)


def test_more_may_be_read_on_request(make_zygote, tmp_path_factory):
    folder = Path("/var/tmp") / f"curriculum-more-{os.getpid()}"
    (folder / "real").mkdir(parents=True)
    (folder / "real" / "file").write_text("1")
    (folder / "link").symlink_to("real")
    try:
        for kind in ("user", "contained_user"):
            zygote = make_zygote(kind, readable=[str(folder / "link")])
            assert zygote.run(f"result = open('{folder}/link/file').read()").value == "1"
            assert zygote.run(f"open('{folder}/link/file', 'w')").error.startswith(("PermissionError", "OSError"))
            assert zygote.run(f"import os; os.listdir('{folder}')").error.startswith("PermissionError")
    finally:
        (folder / "link").unlink()
        (folder / "real" / "file").unlink()
        (folder / "real").rmdir()
        folder.rmdir()


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """As if the package had been installed from a wheel: its lessons lie inside it."""
    package = tmp_path / "lib" / "site-packages" / "curriculum"
    (package / "_course" / "notebooks").mkdir(parents=True)
    (package / "_course" / "datasets").mkdir()
    (package / "__init__.py").touch()
    monkeypatch.setattr(curriculum, "__file__", str(package / "__init__.py"))
    return package


def test_the_lessons_of_an_installed_package_are_hidden(installed):
    policy = default_policy(Mode.AVAILABLE, Limits())
    assert policy.hidden == (installed / "_course" / "notebooks",)
    assert below(installed / "_course" / "datasets", policy.readable)


def test_a_linked_environment_is_readable_by_both_names(tmp_path, monkeypatch):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "link"))
    assert tmp_path / "link" in default_policy(Mode.AVAILABLE, Limits()).readable
