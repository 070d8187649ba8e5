"""What a page computes from: per service exact milliseconds, people, norms and plans, as numbers without words."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd

from geo.maps.access import plans_of, rows_by_plan_and_season, seasons_of, service_persons
from geo.maps.sites import site_numbers
from geo.study import explain
from geo.study.config import ServiceConfig
from geo.study.result import BASELINE, HEADLINE, WORST, StudyResult, once_per_result
from geo.study.wording import people_are_imputed
from geo.units import MS_PER_MINUTE, minutes_to_ms

#: Letters of the statuses of `norm_compliance`.
NORM_STATUSES: Final = {"met": "m", "unmet": "b", "not_applicable": "a", "unknown": "k"}


def service_data(result: StudyResult, service: ServiceConfig) -> dict[str, Any]:
    """Return the numbers of one service; arrays follow the order of the unit's settlements."""
    name = service.name
    hardest = explain.worst_season(result, name)
    persons = service_persons(result, name)
    prices = result.manifest.get("prices", {}).get(name)
    return {
        "name": name,
        "limitMs": minutes_to_ms(result.norms[name].value),
        "capMs": minutes_to_ms(result.config.siting.cap_minutes),
        "kappa": result.what_if[name].problem.kappa if name in result.what_if else None,
        "plans": list(plans_of(result, name)),
        "hardest": hardest,
        "oneWorst": one_worst_season(result, name, hardest),
        "seasons": season_choices(result, name),
        "persons": [None if value is None else round(value) for value in persons],
        "imputed": people_are_imputed(result, name),
        "assessed": _assessed(result, name),
        "price": [prices[0], int(prices[1])] if prices else None,
        "proposed": {plan: _changes(result, name, plan) for plan in plans_of(result, name)},
        "norms": norm_codes(result, name),
        **_nearest(result, name),
        "reasons": {plan: numbers for plan, (numbers, _rows) in reasons(result, name).items()},
    }


def season_choices(result: StudyResult, service: str) -> list[str]:
    """Return the choices of the season switch, the worst first.

    Where one season is the worst for everybody, today and after the plan, it is not offered a second time.
    """
    if len(result.config.season) == 1:
        return [WORST]
    hardest = explain.worst_season(result, service)
    same = one_worst_season(result, service, hardest)
    others = sorted((season.name for season in result.config.season), key=lambda season: season != hardest)
    return [WORST, *(season for season in others if not (same and season == hardest))]


def one_worst_season(result: StudyResult, service: str, season: str) -> bool:
    """Return whether one season is the worst for every settlement: today, with the plan, and whatever may be tried."""
    if service in result.what_if:
        problem = result.what_if[service].problem
        own = problem.milliseconds[problem.season_names.index(season)]
        if not np.array_equal(own, problem.milliseconds.max(axis=0)):
            return False
    columns: dict[str, list[Any]] = {name: [] for name in seasons_of(result)}
    for _plan, name, rows in rows_by_plan_and_season(result, service):
        columns[name].append(rows["minutes"].to_numpy(dtype=float, na_value=np.nan))
    return np.array_equal(np.concatenate(columns[WORST]), np.concatenate(columns[season]), equal_nan=True)


def _assessed(result: StudyResult, service: str) -> str:
    """Return a letter per settlement: 1 where its times mean anything, else 0."""
    rows = result.table("access_settlement", service=service, plan=BASELINE, season=WORST)
    verdicts = rows.set_index("settlement_id")["verdict"].reindex(result.settlements.index)
    return "".join("0" if verdict == "not_assessable" else "1" for verdict in verdicts)


def _nearest(result: StudyResult, service: str) -> dict[str, Any]:
    """Return milliseconds to the nearest site and its number, per plan and season of the study; None = no way."""
    numbers = site_numbers(result, service)
    times: dict[str, dict[str, list[int | None]]] = {}
    sites: dict[str, dict[str, list[int | None]]] = {}
    for plan, season, rows in rows_by_plan_and_season(result, service):
        if season == WORST:
            continue
        # The table's minutes are whole milliseconds divided by 60,000: rounding gives them back exactly.
        exact = (rows["minutes"].astype("float64") * MS_PER_MINUTE).round()
        times.setdefault(plan, {})[season] = [None if pd.isna(value) else int(value) for value in exact]
        sites.setdefault(plan, {})[season] = [numbers.get(site) for site in rows["site_id"].astype(object)]
    return {"times": times, "nearest": sites}


@once_per_result
def reasons(result: StudyResult, service: str) -> dict[str, tuple[list[int | None], list[pd.Series[Any]]]]:
    """Return per plan why settlements are cut off in their worst season.

    Returns
    -------
    dict
        Per plan: for every settlement the number of its reason, None where it has a way; and one row of
        `access_settlement` per reason. Numbers run through all plans.
    """
    found: dict[tuple[Any, ...], int] = {}
    by_plan: dict[str, tuple[list[int | None], list[pd.Series[Any]]]] = {}
    for plan, season, rows in rows_by_plan_and_season(result, service):
        if season != WORST:
            continue
        numbers: list[int | None] = [None] * len(rows)
        examples: list[pd.Series[Any]] = []
        for place in np.flatnonzero(~rows["verdict"].isin(("within", "beyond"))).tolist():
            row = rows.iloc[place]
            km = None if pd.isna(row["nearest_road_km"]) else round(float(row["nearest_road_km"]))
            key = (row["verdict"], row["reason"], km)
            if key not in found:
                found[key] = len(found)
                examples.append(row)
            numbers[place] = found[key]
        by_plan[plan] = (numbers, examples)
    return by_plan


def _changes(result: StudyResult, service: str, plan: str) -> dict[str, list[int]]:
    """Return the numbers of the sites that a plan opens and closes."""
    numbers = site_numbers(result, service)
    rows = result.table("recommendations", service=service) if plan == HEADLINE else None

    def of(action: str) -> list[int]:
        if rows is None:
            return []
        chosen = rows.loc[rows["action"] == action].sort_values("rank")["site_id"]
        return [numbers[site] for site in chosen if site in numbers]

    return {"open": of("open"), "close": of("close")}


@once_per_result
def norm_codes(result: StudyResult, service: str) -> list[dict[str, str]]:
    """Return per norm of the packs that is about a service a letter per settlement; a space where it has no row."""
    table = result.table("norm_compliance", service=service)
    found = []
    for (pack, norm_id), rows in table.groupby(["pack", "norm_id"], sort=True):
        letters = rows.set_index("settlement_id")["status"].map(NORM_STATUSES)
        codes = letters.reindex(result.settlements.index).fillna(" ")
        found.append({"key": f"{pack}/{norm_id}", "codes": "".join(codes)})
    return found
