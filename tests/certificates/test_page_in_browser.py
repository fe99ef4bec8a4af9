"""The page of a certificate in a real browser: readable on a laptop and a phone, by everyone, and nothing runs."""

from __future__ import annotations

import shutil

import pytest
from certificates.made import sheet

from curriculum.gradebook import Learner

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.usefixtures("pages_alone"),
]
NAME = "<img src=x onerror=alert(1)> محمد " + "Maximiliane" * 12


def test_the_page_is_sound_at_every_width_and_in_both_colour_schemes(issuer):
    file = issuer.issue(sheet(Learner("ada", NAME), lessons=3, extras=1), days=30).files[1]
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for width, scheme in ((1280, "light"), (390, "dark")):
            context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
            page = context.new_page()
            said, asked = [], []
            page.on("console", lambda message, said=said: said.append(message.text))
            page.on("dialog", lambda dialog, said=said: said.append(dialog.message))
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.goto(file.as_uri())
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")
            assert page.locator("pre").first.is_visible()
            assert page.locator(".name").inner_text() == NAME
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert asked == [file.as_uri()]
            assert said == []
            found = axe.Axe().run(page).response["violations"]
            assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
            context.close()
        browser.close()
