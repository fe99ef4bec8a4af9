"""nbgrader and Otter, installed into an environment of their own, on the same submissions."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import _otter
from _warm import ENVIRONMENT

if TYPE_CHECKING:
    from _material import Bench, Passes

NBGRADER, OTTER = "nbgrader", "otter"
_REQUIREMENTS = {NBGRADER: ("nbgrader>=0.9.6,<0.10",), OTTER: ("otter-grader>=7,<8",)}
# Both run the learner's code with the very libraries that our grader runs it with.
_SHARED = ("numpy", "pandas", "scikit-learn", "scipy", "ipython", "ipykernel", "nbclient", "nbformat")
_SECONDS = 3600


class MissingPeerError(Exception):
    """A peer cannot be installed here; the message says why."""


@dataclass(frozen=True)
class Peered:
    """What a peer took: seconds a submission, without what it does once, and which exercises passed."""

    passes: dict[str, Passes]
    steady: float
    version: str


def install(name: str) -> Path:
    """The Python of a peer's environment, which is made once and kept in the user's cache.

    Raises:
        MissingPeerError: it cannot be made.
    """
    wanted = [*_REQUIREMENTS[name], *(f"{shared}=={version(shared)}" for shared in _SHARED)]
    mark = hashlib.sha256("\n".join([sys.version, *wanted]).encode()).hexdigest()[:12]
    folder = _cache() / f"{name}-{mark}"
    python = folder / "bin" / "python"
    if (folder / "complete").is_file():
        return python
    print(f"installing {name} into {folder} ...", file=sys.stderr, flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        _make(folder, wanted)
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        last = (said.strip().splitlines() or ["no reason given"])[-1]
        raise MissingPeerError(f"{name} is left out: it cannot be installed ({last})") from None
    (folder / "complete").touch()
    return python


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "curriculum-benchmarks"


def _make(folder: Path, wanted: list[str]) -> None:
    uv = shutil.which("uv")
    if uv:
        _call([uv, "venv", "-q", "--python", sys.executable, str(folder)])
        # Bytecode is compiled beforehand, or every kernel would compile what it imports.
        _call([uv, "pip", "install", "-q", "--compile-bytecode", "--python", str(folder / "bin" / "python"), *wanted])
    else:
        venv.create(folder, with_pip=True)
        _call([str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "--compile", *wanted])


def _call(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=_SECONDS)


def grade(name: str, bench: Bench) -> Peered:
    """Grade every submission of a bench with a peer, one after the other.

    Raises:
        MissingPeerError: it cannot be installed.
    """
    python = install(name)
    with tempfile.TemporaryDirectory(prefix=f"bench-{name}-") as base:
        folder = Path(base)
        _course(folder, bench) if name == NBGRADER else _assignment(folder, bench)
        out = folder / "measured.json"
        program = Path(__file__).with_name(f"_run_{name}.py")
        command = [str(python), "-I", str(program), bench.assignment, str(out)]
        # The environment's own programs come first: a kernel is started as "python".
        own = os.environ | ENVIRONMENT | {"PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
        own |= {"JUPYTER_PLATFORM_DIRS": "1", "JUPYTER_CONFIG_DIR": str(folder / "jupyter"), "HOME": str(folder)}
        done = subprocess.run(
            command, cwd=folder, env=own, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
        if done.returncode or not out.is_file():
            raise SystemExit(f"{name} broke: {done.stderr[-3000:]}")
        data = json.loads(out.read_text(encoding="utf-8"))
    return Peered(data["passes"], data["seconds"] / len(bench.submissions), data["version"])


def _course(folder: Path, bench: Bench) -> None:
    """nbgrader's course folder, with the assignment still to be generated."""
    file = f"{bench.assignment}.ipynb"
    source = folder / "source" / bench.assignment / file
    source.parent.mkdir(parents=True)
    shutil.copyfile(bench.source, source)
    for handed in bench.submissions:
        path = folder / "submitted" / handed.name / bench.assignment / file
        path.parent.mkdir(parents=True)
        path.write_bytes(handed.content)


def _assignment(folder: Path, bench: Bench) -> None:
    """Otter's master notebook, still to be assigned, and the submissions in its form."""
    (folder / _otter.MASTER).write_bytes(_otter.master(bench))
    (folder / "submissions").mkdir()
    for name, content in _otter.submissions(bench).items():
        (folder / "submissions" / f"{name}.ipynb").write_bytes(content)
