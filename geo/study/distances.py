"""Network distances beside published ones, to tell how good the road data of a study are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.network.seasons import Season
from geo.network.topology import RoadNetwork
from geo.study.conditions import Places
from geo.study.load import StudyData
from geo.units import METRES_PER_KM


def distance_check(study: StudyData, network: RoadNetwork, places: Places, seasons: tuple[Season, ...]) -> pd.DataFrame:
    """Rows of `distance_check`: the shortest way by length between the roads nearest to two settlements.

    Roads that are closed in the study's first season are left out; legs across country are not counted.
    """
    pairs = study.reference_distances
    if not len(pairs) or not network.n_edges:
        return pd.DataFrame()
    usable = ~seasons[0].closed_roads[network.edge_road]
    ends = [network.edge_from[usable], network.edge_to[usable]]
    lengths = network.edge_metres[usable]
    order = np.lexsort((lengths, np.maximum(*ends), np.minimum(*ends)))
    low, high, metres = np.minimum(*ends)[order], np.maximum(*ends)[order], lengths[order]
    first = np.ones(len(low), dtype=bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    graph = csr_array((metres[first], (low[first], high[first])), shape=(network.n_nodes, network.n_nodes))
    known = {settlement_id: i for i, settlement_id in enumerate(places.settlements.ids)}
    rows = []
    for from_id, to_id, published_km, source in _columns(pairs):
        km = np.inf
        if from_id in known and to_id in known:
            start, end = (_nearest_node(network, places, known[i]) for i in (from_id, to_id))
            km = float(dijkstra(graph, directed=False, indices=start)[end]) / METRES_PER_KM
        rows.append(
            {
                "from_id": from_id,
                "to_id": to_id,
                "network_km": km,
                "published_km": published_km,
                "difference_share": km / published_km - 1,
                "source": source,
            }
        )
    return pd.DataFrame(rows)


def _columns(pairs: pd.DataFrame) -> Iterator[tuple[str, str, float, str]]:
    return zip(
        pairs["from_id"].astype(str),
        pairs["to_id"].astype(str),
        pairs["published_km"].astype(float),
        pairs["source"].astype(str),
        strict=True,
    )


def _nearest_node(network: RoadNetwork, places: Places, settlement: int) -> int:
    points = places.settlements
    return int(np.argmin(np.hypot(network.node_x - points.x[settlement], network.node_y - points.y[settlement])))
