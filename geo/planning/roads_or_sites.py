"""Sites and roads chosen together, as some of the money may do more on a road than on another site.

A road package changes all times. Every combination of packages that is enumerated and paid for leaves a siting problem
with the money that is left, and each of those is solved by `geo.siting`; the best of them is the joint plan. It is the
best of what was enumerated, which the caller has to say; the choice without any road is always among it, so that the
option of a road never makes a plan worse.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.siting.problem import SitingProblem
from geo.siting.solution import SitingSolution
from geo.siting.solve import solve

Milliseconds = npt.NDArray[np.int32]

#: Packages that can be enumerated; more have to be chosen from beforehand.
MOST_PACKAGES: Final = 20
#: An equally-distributed time that differs by less is the same one, worked out in another order.
_SAME_MINUTES: Final = 1e-6


@dataclass(frozen=True)
class JointPlan:
    """Sites under one combination of road packages.

    Parameters
    ----------
    packages
        Positions of the packages that are built.
    roads_cost
        Money spent on them.
    solution
        Sites for the money that is left.
    """

    packages: tuple[int, ...]
    roads_cost: float
    solution: SitingSolution

    @property
    def cost(self) -> float:
        """Money spent on roads and sites."""
        return self.roads_cost + self.solution.spending

    @property
    def rank(self) -> tuple[int, float, float, int]:
        """People below the norm, then the equally-distributed time, then money, then the number of packages."""
        ede = self.solution.ede_minutes
        rounded = 0.0 if ede is None else round(ede / _SAME_MINUTES) * _SAME_MINUTES
        return self.solution.persons_beyond_limit, rounded, self.cost, len(self.packages)


@dataclass(frozen=True)
class JointChoice:
    """The best of the combinations tried.

    Parameters
    ----------
    plans
        One per combination that the budget pays for, the one without roads first.
    best
        Position among them.
    """

    plans: tuple[JointPlan, ...]
    best: int

    @property
    def is_proven(self) -> bool:
        """Whether every combination was solved to its optimum: then the best is the best of all those enumerated."""
        return all(plan.solution.status == "optimal" for plan in self.plans)

    @property
    def chosen(self) -> JointPlan:
        """The joint plan."""
        return self.plans[self.best]

    @property
    def without_roads(self) -> JointPlan:
        """The best choice of sites alone for the same money."""
        return self.plans[0]


def joint_choice(
    problem: SitingProblem,
    budget: float,
    package_cost: Sequence[float],
    milliseconds: Callable[[tuple[int, ...]], Milliseconds],
    most_together: int = 2,
) -> JointChoice | None:
    """Choose sites and road packages for one sum of money.

    Parameters
    ----------
    problem
        Sites, people and norm; its own number of sites or budget does not matter.
    budget
        Money for sites and roads together, not negative.
    package_cost
        Money for each package, not negative; at most `MOST_PACKAGES`.
    milliseconds
        Returns int32 (n_seasons, n_settlements, n_sites), the times with a combination of packages.
    most_together
        Packages in one combination at most; combinations with more are not tried.

    Returns
    -------
    JointChoice
        None where no plan meets the problem's conditions even without roads.

    Raises
    ------
    ValueError
        If there are too many packages, or money is negative.
    """
    if len(package_cost) > MOST_PACKAGES:
        raise ValueError(f"{len(package_cost)} packages are more than the {MOST_PACKAGES} that can be enumerated")
    if budget < 0 or min(package_cost, default=0.0) < 0:
        raise ValueError("money is negative")
    plans = []
    for combination in combinations(len(package_cost), most_together):
        roads_cost = float(sum(package_cost[package] for package in combination))
        if roads_cost > budget:
            continue
        changed = milliseconds(combination) if combination else problem.milliseconds
        own = replace(problem, milliseconds=changed, n_open=None, budget=budget - roads_cost)
        solution = solve(own)
        if solution.status == "infeasible":
            if not combination:
                return None
            continue
        plans.append(JointPlan(combination, roads_cost, solution))
    best = min(range(len(plans)), key=lambda number: (plans[number].rank, number))
    return JointChoice(tuple(plans), best)


def combinations(n_packages: int, most_together: int) -> list[tuple[int, ...]]:
    """Return the combinations that are tried: none, every package alone, pairs, and so on."""
    sizes = range(min(n_packages, most_together) + 1)
    return [chosen for size in sizes for chosen in itertools.combinations(range(n_packages), size)]
