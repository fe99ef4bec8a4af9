"""The numbers of Linux's system calls on the machines that the filter knows.

Each entry is ``name=x86_64/aarch64``; a dash stands where the machine has no such call.
"""

from __future__ import annotations

import platform
from functools import cache

_FREE = """
# input and output
read=0/63 write=1/64 pread64=17/67 pwrite64=18/68 readv=19/65 writev=20/66 preadv=295/69 pwritev=296/70
preadv2=327/286 pwritev2=328/287 open=2/- openat=257/56 creat=85/- close=3/57 close_range=436/436 lseek=8/62
dup=32/23 dup2=33/- dup3=292/24 pipe=22/- pipe2=293/59 flock=73/32 fsync=74/82 fdatasync=75/83
sync_file_range=277/84 fallocate=285/47 truncate=76/45 ftruncate=77/46 readahead=187/213 fadvise64=221/223
copy_file_range=326/285 sendfile=40/71 splice=275/76 tee=276/77
# looking at files
stat=4/- fstat=5/80 lstat=6/- newfstatat=262/79 statx=332/291 access=21/- faccessat=269/48 faccessat2=439/439
statfs=137/43 fstatfs=138/44 getcwd=79/17 chdir=80/49 fchdir=81/50 readlink=89/- readlinkat=267/78 getdents=78/-
getdents64=217/61
# changing files
mkdir=83/- mkdirat=258/34 rmdir=84/- unlink=87/- unlinkat=263/35 rename=82/- renameat=264/38 renameat2=316/276
link=86/- linkat=265/37 symlink=88/- symlinkat=266/36 chmod=90/- fchmod=91/52 fchmodat=268/53 fchmodat2=452/452
chown=92/- fchown=93/55 lchown=94/- fchownat=260/54 utime=132/- utimes=235/- utimensat=280/88 futimesat=261/-
umask=95/166 mknod=133/- mknodat=259/33 getxattr=191/8 lgetxattr=192/9 fgetxattr=193/10 listxattr=194/11
llistxattr=195/12 flistxattr=196/13
# memory
mmap=9/222 mprotect=10/226 munmap=11/215 mremap=25/216 madvise=28/233 brk=12/214 msync=26/227 mincore=27/232
membarrier=324/283
# threads
futex=202/98 futex_waitv=449/449 futex_wake=454/454 futex_wait=455/455 futex_requeue=456/456 set_robust_list=273/99
get_robust_list=274/100 set_tid_address=218/96 gettid=186/178 rseq=334/293 sched_yield=24/124
sched_getaffinity=204/123 sched_getparam=143/121 sched_getscheduler=145/120 sched_getattr=315/275
sched_get_priority_max=146/125 sched_get_priority_min=147/126 sched_rr_get_interval=148/127 exit=60/93
exit_group=231/94 arch_prctl=158/- restart_syscall=219/128
# waiting
select=23/- pselect6=270/72 poll=7/- ppoll=271/73 epoll_create=213/- epoll_create1=291/20 epoll_ctl=233/21
epoll_wait=232/- epoll_pwait=281/22 epoll_pwait2=441/441 eventfd=284/- eventfd2=290/19 timerfd_create=283/85
timerfd_settime=286/86 timerfd_gettime=287/87 signalfd=282/- signalfd4=289/74
# signals and timers
rt_sigaction=13/134 rt_sigprocmask=14/135 rt_sigreturn=15/139 rt_sigpending=127/136 rt_sigsuspend=130/133
rt_sigtimedwait=128/137 sigaltstack=131/132 pause=34/- alarm=37/- getitimer=36/102 setitimer=38/103
timer_create=222/107 timer_settime=223/110 timer_gettime=224/108 timer_getoverrun=225/109 timer_delete=226/111
# clocks and the machine
clock_gettime=228/113 clock_getres=229/114 clock_nanosleep=230/115 nanosleep=35/101 gettimeofday=96/169 time=201/-
times=100/153 getrusage=98/165 sysinfo=99/179 uname=63/160 getcpu=309/168
# identity
getpid=39/172 getppid=110/173 getuid=102/174 geteuid=107/175 getgid=104/176 getegid=108/177 getgroups=115/158
getresuid=118/148 getresgid=120/150 getpgid=121/155 getpgrp=111/- getsid=124/156 capget=125/90 getpriority=140/141
# limits and children
getrlimit=97/163 setrlimit=160/164 getrandom=318/278 wait4=61/260 waitid=247/95
# socket pairs
recvfrom=45/207 sendmsg=46/211 recvmsg=47/212 shutdown=48/210 getsockname=51/204 getpeername=52/205
getsockopt=55/209
"""
_CONDITIONAL = """
clone=56/220 clone3=435/435 fcntl=72/25 ioctl=16/29 kill=62/129 tgkill=234/131 prctl=157/167 prlimit64=302/261
sendto=44/206 socketpair=53/199
"""
_OWN = """
pivot_root=155/41 mount_setattr=442/442 landlock_create_ruleset=444/444 landlock_add_rule=445/445
landlock_restrict_self=446/446 unshare=272/97 setns=308/268 mount=165/40 umount2=166/39 execve=59/221
"""
_COLUMNS = {"x86_64": 0, "aarch64": 1}
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


@cache
def machine() -> str | None:
    """The machine's name where its numbers are known, else None."""
    return platform.machine() if platform.machine() in _COLUMNS else None


def architecture() -> int:
    """What the kernel calls this machine in a filter (AUDIT_ARCH)."""
    return _ARCHITECTURES[platform.machine()]


def free() -> dict[str, int]:
    """The calls that a learner's process may make with any arguments, by name."""
    return _read(_FREE)


def conditional() -> dict[str, int]:
    """The calls that depend on their arguments, by name."""
    return _read(_CONDITIONAL)


def number(name: str) -> int | None:
    """The number of any call in the tables; None on a machine that they don't know."""
    return _read(_FREE + _CONDITIONAL + _OWN).get(name) if machine() else None


@cache
def _read(table: str) -> dict[str, int]:
    column = _COLUMNS[platform.machine()]
    lines = [line for line in table.splitlines() if not line.startswith("#")]
    entries = [entry.split("=") for line in lines for entry in line.split()]
    numbers = [(name, values.split("/")[column]) for name, values in entries]
    return {name: int(value) for name, value in numbers if value != "-"}
