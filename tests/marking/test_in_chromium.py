"""The page in a real browser, by keyboard alone, with hostile answers, light and dark, wide and narrow."""

from __future__ import annotations

import contextlib
import shutil
import socket
import threading

import pytest
import uvicorn
from marking_class import TOKEN, Memory, attempt, checked, memo, person, program

from curriculum import marking

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
HOSTILE = """<script>document.title = "run"</script><img src=x onerror="document.title='run'">

[press](javascript:document.title='run') ![far](http://evil.example/x.png) <style>body{display:none}</style>

</textarea></pre><svg onload="document.title='run'"> {{ 7 * 7 }} \u202eevil\u2066"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@contextlib.contextmanager
def shown(app):
    """The address of a page, as long as it is needed."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/{TOKEN}/"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def address(store, course):
    with shown(marking.app(store, course, "Zoe", token=TOKEN)) as address:
        yield address


@pytest.fixture
def open_page(chromium):
    """Opens pages whose errors, dialogs and requests to elsewhere fail the test."""
    contexts, complaints = [], []

    def open_page(address, **options):
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: complaints.append(request.url) if TOKEN not in request.url else None)
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # `data:,` is the empty picture that keeps browsers from asking for an icon.
    assert [complaint for complaint in complaints if complaint != "data:,"] == []


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_a_file_can_lead_to_the_page_as_the_one_does_that_the_browser_is_opened_with(chromium, address, tmp_path):
    file = tmp_path / "door.html"
    file.write_text(f'<!doctype html><meta http-equiv="refresh" content="0;url={address}">', encoding="utf-8")
    page = chromium.new_page()
    page.goto(file.as_uri())
    page.get_by_text("5 of 7 waiting").first.wait_for(timeout=20_000)
    page.close()


def test_a_class_is_graded_without_a_mouse(open_page, address, store):
    page = open_page(address)
    saved = 0
    while not page.get_by_text("Nothing waits.").count():
        assert saved < 10
        here = page.url
        if page.locator("#score").count():
            if page.locator("[data-item]").count():
                press(page, "1", "2", "2", "3", "3", "3")  # all of it, half of it, nothing
                assert page.locator("#points").input_value() == "3.5"
            else:
                press(page, "p")
                page.keyboard.type("1,5")
                press(page, "Escape")
            press(page, "c")
            page.keyboard.insert_text("Good;\nwhich unit?")
            saved += 1
            press(page, "Control+Enter")
        else:
            press(page, "Enter")
        page.wait_for_url(lambda url, here=here: url != here)
    assert saved == 5
    assert store.mark(1, "memo").points == store.mark(2, "memo").points == 3.5
    assert store.mark(3, "memo").comments[0].comment == "Good;\nwhich unit?"
    assert [store.mark(number, "program").points for number in (1, 2)] == [1.5, 1.5]
    assert not store.mark(3, "first-sum").appealed


def open_memo(page, address, text):
    page.goto(address)
    page.get_by_role("link", name="the memo").click()
    page.get_by_role("link", name=text, exact=True).click()
    page.locator("#score").wait_for()


def test_every_key_does_what_the_help_says(open_page, address, store):
    page = open_page(address)
    open_memo(page, address, "Ship it.")
    points = page.locator("#points")
    press(page, "2")
    assert points.input_value() == "3"
    press(page, "2")
    assert points.input_value() == "1.5"
    press(page, "2")
    assert points.input_value() == "0"
    press(page, "1", "0")
    assert points.input_value() == "0"
    press(page, "n")
    page.get_by_text("Ada Lovelace").wait_for()
    press(page, "n")
    page.get_by_role("link", name="Show names").wait_for()
    here = page.url
    keys = ("j", "k") if page.locator("main a[rel=next]").count() else ("k", "j")
    press(page, keys[0])
    page.wait_for_url(lambda url: url != here)
    press(page, keys[1])
    page.wait_for_url(here)
    press(page, "?")
    page.get_by_role("dialog").wait_for()
    press(page, "3", "Enter", "Escape")  # keys of the page are off as long as the list is open
    assert page.get_by_role("dialog").count() == 0
    assert store.calls == 0
    press(page, "c")
    page.keyboard.type("j1u?")
    assert page.locator("#comment").input_value() == "j1u?"
    press(page, "Escape", "1", "Enter")
    page.get_by_role("status").wait_for()
    assert store.mark(1, "memo").points == 2
    press(page, "u")
    page.get_by_text("Taken back.").wait_for()
    assert store.mark(1, "memo").waits


