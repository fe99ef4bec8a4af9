"""Rules on what lies outside a lesson: the clock, the network, the shell, one machine's folders."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from curriculum.lint import _markdown, _python
from curriculum.lint._display import output_texts
from curriculum.lint._registry import Found, rule
from curriculum.lint._subject import tags

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from curriculum.lint._subject import Subject

_CLOCK = {
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.perf_counter",
    "time.perf_counter_ns",
    "time.process_time",
    "time.monotonic",
    "time.ctime",
    "time.localtime",
    "time.gmtime",
    "timeit.timeit",
    "timeit.repeat",
    "timeit.default_timer",
    "pandas.Timestamp.now",
    "pandas.Timestamp.today",
    "pandas.Timestamp.utcnow",
}
_CLOCK_MAGIC = re.compile(r"^%{1,2}\s*(?:time|timeit|prun|memit)\b")
_UNCOMPARED = {"nbval-ignore-output", "nbval-skip"}

# Modules that do nothing but talk to a network. httpx is not one: it also talks to an application in the process.
_NETWORK_MODULES = (
    "aiohttp",
    "ftplib",
    "http.client",
    "pandas_datareader",
    "requests",
    "smtplib",
    "socket",
    "urllib.request",
    "urllib3",
    "websockets",
    "yfinance",
)
_NETWORK_CALLS = {
    "seaborn.load_dataset",
    "statsmodels.api.datasets.get_rdataset",
    "statsmodels.datasets.get_rdataset",
}
_HTTPX_CALLS = {
    f"httpx.{verb}" for verb in ("get", "post", "put", "patch", "delete", "head", "options", "request", "stream")
}
_HTTPX_CLIENTS = {"httpx.Client", "httpx.AsyncClient"}
_READERS = re.compile(r"(?:^|\.)(?:read_\w+|scan_\w+|imread|loadtxt|genfromtxt|urlopen|urlretrieve)$")
_URL = re.compile(r"^(?:https?|ftp|s3|gs)://", re.IGNORECASE)

_SHELL = re.compile(r"^(?:!|%%?\s*(?:pip|conda|mamba|uv|bash|sh|script|sx|system|cmd|powershell)\b|%%!)")
_UNIX = r"/(?:home|root|Users|work|tmp|mnt|media|private|var/folders)/[\w.-]"
_WINDOWS = r"[A-Za-z]:\\{1,2}(?!n\b)[A-Za-z][\w ]+\\"
_MACHINE = re.compile(rf"(?<![\w.:/~-])(?:{_UNIX}|{_WINDOWS})")


@rule(
    "clock",
    "a cell reads the clock, so that its result differs from run to run (unless tagged `nbval-ignore-output`)",
    mend="use a fixed date; count operations in the place of seconds; or tag a timing nbval-ignore-output",
)
def clock(subject: Subject) -> Iterator[Found]:
    """Look for dates of today and for timings."""
    for cell in subject.code:
        if _UNCOMPARED & set(tags(cell)):
            continue
        program = _python.parse(cell.source)
        names = {_python.resolved(call.func, subject.imports) for call in program.calls} & _CLOCK
        names |= {command.split()[0] for command in program.commands if _CLOCK_MAGIC.match(command)}
        for name in sorted(names):
            yield Found(cell.id, f"{name} reads the clock")


@rule(
    "network",
    "a cell uses the network: an import, a download of a data set, a URL that is read",
    mend="load data with datasets.load; let clients talk to an application in the same process",
)
def network(subject: Subject) -> Iterator[Found]:
    """Look for modules, functions and addresses that need a connection."""
    for cell in subject.code:
        program = _python.parse(cell.source)
        found = {f"imports {name}" for name in _imported(program.nodes) if _needs_network(name)}
        found |= {reason for call in program.calls if (reason := _reaches_out(call, subject.imports))}
        for reason in sorted(found):
            yield Found(cell.id, f"the cell {reason}")


@rule(
    "shell-command",
    "a cell runs a shell command or installs a package, which works on one machine and not on the next",
    mend="do it in Python, or name the package in pyproject.toml and the lesson's needs",
)
def shell_command(subject: Subject) -> Iterator[Found]:
    """Look for ! and % commands."""
    for cell in subject.code:
        for command in _python.parse(cell.source).commands:
            if _SHELL.match(command):
                yield Found(cell.id, f"the cell runs {command[:50]!r}")


@rule(
    "machine-path",
    "code, an output or a link names a folder of one machine, such as /home/ada or C:\\Users",
    mend="use a path relative to the notebook, tempfile, or datasets.load",
)
def machine_path(subject: Subject) -> Iterator[Found]:
    """Look for absolute paths."""
    for cell in subject.cells:
        if cell.type == "code":
            texts = [*_python.texts(_python.parse(cell.source).nodes), *output_texts(cell)]
        else:
            texts = [f" {link.target}" for link in _markdown.links(cell.source)]
        path = next((found.group() for text in texts if (found := _MACHINE.search(text))), "")
        if path:
            yield Found(cell.id, f"the cell names the path {path}...")


def _imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _downloads() -> set[str]:
    from curriculum.datasets import real

    return {source.name for source in real.DOWNLOADS}


def _needs_network(name: str) -> bool:
    module, _, last = name.rpartition(".")
    if module == "sklearn.datasets" and last.startswith("fetch_"):
        return True
    return any(name == known or name.startswith(f"{known}.") for known in _NETWORK_MODULES)


def _reaches_out(call: ast.Call, imports: dict[str, str]) -> str:
    name = _python.resolved(call.func, imports)
    written = _python.dotted(call.func) or name
    if name in _NETWORK_CALLS | _HTTPX_CALLS or name.startswith("sklearn.datasets.fetch_"):
        return f"calls {written}, which downloads"
    if name in _HTTPX_CLIENTS and "transport" not in _python.keywords(call) and not _python.unpacks(call):
        return f"calls {written} without transport="
    if _READERS.search(written) and any(map(_URL.match, _first_texts(call))):
        return f"reads a URL with {written}"
    if name == "curriculum.datasets.load" and (wanted := _first_texts(call)) and set(wanted) & _downloads():
        return f"loads {wanted[0]}, which is downloaded"
    return ""


def _first_texts(call: ast.Call) -> list[str]:
    """The texts in a call's first argument."""
    return list(_python.texts(ast.walk(call.args[0]))) if call.args else []
