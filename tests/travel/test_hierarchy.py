from __future__ import annotations

import numpy as np
import pytest

from geo.travel import cache
from geo.travel.graph import Offers
from geo.travel.hierarchy import Topology
from geo.travel.plain import plain_table
from geo.travel.reduce import Links, reduce_links
from geo.units import UNREACHABLE_MS
from tests.travel.graphs import Graph, all_distances, expected, needs_order, random_graph, random_offers, season_graph

SEEDS = range(25)


@pytest.mark.parametrize("seed", SEEDS)
def test_plain_times_and_legs_are_those_of_the_best_pair_of_offers(seed: int) -> None:
    graph = season_graph(random_graph(seed))
    origins, destinations = random_offers(seed, 9, 60), random_offers(seed + 1000, 7, 60)
    table = plain_table(graph, origins, destinations)
    times = expected(all_distances(graph), origins, destinations)
    for found, wanted in zip((table.ms, table.access_ms, table.egress_ms), times, strict=True):
        np.testing.assert_array_equal(found, wanted)


@needs_order
@pytest.mark.parametrize("seed", SEEDS)
def test_hierarchy_finds_the_same_times_and_legs_in_every_season_with_any_threads(seed: int) -> None:
    graph = random_graph(seed, 40 + 5 * seed)
    n = graph.n_nodes
    topology = Topology.of(n, graph.tail, graph.head, np.arange(0, n, 7))
    origins, destinations = random_offers(seed, 300, n), random_offers(seed + 1000, 20, n)
    for change in (0, 1):
        ms = graph.ms.copy()
        ms[change::9] = UNREACHABLE_MS if change else ms[::9]
        hierarchy = topology.weigh(ms)
        plain = plain_table(season_graph(graph._replace(ms=ms)), origins, destinations)
        for threads in (1, 2):
            table = hierarchy.table(origins, destinations, parts=True, n_threads=threads)
            for name in ("ms", "access_ms", "egress_ms"):
                np.testing.assert_array_equal(getattr(table, name), getattr(plain, name))
            short = hierarchy.table(origins, destinations, n_threads=threads)
            np.testing.assert_array_equal(short.ms, plain.ms)
            assert short.access_ms.size == 0


@needs_order
def test_every_node_may_begin_and_end_trips() -> None:
    graph = random_graph(3, 400)
    everywhere = Offers.at_nodes(np.arange(400))
    topology = Topology.of(400, graph.tail, graph.head, np.empty(0, dtype=int))
    found = topology.weigh(graph.ms).table(everywhere, everywhere).ms
    wanted = all_distances(season_graph(graph))
    np.fill_diagonal(wanted, 0)
    np.testing.assert_array_equal(found, np.where(np.isfinite(wanted), wanted, UNREACHABLE_MS))
    assert (found == UNREACHABLE_MS).any()


@needs_order
def test_the_reverse_direction_is_the_transposed_table_of_the_reversed_graph() -> None:
    graph = random_graph(5, 200)
    some = Offers.at_nodes(np.arange(0, 200, 3))
    there = Topology.of(200, graph.tail, graph.head, some.node).weigh(graph.ms).table(some, some).ms
    back = Topology.of(200, graph.head, graph.tail, some.node).weigh(graph.ms).table(some, some).ms
    np.testing.assert_array_equal(there, back.T)
    assert (there != there.T).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_core_keeps_the_distances_between_terminals(seed: int) -> None:
    graph = season_graph(random_graph(seed, 120))
    terminals = np.random.default_rng(seed).choice(120, 6, replace=False)
    links = Links.of(120, graph.tail, graph.head)
    ms = np.full((len(links.low), 2), UNREACHABLE_MS, dtype=np.int64)
    np.minimum.at(ms.reshape(-1), links.slots(graph.tail, graph.head), graph.ms)
    reduction = reduce_links(links, terminals)
    tail, head, times = reduction.arcs(links, ms)
    small = all_distances(season_graph(Graph(120, tail, head, times)))
    cells = np.ix_(terminals, terminals)
    np.testing.assert_array_equal(small[cells], all_distances(graph)[cells])
    parts = np.concatenate([reduction.core, reduction.dead_ends, reduction.chain_nodes])
    np.testing.assert_array_equal(np.sort(parts), np.arange(120))
    degree = np.bincount(np.concatenate([tail, head]), minlength=120)
    assert set(terminals.tolist()) <= set(reduction.core.tolist())
    assert len(reduction.core) < 120
    assert degree[np.setdiff1d(np.arange(120), reduction.core)].sum() == 0


def test_a_ring_without_terminals_and_a_lone_pair_are_reduced() -> None:
    links = Links.of(7, np.array([0, 1, 2, 3, 5]), np.array([1, 2, 3, 0, 6]))
    reduction = reduce_links(links, np.empty(0, dtype=int))
    assert len(reduction.core) == 2
    assert sorted(reduction.dead_ends.tolist()) in ([4, 5], [4, 6], [4, 5, 6])
    assert len(reduction.chain_nodes) == 3


@needs_order
def test_topologies_are_kept_by_content(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GEO_CACHE", str(tmp_path))
    cache.forget()
    graph = random_graph(1)
    terminals = np.arange(5)
    made = []
    build = Topology.of
    monkeypatch.setattr(Topology, "of", lambda *content: made.append(1) or build(*content))
    first = cache.topology_of(*graph[:3], terminals)
    assert cache.topology_of(*graph[:3], terminals) is first
    cache.forget()
    again = cache.topology_of(*graph[:3], terminals)
    assert again is not first
    np.testing.assert_array_equal(again.up_head, first.up_head)
    assert len(made) == 1
    cache.topology_of(graph.n_nodes, graph.head, graph.tail, terminals)
    assert len(made) == 2
    assert not list(tmp_path.glob("*.part"))


@needs_order
def test_a_damaged_file_is_made_again(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("GEO_CACHE", str(tmp_path))
    cache.forget()
    graph = random_graph(2)
    first = cache.topology_of(*graph[:3], np.arange(3))
    (kept,) = tmp_path.glob("topology-*.npz")
    kept.write_bytes(kept.read_bytes()[:100])
    cache.forget()
    np.testing.assert_array_equal(cache.topology_of(*graph[:3], np.arange(3)).rank, first.rank)
    assert kept.stat().st_size > 100


@needs_order
def test_a_folder_that_cannot_be_written_is_no_reason_to_stop(tmp_path, monkeypatch, caplog) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GEO_CACHE", str(tmp_path / "file" / "folder"))
    cache.forget()
    graph = random_graph(4)
    assert cache.topology_of(*graph[:3], np.arange(3)) is not None
    assert "could not be kept" in caplog.text
