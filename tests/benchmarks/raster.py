"""A population raster of a hundred million cells: how long it takes, how much memory it needs, and what is lost."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from tests.benchmarks.case import Measured

SIDE = 10_000
_STRIP = 500
#: Cells of three arc-seconds, as WorldPop's.
_DEGREES = 1 / 1200
_WEST, _NORTH = 66.0, 52.0
_N_PLACES = 2_000


def figures() -> list[Measured]:
    """Return seconds, peak memory and the share of people that is not accounted for; in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.tif"
        total = write_raster(path)
        command = [sys.executable, "-m", "tests.benchmarks.raster", str(path), repr(total)]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    seconds, megabytes, lost = map(float, lines)
    return [
        Measured("raster of 100 million cells", seconds, "s"),
        Measured("raster of 100 million cells, peak memory", megabytes, "MB"),
        Measured("raster of 100 million cells, share of people lost", lost, ""),
    ]


def write_raster(path: Path) -> float:
    """Write a raster in which every second cell is inhabited; return its people."""
    import rasterio
    from rasterio.transform import Affine

    random = np.random.default_rng(7)
    total = 0.0
    with rasterio.open(
        path, "w", driver="GTiff", width=SIDE, height=SIDE, count=1, dtype="float32", crs="EPSG:4326",
        transform=Affine(_DEGREES, 0, _WEST, 0, -_DEGREES, _NORTH), nodata=-99999, tiled=True, compress="deflate",
    ) as raster:  # fmt: skip
        for row in range(0, SIDE, _STRIP):
            cells = random.gamma(0.5, 0.4, (_STRIP, SIDE)).astype(np.float32)
            cells[random.random(cells.shape) < 0.5] = -99999
            total += float(cells[cells > 0].sum(dtype=np.float64))
            raster.write(cells, 1, window=rasterio.windows.Window(0, row, SIDE, _STRIP))
    return total


def places() -> gpd.GeoDataFrame:
    """Two thousand villages without a known population."""
    from geo.tables import SETTLEMENTS
    from geo.tables.check import check

    random = np.random.default_rng(8)
    raw = pd.DataFrame(
        {
            "settlement_id": [f"s{number}" for number in range(_N_PLACES)],
            "name_en": "Village",
            "lon": _WEST + random.random(_N_PLACES) * SIDE * _DEGREES,
            "lat": _NORTH - random.random(_N_PLACES) * SIDE * _DEGREES,
            "pop_total": None,
        }
    )
    frame, _faults = check(SETTLEMENTS, raw, "places")
    return frame


def main(path: str, total: str) -> None:
    """Read the raster and print the figures."""
    from geo.read.raster import settlements_from_raster

    villages = places()
    begin = time.perf_counter()
    frame, _faults, sums = settlements_from_raster(Path(path), "people.tif", villages)
    seconds = time.perf_counter() - begin
    lost = abs(float(frame["population_persons"].sum()) + sums.unplaced + sums.superseded - float(total)) / float(total)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{seconds} {megabytes} {lost}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
