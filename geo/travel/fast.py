"""The contracted hierarchy of a road network in one season."""

from __future__ import annotations

import numpy as np

from geo.compiled import say_if_new
from geo.network.seasons import Season
from geo.network.topology import RoadNetwork
from geo.travel.cache import topology_of
from geo.travel.hierarchy import Hierarchy, Topology
from geo.travel.sweep import sweep
from geo.units import UNREACHABLE_MS


def network_topology(network: RoadNetwork) -> Topology:
    """Return the contracted topology of a network; all seasons, closures and vehicles share it, kept between runs."""
    tail = np.concatenate([network.edge_from, network.edge_to])
    head = np.concatenate([network.edge_to, network.edge_from])
    # Junctions are terminals or not, it hardly matters: there are few along chains and dead ends once roads are split.
    topology = topology_of(network.n_nodes, tail, head, np.empty(0, dtype=np.int64))
    say_if_new(sweep)
    return topology


def weighed(topology: Topology, season: Season) -> Hierarchy:
    """Return the hierarchy of a season over the topology of its network."""
    ahead = np.where(season.forward, season.edge_ms, UNREACHABLE_MS)
    back = np.where(season.backward, season.edge_ms, UNREACHABLE_MS)
    return topology.weigh(np.concatenate([ahead, back]))


def network_hierarchy(network: RoadNetwork, season: Season) -> Hierarchy:
    """Return the hierarchy of a season."""
    return weighed(network_topology(network), season)
