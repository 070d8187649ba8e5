"""The six villages with a hand-made diagnosis: what is known differs from place to place."""

from __future__ import annotations

import dataclasses
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import MultiLineString, MultiPolygon, box

from geo.norms import remoteness_classes
from geo.study.reach import Reach
from geo.study.result import StudyResult
from geo.study.tabulate import typed
from tests.sample import sample_result

#: Facilities within the norm and supply per 1,000 people: in the dry season, and in the worst.
ACCESS = {
    "a": (5, 9.0, 4, 8.0),
    "b": (2, 3.0, 1, 2.0),
    "c": (1, 1.0, 0, 0.0),
    "d": (1, 0.5, 0, 0.0),
    "f": (3, 4, 2, 1.0),
}
CLASSES = [one.code for one in remoteness_classes()]
PROFILE = {
    "a": (0.0, CLASSES[0], 0.02, "growing", "served"),
    "b": (1.5, CLASSES[1], 0.001, "stable", "unserved"),
    "c": (4.0, CLASSES[2], -0.0114, "declining", "unserved"),
    "d": (12.0, CLASSES[4], -0.02, "declining", "served"),
    "h": (None, "", None, "unknown", "unserved"),
}
GAPS = [
    ("a", "met", "", "fap", "ambulatory"),
    # Two packs ask something of B: what is farthest from being met counts.
    ("b", "met", "", "medpunkt", "medpunkt"),
    ("b", "unmet", "lower", "fap", "medpunkt"),
    ("c", "unmet", "none", "medpunkt", ""),
    ("h", "unknown", "unknown", "", ""),
]
LOADS = [
    ("clinic-a", "ambulatory", 1000, 1300, 1.3, "overloaded", 62.0, "kk"),
    ("clinic-old", "fap", 500, 300, 0.6, "fitting", None, ""),
    ("point-e", "medpunkt", None, 40, None, "unknown", 12.0, ""),
]


def diagnosed() -> StudyResult:
    """Return the sample with tables of the diagnosis and, as if it were a whole study, two units."""
    result = sample_result()
    tables = {
        "access_indicators": _access(),
        "settlement_profile": _profile(),
        "norm_gaps": pd.DataFrame(
            [("phc", *row) for row in GAPS],
            columns=["service", "settlement_id", "status", "gap", "required_level", "present_level"],
        ),
        "facility_load": pd.DataFrame(
            [("phc", *row) for row in LOADS],
            columns=[
                *("service", "site_id", "level", "capacity", "load", "utilisation"),
                *("load_verdict", "wear_pct", "instruction_lang"),
            ],
        ),
        "unit_profile": pd.DataFrame(
            [
                ("w", "concentration", "utilisation>1.2&change_10_years>0.1", ""),
                ("e", "unknown", "", "hazard_share"),
            ],
            columns=["area_id", "unit_type", "rule", "unknown_facts"],
        ),
        "programme_items": pd.DataFrame(
            [
                (1, 2027, "open", "phc-f", "f", "phc", "fap", ""),
                (2, None, "renovate", "clinic-old", "a", "phc", "fap", "money basis"),
            ],
            columns=["rank", "year", "action", "site_id", "settlement_id", "services", "levels", "lacks"],
        ),
        **programme_tables(),
        "rollups": pd.DataFrame(
            [("district", "w", "phc", "baseline", "worst", 4200, 3000, 3000 / 4200)],
            columns=["tier", "area_id", "service", "plan", "season", "persons", "within_persons", "within_share"],
        ),
    }
    halves = {"w": box(65.8, 49.85, 66.5, 50.6), "e": box(66.5, 49.85, 67.1, 50.6)}
    boundary = gpd.GeoDataFrame(
        {"name_en": ["West", "East"], "name_ru": ["Запад", "Восток"], "name_kk": ["Батыс", "Шығыс"]},
        index=pd.Index(list(halves), name="unit_id"),
        geometry=list(halves.values()),
        crs=4326,
    )
    return dataclasses.replace(
        result,
        boundary=boundary,
        reach=Reach(_reach_areas, _catchments),
        areas={"w": {"en": "West", "ru": "Запад", "kk": "Батыс"}, "e": {"en": "East", "ru": "Восток", "kk": "Шығыс"}},
        tables={**result.tables, **{name: typed(name, table) for name, table in tables.items()}},
    )


