"""Showing the page on this machine until Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import threading
import webbrowser
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from curriculum.errors import CurriculumError
from curriculum.marking._guard import HOSTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI

_HOST = HOSTS[0]
_PATIENCE = 3  # seconds for requests that are under way when it ends


def serve(app: FastAPI, token: str, *, port: int = 0, browser: bool = True, say: Callable[[str], None] = print) -> None:
    """Show the page until Ctrl-C, to this machine only.

    Args:
        app: the page.
        token: what its addresses begin with.
        port: 0 for any that is free.
        browser: whether to open it.
        say: gets the address, once it can be opened.

    Raises:
        CurriculumError: the port cannot be had.
    """
    import uvicorn

    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_graceful_shutdown=_PATIENCE,
    )
    with _listening(port) as listener:
        address = f"http://{_HOST}:{listener.getsockname()[1]}/{token}/"
        with _door(address) if browser else contextlib.nullcontext():
            say(address)
            with contextlib.suppress(KeyboardInterrupt):
                uvicorn.Server(config).run(sockets=[listener])


@contextlib.contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    with socket.socket() as listener:
        if os.name == "posix":  # elsewhere it would let two programs share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((_HOST, port))
            listener.listen()
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            message = f"port {port} cannot be had ({reason}); name another with --port, or none"
            raise CurriculumError(message) from None
        yield listener


@contextlib.contextmanager
def _door(address: str) -> Iterator[None]:
    """Open the browser through a file that only its owner can read: every user sees the arguments of a program."""
    from platformdirs import user_runtime_path

    name = None
    try:
        folder = user_runtime_path("curriculum", ensure_exists=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix="mark-", suffix=".html")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(
                f'<!doctype html><meta http-equiv="refresh" content="0;url={escape(address)}"><title>Marking</title>'
            )
        # A browser of the terminal would hold up everything else.
        threading.Thread(target=webbrowser.open, args=(Path(name).as_uri(),), daemon=True).start()
    except OSError:
        pass  # the address is printed: it can be opened by hand
    try:
        yield
    finally:
        if name is not None:
            Path(name).unlink(missing_ok=True)
