"""Goals of a siting problem that are sums over the nearest open site, proven by prices.

A goal that must keep earlier ones is minimised together with them: everybody whom an earlier goal counts pays a
penalty on top. With the penalty ``M`` and the value ``h`` held, ``min (goal + M x held goal) - M x h`` bounds the goal
for every plan that keeps the value, whatever ``M`` is; it is large enough once the plan found keeps it.

References
----------
Geoffrion (1974), Mathematical Programming Study 2:82-114 (the bound by a price on a constraint).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import numpy.typing as npt

from geo.siting import blocks, constraints, goals
from geo.siting.median.engines import engine_for
from geo.siting.median.instance import Clients, Instance, build, build_coverage
from geo.siting.median.search import Search, Work
from geo.siting.median.seasons import telling_season
from geo.siting.median.types import Flags, Floats, Ints

if TYPE_CHECKING:
    from geo.siting.exact import Held
    from geo.siting.model import Deadline
    from geo.siting.problem import SitingProblem

#: A first penalty is this many times the mean burden of a person; it grows until the held values are kept.
FIRST_PENALTY: Final = 4
PENALTY_GROWTH: Final = 8
MOST_PENALTIES: Final = 8

#: Pairs up to which exact models take over what is left.
MOST_PAIRS_LEFT: Final = 200_000

#: Times up to which models take over from penalties.
MOST_TIMES: Final = 5_000_000

#: Shortest lists, and lists in multiples of the sites to be expected around the nearest open one.
LEAST_LIST: Final = 100
LIST_FACTOR: Final = 8
LIST_GROWTH: Final = 4

#: Share by which longer lists must have raised the bound for still longer ones to be tried.
LEAST_GAIN: Final = 1e-6


@dataclass(frozen=True, eq=False)
class PricedProof:
    """The best plan known for a goal, a lower bound on the goal's linear value, and the work done.

    ``sites`` are the free sites that a plan as good, or worse by twice what goals are held to, can use; None where that
    is not known. ``finished`` says that nothing is left to try, ``compact`` that what is left is little enough for
    exact models.
    """

    is_open: Flags
    value: float
    bound: float
    iterations: int
    nodes: int
    sites: Ints | None
    finished: bool
    compact: bool


@dataclass(frozen=True, eq=False)
class _Together:
    """A goal with a penalty on held goals; linear values add up."""

    goal: goals.BurdenGoal
    held: tuple[Held, ...]
    penalty: float

    @property
    def due(self) -> float:
        """What the penalty comes to where every held goal has its value."""
        return sum(self.penalty * other.value for other in self.held)

    def burden(self, milliseconds: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return goal and penalties of one person."""
        total = self.goal.burden(milliseconds)
        for other in self.held:
            total = total + self.penalty * cast("goals.BurdenGoal", other.goal).burden(milliseconds)
        return total

    def linear(self, nearest: npt.NDArray[Any], is_open: Flags) -> float:
        """Return the value of a plan."""
        total = self.goal.linear(nearest, is_open).item()
        for other in self.held:
            total += self.penalty * other.goal.linear(nearest, is_open).item()
        return float(total)


