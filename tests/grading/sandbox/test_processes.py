"""No sockets, no programs, no processes, no signals to others, none of the kernel's more dangerous calls."""

from __future__ import annotations

import os
import platform
import socket
from pathlib import Path

import pytest

# name=x86_64/aarch64
NUMBERS = """
ptrace=101/117 process_vm_readv=310/270 process_vm_writev=311/271 pidfd_open=434/434 pidfd_getfd=438/438
pidfd_send_signal=424/424 kcmp=312/272 process_madvise=440/440 perf_event_open=298/241 bpf=321/280 userfaultfd=323/282
io_uring_setup=425/425 io_uring_enter=426/426 io_uring_register=427/427 keyctl=250/219 add_key=248/217
request_key=249/218 mount=165/40 umount2=166/39 pivot_root=155/41 chroot=161/51 fsopen=430/430 fsmount=432/432
open_tree=428/428 move_mount=429/429 mount_setattr=442/442 unshare=272/97 setns=308/268 personality=135/92
init_module=175/105 finit_module=313/273 delete_module=176/106 kexec_load=246/104 reboot=169/142 swapon=167/224
syslog=103/116 quotactl=179/60 sethostname=170/161 setdomainname=171/162 clock_settime=227/112 settimeofday=164/170
clock_adjtime=305/266 adjtimex=159/171 memfd_create=319/279 memfd_secret=447/447 open_by_handle_at=304/265
name_to_handle_at=303/264 shmget=29/194 shmat=30/196 msgget=68/186 semget=64/190 mq_open=240/180 setpriority=141/140
sched_setaffinity=203/122 sched_setscheduler=144/119 sched_setattr=314/274 ioprio_set=251/30 setuid=105/146
setgid=106/144 setgroups=116/159 capset=126/91 tkill=200/130 rt_sigqueueinfo=129/138 rt_tgsigqueueinfo=297/240
connect=42/203 bind=49/200 listen=50/201 accept=43/202 accept4=288/242 sendmmsg=307/269 recvmmsg=299/243
setsockopt=54/208 setpgid=109/154 inotify_init1=294/26 fanotify_init=300/262 mlock=149/228 seccomp=317/277
landlock_create_ruleset=444/444 io_setup=206/0 setxattr=188/5
"""
COLUMN = {"x86_64": 0, "aarch64": 1}.get(platform.machine())
CALLS = {name: numbers.split("/") for name, _, numbers in (entry.partition("=") for entry in NUMBERS.split())}

needs_filter = pytest.mark.skipif(COLUMN is None, reason="the filter does not know this machine")


@needs_filter
def test_dangerous_calls_are_refused_before_their_arguments_are_read(zygote, bare):
    numbers = {name: int(columns[COLUMN]) for name, columns in CALLS.items()}
    attempts = f"result = {{name: call(number, *[-1] * 6) for name, number in {numbers}.items()}}"
    assert zygote.run(attempts).value == dict.fromkeys(numbers, "EPERM")
    if os.geteuid() == 0:
        assert "EPERM" not in bare.run(attempts).value.values()


@needs_filter
def test_calls_that_are_newer_than_the_filter_do_not_exist(zygote):
    assert zygote.run("result = [call(463, 0), call(5000, 0)]").value == ["ENOSYS", "ENOSYS"]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="only x86_64 has a second table of calls")
def test_the_second_table_of_calls_does_not_exist(zygote):
    assert zygote.run("result = [call(0x40000000 + 39), call(0x40000000 + 41, 2, 1, 0)]").value == ["ENOSYS", "ENOSYS"]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="only x86_64 has 32-bit calls beside its own")
def test_a_call_by_the_32_bit_door_ends_the_process(zygote):
    code = """
import ctypes, mmap
memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
memory.write(bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3]))
result = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))()
"""
    assert zygote.run(code).status in {-31, -11}


SOCKETS = [
    "socket.socket(socket.AF_INET)",
    "socket.socket(socket.AF_INET6)",
    "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "socket.socket(socket.AF_UNIX)",
    "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    "socket.socket(38, socket.SOCK_SEQPACKET)",
    "socket.socket(40, socket.SOCK_STREAM)",
    "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
    "socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)",
    "socket.create_connection(('127.0.0.1', PORT))",
    "socket.create_server(('127.0.0.1', 0))",
    "socket.socketpair()[0].connect('/run/x')",
    "socket.socketpair()[0].sendto(b'x', '/run/x')",
    "socket.socketpair()[0].bind(chr(0) + 'abstract')",
    "__import__('urllib.request').request.urlopen('http://127.0.0.1:PORT/')",
]


