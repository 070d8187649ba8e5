"""The capacitated problem, or what is left of it, as a mixed-integer program for HiGHS.

References
----------
Espejo, Marin and Rodriguez-Chia (2012), Closest assignment constraints in discrete location problems, European Journal
of Operational Research 219:49-58 (the rows for the closest site).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.siting.capacity.instance import CapacityInstance, Floats, Mask, Plan, Positions
from geo.siting.capacity.transport import finished
from geo.siting.model import Columns, Deadline, Model


@dataclass(frozen=True, eq=False)
class Answer:
    """The best plan of a program or None, a lower bound, and whether it was solved to the end."""

    plan: Plan | None
    bound: float
    finished: bool
    iterations: int
    nodes: int

    @property
    def proven_infeasible(self) -> bool:
        """Whether the program certainly has no plan."""
        return self.finished and self.plan is None


class Program:
    """Columns for sites and for pairs of client and site that are allowed; rows for all that a plan must keep.

    Parameters
    ----------
    instance
        The problem.
    pairs
        bool (n_clients, n_sites), pairs that may be used; those without a way are left out anyway.
    sites
        bool (n_sites,), sites that may be open; all usable ones if absent.
    links
        Whether to tie every pair to its site, which lifts the bound, or only every site's load.
    """

    def __init__(
        self, instance: CapacityInstance, pairs: Mask | None = None, sites: Mask | None = None, *, links: bool = True
    ) -> None:
        self.instance = instance
        may = instance.usable if sites is None else sites & instance.usable
        allowed = np.isfinite(instance.cost) & may
        if pairs is not None:
            allowed &= pairs
        self.sites: Positions = np.flatnonzero(may)
        self.client, self.site = np.nonzero(allowed)
        whole = not (instance.split or instance.closest)
        self.model = Model(self.sites.size + (self.client.size if whole else 0))
        self.opens: Columns = np.arange(self.sites.size)
        self.serves: Columns = self.sites.size + np.arange(self.client.size)
        if not whole:
            self.serves = self.model.add_columns(self.client.size)
        self._column_of = np.full(instance.n_sites, -1)
        self._column_of[self.sites] = self.opens
        self._add_clients()
        if links:
            self._add_links()
        self._add_loads(bool(links))
        if instance.closest:
            self._add_closest()

    def _add_clients(self) -> None:
        starts = np.searchsorted(self.client, np.arange(self.instance.n_clients + 1))
        for i in range(self.instance.n_clients):
            mine = self.serves[starts[i] : starts[i + 1]]
            self.model.add_row(mine, np.ones(mine.size), lower=1.0, upper=1.0)

    def _add_links(self) -> None:
        for pair, site in zip(self.serves, self._column_of[self.site], strict=True):
            self.model.add_row(np.array([pair, site]), np.array([1.0, -1.0]), upper=0.0)

    def _add_loads(self, linked: bool) -> None:
        instance = self.instance
        unit = float(instance.demand.max(initial=0.0)) or 1.0
        order = np.argsort(self.site, kind="stable")
        starts = np.searchsorted(self.site[order], np.append(self.sites, instance.n_sites))
        for position, site in enumerate(self.sites):
            mine = order[starts[position] : starts[position + 1]]
            columns = np.append(self.serves[mine], self.opens[position])
            demand = instance.demand[self.client[mine]] / unit
            if instance.capacity[site] < instance.demand[self.client[mine]].sum():
                self.model.add_row(columns, np.append(demand, -float(instance.capacity[site]) / unit), upper=0.0)
            if not linked:
                self.model.add_row(columns, np.append(np.ones(mine.size), -float(mine.size)), upper=0.0)
            if instance.min_load[site] > 0:
                self.model.add_row(columns, np.append(demand, -float(instance.min_load[site]) / unit), lower=0.0)

    def _add_closest(self) -> None:
        """Forbid whoever is farther than an open site, by nearness and index."""
        instance = self.instance
        starts = np.searchsorted(self.client, np.arange(instance.n_clients + 1))
        for i in range(instance.n_clients):
            near = instance.nearness[i]
            mine = np.arange(starts[i], starts[i + 1])
            for site in self.sites[np.isfinite(near[self.sites])]:
                other = self.site[mine]
                farther = (near[other] > near[site]) | ((near[other] == near[site]) & (other > site))
                columns = np.append(self.serves[mine[farther]], self._column_of[site])
                self.model.add_row(columns, np.ones(columns.size), upper=1.0)

    def keep_all(self) -> None:
        """Require the fixed sites, the number of open sites and the budget."""
        instance = self.instance
        for site in np.flatnonzero(instance.fixed):
            self.model.add_row(self._column_of[[site]], np.ones(1), lower=1.0)
        if instance.n_open is not None:
            self.model.add_row(self.opens, np.ones(self.opens.size), upper=float(instance.n_open))
        if instance.budget is not None:
            scale = float(np.abs(instance.spending[self.sites]).max(initial=0.0)) or 1.0
            upper = (instance.budget + instance.money_doubt) / scale
            self.model.add_row(self.opens, instance.spending[self.sites] / scale, upper=upper)

    def holds(self, plan: Plan) -> bool:
        """Return whether a plan uses only the sites and pairs of the program."""
        inside = np.zeros(self.instance.cost.shape, dtype=np.bool_)
        inside[self.client, self.site] = True
        return bool(inside[plan.shares > 0].all() and (self._column_of[plan.is_open] >= 0).all())

    def solve(
        self, seed: int, deadline: Deadline, max_nodes: int | None, start: Plan | None = None, *, blind: bool = False
    ) -> Answer:
        """Return the cheapest plan of the program, or any if it is to be blind to costs.

        It may start from a known plan that the program allows.
        """
        scale = self._scale(start)
        if not blind:
            instance = self.instance
            self.model.minimise(self.opens, instance.opening[self.sites] / scale)
            self.model.minimise(self.serves, instance.cost[self.client, self.site] / scale)
        outcome = self.model.solve(seed, deadline, max_nodes, None if start is None else self._columns_of(start))
        plan = None if outcome.values is None else self._plan(outcome.values)
        return Answer(plan, outcome.bound * scale, outcome.finished, outcome.iterations, outcome.nodes)

    def _scale(self, start: Plan | None) -> float:
        """Return what a unit of the objective stands for, so that optima lie around 1,000."""
        largest = float(self.instance.cost[self.client, self.site].max(initial=0.0))
        largest = max(largest, float(np.abs(self.instance.opening).max(initial=0.0)))
        return max(abs(start.value) if start is not None else largest, largest) / 1_000 or 1.0

    def least(self, per_site: Floats, seed: int, deadline: Deadline) -> tuple[float | None, bool]:
        """Return the least sum of a quantity over open sites, None if there is no plan, and whether that is certain."""
        scale = float(np.abs(per_site).max(initial=0.0)) or 1.0
        self.model.minimise(self.opens, per_site[self.sites] / scale)
        outcome = self.model.solve(seed, deadline)
        if outcome.values is None:
            return None, outcome.finished
        chosen = outcome.values[: self.sites.size] > 0.5
        return float(per_site[self.sites[chosen]].sum()), outcome.finished

    def _columns_of(self, plan: Plan) -> Floats:
        return np.append(plan.is_open[self.sites].astype(np.float64), plan.shares[self.client, self.site])

    def _plan(self, values: Floats) -> Plan:
        instance = self.instance
        is_open = np.zeros(instance.n_sites, dtype=np.bool_)
        is_open[self.sites] = values[: self.sites.size] > 0.5
        shares = np.zeros(instance.cost.shape)
        shares[self.client, self.site] = np.clip(values[self.sites.size :], 0.0, 1.0)
        if not instance.split or instance.closest:
            shares = (shares > 0.5).astype(np.float64)
        return finished(instance, is_open, shares)
