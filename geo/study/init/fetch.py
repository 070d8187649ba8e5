"""The extract of a new study from the internet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import platformdirs

from geo.language import gettext as _
from geo.language import numbers
from geo.read.download import PATIENT, Patience
from geo.read.geofabrik import SERVER, fetch_country
from geo.read.online import PUBLIC, Servers, fetch_place
from geo.study.init.request import InitRequest, Outline
from geo.study.init.run import check_folder
from geo.study.prepare import Progress

_MEGABYTE: Final = 1_000_000


def default_cache() -> Path:
    """Return the folder for what is fetched."""
    return Path(platformdirs.user_cache_dir("geo-placement", appauthor=False)) / "extracts"


def fetched(
    request: InitRequest,
    cache: Path | None,
    progress: Progress,
    *,
    place: str | None = None,
    country: str | None = None,
    servers: Servers = PUBLIC,
    geofabrik: str = SERVER,
    patience: Patience = PATIENT,
) -> InitRequest:
    """Return a request with the extract of a place or of a country, fetched unless it is there.

    Parameters
    ----------
    request
        What is asked for; its extract is not looked at.
    cache
        Folder for what is fetched; by default in the user's cache folder.
    progress
        Told what is being done.
    place, country
        What to fetch, one of them.
    servers, geofabrik, patience
        Where and how often to ask.

    Raises
    ------
    DataError
        If it cannot be fetched, or the study's folder cannot be made.
    """
    check_folder(request)
    folder = default_cache() if cache is None else cache
    if country is not None:

        def tell(done: int, total: int) -> None:
            shown = [numbers.decimal(count / _MEGABYTE, 0) for count in (done, total)]
            text = _("Fetching {country}: {done} of {total} MB").format(country=country, done=shown[0], total=shown[1])
            progress(text, done / total if total else 0.0)

        extract, url = fetch_country(country, folder, server=geofabrik, progress=tell, patience=patience)
        return replace(request, extract=extract, origin=url)
    assert place is not None  # noqa: S101 - the caller gives one of them
    found = fetch_place(
        place,
        folder,
        buffer_km=request.buffer_km,
        walk=request.vehicle == "walk",
        buildings=request.persons_per_building is not None,
        servers=servers,
        progress=progress,
    )
    outline = Outline(found.osm_id, found.name, found.shape, f"Outline of “{place}” by Nominatim.")
    origin = f"{servers.overpass}, by OSMnx."
    return replace(request, extract=found.extract, outline=outline, origin=origin, date=found.date)
