"""Slides in a browser: everything stays on its slide, the keys work, nothing is asked of the network."""

from __future__ import annotations

import shutil

import pytest

from curriculum import course as courses
from curriculum.slides import write_slides

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
COURSE = courses.load()
FLOOR = 18
COLOURS = '@wrapped\ndef f(x: int = 1) -> str:\n    """Every colour."""\n    return f"{x!r}" + str(None)  # comment'

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]

# What reaches beyond the slide on show; what stands in a box that scrolls may.
BEYOND = """() => {
  const slide = Reveal.getCurrentSlide(), edge = slide.getBoundingClientRect(), found = [];
  for (const element of slide.querySelectorAll("*")) {
    const box = element.getBoundingClientRect(), scrolls = element.parentElement.closest(".scrolls");
    if (element.closest("aside") || !box.width || !box.height || scrolls) continue;
    const out = Math.max(box.right - edge.right, box.bottom - edge.bottom, edge.left - box.left, edge.top - box.top);
    if (out > 1) found.push(`${element.tagName} by ${out}`);
  }
  const heading = slide.querySelector("h1, h2, h3");
  return {
    heading: heading ? heading.innerText : "", beyond: found,
    size: parseFloat(getComputedStyle(slide).fontSize),
    scrolling: [...slide.querySelectorAll(".scrolls")].map((box) =>
      ({tabs: box.tabIndex, role: box.getAttribute("role"), label: box.getAttribute("aria-label")})),
    code: Math.min(99, ...[...slide.querySelectorAll("pre")].map((pre) => parseFloat(getComputedStyle(pre).fontSize))),
  };
}"""


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def decks(tmp_path_factory, make_module_course):
    """A short lesson, a long one as its instructor sees it, one in which everything is too large, and a small one."""
    folder = tmp_path_factory.mktemp("Folien & mehr")
    small = make_module_course.lesson("second", "second-sum", intro="Is `this` *so*? See [there](https://example.org).")
    more = make_module_course.text("next", "## Next\n\nMore, with $x^2$.")
    small[2:2] = [more, make_module_course.code("c", COLOURS)]
    course = make_module_course({"00-start/01-first": torture(make_module_course), "00-start/02-second": small})
    wanted = {
        "learner": (COURSE, "welcome", False),
        "instructor": (COURSE, "trees", True),
        "torture": (course, "first", True),
        "small": (course, "second", True),
    }
    for name, (owner, lesson, instructor) in wanted.items():
        write_slides(owner.lesson(lesson), owner, folder / f"{name}.html", instructor=instructor)
    return folder


def torture(make):
    def printing(name, source, text="", html=""):
        cell = make.code(name, source)
        data = {"text/html": html, "text/plain": "a table"}
        table = {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}
        cell["outputs"] = [table] if html else [{"output_type": "stream", "name": "stdout", "text": text}]
        return cell

    wide = "<table><tr>" + "".join(f"<td>column number {n}</td>" for n in range(60)) + "</tr></table>"
    high = "<table>" + "".join(f"<tr><td>row {n}</td></tr>" for n in range(90)) + "</table>"
    return [
        make.text("a", "# " + "A very long title " * 12),
        make.text("b", "## Long\n\n" + "One paragraph that does not end. " * 160),
        make.text("c", "### Unbroken\n\n" + "x" * 3000),
        make.text("d", "### List\n\n" + "\n".join(f"{n}. item {n} of the list" for n in range(1, 80))),
        make.text("e", "### Right to left\n\n" + "هذا نص طويل من اليمين إلى اليسار 🙂 " * 40),
        printing("f", "a_very_long_name = " + " + ".join(f"number_{n}" for n in range(80)), "y" * 500),
        printing("g", "\n".join(f"line_{n} = {n}" for n in range(120)), "\n".join(map(str, range(200)))),
        printing("h", "wide", html=wide),
        printing("i", "high", html=high),
        make.text("j", "### Table\n\n| a | b |\n|--|--|\n" + "\n".join(f"| {n} | text |" for n in range(60))),
        make.text("k", "$$" + " + ".join(f"\\frac{{x_{{{n}}}}}{{y}}" for n in range(60)) + "$$"),
        *make.exercise("first-sum"),
    ]


