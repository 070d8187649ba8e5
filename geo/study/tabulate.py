"""Plans and times to the declared output tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.access.coverage import measure_coverage
from geo.siting.measure import assign
from geo.siting.solution import Evaluation, SitingSolution, relative_gap
from geo.study.plans import UnitService
from geo.study.result import BASELINE, HEADLINE, WORST
from geo.tables import OUTPUT_TABLES
from geo.tables.schema import Kind
from geo.travel import TravelTimes
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

Milliseconds = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
_Values = pd.Series | pd.api.extensions.ExtensionArray | npt.NDArray[np.float64]

#: Indicators of `access_district` that are compared before and after, with their units.
COMPARED = {
    "within_persons": "persons",
    "within_share": "0..1",
    "beyond_persons": "persons",
    "unreachable_persons": "persons",
    "median_minutes": "min",
    "p90_minutes": "min",
    "mean_minutes": "min",
    "max_minutes": "min",
    "ede_minutes": "min",
}


@dataclass(frozen=True)
class UnitTimes:
    """What the tables need besides plans: times with their parts, and roads near settlements."""

    times: Mapping[str, TravelTimes]
    nearest_road_km: pd.Series
    joined: pd.Series


def typed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Give a table its declared columns in their order and types."""
    # A run makes some sixty tables, most of them small and many without rows.
    return _with_types(name, frame) if len(frame) else _without_rows(name).copy()


@cache
def _without_rows(name: str) -> pd.DataFrame:
    return _with_types(name, pd.DataFrame())