@pytest.mark.parametrize("attempt", SOCKETS)
def test_there_are_no_sockets(zygote, attempt):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        port = server.getsockname()[1]
        answer = zygote.run(f"import socket; {attempt.replace('PORT', str(port))}; result = 'made'")
        assert "Operation not permitted" in answer.error
        with pytest.raises(BlockingIOError):
            server.accept()


def test_without_a_sandbox_loopback_is_reached(bare):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert bare.run(f"import socket; socket.create_connection(('127.0.0.1', {port}))").error == ""


def test_an_abstract_socket_cannot_be_named_in_a_message(zygote):
    name = f"\0curriculum-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(name)
        server.listen()
        answer = zygote.run(f"import socket; socket.socketpair()[0].sendmsg([b'x'], [], 0, {name!r})")
        assert answer.error.startswith(("OSError", "PermissionError"))


def test_the_network_namespace_has_nothing(whole):
    assert whole.run(
        "result = [line.split(':')[0].strip() for line in open('/proc/net/dev').readlines()[2:]]"
    ).value == ["lo"]
    assert whole.run("result = open('/proc/net/route').readlines()[1:]").value == []


PROGRAMS = [
    "os.execv('/usr/bin/env', ['env'])",
    "os.system('true') and os.execv('/bin/sh', ['sh'])",
    "os.posix_spawn('/bin/true', ['true'], {})",
    "subprocess.run(['true'])",
    "subprocess.run('true', shell=True)",
    "os.fork()",
    "os.forkpty()",
    "os.popen('true').read()",
    "multiprocessing.get_context('fork').Process(target=print).start()",
    "multiprocessing.get_context('spawn').Process(target=print).start()",
    "concurrent.futures.ProcessPoolExecutor(1).submit(abs, 1).result()",
    "os.execve(os.open(sys.executable, os.O_RDONLY), ['python'], {})",
]


@pytest.mark.parametrize("attempt", PROGRAMS)
def test_there_are_no_programs_and_no_processes(zygote, attempt):
    code = f"import os, sys, subprocess, multiprocessing, concurrent.futures; {attempt}; result = 'ran'"
    answer = zygote.run(code)
    assert answer.error.startswith(("PermissionError", "OSError", "FileNotFoundError"))
    assert answer.value is None


RAW = {
    "fork": ("57", None),
    "vfork": ("58", None),
    "clone": ("56, 17, 0, 0, 0, 0", "220, 17, 0, 0, 0, 0"),
    "clone into namespaces": ("56, 0x10000011, 0, 0, 0, 0", "220, 0x10000011, 0, 0, 0, 0"),
    "a thread in a namespace": ("56, 0x10010f00, 0, 0, 0, 0", "220, 0x10010f00, 0, 0, 0, 0"),
}


@needs_filter
@pytest.mark.parametrize("name", RAW)
def test_raw_forks_are_refused(zygote, name):
    arguments = RAW[name][COLUMN]
    if arguments is None:
        pytest.skip("this machine has no such call")
    assert zygote.run(f"result = call({arguments})").value == "EPERM"


@needs_filter
def test_the_call_that_a_filter_cannot_judge_does_not_exist(zygote):
    assert zygote.run("result = call(435, 0, 0)").value == "ENOSYS"


def test_a_file_in_memory_cannot_be_run(zygote):
    code = (
        "import os; fd = os.memfd_create('x'); os.write(fd, open('/bin/true', 'rb').read()); os.execve(fd, ['x'], {})"
    )
    assert zygote.run(code).error.startswith("PermissionError")


@pytest.mark.parametrize("number", [0, 9, 15])
def test_no_other_process_can_be_signalled(zygote, number):
    pid = zygote.here("import os; result = os.getpid()")
    targets = {pid, zygote.process.pid, os.getpid()}
    code = f"""
import os
sent = []
for target in {targets} | {{0, -1, os.getppid()}} - {{os.getpid()}}:
    if target != os.getpid():
        try:
            os.kill(target, {number})
            sent.append(target)
        except OSError:
            pass
result = sent
"""
    assert zygote.run(code).value == []
    assert zygote.run("result = 1").value == 1


