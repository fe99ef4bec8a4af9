"""Install the course into `.venv` beside this file and run it; needs only Python 3.11 or newer.

python run.py learn [WORKSPACE]   install what is missing, then start the course
python run.py COMMAND [ARGS]      the same for any other command of the course (try: --help)
python run.py test                install the developer's tools, then run the whole quality gate
python run.py test PYTEST_ARGS    only pytest, with these arguments
python run.py tool NAME [ARGS]    run a developer's tool, for example: tool ruff check
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
GATE = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("pytest", "-n", "2", "--dist", "loadscope"),
)


class InstallError(Exception):
    """An installation step failed; the message is the one line to show."""


class Environment:
    """The virtual environment `.venv` of one clone.

    A stamp in it holds what was installed, and is there only while the installation is whole: an
    environment without one (killed half-way, or made by other means) is made anew.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.path = root / ".venv"
        self.scripts = self.path / ("Scripts" if os.name == "nt" else "bin")
        self.stamp = self.path / "curriculum-installed.json"

    def program(self, name: str) -> str:
        """Return the path of a program in the environment."""
        return str(self.scripts / (f"{name}.exe" if os.name == "nt" else name))

    def variables(self) -> dict[str, str]:
        """Return this process's variables as they are once the environment is activated."""
        variables = {name: value for name, value in os.environ.items() if name != "PYTHONHOME"}
        variables["VIRTUAL_ENV"] = str(self.path)
        variables["PATH"] = os.pathsep.join([str(self.scripts), os.environ.get("PATH", os.defpath)])
        return variables

    def prepare(self, lock: str) -> None:
        """Bring the environment to the state that requirements/<lock>.txt and pyproject.toml describe."""
        installed = self.installed()
        wanted = self.fingerprint(lock)
        if wanted in installed and runs(self.program("python")):
            return
        requirements = self.root / "requirements" / f"{lock}.txt"
        say(f"installing {requirements.relative_to(self.root)} into .venv (the first time takes a minute)")
        if not installed or not runs(self.program("python")):
            make_environment(self.path)
        self.stamp.unlink(missing_ok=True)
        install(self.program("python"), "--require-hashes", "-r", str(requirements))
        install(self.program("python"), "--no-deps", "-e", str(self.root))
        # dev.txt holds all of lock.txt; a lock installed over an unchanged dev.txt leaves that one whole
        whole = {wanted, self.fingerprint("lock")} | (installed & {self.fingerprint("dev")})
        self.stamp.write_text(json.dumps(sorted(whole)), encoding="utf-8")

    def installed(self) -> set[str]:
        """Return the fingerprints of what is installed: none if the stamp is missing, damaged or of a moved clone."""
        try:
            fingerprints = {str(text) for text in json.loads(self.stamp.read_text(encoding="utf-8"))}
        except (OSError, ValueError, TypeError):
            return set()
        return {text for text in fingerprints if text.startswith(f"{self.root}: ")}

    def fingerprint(self, lock: str) -> str:
        """Name this clone and the contents of its lock and pyproject.toml."""
        digest = hashlib.sha256()
        for path in (self.root / "requirements" / f"{lock}.txt", self.root / "pyproject.toml"):
            digest.update(path.read_bytes())
        return f"{self.root}: {lock} {digest.hexdigest()}"


def too_old(version: tuple[int, ...]) -> str | None:
    """Return the line to show if this Python is too old for the course."""
    if version[:2] >= OLDEST:
        return None
    found, needed = (".".join(map(str, numbers)) for numbers in (version[:3], OLDEST))
    return f"this is Python {found}, and the course needs {needed} or newer: run it with, say, python3.12 run.py"


def say(line: str) -> None:
    """Show one line about what this script does, apart from what the programs it starts print."""
    print(f"run.py: {line}", file=sys.stderr, flush=True)


def runs(*command: str) -> bool:
    """Tell whether a program is there and works."""
    try:
        result = subprocess.run([*command, "--version"], capture_output=True, check=False)  # noqa: S603
    except OSError:
        return False
    return result.returncode == 0


def find_uv() -> str | None:
    """Return the path of uv, if there is one that works."""
    uv = shutil.which("uv")
    return uv if uv and runs(uv) else None


def step(command: list[str], failure: str) -> None:
    """Run one step of an installation, its output shown as it is."""
    # Without bytecode every later start is seconds slower, so it is compiled now even where it is switched off.
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    if subprocess.run(command, env=variables, cwd=ROOT, check=False).returncode:  # noqa: S603
        raise InstallError(failure)


def make_environment(path: Path) -> None:
    """Make an environment with pip in it at a path, in place of what is there."""
    python = getattr(sys, "_base_executable", "") or sys.executable  # never a Python that is about to be replaced
    uv = find_uv()
    if uv:
        command = [uv, "venv", "--quiet", "--clear", "--seed", "--no-project", "--python", python, str(path)]
        step(command, f"uv could not make the environment {path}: it says why above")
        return
    hint = "on Debian or Ubuntu, `apt install python3-venv` adds what is missing"
    step([python, "-m", "venv", "--clear", str(path)], f"could not make the environment {path}; {hint}")


def install(python: str, *arguments: str) -> None:
    """Install packages for a Python: with uv where there is one, which is faster, else with pip."""
    uv = find_uv()
    if uv:
        command = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python]
    else:
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    tool = "uv" if uv else "pip"
    step([*command, *arguments], f"{tool} could not install the course and says why above; mend that and try again")


def run_gate(environment: Environment) -> int:
    """Run every check of the quality gate, also after one has failed; return 1 if any did."""
    failed = []
    for name, *arguments in GATE:
        line = " ".join([name, *arguments])
        say(line)
        if call(environment, name, arguments, cwd=environment.root):
            failed.append(line)
    for line in failed:
        say(f"failed: {line}")
    if not failed:
        say("everything passed")
    return int(bool(failed))


def call(environment: Environment, name: str, arguments: list[str], cwd: Path | None = None) -> int:
    """Run a program of the environment and return its exit code."""
    command = [environment.program(name), *arguments]
    return subprocess.run(command, env=environment.variables(), cwd=cwd, check=False).returncode  # noqa: S603


def become(environment: Environment, name: str, arguments: list[str]) -> NoReturn:
    """Turn this process into a program of the environment; Windows cannot, so it waits for the program there."""
    if os.name == "nt":
        sys.exit(call(environment, name, arguments))
    sys.stdout.flush()
    program = environment.program(name)
    os.execve(program, [program, *arguments], environment.variables())  # noqa: S606


def run(environment: Environment, command: str, arguments: list[str]) -> int:
    """Prepare what a command needs and run it."""
    environment.prepare("dev" if command in {"test", "tool"} else "lock")
    if command == "tool":
        become(environment, arguments[0], arguments[1:])
    if command != "test":
        become(environment, "curriculum", [command, *arguments])
    if arguments:
        return call(environment, "pytest", arguments, cwd=environment.root)
    return run_gate(environment)


def main(arguments: list[str]) -> int:
    """Run one command of this script and return its exit code."""
    problem = too_old(sys.version_info[:3])
    if problem:
        say(problem)
        return 2
    if not arguments or arguments == ["tool"]:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        return run(Environment(ROOT), arguments[0], arguments[1:])
    except (InstallError, OSError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("stopped")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
