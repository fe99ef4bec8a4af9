"""A zygote for the tests: becomes whom it is told, enters an enclosure, and runs snippets in confined children.

Called with one JSON object. Over the socket it names come requests, one JSON object a line, each answered by another.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import socket
import struct
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from curriculum.errors import SandboxError
from curriculum.grading._limits import Limits
from curriculum.grading.sandbox import Enclosure, Mode, default_policy, summary

LIBC = ctypes.CDLL(None, use_errno=True)
ARM = os.uname().machine == "aarch64"
UNSHARE, CLONE3, MOUNT, SETNS, PIVOT = (97, 435, 40, 268, 41) if ARM else (272, 435, 165, 308, 155)
LANDLOCK = 444


def checked(result: int) -> None:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def mount(source: str | None, target: str, kind: str | None, flags: int, options: bytes | None = None) -> None:
    texts = [None if text is None else text.encode() for text in (source, target, kind)]
    checked(LIBC.mount(*texts, ctypes.c_ulong(flags), options))


def open_python_to_all() -> None:
    """Where only root can reach Python, show it to everybody at the same place, in a mount namespace of its own."""
    base = Path(sys.base_prefix)
    closed = next((folder for folder in reversed(base.parents) if not folder.stat().st_mode & 1), None)
    if closed is None:
        return
    checked(LIBC.unshare(0x20000))
    mount(None, "/", None, 16384 | (1 << 18))
    python = os.open(base, os.O_PATH)
    mount("tmpfs", str(closed), "tmpfs", 0, b"mode=755")
    base.mkdir(parents=True)
    mount(f"/proc/self/fd/{python}", str(base), None, 4096)
    os.close(python)


def forbid(what: str) -> None:
    """What systems do that are older or more careful: a filter under which some calls fail.

    ``namespaces``: nothing about namespaces and mounts, as in an ordinary container. ``users``: only no user
    namespaces. ``mounts``: namespaces, but no mounts in them. ``network``: no namespace of that kind. ``landlock``: as
    before Linux 5.13.
    """
    allow, forbidden, absent = 0x7FFF0000, 0x50001, 0x50026
    flags = {"namespaces": 0xFFFFFFFF, "users": 0x10000000, "network": 0x40000000}.get(what, 0)
    whole = {"namespaces": (MOUNT, SETNS, PIVOT), "mounts": (MOUNT,)}.get(what, ())
    missing = (CLONE3, LANDLOCK) if what == "landlock" else (CLONE3,)
    code = [(0x20, 0, 0, 0)]
    for numbers, verdict in ((whole, forbidden), (missing, absent)):
        for number in numbers:
            code += [(0x15, 0, 1, number), (6, 0, 0, verdict)]
    code += [(0x15, 1, 0, UNSHARE), (6, 0, 0, allow)]
    code += [(0x20, 0, 0, 16), (0x45, 0, 1, flags), (6, 0, 0, forbidden), (6, 0, 0, allow)]
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in code))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(code), ctypes.addressof(program)))
    if os.getuid() != 0:
        checked(LIBC.prctl(38, 1, 0, 0, 0))
    checked(LIBC.prctl(22, 2, ctypes.c_ulong(ctypes.addressof(header)), 0, 0))


def mask_proc() -> None:
    """What containers do: cover parts of /proc, so that the kernel does not let anybody mount a whole one."""
    checked(LIBC.unshare(0x20000))
    mount(None, "/", None, 16384 | (1 << 18))
    mount("tmpfs", "/proc/sys", "tmpfs", 0)


def lose_administration() -> None:
    """What a container leaves to root: not the right to administer."""
    checked(LIBC.prctl(24, 21, 0, 0, 0))
    header = struct.pack("=Ii", 0x20080522, 0)
    data = ctypes.create_string_buffer(24)
    checked(LIBC.capget(header, data))
    words = list(struct.unpack("=6I", data.raw))
    words[0] &= ~(1 << 21)
    words[1] &= ~(1 << 21)
    checked(LIBC.capset(header, struct.pack("=6I", *words)))


def become(config: dict[str, Any]) -> None:
    if config.get("masked"):
        mask_proc()
    user = config.get("user")
    if user is not None:
        open_python_to_all()
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    forbidden = config.get("forbidden", ())
    for what in forbidden:
        forbid(what)
    if os.getuid() == 0 and "namespaces" in forbidden:
        lose_administration()


class Child:
    """A confined child and the pipe on which it tells what came of its snippet."""

    def __init__(self, enclosure: Enclosure, code: str) -> None:
        self.enclosure = enclosure
        self.receiver, sender = os.pipe()
        self.pid = enclosure.fork()
        if self.pid == 0:
            os.close(self.receiver)
            run(enclosure, code, sender)
        os.close(sender)

    def finish(self, seconds: float) -> dict[str, Any]:
        told, end, stopped = b"", time.monotonic() + seconds, False
        while select.select([self.receiver], [], [], max(0.0, end - time.monotonic()))[0]:
            part = os.read(self.receiver, 1 << 16)
            if not part:
                break
            told += part
        else:
            os.kill(self.pid, 9)
            stopped = True
        os.close(self.receiver)
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        self.enclosure.clean(self.pid)
        answer = json.loads(told) if told else {"value": None, "error": ""}
        return answer | {"status": status, "stopped": stopped}


def call(number: int, *arguments: int) -> str:
    """A raw system call; its error's name, or nothing."""
    import errno

    passed = [ctypes.c_long(item) for item in arguments]
    failed = LIBC.syscall(ctypes.c_long(number), *passed) == -1
    return errno.errorcode[ctypes.get_errno()] if failed else ""


