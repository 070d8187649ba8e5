"""Branch and bound on single sites with priced bounds.

A node closes or opens one site. An opened site lowers the ceilings of its clients and leaves the lists, so that every
node is again a problem with ceilings, lists and a room, only smaller.

References
----------
Beasley (1985), European Journal of Operational Research 21:270-273 (Lagrangian branch and bound for the p-median).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.siting.median.types import Climb, Engine, Flags, Floats, Ints, Lists, Sites
from geo.siting.model import Deadline

#: Step length, share kept after idle steps, momentum, idle steps allowed, step length at which to end; most steps.
STEPS: Final = (1.0, 0.6, 0.9, 15, 2e-2)
N_STEPS: Final = 60

#: What a node says of a site: undecided, closed, open.
FREE, CLOSED, OPEN = 0, 1, 2


@dataclass(eq=False)
class Node:
    """Decisions per site, what clients pay without the free ones, how far they may go, prices, room left, a bound."""

    state: npt.NDArray[np.uint8]
    ceiling: Floats
    reach: Floats
    prices: Floats
    room: float
    bound: float


@dataclass(eq=False)
class Tree:
    """The best plan found, the lowest bound of what was left behind, and what is still to be looked at."""

    engine: Engine
    lists: Lists
    best: float
    slack: float
    chosen: Flags
    waiting: list[Node]
    lowest: float = np.inf
    nodes: int = 0
    steps: int = 0
    columns: tuple[Ints, Sites, Floats] = field(init=False)

    def __post_init__(self) -> None:
        self.columns = (self.lists.column, self.lists.client, self.lists.column_cost)

    def leave(self, bound: float) -> bool:
        """Return whether nothing with this bound can be better; its bound is remembered then."""
        if bound < self.best - self.slack:
            return False
        self.lowest = min(self.lowest, bound)
        return True

    def visit(self, node: Node) -> None:
        """Bound a node; decide what its prices decide; branch on the site they are least sure of."""
        self.nodes += 1
        node.state[(node.state == FREE) & (self.lists.weight > node.room)] = CLOSED
        free = np.flatnonzero(node.state == FREE)
        kept = node.state == FREE
        rows = self.engine.keep(self.lists.start, self.lists.site, self.lists.cost, kept, node.reach)
        if ((np.diff(rows[0]) == 0) & np.isinf(node.ceiling)).any():
            return
        columns = self.engine.transpose(*rows, len(free))
        weight = self.lists.weight[free]
        small = Lists(*rows, *columns, node.ceiling, weight, node.room, self.lists.grid)
        climb = Climb.of(np.minimum(node.prices, node.ceiling), len(free))
        average = np.zeros(len(free))
        bound, steps = self.engine.ascend(small, climb, self.best, self.slack, average, N_STEPS, STEPS)
        self.steps += steps
        if self.leave(bound):
            return
        node.prices, node.bound = climb.best_prices, bound
        chosen = np.zeros(len(free), dtype=np.bool_)
        _worth, edge, following = self.engine.choose(climb.best_worth, weight, node.room, chosen)
        self._look_at(node, free[chosen], self.engine.value_of(*columns, node.ceiling.copy(), chosen))
        if not self.leave(bound):
            self._decide(node, free, chosen, climb.best_worth, edge, following)
            self._split(node, free, chosen, average, climb.best_worth)

    def _look_at(self, node: Node, chosen: Ints, value: float) -> None:
        if value < self.best:
            self.best = value
            self.chosen = node.state == OPEN
            self.chosen[chosen] = True

    def _decide(self, node: Node, free: Ints, chosen: Flags, worth: Floats, edge: float, following: float) -> None:
        """Decide the sites whose opening, or whose closing, lifts the bound to the best value."""
        slip = self.best - self.slack - node.bound
        weight = self.lists.weight[free]
        # An edge without end comes with no room at all.
        out = ~chosen & (worth - edge * weight >= slip) if np.isfinite(edge) else ~chosen
        within = chosen & (following * weight - worth >= slip)
        node.state[free[out]] = CLOSED
        for j in free[within].tolist():
            node.state[j] = OPEN
            node.room -= float(self.lists.weight[j])
            self.engine.lower(*self.columns, node.ceiling, j)
        # Nobody goes to a site that costs more than its price and what room is left.
        far = node.prices + slip
        ruled_out = out.any() or within.any() or bool((node.reach > far).any())
        node.reach = np.minimum(np.minimum(node.ceiling, node.reach), far)
        node.ceiling = np.where(node.ceiling > far, np.inf, node.ceiling)
        if ruled_out:
            self.lowest = min(self.lowest, self.best - self.slack)

    def _split(self, node: Node, free: Ints, chosen: Flags, average: Floats, worth: Floats) -> None:
        undecided = node.state[free] == FREE
        doubt = np.where(undecided & chosen, -np.abs(average - 0.5), -np.inf)
        if not (undecided & chosen).any():
            fits = undecided & (self.lists.weight[free] <= node.room)
            doubt = np.where(fits, -worth, -np.inf)
            if not fits.any():
                self._look_at(node, free[:0], float(node.ceiling.sum()))
                return
        picked = int(free[int(doubt.argmax())])
        opened = node.state.copy()
        opened[picked] = OPEN
        ceiling = node.ceiling.copy()
        self.engine.lower(*self.columns, ceiling, picked)
        reach, room = np.minimum(node.reach, ceiling), node.room - float(self.lists.weight[picked])
        self.waiting.append(Node(opened, ceiling, reach, node.prices.copy(), room, node.bound))
        node.state[picked] = CLOSED
        self.waiting.append(node)


def branch(
    engine: Engine,
    lists: Lists,
    ceiling: Floats,
    prices: Floats,
    target: float,
    slack: float,
    n_nodes: int,
    deadline: Deadline,
) -> tuple[float, float, Flags, int, int]:
    """Return bound, best value below the target (or the target), its sites, nodes and steps.

    Parameters
    ----------
    engine, lists
        How lists are worked on; lists by client and by site, and the room.
    ceiling
        (n_clients,), cost without any of the listed sites; infinite where one of them must serve.
    prices
        (n_clients,), good prices to begin with.
    target, slack
        Value of the best plan known; what cannot be below target - slack is left.
    n_nodes, deadline
        Most nodes, and the safety in seconds.
    """
    n_sites = len(lists.weight)
    root = Node(np.zeros(n_sites, dtype=np.uint8), ceiling.copy(), ceiling.copy(), prices.copy(), lists.room, -np.inf)
    tree = Tree(engine, lists, target, slack, np.zeros(n_sites, dtype=np.bool_), [root])
    while tree.waiting and tree.nodes < n_nodes and deadline.remaining > 0.0:
        node = tree.waiting.pop()
        if not tree.leave(node.bound):
            tree.visit(node)
    lowest = min(tree.lowest, tree.best, *(node.bound for node in tree.waiting))
    return lowest, tree.best, tree.chosen, tree.nodes, tree.steps
