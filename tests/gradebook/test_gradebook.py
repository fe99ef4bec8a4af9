"""A gradebook in SQLite and in PostgreSQL: what goes in comes out, whoever asks and in whatever order."""

from __future__ import annotations

import errno
import os
from datetime import timedelta

import pytest
from gradebook.material import COURSE, at, code, essay, graded, sha, write

from curriculum.errors import GradebookError, UnknownNameError
from curriculum.gradebook import Arrival, Counts, Given, Gradebook, Learner, Policy

HOSTILE = [
    'O\'Neil, "Ada"',
    '=HYPERLINK("evil","x")',
    "'; DROP TABLE learner; --",
    "\u05d0\u05d1\u05d2 \u0645\u0631\u062d\u0628\u0627",
    "\U0001f9d1\U0001f3fd Zoë",
    "<script>alert(1)</script>",
    "%s {0} \\n $1",
]


def standing(book, learner, lesson="alpha"):
    row, _ = book.row(learner)
    return row.standings[lesson]


class TestImporting:
    def test_what_was_graded_is_in_the_sheet(self, book, tmp_path):
        exercise = code("a1", 1.5, mistake="off-by-one", output="42")
        imported = book.import_results(write(tmp_path / "r.json", graded("ada", "alpha", exercise, code("a2", 2.0))))
        assert (imported.submissions, imported.gradings, imported.known) == (1, 1, 0)
        assert imported.learners == ("ada",)
        assert imported.lessons == ("alpha",)
        sheet = book.sheet()
        (row,) = sheet.rows
        assert (sheet.course, sheet.version, row.points, row.max_points) == ("course", "2027.1", 3.5, 4.0)
        (attempt,) = row.standings["alpha"].attempts
        mark, _ = attempt.marks
        assert (mark.points, mark.mistakes, mark.output, mark.message) == (1.5, ("off-by-one",), "42", "for you")
        assert mark.detail == "inner"
        assert attempt.sandboxed
        assert attempt.handed_in == attempt.graded_at == at(0)

    def test_the_same_results_again_add_nothing(self, book, tmp_path):
        path = write(tmp_path / "r.json", graded("ada", "alpha", code("a1", 2.0)), graded("bo", "alpha", code("a1", 0)))
        book.import_results(path)
        before = book.sheet()
        again = book.import_results(path)
        assert (again.submissions, again.gradings, again.known, again.learners) == (0, 0, 2, ())
        assert book.sheet().rows == before.rows

    def test_every_attempt_is_kept_in_the_order_it_was_handed_in(self, book, tmp_path):
        for content, hours in ((3, 30), (1, 10), (2, 20)):
            result = graded("ada", "alpha", code("a1", content / 2), content=content, hours=hours)
            book.import_results(write(tmp_path / "r.json", result))
        attempts = standing(book, "ada").attempts
        assert [(each.number, each.points) for each in attempts] == [(1, 0.5), (2, 1.0), (3, 1.5)]

    def test_grading_again_replaces_the_verdict_and_keeps_the_attempt(self, book, tmp_path):
        book.import_results(write(tmp_path / "r.json", graded("ada", "alpha", code("a1", 0.0), hours=1)))
        book.import_results(write(tmp_path / "r.json", graded("ada", "alpha", code("a1", 2.0), hours=5)))
        book.import_results(write(tmp_path / "r.json", graded("ada", "alpha", code("a1", 1.0), hours=3)))
        (attempt,) = standing(book, "ada").attempts
        assert attempt.points == 2.0
        assert attempt.handed_in == at(1)
        assert len(book.held("ada")["grading"]) == 3

    def test_a_grading_that_failed_does_not_hide_the_verdict_before_it(self, book, tmp_path):
        book.import_results(write(tmp_path / "r.json", graded("ada", "alpha", code("a1", 2.0), hours=1)))
        book.import_results(write(tmp_path / "r.json", graded("ada", "alpha", problem="the lesson broke", hours=5)))
        assert standing(book, "ada").points == 2.0
        assert standing(book, "ada").max_points == 2.0

    def test_one_that_was_never_graded_counts_for_nothing_and_says_why(self, book, tmp_path):
        book.import_results(write(tmp_path / "r.json", graded("ada", "alpha", problem="is no notebook")))
        found = standing(book, "ada")
        assert found.counted is None
        assert found.attempts[0].problem == "is no notebook"

    @pytest.mark.parametrize(
        ("mode", "more"), [("off", {}), ("strict", {"runner": "kernel"}), ("available", {"layers": "missing"})]
    )
    def test_less_than_the_full_sandbox_is_noted(self, book, tmp_path, mode, more):
        from curriculum.grading import Layer

        if "layers" in more:
            more = {"layers": (Layer("namespaces", achieved=False, reason="no"), Layer("seccomp", achieved=True))}
        result = graded("ada", "alpha", code("a1", 2.0), **more)
        book.import_results(write(tmp_path / "r.json", result, sandbox=mode))
        assert not standing(book, "ada").attempts[0].sandboxed

    def test_how_it_came_in(self, book, tmp_path):
        path = write(tmp_path / "r.json", graded("ada", "alpha", code("a1", 2.0), code("a2", 2.0), hours=50))
        handed = {("ada", sha("ada", "alpha", 1)): Arrival(at(-3), by="tutor", aided=("a2",))}
        book.import_results(path, handed=handed)
        (attempt,) = standing(book, "ada").attempts
        assert attempt.handed_in == at(-3)
        assert [mark.aided for mark in attempt.marks] == [False, True]

    def test_a_team_submission_is_every_members(self, book, tmp_path):
        book.enrol([Learner("ada", groups=("red team",)), Learner("bo", groups=("red team",)), Learner("cy")])
        book.import_results(write(tmp_path / "r.json", graded("red team", "alpha", code("a1", 1.0))))
        points = {row.learner.key: row.points for row in book.sheet().rows}
        assert points == {"ada": 1.0, "bo": 1.0, "cy": 0.0}

    def test_results_of_another_course_are_refused_whole(self, book, tmp_path):
        book.import_results(write(tmp_path / "r.json", graded("ada", "alpha", code("a1", 2.0))))
        other = write(tmp_path / "o.json", graded("bo", "alpha", code("a1", 2.0)), course=COURSE | {"id": "other"})
        with pytest.raises(GradebookError, match="of the course 'other'; this gradebook is of 'course'"):
            book.import_results(other)
        assert [row.learner.key for row in book.sheet().rows] == ["ada"]

    @pytest.mark.parametrize("text", ["", "{", '{"schema": 2}', "[]", "null", '{"schema": 1, "submissions": []}'])
    def test_what_is_no_results_file_is_refused_in_one_line(self, book, tmp_path, text):
        path = tmp_path / "results.json"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(GradebookError) as caught:
            book.import_results(path)
        assert "results.json" in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_a_file_that_is_not_there(self, book, tmp_path):
        with pytest.raises(GradebookError, match="cannot be read"):
            book.import_results(tmp_path / "none.json")

    @pytest.mark.parametrize("name", HOSTILE)
    def test_names_and_texts_come_back_as_they_went_in(self, book, tmp_path, name):
        book.import_results(write(tmp_path / "r.json", graded(name, "alpha", essay("a1", text=name * 100))))
        (row,) = book.sheet().rows
        assert row.learner.key == name
        assert row.standings["alpha"].attempts[0].marks[0].text == name * 100

    def test_half_characters_in_a_text_do_no_harm(self, book, tmp_path):
        book.import_results(write(tmp_path / "r.json", graded("ada", "alpha", essay("a1", text="x\ud800y\0z"))))
        assert standing(book, "ada").attempts[0].marks[0].text == "x\ufffdy\ufffdz"

    def test_half_characters_in_a_key_would_mix_learners_up(self, book, tmp_path):
        with pytest.raises(GradebookError, match="a learner cannot be called"):
            book.import_results(write(tmp_path / "r.json", graded("a\ud800", "alpha", code("a1", 2.0))))
        assert book.sheet().rows == ()

    def test_former_results_again_do_not_bring_former_points_back(self, book, tmp_path):
        former = write(tmp_path / "f.json", graded("ada", "alpha", code("a1", 2.0)))
        now = write(tmp_path / "n.json", graded("ada", "alpha", code("a1", 2.0), code("a2", 8.0, 8.0), hours=5))
        for path in (former, now, former):
            book.import_results(path)
        row, sheet = book.row("ada")
        assert (row.points, row.max_points, sheet.lessons[0].max_points) == (10.0, 10.0, 10.0)

    def test_former_results_that_come_late_say_nothing_of_what_can_be_had(self, book, tmp_path):
        book.import_results(write(tmp_path / "n.json", graded("ada", "alpha", code("a1", 8.0, 8.0), hours=5)))
        book.import_results(write(tmp_path / "f.json", graded("bo", "alpha", code("a1", 2.0))))
        assert book.row("bo")[0].max_points == 8.0

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
    def test_numbers_that_are_none_are_refused(self, book, tmp_path, number):
        path = write(tmp_path / "r.json", graded("ada", "alpha", code("a1", 1.5)))
        path.write_text(path.read_text(encoding="utf-8").replace("1.5", number), encoding="utf-8")
        with pytest.raises(GradebookError, match="ada, alpha: has a number that is none"):
            book.import_results(path)
        assert book.sheet().rows == ()

    def test_when_it_came_in_can_be_said_afterwards(self, book, tmp_path):
        path = write(tmp_path / "r.json", graded("ada", "alpha", code("a1", 2.0)))
        book.import_results(path)
        for hours in (-30, -20):
            book.import_results(path, handed={("ada", sha("ada", "alpha", 1)): Arrival(at(hours))})
        assert standing(book, "ada").attempts[0].handed_in == at(-30)

    def test_a_lesson_that_moves_in_its_course_stays_one(self, book, tmp_path, make_course):
        former = write(tmp_path / "f.json", graded("ada", "alpha", code("a1", 1.0), place="00-start/01-alpha.ipynb"))
        moved = graded("bo", "alpha", code("a1", 2.0), place="01-next/03-alpha.ipynb", hours=5)
        book.import_results(former, course=make_course({"00-start/01-alpha": make_course.lesson("alpha", "a1")}))
        course = make_course({"01-next/03-alpha": make_course.lesson("alpha", "a1")})
        book.import_results(write(tmp_path / "n.json", moved), course=course)
        assert book.import_results(former, course=course).known == 1
        (column,) = book.sheet().lessons
        assert (column.id, column.place) == ("alpha", "01-next/03-alpha.ipynb")
        assert [row.points for row in book.sheet().rows] == [1.0, 2.0]

    def test_two_notebooks_of_no_course_may_have_one_name(self, book, tmp_path):
        one = graded("ada", "ps1", code("a1", 2.0), place="first/ps1")
        other = graded("ada", "ps1", code("a1", 0.0), place="second/ps1", content=2)
        book.import_results(write(tmp_path / "r.json", one, other))
        (row,) = book.sheet().rows
        assert {name: each.points for name, each in row.standings.items()} == {"ps1": 2.0, "second/ps1": 0.0}


