"""One OpenStreetMap extract -> roads, places, facilities, boundaries, buildings and waters, checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import Fault
from geo.language import gettext as _
from geo.read.facilities import warn_of_near_facilities
from geo.read.names import name_columns
from geo.read.osm_features import drop_duplicates, facility_row, place_row
from geo.read.osm_notes import check_rows, listed, note_cut_ways, tell
from geo.read.osm_roads import road_table
from geo.read.osm_scan import Feature, Scan, facility_service, scan
from geo.read.suspicion import suspect
from geo.read.values import meaning
from geo.tables import BOUNDARIES, FACILITIES, SETTLEMENTS, WALK
from geo.tables.check import WGS84, Findings


@dataclass(frozen=True)
class OsmExtract:
    """What one OpenStreetMap file holds. All tables are in WGS 84.

    Parameters
    ----------
    roads
        Table ROADS; ids are ``w<way>``, with ``-1``, ``-2`` where a way was cut. Every vertex has
        the exact coordinates of its OpenStreetMap node, so that roads that share a node share a vertex. Barriers are
        roads of some centimetres, ``n<node>`` (`geo.read.barriers`).
    places
        Table SETTLEMENTS.
    facilities
        Table FACILITIES. `level` is blank: the study names the level.
    boundaries
        Table BOUNDARIES.
    buildings
        Points of buildings that may be lived in, indexed by OSM id.
    waters
        Lakes and rivers: `kind` (water, river, canal), `name`, geometry.
    findings
        What was noticed, by part: roads, places, facilities, boundaries. A study that brings a table of its own does
        not use the part. There are no rows in an OSM file: messages name OSM ids.
    counts
        What was found, dropped and imputed, by name.
    incomplete
        Names of administrative boundaries that are not complete in the file, by OSM id.
    """

    roads: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    boundaries: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    waters: gpd.GeoDataFrame
    findings: Mapping[str, tuple[Fault, ...]]
    counts: Mapping[str, int]
    incomplete: Mapping[str, str]

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything noticed in any part, once."""
        return self.faults_of(*self.findings)

    def faults_of(self, *parts: str) -> tuple[Fault, ...]:
        """Return what was noticed in some parts, once."""
        return tuple(dict.fromkeys(fault for part in parts for fault in self.findings[part]))


def read_osm(
    path: Path,
    name: str,
    *,
    admin_levels: Mapping[int, str] | None = None,
    vehicles: Collection[str] = ("car",),
    paths: bool = True,
) -> OsmExtract:
    """Read an .osm.pbf or .osm file.

    Parameters
    ----------
    path
        File.
    name
        Name for messages, relative to the study folder.
    admin_levels
        OpenStreetMap's `admin_level` -> tier of BOUNDARIES, where the country differs from Kazakhstan (2 country,
        4 oblast, 6 district, 8 okrug).
    vehicles
        Roads that none of these may ever use are left out; vehicles of `geo.tables.inputs.VEHICLES`.
    paths
        Whether ways for walkers alone are roads, where somebody walks.

    Returns
    -------
    OsmExtract
        Checked tables, faults and counts.

    Raises
    ------
    DataError
        If the file is missing or is no OpenStreetMap file.
    """
    found = {part: Findings(name) for part in ("roads", "places", "facilities", "boundaries")}
    counts: Counter[str] = Counter()
    picked = scan(path, name, paths=paths and WALK in vehicles)
    _note_gaps(picked, found, counts)
    roads = road_table(picked.roads, vehicles, found["roads"], counts)
    places = _places(picked.places, found["places"], counts)
    facilities = _facilities(picked.facilities, found["facilities"], counts)
    boundaries = _boundaries(picked.boundaries, admin_levels, found["boundaries"], counts)
    buildings = _buildings(picked, counts)
    waters = gpd.GeoDataFrame(
        {
            "kind": [water.tags.get("natural") or water.tags.get("waterway") for water in picked.waters],
            "name": [water.tags.get("name") for water in picked.waters],
        },
        geometry=[water.shape for water in picked.waters],
        index=[water.osm_id for water in picked.waters],
        crs=WGS84,
    )
    findings = {part: tuple(one.faults) for part, one in found.items()}
    incomplete = dict(sorted(picked.missing_boundaries.items()))
    return OsmExtract(roads, places, facilities, boundaries, buildings, waters, findings, dict(counts), incomplete)


def _note_gaps(picked: Scan, found: Mapping[str, Findings], counts: Counter[str]) -> None:
    counts["cut_ways"] = len(picked.roads.cut_ways)
    counts["incomplete_areas"] = len(picked.open_areas)
    counts["incomplete_boundaries"] = len(picked.missing_boundaries)
    note_cut_ways(picked.roads.cut_ways, found["roads"])
    for part in ("places", "facilities") if picked.open_areas else ():
        tell(
            found[part],
            "incomplete-area",
            _(
                "Areas that are not complete in the file: {n} ({ids}). Places, facilities and buildings among them "
                "stand in the middle of the corners that are there; others are left out."
            ).format(n=len(picked.open_areas), ids=listed(picked.open_areas)),
            _("Use an extract with complete ways if the edge matters."),
        )
    if picked.missing_boundaries:
        tell(
            found["boundaries"],
            "incomplete-boundary",
            _("Boundaries that are not complete in the file and are left out: {n} ({ids}).").format(
                n=len(picked.missing_boundaries),
                ids=listed(f"{osm_id} {title}" for osm_id, title in sorted(picked.missing_boundaries.items())),
            ),
            _("Bring the boundaries as a file of their own if they are needed."),
        )


