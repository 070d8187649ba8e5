"""Sites and roads of a unit chosen together for the money of the headline plan: a road may do more than a site."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from geo.planning.roads_or_sites import JointPlan, joint_choice
from geo.siting.solution import SitingSolution
from geo.study.programme.road_packages import RoadPackage, times_with
from geo.study.programme.unmet import Unmet

Rows = list[dict[str, Any]]

#: Packages that are combined; those that bring most people within the norm for their money.
MOST_COMBINED: Final = 4


def joint_rows(unmet: Unmet, headline: SitingSolution) -> Rows:
    """Return rows of `provision_joint` for one service: every combination of road packages that was tried.

    Parameters
    ----------
    unmet
        What is below the norm today.
    headline
        Its cost is the money there is, unless the study names a sum.
    """
    problem = unmet.part.problem
    budget = unmet.config.budget if unmet.config.budget is not None else headline.spending
    if not unmet.asks("road") or not problem.opening.any() or budget <= 0:
        return []
    packages = _worth_combining(unmet, budget)

    def milliseconds(combination: tuple[int, ...]) -> np.ndarray:
        chosen = [packages[number] for number in combination]
        times = chosen[0].times if len(chosen) == 1 else times_with(unmet.prepared, chosen)
        return unmet.milliseconds_of(times)

    capex = [package.price.capex for package in packages if package.price is not None]
    choice = joint_choice(problem, budget, capex, milliseconds)
    if choice is None:
        return []
    return [
        _row(unmet, packages, plan, budget) | {"chosen": number == choice.best}
        for number, plan in enumerate(choice.plans)
    ]


def _worth_combining(unmet: Unmet, budget: float) -> list[RoadPackage]:
    limit_ms = unmet.part.problem.limit_ms
    found = []
    for number, (package, worst) in enumerate(zip(unmet.packages, unmet.worst_by_road, strict=True)):
        persons = int(unmet.persons[unmet.below & (worst <= limit_ms)].sum())
        if package.price is not None and package.price.capex <= budget and persons:
            found.append((package.price.capex / persons, number, package))
    return [package for _cost, _number, package in sorted(found, key=lambda item: item[:2])[:MOST_COMBINED]]


def _row(unmet: Unmet, packages: list[RoadPackage], plan: JointPlan, budget: float) -> dict[str, Any]:
    site_ids = unmet.part.problem.site_ids
    return {
        "service": unmet.part.service.name,
        "packages": " ".join(packages[number].package_id for number in plan.packages),
        "open_sites": " ".join(site_ids[site] for site in plan.solution.opened),
        "beyond_persons": plan.solution.persons_beyond_limit,
        "ede_minutes": plan.solution.ede_minutes,
        "cost": plan.cost,
        "budget": budget,
        "status": plan.solution.status,
    }
