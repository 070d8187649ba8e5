"""The p-center: which free sites to open so that the longest time of any client is shortest.

A time is attainable if the clients who need a free site for it can be covered by the sites that reach them within it.
Few clients decide that: those far from each other. Coverings of these few give bounds; a plan that serves them is one
for all, or shows whom to add. Bounds and plans close in on each other by bisection.

References
----------
Minieka (1970), SIAM Review 12:138-139 (one covering decision per time); Gonzalez (1985), Theoretical Computer Science
38:293-306 (farthest clients); Chen and Chen (2009), Computers and Operations Research 36:1646-1655, and Contardo, Iori
and Kramer (2019), Computers and Operations Research 103:225-240 (adding clients).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from geo.siting.cover.clients import Clients, Milliseconds
from geo.siting.cover.dominance import reduce_cover
from geo.siting.cover.merge import Members, Starts, transpose
from geo.siting.cover.setcover import Cover, Effort, cover, relax
from geo.siting.model import Deadline, Values
from geo.siting.sizes import SMALL_SETTLEMENTS
from geo.units import UNREACHABLE_MS

#: Share of a client's need that a relaxation may leave open before the client is added.
SHORTFALL: Final = 1e-6

#: A relaxation is given up if it needs more rounds than this at its present pace.
PATIENCE: Final = 12

#: Pairs of client and site up to which local search is tried: its lists take some 40 bytes each.
MOST_PAIRS: Final = 12_000_000

#: Relative width at which a search for a plan or for a bound stops, unless the exact part goes on.
WIDTH: Final = 0.002

#: Relative width, above and below times that the effort did not settle, at which the exact part stops too.
UNSETTLED_WIDTH: Final = 0.005


@dataclass(frozen=True)
class CenterEffort:
    """Limits of work, none of them a clock.

    Parameters
    ----------
    search_pairs
        Steps of local search for one time, times the mean number of sites of a client.
    relaxations
        Linear relaxations for one time.
    decision
        Limits of one covering decision.
    decisions
        Decisions by branch and bound in all.
    """

    search_pairs: int = 2_000_000
    relaxations: int = 30
    decision: Effort = field(default_factory=lambda: Effort(steps=2_000, node_pairs=5_000_000, pairs=20_000))
    decisions: int = 400


@dataclass(frozen=True, eq=False)
class Center:
    """A plan and its proof.

    Parameters
    ----------
    chosen
        int64, free sites that open, ascending; None where no plan is known.
    value
        Longest time of a client, in the unit of the times; None without a plan.
    bound
        No plan has a shorter longest time; ``UNREACHABLE_MS`` if there is none.
    status
        ``optimal``, ``feasible``, ``infeasible``, or ``unknown`` if effort ended before a plan or a proof was found.
    iterations, nodes
        Work of HiGHS.
    log
        What was done.
    """

    chosen: Starts | None
    value: int | None
    bound: int
    status: Literal["optimal", "feasible", "infeasible", "unknown"]
    iterations: int
    nodes: int
    log: tuple[str, ...]


def solve_center(
    times: Milliseconds,
    ceiling: Milliseconds,
    n_free: int,
    *,
    latest: Milliseconds | None = None,
    start: Starts | None = None,
    effort: CenterEffort | None = None,
    seed: int = 0,
    deadline: Deadline | None = None,
    small: bool | None = None,
) -> Center:
    """Return the free sites whose opening makes the longest time shortest.

    Parameters
    ----------
    times
        int32 (n_clients, n_sites) from clients to free sites, ``UNREACHABLE_MS`` where there is no way.
    ceiling
        int32 (n_clients,), time to the nearest site that is open anyway.
    n_free
        Most free sites to open.
    latest
        int32 (n_clients,), the longest time that each client may have; None: no such limit.
    start
        A plan to begin with, if one is known.
    effort
        Limits of work.
    seed, deadline
        Seed of HiGHS and of the local search; safety in seconds, which can only turn a proof into a gap.
    small
        Whether nothing is compiled; None: as the number of clients says.

    Notes
    -----
    Every client must be served. With ``latest`` a client is held to the smaller of that and the time in question.
    """
    small = len(times) <= SMALL_SETTLEMENTS if small is None else small
    limits = np.full(len(times), UNREACHABLE_MS - 1, dtype=np.int32)
    if latest is not None:
        limits = np.minimum(limits, latest).astype(np.int32)
    clients = Clients(times, ceiling, limits, small)
    search = _Search(clients, n_free, effort or CenterEffort(), seed, deadline or Deadline(None))
    return search.solve(start)


@dataclass
class _Search:
    """Bound and plan of one call, and the clients that decide.

    ``lower`` is the certified bound, ``value`` that of the best plan (``UNREACHABLE_MS`` without one);
    ``unsettled`` the shortest and the longest of the times between them that the effort did not settle.
    """

    clients: Clients
    n_free: int
    effort: CenterEffort
    seed: int
    deadline: Deadline
    lower: int = 0
    value: int = UNREACHABLE_MS
    chosen: Starts | None = None
    active: Starts = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    iterations: int = 0
    nodes: int = 0
    decisions: int = 0
    unsettled: tuple[int, int] | None = None
    log: list[str] = field(default_factory=list)

    def solve(self, start: Starts | None) -> Center:
        """Return the plan and its proof."""
        best = self.clients.best
        if (best > self.clients.latest).any():
            self.lower = UNREACHABLE_MS
            return self._result()
        self.lower = int(best.max(initial=0))
        self._begin(start)
        if self.clients.small:
            self.active = np.arange(len(best))
        else:
            self._bound_by_relaxations()
            self._search_upwards()
        self._bisect()
        return self._result()

    def _offer(self, chosen: Starts) -> Milliseconds:
        """Take over a plan if it is the best so far; return its times."""
        nearest = self.clients.nearest(chosen)
        value = int(nearest.max(initial=0))
        if value < self.value and (nearest <= self.clients.latest).all():
            self.value, self.chosen = value, np.sort(chosen)
        return nearest

    def _begin(self, start: Starts | None) -> None:
        """Open, again and again, the free site nearest to the client who is farthest; those clients become active."""
        if start is not None:
            self._offer(start)
        latest = self.clients.latest.astype(np.int64)
        nearest = self._offer(np.zeros(0, dtype=np.int64))
        chosen: list[int] = []
        active: list[int] = []
        for _ in range(2 * self.n_free + 1 if nearest.size else 0):
            # Whoever is beyond the latest time comes first.
            farthest = int(np.argmax(np.where(nearest > latest, UNREACHABLE_MS, 0) + nearest.astype(np.int64)))
            site = int(np.argmin(self.clients.times[farthest])) if self.clients.times.shape[1] else -1
            if site < 0 or self.clients.times[farthest, site] >= nearest[farthest]:
                break
            chosen.append(site)
            active.append(farthest)
            nearest = np.minimum(nearest, self.clients.times[:, site])
            if len(chosen) == self.n_free:
                self._offer(np.array(chosen, dtype=np.int64))
        self.active = np.unique(np.array(active, dtype=np.int64))
        self._offer(np.array(chosen[: self.n_free], dtype=np.int64))
        self.log.append(f"farthest clients: bound {self.lower}, plan {self.value}")

    def _bound_by_relaxations(self) -> None:
        """Raise the bound by bisection, as far as relaxations of few clients do."""
        most = self.value
        while self.lower < most and most - self.lower > WIDTH * most:
            time = (self.lower + most) // 2
            if not self._relaxation_refutes(time):
                most = time
        self.log.append(f"relaxations of {len(self.active)} clients: bound {self.lower}")

    def _search_upwards(self) -> None:
        """Look for plans not far above the bound, farther and farther, then closer and closer."""
        width, least = max(1, round(WIDTH * self.lower)), self.lower - 1
        time = self.lower
        while (
            time < self.value and self.deadline.remaining > 0 and not self._find(time, self.effort.search_pairs // 10)
        ):
            least, time, width = time, self.lower + width, 2 * width
        while self.value - least > max(1.0, WIDTH * self.value) and self.deadline.remaining > 0:
            time = (least + self.value) // 2
            if not self._find(time, self.effort.search_pairs):
                least = time
        self.log.append(f"local search: plan {self.value}")

    def _bisect(self) -> None:
        """Decide times between bound and plan until they meet, or the effort is spent."""
        while self.lower < self.value and self.decisions < self.effort.decisions and self.deadline.remaining > 0:
            time = (self.lower + self.value) // 2 if self.chosen is not None else UNREACHABLE_MS - 1
            if self.unsettled is not None:
                below, above = self.unsettled[0] - self.lower, self.value - self.unsettled[1]
                if max(below, above) <= max(1.0, UNSETTLED_WIDTH * self.value):
                    break
                time = self.lower + below // 2 if below >= above else self.value - above // 2
            verdict = self._decide(time)
            if verdict == "unknown":
                low, high = self.unsettled or (time, time)
                self.unsettled = min(low, time), max(high, time)
            elif self.unsettled is not None and (self.lower > self.unsettled[1] or self.value <= self.unsettled[0]):
                self.unsettled = None
        self.log.append(
            f"{self.decisions} decisions, {len(self.active)} clients: bound {self.lower}, plan {self.value}"
        )

    def _decide(self, time: int) -> Literal["yes", "no", "unknown"]:
        """Settle whether a time is attainable; the bound or the plan changes accordingly."""
        if not self.clients.small:
            # What a relaxation did not rule out, it will not rule out for a longer time either.
            if (self.unsettled is None or time < self.unsettled[0]) and self._relaxation_refutes(time):
                return "no"
            if self._find(time, self.effort.search_pairs // 10):
                return "yes"
        verdict = self._branch(time)
        if verdict == "unknown" and not self.clients.small and self._find(time, 3 * self.effort.search_pairs):
            return "yes"
        return verdict

    def _branch(self, time: int) -> Literal["yes", "no", "unknown"]:
        """Settle a time by coverings of the active clients."""
        while self.decisions < self.effort.decisions:
            self.decisions += 1
            found = self._cover(time)
            self.iterations += found.iterations
            self.nodes += found.nodes
            if found.status == "infeasible":
                self._refute(time)
                return "no"
            if found.chosen is None:
                return "unknown"
            beyond = self._offer(found.chosen) - np.minimum(self.clients.latest, time)
            if (beyond <= 0).all():
                return "yes"
            late = np.flatnonzero(beyond > 0)
            self._add(late[np.argsort(-beyond[late], kind="stable")], time)
        return "unknown"

    def _refute(self, time: int) -> None:
        """Take over that no plan attains a time."""
        self.lower = self.clients.next_level(time, self.value)

    def _rows(self, time: int) -> tuple[Starts, Members]:
        """Return the CSR of the active clients who need a free site."""
        return self.clients.reach(np.intersect1d(self.active, self.clients.needing(time)), time)

    def _cover(self, time: int) -> Cover:
        """Decide the covering of the active clients."""
        return cover(
            *self._rows(time),
            np.ones(self.clients.times.shape[1]),
            at_most=self.n_free,
            effort=self.effort.decision,
            seed=self.seed,
            deadline=self.deadline,
            small=self.clients.small,
        )

    def _relaxation_refutes(self, time: int) -> bool:
        """Return whether linear relaxations rule a time out; clients whom they leave out become active."""
        n_sites = self.clients.times.shape[1]
        before = -1.0
        for _ in range(self.effort.relaxations):
            core = reduce_cover(*self._rows(time), np.ones(n_sites), small=self.clients.small)
            share = np.zeros(n_sites)
            share[core.forced] = 1.0
            bound = float(len(core.forced))
            if core.n_rows > 0:
                relaxation = relax(core, self.seed, self.deadline)
                if relaxation is None:
                    return False
                self.iterations += relaxation.iterations
                share[core.columns] = relaxation.values
                bound += relaxation.bound
            if bound > self.n_free:
                self._refute(time)
                return True
            if bound + PATIENCE * (bound - before) < self.n_free and before >= 0:
                return False
            before = bound
            short = self._short(share, time)
            if short.size == 0:
                return False
            self._add(short, time)
        return False

    def _short(self, share: Values, time: int) -> Starts:
        """Return the clients whom sites open by shares do not serve in full within a time, the least served first."""
        needing = self.clients.needing(time)
        used = np.flatnonzero(share > 0)
        limits = np.minimum(self.clients.latest[needing], time)
        served = (self.clients.times[np.ix_(needing, used)] <= limits[:, np.newaxis]) @ share[used]
        order = np.argsort(served, kind="stable")
        return np.asarray(needing[order[served[order] < 1.0 - SHORTFALL]])

    def _add(self, ranked: Starts, time: int) -> None:
        """Make some clients active: the first ones, no two of whom share a site."""
        most = max(self.n_free, 10)
        ranked = ranked[: 10 * most]
        starts, sites = self.clients.reach(ranked, time)
        taken = np.zeros(self.clients.times.shape[1], dtype=np.bool_)
        added: list[int] = []
        for place, client in enumerate(ranked.tolist()):
            own = sites[starts[place] : starts[place + 1]]
            if not taken[own].any():
                taken[own] = True
                added.append(client)
        self.active = np.union1d(self.active, np.array(added[:most], dtype=np.int64))

    def _find(self, time: int, pairs: int) -> bool:
        """Look for a plan that attains a time, beginning with the best one; return whether it was found."""
        if self.deadline.remaining == 0:
            return False
        from geo.siting.cover.kernels import search

        n_sites = self.clients.times.shape[1]
        starts, sites = self.clients.reach(self.clients.needing(time), time)
        if len(sites) > MOST_PAIRS:
            return False
        graph = (starts, sites, *transpose(starts, sites, n_sites))
        begin = np.zeros(n_sites, dtype=np.bool_)
        if self.chosen is not None:
            begin[self.chosen] = True
        steps = pairs * (len(starts) - 1) // max(len(sites), 1)
        weights = np.ones(len(starts) - 1, dtype=np.int64)
        is_open, n_uncovered = search(graph, np.ones(n_sites), float(self.n_free), begin, weights, (steps, self.seed))
        if n_uncovered > 0:
            return False
        self._offer(np.flatnonzero(is_open))
        return True

    def _result(self) -> Center:
        status: Literal["optimal", "feasible", "infeasible", "unknown"] = "feasible"
        if self.lower >= UNREACHABLE_MS:
            status = "infeasible"
        elif self.chosen is None:
            status = "unknown"
        elif self.lower >= self.value:
            status = "optimal"
        value = None if self.chosen is None else self.value
        return Center(self.chosen, value, self.lower, status, self.iterations, self.nodes, tuple(self.log))
