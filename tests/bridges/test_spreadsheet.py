"""Text that a spreadsheet must not run, and that must be had back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curriculum.bridges import neutral, original

FORMULAS = [
    '=HYPERLINK("http://evil.example","click")',
    "+1+1",
    "-2",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "=1",
    "'=1",
    "''=1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_begins_with_an_apostrophe(text):
    assert neutral(text) == f"'{text}"
    assert original(neutral(text)) == text


@pytest.mark.parametrize("text", ["", "Ada", "O'Brien", "'quoted'", "ada@example.org", "3 - 2", "مريم", "\u202eabc"])
def test_what_is_harmless_stays_as_it_is(text):
    assert neutral(text) == original(text) == text


@given(st.text(alphabet=st.sampled_from("'=+-@ \t\r\na1\uff1d\uff0d"), max_size=8) | st.text())
def test_every_text_comes_back(text):
    safe = neutral(text)
    assert original(safe) == text
    assert safe.lstrip(" ")[:1] not in tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
