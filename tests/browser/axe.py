"""The rules of accessibility that a page breaks."""

from __future__ import annotations

from importlib import resources

from playwright.sync_api import Page

#: All rules are checked; what passes, most of it, is not described, which takes more than half of the time.
_OPTIONS = {"resultTypes": ["violations"]}


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """Return the rules that a page breaks as it stands, with the beginnings of the elements that break them."""
    page.evaluate(resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("(options) => axe.run(options)", _OPTIONS)["violations"]
    return [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in found]
