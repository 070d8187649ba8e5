"""Stand in for a missing census: people of the buildings that OpenStreetMap shows.

Every building holds the same number of persons. Buildings near a place are the place's; of the rest, those that stand
together are a settlement without a name, and what stands alone goes to the nearest settlement or is one itself. No
building is lost. Everything made here is flagged `population_imputed`.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import Fault
from geo.language import gettext as _
from geo.tables import SETTLEMENTS
from geo.tables.check import Findings, check

_NAMES: Final = ("name_kk", "name_ru", "name_en")
#: Mean radius of the earth (IUGG), for distances on the sphere; within 0.6 % of the ellipsoid.
_EARTH_METRES: Final = 6_371_008.8


def settlements_from_buildings(
    buildings: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    persons_per_building: float = 4.0,
    *,
    place_radius_metres: float = 1000.0,
    cluster_radius_metres: float = 200.0,
    min_buildings: int = 5,
    stray_radius_metres: float = 2000.0,
    max_radius_metres: float = 2000.0,
    name: str = "buildings",
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Give places people, and find the settlements that no place names.

    Parameters
    ----------
    buildings
        Points in WGS 84 of buildings that may be lived in.
    places
        Table SETTLEMENTS in WGS 84. Tagged populations are kept; a place without one and without buildings stays
        unknown.
    persons_per_building
        Mean household; 4 is an assumption for rural districts, to be replaced by the study.
    place_radius_metres
        Buildings this close to a place belong to the nearest one.
    cluster_radius_metres, min_buildings
        DBSCAN: a building with `min_buildings` within the radius, itself included, is the core of a settlement. Yards
        of a rural street lie 30-100 m apart, so 200 m spans a gap of a few plots and parts hamlets from each other.
    stray_radius_metres
        A building outside all settlements goes to the nearest one this close; otherwise such buildings are settlements
        of their own.
    max_radius_metres
        A settlement without a name that reaches farther than this from its middle is parted in two, again and again:
        houses along a road must not count as one point many kilometres away.
    name
        Name for messages.

    Returns
    -------
    GeoDataFrame
        Table SETTLEMENTS with `population_imputed`: the places, then ``c0001`` ... from south to north, each at its
        middle building (the one with the least sum of distances to the others). Persons are whole; they add up to the
        buildings used times `persons_per_building`, rounded.
    list of Fault
        What was assumed.

    References
    ----------
    Ester, Kriegel, Sander, Xu (1996): A density-based algorithm for discovering clusters. KDD-96, 226-231.
    """
    found = Findings(name)
    points = _lon_lat(buildings.geometry)
    points = points[np.lexsort((points[:, 0], points[:, 1]))]
    owner, n_groups, n_stray = _owners(
        points,
        places,
        (place_radius_metres, cluster_radius_metres, stray_radius_metres),
        min_buildings,
        max_radius_metres,
    )
    n_buildings = np.bincount(owner, minlength=len(places) + n_groups)
    known = np.append(places["population_persons"].notna().to_numpy(dtype=bool), np.zeros(n_groups, dtype=bool))
    n_superseded = int(n_buildings[known].sum())
    persons = _persons(np.where(known, 0, n_buildings), persons_per_building)
    result = _counted_places(places, persons[: len(places)], ~known & (n_buildings > 0))
    if n_groups:
        middles = np.array([_middle(points[owner == len(places) + group]) for group in range(n_groups)])
        result = pd.concat([result, _new_settlements(middles, persons[len(places) :], places)])
    _tell(found, len(points), n_superseded, n_groups, n_stray, persons_per_building)
    return result, found.faults


def _lon_lat(shapes: gpd.GeoSeries) -> np.ndarray:
    positions: np.ndarray = shapely.get_coordinates(shapes.to_numpy())
    return positions