def run(enclosure: Enclosure, code: str, sender: int) -> None:
    names: dict[str, Any] = {"__name__": "__main__", "call": call, "box": str(enclosure.box), "sender": sender}
    answer: dict[str, Any] = {"value": None, "error": ""}
    try:
        enclosure.confine([sender])
        exec(compile(code, "<snippet>", "exec"), names)
        answer["value"] = names.get("result")
    except BaseException as error:  # noqa: BLE001 - whatever a snippet does is an answer
        answer["error"] = f"{type(error).__name__}: {error}"
    os.write(sender, json.dumps(answer).encode())
    os._exit(0)


def serve(enclosure: Enclosure, requests: socket.socket) -> None:
    children: dict[str, Child] = {}
    for line in requests.makefile(encoding="utf-8"):
        request = json.loads(line)
        match request["do"]:
            case "start":
                children[request["name"]] = Child(enclosure, request["code"])
                answer: dict[str, Any] = {"pid": children[request["name"]].pid}
            case "finish":
                answer = children.pop(request["name"]).finish(request["seconds"])
            case "here":  # in the zygote itself, which is trusted
                names: dict[str, Any] = {"enclosure": enclosure, "call": call}
                exec(request["code"], names)
                answer = {"value": names.get("result")}
            case _:
                raise ValueError(request)
        requests.sendall(json.dumps(answer).encode() + b"\n")
    enclosure.close()


def main() -> None:
    config = json.loads(sys.argv[1])
    if "become" in config:
        become(config.pop("become"))
        os.execve(sys.executable, [sys.executable, "-P", __file__, json.dumps(config)], {"PYTHONPATH": config["path"]})
    requests = socket.socket(fileno=config["socket"])
    readable = [Path(name) for name in config.get("readable", ())]
    policy = default_policy(Mode(config["mode"]), Limits(**config.get("limits", {})), readable=readable)
    policy = replace(policy, hidden=(*policy.hidden, *map(Path, config.get("hidden", ()))))
    os.environ.clear()
    os.environ["TMPDIR"] = config["temporary"]
    try:
        enclosure = Enclosure.enter(policy)
    except SandboxError as error:
        requests.sendall(json.dumps({"error": str(error)}).encode() + b"\n")
        return
    for name in config.get("preload", ()):
        __import__(name)
    layers = [[layer.name, layer.achieved, layer.reason] for layer in enclosure.layers]
    first = {"layers": layers, "summary": summary(enclosure.layers), "box": str(enclosure.box), "uid": os.getuid()}
    requests.sendall(json.dumps(first).encode() + b"\n")
    serve(enclosure, requests)
    os._exit(0)


if __name__ == "__main__":
    main()
