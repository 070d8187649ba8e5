"""Write `docs/example`: the map and the report of one synthetic district. Run as `./run example`."""

from __future__ import annotations

from pathlib import Path

from geo.language import using
from geo.maps import write_map
from geo.read.bundled import bundled_folder
from geo.report import write_report
from geo.study import load_study, run_study

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "example"
UNIT = "7032"


def write_example(folder: Path) -> None:
    """Write map.html and report.html of the steppe study's first district, in English."""
    folder.mkdir(parents=True, exist_ok=True)
    with using("en"):
        result = next(iter(run_study(load_study(bundled_folder("studies") / "steppe"), [UNIT])))
        write_map(result, folder / "map.html")
        write_report(result, folder / "report.html")


if __name__ == "__main__":
    write_example(FOLDER)
