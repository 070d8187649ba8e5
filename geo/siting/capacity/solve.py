"""From a capacitated instance to a plan with its proof: prices, search, and what is left for exact methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.errors import SolverError
from geo.siting.capacity import diagnose
from geo.siting.capacity.branch import branch, narrowed
from geo.siting.capacity.closest import NearestAssigner
from geo.siting.capacity.incumbent import Incumbent, closes
from geo.siting.capacity.instance import CapacityInstance, CapacityResult, Plan, trimmed
from geo.siting.capacity.kernel import search_kernels
from geo.siting.capacity.knapsack import WholeRelaxation
from geo.siting.capacity.lagrangian import (
    Ascent,
    Priced,
    Region,
    Relaxation,
    ascend,
    start_prices,
    whole_region,
)
from geo.siting.capacity.program import Program
from geo.siting.capacity.search import Search
from geo.siting.model import Deadline

#: Steps to better prices with continuous knapsacks, and with 0-1 knapsacks after them.
FIRST_STEPS: Final = 150
SHARED_STEPS: Final = 600
WHOLE_STEPS: Final = 400

#: Steps between two sets of sites that are tried as plans on the way.
OFFER_EVERY: Final = 25

#: Trials that close a site and open another: at least and at most, and times the square of the clients.
FEWEST_TRIALS: Final = 40
MOST_TRIALS: Final = 1_600
TRIAL_WORK: Final = 16_000_000

#: Where clients may be shared, branching over the sites does most: one in so many trials is enough there.
SHARED_PART: Final = 4

#: Distance below a whole number at which a bound on whole numbers is still rounded up to it.
ROUND_UP_DOUBT: Final = 1e-6

#: Relative gap at the root from which a search for better sites pays where clients may be shared.
WIDE_GAP: Final = 0.02

#: Work in pairs priced that branch and bound may do, in nodes of forty steps, and the fewest nodes it may look at.
MOST_WORK: Final = 2_000_000_000
FEWEST_NODES: Final = 50


def solve_capacity(instance: CapacityInstance, seed: int = 0, deadline: Deadline | None = None) -> CapacityResult:
    """Return the cheapest plan of a capacitated problem with its proof.

    Parameters
    ----------
    instance
        The problem.
    seed
        Of the search and of HiGHS.
    deadline
        Safety limit on seconds; without one, the same instance and seed give the same result bit for bit.

    Raises
    ------
    SolverError
        If neither a plan was found nor its absence proven within the limits.
    """
    deadline = deadline or Deadline(None)
    if diagnose.obvious_lack(instance) is not None:
        return _infeasible(instance, seed, ["adding up shows that there is no plan"])
    if instance.n_clients == 0:
        return _Run(instance, seed, deadline).without_clients()
    if instance.split and not instance.closest:
        return _Shared(instance, seed, deadline).solve()
    return _Whole(instance, seed, deadline).solve()


@dataclass
class _Run:
    """One run: what is solved, and what was done."""

    instance: CapacityInstance
    seed: int
    deadline: Deadline

    def __post_init__(self) -> None:
        self.log: list[str] = []
        self.iterations = 0

    def note(self, text: str) -> None:
        self.log.append(text)

    def climbed(self, name: str, found: Ascent) -> Ascent:
        self.iterations += found.iterations
        self.note(f"{name}: bound {found.best.bound:.6f} after {found.iterations} steps")
        return found

    def result(self, plan: Plan, bound: float, nodes: int, proven: bool) -> CapacityResult:
        if self.instance.integral:
            bound = float(np.ceil(bound - ROUND_UP_DOUBT))
        bound = min(bound, plan.value)
        return CapacityResult(
            status="optimal" if proven else "feasible",
            plan=plan,
            value=plan.value,
            bound=bound,
            iterations=self.iterations,
            nodes=nodes,
            log=tuple(self.log),
        )

    def without_clients(self) -> CapacityResult:
        """Return the cheapest sites where nobody is to be served."""
        program = Program(self.instance, links=False)
        program.keep_all()
        answer = program.solve(self.seed, self.deadline, None)
        if answer.plan is None:
            return _infeasible(self.instance, self.seed, self.log)
        # Where sites cost nothing this is exact, and the tolerance of HiGHS would be taken for a gap.
        opening = self.instance.opening
        least = float(opening[self.instance.fixed].sum() + np.minimum(opening[self.instance.free], 0.0).sum())
        bound = max(answer.bound, min(least, answer.plan.value))
        proven = closes(self.instance, bound, answer.plan.value)
        return self.result(answer.plan, bound, answer.nodes, proven=proven)

    def any_plan(self) -> Plan | None:
        """Return a plan that HiGHS finds without looking at costs, None if there certainly is none."""
        program = Program(self.instance, links=False)
        program.keep_all()
        answer = program.solve(self.seed, self.deadline, None, blind=True)
        if not answer.finished and answer.plan is None:
            raise SolverError("no plan was found for a siting problem with capacities, and none was ruled out")
        return answer.plan


class _Shared(_Run):
    """Clients may be shared: the Lagrangian, then branch and bound over the sites."""

    def solve(self) -> CapacityResult:
        incumbent = Incumbent(self.instance, self.seed)
        relaxation, region = Relaxation(self.instance), whole_region(self.instance)
        root = self._root(relaxation, region, incumbent)
        if incumbent.plan is None:
            plan = None if root.best.bound == np.inf else self.any_plan()
            if plan is None:
                return _infeasible(self.instance, self.seed, self.log)
            incumbent.offer(plan.is_open)
        self.note(f"plan {incumbent.value:.6f}")
        if incumbent.closes(root.best.bound) and incumbent.plan is not None:
            return self.result(incumbent.plan, root.best.bound, 0, proven=True)
        if incumbent.value - root.best.bound > WIDE_GAP * abs(incumbent.value):
            self._search(root, incumbent)
        region = narrowed(region, root.best, incumbent)
        self.note(f"{int(region.may.sum())} sites may be open, {int(region.must.sum())} must")
        pairs = max(1, int(region.may.sum()) * self.instance.n_clients)
        tree = branch(relaxation, region, root, incumbent, max(FEWEST_NODES, MOST_WORK // (40 * pairs)), self.deadline)
        self.iterations += tree.iterations
        if incumbent.plan is None:
            raise SolverError("a plan that HiGHS found has no sharing of its clients")
        self.note(f"plan {incumbent.value:.6f}, bound {tree.bound:.6f} after {tree.nodes} nodes")
        return self.result(incumbent.plan, tree.bound, tree.nodes, proven=incumbent.closes(tree.bound))

    def _search(self, root: Ascent, incumbent: Incumbent) -> None:
        """Look for better sites as if clients went whole, which moves sites to the middle of their clients."""
        search = Search(self.instance, self.seed)
        if incumbent.plan is not None:
            search.offer(incumbent.plan.is_open)
        search.offer(trimmed(self.instance, root.best.is_open, root.best.worth))
        search.perturb(max(FEWEST_TRIALS, _n_trials(self.instance) // SHARED_PART), root.frequency)
        if search.plan is not None:
            incumbent.offer(search.plan.is_open)
        self.note(f"after a search: plan {incumbent.value:.6f}")

    def _root(self, relaxation: Relaxation, region: Region, incumbent: Incumbent) -> Ascent:
        offered = 0

        def target(now: Priced) -> float:
            nonlocal offered
            offered += 1
            if offered % OFFER_EVERY == 0 and offered > FIRST_STEPS // 3:
                incumbent.offer(trimmed(self.instance, now.is_open, now.worth))
            return -np.inf if self.deadline.remaining == 0.0 else incumbent.goal(now.bound)

        start = relaxation.price(start_prices(relaxation), 0.0, region)
        root = self.climbed("shared", ascend(relaxation, region, start, target, SHARED_STEPS))
        incumbent.offer(trimmed(self.instance, root.best.is_open, root.best.worth))
        return root


class _Whole(_Run):
    """Clients go whole: the Lagrangian with 0-1 knapsacks, a search, then kernels of growing size for HiGHS."""

    def solve(self) -> CapacityResult:
        instance = self.instance
        search = Search(instance, self.seed, NearestAssigner(instance) if instance.closest else None, wide=True)
        relaxation, region = WholeRelaxation(instance), whole_region(instance)
        root = self._root(relaxation, region, search)
        if root.best.bound == np.inf:
            return _infeasible(instance, self.seed, self.log)
        search.perturb(_n_trials(instance), root.frequency)
        self.note(f"plan {search.value:.6f}")
        found = search_kernels(relaxation, region, root.best, search.plan, self.seed, self.deadline)
        self.log += found.log
        self.iterations += found.iterations
        plan = found.plan
        if plan is None and found.bound == np.inf:
            return _infeasible(instance, self.seed, self.log)
        if plan is None:
            plan = self.any_plan()
            if plan is None:
                return _infeasible(instance, self.seed, self.log)
        return self.result(plan, found.bound, found.nodes, proven=closes(instance, found.bound, plan.value))

    def _root(self, relaxation: WholeRelaxation, region: Region, search: Search) -> Ascent:
        offered = 0

        def target(now: Priced) -> float:
            nonlocal offered
            offered += 1
            if offered % OFFER_EVERY == 0:
                search.offer(trimmed(self.instance, now.is_open, now.worth))
            return -np.inf if self.deadline.remaining == 0.0 else search.goal(now.bound)

        loose = Relaxation(self.instance)
        start = loose.price(start_prices(loose), 0.0, region)
        first = self.climbed("continuous", ascend(loose, region, start, target, FIRST_STEPS))
        start = relaxation.price(first.best.prices, first.best.toll, region)
        root = self.climbed("whole", ascend(relaxation, region, start, target, WHOLE_STEPS))
        search.offer(trimmed(self.instance, root.best.is_open, root.best.worth))
        return root


def _n_trials(instance: CapacityInstance) -> int:
    return min(MOST_TRIALS, max(FEWEST_TRIALS, TRIAL_WORK // max(1, instance.n_clients**2)))


def _infeasible(instance: CapacityInstance, seed: int, log: list[str]) -> CapacityResult:
    found = diagnose.lack(instance, seed)
    return CapacityResult(
        status="infeasible",
        plan=None,
        value=np.inf,
        bound=np.inf,
        short=found.short,
        clients=found.clients,
        smallest_n_open=found.smallest_n_open,
        smallest_budget=found.smallest_budget,
        log=(*log, f"no plan: {found.short}"),
    )
