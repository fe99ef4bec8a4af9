"""Writing survives accidents: the old file or the new one, never a half."""

from __future__ import annotations

import stat
import subprocess
import sys
import textwrap

import pytest

from curriculum import files

OLD = "the old file\n"


def in_a_process(path, prelude):
    """Write a long text to ``path`` in a process of its own that first runs ``prelude``."""
    code = f"import os, pathlib, resource, signal\nfrom curriculum import files\npath = pathlib.Path({str(path)!r})\n"
    code += "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n" + textwrap.dedent(prelude)
    code += "\nfiles.write_text(path, 'new\\n' * 50_000)\n"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_a_process_killed_before_the_swap_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(OLD, encoding="utf-8")
    killed = "pathlib.Path.replace = os.replace = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)"
    assert in_a_process(path, killed).returncode < 0
    assert path.read_text(encoding="utf-8") == OLD
    assert in_a_process(path, "").returncode == 0
    assert path.read_text(encoding="utf-8") == "new\n" * 50_000


def test_a_process_killed_while_it_writes_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(OLD, encoding="utf-8")
    # Beyond the limit the kernel ends the process in the middle of its write.
    killed = "signal.signal(signal.SIGXFSZ, signal.SIG_DFL); resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))"
    assert in_a_process(path, killed).returncode < 0
    assert path.read_text(encoding="utf-8") == OLD


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(OLD, encoding="utf-8")
    done = in_a_process(path, "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))")
    assert "OSError" in done.stderr
    assert path.read_text(encoding="utf-8") == OLD
    assert list(tmp_path.iterdir()) == [path]


def test_a_text_that_cannot_be_encoded_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(OLD, encoding="utf-8")
    with pytest.raises(UnicodeEncodeError):
        files.write_text(path, "\ud800")
    assert path.read_text(encoding="utf-8") == OLD
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o400])
def test_the_mode_of_the_old_file_is_kept(tmp_path, mode):
    path = tmp_path / "a.txt"
    path.write_text(OLD, encoding="utf-8")
    path.chmod(mode)
    files.write_text(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_new_file_can_be_read_by_others(tmp_path):
    path = tmp_path / "a.txt"
    assert in_a_process(path, "os.umask(0o022)").returncode == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_folder_in_the_way_is_an_error_and_stays(tmp_path):
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(OSError, match="directory"):
        files.write_text(tmp_path / "a.txt", "new")
    assert [item.name for item in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("mode", [0o600, 0o644])
def test_a_mode_that_is_asked_for_is_the_files(tmp_path, mode):
    files.write_bytes(tmp_path / "key", b"secret", mode=mode)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == mode


def test_a_block_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "new folder" / "a.txt"
    files.write_text(path, OLD)

    def broken_off():
        with files.replacing(path) as file:
            file.write(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        broken_off()
    assert path.read_text(encoding="utf-8") == OLD
    assert list(path.parent.iterdir()) == [path]


def test_a_new_file_is_as_private_as_its_owner_wants(tmp_path):
    path = tmp_path / "a.txt"
    assert in_a_process(path, "os.umask(0o077)").returncode == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
