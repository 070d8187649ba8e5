"""Door-to-door times of the steppe study against networkx (BSD) on the same graph with the same joins."""

from __future__ import annotations

import json
import statistics
import sys
import time

import networkx as nx
import numpy as np

from geo.read.bundled import bundled_folder
from geo.study import load_study
from geo.study.conditions import Places, join_places, leg_rules, make_seasons, study_network
from geo.study.supply import find_sites
from geo.travel import travel_times
from geo.travel.graph import Offers, SeasonGraph, make_offers
from geo.units import UNREACHABLE_MS

_ROUNDS = 5


def main() -> None:
    """Measure the matrix of all settlements against all sites in the dry season."""
    study = load_study(bundled_folder("studies") / "steppe")
    network = study_network(study)
    season = make_seasons(study, network)[0]
    places, rules = join_places(study, network, (season,), study.settlements, find_sites(study)), leg_rules(study)
    graph = SeasonGraph.of(network, season)
    enter = make_offers(network, places.settlement_joins, season, rules, entering=True)
    leave = make_offers(network, places.site_joins, season, rules, entering=False)
    seconds: dict[str, list[float]] = {"ours": [], "networkx": []}
    p = places
    for _round in range(_ROUNDS):
        begin = time.process_time()
        times = travel_times(network, season, p.settlements, p.settlement_joins, p.sites, p.site_joins, rules)
        middle = time.process_time()
        theirs = _networkx(graph, enter, leave, places)
        seconds["ours"].append(middle - begin)
        seconds["networkx"].append(time.process_time() - middle)
    mine = times.milliseconds
    # networkx knows no legs from door to door and no trips within one edge, which can only be faster.
    if not (mine <= theirs).all() or (mine == theirs).mean() < 0.5:
        raise RuntimeError("ours and networkx disagree")
    ours, peer = (statistics.median(values) for values in seconds.values())
    figures = {"pairs": mine.size, "ours_cpu_s": ours, "networkx_cpu_s": peer, "ratio": peer / ours}
    sys.stdout.write(json.dumps(figures) + "\n")


def _networkx(graph: SeasonGraph, enter: Offers, leave: Offers, places: Places) -> np.ndarray:
    roads: nx.DiGraph = nx.DiGraph()
    arcs = zip(graph.tail.tolist(), graph.head.tolist(), graph.ms.tolist(), strict=True)
    roads.add_weighted_edges_from(arcs)
    offers = zip(enter.point.tolist(), enter.node.tolist(), enter.ms.tolist(), strict=True)
    roads.add_weighted_edges_from((("from", point), node, ms) for point, node, ms in offers)
    result = np.full((len(places.settlements), len(places.sites)), UNREACHABLE_MS, dtype=np.int64)
    exits = list(zip(leave.point.tolist(), leave.node.tolist(), leave.ms.tolist(), strict=True))
    for row in range(len(places.settlements)):
        if ("from", row) not in roads:
            continue
        reached = nx.single_source_dijkstra_path_length(roads, ("from", row))
        for point, node, ms in exits:
            if node in reached:
                result[row, point] = min(result[row, point], reached[node] + ms)
    return result


if __name__ == "__main__":
    main()
