"""Submissions that end, hang, flood or exhaust their own process: each costs its own exercise, nobody else anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hostile.arena import SHORT
from hostile.lesson import HONEST, Attack

from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from hostile.arena import Arena

_ENDS = {
    "os._exit": "import os\nos._exit(0)",
    "os.abort": "import os\nos.abort()",
    "a segmentation fault": "import ctypes\nctypes.string_at(8)",
    "a fault in a thread": "import ctypes, threading, time\n"
    "threading.Thread(target=ctypes.string_at, args=(8,)).start()\ntime.sleep(9)",
    "a recursion in C": "import sys\nsys.setrecursionlimit(10**9)\nclass F:\n    def __getattr__(self, name):\n"
    "        return getattr(self, name + 'x')\nF().x",
}
_RAISES = {
    "sys.exit": "import sys\nsys.exit(0)",
    "exit": "exit()",
    "SystemExit": "raise SystemExit",
    "KeyboardInterrupt": "raise KeyboardInterrupt",
    "GeneratorExit": "raise GeneratorExit",
    "a BaseException": "class Mine(BaseException):\n    pass\nraise Mine",
    "an AssertionError": "raise AssertionError",
    "NotImplementedError": "raise NotImplementedError",
    "a CheckFailed": "from curriculum.errors import CheckFailed\nfrom curriculum.check import Finding\n"
    "from curriculum.outcome import Outcome\nraise CheckFailed(Finding(Outcome.PASSED, 'all right'))",
    "an endless recursion": "def deeper():\n    deeper()\ndeeper()",
    "signal handlers": "import signal\nfor number in (2, 10, 12, 14, 15):\n"
    "    signal.signal(number, lambda *a: 1 / 0)\n"
    "signal.setitimer(signal.ITIMER_REAL, 0.01)\nwhile True:\n    pass",
}


def test_a_process_signals_itself(fortress: Arena) -> None:
    # The first process of a namespace is not ended by signals from inside.
    signal = "import os, signal\nfor number in (15, 9):\n    os.kill(os.getpid(), number)\n"
    fortress.fight(Attack("signals", {"total": f"{signal}total = 4217"}, points={"total": 2}))


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")


@pytest.mark.parametrize("how", _ENDS | _RAISES)
def test_an_answer_ends_early(arena: Arena, how: str) -> None:
    # Once when its cell runs, before it has defined anything; once inside a check's call; both cost their own points.
    text = (_ENDS | _RAISES)[how]
    answers = {
        "total": f"{text}\ntotal = 4217",
        "ordered": f"def ordered(values):\n    {_indented(text)}\n    return sorted(values)",
    }
    result = arena.fight(Attack(how, answers), SHORT)
    total = next(exercise for exercise in result.exercises if exercise.exercise == "total")
    assert total.outcome is not Outcome.PASSED


_HANGS = {
    "a loop": "while True:\n    pass",
    "a loop that catches everything": "while True:\n    try:\n        while True:\n            pass\n"
    "    except BaseException:\n        pass",
    "sleep": "import time\nwhile True:\n    time.sleep(1000)",
    "a sum in C": "sum(range(10**15))",
    "a power in C": "pow(7, 10**8)",
    "a regular expression": "import re\nre.match(r'(a+)+$', 'a' * 60 + 'b')",
    "a lock": "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()",
    "signals ignored": "import signal\nfor number in range(1, 32):\n    try:\n"
    "        signal.signal(number, signal.SIG_IGN)\n"
    "    except OSError:\n        pass\nwhile True:\n    pass",
    "reading from itself": "import os\nend, _ = os.pipe()\nos.read(end, 1)",
    "threads that never end": "import threading\ndef spin():\n    while True:\n        pass\n"
    "made = [threading.Thread(target=spin) for _ in range(4)]\nfor one in made:\n    one.start()\nmade[0].join()",
    "a repr": "class Slow:\n    def __repr__(self):\n        while True:\n            pass\ntotal = Slow()",
}


@pytest.mark.parametrize("how", _HANGS)
def test_an_answer_never_ends(arena: Arena, how: str) -> None:
    after = "" if how == "a repr" else "\ntotal = 4217"
    arena.fight(Attack(how, {"total": f"{_HANGS[how]}{after}"}), SHORT)


def test_a_call_never_ends(arena: Arena) -> None:
    result = arena.fight(
        Attack("a call", {"twice": "def twice(function, value):\n    while True:\n        pass"}), SHORT
    )
    assert result.exercises[-1].outcome is Outcome.TIMED_OUT


def test_a_sequence_never_ends(arena: Arena) -> None:
    endless = "def ordered(values):\n    def numbers():\n        while True:\n            yield 1\n    return numbers()"
    arena.fight(Attack("a sequence", {"ordered": endless}), SHORT)


# Each would end at a few gigabytes if nothing stopped it.
_HOGS = {
    "a list": "hog = []\nfor _ in range(3000):\n    hog.append('x' * 1_000_000)",
    "an array": "hog = np.zeros(1 << 36)",
    "arrays": "hog = []\nfor _ in range(100):\n    hog.append(np.ones(1 << 22))",
    "a text": "hog = 'x' * (3 << 30)",
    "a number": "hog = 1 << (1 << 34)",
    "memory maps": "import mmap\nhog = [mmap.mmap(-1, 1 << 28) for _ in range(64)]",
    "caught": "hog = []\ntry:\n    for _ in range(200):\n        hog.append(bytearray(1 << 24))\nexcept MemoryError:\n"
    "    hog.clear()\n    raise\n",
}


@pytest.mark.parametrize("how", _HOGS)
def test_memory_runs_out(arena: Arena, how: str) -> None:
    arena.fight(Attack(how, {"total": f"{_HOGS[how]}\ntotal = 4217"}), SHORT)


_FLOODS = {
    "a gigabyte": "text = 'x' * 1_000_000\nfor _ in range(1000):\n    print(text)",
    "no newlines": "import sys\nfor _ in range(100_000):\n    sys.stdout.write('x' * 100)",
    "the descriptors": "import os\nfor _ in range(1000):\n    for fd in (1, 2):\n        os.write(fd, b'x' * 100_000)",
    "bytes": "import sys\nfor byte in range(256):\n    print(chr(byte) * 1000)\nprint('\\ud800' * 1000)",
    "errors": "import sys\nfor number in range(100_000):\n    print(number, file=sys.stderr)",
    "shown": "for _ in range(10_000):\n    display('x' * 1000)",
}


@pytest.mark.parametrize("how", _FLOODS)
def test_output_floods(arena: Arena, how: str) -> None:
    result = arena.fight(Attack(how, {"total": f"{_FLOODS[how]}\ntotal = 4217"}, points={"total": 2}))
    assert all(len(exercise.output.encode()) <= 20_000 for exercise in result.exercises)


def test_threads_go_on_after_their_cell(arena: Arena) -> None:
    spin = """