def test_a_group_cannot_be_signalled(zygote):
    assert zygote.run("import os; os.killpg(os.getpgrp(), 9)").error.startswith("PermissionError")


@pytest.mark.parametrize("command", ["F_SETOWN", "F_SETSIG", "F_SETLEASE", "F_NOTIFY"])
def test_descriptors_cannot_send_signals(zygote, command):
    code = f"import fcntl, os, socket; fcntl.fcntl(os.open('x', os.O_CREAT), fcntl.{command}, 1)"
    assert zygote.run(code).error.startswith("PermissionError")


def test_own_signals_work(zygote):
    code = """
import os, signal
seen = []
signal.signal(signal.SIGUSR1, lambda *_: seen.append(1))
signal.raise_signal(signal.SIGUSR1)
os.kill(os.getpid(), signal.SIGUSR1)
signal.setitimer(signal.ITIMER_REAL, 0.01)
signal.signal(signal.SIGALRM, lambda *_: seen.append(2))
signal.pause()
result = seen
"""
    assert zygote.run(code).value == [1, 1, 2]


@pytest.mark.parametrize("command", ["0x5412", "0x541C", "0x540E", "0x8901", "0x89A0"])
def test_no_terminal_or_device_can_be_controlled(zygote, command):
    assert zygote.run(f"import fcntl; fcntl.ioctl(sender, {command}, b'x')").error.startswith("PermissionError")


def test_a_child_cannot_outlive_its_parent_by_choice(zygote):
    assert zygote.run("import ctypes; result = ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)").value == -1


def test_nobody_is_root(zygote):
    child = zygote.start("import time; time.sleep(60)")
    inside = zygote.descendants() | {zygote.process.pid}
    lines = [line for pid in inside for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    users = [line.split()[1:] for line in lines if line.startswith(("Uid", "Gid"))]
    assert len(users) >= 4
    assert all("0" not in numbers for numbers in users)
    assert zygote.finish(child, seconds=0).stopped


def test_no_capability_is_held_but_the_one_needed_to_read(zygote):
    code = """
lines = [line.split() for line in open("/proc/self/status")]
result = {line[0][:-1]: line[1] for line in lines if line[0].startswith(("Cap", "NoNew", "Seccomp"))}
"""
    status = zygote.run(code).value
    kept = zygote.here("result = enclosure._spaces.kept")
    assert [int(status[name], 16) for name in ("CapEff", "CapPrm", "CapInh", "CapAmb")] == [kept, kept, 0, 0]
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"


def test_the_right_to_read_is_kept_only_where_python_lies_in_a_closed_place(zygote):
    assert zygote.here("result = enclosure._spaces.kept") in ({0, 4} if os.geteuid() == 0 else {0})


def test_memory_is_never_dumped(zygote):
    assert zygote.run("import ctypes; result = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)").value == 0


def test_the_bounding_set_is_empty(whole):
    assert (
        int(
            whole.run("result = [l.split()[1] for l in open('/proc/self/status') if l.startswith('CapBnd')][0]").value,
            16,
        )
        == 0
    )


def test_descriptors_are_closed(zygote):
    code = """
import os
found = {}
for number in range(4096):
    try:
        os.fstat(number)
    except OSError:
        continue
    found[number] = os.readlink(f"/proc/self/fd/{number}")
del found[sender]
result = found
"""
    assert zygote.run(code).value == {"0": "/dev/null", "1": "/dev/null", "2": "/dev/null"}


def test_the_environment_holds_no_secrets(zygote):
    environment = zygote.run("import os; result = dict(os.environ)").value
    assert environment["TMPDIR"].startswith(environment["HOME"])
    assert "CANARY" not in environment
    assert "a secret of the grader" not in str(environment)
    found = zygote.run("result = open('/proc/self/environ', 'rb').read().decode()")
    assert found.value is None or "secret" not in found.value


def test_priorities_cannot_be_raised(zygote):
    for attempt in ("os.nice(-5)", "os.nice(5)", "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))"):
        assert zygote.run(f"import os; {attempt}").error.startswith("PermissionError")


def test_limits_cannot_be_raised_or_set_for_others(zygote):
    parent = zygote.here("import os; result = os.getpid()")
    assert zygote.run("import resource as r; r.setrlimit(r.RLIMIT_AS, (r.RLIM_INFINITY,) * 2)").error != ""
    assert zygote.run(f"import resource as r; r.prlimit({parent + 1}, r.RLIMIT_CPU, (1, 1))").error != ""
