"""Every page of every bundled study opens from disk without a request or a complaint, in three languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from geo.report import deliver
from tests.bundled import RunBundled

Open = Callable[..., Page]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=[("steppe", "7044"), ("kazakhstan", "KZ63"), ("finland", "finland")], ids=str)
def folder(request: pytest.FixtureRequest, run_bundled: RunBundled, tmp_path_factory: pytest.TempPathFactory) -> Path:
    study, unit = request.param
    return deliver(run_bundled(study, unit), tmp_path_factory.mktemp(study), "en")


def test_every_page_opens_without_a_complaint(folder: Path, open_page: Open) -> None:
    pages = sorted(path for path in folder.glob("*.html") if path.name != "map-online.html")
    assert {"map.html", "report.html", "hearing.html", "settlements.html"} <= {path.name for path in pages}
    page: Page | None = None
    for path in pages:
        page = open_page(path, instead_of=page)
        assert page.locator("h1").first.inner_text()
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    for language in ("ru", "kk"):
        page = open_page(folder / "map.html", link=f"#lang={language}&plan=proposal", instead_of=page)
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("#compare tbody tr").count() == 7
