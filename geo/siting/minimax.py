"""Proof of the smallest largest regret: means of the seasons bound it, and rule out what no better plan can use.

References
----------
Kelley (1960), Journal of the Society for Industrial and Applied Mathematics 8:703-712 (cutting planes).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from geo.siting import blocks
from geo.siting.exact import Held, Proof, Search
from geo.siting.interchange import Neighbourhood, improve
from geo.siting.median.narrow import narrow
from geo.siting.problem import Mask
from geo.siting.regret import LargestRegret, best_mixture, in_season, mixed

#: Weights of seasons that are tried, and what more may be left for them to prove, as a share of what is proven.
MOST_MIXTURES: Final = 12
MIXTURE_SLACK: Final = 1e-3


def prove_regret(search: Search, goal: LargestRegret, held: Sequence[Held], start: Mask) -> Proof:
    """Return the smallest largest regret, from the best of the start and of the seasons' own plans on.

    Parameters
    ----------
    search
        What the proofs of the problem share.
    goal, held
        What to minimise, and what to keep.
    start
        A plan that meets every constraint and the held goals.
    """
    trivial = search.trivial_bound(goal)
    proof = Proof(start, search.value(goal, start), trivial)
    for least in goal.least:
        if least.is_open is not None:
            proof = _improved(search, goal, held, proof, least.is_open)
    neighbourhood = Neighbourhood(search.problem, (*(other.goal for other in held), goal))
    proof = _improved(search, goal, held, proof, improve(neighbourhood, search.reduced.sites, proof.is_open))
    left = search
    if search.is_large and search.prices(mixed(search.problem, np.ones(search.problem.n_seasons).tolist()), ()):
        left, proof = _mix_seasons(search, goal, held, proof)
    if proof.value > proof.bound:
        # Models tell values apart by what can still be gained, counted from the bound that holds for every plan.
        found = left.prove_by_models(goal, held, replace(proof, bound=trivial))
        proof = replace(found, bound=max(found.bound, min(proof.bound, found.value)))
    return replace(proof, bound=max(trivial, proof.bound - goal.doubt))


def narrowed_by_seasons(search: Search, goal: LargestRegret, held: Sequence[Held], start: Mask) -> Search:
    """Return the search without what some season's person-time alone rules out."""
    left, latest = search.reduced, search.latest(held)
    limits = np.full(left.ceiling_ms.shape, np.inf)
    for season, least in enumerate(goal.least):
        most = search.value(goal, start) + least.bound + 0.5
        narrowed = narrow(in_season(left, least), least.goal, most, start, latest)
        if narrowed.burden_limits is not None:
            limits[season] = narrowed.burden_limits[season]
        left = replace(narrowed, problem=search.problem, burden_limits=limits)
    return Search(search.problem, search.deadline, left)


def _mix_seasons(search: Search, goal: LargestRegret, held: Sequence[Held], proof: Proof) -> tuple[Search, Proof]:
    """Bound the largest regret by means of the regrets, and leave out what the best of these bounds rules out.

    No mean of several regrets exceeds the largest one. The weights are found by cutting planes: the plans known so far
    bound what any weights can prove, and the weights that could prove most are tried next.
    """
    problem = search.problem
    plans = [proof.is_open, *(least.is_open for least in goal.least if least.is_open is not None)]
    best_bound, best_weights = proof.bound, np.full(problem.n_seasons, 1.0 / problem.n_seasons)
    least = np.array([one.bound for one in goal.least])
    for _ in range(MOST_MIXTURES):
        spent = [[one.goal.linear(problem.nearest_ms(plan), plan) for one in goal.least] for plan in plans]
        weights, most = best_mixture(np.array(spent) - least, problem.seed)
        if most <= best_bound * (1 + MIXTURE_SLACK) or search.deadline.remaining == 0.0:
            break
        mean = mixed(problem, weights.tolist())
        found = Search(mean.problem, search.deadline).prove(mean, (), proof.is_open)
        bound = found.bound - float(weights @ least)
        if bound > best_bound:
            best_bound, best_weights = bound, weights
        plans.append(found.is_open)
        proof = _improved(search, goal, held, proof, found.is_open)
    # Means of large numbers are rounded.
    doubt = blocks.HOLD_SLACK * float(least.max())
    bound = min(proof.value, max(proof.bound, math.ceil(best_bound - doubt)))
    mean = mixed(problem, best_weights.tolist())
    most = proof.value + float(best_weights @ least) + doubt
    left = narrow(replace(search.reduced, problem=mean.problem), mean, most, proof.is_open, search.latest(held))
    left = replace(left, problem=problem, burden_limits=search.reduced.burden_limits)
    return Search(problem, search.deadline, left), replace(proof, bound=bound)


def _improved(search: Search, goal: LargestRegret, held: Sequence[Held], proof: Proof, plan: Mask) -> Proof:
    """Return what is known after another plan was looked at."""
    is_open, value = search.better_plan(goal, held, proof.is_open, proof.value, plan)
    return replace(proof, is_open=is_open, value=value)
