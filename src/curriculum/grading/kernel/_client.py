"""One kernel through nbclient: cells that end in time or are ended, and outputs that stay small."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import zmq.asyncio
from jupyter_client.kernelspec import NoSuchKernel
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.util import ensure_async
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

from curriculum.errors import GradingError
from curriculum.grading.kernel._ran import End, Ran

if TYPE_CHECKING:
    from pathlib import Path

    from jupyter_client.asynchronous.client import AsyncKernelClient

_MIB = 1 << 20
_KEPT = 4 * _MIB
_LARGEST = 16 * _MIB
_FLOOD = 64 * _MIB
_PATIENCE = 4
_GRACE = 0.2
_STARTS = 3
_TIMED_OUT = {"ename": "curriculum-timeout", "evalue": "", "traceback": []}
_PROBE = "__import__('curriculum.grading.kernel._probe', fromlist=['x']).last_finding()"
_NATIVE = {"", "python", "python2", "python3"}


class Kernel:
    """A running kernel. Used from one event loop."""

    def __init__(self, name: str, folder: Path, home: Path, variables: dict[str, str]) -> None:
        """Prepare a kernel.

        Args:
            name: the kernel's name, as ``jupyter kernelspec list`` has it; Python's is this environment's own.
            folder: where its cells run.
            home: where it keeps its own files.
            variables: its environment.
        """
        self._name = "python3" if name in _NATIVE else name
        self._folder, self._home, self._variables = folder, home, variables
        self._client: _Client | None = None
        self._context: zmq.asyncio.Context | None = None

    async def start(self) -> None:
        """Start the kernel and wait until it answers.

        Raises:
            GradingError: there is no such kernel, or it does not start.
        """
        for attempt in range(1, _STARTS + 1):
            try:
                await self._start()
            except NoSuchKernel:
                await self.close()
                message = f"there is no kernel called {self._name!r}; `jupyter kernelspec list` shows those there are"
                raise GradingError(message) from None
            except (OSError, RuntimeError, TimeoutError) as error:
                # Another program can take a port between its choice and its use.
                await self.close()
                if attempt == _STARTS:
                    message = f"the kernel {self._name!r} does not start: {error}"
                    raise GradingError(message) from None
            except BaseException:
                await self.close()
                raise
            else:
                return

    async def execute(self, source: str, seconds: float) -> Ran:
        """Run one cell.

        Args:
            source: the cell.
            seconds: how long it may take; then it is interrupted.
        """
        if not source.strip():
            return Ran(End.DONE)  # nbclient does not run it either
        client = self._running()
        cell = client.begin(source, seconds)
        try:
            await client.async_execute_cell(cell, 0)
            return client.ran(cell)
        except (RuntimeError, ValueError, LookupError, TypeError, AttributeError):
            # The kernel is dead, or what it sends makes no sense: something in it speaks in its place. To nbclient
            # Ctrl-C looks the same.
            _stop_if_cancelled()
            return Ran(End.FLOODED if client.flooded else End.DIED, cell.get("outputs", ()))

    async def last_finding(self) -> str:
        """What a check of this course found in the cell that ran last, as JSON; empty where that cannot be told."""
        client = self._running()
        with contextlib.suppress(TimeoutError, RuntimeError, LookupError, ValueError, TypeError, SyntaxError):
            reply = await asyncio.wait_for(client.ask(_PROBE), _PATIENCE)
            return str(ast.literal_eval(reply["data"]["text/plain"]))
        return ""

    def kill(self) -> None:
        """Kill the kernel, from any thread; what waits for it sees it die."""
        client = self._client
        if client is not None:
            client.kill()

    async def close(self) -> None:
        """End the kernel, and every process it has started in its group."""
        client, self._client = self._client, None
        if client is not None:
            await client.stop_watching()
            client.kill()
            with contextlib.suppress(RuntimeError, OSError):
                await ensure_async(client.manager.shutdown_kernel(now=True))
            if client.kc is not None:
                await ensure_async(client.kc.stop_channels())  # type: ignore[func-returns-value]
            await ensure_async(client.manager.cleanup_resources())
        if self._context is not None:
            self._context.destroy(linger=0)
            self._context = None

    def _running(self) -> _Client:
        if self._client is None:
            message = "the kernel is not running"
            raise GradingError(message)
        return self._client

    async def _start(self) -> None:
        self._context = zmq.asyncio.Context()
        # The transport refuses a larger message before it is read: nothing the kernel prints fills this process.
        self._context.setsockopt(zmq.MAXMSGSIZE, _LARGEST)
        # Without folders of kernels, Python's is this very environment's own.
        own: dict[str, Any] = {"KernelSpecManager": {"kernel_dirs": []}} if self._name == "python3" else {}
        manager = _Manager(
            kernel_name=self._name,
            context=self._context,
            connection_file=str(self._home / "kernel.json"),
            config=Config(own),
        )
        self._client = _Client(manager)
        await self._client.async_start_new_kernel(
            cwd=str(self._folder), env=self._variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        await self._client.async_start_new_kernel_client()
        self._client.watch()


class _Manager(AsyncKernelManager):
    """A manager whose clients share its sockets' bounds."""

    def client(self, **options: Any) -> AsyncKernelClient:  # type: ignore[override]
        return super().client(context=self.context, **options)


