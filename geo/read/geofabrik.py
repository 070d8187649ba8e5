"""Extracts of countries from Geofabrik's server: which there are, and the one of a country, kept on this machine."""

from __future__ import annotations

import difflib
import json
import re
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import urlsplit

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.read.download import PATIENT, Patience, Progress, fetch, fetch_text

#: The server and its machine-readable index; https://download.geofabrik.de/technical.html describes both.
SERVER: Final = "https://download.geofabrik.de"
_INDEX: Final = "index-v1-nogeom.json"
_MD5: Final = re.compile(r"^([0-9a-fA-F]{32})\b")


def fetch_country(
    country: str,
    cache: Path,
    *,
    server: str = SERVER,
    progress: Progress = lambda _done, _all: None,
    patience: Patience = PATIENT,
) -> tuple[Path, str]:
    """Download the extract of a country, unless the server's present one is there already.

    Parameters
    ----------
    country
        Geofabrik's id, English name or two-letter code: kazakhstan, Kazakhstan, KZ.
    cache
        Folder for extracts.
    server
        Base address.
    progress, patience
        As in `geo.read.download.fetch`.

    Returns
    -------
    Path
        The extract.
    str
        Its address.

    Raises
    ------
    DataError
        If there is no such country, the server cannot be reached, or the download is not what the server promises.
    """
    url = _address(country, server, patience)
    name = PurePosixPath(urlsplit(url).path).name
    stated = _MD5.match(fetch_text(url + ".md5", largest_bytes=10_000, patience=patience).strip())
    if stated is None:
        message = _("The server states no checksum for {url}.").format(url=url)
        raise DataError([Fault(name, 0, "", "wrong-download", message, _("Try again later."))])
    return fetch(url, cache / name, md5=stated[1].lower(), progress=progress, patience=patience), url


def _address(country: str, server: str, patience: Patience) -> str:
    index_url = f"{server.rstrip('/')}/{_INDEX}"
    text = fetch_text(index_url, patience=patience)
    try:
        areas = [feature["properties"] for feature in json.loads(text)["features"]]
        by_name = {name: area for area in areas for name in _names(area)}
        found = by_name.get(country.strip().casefold())
        address = None if found is None else str(found["urls"]["pbf"])
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        message = _("The index of the server cannot be read: {reason}.").format(reason=error)
        raise DataError([Fault(index_url, 0, "", "wrong-download", message, _("Try again later."))]) from error
    if address is None:
        near = difflib.get_close_matches(country.strip().casefold(), sorted(by_name), n=3)
        message = _("The server has no extract called “{country}”.").format(country=country)
        remedy = (
            _("Did you mean {near}?").format(near=f" {_('or')} ".join(near)) if near else _("Use its English name.")
        )
        raise DataError([Fault("--country", 0, "", "unknown-country", message, remedy)])
    if urlsplit(address).netloc != urlsplit(server).netloc:
        message = _("The index names another server: {url}.").format(url=address)
        raise DataError([Fault(index_url, 0, "", "wrong-address", message, _("Nothing was downloaded."))])
    return address


def _names(area: dict[str, Any]) -> list[str]:
    codes = area.get("iso3166-1:alpha2") or []
    # An area with several countries goes by none of their codes.
    return [str(name).casefold() for name in (area["id"], area["name"], *(codes if len(codes) == 1 else []))]
