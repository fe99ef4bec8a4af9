"""The copy of a notebook with feedback inside: where cells stand, that texts show as they are, that nothing runs."""

from __future__ import annotations

import base64
import json
import warnings
from html.parser import HTMLParser

import nbformat
import pytest
from browsing import CHROMIUM, chromium, opened
from classes import NOW, PAYLOADS, attempt, mark
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from curriculum import course as courses
from curriculum.errors import CurriculumError
from curriculum.feedback import notebook
from curriculum.feedback._cells import literal
from curriculum.feedback._html import as_text, clean_html, is_inert
from curriculum.gradebook import ManualScore
from curriculum.grading import assemble
from curriculum.outcome import Outcome
from curriculum.release import learner_edition

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 20).decode()


@pytest.fixture(scope="module")
def course(make_module_course):
    return make_module_course()


@pytest.fixture(scope="module")
def lesson(course):
    return course.lesson("first")


@pytest.fixture
def released(course, lesson):
    return json.loads(learner_edition(lesson, course).dumps())


def graded(**more):
    marks = more.pop(
        "marks", [mark("first-sum"), mark("first-mean", Outcome.FAILED, message="✗ first-mean: Not yet\n  got  3")]
    )
    return attempt("ada", "first", marks, **more)


def copy(document, lesson, **more):
    made = notebook(graded(**more), json.dumps(document).encode(), lesson)
    read = json.loads(made)
    nbformat.validate(read)
    assert read["nbformat_minor"] >= 5
    ids = [cell["id"] for cell in read["cells"]]
    assert len(set(ids)) == len(ids)
    return read


def names(document):
    return [cell["id"] for cell in document["cells"]]


def text_of(cell):
    return "".join(cell["source"])


def test_feedback_follows_each_exercises_last_cell(released, lesson):
    ids = names(copy(released, lesson))
    assert ids[0] == "feedback"
    assert ids[ids.index("first-sum-check") + 1] == "feedback-first-sum"
    assert ids[ids.index("first-mean-check") + 1] == "feedback-first-mean"
    assert [name for name in ids if not name.startswith("feedback")] == names(released)


def test_feedback_says_what_the_page_says(released, lesson):
    cells = {cell["id"]: text_of(cell) for cell in copy(released, lesson)["cells"]}
    assert cells["feedback-first-sum"].startswith("> **✓ Feedback on Find first&#45;sum: passed, 2 of 2 points.**")
    assert "> ```text\n> got  3\n> ```" in cells["feedback-first-mean"]
    assert "<code>curriculum hint first&#45;mean</code>" in cells["feedback-first-mean"]
    assert "2 of 4 points" in cells["feedback"]


def test_injecting_again_replaces(released, lesson):
    once = notebook(graded(), json.dumps(released).encode(), lesson)
    assert notebook(graded(), once, lesson) == once
    better = graded(marks=[mark("first-sum"), mark("first-mean")])
    again = json.loads(notebook(better, once, lesson))
    assert names(again) == names(json.loads(once))
    assert "4 of 4 points" in text_of(again["cells"][0])


def test_renamed_moved_and_deleted_cells_are_found_as_grading_finds_them(released, lesson):
    cells = {cell["id"]: cell for cell in released["cells"]}
    for cell in released["cells"]:
        cell["id"] = f"other-{cell['id']}"[:64]
    kept = [cell for name, cell in cells.items() if name not in {"first-mean", "first-mean-check", "first-mean-prompt"}]
    ids = names(copy(released | {"cells": kept}, lesson))
    assert ids[ids.index("other-first-sum-check") + 1] == "feedback-first-sum"
    assert ids[-1] == "feedback-first-mean"


def test_a_copy_that_is_handed_in_is_graded_like_any_notebook(released, lesson):
    answer = next(cell for cell in released["cells"] if cell["id"] == "first-sum")
    answer["source"] = "first_sum = 42  # <script>"
    handed_in = json.dumps(released).encode()
    before, after = (assemble(lesson, content, "f") for content in (handed_in, notebook(graded(), handed_in, lesson)))
    assert after.steps == before.steps
    assert after.answers == before.answers
    assert after.repairs == before.repairs == ()


def test_an_empty_notebook_has_all_feedback_in_it(released, lesson):
    assert names(copy(released | {"cells": []}, lesson)) == ["feedback", "feedback-first-sum", "feedback-first-mean"]


