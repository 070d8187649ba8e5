"""Planning from the centres, from the villages and by the solver, side by side: rows of `ways` and `ways_sites`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.planning.borders import keeping_all
from geo.planning.ways import NOWHERE, SATELLITE, affordable, bottom_up, top_down, users_of
from geo.siting.measure import evaluate, mask_of
from geo.siting.problem import SitingProblem
from geo.siting.solution import Evaluation, SitingSolution
from geo.siting.solve import solve
from geo.study.config_equity import Equity
from geo.study.plans import UnitService
from geo.study.programme.equity import n_times, plan_measures
from geo.study.programme.planned import PlannedUnit
from geo.study.programme.thresholds import Viable, viable_at
from geo.study.result import HEADLINE

#: Ranks of settlements by their class; what is not named here is a satellite.
_TIERS: Final = {
    "national_city": 0,
    "oblast_centre": 0,
    "district_centre": 1,
    "okrug_centre": 2,
    "supporting": 2,
}


@dataclass(frozen=True)
class _Opened:
    """A site in the order of a way of planning."""

    site: int
    role: str
    parent: int = NOWHERE
    members: tuple[int, ...] = ()


def ways_tables(unit: PlannedUnit) -> dict[str, pd.DataFrame]:
    """Return the tables of the ways of planning; nothing where the study does not ask for them."""
    equity = unit.prepared.study.config.equity
    if equity is None:
        return {}
    rows: dict[str, list[dict[str, Any]]] = {"ways": [], "ways_sites": []}
    for part, plans in unit.services:
        headline = plans[HEADLINE]
        if headline.status == "infeasible" or not part.problem.persons.any():
            continue
        if n_times(part) > equity.most_times:
            rows["ways"].append({"service": part.service.name, "left_out": True})
            continue
        viable = viable_sites(unit, part, equity)
        ways = _ways(part, headline, viable)
        counts = {len(opened) for opened in ways.values()}
        least = {count: _least(keeping_all(part.problem), count) for count in sorted(counts)}
        for way, opened in ways.items():
            about = {"service": part.service.name, "way": way}
            plan = headline if way == "solver" else _plan(part, opened)
            own = {"least_beyond_persons": least[len(opened)], "left_out": False, **_in_common(part, viable)}
            rows["ways"].append({**about, **_measures(part, plan, opened, viable), **own})
            rows["ways_sites"] += [{**about, **row} for row in _site_rows(part, plan, opened, viable)]
    return {name: pd.DataFrame(found) for name, found in rows.items()}


def viable_sites(unit: PlannedUnit, part: UnitService, equity: Equity) -> list[Viable]:
    """Return how many users each site needs to last, and the norm that says so.

    The study file's number comes first, then the least users that a norm names for the level
    (`geo.study.programme.thresholds`). Where none does, groups of villages grow to the smallest settlement that a norm
    gives a facility of the level: that is no threshold of a building, and no other part uses it. Else one person, with
    which every site lasts.
    """
    study, service = unit.prepared.study, part.service
    places = part.sites["settlement_id"].tolist()
    found = viable_at(study, service, equity.viable_persons.get(service.name), places)
    if service.name in equity.viable_persons or any(one.norm_id for one in found):
        return found
    for norm in study.norms:
        smallest = norm.applies_if.pop_min if norm.metric == "in_settlement" else None
        if smallest and norm.service == service.name and norm.level == service.serving_level:
            return [Viable(int(smallest), norm.key)] * len(places)
    return found


def _in_common(part: UnitService, viable: Sequence[Viable]) -> dict[str, Any]:
    """Return how many users a site needs where that is the same at every candidate; blank where it is not."""
    free = {one for one, status in zip(viable, part.problem.status, strict=True) if status == "candidate"}
    if len(free) > 1:
        return {"viable_persons": None}
    one = next(iter(free), Viable(1))
    return {"viable_persons": one.persons, "norm_id": one.norm_id, "tied_norms": one.tied}


def _least_persons(viable: Sequence[Viable]) -> npt.NDArray[np.int64]:
    return np.array([one.persons for one in viable], dtype=np.int64)


def _ways(part: UnitService, headline: SitingSolution, viable: Sequence[Viable]) -> dict[str, tuple[_Opened, ...]]:
    """Return what each way opens, in its order: within the headline's number or money, and to the end."""
    problem = keeping_all(part.problem)
    places = _places_of_sites(part)
    steps = top_down(problem, places, _tiers(part))
    down = tuple(_Opened(step.site, "hub" if step.hub else "satellite", step.parent) for step in steps)
    groups = bottom_up(problem, places, _least_persons(viable)).viable
    up = tuple(_Opened(group.site, "catchment", members=group.settlements) for group in groups)
    return {
        "today": (),
        "solver": tuple(_Opened(site, "chosen") for site in headline.opened),
        "top_down": _within_means(problem, down),
        "bottom_up": _within_means(problem, up),
        "top_down_whole": down,
        "bottom_up_whole": up,
    }


