"""Branch and bound over the sites where clients may be shared: prices bound, a transportation problem settles a leaf.

A node of the tree is a region: sites that must be open and sites that may be. Its bound starts from the prices of its
parent. Whenever a promising set of sites turns up, the cheapest sharing among them is found, which gives a plan; where
nothing is left to decide, the prices of that sharing are the proof of the node.

References
----------
Beasley (1988), An algorithm for solving large capacitated warehouse location problems, European Journal of Operational
Research 33:314-325.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from geo.siting.capacity.incumbent import Incumbent
from geo.siting.capacity.instance import Floats, trimmed
from geo.siting.capacity.lagrangian import (
    Ascent,
    Priced,
    Region,
    Relaxation,
    ascend,
    gains_of_forcing,
)
from geo.siting.model import Deadline

#: Steps to better prices at a node, and the first step length there.
NODE_STEPS: Final = 40
NODE_LENGTH: Final = 0.3


@dataclass(frozen=True, eq=False)
class Tree:
    """What a run of branch and bound proved: no plan costs less than the bound."""

    bound: float
    nodes: int
    iterations: int


def branch(
    relaxation: Relaxation, region: Region, root: Ascent, incumbent: Incumbent, max_nodes: int, deadline: Deadline
) -> Tree:
    """Look through a region, best bound first, until nothing in it is better than the best plan known.

    The incumbent is improved on the way. When the nodes or the seconds are used up, the bound is that of the worst
    node left.
    """
    waiting = [(root.best.bound, 0, region, root.best, root.frequency)]
    settled, nodes, iterations = np.inf, 0, 0
    while waiting:
        bound, _, region, start, frequency = heapq.heappop(waiting)
        if incumbent.closes(bound):
            settled = min(settled, bound)
            break
        if nodes >= max_nodes or deadline.remaining == 0.0:
            settled = min(settled, bound)
            break
        site = _undecided(region, frequency)
        for child in _children(region, site, frequency[site] >= 0.5) if site is not None else ():
            nodes += 1
            found = _explore(relaxation, child, start, bound, incumbent)
            iterations += found.iterations
            if incumbent.closes(found.bound) or found.region is None:
                settled = min(settled, found.bound)
                continue
            heapq.heappush(waiting, (found.bound, nodes, found.region, found.start, found.frequency))
    return Tree(min(settled, incumbent.value), nodes, iterations)


@dataclass(frozen=True, eq=False)
class _Node:
    """A node after its steps; without a region there is nothing left to decide in it."""

    bound: float
    region: Region | None
    start: Priced
    frequency: Floats
    iterations: int


def _explore(relaxation: Relaxation, region: Region, start: Priced, bound: float, incumbent: Incumbent) -> _Node:
    """Bound a node, try its sets of sites, and drop what its bound rules out."""
    if not incumbent.may_hold(region):
        return _Node(np.inf, None, start, start.prices, 0)
    now = relaxation.price(start.prices, start.toll, region)
    found = ascend(relaxation, region, now, lambda _: incumbent.goal(bound), NODE_STEPS, NODE_LENGTH)
    bound = max(bound, found.best.bound)
    if incumbent.closes(bound):
        return _Node(bound, None, found.best, found.frequency, found.iterations)
    incumbent.offer(trimmed(relaxation.instance, found.best.is_open, found.best.worth))
    region = narrowed(region, found.best, incumbent)
    if not incumbent.may_hold(region):
        return _Node(max(bound, incumbent.value), None, found.best, found.frequency, found.iterations)
    if _undecided(region, found.frequency) is None:
        bound = max(bound, settle(relaxation, region, incumbent))
        return _Node(bound, None, found.best, found.frequency, found.iterations)
    return _Node(bound, region, found.best, found.frequency, found.iterations)


def settle(relaxation: Relaxation, region: Region, incumbent: Incumbent) -> float:
    """Return a bound for a region with nothing left to decide: what the prices of its best plan prove."""
    shipment = incumbent.offer(region.must)
    if shipment is None:
        return np.inf
    return relaxation.price(np.maximum(shipment.prices, relaxation.lowest), 0.0, replace(region, may=region.must)).bound


def narrowed(region: Region, priced: Priced, incumbent: Incumbent) -> Region:
    """Return the region without sites that cannot be open, or closed, in a plan better than the best one known."""
    opened, closed = gains_of_forcing(priced, region)
    gap = incumbent.value - priced.bound
    must = region.must | (closed > gap)
    may = region.may & ((opened <= gap) | must)
    return replace(region, must=must, may=may)


def _undecided(region: Region, frequency: Floats) -> int | None:
    """Return the site to branch on: the one that the bound opens about every other time."""
    if int(region.must.sum()) >= region.most:
        return None
    free = np.flatnonzero(region.may & ~region.must)
    if free.size == 0:
        return None
    return int(free[np.argmin(np.abs(frequency[free] - 0.5))])


def _children(region: Region, site: int, open_first: bool) -> tuple[Region, Region]:
    must, may = region.must.copy(), region.may.copy()
    must[site], may[site] = True, False
    pair = replace(region, must=must), replace(region, may=may)
    return pair if open_first else pair[::-1]
