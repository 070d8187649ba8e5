"""The page of a synthetic country of 6,500 settlements: how long it takes to write, to open and to drag.

It has no peer: these are figures, not ratios. All times are wall-clock times and grow with the machine's load.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from geo.maps import write_map
from tests.benchmarks.case import Measured
from tests.browser.conftest import NAMES
from tests.browser.country import country_result
from tests.browser.frames import load_ms, open_watched, pan

RUNS = 5
PAN_STEPS = 40


def figures() -> list[Measured]:
    """Return size and seconds of writing, and where there is a Chromium, times of opening and dragging."""
    result = country_result()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.html"
        begin = time.perf_counter()
        write_map(result, path)
        written = time.perf_counter() - begin
        found = [Measured("size", path.stat().st_size / 1e6, "MB"), Measured("write, three languages", written, "s")]
        program = os.environ.get("GEO_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
        if program is None:
            sys.stderr.write("country-page: no Chromium, so nothing is opened (set GEO_CHROMIUM).\n")
            return found
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
            found += _in_browser(browser, path)
            browser.close()
    return found


def _in_browser(browser: Browser, path: Path) -> list[Measured]:
    loads = []
    for _run in range(RUNS):
        page = open_watched(browser, path)
        loads.append(load_ms(page))
        page.context.close()
    page = open_watched(browser, path)
    steps = pan(page, PAN_STEPS)
    page.context.close()
    frames = sorted(frame for step in steps for frame in step)
    return [
        Measured(f"open, median of {RUNS}", statistics.median(loads), "ms"),
        Measured(f"frame over {PAN_STEPS} drags, median", statistics.median(frames), "ms"),
        Measured(f"frame over {PAN_STEPS} drags, 95 %", frames[int(0.95 * (len(frames) - 1))], "ms"),
        Measured("longest frame of a drag, median", statistics.median(max(step) for step in steps), "ms"),
    ]