class TestPeople:
    def test_enrolling_twice_updates_and_never_empties(self, book):
        assert book.enrol([Learner("ada", "Ada L", "ada@x.org", "spring", ("red",), {"canvas": "7"})]) == (1, 0)
        assert book.enrol([Learner("ada", name="Ada Lovelace", ids={"moodle": "9"})]) == (0, 1)
        (found,) = book.learners()
        assert found == Learner("ada", "Ada Lovelace", "ada@x.org", "spring", ("red",), {"canvas": "7", "moodle": "9"})

    @pytest.mark.parametrize("name", [*HOSTILE, "\U0001f9d1\u200d\U0001f52c", "\u202egnp.exe", "a\nb"])
    def test_whatever_people_are_called(self, book, name):
        book.enrol([Learner("x", name=name, email=name, cohort=name, groups=(name,), ids={"canvas": name})])
        assert book.learners(name, name) == (Learner("x", name, name, name, (name,), {"canvas": name}),)

    def test_two_learners_cannot_be_one_elsewhere(self, book):
        book.enrol([Learner("ada", email="a@x.org", ids={"canvas": "7"})])
        with pytest.raises(GradebookError, match="'bo' and 'ada' cannot both be '7' in canvas"):
            book.enrol([Learner("bo", ids={"canvas": "7"})])
        with pytest.raises(GradebookError, match="e-mail"):
            book.enrol([Learner("bo", email="A@X.org")])
        with pytest.raises(GradebookError, match="listed twice"):
            book.enrol([Learner("bo"), Learner("bo")])
        assert [learner.key for learner in book.learners()] == ["ada"]

    def test_a_group_is_not_called_as_a_learner_outside_it(self, book, tmp_path):
        book.enrol([Learner("red"), Learner("ada", groups=("ada",)), Learner("bo", groups=("ada",))])
        with pytest.raises(GradebookError, match="'red' is a learner, and a group of others"):
            book.enrol([Learner("cy", groups=("red",))])
        assert [learner.key for learner in book.learners()] == ["ada", "bo", "red"]
        book.import_results(write(tmp_path / "r.json", graded("ada", "alpha", code("a1", 2.0))))
        assert [row.points for row in book.sheet().rows] == [2.0, 2.0, 0.0]

    def test_two_learners_may_exchange_their_addresses(self, book):
        book.enrol([Learner("ada", email="a@x.org"), Learner("bo", email="b@x.org")])
        book.enrol([Learner("ada", email="b@x.org"), Learner("bo", email="a@x.org")])
        assert [learner.email for learner in book.learners()] == ["b@x.org", "a@x.org"]

    def test_a_class_in_two_cohorts(self, book, tmp_path):
        book.enrol([Learner("ada", cohort="spring"), Learner("bo", cohort="autumn", groups=("red",))])
        results = [graded(key, "alpha", code("a1", 2.0)) for key in ("ada", "bo")]
        book.import_results(write(tmp_path / "r.json", *results))
        assert [row.learner.key for row in book.sheet("autumn").rows] == ["bo"]
        assert [row.learner.key for row in book.sheet(group="red").rows] == ["bo"]
        with pytest.raises(UnknownNameError, match="did you mean 'autumn'"):
            book.sheet("autum")
        with pytest.raises(UnknownNameError, match="see all with"):
            book.sheet(group="nobody")

    def test_unknown_learners_are_named_with_the_nearest(self, book):
        book.enrol([Learner("ada.lovelace")])
        with pytest.raises(UnknownNameError, match=r"did you mean 'ada\.lovelace'"):
            book.row("ada.lovelac")


