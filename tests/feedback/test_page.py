"""A learner's page: what it says, what it leaves out, and that nothing in it runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from browsing import CHROMIUM, SEEN, chromium, opened
from classes import NOW, PAYLOADS, attempt, class_of, hostile_sheet, mark, row, sheet, standing
from hypothesis import given, settings
from hypothesis import strategies as st

from curriculum.feedback import page
from curriculum.gradebook import ExtraCredit, Learner, LessonColumn, ManualScore
from curriculum.outcome import Outcome


class _Reader(HTMLParser):
    """The text of a page, and its elements."""

    def __init__(self, text):
        super().__init__()
        self.words, self.tags, self.attributes = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def shown(standings, course=None, who="ada", **more):
    one = row(who, standings)
    return _Reader(page(sheet([one]), one, course, **more)).text


def test_each_exercise_has_outcome_points_message_and_next_step():
    marks = [
        mark("right", message="✓ right: Right\n  Exactly the definition."),
        mark("wrong", Outcome.FAILED, message="✗ wrong: Not yet\n  called  f(1)\n  got     2"),
    ]
    text = shown([standing("ada", "first", [attempt("ada", "first", marks)])])
    assert "✓ Find right passed , 2 of 2 points Exactly the definition. Well done." in text
    assert "✗ Find wrong not yet , 0 of 2 points called f(1) got 2 Next step: Compare what was expected" in text
    assert "2 of 4 points" in text
    assert "Next: Lesson first: Find wrong" in text


@pytest.mark.parametrize(
    ("outcome", "words", "advice"),
    [
        (Outcome.NOT_ATTEMPTED, "not attempted", "Write a first answer"),
        (Outcome.RAISED, "your code raised an error", "read the last line of the error"),
        (Outcome.TIMED_OUT, "your code took too long", "a loop that never ends"),
        (Outcome.OUT_OF_MEMORY, "your code needed too much memory", "grows with every turn"),
        (Outcome.KILLED, "your code ended its own process", "ends Python"),
        (Outcome.MISSING, "the answer cell is missing", "a fresh copy of the notebook"),
        (Outcome.TAMPERED, "a protected cell was changed", "only the answer cell is yours"),
    ],
)
def test_every_outcome_has_words_and_a_step(outcome, words, advice):
    text = shown([standing("ada", "first", [attempt("ada", "first", [mark("one", outcome)])])])
    assert words in text
    assert advice in text


def test_the_next_step_names_the_section_of_the_recognised_mistake_and_a_hint(make_course):
    cells = make_course.lesson("first", "sum-up")
    cells[2:2] = [make_course.text("s1", "## Where it stands")]
    check = next(cell for cell in cells if cell["id"] == "sum-up-check")
    check["source"] = (
        'check.exercise("sum-up")\ncheck.equal(sum_up, 42, mistakes=[check.Mistake("off", 41, "One short.", "Add up")])'
    )
    course = make_course({"00-start/01-first": cells})
    wrong = mark("sum-up", Outcome.FAILED, mistakes=("off",))
    text = shown([standing("ada", "first", [attempt("ada", "first", [wrong])])], course)
    assert "Read the section “Add up” again" in text
    assert "curriculum hint sum-up shows a hint" in text
    other = replace(wrong, mistakes=())
    text = shown([standing("ada", "first", [attempt("ada", "first", [other])])], course)
    assert "Read the section “Where it stands” again" in text
    gone = replace(wrong, outcome=Outcome.MISSING, mistakes=())
    assert "curriculum reset sum-up" in shown([standing("ada", "first", [attempt("ada", "first", [gone])])], course)


def test_an_answer_looked_up_is_worth_another_try(make_course):
    course = make_course()
    text = shown([standing("ada", "first", [attempt("ada", "first", [mark("first-sum", aided=True)])])], course)
    assert "try it once more from memory" in text
    assert "curriculum reset first-sum" in text


def test_points_say_how_they_came_about():
    extra = (ExtraCredit(1.0, "a bug found", "Grace", NOW),)
    late = attempt("ada", "first", [mark("one"), mark("two")], late=timedelta(days=2, hours=3))
    text = shown([standing("ada", "first", [late], penalty=1.5, extra=extra, due=NOW)])
    assert "4 points for the exercises. \N{MINUS SIGN}1.5 points: handed in 2 days 3 hours after your deadline;" in text
    assert "+1 point from Grace: a bug found." in text
    assert "3.5 of 4 points" in text
    assert "your deadline: 14 March 2026, 09:30 UTC" in text


def test_what_people_gave_and_wrote_stands_with_its_author():
    given_ = mark("one", Outcome.FAILED, scores=(ManualScore(1.0, "Nearly.", "Grace", NOW),))
    waits = mark("two", None, manual=True, text="I think so.")
    full = mark("three", Outcome.FAILED, scores=(ManualScore(2.0, "", "Grace", NOW),))
    text = shown([standing("ada", "first", [attempt("ada", "first", [given_, waits, full])])])
    assert "partly right , 1 of 2 points, given by Grace; automatic grading gave 0" in text
    assert "Nearly. Grace , 14 March 2026" in text
    assert "✎ Find two waits for a person , up to 2 points" in text
    assert "✓ Find three full points , 2 of 2 points, given by Grace" in text
    assert "1 still with a person" in text


def test_every_attempt_is_listed_and_the_one_that_counts_is_named():
    tries = [attempt("ada", "first", [mark("one", Outcome.FAILED)]), attempt("ada", "first", [mark("one")], number=2)]
    text = shown([standing("ada", "first", tries)])
    assert "Your attempts attempt handed in points remark 1 5 March 2026, 09:30 UTC 0/2 2 6 March" in text
    assert text.count("this one counts") == 1


def test_a_file_that_could_not_be_graded_has_a_page_with_one_clear_line():
    broken = attempt("ada", "first", problem="ada/01-first.ipynb: is not a complete notebook (line 3)")
    text = shown([standing("ada", "first", [broken])])
    assert "handed in, but it could not be graded" in text
    assert "could not be graded: ada/01-first.ipynb: is not a complete notebook (line 3)" in text


def test_a_reason_that_is_the_graders_own_is_not_told():
    broken = attempt("ada", "first", problem="could not be graded: /srv/grader/worker-3 died")
    text = shown([standing("ada", "first", [broken])])
    assert "for a reason that is not yours" in text
    assert "worker" not in text


def test_the_instructors_detail_is_nowhere():
    secret = mark("one", Outcome.FAILED, detail="hidden input 31337", message="Not yet")
    one = row("ada", [standing("ada", "first", [attempt("ada", "first", [secret])])])
    assert "31337" not in page(sheet([one]), one)


def test_nothing_of_other_learners_is_in_the_page():
    ada, bob = (
        row(Learner(key, f"Name of {key}"), [standing(key, "first", [attempt(key, "first", [mark("x")])])])
        for key in "ab"
    )
    assert "Name of b" not in page(sheet([ada, bob]), ada)


def test_tampering_and_repairs_are_said_in_plain_words():
    tampered = attempt("ada", "first", [mark("one")], tampered=("one-check",))
    text = shown([standing("ada", "first", [tampered])], repairs={"first": ["The cell 'x' was there twice."]})
    assert "not yours to change were changed or deleted: “one-check”" in text
    assert "it cost no points by itself" in text
    assert "The cell 'x' was there twice." in text


def test_excused_and_not_handed_in_and_empty():
    away, todo = standing("ada", "away", excused=True), standing("ada", "todo")
    text = shown([away, todo])
    assert "excused: it does not count" in text
    assert "not handed in" in text
    assert "Next: hand in Lesson todo" in text
    nobody = row("ada", [])
    assert "There is no lesson" in _Reader(page(sheet([nobody]), nobody)).text


def test_names_of_any_script_survive_and_half_characters_do_not_break_the_file():
    for name in ("محمد علي", "דנה", "李雷", "Zoë 🦊", 'O\'Brien, "Bo" <x>', "half \ud83d"):
        one = row(Learner("k", name), [standing("k", "first", [attempt("k", "first", [mark("x")])])])
        made = page(sheet([one]), one)
        assert _Reader(made).text.count(name.replace("\ud83d", "\ufffd")) >= 1
        made.encode("utf-8")


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from("<>&\"'`$\\\x00\x0b\u202e\ud800"), st.characters()), max_size=60))
def test_no_text_adds_an_element_or_an_attribute(text):
    def made(words):
        one = mark(
            "e",
            Outcome.FAILED,
            title=words,
            message=words,
            output="x" + words,
            scores=(ManualScore(None, words, words, NOW),),
        )
        tries = [attempt("k", "l", [one], tampered=(words,)), attempt("k", "l", number=2, problem="x" + words)]
        whose = row(Learner("k", "x" + words), [standing("k", "l", tries)])
        return _Reader(page(sheet([whose], [LessonColumn("l", words, "l", 1, 2.0)]), whose))

    hostile, plain = made("x" + text), made("plain")
    assert hostile.tags == plain.tags
    assert hostile.attributes == plain.attributes
    assert not {"script", "iframe", "svg", "img"} & set(hostile.tags)


# --- in Chromium -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
class TestInChromium:
    def test_no_payload_runs_fetches_or_speaks(self, browser, tmp_path):
        everyone = hostile_sheet()
        names = everyone.rows[0].standings
        held = {name: one.standings[name] for one, name in zip(everyone.rows, names, strict=True)}
        one = replace(everyone.rows[4], standings=held)
        repairs = dict.fromkeys(PAYLOADS, PAYLOADS)
        path = tmp_path / "page.html"
        path.write_text(page(everyone, one, notes=PAYLOADS, repairs=repairs), encoding="utf-8")
        with opened(browser, path) as seen:
            seen.page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true; })")
            seen.page.mouse.move(400, 400)
            assert not seen.is_hacked
            assert (seen.foreign, seen.dialogs, seen.said) == ([], [], [])
            assert seen.page.locator("main :is(script, img, iframe, svg, style, link, meta)").count() == 0
            assert seen.page.locator('a:not([href^="#"])').count() == 0
            assert seen.page.locator("article").count() == 3 * len(PAYLOADS)
            assert PAYLOADS[0] in seen.page.locator("h1 + p").inner_text()

    def test_the_policy_would_stop_a_script_that_got_in(self, browser, tmp_path):
        one = row("ada", [standing("ada", "first", [attempt("ada", "first", [mark("x")])])])
        text = page(sheet([one]), one)
        path = tmp_path / "page.html"
        path.write_text(text.replace("</main>", f"{PAYLOADS[0]}{PAYLOADS[1]}</main>"), encoding="utf-8")
        with opened(browser, path) as seen:
            assert not seen.is_hacked
            assert seen.dialogs == []
            assert any("Content Security Policy" in line for line in seen.said)

    @pytest.mark.parametrize(("width", "scheme"), SEEN)
    def test_everyone_can_use_it(self, browser, tmp_path, width, scheme, make_course):
        course = make_course()
        everyone = class_of(course, 6)
        one = max(everyone.rows, key=lambda row: sum(len(held.attempts) for held in row.standings.values()))
        path = tmp_path / "page.html"
        path.write_text(page(everyone, one, course), encoding="utf-8")
        with opened(browser, path, width, scheme) as seen:
            assert seen.serious() == []
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
            assert (seen.foreign, seen.said) == ([], [])
