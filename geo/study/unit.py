"""Run one unit: every service's plans, all tables and layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.read.proposals import Proposal
from geo.siting.solution import SitingSolution
from geo.siting.solve import solve
from geo.study import tabulate
from geo.study.compliance.tables import norm_tables
from geo.study.config import ServiceConfig
from geo.study.diagnosis.tables import Planned, diagnosis_tables
from geo.study.load import StudyData
from geo.study.manifest import make_manifest
from geo.study.naming import show_settlements, show_sites
from geo.study.plans import UnitService, unit_service
from geo.study.prepare import BASE_SCENARIO, Prepared, far_from_roads, runnable_units, unmapped_units
from geo.study.programme.parts import programme_tables
from geo.study.programme.planned import PlannedUnit
from geo.study.proposal import Proposed, in_manifest, proposed_plan
from geo.study.reach import unit_reach
from geo.study.recommend import chosen_share, recommendations
from geo.study.result import BASELINE, HEADLINE, PROPOSAL, WHOLE_STUDY, StudyResult, no_routes
from geo.study.road_effects import edge_criticality, scenario_effects
from geo.study.transport import plan_transport
from geo.study.whatif import WhatIf, what_if
from geo.tables import OUTPUT_TABLES
from geo.tables.check import WGS84
from geo.units import METRES_PER_KM


@dataclass(frozen=True)
class _Found:
    """What was found for the services of a unit, one service after the other.

    Parameters
    ----------
    rows
        Rows by table.
    planned
        Every service with its plans.
    playable
        Per service, what a reader may ask of the page.
    proposed
        What comes of a proposal, for the services that it speaks of.
    actions
        Per service, its sites with what is done to each.
    courses
        Routes of buses; the first, empty, gives the columns.
    """

    rows: dict[str, list[pd.DataFrame]] = field(default_factory=lambda: {name: [] for name in OUTPUT_TABLES})
    planned: list[Planned] = field(default_factory=list)
    playable: dict[str, WhatIf] = field(default_factory=dict)
    proposed: dict[str, Proposed] = field(default_factory=dict)
    actions: list[gpd.GeoDataFrame] = field(default_factory=list)
    courses: list[gpd.GeoDataFrame] = field(default_factory=lambda: [no_routes()])

    def add(self, tables: Mapping[str, pd.DataFrame]) -> None:
        """Add rows to tables."""
        for name, frame in tables.items():
            self.rows[name].append(frame)

    def table(self, name: str) -> pd.DataFrame:
        """Return a table of the rows so far."""
        return tabulate.typed(name, _stack(self.rows[name]))


def run_unit(prepared: Prepared, unit_id: str, proposal: Proposal | None = None, *, draft: bool = False) -> StudyResult:
    """Run one unit, and measure a proposal about it beside the plans.

    A draft leaves out what takes longest and a first map can do without: the best plans beside a proposal tried on the
    map, areas and roads by nearest facility, alternatives to the headline plan, and the tables `edge_criticality`,
    `group_access`, `equity`, `rollups`, `interventions` and `transfer_need`.
    """
    study = prepared.study
    settlements = _unit_settlements(study, unit_id)
    sites = _visible_sites(prepared, unit_id)
    found = _of_services(prepared, unit_id, settlements, sites, proposal, draft=draft)
    unit = PlannedUnit(prepared, unit_id, settlements, sites, found.planned, {})
    tables = _tables(unit, found, draft=draft)
    named = show_settlements(settlements, study.boundaries)
    roads = _visible_roads(prepared, unit_id)
    boundary = study.units if unit_id == WHOLE_STUDY else study.units.loc[[unit_id]]
    return StudyResult(
        config=study.config,
        unit_id=unit_id,
        unit_name=unit_names(study, unit_id),
        norms=study.siting_norms,
        settlements=named.assign(nearest_road_km=prepared.legs["length_km"].reindex(settlements.index)),
        sites=_shown_sites(study, found.actions, named),
        roads=roads,
        legs=prepared.legs[prepared.legs["settlement_id"].isin(settlements.index)],
        boundary=boundary,
        neighbours=study.units.iloc[:0] if unit_id == WHOLE_STUDY else study.units.drop(index=unit_id),
        waters=study.waters,
        hazards=study.hazards,
        tables=tables,
        sources=study.sources,
        manifest=make_manifest(study, unit_id, unmapped_units(prepared)) | in_manifest(proposal),
        what_if=found.playable,
        routes=_layers(found.courses),
        proposal=found.proposed,
        reach=None if draft else unit_reach(prepared, found.planned, roads, boundary),
        areas={str(area): names_by_language(row, str(area)) for area, row in study.boundaries.iterrows()},
        elsewhere=_elsewhere(study, settlements, tables),
    )


def _elsewhere(
    study: StudyData, settlements: gpd.GeoDataFrame, tables: Mapping[str, pd.DataFrame]
) -> dict[str, dict[str, str]]:
    """Return the names of neighbours' settlements that a programme would harm, each with the name of its unit."""
    named = {*tables["programme_losers"]["settlement_id"], *tables["closure_refusals"]["harmed_settlement_id"]}
    found = {}
    for code in sorted((named & set(study.settlements.index)) - set(settlements.index)):
        row = study.settlements.loc[code]
        own, unit = names_by_language(row, code), unit_names(study, str(row["unit_id"]))
        found[code] = {language: f"{name} ({unit[language]})" for language, name in own.items()}
    return found


