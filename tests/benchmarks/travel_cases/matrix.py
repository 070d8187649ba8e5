"""One side of the comparison of matrices, in a process of its own: ours and scipy's Dijkstra in turn, one graph.

``python -m tests.benchmarks.travel_cases.matrix GRAPH.npz N_SOURCES N_CHECKED OUT.npz`` prints one JSON object and
writes what the other peers get: the reduced graph, and rows of our table to compare with.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.travel import cache
from geo.travel.graph import Offers
from geo.travel.hierarchy import Topology
from geo.travel.reduce import Links, reduce_links
from geo.units import UNREACHABLE_MS
from tests.benchmarks.travel_cases.graphs import NodeGraph, load_graph

_ROUNDS = 5

Ints = npt.NDArray[np.int64]


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds that a call took by the clock on the wall, and its result."""
    begin = time.perf_counter()
    result = call()
    return time.perf_counter() - begin, result


def scipy_rows(graph: NodeGraph, ms: Ints, sources: Ints) -> tuple[float, Ints]:
    """Return the seconds per source of scipy's Dijkstra, and the times to all terminals."""
    n = int(graph.n_nodes)
    use = ms < UNREACHABLE_MS
    order = np.lexsort((ms[use], graph.head[use], graph.tail[use]))
    tail, head, weights = graph.tail[use][order], graph.head[use][order], ms[use][order]
    first = np.ones(len(tail), dtype=bool)
    first[1:] = (np.diff(tail) != 0) | (np.diff(head) != 0)
    # Weights of zero are raised to one: scipy would keep them, other peers would not.
    matrix = csr_array((np.maximum(weights[first], 1).astype(float), (tail[first], head[first])), shape=(n, n))
    rows, seconds = [], []
    for source in sources.tolist():
        one, distance = timed(partial(dijkstra, matrix, indices=source))
        seconds.append(one)
        rows.append(np.where(np.isfinite(distance), distance, UNREACHABLE_MS)[graph.terminals].astype(np.int64))
    return statistics.median(seconds), np.array(rows)


def main(path: str, n_sources: int, n_checked: int, out: str) -> None:
    """Measure, check, and print."""
    graph = load_graph(Path(path))
    dry, thaw = (np.where(ms == 0, 1, ms) for ms in (graph.dry, graph.thaw))
    _compile()
    n, places = int(graph.n_nodes), Offers.at_nodes(graph.terminals)
    figures: dict[str, Any] = {"n_nodes": n, "n_arcs": len(graph.tail), "n_terminals": len(graph.terminals)}
    content = (n, graph.tail, graph.head, graph.terminals)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GEO_CACHE"] = folder
        figures["topology_s"], topology = timed(lambda: cache.topology_of(*content))
        cache.forget()
        figures["reload_s"], topology = timed(lambda: cache.topology_of(*content))
    rng = np.random.default_rng(1)
    sources = rng.choice(len(graph.terminals), min(n_sources, len(graph.terminals)), replace=False)
    rounds: dict[str, list[float]] = {name: [] for name in ("scipy", "weigh", "season", "one", "two")}
    for share in np.array_split(sources, _ROUNDS):
        rounds["scipy"].append(scipy_rows(graph, dry, graph.terminals[share])[0])
        seconds, hierarchy = timed(lambda: topology.weigh(dry))
        rounds["weigh"].append(seconds)
        rounds["season"].append(timed(lambda: topology.weigh(thaw))[0])
        rounds["one"].append(timed(partial(hierarchy.table, places, places))[0])
        seconds, table = timed(partial(hierarchy.table, places, places, n_threads=2))
        rounds["two"].append(seconds)
    median = {name: statistics.median(values) for name, values in rounds.items()}
    scipy_s = median["scipy"] * len(graph.terminals)
    figures |= {
        "scipy_s_per_source": median["scipy"],
        "n_scipy_sources": len(sources),
        "weigh_s": median["weigh"],
        "table_1_thread_s": median["one"],
        "table_2_threads_s": median["two"],
        "ratio_1_core": scipy_s / (median["weigh"] + median["one"]),
        "ratio_2_threads": scipy_s / (median["weigh"] + median["two"]),
        "season_share_of_scipy_percent": 100 * median["season"] / scipy_s,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    checked = rng.choice(len(graph.terminals), min(n_checked, len(graph.terminals)), replace=False)
    figures["n_checked_rows"], figures["n_wrong_cells"] = len(checked), 0
    for ms in (dry, thaw):
        found = topology.weigh(ms).table(places, places).ms
        wanted = scipy_rows(graph, ms, graph.terminals[checked])[1]
        figures["n_wrong_cells"] += int((found[checked] != wanted).sum())
    figures["threads_differ"] = bool((hierarchy.table(places, places).ms != table.ms).any())
    _write_core(graph, dry, table.ms, checked, Path(out))
    sys.stdout.write(json.dumps(figures) + "\n")


def _compile() -> None:
    """Call everything once, so that compiling is not measured."""
    ring = (3, np.array([0, 1, 2]), np.array([1, 2, 0]), np.array([0]))
    places = Offers.at_nodes(np.array([0, 2]))
    Topology.of(*ring).weigh(np.array([1, 1, 1])).table(places, places, n_threads=2)


def _write_core(graph: NodeGraph, ms: Ints, table: npt.NDArray[np.int32], checked: Ints, out: Path) -> None:
    """Write the reduced graph for peers that are compared on it, with some rows of our table."""
    links = Links.of(int(graph.n_nodes), graph.tail, graph.head)
    weights = np.full((len(links.low), 2), UNREACHABLE_MS, dtype=np.int64)
    slot = links.slots(graph.tail, graph.head)
    np.minimum.at(weights.reshape(-1), slot[slot >= 0], ms[slot >= 0])
    reduction = reduce_links(links, graph.terminals)
    tail, head, times = reduction.arcs(links, weights)
    place = np.full(int(graph.n_nodes), -1)
    place[reduction.core] = np.arange(len(reduction.core))
    np.savez(
        out,
        tail=place[tail],
        head=place[head],
        ms=times,
        lon=graph.lon[reduction.core],
        lat=graph.lat[reduction.core],
        terminals=place[graph.terminals],
        rows=checked,
        expected=table[checked],
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
