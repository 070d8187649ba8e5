"""Write `docs/example`: the pages of one synthetic district. Run as `./run example`."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from geo.read.bundled import bundled_folder
from geo.report import deliver
from geo.study import StudyResult, load_study, run_study

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "example"
UNIT = "7032"
PAGES = ("map.html", "report.html", "hearing.html", "settlements.html", "transport.html")


def write_example(folder: Path, result: StudyResult) -> None:
    """Write the pages of the steppe study's first district, in English; links to what the folder lacks become text."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        delivered = deliver(result, Path(place), "en")
        for name in PAGES:
            text = (delivered / name).read_text(encoding="utf-8")
            text = re.sub(r'<a href="(?:map-online\.html|tables\.xlsx|results\.gpkg)">(.*?)</a>', r"\1", text)
            (folder / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_example(FOLDER, next(iter(run_study(load_study(bundled_folder("studies") / "steppe"), [UNIT]))))
