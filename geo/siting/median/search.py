"""The least cost of an instance, with its proof: search, prices, fixing, branching, and HiGHS on what is left.

References
----------
Cornuejols, Fisher and Nemhauser (1977), Management Science 23:789-810; Duran-Mateluna, Ales and Elloumi (2023),
European Journal of Operational Research 306:84-96 (what exact methods reach on the same instances).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from geo.siting.median import radius, tree
from geo.siting.median.instance import Instance
from geo.siting.median.types import Climb, Engine, Flags, Floats, Ints, Lists, Rows, Settings
from geo.siting.model import Deadline

#: Step length, share kept after idle steps, momentum, idle steps allowed, step length at which to end.
ROOT_STEPS: Final = (1.0, 0.75, 0.9, 25, 1e-3)
AGAIN_STEPS: Final = (0.5, 0.75, 0.9, 25, 1e-3)

#: Most steps at the root.
N_ROOT_STEPS: Final = 2_500

#: Rough operations that kicks may take, at the root and on what is left; a kick costs about clients + what it touches.
ROOT_EFFORT: Final = 2e8
LEFT_EFFORTS: Final = (4e8, 6e9)

#: Rough operations of branching.
TREE_EFFORT: Final = 6e10

#: Open sites up to which branching is tried before HiGHS, and the nodes of a trial.
FEW_SITES: Final = 50
N_TRIAL_NODES: Final = 300

#: Sites left up to which many to open are branched on.
MANY_SITES: Final = 500

#: Entries up to which a model goes to HiGHS: before branching, after it, and where few sites are to open.
SMALL_MODEL: Final = 20_000
MIDDLE_MODEL: Final = 60_000
LARGE_MODEL: Final = 60_000

#: Relative gap at which a real-valued cost counts as proven.
REAL_SLACK: Final = 5e-10


@dataclass
class Search:
    """A search of one instance.

    Parameters
    ----------
    engine, instance
        How lists are worked on, and what to minimise.
    exact
        Cost of a plan (n_sites,) beyond the base, exactly; infinite where it is not allowed.
    integral
        Whether costs are whole, so that a bound within 1 is a proof.
    seed
        Of kicks and of HiGHS.
    scale
        What a relative gap is measured by where costs are not whole, given what a plan costs beyond the base.
    cut_short
        Whether longer lists could have raised the bound.
    finish
        Whether to prove by branching and models what prices leave; without, ``left`` is for others to look at.

    Afterwards ``root`` is the whole instance with its best prices, None where no price was needed.
    """

    engine: Engine
    instance: Instance
    exact: Callable[[Flags], float]
    integral: bool
    seed: int
    deadline: Deadline
    scale: Callable[[float], float]
    finish: bool = True
    root: Work | None = field(init=False, default=None)
    left: Work | None = field(init=False, default=None)
    log: list[str] = field(default_factory=list)
    plan: Flags = field(init=False)
    value: float = field(init=False, default=np.inf)
    bound: float = field(init=False, default=0.0)
    iterations: int = field(init=False, default=0)
    nodes: int = field(init=False, default=0)
    cut_short: bool = field(init=False, default=False)

    @property
    def slack(self) -> float:
        """How far below the value a bound may stay and still prove it."""
        if not np.isfinite(self.value):
            return 0.0
        if self.integral and 0.0 < self.instance.grid <= 0.25:
            return 1.0 - 2 * self.instance.grid
        return REAL_SLACK * self.scale(self.value)

    @property
    def closed(self) -> bool:
        """Whether the plan is proven."""
        return self.bound >= self.value - self.slack

    def run(self, start: Flags | None) -> None:
        """Search until the plan is proven or every effort is made."""
        self.plan = np.zeros(len(self.instance.sites), dtype=np.bool_)
        self._take(self.plan)
        if start is not None:
            self._take(start)
        if len(self.instance.sites) == 0:
            self.bound = self.value
            return
        work = Work.of(self.engine, self.instance)
        found = work.improved(self._first(start))
        self._take(found)
        if self._ended():
            return
        self.instance = self.instance.on_grid(self.value if np.isfinite(self.value) else work.value(found))
        self.root = work = Work.of(self.engine, self.instance)
        for settings in (ROOT_STEPS, AGAIN_STEPS):
            self._raise(work, settings)
            self._take(work.improved(work.filled(work.average)))
            if self._ended():
                return
            before = self.value
            self._take(work.kicked(self.plan, ROOT_EFFORT, self.seed))
            if self._ended():
                return
            if self.value == before:
                break
        self._finish(work)

    def _ended(self) -> bool:
        return self.closed or self.deadline.remaining == 0.0

    def _first(self, start: Flags | None) -> Flags:
        """Return the start filled up at random."""
        rng = np.random.default_rng(self.seed)
        order = rng.permutation(len(self.instance.sites))
        return fill(self.instance, order, start)

    def _take(self, plan: Flags) -> None:
        value = self.exact(plan)
        if value < self.value:
            self.plan, self.value = plan.copy(), value

    def _raise(self, work: Work, settings: Settings) -> None:
        target = self.value if np.isfinite(self.value) else 4.0 * float(work.prices.sum()) + 1.0
        bound, steps = work.climb(target, self.slack, N_ROOT_STEPS, settings)
        self.iterations += steps
        cut = work.highest < work.ceiling
        self.cut_short = bool((work.prices[cut] >= work.highest[cut] - self.instance.grid).any())
        self.bound = max(self.bound, bound)
        self.log.append(f"{steps} steps on {work.n_sites} sites: bound {bound:.12g}, plan {self.value:.12g}")

    def _finish(self, work: Work) -> None:
        """Prove or improve the plan on the sites that prices cannot rule out."""
        if not np.isfinite(self.value):
            return
        for effort in LEFT_EFFORTS:
            work, left = self._narrow(work, effort)
            self.left = left
            if self._ended() or not self.finish:
                return
            for step in self._ways(left):
                step(left)
                if self._ended():
                    return

    def _narrow(self, work: Work, effort: float) -> tuple[Work, Work]:
        """Return the sites with prices for the best plan found, and what is left of them."""
        while True:
            left = work.reduced(self.value - self.slack, self.plan[work.sites])
            self.log.append(f"{left.n_sites} sites and {len(left.rows[1])} pairs are left")
            before = self.value
            self._take(left.whole(left.kicked(self.plan[left.sites], effort, self.seed + 1), self.plan))
            if self.value == before or self._ended():
                return work, left
            self._raise(work, AGAIN_STEPS)

    def _ways(self, left: Work) -> list[Callable[[Work], None]]:
        """Return how to prove what is left: few sites to open are branched on, many short lists are left to HiGHS."""
        n_pairs, few = len(left.rows[1]), int(self.plan.sum()) <= FEW_SITES
        ways: list[Callable[[Work], None]] = []
        if few and n_pairs <= SMALL_MODEL:
            ways.append(self._try_branching)
        if n_pairs <= (LARGE_MODEL if few else MIDDLE_MODEL):
            ways.append(self._model)
        if few or left.n_sites <= MANY_SITES:
            ways.append(self._branch)
        if n_pairs > SMALL_MODEL:
            ways.sort(key=lambda way: way == self._model)
        return ways

    def _try_branching(self, left: Work) -> None:
        self._branch(left, N_TRIAL_NODES)

    def _branch(self, left: Work, n_nodes: int | None = None) -> None:
        if n_nodes is None:
            n_nodes = int(TREE_EFFORT / (tree.N_STEPS * (len(left.rows[1]) + len(left.prices)) + 1))
        bound, value, chosen, nodes, steps = tree.branch(
            self.engine,
            left.view,
            left.ceiling,
            left.prices,
            self.value,
            self.slack,
            n_nodes,
            self.deadline,
        )
        self.nodes += nodes
        self.iterations += steps
        if value < self.value:
            self._take(left.whole(chosen, self.plan))
        self.bound = max(self.bound, min(bound, self.value))
        self.log.append(f"{nodes} nodes: bound {bound:.12g}, plan {self.value:.12g}")

    def _model(self, left: Work) -> None:
        outcome, bound = radius.solve_radius(
            left.rows, left.ceiling, left.weight, left.room, self.plan[left.sites], self.value, self.seed, self.deadline
        )
        self.nodes += outcome.nodes
        self.iterations += outcome.iterations
        if outcome.values is not None:
            self._take(left.whole(outcome.values[: left.n_sites] > 0.5, self.plan))
        if outcome.proven_infeasible:
            bound = self.value
        if self.integral and self.slack > 0.5:
            bound = np.ceil(bound - 1e-6)
        self.bound = max(self.bound, min(bound, self.value))
        self.log.append(f"HiGHS: bound {bound:.12g}, plan {self.value:.12g}, {outcome.nodes} nodes")


@dataclass(eq=False)
class Work:
    """An instance or what is left of one, with prices; ``sites`` are positions in the instance."""

    engine: Engine
    rows: Rows
    columns: Rows
    ceiling: Floats
    highest: Floats
    weight: Floats
    room: float
    sites: Ints
    prices: Floats
    average: Floats
    worth: Floats
    grid: float
    bound: float = -np.inf

    @classmethod
    def of(cls, engine: Engine, instance: Instance) -> Work:
        """Return the whole instance with first prices."""
        n_sites = len(instance.sites)
        highest = np.minimum(instance.ceiling, instance.beyond)
        return cls(
            engine=engine,
            rows=instance.rows,
            columns=engine.transpose(*instance.rows, n_sites),
            ceiling=instance.ceiling,
            highest=highest,
            weight=instance.weight,
            room=instance.room,
            sites=np.arange(n_sites),
            prices=_first_prices(instance, highest),
            average=np.zeros(n_sites),
            worth=np.zeros(n_sites),
            grid=instance.grid,
        )

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return len(self.sites)

    @property
    def view(self) -> Lists:
        """Return lists and limits as compiled functions take them."""
        return Lists(*self.rows, *self.columns, self.highest, self.weight, self.room, self.grid)

    def climb(self, target: float, slack: float, n_steps: int, settings: Settings) -> tuple[float, int]:
        """Raise the bound towards a target by better prices; return this climb's bound and its steps."""
        climb = Climb.of(self.prices, self.n_sites)
        bound, steps = self.engine.ascend(self.view, climb, target, slack, self.average, n_steps, settings)
        self.prices, self.worth = climb.best_prices, climb.best_worth
        self.bound = max(self.bound, bound)
        return bound, steps

    def filled(self, merit: Floats) -> Flags:
        """Return the sites of most merit that fit."""
        order = np.argsort(-merit, kind="stable")
        return _fill(order, self.weight, self.room, None)

    def improved(self, plan: Flags) -> Flags:
        """Return a plan after exchanges."""
        return self.engine.improve(self.view, self._otherwise, plan)

    def value(self, plan: Flags) -> float:
        """Return what a plan costs by the lists alone."""
        return self.engine.value_of(*self.columns, self._otherwise, plan)

    def kicked(self, plan: Flags, effort: float, seed: int) -> Flags:
        """Return a plan after kicks."""
        return self.engine.kick(self.view, self._otherwise, plan, effort, seed)

    def whole(self, plan: Flags, like: Flags) -> Flags:
        """Return a plan of these sites as one of the whole instance."""
        found = np.zeros_like(like)
        found[self.sites[plan]] = True
        return found

    def reduced(self, target: float, plan: Flags) -> Work:
        """Return what plans below the target can use; sites of the known plan stay."""
        slip = target - self.bound
        chosen = np.zeros(self.n_sites, dtype=np.bool_)
        _total, edge, _following = self.engine.choose(self.worth, self.weight, self.room, chosen)
        # An edge without end comes with no room at all.
        kept = chosen | plan
        if np.isfinite(edge):
            kept |= self.worth - edge * self.weight < slip
        reach = np.minimum(self.ceiling, self.prices + slip)
        rows = self.engine.keep(*self.rows, kept, reach)
        ceiling = np.where(self.ceiling > self.prices + slip, np.inf, self.ceiling)
        n_kept = int(kept.sum())
        return Work(
            engine=self.engine,
            rows=rows,
            columns=self.engine.transpose(*rows, n_kept),
            ceiling=ceiling,
            highest=ceiling,
            weight=self.weight[kept],
            room=self.room,
            sites=self.sites[kept],
            prices=self.prices.copy(),
            average=self.average[kept],
            worth=self.worth[kept],
            grid=self.grid,
            bound=self.bound,
        )

    @property
    def _otherwise(self) -> Floats:
        """What a search counts for a client without an open site on its list.

        That is its ceiling; far more than any entry where the list was cut; and more than all plans differ by where one
        of the listed sites must serve.
        """
        start, _site, cost = self.rows
        last = np.zeros(len(self.prices))
        filled = np.diff(start) > 0
        last[filled] = cost[start[1:][filled] - 1]
        cut = np.isfinite(self.highest) & (self.highest < self.ceiling)
        must = last.sum() + 1.0
        return np.where(cut, 4.0 * (last + self.highest) + 1.0, np.where(np.isfinite(self.ceiling), self.ceiling, must))