def test_ids_that_are_missing_twice_there_or_not_allowed_are_mended(released, lesson):
    released["cells"][0]["id"] = "feedback"
    released["cells"][1]["id"] = "a b/c"
    extra = [{"cell_type": "markdown", "metadata": {}, "source": "x", "id": "same"} for _ in range(3)]
    ids = names(copy(released | {"cells": released["cells"] + extra}, lesson))
    assert "a-b-c" in ids
    assert {"same", "same-2", "same-3"} <= set(ids)


def test_an_old_notebook_without_ids_becomes_4_5(released, lesson):
    for cell in released["cells"]:
        del cell["id"]
    assert copy(released | {"nbformat_minor": 2}, lesson)["nbformat_minor"] == 5


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[]", b'{"nbformat": 4}', b'{"nbformat": 3, "cells": []}']
)
def test_what_is_no_notebook_is_one_clear_line(content, lesson):
    with pytest.raises(CurriculumError) as caught:
        notebook(graded(), content, lesson)
    assert str(caught.value).count("\n") == 0
    assert "ada/01-first.ipynb" in str(caught.value)


def test_a_learners_own_words_and_code_stay(released, lesson):
    own = "I think *a* < b, and **b** > c.\n\n```python\nx = [1]\n```\n$\\frac{1}{2}$"
    released["cells"].insert(2, {"cell_type": "markdown", "id": "own", "metadata": {}, "source": own})
    code = {
        "cell_type": "code",
        "id": "code",
        "metadata": {},
        "source": "print('<b>')",
        "outputs": [],
        "execution_count": 3,
    }
    released["cells"].insert(3, code)
    cells = {cell["id"]: cell for cell in copy(released, lesson)["cells"]}
    assert text_of(cells["own"]) == own
    assert text_of(cells["code"]) == "print('<b>')"
    assert cells["code"]["execution_count"] == 3


def test_the_teachers_own_cells_are_trusted_only_while_they_are_the_teachers(released, lesson):
    before = {cell["id"]: text_of(cell) for cell in released["cells"]}
    after = {cell["id"]: text_of(cell) for cell in copy(released, lesson)["cells"]}
    assert after["first-sum-prompt"] == before["first-sum-prompt"]
    prompt = next(cell for cell in released["cells"] if cell["id"] == "first-sum-prompt")
    prompt["source"] = text_of(prompt) + PAYLOADS[0]
    changed = {cell["id"]: text_of(cell) for cell in copy(released, lesson)["cells"]}
    assert "shown as text" in changed["first-sum-prompt"]
    code = next(cell for cell in released["cells"] if cell["id"] == "first-setup")
    code["cell_type"], code["source"] = "markdown", text_of(code) + " # <img src=x onerror=window.hacked=1>"
    for key in ("outputs", "execution_count"):
        code.pop(key)
    turned = {cell["id"]: text_of(cell) for cell in copy(released, lesson)["cells"]}
    assert "shown as text" in turned["first-setup"]


def test_outputs_keep_what_shows_and_lose_what_acts(released, lesson):
    svg = "<svg onload='window.hacked=1'></svg>"
    bundle = {
        "text/plain": "plain",
        "text/html": f'<table class="dataframe x"><tr><td onclick="x" style="top:0">1</td></tr></table>{svg}',
        "image/png": PNG,
        "image/svg+xml": svg,
        "application/javascript": "window.hacked = 1",
        "application/vnd.jupyter.widget-view+json": {"model_id": "1"},
    }
    outputs = [
        {"output_type": "display_data", "metadata": {"image/png": {"width": '1" onload="x'}}, "data": bundle},
        {
            "output_type": "execute_result",
            "metadata": {},
            "execution_count": 1,
            "data": {"application/javascript": "x"},
        },
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": base64.b64encode(b"<svg>").decode()}},
        {
            "output_type": "stream",
            "name": "stdout",
            "text": ["\x1b[31mred\x1b[0m ", "\x1b]8;;javascript:x\x07link\x07"],
        },
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]},
    ]
    answer = next(cell for cell in released["cells"] if cell["id"] == "first-sum")
    answer["outputs"] = outputs
    found = next(cell for cell in copy(released, lesson)["cells"] if cell["id"] == "first-sum")["outputs"]
    shown = found[0]["data"]
    assert set(shown) == {"text/plain", "text/html", "image/png"}
    assert "".join(shown["text/html"]) == '<table class="dataframe"><tbody><tr><td>1</td></tr></tbody></table>'
    assert found[0]["metadata"] == {}
    assert "".join(found[1]["data"]["text/plain"]) == "[not shown here: application/javascript]"
    assert "".join(found[2]["data"]["text/plain"]) == "[not shown here: image/png]"
    assert "".join(found[3]["text"]) == "\x1b[31mred\x1b[0m ]8;;javascript:xlink"
    assert found[4]["traceback"] == ["t"]


