"""An independent second look at every solution before it leaves: nothing here uses the code that found it.

Times, assignments, constraints, counts and the bound are recomputed from the problem alone, in plain loops.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from geo.errors import SolverError
from geo.siting.capacity.check import faults_of_places
from geo.siting.objectives import PLACED
from geo.siting.solution import OPTIMALITY_GAP
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

if TYPE_CHECKING:
    from geo.siting.problem import SitingProblem
    from geo.siting.solution import SitingSolution

#: Relative rounding error allowed when sums of money are added in another order.
MONEY_DOUBT: Final = 1e-8

#: The same for the equally-distributed equivalent; its plain formula loses digits where kappa is close to zero.
EQUIVALENT_DOUBT: Final = 1e-6


def check(problem: SitingProblem, solution: SitingSolution) -> None:
    """Verify a solution against its problem.

    Raises
    ------
    SolverError
        If anything that the solution says does not follow from the problem; the message lists it.
    """
    faults_of_times = faults_of_places if problem.objective in PLACED else _faults_of_times
    found = [*_faults_of_sites(problem, solution), *faults_of_times(problem, solution)]
    found += [*_faults_of_equivalent(problem, solution), *_faults_of_proof(solution)]
    found += [*_faults_of_backup(problem, solution), *_faults_of_regrets(problem, solution)]
    if solution.status != "infeasible":
        found += [*_faults_of_resources(problem, solution), *_faults_of_promises(problem, solution)]
    if found:
        raise SolverError("; ".join(found))


def _faults_of_sites(problem: SitingProblem, solution: SitingSolution) -> Iterator[str]:
    chosen = set(solution.open_sites)
    for site, (word, exists) in enumerate(zip(problem.status, problem.existing, strict=True)):
        name = problem.site_ids[site]
        if (site in solution.opened) != (site in chosen and not exists):
            yield f"site {name!r} is wrongly listed as opened or not"
        if (site in solution.closed) != (site not in chosen and bool(exists)):
            yield f"site {name!r} is wrongly listed as closed or not"
        if solution.status == "infeasible":
            continue
        if word in ("fixed", "open") and site not in chosen:
            yield f"site {name!r} must be open and is not"
        if word == "forbidden" and site in chosen:
            yield f"site {name!r} may not be open and is"


def _within(problem: SitingProblem, season: int, settlement: int, sites: set[int]) -> list[tuple[int, int]]:
    """Return time and site of every one of some sites that a settlement reaches."""
    if problem.pairs:
        near, milliseconds = problem.pairs[season].row(settlement)
        pairs = zip(milliseconds.tolist(), near.tolist(), strict=True)
        return [(time, site) for time, site in pairs if site in sites]
    ordered = sorted(sites)
    times = problem.milliseconds[season, settlement][ordered].tolist() if ordered else []
    return [(time, site) for time, site in zip(times, ordered, strict=True) if time < UNREACHABLE_MS]


def _nearest(problem: SitingProblem, season: int, settlement: int, sites: set[int]) -> tuple[int, int]:
    """Return time and site of the nearest of some sites, the lowest position among ties; -1 where none is reached."""
    return min(_within(problem, season, settlement, sites), default=(UNREACHABLE_MS, -1))


def _faults_of_times(problem: SitingProblem, solution: SitingSolution) -> Iterator[str]:
    today = {site for site in range(problem.n_sites) if problem.existing[site]}
    chosen, left_out = set(solution.open_sites), set(solution.unserved)
    beyond = unserved = 0
    losers = set()
    for settlement in range(problem.n_settlements):
        worst = 0
        for season in range(problem.n_seasons):
            before, _site = _nearest(problem, season, settlement, today)
            after, nearest = _nearest(problem, season, settlement, chosen)
            said = (
                solution.milliseconds_before[season, settlement],
                solution.milliseconds_after[season, settlement],
                solution.assignment[season, settlement],
            )
            if said != (before, after, nearest):
                yield f"settlement {problem.settlement_ids[settlement]!r} is not with its nearest open site"
            if after > before:
                losers.add((settlement, season, before, after))
            worst = max(worst, after)
        beyond += int(problem.persons[settlement]) * (worst > problem.limit_ms)
        unserved += int(problem.persons[settlement]) * (worst >= UNREACHABLE_MS)
        if (settlement in left_out) != (worst >= UNREACHABLE_MS):
            yield f"settlement {problem.settlement_ids[settlement]!r} is wrongly listed as unserved or not"
    if (beyond, unserved) != (solution.persons_beyond_limit, solution.persons_unserved):
        yield "the numbers of persons beyond the limit or unserved are wrong"
    if losers != {(loser.settlement, loser.season, loser.before_ms, loser.after_ms) for loser in solution.losers}:
        yield "the list of losers is wrong"


def _faults_of_equivalent(problem: SitingProblem, solution: SitingSolution) -> Iterator[str]:
    """Recompute the equally-distributed equivalent by its definition."""
    if problem.kappa is None or solution.ede_minutes is None or not problem.persons.any():
        return
    terms = []
    for settlement, persons in enumerate(problem.persons.tolist()):
        minutes = [
            min(ms, problem.cap_ms) / MS_PER_MINUTE for ms in solution.milliseconds_after[:, settlement].tolist()
        ]
        weights = problem.normal_weights.tolist()
        if problem.season_rule == "worst":
            minutes, weights = [max(minutes)], [1.0]
        # What exp adds to 1 keeps its digits where kappa is close to zero; the weights of a person add up to 1.
        terms += [persons * w * math.expm1(-problem.kappa * t) for w, t in zip(weights, minutes, strict=True)]
    equivalent = -math.log1p(math.fsum(terms) / int(problem.persons.sum())) / problem.kappa
    if not math.isclose(equivalent, solution.ede_minutes, rel_tol=EQUIVALENT_DOUBT, abs_tol=EQUIVALENT_DOUBT):
        yield "the equally-distributed equivalent is wrong"


def _faults_of_backup(problem: SitingProblem, solution: SitingSolution) -> Iterator[str]:
    """Count the persons who have fewer than two open sites within the limit."""
    for stage in solution.stages:
        if stage.name != "persons-without-backup":
            continue
        alone = 0.0
        for settlement, persons in enumerate(problem.persons.tolist()):
            short = []
            for season in range(problem.n_seasons):
                reached = _within(problem, season, settlement, set(solution.open_sites))
                short.append(sum(time <= problem.limit_ms for time, _site in reached) < 2)
            weights = problem.normal_weights.tolist()
            weighted = sum(weight for weight, is_short in zip(weights, short, strict=True) if is_short)
            alone += persons * (float(any(short)) if problem.season_rule == "worst" else weighted)
        if not math.isclose(alone, stage.value, rel_tol=MONEY_DOUBT, abs_tol=MONEY_DOUBT):
            yield "the number of persons without backup is wrong"


def _faults_of_regrets(problem: SitingProblem, solution: SitingSolution) -> Iterator[str]:
    """Recompute each season's person-time; the least of it is taken as told, since only a search can find it."""
    if not solution.regrets:
        return
    longest = max((ms for ms in problem.milliseconds.ravel().tolist() if ms < UNREACHABLE_MS), default=0)
    most = problem.cap_ms if problem.season_rule == "weighted" else min(longest + 1, UNREACHABLE_MS - 1)
    for told in solution.regrets:
        times = solution.milliseconds_after[told.season].tolist()
        spent = sum(persons * min(ms, most) for persons, ms in zip(problem.persons.tolist(), times, strict=True))
        if spent != told.value:
            yield f"the person-time of season {problem.season_names[told.season]!r} is wrong"
        if solution.status != "infeasible" and not told.bound <= min(told.least, spent):
            yield f"the least person-time of season {problem.season_names[told.season]!r} is more than that of a plan"
    for stage in solution.stages:
        if stage.name == "largest-regret" and stage.value != max(told.regret for told in solution.regrets):
            yield "the largest regret is wrong"


