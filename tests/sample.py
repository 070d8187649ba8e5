"""A hand-made result: the six villages of the worked example, with what pages stumble over.

Added to the six: G, which no road reaches, and H, whose people nobody counted. Names come in three scripts, one is
markup and one is a formula. A facility beside the first is closed without anybody's trip getting longer.
"""

from __future__ import annotations

import itertools
import math
import pickle
from functools import cache
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import LineString, Point, Polygon, box

from geo.norms import Norm
from geo.read.sources import Source
from geo.siting.problem import SitingProblem
from geo.study.config import StudyConfig
from geo.study.result import BASELINE, HEADLINE, WORST, StudyResult
from geo.study.tabulate import typed
from geo.study.whatif import WhatIf, what_if
from geo.tables import OUTPUT_TABLES
from geo.units import UNREACHABLE_MS, minutes_to_ms
from tests.sample_world import CATEGORY, EDGES, LIMIT_MINUTES, PLACES, SEASONS, SPEEDS, minutes_between


def sample_config(synthetic: bool = True) -> StudyConfig:
    """Return the study file of the example."""
    return StudyConfig.model_validate(
        {
            "study": {
                "name": "six-villages",
                "title": {"en": "Where should the next clinic go?", "ru": "Где нужен следующий медпункт?"},
                "synthetic": synthetic,
                "notes": [{"en": "Hand-made example."}],
            },
            "inputs": {},
            "season": [
                {"name": "dry", "weight": 0.5, "months": [5, 6, 7, 8, 9, 10], "label": {"en": "dry", "ru": "сухо"}},
                {"name": "winter", "weight": 0.375, "months": [11, 12, 1, 2], "label": {"en": "winter", "ru": "зима"}},
                {"name": "thaw", "weight": 0.125, "months": [3, 4], "label": {"en": "thaw", "ru": "распутица"}},
            ],
            "scenario": [{"name": "slow-winter", "label": {"en": "Slower winter"}}],
            "service": [
                {
                    "name": "phc",
                    "label": {"en": "Primary care", "ru": "Первичная помощь"},
                    "site_label": {"en": "clinic", "ru": "амбулатория"},
                    "levels": ["medpunkt", "fap", "ambulatory"],
                    "serving_level": "fap",
                    "norm": "kz-sparse/phc-30",
                    "open": 2,
                }
            ],
        }
    )


def sample_norm(verified: bool = False) -> Norm:
    """Return the norm of the example."""
    return Norm(
        norm_id="phc-30",
        pack="kz-sparse",
        service="phc",
        level="fap",
        metric="minutes",
        value=LIMIT_MINUTES,
        unit="min",
        season_rule="worst",
        title_en="A clinic within 30 minutes in every season",
        title_ru="Медпункт в пределах 30 минут в любой сезон",
        title_kk="",
        source="proposed default",
        legal_ref="",
        confidence="L",
        verified=verified,
    )


def sample_result(synthetic: bool = True, verified: bool = False) -> StudyResult:
    """Return the whole result of the example in one unit: made once, and a copy of its own for every caller."""
    made: StudyResult = pickle.loads(_pickled_result(synthetic, verified))
    return made


@cache
def _pickled_result(synthetic: bool, verified: bool) -> bytes:
    return pickle.dumps(_made_result(synthetic, verified))