def _of_services(
    prepared: Prepared,
    unit_id: str,
    settlements: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    proposal: Proposal | None,
    *,
    draft: bool,
) -> _Found:
    """Plan every service, and measure the proposal where it speaks of the service."""
    unit_times = tabulate.UnitTimes(
        times=prepared.times[BASE_SCENARIO],
        nearest_road_km=prepared.legs["length_km"],
        joined=prepared.joined,
    )
    found = _Found()
    for service in prepared.study.config.service:
        part = _part(prepared, service, unit_id, settlements, sites, BASE_SCENARIO)
        plans = part.plans(alternatives=not draft)
        playable = WhatIf(part.problem) if draft else what_if(part)
        found.playable[service.name] = playable
        if proposal is not None and service.name in proposal.services:
            plans[PROPOSAL], found.proposed[service.name] = proposed_plan(part, proposal, playable)
        found.planned.append((part, plans))
        own = _service_tables(prepared, part, plans, unit_times, unit_id)
        buses = plan_transport(prepared, part, plans[HEADLINE])
        found.add({**own, **buses.tables})
        found.courses.append(buses.routes)
        found.actions.append(_site_actions(sites[sites["service"] == service.name], own["recommendations"]))
    return found


def _tables(unit: PlannedUnit, found: _Found, *, draft: bool) -> dict[str, pd.DataFrame]:
    """Return every table of a unit: those of its services, those across services, and those of a programme."""
    prepared, settlements = unit.prepared, unit.settlements
    found.add(norm_tables(prepared, settlements, unit.sites))
    so_far = {name: found.table(name) for name in ("access_settlement", "norm_gaps")}
    planned = [] if draft else found.planned
    # These tables have no rows of services: they replace what is there.
    found.rows.update(diagnosis_tables(prepared, unit.unit_id, settlements, planned, so_far))
    faults = (*prepared.study.faults, *far_from_roads(prepared, settlements))
    found.add({"data_quality": pd.DataFrame([fault.__dict__ for fault in faults])})
    found.add({"distance_check": prepared.distances})
    if not draft:
        found.add({"edge_criticality": edge_criticality(prepared, settlements)})
    tables = {name: found.table(name) for name in found.rows}
    tables["before_after"] = tabulate.typed("before_after", tabulate.before_after(tables["access_district"]))
    if draft:
        return tables
    programme = programme_tables(replace(unit, tables=tables))
    return tables | {name: tabulate.typed(name, frame) for name, frame in programme.items()}


def _shown_sites(study: StudyData, actions: list[gpd.GeoDataFrame], named: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the sites of all services as pages show them, called after settlements of the unit and around it."""
    around = study.settlements.drop(index=named.index)
    known = pd.concat([named, around]) if len(around) else named
    sites = gpd.GeoDataFrame(pd.concat(actions, ignore_index=True), geometry="geometry", crs=WGS84)
    return show_sites(sites, known, study.config)


def unit_names(study: StudyData, unit_id: str) -> dict[str, str]:
    """Return a unit's names by language; the whole study has the study's title."""
    if unit_id == WHOLE_STUDY:
        title = study.config.study.title
        return {language: title.in_language(language) for language in ("en", "ru", "kk")}
    return names_by_language(study.units.loc[unit_id], unit_id)


def names_by_language(row: pd.Series, code: str) -> dict[str, str]:
    """Return the names of an area; a missing one falls back to another, and to its code."""
    own = {language: row[f"name_{language}"] for language in ("en", "ru", "kk")}
    fallback = next((name for name in own.values() if isinstance(name, str)), code)
    return {language: name if isinstance(name, str) else fallback for language, name in own.items()}


def _stack(frames: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame.astype("object") for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


def _layers(layers: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Return layers as one; the first, empty, gives the columns where the others have no row."""
    filled = [layer for layer in layers if len(layer)]
    return gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), crs=WGS84) if filled else layers[0]


def _unit_settlements(study: StudyData, unit_id: str) -> gpd.GeoDataFrame:
    if unit_id == WHOLE_STUDY:
        return study.settlements
    return study.settlements[study.settlements["unit_id"] == unit_id]


def _visible_sites(prepared: Prepared, unit_id: str) -> gpd.GeoDataFrame:
    """Return candidates inside the unit, and facilities inside it or within the buffer around it."""
    study, sites = prepared.study, prepared.sites
    if unit_id == WHOLE_STUDY:
        return sites.assign(in_unit=True)
    shape = study.units.geometry.to_crs(study.crs)[unit_id]
    near = sites.geometry.to_crs(study.crs).distance(shape) <= study.config.network.buffer_km * METRES_PER_KM
    in_unit = sites["unit_id"] == unit_id
    visible = in_unit | ((sites["kind"] == "existing") & near)
    shown = sites[visible].copy()
    shown["in_unit"] = in_unit[visible]
    # A unit decides about its own facilities only.
    shown["closable"] &= shown["in_unit"]
    return shown


