"""Every rule of `curriculum lint` is broken once, alone, in a lesson that is otherwise sound."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from curriculum import check, course, notebook
from curriculum.cli import app
from curriculum.lint import COURSE_RULES, RULES, LintFinding, lint, lint_course, lint_target, measure, targets
from curriculum.lint._python import bound, parse

if TYPE_CHECKING:
    from curriculum.notebook import Notebook

ROOT = Path(__file__).resolve().parents[1]
LESSON = "sample-lesson"
RUN = CliRunner()

# --- a sound lesson --------------------------------------------------------------------------------------------------

ALT = "Line chart of the orders of each day from Monday to Sunday; they rise every day."
LORE = "A number means little without the question that it answers, so read the question twice before you compute."
PARTS = ("Count", "Weigh", "Draw", "Decide")
STEPS = ("first", "second", "third")
DEMOS = [f"{part.lower()}-{step}" for part in PARTS for step in STEPS]
Change = "Callable[[Draft], None]"

FOLDED = {"source_hidden": True}


def text(name: str, source: str, **metadata: Any) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": name, "metadata": metadata, "source": source}


def code(name: str, source: str, *outputs: dict[str, Any], **metadata: Any) -> dict[str, Any]:
    rest = {"execution_count": 0, "outputs": list(outputs)}
    return {"cell_type": "code", "id": name, "metadata": metadata, "source": source, **rest}


def grader(name: str, *, grade: bool = False, solution: bool = False, points: int | None = None) -> dict[str, Any]:
    keys = {"grade": grade, "grade_id": name, "locked": not solution, "schema_version": 3, "solution": solution}
    return keys | {"task": False} | ({} if points is None else {"points": points})


def printed(content: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": content}


def picture(alt: str) -> dict[str, Any]:
    metadata = {"image/png": {"alt": alt}} if alt else {}
    return {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo="}, "metadata": metadata}


def failed(name: str = "ValueError") -> dict[str, Any]:
    return {
        "output_type": "error",
        "ename": name,
        "evalue": "no",
        "traceback": ["File /home/ada/x.py at 0x7f00deadbeef"],
    }


def asked(name: str, prompt: str, answer: str, tests: str, *, points: int) -> list[dict[str, Any]]:
    """The three cells of an exercise or a question."""
    own = {"exercise": name}
    graded = grader(f"{name}-check", grade=True, points=points)
    return [
        text(f"{name}-prompt", prompt, curriculum=own),
        code(name, answer, curriculum=own, nbgrader=grader(name, solution=True)),
        code(f"{name}-check", tests, curriculum=own, jupyter=FOLDED, nbgrader=graded),
    ]


def exercise(name: str) -> list[dict[str, Any]]:
    function = name.replace("-", "_")
    hints = "".join(f"<details><summary>Hint {n}</summary>\n\n{LORE}\n\n</details>\n" for n in (1, 2))
    prompt = f"### Exercise: {name}\n\nWrite `{function}(values)`. `{function}([1, 3])` gives `2.0`.\n\n{hints}"
    answer = (
        f'def {function}(values):\n    """Return the middle."""\n    ### BEGIN SOLUTION\n'
        f"    {function}_total = sum(values)\n    {function}_count = len(values)\n"
        f"    return {function}_total / {function}_count\n    ### END SOLUTION"
    )
    tests = (
        f'check.exercise("{name}")\ncheck.equal({function}([1, 3]), 2.0)\n### BEGIN HIDDEN TESTS\n'
        f"draws = check.rng().normal(size=9)\ncheck.close({function}(draws), draws.mean())\n### END HIDDEN TESTS"
    )
    return asked(name, prompt, answer, tests, points=2)


def question(name: str) -> list[dict[str, Any]]:
    variable = name.replace("-", "_")
    prompt = f"### Question: {name}\n\nWhich?\n\n- **a)** the mean\n- **b)** the median\n- **c)** neither\n"
    answer = f'{variable} = (\n    ### BEGIN SOLUTION\n    "b"\n    ### END SOLUTION\n)'
    options = {letter: f"Option {letter} is what it is because of outliers." for letter in "abc"}
    key = check.choice_key(name, "b")
    tests = f'check.exercise("{name}")\ncheck.choice({variable}, key="{key}", options={options})'
    return asked(name, prompt, answer, tests, points=1)


def section(part: str) -> list[dict[str, Any]]:
    low = part.lower()
    made = [text(low, f"## {part}\n\n{LORE}")]
    for step in STEPS:
        made += [
            code(f"{low}-{step}", f"{low}_{step} = [3, 1, 2]\nprint({low}_{step})", printed("[3, 1, 2]\n")),
            text(f"{low}-{step}-read", f"{LORE} By hand: $3 + 1 + 2 = 6$."),
        ]
    return made + exercise(f"{low}-middle")


def sound_cells() -> list[dict[str, Any]]:
    imports = "import numpy as np\nfrom curriculum import check, plots"
    aims = "- Count.\n- Weigh.\n- Decide.\n\n*90 minutes.*"
    references = "- A. Author: *A Book*, 2001.\n- B. Writer: *A Paper*, 2002."
    return [
        text("title", f"# Sample lesson\n\n{LORE} {LORE}"),
        text("aims", f"## What you will be able to do\n\n{aims}"),
        code("sample-setup", imports, nbgrader=grader("sample-setup")),
        *(cell for part in PARTS for cell in section(part)),
        code("orders-figure", "plots.show(figure, alt='...')", picture(ALT)),
        *question("which-middle"),
        *question("which-spread"),
        text("mistakes", f"## Common mistakes\n\n{LORE}"),
        text("job", f"## On the job\n\n{LORE}"),
        text("now", "## What you can do now\n\n- You counted.\n- You weighed.\n- You decided."),
        text("further", f"## Further reading\n\n{references}"),
    ]


@dataclass
class Draft:
    """The sound lesson while a case breaks it."""

    cells: list[dict[str, Any]] = field(default_factory=sound_cells)
    metadata: dict[str, Any] = field(
        default_factory=lambda: {
            "curriculum": {"lesson": LESSON},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    minor: int = 5
    introduction: bool = False

    def cell(self, name: str) -> dict[str, Any]:
        return next(cell for cell in self.cells if cell["id"] == name)

    def number(self, name: str) -> int:
        return self.cells.index(self.cell(name))

    def run_all(self) -> None:
        executed = [cell for cell in self.cells if cell["cell_type"] == "code" and cell["source"].strip()]
        for count, cell in enumerate(executed, start=1):
            if cell["execution_count"] == 0:
                cell["execution_count"] = count

    def document(self) -> dict[str, Any]:
        self.run_all()
        return {"cells": self.cells, "metadata": self.metadata, "nbformat": 4, "nbformat_minor": self.minor}

    def notebook(self, folder: Path = Path()) -> Notebook:
        return notebook.loads(json.dumps(self.document()), folder / f"05-{LESSON}.ipynb")

    def findings(self, folder: Path = Path()) -> list[LintFinding]:
        source = self.notebook(folder)
        return lint(source, text=source.dumps(), lesson=LESSON, minutes=90, is_introduction=self.introduction)


# --- ways to break it ------------------------------------------------------------------------------------------------


def source(name: str, new: str) -> Change:
    return lambda draft: draft.cell(name).update(source=new)


def replaced(name: str, old: str, new: str) -> Change:
    def change(draft: Draft) -> None:
        cell = draft.cell(name)
        assert old in cell["source"], f"{old!r} is not in {name}"
        cell["source"] = cell["source"].replace(old, new, 1)

    return change


def added(name: str, more: str) -> Change:
    return lambda draft: draft.cell(name).update(source=draft.cell(name)["source"] + more)


def grading(name: str, **keys: Any) -> Change:
    return lambda draft: draft.cell(name)["metadata"]["nbgrader"].update(keys)


def without(name: str, *path: str) -> Change:
    def change(draft: Draft) -> None:
        place = draft.cell(name)
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]

    return change


def meta(name: str, **keys: Any) -> Change:
    return lambda draft: draft.cell(name)["metadata"].update(keys)


def own(**keys: Any) -> Change:
    return lambda draft: draft.metadata.update(keys)


def output(name: str, *outputs: dict[str, Any]) -> Change:
    return lambda draft: draft.cell(name).update(outputs=list(outputs))


def dropped(*names: str) -> Change:
    return lambda draft: setattr(draft, "cells", [cell for cell in draft.cells if cell["id"] not in names])


def inserted(after: str, *cells: dict[str, Any]) -> Change:
    def change(draft: Draft) -> None:
        place = draft.number(after) + 1
        draft.cells[place:place] = copy.deepcopy(list(cells))

    return change


def swapped(first: str, second: str) -> Change:
    def change(draft: Draft) -> None:
        one, two = draft.number(first), draft.number(second)
        draft.cells[one], draft.cells[two] = draft.cells[two], draft.cells[one]

    return change


def renamed(name: str, new: str) -> Change:
    return lambda draft: draft.cell(name).update(id=new)


def many(*changes: Change) -> Change:
    def change(draft: Draft) -> None:
        for one in changes:
            one(draft)

    return change


def lengthened(name: str, lines: int) -> Change:
    stem = name.replace("-", "_")
    return many(source(name, "\n".join(f"{stem}_{n} = {n}" for n in range(lines))), output(name))


def wordless(draft: Draft) -> None:
    for name in DEMOS:
        lengthened(name, 5)(draft)
        source(f"{name}-read", "Read.")(draft)


def manual(name: str, scheme: str = "\n### BEGIN MARK SCHEME\n2: names the risk\n### END MARK SCHEME") -> list[Any]:
    label = {"exercise": name}
    hints = "".join(f"<details><summary>Hint {n}</summary>\n\n{LORE}\n\n</details>\n" for n in (1, 2))
    meta_ = grader(name, grade=True, solution=True, points=3)
    return [
        text(f"{name}-prompt", f"### Exercise: a memo\n\n{LORE}\n\n{hints}", curriculum=label),
        text(name, f"Your memo.{scheme}", curriculum=label, nbgrader=meta_),
    ]


DEMO, READ, CHECK, ANSWER, PROMPT = (
    "count-first",
    "count-first-read",
    "count-middle-check",
    "count-middle",
    "count-middle-prompt",
)
QUIZ, QUIZ_CHECK, QUIZ_PROMPT = "which-middle", "which-middle-check", "which-middle-prompt"
HIDDEN = "### BEGIN HIDDEN TESTS\n"
SOLVED = "count_middle_total = sum(values)\ncount_middle_count = len(values)"

CASES: list[tuple[str, str, Change]] = [
    # file
    ("invalid-nbformat", DEMO, lambda draft: draft.cell(DEMO).update(colour="red")),
    ("invalid-nbformat", "", lambda draft: setattr(draft, "minor", 4)),
    ("foreign-kernel", "", own(kernelspec={"display_name": "mine", "name": "venv"})),
    ("foreign-kernel", "", lambda draft: draft.metadata.pop("kernelspec")),
    ("wrong-lesson-id", "", own(curriculum={"lesson": "other"})),
    ("wrong-lesson-id", "", own(curriculum={})),
    ("timing-metadata", DEMO, meta(DEMO, execution={"iopub.execute_input": "2026-01-01"})),
    # cells
    ("unreadable-cell-id", "Count_First", renamed(DEMO, "Count_First")),
    ("unreadable-cell-id", "cell-12", renamed(DEMO, "cell-12")),
    ("unreadable-cell-id", "3f2a9c1e", renamed(DEMO, "3f2a9c1e")),
    (
        "unreadable-cell-id",
        "0b5ae5a2-6d3c-4c1e-9f2b-2d8e1b7c0a11",
        renamed(DEMO, "0b5ae5a2-6d3c-4c1e-9f2b-2d8e1b7c0a11"),
    ),
    ("duplicate-cell-id", READ, renamed("weigh-first-read", READ)),
    ("empty-cell", DEMO, many(source(DEMO, "  \n"), output(DEMO), lambda d: d.cell(DEMO).update(execution_count=None))),
    ("long-code-cell", DEMO, source(DEMO, "\n".join(f"count_{n} = {n}" for n in range(31)))),
    ("long-code-cell", ANSWER, replaced(ANSWER, "    ### END", "    values = [1]\n" * 50 + "    ### END")),
    ("long-text-cell", READ, added(READ, " word" * 250)),
    ("not-python", DEMO, source(DEMO, "print('a'")),
    # nbgrader
    ("nbgrader-schema", CHECK, without(CHECK, "metadata", "nbgrader", "locked")),
    ("nbgrader-schema", CHECK, without(CHECK, "metadata", "nbgrader", "points")),
    ("nbgrader-schema", CHECK, grading(CHECK, points=-1)),
    ("nbgrader-schema", CHECK, grading(CHECK, points=True)),
    ("nbgrader-schema", CHECK, grading(CHECK, checksum="0" * 32)),
    ("nbgrader-schema", CHECK, grading(CHECK, cell_type="code")),
    ("nbgrader-schema", CHECK, grading(CHECK, colour="red")),
    ("nbgrader-schema", CHECK, grading(CHECK, schema_version=2)),
    ("nbgrader-schema", CHECK, grading(CHECK, task=None)),
    ("nbgrader-schema", ANSWER, grading(ANSWER, points=2)),
    ("nbgrader-schema", "sample-setup", grading("sample-setup", grade_id="sample setup")),
    ("nbgrader-schema", "sample-setup", grading("sample-setup", grade_id="")),
    ("nbgrader-role", ANSWER, grading(ANSWER, locked=True)),
    ("nbgrader-role", CHECK, grading(CHECK, locked=False)),
    ("nbgrader-role", DEMO, meta(DEMO, nbgrader=grader("x") | {"locked": False})),
    (
        "nbgrader-role",
        "memo",
        many(inserted("count-second-read", *manual("memo")), grading("memo", grade=True, task=True)),
    ),
    ("duplicate-grade-id", DEMO, meta(DEMO, nbgrader=grader("sample-setup"))),
    ("cell-id-not-grade-id", CHECK, grading(CHECK, grade_id="elsewhere")),
    ("unlocked-setup", "sample-setup", without("sample-setup", "metadata", "nbgrader")),
    # markers
    ("unpaired-marker", CHECK, replaced(CHECK, "\n### END HIDDEN TESTS", "")),
    ("unpaired-marker", CHECK, replaced(CHECK, HIDDEN, HIDDEN + HIDDEN)),
    ("unpaired-marker", ANSWER, replaced(ANSWER, "    ### END SOLUTION", "")),
    ("unpaired-marker", ANSWER, replaced(ANSWER, "    ### END", "    ### BEGIN SOLUTION\n    ### END")),
    ("unpaired-marker", DEMO, added(DEMO, "\n### END HIDDEN TESTS")),
    ("misplaced-marker", DEMO, added(DEMO, "\n### BEGIN SOLUTION\nprint(1)\n### END SOLUTION")),
    ("misplaced-marker", READ, added(READ, "\n\n### BEGIN MARK SCHEME\nsecret\n### END MARK SCHEME")),
    ("misspelt-marker", CHECK, added(CHECK, "\n# begin hidden test")),
    ("misspelt-marker", CHECK, added(CHECK, "\n### BEGIN HIDDENTESTS")),
    # exercises
    ("unnamed-exercise", ANSWER, without(ANSWER, "metadata", "curriculum")),
    ("incomplete-exercise", ANSWER, dropped(PROMPT)),
    ("incomplete-exercise", PROMPT, dropped(ANSWER)),
    ("incomplete-exercise", PROMPT, dropped(CHECK)),
    ("exercise-order", PROMPT, swapped(ANSWER, CHECK)),
    ("exercise-order", "between", inserted(PROMPT, text("between", LORE))),
    ("exercise-ids", "count-task", renamed(PROMPT, "count-task")),
    ("exercise-ids", "solve", many(renamed(ANSWER, "solve"), grading("solve", grade_id="solve"))),
    ("prompt-heading", PROMPT, replaced(PROMPT, "### Exercise: ", "### Task: ")),
    ("prompt-heading", QUIZ_PROMPT, replaced(QUIZ_PROMPT, "### Question: ", "### Exercise: ")),
    ("missing-hints", PROMPT, lambda d: d.cell(PROMPT).update(source=d.cell(PROMPT)["source"].split("<details>")[0])),
    ("malformed-hint", PROMPT, replaced(PROMPT, "</details>", "")),
    ("malformed-hint", PROMPT, replaced(PROMPT, "</summary>\n\n", "</summary>\n")),
    ("malformed-hint", PROMPT, replaced(PROMPT, f"</summary>\n\n{LORE}", "</summary>\n\n")),
    ("code-in-hint", PROMPT, replaced(PROMPT, "\n\n</details>", "\n\n```python\nsum(x) / 2\n```\n\n</details>")),
    ("exercise-without-points", CHECK, grading(CHECK, points=0)),
    ("manual-without-rubric", "memo", inserted("count-second-read", *manual("memo", scheme=""))),
    (
        "too-many-manual",
        "plan-prompt",
        many(
            dropped("draw-middle-prompt", "draw-middle", "draw-middle-check"),
            inserted("count-second-read", *manual("memo"), *manual("plan")),
        ),
    ),
    # checks
    ("points-without-tests", CHECK, replaced(CHECK, "check.equal(count_middle([1, 3]), 2.0)", "count_middle([1, 3])")),
    ("points-without-tests", CHECK, replaced(CHECK, "check.close(count_middle(draws), draws.mean())", "pass")),
    (
        "points-without-tests",
        CHECK,
        replaced(CHECK, "check.equal(count_middle([1, 3]), 2.0)", "def f():\n    assert 0"),
    ),
    ("no-hidden-tests", CHECK, lambda d: d.cell(CHECK).update(source=d.cell(CHECK)["source"].split(HIDDEN)[0])),
    ("check-opening", CHECK, replaced(CHECK, 'check.exercise("count-middle")\n', "")),
    ("check-opening", CHECK, replaced(CHECK, '"count-middle"', '"draw-middle"')),
    ("check-prints", CHECK, added(CHECK, "\nprint('well done')")),
    # questions
    ("quiz-options", QUIZ_PROMPT, replaced(QUIZ_PROMPT, "- **c)** neither\n", "")),
    ("quiz-options", QUIZ_CHECK, replaced(QUIZ_CHECK, "'c':", "'d':")),
    ("quiz-explanations", QUIZ_CHECK, replaced(QUIZ_CHECK, "Option c is what it is because of outliers.", "No.")),
    ("quiz-explanations", QUIZ_CHECK, replaced(QUIZ_CHECK, "Option c is", "Option b is")),
    ("quiz-key", QUIZ_CHECK, replaced(QUIZ, '"b"', '"a"')),
    ("quiz-key", QUIZ_CHECK, replaced(QUIZ_CHECK, "choice(which_middle", "choice(which_spread")),
    ("check-not-folded", QUIZ_CHECK, without(QUIZ_CHECK, "metadata", "jupyter")),
    # solutions
    (
        "unmarked-solution",
        ANSWER,
        many(
            replaced(ANSWER, "    ### BEGIN SOLUTION\n", ""),
            replaced(ANSWER, "    ### END SOLUTION", ""),
        ),
    ),
    (
        "broken-starter",
        ANSWER,
        many(
            replaced(ANSWER, "    ### BEGIN SOLUTION\n", ""),
            replaced(ANSWER, "def", "### BEGIN SOLUTION\ndef"),
            added(ANSWER, "\n    pass"),
        ),
    ),
    (
        "broken-starter",
        ANSWER,
        source(ANSWER, "def count_middle(v):\n    ### BEGIN SOLUTION\n    ...\n    ### END SOLUTION"),
    ),
    ("broken-starter", ANSWER, source(ANSWER, 'count_middle = """\n### BEGIN SOLUTION\nx\n### END SOLUTION\n"""')),
    ("starter-loses-name", QUIZ, source(QUIZ, '### BEGIN SOLUTION\nwhich_middle = "b"\n### END SOLUTION')),
    ("solution-leaks", DEMO, source(DEMO, f"values = [1]\n{SOLVED}")),
    (
        "solution-leaks",
        DEMO,
        source(DEMO, "def other(values):\n" + "\n".join(f"  {x}  # {x}" for x in SOLVED.split("\n"))),
    ),
    ("solution-leaks", READ, added(READ, f"\n\n```python\nvalues = [1]\n\n{SOLVED}\n```\n")),
    ("solution-leaks", DEMO, output(DEMO, printed("def f(values):\n    " + SOLVED.replace("\n", "\n    ")))),
    ("solution-leaks", "draw-middle-check", replaced("draw-middle-check", HIDDEN, f"values = [1]\n{SOLVED}\n{HIDDEN}")),
    ("solution-name-reassigned", DEMO, source(DEMO, "count_middle = 3")),
    ("solution-name-reassigned", "weigh-middle", added("weigh-middle", "\n\n\ndef count_middle():\n    return 1")),
    # parts
    ("title-and-why", "title", source("title", "# Sample lesson\n\nToo short.")),
    ("title-and-why", "title", replaced("title", "# Sample", "Sample")),
    ("title-and-why", "further", added("further", "\n\n# Another title")),
    ("missing-part", "", replaced("job", "## On the job", "**On the job**")),
    ("missing-part", "", swapped("job", "now")),
    ("aim-count", "aims", replaced("aims", "- Count.\n", "")),
    ("reference-count", "further", added("further", "\n- C.\n- D.\n- E.")),
    ("section-count", "", many(*(replaced(p.lower(), "## ", "") for p in PARTS[1:]))),
    ("stated-minutes", "aims", replaced("aims", "90 minutes", "60 minutes")),
    ("stated-minutes", "aims", replaced("aims", "*90 minutes.*", "An evening.")),
    ("heading-jump", READ, added(READ, "\n\n#### Deep\n\nToo deep.")),
    # prose
    ("belittling-word", READ, added(READ, " You simply add them.")),
    ("belittling-word", READ, added(READ, " Obviously, they add up.")),
    ("unclosed-math", READ, added(READ, " It costs $5.")),
    ("unclosed-math", READ, added(READ, "\n\n$$x + y")),
    ("remote-picture", READ, added(READ, "\n\n![a map of the city](https://example.org/a.png)")),
    ("remote-picture", READ, added(READ, '\n\n<img alt="a map" src="https://example.org/a.png">')),
    ("missing-link-target", READ, added(READ, "\n\nSee [the last one](../00-none/01-none.ipynb#part).")),
    # rhythm
    ("cell-count", "", inserted("mistakes", *(text(f"note-{w}-{v}", LORE) for w in "abcdefgh" for v in "stuvwxyz"))),
    ("long-demonstrations", "", many(*(lengthened(name, 6) for name in DEMOS))),
    ("long-demonstrations", "", many(*(lengthened(name, 16) for name in DEMOS[:3]))),
    ("little-prose", "", wordless),
    (
        "code-after-code",
        DEMO,
        inserted(DEMO, code("one-more", "print(2)", printed("2")), code("yet-more", "print(3)", printed("3"))),
    ),
    ("exercise-count", "", dropped(PROMPT, ANSWER, CHECK)),
    ("question-count", "", dropped(QUIZ_PROMPT, QUIZ, QUIZ_CHECK)),
    # outputs
    ("not-run-in-order", DEMO, lambda draft: draft.cell(DEMO).update(execution_count=None)),
    ("not-run-in-order", DEMO, lambda draft: draft.cell(DEMO).update(execution_count=17)),
    ("stored-error", DEMO, output(DEMO, failed())),
    ("error-not-raised", DEMO, meta(DEMO, tags=["raises-exception"])),
    ("stderr-output", DEMO, output(DEMO, printed("UserWarning: old", name="stderr"))),
    ("long-output", DEMO, output(DEMO, printed("row\n" * 61))),
    ("long-output", DEMO, output(DEMO, printed("x" * 151_000))),
    ("address-in-output", DEMO, output(DEMO, printed("<Axes object at 0x7f3c1a2b4d50>"))),
    ("missing-alt", "orders-figure", output("orders-figure", picture(""))),
    ("missing-alt", READ, added(READ, "\n\n![](#)")),
    ("short-alt", "orders-figure", output("orders-figure", picture("A line chart."))),
    # code
    ("bare-except", DEMO, source(DEMO, "try:\n    print(1)\nexcept:\n    print(2)")),
    ("plt-show", DEMO, source(DEMO, "import matplotlib.pyplot as plt\nplt.show()")),
    ("global-randomness", DEMO, source(DEMO, "np.random.seed(3)")),
    ("global-randomness", DEMO, source(DEMO, "print(np.random.rand(3))")),
    ("global-randomness", DEMO, source(DEMO, "from random import choice\nchoice([1, 2])")),
    ("clock", DEMO, source(DEMO, "from datetime import datetime\nprint(datetime.now())")),
    ("clock", DEMO, source(DEMO, "import time\nbegun = time.perf_counter()")),
    ("clock", DEMO, source(DEMO, "%timeit sum([1])")),
    ("network", DEMO, source(DEMO, "import requests")),
    ("network", DEMO, source(DEMO, "from urllib.request import urlopen")),
    ("network", DEMO, source(DEMO, "from sklearn.datasets import fetch_openml")),
    ("network", DEMO, source(DEMO, "import pandas as pd\npd.read_csv('https://example.org/a.csv')")),
    ("network", DEMO, source(DEMO, "from curriculum import datasets\ndatasets.load('adult')")),
    ("network", DEMO, source(DEMO, "import httpx\nhttpx.get('https://example.org')")),
    ("network", DEMO, source(DEMO, "import httpx\nhttpx.Client(base_url='http://fernway')")),
    ("global-randomness", DEMO, source(DEMO, "%%capture\nnp.random.seed(3)")),
    ("shell-command", DEMO, source(DEMO, "!ls")),
    ("shell-command", DEMO, source(DEMO, "%pip install pandas")),
    ("shell-command", DEMO, source(DEMO, "%%bash\nls")),
    ("machine-path", DEMO, source(DEMO, "print('/home/ada/data.csv')")),
    ("machine-path", DEMO, source(DEMO, r"print('C:\\Users\\ada\\data.csv')")),
    ("machine-path", DEMO, output(DEMO, printed("saved to /tmp/abc.csv"))),
    # allowances
    ("unused-allowance", DEMO, meta(DEMO, curriculum={"allow": {"clock": "a timing"}})),
    ("unused-allowance", DEMO, meta(DEMO, curriculum={"allow": {"clocks": "a timing"}})),
]