class TestPolicy:
    @pytest.fixture
    def three(self, book, tmp_path):
        """Three attempts, 12 hours early, 12 and 60 hours late, each better than the one before."""
        for content, hours in ((1, -12), (2, 12), (3, 60)):
            exercise = code("a1", content * 3.0, 10.0)
            book.import_results(
                write(tmp_path / "r.json", graded("ada", "alpha", exercise, content=content, hours=hours))
            )
        book.set_due("alpha", at(0))
        return book

    def test_the_best_counts_and_late_ones_cost_nothing_by_default(self, three):
        found = standing(three, "ada")
        assert (found.counted.number, found.points, found.penalty) == (3, 9.0, 0.0)
        assert [each.late for each in found.attempts] == [timedelta(), timedelta(hours=12), timedelta(hours=60)]

    @pytest.mark.parametrize(
        ("rules", "number", "points"),
        [
            (Policy(late_percent=10.0), 3, 6.0),  # 9 less three begun days
            (Policy(late_percent=20.0), 2, 4.0),  # 6 less one day beats 9 less three
            (Policy(late_percent=50.0), 1, 3.0),
            (Policy(late_percent=50.0, late_most=20.0), 3, 7.0),
            (Policy(late_percent=50.0, grace=timedelta(hours=12)), 2, 6.0),
            (Policy(Counts.LATEST, late_percent=20.0), 3, 3.0),
            (Policy(Counts.LATEST, closes_after=timedelta(hours=24)), 2, 6.0),
            (Policy(Counts.LATEST, late_percent=100.0), 3, 0.0),
        ],
    )
    def test_rules(self, three, rules, number, points):
        three.set_policy(rules, "prof")
        assert three.policy == rules
        found = standing(three, "ada")
        assert (found.counted.number, found.points) == (number, points)

    def test_an_extension_moves_the_deadline_and_never_back(self, three):
        three.set_policy(Policy(late_percent=20.0), "prof")
        three.extend("ada", "alpha", at(72), "ill", "prof")
        assert standing(three, "ada").points == 9.0
        three.extend("ada", "alpha", at(-72), "typo", "prof")
        assert standing(three, "ada").due == at(0)

    def test_cohorts_have_deadlines_of_their_own(self, three, tmp_path):
        three.enrol([Learner("ada", cohort="spring")])
        three.set_due("alpha", at(100), cohort="spring")
        assert standing(three, "ada").due == at(100)
        assert three.sheet("spring").lessons[0].due == at(100)
        assert three.sheet().lessons[0].due == at(0)
        three.set_due("alpha", None, cohort="spring")
        assert standing(three, "ada").due == at(0)

    def test_excused_lessons_are_left_out(self, three, tmp_path):
        three.import_results(write(tmp_path / "r.json", graded("ada", "beta", code("b1", 1.0))))
        three.excuse("ada", "alpha", "ill", "prof")
        row, _ = three.row("ada")
        assert (row.points, row.max_points) == (1.0, 2.0)
        three.excuse("ada", "alpha", "well again", "prof", holds=False)
        row, _ = three.row("ada")
        assert (row.points, row.max_points) == (10.0, 12.0)

    def test_extra_credit_and_extra_lessons_count_on_top(self, three, tmp_path):
        three.import_results(write(tmp_path / "r.json", graded("ada", "beta", code("b1", 1.0))))
        three.set_extra("beta", is_extra=True)
        three.credit("ada", 0.5, "found a mistake", "prof", lesson="alpha")
        three.credit("ada", 2.0, "gave a talk", "prof")
        row, _ = three.row("ada")
        assert (row.points, row.max_points) == (12.5, 10.0)
        assert [credit.reason for credit in row.standings["alpha"].extra] == ["found a mistake"]
        for points in (0.0, float("nan"), float("inf")):
            with pytest.raises(GradebookError, match="other than 0"):
                three.credit("ada", points, "", "prof")

    @pytest.mark.parametrize(
        "values",
        [
            {"late_percent": -1.0},
            {"late_percent": 101.0},
            {"late_most": float("nan")},
            {"grace": timedelta(-1)},
            {"grace": timedelta(2), "closes_after": timedelta(1)},
        ],
    )
    def test_rules_that_make_no_sense(self, values):
        with pytest.raises(GradebookError):
            Policy(**values)


