"""What a line between areas costs, and what planning them together gains. Neither is ever negative.

The *border penalty* is how many more people stay beyond the norm if nobody may use what stands in another area. The
*centralisation dividend* is how many fewer do if the sites that each area would place for itself are placed for all of
them together. Both compare plans that close nothing, so that nobody's tolerance stands between the two sides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from geo.siting.measure import evaluate
from geo.siting.problem import Mask, SitingProblem
from geo.siting.solution import Evaluation, SitingSolution
from geo.siting.solve import solve
from geo.units import UNREACHABLE_MS

__all__ = ["BorderPenalty", "Dividend", "allot", "border_penalty", "closed_lines", "dividend", "keeping_all"]

#: What an area may open: a number of sites, or money.
Share = float
Areas = Sequence[str]


@dataclass(frozen=True, eq=False)
class BorderPenalty:
    """The same area with the line open and closed.

    Parameters
    ----------
    today_open, today_closed
        What stands today, if people may cross the line and if they may not.
    plan_open, plan_closed
        The best plan on either side of the comparison.
    same_sites_open
        The sites of `plan_closed` if people may cross the line after all.
    over_line : bool (n_settlements,)
        Settlements whose nearest facility today stands over the line in some season.
    """

    today_open: Evaluation
    today_closed: Evaluation
    plan_open: SitingSolution
    plan_closed: SitingSolution
    same_sites_open: Evaluation
    over_line: Mask

    @property
    def today_persons(self) -> int:
        """People whom the line puts beyond the norm today."""
        return self.today_closed.persons_beyond_limit - self.today_open.persons_beyond_limit

    @property
    def plan_persons(self) -> tuple[int, int]:
        """Least and most people whom the line keeps beyond the norm with the best plans; equal where both are proven.

        A plan of the closed side is one of the open side too, where it is never worse: so the better of the two is
        what the open side reaches at least, and the penalty is not negative even where a gap is left.
        """
        best_open = min(self.plan_open.persons_beyond_limit, self.same_sites_open.persons_beyond_limit)
        least = max(0, _least_beyond(self.plan_closed) - best_open)
        most = self.plan_closed.persons_beyond_limit - _least_beyond(self.plan_open)
        return least, max(least, most)


def border_penalty(
    problem: SitingProblem, settlement_area: Areas, site_area: Areas, best: SitingSolution | None = None
) -> BorderPenalty:
    """Return what it costs that people use only what stands in their own area.

    Parameters
    ----------
    problem
        With the facilities over the line among its sites.
    settlement_area, site_area
        Area of every settlement and site; a site in no area, an empty text, is over the line for everybody.
    best
        Its solution where that is known already; it counts only where nothing could close.
    """
    opened = keeping_all(problem)
    closed = closed_lines(opened, settlement_area, site_area)
    existing = np.flatnonzero(problem.existing).tolist()
    today_open, today_closed = evaluate(opened, existing), evaluate(closed, existing)
    nearest = today_open.assignment
    areas, own = np.array([*site_area, ""], dtype=object), np.array(settlement_area, dtype=object)
    over_line = ((areas[nearest] != own[np.newaxis]) & (nearest >= 0)).any(axis=0)
    plan_open = _best(problem, opened, best)
    # Where nobody's way ends over the line and nothing over it can be used, closing it is the same problem.
    plan_closed = plan_open if np.array_equal(opened.milliseconds, closed.milliseconds) else solve(closed)
    same = evaluate(opened, plan_closed.open_sites)
    return BorderPenalty(today_open, today_closed, plan_open, plan_closed, same, over_line)


def closed_lines(problem: SitingProblem, settlement_area: Areas, site_area: Areas) -> SitingProblem:
    """Return the problem in which there is no way to any site of another area."""
    own, areas = np.array(settlement_area, dtype=object), np.array(site_area, dtype=object)
    inside = (own[:, np.newaxis] == areas[np.newaxis]) & (areas != "")[np.newaxis]
    return replace(problem, milliseconds=np.where(inside, problem.milliseconds, UNREACHABLE_MS).astype(np.int32))


def keeping_all(problem: SitingProblem) -> SitingProblem:
    """Return the problem in which what may close stays open, and forced closures need nobody's consent."""
    status = tuple("open" if word == "closable" else word for word in problem.status)
    return replace(problem, status=status, max_worsening_ms=None)


def _best(problem: SitingProblem, keeping: SitingProblem, best: SitingSolution | None) -> SitingSolution:
    """Return the solution of a problem that keeps all: that of the problem itself where nothing could close."""
    may_close = problem.having("closable") | (problem.existing & problem.having("forbidden"))
    return solve(keeping) if best is None or may_close.any() or best.status == "infeasible" else best


def _least_beyond(solution: SitingSolution) -> int:
    """Return how many people stay beyond the norm at least, by the bound of the first goal."""
    first = solution.stages[0]
    return int(np.ceil(first.bound - 1e-6)) if first.name == "persons-beyond-limit" else 0


