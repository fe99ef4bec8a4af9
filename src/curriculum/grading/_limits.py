"""What one submission may use before it is stopped."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds on one submission; reaching one costs the exercise at hand, not the others.

    Attributes:
        cell_seconds: wall-clock time of one cell, or of one call from a check cell.
        submission_seconds: wall-clock time of the whole submission.
        memory: bytes of address space beyond what the lesson's own cells occupy.
        disk: bytes in the learner's private folder, which is the only place that can be written.
        file: bytes of one file.
        threads: threads of the learner's process.
        open_files: open file descriptors of the learner's process.
        output: bytes of text kept of what one cell prints; the rest is dropped.
        message: bytes of one value that crosses between processes.
    """

    cell_seconds: float = 60.0
    submission_seconds: float = 600.0
    memory: int = 2048 * _MIB
    disk: int = 128 * _MIB
    file: int = 64 * _MIB
    threads: int = 64
    open_files: int = 256
    output: int = 20_000
    message: int = 64 * _MIB
