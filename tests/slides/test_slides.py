"""Slides hold the lesson, nothing but the lesson for learners, and need nothing from elsewhere."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import is_dataclass
from html import unescape
from html.parser import HTMLParser

import pytest

from curriculum import course as courses
from curriculum.errors import MissingToolError, SlidesError
from curriculum.notebook import Region, Role
from curriculum.release import learner_edition
from curriculum.slides import default_file, slides_of, to_html, write_slides

COURSE = courses.load()
LESSONS = pytest.mark.parametrize("lesson", COURSE.lessons, ids=lambda lesson: lesson.id)
PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()


class Reader(HTMLParser):
    """What a page says, and what it asks for."""

    def __init__(self, html):
        super().__init__()
        self.words, self.tags, self.inside = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self.inside.append(tag)

    def handle_endtag(self, tag):
        if self.inside and tag == self.inside[-1]:
            self.inside.pop()

    def handle_data(self, data):
        if not self.inside:
            self.words.append(data)

    @property
    def text(self):
        return "".join("".join(self.words).split())


def html_of(course, name="first", *, instructor=False):
    lesson = course.lesson(name)
    return to_html(lesson, slides_of(lesson, course, instructor=instructor), instructor=instructor)


def texts(value):
    """Every text in a value, whatever holds it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from [*texts(key), *texts(item)]
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from texts(item)
    elif is_dataclass(value):
        yield from texts(list(vars(value).values()))


def squeezed(text):
    return "".join(text.split())


def everything(slides):
    """All that slides hold, as one text without spaces: headings, sources, outputs, attachments, notes."""
    return squeezed("\n".join(texts(slides)))


def secrets(lesson):
    """Lines of solutions and hidden tests that nothing else of a released lesson holds."""
    public = squeezed("\n".join(cell.source for cell in learner_edition(lesson, COURSE).cells))
    lines = []
    for exercise in lesson.exercises:
        lines += exercise.solution.split("\n")
        for cell in exercise.checks:
            for part in cell.source.split(f"### BEGIN {Region.HIDDEN_TESTS}")[1:]:
                lines += part.split("### END")[0].split("\n")
    found = {squeezed(line) for line in lines}
    return [line for line in found if len(line) >= 12 and line not in public]


# --- what learners must not see --------------------------------------------------------------------------------------


@LESSONS
def test_no_solution_and_no_hidden_test_is_in_the_learners_slides(lesson):
    hidden = secrets(lesson)
    assert hidden
    shown, taught = everything(slides_of(lesson, COURSE)), everything(slides_of(lesson, COURSE, instructor=True))
    assert [line for line in hidden if line in shown] == []
    solved = [squeezed(line) for exercise in lesson.exercises for line in exercise.solution.split("\n")]
    # The same look finds them where they belong, so it would have found them above.
    assert [line for line in hidden if line in solved and line not in taught] == []


def test_nor_in_the_file(tmp_path):
    lesson = COURSE.lesson("hypothesis-tests")
    html = html_of(COURSE, lesson.id)
    whole = squeezed(Reader(html).text + unescape(html))
    assert [line for line in secrets(lesson) if line in whole] == []
    assert "HIDDENTESTS" not in whole
    assert "BEGINSOLUTION" not in whole