def test_what_is_typed_stays_while_one_looks_around(open_page, address, store):
    page = open_page(address)
    open_memo(page, address, "Ship it.")
    press(page, "1", "2", "2", "c")
    page.keyboard.type("Which unit?")
    press(page, "Escape", "n")
    page.get_by_text("Ada Lovelace").wait_for()
    assert page.locator("#comment").input_value() == "Which unit?"
    open_memo(page, address, "Wait.")
    assert page.locator("#comment").input_value() == ""
    open_memo(page, address, "Ship it.")
    assert page.locator("#points").input_value() == "3.5"
    assert page.locator("[data-item='2'] input:checked").input_value() == "0.5"
    press(page, "Enter")
    page.get_by_role("status").wait_for()
    assert (store.mark(1, "memo").points, store.mark(1, "memo").comments[0].comment) == (3.5, "Which unit?")
    open_memo(page, address, "Ship it.")  # what is saved is not typed again
    assert page.locator("#comment").input_value() == ""


def test_single_keys_can_be_switched_off(open_page, address):
    page = open_page(address)
    open_memo(page, address, "Ship it.")
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Single keys are on").uncheck()
    press(page, "Escape", "1")
    assert page.locator("#points").input_value() == ""
    page.reload()
    press(page, "1")
    assert page.locator("#points").input_value() == ""


def test_what_was_typed_is_there_after_a_mistake_and_is_chosen(open_page, address):
    page = open_page(address)
    open_memo(page, address, "Ship it.")
    press(page, "c")
    page.keyboard.type("Kept.")
    press(page, "Escape", "p")
    page.keyboard.type("60")
    press(page, "Enter")
    page.get_by_role("alert").wait_for()
    assert page.get_by_role("alert").inner_text() == "60 is more than the exercise can give; give 0 to 6"
    assert page.locator("#comment").input_value() == "Kept."
    page.keyboard.type("6")
    assert page.locator("#points").input_value() == "6"


def test_two_graders_in_two_browsers(open_page, course, store):
    fast = marking.app(store, course, "Yan", token=TOKEN)
    slow = marking.app(store, course, "Zoe", token=TOKEN)
    with shown(fast) as there, shown(slow) as here:
        yan, zoe = open_page(there), open_page(here)
        open_memo(yan, there, "Ship it.")
        open_memo(zoe, here, "Ship it.")
        press(yan, "1", "Enter")
        yan.get_by_role("status").wait_for()
        press(zoe, "3", "c")
        zoe.keyboard.type("Mine.")
        press(zoe, "Control+Enter")
        zoe.get_by_role("alert").wait_for()
        assert zoe.get_by_role("alert").inner_text() == "graded meanwhile by Yan (2 points): look again"
        assert zoe.locator("#comment").input_value() == "Mine."
        assert store.mark(1, "memo").points == 2


def test_hostile_texts_run_nothing_and_load_nothing(open_page, course):
    marks = (memo(HOSTILE), program(HOSTILE, HOSTILE), checked(appealed=True, message=HOSTILE, detail=HOSTILE))
    store = Memory((person("ada", HOSTILE, HOSTILE), [attempt(1, "ada", *marks)]))
    with shown(marking.app(store, course, HOSTILE, token=TOKEN, cohort=HOSTILE)) as address:
        page = open_page(address + "?names=1")
        for number in range(page.locator(".list a").count()):
            page.goto(address + "?names=1&all=1")
            page.locator(".list a").nth(number).click()
            page.locator(".list a").first.click()
            page.locator("#comment").fill(HOSTILE)
            page.locator("#points").fill(HOSTILE[:40])
            page.locator("#comment").press("Control+Enter")
            page.get_by_role("alert").wait_for()
            page.locator("#points").fill("1")
            page.locator("#comment").press("Control+Enter")
            page.get_by_role("status").wait_for()
            assert "run" not in page.title()
            assert page.locator("main img, main svg, main style, main script, main a[href^=javascript]").count() == 0
            assert page.locator("main").is_visible()
    comment = store.mark(1, "memo").comments[0].comment
    assert comment == HOSTILE


@pytest.mark.parametrize("width", [1280, 390])
def test_everybody_can_use_it(open_page, address, width):
    page = open_page(address, viewport={"width": width, "height": 900})

    def sound():
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found = axe.Axe().run(page).response["violations"]
            assert [(one["id"], scheme) for one in found if one["impact"] in {"serious", "critical"}] == []
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow == 0

    sound()
    page.get_by_role("link", name="the memo").click()
    sound()
    page.get_by_role("link", name="Ship it.", exact=True).click()
    press(page, "1", "2", "2")
    sound()
    press(page, "?")
    sound()
    press(page, "Escape", "p")
    page.keyboard.type("99")
    press(page, "Enter")
    page.get_by_role("alert").wait_for()
    sound()
    page.goto(address)
    page.get_by_role("link", name="a program").click()
    page.locator(".list a").first.click()
    sound()
