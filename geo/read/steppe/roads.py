"""Roads of the synthetic steppe: streets, main roads, links to the villages, a few loops, and steppe tracks."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.read.steppe.network import Crossing, Network, Road
from geo.read.steppe.places import Place
from geo.read.steppe.plan import PLANNED, PRIMARY_LEGS, TRUNK_LEGS, Link, Point
from geo.read.steppe.shapes import Coordinates, bent_line, crossings, curve_through, distance_km, distances_km

_BLOCK_KM: Final = 0.17
#: Usual amplitudes of a road's bends, as shares of its length, from the widest wave to the narrowest.
_BENDS: Final = np.array([0.030, 0.022, 0.014, 0.009, 0.006])
#: A river crossing counts as this many km when the way of a link is chosen.
_RIVER_KM: Final = 14.0
#: A link to one certain place has few ways: each is tried as often, bent anew.
_TRIES_TO_PLACE: Final = 15
_N_LOOPS: Final = 18
_N_TRACKS: Final = 26
_PLANTED_CROSSING: Final[dict[Link, Crossing]] = {"ford": "ford", "winter": "ice"}
#: Highest class first: the main street of a settlement takes the class of its best road.
_CLASSES: Final = ("trunk", "primary", "secondary", "tertiary", "unclassified", "track")


@dataclass
class RoadPlan:
    """Everything the laying of roads needs and produces.

    Parameters
    ----------
    places
        Settlements, in the order of their codes.
    rivers
        Polylines of the large rivers in plan km.
    gates
        Per settlement the nodes where roads may enter it.
    joined
        Settlements that have a road.
    """

    places: list[Place]
    rivers: list[Coordinates]
    rng: np.random.Generator
    network: Network = field(default_factory=Network)
    gates: list[list[int]] = field(default_factory=list)
    joined: set[int] = field(default_factory=set)

    def number_of(self, code: str) -> int:
        """Return the number of the settlement of a planned code."""
        return next(k for k, place in enumerate(self.places) if place.code == code)

    def joinable(self) -> npt.NDArray[np.int64]:
        """Return the nodes where a new road may end: on unprotected roads, and at the gates of joined settlements."""
        nodes = {n for k in self.joined if not self.places[k].shield_km for n in self.gates[k]}
        for road in self.network.roads:
            if road.purpose != "street" and not road.protected:
                nodes.update(road.nodes)
        return np.array(sorted(nodes), dtype=np.int64)

    def n_rivers_crossed(self, line: Coordinates) -> int:
        """Count how often a line crosses a large river."""
        return sum(len(crossings(line, river[:-1], river[1:])) for river in self.rivers)

    def rivers_between(self, point: Point, spots: Coordinates) -> list[int]:
        """Count the large rivers' crossings on the straight lines from a point to (n, 2) spots."""
        starts = np.broadcast_to(np.array(point), spots.shape)
        counts = np.zeros(len(spots), dtype=int)
        for river in self.rivers:
            np.add.at(counts, [spot for _, _, spot, _ in crossings(river, starts, spots)], 1)
        return [int(n) for n in counts]

    def shielded(self, line: Coordinates, exempt: set[int]) -> bool:
        """Say whether a line comes too near to a settlement that must stay off other roads."""
        return any(
            place.shield_km > 0 and k not in exempt and distances_km(place.at, line).min() < place.shield_km
            for k, place in enumerate(self.places)
        )


def lay_roads(places: list[Place], rivers: list[Coordinates], seed: int) -> RoadPlan:
    """Lay all roads, streets first, and return them with the gates of the settlements."""
    plan = RoadPlan(places, rivers, np.random.Generator(np.random.PCG64([seed, 3])))
    for number in range(len(places)):
        _lay_streets(plan, number)
    _lay_main(plan, TRUNK_LEGS, "trunk")
    _lay_main(plan, PRIMARY_LEGS, "primary")
    _link_planted(plan, to_places=True)
    _link_all(plan, [k for k, p in enumerate(places) if p.kind == "okrug"])
    plan.joined |= {plan.number_of(planned.code) for planned in PLANNED if planned.link_to}
    _link_planted(plan, to_places=False)
    _link_all(plan, [k for k, p in enumerate(places) if p.kind == "village"])
    _lay_ferry(plan)
    _lay_loops(plan)
    _link_all(plan, [k for k, p in enumerate(places) if p.kind == "camp"])
    _lay_tracks(plan)
    _rank_main_streets(plan)
    return plan


def _grid_size(persons: int) -> tuple[int, int]:
    """Return rows and columns of a settlement's street grid; odd, so that there is a main street."""
    for least, size in ((5000, (7, 9)), (1500, (5, 7)), (600, (5, 5)), (300, (3, 5)), (60, (1, 3))):
        if persons >= least:
            return size
    return (1, 1)