def _made_result(synthetic: bool, verified: bool) -> StudyResult:
    travel = {season: minutes_between(season) for season in SEASONS}
    travel[WORST] = pd.DataFrame(
        np.max([travel[s].to_numpy() for s in SEASONS], axis=0), index=list(PLACES), columns=list(PLACES)
    )
    plans = {BASELINE: ("a",), HEADLINE: _best_pair(travel[WORST])}
    access = _access(travel, plans)
    district = _district(access)
    tables = {
        "access_settlement": access,
        "access_district": district,
        "norm_compliance": _compliance(access),
        "norm_summary": pd.DataFrame(),
        "norm_gaps": pd.DataFrame(),
        "plans": _plans(district, plans),
        "recommendations": _recommendations(travel[WORST], plans),
        "assignment": access[access["plan"] == HEADLINE][
            ["service", "settlement_id", "season", "site_id", "minutes", "persons"]
        ],
        "before_after": _before_after(district),
        "losers": pd.DataFrame(),
        "scenarios": pd.DataFrame(
            [("phc", "slow-winter", "optimal", " ".join(f"phc-{p}" for p in plans[HEADLINE][1:]), 5450, 245, "phc-f")],
            columns=_columns("scenarios"),
        ),
        "data_quality": pd.DataFrame(
            [
                (
                    "warning",
                    "unknown-people",
                    "settlements.csv",
                    9,
                    "pop_total",
                    "The people of Разъезд 14 are unknown.",
                    "Count them.",
                ),
                (
                    "note",
                    "doubtful-name",
                    "settlements.csv",
                    3,
                    "name_en",
                    "<b>looks like markup</b>",
                    "Correct the name.",
                ),
            ],
            columns=_columns("data_quality"),
        ),
        "distance_check": pd.DataFrame(
            [("a", "b", 30.0, 31.0, -0.0323, "road atlas")], columns=_columns("distance_check")
        ),
        "transport_pupils": pd.DataFrame(),
        "transport_routes": pd.DataFrame(),
        "transport_seasons": pd.DataFrame(),
    }
    tables = {name: typed(name, tables.get(name, pd.DataFrame())) for name in OUTPUT_TABLES}
    return StudyResult(
        config=sample_config(synthetic),
        unit_id="391000000",
        unit_name={"en": "Six Villages", "ru": "Шесть сёл", "kk": ""},
        norms={"phc": sample_norm(verified)},
        settlements=_settlements(),
        sites=_sites(plans),
        roads=_roads(),
        legs=_layer(
            [{"settlement_id": "g", "length_km": 34.0, "geometry": LineString([(66.10, 50.45), (66.2, 50.17)])}]
        ),
        boundary=_layer([{"unit_id": "391000000", "hull": False, "geometry": box(65.8, 49.85, 67.1, 50.6)}]),
        neighbours=_layer([{"unit_id": "392000000", "geometry": box(67.1, 49.85, 67.6, 50.6)}]),
        waters=_layer([{"geometry": Polygon([(66.5, 50.35), (66.62, 50.36), (66.6, 50.44), (66.52, 50.43)])}]),
        hazards=_layer([{"kind": "flood", "effect": "exclude", "geometry": box(66.6, 50.12, 66.72, 50.2)}]),
        tables=tables,
        sources=(SAMPLE_SOURCE,),
        manifest={"version": "0.1.0", "seed": 0},
        what_if={"phc": sample_what_if()},
    )


def sample_what_if() -> WhatIf:
    """Return the siting problem of the example and its best plans; what is opened costs 20 million each."""
    sites = _sites({HEADLINE: ("a",)})
    sites = sites[sites["serves"]].sort_values("site_id")
    existing = (sites["kind"] == "existing").to_numpy()
    # A clinic next door that no road of the example leads to.
    places = [None if site == "clinic-n" else place for site, place in sites[["site_id", "settlement_id"]].to_numpy()]
    times = np.full((len(SEASONS), len(PLACES), len(sites)), UNREACHABLE_MS, dtype=np.int32)
    for number, season in enumerate(SEASONS):
        minutes = minutes_between(season)
        for column, place in enumerate(places):
            if place is not None:
                known = np.isfinite(minutes[place].to_numpy())
                times[number, known, column] = (minutes[place][known] * 60_000).round().astype(np.int32)
    problem = SitingProblem(
        settlement_ids=tuple(PLACES),
        site_ids=tuple(sites["site_id"]),
        season_names=SEASONS,
        milliseconds=times,
        persons=np.array([PLACES[place][2] or 0 for place in PLACES], dtype=np.int64),
        status=tuple(np.where(existing, "open", "candidate")),
        existing=existing,
        limit_ms=minutes_to_ms(LIMIT_MINUTES),
        n_open=int(existing.sum()) + 2,
        opening_cost=np.where(existing, 0.0, 20e6),
        kappa=-0.0162624,
    )
    return what_if(SimpleNamespace(problem=problem))


SAMPLE_SOURCE = Source(
    title="Six villages <made up>", producer="The authors", licence="CC0-1.0", date="2026-01-01", synthetic=True
)


def _columns(table: str) -> list[str]:
    return [column.name for column in OUTPUT_TABLES[table].columns]


def _layer(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=4326)


def _people(place: str) -> float:
    persons = PLACES[place][2]
    return math.nan if persons is None else float(persons)


def _best_pair(worst: pd.DataFrame) -> tuple[str, ...]:
    """Return the first facility and the two sites that bring most people within the norm, then the least mean."""

    def goal(pair: tuple[str, str]) -> tuple[float, float]:
        nearest = worst[["a", *pair]].min(axis=1)
        people = pd.Series({place: _people(place) for place in PLACES}).fillna(0)
        return (people[nearest > LIMIT_MINUTES].sum(), float((nearest.clip(upper=240) * people).sum()))

    return ("a", *min(itertools.combinations("bcdef", 2), key=goal))