def programme_tables() -> dict[str, pd.DataFrame]:
    """A proposal at C, one that closes, one out of reach; a team's day from A; two ways of planning; two losers."""
    lost = ["service", "level", "language", "settlement_id", "season", "year", "persons", "before_minutes"]
    return {
        "proposal_scores": pd.DataFrame(_PROPOSALS).assign(service="phc", entry="proposal", optimum_persons=800),
        "mobile_circuits": pd.DataFrame(
            [(1, "b", 26.0, 146.0), (2, "c", 190.0, 310.0)],
            columns=["stop", "settlement_id", "arrive_minutes", "leave_minutes"],
        ).assign(
            service="phc",
            season="thaw",
            site_id="clinic-a",
            circuit=1,
            vehicle=1,
            day=1,
            day_minutes=401.0,
            day_km=88.0,
        ),
        "ways_sites": pd.DataFrame(
            [
                ("top_down", 1, "phc-f", "satellite", "a", 800, True, ""),
                ("top_down_whole", 1, "phc-f", "satellite", "a", 800, True, ""),
                ("top_down_whole", 2, "phc-d", "hub", "", 1, False, ""),
                ("bottom_up_whole", 1, "phc-c", "catchment", "", 450, True, "b c"),
            ],
            columns=["way", "order", "site_id", "site_role", "parent_settlement_id", "users", "viable", "members"],
        ).assign(service="phc"),
        "programme_losers": pd.DataFrame(
            [
                ("phc", "fap", "", "d", "thaw", 2028, 180, 12.2, 47.0, 34.8),
                ("phc", "fap", "", "d", "dry", 2028, 180, 12.0, 30.0, 18.0),
                ("phc", "fap", "", "z", "thaw", 2028, 5, 12.2, None, None),
            ],
            columns=[*lost, "after_minutes", "longer_minutes"],
        ),
        "programme_places": pd.DataFrame(
            [("c", "phc", "fap", 450, True, 2028), ("f", "phc", "fap", 800, True, None)],
            columns=["settlement_id", "service", "level", "persons", "below_today", "within_from_year"],
        ),
        "programme_years": pd.DataFrame({"year": [2027, 2028]}),
    }


_PROPOSALS = [
    {"proposal_id": "P1", "proposal_title": "A clinic", "proposer": "Village", "settlement_id": "c",
     "score_status": "measured", "open_sites": "phc-c", "rank": 2,
     "n_ranked": 3, "new_sites": 1, "gained_persons": 450, "optimum_share": 0.5625,
     "losers": 0, "cost": 134e6, "co_funding": 12e6, "lon": 66.1, "lat": 50.1},
    {"proposal_id": "P2", "proposal_title": "F for the old one", "proposer": "Akimat", "settlement_id": "f",
     "score_status": "breaks_tolerance", "open_sites": "phc-f", "closed_sites": "clinic-old", "rank": 3, "n_ranked": 3,
     "new_sites": 1, "gained_persons": 0, "losers": 1, "loser_persons": 180, "loser_minutes": 34.8, "loser_ids": "d"},
    {"proposal_id": "P3", "proposal_title": "On the salt", "proposer": "Residents", "settlement_id": "h",
     "score_status": "hazard_zone", "lon": 66.5, "lat": 50.25},
]  # fmt: skip


def _reach_areas() -> gpd.GeoDataFrame:
    """Around A, twice as far in the norm as in half of it; a plan adds something around F."""
    rows = [
        ("phc", plan, season, minutes, around(minutes / 200, plan == "headline"))
        for plan in ("baseline", "headline")
        for season in ("worst", "dry", "winter", "thaw")
        for minutes in (15.0, 30.0)
    ]
    columns = ["service", "plan", "season", "minutes", "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=4326)


def around(degrees: float, of_plan: bool) -> MultiPolygon:
    """Squares around A and, with the plan, F."""
    centres = [(66.0, 50.2), (66.6, 50.3)][: 2 if of_plan else 1]
    return MultiPolygon([box(x - degrees, y - degrees, x + degrees, y + degrees) for x, y in centres])


def _catchments() -> gpd.GeoDataFrame:
    """One road, which the plan takes from A's clinic; the same in every season."""
    line = MultiLineString([[(66.0, 50.2), (66.3, 50.2)]])
    rows = [
        ("phc", plan, season, site, line)
        for plan, site in (("baseline", "clinic-a"), ("headline", "phc-f"))
        for season in ("dry", "winter", "thaw")
    ]
    columns = ["service", "plan", "season", "site_id", "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=4326)


def _access() -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for place, (n_dry, dry, n_worst, worst) in ACCESS.items():
        for season in ("dry", "winter", "thaw", "worst"):
            n, score = (n_dry, dry) if season == "dry" else (n_worst, worst)
            own = {"settlement_id": place, "service": "phc", "season": season, "supply_unit": "posts"}
            rows.append({**own, "demand_group": "all", "n_within": n, "m2sfca": score})
            rows.append({**own, "demand_group": "kk", "n_within": 9, "m2sfca": 99.0})
    return pd.DataFrame(rows)


def _profile() -> pd.DataFrame:
    frame = pd.DataFrame.from_dict(
        PROFILE, orient="index", columns=["remoteness", "remoteness_class", "annual_growth", "growth", "served"]
    ).rename_axis("settlement_id")
    known = frame["growth"] != "unknown"
    return frame.assign(place_class=(frame["growth"] + "-" + frame["served"]).where(known, "unknown")).reset_index()
