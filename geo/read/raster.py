"""People from a population raster: every cell goes to the nearest settlement, and what lies far from all is kept.

The raster is read in strips, so that memory does not grow with it. It must hold people per cell, as WorldPop, GHS-POP
and the HRSL do; a raster of densities would be added up all the same, and nobody could tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.read.files import require_file, unreadable_file
from geo.tables import SETTLEMENTS
from geo.tables.check import WGS84, Findings, check

#: Cells read at a time; what is held of each is some 100 bytes.
_STRIP_CELLS: Final = 2_000_000
#: Mean radius of the earth (IUGG), for distances on the sphere.
_EARTH_METRES: Final = 6_371_008.8

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RasterPeople:
    """Where the people of a raster went; the figures add up to `total` exactly but for rounding.

    Parameters
    ----------
    total
        People in the cells that were read.
    given
        People given to settlements of the table, those settled anew included.
    superseded
        People in cells of settlements whose population is known already.
    unplaced
        People in cells too far from every settlement and too few to be one.
    outside
        People in cells outside the area.
    n_new
        Settlements that the raster shows and the table does not have.
    n_negative
        Cells below 0 that the raster does not declare as without data; they count as such.
    """

    total: float
    given: float
    superseded: float
    unplaced: float
    outside: float
    n_new: int
    n_negative: int


@dataclass
class _Tally:
    """Sums while the strips are read."""

    per_place: Floats
    total: float = 0.0
    outside: float = 0.0
    n_negative: int = 0
    #: By block of cells: people, and the fullest cell as (people, lon, lat).
    blocks: dict[tuple[int, int], float] = field(default_factory=lambda: defaultdict(float))
    fullest: dict[tuple[int, int], tuple[float, float, float]] = field(default_factory=dict)


def settlements_from_raster(
    path: Path,
    name: str,
    places: gpd.GeoDataFrame,
    *,
    area: shapely.Geometry | None = None,
    place_radius_metres: float = 5000.0,
    block_metres: float = 2000.0,
    min_persons: float = 10.0,
    progress: Callable[[float], None] = lambda _share: None,
) -> tuple[gpd.GeoDataFrame, list[Fault], RasterPeople]:
    """Give places the people of the cells nearest to them.

    Parameters
    ----------
    path
        Raster of one band, people per cell, north up, in any reference system that it declares.
    name
        Name for messages.
    places
        Table SETTLEMENTS in WGS 84. Known populations are kept.
    area
        In WGS 84: cells whose middle lies outside are counted and not used. None = all cells.
    place_radius_metres
        A cell this close to a place belongs to the nearest one.
    block_metres, min_persons
        Cells farther away are put together in squares of this size; a square with at least so many people is a
        settlement of its own, at its fullest cell. Of the rest the people are counted.
    progress
        Told the share that was read.

    Returns
    -------
    GeoDataFrame
        Table SETTLEMENTS with `population_imputed`: the places, then ``p0001`` ... from south to north. Persons are
        whole.
    list of Fault
        What was assumed and what was not used.
    RasterPeople
        The sums.

    Raises
    ------
    DataError
        If the file is missing, is no raster, is rotated, has several bands, or does not say its reference system.
    """
    tally = _Tally(np.zeros(len(places)))
    finder = _Finder(places, place_radius_metres)
    for lonlat, people, where, n_negative, share in _strips(path, name, area, block_metres):
        tally.n_negative += n_negative
        tally.total += float(people.sum())
        _count(tally, finder, lonlat, people, where, area)
        progress(share)
    frame, new_persons, unplaced = _settled(places, tally, min_persons, name)
    known = places["population_persons"].notna().to_numpy(dtype=bool)
    sums = RasterPeople(
        total=tally.total,
        given=float(tally.per_place[~known].sum()) + new_persons,
        superseded=float(tally.per_place[known].sum()),
        unplaced=unplaced,
        outside=tally.outside,
        n_new=len(frame) - len(places),
        n_negative=tally.n_negative,
    )
    return frame, _faults(name, sums, place_radius_metres), sums


def _strips(
    path: Path, name: str, area: shapely.Geometry | None, block_metres: float
) -> Iterator[tuple[Floats, Floats, npt.NDArray[np.int64], int, float]]:
    """Yield of each strip the inhabited cells: lon and lat, people, block; negative cells; share of what is read."""
    import rasterio
    from rasterio.errors import RasterioError
    from rasterio.windows import Window

    require_file(path, name)
    try:
        with rasterio.open(path) as raster:
            _refuse(raster, name)
            to_degrees = pyproj.Transformer.from_crs(raster.crs.to_wkt(), WGS84, always_xy=True)
            first_row, last_row, first_column, last_column = _extent(raster, area)
            width = last_column - first_column
            height = max(1, _STRIP_CELLS // max(1, width))
            block = _block_cells(raster, to_degrees, block_metres)
            for row in range(first_row, last_row, height):
                n_rows = min(height, last_row - row)
                cells = raster.read(1, window=Window(first_column, row, width, n_rows), masked=True)
                people = np.where(np.ma.getmaskarray(cells), 0, cells.data).astype(np.float64)
                people[~np.isfinite(people)] = 0
                rows, columns = np.nonzero(people > 0)
                x, y = _spot(raster, columns + first_column + 0.5, rows + row + 0.5)
                lonlat = np.column_stack(to_degrees.transform(x, y))
                where = np.column_stack([(rows + row) // block[0], (columns + first_column) // block[1]])
                share = (row + n_rows - first_row) / (last_row - first_row)
                yield lonlat, people[rows, columns], where, int((people < 0).sum()), share
    except (RasterioError, pyproj.exceptions.ProjError) as error:
        raise unreadable_file(name, str(error).replace(str(path), path.name)) from error


def _refuse(raster: Any, name: str) -> None:
    """Refuse a raster whose cells cannot be placed or whose values are not one number for each."""
    if raster.crs is None:
        message = _("The raster does not say its coordinate reference system.")
        code, remedy = "no-crs", _("Save it with its CRS; it is never guessed.")
    elif raster.transform.b or raster.transform.d:
        message = _("The raster is rotated.")
        code, remedy = "rotated-raster", _("Warp it to north up, e.g. with gdalwarp; sums must be kept.")
    elif raster.count != 1:
        message = _("The raster has {n} bands, not one.").format(n=raster.count)
        code, remedy = "several-bands", _("Save the band with the people per cell alone.")
    else:
        return
    raise DataError([Fault(name, 0, "", code, message, remedy)])


def _spot(raster: Any, column: Any, row: Any) -> tuple[Any, Any]:
    """Return x and y of places that are given in cells from the corner; only of a raster that is not rotated."""
    transform = raster.transform
    return transform.c + transform.a * column, transform.f + transform.e * row


def _extent(raster: Any, area: shapely.Geometry | None) -> tuple[int, int, int, int]:
    """Return the first row and the one behind the last, and the same for columns, that an area may need."""
    whole = (0, raster.height, 0, raster.width)
    if area is None:
        return whole
    transformer = pyproj.Transformer.from_crs(WGS84, raster.crs.to_wkt(), always_xy=True)
    west, south, east, north = transformer.transform_bounds(*area.bounds)
    if not np.isfinite([west, south, east, north]).all():
        return whole
    columns = (np.array([west, east]) - raster.transform.c) / raster.transform.a
    rows = (np.array([south, north]) - raster.transform.f) / raster.transform.e
    return (
        int(np.clip(np.floor(rows.min()), 0, raster.height)),
        int(np.clip(np.ceil(rows.max()), 0, raster.height)),
        int(np.clip(np.floor(columns.min()), 0, raster.width)),
        int(np.clip(np.ceil(columns.max()), 0, raster.width)),
    )


def _block_cells(raster: Any, to_degrees: pyproj.Transformer, block_metres: float) -> tuple[int, int]:
    """Return how many rows and columns of cells a block has, measured in the middle of the raster."""
    x, y = _spot(raster, raster.width / 2 + np.array([0, 0, 1]), raster.height / 2 + np.array([0, 1, 0]))
    lon, lat = to_degrees.transform(x, y)
    geod = pyproj.Geod(ellps="WGS84")
    metres = [geod.inv(lon[0], lat[0], lon[i], lat[i])[2] for i in (1, 2)]
    down, right = (max(1, round(block_metres / max(one, 1e-9))) for one in metres)
    return down, right


class _Finder:
    """The nearest place of many cells: straight lines through the earth order them as distances on it do."""

    def __init__(self, places: gpd.GeoDataFrame, radius_metres: float) -> None:
        from scipy.spatial import cKDTree

        self._chord = 2 * np.sin(radius_metres / _EARTH_METRES / 2)
        self._tree = cKDTree(_on_sphere(shapely.get_coordinates(places.geometry.to_numpy()))) if len(places) else None
        self.n_places = len(places)

    def nearest(self, lonlat: Floats) -> npt.NDArray[np.int64]:
        """Return the place of each cell; the number of places where none is near enough."""
        if self._tree is None or not len(lonlat):
            return np.full(len(lonlat), self.n_places, dtype=np.int64)
        _distance, which = self._tree.query(_on_sphere(lonlat), distance_upper_bound=self._chord)
        return np.asarray(which, dtype=np.int64)


def _on_sphere(lonlat: Floats) -> Floats:
    lon, lat = np.radians(lonlat).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _count(
    tally: _Tally,
    finder: _Finder,
    lonlat: Floats,
    people: Floats,
    where: npt.NDArray[np.int64],
    area: shapely.Geometry | None,
) -> None:
    """Add the cells of one strip to the places and blocks."""
    if area is not None:
        inside = shapely.contains_xy(area, lonlat[:, 0], lonlat[:, 1])
        tally.outside += float(people[~inside].sum())
        lonlat, people, where = lonlat[inside], people[inside], where[inside]
    owner = finder.nearest(lonlat)
    near = owner < finder.n_places
    tally.per_place += np.bincount(owner[near], weights=people[near], minlength=finder.n_places)
    _count_blocks(tally, lonlat[~near], people[~near], where[~near])


def _count_blocks(tally: _Tally, lonlat: Floats, people: Floats, where: npt.NDArray[np.int64]) -> None:
    if not len(people):
        return
    # Of cells that are as full the first of the file stands for the block.
    order = np.lexsort((np.arange(len(people)), -people, where[:, 1], where[:, 0]))
    blocks, start = np.unique(where[order], axis=0, return_index=True)
    sums = np.add.reduceat(people[order], start)
    for block, first, persons in zip(map(tuple, blocks.tolist()), start.tolist(), sums.tolist(), strict=True):
        cell = order[first]
        found = (float(people[cell]), float(lonlat[cell, 0]), float(lonlat[cell, 1]))
        tally.blocks[block] += persons
        if block not in tally.fullest or found[0] > tally.fullest[block][0]:
            tally.fullest[block] = found


def _settled(
    places: gpd.GeoDataFrame, tally: _Tally, min_persons: float, name: str
) -> tuple[gpd.GeoDataFrame, float, float]:
    """Return the settlements, the people in those settled anew, and the people in none."""
    kept = [block for block, persons in tally.blocks.items() if persons >= min_persons]
    kept.sort(key=lambda block: (tally.fullest[block][2], tally.fullest[block][1]))
    new_persons = np.array([tally.blocks[block] for block in kept])
    unplaced = float(sum(tally.blocks.values()) - new_persons.sum())
    known = places["population_persons"].notna().to_numpy(dtype=bool)
    whole = _whole(np.append(np.where(known, 0.0, tally.per_place), new_persons))
    result = places.copy()
    imputed = ~known & (whole[: len(places)] > 0)
    result.loc[imputed, "population_persons"] = whole[: len(places)][imputed]
    result.loc[imputed, "pop_source"] = Path(name).name
    result["population_imputed"] = result["population_imputed"].to_numpy(dtype=bool) | imputed
    if kept:
        spots = np.array([tally.fullest[block][1:] for block in kept])
        new = _new_settlements(spots, whole[len(places) :], Path(name).name)
        result = pd.concat([result, new]) if len(result) else new
    return result, float(new_persons.sum()), unplaced


def _whole(persons: Floats) -> npt.NDArray[np.int64]:
    """Return whole persons that add up to the rounded whole, by rounding the running sum."""
    whole: npt.NDArray[np.int64] = np.diff(np.rint(np.cumsum(persons)), prepend=0.0).astype(np.int64)
    return whole


def _new_settlements(spots: Floats, persons: npt.NDArray[np.int64], source: str) -> gpd.GeoDataFrame:
    width = max(4, len(str(len(spots))))
    numbers = range(1, len(spots) + 1)
    ids = [f"p{number:0{width}d}" for number in numbers]
    raw = pd.DataFrame(
        {
            "settlement_id": ids,
            "name_en": [f"Unnamed settlement {number}" for number in numbers],
            "lon": spots[:, 0],
            "lat": spots[:, 1],
            "pop_total": persons,
            "pop_source": source,
            "pop_imputed": True,
        }
    )
    frame, _faults = check(SETTLEMENTS, raw, source)
    return frame


def _faults(name: str, sums: RasterPeople, radius_metres: float) -> list[Fault]:
    found = Findings(name)
    found.add(
        0,
        "",
        "imputed-population",
        _(
            "People come from the raster: {given} of {total} were given to settlements, of them {new} settlements that "
            "only the raster shows. Not used: {superseded} near settlements whose population is known, {unplaced} in "
            "scattered cells farther than {km} km from every settlement, {outside} outside the area."
        ).format(
            given=round(sums.given),
            total=round(sums.total),
            new=sums.n_new,
            superseded=round(sums.superseded),
            unplaced=round(sums.unplaced),
            outside=round(sums.outside),
            km=f"{radius_metres / 1000:g}",
        ),
        _("Bring a table of settlements with counted people."),
        "warning",
    )
    if sums.n_negative:
        message = _("Cells below 0 that the raster does not declare as without data: {n}; they count as such.")
        remedy = _("Declare the value for “no data” in the raster.")
        found.add(0, "", "negative-cells", message.format(n=sums.n_negative), remedy, "warning")
    if sums.total <= 0:
        message = _("The raster has no people in the area of the study.")
        found.add(0, "", "empty-raster", message, _("Check that it covers the district and holds people per cell."))
    return found.faults
