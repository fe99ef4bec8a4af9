"""The samples that ship with the course: which draws they are, and how they become files and tables again."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from curriculum.datasets import _registry
from curriculum.datasets._simulate import simulate
from curriculum.errors import DataError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

# Every sample has this seed, so that they belong together.
SEED = 2024


@dataclass(frozen=True)
class Sample:
    """A shipped draw: ``simulate(table, n, SEED, **options)``, as Parquet or, where text is the point, as CSV."""

    table: str
    n: int
    options: Mapping[str, object] = field(default_factory=dict)
    suffix: str = "parquet"

    @property
    def file(self) -> str:
        """Its path below the folder of data sets."""
        return f"{self.table}/{self.table}.{self.suffix}"


SAMPLES = (
    Sample("customers", 5_000),
    Sample("products", 400),
    Sample("nutrition", 400),
    Sample("prices", 400),
    Sample("orders", 40_000),
    Sample("order_lines", 40_000),
    Sample("sessions", 40_000),
    Sample("payments", 120_000),
    Sample("applications", 20_000),
    Sample("demand", 48),
    Sample("subscriptions", 4_000),
    Sample("tickets", 6_000),
    Sample("export", 6_000, suffix="csv"),
)


def chosen(names: Iterable[str] = ()) -> tuple[Sample, ...]:
    """The samples of these tables, or all of them.

    Raises:
        UnknownNameError: no sample has that name; the message suggests the nearest.
    """
    known = {sample.table: sample for sample in SAMPLES}
    for name in names:
        if name not in known:
            raise UnknownNameError("sample", name, known, "curriculum data list")
    return tuple(known[name] for name in names) or SAMPLES


def build(folder: Path, samples: Sequence[Sample]) -> Iterator[_registry.Shipped]:
    """Simulate samples afresh, write their files and, at the end, their entries in the registry.

    Raises:
        DataError: a file cannot be written, or the entries of the other samples cannot be read.
    """
    entries = {} if len(samples) == len(SAMPLES) else _registry.shipped(folder)
    try:
        for sample in samples:
            entry, content = make(sample)
            path = folder / sample.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            entries[entry.name] = entry
            yield entry
        _registry.write(entries.values(), folder)
    except OSError as error:
        message = f"{error.filename or folder} cannot be written: {error.strerror}"
        raise DataError(message) from None


def differences(folder: Path, samples: Sequence[Sample]) -> list[str]:
    """Say, a line each, in which files a folder differs from what ``build`` would write there."""
    found = []
    entries = _registry.shipped(folder)
    for sample in samples:
        entry, content = make(sample)
        path = folder / sample.file
        if not path.is_file():
            found.append(f"{sample.file}: missing")
        elif path.read_bytes() != content:
            found.append(f"{sample.file}: other content")
        elif entries.get(sample.table) != entry:
            found.append(f"{sample.file}: another entry in the registry")
    known = {sample.table for sample in SAMPLES}
    orphans = [entry.file for entry in entries.values() if entry.name not in known]
    return found + [f"{file}: in the registry, but no sample" for file in orphans]


def make(sample: Sample) -> tuple[_registry.Shipped, bytes]:
    """Simulate a sample and give its registry entry and the bytes of its file."""
    from curriculum.datasets.fernway import SIMULATORS

    frame = simulate(sample.table, sample.n, SEED, **sample.options).data
    content = _to_csv(frame) if sample.suffix == "csv" else _to_parquet(frame)
    rows, columns = frame.shape
    made = _registry.Shipped(
        name=sample.table,
        title=SIMULATORS[sample.table].title,
        file=sample.file,
        sha256=_registry.digest(content),
        rows=rows,
        columns=columns,
        n=sample.n,
        seed=SEED,
        options=dict(sample.options),
    )
    return made, content


def read(content: bytes, suffix: str) -> pd.DataFrame:
    """Turn the bytes of a file into a table with the types that its datasheet lists.

    Arrow is kept to this thread, which it is only with bytes at hand: whoever loads data may fork afterwards.
    """
    import pandas as pd
    import pyarrow as pa
    from pyarrow import parquet

    if suffix == ".csv":
        return pd.read_csv(io.BytesIO(content), dtype="str", keep_default_na=False)
    table = parquet.ParquetFile(pa.BufferReader(content)).read(use_threads=False)
    frame: pd.DataFrame = table.to_pandas(use_threads=False)
    # Some columns are still Arrow's memory, which cannot be written to.
    return frame.copy()


def _to_parquet(frame: pd.DataFrame) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    buffer = io.BytesIO()
    table = pa.Table.from_pandas(frame, preserve_index=False, nthreads=1)
    parquet.write_table(table, buffer, compression="zstd", compression_level=15)
    return buffer.getvalue()


def _to_csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode()
