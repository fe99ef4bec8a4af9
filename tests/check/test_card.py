"""Findings as HTML and as text: the same words, safe, and readable without colour."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from curriculum import check
from curriculum.check._card import as_html
from curriculum.outcome import Outcome

NASTY = "<script>alert('x')</script>&amp;\"' onload=\"\n</code></td>"
MISTAKE = check.Mistake("biased", 0, "Divide by n - 1.", section="Spread")
FULL = check.Finding(
    Outcome.FAILED,
    "The result is not what was asked for.",
    exercise="sample-variance",
    called="variance([1, 2])",
    expected="0.5",
    got="0.25",
    difference="off by 0.25",
    hint="look at the divisor",
    mistake=MISTAKE,
    note="progress was not saved",
)


class _Reader(HTMLParser):
    """Keeps what a reader sees, and which tags and attributes there are."""

    void = {"br"}  # noqa: RUF012

    def __init__(self):
        super().__init__()
        self.words, self.tags, self.open, self.attributes = [], set(), [], set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data.split()


def read(finding):
    reader = _Reader()
    reader.feed(as_html(finding))
    reader.close()
    assert not reader.open
    return reader


def test_both_say_the_same_words_in_the_same_order():
    assert read(FULL).words == str(FULL).split()


def test_the_text_of_a_whole_card():
    assert str(FULL).splitlines() == [
        "✗ sample-variance: Not yet",
        "  The result is not what was asked for.",
        "  called      variance([1, 2])",
        "  expected    0.5",
        "  got         0.25",
        "  difference  off by 0.25",
        "  looks like  Divide by n - 1. (see the section “Spread”)",
        "  hint        look at the divisor",
        "  note        progress was not saved",
    ]
    assert str(check.CheckFailed(FULL)) == str(FULL)
    assert FULL.summary == "sample-variance: Divide by n - 1."


@pytest.mark.parametrize("field", ["message", "exercise", "called", "expected", "got", "difference", "hint", "note"])
def test_nothing_a_learner_makes_becomes_markup(field):
    finding = check.Finding(**({"outcome": Outcome.FAILED, "message": "m"} | {field: NASTY}))
    plain = read(FULL)
    reader = read(finding)
    assert reader.tags <= plain.tags | {"br"}
    assert reader.attributes <= plain.attributes
    assert "".join(NASTY.split()) in "".join(reader.words)


def test_a_mistake_is_escaped_too():
    finding = check.Finding(Outcome.FAILED, "m", mistake=check.Mistake("x", 0, NASTY, section=NASTY))
    assert "script" not in read(finding).tags
    assert "".join(unescape(as_html(finding)).split()).count("<script>") == 2


def test_a_repr_with_a_script(fails):
    class Script:
        def __repr__(self):
            return NASTY

    assert "script" not in read(fails(check.equal, Script(), 1)).tags


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_sign_and_words(outcome):
    finding = check.Finding(outcome, "m", exercise="e")
    headline = str(finding).splitlines()[0]
    assert re.fullmatch(r"[✓✗○!] e: [A-Z][a-z ]+", headline)
    assert " ".join(read(finding).words).startswith(headline)


def test_outcomes_are_told_apart_without_colour():
    shown = [Outcome.PASSED, Outcome.FAILED, Outcome.NOT_ATTEMPTED, Outcome.RAISED]
    headlines = {str(check.Finding(outcome, "m")).splitlines()[0] for outcome in shown}
    assert headlines == {"✓ Right", "✗ Not yet", "○ Not attempted", "! Your code raised an error"}


def test_a_card_follows_the_theme_and_needs_nothing_from_elsewhere():
    html = as_html(FULL)
    assert "var(--jp-layout-color2" in html
    assert 'role="status"' in html
    assert not re.search(r"<script|<style|<link|https?:|src=|class=\"(?!curriculum-card)", html)


def test_lines_stay_lines():
    finding = check.Finding(Outcome.FAILED, "m", got="one\ntwo")
    assert "one<br>two" in as_html(finding)
    assert str(finding).splitlines()[-1].strip() == "two"


def test_an_empty_finding():
    finding = check.Finding(Outcome.PASSED, "")
    assert str(finding) == "✓ Right"
    assert "<table" not in as_html(finding)
    assert finding.summary == ""


def test_a_summary_is_one_line():
    assert check.Finding(Outcome.RAISED, "ValueError: one\n  two", exercise="e").summary == "e: ValueError: one two"
