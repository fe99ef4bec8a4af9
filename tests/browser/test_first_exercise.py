"""The whole path in a real browser: `curriculum learn`, a wrong answer, its card, the right one, progress."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ARTIFACTS = Path(__file__).parents[2] / "artifacts"
START_SECONDS = 90
WRONG = """def basket_total(prices, delivery_fee):
    return sum(prices) - delivery_fee"""
RIGHT = """def basket_total(prices, delivery_fee):
    return sum(prices) + delivery_fee"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture
def environment(tmp_path):
    """Variables that keep JupyterLab away from the settings of whoever runs the tests."""
    folders = {
        f"JUPYTER_{name}_DIR": str(tmp_path / f"jupyter-{name.lower()}") for name in ("CONFIG", "DATA", "RUNTIME")
    }
    return os.environ | folders | {"JUPYTER_PLATFORM_DIRS": "0", "IPYTHONDIR": str(tmp_path / "ipython")}


@pytest.fixture
def workspace(tmp_path):
    return tmp_path / "Jörg's course"


@pytest.fixture
def address(workspace, environment):
    """The address that `curriculum learn` prints once JupyterLab answers."""
    command = [sys.executable, "-m", "curriculum", "learn", str(workspace), "--no-browser", "--", "--ServerApp.port=0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as lab:
        # Without an address in time the process is ended, which ends the reading below too.
        guard = threading.Timer(START_SECONDS, lab.kill)
        guard.start()
        try:
            found = next((match for line in lab.stdout if (match := re.search(r"http://\S+", line))), None)
            assert found, "JupyterLab did not start"
            guard.cancel()
            yield found.group()
        finally:
            guard.cancel()
            lab.send_signal(signal.SIGINT)
            lab.communicate(timeout=START_SECONDS)


@pytest.fixture
def page(address):
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(60_000)
        page.goto(address)
        page.get_by_text(re.compile(r"Python 3 .*\| Idle")).wait_for()
        yield page
        browser.close()


def answer(page, text):
    """Replace the text of the answer cell, run it and then the check cell below it."""
    editor = page.locator(".jp-CodeCell .cm-content", has_text="def basket_total").first
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")


def photograph(page, name):
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{name}.png")


def outcomes(workspace, environment):
    """What the terminal says of the same workspace."""
    command = [sys.executable, "-m", "curriculum", "progress", "--json"]
    done = subprocess.run(command, cwd=workspace, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_learner_meets_the_first_exercise(page, workspace, environment):
    # learn opened the lesson at the first unfinished exercise
    assert "01-welcome.ipynb" in page.url
    page.get_by_role("heading", name="Exercise: mend the bill").wait_for()
    photograph(page, "1-opened")

    page.locator(".jp-CodeCell .cm-content", has_text="def basket_total").first.click()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Above Selected Cell").click()

    card = page.locator(".curriculum-card")
    answer(page, WRONG)
    card.filter(has_text="The fee is taken off the bill").wait_for()
    card.scroll_into_view_if_needed()
    photograph(page, "2-wrong")
    assert "Not yet" in card.inner_text()
    assert "12.4" in card.inner_text()

    answer(page, RIGHT)
    card.filter(has_text="mend-the-total: Right").wait_for()
    card.scroll_into_view_if_needed()
    photograph(page, "3-right")

    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("curriculum.progress()")
    page.keyboard.press("Shift+Enter")
    table = page.locator(".curriculum-progress")
    table.filter(has_text=re.compile(r"1 of \d+ exercises passed")).wait_for()
    table.scroll_into_view_if_needed()
    photograph(page, "4-progress")

    standing = outcomes(workspace, environment)
    first = standing["lessons"][0]["exercises"][0]
    assert (first["id"], first["state"], first["attempts"]) == ("mend-the-total", "passed", 2)
    assert standing["passed"] == 1