def _within_means(problem: SitingProblem, opened: Sequence[_Opened]) -> tuple[_Opened, ...]:
    kept = set(affordable(problem, [one.site for one in opened]))
    return tuple(one for one in opened if one.site in kept)


def _places_of_sites(part: UnitService) -> list[int]:
    """Return the position of every site's settlement among those that count."""
    position = {settlement: row for row, settlement in enumerate(part.problem.settlement_ids)}
    return [position.get(place, NOWHERE) for place in part.sites["settlement_id"]]


def _tiers(part: UnitService) -> list[int]:
    classes = part.settlements["settlement_class"].reindex(list(part.problem.settlement_ids))
    return [_TIERS.get(str(name), SATELLITE) for name in classes]


def _measures(
    part: UnitService, plan: Evaluation, opened: Sequence[_Opened], viable: Sequence[Viable]
) -> dict[str, Any]:
    """Return what a way achieves; the headline plan is measured with what it closes, as it is everywhere else."""
    problem = part.problem
    users = users_of(problem, mask_of(problem, plan.open_sites))
    worst = plan.milliseconds_after.max(axis=0)
    without = (worst > problem.limit_ms) & (problem.persons > 0)
    return {
        **plan_measures(part, plan),
        "viable_sites": sum(int(users[one.site]) >= viable[one.site].persons for one in opened),
        "without_settlements": int(without.sum()),
        "without_persons": int(problem.persons[without].sum()),
    }


def _plan(part: UnitService, opened: Sequence[_Opened]) -> Evaluation:
    """Return the plan of a way that closes nothing: what exists and is not closed by force stays open."""
    problem = part.problem
    standing = np.flatnonzero(problem.existing & ~problem.having("forbidden")).tolist()
    return evaluate(problem, sorted({*standing, *(one.site for one in opened)}))


def _least(problem: SitingProblem, n_new: int) -> int:
    """Return the fewest people beyond the norm with as many new sites; a lower bound where no plan is proven."""
    n_open = int(problem.always.sum()) + n_new
    solution = solve(replace(problem, objective="max-cover", n_open=n_open, budget=None))
    bound = solution.bound if solution.bound is not None else 0
    return int(problem.persons.sum()) - int(np.floor(bound + 1e-6))


def _site_rows(
    part: UnitService, plan: Evaluation, opened: Sequence[_Opened], viable: Sequence[Viable]
) -> Iterator[Mapping[str, Any]]:
    problem = part.problem
    users = users_of(problem, mask_of(problem, plan.open_sites))
    ids = problem.settlement_ids
    for order, one in enumerate(opened, start=1):
        yield {
            "order": order,
            "site_id": problem.site_ids[one.site],
            "settlement_id": part.sites["settlement_id"].iloc[one.site],
            "site_role": one.role,
            "parent_settlement_id": "" if one.parent == NOWHERE else ids[one.parent],
            "users": int(users[one.site]),
            "viable_persons": viable[one.site].persons,
            "viable": bool(users[one.site] >= viable[one.site].persons),
            "members": " ".join(ids[member] for member in one.members),
        }
