"""Areas: roll-ups from settlements to okrugs, districts and regions, and every unit of the study side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.access.clusters import explore_clusters
from geo.access.coverage import weighted_quantile
from geo.access.road_access import rural_access_share
from geo.access.rollup import WHOLE_TIER, roll_up
from geo.access.typology import TypologyRules, UnitFacts, classify_unit, ten_year_change
from geo.planning.demand import unit_growth
from geo.siting.solution import SitingSolution
from geo.study.density import unit_area_km2
from geo.study.diagnosis.surroundings import URBAN
from geo.study.load import StudyData
from geo.study.plans import UnitService, nearest_ms
from geo.study.result import BASELINE, HEADLINE, WHOLE_STUDY, WORST
from geo.study.supply import serving_today
from geo.study.tabulate import minutes_of, with_worst
from geo.study.values import numbers_of
from geo.units import METRES_PER_KM, minutes_to_ms

Floats = npt.NDArray[np.float64]

#: Tiers from below; what stands above the study's own comes from the parents of its units.
TIERS: Final = ("okrug", "district", "oblast", "country")


def areas_of(study: StudyData, settlements: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the code of every settlement's area, one column per tier from below; tiers without areas are left out."""
    units = settlements["unit_id"].astype(str)
    found: dict[str, pd.Series] = {study.config.study.units: units}
    if settlements["okrug_id"].notna().any():
        found["okrug"] = settlements["okrug_id"].astype("object")
    parents, level = study.boundaries["parent_id"], study.boundaries["level"]
    above = {str(unit): unit for unit in study.units.index}
    for _step in TIERS:
        higher = {unit: parents.get(at) for unit, at in above.items()}
        above = {unit: at for unit, at in higher.items() if not pd.isna(at) and at in level.index}
        for tier in dict.fromkeys(level[at] for at in above.values()):
            codes = {unit: str(at) for unit, at in above.items() if level[at] == tier}
            found.setdefault(str(tier), units.map(codes))
    return pd.DataFrame({tier: found[tier] for tier in TIERS if tier in found}, index=settlements.index)


def rollups(study: StudyData, part: UnitService, plans: Mapping[str, SitingSolution], unit_id: str) -> pd.DataFrame:
    """Rows of `rollups` for one service: today and with the headline plan, from settlement results only."""
    tiers = areas_of(study, part.settlements[part.assessed])
    if unit_id != WHOLE_STUDY:
        # Of the tiers above, a unit's run sees a part only, and a part is not the whole.
        tiers = tiers[[tier for tier in ("okrug", study.config.study.units) if tier in tiers]]
    persons = part.persons[part.assessed]
    headline = plans[HEADLINE]
    todo = {BASELINE: headline.milliseconds_before}
    if headline.status != "infeasible":
        todo[HEADLINE] = headline.milliseconds_after
    frames = []
    for plan, ms in todo.items():
        for season, season_ms in zip([*part.problem.season_names, WORST], with_worst(ms), strict=True):
            found = roll_up(
                tiers,
                persons,
                minutes_of(season_ms),
                season_ms <= part.problem.limit_ms,
                float(part.problem.kappa or -1.0),
                study.config.siting.cap_minutes,
            )
            frames.append(found.assign(service=part.service.name, plan=plan, season=season))
    rows = pd.concat(frames, ignore_index=True)
    return rows if unit_id == WHOLE_STUDY else rows[rows["tier"] != WHOLE_TIER]


def unit_profile(
    study: StudyData,
    sites: gpd.GeoDataFrame,
    milliseconds: Mapping[str, Any],
    surroundings: pd.DataFrame,
    loads: pd.DataFrame,
    assessed: pd.Series,
) -> pd.DataFrame:
    """Rows of `unit_profile`: the same for every unit, so that each sees itself beside the others.

    Parameters
    ----------
    sites
        From `geo.study.supply.find_sites`.
    milliseconds
        Per season, `TravelTimes` of all settlements and sites.
    surroundings, loads
        From `surroundings` and `facility_load`.
    assessed
        Per settlement, whether its times mean anything.
    """
    below = _below_norm(study, sites, milliseconds, assessed)
    areas = unit_area_km2(study)
    rows = [_unit(study, str(unit_id), areas[unit_id], surroundings, loads, below) for unit_id in study.units.index]
    frame = pd.DataFrame(rows)
    if not study.config.diagnosis.clusters:
        return frame
    facts = frame.set_index("area_id")[list(_CLUSTERED)].astype(float)
    found = explore_clusters(facts.dropna(axis=1, how="all"), study.config.study.seed)
    if found.labels:
        frame["cluster"] = frame["area_id"].map(found.labels)
        frame["cluster_stability"] = frame["cluster"].notna().map({True: found.stability, False: None})
    return frame


#: Facts by which units are clustered; those that are not known anywhere are left out.
_CLUSTERED: Final = (
    "density",
    "rural_access_share",
    "remoteness",
    "hazard_share",
    "change_10_years",
    "utilisation",
    "below_norm_share",
)