@pytest.fixture
def opened(browser, decks):
    """Opens a deck; at the end nothing may have been asked of the network, and no script may have complained."""
    contexts, trouble = [], []

    def open_deck(name, **options):
        context = browser.new_context(viewport={"width": 1280, "height": 720}, **options)
        contexts.append(context)
        context.on("console", lambda message: trouble.append(message.text))
        context.on("request", lambda r: trouble.append(r.url) if not r.url.startswith(("file:", "data:")) else None)
        page = context.new_page()
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.goto((decks / f"{name}.html").as_uri())
        if options.get("java_script_enabled", True):
            page.wait_for_selector(".reveal.ready")
            page.evaluate("Reveal.configure({transition: 'none'})")
        return page

    yield open_deck
    for context in contexts:
        context.close()
    assert trouble == []


def every_slide(page):
    for _ in range(page.evaluate("Reveal.getTotalSlides()")):
        yield page.evaluate(BEYOND)
        page.evaluate("Reveal.next()")


@pytest.mark.parametrize("deck", ["learner", "instructor"])
def test_everything_of_a_lesson_fits_its_slide(opened, deck):
    page = opened(deck)
    seen = list(every_slide(page))
    assert len(seen) > 40
    for slide in seen:
        assert slide["beyond"] == [], slide
        assert slide["scrolling"] == [], slide
        assert slide["size"] >= FLOOR
        assert slide["code"] >= 13
    assert page.evaluate("Reveal.isLastSlide()")


def test_what_cannot_fit_scrolls_inside_its_slide_and_can_be_reached(opened):
    seen = list(every_slide(opened("torture")))
    assert [slide for slide in seen if slide["beyond"]] == []
    scrolling = [box for slide in seen for box in slide["scrolling"]]
    assert scrolling
    for box in scrolling:
        assert (box["tabs"], box["role"]) == (0, "region")
        assert "scrolls" in box["label"]
    assert min(slide["size"] for slide in seen) >= FLOOR


def test_the_keys_lead_through_the_lesson(opened):
    page = opened("learner")
    titles = []
    for key in ["ArrowRight", "ArrowDown", "ArrowRight", "Space", "ArrowLeft", "End", "Home"]:
        page.keyboard.press(key)
        titles.append(page.evaluate("[Reveal.getIndices().h, Reveal.getIndices().v]"))
    columns = page.evaluate("Reveal.getHorizontalSlides().length")
    assert titles == [[1, 0], [1, 1], [2, 0], [2, 1], [1, 1], [columns - 1, 0], [0, 0]]
    # reveal.js writes the address at most once a second, and may return to where a column was left.
    page.wait_for_function("() => ['', '#/'].includes(location.hash)")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => ['#/1', '#/1/1'].includes(location.hash)")


def test_arrows_scroll_a_box_that_has_the_focus_to_its_end_first(opened):
    page = opened("torture")
    high = next(
        n for n, slide in enumerate(every_slide(page)) if any("Slide" in b["label"] for b in slide["scrolling"])
    )
    page.evaluate("Reveal.slide(0)")
    for _ in range(high):
        page.evaluate("Reveal.next()")
    place = page.evaluate("[Reveal.getIndices().h, Reveal.getIndices().v]")
    page.evaluate("Reveal.getCurrentSlide().querySelector('.body.scrolls').focus()")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("() => document.activeElement.scrollTop > 0")
    assert page.evaluate("[Reveal.getIndices().h, Reveal.getIndices().v]") == place
    page.evaluate("(box => { box.scrollTop = box.scrollHeight })(document.activeElement)")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("[Reveal.getIndices().h, Reveal.getIndices().v]") != place


def test_the_speaker_view_opens_with_the_notes(opened):
    page = opened("small")
    with page.context.expect_page() as waiting:
        page.keyboard.press("s")
    speaker = waiting.value
    speaker.wait_for_selector(".speaker-controls-notes .value :text('minutes')")
    assert "about" in speaker.inner_text(".speaker-controls-notes")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_bars_the_way_for_whoever_needs_help(opened, scheme):
    page = opened("small", color_scheme=scheme)
    kinds = set()
    for _ in range(page.evaluate("Reveal.getTotalSlides()")):
        kinds |= set(page.evaluate("[...Reveal.getCurrentSlide().classList]"))
        for found in axe.Axe().run(page).response["violations"]:
            assert found["impact"] not in {"serious", "critical"}, (found["id"], found["nodes"][0]["html"])
        page.evaluate("Reveal.next()")
    assert kinds >= {"is-title", "is-text", "is-code", "is-task", "is-solution", "is-teacher"}


def test_without_scripts_all_slides_can_be_read(opened):
    page = opened("learner", java_script_enabled=False)
    headings = page.locator("section h2")
    assert headings.count() > 8
    assert all(headings.nth(n).is_visible() for n in range(headings.count()))