def _site_id(place: str) -> str:
    return "clinic-a" if place == "a" else f"phc-{place}"


def _access(travel: dict[str, pd.DataFrame], plans: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    rows = []
    for plan, season, place in itertools.product(plans, (*SEASONS, WORST), PLACES):
        times = travel[season].loc[place, list(plans[plan])]
        minutes = float(times.min())
        verdict = "unreachable" if math.isinf(minutes) else "within" if minutes <= LIMIT_MINUTES else "beyond"
        known = math.isfinite(minutes)
        reason = "" if known else ("far-from-road" if place == "g" else "closed-in-season")
        row = {"settlement_id": place, "plan": plan, "season": season, "persons": _people(place), "minutes": minutes}
        if known:
            row |= {"access_minutes": 0, "network_minutes": minutes, "egress_minutes": 0}
            row |= {"site_id": _site_id(str(times.idxmin()))}
        rows.append(row | {"verdict": verdict, "reason": reason, "nearest_road_km": 34.0 if place == "g" else 0.1})
    return typed("access_settlement", pd.DataFrame(rows).assign(service="phc", limit_minutes=LIMIT_MINUTES))


def _district(access: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (plan, season), part in access.groupby(["plan", "season"], sort=False):
        known = part.dropna(subset="persons")
        people = known["persons"]
        within = people[known["verdict"] == "within"].sum()
        reachable = known["minutes"].notna()
        mean = float((known["minutes"][reachable] * people[reachable]).sum() / people[reachable].sum())
        longest = float(known["minutes"].max())
        cut_off = people[~reachable].sum()
        total = people.sum()
        rows.append(
            {
                "plan": plan,
                "season": season,
                "n_settlements": len(part),
                "persons": total,
                "within_persons": within,
                "within_share": within / total,
                "beyond_persons": total - within,
                "unreachable_persons": cut_off,
                "not_assessable_persons": 0,
                "unknown_settlements": 1,
                "median_minutes": float(known["minutes"].median()),
                "p90_minutes": longest,
                "mean_minutes": mean,
                "max_minutes": longest,
                "ede_minutes": mean * 1.3,
                "capped_persons": cut_off,
            }
        )
    return pd.DataFrame(rows).assign(service="phc")


def _compliance(access: pd.DataFrame) -> pd.DataFrame:
    part = access[(access["plan"] == BASELINE) & (access["season"] == WORST)]
    status = (
        part["verdict"]
        .map({"within": "met", "beyond": "unmet", "unreachable": "unmet"})
        .where(part["persons"].notna(), "unknown")
    )
    return pd.DataFrame(
        {
            "settlement_id": part["settlement_id"],
            "norm_id": "phc-30",
            "pack": "kz-sparse",
            "service": "phc",
            "level": "fap",
            "persons": part["persons"],
            "status": status,
            "season": "thaw",
            "value": part["minutes"],
            "limit": LIMIT_MINUTES,
            "shortfall": (part["minutes"] - LIMIT_MINUTES).clip(lower=0),
            "unit": "min",
            "verified": False,
        }
    )


def _plans(district: pd.DataFrame, plans: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    worst = district[(district["plan"] == HEADLINE) & (district["season"] == WORST)].iloc[0]
    opened = " ".join(_site_id(place) for place in plans[HEADLINE][1:])
    shared = {name: worst[name] for name in ("beyond_persons", "unreachable_persons", "ede_minutes", "max_minutes")}
    headline = {"value": worst["beyond_persons"], "value_unit": "persons", "bound": worst["beyond_persons"], "gap": 0.0}
    center = {"value": 73.3, "value_unit": "min", "bound": 71.0, "gap": 0.031}
    return pd.DataFrame(
        [
            {"plan": HEADLINE, "objective": "lexicographic", "status": "optimal", "open_sites": opened}
            | {"closed_sites": "clinic-old", "losers": 0}
            | headline
            | shared,
            {
                "plan": "p-center",
                "objective": "p-center",
                "status": "feasible",
                "open_sites": "phc-c phc-d",
                "losers": 0,
            }
            | center
            | shared,
            {
                "plan": "set-cover",
                "objective": "set-cover",
                "status": "infeasible",
                "blockers": "g",
                "blocked_by": "limit",
            },
        ]
    ).assign(service="phc")


def _recommendations(worst: pd.DataFrame, plans: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    second = {"second_best_site_id": "phc-e", "second_best_fewer_persons": 140, "second_best_longer_minutes": 22.0}
    rows = [
        {
            "rank": rank,
            "action": "open",
            "site_id": _site_id(place),
            "settlement_id": place,
            "gained_persons": _people(place),
            "gained_settlements": 1,
            "before_minutes": worst.loc[place, "a"],
            "scenario_share": 1.0,
            "second_best_reason": "norm",
        }
        | second
        for rank, place in enumerate(plans[HEADLINE][1:], start=1)
    ]
    closing = {"rank": 3, "action": "close", "site_id": "clinic-old", "settlement_id": "a", "before_minutes": 0.0}
    frame = pd.DataFrame([*rows, closing | {"gained_persons": 0, "gained_settlements": 0}])
    return frame.assign(service="phc", level="fap", before_site_id="clinic-a", after_minutes=0.0, norm_id="phc-30")


def _before_after(district: pd.DataFrame) -> pd.DataFrame:
    rows = []
    units = {column.name: column.unit for column in OUTPUT_TABLES["access_district"].columns}
    for season in (*SEASONS, WORST):
        part = district[district["season"] == season].set_index("plan")
        for indicator in (
            "within_persons",
            "beyond_persons",
            "unreachable_persons",
            "mean_minutes",
            "max_minutes",
            "ede_minutes",
        ):
            before, after = (float(part.loc[plan, indicator]) for plan in (BASELINE, HEADLINE))
            rows.append(("phc", season, indicator, units[indicator], before, after, after - before))
    return pd.DataFrame(rows, columns=_columns("before_after"))


def _settlements() -> gpd.GeoDataFrame:
    rows = [
        {
            "settlement_id": place,
            "name_kk": kk or None,
            "name_ru": ru or None,
            "name_en": en or None,
            "population_persons": persons,
            "population_imputed": place == "d",
            "settlement_class": "district_centre" if place == "a" else "other",
            "nearest_road_km": 34.0 if place == "g" else 0.1,
            "phc_persons": persons,
            "geometry": Point(lon, lat),
        }
        for place, (lon, lat, persons, kk, ru, en) in PLACES.items()
    ]
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=4326).set_index("settlement_id")
    # As a study gives it: the code is both index and column.
    return frame.astype({"population_persons": "Int64", "phc_persons": "Int64"}).assign(settlement_id=list(PLACES))


def _sites(plans: dict[str, tuple[str, ...]]) -> gpd.GeoDataFrame:
    opened = plans[HEADLINE][1:]
    rows = [
        _site("clinic-a", "existing", "ambulatory", "keep", None, "a", "Karasu clinic", (66.0, 50.0)),
        _site("clinic-old", "existing", "fap", "close", None, "a", "Old clinic", (66.02, 49.98)),
        _site("point-e", "existing", "medpunkt", "keep", None, "e", "Medical point", (66.95, 50.2), serves=False),
        _site("clinic-n", "existing", "fap", "keep", None, None, "Clinic next door", (67.3, 50.1), in_unit=False),
    ]
    for place in "bcdef":
        lon, lat, _persons, _kk, _ru, en = PLACES[place]
        rank = opened.index(place) + 1 if place in opened else None
        action = "open" if rank else "second_best" if place == "e" else "none"
        rows.append(_site(f"phc-{place}", "candidate", "fap", action, rank, place, en or PLACES[place][4], (lon, lat)))
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=4326)
    return frame.astype({"rank": "Int64"})


def _site(
    site_id: str,
    kind: str,
    level: str,
    action: str,
    rank: int | None,
    settlement_id: str | None,
    name: str,
    position: tuple[float, float],
    *,
    serves: bool = True,
    in_unit: bool = True,
) -> dict[str, Any]:
    return {
        "site_id": site_id,
        "service": "phc",
        "kind": kind,
        "level": level,
        "serves": serves,
        "in_unit": in_unit,
        "action": action,
        "rank": rank,
        "settlement_id": settlement_id,
        "name_kk": None,
        "name_ru": None,
        "name_en": name,
        "geometry": Point(position),
    }


def _roads() -> gpd.GeoDataFrame:
    rows = []
    for one, other, _km, surface in EDGES:
        ends = [np.array(PLACES[place][:2], dtype=float) for place in (one, other)]
        middle = (ends[0] + ends[1]) / 2 + (0.0, 0.02)
        rows.append(
            {
                "road_category": CATEGORY[surface],
                "surface": surface,
                "condition": "good",
                "bridge": False,
                "ford": False,
                "winter_road": False,
                **{f"closed_{season}": SPEEDS[season][surface] == 0 for season in SEASONS},
                "geometry": LineString([ends[0], middle, ends[1]]),
            }
        )
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=4326)
