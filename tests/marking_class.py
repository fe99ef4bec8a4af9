"""A class by hand, a gradebook that lives in memory, and a browser without a script, for the tests of marking."""

from __future__ import annotations

import asyncio
import html
import re
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from curriculum.errors import GradebookError
from curriculum.gradebook import Attempt, Learner, LessonColumn, ManualScore, Mark, Row, Sheet, Standing
from curriculum.outcome import Outcome

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TOKEN = "t" * 32
HERE = "http://127.0.0.1:8765"
MEMO_SCHEME = """Half points where something is there but vague.

- 2: names the **decision**
- 3: gives the interval
  with its unit
- 1: says what to watch"""
PROMPT = """### Exercise: the {}

Write it, *please*.

<details><summary>Hint 1</summary>

Begin.

</details>"""
CODE_SCHEME = "Look for names that say what they hold."


class Memory:
    """What the real gradebook promises to marking, without a database."""

    def __init__(self, *rows: tuple[Learner, list[Attempt]], lessons: tuple[str, ...] = ("first", "second")) -> None:
        self.rows = list(rows)
        self.lessons = lessons
        self.version = "1"
        self.closed: list[tuple[int, str, str]] = []
        self.calls = 0
        self.threads = threading.Lock()

    def sheet(self, cohort: str = "") -> Sheet:
        assert self.threads.acquire(blocking=False), "two calls at a time"
        try:
            columns = tuple(
                LessonColumn(name, f"Lesson {name}", f"0{number}-module/01-{name}.ipynb", 30, 6.0)
                for number, name in enumerate(self.lessons)
            )
            chosen = [pair for pair in self.rows if cohort in {"", pair[0].cohort}]
            rows = tuple(self._row(learner, attempts) for learner, attempts in chosen)
            return Sheet("tiny", "A tiny course", self.version, columns, rows, NOON, cohort)
        finally:
            self.threads.release()

    def give(self, given: Any) -> None:
        self.calls += 1
        for one in given:
            mark = self.mark(one.attempt, one.exercise)
            if mark.revision != one.expected:
                by = mark.scores[-1].author if mark.scores else "somebody"
                message = f"graded meanwhile by {by}: look again"
                raise GradebookError(message)
            if one.closes_appeal and not mark.appealed:
                message = "there is no open appeal"
                raise GradebookError(message)
        for one in given:
            score = ManualScore(one.points, one.comment, one.author, NOON + timedelta(minutes=self.calls))
            mark = self.mark(one.attempt, one.exercise)
            changed = replace(mark, scores=(*mark.scores, score), appealed=mark.appealed and not one.closes_appeal)
            self.put(one.attempt, changed)

    def take_back(self, given: Any) -> None:
        for one in given:
            if self.mark(one.attempt, one.exercise).revision != one.expected + 1:
                message = "graded again since: nothing was taken back"
                raise GradebookError(message)
        for one in given:
            mark = self.mark(one.attempt, one.exercise)
            appealed = mark.appealed or one.closes_appeal
            fewer = replace(mark, scores=mark.scores[:-1], taken_back=mark.taken_back + 1, appealed=appealed)
            self.put(one.attempt, fewer)

    def mark(self, attempt: int, exercise: str) -> Mark:
        marks = [
            mark
            for _, all_ in self.rows
            for one in all_
            if one.id == attempt
            for mark in one.marks
            if mark.exercise == exercise
        ]
        if not marks:
            message = f"attempt {attempt} has no exercise {exercise!r}"
            raise GradebookError(message)
        return marks[0]

    def put(self, attempt: int, mark: Mark) -> None:
        for place, (learner, attempts) in enumerate(self.rows):
            self.rows[place] = (learner, [self._with(one, attempt, mark) for one in attempts])

    @staticmethod
    def _with(one: Attempt, attempt: int, mark: Mark) -> Attempt:
        if one.id != attempt:
            return one
        return replace(one, marks=tuple(mark if old.exercise == mark.exercise else old for old in one.marks))

    def _row(self, learner: Learner, attempts: list[Attempt]) -> Row:
        standings = {}
        for name in self.lessons:
            mine = tuple(one for one in attempts if one.lesson == name)
            standings[name] = Standing(learner.key, name, 6.0, mine, mine[-1] if mine else None)
        return Row(learner, standings, 0.0, 6.0)


def memo(text: str, **changed: Any) -> Mark:
    return replace(Mark("memo", "Exercise: the memo", None, None, 6.0, manual=True, text=text), **changed)


