"""Readers of layers, extracts and settings, each with a small sound file that fuzz tests and campaigns change."""

from __future__ import annotations

import json
import time
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import geopandas as gpd
import networkx
import osmium
import osmnx
import pandas as pd
import shapely

from geo.errors import DataError
from geo.norms import load_pack
from geo.read.boundaries import read_boundaries
from geo.read.lines import read_roads
from geo.read.osm import read_osm
from geo.read.overpass import read_graphml, read_osm_with_osmnx
from geo.read.proposals import Known, read_proposal
from geo.read.sources import read_sources
from geo.study.config_file import read_config
from tests.conftest import TINY_OSM
from tests.fuzz import mutations

ROADS = {
    "edge_id": ["r1", "r2"],
    "road_category": ["IV", "track"],
    "surface": ["asphalt", "earth"],
    "length_km": [7.2, 7.2],
    "name": ["Көше", "<b>"],
}
LINES = [
    shapely.LineString([(70, 50), (70.05, 50.01), (70.1, 50)]),
    shapely.LineString([(70.05, 49.95), (70.05, 50.05)]),
]
UNITS = {"unit_id": ["T1"], "level": ["district"], "name_en": ["Toy"], "name_ru": ["Район"]}
STUDY = """
[study]
name = "fuzz"
title = { en = "Fuzz", ru = "Проверка" }

[inputs]
roads = "roads.gpkg"
settlements = { url = "postgresql://reader@db.example/geo", query = "SELECT 1" }

[network]
max_join_km = 20.0
legs_blocked_by = ["hazards"]

[[season]]
name = "dry"
weight = 1.0
months = [5, 6]

[[service]]
name = "phc"
label = { en = "Clinic" }
site_label = { en = "clinic" }
levels = ["fap", "hospital"]
serving_level = "fap"
norm = "who-lancet/phc-60-minutes"
open = 1
"""
SOURCE = """
[[source]]
title = "Roads"
producer = "OpenStreetMap contributors"
licence = "ODbL 1.0"
files = ["roads.gpkg"]
[[file]]
name = "roads.gpkg"
sha256 = "00"
"""


@dataclass(frozen=True)
class Reader:
    """A reader under test: the name of its file, a sound one, and the call."""

    file: str
    make: Callable[[Path], None]
    read: Callable[[Path], object]


@dataclass
class Outcome:
    """What became of the copies; `failures` are those that ended in neither a result nor a `DataError`."""

    accepted: int = 0
    refused: int = 0
    slowest_seconds: float = 0.0
    codes: Counter[str] = field(default_factory=Counter)
    failures: dict[str, bytes] = field(default_factory=dict)


def feed(reader: Reader, folder: Path, seed: int, n: int, *, slow_seconds: float = 10.0) -> Outcome:
    """Feed mutated copies to a reader and sort out what it does; warnings of libraries are no failures.

    Seconds are those of the processor: a busy machine is no hang.
    """
    file = folder / reader.file
    file.parent.mkdir(parents=True, exist_ok=True)
    reader.make(file)
    outcome = Outcome()
    before = {path for path in folder.rglob("*") if path != file}
    for content in mutations(file.read_bytes(), seed, n):
        file.write_bytes(content)
        took = _feed_one(reader, file, content, outcome)
        outcome.slowest_seconds = max(outcome.slowest_seconds, took)
        if took > slow_seconds:
            outcome.failures.setdefault(f"took {took:.0f} s", content)
    for stray in {path for path in folder.rglob("*") if path != file} - before:
        outcome.failures.setdefault(f"left a file: {stray.name}", b"")
    return outcome


def _feed_one(reader: Reader, file: Path, content: bytes, outcome: Outcome) -> float:
    """Read one copy, note what became of it, and return the seconds it took."""
    begin = time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reader.read(file)
        outcome.accepted += 1
    except DataError as error:
        outcome.refused += 1
        outcome.codes.update({fault.code for fault in error.faults})
    except Exception as error:  # noqa: BLE001 - what ends here is what is looked for
        where = traceback.extract_tb(error.__traceback__)
        own = next((step for step in reversed(where) if "/geo/" in step.filename), where[-1])
        key = f"{type(error).__name__} at {Path(own.filename).name}:{own.name}: {str(error)[:90]}"
        outcome.failures.setdefault(key, content)
    return time.process_time() - begin