@dataclass(frozen=True, eq=False)
class Dividend:
    """Areas that plan for themselves beside one plan for all of them.

    Parameters
    ----------
    shares
        What each area may open, by area.
    opened
        Sites that each area opens for itself, by area; positions in the problem.
    separate
        All of these sites together, for everybody: people use what the neighbour opens.
    joint
        The best plan found for all areas together, with the same number of sites or money.
    bound
        No joint plan leaves fewer people beyond the norm.
    proven
        Whether `joint` and every area's own plan are proven to be the best.
    """

    shares: Mapping[str, Share]
    opened: Mapping[str, tuple[int, ...]]
    separate: Evaluation
    joint: Evaluation
    bound: int
    proven: bool

    @property
    def persons(self) -> int:
        """How many fewer people the joint plan leaves beyond the norm; never negative."""
        return self.separate.persons_beyond_limit - self.joint.persons_beyond_limit

    @property
    def most_persons(self) -> int:
        """How many fewer any joint plan could leave beyond it."""
        return max(self.persons, self.separate.persons_beyond_limit - self.bound)


def dividend(
    problem: SitingProblem,
    settlement_area: Areas,
    site_area: Areas,
    shares: Mapping[str, Share],
    best: SitingSolution | None = None,
) -> Dividend:
    """Return what planning areas together gains over each planning for itself.

    Each area places its share among its own candidates, by the problem's objective, for its own people, who use every
    facility that stands today. The sites of all areas are a joint plan too, so that the best joint plan is never worse.

    Parameters
    ----------
    problem
        Of all areas; its number of sites or budget is what the shares add up to at most. The joint plan has what the
        shares add up to, and no more: a site that no area may open would not be a gain of planning together.
    settlement_area, site_area
        Area of every settlement and site.
    shares
        Number of new sites or money by area.
    best
        The problem's solution where that is known already; it counts only where nothing could close and where the
        shares add up to all that the problem may open or spend.
    """
    whole = keeping_all(problem)
    given = sum(share for area, share in shares.items() if _own_sites(whole, settlement_area, site_area, area, share))
    together = _with_means(whole, given)
    if together is not whole:
        best = None
    whole = together
    opened: dict[str, tuple[int, ...]] = {}
    proven = True
    for area in sorted(shares):
        own = _own_problem(whole, settlement_area, site_area, area, shares[area])
        if own is None:
            opened[area] = ()
            continue
        alone, sites = own
        solution = solve(alone)
        proven = proven and solution.status == "optimal"
        opened[area] = tuple(int(sites[site]) for site in solution.opened)
    standing = [int(site) for site in np.flatnonzero(whole.always)]
    separate = evaluate(whole, sorted({*standing, *(site for own in opened.values() for site in own)}))
    solution = _best(problem, whole, best)
    joint: Evaluation = solution
    if separate.persons_beyond_limit < solution.persons_beyond_limit:
        joint = separate
    return Dividend(shares, opened, separate, joint, _least_beyond(solution), proven and solution.status == "optimal")


def _with_means(problem: SitingProblem, given: Share) -> SitingProblem:
    """Return the problem with as many new sites or as much money as is given; itself where it has just that."""
    if problem.n_open is not None:
        n_open = int(problem.always.sum()) + int(given)
        return problem if n_open == problem.n_open else replace(problem, n_open=n_open)
    if problem.budget is None or given >= problem.budget * (1 - 1e-9):
        return problem
    return replace(problem, budget=float(given))


def _own_sites(problem: SitingProblem, settlement_area: Areas, site_area: Areas, area: str, share: Share) -> bool:
    """Return whether an area has people, something to open it with, and a candidate to open."""
    candidates = problem.having("candidate")
    has_site = any(one == area and candidates[site] for site, one in enumerate(site_area))
    return share > 0 and has_site and area in settlement_area


def _own_problem(
    problem: SitingProblem, settlement_area: Areas, site_area: Areas, area: str, share: Share
) -> tuple[SitingProblem, npt.NDArray[np.intp]] | None:
    """Return an area's own problem and the sites that are its columns; None where it can open nothing."""
    rows = np.array([one == area for one in settlement_area], dtype=np.bool_)
    own = np.array([one == area for one in site_area], dtype=np.bool_) & problem.having("candidate")
    if not _own_sites(problem, settlement_area, site_area, area, share):
        return None
    sites = np.flatnonzero(problem.existing | own)
    n_standing = int((problem.always & problem.existing).sum())
    by_number = problem.n_open is not None
    small = replace(
        problem,
        settlement_ids=tuple(np.array(problem.settlement_ids, dtype=object)[rows]),
        site_ids=tuple(problem.site_ids[site] for site in sites),
        milliseconds=problem.milliseconds[:, rows][:, :, sites],
        persons=problem.persons[rows],
        status=tuple(problem.status[site] for site in sites),
        existing=problem.existing[sites],
        n_open=n_standing + int(share) if by_number else None,
        budget=None if by_number else share,
        **{name: costs[sites] for name in _COSTS if (costs := getattr(problem, name)) is not None},
    )
    return small, sites


_COSTS = ("opening_cost", "closing_cost", "running_cost")


def allot(total: int, weights: Mapping[str, float], most: Mapping[str, int]) -> dict[str, int]:
    """Return a number of sites shared out among areas, each site to the area with most weight per site it would have.

    Parameters
    ----------
    total
        Sites to share out; what nobody can use is left over.
    weights
        Weight by area, not negative; an area without weight gets what others cannot use.
    most
        Sites that an area can use at most.

    References
    ----------
    Sainte-Lague (1910), Annales scientifiques de l'ENS 27:529-542: the weight over 1, 3, 5, ...; ties by code.
    """
    given = dict.fromkeys(sorted(weights), 0)
    for _site in range(total):
        room = [area for area in given if given[area] < most.get(area, 0)]
        if not room:
            break
        best = max(room, key=lambda area: weights[area] / (2 * given[area] + 1))
        given[best] += 1
    return given
