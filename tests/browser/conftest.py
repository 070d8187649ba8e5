from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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


@pytest.fixture(scope="session")
def spare_pages() -> list[Page]:
    """Empty pages that no test uses: opening a file in one takes half of what it takes in a new one."""
    return []


@pytest.fixture
def open_page(chromium: Browser, spare_pages: list[Page]) -> Iterator[Callable[..., Page]]:
    """Opens a file without any network; the test fails on console errors and on requests for anything but files.

    A file may be opened `instead_of` a page that the test has finished with.
    """
    opened: list[Page] = []
    trouble: list[str] = []
    listeners: dict[Any, Callable[..., None]] = {
        "console": lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None,
        "pageerror": lambda error: trouble.append(str(error)),
        "dialog": lambda dialog: trouble.append(f"dialog: {dialog.message}"),
        "request": lambda request: trouble.append(request.url) if _is_outside(request.url) else None,
    }

    def take() -> Page:
        page = spare_pages.pop() if spare_pages else chromium.new_context(offline=True).new_page()
        for event, listener in listeners.items():
            page.on(event, listener)
        opened.append(page)
        return page

    def empty(page: Page) -> None:
        _keep_picture(page)
        if page.evaluate("localStorage.length + sessionStorage.length"):
            trouble.append("the page keeps something for the next")
        page.emulate_media(media="null")
        page.mouse.move(0, 0)
        page.goto("about:blank")

    def open_file(
        path: Path, width: int = 1400, height: int = 900, link: str = "", instead_of: Page | None = None
    ) -> Page:
        if instead_of:
            empty(instead_of)
        page = instead_of or take()
        page.set_viewport_size({"width": width, "height": height})
        page.goto(path.as_uri() + link)
        if path.name.startswith("map"):
            page.wait_for_selector("html[data-ready]")
        return page

    yield open_file
    for page in opened:
        empty(page)
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
        spare_pages.append(page)
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
