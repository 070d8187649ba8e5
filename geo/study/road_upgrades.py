"""Roads of a scenario: other surfaces, bridges, roads kept open, on the same junctions and lines as the study's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from geo.errors import Fault
from geo.language import gettext as _
from geo.network.topology import RoadNetwork
from geo.study.config import STUDY_FILE, Scenario, StudyConfig

#: What an upgrade may say of a road, as the road table calls it.
_ATTRIBUTES = ("road_category", "surface", "condition")


def with_upgrades(network: RoadNetwork, scenario: Scenario) -> RoadNetwork:
    """Return a network whose roads are as a scenario has them; of several upgrades of a road the last one counts.

    Junctions and lines are shared with the network given, so that its joins and its contracted topology serve both.
    """
    if not scenario.upgrade_roads:
        return network
    roads = network.roads.copy()
    for upgrade in scenario.upgrade_roads:
        chosen = roads.index.isin(upgrade.roads)
        for name in _ATTRIBUTES:
            value = getattr(upgrade, name)
            if value is not None:
                roads.loc[chosen, name] = value
        if upgrade.bridge:
            roads.loc[chosen, "ford"] = False
            roads.loc[chosen, "bridge"] = True
        if upgrade.all_year:
            roads.loc[chosen, ["winter_road", "flood_prone"]] = False
            roads.loc[chosen, ["closed_seasons", "open_months"]] = None
    return replace(network, roads=roads)


def kept_open(scenario: Scenario) -> set[str]:
    """Return the roads that an upgrade keeps open all year, whatever the table of closures says."""
    return {road for upgrade in scenario.upgrade_roads if upgrade.all_year for road in upgrade.roads}


def check_scenario_roads(roads: pd.DataFrame, config: StudyConfig) -> list[Fault]:
    """Refuse scenarios and packages of roads that do not exist: they would change nothing, and nobody would see why."""
    known = set(roads.index)
    faults = []
    for scenario in config.scenario:
        title = f'[[scenario]] "{scenario.name}"'
        faults += _unknown(scenario.close_roads, known, f"{title}: close_roads")
        for number, upgrade in enumerate(scenario.upgrade_roads, start=1):
            faults += _unknown(upgrade.roads, known, f"{title}: upgrade_roads[{number}].roads")
    for number, road in enumerate(() if config.provision is None else config.provision.road, start=1):
        faults += _unknown(road.roads, known, f"[[provision.road]] {number}: roads")
    return faults


def _unknown(ids: Iterable[str], known: set[str], place: str) -> list[Fault]:
    remedy = _("Use codes of the roads as in table roads (edge_id), or w and the way's number from OpenStreetMap.")
    return [
        Fault(STUDY_FILE, 0, place, "unknown-road", _("There is no road “{road}”.").format(road=road), remedy)
        for road in ids
        if road not in known
    ]