def program(text: str, output: str = "", **changed: Any) -> Mark:
    mark = Mark("program", "Exercise: a program", None, None, 4.0, manual=True, text=text, output=output)
    return replace(mark, **changed)


def checked(**changed: Any) -> Mark:
    return replace(Mark("first-sum", "Exercise: find first-sum", Outcome.FAILED, 0.0, 2.0, message="not 42"), **changed)


def attempt(number: int, learner: str, *marks: Mark, lesson: str = "first", nth: int = 1, **changed: Any) -> Attempt:
    made = Attempt(
        number, learner, lesson, f"00-module/01-{lesson}.ipynb", nth, NOON, NOON, "f", "0" * 64, "1", marks=marks
    )
    return replace(made, **changed)


def person(key: str, name: str = "", cohort: str = "") -> Learner:
    return Learner(key, name or key.title(), cohort=cohort)


def manual_cells(name: str, answer: str, scheme: str, points: int, kind: str = "markdown") -> list[dict[str, Any]]:
    own = {"exercise": name}
    meta = {
        "grade": True,
        "grade_id": name,
        "locked": False,
        "points": points,
        "schema_version": 3,
        "solution": True,
        "task": False,
    }
    source = f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION"
    if scheme:
        source += f"\n### BEGIN MARK SCHEME\n{scheme}\n### END MARK SCHEME"
    empty = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return [
        {
            "cell_type": "markdown",
            "id": f"{name}-prompt",
            "metadata": {"curriculum": own},
            "source": PROMPT.format(name),
        },
        {"cell_type": kind, "id": name, "metadata": {"curriculum": own, "nbgrader": meta}, "source": source, **empty},
    ]


class Browser:
    """A browser without a script: it follows links and sends the forms that pages hold."""

    def __init__(self, app: Any) -> None:
        self.transport = httpx.ASGITransport(app)
        self.page = ""
        self.path = ""
        self.status = 0

    def get(self, path: str = f"/{TOKEN}/", **named: Any) -> str:
        return self._at("GET", path, **named)

    def post(self, path: str, data: Any, **named: Any) -> str:
        return self._at("POST", path, data=data, **named)

    def open(self, text: str) -> str:
        """Open the answer whose beginning is shown as ``text``."""
        self.get()
        for link in self.links("exercise/"):
            self.get(link)
            for address, shown in re.findall(r'<a href="([^"]*answer/[^"]*)" dir="auto">([^<]*)</a>', self.page):
                if shown == text:
                    return self.get(address.replace("&amp;", "&"))
        raise AssertionError(text)

    def links(self, part: str) -> list[str]:
        return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*)"', self.page) if part in link]

    def form(self, name: str = "score") -> tuple[str, dict[str, Any]]:
        """Where a form goes, and what it holds as it stands."""
        whole = re.search(rf'<form method="post" action="([^"]*)" id="{name}".*?</form>', self.page, re.DOTALL)
        assert whole, f"no form {name}"
        data: dict[str, Any] = {}
        for tag in re.findall(r"<input[^>]*>", whole[0]):
            field = {key: html.unescape(value) for key, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
            ticked = field.get("type") not in {"checkbox", "radio"} or tag.rstrip(">").endswith(" checked")
            if ticked and field.get("name") == "seen":
                data.setdefault("seen", []).append(field["value"])
            elif ticked and "name" in field:
                data[field["name"]] = field["value"]
        for field, text in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n(.*?)</textarea>', whole[0], re.DOTALL):
            data[field] = html.unescape(text)
        return html.unescape(whole[1]), data

    def send(self, form: str = "score", **typed: Any) -> str:
        address, data = self.form(form)
        return self.post(address, {key: value for key, value in (data | typed).items() if value is not None})

    def message(self) -> str:
        found = re.search(r'<p class="message[^>]*>(.*?)</p>', self.page, re.DOTALL)
        return html.unescape(found[1]) if found else ""

    def _at(self, method: str, path: str, **named: Any) -> str:
        async def asked() -> httpx.Response:
            client = httpx.AsyncClient(
                transport=self.transport, base_url="http://127.0.0.1:8765", follow_redirects=True
            )
            async with client:
                return await client.request(method, path, **named)

        answer = asyncio.run(asked())
        self.page, self.path, self.status = answer.text, str(answer.url), answer.status_code
        self.headers = answer.headers
        return self.page
