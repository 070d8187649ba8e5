"""From one OpenStreetMap extract to a study folder: reads, chooses, writes, and checks what it wrote."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import shapely

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.read.boundaries import read_boundaries
from geo.read.bundled import bundled_folder
from geo.read.osm import OsmExtract, read_osm
from geo.read.osm_header import data_date
from geo.study.config import STUDY_FILE, StudyConfig
from geo.study.init import tables, texts
from geo.study.init.area import ADMIN_LEVELS, Area, choose_area
from geo.study.init.folder import check_free, new_files
from geo.study.init.people import People, find_people
from geo.study.init.request import InitRequest
from geo.study.init.services import TEMPLATES
from geo.study.load import StudyData, load_study
from geo.study.prepare import Progress, verify

QUALITY_FILE: Final = "data-quality.html"
_REGIONS: Final = ("kazakhstan", "regions.geojson")


@dataclass(frozen=True)
class Initialised:
    """A study that was set up.

    Parameters
    ----------
    request, area, people, setting
        What was asked for, and what was chosen.
    config
        The study file that was written.
    extract_counts
        What the extract holds, by name (`geo.read.osm`).
    roads, facilities
        The tables that were written.
    extract_facilities
        Facilities of the whole extract, by service.
    faults
        Findings of the extract, of what was assumed, and of the check of the folder.
    """

    request: InitRequest
    area: Area
    people: People
    setting: texts.Setting
    config: StudyConfig
    extract_counts: Mapping[str, int]
    roads: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    extract_facilities: Mapping[str, int]
    faults: tuple[Fault, ...]


def init_study(
    request: InitRequest,
    progress: Progress = lambda _text, _share: None,
    page: Callable[[Initialised], str] | None = None,
) -> Initialised:
    """Make a study folder from one extract: whole, checked, or not at all.

    Parameters
    ----------
    request
        What is asked for.
    progress
        Told in words what is being done, and which share lies behind.
    page
        Writes the data-quality page; none is written without it.

    Raises
    ------
    DataError
        If the extract cannot be used, the folder cannot be made, or what was written does not pass its own check.
    """
    check_folder(request)
    progress(_("Reading the extract"), 0.0)
    name = request.extract.name
    extract = read_osm(request.extract, name, admin_levels=ADMIN_LEVELS, vehicles=(request.vehicle,))
    progress(_("Settlements and people"), 0.5)
    area = choose_area(request, extract, _title(request))
    people = find_people(request, extract, area, lambda share: progress(_("Raster of people"), 0.5 + 0.2 * share))
    roads, facilities = area.within(extract.roads), area.within(extract.facilities)
    setting = texts.Setting(_short_name(request.folder), _services(request, facilities), _in_kazakhstan(area))
    facilities = facilities[facilities["service"].isin(setting.services)]
    if not len(roads):
        raise DataError([Fault(name, 0, "", "no-roads", _("There are no roads in the area."), _no_roads())])
    progress(_("Writing"), 0.7)
    with new_files(request.folder) as draft:
        _write(draft, request, setting, area, people, roads, facilities)
        progress(_("Checking"), 0.85)
        study = load_study(draft)
        doubts = verify(study)
        done = Initialised(
            request=request,
            area=area,
            people=people,
            setting=setting,
            config=study.config,
            extract_counts=extract.counts,
            roads=roads,
            facilities=facilities,
            extract_facilities=extract.facilities["service"].value_counts().to_dict(),
            faults=tuple(dict.fromkeys((*_found(extract, area, study), *people.faults, *study.faults, *doubts))),
        )
        if page is not None:
            (draft / QUALITY_FILE).write_text(page(done), encoding="utf-8", newline="\n")
    return done


def check_folder(request: InitRequest) -> None:
    """Make sure that the folder can be made, before anything long is begun.

    Raises
    ------
    DataError
        Naming what is in the way.
    """
    check_free(request.folder, [STUDY_FILE, texts.SOURCES_FILE, texts.NORMS_FILE, *texts.TABLES, QUALITY_FILE])


def _write(
    draft: Path,
    request: InitRequest,
    setting: texts.Setting,
    area: Area,
    people: People,
    roads: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame,
) -> None:
    tables.write_boundaries(area.boundaries, draft / tables.BOUNDARIES_FILE)
    tables.write_roads(roads, draft / tables.ROADS_FILE)
    tables.write_settlements(people.settlements, draft / tables.SETTLEMENTS_FILE)
    tables.write_facilities(facilities, draft / tables.FACILITIES_FILE)
    written = {STUDY_FILE: texts.study_text(request, setting, area, people)}
    if texts.uses_local_norms(request, setting):
        written[texts.NORMS_FILE] = texts.norms_text(request, setting)
    date = request.date or data_date(request.extract, request.extract.name)
    written[texts.SOURCES_FILE] = texts.source_text(request, area, draft, date)
    for name, text in written.items():
        (draft / name).parent.mkdir(exist_ok=True)
        (draft / name).write_text(text, encoding="utf-8", newline="\n")


def _found(extract: OsmExtract, area: Area, study: StudyData) -> tuple[Fault, ...]:
    """Return the findings of the extract: of its boundaries where they matter, and none that the tables repeat.

    Only the extract knows why a facility is suspected.
    """
    parts = ["roads", "places", "facilities", *(["boundaries"] if area.is_hull else [])]
    told = {fault.code for fault in study.faults} - {"suspected-mistag"}
    return tuple(fault for fault in extract.faults_of(*parts) if fault.code not in told)


def _services(request: InitRequest, facilities: gpd.GeoDataFrame) -> tuple[str, ...]:
    """Return the services asked for; without a wish those that have a facility, all of them where none has one."""
    if request.services:
        return tuple(dict.fromkeys(request.services))
    present = set(facilities["service"])
    return tuple(service for service in TEMPLATES if service in present) or tuple(TEMPLATES)


def _in_kazakhstan(area: Area) -> bool:
    path = bundled_folder("boundaries").joinpath(*_REGIONS)
    if not path.is_file():
        return False
    regions, _faults = read_boundaries(path, path.name)
    return bool(shapely.intersects(regions.geometry.to_numpy(), area.shape.representative_point()).any())


def _title(request: InitRequest) -> str:
    """Return a title from the name of the extract: ``vavuniya.osm.pbf`` is Vavuniya."""
    stem = re.sub(r"(\.osm)?(\.pbf|\.osm)?$", "", request.extract.name, flags=re.IGNORECASE)
    stem = re.sub(r"[-_](latest|\d{6,})$", "", stem)
    words = re.sub(r"[\W_]+", " ", stem).strip()
    return words[:1].upper() + words[1:] or request.folder.absolute().name


def _short_name(folder: Path) -> str:
    """Return the name of a folder with the letters that a study's name may have."""
    plain = re.sub(r"[^a-z0-9]+", "-", folder.absolute().name.lower()).strip("-")
    return plain or "study"


def _no_roads() -> str:
    return _("Use an extract of the right area that has its roads.")