def test_metadata_that_programs_act_on_goes(released, lesson):
    released["metadata"] |= {"widgets": {"application/vnd.jupyter.widget-state+json": {}}, "title": "<script>"}
    released["cells"][0]["metadata"] = {"trusted": True, "tags": ["x"]}
    made = copy(released, lesson)
    assert set(made["metadata"]) == {"curriculum", "kernelspec", "language_info"}
    first = next(cell for cell in made["cells"] if cell["id"] == released["cells"][0]["id"])
    assert first["metadata"] == {}


# --- texts show as they are ------------------------------------------------------------------------------------------


def words_of(tokens):
    """The text that a reader of rendered Markdown sees."""
    for token in tokens:
        if token.children is not None:
            yield from words_of(token.children)
        elif token.type in {"text", "text_special", "code_inline", "fence"}:
            yield token.content


TEXTS = st.text(
    st.one_of(st.sampled_from("*_`<>&#$\\[]()!|~-+=:.\"' x1"), st.characters(exclude_categories=("C", "Z"))),
    max_size=40,
)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_a_literal_text_is_read_back_as_it_was(text):
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(f"x {literal(text)} x")
    assert "".join(words_of(tokens)) == f"x {text.strip()} x"
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("`~\n <>ab$*#-"), max_size=60))
def test_nothing_closes_the_fence_around_a_text(text):
    tokens = MarkdownIt("commonmark", {"html": True}).parse(f"{as_text(text)}\n\nafter")
    assert [token.type for token in tokens] == ["fence", "paragraph_open", "inline", "paragraph_close"]
    assert tokens[0].content == text + "\n"


@pytest.mark.parametrize("payload", [p for n, p in enumerate(PAYLOADS) if n not in (9, 10)])
def test_payloads_are_not_inert(payload):
    assert not is_inert(payload)


@pytest.mark.parametrize(
    "text",
    [
        "[a](&#106;avascript:alert(1))",
        "[a](java\nscript:alert(1))",
        "[a](java\\script:x)",
        "[a](&amp;#106;avascript:x)",
        "[a]: JaVaScRiPt:x",
        '<a title="\n\n<script>x</script>',
        "```\n<script>x</script>\n```",
        "![x][y]\n\n[y]: //evil.invalid/p.png",
        "![x](https:evil.invalid/p.png)",
        "![x](http:/evil.invalid/p.png)",
        "![x](/hub/logout)",
        "![x](</hub/logout>)",
        "![x][y]\n\n[y]: /hub/logout",
        "![x](../../hub/logout)",
        "<!-- x -->",
        "<b onclick=x>",
        "<details open onclick=x>",
        "<math><a>",
        "$\\style{background:url(x)}{y}$",
        "[x](data:text/html;base64,AAAA)",
    ],
)
def test_what_acts_in_some_reader_is_not_inert(text):
    assert not is_inert(text)


@pytest.mark.parametrize(
    "text",
    [
        "1 < 2 and 3 > 2", "**x** <br> y", "<details><summary>s</summary>\n\nx\n\n</details>", "<details open>",
        "<https://example.org/a?b=c>", "[x](https://example.org)", "![x](attachment:x.png)", "R&D",
        "`a & b`", "", "a\n\n- b",
    ],
)  # fmt: skip
def test_plain_markdown_stays(text):
    assert is_inert(text)


