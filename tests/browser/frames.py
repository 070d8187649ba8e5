"""Times that a page needs in a browser: until it is ready, and per frame while it is dragged."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page

_TRY_MS = 50
_MOST_TRIES = 400
#: Runs before anything of the page: when `html[data-ready]` appears, and when each frame is drawn.
WATCH = """
window.watched = { ready: null, frames: [] };
new MutationObserver(function () {
    if (window.watched.ready === null && document.documentElement.hasAttribute("data-ready")) {
        // Two frames later the browser has drawn what the page asked for.
        requestAnimationFrame(() => requestAnimationFrame(() => { window.watched.ready = performance.now(); }));
    }
}).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-ready"] });
(function frame(time) {
    window.watched.frames.push(time);
    requestAnimationFrame(frame);
})(performance.now());
"""


def open_watched(browser: Browser, path: Path) -> Page:
    """Open a map page in a new context and wait until it is ready."""
    page = browser.new_context(offline=True, viewport={"width": 1400, "height": 900}).new_page()
    page.add_init_script(WATCH)
    page.goto(path.as_uri())
    wait_until(page, "window.watched.ready !== null")
    return page


def wait_until(page: Page, condition: str) -> None:
    """Wait for a condition in the page: its policy forbids Playwright's own way of waiting.

    Raises
    ------
    RuntimeError
        If it does not come true.
    """
    for _try in range(_MOST_TRIES):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(_TRY_MS)
    raise RuntimeError(f"never true on the page: {condition}")


def load_ms(page: Page) -> float:
    """Return the milliseconds from the start of the navigation until the map stood drawn."""
    return float(page.evaluate("window.watched.ready"))


def pan(page: Page, n_steps: int) -> list[list[float]]:
    """Drag the map to and fro with the mouse and let it go after each step.

    Returns
    -------
    list of list of float
        Per step, the milliseconds between the frames drawn from the press of the button until everything was drawn.
    """
    box = page.locator(".folium-map").bounding_box()
    if box is None:
        raise RuntimeError("the page has no map")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    steps = []
    for step in range(n_steps):
        way = 1 if step % 2 else -1
        page.evaluate("window.watched.frames = []")
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + way * 150, y + way * 90, steps=6)
        page.mouse.up()
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        steps.append(page.evaluate("window.watched.frames.slice(1).map((time, k) => time - window.watched.frames[k])"))
    return steps
