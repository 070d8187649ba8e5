"""The user's loop: a district's map after one changed speed, or one closed road, in a process that drew it before."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import geo.network
from geo.read.bundled import bundled_folder
from geo.report.redraw import Watch

DISTRICT: Final = "7032"
_ROUNDS: Final = 2
_BRIDGE: Final = "w2574"


def _changes(folder: Path) -> Iterator[str]:
    """Make a change to the study before each name is yielded."""
    speeds, closures, study = folder / "speeds.csv", folder / "closures.csv", folder / "study.toml"
    shutil.copy(Path(geo.network.__file__).with_name("speeds.csv"), speeds)
    study.write_text(study.read_text("utf-8").replace("[inputs]", '[inputs]\nspeeds = "speeds.csv"'), "utf-8")
    text, closed = speeds.read_text("utf-8"), closures.read_text("utf-8")
    old = next(line for line in text.splitlines() if ",earth," in line and ",car,dry," in line)
    for number in range(_ROUNDS):
        fields = old.split(",")
        fields[5] = str(int(fields[5]) - 1 - number)
        speeds.write_text(text.replace(old, ",".join(fields)), "utf-8")
        yield "speed"
        seasons = ("dry", "winter", "thaw")
        closures.write_text(closed + f"{_BRIDGE},{seasons[number % 2]},bench,1.0\n", "utf-8")
        yield "closure"


def main() -> None:
    """Measure, and print one JSON object."""
    seconds: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "steppe"
        shutil.copytree(bundled_folder("studies") / "steppe", folder)
        watched = Watch(folder, DISTRICT, Path(place) / "map.html", "en")
        list(watched.draw())
        for name in _changes(folder):
            wall, cpu = time.perf_counter(), time.process_time()
            for stage in watched.draw():
                seconds.setdefault(f"{name}_{stage}_wall_s", []).append(time.perf_counter() - wall)
                seconds.setdefault(f"{name}_{stage}_cpu_s", []).append(time.process_time() - cpu)
    medians = {name: round(statistics.median(found), 2) for name, found in seconds.items()}
    sys.stdout.write(json.dumps({"rounds": _ROUNDS, **medians}) + "\n")


if __name__ == "__main__":
    main()