def prove_by_prices(
    problem: SitingProblem, goal: goals.BurdenGoal, held: Sequence[Held], start: Flags, deadline: Deadline
) -> PricedProof:
    """Return the proof of a goal among the plans that keep the held goals, all of them sums over nearest open sites.

    Parameters
    ----------
    problem, goal, held
        What is to be decided, what to minimise, and what to keep.
    start
        A plan that meets every constraint and the held goals.
    deadline
        Safety in seconds.
    """
    usable = _usable_by(problem, held, start)
    best = problem.nearest_ms(problem.always | usable)
    clients, exact = clients_of(problem, held, start, best)
    loose = tuple(other for other in held if _room_of(problem, other, best) > 0)
    attempt = _Attempt(problem, clients, goal, held, start, deadline, exact, usable, best)
    linear = goal.linear(problem.nearest_ms(start), start).item()
    penalty = FIRST_PENALTY * (int(linear) // max(1, int(problem.persons.sum())) + 1)
    proof = attempt.solve(_Together(goal, loose, penalty))
    for _more in range(MOST_PENALTIES if loose else 0):
        if attempt.kept_by(proof.is_open):
            break
        penalty *= PENALTY_GROWTH
        proof = attempt.solve(_Together(goal, loose, penalty))
    return proof if attempt.kept_by(proof.is_open) else attempt.with_start(proof)


@dataclass(frozen=True, eq=False)
class _Attempt:
    """What all penalties share: the free sites that held goals leave as ``usable``, and ``best`` times with them."""

    problem: SitingProblem
    clients: Clients
    goal: goals.BurdenGoal
    held: Sequence[Held]
    start: Flags
    deadline: Deadline
    exact: bool
    usable: Flags
    best: npt.NDArray[np.int32]

    def solve(self, together: _Together) -> PricedProof:
        """Return the best plan by a goal with penalties, and what that proves of the goal alone."""
        problem = self.problem
        opened = _always(problem)
        sites = np.flatnonzero(self.usable & ~opened)
        weight, room = _resource(problem, opened, sites)
        n_most = _longest_list(problem, together.goal, weight, room, opened)
        proven = -math.inf
        while True:
            instance = self._coverage(together, sites, weight, room) or build(
                problem, together.burden, self.clients, sites, weight, room, n_most
            )
            essential = instance.essential
            whole = opened.copy()
            whole[sites[essential]] = True
            search = self._search(instance.opened(essential).merged(), whole, together)
            before, proven = proven, search.bound + search.instance.base
            if search.closed or n_most is None or n_most >= len(sites) or not search.cut_short:
                break
            if proven - before <= LEAST_GAIN * abs(proven):
                break
            n_most *= LIST_GROWTH
        is_open = whole.copy()
        is_open[search.instance.sites[search.plan]] = True
        value = self._value(is_open)
        # Whole numbers are added as such: as floats they would lose what a bound lies above the last one.
        exact = self.goal.integral and math.isfinite(search.bound)
        bound = (math.ceil(search.bound) if exact else search.bound) + search.instance.base
        bound -= together.due
        bound = max(bound, self.goal.linear(self.best, problem.always | self.usable).item())
        kept = self.kept_by(is_open)
        bound = min(bound, value) if kept else bound
        left = self._left(search, together, value) if kept else None
        return PricedProof(
            is_open,
            value,
            bound,
            search.iterations,
            search.nodes,
            None if left is None else self._own(search, left, whole),
            search.finish or bound >= value,
            self._is_compact(together, left),
        )

    def _left(self, search: Search, together: _Together, value: float) -> Work | None:
        """Return what plans with a value of the goal, or little more, that keep the held goals can use."""
        if search.root is None:
            return None
        most = _nearly(self.goal, value)
        most += sum(together.penalty * _nearly(other.goal, other.value) for other in together.held)
        target = most - search.instance.base
        return search.root.reduced(target, search.plan[search.root.sites])

    def _own(self, search: Search, work: Work, whole: Flags) -> Ints:
        """Return the free sites among what is left, and among those that are open anyway."""
        own = whole & self.problem.free
        own[search.instance.sites[work.sites]] = True
        return np.flatnonzero(own)

    def _is_compact(self, together: _Together, left: Work | None) -> bool:
        """Return whether models can take over.

        Penalties leave models little to do. What is left of one season each says how large models of all become.
        """
        if together.held:
            return self._n_times <= MOST_TIMES
        return left is not None and len(left.rows[1]) * self.problem.n_seasons <= MOST_PAIRS_LEFT

    @property
    def _n_times(self) -> int:
        return int(self.usable.sum()) * self.problem.n_settlements * self.problem.n_seasons

    def _coverage(self, together: _Together, sites: Ints, weight: Floats, room: float) -> Instance | None:
        """Return the instance of a coverage; None where the goal is another one or somebody may be late beyond it."""
        goal, clients = self.goal, self.clients
        if together.held or not isinstance(goal, goals.BeyondLimit) or self.problem.pairs:
            return None
        late = (clients.ceiling_ms > clients.latest_ms) & (clients.latest_ms > goal.limit_ms)
        return None if late.any() else build_coverage(self.problem, goal.limit_ms, clients, sites, weight, room)

    def kept_by(self, is_open: Flags) -> bool:
        """Return whether a plan keeps the held goals and every constraint."""
        nearest = self.problem.nearest_ms(is_open)
        return not constraints.breaches(self.problem, is_open) and all(
            other.goal.linear(nearest, is_open).item() <= blocks.limit_of(other.goal, other.value)
            for other in self.held
        )

    def with_start(self, proof: PricedProof) -> PricedProof:
        """Return the start with the bound of a proof whose own plan is not allowed."""
        value = self._value(self.start)
        return replace(proof, is_open=self.start, value=value, bound=min(proof.bound, value), sites=None)

    def _value(self, is_open: Flags) -> float:
        value: float = self.goal.linear(self.problem.nearest_ms(is_open), is_open).item()
        return value

    def _search(self, instance: Instance, whole: Flags, together: _Together) -> Search:
        problem, clients = self.problem, self.clients

        def exact(plan: Flags) -> float:
            is_open = whole.copy()
            is_open[instance.sites[plan]] = True
            nearest = problem.nearest_ms(is_open)
            if (nearest[clients.season, clients.settlement] > clients.latest_ms).any():
                return math.inf
            return together.linear(nearest, is_open) - instance.base

        def scale(value: float) -> float:
            linear = value + instance.base - together.due
            shown = self.goal.shown(linear, 0) if isinstance(self.goal, goals.BeyondLimit) else linear
            return max(1.0, min(abs(linear), abs(shown)))

        finish = self.exact and not (together.held and self._n_times <= MOST_TIMES)
        search = Search(
            engine_for(problem), instance, exact, self.goal.integral, problem.seed, self.deadline, scale, finish=finish
        )
        start = self.start[instance.sites] if not (self.start & ~whole).any() or _fits(self.start, instance) else None
        search.run(start)
        return search


def _nearly(goal: goals.Goal, value: float) -> float:
    """Return a linear value twice as far off as still counts as equal."""
    return blocks.limit_of(goal, blocks.limit_of(goal, value))


def _fits(start: Flags, instance: Instance) -> bool:
    return float(instance.weight[start[instance.sites]].sum()) <= instance.room


def _always(problem: SitingProblem) -> Flags:
    """Return the sites open in every plan worth looking at: with a budget also those whose closing would cost money."""
    return problem.always | problem.having("closable") if problem.budget is not None else problem.always


def _resource(problem: SitingProblem, opened: Flags, sites: Ints) -> tuple[npt.NDArray[np.float64], float]:
    """Return what the free sites take, and what is left for them."""
    if problem.n_open is not None:
        return np.ones(len(sites)), float(problem.n_open - int(opened.sum()))
    assert problem.budget is not None  # noqa: S101 - a problem has one of the two
    spending = goals.spending(problem)
    spent = float(spending.linear(problem.milliseconds, opened))
    return spending.per_site[sites], problem.budget * (1 + constraints.MONEY_TOLERANCE / 2) - spent


def _longest_list(
    problem: SitingProblem, goal: goals.BurdenGoal, weight: npt.NDArray[np.float64], room: float, opened: Flags
) -> int | None:
    """Return how long lists are at first; None: whole ones, because a coverage has no nearest sites."""
    if isinstance(goal, goals.BeyondLimit):
        return None
    mean = float(weight.mean()) if len(weight) else 1.0
    n_open = max(1.0, room / max(mean, 1e-12) + int(opened.sum()))
    return int(max(LEAST_LIST, LIST_FACTOR * problem.n_sites / n_open))


def _usable_by(problem: SitingProblem, held: Sequence[Held], start: Flags) -> Flags:
    """Return the free sites that plans which keep the held goals can use, as far as their proofs say."""
    usable = problem.free.copy()
    for other in held:
        if other.sites is not None:
            usable &= np.isin(np.arange(problem.n_sites), other.sites)
    return usable | (start & problem.free)


def _room_of(problem: SitingProblem, held: Held, best: npt.NDArray[np.int32]) -> float:
    """Return by how much a held goal exceeds what no plan can go below, given the best times."""
    least: float = held.goal.linear(best, problem.always).item()
    return held.value - least


def clients_of(
    problem: SitingProblem, held: Sequence[Held], plan: Flags, best: npt.NDArray[np.int32]
) -> tuple[Clients, bool]:
    """Return who travels when, and whether that is exact.

    Where the worst season of a settlement depends on what opens, its worst season in the plan stands for it: it travels
    no less than that in any plan, so that a bound remains one.
    """
    ceiling = problem.nearest_ms(_always(problem))
    weighted = problem.season_rule == "weighted"
    weights = problem.normal_weights if weighted else np.ones(problem.n_seasons, dtype=np.int64)
    people = weights[:, np.newaxis] * problem.persons
    latest = _latest(problem, held, people, best)
    travels = people > 0
    exact = True
    if not weighted and problem.n_seasons > 1:
        season = telling_season(problem, ceiling)
        exact = bool((season[problem.persons > 0] >= 0).all())
        worst = problem.nearest_ms(plan).argmax(axis=0)
        travels &= np.arange(problem.n_seasons)[:, np.newaxis] == np.where(season >= 0, season, worst)
    listed = travels | (ceiling > latest)
    seasons, settlements = np.nonzero(listed)
    count = people * travels
    return Clients(seasons, settlements, count[listed], latest[listed], ceiling[listed].astype(np.int64)), exact


def _latest(
    problem: SitingProblem, held: Sequence[Held], people: npt.NDArray[Any], best: npt.NDArray[np.int32]
) -> npt.NDArray[np.int64]:
    """Return the longest time that anybody may have: by the closure tolerance, and by coverages that are held."""
    latest = constraints.latest_ms(problem, problem.max_worsening_ms).astype(np.int64)
    weighted = problem.season_rule == "weighted"
    for other in held:
        if isinstance(other.goal, goals.BeyondLimit):
            # Nobody who counts for more than the goal may still lose can be left beyond the limit.
            needed = people > _room_of(problem, other, best) + (0.5 if other.goal.integral else 1e-9 * abs(other.value))
            possible = (best if weighted else best.max(axis=0)) <= other.goal.limit_ms
            latest = np.where(needed & possible, np.minimum(latest, other.goal.limit_ms), latest)
    return latest