def _with_types(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    # Columns are made apart, as adding them one by one is slow.
    unknown = [None] * len(frame)
    index = pd.RangeIndex(len(frame))
    columns = {
        column.name: _typed_values(column.kind, frame[column.name].tolist() if column.name in frame else unknown, index)
        for column in OUTPUT_TABLES[name].columns
    }
    return pd.DataFrame(columns, index=index)


def _typed_values(kind: Kind, values: list[Any], index: pd.Index) -> _Values:
    """Return the values of one column; not a number where infinite, empty text where unknown."""
    if kind == "boolean":
        return pd.array(values, dtype=pd.BooleanDtype())
    if kind == "text":
        missing = pd.Series(values, dtype="object").isna()
        texts = ["" if blank else str(value) for value, blank in zip(values, missing, strict=True)]
        return pd.Series(texts, dtype="object", index=index)
    numbers = pd.to_numeric(np.array(values, dtype="object"))
    if kind == "integer":
        return pd.Series(numbers.round(), index=index).astype("Int64")
    numbers = numbers.astype("float64")
    return np.where(np.isfinite(numbers), numbers, np.nan)


def minutes_of(ms: Milliseconds) -> npt.NDArray[np.float64]:
    """Return minutes; infinite where unreachable."""
    return np.where(ms < UNREACHABLE_MS, ms / MS_PER_MINUTE, np.inf)


def with_worst(ms: Milliseconds) -> Milliseconds:
    """Add a last row: every settlement's own worst season."""
    return np.concatenate([ms, ms.max(axis=0, keepdims=True)])


def access_settlement(part: UnitService, plan: str, evaluation: Evaluation, unit: UnitTimes) -> pd.DataFrame:
    """Rows of `access_settlement` for one service and plan."""
    seasons = [*part.problem.season_names, WORST]
    before = plan == BASELINE
    ms = with_worst(evaluation.milliseconds_before if before else evaluation.milliseconds_after)
    sites = _nearest_sites(part, evaluation, before=before)
    worst_season = ms[:-1].argmax(axis=0) if len(ms) > 1 else ms[0] * 0
    ever = ms[:-1].min(axis=0, initial=UNREACHABLE_MS) < UNREACHABLE_MS
    frames = []
    for s, season in enumerate(seasons):
        decisive = worst_season if season == WORST else np.full(ms.shape[1], s)
        site = sites[decisive, np.arange(ms.shape[1])]
        frames.append(_season_rows(part, season, ms[s], site, decisive, ever, unit))
    frame = pd.concat(frames, ignore_index=True)
    frame["plan"], frame["service"] = plan, part.service.name
    return frame


def _nearest_sites(part: UnitService, evaluation: Evaluation, *, before: bool) -> npt.NDArray[np.int32]:
    if not before:
        return evaluation.assignment
    return assign(part.problem, part.problem.existing)


def _season_rows(
    part: UnitService,
    season: str,
    ms: Milliseconds,
    site: npt.NDArray[np.int32],
    decisive: npt.NDArray[np.intp],
    ever: Bools,
    unit: UnitTimes,
) -> pd.DataFrame:
    ids = np.array(part.problem.settlement_ids, dtype=object)
    names = np.array([*part.problem.site_ids, ""], dtype=object)[site]
    parts = _leg_parts(part, site, decisive, unit)
    limit_ms = part.problem.limit_ms
    verdict = np.where(ms <= limit_ms, "within", np.where(ms < UNREACHABLE_MS, "beyond", "unreachable"))
    rows = pd.DataFrame(
        {
            "settlement_id": ids,
            "season": season,
            "persons": part.persons.reindex(ids).to_numpy(dtype=object),
            "minutes": minutes_of(ms),
            "access_minutes": parts[0],
            "network_minutes": np.where(
                names != "", _finite(minutes_of(ms)) - _finite(parts[0]) - _finite(parts[1]), np.inf
            ),
            "egress_minutes": parts[1],
            "site_id": names,
            "limit_minutes": part.norm.value,
            "verdict": verdict,
            "reason": _reasons(part, verdict, ever, unit),
            "nearest_road_km": unit.nearest_road_km.reindex(ids).to_numpy(),
        }
    )
    left_out = part.settlements.index[~part.assessed]
    if not len(left_out):
        return rows
    outside = pd.DataFrame(
        {
            "settlement_id": left_out.to_numpy(dtype=object),
            "season": season,
            "persons": part.persons.reindex(left_out).to_numpy(dtype=object),
            "limit_minutes": part.norm.value,
            "verdict": "not_assessable",
            "reason": "far-from-road",
            "nearest_road_km": unit.nearest_road_km.reindex(left_out).to_numpy(),
        }
    )
    joined = pd.concat([rows.astype("object"), outside.astype("object")], ignore_index=True)
    return joined.sort_values("settlement_id", kind="stable", ignore_index=True)


def _finite(minutes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(np.isfinite(minutes), minutes, 0.0)


def _leg_parts(
    part: UnitService, site: npt.NDArray[np.int32], decisive: npt.NDArray[np.intp], unit: UnitTimes
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return access and egress minutes of the trips to the nearest sites; infinite where there is none."""
    access, egress = np.full(len(site), np.inf), np.full(len(site), np.inf)
    for s, season in enumerate(part.problem.season_names):
        times = unit.times[season].select(part.problem.settlement_ids, part.problem.site_ids)
        rows = np.flatnonzero((decisive == s) & (site >= 0))
        access[rows] = times.access_ms[rows, site[rows]] / MS_PER_MINUTE
        egress[rows] = times.egress_ms[rows, site[rows]] / MS_PER_MINUTE
    return access, egress


def _reasons(part: UnitService, verdict: npt.NDArray[np.str_], ever: Bools, unit: UnitTimes) -> npt.NDArray[np.object_]:
    """Why a settlement is unreachable: nobody serves, no road in reach, roads closed, or they lead nowhere."""
    reasons = np.full(len(verdict), "", dtype=object)
    for i in np.flatnonzero(verdict == "unreachable").tolist():
        if not part.problem.existing.any():
            reasons[i] = "no-facility"
        elif ever[i]:
            reasons[i] = "closed-in-season"
        else:
            joined = unit.joined[part.problem.settlement_ids[i]]
            reasons[i] = "not-connected" if joined else "far-from-road"
    return reasons


def access_district(part: UnitService, plans: Mapping[str, SitingSolution], cap_minutes: float) -> pd.DataFrame:
    """Rows of `access_district` for one service: the baseline and every plan."""
    persons = part.problem.persons
    left_out = part.persons[~part.assessed].fillna(0).sum()
    unknown = int(part.persons[part.assessed].isna().sum())
    rows = []
    todo = [(BASELINE, plans[HEADLINE].milliseconds_before)]
    todo += [(name, solution.milliseconds_after) for name, solution in plans.items() if solution.status != "infeasible"]
    for plan, ms in todo:
        for season, season_ms in zip([*part.problem.season_names, WORST], with_worst(ms), strict=True):
            measured = measure_coverage(
                minutes_of(season_ms),
                persons,
                season_ms <= part.problem.limit_ms,
                float(part.problem.kappa or -1.0),
                cap_minutes,
            )
            row = {
                "service": part.service.name,
                "plan": plan,
                "season": season,
                "within_share": measured.within_share,
                "not_assessable_persons": left_out,
                "unknown_settlements": unknown,
            }
            rows.append({**row, **measured.__dict__})
    return pd.DataFrame(rows)


def plan_rows(part: UnitService, plans: Mapping[str, SitingSolution]) -> pd.DataFrame:
    """Rows of `plans` for one service."""
    ids = part.problem.site_ids
    rows = []
    for name, solution in plans.items():
        feasible = solution.status != "infeasible"
        rows.append(
            {
                "service": part.service.name,
                "plan": name,
                "objective": solution.objective,
                "status": solution.status,
                **_goal(part, solution),
                "open_sites": " ".join(ids[j] for j in solution.opened) if feasible else "",
                "closed_sites": " ".join(ids[j] for j in solution.closed) if feasible else "",
                "beyond_persons": solution.persons_beyond_limit if feasible else None,
                "unreachable_persons": solution.persons_unserved if feasible else None,
                "ede_minutes": solution.ede_minutes if feasible else None,
                "max_minutes": solution.largest_ms / MS_PER_MINUTE if feasible else None,
                "cost": opening_cost(part, solution.opened) if feasible else None,
                "losers": len({loser.settlement for loser in solution.losers}) if feasible else None,
                **_conflict(part, solution),
            }
        )
    return pd.DataFrame(rows)


def _conflict(part: UnitService, solution: SitingSolution) -> dict[str, object]:
    """Who makes an infeasible plan infeasible, and what would do."""
    ids = dict.fromkeys(part.problem.settlement_ids[blocker.settlement] for blocker in solution.blockers)
    worsening, limit = solution.smallest_worsening_ms, solution.smallest_limit_ms
    return {
        "blockers": " ".join(ids),
        "blocked_by": solution.blockers[0].reason if solution.blockers else "",
        "smallest_worsening_minutes": None if worsening is None else worsening / MS_PER_MINUTE,
        "smallest_limit_minutes": None if limit is None else limit / MS_PER_MINUTE,
        "smallest_open": solution.smallest_n_open,
        "smallest_budget": solution.smallest_budget,
    }


def _goal(part: UnitService, solution: SitingSolution) -> dict[str, object]:
    """Value, bound, unit and gap of a plan's goal, times in minutes."""
    if solution.objective == "set-cover" and solution.value is not None:
        return _new_sites(part, solution)
    return {**_value(solution), "gap": _largest_gap(solution)}


def _new_sites(part: UnitService, solution: SitingSolution) -> dict[str, object]:
    """Set cover in the number a reader expects: siting counts every open site, here those open today are left out."""
    value, gap = len(solution.opened), _largest_gap(solution)
    bound: float | None = value
    if solution.bound is None:
        bound = None
    elif solution.bound != solution.value:
        # Another plan may keep all that may stay open: only what lies above them must be new.
        may_stay = part.problem.existing & (np.array(part.problem.status) != "forbidden")
        bound = max(0.0, solution.bound - float(may_stay.sum()))
        gap = max(gap or 0.0, relative_gap(value, bound))
    return {"value": value, "bound": bound, "value_unit": solution.unit, "gap": gap}


def _value(solution: SitingSolution) -> dict[str, object]:
    """Value, bound and unit of a plan's goal, times in minutes."""
    unit = {"milliseconds": "min", "person-milliseconds": "person-min"}.get(solution.unit, solution.unit)
    scale = 1 if unit == solution.unit else MS_PER_MINUTE
    value, bound = (None if v is None else v / scale for v in (solution.value, solution.bound))
    return {"value": value, "bound": bound, "value_unit": unit}


def _largest_gap(solution: SitingSolution) -> float | None:
    return max((stage.gap for stage in solution.stages), default=None) if solution.stages else solution.gap


def opening_cost(part: UnitService, sites: tuple[int, ...]) -> float | None:
    """Return what opening these sites costs; None where no price is known."""
    prices = part.sites["opening_cost"].to_numpy(dtype=float)
    return float(prices[list(sites)].sum()) if prices.any() else None


def losers(part: UnitService, plans: Mapping[str, SitingSolution]) -> pd.DataFrame:
    """Rows of `losers` for one service."""
    rows = []
    for name, solution in plans.items():
        for loser in solution.losers:
            after = loser.after_ms / MS_PER_MINUTE if loser.after_ms < UNREACHABLE_MS else None
            before = loser.before_ms / MS_PER_MINUTE
            settlement_id = part.problem.settlement_ids[loser.settlement]
            rows.append(
                {
                    "service": part.service.name,
                    "plan": name,
                    "settlement_id": settlement_id,
                    "season": part.problem.season_names[loser.season],
                    "persons": part.persons[settlement_id],
                    "before_minutes": before,
                    "after_minutes": after,
                    "longer_minutes": None if after is None else after - before,
                }
            )
    return pd.DataFrame(rows)


def assignment(part: UnitService, solution: SitingSolution) -> pd.DataFrame:
    """Rows of `assignment` for one service: the headline plan."""
    names = np.array([*part.problem.site_ids, ""], dtype=object)
    frames = []
    for s, season in enumerate(part.problem.season_names):
        frames.append(
            pd.DataFrame(
                {
                    "service": part.service.name,
                    "settlement_id": part.problem.settlement_ids,
                    "season": season,
                    "site_id": names[solution.assignment[s]],
                    "minutes": minutes_of(solution.milliseconds_after[s]),
                    "persons": part.persons.reindex(part.problem.settlement_ids).to_numpy(dtype=object),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def before_after(districts: pd.DataFrame) -> pd.DataFrame:
    """Rows of `before_after` from typed `access_district`."""
    keys = ["service", "season"]
    before = districts[districts["plan"] == BASELINE].set_index(keys)
    after = districts[districts["plan"] == HEADLINE].set_index(keys)
    rows = []
    for key in before.index:
        if key not in after.index:
            continue
        for indicator, unit in COMPARED.items():
            values = (frame.loc[key, indicator] for frame in (before, after))
            was, will_be = (None if pd.isna(value) else float(value) for value in values)
            rows.append(
                {
                    "service": key[0],
                    "season": key[1],
                    "indicator": indicator,
                    "unit": unit,
                    "before": was,
                    "after": will_be,
                    "difference": None if was is None or will_be is None else will_be - was,
                }
            )
    return pd.DataFrame(rows)