UNSEEDED = [
    "np.random.default_rng()",
    "np.random.default_rng(None)",
    "from numpy.random import default_rng\ndefault_rng()",
    "import random\nrandom.Random()",
    "import uuid\nuuid.uuid4()",
    "from sklearn.ensemble import RandomForestClassifier\nRandomForestClassifier(n_estimators=9)",
    "from sklearn.model_selection import train_test_split\ntrain_test_split([1, 2])",
    "from sklearn.model_selection import KFold\nKFold(shuffle=True)",
    "from sklearn import cluster\ncluster.KMeans(3, random_state=None)",
    "from sklearn.datasets import make_moons\nmake_moons(9)",
    "from sklearn.dummy import DummyClassifier\nDummyClassifier(strategy='uniform')",
    "frame.sample(3)",
    "orders.frame.sample(frac=0.5)",
    "from scipy import stats\nstats.norm.rvs(size=3)",
    "from scipy import stats\nstats.bootstrap(([1, 2],), np.mean)",
    "from scipy import stats\nstats.permutation_test(([1], [2]), np.mean)",
]
SEEDED = [
    "np.random.default_rng(3)\nnp.random.default_rng(seed=3)",
    "def f(rng: np.random.Generator):\n    return rng.normal()",
    "import random\ngenerator = random.Random(3)\ngenerator.sample([1, 2], 2)",
    "from sklearn.ensemble import RandomForestClassifier\nRandomForestClassifier(random_state=3)",
    "from sklearn.ensemble import RandomForestClassifier\nRandomForestClassifier(**{'random_state': 3})",
    "from sklearn.model_selection import train_test_split\ntrain_test_split([1, 2], shuffle=False)",
    "from sklearn.model_selection import KFold\nKFold(5)",
    "from sklearn.linear_model import LogisticRegression\nLogisticRegression()",
    "frame.sample(3, random_state=3)",
    "mixture.sample(100)",
    "distribution.sample()",
    "from scipy import stats\nstats.norm.rvs(size=3, random_state=3)",
    "from scipy import stats\nstats.permutation_test(([1], [2]), np.mean, n_resamples=np.inf)",
    "random = 3\nprint(random)",
]
CASES += [("unseeded-randomness", DEMO, source(DEMO, each)) for each in UNSEEDED]

