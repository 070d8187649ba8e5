"""A good plan quickly: greedy additions, then swaps, by the lexicographic order of the objective's goals.

References
----------
Kuehn and Hamburger (1963), Management Science 9:643-666 (greedy); Teitz and Bart (1968), Operations Research
16:955-961 (interchange).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.siting import constraints, goals
from geo.siting.problem import Floats, Mask, Milliseconds, SitingProblem
from geo.siting.reduce import Positions

#: Rounds of swaps; a round looks once at every site that may be given up.
MAX_ROUNDS: Final = 20

#: Relative difference below which two real values are the same.
SAME: Final = 1e-12


@dataclass(frozen=True, eq=False)
class Moves:
    """Single changes of a plan, evaluated together.

    Parameters
    ----------
    sites
        (n_moves,) the site that opens, -1 where none does.
    values
        (n_moves, n_goals) linear values of the goals afterwards.
    nearest
        (n_seasons, n_settlements, n_moves) milliseconds afterwards.
    """

    sites: Positions
    values: Floats
    nearest: Milliseconds


class Neighbourhood:
    """Evaluates what opening one site, with or without giving up another, does to a plan."""

    def __init__(self, problem: SitingProblem, ordered_goals: Sequence[goals.Goal]) -> None:
        self.problem = problem
        self.goals = ordered_goals
        self._latest = constraints.latest_ms(problem, problem.max_worsening_ms)
        self._spending = goals.spending(problem)

    def vector(self, is_open: Mask) -> Floats:
        """Return the linear values (n_goals,) of a plan."""
        nearest = constraints.nearest_ms(self.problem, is_open)
        return np.array([float(goal.linear(nearest, is_open)) for goal in self.goals])

    def moves(self, is_open: Mask, openable: Positions, *, drop: bool) -> Moves:
        """Return the allowed plans that open one of these sites; with ``drop`` also the plan itself unchanged."""
        nearest = constraints.nearest_ms(self.problem, is_open)
        count = int(is_open.sum())
        spent = float(self._spending.linear(nearest, is_open))
        if self.problem.n_open is not None and count >= self.problem.n_open:
            openable = openable[:0]
        affordable = [constraints.within_budget(self.problem, spent + self._spending.per_site[j]) for j in openable]
        openable = openable[np.array(affordable, dtype=np.bool_)]
        after = np.minimum(self.problem.milliseconds[:, :, openable], nearest[:, :, np.newaxis])
        if drop and not set(constraints.breaches(self.problem, is_open)):
            openable = np.append(openable, -1)
            after = np.concatenate([after, nearest[:, :, np.newaxis]], axis=2)
        allowed = (after <= self._latest[:, :, np.newaxis]).all(axis=(0, 1))
        openable, after = openable[allowed], after[:, :, allowed]
        plans = np.repeat(is_open[np.newaxis], openable.size, axis=0)
        plans[np.flatnonzero(openable >= 0), openable[openable >= 0]] = True
        by_move = np.moveaxis(after, 2, 0)
        values = [np.asarray(goal.linear(by_move, plans), dtype=np.float64) for goal in self.goals]
        return Moves(openable, np.column_stack(values).reshape(openable.size, len(self.goals)), after)

    def best(self, moves: Moves) -> int:
        """Return the position of the lexicographically best move, the lowest site among equals; -1 without any."""
        if moves.sites.size == 0:
            return -1
        return int(np.lexsort((moves.sites, *moves.values.T[::-1]))[0])


def is_better(first: Floats, second: Floats) -> bool:
    """Return whether the first vector of goal values precedes the second, beyond rounding."""
    for a, b in zip(first, second, strict=True):
        if abs(a - b) > SAME * max(abs(a), abs(b)):
            return bool(a < b)
    return False


def improve(neighbourhood: Neighbourhood, sites: Positions, start: Mask) -> Mask:
    """Return a plan at least as good as an allowed start, after greedy additions, swaps and removals.

    Parameters
    ----------
    neighbourhood
        Knows the problem and its goals.
    sites
        The sites to decide about.
    start
        A plan that meets every constraint.
    """
    is_open, value = start.copy(), neighbourhood.vector(start)
    while True:
        moves = neighbourhood.moves(is_open, sites[~is_open[sites]], drop=False)
        choice = neighbourhood.best(moves)
        if choice < 0 or not is_better(moves.values[choice], value):
            break
        is_open[moves.sites[choice]], value = True, moves.values[choice]
    for _ in range(MAX_ROUNDS):
        before = value
        for site in sites:
            if not is_open[site]:
                continue
            without = is_open.copy()
            without[site] = False
            moves = neighbourhood.moves(without, sites[~is_open[sites]], drop=True)
            choice = neighbourhood.best(moves)
            if choice >= 0 and is_better(moves.values[choice], value):
                is_open, value = without, moves.values[choice]
                if moves.sites[choice] >= 0:
                    is_open[moves.sites[choice]] = True
        if not is_better(value, before):
            break
    return is_open


def tidy(neighbourhood: Neighbourhood, start: Mask) -> Mask:
    """Return the plan without new sites that gain nothing and without closures that gain nothing.

    No goal gets worse; new sites are looked at from the last to the first, closures from the first to the last.
    """
    problem = neighbourhood.problem
    is_open, value = start.copy(), neighbourhood.vector(start)
    new = np.flatnonzero(is_open & problem.having("candidate") & _idle(problem, neighbourhood.goals, is_open))[::-1]
    shut = np.flatnonzero(~is_open & problem.having("closable"))
    for site in [*new, *shut]:
        changed = is_open.copy()
        changed[site] = not is_open[site]
        vector = neighbourhood.vector(changed)
        if not is_better(value, vector) and not constraints.breaches(problem, changed):
            is_open, value = changed, vector
    return is_open


def _idle(problem: SitingProblem, ordered_goals: Sequence[goals.Goal], is_open: Mask) -> Mask:
    """Return the sites (n_sites,) whose closing may worsen no burden; a quick look that spares closing each of them.

    In several seasons, or where a goal is not a sum over nearest open sites, every site is to be looked at.
    """
    burdens = [goal for goal in ordered_goals if isinstance(goal, goals.BurdenGoal)]
    if problem.n_seasons > 1 or not all(isinstance(goal, goals.BurdenGoal | goals.SiteGoal) for goal in ordered_goals):
        return np.ones(problem.n_sites, dtype=np.bool_)
    nearest, site, second = problem.two_nearest(is_open)
    lost = np.zeros(problem.n_sites)
    served = site >= 0
    for goal in burdens:
        more = (goal.burden(second) > goal.burden(nearest)) & (problem.persons > 0)
        np.add.at(lost, site[served & more], 1.0)
    return np.asarray(lost == 0)
