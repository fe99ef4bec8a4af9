"""Systems that have some of the namespaces: each that can be had is, and what remains holds without the others."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

# where only root reaches Python, nobody can use it in a user namespace, unless it is mounted elsewhere
CLOSED = any(not folder.stat().st_mode & 1 for folder in Path(sys.base_prefix).parents)
MISSING = {
    "administering_root": {"user", "pid", "private_folder"},
    "mountless_root": {"mount", "private_folder"} | ({"user", "pid"} if CLOSED else set()),
    "mountless_user": {"mount", "private_folder"},
    "networkless_user": {"network"},
    "landlockless_user": {"landlock"},
    "masked_root": set(),
    "masked_user_made_by_root": set(),
}


@pytest.fixture(scope="module", params=MISSING)
def half(request, make_zygote):
    zygote = make_zygote(request.param)
    zygote.missing = MISSING[request.param]
    return zygote


def test_only_what_cannot_be_had_is_missing(half):
    assert {name for name, achieved in half.layers.items() if not achieved} == half.missing


def test_what_is_missing_has_a_reason(half):
    reasons = {name: reason for name, achieved, reason in half.first["layers"] if not achieved}
    assert all(reasons.values())
    assert "\n" not in half.first["summary"]


def test_python_works(half):
    code = (
        "import decimal, tempfile, threading; open('f', 'w').write('1'); result = tempfile.gettempdir().startswith(box)"
    )
    assert half.run(code).value is True


@pytest.mark.parametrize(
    "place", ["/etc/shadow", "/root/.bashrc", "/home", str(Path(__file__)), "/proc/1/environ", "/run"]
)
def test_nothing_else_can_be_read(half, place):
    answer = half.run(
        f"import os; p = {place!r}; result = os.listdir(p) if os.path.isdir(p) else open(p, 'rb').read(9)"
    )
    # a process that is the first of its namespace may look at itself
    assert answer.error.startswith(("PermissionError", "FileNotFoundError", "NotADirectoryError"))


def test_nothing_else_can_be_written(half):
    for place in ("/usr/x", "/etc/x", "/x", "/var/x", "/dev/x"):
        assert half.run(f"open({place!r}, 'w')").error.startswith(("PermissionError", "OSError"))


def test_there_is_no_network(half):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert "not permitted" in half.run(f"import socket; socket.create_connection(('127.0.0.1', {port}))").error


def test_nothing_else_can_be_signalled_or_forked(half):
    pid = half.here("import os; result = os.getpid()")
    for target in (pid, half.process.pid, -1):
        if half.layers["pid"] and target == 1:
            continue  # that is the child itself
        assert half.run(f"import os; os.kill({target}, 0)").error.startswith("PermissionError")
    assert half.run("import os; os.fork()").error.startswith("PermissionError")


def test_nobody_is_root(half):
    child = half.start("import time; time.sleep(600)")
    below = half.descendants()
    users = [
        line for pid in below for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line[:4] == "Uid:"
    ]
    assert users
    assert not any("0" in line.split() for line in users)
    assert half.finish(child, seconds=0).stopped


def test_an_old_kernel_in_a_container_leaves_the_filter_and_the_limits(make_zygote):
    zygote = make_zygote("old_user")
    standing = {name for name, achieved in zygote.layers.items() if achieved}
    assert standing == {"seccomp", "no_new_privs", "capabilities", "limits"}
    for attempt in (
        "os.fork()",
        "os.kill(os.getppid(), 0)",
        "socket.socket()",
        "open('f', 'wb').write(bytes(5 << 20))",
    ):
        assert zygote.run(f"import os, socket; {attempt}").error.startswith(("PermissionError", "OSError: [Errno 27]"))


def test_root_does_not_keep_the_right_to_read_everything_where_nothing_bounds_it(make_zygote):
    zygote = make_zygote("old_root")
    if CLOSED:
        assert "no Landlock" in zygote.first["error"]
    else:
        assert zygote.run("open('/etc/shadow')").error.startswith("PermissionError")


def test_threads_must_not_have_been_started(make_zygote):
    code = """
import threading
from curriculum.errors import SandboxError
event = threading.Event()
thread = threading.Thread(target=event.wait)
thread.start()
try:
    type(enclosure).enter(enclosure.policy)
except SandboxError as error:
    result = str(error)
event.set()
thread.join()
"""
    assert "thread" in make_zygote("user").here(code)


def test_a_masked_proc_is_no_proc(make_zygote):
    zygote = make_zygote("masked_user_made_by_root")
    assert next(reason for name, _, reason in zygote.first["layers"] if name == "pid").startswith("/proc is empty")
    assert zygote.run("import os; result = [os.getpid(), os.path.exists('/proc/self')]").value == [1, False]


@pytest.mark.parametrize("kind", ["user", "contained_user", "administering_root", "mountless_user"])
def test_what_is_hidden_below_something_readable_cannot_be_read(make_zygote, kind):
    folder = Path("/var/tmp") / f"curriculum-hidden-{os.getpid()}-{kind}"
    secret = folder / "package" / "_course" / "notebooks"
    (secret / "deep").mkdir(parents=True)
    (secret / "lesson.ipynb").write_text("1")
    (secret / "deep" / "lesson.ipynb").write_text("1")
    (folder / "package" / "code.py").write_text("x = 1")
    (folder / "package" / "_course" / "course.toml").write_text("1")
    paths = [secret / "lesson.ipynb", secret / "deep" / "lesson.ipynb"]
    try:
        zygote = make_zygote(kind, readable=[str(folder)], hidden=[str(secret)])
        for path in paths:
            error = zygote.run(f"open({str(path)!r})").error
            assert error.startswith(("PermissionError", "FileNotFoundError"))
        assert zygote.run(f"result = open('{folder}/package/_course/course.toml').read()").value == "1"
        assert zygote.run(f"import sys; sys.path.append('{folder}'); import package.code as c; result = c.x").value == 1
        assert zygote.run(f"import os; result = sorted(os.listdir('{folder}/package'))").value == ["_course", "code.py"]
    finally:
        for path in [*paths, folder / "package" / "code.py", folder / "package" / "_course" / "course.toml"]:
            path.unlink()
        for path in (secret / "deep", secret, secret.parent, folder / "package", folder):
            path.rmdir()
