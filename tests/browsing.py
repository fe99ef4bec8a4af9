"""Loading a page in Chromium and noticing whatever it does: requests, dialogs, errors, scripts, findings of axe."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
SEEN = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


@dataclass
class Seen:
    """What a page did."""

    page: Any
    address: str
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def is_hacked(self) -> bool:
        """Whether a payload has set its marker."""
        return self.page.evaluate("window.hacked !== undefined")

    @property
    def foreign(self) -> list[str]:
        """What was fetched besides the page itself."""
        return [url for url in self.requests if url != self.address]

    def serious(self) -> list[tuple[str, str]]:
        """axe's findings that keep people out."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        return [(one["id"], one["nodes"][0]["html"][:120]) for one in found if one["impact"] in {"serious", "critical"}]


@contextlib.contextmanager
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextlib.contextmanager
def opened(browser: Any, path: Path, width: int = 1280, scheme: str = "light") -> Iterator[Seen]:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    seen = Seen(page, path.as_uri())
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("console", lambda message: seen.said.append(message.text))
    page.on("pageerror", lambda error: seen.said.append(str(error)))

    def dismissed(dialog: Any) -> None:
        seen.dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismissed)
    page.goto(seen.address)
    yield seen
    page.close()