class TestScores:
    @pytest.fixture
    def waiting(self, book, tmp_path):
        for key in ("ada", "bo"):
            book.import_results(write(tmp_path / "r.json", graded(key, "alpha", code("a1", 2.0), essay("a2"))))
        return book

    def attempt(self, book, learner):
        return standing(book, learner).attempts[0].id

    def test_what_a_person_gives_counts_and_stays_when_it_is_graded_again(self, waiting, tmp_path):
        number = self.attempt(waiting, "ada")
        assert standing(waiting, "ada").waiting == 1
        assert waiting.give([Given(number, "a2", 2.5, "good", "prof", 0)]) == 1
        again = graded("ada", "alpha", code("a1", 1.0), essay("a2"), hours=9)
        waiting.import_results(write(tmp_path / "r.json", again))
        found = standing(waiting, "ada")
        assert (found.points, found.waiting) == (3.5, 0)
        mark = found.counted.marks[1]
        assert [(score.points, score.comment, score.author) for score in mark.scores] == [(2.5, "good", "prof")]

    def test_the_last_word_counts_and_all_are_kept(self, waiting):
        number = self.attempt(waiting, "ada")
        for seen, (points, comment) in enumerate([(1.0, "hm"), (3.0, "after all"), (None, "see page 3")]):
            waiting.give([Given(number, "a2", points, comment, "prof", seen)])
        mark = standing(waiting, "ada").counted.marks[1]
        assert mark.points == 3.0
        assert [each.comment for each in mark.comments] == ["hm", "after all", "see page 3"]

    def test_a_person_can_overrule_the_grader(self, waiting):
        waiting.give([Given(self.attempt(waiting, "ada"), "a1", 0.5, "copied", "prof", 0)])
        assert standing(waiting, "ada").points == 0.5

    def test_all_or_none(self, waiting):
        one, other = self.attempt(waiting, "ada"), self.attempt(waiting, "bo")
        for bad, words in [
            (Given(other, "a2", 3.5, "", "prof", 0), "0 to 3"),
            (Given(other, "a2", -1.0, "", "prof", 0), "0 to 3"),
            (Given(other, "a2", float("nan"), "", "prof", 0), "cannot be given"),
            (Given(other, "zz", 1.0, "", "prof", 0), "has no exercise 'zz'"),
            (Given(9999, "a2", 1.0, "", "prof", 0), "has no exercise"),
            (Given(other, "a2", 1.0, "", "prof", 1), "graded meanwhile by nobody: look again"),
        ]:
            with pytest.raises(GradebookError, match=words):
                waiting.give([Given(one, "a2", 1.0, "", "prof", 0), bad])
        with pytest.raises(GradebookError, match="--author"):
            waiting.give([Given(one, "a2", 1.0, "", "  ", 0)])
        assert standing(waiting, "ada").waiting == 1

    def test_no_more_than_the_newest_verdict_allows(self, waiting, tmp_path):
        waiting.import_results(
            write(tmp_path / "s.json", graded("ada", "alpha", code("a1", 2.0), essay("a2", of=2.0), hours=9))
        )
        number = self.attempt(waiting, "ada")
        with pytest.raises(GradebookError, match="0 to 2"):
            waiting.give([Given(number, "a2", 3.0, "", "prof", 0)])
        assert waiting.give([Given(number, "a2", 2.0, "", "prof", 0)]) == 1

    def test_whoever_comes_second_is_told(self, waiting):
        number = self.attempt(waiting, "ada")
        waiting.give([Given(number, "a2", 1.0, "", "first", 0)])
        with pytest.raises(GradebookError, match="meanwhile by first: look again"):
            waiting.give([Given(number, "a2", 3.0, "", "second", 0)])

    def test_what_was_given_last_can_be_taken_back(self, waiting):
        number = self.attempt(waiting, "ada")
        first = Given(number, "a2", 1.0, "hm", "prof", 0)
        second = Given(number, "a2", 3.0, "after all", "prof", 1)
        waiting.give([first])
        waiting.give([second])
        with pytest.raises(GradebookError, match="nothing was taken back"):
            waiting.take_back([first])
        assert standing(waiting, "ada").points == 5.0
        waiting.take_back([second])
        assert standing(waiting, "ada").points == 3.0
        waiting.take_back([first])
        assert standing(waiting, "ada").waiting == 1
        assert len(waiting.held("ada")["score"]) == 2

    def test_whoever_saw_a_score_that_another_has_taken_the_place_of_is_told(self, waiting):
        number = self.attempt(waiting, "ada")
        first = Given(number, "a2", 1.0, "", "first", 0)
        waiting.give([first])
        seen = standing(waiting, "ada").counted.marks[1].revision
        waiting.take_back([first])
        (now,) = [mark.revision for mark in standing(waiting, "ada").counted.marks if mark.exercise == "a2"]
        waiting.give([Given(number, "a2", 2.0, "", "first", now)])
        with pytest.raises(GradebookError, match="meanwhile by first: look again"):
            waiting.give([Given(number, "a2", 3.0, "", "second", seen)])

    def test_a_score_can_answer_the_appeal_and_be_taken_back(self, waiting):
        waiting.open_appeal("ada", "a1", "why", "ada")
        assert standing(waiting, "ada").counted.marks[0].appeal == "why"
        answer = Given(self.attempt(waiting, "ada"), "a1", 2.0, "right you are", "prof", 0, closes_appeal=True)
        waiting.give([answer])
        assert waiting.appeals() == ()
        (closed,) = waiting.appeals(also_closed=True)
        assert closed.answer == "right you are"
        with pytest.raises(GradebookError, match="no open appeal to close"):
            waiting.give([Given(answer.attempt, "a1", 1.0, "again", "prof", 1, closes_appeal=True)])
        waiting.take_back([answer])
        assert [appeal.is_open for appeal in waiting.appeals()] == [True]

    def test_an_appeal_reopens_one_exercise_with_its_history(self, waiting):
        number = waiting.open_appeal("ada", "a1", "my answer is right too", "ada")
        with pytest.raises(GradebookError, match="is open already"):
            waiting.open_appeal("ada", "a1", "again", "ada")
        with pytest.raises(GradebookError, match="no attempt of 'ada' has an exercise 'zz'"):
            waiting.open_appeal("ada", "zz", "", "ada")
        (appeal,) = waiting.appeals()
        assert (appeal.learner, appeal.lesson, appeal.exercise, appeal.is_open) == ("ada", "alpha", "a1", True)
        assert [mark.appealed for mark in standing(waiting, "ada").counted.marks] == [True, False]
        waiting.give([Given(appeal.attempt, "a1", 2.0, "you are right", "prof", 0)])
        waiting.close_appeal(number, "points given", "prof")
        assert waiting.appeals() == ()
        (closed,) = waiting.appeals(also_closed=True)
        assert (closed.answer, closed.closed_by, closed.is_open) == ("points given", "prof", False)
        with pytest.raises(GradebookError, match="no open appeal"):
            waiting.close_appeal(number, "again", "prof")
        assert waiting.open_appeal("ada", "a1", "one more thing", "ada") != number