@pytest.fixture
def guarded(make_course):
    """A lesson with something secret in every place that has one."""
    cells = make_course.lesson("first", "first-sum")
    prompt, answer, checks = cells[2:5]
    prompt["source"] += "\n\n<details><summary>Hint</summary>\n\nSECRET-HINT\n\n</details>"
    answer["source"] = "first_sum = (\n    ### BEGIN SOLUTION\n    'SECRET-SOLUTION'\n    ### END SOLUTION\n)"
    answer["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "SECRET-OUTPUT"}]
    checks["source"] = (
        'check.exercise("first-sum")\ncheck.Mistake("SECRET-MISTAKE", 1, "SECRET-MESSAGE", "SECRET-SECTION")\n'
        "### BEGIN HIDDEN TESTS\nSECRET_HIDDEN = 1\n### END HIDDEN TESTS"
    )
    checks["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "SECRET-CARD"}]
    task = {"grade": True, "grade_id": "essay", "locked": False, "points": 3, "schema_version": 3, "solution": True}
    essay = make_course.text("essay", "### BEGIN SOLUTION\nSECRET-ESSAY\n### END SOLUTION")
    essay["metadata"] = {"nbgrader": task | {"task": False}, "curriculum": {"exercise": "essay"}}
    by_hand = make_course.text("by-hand", "Draw it.\n\n### BEGIN MARK SCHEME\nSECRET-SCHEME\n### END MARK SCHEME")
    by_hand["metadata"] = {
        "nbgrader": task | {"grade_id": "by-hand", "grade": False, "solution": False, "task": True, "locked": True},
        "curriculum": {"exercise": "by-hand"},
    }
    return make_course({"00-start/01-first": [*cells, essay, by_hand]})


def test_learners_get_prompts_and_starters_and_none_of_the_secrets(guarded):
    html = html_of(guarded)
    assert "SECRET" not in html
    text = Reader(html).text
    assert "Yourturn:findfirst-sum" in text
    assert "Findthenumber." in text
    assert "first_sum=(...)" in text
    assert "Drawit." in text
    assert "2points" in text


def test_whoever_teaches_gets_all_but_what_hidden_tests_run(guarded):
    text = Reader(html_of(guarded, instructor=True)).text
    for word in ("SOLUTION", "HINT", "ESSAY", "SCHEME", "MISTAKE", "MESSAGE", "SECTION"):
        assert f"SECRET-{word}" in text, word
    assert "Mistakestoexpect:findfirst-sum" in text
    assert "atglance" in text or "ataglance" in text


# --- one file, nothing from elsewhere --------------------------------------------------------------------------------


@pytest.mark.parametrize("instructor", [False, True])
def test_nothing_is_loaded_from_elsewhere(instructor):
    html = html_of(COURSE, "welcome", instructor=instructor)
    page = Reader(html)
    for tag, attributes in page.tags:
        assert not attributes.get("src") or attributes["src"].startswith("data:"), (tag, attributes)
        assert tag != "link"
        assert "srcset" not in attributes
    policy = next(a["content"] for tag, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert ("'sha256-" in policy) is not instructor
    assert "mathjax" not in html.lower()
    assert "cdnjs" not in html
    assert "unpkg" not in html


def test_formulas_are_mathml_and_one_that_cannot_be_read_stays_as_written(make_course):
    text = "Inline $p \\le \\frac{1}{2}$\n\n$$\\binom{6}{3} = 20$$\n\nand $\\thereisnosuch{x}<1$. It costs \\$5."
    html = html_of(make_course({"00-start/01-first": [make_course.text("a", text)]}))
    assert html.count("<math") == 2
    assert 'display="block"' in html
    assert "<mfrac>" in html
    assert "\\thereisnosuch{x}&lt;1" in html
    assert "costs $5." in html


def test_pictures_keep_their_descriptions_and_attachments_are_in_the_file(make_course):
    alt = 'A "line" that <rises> & falls'
    picture = make_course.code("plot", "draw()")
    shown = f'<img alt="A &quot;line&quot; that &lt;rises&gt; &amp; falls" src="data:image/png;base64,{PIXEL}">'
    picture["outputs"] = [
        {
            "output_type": "display_data",
            "data": {"text/html": [shown], "image/png": PIXEL, "text/plain": ["Figure"]},
            "metadata": {"image/png": {"alt": alt}},
        }
    ]
    text = make_course.text("a", "# T\n\nSee:\n\n![the drawn map](attachment:map.png)")
    text["attachments"] = {"map.png": {"image/png": PIXEL}}
    course = make_course({"00-start/01-first": [text, picture]})
    images = [a for tag, a in Reader(html_of(course)).tags if tag == "img"]
    assert [image["alt"] for image in images] == ["the drawn map", alt]
    assert all(image["src"].startswith("data:image/png;base64,") for image in images)
    assert alt in unescape(html_of(course, instructor=True))


def test_titles_are_words_whatever_they_hold(make_course):
    cells = make_course.lesson("first", "first-sum")
    course = make_course({"00-start/01-first": cells[1:]})
    hostile = "<script>alert(1)</script> $x$ *a* `b` | [c](d)"
    toml = (course.root / "course.toml").read_text(encoding="utf-8").replace("Lesson first", hostile)
    root = course.root.with_name("hostile")
    course.root.rename(root)
    (root / "course.toml").write_text(toml, encoding="utf-8")
    course = courses.load(root)
    html = html_of(course, instructor=True)
    page = Reader(html)
    assert "<script>alert" not in html.replace("\n", "")
    assert "".join(hostile.split()) in page.text
    assert "<math" not in html


def test_an_exercise_whose_title_begins_with_a_colon_keeps_it(make_course):
    cells = json.loads(json.dumps(make_course.lesson("first", "first-sum")).replace("Exercise: find", ": find"))
    course = make_course({"00-start/01-first": cells})
    assert course.lessons[0].exercises[0].title == ": find first-sum"
    assert "Yourturn::findfirst-sum" in Reader(html_of(course)).text


# --- how a lesson is laid out ----------------------------------------------------------------------------------------


@LESSONS
def test_every_section_opens_a_column_and_no_slide_is_without_a_heading(lesson):
    slides = slides_of(lesson, COURSE)
    headings = sum(cell.source.count("\n## ") + cell.source.startswith("## ") for cell in lesson.notebook.cells)
    assert sum(slide.opens for slide in slides) == headings + 1
    assert all(slide.heading for slide in slides)
    shown = {slide.heading for slide in slides}
    for exercise in lesson.exercises:
        assert any(heading.startswith("Your turn: ") and heading[11:] in exercise.title for heading in shown)


@LESSONS
def test_nothing_of_the_text_and_code_is_lost(lesson):
    shown = everything(slides_of(lesson, COURSE))
    for cell in lesson.notebook.cells:
        if cell.role in {Role.TEXT, Role.CODE}:
            for line in cell.source.split("\n"):
                assert squeezed(re.sub(r"^#+ ", "", line)) in shown, line


def test_a_figure_has_a_slide_of_its_own_and_code_stands_with_what_it_prints():
    slides = slides_of(COURSE.lesson("arrays"), COURSE)
    figures = [slide for slide in slides if slide.kind == "figure"]
    assert len(figures) == 5
    assert all(len(slide.pieces) == 1 and not slide.pieces[0].shows_source for slide in figures)
    assert any(slide.kind == "code" and slide.pieces[-1].outputs for slide in slides)


def test_slides_laid_out_by_the_author_stay_as_they_are(make_course):
    def typed(cell, kind):
        cell["metadata"] = cell["metadata"] | {"slideshow": {"slide_type": kind}}
        return cell

    cells = [
        typed(make_course.text("a", "# Title\n\nFirst."), "slide"),
        make_course.text("b", "Goes on."),
        typed(make_course.text("c", "## Left out"), "skip"),
        typed(make_course.text("d", "Below."), "subslide"),
        typed(make_course.text("e", "A step later."), "fragment"),
        typed(make_course.text("f", "SAY-THIS"), "notes"),
        *make_course.exercise("first-sum"),
    ]
    course = make_course({"00-start/01-first": cells})
    first, second, task = slides_of(course.lesson("first"), course)
    assert [piece.source for piece in first.pieces][:2] == ["# Title\n\nFirst.", "Goes on."]
    assert first.opens
    assert [(piece.source, piece.fragment) for piece in second.pieces] == [("Below.", False), ("A step later.", True)]
    assert not second.opens
    assert task.heading.startswith("Your turn")
    html, taught = html_of(course), html_of(course, instructor=True)
    assert "Left out" not in html
    assert "SAY-THIS" not in html
    assert "SAY-THIS" in taught
    assert 'class="fragment"' in html


def test_the_instructors_first_slides_add_up_to_the_lesson():
    lesson = COURSE.lesson("trees")
    glance = slides_of(lesson, COURSE, instructor=True)[1]
    rows = [row.strip("| ").split("|") for row in glance.pieces[0].source.split("\n")[2:]]
    minutes = [row[1].strip() for row in rows]
    assert sum(map(int, minutes[:-1])) == int(minutes[-1]) == lesson.minutes
    assert rows[-1][2].strip() == str(len(lesson.exercises))
    assert rows[-1][3].strip() == f"{lesson.points:g}"


def test_a_lesson_with_nothing_in_it_has_a_title(make_course):
    course = make_course({"00-start/01-first": []})
    assert "Lesson first" in Reader(html_of(course)).text.replace("Lessonfirst", "Lesson first")


def test_the_same_lesson_gives_the_same_file():
    assert html_of(COURSE, "welcome") == html_of(COURSE, "welcome")


# --- the file --------------------------------------------------------------------------------------------------------


def test_ours_is_replaced_and_nothing_else_is(make_course, tmp_path):
    course = make_course()
    first, second = course.lessons
    file = tmp_path / "Folien für alle" / "deck.html"
    assert write_slides(first, course, file) == len(slides_of(first, course))
    before = file.read_text(encoding="utf-8")
    write_slides(first, course, file)
    for lesson, options in [(second, {}), (first, {"instructor": True})]:
        with pytest.raises(SlidesError, match=r"holds other slides.*--force"):
            write_slides(lesson, course, file, **options)
    assert file.read_text(encoding="utf-8") == before
    file.write_text("my own notes", encoding="utf-8")
    with pytest.raises(SlidesError, match="is not a file of slides"):
        write_slides(first, course, file)
    assert file.read_text(encoding="utf-8") == "my own notes"
    write_slides(first, course, file, force=True)
    assert file.read_text(encoding="utf-8") == before
    with pytest.raises(SlidesError, match="is a folder"):
        write_slides(first, course, tmp_path)
    assert [path.name for path in file.parent.iterdir()] == ["deck.html"]


def test_without_the_packages_it_says_what_to_install(make_course, tmp_path, monkeypatch):
    from curriculum.slides import _reveal

    monkeypatch.setattr(_reveal, "_NEEDED", ("no_such_package_here",))
    course = make_course()
    with pytest.raises(MissingToolError, match=r"no_such_package_here.*curriculum\[desk\]"):
        write_slides(course.lessons[0], course, tmp_path / "deck.html")
    assert list(tmp_path.glob("*.html")) == []


def test_the_command(curriculum, tmp_path):
    here = tmp_path / "here"
    lesson = COURSE.lesson("welcome")
    done = curriculum("slides", "welcome")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(f"slides, learner edition, written to {default_file(lesson)}\n")
    assert [path.name for path in here.iterdir()] == ["01-welcome.slides.html"]
    refused = curriculum("slides", "welcome", "--instructor", "--out", "01-welcome.slides.html")
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "holds other slides" in refused.stderr
