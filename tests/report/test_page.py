"""The class report as a page: safe to project, readable by anyone, and nothing in it runs."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from browsing import CHROMIUM, SEEN, chromium, opened
from classes import DAY, NOW, PAYLOADS, attempt, class_of, hostile_sheet, mark, row, sheet, standing

from curriculum import course as courses
from curriculum.errors import GradebookError
from curriculum.gradebook import Learner
from curriculum.outcome import Outcome
from curriculum.report import report, shuffled_numbers, write


@pytest.fixture(scope="module")
def course():
    return courses.load()


@pytest.fixture(scope="module")
def large(course):
    return class_of(course, 200)


@pytest.fixture(scope="module")
def page_of_200(large, course):
    return report(large, course)


def small(**more):
    broken = mark("x", Outcome.FAILED, mistakes=("off",))
    rows = [
        row(
            Learner("k-ada", "Ada", "ada@example.org"),
            [standing("k-ada", "first", [attempt("k-ada", "first", [mark("x")])])],
        ),
        row(Learner("k-bo", "Bo"), [standing("k-bo", "first", [attempt("k-bo", "first", [broken])])]),
        row(
            Learner("k-cy", "Cy"), [standing("k-cy", "first", [attempt("k-cy", "first", [mark("x"), mark("y", None)])])]
        ),
        row(Learner("k-di", "Di"), [standing("k-di", "first", due=NOW - DAY)]),
        row(Learner("k-ed", "Ed"), [standing("k-ed", "first", due=NOW + DAY)]),
        row(Learner("k-fi", "Fi"), [standing("k-fi", "first", excused=True)]),
        row(Learner("k-gus", "Gus"), [standing("k-gus", "first", [attempt("k-gus", "first", problem="no")])]),
    ]
    return sheet(rows, **more)


def test_nobody_can_be_recognised_by_default():
    made = report(small())
    for word in ("Ada", "Bo", "k-ada", "k-bo", "example.org", "Gus", "k-gus"):
        assert not re.search(rf"\b{word}\b", made)
    assert "Learners are numbers" in made


def test_numbers_say_nothing_about_order_and_are_new_each_time():
    everyone = sheet([row(f"k{n}", []) for n in range(200)])
    first, second = shuffled_numbers(everyone), shuffled_numbers(everyone)
    assert sorted(first.values()) == list(range(1, 201))
    assert first != second
    assert list(first.values()) != sorted(first.values())


def test_the_page_with_names_has_the_same_numbers():
    everyone = small()
    numbers = shuffled_numbers(everyone)
    mine = report(everyone, numbers=numbers, names=True)
    for one in everyone.rows:
        assert f"<bdi>{one.learner.name} ({numbers[one.learner.key]})</bdi>" in mine
    assert "not for the screen" in mine


def test_each_state_has_its_own_sign():
    everyone = small()
    made = report(everyone, names=True)
    cells = dict(
        re.findall(r'<th scope="row" data-v="\d+"><bdi>(\w+) \(\d+\)</bdi></th><td.*?</td>(<td.*?</td>)', made)
    )
    assert cells["Ada"] == '<td class="l4" data-v="100">100</td>'
    assert cells["Bo"] == '<td class="l0" data-v="0">0</td>'
    assert "50+</i>" in cells["Cy"]
    assert "50, and some exercises wait for a person" in cells["Cy"]
    assert [re.search(r"<span.*?>(.*?)</span>", cells[name])[1] for name in ("Di", "Ed", "Fi", "Gus")] == [
        "overdue",
        "not handed in",
        "excused",
        "handed in, but not graded",
    ]


def test_headline_figures():
    text = re.sub(r"<[^>]+>", "", report(small()))
    assert re.search(r"learners\s*7\s", text)
    assert re.search(r"answers waiting for a person\s*1\s", text)
    assert "4/6" in text  # handed in, of those who are not excused


def test_almost_all_is_not_all_and_a_little_is_not_nothing():
    marks = [mark("x", max_points=1000.0), mark("y", Outcome.FAILED, max_points=1.0)]
    one = row("a", [standing("a", "first", [attempt("a", "first", marks)])])
    assert '<td class="l3" data-v="99">99</td>' in report(sheet([one]))


def test_an_empty_class_and_one_without_lessons():
    assert "no learners in it yet" in report(sheet([]))
    made = report(sheet([row("a", [])]))
    assert "No check has recognised a mistake yet" in made
    assert "No exercise has been graded" in made


def test_a_large_class_fits(page_of_200, large):
    assert len(page_of_200.encode()) < 3_000_000
    assert len(re.findall(r'<td class="\w+" data-v', page_of_200)) == 200 * (1 + len(large.lessons))


def test_mistakes_are_said_in_their_own_words_with_their_section(page_of_200):
    body = page_of_200[page_of_200.index('id="mistakes"') : page_of_200.index('id="hardest"')]
    assert body.count("<q ") == 20
    assert body.count("“") >= 18


def test_a_file_that_is_no_report_is_left(tmp_path):
    path = tmp_path / "class.html"
    for _ in range(2):
        write(path, report(small()))
    path.write_text("mine")
    with pytest.raises(GradebookError, match="no class report"):
        write(path, report(small()))
    assert path.read_text() == "mine"
    with pytest.raises(GradebookError, match="cannot be written"):
        write(path / "x.html", report(small()))


# --- in Chromium -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def place(tmp_path_factory, page_of_200):
    path = tmp_path_factory.mktemp("report") / "class.html"
    path.write_text(page_of_200, encoding="utf-8")
    return path


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
class TestInChromium:
    def test_no_payload_runs_fetches_or_speaks(self, browser, tmp_path):
        path = tmp_path / "page.html"
        path.write_text(report(hostile_sheet(), names=True), encoding="utf-8")
        with opened(browser, path) as seen:
            for button in seen.page.locator("table.grid button").all()[:3]:
                button.click()
            assert not seen.is_hacked
            assert (seen.foreign, seen.dialogs, seen.said) == ([], [], [])
            assert seen.page.locator("main :is(script, img, iframe, style, link, meta, a)").count() == 0
            assert seen.page.locator("table.grid tbody tr").count() == len(PAYLOADS)
            assert PAYLOADS[0] in seen.page.locator("h1").inner_text()

    def test_the_policy_would_stop_another_script(self, browser, tmp_path):
        path = tmp_path / "page.html"
        path.write_text(report(small()).replace("</main>", f"{PAYLOADS[0]}{PAYLOADS[1]}</main>"), encoding="utf-8")
        with opened(browser, path) as seen:
            assert not seen.is_hacked
            assert seen.dialogs == []

    @pytest.mark.parametrize(("width", "scheme"), SEEN)
    def test_everyone_can_use_it(self, browser, tmp_path, make_course, width, scheme):
        course = make_course(
            {f"0{n}-m/0{k}-l{n}{k}": make_course.lesson(f"l{n}{k}", f"x{n}{k}") for n in (1, 2) for k in range(6)}
        )
        path = tmp_path / "page.html"
        path.write_text(report(class_of(course, 9), course), encoding="utf-8")
        with opened(browser, path, width, scheme) as seen:
            assert seen.serious() == []
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
            assert (seen.foreign, seen.said) == ([], [])

    def test_it_can_be_sorted_by_any_column_with_the_keyboard(self, browser, place):
        with opened(browser, place) as seen:
            column = "all => all.map(row => Number(row.cells[1].dataset.v))"
            button = seen.page.locator("table.grid button").nth(1)
            button.focus()
            seen.page.keyboard.press("Enter")
            rising = seen.page.eval_on_selector_all("table.grid tbody tr", column)
            assert rising == sorted(rising)
            assert seen.page.locator("th[aria-sort=ascending]").count() == 1
            seen.page.keyboard.press("Enter")
            falling = seen.page.eval_on_selector_all("table.grid tbody tr", column)
            assert falling == sorted(falling, reverse=True)
            assert seen.said == []

    def test_on_paper_the_grid_lies_on_its_side_and_nothing_is_cut_off(self, browser, place, tmp_path):
        from pypdf import PdfReader

        with opened(browser, place) as seen:
            seen.page.pdf(path=tmp_path / "class.pdf", prefer_css_page_size=True)
            seen.page.emulate_media(media="print")
            wide = "all => Math.max(...all.map(one => one.getBoundingClientRect().width))"
            # A4 without its margins: 277 mm lying, 182 mm (688 pixels) standing
            assert seen.page.eval_on_selector_all("table.grid", wide) * 25.4 / 96 <= 277
            seen.page.set_viewport_size({"width": 688, "height": 1000})
            assert seen.page.eval_on_selector_all("table:not(.grid)", wide) <= 688
        boxes = [page.mediabox for page in PdfReader(tmp_path / "class.pdf").pages]
        lying = [box.width > box.height for box in boxes]
        assert lying == sorted(lying)
        assert 4 <= sum(lying) <= 10
        assert len(lying) <= 20


def test_a_course_of_one_version_reads_a_class_of_another(course):
    """Lessons and exercises that the course no longer has are shown by what the gradebook says."""
    gone = mark("gone", Outcome.FAILED, mistakes=("lost",))
    made = report(sheet([row("a", [standing("a", "old", [attempt("a", "old", [gone])])])]), course)
    assert "<code>lost</code> in <code>gone</code>" in made
    assert "Lesson old" in made


def test_excused_learners_have_no_number_that_pulls_the_median(course):
    everyone = small()
    without = replace(everyone, rows=tuple(one for one in everyone.rows if one.learner.name != "Fi"))
    median = re.compile(r"median share of all points so far</dt><dd>\s*(\S+)")
    assert median.search(report(everyone))[1] == median.search(report(without))[1]