# What a rule must leave alone.
SOUND: list[tuple[str, Change]] = [
    *((each, source(DEMO, each)) for each in SEEDED),
    (
        "a timing whose output is not compared",
        many(source(DEMO, "%timeit 1"), meta(DEMO, tags=["nbval-ignore-output"])),
    ),
    ("an error on purpose", many(output(DEMO, failed()), meta(DEMO, tags=["raises-exception"]))),
    (
        "a syntax error on purpose",
        many(source(DEMO, "print("), output(DEMO, failed()), meta(DEMO, tags=["raises-exception"])),
    ),
    ("money in dollars", added(READ, r" It costs \$5, and `$6` in code.")),
    ("display mathematics", added(READ, "\n\n$$\nx + y\n$$\n\nand $a_1$, $b$")),
    ("words in code", added(READ, " The option `simply` and\n\n```text\nobviously\n```\n")),
    ("a heading in fenced code", added(READ, "\n\n```python\n# not a heading\n##### nor this\n```\n")),
    ("links that last", added(READ, " [docs](https://docs.python.org) [above](#Count) <https://example.org>")),
    ("a relative link", added(READ, " [here](.)")),
    ("routes that look like paths", source(DEMO, "print('/orders/home/3', 'https://example.org/home/x', 'a/opt/b')")),
    ("an application in the process", source(DEMO, "import httpx\nhttpx.Client(transport=httpx.WSGITransport(None))")),
    ("text of a URL", source(DEMO, "from urllib.parse import urlparse\nurlparse('https://example.org')")),
    ("a shell line in a text", source(DEMO, "print('''\n!ls\n%pip install x\n''')")),
    ("comprehensions bind nothing", source(DEMO, "squares = [count_middle for count_middle in range(3)]")),
    ("one shared line", source(DEMO, "values = [1]\ncount_middle_total = sum(values)")),
    ("the solution is used", source("count-third", "print(count_middle([1, 2]))")),
    ("reference in hidden tests", replaced(CHECK, HIDDEN, f"{HIDDEN}values = [1]\n{SOLVED}\n")),
    (
        "a helper that calls a helper that tests",
        replaced(
            CHECK,
            "check.close(count_middle(draws), draws.mean())",
            "def one(v):\n    check.close(count_middle(v), v.mean())\n\n\ndef both(v):\n    one(v)\n\n\nboth(draws)",
        ),
    ),
    (
        "a helper that tests",
        replaced(
            CHECK,
            "check.equal(count_middle([1, 3]), 2.0)",
            "def judge(v):\n    check.equal(count_middle(v), 2.0)\n\n\njudge([1, 3])",
        ),
    ),
    (
        "assert and numpy.testing",
        replaced(
            CHECK, "check.equal(count_middle([1, 3]), 2.0)", "np.testing.assert_allclose(count_middle([1, 3]), 2)"
        ),
    ),
    ("a manual exercise", inserted("count-second-read", *manual("memo"))),
    (
        "a private helper in the solution",
        replaced(ANSWER, "    ### BEGIN SOLUTION\n", "    ### BEGIN SOLUTION\n    def inner():\n        return 1\n\n"),
    ),
    (
        "module 00 with fewer exercises",
        many(dropped(PROMPT, ANSWER, CHECK), lambda d: setattr(d, "introduction", True)),
    ),
    (
        "an allowed finding",
        many(
            source(DEMO, "import time\ntime.time()"),
            meta(DEMO, curriculum={"allow": {"clock": "shows that it changes"}}),
        ),
    ),
    (
        "readable ids",
        many(renamed(DEMO, "welch-2-sample"), renamed("weigh-first", "facade"), renamed("draw-first", "top-10")),
    ),
]