@dataclass
class _Seen:
    """What a cell has put out so far."""

    taken: int = 0
    stderr: bool = False
    idle: bool = False
    reply: dict[str, Any] = field(default_factory=dict)


class _Client(NotebookClient):
    """nbclient, one cell at a time, with bounds on what it keeps."""

    def __init__(self, manager: _Manager) -> None:
        super().__init__(
            new_notebook(),
            km=manager,
            allow_errors=True,
            timeout_func=self._allowed,
            interrupt_on_timeout=True,
            error_on_timeout=_TIMED_OUT,
            iopub_timeout=_PATIENCE,
            record_timing=False,
            store_widget_state=False,
            on_cell_executed=self._note_reply,
        )
        self.log.setLevel("CRITICAL")
        self.manager = manager
        self.flooded = False
        self.seen = _Seen()
        self.seconds = 0.0
        self.lost: Any = None
        self.watching: asyncio.Future[None] | None = None

    def begin(self, source: str, seconds: float) -> Any:
        """Make ready for a cell."""
        self.reset_execution_trackers()
        self.seconds, self.seen = seconds, _Seen()
        cell = new_code_cell(source)
        self.nb.cells = [cell]
        return cell

    def watch(self) -> None:
        """From now on end the kernel when it sends a message too large to be taken."""
        if self.kc is not None:
            self.lost = self.kc.iopub_channel.socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
            self.watching = asyncio.ensure_future(self._end_when_lost())

    async def stop_watching(self) -> None:
        """The opposite of ``watch``; does nothing where that was never called."""
        if self.watching is not None and self.kc is not None:
            self.watching.cancel()
            await asyncio.wait([self.watching])
            self.kc.iopub_channel.socket.disable_monitor()

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """Take one message from the kernel, unless there have been too many."""
        seen, kind, content = self.seen, msg["msg_type"], msg["content"]
        seen.taken += _size(content)
        seen.stderr = seen.stderr or (kind == "stream" and content.get("name") == "stderr")
        seen.idle = seen.idle or (kind == "status" and content.get("execution_state") == "idle")
        if seen.taken > _FLOOD and not self.flooded:
            self.flooded = True
            self.kill()
        if kind == "stream":
            content["text"] = content["text"][: max(_KEPT - (seen.taken - len(content["text"])), 0)]
        elif seen.taken > _KEPT and kind not in {"status", "error", "execute_result"}:
            return None
        return super().process_message(msg, cell, cell_index)

    def ran(self, cell: Any) -> Ran:
        """What came of the cell."""
        content = self.seen.reply.get("content", {})
        if content.get("ename") == _TIMED_OUT["ename"]:
            return Ran(End.INTERRUPTED if self.seen.idle else End.STUCK, cell.outputs)
        if not self.seen.idle:
            # The end of what it put out is lost: a message was too large.
            return Ran(End.FLOODED, cell.outputs)
        if any(item.get("source") == "ask_exit" for item in content.get("payload", [])):
            return Ran(End.DIED, cell.outputs)
        error = None if content.get("status") == "ok" else (str(content.get("ename")), str(content.get("evalue")))
        return Ran(End.DONE, cell.outputs, error, self.seen.stderr, content.get("traceback", []))

    async def ask(self, expression: str) -> dict[str, Any]:
        """Evaluate an expression where the cells run, out of their sight: what it came to, as the kernel replies."""
        if self.kc is None:
            return {}
        expressions = {"asked": expression}
        identity = self.kc.execute("", silent=True, store_history=False, user_expressions=expressions)
        reply = await self.async_wait_for_reply(await ensure_async(identity))
        return dict((reply or {})["content"]["user_expressions"]["asked"])

    def kill(self) -> None:
        """Kill the kernel and every process in its group, at once."""
        provisioner = self.manager.provisioner
        group, process = getattr(provisioner, "pgid", None), getattr(provisioner, "process", None)
        with contextlib.suppress(OSError):
            if sys.platform != "win32" and group:
                os.killpg(group, signal.SIGKILL)
            elif process is not None:
                process.kill()

    async def _end_when_lost(self) -> None:
        """The transport hangs up on a message beyond its bound; a kernel that lives on then has sent one."""
        await self.lost.recv_multipart()
        await asyncio.sleep(_GRACE)
        if await ensure_async(self.manager.is_alive()):
            self.flooded = True
            self.kill()

    def _allowed(self, _cell: Any) -> float:
        return self.seconds

    def _note_reply(self, cell: Any, cell_index: int, execute_reply: Any) -> None:  # noqa: ARG002 - nbclient's names
        self.seen.reply = execute_reply


def _stop_if_cancelled() -> None:
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(_size(key) + _size(item) for key, item in value.items())
    if isinstance(value, list):
        return sum(map(_size, value))
    return 8
