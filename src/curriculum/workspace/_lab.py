"""Starting JupyterLab in a workspace, at the next unfinished exercise, without touching the learner's own settings."""

from __future__ import annotations

import importlib.util
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from curriculum.course import COURSE_VARIABLE
from curriculum.errors import MissingToolError

if TYPE_CHECKING:
    from curriculum.workspace._place import Workspace
    from curriculum.workspace._progress import Progress

# Defaults for JupyterLab that stand behind the learner's own: no news, no question about them.
_DEFAULTS = Path(__file__).parent / "jupyter"
_PATIENCE_SECONDS = 5.0
_POLL_SECONDS = 0.1


def start(workspace: Workspace, progress: Progress, *, browser: bool = True, extra: tuple[str, ...] = ()) -> int:
    """Run JupyterLab until it ends or the learner presses Ctrl-C; return its exit code.

    Args:
        workspace: the folder to serve.
        progress: where the learner stands; decides which lesson opens.
        browser: open a browser.
        extra: more arguments for JupyterLab; they win over the ones given here.

    Raises:
        MissingToolError: JupyterLab is not installed.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        message = (
            "JupyterLab is not installed in this environment: install the course again, or run pip install jupyterlab"
        )
        raise MissingToolError(message)
    arguments = command(workspace, progress, browser=browser, extra=extra)
    process = subprocess.Popen(arguments, env=environment(progress))  # noqa: S603 - our own Python
    # Whoever ends this program by a signal means JupyterLab too.
    signal.signal(signal.SIGTERM, lambda _number, _frame: process.terminate())
    try:
        _announce(process, address(progress))
        return process.wait()
    except KeyboardInterrupt:
        # The terminal's Ctrl-C reached JupyterLab too: it is saving its kernels' end.
        return _ended(process)


def command(workspace: Workspace, progress: Progress, *, browser: bool, extra: tuple[str, ...]) -> list[str]:
    """The command line that starts JupyterLab."""
    arguments = [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={workspace.folder}",
        f"--LabApp.default_url={address(progress)}",
        f"--LabApp.workspaces_dir={workspace.own / 'jupyterlab'}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
        "--ServerApp.answer_yes=True",
        "--Application.log_level=WARN",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--allow-root")
    if not browser:
        arguments.append("--no-browser")
    # JupyterLab refuses a setting that is given twice, so the learner's own takes the place of ours.
    given = {argument.partition("=")[0] for argument in extra}
    return [*(argument for argument in arguments if argument.partition("=")[0] not in given), *extra]


def address(progress: Progress) -> str:
    """The page of JupyterLab with the next unfinished exercise; a lesson not yet begun opens at its top.

    Where nothing is left, the first lesson.
    """
    following = progress.next_open
    if following is None:
        lessons = progress.course.lessons
        return f"/lab/tree/{quote(lessons[0].name)}" if lessons else "/lab"
    lesson, exercise = following
    page = f"/lab/tree/{quote(lesson.name)}"
    begun = next(item.is_begun for item in progress.lessons if item.lesson == lesson)
    return f"{page}#cell-id={quote(exercise.cells[0].id)}" if begun else page


def environment(progress: Progress) -> dict[str, str]:
    """The variables JupyterLab runs with: this environment's kernel, and the course at hand."""
    former = os.environ.get("JUPYTER_CONFIG_PATH")
    return os.environ | {
        COURSE_VARIABLE: str(progress.course.root),
        "JUPYTER_CONFIG_PATH": os.pathsep.join([str(_DEFAULTS), *([former] if former else [])]),
        "JUPYTER_PREFER_ENV_PATH": "1",
        # A token of ours keeps JupyterLab from printing the address itself, which it garbles behind a `#`.
        "JUPYTER_TOKEN": os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(24),
    }


def _announce(process: subprocess.Popen[bytes], page: str) -> None:
    """Print the page's whole address as soon as the server is up; return at once if it ends before."""
    from jupyter_server.serverapp import list_running_servers

    while process.poll() is None:
        for server in list_running_servers():
            if server["pid"] == process.pid:
                sys.stdout.write(f"JupyterLab is at {whole_address(server['url'], page, server['token'])}\n")
                sys.stdout.flush()
                return
        time.sleep(_POLL_SECONDS)


def whole_address(server: str, page: str, token: str) -> str:
    """The page on a server, with the token in front of the fragment."""
    path, _, fragment = page.partition("#")
    query = f"?token={token}" if token else ""
    return server.rstrip("/") + path + query + (f"#{fragment}" if fragment else "")


def _ended(process: subprocess.Popen[bytes]) -> int:
    try:
        process.wait(_PATIENCE_SECONDS)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        process.terminate()
        process.wait()
    return 0
