from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

#: Where the first picture of every page is kept, to be looked at.
SCREENSHOTS = Path(__file__).resolve().parents[2] / "outputs" / "screenshots"
_KEPT: set[Path] = set()
NAMES = ("chromium", "chromium-browser", "google-chrome")


def _missing(reason: str) -> None:
    if os.environ.get("GEO_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real Chromium; the test is skipped where there is none, or fails with GEO_REQUIRE_ALL=1."""
    program = os.environ.get("GEO_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        _missing(f"needs a Chromium: set GEO_CHROMIUM, or install one of {', '.join(NAMES)}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a file without any network; the test fails on console errors and on requests for anything but files."""
    contexts = []
    trouble: list[str] = []

    def open_file(path: Path, width: int = 1400, height: int = 900, link: str = "") -> Page:
        context = chromium.new_context(offline=True, viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("dialog", lambda dialog: trouble.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: trouble.append(request.url) if _is_outside(request.url) else None)
        page.goto(path.as_uri() + link)
        if path.name.startswith("map"):
            page.wait_for_selector("html[data-ready]")
        return page

    yield open_file
    for context in contexts:
        _keep_picture(context.pages[0])
        context.close()
    assert trouble == []


def _keep_picture(page: Page) -> None:
    """Keep a picture of a page, one per study folder, page and width."""
    parts = Path(page.url.partition("#")[0]).parts[-2:]
    width = (page.viewport_size or {"width": 0})["width"]
    path = SCREENSHOTS / f"{parts[0]}-{Path(parts[1]).stem}-{width}.png"
    if path not in _KEPT:
        _KEPT.add(path)
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path)


def _is_outside(url: str) -> bool:
    return not url.startswith(("file:", "data:", "blob:"))
