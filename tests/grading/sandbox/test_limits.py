"""How much a confined process can use, and that its neighbours notice nothing."""

from __future__ import annotations

import errno

import pytest

NUMPY = ["numpy"]


@pytest.fixture(scope="module", params=["root", "contained_user"])
def small(request, make_zygote):
    limits = {"memory": 256 << 20, "submission_seconds": 1, "threads": 8, "open_files": 32, "disk": 8 << 20}
    return make_zygote(request.param, limits=limits, preload=NUMPY)


@pytest.mark.parametrize(
    "hog",
    [
        "x = bytearray(400 << 20)",
        "x = []\nwhile True: x.append(bytes(1 << 20))",
        "import numpy as np; x = np.ones((400 << 20) // 8)",
        "import mmap; x = mmap.mmap(-1, 400 << 20); x.write(bytes(400 << 20))",
        "x = 'a'\nwhile True: x += x",
    ],
)
def test_memory_ends_in_an_error_and_a_neighbour_goes_on(small, hog):
    neighbour = small.start("import sys; x = bytearray(100 << 20); result = len(x)")
    answer = small.run(hog)
    assert answer.error.startswith(
        ("MemoryError", "numpy._core._exceptions._ArrayMemoryError", "_ArrayMemoryError", "OSError")
    )
    assert answer.status == 0
    assert small.finish(neighbour).value == 100 << 20


def test_memory_within_the_limit_is_there(small):
    assert small.run("result = len(bytearray(200 << 20))").value == 200 << 20


def test_memory_is_not_had_by_files_in_memory(zygote):
    assert zygote.run("import os; os.memfd_create('x')").error.startswith("PermissionError")


@pytest.mark.parametrize(
    "loop", ["while True: pass", "import signal\nsignal.signal(signal.SIGXCPU, lambda *_: 0)\nwhile True: pass"]
)
def test_processor_time_ends(small, loop):
    answer = small.run(loop, seconds=30)
    assert answer.status == -9
    assert not answer.stopped


def test_an_endless_call_into_c_can_be_stopped(small):
    block = "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65)); signal.pause()"
    answer = small.run(block, seconds=0.3)
    assert answer.stopped
    assert answer.status == -9


THREADS = """
import threading
event = threading.Event()
made = []
try:
    for n in range(5000):
        thread = threading.Thread(target=event.wait)
        thread.start()
        made.append(thread)
except RuntimeError as error:
    result = [len(made), str(error)]
event.set()
for thread in made:
    thread.join()
"""


def test_threads_are_bounded_for_each_child(make_zygote):
    zygote = make_zygote("root", limits={"threads": 8, "memory": 4096 << 20})
    neighbour = zygote.start(
        "import time, threading; time.sleep(0.5); threading.Thread(target=abs, args=(1,)).start(); result = 1"
    )
    assert zygote.run(THREADS).value == [7, "can't start new thread"]
    assert zygote.finish(neighbour).value == 1


def test_threads_are_bounded_together_where_the_kernel_counts_them_so(make_zygote):
    zygote = make_zygote("contained_user", limits={"threads": 8, "memory": 1 << 40})
    reason = next(reason for name, _, reason in zygote.first["layers"] if name == "limits")
    most = int(reason.split()[-2])
    made, error = zygote.run(THREADS).value
    assert error == "can't start new thread"
    assert 8 < made < most


def test_descriptors_are_bounded(small):
    code = """
import os
made = 0
try:
    while True:
        os.dup(0)
        made += 1
except OSError as error:
    result = [made, error.errno]
"""
    made, number = small.run(code).value
    assert made < 32
    assert number == errno.EMFILE


@pytest.mark.parametrize("name", ["CORE", "MEMLOCK", "MSGQUEUE", "NICE", "RTPRIO"])
def test_what_is_of_no_use_is_not_there(small, name):
    assert small.run(f"import resource as r; result = r.getrlimit(r.RLIMIT_{name})").value == [0, 0]


def test_endless_recursion_ends(small):
    assert small.run("def f(): return f()\nf()").error.startswith("RecursionError")


def test_a_crash_is_a_signal(small):
    assert small.run("import ctypes; ctypes.string_at(1)").status == -11


def test_an_exit_is_a_status(small):
    assert small.run("import os; os._exit(3)").status == 3


def test_a_flood_of_children_leaves_nothing(small):
    for _ in range(20):
        assert small.run("import os; os.abort()").status < 0
    assert small.run("result = 1").value == 1
    processes = small.descendants()
    assert len(processes) <= 1
