"""The contracted graph of a road network: its topology for every season, and its weights in one of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.travel.contract import contract
from geo.travel.customize import customize, perfect
from geo.travel.graph import LEG_BITS, Offers, Table
from geo.travel.order import contraction_order
from geo.travel.reduce import Links, reduce_links
from geo.travel.sweep import LANES, Downward, Entries, Exits, Upward, lead_down, leave, make_scratch, sweep
from geo.units import UNREACHABLE_MS

Ints = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Topology:
    """Which nodes and arcs there are, contracted: the same for every season, closure and vehicle.

    Parameters
    ----------
    slot : int64 (n_arcs,)
        Where the weight of each arc of the road graph goes among (n_up, 2) weights, flat; -1 for loops.
    rank : int32 (n_nodes,)
        Place of each node in the order of contraction.
    up_start, up_head, lower_start, lower_tail, lower_arc : int32
        Skeleton over ranks (`geo.travel.contract`).
    """

    slot: Ints
    rank: Int32s
    up_start: Int32s
    up_head: Int32s
    lower_start: Int32s
    lower_tail: Int32s
    lower_arc: Int32s

    @classmethod
    def of(cls, n_nodes: int, tail: Ints, head: Ints, terminals: Ints) -> Topology:
        """Contract a road graph.

        Parameters
        ----------
        n_nodes, tail, head
            All arcs that are open in any season.
        terminals
            Nodes at which most trips begin and end. Others may as well, a little slower.
        """
        links = Links.of(n_nodes, tail, head)
        order = contraction_order(links, reduce_links(links, terminals))
        rank = np.empty(n_nodes, dtype=np.int64)
        rank[order] = np.arange(n_nodes)
        ranked = Links.of(n_nodes, rank[links.low], rank[links.high])
        start = np.concatenate([[0], np.cumsum(np.bincount(ranked.low, minlength=n_nodes))]).astype(np.int32)
        skeleton = contract(start, ranked.high.astype(np.int32))
        tails = np.repeat(np.arange(n_nodes), np.diff(skeleton.up_start))
        slot = Links(n_nodes, tails, skeleton.up_head.astype(np.int64)).slots(rank[tail], rank[head])
        return cls(slot, rank.astype(np.int32), *skeleton)

    def weigh(self, ms: Ints) -> Hierarchy:
        """Return the hierarchy of a season.

        Parameters
        ----------
        ms : int (n_arcs,)
            Milliseconds of each arc; `UNREACHABLE_MS` where closed.
        """
        weights = np.full((len(self.up_head), 2), UNREACHABLE_MS, dtype=np.int32)
        used = self.slot >= 0
        np.minimum.at(weights.reshape(-1), self.slot[used], np.minimum(ms[used], UNREACHABLE_MS).astype(np.int32))
        skeleton = (self.up_start, self.up_head)
        arc_to, node_of = np.empty(len(self.rank), dtype=np.int32), np.full(len(self.rank), -1, dtype=np.int32)
        customize(*skeleton, self.lower_start, self.lower_tail, self.lower_arc, arc_to, weights)
        perfect(*skeleton, weights.copy(), arc_to, node_of, weights, UNREACHABLE_MS)
        return Hierarchy(self, np.ascontiguousarray(weights[:, 0]), np.ascontiguousarray(weights[:, 1]))


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """A topology with the weights of one season.

    Parameters
    ----------
    topology
        What it is about.
    up_ms, down_ms : int32 (n_up,)
        Milliseconds of each arc upward and downward; `UNREACHABLE_MS` where no fastest way needs it.
    """

    topology: Topology
    up_ms: Int32s
    down_ms: Int32s

    def table(self, origins: Offers, destinations: Offers, *, parts: bool = False, n_threads: int = 1) -> Table:
        """Return the times from every origin to every destination.

        Parameters
        ----------
        origins, destinations
            How they enter and leave the graph.
        parts
            Whether the legs of each way are asked for.
        n_threads
            How many threads share the work; the result does not depend on it.
        """
        job = _Job.of(self, origins, destinations, parts=parts)
        return job.run(n_threads)


def _shifted(ms: npt.NDArray[np.integer], dtype: np.dtype[Any], bits: int) -> npt.NDArray[Any]:
    return np.asarray(ms.astype(dtype) << bits)


@dataclass(frozen=True, eq=False)
class _Job:
    """One table in the making."""

    up: Upward
    entries: Entries
    down: Downward
    down_value: npt.NDArray[Any]
    column: Int32s
    exits: Exits
    n_columns: int
    bits: int

    @classmethod
    def of(cls, hierarchy: Hierarchy, origins: Offers, destinations: Offers, *, parts: bool) -> _Job:
        bits, dtype = (LEG_BITS, np.dtype(np.int64)) if parts else (0, np.dtype(np.int32))
        skeleton = hierarchy.topology
        rank = skeleton.rank
        nodes, exit_column = np.unique(rank[destinations.node], return_inverse=True)
        down = Downward(*lead_down(skeleton.up_start, skeleton.up_head, hierarchy.down_ms, nodes, UNREACHABLE_MS))
        column = np.full(len(down.depth), -1, dtype=np.int32)
        # Columns in the order of the sweep are written one after the other.
        order = np.argsort(down.place[nodes])
        column[down.place[nodes[order]]] = np.arange(len(nodes))
        place_of = np.empty(len(nodes), dtype=np.int64)
        place_of[order] = np.arange(len(nodes))
        entered = _shifted(origins.ms, dtype, bits)
        left = np.lexsort((destinations.leg_ms, destinations.point))
        return cls(
            up=Upward(skeleton.up_start, skeleton.up_head, _shifted(hierarchy.up_ms, dtype, bits)),
            entries=Entries(
                origins.start.astype(np.int32), rank[origins.node], entered | origins.leg_ms if parts else entered
            ),
            down=down,
            down_value=_shifted(hierarchy.down_ms[down.arc], dtype, bits),
            column=column,
            exits=Exits(
                destinations.start.astype(np.int32),
                place_of[exit_column.reshape(-1)][left].astype(np.int32),
                _shifted(destinations.ms[left], dtype, bits),
                destinations.leg_ms[left].astype(np.int32),
            ),
            n_columns=len(nodes),
            bits=bits,
        )

    def run(self, n_threads: int) -> Table:
        """Return the table; each thread takes every so-manieth batch."""
        n = len(self.entries.start) - 1
        table = Table.unreached(n, len(self.exits.start) - 1, parts=self.bits > 0)
        batches = range(0, n, LANES) if self.n_columns and len(self.entries.node) else range(0)
        shares = [batches[k::n_threads] for k in range(min(n_threads, len(batches)))]
        if len(shares) <= 1:
            self._share(batches, table)
        else:
            with ThreadPoolExecutor(len(shares)) as pool:
                for done in [pool.submit(self._share, share, table) for share in shares]:
                    done.result()
        return table

    def _share(self, batches: range, table: Table) -> None:
        """Compute some batches, with memory of its own."""
        lanes = min(LANES, 32 * -(-len(table.ms) // 32))
        scratch = make_scratch(self.up, self.down, lanes, UNREACHABLE_MS << self.bits)
        found = np.empty((self.n_columns, lanes), dtype=self.up.value.dtype)
        unreachable = UNREACHABLE_MS << self.bits
        parts = (table.ms, table.access_ms, table.egress_ms)
        for first in batches:
            sweep(self.up, self.entries, first, self.down, self.down_value, self.column, scratch, unreachable, found)
            rows = slice(first, first + lanes)
            leave(found, self.exits, self.bits, UNREACHABLE_MS, *(part[rows] for part in parts))
