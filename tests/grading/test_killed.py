"""Whatever is killed at whatever moment, grading goes on: every submission gets its result, and none gets two."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import psutil
import pytest
from grading import batches
from grading.batches import submission, write

from curriculum.grading.batch._store import Store

LEARNERS = 12
PATIENCE_SECONDS = 300
# What is killed, told by its command line and how deep below the grader it stands; "submission" is the examiner or a
# station.
VICTIMS = ("grader", "zygote", "submission", "worker")


@pytest.fixture(scope="module")
def course(make_module_course):
    return make_module_course()


@pytest.fixture(scope="module")
def folder(course, tmp_path_factory):
    answers = {0: "{name} = 42", 1: "{name} = 41", 2: "{name} = ", 3: "while True: break"}
    lessons = ("first", "second")
    made = [submission(course, f"learner-{n:02}", lessons[n % 2], answers[n % 4]) for n in range(LEARNERS)]
    return write(tmp_path_factory.mktemp("submitted"), *made)


@pytest.fixture(scope="module")
def expected(course, folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed")
    program = start(course, folder, out)
    program.communicate()
    assert program.returncode == 0
    return results(out)


def start(course, folder, out, **options):
    options = {"root": str(course.root), "folder": str(folder), "out": str(out), "workers": 2, "split": True} | options
    command = [sys.executable, batches.__file__, json.dumps(options)]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    # One that hangs is ended, which counts as an end that nobody has asked for.
    guard = threading.Timer(PATIENCE_SECONDS, program.kill)
    guard.daemon = True
    guard.start()
    return program


def results(out):
    with Store(out) as store:
        store.run = store._one("SELECT max(seen) FROM grading")[0]
        return {
            (one.learner, one.lesson): (one.points, one.problem) for one in (kept.result for kept in store.results())
        }


def victim(program, kind, chance):
    """A process of that kind, if there is one now."""
    grader = psutil.Process(program.pid)
    if kind == "grader":
        return grader
    found = []
    for process in grader.children(recursive=True):
        try:
            command = " ".join(process.cmdline())
            own = process.ppid() == program.pid
        except psutil.Error:  # it has just ended
            continue
        if ("spawn_main" in command) if kind == "worker" else ("_zygote" in command and own == (kind == "zygote")):
            found += [] if is_learners(process.pid) else [process]
    return chance.choice(found) if found else None


def is_learners(pid):
    """Whether it is a learner's process, in a pid namespace below the zygote's: its end counts as their own doing."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:  # it has just ended
        return True
    return len(next(line for line in status.splitlines() if line.startswith("NSpid:")).split()) > 3


@pytest.mark.parametrize("seed", range(20))
def test_nothing_is_lost_and_nothing_graded_twice(seed, course, folder, expected, tmp_path):
    chance = random.Random(seed)
    kind = VICTIMS[seed % len(VICTIMS)]
    moments = sorted(chance.sample(range(1, LEARNERS - 2), 2))
    program = start(course, folder, tmp_path, cluster=kind == "worker")
    killed = done = ended = 0
    while True:
        line = program.stdout.readline()
        if not line:
            program.communicate()
            if program.returncode == 0:
                break
            ended += 1
            assert ended <= killed * (kind == "grader"), "a grader that nobody has killed ended early, or hung"
            program = start(course, folder, tmp_path, cluster=kind == "worker")
            continue
        done += line.startswith("graded")
        if killed < len(moments) and done >= moments[killed]:
            found = victim(program, kind, chance)
            if found is not None:
                found.kill()
                killed += 1
    assert killed
    assert results(tmp_path) == expected
    landed = [line.split()[:2] for line in (tmp_path / "landed.txt").read_text().splitlines()]
    graded = Counter(file for how, file in landed if how == "graded")
    assert set(graded.values()) == {1}
    # A grader killed after it has kept a result, and before it has said so, says so when it goes on.
    assert len(graded.keys() | {file for how, file in landed if how == "kept"}) == LEARNERS
    assert LEARNERS - len(graded) <= killed * (kind == "grader")
    assert not left_behind(tmp_path)


def left_behind(out: Path):
    """Processes of a grading that are still there."""
    return [
        process for process in psutil.process_iter(["cmdline"]) if str(out) in " ".join(process.info["cmdline"] or [])
    ]
