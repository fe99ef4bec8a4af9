"""What a confined process can see and change of the file system."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import curriculum
from curriculum.grading import Limits
from curriculum.grading.sandbox import Mode, default_policy

CLONE = Path(curriculum.__file__).parents[2]
HOME = Path.home()


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that any user outside can read and write, in a folder that any user can write to."""
    folder = Path("/var/tmp") / f"curriculum-test-{os.getpid()}"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    path = folder / "secret.txt"
    path.write_text("hidden tests")
    path.chmod(0o666)
    yield path
    for left in folder.iterdir():
        left.unlink()
    folder.rmdir()


@pytest.mark.parametrize(
    "place",
    [
        "SECRET",
        "/etc/shadow",
        "/etc/hostname",
        "/etc/ssh",
        "/root",
        "/home",
        str(HOME),
        str(CLONE / "notebooks"),
        str(CLONE / "tests"),
        str(CLONE / "pyproject.toml"),
        str(CLONE),
        "/",
        "/box/..",
        "/sys/kernel",
        "/proc/self/root",
        "/proc/self/root/etc/shadow",
        "/proc/1/root/",
        "/proc/self/cwd/../../..",
        "/proc/thread-self/root/home",
        "/dev/mem",
        "/dev/vda",
        "/dev/tty",
        "/dev/pts",
        "/run",
    ],
)
def test_nothing_but_what_is_readable_can_be_opened_or_listed(zygote, secret, place):
    path = str(secret) if place == "SECRET" else place
    answer = zygote.run(
        f"import os; p = {path!r}; result = os.listdir(p) if os.path.isdir(p) else open(p, 'rb').read(9)"
    )
    assert answer.error.split(":")[0] in {"PermissionError", "FileNotFoundError", "NotADirectoryError", "OSError"}
    assert answer.value is None


def test_without_a_sandbox_the_secret_is_there(bare, secret):
    assert bare.run(f"result = open({str(secret)!r}).read()").value == "hidden tests"


@pytest.mark.parametrize("part", ["", "/etc/hostname", "/etc/shadow"])
def test_paths_of_the_host_do_not_even_exist_in_a_root_of_its_own(whole, secret, part):
    assert whole.run(f"import os; result = os.path.lexists({part or str(secret)!r})").value is False


@pytest.mark.parametrize("place", ["/usr/bin/env", "/dev/null", "/proc/self/status", "/proc/cpuinfo"])
def test_what_programs_need_is_there(zygote, place):
    assert zygote.run(f"result = open({place!r}, 'rb').read(10) is not None").value is True


def test_python_and_the_package_and_the_data_are_readable(zygote):
    code = """
import os, sys
from curriculum import datasets
result = [os.listdir(sys.prefix) != [], len(datasets.load("payments")) > 0]
"""
    assert zygote.run(code).value == [True, True]


@pytest.mark.parametrize(
    "attempt",
    [
        "open(SECRET, 'w')",
        "open(SECRET, 'a')",
        "os.truncate(SECRET, 0)",
        "os.unlink(SECRET)",
        "os.rename(SECRET, SECRET + '2')",
        "os.mkdir(os.path.dirname(SECRET) + '/folder')",
        "os.symlink('x', os.path.dirname(SECRET) + '/link')",
        "os.link(SECRET, box + '/mine'); open(box + '/mine')",
        "os.rename(SECRET, box + '/mine')",
        "open('/new', 'w')",
        "open(os.__file__, 'a')",
        "open(os.path.dirname(os.__file__) + '/new', 'w')",
        "open('/usr/new', 'w')",
        "open('/etc/new', 'w')",
        "open('/etc/passwd', 'a')",
        "open('/dev/new', 'w')",
        "open('/proc/sys/kernel/hostname', 'w').write('x')",
        "open('/proc/self/oom_score_adj', 'w').write('-1000')",
        "open('/proc/sysrq-trigger', 'w').write('h')",
        "open(SECRET + '/../../../../proc/self/fd/0', 'w')",
        "open(f'/proc/self/fd/{os.open(os.__file__, os.O_RDONLY)}', 'r+')",
        "open(f'/proc/self/fd/{os.open(os.path.dirname(os.__file__), os.O_PATH)}/new', 'w')",
        "os.mknod('device', 0o600 | stat.S_IFBLK, os.makedev(254, 0)); open('device', 'rb').read(1)",
        "os.mknod('device', 0o600 | stat.S_IFCHR, os.makedev(1, 1)); open('device', 'rb').read(1)",
    ],
)
def test_nothing_but_the_box_can_be_changed(zygote, secret, attempt):
    answer = zygote.run(f"import os, stat; SECRET = {str(secret)!r}; {attempt}; result = 'changed'")
    assert answer.error.split(":")[0] in {"PermissionError", "FileNotFoundError", "OSError", "NotADirectoryError"}
    assert answer.value is None
    assert secret.read_text() == "hidden tests"


def test_the_box_is_empty_private_and_writable(zygote):
    code = """
import os, pathlib, tempfile
before = [name for name in os.listdir(".") if not name.startswith(".")]
pathlib.Path("mine/deep").mkdir(parents=True)
pathlib.Path("mine/deep/file").write_text("1")
os.rename("mine/deep/file", "mine/file")
os.symlink("mine/file", "link")
with tempfile.NamedTemporaryFile() as file:
    file.write(b"1")
    inside = file.name.startswith(box)
result = [before, open("link").read(), inside, os.getcwd() == box, os.path.expanduser("~") == box]
"""
    for _ in range(2):
        assert zygote.run(code).value == [[], "1", True, True, True]


