"""Writes the synthetic steppe in the formats a planner would bring: .osm.pbf, CSV, a spreadsheet, GeoJSON."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
import osmium
from openpyxl import Workbook

from geo.read.steppe.history import POP_BEFORE_YEAR
from geo.read.steppe.places import DISTRICT_IDS, POP_YEAR, Place
from geo.read.steppe.services import Facility
from geo.read.steppe.shapes import to_degrees
from geo.read.steppe.ways import FIRST_NODE, FIRST_WAY, Drawing

_CLASSES: Final = {
    "centre": "district_centre", "okrug": "okrug_centre", "village": "other", "hamlet": "other", "camp": "winter_camp",
}  # fmt: skip
_POP_SOURCES: Final = ("stat", "stat", "stat", "akimat", "attached")
_FACILITY_COLUMNS: Final = (
    "facility_id", "name_kk", "name_ru", "name_en", "settlement_id", "lon", "lat", "service", "level", "capacity",
    "load", "staffed", "staff_posts", "instruction_lang", "ownership", "condition", "wear_pct", "year_built",
    "closable", "status",
)  # fmt: skip


def write_extract(path: Path, drawing: Drawing) -> None:
    """Write nodes and ways as OpenStreetMap objects, sorted, without dates."""
    degrees = to_degrees(np.array(drawing.points))
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, (lon, lat) in enumerate(degrees.tolist()):
            tags = drawing.node_tags.get(number, {})
            writer.add_node(osmium.osm.mutable.Node(id=FIRST_NODE + number, version=1, location=(lon, lat), tags=tags))
        for number, way in enumerate(drawing.ways):
            nodes = [FIRST_NODE + node for node in way.nodes]
            writer.add_way(osmium.osm.mutable.Way(id=FIRST_WAY + number, version=1, nodes=nodes, tags=way.tags))


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write rows as UTF-8 CSV with one header row."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_geojson(path: Path, features: list[dict[str, Any]]) -> None:
    """Write GeoJSON features, one per line."""
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    path.write_text(f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n', encoding="utf-8", newline="\n")


def settlement_rows(places: list[Place], before: list[int | None]) -> list[dict[str, Any]]:
    """Return the rows of settlements.csv; the planted missing population and an unknown earlier one are blank."""
    rows = []
    for number, (place, persons_before) in enumerate(zip(places, before, strict=True)):
        lon, lat = to_degrees(np.array([place.at]))[0].tolist()
        people: dict[str, Any] = dict(
            zip(("pop_0_5", "pop_6_9", "pop_10_14", "pop_15_17", "pop_18_62", "pop_63p"), place.ages, strict=True)
        )
        people["wcba"] = place.women
        known = place.code != "missing_population"
        rows.append(
            {
                "settlement_id": place.settlement_id,
                "name_kk": place.name.kk,
                "name_ru": place.name.ru,
                "name_en": place.name.en,
                "lon": lon,
                "lat": lat,
                "district_id": DISTRICT_IDS[place.district],
                "okrug_id": place.okrug_id,
                "settlement_class": _CLASSES[place.kind],
                "pop_total": place.persons if known else "",
                "pop_year": POP_YEAR,
                "pop_source": _POP_SOURCES[number % len(_POP_SOURCES)],
                **{column: value if known else "" for column, value in people.items()},
                "share_kk": place.share_kk,
                "share_ru": place.share_ru,
                "vulnerability": {"hazard": 2.0, "remote": 1.5}.get(place.code, 1.5 if place.kind == "camp" else 1.0),
                "protected_reason": "border village, sole school" if place.code == "border_school" else "",
                "pop_before": "" if persons_before is None else persons_before,
                "pop_before_year": "" if persons_before is None else POP_BEFORE_YEAR,
            }
        )
    return rows


def write_facilities(path: Path, facilities: list[Facility]) -> None:
    """Write the facilities as a spreadsheet with one header row."""
    book = Workbook()
    book.properties.creator = "geo.read.steppe"
    book.properties.created = datetime(2026, 1, 1)
    book.remove(book.worksheets[0])
    sheet = book.create_sheet("facilities")
    sheet.append(list(_FACILITY_COLUMNS))
    for f in facilities:
        lon, lat = to_degrees(np.array([f.at]))[0].tolist() if f.at else (None, None)
        sheet.append(
            [
                f.facility_id, f.name.kk, f.name.ru, f.name.en, f.place.settlement_id, lon, lat, f.service, f.level,
                f.capacity, f.load, f.staffed, f.staff_posts, f.instruction_lang or None, "public", f.condition,
                f.wear_percent, f.year_built, f.closable, "open",
            ]
        )  # fmt: skip
    book.save(path)


def cost_rows() -> list[dict[str, Any]]:
    """Return the rows of costs.csv, kept with their sources in `costs.csv`."""
    text = files("geo.read.steppe").joinpath("costs.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def toml_lines(entries: dict[str, Any]) -> list[str]:
    """Return ``key = value`` lines; JSON writes strings, numbers, booleans and lists as TOML does."""
    return [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entries.items()]