class TestRights:
    def test_everything_held_is_shown_and_goes(self, book, tmp_path):
        book.enrol([Learner("ada", "Ada", "ada@x.org", "spring", ("vermilion",), {"canvas": "7"}), Learner("bo")])
        results = [graded(key, "alpha", code("a1", 1.0), essay("a2", text="a secret")) for key in ("ada", "bo")]
        book.import_results(write(tmp_path / "r.json", *results))
        number = standing(book, "ada").attempts[0].id
        book.give([Given(number, "a2", 1.0, "fine", "prof", 0)])
        book.extend("ada", "alpha", at(1), "ill", "prof")
        book.excuse("ada", "alpha", "ill", "prof")
        book.credit("ada", 1.0, "talk", "prof")
        book.open_appeal("ada", "a1", "why", "ada")
        held = book.held("ada")
        assert all(held[name] for name in ("learner", "identity", "member", "submission", "extension", "excuse"))
        assert all(held[name] for name in ("credit", "grading", "mark", "score", "appeal", "lesson"))
        assert "ada@x.org" in str(held)
        others = book.row("bo")[0]
        gone = book.erase("ada", "prof")
        assert gone == sum(len(rows) for name, rows in held.items() if name != "lesson")
        assert book.row("bo")[0] == others
        with pytest.raises(UnknownNameError):
            book.held("ada")
        book.backup(tmp_path / "after.sqlite")
        content = (tmp_path / "after.sqlite").read_bytes()
        assert b"ada@x.org" not in content
        assert b"vermilion" not in content

    def test_it_is_gone_from_the_disk_too(self, tmp_path):
        path = tmp_path / "g.sqlite"
        with Gradebook.open(path, create=True) as book:
            book.enrol([Learner("ada", email="ada@x.org")])
            book.import_results(
                write(tmp_path / "r.json", graded("ada", "alpha", essay("a2", text="my secret " * 9999)))
            )
            book.erase("ada", "prof")
            for file in tmp_path.glob("g.sqlite*"):
                assert b"ada@x.org" not in file.read_bytes()
                assert b"my secret" not in file.read_bytes()

    def test_what_they_handed_in_for_others_does_not_name_them(self, book, tmp_path):
        book.enrol([Learner("vermilion", groups=("red",)), Learner("bo", groups=("red",))])
        arrival = Arrival(at(-1), by="vermilion")
        path = write(tmp_path / "r.json", graded("red", "alpha", code("a1", 2.0)))
        book.import_results(path, handed={("red", sha("red", "alpha", 1)): arrival})
        book.erase("vermilion", "prof")
        assert book.row("bo")[0].points == 2.0
        assert "vermilion" not in str(book.held("bo"))

    def test_numbers_of_the_erased_are_not_given_again(self, book, tmp_path):
        book.import_results(write(tmp_path / "r.json", graded("ada", "alpha", code("a1", 1.0))))
        number = standing(book, "ada").attempts[0].id
        book.erase("ada", "prof")
        book.import_results(write(tmp_path / "r.json", graded("bo", "alpha", code("a1", 1.0))))
        assert standing(book, "bo").attempts[0].id > number

    def test_nobody_to_erase(self, book):
        with pytest.raises(UnknownNameError):
            book.erase("ada", "prof")


