"""What surrounds every settlement of a study: centres, all-season roads, its own growth, hazards."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.access.remoteness import remoteness_class, remoteness_coefficient, remoteness_scores
from geo.network.seasons import Season
from geo.network.topology import GEOD, RoadNetwork
from geo.norms import remoteness_classes
from geo.planning.demand import growth_rate
from geo.study.conditions import Places, leg_rules, points_of
from geo.study.load import StudyData
from geo.study.supply import inside_zones
from geo.study.values import numbers_of
from geo.tables.check import WGS84
from geo.travel import travel_times
from geo.travel.choice import find_joins
from geo.units import METRES_PER_KM

Floats = npt.NDArray[np.float64]

#: Centres by tier, the highest first, and the classes of settlements that are one. A centre is a centre of every lower
#: tier, too. A city that is no regional centre counts as a district centre.
TIERS: Final[dict[str, tuple[str, ...]]] = {
    "national_city": ("national_city",),
    "oblast_centre": ("oblast_centre",),
    "district_centre": ("district_centre", "city"),
    "supporting": ("supporting",),
    "okrug_centre": ("okrug_centre",),
}
#: Settlements of these classes are no rural ones in the Rural Access Index.
URBAN: Final = ("national_city", "oblast_centre", "city")


def surroundings(
    study: StudyData, network: RoadNetwork, places: Places, seasons: tuple[Season, ...], assessed: pd.Series
) -> pd.DataFrame:
    """Return what surrounds every settlement of the study.

    Parameters
    ----------
    assessed
        Per settlement, whether its times mean anything; where not, it has none here either.

    Returns
    -------
    DataFrame
        One row per settlement, by its id: ``<tier>_minutes`` (infinite = no way, NaN = the study has no such centre),
        `remoteness` (NaN where no tier has a centre), `coefficient`, `all_season_road_km` (infinite = no such road),
        `annual_growth` (NaN = unknown) with `growth_years`, `in_hazard` (1 in a zone that excludes or penalises; NaN =
        the study knows no zones).
    """
    settlements = study.settlements
    frame = pd.DataFrame(index=settlements.index)
    tiers = _minutes_to_centres(study, network, places, usual(seasons))
    judged = assessed.reindex(settlements.index).to_numpy(dtype=bool)
    for name, minutes in tiers.items():
        minutes[~judged] = np.nan
        frame[f"{name}_minutes"] = minutes
    known = [minutes for minutes in tiers.values() if np.isfinite(minutes).any()]
    frame["remoteness"] = remoteness_scores(np.column_stack(known)) if known else np.nan
    classes = remoteness_classes(study.config.diagnosis.remoteness_pack, study.folder)
    number = remoteness_class(frame["remoteness"].to_numpy(dtype=float), [one.upper for one in classes[:-1]])
    frame["remoteness_class"] = np.array([*(one.code for one in classes), ""], dtype=object)[number]
    frame["coefficient"] = remoteness_coefficient(frame["remoteness"].to_numpy(dtype=float))
    frame["all_season_road_km"] = _all_season_road_metres(study, seasons) / METRES_PER_KM
    before, now, first, last = (
        numbers_of(settlements[name])
        for name in ("population_before_persons", "population_persons", "pop_before_year", "pop_year")
    )
    frame["growth_years"] = last - first
    frame["annual_growth"] = growth_rate(before, now, last - first)
    zones_known = study.config.inputs.hazards is not None
    frame["in_hazard"] = inside_zones(study, settlements.geometry, ("exclude", "penalise")) if zones_known else np.nan
    return frame


def usual(seasons: tuple[Season, ...]) -> Season:
    """Return the season of most weight; of equals the first."""
    return max(seasons, key=lambda season: season.weight)


def _minutes_to_centres(study: StudyData, network: RoadNetwork, places: Places, season: Season) -> dict[str, Floats]:
    """Return minutes to the nearest centre of each tier or above, the time within settlements left out."""
    classes = study.settlements["settlement_class"]
    chosen = study.settlements[classes.isin([name for names in TIERS.values() for name in names])]
    nothing = {tier: np.full(len(classes), np.nan) for tier in TIERS}
    if not len(chosen):
        return nothing
    rules = leg_rules(study)
    centres = points_of(study, chosen.index, chosen.geometry)
    joins = find_joins(network, (season,), centres, rules, n_origins=len(places.settlements))
    times = travel_times(network, season, places.settlements, places.settlement_joins, centres, joins, rules, 0)
    minutes = times.select(tuple(study.settlements.index), centres.ids).minutes
    is_centre = np.zeros(len(chosen), dtype=np.bool_)
    found = {}
    for tier, names in TIERS.items():
        own = chosen["settlement_class"].isin(names).to_numpy()
        is_centre |= own
        # A tier without a centre of its own adds nothing that the tier above does not say.
        found[tier] = minutes[:, is_centre].min(axis=1) if own.any() else nothing[tier]
    return found


def _all_season_road_metres(study: StudyData, seasons: tuple[Season, ...]) -> Floats:
    """Return the geodesic distance to the nearest road that no season closes; infinite where there is none."""
    closed = np.any([season.closed_roads for season in seasons], axis=0)
    roads = study.roads[~closed]
    result = np.full(len(study.settlements), np.inf)
    if not len(roads):
        return result
    lines = roads.geometry.to_crs(study.crs).to_numpy()
    spots = study.settlements.geometry.to_crs(study.crs).to_numpy()
    at, nearest = shapely.STRtree(lines).query_nearest(spots, all_matches=False)
    ends = gpd.GeoSeries(shapely.shortest_line(spots[at], lines[nearest]), crs=study.crs).to_crs(WGS84)
    between = shapely.get_coordinates(ends).reshape(-1, 2, 2)
    result[at] = GEOD.inv(between[:, 0, 0], between[:, 0, 1], between[:, 1, 0], between[:, 1, 1])[2]
    return result
