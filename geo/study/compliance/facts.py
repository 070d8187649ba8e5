"""What norms are checked against: where settlements lie, and what facilities offer them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.access.applicability import Bools, Floats, SettlementFacts
from geo.access.compliance import SupplyFacts
from geo.norms import Norm
from geo.study.config import ServiceConfig
from geo.study.density import unit_density
from geo.study.load import StudyData
from geo.study.prepare import BASE_SCENARIO, Prepared
from geo.tables import SETTLEMENTS
from geo.travel import TravelTimes
from geo.units import METRES_PER_KM, UNREACHABLE_MS

Matrix = npt.NDArray[np.int32]

#: Rank of a facility whose level nobody knows; those of known levels begin at 0.
UNKNOWN_RANK: Final = -1


def settlement_facts(study: StudyData, settlements: gpd.GeoDataFrame) -> SettlementFacts:
    """Return what the conditions of norms look at, for some settlements of a study."""
    density = unit_density(study).reindex(settlements["unit_id"])
    classes = settlements["settlement_class"].astype("object")
    border = settlements.get("border", pd.Series(pd.NA, index=settlements.index))
    return SettlementFacts(
        population_persons=settlements["population_persons"],
        density=density.to_numpy(dtype=np.float64),
        settlement_class=classes.where(classes.notna(), "").to_numpy(),
        hazards=_hazards(study, settlements),
        border=border.astype("boolean"),
    )


def group_persons(settlements: gpd.GeoDataFrame, norm: Norm) -> pd.Series:
    """Return the people a norm is about: everybody, those of its group, or those who need the service."""
    column = f"{norm.service}_persons"
    if norm.demand_group:
        column = SETTLEMENTS.column(norm.demand_group).code_name
    elif norm.metric in ("in_settlement", "visits", "min_persons"):
        column = "population_persons"
    if column not in settlements:
        return pd.Series(pd.NA, index=settlements.index, dtype="Int64")
    persons: pd.Series = settlements[column].astype("Int64")
    return persons


def _hazards(study: StudyData, settlements: gpd.GeoDataFrame) -> dict[str, Bools]:
    """Return per kind of hazard which settlements lie in such a zone, its buffer included."""
    if not len(study.hazards) or not len(settlements):
        return {}
    metric = study.hazards.geometry.to_crs(study.crs)
    zones = metric.buffer(study.hazards["buffer_metres"].fillna(0).to_numpy(dtype=float))
    kinds = study.hazards["kind"].to_numpy(dtype=object)
    point, zone = zones.sindex.query(settlements.geometry.to_crs(study.crs), predicate="intersects")
    inside = {str(kind): np.zeros(len(settlements), dtype=np.bool_) for kind in sorted(set(kinds))}
    for kind, found in inside.items():
        found[point[kinds[zone] == kind]] = True
    return inside


class ServiceSupply:
    """The facilities of one service that a unit sees, and the times to them from its settlements.

    Parameters
    ----------
    prepared
        The study.
    service
        The service; its levels are in order.
    settlements, sites
        Settlements of the unit, and the sites it sees.
    """

    def __init__(
        self, prepared: Prepared, service: ServiceConfig, settlements: gpd.GeoDataFrame, sites: gpd.GeoDataFrame
    ) -> None:
        own = sites[(sites["kind"] == "existing") & (sites["service"] == service.name)]
        self._prepared = prepared
        self.service = service
        self.settlements = settlements
        self.sites = own.reset_index(drop=True)
        self.rank = _ranks(own, service)
        self._at = pd.Index(settlements.index).get_indexer(self.sites["settlement_id"])

    @cached_property
    def milliseconds(self) -> dict[str, Matrix]:
        """Times by season; int32 (n_settlements, n_sites)."""
        return {
            season: _cells(times, self.settlements.index, self.sites["site_id"])
            for season, times in self._prepared.times[BASE_SCENARIO].items()
        }

    def enough(self, level: str, *, unknown_counts: bool = False) -> Bools:
        """Return which facilities are of a level or above; those of unknown level count only where asked for."""
        return _of_level_or_above(self.rank, self.service, level, unknown_counts=unknown_counts)

    def nearest_ms(self, chosen: Bools) -> dict[str, Matrix]:
        """Return the time to the nearest of some facilities by season; int32 (n_settlements,)."""
        return {season: ms[:, chosen].min(axis=1, initial=UNREACHABLE_MS) for season, ms in self.milliseconds.items()}

    def present(self, chosen: Bools) -> Bools:
        """Return which settlements have one of some facilities themselves."""
        found = np.zeros(len(self.settlements), dtype=np.bool_)
        found[self._at[chosen & (self._at >= 0)]] = True
        return found

    def highest_rank(self) -> npt.NDArray[np.int64]:
        """Return per settlement the rank of its highest facility of known level, `UNKNOWN_RANK` where it has none."""
        highest = np.full(len(self.settlements), UNKNOWN_RANK, dtype=np.int64)
        inside = self._at >= 0
        np.maximum.at(highest, self._at[inside], self.rank[inside])
        return highest

    def facts(self, norm: Norm, *, unknown_counts: bool) -> SupplyFacts:
        """Return what a norm is checked against; facilities of unknown level count only where asked for."""
        chosen = self.enough(norm.level, unknown_counts=unknown_counts)
        standing = np.ones(len(self.sites), dtype=np.bool_) if norm.metric == "visits" else chosen
        assessed = self._prepared.assessed.reindex(self.settlements.index).to_numpy(dtype=bool)
        more: dict[str, object] = {}
        if norm.metric == "km":
            more["nearest_km"] = self._nearest_km(chosen)
        elif norm.metric == "persons_per_unit":
            persons, complete = self._catchments(norm, unknown_counts=unknown_counts)
            more |= {"catchment_persons": persons, "catchment_complete": complete}
        elif norm.metric == "min_load":
            more |= self._loads(norm.level, unknown_counts=unknown_counts)
        nearest = self.nearest_ms(chosen) if norm.metric == "minutes" else {}
        known = len(self.sites) > 0
        return SupplyFacts(nearest, self.present(standing), assessed, known, **more)  # type: ignore[arg-type]

    def _loads(self, level: str, *, unknown_counts: bool) -> dict[str, object]:
        """Return where facilities of exactly a level stand, their smallest known load, and whether all are known."""
        chosen = (self.rank == self.service.levels.index(level)) | (unknown_counts & (self.rank == UNKNOWN_RANK))
        chosen &= self._at >= 0
        facilities = self._prepared.study.facilities
        loads = facilities["load_persons"] if "load_persons" in facilities else pd.Series(dtype="Float64")
        load = loads.reindex(self.sites["site_id"]).to_numpy(dtype=np.float64, na_value=np.nan)
        least = np.full(len(self.settlements), np.inf)
        known = chosen & ~np.isnan(load)
        np.minimum.at(least, self._at[known], load[known])
        complete = ~self.present(chosen & np.isnan(load))
        return {
            "of_level": self.present(chosen),
            "load_persons": np.where(np.isfinite(least), least, np.nan),
            "load_complete": complete,
        }

    def _catchments(self, norm: Norm, *, unknown_counts: bool) -> tuple[dict[str, Floats], Bools]:
        """Return by season the people who share the nearest facility of each settlement, and whether all are known.

        All settlements and facilities of the study count, not only those of the unit. Facilities that are equally
        near share the people of a settlement.
        """
        prepared = self._prepared
        everybody = prepared.study.settlements
        existing = prepared.sites[
            (prepared.sites["kind"] == "existing") & (prepared.sites["service"] == self.service.name)
        ]
        rank = _ranks(existing, self.service)
        chosen = _of_level_or_above(rank, self.service, norm.level, unknown_counts=unknown_counts)
        persons = group_persons(everybody, norm).to_numpy(dtype=np.float64, na_value=np.nan)
        own = everybody.index.get_indexer(self.settlements.index)
        by_season, complete = {}, np.ones(len(own), dtype=np.bool_)
        for season, times in prepared.times[BASE_SCENARIO].items():
            ms = _cells(times, everybody.index, existing.loc[chosen, "site_id"])
            attached, known = _attached(ms, persons)
            by_season[season] = attached[own]
            complete &= known[own]
        return by_season, complete

    def _nearest_km(self, chosen: Bools) -> dict[str, Floats]:
        """Return by season the way on the roads to the nearest of some facilities; 0 where one is in the settlement."""
        prepared = self._prepared
        places = prepared.places
        number = {identifier: i for i, identifier in enumerate(places.settlements.ids)}
        site_number = {identifier: len(number) + i for i, identifier in enumerate(places.sites.ids)}
        starts = [number[str(identifier)] for identifier in self.settlements.index]
        ends = [site_number[str(identifier)] for identifier in self.sites.loc[chosen, "site_id"]]
        here = self.present(chosen)
        return {
            season.name: np.where(here, 0.0, graph.metres_to_nearest(starts, ends) / METRES_PER_KM)
            for season, graph in zip(prepared.seasons, prepared.path_graphs, strict=True)
        }


def _ranks(sites: gpd.GeoDataFrame, service: ServiceConfig) -> npt.NDArray[np.int64]:
    ranks = {level: rank for rank, level in enumerate(service.levels)}
    return np.array([ranks.get(level, UNKNOWN_RANK) for level in sites["level"]], dtype=np.int64)


def _of_level_or_above(
    rank: npt.NDArray[np.int64], service: ServiceConfig, level: str, *, unknown_counts: bool
) -> Bools:
    enough: Bools = rank >= service.levels.index(level)
    return enough | (rank == UNKNOWN_RANK) if unknown_counts else enough


def _cells(times: TravelTimes, settlement_ids: pd.Index, site_ids: pd.Series) -> Matrix:
    rows = pd.Index(times.settlement_ids).get_indexer(settlement_ids)
    columns = pd.Index(times.site_ids).get_indexer(pd.Index(site_ids))
    return np.asarray(times.milliseconds[np.ix_(rows, columns)])


def _attached(ms: Matrix, persons: Floats) -> tuple[Floats, Bools]:
    """Return the people who share each settlement's nearest facility (inf = no way), and whether all are known."""
    nearest = ms.min(axis=1, initial=UNREACHABLE_MS)
    reached = nearest < UNREACHABLE_MS
    row, column = np.nonzero((ms == nearest[:, None]) & reached[:, None])
    n_nearest = np.bincount(row, minlength=len(ms))
    share = np.nan_to_num(persons)[row] / n_nearest[row]
    users = np.bincount(column, weights=share, minlength=ms.shape[1])
    uncounted = np.zeros(ms.shape[1], dtype=np.bool_)
    uncounted[column[np.isnan(persons)[row]]] = True
    most = np.zeros(len(ms))
    np.maximum.at(most, row, users[column])
    complete = np.ones(len(ms), dtype=np.bool_)
    complete[row[uncounted[column]]] = False
    return np.where(reached, most, np.inf), complete


def supplies(prepared: Prepared, settlements: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> Mapping[str, ServiceSupply]:
    """Return the supply of every service of a study as one unit sees it."""
    return {
        service.name: ServiceSupply(prepared, service, settlements, sites) for service in prepared.study.config.service
    }