def _first_prices(instance: Instance, highest: Floats) -> Floats:
    """Return prices around the cost of the site that a client can expect to be open."""
    start, _site, cost = instance.rows
    lengths = np.diff(start)
    n_open = max(1.0, instance.room / max(float(instance.weight.mean()), 1e-12)) if len(instance.weight) else 1.0
    rank = max(1, int(len(instance.weight) / n_open))
    filled = lengths > 0
    prices = np.zeros(len(lengths))
    near = start[:-1] + np.minimum(1, lengths - 1)
    far = start[:-1] + np.minimum(rank, lengths - 1)
    prices[filled] = (cost[near[filled]] + cost[far[filled]]) / 2
    # Where a site serves or does not, half of what it saves is a price to begin with.
    prices = np.where((prices == 0.0) & filled & np.isfinite(instance.ceiling), instance.ceiling / 2, prices)
    # Whoever has few sites to choose from, and must have one, is worth about a site of its own.
    prices[np.isinf(highest) & (lengths <= rank)] += prices.sum() / n_open
    prices = np.minimum(prices, highest)
    return np.floor(prices / instance.grid) * instance.grid if instance.grid else prices


def fill(instance: Instance, order: Ints, start: Flags | None) -> Flags:
    """Return a plan with the first sites of an order that still fit, beside those of a start."""
    return _fill(order, instance.weight, instance.room, start)


def _fill(order: Ints, weight: Floats, room: float, start: Flags | None) -> Flags:
    plan = np.zeros(len(weight), dtype=np.bool_) if start is None else start.copy()
    left = room - float(weight[plan].sum())
    for j in order.tolist():
        if not plan[j] and weight[j] <= left:
            plan[j] = True
            left -= float(weight[j])
    return plan
