"""The page as whoever grades meets it, without a script: links and forms alone."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from marking_class import Memory, attempt, memo, person

from curriculum import marking
from curriculum.errors import GradebookError


def words(page):
    """What a page shows, without its head, script and tags."""
    body = re.sub(r"<script.*?</script>|<dialog.*?</dialog>", "", page.split("<body>")[1], flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_the_overview_counts_what_waits(browser):
    shown = words(browser.get())
    assert "5 of 7 waiting" in shown
    assert "Exercise: the memo" in shown
    assert "find first-sum" in shown  # nobody grades it by hand, but an appeal is open


def test_from_beginning_to_end_by_links_and_forms(browser, store):
    browser.get()
    browser.get(browser.links("answer/")[0])
    for _ in range(20):
        if "answer/" not in browser.path:
            break
        browser.send(points="1", comment="Seen.")
        assert browser.status == 200, browser.message()
        if "exercise/" in browser.path:
            assert "Nothing waits here." in browser.page
            browser.get()
            following = browser.links("answer/")
            if following:
                browser.get(following[0])
    assert "Nothing waits." in words(browser.get())
    marks = [mark for _, attempts in store.rows for one in attempts for mark in one.marks]
    assert [mark for mark in marks if mark.waits or mark.appealed] == []
    assert {mark.points for mark in marks} == {1.0, 4.0}


def test_a_comment_does_not_round_the_points_that_stand(make_browser):
    store = Memory((person("ada"), [attempt(1, "ada", memo("Ship it.", automatic=10 / 3))]))
    browser = make_browser(store)
    browser.open("Ship it.")
    browser.send(comment="Nearly.")
    assert [score.points for score in store.mark(1, "memo").scores] == [None]
    assert store.mark(1, "memo").points == 10 / 3
    browser.open("Ship it.")
    browser.send(points="3.34")
    assert store.mark(1, "memo").points == 3.34


def test_one_score_and_comment_serve_identical_answers(browser, store):
    browser.open("Ship it.")
    assert "2 identical answers" in browser.page
    browser.send(points="4,5", comment="Which unit?")
    assert browser.message() == "Saved: 4.5 points for 2 answers."
    for number in (1, 2):
        (score,) = store.mark(number, "memo").scores
        assert (score.points, score.comment, score.author) == (4.5, "Which unit?", "Zoe")
    assert store.calls == 1
    assert store.mark(3, "memo").waits


def test_answers_can_be_left_out(browser, store):
    browser.open("Ship it.")
    browser.send(points="2", seen=["1:0"])
    assert store.mark(1, "memo").points == 2
    assert store.mark(2, "memo").waits


def test_a_large_class_may_all_have_written_the_same(browser, store):
    store.rows = [(person(f"p{n}"), [attempt(n, f"p{n}", memo("Yes."))]) for n in range(1, 1_101)]
    browser.open("Yes.")
    browser.send(points="2")
    assert browser.message() == "Saved: 2 points for 1100 answers."


def test_names_are_hidden_until_asked_for(browser):
    browser.open("Ship it.")
    assert "Ada" not in browser.page
    assert "Bad" not in browser.page
    browser.get(browser.links("names=1")[0])
    assert "Ada Lovelace" in words(browser.page)
    assert 'Ben, "the" =Bad' in words(browser.page)
    browser.send(points="1")
    assert "names=1" in browser.path


def test_prompt_scheme_model_text_and_output_stand_beside_each_other(browser):
    shown = words(browser.open("Ship it."))
    for text in (
        "Write it, please .",
        "names the decision",
        "gives the interval with its unit",
        "Ship it. 2 € a visitor.",
    ):
        assert text in shown
    browser.get()
    browser.get(next(link for link in browser.links("exercise/") if "program" in browser.get(link)))
    browser.get(browser.links("answer/")[1])
    shown = words(browser.page)
    for text in ("Look for names that say what they hold.", "total = sum ( prices ) # all of them", "x = 1"):
        assert text in shown


def test_ticks_become_points(browser, store):
    browser.open("Ship it.")
    browser.send(**{"item-0": "1", "item-1": "0.5", "item-2": "0"})
    assert store.mark(1, "memo").points == 3.5


def test_typed_points_win_over_ticks(browser, store):
    browser.open("Ship it.")
    browser.send(points="5", **{"item-0": "1"})
    assert store.mark(1, "memo").points == 5


def test_ticks_win_over_the_points_that_stood_there_before(browser, store):
    browser.open("Ship it in May.")
    assert browser.form()[1]["points"] == "4"
    browser.send(**{"item-0": "0.5"})
    assert store.mark(4, "memo").points == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("7", "7 is more than the exercise can give; give 0 to 6"),
        ("6,01", "6,01 is more than the exercise can give; give 0 to 6"),
        ("nan", "'nan' is not a number of points; give 0 to 6"),
        ("inf", "'inf' is not a number of points; give 0 to 6"),
        ("-1", "'-1' is not a number of points; give 0 to 6"),
        ("1e0", "'1e0' is not a number of points; give 0 to 6"),
        ("1.000,5", "'1.000,5' is not a number of points; give 0 to 6"),
        ("<b>" * 9, "'<b><b><b><b><b><b><b…' is not a number of points; give 0 to 6"),
        ("", "there is nothing to save: give points or write a comment"),
        ("  ", "there is nothing to save: give points or write a comment"),
    ],
)
def test_points_that_make_no_sense_are_said_so_in_one_line_and_kept(browser, store, typed, said):
    browser.open("Ship it.")
    comment = "  \n" if not typed.strip() else "Line one\n\n</textarea><script>alert(1)</script>"
    browser.send(points=typed, comment=comment, **({"item-2": "1"} if typed.strip() else {}))
    assert browser.status == 422
    assert browser.message() == said
    _, kept = browser.form()
    assert (kept["points"], kept["comment"]) == (typed, comment)
    assert kept.get("item-2") == ("1" if typed.strip() else None)
    assert store.mark(1, "memo").scores == ()


@pytest.mark.parametrize(
    ("typed", "points"), [("0", 0), (" 6 ", 6), ("6.0", 6), (",5", 0.5), ("2.", 2), ("+3", 3), ("٣", 3)]
)
def test_points_as_people_type_them(browser, store, typed, points):
    browser.open("Ship it.")
    browser.send(points=typed)
    assert store.mark(1, "memo").points == points


def test_a_comment_alone_leaves_it_waiting(browser, store):
    browser.open("Wait.")
    browser.send(comment="I come back to this.")
    assert store.mark(3, "memo").waits
    assert store.mark(3, "memo").comments[0].comment == "I come back to this."
    assert browser.message() == "Saved: a comment for 1 answer."


def test_a_form_sent_twice_is_saved_once(browser, store):
    browser.open("Ship it.")
    address, form = browser.form()
    form |= {"points": "3", "comment": "Fine.\r\nReally."}
    browser.post(address, form)
    browser.post(address, form)
    assert browser.status == 200
    assert len(store.mark(1, "memo").scores) == 1
    assert store.mark(1, "memo").scores[0].comment == "Fine.\nReally."


def test_an_appeal_that_is_closed_twice_is_closed_once(browser, store):
    browser.open("(empty)")
    address, form = browser.form()
    form |= {"points": "1", "comment": "You are right."}
    browser.post(address, form)
    browser.post(address, form)
    assert browser.status == 200
    assert len(store.mark(3, "first-sum").scores) == 1
    assert not store.mark(3, "first-sum").appealed


def test_after_the_back_button_the_page_is_asked_for_again(browser, store):
    browser.open("Wait.")
    assert browser.headers["cache-control"] == "no-store"
    path = browser.path
    browser.send(points="3", comment="Hm.")
    browser.get(path)
    assert "3 points by Zoe" in words(browser.page)
    assert browser.form()[1]["points"] == "3"
    browser.send(points="4")
    assert [score.points for score in store.mark(3, "memo").scores] == [3, 4]
    assert [score.comment for score in store.mark(3, "memo").scores] == ["Hm.", ""]


def test_saving_what_stands_already_adds_nothing(browser, store):
    browser.open("Ship it in May.")
    browser.send()
    assert browser.status == 200
    assert store.calls == 0


def test_an_appeal_is_answered_with_a_comment(browser, store):
    browser.open("(empty)")
    assert "not 42" in words(browser.page)
    browser.send(points="1", comment="")
    assert browser.message() == "an appeal is answered with a comment: write one, or leave the appeal open"
    browser.send(comment="The check was wrong.")
    mark = store.mark(3, "first-sum")
    assert (mark.points, mark.appealed, mark.scores[0].comment) == (1, False, "The check was wrong.")


def test_an_appeal_can_be_turned_down_and_keeps_its_automatic_points(browser, store):
    browser.open("(empty)")
    browser.send(comment="It is 42.")
    mark = store.mark(3, "first-sum")
    assert (mark.points, mark.appealed, mark.scores[0].points) == (0, False, None)


def test_an_appeal_can_stay_open(browser, store):
    browser.open("(empty)")
    browser.send(comment="I ask the author.", closes=None)
    assert store.mark(3, "first-sum").appealed


class TestUndo:
    def test_takes_back_and_shows_what_was_taken_back(self, browser, store):
        browser.open("Ship it.")
        browser.send(points="3")
        browser.send("undo")
        assert browser.message() == "Taken back."
        assert "2 identical answers" in browser.page
        assert store.mark(1, "memo").waits
        assert store.mark(2, "memo").waits

    def test_goes_back_step_by_step(self, browser, store):
        browser.open("Ship it.")
        browser.send(points="3")
        browser.open("Wait.")
        browser.send(points="1")
        browser.send("undo")
        assert store.mark(3, "memo").waits
        browser.send("undo")
        assert store.mark(1, "memo").waits
        assert 'id="undo"' not in browser.page

    def test_sent_twice_takes_back_one(self, browser, store):
        browser.open("Ship it.")
        browser.send(points="3")
        browser.open("Wait.")
        browser.send(points="1")
        address, form = browser.form("undo")
        browser.post(address, form)
        browser.post(address, form)
        assert browser.message() == "nothing was taken back: that is not what you gave last"
        assert store.mark(1, "memo").points == 3

    def test_opens_the_appeal_again(self, browser, store):
        browser.open("(empty)")
        browser.send(comment="It is 42.")
        browser.send("undo")
        assert store.mark(3, "first-sum").appealed
        assert "appeal" in words(browser.page)

    def test_leaves_what_somebody_else_gave_since(self, make_browser, store):
        mine, other = make_browser(store, "Zoe"), make_browser(store, "Yan")
        mine.open("Wait.")
        mine.send(points="3")
        other.open("Wait.")
        other.send(points="5")
        mine.send("undo")
        assert mine.status == 409
        assert mine.message() == "graded again since: nothing was taken back"
        assert store.mark(3, "memo").points == 5


class TestTwoGraders:
    def test_the_slower_one_is_told_and_keeps_what_was_typed(self, make_browser, store):
        fast, slow = make_browser(store, "Yan"), make_browser(store, "Zoe")
        fast.open("Ship it.")
        slow.open("Ship it.")
        fast.send(points="5", comment="Good.")
        slow.send(points="2", comment="Too short.")
        assert slow.status == 409
        assert slow.message() == "graded meanwhile by Yan (5 points): look again"
        assert store.mark(1, "memo").points == 5
        assert (slow.form()[1]["points"], slow.form()[1]["comment"]) == ("2", "Too short.")
        assert "5 points by Yan" in words(slow.page)
        slow.send()  # having looked again, they may insist
        assert [score.author for score in store.mark(2, "memo").scores] == ["Yan", "Zoe"]

    def test_nothing_is_given_where_one_of_a_group_was_graded(self, make_browser, store):
        fast, slow = make_browser(store, "Yan"), make_browser(store, "Zoe")
        slow.open("Ship it.")
        fast.open("Ship it.")
        fast.send(points="5", seen=["2:0"])
        slow.send(points="2")
        assert slow.message() == "graded meanwhile by Yan (5 points): look again"
        assert store.mark(1, "memo").waits

    def test_between_reading_and_writing_the_gradebook_decides(self, make_browser, store):
        slow = make_browser(store, "Zoe")
        slow.open("Wait.")
        give = store.give

        def overtaken(given):
            give([type(given[0])(3, "memo", 1.0, "", "Yan", 0)])
            give(given)

        store.give = overtaken
        slow.send(points="2", comment="Kept.")
        assert slow.message() == "graded meanwhile by Yan: look again"
        assert slow.form()[1]["comment"] == "Kept."

    def test_a_new_answer_to_the_same_group_waits_for_its_own_look(self, browser, store):
        browser.open("Ship it.")
        store.rows.append((person("eve"), [attempt(9, "eve", memo("Ship it."))]))
        browser.send(points="3")
        assert store.mark(1, "memo").points == 3
        assert store.mark(9, "memo").waits

    def test_everyone_has_another_order_which_stays(self, make_browser, store):
        store.rows += [(person(f"p{n}"), [attempt(100 + n, f"p{n}", memo(f"Memo {n}"))]) for n in range(30)]

        def order(author):
            browser = make_browser(store, author)
            browser.get()
            browser.get(next(link for link in browser.links("exercise/") if "memo" in browser.get(link)))
            return browser.links("answer/")[1:]

        assert order("Zoe") == order("Zoe") != order("Yan")
        assert sorted(order("Zoe")) == sorted(order("Yan"))


def test_what_was_typed_for_an_answer_that_has_gone_is_shown(browser, store):
    browser.open("Wait.")
    store.rows = store.rows[:2]
    browser.send(points="3", comment="Do not lose <me>.")
    assert browser.status == 404
    assert "Do not lose <me>." in words(browser.page)


def test_a_gradebook_that_fails_is_said_in_one_line(browser, store):
    browser.open("Wait.")

    def broken(cohort=""):
        message = "the gradebook is held by another program for too long"
        raise GradebookError(message)

    store.sheet = broken
    browser.get()
    assert browser.status == 500
    assert browser.message() == "the gradebook is held by another program for too long"


def test_only_one_class_or_exercise(make_browser, store):
    assert "3 of 4 waiting" not in words(make_browser(store, cohort="a").get())
    assert "4 of 4 waiting" in words(make_browser(store, cohort="a").get())
    assert "3 of 4 waiting" in words(make_browser(store, exercise="memo").get())


def test_an_exercise_that_the_course_has_no_more(browser, store):
    store.rows = [(person("eve"), [attempt(9, "eve", replace(memo("Ship it."), exercise="former"))])]
    browser.open("Ship it.")
    assert "This version of the course has no such exercise" in words(browser.page)
    browser.send(points="6")
    assert store.mark(9, "former").points == 6


def test_another_version_of_the_course_is_said(browser, store):
    store.rows = [(person("eve"), [attempt(9, "eve", memo("Ship it."), version="0.9")])]
    browser.open("Ship it.")
    assert "Handed in for version 0.9 of the course; prompt and mark scheme here are of version 1." in words(
        browser.page
    )


def test_a_typing_error_beside_an_answer_that_is_graded_is_no_conflict(browser, store):
    store.put(2, replace(store.mark(2, "memo"), scores=store.mark(4, "memo").scores))
    browser.open("Ship it.")
    browser.send(points="x")
    assert browser.status == 422


@pytest.mark.parametrize("path", ["nothing", "answer/", "answer/0", "exercise/0", "undo"])
def test_addresses_that_lead_nowhere_lead_back(browser, path):
    browser.get()
    start = browser.path
    browser.get(start + path)
    assert browser.status in {404, 405}
    assert browser.message()
    assert browser.get(browser.links("/")[0])
    assert browser.path == start


class TestDoor:
    @pytest.mark.parametrize(
        "path", ["/", "/x/", f"/{'t' * 31}/", f"/{'t' * 33}/", "/docs", "/openapi.json", "//", "/ü/"]
    )
    def test_without_the_token_nothing_is_shown(self, browser, path):
        browser.get(path)
        assert browser.status == 403
        assert "curriculum mark" in browser.page
        assert "default-src 'none'" in browser.headers["content-security-policy"]

    @pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:8765", ""])
    def test_another_name_of_the_machine_is_refused(self, browser, host):
        browser.get(headers={"host": host})
        assert browser.status == 400

    def test_localhost_is_a_name(self, browser):
        browser.get(headers={"host": "localhost:8765"})
        assert browser.status == 200

    @pytest.mark.parametrize(
        "headers",
        [
            {"origin": "http://evil.example"},
            {"origin": "null"},
            {"origin": "http://127.0.0.1:1"},
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
        ],
    )
    def test_other_pages_cannot_post(self, browser, store, headers):
        browser.open("Wait.")
        address, form = browser.form()
        browser.post(address, form | {"points": "6"}, headers=headers)
        assert browser.status == 403
        assert store.mark(3, "memo").waits

    def test_it_opens_by_its_address_from_anywhere_and_shows_nothing_inside_other_pages(self, browser):
        foreign = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
        browser.get(headers=foreign | {"sec-fetch-dest": "document"})
        assert browser.status == 200
        for headers in (foreign | {"sec-fetch-dest": "iframe"}, foreign, {"sec-fetch-site": "cross-site"}):
            browser.get(headers=headers)
            assert browser.status == 403

    def test_its_own_pages_can(self, browser, store):
        browser.open("Wait.")
        address, form = browser.form()
        headers = {"origin": "http://127.0.0.1:8765", "sec-fetch-site": "same-origin"}
        browser.post(address, form | {"points": "6"}, headers=headers)
        assert store.mark(3, "memo").points == 6

    @pytest.mark.parametrize("csrf", [None, "", "x", "ü"])
    def test_a_form_carries_a_secret(self, browser, store, csrf):
        browser.open("Wait.")
        browser.send(points="6", csrf=csrf)
        assert browser.status == 403
        assert browser.message() == "the form is not from this page: open the page again"
        assert store.mark(3, "memo").waits

    def test_every_page_has_a_policy_with_a_nonce_of_its_own(self, browser):
        browser.get()
        policies = {browser.headers["content-security-policy"]}
        browser.get()
        policies.add(browser.headers["content-security-policy"])
        assert len(policies) == 2
        nonce = re.search(r"script-src 'nonce-([^']+)'", browser.headers["content-security-policy"])[1]
        assert f'<script nonce="{nonce}">' in browser.page
        assert " style=" not in browser.page
        assert "unsafe" not in browser.headers["content-security-policy"]

    def test_a_short_token_is_no_token(self, store, course):
        with pytest.raises(ValueError, match="at least 16"):
            marking.app(store, course, "Zoe", token="short")

    @pytest.mark.parametrize(
        "form",
        [
            {"seen": ["x"]},
            {"seen": ["3:0", "999:0"]},
            {"seen": []},
            {"item-99": "1", "points": ""},
            {"item-0": "7", "points": ""},
        ],
    )
    def test_forms_that_no_page_has_made(self, browser, store, form):
        browser.open("Wait.")
        browser.send(**({"points": "3"} | form))
        assert browser.status in {409, 422}
        assert browser.message()
        assert store.mark(3, "memo").waits