import threading, time
def spin():
    global total
    while True:
        total = 4217
        time.sleep(0)
for _ in range(3):
    threading.Thread(target=spin, daemon=True).start()
"""
    answers = {
        "total": f"{spin}\ntotal = 4217",
        "twice": f"{HONEST['twice']}\nimport threading\nthreading.excepthook = None",
    }
    arena.fight(Attack("threads", answers, points={"total": 2, "twice": 2}))


def test_a_value_too_large_to_send_costs_its_own_exercise(arena: Arena) -> None:
    arena.fight(Attack("too large", {"total": "total = np.zeros(20 << 20, np.uint8)"}))


def test_a_program_too_deep_to_read(arena: Arena) -> None:
    answers = {
        "total": "total = " + "+".join(["1"] * 700),
        "ordered": "def ordered(values):\n    x = 0\n    if x:\n        pass\n" + "    elif x:\n        pass\n" * 900,
        "twice": "def twice(function, value):\n    return " + "(" * 190 + "value" + ")" * 190,
        "spread": "spread = " + "not " * 2500 + "1",
        "tidy": "tidy = " + "x" + ".a()" * 1500,
    }
    arena.fight(Attack("deep programs", answers), SHORT)


def test_a_program_of_a_hundred_thousand_magics(arena: Arena) -> None:
    arena.fight(Attack("magics", {"total": "%foo x\n" * 100_000 + "total = 4217"}), SHORT)
