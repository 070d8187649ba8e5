"""A place from the internet as one OpenStreetMap file: its outline from Nominatim, its data from Overpass, by OSMnx.

OSMnx keeps every answer, waits its turn at the server, and splits large areas; a download that broke off goes on with
what is missing. The answers are put together into one file, which is read like any other extract.
"""

from __future__ import annotations

import hashlib
import json
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import shapely

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.read.download import USER_AGENT, not_stored
from geo.read.positions import utm_zone
from geo.read.values import load_rows
from geo.tables.check import WGS84
from geo.units import METRES_PER_KM

#: The servers that OSMnx uses by default; https://operations.osmfoundation.org/policies/nominatim/ and
#: https://dev.overpass-api.de/overpass-doc/en/preface/commons.html say what they ask of users.
NOMINATIM: Final = "https://nominatim.openstreetmap.org/"
OVERPASS: Final = "https://overpass-api.de/api"
#: Square metres asked for at a time: a tenth of a large steppe district, which has few roads.
_QUERY_AREA: Final = 1e10
#: What OSMnx says of a place that is a point or a line.
_NO_OUTLINE: Final = "to a geometry of type (Multi)Polygon"
#: Corners of an outline that is asked for; Overpass is slow with thousands.
_SIMPLER_DEGREES: Final = 0.005
_KINDS: Final = ("node", "way", "relation")
#: Values of `highway` that are never roads, and many.
_NO_ROADS: Final = ("abandoned", "bus_stop", "construction", "elevator", "platform", "proposed", "razed")
_NOT_XML: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Servers:
    """Where is asked."""

    nominatim: str = NOMINATIM
    overpass: str = OVERPASS
    #: Whether the status of Overpass is asked for before each query, to wait one's turn.
    polite: bool = True


#: The public servers.
PUBLIC: Final = Servers()


@dataclass(frozen=True)
class OnlinePlace:
    """A place from the internet.

    Parameters
    ----------
    extract
        OpenStreetMap file with everything around it.
    osm_id
        r, w and the number of the outline.
    name
        Name as Nominatim states it, without the units above.
    shape
        Outline in WGS 84.
    date
        State of the data, as Overpass states it.
    """

    extract: Path
    osm_id: str
    name: str
    shape: shapely.Geometry
    date: str


def fetch_place(
    place: str,
    cache: Path,
    *,
    buffer_km: float,
    walk: bool = False,
    buildings: bool = False,
    servers: Servers = PUBLIC,
    progress: Callable[[str, float], None] = lambda _text, _share: None,
) -> OnlinePlace:
    """Fetch a place and what surrounds it.

    Parameters
    ----------
    place
        What to look for, e.g. ``Karkaraly District, Kazakhstan``.
    cache
        Folder in which answers are kept.
    buffer_km
        How far around it roads, places and facilities are fetched.
    walk
        Whether ways for walkers alone are fetched.
    buildings
        Whether buildings are fetched, inside the place only.
    servers
        Where to ask.
    progress
        Told what is being done.

    Raises
    ------
    DataError
        If the place is not found or has no outline, or a server cannot be reached or refuses.
    """
    import osmnx
    from osmnx._overpass import _download_overpass_features as features
    from osmnx._overpass import _download_overpass_network as network

    # OSMnx turns what it fetches into graphs and tables at once, which keep less than a file does. Its own fetching is
    # used underneath: cached, one's turn awaited, large areas parted.
    with _settings(osmnx.settings, cache / "osmnx", servers), _errors(place, servers, cache):
        progress(_("Looking for {place}").format(place=place), 0.0)
        found = _outlined(place)
        row, shape = found.iloc[0], found.geometry.iloc[0]
        around = _around(shape, buffer_km)
        progress(_("Fetching roads"), 0.1)
        elements = _Elements()
        elements.take(network(around, "all", _road_filters(walk=walk)))
        progress(_("Fetching places and facilities"), 0.6)
        elements.take(features(around, _feature_tags()))
        if buildings:
            progress(_("Fetching buildings"), 0.8)
            elements.take(features(shape, {"building": True}))
    key = hashlib.sha256(json.dumps([place, buffer_km, walk, buildings]).encode()).hexdigest()[:16]
    extract = cache / f"place-{key}.osm"
    try:
        elements.write(extract)
    except OSError as error:
        raise not_stored(extract, error) from error
    name = str(row["display_name"]).split(",")[0].strip() or place
    return OnlinePlace(extract, f"{str(row['osm_type'])[:1]}{row['osm_id']}", name, shape, elements.date)


def _around(shape: shapely.Geometry, buffer_km: float) -> shapely.Geometry:
    layer = gpd.GeoSeries([shape], crs=WGS84)
    metric = layer.to_crs(utm_zone(layer)).buffer(buffer_km * METRES_PER_KM)
    return shapely.simplify(metric.to_crs(WGS84).iloc[0], _SIMPLER_DEGREES)


def _road_filters(*, walk: bool) -> list[str]:
    """Return what ways are fetched as roads."""
    paths = [row["highway"] for row in load_rows("osm_classes.csv") if row["road_category"] == "path"]
    left_out = "|".join([*_NO_ROADS, *([] if walk else paths)])
    return [f'["highway"]["highway"!~"^({left_out})$"]', '["route"="ferry"]']