def _faults_of_resources(problem: SitingProblem, solution: SitingSolution) -> Iterator[str]:
    if problem.n_open is not None and len(solution.open_sites) > problem.n_open:
        yield "more sites are open than allowed"
    opening = math.fsum(problem.opening[site] for site in solution.opened)
    spent = opening + math.fsum(problem.closing[site] for site in solution.closed)
    dearest = max((*problem.opening.tolist(), *problem.closing.tolist()), default=0.0)
    if problem.budget is not None and spent > problem.budget * (1 + MONEY_DOUBT):
        yield "the plan spends more than the budget"
    cost = spent + math.fsum(problem.running[site] for site in solution.open_sites)
    if not problem.has_costs:
        cost = float(len(solution.opened))
    if not math.isclose(cost, solution.cost, rel_tol=MONEY_DOUBT, abs_tol=MONEY_DOUBT * dearest):
        yield "the cost of the plan is wrong"


def _faults_of_promises(problem: SitingProblem, solution: SitingSolution) -> Iterator[str]:
    if problem.max_worsening_ms is None:
        return
    for loser in solution.losers:
        if loser.after_ms >= UNREACHABLE_MS or loser.after_ms - loser.before_ms > problem.max_worsening_ms:
            yield f"settlement {problem.settlement_ids[loser.settlement]!r} is worse off than tolerated"


def _faults_of_proof(solution: SitingSolution) -> Iterator[str]:
    if solution.status == "infeasible":
        if (solution.value, solution.bound, solution.gap) != (None, None, None):
            yield "an infeasible problem has a value"
        return
    for stage in solution.stages:
        worse = stage.bound > stage.value if stage.sense == "min" else stage.bound < stage.value
        if worse:
            yield f"the bound of {stage.name} is on the wrong side of its value"
        gap = abs(stage.value - stage.bound) / max(abs(stage.value), 1.0)
        if not math.isclose(gap, stage.gap, rel_tol=1e-9):
            yield f"the gap of {stage.name} does not belong to its value and bound"
        if stage.status == "optimal" and gap > OPTIMALITY_GAP:
            yield f"{stage.name} is called optimal with a gap of {gap}"
    if solution.status == "optimal" and any(stage.status != "optimal" for stage in solution.stages):
        yield "the solution is called optimal though one of its goals is not proven"
    if tuple(stage.value for stage in solution.stages) != solution.goals:
        yield "the values of the goals are not those of the stages"