def _below_norm(
    study: StudyData, sites: gpd.GeoDataFrame, times: Mapping[str, Any], assessed: pd.Series
) -> npt.NDArray[np.float64]:
    """Return per settlement 1 where a norm that siting answers is not met in some season, else 0; NaN = unknown."""
    ids = tuple(study.settlements.index)
    below = np.full(len(ids), np.nan)
    for service in study.config.service:
        own = serving_today(sites, service.name)
        if not len(own):  # nobody knows where the service is given: not told, and not below
            continue
        stack = np.stack([season.select(ids, tuple(own["site_id"])).milliseconds for season in times.values()])
        worst = nearest_ms(stack, np.ones(len(own), dtype=np.bool_)).max(axis=0)
        below = np.fmax(below, worst > minutes_to_ms(study.siting_norms[service.name].value))
    return np.where(assessed.reindex(ids).to_numpy(dtype=bool), below, np.nan)


def _unit(
    study: StudyData, unit_id: str, km2: float, surroundings: pd.DataFrame, loads: pd.DataFrame, below: Floats
) -> dict[str, Any]:
    inside = (study.settlements["unit_id"] == unit_id).to_numpy()
    places, around = study.settlements[inside], surroundings[inside]
    persons = numbers_of(places["population_persons"])
    known = np.isfinite(persons)
    density, sure_density = _density(study, persons, km2)
    own = loads[loads["settlement_id"].isin(places.index)] if len(loads) else loads
    row: dict[str, Any] = {
        "area_id": unit_id,
        "population": persons[known].sum() if known.any() else None,
        "area_km2": _known(km2),
        "density": density,
        "rural_access_share": _rural_access(places, around, persons),
        "remoteness": _mean(around["remoteness"].to_numpy(), persons),
        "hazard_share": _mean(around["in_hazard"].to_numpy(dtype=float), persons),
        "change_10_years": _change(places, around),
        "utilisation": _utilisation(own),
        "national_city_minutes": _median(around["national_city_minutes"].to_numpy(), persons),
        "below_norm_share": _mean(below[inside], persons),
    }
    found = classify_unit(
        UnitFacts(
            density=sure_density,
            hazard_share=row["hazard_share"],
            remoteness=row["remoteness"],
            change_10_years=row["change_10_years"],
            utilisation=row["utilisation"],
            minutes_to_national_city=row["national_city_minutes"],
            below_norm_share=row["below_norm_share"],
        ),
        TypologyRules(**study.config.diagnosis.typology.model_dump()),
    )
    return row | {"unit_type": found.code, "rule": found.rule, "unknown_facts": " ".join(found.unknown)}


def _density(study: StudyData, persons: Floats, km2: float) -> tuple[float | None, float | None]:
    """Return the known inhabitants per square kilometre, and the density that rules may rely on.

    Where some people are unknown the known ones are the least that live there: enough to say that a unit is not below
    a threshold, not that it is.
    """
    known = np.isfinite(persons)
    least = _known(persons[known].sum() / km2) if known.any() and km2 > 0 else None
    sure = least is not None and (known.all() or least >= study.config.diagnosis.typology.density_below)
    return least, least if sure else None


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _mean(values: Floats, persons: Floats) -> float | None:
    """Return the mean over people where both are known; None where nobody is."""
    counted = np.isfinite(values) & (persons > 0)
    return float(np.average(values[counted], weights=persons[counted])) if counted.any() else None


def _median(minutes: Floats, persons: Floats) -> float | None:
    counted = ~np.isnan(minutes) & (persons > 0)
    if not counted.any():
        return None
    return weighted_quantile(minutes[counted], persons[counted].astype(np.int64), 0.5)


def _change(places: gpd.GeoDataFrame, around: pd.DataFrame) -> float | None:
    """Return the change of all people together, where both counts are known."""
    years = around["growth_years"].to_numpy()
    before, now = (numbers_of(places[name]) for name in ("population_before_persons", "population_persons"))
    rate, _spread = unit_growth(before, now, years)
    known = years[np.isfinite(years)]
    return ten_year_change(rate, float(known.mean()) if len(known) else 0.0).share


def _utilisation(loads: pd.DataFrame) -> float | None:
    """Return the utilisation of the fullest service: pupils per place and patients per post do not add up."""
    if not len(loads):
        return None
    sums = loads[loads["load"].notna() & loads["capacity"].notna()].groupby("service")[["load", "capacity"]].sum()
    shares = (sums["load"] / sums["capacity"])[sums["capacity"] > 0]
    return float(shares.max()) if len(shares) else None


def _rural_access(places: gpd.GeoDataFrame, around: pd.DataFrame, persons: Floats) -> float | None:
    """Return the share of rural people near an all-season road; unknown where the role of most people's place is."""
    known = places["settlement_class"].notna().to_numpy() & np.isfinite(persons)
    if persons[known].sum() <= 0.5 * np.nansum(persons):
        return None
    rural = known & (~places["settlement_class"].isin(URBAN)).to_numpy()
    metres = around["all_season_road_km"].to_numpy()[rural] * METRES_PER_KM
    return _known(rural_access_share(metres, persons[rural]))
