"""The set covering problem (LSCP): the cheapest sites such that every row has one of its own open.

A covering problem is reduced, covered by local search, bounded by the prices of its linear relaxation, rid of the sites
that no better cover can use, and what remains goes to HiGHS. The bound that prices give is computed anew in whole
numbers, so that it holds whatever they are.

References
----------
Toregas, Swain, ReVelle and Bergman (1971), Operations Research 19:1363-1373; Caprara, Fischetti and Toth (1999),
Operations Research 47:730-743 (prices, reduced costs, fixing).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np

from geo.siting.cover.dominance import Core, reduce_core, reduce_cover
from geo.siting.cover.merge import Floats, Mask, Members, Starts, row_of_pair, transpose
from geo.siting.model import Deadline, Sparse, Values, solve_sparse
from geo.siting.sizes import SMALL_SETTLEMENTS
from geo.siting.solution import OPTIMALITY_GAP, relative_gap

#: The largest cost counts this many quanta in the exact bound: sums over 4 million rows stay below 2**53.
QUANTA: Final = 2.0**30

#: Bounds of problems with whole costs are rounded up after taking off this much.
ROUND_UP_DOUBT: Final = 1e-6

#: Whole costs up to this one enter a model as they are; others are scaled to it.
LARGEST_COST: Final = 1_000.0

#: Share of sites that fixing must remove for another round of bounds.
WORTHWHILE: Final = 0.05


@dataclass(frozen=True)
class Effort:
    """Limits of work, none of them a clock.

    Parameters
    ----------
    steps
        Steps of local search for one target.
    node_pairs
        Branch-and-bound nodes of one model, times its pairs of row and site; None: no limit.
    pairs
        Pairs of row and site in the largest model that is given to branch and bound.
    """

    steps: int = 20_000
    node_pairs: int | None = None
    pairs: int = 2_000_000


@dataclass(frozen=True, eq=False)
class Cover:
    """A cover and its proof.

    Parameters
    ----------
    chosen
        int64, sites of the best cover known, ascending; None where none is known.
    value
        Its cost, infinite without a cover.
    bound
        No cover (decision: of at most the limit) costs less; infinite where there is none.
    status
        ``optimal``, ``feasible`` (a cover that may not be the cheapest; decision: one within the limit), ``infeasible``
        (no cover, or none within the limit) or ``unknown`` (decision that the effort did not settle).
    iterations, nodes
        Work of HiGHS.
    """

    chosen: Starts | None
    value: float
    bound: float
    status: Literal["optimal", "feasible", "infeasible", "unknown"]
    iterations: int = 0
    nodes: int = 0


@dataclass(frozen=True, eq=False)
class Relaxation:
    """What the linear relaxation of a core tells.

    Parameters
    ----------
    bound
        Certified bound on the core's cost (without the forced sites).
    values
        (n_left,), how much each site is open.
    reduced
        float64 (n_left,), what opening the site adds to the bound at least; negative: what closing it adds, negated.
    iterations
        Simplex iterations.
    """

    bound: float
    values: Values
    reduced: Floats
    iterations: int


def cover(
    starts: Starts,
    sites: Members,
    costs: Floats,
    *,
    at_most: float | None = None,
    effort: Effort | None = None,
    seed: int = 0,
    deadline: Deadline | None = None,
    small: bool | None = None,
) -> Cover:
    """Return the cheapest cover, or settle whether there is one of at most a limit.

    Parameters
    ----------
    starts, sites
        CSR of the rows: int64 (n_rows + 1,) and int32, ascending within a row.
    costs
        float64 (n_sites,), not negative.
    at_most
        Only decide whether a cover of at most this cost exists.
    effort
        Limits of work.
    seed, deadline
        Seed of HiGHS and of the local search; safety in seconds, which can only turn a proof into a gap.
    small
        Whether nothing is compiled; None: as the number of rows says.
    """
    if np.diff(starts).min(initial=1) == 0:
        return Cover(None, math.inf, math.inf, "infeasible")
    small = len(starts) - 1 <= SMALL_SETTLEMENTS if small is None else small
    core = reduce_cover(starts, sites, costs, small=small)
    run = _Run(costs, at_most, effort or Effort(), seed, deadline or Deadline(None), small)
    return run.solve(core)


def relax(core: Core, seed: int, deadline: Deadline) -> Relaxation | None:
    """Solve the linear relaxation of a core; None if the deadline, or HiGHS, gives up."""
    scale = _scale(core.costs, integral=True)
    outcome = solve_sparse(_model(core, scale, math.inf, n_binary=0), seed, deadline)
    if outcome.values is None or outcome.duals is None:
        return None
    bound, reduced = certify(core, outcome.duals * scale)
    return Relaxation(bound, outcome.values, reduced, outcome.iterations)


def certify(core: Core, prices: Values) -> tuple[float, Floats]:
    """Return the exact Lagrangian bound of a core for any prices (n_rows,) of its rows, and the reduced costs.

    Everything is rounded down to a power of two, whose multiples float64 adds without error.
    """
    largest = float(core.costs.max(initial=0.0))
    quantum = 2.0 ** math.ceil(math.log2(largest)) / QUANTA if largest > 0 else 1.0
    whole = np.floor(np.clip(prices, 0.0, largest) / quantum)
    per_site = np.bincount(core.sites, weights=whole[row_of_pair(core.starts)], minlength=len(core.columns))
    reduced = np.floor(core.costs / quantum) - per_site
    bound = float(whole.sum() + np.minimum(reduced, 0.0).sum())
    return bound * quantum, np.asarray(reduced * quantum)


@dataclass
class _Run:
    """One call of `cover`: the best cover and the best bound so far."""

    costs: Floats
    at_most: float | None
    effort: Effort
    seed: int
    deadline: Deadline
    small: bool
    chosen: Starts | None = None
    value: float = math.inf
    bound: float = 0.0
    iterations: int = 0
    nodes: int = 0

    @cached_property
    def integral(self) -> bool:
        """Whether all costs are whole numbers, so that bounds may be rounded up."""
        return bool((self.costs == np.floor(self.costs)).all())

    @property
    def limit(self) -> float:
        """The cost that covers must not exceed to be of interest."""
        if self.at_most is not None:
            return self.at_most
        return self.value - 1.0 if self.integral else self.value

    @property
    def settled(self) -> bool:
        """Whether nothing is left to find out."""
        if self.at_most is not None:
            return self.value <= self.at_most or self.bound > self.at_most
        return relative_gap(self.value, self.bound) <= OPTIMALITY_GAP

    def solve(self, core: Core) -> Cover:
        """Return the cover and its proof."""
        if core.n_rows == 0:
            self._branch(core)
            return self._result()
        self._search(core)
        while not self.settled:
            relaxation = relax(core, self.seed, self.deadline)
            if relaxation is None:
                break
            self.iterations += relaxation.iterations
            spent = float(self.costs[core.forced].sum())
            self._raise(spent + relaxation.bound)
            if self.settled:
                break
            smaller = self._fix(core, relaxation, self.limit - spent)
            if smaller is None:
                self._raise(math.inf)
            elif smaller.n_rows == 0 or len(smaller.columns) > (1 - WORTHWHILE) * len(core.columns):
                self._branch(smaller)
                break
            else:
                core = smaller
        return self._result()

    def _offer(self, core: Core, is_open: Mask) -> None:
        """Take over a cover of the core if it is the best so far."""
        chosen = np.sort(np.concatenate([core.forced, core.columns[is_open]]))
        value = float(self.costs[chosen].sum())
        if value < self.value:
            self.chosen, self.value = chosen, value

    def _raise(self, bound: float) -> None:
        """Take over a bound on all covers that are of interest."""
        if self.integral and math.isfinite(bound):
            bound = math.ceil(bound - ROUND_UP_DOUBT)
        if self.at_most is None:
            bound = min(bound, self.value)
        self.bound = max(self.bound, bound)

    def _search(self, core: Core) -> None:
        """Cover the core greedily, then by local search at falling costs."""
        if self.small:
            self._offer(core, _greedy(core))
            return
        from geo.siting.cover.kernels import search

        graph = (core.starts, core.sites, *transpose(core.starts, core.sites, len(core.columns)))
        is_open = np.zeros(len(core.columns), dtype=np.bool_)
        weights = np.ones(core.n_rows, dtype=np.int64)
        spent = float(self.costs[core.forced].sum())
        limit = math.inf if self.at_most is None else self.at_most - spent
        while True:
            steps = 0 if math.isinf(limit) else self.effort.steps
            is_open, n_uncovered = search(graph, core.costs, limit, is_open, weights, (steps, self.seed))
            if n_uncovered > 0:
                return
            self._offer(core, is_open)
            if self.at_most is not None:
                return
            limit = self.value - spent - (1.0 if self.integral else OPTIMALITY_GAP * self.value)

    def _fix(self, core: Core, relaxation: Relaxation, limit: float) -> Core | None:
        """Return the core without what no cover of at most the limit can do; None if there is no such cover."""
        if not self.integral:
            limit += OPTIMALITY_GAP * abs(limit)
        needed = relaxation.bound - relaxation.reduced > limit
        gone = relaxation.bound + relaxation.reduced > limit
        if (needed & gone).any():
            return None
        keep = core.having_opened(needed).without(gone[~needed])
        if np.diff(keep.starts).min(initial=1) == 0:
            return None
        return reduce_core(keep, small=self.small)

    def _branch(self, core: Core) -> None:
        """Let HiGHS settle a core."""
        spent = float(self.costs[core.forced].sum())
        if core.n_rows == 0:
            self._offer(core, np.zeros(len(core.columns), dtype=np.bool_))
            self._raise(spent)
            return
        if len(core.sites) > self.effort.pairs:
            return
        scale = _scale(core.costs, integral=self.integral)
        model = _model(core, scale, self.limit - spent, n_binary=len(core.columns))
        target = None if self.at_most is None else (self.at_most - spent + 0.5) / scale
        most = self.effort.node_pairs
        n_nodes = None if most is None else max(1, most // len(core.sites))
        outcome = solve_sparse(model, self.seed, self.deadline, n_nodes=n_nodes, target=target)
        self.iterations += outcome.iterations
        self.nodes += outcome.nodes
        if outcome.values is not None:
            self._offer(core, outcome.values > 0.5)
        if outcome.proven_infeasible:
            self._raise(math.inf)
        elif outcome.finished or outcome.values is None or self.at_most is None:
            self._raise(spent + outcome.bound * scale)

    def _result(self) -> Cover:
        gap = relative_gap(self.value, self.bound) if self.chosen is not None else math.inf
        if self.at_most is not None and self.bound > self.at_most:
            return Cover(None, math.inf, self.bound, "infeasible", self.iterations, self.nodes)
        if self.at_most is not None and self.value > self.at_most:
            return Cover(None, math.inf, self.bound, "unknown", self.iterations, self.nodes)
        status: Literal["optimal", "feasible"] = "optimal" if gap <= OPTIMALITY_GAP else "feasible"
        return Cover(self.chosen, self.value, self.bound, status, self.iterations, self.nodes)


def _scale(costs: Floats, *, integral: bool) -> float:
    """Return the divisor of costs in models; small whole costs stay as they are."""
    largest = float(costs.max(initial=0.0))
    return 1.0 if integral and largest <= LARGEST_COST else largest / LARGEST_COST


def _model(core: Core, scale: float, limit: float, *, n_binary: int) -> Sparse:
    """Return the covering model of a core, with a row for the largest cost if there is one."""
    starts, columns, values = core.starts, core.sites.astype(np.int64), np.ones(len(core.sites))
    lower, upper = np.ones(core.n_rows), np.full(core.n_rows, np.inf)
    costs = core.costs / scale
    if math.isfinite(limit):
        starts = np.append(starts, len(columns) + len(costs))
        columns = np.concatenate([columns, np.arange(len(costs))])
        values = np.concatenate([values, costs])
        lower, upper = np.append(lower, 0.0), np.append(upper, max(limit, 0.0) * (1 + OPTIMALITY_GAP) / scale)
    return Sparse(costs, n_binary, np.ones(len(costs)), starts, columns, values, lower, upper)


def _greedy(core: Core) -> Mask:
    """Return a cover: the best site per cost again and again, then without those that became redundant."""
    has = np.zeros((core.n_rows, len(core.columns)), dtype=np.bool_)
    has[row_of_pair(core.starts), core.sites] = True
    uncovered = np.ones(core.n_rows, dtype=np.bool_)
    is_open = np.zeros(len(core.columns), dtype=np.bool_)
    while uncovered.any():
        site = int(np.argmax(has[uncovered].sum(axis=0) / core.costs))
        is_open[site] = True
        uncovered &= ~has[:, site]
    for redundant in np.flatnonzero(is_open):
        is_open[redundant] = has[:, is_open].sum(axis=1)[has[:, redundant]].min(initial=2) < 2
    return is_open
