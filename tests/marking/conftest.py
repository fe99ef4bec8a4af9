"""What the tests of marking share."""

from __future__ import annotations

from typing import Any

import pytest
from marking_class import (
    CODE_SCHEME,
    MEMO_SCHEME,
    NOON,
    TOKEN,
    Browser,
    Memory,
    attempt,
    checked,
    manual_cells,
    memo,
    person,
    program,
)

from curriculum import marking
from curriculum.gradebook import ManualScore


@pytest.fixture
def course(make_course):
    """A course with a memo and a program that people grade, and one exercise that a check grades."""
    cells = [
        *make_course.lesson("first", "first-sum"),
        *manual_cells("memo", "**Ship it.** 2 € a visitor.", MEMO_SCHEME, 6),
        *manual_cells("program", "total = sum(prices)  # all of them", CODE_SCHEME, 4, "code"),
    ]
    return make_course({"00-module/01-first": cells, "01-module/01-second": make_course.lesson("second", "second-sum")})


@pytest.fixture
def store():
    """Ada and Ben wrote the same memo, Cem another; Cem appeals against a check; Dua's memo is graded."""
    given = ManualScore(4.0, "Good, but no unit.", "Zoe", NOON)
    return Memory(
        (person("ada", "Ada Lovelace", "a"), [attempt(1, "ada", memo("Ship it. \r\n"), program("x=1"))]),
        (person("ben", 'Ben, "the" =Bad', "a"), [attempt(2, "ben", memo("Ship it."), program("x=1", "1\n"))]),
        (person("cem", "Cem", "b"), [attempt(3, "cem", memo("Wait."), checked(appealed=True))]),
        (person("dua", "دعاء", "b"), [attempt(4, "dua", memo("Ship it in May.", scores=(given,)))]),
    )


@pytest.fixture
def make_browser(course):
    """Opens the page for somebody, as a browser of their own would; follows redirects."""

    def make(store: Any, author: str = "Zoe", **named: Any) -> Browser:
        return Browser(marking.app(store, course, author, token=TOKEN, **named))

    return make


@pytest.fixture
def browser(make_browser, store):
    return make_browser(store)