def _roads(path: Path, driver: str) -> None:
    gpd.GeoDataFrame(ROADS, geometry=LINES, crs="EPSG:4326").to_file(path, driver=driver)


def _units(path: Path) -> None:
    gpd.GeoDataFrame(UNITS, geometry=[shapely.box(69, 49, 71, 51)], crs="EPSG:4326").to_file(path, driver="GeoJSON")


def _zip(path: Path) -> None:
    parts = path.parent / "parts"
    parts.mkdir(exist_ok=True)
    tags = {"highway": ["secondary", "track"], "surface": ["asphalt", "ground"], "name": ["Көше", "<b>"]}
    gpd.GeoDataFrame(tags, geometry=LINES, crs="EPSG:4326").to_file(parts / "roads.shp")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(parts.iterdir()):
            archive.writestr(zipfile.ZipInfo(part.name), part.read_bytes(), zipfile.ZIP_DEFLATED)


def _osm(path: Path) -> None:
    path.write_text(TINY_OSM, encoding="utf-8")


def _whole_osm(path: Path) -> None:
    """OSMnx takes no file that lacks a node of a way."""
    path.write_text(TINY_OSM.replace('<nd ref="99"/>', ""), encoding="utf-8")


def _pbf(path: Path) -> None:
    source = path.with_name("source.osm")
    _osm(source)
    # Not packed, so that changes reach what is inside the blocks.
    target = osmium.io.File(str(path), "pbf,pbf_compression=none")
    with osmium.SimpleWriter(target, overwrite=True) as writer:
        for item in osmium.FileProcessor(str(source)):
            writer.add(item)


def _graph(path: Path) -> None:
    graph = networkx.MultiDiGraph(crs="EPSG:4326", simplified=False)
    graph.add_nodes_from([(1, {"x": 70.0, "y": 50.0}), (2, {"x": 70.1, "y": 50.0})])
    graph.add_edge(1, 2, osmid=5, highway="secondary", length=7000.0, oneway=False, name="Көше")
    graph.add_edge(2, 1, osmid=5, highway="secondary", length=7000.0, oneway=False, geometry=LINES[0].reverse())
    osmnx.save_graphml(graph, path)


def _pack(path: Path) -> None:
    text = (Path(__file__).parents[1] / "geo" / "norms" / "who-lancet.toml").read_text("utf-8")
    path.write_text(text, encoding="utf-8")


def _proposal(path: Path) -> None:
    content = {
        "format": "geo-proposal-1",
        "study": "toy",
        "unit": "T1",
        "title": "Ұсыныс",
        "norm_minutes": 60,
        "services": {"phc": {"open": ["B"], "close": ["clinic-A"]}},
    }
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


_SITES = pd.DataFrame(
    {
        "site_id": ["B", "clinic-A"],
        "name": ["Ауыл", "ФАП"],
        "service": "phc",
        "kind": ["candidate", "existing"],
        "unit_id": "T1",
        "serves": True,
        "protected_reason": None,
    }
)
_KNOWN = Known("toy", ("T1", "all"), "all", ("phc",), _SITES)

READERS: Mapping[str, Reader] = {
    "osm.pbf": Reader("a.osm.pbf", _pbf, lambda path: read_osm(path, path.name)),
    "osm": Reader("a.osm", _osm, lambda path: read_osm(path, path.name)),
    "osm-osmnx": Reader("a.osm", _whole_osm, lambda path: read_osm_with_osmnx(path, path.name)),
    "graphml": Reader("a.graphml", _graph, lambda path: read_graphml(path, path.name)),
    "gpkg": Reader("a.gpkg", partial(_roads, driver="GPKG"), lambda path: read_roads(path, path.name)),
    "geojson": Reader("a.geojson", partial(_roads, driver="GeoJSON"), lambda path: read_roads(path, path.name)),
    "boundaries": Reader("b.geojson", _units, lambda path: read_boundaries(path, path.name)),
    "shp-zip": Reader("a.zip", _zip, lambda path: read_roads(path, path.name)),
    "study": Reader("study.toml", lambda path: _text(path, STUDY), read_config),
    "source": Reader("SOURCE.toml", lambda path: _text(path, SOURCE), lambda path: read_sources(path, path.name)),
    "norms": Reader("norms/own.toml", _pack, lambda path: load_pack("own", path.parents[1])),
    "proposal": Reader("proposal.json", _proposal, lambda path: read_proposal(path, _KNOWN)),
}


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
