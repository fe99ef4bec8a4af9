"""The first process of a lesson: in the sandbox, the lesson's libraries loaded, nothing run yet.

Started by the grader as a program of its own, with one socket and an environment that holds no secrets.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import socket
import sys
from pathlib import Path
from typing import Any

from curriculum.errors import SandboxError
from curriculum.grading._limits import Limits
from curriculum.grading.split._channel import Channel


def main(number: int) -> None:
    """Be a lesson's zygote, talking over a socket's file descriptor."""
    channel = Channel(socket.socket(fileno=number))
    job = channel.receive()
    try:
        station, layers = _prepare(channel, job)
    except SandboxError as error:
        channel.send({"sandbox": str(error)})
        return
    channel.send({"ready": True, "layers": layers})
    station.serve()


def _prepare(channel: Channel, job: dict[str, Any]) -> Any:
    from curriculum.grading.sandbox import Enclosure, Mode, Policy

    limits = Limits(**job["limits"])
    policy = Policy(
        mode=Mode(job["mode"]),
        readable=tuple(map(Path, job["readable"])),
        hidden=tuple(map(Path, job["hidden"])),
        limits=limits,
    )
    enclosure = Enclosure.enter(policy)
    # IPython and the lesson's libraries are loaded inside, so that what they may read is what a learner's process may.
    from curriculum.grading import wire
    from curriculum.grading._files import write_files
    from curriculum.grading.split._shell import new_shell
    from curriculum.grading.split._station import Station, quiet
    from curriculum.grading.split._warm import warm

    quiet()
    os.chdir(enclosure.box)
    write_files(job["files"], enclosure.box)
    for name in ("curriculum.check", *job["modules"]):
        _load(name)
    wire.prepare()
    shell = new_shell()
    warm(shell)
    layers = [[layer.name, layer.achieved, layer.reason] for layer in enclosure.layers]
    return Station(channel, shell, enclosure, limits, job["files"]), layers


def _load(name: str) -> None:
    """Load a module that the lesson imports; one that is missing is the lesson's own error, when its cell runs."""
    with contextlib.suppress(Exception):
        importlib.import_module(name)


if __name__ == "__main__":
    main(int(sys.argv[1]))
