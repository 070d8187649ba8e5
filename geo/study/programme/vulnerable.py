"""The plan that would be chosen if people of vulnerable settlements counted for more, beside the headline plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.siting.measure import evaluate
from geo.siting.solution import SitingSolution
from geo.siting.solve import solve
from geo.study.plans import UnitService
from geo.study.programme.planned import PlannedUnit
from geo.study.result import HEADLINE
from geo.study.weighting import demand_weights, weighted_problem

WEIGHTED = "weighted"


def weighted_plans(unit: PlannedUnit) -> Mapping[str, pd.DataFrame]:
    """Return the rows of `weighted_plans`; nothing where the study weighs nobody.

    The weighted plan is found on the headline problem with weighted people, and measured like any plan: in people.
    """
    config = unit.prepared.study.config
    if config.demand.weight == "none":
        return {}
    rows = [row for part, plans in unit.services for row in _rows(unit, part, plans[HEADLINE])]
    return {"weighted_plans": pd.DataFrame(rows)} if rows else {}


def _rows(unit: PlannedUnit, part: UnitService, headline: SitingSolution) -> Iterator[dict[str, object]]:
    weights = demand_weights(unit.prepared.study.config, part.settlements[part.assessed])
    plans = {HEADLINE: headline, WEIGHTED: solve(weighted_problem(part.problem, weights))}
    for name, plan in plans.items():
        if plan.status != "infeasible":
            yield {
                "service": part.service.name,
                "plan": name,
                "status": plan.status,
                **measures(part, plan, weights > 1),
            }


def measures(part: UnitService, plan: SitingSolution, vulnerable: npt.NDArray[np.bool_]) -> dict[str, object]:
    """Return what a plan does for people, and for those of vulnerable settlements among them, unweighted."""
    problem = part.problem
    found = evaluate(problem, plan.open_sites)
    within = found.milliseconds_after.max(axis=0) <= problem.limit_ms
    return {
        "open_sites": " ".join(problem.site_ids[site] for site in found.opened),
        "within_persons": found.persons_within_limit,
        "beyond_persons": found.persons_beyond_limit,
        "vulnerable_persons": int(problem.persons[vulnerable].sum()),
        "vulnerable_within_persons": int(problem.persons[vulnerable & within].sum()),
        "ede_minutes": found.ede_minutes,
    }
