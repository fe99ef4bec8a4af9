"""Submissions that reach for the machine: files, processes, the network, memory of others. Each finds nothing there.

The code runs in the answer to ``total`` and prints the word for loot wherever something worked that must not; the rest
of the answer is right, so the exercise keeps its points where the process lives on.
"""

from __future__ import annotations

import contextlib
import socket
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hostile.arena import SHORT, TRACE
from hostile.lesson import LOOT, TRIED, Attack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostile.arena import Arena

_HEAD = f"""
import contextlib, ctypes, glob, os, pathlib, signal, socket, subprocess, sys, threading, time
FOUND = "{LOOT[:2]}" + "{LOOT[2:]}"
MINE = os.environ.get("HOME", "")
libc = ctypes.CDLL(None, use_errno=True)

def loot(*what):
    print(FOUND, *what)

def tried(action, *what):
    '''Whatever works is loot, but what says that it did not.'''
    try:
        result = action()
    except (OSError, MemoryError, ValueError, RuntimeError, subprocess.SubprocessError, AttributeError):
        return None
    if result not in (None, -1, 0, False, "", b""):
        loot(*what, result)
    return result
"""


def _fight(arena: Arena, what: str, body: str, **replaced: str) -> None:
    for word, value in replaced.items():
        body = body.replace(f"<{word}>", value)
    total = f"{_HEAD}\n{body}\nprint('{TRIED}')\ntotal = 4217"
    arena.fight(Attack(what, {"total": total}, points={"total": 2}, tried=True), SHORT)


_PROCESSES = {
    "fork": "tried(lambda: os.fork() or os._exit(0), 'fork')\ntried(os.forkpty)",
    "vfork and clone": """
for number, *arguments in ((57,), (58,), (56, 17, 0, 0, 0, 0), (435, 0, 0), (220, 17, 0, 0, 0, 0)):
    if os.uname().machine == "x86_64" and number != 220 or os.uname().machine != "x86_64" and number in (220, 435):
        pid = libc.syscall(number, *arguments)
        if pid == 0:
            os._exit(0)
        if pid > 0:
            loot("clone", number)
""",
    "programs": """
tried(lambda: subprocess.run(["/bin/echo", "x"], capture_output=True).stdout, "run")
tried(lambda: os.system("echo x >/dev/null") == 0, "system")
tried(lambda: os.popen("echo x").read(), "popen")
tried(lambda: os.posix_spawn("/bin/true", ["true"], {}), "spawn")
tried(lambda: os.execv(sys.executable, [sys.executable, "-c", "pass"]), "execv")
tried(lambda: get_ipython().getoutput("echo x"), "getoutput")
with contextlib.suppress(OSError):
    get_ipython().system("touch /tmp/<trace>-program")
""",
    "a program of its own making": """
path = os.path.join(os.getcwd(), "own")
with open(path, "wb") as file:
    file.write(b"#!/bin/sh\\ntrue\\n")
os.chmod(path, 0o755)
tried(lambda: os.execv(path, [path]), "own program")
tried(lambda: os.execve(os.memfd_create("own"), ["own"], {}), "memory file")
""",
    "multiprocessing": """
import multiprocessing, concurrent.futures
for method in ("fork", "spawn", "forkserver"):
    def start(method=method):
        process = multiprocessing.get_context(method).Process(target=int)
        process.start()
        return True
    tried(start, method)
""",
    "a fork bomb": "for _ in range(200):\n    tried(lambda: os.fork() or os._exit(0), 'fork')",
    "a thread bomb": """
made = []
def wait():
    time.sleep(6)
with contextlib.suppress(RuntimeError):
    for _ in range(300):
        made.append(threading.Thread(target=wait, daemon=True))
        made[-1].start()
alive = threading.active_count()
if alive > 40:
    loot("threads", alive)
""",
    "signals to others": """
for pid in (-1, 0, 2, 3, os.getppid(), *range(4, 400)):
    if pid != os.getpid():
        tried(lambda: os.kill(pid, 0) is None, "kill", pid)
tried(lambda: os.killpg(1, 0) is None, "group") if os.getpid() != 1 else None
tried(lambda: os.pidfd_open(1), "pidfd")
""",
    "tracing": """
for pid in (1, 2, os.getppid()):
    if pid != os.getpid():
        # Seizing, unlike attaching, would not stop whom it hits.
        tried(lambda: libc.ptrace(0x4206, pid, 0, 0) == 0, "ptrace", pid)
buffer = ctypes.create_string_buffer(8)
iovec = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 8)
tried(lambda: libc.process_vm_readv(1, iovec, 1, iovec, 1, 0) > 0, "vm_readv")
tried(lambda: libc.process_vm_writev(1, iovec, 1, iovec, 1, 0) > 0, "vm_writev")
""",
    "rights": """
tried(lambda: os.setuid(0) is None, "root")
tried(lambda: os.getuid() == 0, "is root")
tried(lambda: os.setpriority(os.PRIO_PROCESS, 0, -5) is None, "priority")
tried(lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)) is None, "realtime")
for flag in (0x10000000, 0x20000, 0x40000000, 0x20000000, 0x8000000):
    tried(lambda: libc.unshare(flag) == 0, "unshare", flag)
tried(lambda: libc.prctl(1, 0, 0, 0, 0) == 0, "outlive the parent")
tried(lambda: libc.prctl(4, 1, 0, 0, 0) == 0, "dumpable")
import resource
for name in ("AS", "CPU", "FSIZE", "NPROC", "NOFILE"):
    kind = getattr(resource, "RLIMIT_" + name)
    tried(lambda: resource.setrlimit(kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)) is None, "limit", kind)
""",
    "system calls by number": """
# Tracing, mounts, modules, clocks, keys, io_uring, bpf, ...: with no arguments they do nothing where they are allowed.
if os.uname().machine == "x86_64":
    for number in (
        101, 135, 155, 161, 165, 166, 167, 168, 169, 170, 171, 175, 176, 227, 246, 248, 249, 250, 272, 298, 303, 304,
        305, 308, 310, 311, 313, 321, 323, 424, 425, 426, 427, 428, 429, 430, 432, 434, 438, 442, 447,
    ):
        ctypes.set_errno(0)
        if libc.syscall(number, 0, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() not in (1, 38):
            loot("call", number, ctypes.get_errno())
""",
}


