"""The journal of a workspace: two writers, crashes, full and read-only disks."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from curriculum import journal
from curriculum.errors import WorkspaceError
from curriculum.journal import Event, Kind
from curriculum.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WRITER = """
import sys
from pathlib import Path
from curriculum import journal
from curriculum.journal import Event
from curriculum.outcome import Outcome
folder, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
for number in range(count):
    journal.append(folder, Event(f"{name}-{number}", outcome=Outcome.PASSED))
    print(number, flush=True)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / journal.FOLDER).mkdir()
    (tmp_path / journal.FOLDER / journal.MARKER).write_text("{}", encoding="utf-8")
    return tmp_path


def writer(folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", WRITER, str(folder), name, str(count)]
    process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def release(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_events_come_back_in_order(folder):
    written = [
        Event("a", Kind.CHECK, Outcome.FAILED, "off-by-one", "2026-01-01T00:00:00+00:00"),
        Event("a", Kind.HINT, time="2026-01-01T00:00:01+00:00"),
        Event("ü", Kind.RESET, time="2026-01-01T00:00:02+00:00"),
    ]
    for event in written:
        journal.append(folder, event)
    assert journal.events(folder) == written
    assert journal.damaged_lines(folder) == 0


def test_nothing_is_recorded_outside_a_workspace(tmp_path):
    assert journal.find_workspace(tmp_path) is None
    assert journal.events(tmp_path) == []


def test_two_processes_at_once_lose_nothing(folder):
    writers = [writer(folder, name, 200) for name in ("one", "two")]
    for process in writers:
        release(process)
    for process in writers:
        process.communicate(timeout=120)
        assert process.returncode == 0
    found = [event.exercise for event in journal.events(folder)]
    assert sorted(found) == sorted(f"{name}-{number}" for name in ("one", "two") for number in range(200))
    assert journal.damaged_lines(folder) == 0


def test_killed_writer_leaves_a_journal_that_can_be_read_and_written(folder):
    process = writer(folder, "doomed", 1_000_000)
    assert process.stdout is not None
    release(process)
    for _ in range(50):
        process.stdout.readline()
    process.kill()
    process.communicate(timeout=60)
    assert len(journal.events(folder)) >= 50
    assert journal.damaged_lines(folder) <= 1
    journal.append(folder, Event("after"))
    assert journal.events(folder)[-1].exercise == "after"


@pytest.mark.parametrize("cut", range(1, 40, 6))
def test_cut_last_line_costs_only_itself(folder, cut):
    for name in ("first", "second"):
        journal.append(folder, Event(name, outcome=Outcome.PASSED))
    path = folder / journal.FOLDER / journal.FILE
    path.write_bytes(path.read_bytes()[:-cut])
    journal.append(folder, Event("third", outcome=Outcome.PASSED))
    names = [event.exercise for event in journal.events(folder)]
    assert names[0] == "first"
    assert names[-1] == "third"


@pytest.mark.parametrize(
    "line",
    ["[]", "7", '{"exercise": 1', '{"kind": "check"}', '{"exercise": "a", "kind": "x"}', "\x00\x00", "[" * 100_000],
)
def test_damaged_lines_are_skipped_counted_and_left_alone(folder, line):
    path = folder / journal.FOLDER / journal.FILE
    path.write_text(f"{line}\n", encoding="utf-8")
    journal.append(folder, Event("good"))
    assert [event.exercise for event in journal.events(folder)] == ["good"]
    assert journal.damaged_lines(folder) == 1
    assert path.read_text(encoding="utf-8").startswith(line)


def test_journal_that_is_a_folder_is_one_clear_line(folder):
    (folder / journal.FOLDER / journal.FILE).mkdir()
    with pytest.raises(WorkspaceError, match="progress was not saved: Is a directory"):
        journal.append(folder, Event("a"))
    with pytest.raises(WorkspaceError, match="progress cannot be read"):
        journal.events(folder)


FULL = """
from pathlib import Path
from curriculum import journal
from curriculum.errors import WorkspaceError
from curriculum.journal import Event
folder = Path("ws")
(folder / journal.FOLDER).mkdir(parents=True)
(folder / journal.FOLDER / journal.FILE).touch()
journal.append(folder, Event("first"))
fill = open("fill", "wb", buffering=0)
try:
    while True:
        fill.write(b"0" * 4096)
except OSError:
    pass
try:
    for number in range(10_000):
        journal.append(folder, Event("x" * 1000))
except WorkspaceError as error:
    print(error)
before = len(journal.events(folder))
assert journal.damaged_lines(folder) == 0
fill.truncate(0)
journal.append(folder, Event("last"))
assert len(journal.events(folder)) == before + 1
"""


def test_full_disk_is_one_clear_line_and_hurts_nothing(mounted: Callable[..., str]):
    output = mounted(FULL, "size=64k")
    assert output.startswith("progress was not saved: No space left on device")
    assert output.count("\n") == 1


READ_ONLY = """
import subprocess
from pathlib import Path
from curriculum import journal
from curriculum.errors import WorkspaceError
from curriculum.journal import Event
folder = Path("ws")
(folder / journal.FOLDER).mkdir(parents=True)
journal.append(folder, Event("first"))
subprocess.run(["mount", "-o", "remount,ro", "."], check=True)
try:
    journal.append(folder, Event("second"))
except WorkspaceError as error:
    print(error)
assert [event.exercise for event in journal.events(folder)] == ["first"]
"""


def test_read_only_folder_is_one_clear_line(mounted: Callable[..., str]):
    output = mounted(READ_ONLY, "size=64k")
    assert output.startswith("progress was not saved: Read-only file system")
    assert output.count("\n") == 1
