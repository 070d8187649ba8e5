"""A seeded synthetic steppe oblast of three districts: demonstration, tests, benchmarks.

Nobody lives there: the region code 70 does not exist and the names occur nowhere. What is invented, what is alike to
Kazakhstan and what is not stands in ``docs/steppe-realism.md``. The committed files are written again by::

    from pathlib import Path
    from geo.read.steppe.study import write_steppe

    write_steppe(Path("studies/steppe"))
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from geo.read.steppe.boundaries import boundary_features, hazard_features
from geo.read.steppe.files import (
    cost_rows,
    settlement_rows,
    toml_lines,
    write_csv,
    write_extract,
    write_facilities,
    write_geojson,
)
from geo.read.steppe.history import POP_BEFORE_YEAR, persons_before
from geo.read.steppe.places import POP_YEAR, Place, names, place_settlements
from geo.read.steppe.plan import DIFFICULTIES, RIVERS, STREAMS
from geo.read.steppe.roads import RoadPlan, lay_roads
from geo.read.steppe.services import Facility, place_facilities
from geo.read.steppe.shapes import curve_through, meander
from geo.read.steppe.surfaces import surface_roads
from geo.read.steppe.ways import Drawing, Water, draw

SEED: Final = 20261122
#: Chance of a storm closure of an exposed road in winter: "30 % of roads closed" (24.kz 639553, unverified).
_STORM_PROBABILITY: Final = 0.3


@dataclass(frozen=True)
class Steppe:
    """The whole synthetic oblast before it is written."""

    seed: int
    plan: RoadPlan
    drawing: Drawing
    facilities: list[Facility]

    @property
    def places(self) -> list[Place]:
        """Settlements, sorted by code."""
        return self.plan.places


def build_steppe(seed: int = SEED) -> Steppe:
    """Build the oblast; the same seed gives the same oblast.

    Parameters
    ----------
    seed
        Seed of all random numbers.

    Raises
    ------
    ValueError
        If no road can be laid to some village with this seed.
    """
    waters = _waters()
    places = place_settlements(np.vstack([water.line for water in waters]), seed)
    plan = lay_roads(places, [water.line for water in waters if water.is_river], seed)
    surface_roads(plan, seed)
    return Steppe(seed, plan, draw(plan, waters, seed), place_facilities(places, seed))


def write_steppe(folder: Path, seed: int = SEED) -> None:
    """Write all input files of the oblast into a folder, which is made if need be.

    Parameters
    ----------
    folder
        Where `steppe.osm.pbf`, `settlements.csv`, `facilities.xlsx`, `boundaries.geojson`, `hazards.geojson`,
        `closures.csv`, `costs.csv` and `SOURCE.toml` go.
    seed
        Seed of all random numbers.
    """
    steppe = build_steppe(seed)
    folder.mkdir(parents=True, exist_ok=True)
    write_extract(folder / "steppe.osm.pbf", steppe.drawing)
    before = persons_before(steppe.places, POP_YEAR - POP_BEFORE_YEAR, seed)
    write_csv(folder / "settlements.csv", settlement_rows(steppe.places, before))
    write_facilities(folder / "facilities.xlsx", steppe.facilities)
    write_geojson(folder / "boundaries.geojson", boundary_features(steppe.places))
    write_geojson(folder / "hazards.geojson", hazard_features())
    write_csv(folder / "closures.csv", closure_rows(steppe))
    write_csv(folder / "costs.csv", cost_rows())
    (folder / "SOURCE.toml").write_text(source_toml(steppe), encoding="utf-8", newline="\n")


def closure_rows(steppe: Steppe) -> list[dict[str, Any]]:
    """Return the rows of closures.csv: the flooded road, the resting ferry, storms on exposed roads."""
    roads = steppe.plan.network.roads
    flooded, ferry = (steppe.plan.number_of(code) for code in ("flooded", "ferry"))
    rows: list[dict[str, Any]] = []

    def close(number: int, season: str, reason: str, probability: float) -> None:
        rows.extend(
            {"edge_id": f"w{way}", "season": season, "reason": reason, "probability": probability}
            for way in steppe.drawing.ways_of(number, ferry_only=roads[number].crossing == "ferry")
        )

    for number, road in enumerate(roads):
        if road.place == flooded and road.protected:
            close(number, "thaw", "low road under water", 1.0)
        if road.place == ferry and road.crossing == "ferry":
            close(number, "winter", "the ferry does not run", 1.0)
            close(number, "thaw", "the ferry does not run", 1.0)
        if road.highway in ("trunk", "secondary") and road.purpose != "street" and number % 4 == 0:
            close(number, "winter", "snow storms", _STORM_PROBABILITY)
    return rows


def source_toml(steppe: Steppe) -> str:
    """Return SOURCE.toml: who made the files, from which seed, what was counted, which difficulties were planted."""
    places, roads = steppe.places, steppe.plan.network.roads
    head = {
        "title": "Synthetic steppe oblast",
        "producer": "this program's generator of synthetic districts",
        "licence": "CC0-1.0",
        "date": "2026-11-22",
        "synthetic": True,
        "seed": steppe.seed,
        "note": "Invented. Region 70 does not exist in KATO; names, people, roads and buildings are no real place's.",
    }
    counts = {
        "settlements": len(places),
        "persons": sum(place.persons for place in places if place.code != "missing_population"),
        "schools": sum(f.service == "school" for f in steppe.facilities),
        "clinics": sum(f.service == "phc" for f in steppe.facilities),
        "nodes": len(steppe.drawing.points),
        "ways": len(steppe.drawing.ways),
        "roads": sum(road.purpose != "street" for road in roads),
    }
    lines = [*toml_lines(head), "", "[counts]", *toml_lines(counts)]
    by_code = {place.code: place for place in places}
    for code, meaning in DIFFICULTIES:
        place = by_code[code]
        entry: dict[str, Any] = {"code": code, "settlement_id": place.settlement_id, "name_kk": place.name.kk}
        if code in ("ford", "gap_near", "winter", "flooded", "ferry", "over_border", "through_neighbour"):
            entry["road_ids"] = [f"w{way}" for way in steppe.drawing.ways_of(_own_road(steppe.plan, code))]
        lines += ["", "[[difficulty]]", *toml_lines({**entry, "meaning": meaning})]
    return "\n".join(lines) + "\n"


def _own_road(plan: RoadPlan, code: str) -> int:
    """Return the number of the road that carries a planted difficulty."""
    number = plan.number_of(code)
    return max(k for k, road in enumerate(plan.network.roads) if road.place == number and road.protected)


def _waters() -> list[Water]:
    """Return rivers and streams with their names, large rivers first."""
    rivers = [
        Water(name, meander(curve_through(list(line)), 0.8, 9.0), True)
        for name, line in zip(names("river"), RIVERS, strict=True)
    ]
    streams = [
        Water(name, meander(curve_through(list(line)), 0.35, 6.0), False)
        for name, line in zip(names("stream"), STREAMS, strict=True)
    ]
    return rivers + streams