@pytest.mark.parametrize("what", _PROCESSES)
def test_processes_and_rights(fortress: Arena, what: str) -> None:
    _fight(fortress, what, _PROCESSES[what], trace=TRACE)


_FILES = {
    "the lesson's source": """
for place in ("", "/00-hostile", "/submitted"):
    tried(lambda: os.listdir("<folder>" + place), place)
for folder in ("/proc/self/root<folder>", "/proc/1/root<folder>"):
    tried(lambda: os.listdir(folder), folder)
tried(lambda: open("/proc/1/cwd/pyproject.toml").read(), "cwd")
for name in ("00-hostile/01-attacked.ipynb", "course.key", "submitted/neighbour/01-attacked.ipynb"):
    tried(lambda: open("<folder>/" + name).read(), name)
    tried(lambda: os.stat("<folder>/" + name), name)
    tried(lambda: os.symlink("<folder>/" + name, MINE + "/link") or open(MINE + "/link").read(), "link", name)
    tried(lambda: os.link("<folder>/" + name, MINE + "/hard") or True, "hard link", name)
""",
    "the course": """
import curriculum
package = pathlib.Path(curriculum.__file__).parent
clone = package.parents[1]
for pattern in (clone / "notebooks/**/*.ipynb", clone / "tests/**/*.*", package / "_course/notebooks/**/*.ipynb"):
    for found in glob.glob(str(pattern), recursive=True):
        tried(lambda: open(found).read(20), found)
try:
    from curriculum import course
    for lesson in course.load().lessons:
        loot(lesson.path.read_text()[:20])
except Exception:
    pass
""",
    "the host's files": """
folders = ("/root", "/home", "<home>", "/srv", "/var/log", "/run", "/sys/kernel", "/boot")
devices = ("/dev/mem", "/dev/kmsg", "/dev/sda", "/dev/vda", "/dev/tty")
for name in ("/etc/shadow", "/etc/sudoers", "/etc/hostname", "/etc/machine-id", *folders, *devices):
    tried(lambda: os.listdir(name) if os.path.isdir(name) else open(name, "rb").read(10), name)
if os.path.exists("/etc/passwd") and "root" in open("/etc/passwd").read():
    loot("accounts")
""",
    "others in /proc": """
others = [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
for pid in (*others, "1", "2", str(os.getppid())):
    if pid == str(os.getpid()) or pid == "0":
        continue
    for part in ("mem", "environ", "cmdline", "maps", "root/etc", "cwd", "fd", "status"):
        path = f"/proc/{pid}/{part}"
        tried(lambda: os.listdir(path) if os.path.isdir(path) else open(path, "rb").read(10), path)
""",
    "secrets of the environment": """
tried(lambda: "SECRET" in open("/proc/self/environ").read(), "environ")
for value in (*os.environ.values(), *os.environb.values()):
    if "hidden" + "-marker" in str(value) or "SECRET" in str(value):
        loot(value)
environ = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
for place in range(200):
    if not environ or not environ[place]:
        break
    if b"SECRET" in environ[place]:
        loot(environ[place])
if "SECRET" in repr(sys.argv) + repr(sys.orig_argv) or "ipynb" in repr(sys.argv):
    loot(sys.argv)
""",
    "descriptors": """
for fd in range(3, 4096):
    try:
        link = os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        continue
    # Its one socket, what it opens itself; nothing of a file of the grader's.
    if not link.startswith(("socket:", "pipe:", "anon_inode:", MINE)) and "/proc/" not in link and link != "/dev/null":
        loot(fd, link)
links = [f"/proc/self/fd/{fd}" for fd in range(4096)]
sockets = [link for link in links if os.path.lexists(link) and os.readlink(link).startswith("socket:")]
if len(sockets) != 1:
    loot("sockets", sockets)
""",
    "writing anywhere": """
places = ["/", "/tmp", "/var/tmp", "/dev/shm", "/dev", "/usr", "/usr/lib", "/etc", "/proc", "/proc/sys/kernel"]
places += ["<home>", "<folder>", sys.prefix, os.path.dirname(np.__file__)]
for place in places:
    for path in (f"{place}/<trace>-file", f"/proc/1/root{place}/<trace>-other"):
        with contextlib.suppress(OSError):
            with open(path, "w") as file:
                file.write("x")
    with contextlib.suppress(OSError):
        os.mkdir(f"{place}/<trace>-folder")
own = [f"/proc/self/{name}" for name in ("oom_score_adj", "uid_map")]
for path in (np.__file__, sys.executable, "/etc/passwd", "/proc/sys/kernel/core_pattern", *own):
    tried(lambda: open(path, "r+b") is not None, path)
    tried(lambda: os.chmod(path, os.stat(path).st_mode & 0o7777) is None, path)
    tried(lambda: os.utime(path, ns=(os.stat(path).st_atime_ns, os.stat(path).st_mtime_ns)) is None, path)
""",
    "devices": """
import stat
for kind in (stat.S_IFCHR, stat.S_IFBLK):
    made = MINE + "/device"
    tried(lambda: os.mknod(made, kind | 0o666, os.makedev(1, 1)) or open(made, "rb").read(1), kind)
with contextlib.suppress(OSError):
    import fcntl, termios
    for fd in (0, 1, 2):
        tried(lambda: fcntl.ioctl(fd, termios.TIOCSTI, b"x") is not None, "typed")
""",
    "a full disk": """
written = 0
with contextlib.suppress(OSError):
    for number in range(100):
        with open(f"{MINE}/{number}", "wb") as file:
            written += file.write(b"x" * 1_000_000)
if written > 8_000_000:
    loot("written", written)
""",
    "a large file": """
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with contextlib.suppress(OSError):
    with open(MINE + "/large", "wb") as file:
        for _ in range(50):
            file.write(b"x" * 1_000_000)
            file.flush()
if os.path.getsize(MINE + "/large") > 3_000_000:
    loot("large")
tried(lambda: os.truncate(MINE + "/large", 1 << 40) or True, "sparse")
""",
    "files without end": """
made = 0
with contextlib.suppress(OSError):
    for number in range(40_000):
        os.close(os.open(f"{MINE}/n{number}", os.O_CREAT | os.O_WRONLY))
        made += 1
if made > 30_000:
    loot("files", made)
""",
    "open files without end": """
held = []
with contextlib.suppress(OSError):
    while True:
        held.append(os.open("/dev/null", os.O_RDONLY))
if len(held) > 100:
    loot("held", len(held))
for fd in held:
    os.close(fd)
""",
    "deep folders": """
with contextlib.suppress(OSError):
    for _ in range(3000):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
os.chdir(MINE)
""",
    "links out of the box": """
for target in ("/", "/proc/1/root", "<folder>", "<home>"):
    with contextlib.suppress(OSError):
        os.symlink(target, MINE + "/out")
        tried(lambda: [name for name in os.listdir(MINE + "/out") if name in ("root", "home", "course.key")], target)
        os.unlink(MINE + "/out")
""",
}