def _nearest(points: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each point's distance in metres to its nearest target, and which it is."""
    if not len(points) or not len(targets):
        return np.full(len(points), np.inf), np.zeros(len(points), dtype=np.int64)
    # Imported late: scikit-learn takes seconds to load, and most studies have counted populations.
    from sklearn.neighbors import BallTree

    tree = BallTree(np.radians(targets[:, ::-1]), metric="haversine")
    distance, which = tree.query(np.radians(points[:, ::-1]))
    return distance[:, 0] * _EARTH_METRES, which[:, 0].astype(np.int64)


def _clusters(points: np.ndarray, radius_metres: float, min_buildings: int) -> np.ndarray:
    """Return DBSCAN's labels; -1 = in no cluster."""
    if not len(points):
        return np.empty(0, dtype=np.int64)
    reach = radius_metres / _EARTH_METRES
    from sklearn.cluster import DBSCAN

    model = DBSCAN(eps=reach, min_samples=min_buildings, metric="haversine", algorithm="ball_tree")
    labels: np.ndarray = model.fit_predict(np.radians(points[:, ::-1])).astype(np.int64)
    return labels


def _owners(
    points: np.ndarray,
    places: gpd.GeoDataFrame,
    radii_metres: tuple[float, float, float],
    min_buildings: int,
    max_radius_metres: float,
) -> tuple[np.ndarray, int, int]:
    """Return the owner of each building (a place, or number of places + a group), how many groups, and how many strays.

    Groups are numbered by their southernmost building, the points being sorted.
    """
    place_radius, cluster_radius, stray_radius = radii_metres
    distance, owner = _nearest(points, _lon_lat(places.geometry))
    free = np.flatnonzero(distance > place_radius)
    labels = _clusters(points[free], cluster_radius, min_buildings)
    groups = [
        part
        for label in range(labels.max(initial=-1) + 1)
        for part in _parted(points, free[labels == label], max_radius_metres)
    ]
    stray = free[labels < 0]
    for group, members in enumerate(groups):
        owner[members] = len(places) + group
    settled = np.setdiff1d(np.arange(len(points)), stray)
    home_distance, home = _nearest(points[stray], points[settled])
    near = home_distance <= stray_radius
    owner[stray[near]] = owner[settled[home[near]]]
    alone = stray[~near]
    labels = _clusters(points[alone], cluster_radius, 1)
    for label in range(labels.max(initial=-1) + 1):
        for members in _parted(points, alone[labels == label], max_radius_metres):
            owner[members] = len(places) + len(groups)
            groups.append(members)
    return _renumbered(owner, len(places)), len(groups), len(stray)


def _renumbered(owner: np.ndarray, n_places: int) -> np.ndarray:
    """Return owners with the groups numbered in the order of their first building."""
    new = owner.copy()
    of_groups = np.flatnonzero(owner >= n_places)
    old, first = np.unique(owner[of_groups], return_index=True)
    rank = np.empty(len(old), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(old))
    new[of_groups] = n_places + rank[np.searchsorted(old, owner[of_groups])]
    return new


def _flat(points: np.ndarray) -> np.ndarray:
    """Return metres east and north of the first point; good for the extent of a settlement."""
    lon, lat = np.radians(points - points[0]).T
    return _EARTH_METRES * np.column_stack([lon * np.cos(np.radians(points[0, 1])), lat])


def _parted(points: np.ndarray, members: np.ndarray, max_radius_metres: float) -> list[np.ndarray]:
    """Halve a group across its longer side until no part reaches too far from its middle."""
    metres = _flat(points[members])
    reach = np.linalg.norm(metres - metres.mean(axis=0), axis=1).max()
    if reach <= max_radius_metres:
        return [members]
    axis = int(np.argmax(np.ptp(metres, axis=0)))
    middle = (metres[:, axis].min() + metres[:, axis].max()) / 2
    low = metres[:, axis] <= middle
    return [*_parted(points, members[low], max_radius_metres), *_parted(points, members[~low], max_radius_metres)]


def _middle(points: np.ndarray) -> np.ndarray:
    """Return the medoid: the building with the least sum of distances to the others."""
    metres = _flat(points)
    sums = [float(np.linalg.norm(metres - each, axis=1).sum()) for each in metres]
    middle: np.ndarray = points[int(np.argmin(sums))]
    return middle


def _persons(n_buildings: np.ndarray, persons_per_building: float) -> np.ndarray:
    """Return whole persons that add up to the whole, by rounding the running sum."""
    running = np.rint(np.cumsum(n_buildings) * persons_per_building).astype(np.int64)
    return np.diff(running, prepend=0)


def _counted_places(places: gpd.GeoDataFrame, persons: np.ndarray, inhabited: np.ndarray) -> gpd.GeoDataFrame:
    result = places.copy()
    imputed = inhabited[: len(places)]
    result.loc[imputed, "population_persons"] = persons[imputed]
    result.loc[imputed, "pop_source"] = "buildings"
    result["population_imputed"] = imputed
    return result


def _new_settlements(middles: np.ndarray, persons: np.ndarray, places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    _distance, nearest = _nearest(middles, _lon_lat(places.geometry))
    width = max(4, len(str(len(middles))))
    ids = [f"c{number:0{width}d}" for number in range(1, len(middles) + 1)]
    raw = pd.DataFrame(
        {
            "settlement_id": ids,
            **{column: _named_after(places, column, nearest) for column in _NAMES},
            "lon": middles[:, 0],
            "lat": middles[:, 1],
            "pop_total": persons,
            "pop_source": "buildings",
        }
    )
    if not len(places):
        raw["name_en"] = [f"Houses {number}" for number in range(1, len(ids) + 1)]
    frame, _faults = check(SETTLEMENTS, raw, "buildings")
    frame["population_imputed"] = True
    return frame


def _named_after(places: gpd.GeoDataFrame, column: str, nearest: np.ndarray) -> list[str | None]:
    """Name settlements after the nearest place, in one language; the place counts as the first: "Mamaduwa (2)"."""
    if not len(places):
        return [None] * len(nearest)
    names = places[column].tolist()
    seen = Counter(name for name in names if name)
    found: list[str | None] = []
    for i in nearest.tolist():
        seen[names[i]] += 1
        found.append(f"{names[i]} ({seen[names[i]]})" if names[i] else None)
    return found


def _tell(
    found: Findings, n_buildings: int, n_superseded: int, n_groups: int, n_stray: int, persons_per_building: float
) -> None:
    found.add(
        0,
        "",
        "imputed-population",
        _(
            "People are estimated with {persons} persons for each of {n} buildings. Settlements found without a name: "
            "{groups}. Stray buildings that went to the nearest settlement or became one: {stray}. Buildings not used "
            "because they stand in places whose population is known: {superseded}."
        ).format(
            n=n_buildings,
            persons=f"{persons_per_building:g}",
            groups=n_groups,
            stray=n_stray,
            superseded=n_superseded,
        ),
        _("Bring a table of settlements with counted people."),
        "warning",
    )