def _places(features: Sequence[Feature], found: Findings, counts: Counter[str]) -> gpd.GeoDataFrame:
    kept, dropped = drop_duplicates(features, lambda _place: "place", keep_inner=True)
    _note_dropped(dropped, found)
    counts["places_tagged"], counts["places_duplicate"] = len(features), len(dropped)
    places = check_rows(SETTLEMENTS, [place_row(place) for place in kept], None, found)
    counts["places"] = len(places)
    counts["places_with_population"] = int(places["population_persons"].notna().sum())
    unknown = len(places) - counts["places_with_population"]
    if unknown:
        tell(
            found,
            "unknown-population",
            _("Places whose population is unknown: {n} of {total}.").format(n=unknown, total=len(places)),
            _("Bring a table of settlements, or let buildings stand in."),
            "warning",
        )
    return places


def _note_dropped(dropped: Sequence[tuple[str, str]], found: Findings) -> None:
    by_kept: dict[str, list[str]] = {}
    for gone, kept in dropped:
        by_kept.setdefault(kept, []).append(gone)
    for kept, gone_ids in sorted(by_kept.items()):
        tell(
            found,
            "duplicate-feature",
            _("{gone} and {kept} are one and the same; {kept} is kept.").format(gone=listed(gone_ids), kept=kept),
            _("Tag it once in OpenStreetMap."),
        )


def _facilities(features: Sequence[Feature], found: Findings, counts: Counter[str]) -> gpd.GeoDataFrame:
    kept, dropped = drop_duplicates(features, lambda feature: facility_service(feature.tags), keep_inner=False)
    _note_dropped(dropped, found)
    for feature in features:
        counts[f"{facility_service(feature.tags)}_tagged"] += 1
    counts["facilities_duplicate"] = len(dropped)
    facilities = check_rows(FACILITIES, [facility_row(feature) for feature in kept], None, found)
    reasons = {feature.osm_id: suspect(facility_service(feature.tags) or "", feature.tags) for feature in kept}
    facilities["suspected"] = np.array([reasons[osm_id] is not None for osm_id in facilities.index], dtype=bool)
    counts["facilities"], counts["suspected"] = len(facilities), int(facilities["suspected"].sum())
    for osm_id in facilities.index[facilities["suspected"]]:
        row = facilities.loc[osm_id]
        title = row["name_en"] or row["name_ru"] or row["name_kk"] or ""
        tell(
            found,
            "suspected-mistag",
            _("{id} “{name}” is tagged as {service} but looks like a place of worship: {reason}.").format(
                id=osm_id, name=title, service=row["service"], reason=reasons[osm_id]
            ),
            _("Check it, and correct it in OpenStreetMap or leave it out in the study."),
            "warning",
        )
    _note_status(facilities, found)
    return facilities


def _note_status(facilities: gpd.GeoDataFrame, found: Findings) -> None:
    closed = facilities.index[facilities["status"] == "closed"]
    if len(closed):
        tell(
            found,
            "not-open",
            _("Facilities that are closed by their name or tags: {n} ({ids}).").format(
                n=len(closed), ids=listed(closed)
            ),
            _("Correct the status if they are open."),
        )
    if len(facilities):
        tell(
            found,
            "unknown-level",
            _("Facilities whose level OpenStreetMap does not say: {n}.").format(n=len(facilities)),
            _("The study's default level is used; bring a table of facilities to do better."),
            "warning",
        )
    near = Findings(found.file)
    warn_of_near_facilities(facilities, near)
    for fault in near.faults:
        tell(found, fault.code, fault.message, fault.remedy, "warning")


def _boundaries(
    features: Sequence[Feature], admin_levels: Mapping[int, str] | None, found: Findings, counts: Counter[str]
) -> gpd.GeoDataFrame:
    rows, shapes = [], []
    other: Counter[str] = Counter()
    for feature in features:
        number = feature.tags["admin_level"]
        if admin_levels is None:
            level = meaning("admin_level", number)
        else:
            level = admin_levels.get(int(number)) if number.isdecimal() else None
        if level is None:
            other[number] += 1
            continue
        names = name_columns(feature.tags)
        if not any(names.values()):
            names["name_en"] = f"Unnamed {level} {feature.osm_id}"
        rows.append({"unit_id": feature.osm_id, "level": level, **names})
        shapes.append(feature.shape)
    boundaries = check_rows(BOUNDARIES, rows, shapes, found)
    counts["boundaries"] = len(boundaries)
    for number, n in sorted(other.items()):
        tell(
            found,
            "unknown-admin-level",
            _("Boundaries of admin_level={level} belong to no tier and are left out: {n}.").format(n=n, level=number),
            _("Name the tier of this level if it is needed."),
        )
    return boundaries


def _buildings(picked: Scan, counts: Counter[str]) -> gpd.GeoDataFrame:
    counts["buildings_tagged"] = len(picked.building_ids) + picked.n_uninhabited
    counts["buildings"] = len(picked.building_ids)
    points = np.concatenate(picked.building_points)
    return gpd.GeoDataFrame(geometry=points, index=pd.Index(picked.building_ids, dtype=object), crs=WGS84)
