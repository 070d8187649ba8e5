"""An independent second look at plans with places: everything recomputed from the problem, in plain loops."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

if TYPE_CHECKING:
    from geo.siting.problem import SitingProblem
    from geo.siting.solution import SitingSolution

#: Relative rounding error allowed when sums of money are added in another order.
MONEY_DOUBT: Final = 1e-8

#: Distance of a share x persons from a whole number that is a rounding error.
PERSON_DOUBT: Final = 1e-3


def faults_of_places(problem: SitingProblem, solution: SitingSolution) -> Iterator[str]:
    """Yield what a solution says about places, times, loads and value that does not follow from the problem."""
    parts = _parts(problem, solution)
    yield from _faults_of_shares(problem, solution, parts)
    yield from _faults_of_times(problem, solution, parts)
    if solution.status != "infeasible":
        yield from _faults_of_loads(problem, solution)
        yield from _faults_of_closest(problem, solution, parts)
        yield from _faults_of_value(problem, solution, parts)


def _parts(problem: SitingProblem, solution: SitingSolution) -> dict[int, dict[int, int]]:
    """Return whole persons by settlement and site."""
    parts: dict[int, dict[int, int]] = {}
    for settlement, site, share in solution.shares:
        persons = share * int(problem.persons[settlement])
        parts.setdefault(settlement, {})[site] = round(persons)
    return parts


def _faults_of_shares(
    problem: SitingProblem, solution: SitingSolution, parts: dict[int, dict[int, int]]
) -> Iterator[str]:
    for settlement, site, share in solution.shares:
        name = problem.settlement_ids[settlement]
        if site not in solution.open_sites:
            yield f"settlement {name!r} holds a place at a site that is not open"
        if _worst(problem, settlement, site) >= UNREACHABLE_MS:
            yield f"settlement {name!r} holds a place that it cannot reach"
        if abs(share * int(problem.persons[settlement]) - parts[settlement][site]) > PERSON_DOUBT:
            yield f"settlement {name!r} sends a part of a person"
    usable = [site for site, word in enumerate(problem.status) if word != "forbidden"]
    if solution.status == "infeasible":
        usable = list(solution.open_sites)
    for settlement, persons in enumerate(problem.persons.tolist()):
        name = problem.settlement_ids[settlement]
        can = persons > 0 and any(_worst(problem, settlement, site) < UNREACHABLE_MS for site in usable)
        if sum(parts.get(settlement, {}).values()) != (persons if can else 0):
            yield f"settlement {name!r} does not hold as many places as it has persons"
        if len(parts.get(settlement, {})) > 1 and not problem.split:
            yield f"settlement {name!r} is shared between sites"


def _faults_of_times(
    problem: SitingProblem, solution: SitingSolution, parts: dict[int, dict[int, int]]
) -> Iterator[str]:
    today = [site for site in range(problem.n_sites) if problem.existing[site]]
    losers, unserved, none_held, beyond = set(), set(), 0, 0
    for settlement, persons in enumerate(problem.persons.tolist()):
        held = parts.get(settlement, {})
        main = min(held, key=lambda site: (-held[site], site)) if held else None
        reached = True
        for season in range(problem.n_seasons):
            row = problem.milliseconds[season, settlement].tolist()
            before = min((row[site] for site in today), default=UNREACHABLE_MS)
            nearest_ms, nearest = min(((row[site], site) for site in solution.open_sites), default=(UNREACHABLE_MS, -1))
            site, after = (nearest, nearest_ms) if main is None else (main, row[main])
            said = (
                solution.milliseconds_before[season, settlement],
                solution.milliseconds_after[season, settlement],
                solution.assignment[season, settlement],
            )
            if said != (before, after, site if after < UNREACHABLE_MS else -1):
                yield f"settlement {problem.settlement_ids[settlement]!r} is not where its places are"
            longest = max((row[other] for other in held), default=after)
            if longest > before:
                losers.add((settlement, season, before, longest))
            reached = reached and after < UNREACHABLE_MS
        beyond += sum(count for site, count in held.items() if _worst(problem, settlement, site) > problem.limit_ms)
        if not held and (persons > 0 or not reached):
            unserved.add(settlement)
            none_held += persons
    if set(solution.unserved) != unserved:
        yield "the list of unserved settlements is wrong"
    if (beyond + none_held, none_held) != (solution.persons_beyond_limit, solution.persons_unserved):
        yield "the numbers of persons beyond the limit or unserved are wrong"
    if losers != {(loser.settlement, loser.season, loser.before_ms, loser.after_ms) for loser in solution.losers}:
        yield "the list of losers is wrong"


def _faults_of_loads(problem: SitingProblem, solution: SitingSolution) -> Iterator[str]:
    loads = [0] * problem.n_sites
    for settlement, site, share in solution.shares:
        loads[site] += round(share * int(problem.persons[settlement]))
    if tuple(loads) != solution.loads:
        yield "the loads of the sites are wrong"
    for site in solution.open_sites:
        name = problem.site_ids[site]
        if problem.capacity is not None and loads[site] > problem.capacity[site]:
            yield f"site {name!r} serves more persons than it has places"
        if problem.min_load is not None and loads[site] < problem.min_load[site]:
            yield f"site {name!r} serves fewer persons than it must"


def _faults_of_closest(
    problem: SitingProblem, solution: SitingSolution, parts: dict[int, dict[int, int]]
) -> Iterator[str]:
    if not problem.closest:
        return
    for settlement, held in parts.items():
        nearest = min((_worst(problem, settlement, site), site) for site in solution.open_sites)[1]
        if set(held) != {nearest}:
            yield f"settlement {problem.settlement_ids[settlement]!r} is not at its nearest open site"


def _faults_of_value(
    problem: SitingProblem, solution: SitingSolution, parts: dict[int, dict[int, int]]
) -> Iterator[str]:
    person_ms = sum(
        count * _worst(problem, settlement, site) for settlement, held in parts.items() for site, count in held.items()
    )
    value = float(person_ms)
    if problem.objective == "fixed-charge":
        terms = [problem.opening[site] for site in solution.opened]
        terms += [problem.closing[site] for site in solution.closed]
        terms += [problem.running[site] for site in solution.open_sites]
        if problem.place_cost is not None:
            terms += [load * problem.place_cost[site] for site, load in enumerate(solution.loads)]
        value = math.fsum([*terms, problem.travel_price * person_ms / MS_PER_MINUTE])
    elif solution.value != person_ms:
        yield "the person-milliseconds are wrong"
    if solution.value is None or not math.isclose(solution.value, value, rel_tol=MONEY_DOUBT, abs_tol=MONEY_DOUBT):
        yield "the value of the plan is wrong"


def _worst(problem: SitingProblem, settlement: int, site: int) -> int:
    return max(int(problem.milliseconds[season, settlement, site]) for season in range(problem.n_seasons))
