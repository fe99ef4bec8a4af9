"""Files that are not what was handed out: cells and metadata turned against the grader, JSON without end, odd text."""

from __future__ import annotations

import base64
import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from hostile.arena import SHORT
from hostile.lesson import (
    EXERCISES,
    HONEST,
    PREFIX,
    WRONG,
    Attack,
    answer,
    check_cell,
    code,
    submission,
    submitted_cells,
)

from curriculum.errors import NotebookError, SubmissionError
from curriculum.grading.assembly._assemble import assemble
from curriculum.grading.reports._gradescope import gradescope_data

if TYPE_CHECKING:
    from collections.abc import Callable

    from hostile.arena import Arena

    Cells = list[dict[str, Any]]

_ALL = dict.fromkeys(EXERCISES, 2.0)
_NONE = dict.fromkeys(EXERCISES, 0.0)


def _cell(cells: Cells, name: str) -> dict[str, Any]:
    return next(cell for cell in cells if cell["id"] == name)


def _meta(cell: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = cell["metadata"]["nbgrader"]
    return found


def _raise_points(cells: Cells) -> None:
    for cell in cells:
        if _meta(cell)["grade"]:
            _meta(cell)["points"] = 99


def _pass_checks(cells: Cells) -> None:
    for cell in cells:
        if _meta(cell)["grade"]:
            cell["source"] = "pass"


def _float_checks(cells: Cells) -> None:
    for cell in cells:
        if _meta(cell)["grade"]:
            cell["source"] = "1.0"


def _delete_checks(cells: Cells) -> None:
    cells[:] = [cell for cell in cells if not _meta(cell)["grade"]]


def _retype_checks(cells: Cells) -> None:
    for cell in cells:
        if _meta(cell)["grade"]:
            cell["cell_type"] = "markdown"


def _answers_as_checks(cells: Cells) -> None:
    for cell in cells:
        if _meta(cell)["solution"]:
            _meta(cell).update(grade=True, locked=True, solution=False, points=50)


def _checks_as_answers(cells: Cells) -> None:
    for cell in cells:
        if _meta(cell)["grade"]:
            _meta(cell).update(grade=False, locked=False, solution=True)
            cell["source"] = "pass"


def _change_the_locked_cell(cells: Cells) -> None:
    cells[0]["source"] += "\nclass Nothing:\n    def __getattr__(self, name):\n        return lambda *a, **k: None\n"
    cells[0]["source"] += "check = np.testing = pd.testing = Nothing()\nabs = all = lambda *a: True\n"


def _swap_names(cells: Cells) -> None:
    for cell in cells:
        if cell["id"].endswith(("-ours", "-plain")):
            name, _, style = cell["id"].rpartition("-")
            swapped = EXERCISES[(EXERCISES.index(name) + 1) % len(EXERCISES)]
            cell["id"] = _meta(cell)["grade_id"] = f"{swapped}-{style}"
            cell["metadata"]["curriculum"]["exercise"] = swapped


def _copy_checks(cells: Cells) -> None:
    cells += [json.loads(json.dumps(cell)) | {"source": "pass"} for cell in cells if _meta(cell)["grade"]] * 3


def _strip_metadata(cells: Cells) -> None:
    for cell in cells:
        cell["metadata"] = {}


def _more_checks(cells: Cells) -> None:
    for number in range(20):
        cells.append(check_cell("more", f"easy{number}", "pass"))


_TURNED: dict[str, Callable[[Cells], None]] = {
    "points raised": _raise_points,
    "checks replaced by pass": _pass_checks,
    "checks that give points": _float_checks,
    "checks deleted": _delete_checks,
    "checks made text": _retype_checks,
    "answers made checks": _answers_as_checks,
    "checks made answers": _checks_as_answers,
    "the locked cell changed": _change_the_locked_cell,
    "names swapped": _swap_names,
    "checks copied": _copy_checks,
    "no metadata": _strip_metadata,
    "easy checks added": _more_checks,
    "turned round": lambda cells: cells.reverse(),
}


@pytest.mark.parametrize("how", _TURNED)
def test_a_wrong_notebook_turned(arena: Arena, how: str) -> None:
    cells = submitted_cells(WRONG)
    _TURNED[how](cells)
    result = arena.judge(assemble(arena.lesson, submission(cells), "turned.ipynb"), _NONE)
    assert result.max_points == 2 * len(EXERCISES)


def test_tampering_is_told(arena: Arena) -> None:
    cells = submitted_cells()
    _pass_checks(cells)
    result = arena.judge(assemble(arena.lesson, submission(cells), "told.ipynb"), _ALL)
    assert sum(repair["tampering"] for repair in result.repairs) == 2 * len(EXERCISES)


def test_an_answer_twice(arena: Arena) -> None:
    # One of the two is graded, and never the best of both.
    wrong = [answer(name, WRONG[name]) for name in EXERCISES]
    assembled = assemble(arena.lesson, submission([*wrong, *submitted_cells(WRONG), *wrong]), "twice.ipynb")
    arena.judge(assembled, _NONE)


def test_a_cell_that_claims_to_be_a_check(arena: Arena) -> None:
    graded = {"grade": True, "points": 1, "solution": False, "locked": False, "task": False, "schema_version": 3}
    names = ("total-ours", "total-plain", "../total", "total\u202e", "x" * 10_000)
    claims = [code("mine", "1.0", nbgrader=graded | {"grade_id": name}) for name in names]
    cells = [*claims, *submitted_cells({"total": WRONG["total"]})]
    arena.judge(assemble(arena.lesson, submission(cells), "claims.ipynb"), _ALL | {"total": 0.0})


def test_notebooks_that_nobody_grades(arena: Arena) -> None:
    good = submission(submitted_cells())
    many = submission([code(f"c{number}", "1") for number in range(100_000)])
    refused = {
        "100,000 cells": many,
        "deep JSON": b"[" * 2_000_000,
        "deep metadata": good.replace(
            b'"metadata": {', b'"metadata": {"x": ' + b"[" * 50_000 + b"]" * 50_000 + b", ", 1
        ),
        "invalid UTF-8": good.replace(b"total", b"t\xff\xfetal"),
        "half a character": good.replace(b"total = 4217", b"total = 4217 # \\ud800"),
        "UTF-16": good.decode().encode("utf-16"),
        "nothing": b"",
        "no notebook": b"{}",
        "a list": b"[]",
        "cut in the middle": good[: len(good) // 2],
        "cells that are none": b'{"cells": 5, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
        "a cell that is none": b'{"cells": [5], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
        "a number without end": good.replace(b'"nbformat": 4', b'"nbformat": ' + b"4" * 100_000),
        "a cell of two million characters": submission(submitted_cells({"total": "# " + "x" * 2_000_000})),
        "an older format": good.replace(b'"nbformat": 4', b'"nbformat": 3'),
    }
    for what, content in refused.items():
        start = time.monotonic()
        with pytest.raises((NotebookError, SubmissionError)) as caught:
            assemble(arena.lesson, content, "refused.ipynb")
        assert len(str(caught.value)) < 500, what
        assert "\n" not in str(caught.value), what
        assert time.monotonic() - start < 10, what
    arena.judge(arena.honest, _ALL)


def test_outputs_of_fifty_megabytes_cost_nothing(arena: Arena) -> None:
    cells = submitted_cells()
    picture = base64.b64encode(bytes(12_500_000)).decode()
    _cell(cells, "total")["outputs"] = [
        {"output_type": "display_data", "data": {"image/png": picture}, "metadata": {}} for _ in range(3)
    ]
    arena.judge(assemble(arena.lesson, submission(cells), "pictures.ipynb"), _ALL)


def test_a_cell_of_every_odd_character(arena: Arena) -> None:
    odd = (
        "total = 4217 # "
        + "".join(map(chr, range(0x20))).replace("\n", "").replace("\r", "")
        + "\u2028\u202e\ufeff\uffff"
    )
    arena.fight(Attack("odd characters", {"total": odd}))


def test_thousands_of_cells(arena: Arena) -> None:
    extra = [code(f"own-{number}", f"x{number} = {number}") for number in range(1500)]
    cells = [*extra, *submitted_cells({"total": WRONG["total"]})]
    arena.judge(assemble(arena.lesson, submission(cells), "many.ipynb"), _ALL | {"total": 0.0})


_BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_ODD = (
    "\\x1b[31m\\x1b]8;;http://x\\x07\\x9b2J\\u202e\\u2066\\x00\\x08\\r\\ud800"
    "<script>alert(1)</script><img src=x onerror=x>"
)


def _texts(data: Any) -> list[str]:
    if isinstance(data, dict):
        return [text for item in (*data.keys(), *data.values()) for text in _texts(item)]
    if isinstance(data, list | tuple):
        return [text for item in data for text in _texts(item)]
    return [data] if isinstance(data, str) else []


def test_what_is_printed_raised_and_named_is_inert(arena: Arena) -> None:
    made = f'odd = "{_ODD}"\n'
    answers = {
        "spread": f"{made}name = 'E' + odd.replace(chr(0), '').replace(chr(0xd800), '')\n"
        "def spread(values):\n    raise type(name, (Exception,), {})(odd)",
        "zscores": f"{made}class Odd:\n    def __repr__(self):\n        return odd\n    __str__ = __repr__\n"
        "def zscores(values):\n    return Odd()",
        "ordered": f"{made}def ordered(values):\n    return [odd]",
        "tidy": f"{made}def tidy(frame):\n    return pd.DataFrame({{odd: [odd]}})",
        "twice": f"{made}def twice(function, value):\n    '<script>alert(1)</script>'\n    error = ValueError(odd)\n"
        "    error.add_note(odd)\n    raise error from ValueError(odd)",
        "total": f"{made}import sys, warnings\nprint(odd)\nprint(odd, file=sys.stderr)\nwarnings.warn(odd)\n"
        "from IPython.display import HTML, Javascript, display\ndisplay(HTML(odd), Javascript(odd))\ntotal = odd",
        "shuffled": f"{made}import warnings\ndef shuffled(values, rng):\n    print(odd)\n"
        "    warnings.warn(odd)\n    return odd",
        "account": f"{made}class Account:\n    def __init__(self, balance=0.0):\n        self.balance = odd\n"
        "    def deposit(self, amount):\n        raise KeyError(odd)",
    }
    result = arena.fight(Attack("odd text", answers))
    shown = gradescope_data(result)
    assert {shown["output_format"], shown["test_output_format"], shown["test_name_format"]} == {"text"}
    for text in _texts([result.to_data(), shown]):
        assert not _BAD.search(text), ascii(text)
        text.encode()
    json.dumps(shown, allow_nan=False)


def test_constants_of_hidden_tests_do_not_come_back_in_later_messages(arena: Arena) -> None:
    # What a hidden test hands to a function is known to the learner's process; the tests' own constants are not.
    stolen = "stolen = []\ndef spread(values):\n    stolen.append(repr(globals().get('secret')))\n    return 0.0"
    told = "def twice(function, value):\n    raise ValueError(''.join(stolen))"
    result = arena.fight(Attack("carried out", {"spread": stolen, "twice": told}), SHORT)
    assert all(PREFIX not in text for text in _texts(gradescope_data(result)))


def test_an_honest_notebook_earns_all(arena: Arena) -> None:
    arena.fight(Attack("none", points=_ALL))
    assert set(HONEST) == set(WRONG) == set(EXERCISES)