def _lay_streets(plan: RoadPlan, number: int) -> None:
    """Lay the street grid of one settlement; its gates are the ends of the two main streets."""
    place, network = plan.places[number], plan.network
    n_rows, n_columns = _grid_size(place.persons)
    angle = float(plan.rng.uniform(0, math.pi / 2))
    across, up = np.array([math.cos(angle), math.sin(angle)]), np.array([-math.sin(angle), math.cos(angle)])
    nodes = [
        [
            network.add_node(
                tuple(np.array(place.at) + _BLOCK_KM * ((c - n_columns // 2) * across + (r - n_rows // 2) * up))
            )
            for c in range(n_columns)
        ]
        for r in range(n_rows)
    ]
    chains = [*nodes, *(list(column) for column in zip(*nodes, strict=True))]
    for chain in chains:
        if len(chain) > 1:
            network.roads.append(Road(chain, "residential", "street", number))
    middle_row, middle_column = nodes[n_rows // 2], [row[n_columns // 2] for row in nodes]
    ends = [middle_row[0], middle_row[-1], middle_column[0], middle_column[-1]]
    plan.gates.append(sorted(set(ends)) if n_rows > 1 else sorted({middle_row[0], middle_row[-1]}))


def _nearest_gate(plan: RoadPlan, number: int, toward: Point) -> int:
    """Return the gate of a settlement nearest to a point."""
    return min(plan.gates[number], key=lambda node: distance_km(plan.network.point(node), toward))


def _lay_main(plan: RoadPlan, legs: tuple[tuple[str | Point, ...], ...], highway: str) -> None:
    """Lay a main road along its way points; it runs through what it meets."""
    nodes_at: dict[Point, int] = {}
    for road in plan.network.roads:
        if road.purpose == "main":
            nodes_at.update({plan.network.point(n): n for n in (road.nodes[0], road.nodes[-1])})
    for leg in legs:
        rough = [plan.places[plan.number_of(stop)].at if isinstance(stop, str) else stop for stop in leg]
        ends: list[int] = []
        for stop, toward in ((leg[0], rough[1]), (leg[-1], rough[-2])):
            if isinstance(stop, str):
                number = plan.number_of(stop)
                plan.joined.add(number)
                ends.append(_nearest_gate(plan, number, toward))
            else:
                if stop not in nodes_at:
                    nodes_at[stop] = plan.network.add_node(stop)
                ends.append(nodes_at[stop])
        points = [plan.network.point(ends[0]), *rough[1:-1], plan.network.point(ends[1])]
        road = Road([], highway, "main", -1)
        plan.joined |= plan.network.add_through(curve_through(points), (ends[0], ends[1]), road)


def _link_all(plan: RoadPlan, numbers: list[int]) -> None:
    """Link settlements to the roads, the nearest first, so that roads grow outwards like branches."""
    waiting = [k for k in numbers if k not in plan.joined]
    while waiting:
        spots = plan.network.points[plan.joinable()]
        number = min(waiting, key=lambda k: float(distances_km(plan.places[k].at, spots).min()))
        waiting.remove(number)
        place = plan.places[number]
        highway = {"okrug": "secondary", "village": "unclassified", "camp": "track"}[place.kind]
        if place.kind == "village" and place.persons >= 280:
            highway = "tertiary"
        _link(plan, number, Road([], highway, "track" if place.kind == "camp" else "link", number))


def _link(plan: RoadPlan, number: int, road: Road, to: int = -1, far_bank: bool = False) -> None:
    """Lay the link of one settlement along the best way that crosses nothing it must not.

    Parameters
    ----------
    plan, number, road
        The plan, the settlement, and the road to lay.
    to
        Settlement where the link must end; it may have no road yet, so that neither counts as joined. -1 = anywhere.
    far_bank
        The link must cross a large river.
    """
    joinable = plan.joinable() if to < 0 else np.array(plan.gates[to], dtype=np.int64)
    early_ends = joinable if to < 0 and not far_bank else joinable[:0]
    exempt = {number, to}
    n_tries = 1 if to < 0 else _TRIES_TO_PLACE
    for gate, target in _ways(plan, number, joinable, far_bank) * n_tries:
        start, end = plan.network.point(gate), plan.network.point(target)
        line = _best_line(plan, start, end)
        if far_bank and plan.n_rivers_crossed(line) != 1:
            continue
        if not plan.shielded(line, exempt) and plan.network.add_until_met(
            line, (gate, target), road, early_ends, may_meet=to < 0 and not far_bank
        ):
            if to < 0:
                plan.joined.add(number)
            return
    raise ValueError(f"no way for a road to {plan.places[number].settlement_id}; try another seed")


def _ways(plan: RoadPlan, number: int, joinable: npt.NDArray[np.int64], far_bank: bool) -> list[tuple[int, int]]:
    """Return pairs of gate and target node, the most promising first."""
    place = plan.places[number]
    hub = next(p for p in plan.places if p.okrug_id == place.okrug_id)
    spots = plan.network.points[joinable]
    reach = distances_km(place.at, spots)
    order = np.argsort(reach + 0.25 * distances_km(hub.at, spots), kind="stable")
    scored: list[tuple[float, int, int]] = []
    nearby = order[:300].tolist() + order[300 :: 3 if far_bank else 12].tolist()
    between = plan.rivers_between(place.at, spots[nearby])
    for k, n_rivers in zip(nearby, between, strict=True):
        target = int(joinable[k])
        point = plan.network.point(target)
        if far_bank and n_rivers != 1:
            continue
        cost = reach[k] + 0.25 * distance_km(point, hub.at) + (0.0 if far_bank else _RIVER_KM * n_rivers)
        scored.append((round(float(cost), 6), _nearest_gate(plan, number, point), target))
    return [(gate, target) for _, gate, target in sorted(scored)]


def _best_line(plan: RoadPlan, start: Point, end: Point) -> Coordinates:
    """Draw a few lines and return the one that crosses large rivers least."""
    lines = [bent_line(start, end, _BENDS * plan.rng.normal(size=len(_BENDS))) for _ in range(4)]
    return min(lines, key=plan.n_rivers_crossed)


def _link_planted(plan: RoadPlan, *, to_places: bool) -> None:
    """Lay the links of the planted villages, those to a certain place or the others; no other road may touch them."""
    for planned in PLANNED:
        number = plan.number_of(planned.code)
        if planned.kind != "village" or (planned.link == "usual" and not planned.link_to):
            continue
        if to_places != bool(planned.link_to):
            continue
        highway = "track" if planned.link == "winter" else "unclassified"
        crossing = _PLANTED_CROSSING.get(planned.link, "usual")
        road = Road([], highway, "link", number, True, crossing)
        if planned.link == "gap":
            road.earth_km = (7.2, 8.6)
        if planned.link == "winter":
            road.tags = {"winter_road": "yes"}
        to = plan.number_of(planned.link_to) if planned.link_to else -1
        _link(plan, number, road, to, far_bank=planned.link in ("ford", "winter"))


def _lay_ferry(plan: RoadPlan) -> None:
    """Lay the road of the planted ferry: from its village across the river to the trunk road."""
    number = plan.number_of("ferry")
    _link(plan, number, Road([], "unclassified", "loop", number, True, "ferry"), far_bank=True)


def _lay_loops(plan: RoadPlan) -> None:
    """Join neighbours whose way by road is much longer than the straight line, the worst first."""
    numbers = [
        k for k, p in enumerate(plan.places) if p.kind in ("okrug", "village") and not p.shield_km and k in plan.joined
    ]
    for turn in range(_N_LOOPS):
        highway = ("unclassified", "track", "track")[turn % 3]
        gates = [plan.gates[k][0] for k in numbers]
        by_road = plan.network.distances_from(gates)[:, gates]
        scored = []
        for i, one in enumerate(numbers):
            for j, other in enumerate(numbers[:i]):
                gap = distance_km(plan.places[one].at, plan.places[other].at)
                if 6.0 < gap < 30.0 and by_road[i, j] > 1.8 * gap:
                    scored.append((round(-float(by_road[i, j]) / gap, 6), one, other))
        for _, one, other in sorted(scored)[:25]:
            if _lay_between(plan, one, other, Road([], highway, "loop", one)):
                break


def _lay_tracks(plan: RoadPlan) -> None:
    """Lay steppe tracks between random neighbours."""
    numbers = [k for k, p in enumerate(plan.places) if not p.shield_km]
    laid = 0
    for _ in range(40 * _N_TRACKS):
        one, other = (int(k) for k in plan.rng.choice(numbers, size=2, replace=False))
        gap = distance_km(plan.places[one].at, plan.places[other].at)
        if 8.0 < gap < 20.0:
            laid += _lay_between(plan, one, other, Road([], "track", "track", one))
        if laid == _N_TRACKS:
            return


def _lay_between(plan: RoadPlan, one: int, other: int, road: Road) -> bool:
    """Lay a road between two settlements if it crosses no large river and nothing it must not."""
    start = _nearest_gate(plan, one, plan.places[other].at)
    end = _nearest_gate(plan, other, plan.places[one].at)
    line = _best_line(plan, plan.network.point(start), plan.network.point(end))
    if plan.n_rivers_crossed(line) or plan.shielded(line, {one, other}):
        return False
    return plan.network.add_until_met(line, (start, end), road, plan.joinable())


def _rank_main_streets(plan: RoadPlan) -> None:
    """Give the main streets of each settlement the class of the best road that enters it."""
    for number in range(len(plan.places)):
        gates = set(plan.gates[number])
        entering = [r.highway for r in plan.network.roads if r.purpose != "street" and gates & set(r.nodes)]
        best = min((c for c in entering if c != "track"), key=_CLASSES.index, default="")
        for road in plan.network.roads:
            if best and road.purpose == "street" and road.place == number and {road.nodes[0], road.nodes[-1]} <= gates:
                road.highway = best
