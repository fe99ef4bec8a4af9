"""Enclosures of every kind that this system can have, each in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import curriculum

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HELPER = Path(__file__).with_name("enclosed.py")
LINUX = sys.platform == "linux"
ROOT = LINUX and os.geteuid() == 0
USER: dict[str, Any] = {"user": 1234} if ROOT else {}
# who the zygote is when it starts, and in what kind of system
KINDS: dict[str, dict[str, Any]] = {
    "root": {},
    "user": USER,
    "contained_root": {"forbidden": ["namespaces"]},
    "contained_user": {"forbidden": ["namespaces"]} | USER,
}
# systems that have some namespaces but not others
HALF: dict[str, dict[str, Any]] = {
    "administering_root": {"forbidden": ["users"]},
    "mountless_root": {"forbidden": ["mounts"]},
    "mountless_user": {"forbidden": ["mounts"]} | USER,
    "networkless_user": {"forbidden": ["network"]} | USER,
    "landlockless_user": {"forbidden": ["landlock"]} | USER,
    "old_root": {"forbidden": ["namespaces", "landlock"]},
    "old_user": {"forbidden": ["namespaces", "landlock"]} | USER,
    "masked_root": {"masked": True},
    "masked_user_made_by_root": {"masked": True} | USER,
}
LIMITS = {"memory": 512 << 20, "disk": 8 << 20, "file": 4 << 20, "threads": 16, "open_files": 64}


@dataclass(frozen=True)
class Answer:
    value: Any
    error: str
    status: int
    stopped: bool


class Zygote:
    """A process in an enclosure, which runs snippets in confined children."""

    def __init__(self, become: dict[str, Any], mode: str = "available", **config: Any) -> None:
        """Start one; ``temporary`` is where it keeps temporary files."""
        self.socket, other = socket.socketpair()
        source = str(Path(curriculum.__file__).parents[1])
        self.temporary = Path(tempfile.mkdtemp(prefix="curriculum-test-", dir="/var/tmp"))
        self.temporary.chmod(0o1777)
        config.setdefault("temporary", str(self.temporary))
        config = {"become": become, "mode": mode, "socket": other.fileno(), "path": source} | config
        environment = {"PYTHONPATH": source, "CANARY": "a secret of the grader"}
        command = [sys.executable, "-P", str(HELPER), json.dumps(config)]
        os.set_inheritable(other.fileno(), True)
        self.process = subprocess.Popen(command, env=environment, pass_fds=[other.fileno()])
        other.close()
        self.stream = self.socket.makefile(encoding="utf-8")
        self.first: dict[str, Any] = json.loads(self.stream.readline() or "{}")

    @property
    def layers(self) -> dict[str, bool]:
        return {name: achieved for name, achieved, _ in self.first["layers"]}

    def ask(self, **request: Any) -> Any:
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        return json.loads(self.stream.readline())

    def start(self, code: str) -> str:
        name = uuid.uuid4().hex
        self.ask(do="start", name=name, code=code)
        return name

    def finish(self, name: str, seconds: float = 60) -> Answer:
        return Answer(**self.ask(do="finish", name=name, seconds=seconds))

    def run(self, code: str, seconds: float = 60) -> Answer:
        return self.finish(self.start(code), seconds)

    def here(self, code: str) -> Any:
        """Run trusted code in the zygote itself."""
        return self.ask(do="here", code=code)["value"]

    def descendants(self) -> set[int]:
        """Every process below this one, by the numbers that the host knows."""
        parents: dict[int, int] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                except OSError:
                    continue
        found = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found - {self.process.pid}

    def close(self) -> None:
        self.stream.close()
        self.socket.close()
        self.process.wait(30)
        shutil.rmtree(self.temporary, ignore_errors=True)


@pytest.fixture(scope="session")
def make_zygote() -> Iterator[Callable[..., Zygote]]:
    """Starts zygotes; see ``Zygote``. They end with the session."""
    if not LINUX:
        pytest.skip("the sandbox needs Linux")
    made: list[Zygote] = []

    def make(kind: str, mode: str = "available", **config: Any) -> Zygote:
        if "root" in kind and not ROOT:
            pytest.skip("needs root")
        made.append(Zygote((KINDS | HALF)[kind], mode, **({"limits": LIMITS} | config)))
        return made[-1]

    yield make
    for zygote in made:
        zygote.close()


@pytest.fixture(scope="session", params=KINDS)
def zygote(request: pytest.FixtureRequest, make_zygote: Callable[..., Zygote]) -> Zygote:
    """A zygote of every kind, with small limits."""
    return make_zygote(request.param)


@pytest.fixture(scope="session", params=["root", "user"])
def whole(request: pytest.FixtureRequest, make_zygote: Callable[..., Zygote]) -> Zygote:
    """A zygote that has every layer."""
    return make_zygote(request.param)


@pytest.fixture(scope="session")
def bare(make_zygote: Callable[..., Zygote]) -> Zygote:
    """A zygote whose sandbox is off: what the attacks do without one."""
    return make_zygote("root" if ROOT else "user", "off")
