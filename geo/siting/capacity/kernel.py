"""The exact end where clients go whole: HiGHS on the pairs that a plan can use below a threshold, which then rises.

With the prices of the Lagrangian every pair of client and site has a bound on the plans that use it. A kernel holds the
pairs whose bound is at most the threshold. Every plan outside it costs more than the threshold, so the best plan of the
kernel is optimal as soon as it costs no more than that, and otherwise the threshold is a bound.

References
----------
Guastaroba and Speranza (2014), A heuristic for BILP problems: the single source capacitated facility location problem,
European Journal of Operational Research 238:438-450 (kernels).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.siting.capacity.incumbent import closes
from geo.siting.capacity.instance import CapacityInstance, Floats, Mask, Plan
from geo.siting.capacity.knapsack import WholeRelaxation, worth_with
from geo.siting.capacity.lagrangian import ROUNDING, Priced, Region, gains_of_forcing
from geo.siting.capacity.program import Program
from geo.siting.model import Deadline

#: Pairs per client in the first kernel, and how much larger each next one is.
FIRST_PAIRS: Final = 6
GROWTH: Final = 1.6

#: Pairs beyond which a kernel is not solved.
MOST_PAIRS: Final = 4_000

#: Nodes x pairs after which HiGHS gives a kernel up, and the fewest nodes it is given.
MOST_WORK: Final = 400_000
FEWEST_NODES: Final = 100

#: Pairs up to which a problem goes to HiGHS whole.
SMALL_PROGRAM: Final = 400


@dataclass(frozen=True, eq=False)
class Found:
    """The best plan or None, a bound, and what it took; the bound is infinite if there certainly is no plan."""

    plan: Plan | None
    bound: float
    nodes: int
    iterations: int
    log: tuple[str, ...]


def search_kernels(
    relaxation: WholeRelaxation, region: Region, root: Priced, known: Plan | None, seed: int, deadline: Deadline
) -> Found:
    """Solve kernels of growing size until one proves its plan, or is too large or too hard."""
    instance = relaxation.instance
    pair_bound, site_bound = _bounds(relaxation, region, root)
    found = Found(known, root.bound, 0, 0, ())
    size = min(FIRST_PAIRS * instance.n_clients, MOST_PAIRS)
    while not _is_proven(instance, found):
        threshold = _threshold(pair_bound, site_bound, size, found)
        pairs, sites = pair_bound <= threshold, (site_bound <= threshold) | instance.fixed
        n_pairs = int((pairs & sites).sum())
        if n_pairs > MOST_PAIRS + instance.n_clients or deadline.remaining == 0.0:
            break
        found, solved = _solved(instance, pairs, sites, threshold, found, seed, deadline)
        if not solved or threshold == np.inf:
            break
        size = int(GROWTH * max(size, n_pairs))
    return found


def _is_proven(instance: CapacityInstance, found: Found) -> bool:
    return found.plan is not None and closes(instance, found.bound, found.plan.value)


def _threshold(pair_bound: Floats, site_bound: Floats, size: int, found: Found) -> float:
    """Return the bound below which about ``size`` pairs lie; no higher than what a better plan can have."""
    finite = np.sort(pair_bound[np.isfinite(pair_bound)])
    highest = max(
        float(finite[-1]) if finite.size else -np.inf, float(site_bound[np.isfinite(site_bound)].max(initial=-np.inf))
    )
    threshold = float(finite[size - 1]) if size < finite.size and finite.size > SMALL_PROGRAM else np.inf
    if found.plan is not None and found.plan.value < threshold:
        threshold = found.plan.value
    return threshold if threshold < highest else np.inf


def _solved(
    instance: CapacityInstance,
    pairs: Mask,
    sites: Mask,
    threshold: float,
    found: Found,
    seed: int,
    deadline: Deadline,
) -> tuple[Found, bool]:
    """Return what is known after one kernel, and whether it was solved to its end."""
    program = Program(instance, pairs, sites)
    program.keep_all()
    start = found.plan if found.plan is not None and program.holds(found.plan) else None
    max_nodes = max(FEWEST_NODES, MOST_WORK // max(1, program.client.size))
    answer = program.solve(seed, deadline, max_nodes, start)
    plan = found.plan
    if answer.plan is not None and (plan is None or answer.plan.value < plan.value):
        plan = answer.plan
    bound = max(found.bound, min(threshold, answer.bound))
    line = f"kernel of {program.client.size} pairs, {program.sites.size} sites: bound {bound:.6f}, {answer.nodes} nodes"
    after = Found(plan, bound, found.nodes + answer.nodes, found.iterations + answer.iterations, (*found.log, line))
    return after, answer.finished


def _bounds(relaxation: WholeRelaxation, region: Region, root: Priced) -> tuple[Floats, Floats]:
    """Return what a plan costs at least that uses a pair (n_clients, n_sites), and one that opens a site (n_sites,)."""
    opened, _ = gains_of_forcing(root, region)
    with np.errstate(invalid="ignore"):
        extra = worth_with(relaxation, root) - root.worth
    pair_bound = root.bound + opened + np.where(np.isnan(extra), np.inf, np.maximum(extra, 0.0))
    doubt = ROUNDING * (abs(root.bound) + float(np.abs(root.prices).sum()))
    return np.where(np.isfinite(relaxation.instance.cost), pair_bound - doubt, np.inf), root.bound + opened - doubt