@pytest.mark.parametrize("what", _FILES)
def test_files(fortress: Arena, what: str) -> None:
    _fight(fortress, what, _FILES[what], trace=TRACE, folder=str(fortress.folder), home=str(Path.home()))


_NETWORK = {
    "loopback": """
for family, address in ((socket.AF_INET, ("127.0.0.1", <port>)), (socket.AF_INET6, ("::1", <port>))):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        tried(lambda: socket.socket(family, kind).connect(address) or True, family, kind)
tried(lambda: socket.create_connection(("localhost", <port>), 1), "localhost")
import urllib.request
tried(lambda: urllib.request.urlopen("http://127.0.0.1:<port>/", timeout=1).read(), "urlopen")
""",
    "a unix socket": """
tried(lambda: socket.socket(socket.AF_UNIX).connect("<path>") or True, "path")
tried(lambda: socket.socket(socket.AF_UNIX).connect("\\0<name>") or True, "abstract")
tried(lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"x", "\\0<name>"), "datagram")
for kind in (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
    pair = tried(lambda: socket.socketpair(socket.AF_UNIX, kind), "pair")
one, other = socket.socketpair()
tried(lambda: one.sendto(b"x", "\\0<name>"), "pair to a name")
tried(lambda: one.connect("\\0<name>") or True, "pair connects")
""",
    "names of hosts": """
tried(lambda: socket.getaddrinfo("example.org", 80), "resolved")
tried(lambda: socket.gethostbyname("example.org"), "resolved")
for family in (socket.AF_NETLINK, socket.AF_PACKET, socket.AF_ALG, getattr(socket, "AF_VSOCK", 40)):
    tried(lambda: socket.socket(family, socket.SOCK_RAW), family)
tried(lambda: [name for _, name in socket.if_nameindex() if name != "lo"], "interfaces")
""",
    "a server": """
tried(lambda: socket.create_server(("127.0.0.1", 0)), "server")
import asyncio
async def serve():
    # It makes a server of no sockets where it gets none.
    return len((await asyncio.start_server(lambda *args: None, "127.0.0.1", 0)).sockets)
tried(lambda: asyncio.run(serve()), "asyncio")
import http.server
tried(lambda: http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler), "http")
""",
}


@contextlib.contextmanager
def _listening() -> Iterator[tuple[int, str, str, list[object]]]:
    """Servers on loopback, on a path and on an abstract name; and who came."""
    came: list[object] = []
    name = f"{TRACE}-{threading.get_ident()}"
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        path = f"{folder}/socket"
        inet = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        abstract, named = (stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(2))
        for server, address in ((abstract, f"\0{name}"), (named, path)):
            server.bind(address)
            server.listen()
        yield inet.getsockname()[1], path, name, came
        for server in (inet, abstract, named):
            server.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                came.append(server.accept())


@pytest.mark.parametrize("what", _NETWORK)
def test_the_network(fortress: Arena, what: str) -> None:
    with _listening() as (port, path, name, came):
        _fight(fortress, what, _NETWORK[what], port=str(port), path=path, name=name)
    assert came == []
