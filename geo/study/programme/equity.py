"""What one goal costs in another, and what caps on support cost: `frontier`, `support_caps`, `support_sites`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

from geo.planning.caps import capped, support, too_dear, uncapped
from geo.siting import goals
from geo.siting.frontier import GOALS as MADE
from geo.siting.frontier import Frontier, frontier
from geo.siting.problem import SitingProblem
from geo.siting.solution import OPTIMALITY_GAP, Evaluation, SitingSolution
from geo.siting.solve import solve
from geo.study.config_equity import Equity
from geo.study.plans import UnitService
from geo.study.programme.planned import PlannedUnit
from geo.study.result import HEADLINE
from geo.study.tabulate import opening_cost
from geo.units import MS_PER_MINUTE

#: Goals of every frontier: what is minimised, and what is paid for it.
GOALS: Final = {
    "cost": ("persons-beyond-limit", "cost"),
    "norm": ("capped-person-time", "persons-beyond-limit"),
    "equity": ("equally-distributed-equivalent", "capped-person-time"),
}
#: Times up to which every efficient plan is found; with more, a number of points.
_FEW_TIMES: Final = 10_000
#: Points of a frontier that are shown at least, where there are as many (domain P6).
_FEW_POINTS: Final = 5


def n_times(part: UnitService) -> int:
    """Return seasons x settlements x candidates of a service."""
    problem = part.problem
    return problem.n_seasons * problem.n_settlements * int(problem.having("candidate").sum())


def equity_tables(unit: PlannedUnit) -> dict[str, pd.DataFrame]:
    """Return the tables of frontiers and caps; nothing where the study does not ask for them."""
    equity = unit.prepared.study.config.equity
    if equity is None:
        return {}
    rows: dict[str, list[dict[str, Any]]] = {"frontier": [], "support_caps": [], "support_sites": []}
    for part, plans in unit.services:
        headline = plans[HEADLINE]
        if headline.status == "infeasible" or not part.problem.persons.any():
            continue
        for name in equity.frontiers:
            rows["frontier"] += _frontier_rows(part, equity, name, headline)
        rows["support_caps"] += list(_cap_rows(part, equity, headline))
        rows["support_sites"] += _support_rows(part, equity)
    return {name: pd.DataFrame(found) for name, found in rows.items()}


def _frontier_rows(part: UnitService, equity: Equity, name: str, headline: SitingSolution) -> list[dict[str, Any]]:
    # Sums of times are much harder to prove than coverings.
    most = equity.most_times if name == "cost" else equity.most_times // 2
    about = {"service": part.service.name, "frontier": name}
    if n_times(part) > most:
        return [{**about, "left_out": True}]
    problem = part.problem
    if name == "cost":
        problem = replace(problem, n_open=problem.n_sites, budget=None)
    # Every plan can be found where one of the goals counts whole persons or milliseconds.
    countable = problem.season_rule == "worst"
    whole = countable and name != "cost" and n_times(part) <= _FEW_TIMES
    found = frontier(problem, *GOALS[name], None if whole else equity.points)
    # Where limits at even distances find hardly any plan, all of them are soon found.
    if countable and len(found.points) < _FEW_POINTS and not found.complete:
        found = frontier(problem, *GOALS[name])
    return [{**about, "left_out": False, **row} for row in _points(part, name, found, headline)]


def _points(part: UnitService, name: str, found: Frontier, headline: SitingSolution) -> Iterator[dict[str, Any]]:
    """Yield the points of a frontier by the second goal, least first; the headline plan is among them or the last."""
    before: Mapping[str, Any] | None = None
    among = False
    for number, point in enumerate(found.points, start=1):
        solution = point.solution
        same = _same(part.problem, name, solution, headline)
        among = among or same
        measured = plan_measures(part, headline if same else solution)
        row = {
            **measured,
            "point": number,
            "point_role": "both" if same else "point",
            "status": solution.status,
            "gap": max((stage.gap for stage in solution.stages), default=None),
            "nested": before is not None and set(before["open_sites"].split()) <= set(measured["open_sites"].split()),
            "complete": found.complete,
        }
        row["step_cost"] = _step_cost(row, before) if name == "cost" else None
        before = row
        yield row
    if not among:
        gap = max((stage.gap for stage in headline.stages), default=None)
        own = {"point_role": "headline", "status": headline.status, "gap": gap, "complete": found.complete}
        yield {**plan_measures(part, headline), **own}


def plan_measures(part: UnitService, plan: Evaluation) -> dict[str, Any]:
    """Return what a plan achieves, one column per goal and none of them merged."""
    problem = part.problem
    total = int(problem.persons.sum())
    time = goals.CappedTime(problem)
    capped_ms = float(time.linear(plan.milliseconds_after, _mask(problem, plan.open_sites)))
    return {
        "beyond_persons": plan.persons_beyond_limit,
        "unreachable_persons": plan.persons_unserved,
        "mean_minutes": capped_ms / total / MS_PER_MINUTE if total else None,
        "ede_minutes": plan.ede_minutes,
        "max_minutes": plan.largest_ms / MS_PER_MINUTE,
        "new_sites": len(plan.opened),
        "cost": opening_cost(part, plan.opened),
        "open_sites": " ".join(problem.site_ids[site] for site in plan.opened),
    }


def _mask(problem: SitingProblem, sites: tuple[int, ...]) -> np.ndarray:
    is_open = np.zeros(problem.n_sites, dtype=np.bool_)
    is_open[list(sites)] = True
    return is_open


def _same(problem: SitingProblem, name: str, plan: SitingSolution, headline: SitingSolution) -> bool:
    """Return whether two plans are equally good by both goals of a frontier."""
    pairs = []
    for goal in GOALS[name]:
        values = [_goal_value(problem, goal, one) for one in (plan, headline)]
        pairs.append(abs(values[0] - values[1]) <= OPTIMALITY_GAP * max(1.0, abs(values[0])))
    return all(pairs)


def _goal_value(problem: SitingProblem, goal: str, plan: Evaluation) -> float:
    return float(MADE[goal](problem).linear(plan.milliseconds_after, _mask(problem, plan.open_sites)))


def _step_cost(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> float | None:
    """Return what each further person within the norm costs since the point before; sites where nothing has a price."""
    if before is None or row["beyond_persons"] >= before["beyond_persons"]:
        return None
    column = "new_sites" if row["cost"] is None else "cost"
    return float((row[column] - before[column]) / (before["beyond_persons"] - row["beyond_persons"]))


def _caps(equity: Equity, service: str) -> dict[str, float]:
    amounts = {"per_head": equity.cap_per_head.get(service), "per_place": equity.cap_per_place.get(service)}
    return {name: amount for name, amount in amounts.items() if amount is not None}


def _cap_rows(part: UnitService, equity: Equity, headline: SitingSolution) -> Iterator[dict[str, Any]]:
    """Yield one row per cap: the headline plan, which keeps it, beside the best plan if this cap alone did not hold."""
    caps = _caps(equity, part.service.name)
    free = uncapped(part.problem)
    per_head, per_place = too_dear(free, caps.get("per_head"), caps.get("per_place"))
    excluded = {"per_head": per_head, "per_place": per_place}
    for name, amount in caps.items():
        others = {other: value for other, value in caps.items() if other != name}
        loose = capped(free, others.get("per_head"), others.get("per_place"))
        same = loose.status == part.problem.status
        without = headline if same else solve(loose)
        helped = _within(free, without) & ~_within(free, headline)
        only = _reachable(loose) & ~_reachable(part.problem) & ~_within_today(free)
        ids = np.array(free.settlement_ids, dtype=object)
        proven = headline.status == without.status == "optimal"
        yield {
            "service": part.service.name,
            "cap": name,
            "cap_amount": amount,
            "excluded_sites": int(excluded[name].sum()),
            "binding": not same and without.goals != headline.goals,
            "with_beyond_persons": headline.persons_beyond_limit,
            "without_beyond_persons": without.persons_beyond_limit,
            "with_ede_minutes": headline.ede_minutes,
            "without_ede_minutes": without.ede_minutes,
            "with_cost": opening_cost(part, headline.opened),
            "without_cost": opening_cost(part, without.opened),
            "helped_without": " ".join(ids[helped & (free.persons > 0)]),
            "only_too_dear": " ".join(ids[only & (free.persons > 0)]),
            "status": "optimal" if proven else "feasible",
        }


def _within(problem: SitingProblem, plan: Evaluation) -> np.ndarray:
    return np.asarray(plan.milliseconds_after.max(axis=0) <= problem.limit_ms)


def _within_today(problem: SitingProblem) -> np.ndarray:
    stays = problem.existing & ~problem.having("forbidden")
    return np.asarray(problem.nearest_ms(stays).max(axis=0) <= problem.limit_ms)


def _reachable(problem: SitingProblem) -> np.ndarray:
    """Return which settlements some site that may be open brings within the norm in every season."""
    usable = problem.always | problem.free
    return np.asarray(problem.nearest_ms(usable).max(axis=0) <= problem.limit_ms)


def _support_rows(part: UnitService, equity: Equity) -> list[dict[str, Any]]:
    """Return what every candidate costs per person helped, the dearest last; nothing where no opening has a price."""
    free = uncapped(part.problem)
    if not free.opening[free.having("candidate")].any():
        return []
    caps = _caps(equity, part.service.name)
    found = support(free)
    per_head, per_place = too_dear(free, caps.get("per_head"), caps.get("per_place"))
    order = sorted(np.flatnonzero(free.having("candidate")).tolist(), key=lambda site: (found.per_head[site], site))
    return [
        {
            "service": part.service.name,
            "site_id": free.site_ids[site],
            "settlement_id": part.sites["settlement_id"].iloc[site],
            "cost": float(free.opening[site]),
            "gained_persons": int(found.gained[site]),
            "cost_per_head": float(found.per_head[site]),
            "excluded_by": "per_head" if per_head[site] else "per_place" if per_place[site] else "",
        }
        for site in order
    ]
