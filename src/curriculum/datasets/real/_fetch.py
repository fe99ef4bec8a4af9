"""Real data that is fetched once from its source, kept in a folder of the user's, and read from there ever after.

The folder is the one that ``CURRICULUM_DATA`` names, or the platform's own for caches. What is kept is the table as
its source gave it; names and types are put on when it is loaded. scikit-learn holds what arrives to the checksum that
its source states; beside each kept file stands the checksum of that file.
"""

from __future__ import annotations

import os
import socket
import ssl
import tarfile
import tempfile
import warnings
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError

from curriculum.datasets import _registry, _samples
from curriculum.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

FOLDER_VARIABLE = "CURRICULUM_DATA"
_PATIENCE = 10.0
_OFFLINE = "datasets.catalogue() lists what works offline"
_CHOOSE = f"make room there, or let {FOLDER_VARIABLE} name another folder"
# What unreadable answers raise on their way through scikit-learn: damaged archives, JSON, ARFF and checksums.
_UNREADABLE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    HTTPException,
    LookupError,
    OSError,
    TypeError,
    ValueError,
    tarfile.TarError,
    zlib.error,
)


@dataclass(frozen=True)
class Download:
    """A table that is fetched once.

    Attributes:
        megabytes: about how much travels.
        rows, columns: the size of the table when it has its names and types.
        fetch: gets the table as the source has it, with a folder for its intermediate files.
        prepare: puts names and types on it, in a new frame.
    """

    name: str
    megabytes: int
    rows: int
    columns: int
    fetch: Callable[[Path], pd.DataFrame]
    prepare: Callable[[pd.DataFrame], pd.DataFrame]


def load(download: Download) -> pd.DataFrame:
    """Give a download's table: from the folder if it is there and whole, else from its source.

    Raises:
        DataError: it cannot be had now, or is not what it should be; the message is one line.
    """
    kept = folder() / f"{download.name}.parquet"
    frame = _from_folder(download, kept)
    if frame is not None:
        return frame
    raw = _fetch(download, damaged=kept.exists())
    frame = _typed(download, raw)
    with _writing(kept.parent):
        _keep(raw, kept)
    return frame


def folder() -> Path:
    """Where downloads are kept."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_cache_path("curriculum", appauthor=False)


def _from_folder(download: Download, kept: Path) -> pd.DataFrame | None:
    """Read a kept table; nothing if there is none, or if it is damaged or of another version of the course."""
    try:
        content = kept.read_bytes()
        if _checksum(kept).read_text(encoding="utf-8") != _registry.digest(content):
            return None
        return _typed(download, _samples.read(content, kept.suffix))
    except (OSError, ValueError, DataError):
        return None


def _fetch(download: Download, *, damaged: bool) -> pd.DataFrame:
    with _writing(folder()):
        folder().mkdir(parents=True, exist_ok=True)
        scratch = tempfile.TemporaryDirectory(dir=folder(), prefix=f"{download.name}-", ignore_cleanup_errors=True)
    again = "again, since its copy here is damaged" if damaged else "once"
    need = f"{download.name} must be downloaded {again} (about {download.megabytes} MB)"
    with scratch, _patience(), warnings.catch_warnings():
        # scikit-learn announces each new attempt as a warning.
        warnings.simplefilter("ignore")
        try:
            return download.fetch(Path(scratch.name))
        except HTTPError as error:
            error.close()
            message = f"{need} and its source answers with error {error.code}: try again later; {_OFFLINE}"
        except (URLError, TimeoutError, ConnectionError, ssl.SSLError):
            message = f"{need} and there is no connection to its source: try again online; {_OFFLINE}"
        except _UNREADABLE as error:
            if isinstance(error, OSError) and error.errno is not None:
                message = f"{need} and {folder()} cannot be written ({error.strerror}): {_CHOOSE}"
            else:
                message = f"{need} and what its source sent is damaged: try again later; {_OFFLINE}"
    raise DataError(message)


def _typed(download: Download, raw: pd.DataFrame) -> pd.DataFrame:
    """Put names and types on a table and hold it to its size."""
    try:
        frame = download.prepare(raw)
    except (LookupError, TypeError, ValueError):
        message = f"what the source of {download.name} sent has other columns or values than this course knows"
        raise DataError(f"{message}: update the course, or try again later") from None
    if frame.shape != (download.rows, download.columns):
        found = "what the source of {} sent has {:,} rows and {} columns".format(download.name, *frame.shape)
        known = f"this course knows it with {download.rows:,} and {download.columns}"
        raise DataError(f"{found}, but {known}: update the course, or try again later")
    return frame


def _keep(raw: pd.DataFrame, kept: Path) -> None:
    """Write a table and its checksum, each of them whole or not at all."""
    import pyarrow as pa
    from pyarrow import parquet

    with tempfile.TemporaryDirectory(dir=kept.parent, prefix=f"{kept.stem}-", ignore_cleanup_errors=True) as scratch:
        file = Path(scratch) / kept.name
        parquet.write_table(pa.Table.from_pandas(raw, preserve_index=False, nthreads=1), file, compression="zstd")
        checksum = _checksum(file)
        checksum.write_text(_registry.digest(file.read_bytes()), encoding="utf-8")
        file.replace(kept)
        checksum.replace(_checksum(kept))


def _checksum(kept: Path) -> Path:
    return kept.with_suffix(".sha256")


@contextmanager
def _writing(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"the folder for downloads, {place}, cannot be written ({error.strerror}): {_CHOOSE}"
        raise DataError(message) from None


@contextmanager
def _patience() -> Iterator[None]:
    """Let connections that are opened meanwhile give up after a while: scikit-learn lets them wait for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_PATIENCE)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