def _visible_roads(prepared: Prepared, unit_id: str) -> gpd.GeoDataFrame:
    """Return the roads the unit sees, with the seasons in which each is closed."""
    study = prepared.study
    roads = study.roads.copy()
    for season in prepared.seasons:
        roads[f"closed_{season.name}"] = season.closed_roads
    if unit_id == WHOLE_STUDY:
        return roads
    shape = study.units.geometry.to_crs(study.crs)[unit_id]
    window = shape.buffer(study.config.network.buffer_km * METRES_PER_KM)
    shapely.prepare(window)
    return roads[shapely.intersects(window, roads.geometry.to_crs(study.crs).to_numpy())]


def _part(
    prepared: Prepared,
    service: ServiceConfig,
    unit_id: str,
    settlements: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    scenario: str,
) -> UnitService:
    serving = sites[(sites["service"] == service.name) & sites["serves"]].reset_index(drop=True)
    n_added = service.open
    if unit_id == WHOLE_STUDY and n_added is not None:
        n_added = service.open_all if service.open_all is not None else n_added * (len(runnable_units(prepared)) - 1)
    return unit_service(
        prepared.study.config,
        service,
        prepared.study.siting_norms[service.name],
        settlements,
        prepared.assessed.reindex(settlements.index).to_numpy(dtype=bool),
        serving,
        prepared.times[scenario],
        n_added,
    )


def _service_tables(
    prepared: Prepared,
    part: UnitService,
    plans: Mapping[str, SitingSolution],
    unit_times: tabulate.UnitTimes,
    unit_id: str,
) -> dict[str, pd.DataFrame]:
    headline = plans[HEADLINE]
    scenarios, share = _scenarios(prepared, part, headline, unit_id)
    tables = {
        "access_settlement": [tabulate.access_settlement(part, BASELINE, headline, unit_times)],
        "access_district": [tabulate.access_district(part, plans, prepared.study.config.siting.cap_minutes)],
        "plans": [tabulate.plan_rows(part, plans)],
        "recommendations": [recommendations(part, headline, share)],
        "losers": [tabulate.losers(part, plans)],
        "scenarios": [scenarios],
        "scenario_effects": [scenario_effects(prepared, part)],
    }
    if headline.status != "infeasible":
        tables["access_settlement"].append(tabulate.access_settlement(part, HEADLINE, headline, unit_times))
        tables["assignment"] = [tabulate.assignment(part, headline)]
    if PROPOSAL in plans:
        tables["access_settlement"].append(tabulate.access_settlement(part, PROPOSAL, plans[PROPOSAL], unit_times))
    return {name: _stack(frames) for name, frames in tables.items()}


def _scenarios(
    prepared: Prepared, part: UnitService, headline: SitingSolution, unit_id: str
) -> tuple[pd.DataFrame, dict[str, float] | None]:
    """Solve the headline problem under every scenario; return the rows and how often each headline site is chosen."""
    if not prepared.study.config.scenario or headline.status == "infeasible":
        return pd.DataFrame(), None
    ids = part.problem.site_ids
    own = {ids[site] for site in headline.opened}
    rows = [_scenario_row(part, BASE_SCENARIO, headline, own)]
    chosen = [own]
    sites = part.sites.copy()
    for scenario in prepared.study.config.scenario:
        changed = _part(prepared, part.service, unit_id, part.settlements, sites, scenario.name)
        solution = solve(changed.problem)
        rows.append(_scenario_row(changed, scenario.name, solution, own))
        chosen.append({ids[site] for site in solution.opened})
    return pd.DataFrame(rows), chosen_share(chosen, own)


def _scenario_row(part: UnitService, name: str, solution: SitingSolution, own: set[str]) -> dict[str, object]:
    opened = [part.problem.site_ids[site] for site in solution.opened]
    feasible = solution.status != "infeasible"
    return {
        "service": part.service.name,
        "scenario": name,
        "status": solution.status,
        "open_sites": " ".join(opened),
        "within_persons": solution.persons_within_limit if feasible else None,
        "beyond_persons": solution.persons_beyond_limit if feasible else None,
        "same_sites": " ".join(site for site in opened if site in own),
    }


def _site_actions(sites: gpd.GeoDataFrame, recommended: pd.DataFrame) -> gpd.GeoDataFrame:
    """Add to the sites of a service what the headline plan does with each, and its number on the map."""
    shown = sites.copy()
    shown["action"] = np.where(shown["kind"] == "existing", "keep", "none")
    shown["rank"] = pd.Series(pd.NA, index=shown.index, dtype="Int64")
    if len(recommended):
        second = set(recommended.get("second_best_site_id", pd.Series(dtype=object)).dropna())
        shown.loc[shown["site_id"].isin(second) & (shown["action"] == "none"), "action"] = "second_best"
        for action, site_id, rank in zip(
            recommended["action"], recommended["site_id"], recommended["rank"], strict=True
        ):
            at = shown["site_id"] == site_id
            shown.loc[at, "action"] = action
            shown.loc[at, "rank"] = int(rank)
    return shown
