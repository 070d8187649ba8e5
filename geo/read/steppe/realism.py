"""Compares the written steppe with Kazakh figures: the text of ``docs/steppe-realism.md``.

The committed page is written again by::

    python -c "from geo.read.steppe.realism import Path, write_realism
    write_realism(Path('docs/steppe-realism.md'), Path('studies/steppe'))"
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np

from geo.read.steppe.measures import (
    Floats,
    WrittenSteppe,
    area_km2,
    circuities,
    neighbour_km,
    read_steppe,
    road_km,
    without,
)

_LEVELS: Final = (10, 25, 50, 75, 90)
_HARD: Final = ("asphalt", "gravel", "compacted")


@dataclass(frozen=True)
class _Measure:
    """One line of the comparison; `key` names the Kazakh figure in `figures.csv`."""

    key: str
    label: str
    value: float
    decimals: int


def realism_markdown(folder: Path) -> str:
    """Return the text that compares a written steppe with Kazakhstan.

    Parameters
    ----------
    folder
        Folder written by `geo.read.steppe.write_steppe`.

    Returns
    -------
    str
        Markdown: measures beside Kazakh figures with their sources, then the planted difficulties with their ids.
    """
    source = tomllib.loads((folder / "SOURCE.toml").read_text(encoding="utf-8"))
    lines = [
        "# How like Kazakhstan is the synthetic steppe?",
        "",
        "Written by `geo.read.steppe.realism` from the files in `studies/steppe`; a test compares. The steppe is",
        f"invented (seed {source['seed']}): region 70 does not exist, and no settlement's name was found among the",
        "OpenStreetMap places of Kazakhstan. The Kazakh figures stand with their sources in",
        "`geo/read/steppe/figures.csv`. *Computed* ones were computed for this page from the open data named; H and M",
        "are the confidence (high, medium) in a published one. A dash means that none was found.",
        "",
        "| measure | steppe | Kazakhstan | confidence | source of the Kazakh figure |",
        "|---|---:|---:|---|---|",
        *_comparison(_measures(read_steppe(folder))),
        "",
        "Cut off means: no district centre by road; in thaw earth roads, tracks, fords, the ferry and flooded roads",
        "are closed. Walking and driving across the steppe are not counted. People of unknown number are left out.",
        "",
        "Assumed without a Kazakh source: age structure, shares of language, people of earlier years, places against",
        "pupils, age and wear of buildings, which clinics are missing, which roads are earth.",
        "",
        "## Planted difficulties",
        "",
        "| code | settlement | name | roads | what is wrong |",
        "|---|---|---|---|---|",
        *(_difficulty(entry) for entry in source["difficulty"]),
    ]
    return "\n".join(lines) + "\n"


def write_realism(page: Path, folder: Path) -> None:
    """Write the page for a folder written by `geo.read.steppe.write_steppe`."""
    page.write_text(realism_markdown(folder), encoding="utf-8", newline="\n")


def _difficulty(entry: dict[str, Any]) -> str:
    """Return the table line of one planted difficulty."""
    roads = " ".join(entry.get("road_ids", [])) or "–"
    return f"| {entry['code']} | {entry['settlement_id']} | {entry['name_kk']} | {roads} | {entry['meaning']} |"


def _comparison(measures: list[_Measure]) -> list[str]:
    """Return table lines: each measure beside its Kazakh figure, or a dash where none was found."""
    text = files("geo.read.steppe").joinpath("figures.csv").read_text(encoding="utf-8")
    figures = {row["measure"]: row for row in csv.DictReader(text.splitlines())}
    lines = []
    for measure in measures:
        figure = figures.get(measure.key)
        kazakh = f"{float(figure['value']):,.{measure.decimals}f}" if figure else "–"
        confidence, source = (figure["confidence"], figure["source"]) if figure else ("–", "–")
        lines.append(
            f"| {measure.label} | {measure.value:,.{measure.decimals}f} | {kazakh} | {confidence} | {source} |"
        )
    return lines


def _quantiles(
    key: str, label: str, values: Floats, decimals: int, levels: tuple[int, ...] = _LEVELS
) -> list[_Measure]:
    """Return one measure per quantile."""
    return [
        _Measure(f"{key}_p{level}", f"{label}, quantile {level} %", float(np.quantile(values, level / 100)), decimals)
        for level in levels
    ]


def _measures(steppe: WrittenSteppe) -> list[_Measure]:
    """Measure the steppe."""
    persons = steppe.persons()
    villages = persons[steppe.of_class("okrug_centre", "other")]
    settled = steppe.of_class("district_centre", "okrug_centre", "other")
    per_district = len(settled) / 3
    total_km2 = area_km2(steppe, "oblast")[0]
    public_km = road_km(steppe)
    return [
        *_quantiles("village_persons", "people of a village", villages[np.isfinite(villages)], 0),
        *_quantiles("neighbour_km", "km to the nearest other settlement, camps apart", neighbour_km(steppe), 1),
        _Measure("settlements_per_district", "settlements of a district, camps apart (mean)", per_district, 0),
        _Measure("okrugs_per_district", "rural okrugs of a district (mean)", len(area_km2(steppe, "okrug")) / 3, 1),
        _Measure("district_km2", "area of a district, km2 (median)", float(np.median(area_km2(steppe, "district"))), 0),
        _Measure(
            "settlements_per_1000_km2", "settlements per 1,000 km2, camps apart", len(settled) / total_km2 * 1000, 2
        ),
        *_road_measures(steppe, public_km, total_km2),
        *_quantiles(
            "circuity",
            "road km over straight km, all settlements",
            circuities(steppe, "district_centre", "okrug_centre", "other", "winter_camp"),
            2,
            (25, 50, 75),
        ),
        _Measure(
            "",
            "road km over straight km between okrug and district centres (median)",
            float(np.median(circuities(steppe, "district_centre", "okrug_centre"))),
            2,
        ),
        *(_cut_off(steppe, season) for season in ("dry", "winter", "thaw")),
        _Measure("villages_without_school", "villages without a school, %", 100 * without(steppe, "school", 0), 0),
        _Measure(
            "", "villages of 50 and more people without the clinic they are due, %", 100 * without(steppe, "phc", 50), 0
        ),
        *_history(steppe),
    ]


def _history(steppe: WrittenSteppe) -> list[_Measure]:
    """Return how people changed since the earlier count, of settlements with two known counts."""
    persons, before = steppe.persons(), steppe.persons("pop_before")
    known = np.isfinite(persons) & np.isfinite(before)
    villages = steppe.of_class("okrug_centre", "other")
    villages = villages[known[villages]]
    fewer = float((persons[villages] < before[villages]).mean())
    change = persons[known].sum() / before[known].sum() - 1
    return [
        _Measure("", "villages with fewer people than ten years before, %", 100 * fewer, 0),
        _Measure("", "change of all people in ten years, %", 100 * float(change), 1),
    ]


def _road_measures(steppe: WrittenSteppe, public_km: float, total_km2: float) -> list[_Measure]:
    """Return lengths per area and surface shares."""
    main_km = road_km(steppe, ("trunk", "primary"))
    per_area = 1000 / total_km2
    surfaces = [("asphalt", ("asphalt",)), ("gravel", ("gravel", "compacted")), ("earth", ("earth", "ground"))]
    return [
        _Measure(
            "public_road_km_per_1000_km2",
            "km of roads per 1,000 km2, tracks and streets apart",
            public_km * per_area,
            1,
        ),
        _Measure("main_road_km_per_1000_km2", "km of trunk and primary roads per 1,000 km2", main_km * per_area, 1),
        _Measure("", "km of tracks per 1,000 km2", road_km(steppe, ("track",)) * per_area, 1),
        _Measure(
            "hard_surface_share",
            "roads with a hard surface (asphalt, gravel), %",
            100 * road_km(steppe, surfaces=_HARD) / public_km,
            0,
        ),
        *(
            _Measure("", f"roads of {name}, %", 100 * road_km(steppe, surfaces=values) / public_km, 0)
            for name, values in surfaces
        ),
    ]


def _cut_off(steppe: WrittenSteppe, season: str) -> _Measure:
    """Return the share of the known population that is cut off in a season."""
    persons = np.nan_to_num(steppe.persons())
    share = float(persons[steppe.cut_off(season)].sum() / persons.sum())
    return _Measure("", f"people cut off from every district centre, {season} season, %", 100 * share, 1)