def test_links_out_of_the_box_lead_nowhere(zygote, secret):
    answer = zygote.run(f"import os; os.symlink({str(secret)!r}, 'link'); result = open('link').read()")
    assert answer.error.split(":")[0] in {"PermissionError", "FileNotFoundError"}


def test_children_do_not_see_each_other(zygote):
    hold = "import os, time; open('mine', 'w').write('1'); os.write(sender, b''); time.sleep(60)"
    other = zygote.start(hold)
    found = zygote.run("""
import os
found = []
for top in (os.path.dirname(box), box, "/tmp", "/var/tmp"):
    try:
        found += [os.path.join(top, name) for name in os.listdir(top) if not name.startswith(".")]
    except OSError:
        pass
result = found
""")
    assert found.value == []
    assert zygote.finish(other, seconds=0).stopped


def test_a_sibling_s_box_cannot_be_opened_by_name(zygote):
    """Its name is told, which nobody in reality does."""
    other = zygote.start("import time; open('mine', 'w').write('1'); time.sleep(60)")
    name = zygote.here("result = [str(path) for path in enclosure._folders.values()][-1:]")
    answer = zygote.run(f"result = open({(name or [zygote.first['box']])[0]!r} + '/mine').read()")
    assert answer.error.split(":")[0] in {"PermissionError", "FileNotFoundError"}
    assert zygote.finish(other, seconds=0).stopped


def test_no_other_process_is_in_sight(whole):
    assert whole.run("import os; result = [n for n in os.listdir('/proc') if n.isdigit()]").value == ["1"]


def test_the_entries_of_other_processes_cannot_be_read(zygote):
    """Theirs on the host: the zygote's own number, which is another process or none inside a namespace."""
    pid = zygote.here("import os; result = os.getpid()")
    code = f"""
import os
read = []
for pid in {{{pid}, {os.getpid()}, {zygote.process.pid}, os.getppid()}} - {{os.getpid()}}:
    for name in ("environ", "mem", "maps", "cmdline", "status", "fd", "root", "cwd"):
        path = f"/proc/{{pid}}/{{name}}"
        try:
            read.append(os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(1))
        except OSError:
            pass
result = len(read)
"""
    assert zygote.run(code).value == 0


def test_the_box_has_a_size(whole):
    code = """
written = 0
try:
    for n in range(100):
        with open(f"part{n}", "wb") as file:
            written += file.write(bytes(1 << 20))
except OSError as error:
    result = [error.strerror, written >> 20]
"""
    assert whole.run(code).value == ["No space left on device", 8]
    assert whole.run("result = open('part', 'wb').write(bytes(1 << 20))").value == 1 << 20


def test_a_box_does_not_hold_endless_files(whole):
    code = """
import os
try:
    for n in range(100_000):
        os.close(os.open(str(n), os.O_CREAT))
except OSError as error:
    result = error.strerror
"""
    assert whole.run(code).value == "No space left on device"


@pytest.mark.parametrize("place", [".", "/tmp", "/dev/shm", "/var/tmp"])
def test_scratch_folders_are_in_the_box(whole, place):
    found = whole.run(f"import os; open('{place}/x', 'w'); result = os.path.realpath('{place}/x')")
    if place != "." and any(path.is_relative_to(place) for path in default_policy(Mode.STRICT, Limits()).readable):
        assert not found.value  # Python itself lies there: a folder of the outside, and so not to be written
    else:
        assert found.value.startswith("/box/")


@pytest.mark.parametrize("how", ["open('big', 'wb').write(bytes(5 << 20))", "os.truncate(os.open('big', 66), 5 << 20)"])
def test_a_file_has_a_size(zygote, how):
    assert zygote.run(f"import os; {how}").error == "OSError: [Errno 27] File too large"


def test_a_file_too_large_can_end_a_process_that_wants_it(zygote):
    code = """
import os, signal
signal.signal(signal.SIGXFSZ, lambda *_: os._exit(7))
os.truncate(os.open("big", os.O_CREAT | os.O_RDWR), 5 << 20)
"""
    assert zygote.run(code).status == 7


def test_programs_in_the_box_cannot_be_loaded(whole):
    answer = whole.run(
        "import ctypes, shutil, _ctypes; shutil.copy(_ctypes.__file__, 'lib.so'); ctypes.CDLL('./lib.so')"
    )
    assert answer.error.startswith("OSError")


def test_nothing_is_left_of_a_child(zygote):
    code = """
import os
for n in range(300):
    os.mkdir("d" * 60)
    os.chdir("d" * 60)
    open("f", "w")
os.chmod(".", 0)
os.chmod(box, 0)
"""
    assert zygote.run(code).error == ""
    place = zygote.here("result = str(enclosure._boxes.root) if enclosure._boxes else str(enclosure.box)")
    mine = zygote.here("result = enclosure.box.name")
    left = zygote.here(
        f"import os; result = [n for n in os.listdir({place!r}) if n != {mine!r} and not n.startswith('.')]"
    )
    assert left == []
