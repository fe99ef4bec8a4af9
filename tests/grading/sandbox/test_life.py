"""Who dies with whom, and what is left."""

from __future__ import annotations

import os
import select
import signal
from pathlib import Path

import pytest

SLEEP = """
import signal, time
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
time.sleep(600)
"""


def wait_for_end(pids: set[int]) -> set[int]:
    """Wait until processes have ended, at most ten seconds; returns those that have not."""
    left = set()
    for pid in pids:
        try:
            fd = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        if not select.select([fd], [], [], 10)[0]:
            left.add(pid)
        os.close(fd)
    return left


@pytest.mark.parametrize("kind", ["root", "user", "contained_root", "contained_user"])
@pytest.mark.parametrize("victim", ["first", "inner"])
def test_children_die_with_their_zygote(make_zygote, kind, victim):
    zygote = make_zygote(kind)
    for _ in range(3):
        zygote.start(SLEEP)
    below = zygote.descendants()
    inner = min(below) if zygote.layers["pid"] else zygote.process.pid
    assert len(below) == (4 if zygote.layers["pid"] else 3)
    os.kill(zygote.process.pid if victim == "first" else inner, signal.SIGKILL)
    assert wait_for_end(below | {zygote.process.pid}) == set()
    assert zygote.process.wait(10) == -signal.SIGKILL


def test_the_first_process_ends_as_the_second_does(make_zygote):
    zygote = make_zygote("user")
    zygote.socket.sendall(b'{"do": "here", "code": "import os; os._exit(5)"}\n')
    assert zygote.process.wait(10) == 5


def test_what_a_killed_zygote_left_is_removed_by_the_next(make_zygote):
    zygote = make_zygote("contained_user")
    root = Path(zygote.here("result = str(enclosure._boxes.root)"))
    zygote.process.kill()
    zygote.process.wait(10)
    assert root.exists()
    os.utime(root, (0, 0))  # as if long ago: a folder that is just being made is left alone
    make_zygote("contained_user", temporary=str(zygote.temporary))
    assert not root.exists()


@pytest.mark.parametrize("kind", ["contained_user", "user"])
def test_a_zygote_leaves_nothing(make_zygote, kind):
    zygote = make_zygote(kind)
    code = "result = str(enclosure._boxes.root) if enclosure._boxes else ''"
    root = zygote.here(code)
    assert zygote.run("open('f', 'w')").error == ""
    zygote.here("enclosure.close()")
    assert root == "" or not Path(root).exists()


def test_a_zygote_outside_any_pid_namespace_holds_no_folders_of_ended_children(make_zygote):
    zygote = make_zygote("contained_user")
    for _ in range(3):
        zygote.run("open('f', 'w')")
    assert zygote.here("import os; result = len(os.listdir(enclosure._boxes.root))") == 1


SHIELD = """
import os, time
from pathlib import Path
receiver, sender = os.pipe()
pid = os.fork()
if pid == 0:
    enclosure.shield()
    os.write(sender, b"1")
    time.sleep(600)
os.read(receiver, 1)
os.close(receiver), os.close(sender)
result = [pid, os.getsid(pid) == pid]
"""


@pytest.mark.parametrize("kind", ["user", "contained_user"])
def test_a_trusted_child_is_kept_apart_and_dies_with_its_parent(make_zygote, kind):
    zygote = make_zygote(kind)
    pid, own_session = zygote.here(SHIELD)
    assert own_session
    assert zygote.run(f"open('/proc/{pid}/mem', 'rb')").error != ""
    assert zygote.run(f"import os; os.kill({pid}, 9)").error != "" or zygote.layers["pid"]
    below = zygote.descendants()
    zygote.process.kill()
    assert wait_for_end(below) == set()


def test_a_child_that_cannot_be_made_is_an_error_and_changes_nothing(make_zygote):
    zygote = make_zygote("user")
    code = """
import os
fork, os.fork = os.fork, lambda: (_ for _ in ()).throw(BlockingIOError(11, "no"))
try:
    enclosure.fork()
    result = "made"
except BlockingIOError:
    result = "refused"
os.fork = fork
"""
    assert zygote.here(code) == "refused"
    assert zygote.run("import os; result = os.getpid()").value == 1
    assert zygote.here("import os; pid = os.fork()\nif pid == 0: os._exit(0)\nos.waitpid(pid, 0); result = 1") == 1


def test_many_children_at_once(make_zygote):
    zygote = make_zygote("user")
    names = [zygote.start("import os, threading; result = [os.getpid(), threading.active_count()]") for _ in range(12)]
    assert [zygote.finish(name).value for name in names] == [[1, 1]] * 12


def test_a_child_of_a_child_of_the_zygote_can_fork_too(make_zygote):
    """A branch point: a trusted copy of the zygote makes children of its own."""
    zygote = make_zygote("user")
    code = """
import os
receiver, sender = os.pipe()
branch = os.fork()
if branch == 0:
    pid = enclosure.fork()
    if pid == 0:
        enclosure.confine([sender])
        os.write(sender, f"{os.getpid()} {os.getcwd()}".encode())
        os._exit(0)
    os.waitpid(pid, 0)
    os._exit(0)
os.close(sender)
os.waitpid(branch, 0)
result = os.read(receiver, 100).decode()
os.close(receiver)
"""
    assert zygote.here(code) == "1 /box"
