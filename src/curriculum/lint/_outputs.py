"""Rules on stored outputs: run in order, without errors and noise, every figure described."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from curriculum.lint import _markdown
from curriculum.lint._display import description, output_texts, pictures
from curriculum.lint._registry import Found, rule
from curriculum.lint._subject import tags

if TYPE_CHECKING:
    from collections.abc import Iterator

    from curriculum.lint._subject import Subject

FEWEST_ALT_WORDS = 8
MOST_OUTPUT_LINES = 60
MOST_OUTPUT_KILOBYTES = 150
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
_NOT_RUN = {"skip-execution", "nbval-skip"}
_CHANGING = {"nbval-ignore-output", "nbval-skip"}


@rule(
    "not-run-in-order",
    "the stored outputs are not those of one run of all cells from the top in a fresh kernel",
    mend="restart the kernel, run all cells, save",
)
def not_run_in_order(subject: Subject) -> Iterator[Found]:
    """Look at the execution counts: 1, 2, 3, ... down the notebook."""
    expected = 0
    for cell in subject.code:
        if _NOT_RUN & set(tags(cell)) or not cell.source.strip():
            continue
        expected += 1
        count = cell.raw.get("execution_count")
        if count != expected:
            said = "was not run" if count is None else f"was the run number {count}, not {expected}"
            yield Found(cell.id, f"the cell {said}")
            return


@rule(
    "stored-error",
    "a cell's stored output is an error (demonstrations of one are tagged `raises-exception`)",
    mend="mend the cell and run all again, or tag it raises-exception if the error is the point",
)
def stored_error(subject: Subject) -> Iterator[Found]:
    """Look for errors."""
    for cell in subject.code:
        error = next((output for output in cell.outputs if output.get("output_type") == "error"), None)
        if error and "raises-exception" not in tags(cell):
            yield Found(cell.id, f"the cell's output is an error ({error.get('ename')})")


@rule(
    "error-not-raised",
    "a cell tagged `raises-exception` ran without an error, so it does not show what it should",
    mend="make it fail, or take the tag away",
)
def error_not_raised(subject: Subject) -> Iterator[Found]:
    """Look for the errors that tags promise."""
    for cell in subject.code:
        failed = any(output.get("output_type") == "error" for output in cell.outputs)
        if "raises-exception" in tags(cell) and cell.raw.get("execution_count") is not None and not failed:
            yield Found(cell.id, "the cell is tagged raises-exception and ran without an error")


@rule(
    "stderr-output",
    "a cell writes to stderr (a warning, a progress bar), which nbgrader counts as a failure",
    mend="heed the warning and change the code that causes it, or show progress in another way",
)
def stderr_output(subject: Subject) -> Iterator[Found]:
    """Look for outputs on stderr."""
    for cell in subject.code:
        if any(output.get("name") == "stderr" for output in cell.outputs):
            yield Found(cell.id, "the cell writes to stderr")


@rule(
    "long-output",
    f"an output has more than {MOST_OUTPUT_LINES} lines of text, or takes more than {MOST_OUTPUT_KILOBYTES} kB",
    mend="show a part: head(), a summary, a smaller figure",
)
def long_output(subject: Subject) -> Iterator[Found]:
    """Measure every output."""
    for cell in subject.code:
        lines = max((len(text.splitlines()) for text in output_texts(cell)), default=0)
        size = sum(len(json.dumps(output)) for output in cell.outputs) / 1e3
        if lines > MOST_OUTPUT_LINES:
            yield Found(cell.id, f"the output has {lines} lines; {MOST_OUTPUT_LINES} are the most")
        elif size > MOST_OUTPUT_KILOBYTES:
            yield Found(cell.id, f"the output takes {size:.0f} kB; {MOST_OUTPUT_KILOBYTES} are the most")


@rule(
    "address-in-output",
    "an output holds an object's address in memory, which changes at every run and says nothing",
    mend="end the cell's last line with a semicolon, or show what matters of the object",
)
def address_in_output(subject: Subject) -> Iterator[Found]:
    """Look for texts such as <Axes at 0x7f...>."""
    for cell in subject.code:
        if not _CHANGING & set(tags(cell)) and any(_ADDRESS.search(text) for text in output_texts(cell)):
            yield Found(cell.id, "the output holds an address in memory")


@rule(
    "missing-alt",
    "a figure or picture has no description for those who cannot see it",
    mend="show figures with plots.show(figure, alt=...); write pictures as ![description](file)",
)
def missing_alt(subject: Subject) -> Iterator[Found]:
    """Look for descriptions of outputs and of pictures in texts."""
    for cell in subject.code:
        if not all(pictures(cell)):
            yield Found(cell.id, "the figure has no alt text")
    for cell in subject.markdown:
        if any(link.is_image and not link.text.strip() for link in _markdown.links(cell.source)):
            yield Found(cell.id, "the picture has no alt text")


@rule(
    "short-alt",
    f"a figure's description has fewer than {FEWEST_ALT_WORDS} words, too few to stand in for it",
    mend="name the kind of chart, what is on its axes, and what a reader should see",
)
def short_alt(subject: Subject) -> Iterator[Found]:
    """Count the words of descriptions."""
    for cell in subject.code:
        for output in cell.outputs:
            words = len(description(output).split())
            if 0 < words < FEWEST_ALT_WORDS:
                yield Found(cell.id, f"the figure's alt text has {words} words")
