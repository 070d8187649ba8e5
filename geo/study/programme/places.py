"""The places of a programme: facilities and plots that a unit sees, one per building whatever services it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.study.config import ServiceConfig
from geo.study.config_programme import Programme
from geo.study.load import StudyData

#: Language of a school of which nobody states one; no pupil's.
UNKNOWN_LANGUAGE: Final = "unknown"


@dataclass(frozen=True)
class Place:
    """One facility, or one plot.

    Parameters
    ----------
    place_id
        Site of the study.
    existing
        Whether something stands there.
    own
        Whether the unit decides about it; facilities of neighbours serve and stay as they are.
    settlement_id
        Where it stands; empty outside every settlement.
    levels
        Of a facility: its level by service, counted from 0. Of a plot: services that may open there, with -1.
    size
        Places or users, for prices per place; None where nobody knows.
    capex, opex_year
        Prices of a plot's own, by service, from the table of candidates.
    wear_percent
        None where unknown, and for plots.
    users
        People who use it today; None where unknown.
    language
        Language of instruction; empty where any is taught or languages do not matter. What is no language of pupils
        (`UNKNOWN_LANGUAGE`, ``other``) serves only those whose language is not stated.
    closable
        Whether it may be closed or lowered.
    protected
        Why it may not be; empty where nothing protects it.
    """

    place_id: str
    existing: bool
    own: bool
    settlement_id: str
    levels: Mapping[str, int]
    size: float | None = None
    capex: Mapping[str, float] = field(default_factory=dict)
    opex_year: Mapping[str, float] = field(default_factory=dict)
    wear_percent: float | None = None
    users: float | None = None
    language: str = ""
    closable: bool = False
    protected: str = ""


def unit_places(
    study: StudyData, settings: Programme, services: tuple[ServiceConfig, ...], sites: gpd.GeoDataFrame
) -> tuple[Place, ...]:
    """Return the places of a unit, sorted by id.

    A plot for a service in a settlement of the unit that already has a facility of it is left out where facilities may
    be raised: raising it does the same, and nobody builds a second one beside it. So are facilities of unknown level.

    Parameters
    ----------
    sites
        What the unit sees: `geo.study.supply.find_sites` with `in_unit`.
    """
    levels = {service.name: service.levels for service in services}
    own = sites[sites["service"].isin(list(levels))]
    known = pd.Series(
        [level in levels[service] for level, service in zip(own["level"], own["service"], strict=True)],
        index=own.index,
        dtype=bool,
    )
    existing = own[(own["kind"] == "existing") & known]
    candidates = own[own["kind"] == "candidate"] if settings.may_open else own.iloc[:0]
    candidates = candidates[_large_enough(study, settings, candidates)]
    if settings.may_upgrade:
        taken = set(zip(existing["service"], existing["settlement_id"].fillna(""), strict=True))
        keys = zip(candidates["service"], candidates["settlement_id"].fillna(""), strict=True)
        free = [not (key in taken and key[1]) for key in keys]
        candidates = candidates[np.array(free, dtype=np.bool_)]
    places = [_facility(study, settings, services, row) for _number, row in existing.iterrows()]
    places += [_plot(study, rows) for _site, rows in candidates.groupby("site_id", sort=True)]
    return tuple(sorted(places, key=lambda place: place.place_id))


def _large_enough(study: StudyData, settings: Programme, candidates: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Return which plots are in a settlement of enough people, or in none, where nothing is known against them."""
    if study.config.demand.counts == "settlements":
        return np.ones(len(candidates), dtype=np.bool_)
    people = study.settlements["population_persons"].reindex(candidates["settlement_id"])
    known = people.isna().to_numpy() & candidates["settlement_id"].isna().to_numpy()
    enough = [free or (pd.notna(n) and n >= settings.open_min_persons) for free, n in zip(known, people, strict=True)]
    return np.array(enough, dtype=np.bool_)


def _facility(study: StudyData, settings: Programme, services: tuple[ServiceConfig, ...], row: pd.Series) -> Place:
    service = next(service for service in services if service.name == row["service"])
    site_id = str(row["site_id"])
    facility = study.facilities.loc[site_id]
    settlement_id = row["settlement_id"] if isinstance(row["settlement_id"], str) else ""
    sizes = (facility["capacity_persons"], facility["load_persons"])
    named = site_id in settings.examine_closing or site_id in service.close
    return Place(
        place_id=site_id,
        existing=True,
        own=bool(row["in_unit"]),
        settlement_id=settlement_id,
        levels={service.name: service.levels.index(str(row["level"]))},
        size=next((float(size) for size in sizes if pd.notna(size) and size > 0), None),
        wear_percent=None if pd.isna(facility["wear_percent"]) else float(facility["wear_percent"]),
        users=None if pd.isna(facility["load_persons"]) else float(facility["load_persons"]),
        language=_language(facility["instruction_lang"], matters=service.name in settings.languages),
        closable=bool(facility["closable"]) or named,
        protected=_protected(study, settings, site_id, settlement_id),
    )


def _language(stated: object, *, matters: bool) -> str:
    """Return the language of instruction as `Place` has it: what nobody states is never counted as any language."""
    if not matters or stated == "mixed":
        return ""
    return stated if isinstance(stated, str) and stated in ("kk", "ru", "other") else UNKNOWN_LANGUAGE


def _protected(study: StudyData, settings: Programme, site_id: str, settlement_id: str) -> str:
    if settlement_id:
        reason = study.settlements.loc[settlement_id, "protected_reason"]
        if isinstance(reason, str) and reason:
            return reason
    return "study.toml" if site_id in settings.protected else ""


def _plot(study: StudyData, rows: gpd.GeoDataFrame) -> Place:
    first = rows.iloc[0]
    capex: dict[str, float] = {}
    opex: dict[str, float] = {}
    size: float | None = None
    if study.candidates is not None and first["site_id"] in study.candidates.index:
        listed = study.candidates.loc[[first["site_id"]]].set_index("service")
        capex = {str(name): float(value) for name, value in listed["opening_cost"].dropna().items()}
        opex = {str(name): float(value) for name, value in listed["running_cost_year"].dropna().items()}
        sizes = listed["capacity_persons"].dropna()
        size = float(sizes.iloc[0]) if len(sizes) else None
    return Place(
        place_id=str(first["site_id"]),
        existing=False,
        own=True,
        settlement_id=first["settlement_id"] if isinstance(first["settlement_id"], str) else "",
        levels={str(name): -1 for name in rows["service"]},
        size=size,
        capex=capex,
        opex_year=opex,
    )