class TestCopies:
    @pytest.fixture
    def full(self, book, tmp_path):
        book.enrol([Learner("ada", "Ada", "ada@x.org", "spring", ("red",), {"canvas": "7"})])
        book.import_results(write(tmp_path / "r.json", graded("ada", "alpha", code("a1", 1.0), essay("a2"))))
        book.set_policy(Policy(late_percent=10.0, closes_after=timedelta(days=9)), "prof")
        book.set_due("alpha", at(-5))
        book.give([Given(standing(book, "ada").attempts[0].id, "a2", 1.5, "ok", "prof", 0)])
        return book

    def test_a_backup_is_a_gradebook_and_can_be_brought_back(self, full, url, tmp_path, request):
        rows = full.backup(tmp_path / "copy.sqlite")
        before = full.sheet()
        with Gradebook.open(tmp_path / "copy.sqlite") as copy:
            assert copy.sheet().rows == before.rows
        fresh = str(tmp_path / "new.sqlite") if "://" not in url else request.getfixturevalue("postgres").new()
        with Gradebook.open(fresh, create=True) as other:
            assert other.restore(tmp_path / "copy.sqlite") == rows
            assert other.sheet().rows == before.rows
            assert other.policy == full.policy
            other.import_results(write(tmp_path / "s.json", graded("bo", "beta", code("b1", 2.0))))
            assert other.row("bo")[0].points == 2.0
            with pytest.raises(GradebookError, match="is not empty"):
                other.restore(tmp_path / "copy.sqlite")

    def test_a_backup_goes_to_disks_without_links_too(self, full, tmp_path, monkeypatch):
        def refuse(*_):
            raise PermissionError(errno.EPERM, "Operation not permitted")

        monkeypatch.setattr(os, "link", refuse)
        path = tmp_path / "stick.sqlite"
        full.backup(path)
        with Gradebook.open(path) as copy:
            assert copy.sheet().rows == full.sheet().rows
        with pytest.raises(GradebookError, match="is there already"):
            full.backup(path)

    def test_a_backup_takes_nobodys_place(self, full, tmp_path):
        path = tmp_path / "copy.sqlite"
        path.write_text("mine", encoding="utf-8")
        with pytest.raises(GradebookError, match="is there already"):
            full.backup(path)
        assert path.read_text(encoding="utf-8") == "mine"
        with pytest.raises(GradebookError, match="damaged or no gradebook"):
            full.restore(path)
        assert sorted(each.name for each in tmp_path.iterdir() if "copy" in each.name) == ["copy.sqlite"]
