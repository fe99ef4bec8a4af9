"""Rules on the file: nbformat, layout, metadata of the notebook, size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from curriculum.lint._measures import MEGABYTES, megabytes
from curriculum.lint._registry import Found, rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from curriculum.lint._subject import Subject

MINOR = 5
KERNEL = "python3"
_TIMING = {"execution", "ExecuteTime"}


@rule(
    "invalid-nbformat",
    "the file does not follow nbformat's schema, or is older than nbformat 4.5",
    mend="open and save it in JupyterLab, or mend the key by hand",
)
def invalid_nbformat(subject: Subject) -> Iterator[Found]:
    """Judge the file by nbformat's own schema."""
    if subject.source.minor < MINOR:
        yield Found("", f"is in nbformat 4.{subject.source.minor}, whose cells have no ids")
        return
    from nbformat.validator import iter_validate  # a second to import, so only once a lesson is linted

    judge: Callable[..., Iterator[Any]] = iter_validate
    for error in judge(subject.document, version=4, version_minor=subject.source.minor):
        steps = list(error.relative_path)
        number = steps[1] if len(steps) > 1 and steps[0] == "cells" else None
        cell = subject.cells[number].id if isinstance(number, int) else ""
        where = ".".join(map(str, steps[2:] if cell else steps))
        yield Found(cell, f"breaks nbformat{f' at {where}' if where else ''}: {_first_line(error.message)}")


@rule(
    "not-as-saved",
    "the file is laid out in another way than JupyterLab saves it, so that the next save changes every line",
    mend="open and save it in JupyterLab, or write it with curriculum.notebook.write",
)
def not_as_saved(subject: Subject) -> Iterator[Found]:
    """Compare the stored text with what a save would make of it."""
    text = subject.text.replace("\r\n", "\n")
    if text and text.rstrip("\n") != subject.source.dumps().rstrip("\n"):
        yield Found("", "is not laid out as JupyterLab saves notebooks (keys sorted, indented by 1, lines in lists)")


@rule(
    "foreign-kernel",
    "the notebook asks for another kernel than `python3`, which learners do not have",
    mend=f'set metadata.kernelspec.name to "{KERNEL}"',
)
def foreign_kernel(subject: Subject) -> Iterator[Found]:
    """Look at the kernel that the notebook asks for."""
    spec = subject.source.metadata.get("kernelspec")
    name = spec.get("name") if isinstance(spec, dict) else None
    if name != KERNEL:
        yield Found("", f"asks for the kernel {name!r}" if name else "names no kernel")


@rule(
    "wrong-lesson-id",
    "metadata `curriculum.lesson` is not the lesson's id: the file's name without its number",
    mend="set metadata.curriculum.lesson",
)
def wrong_lesson_id(subject: Subject) -> Iterator[Found]:
    """Compare the id in the metadata with the file's name."""
    stated = subject.source.own.get("lesson")
    if subject.lesson and stated != subject.lesson:
        said = f"says it is the lesson {stated!r}" if stated else "does not say which lesson it is"
        yield Found("", said, f'set metadata.curriculum.lesson to "{subject.lesson}"')


@rule(
    "timing-metadata",
    "a cell keeps when it was executed, which changes at every run",
    mend="delete the key from the cell's metadata, and switch off the recording of timing in JupyterLab",
)
def timing_metadata(subject: Subject) -> Iterator[Found]:
    """Look for what front ends record about a run."""
    for cell in subject.cells:
        for key in sorted(_TIMING & set(cell.metadata)):
            yield Found(cell.id, f"has the metadata key {key!r}")


@rule(
    "large-file",
    f"the file is larger than {MEGABYTES} MB",
    mend="show fewer or simpler figures and shorter outputs",
)
def large_file(subject: Subject) -> Iterator[Found]:
    """Weigh the file."""
    size = megabytes(subject)
    if size > MEGABYTES:
        yield Found("", f"takes {size:.2f} MB; {MEGABYTES} are the most")


def _first_line(text: str) -> str:
    line = text.strip().splitlines()[0] if text.strip() else "not valid"
    return line if len(line) <= 120 else f"{line[:117]}..."