class Elements(HTMLParser):
    """The elements of a piece of HTML."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.links = set(), set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs} - ({"src", "alt"} if tag == "img" else set())
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_html_is_cleaned(payload):
    cleaned = clean_html(f"<p>before</p>{payload}<p>after</p>")
    elements = Elements(cleaned)
    assert not elements.tags & {"script", "svg", "iframe", "style", "link", "meta"}
    assert elements.attributes <= {"href", "rel"}
    assert "javascript" not in "".join(elements.links)
    assert "<p>before</p>" in cleaned


def test_pictures_in_html_stay_only_if_they_are_inside():
    kept = f'<img src="data:image/png;base64,{PNG}" alt="A line">'
    assert f'src="data:image/png;base64,{PNG}"' in clean_html(kept)
    for source in ("https://evil.invalid/x.png", "data:image/svg+xml;base64,AAAA", "//evil.invalid/x"):
        assert "src" not in clean_html(f'<img src="{source}">')


def test_the_courses_own_lessons_come_through_whole():
    """Every lesson as it is released: no cell of the teacher's is shown as text."""
    course = courses.load()
    for lesson in course.lessons[:4]:
        given_ = learner_edition(lesson, course)
        marks = [mark(exercise.id) for exercise in lesson.exercises]
        one = attempt("ada", lesson.id, marks, place=lesson.name)
        made = json.loads(notebook(one, given_.dumps().encode(), lesson))
        own = [text_of(cell) for cell in made["cells"] if "feedback" not in cell["metadata"].get("curriculum", {})]
        assert own == [cell.source for cell in given_.cells]
        assert len(made["cells"]) == len(given_.cells) + len(marks) + 1


# --- in Chromium -----------------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_no_payload_runs_however_it_is_rendered(released, lesson, tmp_path):
    """Rendered by readers that pass all HTML on: Jupyter cleans once more, others do not."""
    setup = 2
    for number, payload in enumerate(PAYLOADS):
        plain = payload.replace("\ud83d", "")
        data = {
            "text/html": plain,
            "text/plain": plain,
            "image/svg+xml": plain,
            "application/javascript": "window.hacked=1",
        }
        hostile = [
            {"cell_type": "markdown", "id": f"m{number}", "metadata": {}, "source": plain},
            {"cell_type": "markdown", "id": f"q{number}", "metadata": {}, "source": f"```\n{plain}"},
            {"cell_type": "raw", "id": f"r{number}", "metadata": {"format": "text/html"}, "source": plain},
            {
                "cell_type": "code", "id": f"c{number}", "metadata": {}, "source": plain, "execution_count": None,
                "outputs": [{"output_type": "display_data", "metadata": {}, "data": data}],
            },
        ]  # fmt: skip
        released["cells"][setup:setup] = hostile
    loud = "\n".join(PAYLOADS)
    comments = tuple(ManualScore(None, payload, payload, NOW) for payload in PAYLOADS)
    one = mark("first-sum", Outcome.FAILED, title=loud, message=loud, scores=comments)
    made = notebook(graded(marks=[one], tampered=(loud,)), json.dumps(released).encode(), lesson)
    with chromium() as browser:
        for name, body in {"nbconvert": _by_nbconvert(made), "markdown-it": _by_markdown_it(made)}.items():
            path = tmp_path / f"{name}.html"
            path.write_text(f"<!doctype html><meta charset=utf-8><title>x</title>{body}", encoding="utf-8")
            with opened(browser, path) as seen:
                assert not seen.is_hacked, name
                assert (seen.foreign, seen.dialogs, seen.said) == ([], [], []), name
                links = seen.page.eval_on_selector_all("a[href]", "all => all.map(a => a.protocol)")
                assert set(links) <= {"http:", "https:", "mailto:", "file:"}, name
                assert PAYLOADS[0] in seen.page.inner_text("body"), name


def _by_nbconvert(content):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nbconvert import HTMLExporter

        return HTMLExporter(template_name="basic").from_notebook_node(nbformat.reads(content.decode(), 4))[0]


def _by_markdown_it(content):
    reader = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    cells = json.loads(content)["cells"]
    return "".join(reader.render(text_of(cell)) for cell in cells if cell["cell_type"] == "markdown")


def test_feedback_of_another_attempt_is_not_mistaken_for_the_learners(released, lesson):
    first = notebook(graded(), json.dumps(released).encode(), lesson)
    again = json.loads(notebook(graded(marks=[mark("first-sum")]), first, lesson))
    assert [name for name in names(again) if name.startswith("feedback")] == ["feedback", "feedback-first-sum"]
