"""An .osm.pbf to the saved network, beside a bare pyosmium pass that extracts the same ways and tags.

``python -m tests.benchmarks.travel_cases.reading FILE.osm.pbf`` prints one JSON object of CPU seconds: medians of
rounds in which all sides take their turn. Ours reads the roads alone, all that travel times need of an extract.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osmium
import pyproj
import shapely
from osmium.filter import EntityFilter, KeyFilter
from osmium.geom import WKBFactory, use_nodes

from geo.network.store import load_network, save_network
from geo.network.topology import RoadNetwork, build_network
from geo.read import osm_notes
from geo.read.osm_roads import read_osm_roads
from geo.read.tags import ROAD_KEYS, is_road

_ROUNDS = 5
_BYTES_PER_MB = 1e6

Ways = list[tuple[int, dict[str, str], Any]]


def _ways(path: Path) -> osmium.FileProcessor:
    processor = osmium.FileProcessor(str(path)).with_locations()
    return processor.with_filter(EntityFilter(osmium.osm.WAY)).with_filter(KeyFilter("highway", "route"))


def bare(path: Path) -> Ways:
    """Return id, deciding tags and coordinates of every road way, as a careful user of pyosmium would write it."""
    keys = frozenset(ROAD_KEYS)
    found: Ways = []
    for way in _ways(path):
        tags = {tag.k: tag.v for tag in way.tags if tag.k in keys}
        if is_road(tags):
            found.append((way.id, tags, [(node.lon, node.lat) for node in way.nodes if node.location.valid()]))
    return found


def bare_bulk(path: Path) -> Ways:
    """Return the same with the courses as shapely's lines by way of well-known binary; cut ways as `bare` does."""
    keys = frozenset(ROAD_KEYS)
    factory = WKBFactory()
    found: Ways = []
    courses: list[bytes] = []
    for way in _ways(path):
        tags = {tag.k: tag.v for tag in way.tags if tag.k in keys}
        if not is_road(tags):
            continue
        try:
            course = bytes.fromhex(factory.create_linestring(way, use_nodes.ALL))
        except RuntimeError:
            spots = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
            course = shapely.to_wkb(shapely.LineString(spots if len(spots) > 1 else []))
        courses.append(course)
        found.append((way.id, tags, None))
    lines = shapely.from_wkb(np.array(courses, dtype=object))
    return [(way_id, tags, line) for (way_id, tags, _none), line in zip(found, lines, strict=True)]


def cpu_seconds(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU seconds of all threads of this process during a call, and its result."""
    begin = time.process_time()
    result = call()
    return time.process_time() - begin, result


def ours(path: Path, crs: pyproj.CRS, out: Path) -> tuple[dict[str, float], RoadNetwork]:
    """Return the CPU seconds of each step from the file to the saved network, and the network."""
    in_check = 0.0
    whole_check = osm_notes.check

    def clocked(*args: Any, **options: Any) -> Any:
        nonlocal in_check
        seconds, result = cpu_seconds(lambda: whole_check(*args, **options))
        in_check += seconds
        return result

    osm_notes.check = clocked
    try:
        read, extract = cpu_seconds(lambda: read_osm_roads(path, path.name))
    finally:
        osm_notes.check = whole_check
    built, network = cpu_seconds(lambda: build_network(extract.roads, crs))
    saved, _none = cpu_seconds(lambda: save_network(out, network))
    return {"read": read - in_check, "check": in_check, "network": built, "save": saved}, network


def agree(path: Path, network: RoadNetwork) -> None:
    """Raise unless the bare passes found the ways of our network, with the same vertices where they are whole."""
    plain = {f"w{way_id}": course for way_id, _tags, course in bare(path)}
    for way_id, _tags, line in bare_bulk(path):
        if shapely.get_num_coordinates(line) != len(plain[f"w{way_id}"]) > 1:
            raise RuntimeError(f"the bare passes disagree on way {way_id}")
    whole: gpd.GeoSeries = network.roads.geometry[~network.roads.index.str.contains("-|^n", regex=True)]
    for road_id, line in whole.items():
        if plain[road_id] != list(line.coords):
            raise RuntimeError(f"{road_id} has another course than in the bare pass")


def metric_system(path: Path) -> pyproj.CRS:
    """Return a metric system for the roads of a file: the UTM zone of their middle."""
    return read_osm_roads(path, path.name).roads.estimate_utm_crs()


def peak_mb(path: Path, *, read: bool = True) -> float:
    """Return the peak memory of a process that imports the program, and with `read` reads and saves the network."""
    command = [sys.executable, "-m", __spec__.name if __spec__ else __name__, str(path), "--once" if read else "--idle"]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main(path: Path) -> None:
    """Print the comparison for a file."""
    # First of all: a process is charged with what its parent held when it was started.
    peak, idle = peak_mb(path), peak_mb(path, read=False)
    sides: dict[str, list[float]] = {"bare": [], "bulk": [], "load": []}
    steps: list[dict[str, float]] = []
    crs = metric_system(path)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "network.npz"
        for _round in range(_ROUNDS):
            sides["bare"].append(cpu_seconds(lambda: bare(path))[0])
            sides["bulk"].append(cpu_seconds(lambda: bare_bulk(path))[0])
            taken, network = ours(path, crs, out)
            steps.append(taken)
            sides["load"].append(cpu_seconds(lambda: load_network(out))[0])
        agree(path, network)
        n_bytes = out.stat().st_size
    total = statistics.median(sum(taken.values()) for taken in steps)
    median = {side: statistics.median(seconds) for side, seconds in sides.items()}
    result = {
        "file": path.name,
        "n_roads": len(network.roads),
        "n_edges": network.n_edges,
        "bare_cpu_s": median["bare"],
        "bare_bulk_cpu_s": median["bulk"],
        "ours_cpu_s": {"total": total, **{step: statistics.median(one[step] for one in steps) for step in steps[0]}},
        "ratio": total / median["bare"],
        "ratio_bulk": total / median["bulk"],
        "load_s": median["load"],
        "file_mb": n_bytes / _BYTES_PER_MB,
        "peak_rss_mb": peak,
        "idle_rss_mb": idle,
    }
    sys.stdout.write(json.dumps(result, indent=1) + "\n")


def once(path: Path, *, read: bool) -> None:
    """Print the peak memory of this process in megabytes, after reading and saving the network or after imports."""
    if read:
        with tempfile.TemporaryDirectory() as folder:
            extract = read_osm_roads(path, path.name)
            save_network(Path(folder) / "network.npz", build_network(extract.roads, pyproj.CRS("EPSG:32642")))
    sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _BYTES_PER_MB}\n")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        once(Path(sys.argv[1]), read=sys.argv[2] == "--once")
    else:
        main(Path(sys.argv[1]))
