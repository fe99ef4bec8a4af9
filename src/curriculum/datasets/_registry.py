"""The shipped files: where they are, and that they are what they should be."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from curriculum.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FILE = "registry.json"


@dataclass(frozen=True)
class Shipped:
    """One shipped file and the simulation that made it.

    Attributes:
        title: one line about it, for the catalogue.
        file: its path below the folder of data sets.
        sha256: the checksum of its bytes.
        rows, columns: the size of its table.
        n, seed, options: what ``simulate`` was called with.
    """

    name: str
    title: str
    file: str
    sha256: str
    rows: int
    columns: int
    n: int
    seed: int
    options: Mapping[str, object] = field(default_factory=dict)


def root() -> Path:
    """The folder of data sets: one folder each, with its datasheet and its file."""
    package = Path(__file__).resolve().parents[1]
    packed = package / "_course" / "datasets"
    return packed if packed.is_dir() else package.parents[1] / "datasets"


def shipped(folder: Path | None = None) -> dict[str, Shipped]:
    """Read which files are shipped, by name.

    Raises:
        DataError: the registry is missing or damaged.
    """
    path = (folder or root()) / _FILE
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {name: Shipped(name=name, **entry) for name, entry in entries.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        message = f"{path.name} of the data sets is missing or damaged: install the package again"
        raise DataError(message) from None


def content(entry: Shipped) -> bytes:
    """Give the bytes of a shipped file, if they are those that the registry knows.

    Raises:
        DataError: the file is missing or was changed.
    """
    try:
        found = (root() / entry.file).read_bytes()
    except OSError:
        message = f"the file of {entry.name!r} ({entry.file}) is missing: install the package again"
        raise DataError(message) from None
    if digest(found) != entry.sha256:
        message = f"the file of {entry.name!r} ({entry.file}) was changed or damaged: install the package again"
        raise DataError(message)
    return found


def write(entries: Iterable[Shipped], folder: Path) -> Path:
    """Write the registry of a folder, in order of names."""
    records = {entry.name: asdict(entry) for entry in sorted(entries, key=lambda entry: entry.name)}
    for record in records.values():
        del record["name"]
    path = folder / _FILE
    path.write_text(json.dumps(records, indent=2) + "\n", encoding="utf-8")
    return path


def digest(content: bytes) -> str:
    """The checksum of a file's bytes."""
    return hashlib.sha256(content).hexdigest()
