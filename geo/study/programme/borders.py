"""What the district line costs, and what planning together gains: `border_penalty`, `dividend`, `dividend_areas`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from geo.planning.borders import BorderPenalty, Dividend, allot, border_penalty, dividend, keeping_all
from geo.siting.problem import SitingProblem
from geo.siting.solution import Evaluation, SitingSolution
from geo.study.config_equity import Equity, Tier
from geo.study.plans import UnitService
from geo.study.programme.equity import n_times
from geo.study.programme.planned import PlannedUnit
from geo.study.result import HEADLINE, WHOLE_STUDY

#: Areas that share, at least.
_FEWEST_AREAS: Final = 2
#: Tier that plans for all areas of a tier.
_ABOVE: Final[Mapping[Tier, Tier]] = {"okrug": "district", "district": "oblast", "oblast": "country"}


def border_tables(unit: PlannedUnit) -> dict[str, pd.DataFrame]:
    """Return the tables of lines between areas; nothing where the study does not ask for them."""
    equity = unit.prepared.study.config.equity
    if equity is None:
        return {}
    rows: dict[str, list[dict[str, Any]]] = {"border_penalty": [], "dividend": [], "dividend_areas": []}
    for part, plans in unit.services:
        if not part.problem.persons.any():
            continue
        if n_times(part) > equity.most_times:
            rows["border_penalty"].append({"service": part.service.name, "left_out": True})
            rows["dividend"].append({"service": part.service.name, "left_out": True})
            continue
        rows["border_penalty"] += _penalty_rows(part, plans[HEADLINE])
        for name, found in _dividend_rows(unit, part, equity, plans[HEADLINE]).items():
            rows[name] += found
    return {name: pd.DataFrame(found) for name, found in rows.items()}


def _units_of(part: UnitService) -> tuple[list[str], list[str]]:
    """Return the unit of every settlement that counts, and of every site."""
    own = part.settlements["unit_id"][part.assessed].astype(str).tolist()
    return own, part.sites["unit_id"].astype(str).tolist()


def _penalty_rows(part: UnitService, headline: SitingSolution) -> list[dict[str, Any]]:
    """Return today and the best plans, with the line open and closed."""
    own, areas = _units_of(part)
    found = border_penalty(part.problem, own, areas, headline)
    persons = part.problem.persons > 0
    over = _listed(part.problem, found.over_line & persons)
    today = {
        "moment": "today",
        **_sides(found.today_open, found.today_closed, found.today_open),
        "penalty_persons": found.today_persons,
        "penalty_most_persons": found.today_persons,
        "self_containment": _self_containment(part.problem, found.today_closed, found.today_open),
        "over_line": over,
        "lost": _lost(part.problem, found.today_open, found.today_closed),
        "status": "optimal",
    }
    least, most = found.plan_persons
    planned = {
        "moment": "plan",
        **_sides(found.plan_open, found.plan_closed, found.same_sites_open),
        "penalty_persons": least,
        "penalty_most_persons": most,
        "self_containment": _self_containment(part.problem, found.plan_closed, found.same_sites_open),
        "over_line": _over_with_plan(part.problem, found, own, areas),
        "lost": _lost(part.problem, found.plan_open, found.plan_closed),
        "status": "optimal" if found.plan_open.status == found.plan_closed.status == "optimal" else "feasible",
    }
    return [{"service": part.service.name, "left_out": False, **row} for row in (today, planned)]


def _sides(opened: Evaluation, closed: Evaluation, same_sites: Evaluation) -> dict[str, Any]:
    """Return both sides of the line; minutes are compared with the same sites, since other sites serve other people."""
    ede_open, ede_closed = same_sites.ede_minutes, closed.ede_minutes
    return {
        "open_beyond_persons": opened.persons_beyond_limit,
        "closed_beyond_persons": closed.persons_beyond_limit,
        "open_ede_minutes": same_sites.ede_minutes,
        "closed_ede_minutes": closed.ede_minutes,
        "penalty_minutes": None if ede_open is None or ede_closed is None else max(0.0, ede_closed - ede_open),
    }


def _self_containment(problem: SitingProblem, closed: Evaluation, opened: Evaluation) -> float | None:
    """Return the share of the people who have a facility within the norm at home that is also their nearest."""
    total = int(problem.persons.sum())
    if not total:
        return None
    own, nearest = closed.milliseconds_after, opened.milliseconds_after
    inside = (own <= nearest).all(axis=0) & (own.max(axis=0) <= problem.limit_ms)
    return float(problem.persons[inside].sum()) / total


def _over_with_plan(problem: SitingProblem, found: BorderPenalty, own: Sequence[str], areas: Sequence[str]) -> str:
    nearest = found.same_sites_open.assignment
    units = np.array([*areas, ""], dtype=object)[nearest]
    over = ((units != np.array(own, dtype=object)[np.newaxis]) & (nearest >= 0)).any(axis=0)
    return _listed(problem, over & (problem.persons > 0))


def _lost(problem: SitingProblem, opened: Evaluation, closed: Evaluation) -> str:
    """Return who is within the norm with the line open and beyond it with the line closed."""
    within, beyond = (one.milliseconds_after.max(axis=0) <= problem.limit_ms for one in (opened, closed))
    return _listed(problem, within & ~beyond & (problem.persons > 0))


def _listed(problem: SitingProblem, settlements: np.ndarray) -> str:
    return " ".join(np.array(problem.settlement_ids, dtype=object)[settlements])


def _dividend_rows(
    unit: PlannedUnit, part: UnitService, equity: Equity, headline: SitingSolution
) -> dict[str, list[dict[str, Any]]]:
    tier, own, areas = _areas(unit, part)
    shares = _shares(unit, part, own, areas)
    if len([share for share in shares.values() if share > 0]) < 1 or len(set(own)) < _FEWEST_AREAS:
        return {}
    found = dividend(part.problem, own, areas, shares, headline)
    total = int(part.problem.persons.sum())
    share = found.persons / total
    together = share > equity.dividend_threshold
    decides = equity.bodies.get(_ABOVE.get(tier, tier) if together else tier, part.service.competent_body)
    who = "together" if together else "local" if found.persons else "no-difference"
    about = {"service": part.service.name}
    row = {
        **about,
        "tier": tier,
        "n_areas": len([one for one in shares.values() if one > 0]),
        "share_of": "sites" if part.problem.n_open is not None else "money",
        "total": sum(shares.values()),
        "separate_beyond_persons": found.separate.persons_beyond_limit,
        "joint_beyond_persons": found.joint.persons_beyond_limit,
        "dividend_persons": found.persons,
        "dividend_most_persons": found.most_persons,
        "dividend_share": share,
        "threshold": equity.dividend_threshold,
        "separate_ede_minutes": found.separate.ede_minutes,
        "joint_ede_minutes": found.joint.ede_minutes,
        "who_plans": who,
        "competent_body": "" if decides is None else decides.en,
        "separate_sites": _sites(part.problem, found.separate.opened),
        "joint_sites": _sites(part.problem, found.joint.opened),
        "status": "optimal" if found.proven else "feasible",
        "left_out": False,
    }
    return {"dividend": [row], "dividend_areas": [{**about, **one} for one in _area_rows(part, own, found)]}


def _areas(unit: PlannedUnit, part: UnitService) -> tuple[Tier, list[str], list[str]]:
    """Return the tier of the areas that would plan for themselves, and the area of every settlement and site."""
    if unit.unit_id == WHOLE_STUDY:
        return (unit.prepared.study.config.study.units, *_units_of(part))
    every = unit.prepared.study.settlements["okrug_id"].fillna("").astype(str)
    own = every.reindex(list(part.problem.settlement_ids)).tolist()
    places = part.sites["settlement_id"]
    return "okrug", own, [every.get(place, "") if isinstance(place, str) else "" for place in places]


def _shares(unit: PlannedUnit, part: UnitService, own: Sequence[str], areas: Sequence[str]) -> dict[str, float]:
    """Return what each area may place: by its people beyond the norm today, where anything could open at all.

    Districts that have a number of their own in the study file keep it where that is what the whole study may open.
    """
    problem = keeping_all(part.problem)
    candidates = [areas[site] for site in np.flatnonzero(problem.having("candidate")).tolist()]
    room = {area: candidates.count(area) for area in dict.fromkeys(own) if area in candidates}
    if not room:
        return {}
    need = _need(problem, own, room)
    if problem.budget is not None:
        total = sum(need.values())
        return {area: problem.budget * weight / total for area, weight in need.items()} if total else {}
    n_added = (problem.n_open or 0) - int(problem.always.sum())
    number = part.service.open
    if unit.unit_id == WHOLE_STUDY and number is not None and part.service.open_all is None:
        fixed = {area: min(number, most) for area, most in room.items()}
        if sum(fixed.values()) <= n_added:
            return {area: float(count) for area, count in fixed.items()}
    return {area: float(count) for area, count in allot(max(0, n_added), need, room).items()}


def _need(problem: SitingProblem, own: Sequence[str], room: Mapping[str, int]) -> dict[str, float]:
    """Return the people beyond the norm today by area; all people where nobody is beyond it."""
    beyond = problem.nearest_ms(problem.existing).max(axis=0) > problem.limit_ms
    counted = problem.persons * beyond if (problem.persons * beyond).any() else problem.persons
    areas = np.array(own, dtype=object)
    return {area: float(counted[areas == area].sum()) for area in sorted(room)}


def _sites(problem: SitingProblem, sites: Sequence[int]) -> str:
    return " ".join(problem.site_ids[site] for site in sites)


def _area_rows(part: UnitService, own: Sequence[str], found: Dividend) -> Iterator[dict[str, Any]]:
    problem = part.problem
    beyond = problem.nearest_ms(problem.existing).max(axis=0) > problem.limit_ms
    for area in sorted(set(own)):
        inside = np.array([one == area for one in own], dtype=np.bool_)
        yield {
            "area_id": area,
            "persons": int(problem.persons[inside].sum()),
            "beyond_persons": int(problem.persons[inside & beyond].sum()),
            "area_share": float(found.shares.get(area, 0.0)),
            "open_sites": _sites(problem, found.opened.get(area, ())),
        }