def _feature_tags() -> dict[str, bool | str | list[str]]:
    """Return the tags of places and facilities that are read of an extract."""
    wanted: dict[str, set[str]] = {"place": set(), "amenity": set(), "healthcare": set()}
    for row in load_rows("osm_values.csv"):
        if row["key"] in wanted and row["means"] != "uninhabited":
            wanted[row["key"]].add(row["value"])
    return {key: sorted(values) for key, values in wanted.items()}


class _Elements:
    """Elements of several answers, each once."""

    def __init__(self) -> None:
        self.date = ""
        self._found: dict[tuple[str, int], Mapping[str, Any]] = {}

    def take(self, answers: Iterator[Mapping[str, Any]]) -> None:
        """Take the elements of answers; one that the server could not finish is an error, not a smaller answer."""
        for answer in answers:
            if "remark" in answer or "elements" not in answer:
                raise _IncompleteAnswerError(str(answer.get("remark", answer))[:200])
            self.date = self.date or str(answer.get("osm3s", {}).get("timestamp_osm_base", ""))
            for element in answer["elements"]:
                key = (element["type"], int(element["id"]))
                # The same node comes with tags from one query and as a mere corner from another.
                if key not in self._found or "tags" in element:
                    self._found[key] = element

    def write(self, path: Path) -> None:
        """Write an OpenStreetMap file: nodes, ways, relations, each sorted."""
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + ".part")
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            file.write('<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="geo">\n')
            for kind in _KINDS:
                for key in sorted(key for key in self._found if key[0] == kind):
                    file.writelines(_lines(kind, self._found[key]))
            file.write("</osm>\n")
        draft.replace(path)


class _IncompleteAnswerError(Exception):
    """The server answered with less than was asked for, and says so."""


def _lines(kind: str, element: Mapping[str, Any]) -> Iterator[str]:
    place = f' lat="{element["lat"]}" lon="{element["lon"]}"' if kind == "node" else ""
    yield f'<{kind} id="{int(element["id"])}" version="1"{place}>'
    for node in element.get("nodes", ()):
        yield f'<nd ref="{int(node)}"/>'
    for member in element.get("members", ()):
        role = quoteattr(_clean(str(member.get("role", ""))))
        yield f'<member type={quoteattr(str(member["type"]))} ref="{int(member["ref"])}" role={role}/>'
    for key, value in sorted(element.get("tags", {}).items()):
        yield f"<tag k={quoteattr(_clean(key))} v={quoteattr(_clean(str(value)))}/>"
    yield f"</{kind}>\n"


def _clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _NOT_XML.sub(" ", text)


@contextmanager
def _settings(settings: Any, answers: Path, servers: Servers) -> Iterator[None]:
    """Let OSMnx ask our servers and keep the answers in our folder, and put its settings back afterwards."""
    ours = {
        "use_cache": True,
        "cache_folder": str(answers),
        "nominatim_url": servers.nominatim,
        "overpass_url": servers.overpass,
        "overpass_rate_limit": servers.polite,
        "max_query_area_size": _QUERY_AREA,
        "http_user_agent": USER_AGENT,
        "doh_url_template": None,
    }
    before = {name: getattr(settings, name) for name in ours}
    resolve = socket.getaddrinfo
    try:
        for name, value in ours.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)
        # OSMnx binds the server's name to one address, for the whole process.
        socket.getaddrinfo = resolve


def _outlined(place: str) -> gpd.GeoDataFrame:
    """Return what a server knows of a place with an outline."""
    import osmnx

    try:
        return osmnx.geocode_to_gdf(place)
    except TypeError as error:
        # OSMnx has no class of its own for it; every other error of that kind is a mistake in a program.
        if _NO_OUTLINE not in str(error):
            raise
        message = _("“{place}” has no outline in OpenStreetMap.").format(place=place)
        remedy = _("Name an administrative unit, or use an extract with --pbf.")
        raise _fault("--place", "no-outline", message, remedy) from error


@contextmanager
def _errors(place: str, servers: Servers, cache: Path) -> Iterator[None]:
    """Turn what can go wrong into one sentence."""
    import requests
    from osmnx._errors import InsufficientResponseError, ResponseStatusCodeError

    again = _("Try again later: what was fetched is kept, and only the rest is asked for.")
    try:
        yield
    except InsufficientResponseError as error:
        message = _("Nominatim knows no place “{place}”.").format(place=place)
        remedy = _("Write it as on openstreetmap.org, e.g. “Karkaraly District, Kazakhstan”.")
        raise _fault("--place", "unknown-place", message, remedy) from error
    except _IncompleteAnswerError as error:
        message = _("The server could not finish its answer: {reason}.").format(reason=str(error).rstrip("."))
        remedy = again + " " + _("Or ask for less with --buffer-km.")
        raise _fault(servers.overpass, "incomplete-answer", message, remedy) from error
    except (requests.exceptions.RequestException, ResponseStatusCodeError) as error:
        message = _("{url} could not be fetched: {reason}.").format(url=place, reason=str(error)[:300].rstrip("."))
        raise _fault("--place", "not-reached", message, again) from error
    except OSError as error:  # OSMnx keeps answers while it fetches
        raise not_stored(cache, error) from error


def _fault(name: str, code: str, message: str, remedy: str) -> DataError:
    return DataError([Fault(name, 0, "", code, message, remedy)])