# --- the rules -------------------------------------------------------------------------------------------------------


def test_the_sound_lesson_has_no_findings():
    assert Draft().findings() == []


@pytest.mark.parametrize(("rule", "cell", "change"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_a_broken_rule_is_found_alone(rule, cell, change, tmp_path):
    draft = Draft()
    change(draft)
    found = draft.findings(tmp_path)
    assert {(item.rule, item.cell_id) for item in found} == {(rule, cell)}, [str(item) for item in found]
    for item in found:
        assert item.file.endswith("05-sample-lesson.ipynb")
        assert item.message
        assert item.advice
        place = f"{item.file}:{cell}: " if cell else f"{item.file}: "
        assert str(item) == f"{place}{rule}: {item.message}; {item.advice}"
        assert "\n" not in str(item)


@pytest.mark.parametrize("change", [pytest.param(change, id=name) for name, change in SOUND])
def test_what_is_right_is_left_alone(change, tmp_path):
    draft = Draft()
    change(draft)
    assert [str(item) for item in draft.findings(tmp_path)] == []


def test_a_file_that_jupyter_would_save_differently():
    draft = Draft()
    found = lint(draft.notebook(), text=json.dumps(draft.document()), lesson=LESSON, minutes=90)
    assert [item.rule for item in found] == ["not-as-saved"]
    source_text = draft.notebook().dumps()
    assert lint(draft.notebook(), text=source_text.replace("\n", "\r\n"), lesson=LESSON, minutes=90) == []


def test_a_key_that_reading_would_fill_in_is_missed():
    draft = Draft()
    stored = draft.notebook().to_json()
    del stored["cells"][2]["outputs"]
    stored_text = json.dumps(stored, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    found = lint(notebook.loads(stored_text), text=stored_text, lesson=LESSON, minutes=90)
    assert [(item.rule, item.cell_id) for item in found] == [("invalid-nbformat", "sample-setup")]


def test_a_large_file():
    draft = Draft()
    for name in DEMOS[:4]:
        big = picture(ALT)
        big["data"]["image/png"] = "A" * 140_000
        draft.cell(name)["outputs"] = [big]
    assert [item.rule for item in draft.findings()] == ["large-file"]


def test_the_quiz_key_to_paste_is_right():
    draft = Draft()
    replaced(QUIZ, '"b"', '"a"')(draft)
    (found,) = draft.findings()
    assert check.choice_key(QUIZ, "a") in found.advice


def test_every_rule_has_a_case():
    alone = {"not-as-saved", "large-file"}
    assert {case[0] for case in CASES} | alone == set(RULES)


@pytest.mark.parametrize("name", [*RULES, *COURSE_RULES])
def test_rule_names_are_words(name):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)


def test_the_documentation_lists_every_rule_as_it_is():
    page = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*?) \| (.*?) \|$", page, re.MULTILINE)
    registered = [*RULES.values(), *COURSE_RULES.values()]
    assert sorted(rows) == sorted((rule.name, rule.about, rule.mend.replace("|", "\\|")) for rule in registered)


def test_names_bound_by_a_cell():
    cell = """
import a
b, (c, *d) = 1, (2, 3)
for e in b: f = [g for g in e]
with h as i: pass
def j(k): l = 1
m: int = 2
_ = 3
"""
    assert bound(cell) == {"b", "c", "d", "e", "f", "i", "j", "m"}


@pytest.mark.parametrize(
    ("cell", "commands"),
    [
        ("x = 1\n%matplotlib inline\n!ls -l", ("%matplotlib inline", "!ls -l")),
        ("files = !ls", ("!ls",)),
        ("for x in y:\n    %time f(x)", ("%time f(x)",)),
        ("%%html\n<b>", ("%%html",)),
        ("%%time\nx = !ls", ("%%time", "!ls")),
        ("sum?", ()),
        ("await f()", ()),
    ],
)
def test_ipython_syntax_is_understood(cell, commands):
    program = parse(cell)
    assert not program.problem
    assert program.commands == commands


# --- the course ------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_course(tmp_path):
    root = tmp_path / "notebooks"
    (root / "01-first").mkdir(parents=True)
    lesson = '[[module.lesson]]\nfile = "05-sample-lesson"\ntitle = "Sample"\nminutes = 90\n'
    listing = (
        f'id = "small"\ntitle = "Small"\nversion = "1"\n[[module]]\nfolder = "01-first"\ntitle = "First"\n{lesson}'
    )
    (root / "course.toml").write_text(listing, encoding="utf-8")
    notebook.write(Draft().notebook(), root / "01-first" / "05-sample-lesson.ipynb")
    return root


def add_lesson(root: Path, file: str) -> None:
    with (root / "course.toml").open("a", encoding="utf-8") as listing:
        listing.write(f'[[module.lesson]]\nfile = "{file}"\ntitle = "More"\nminutes = 90\n')


def write_lesson(root: Path, name: str, draft: Draft) -> Path:
    path = root / "01-first" / f"{name}.ipynb"
    notebook.write(draft.notebook(), path)
    return path


def run(*arguments: str | Path):
    return RUN.invoke(app, ["lint", *map(str, arguments)])


def test_a_sound_course_has_no_findings(small_course):
    assert lint_course(course.load(small_course)) == []
    result = run("--course", small_course)
    assert (result.exit_code, result.stdout) == (0, "1 notebook, 0 findings\n")


def test_a_grade_id_of_another_lesson(small_course):
    add_lesson(small_course, "06-copy")
    copied = Draft(metadata=Draft().metadata | {"curriculum": {"lesson": "copy"}})
    copied.cells = [cell for cell in copied.cells if cell["id"] != CHECK]
    path = write_lesson(small_course, "06-copy", copied)
    found = lint_course(course.load(small_course))
    assert {item.rule for item in found} == {"grade-id-reused"}
    assert {item.file for item in found} == {str(path)}
    assert CHECK not in {item.cell_id for item in found}
    assert ANSWER in {item.cell_id for item in found}


def test_a_notebook_that_is_not_listed(small_course):
    path = write_lesson(small_course, "07-forgotten", Draft())
    write_lesson(small_course, ".ipynb_checkpoints/07-forgotten", Draft())
    (found,) = lint_course(course.load(small_course))
    assert (found.rule, found.file) == ("unlisted-notebook", str(path))


def test_a_lesson_without_notebook(small_course):
    add_lesson(small_course, "07-unwritten")
    (found,) = lint_course(course.load(small_course))
    assert (found.rule, found.file) == ("missing-notebook", str(small_course / "course.toml"))
    assert "01-first/07-unwritten.ipynb" in found.message
    assert run("--course", small_course).exit_code == 1


def test_every_rule_on_the_course_has_a_test():
    assert set(COURSE_RULES) == {"grade-id-reused", "unlisted-notebook", "missing-notebook"}


# --- the command -----------------------------------------------------------------------------------------------------


def broken(small_course: Path) -> Path:
    draft = Draft()
    for name in ("weigh-first", DEMO):
        draft.cell(name)["source"] = "np.random.seed(3)"
    return write_lesson(small_course, "05-sample-lesson", draft)


def test_findings_are_lines_in_order_with_a_count(small_course, monkeypatch):
    path = broken(small_course)
    monkeypatch.chdir(small_course)
    result = run("--course", small_course)
    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    where = path.relative_to(small_course)
    assert [line.split(": ")[0] for line in lines[:2]] == [f"{where}:{DEMO}", f"{where}:weigh-first"]
    assert lines[2:] == ["1 notebook, 2 findings"]


def test_findings_as_json(small_course):
    path = broken(small_course)
    result = run("--course", small_course, "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [set(item) for item in found] == [{"file", "cell_id", "rule", "message", "advice"}] * 2
    assert {item["file"] for item in found} == {str(path)}


@pytest.mark.parametrize("name", ["sample-lesson", "05-sample-lesson", "01-first/05-sample-lesson.ipynb"])
def test_a_lesson_by_name(small_course, name):
    broken(small_course)
    assert run("--course", small_course, name).stdout.endswith("1 notebook, 2 findings\n")


def test_a_file_and_its_folder_are_judged_once(small_course):
    path = broken(small_course)
    result = run("--course", small_course, path, path.parent)
    assert result.stdout.endswith("1 notebook, 2 findings\n")


def test_course_rules_are_for_the_whole_course_only(small_course):
    add_lesson(small_course, "07-unwritten")
    assert run("--course", small_course, "sample-lesson").exit_code == 0


def test_a_notebook_from_elsewhere(small_course, tmp_path):
    notebook.write(Draft().notebook(), tmp_path / "03-sample-lesson.ipynb")
    assert run("--course", small_course, tmp_path / "03-sample-lesson.ipynb").exit_code == 0


BAD = {
    "truncated.ipynb": '{"cells": [',
    "old.ipynb": '{"nbformat": 3, "worksheets": []}',
    "other.ipynb": "[1]",
    "cells.ipynb": '{"nbformat": 4, "cells": 3}',
}


@pytest.mark.parametrize("name", [*BAD, "missing.ipynb", "no/such/folder", "empty", "hypothesis-test"])
def test_bad_input_is_one_line_and_exit_code_2(small_course, tmp_path, name):
    for file, content in BAD.items():
        (tmp_path / file).write_text(content, encoding="utf-8")
    (tmp_path / "empty").mkdir()
    argument = name if name == "hypothesis-test" else str(tmp_path / name)
    command = [sys.executable, "-c", "from curriculum.cli import main; main()", "lint", "--course", str(small_course)]
    result = subprocess.run([*command, argument], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert name in result.stderr


def test_the_measures(small_course):
    path = small_course / "01-first" / "05-sample-lesson.ipynb"
    (numbers,) = [measure(target) for target in targets(course.load(small_course), [str(path)])]
    assert (numbers.exercises, numbers.questions, numbers.hints) == (4, 2, 8)
    assert (numbers.figures, numbers.without_alt, numbers.code_run) == (1, 0, 1)
    assert (numbers.median_lines, numbers.ninth_decile_lines) == (2, 2)
    result = run("--course", small_course, "--measures")
    assert result.exit_code == 0
    assert "sample-lesson" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert json.loads(run("--course", small_course, "--measures", "--json").stdout)[0]["lesson"] == LESSON


def test_measures_outside_their_bars_are_marked(small_course):
    draft = Draft()
    dropped(PROMPT, ANSWER, CHECK)(draft)
    write_lesson(small_course, "05-sample-lesson", draft)
    assert "3!" in run("--course", small_course, "--measures").stdout


# --- the real lessons ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lesson", course.load(ROOT / "notebooks").lessons, ids=lambda lesson: lesson.id)
def test_a_lesson_of_the_course_has_no_findings(lesson):
    (target,) = targets(course.load(ROOT / "notebooks"), [str(lesson.path)])
    assert [str(item) for item in lint_target(target)] == []


def test_the_course_has_no_findings():
    assert [str(item) for item in lint_course(course.load(ROOT / "notebooks"))] == []


def test_linting_the_course_is_quick_and_loads_no_heavy_library():
    program = (
        "import sys; from curriculum import course, lint\n"
        "found = [f for t in lint.targets(course.load()) for f in lint.lint_target(t)]\n"
        "print(*{'numpy', 'pandas', 'sklearn', 'matplotlib', 'IPython'} & set(sys.modules))"
    )
    begun = time.perf_counter()
    result = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)
    assert time.perf_counter() - begun < 15  # 1.5 s here; the bar is there for a loaded machine
    assert result.stdout.strip() == ""
