"""One clean study folder, and the 36 ways in which a planner's folder is spoilt: one small change each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyproj
from shapely.geometry import LineString, Point, box

STUDY = """
[study]
name = "clean"
title = { en = "Two districts in the west" }
synthetic = true

[inputs]
roads = "roads.geojson"
settlements = "settlements.csv"
facilities = "facilities.csv"
boundaries = "boundaries.geojson"
costs = "costs.csv"
candidates = "candidates.gpkg"
hazards = "hazards.shp"

[norms]
packs = ["who-lancet", "own"]

[[service]]
name = "phc"
label = { en = "Clinic" }
site_label = { en = "clinic" }
levels = ["fap", "hospital"]
serving_level = "fap"
norm = "who-lancet/phc-60-minutes"
open = 1

[[service]]
name = "school"
label = { en = "School" }
site_label = { en = "school" }
levels = ["basic"]
serving_level = "basic"
demand = ["pop_6_9", "pop_10_14", "pop_15_17"]
norm = "kz-sparse/school-30-minutes"
open = 1
"""
SOURCE = """
[[source]]
title = "Made up"
producer = "The tests"
licence = "CC0-1.0"
date = "2026-01-01"
synthetic = true
"""
PACK = """
pack = "own"
title = "Two bands"

[[norm]]
norm_id = "small"
service = "phc"
level = "fap"
metric = "in_settlement"
value = 1
unit = "facility"
applies_if = { pop_min = 500, pop_max = 1500 }
title_en = "A feldsher point"
source = "the tests"
confidence = "L"
verified = false

[[norm]]
norm_id = "large"
service = "phc"
level = "hospital"
metric = "in_settlement"
value = 1
unit = "facility"
applies_if = { pop_min = 1500, pop_max = 5000 }
title_en = "A hospital"
source = "the tests"
confidence = "L"
verified = false
"""
#: South and north of a border; codes of West Kazakhstan and of Abai, which was made in 2022.
SOUTH, NORTH = "2732", "1036"
#: letter: code, names in Kazakh, Russian and English, lon, lat, people
PLACES = {
    "A": ("273210100", "Ақжайық", "Акжаик", "Aqjaiyq", 51.37, 51.23, 3000),
    "B": ("273214100", "Теректі", "Теректы", "Terekti", 51.70, 51.10, 1200),
    "C": ("273218100", "Бурабай", "Боровое", "Burabay", 52.20, 50.90, 450),
    "D": ("103610100", "Шалқар", "Челкар", "Shalqar", 51.50, 51.50, 800),
    "E": ("103614100", "Мойынқұм", "Моинкум", "Moyinqum", 51.90, 51.60, 600),
    "F": ("103618100", "Үлкен", "Большое", "Ulken", 52.30, 51.70, 300),
}
LINKS = ("AB", "BC", "AD", "DE", "EF")
GEOD = pyproj.Geod(ellps="WGS84")


def place(letter: str) -> tuple[float, float]:
    return PLACES[letter][4], PLACES[letter][5]


@dataclass
class Folder:
    """A folder before it is written: tables, the study file, and what happens to the text of a file at last."""

    study: str = STUDY
    pack: str = PACK
    settlements: list[dict[str, Any]] = field(default_factory=list)
    facilities: list[dict[str, Any]] = field(default_factory=list)
    roads: list[dict[str, Any]] = field(default_factory=list)
    boundaries: list[dict[str, Any]] = field(default_factory=list)
    costs_source: str = "tender"
    costs_encoding: str = "utf-8"
    candidate: Point = field(default_factory=lambda: Point(51.71, 51.11))
    hazards_crs: str | None = "EPSG:4326"
    finish: list[Callable[[str], str]] = field(default_factory=list)

    def settle(self, code: str, lon: Any, lat: Any, unit: str = SOUTH, **changed: Any) -> None:
        """Add a settlement."""
        row = {"settlement_id": code, "name_kk": "", "name_ru": f"Новое {code[4:6]}", "name_en": "", "lon": lon}
        row |= {"lat": lat, "district_id": unit, "pop_total": 100, "pop_year": 2025}
        self.settlements.append(row | dict.fromkeys(("pop_6_9", "pop_10_14", "pop_15_17"), 5) | changed)

    def supply(self, code: str, service: str, settlement: str, **changed: Any) -> None:
        """Add a facility."""
        level = {"phc": "fap", "school": "basic"}[service]
        row = {"facility_id": code, "name_ru": f"Учреждение {code}", "settlement_id": settlement, "settlement_name": ""}
        row |= {"lon": "", "lat": "", "service": service, "level": level, "capacity": 100, "load": 50}
        self.facilities.append(row | {"status": "open", "wear_pct": 40} | changed)

    def road(self, code: str, *points: tuple[float, float], **changed: Any) -> None:
        """Add a road with the length of its line."""
        line = LineString(points)
        row = {"edge_id": code, "road_category": "IV", "surface": "asphalt", "condition": "good", "oneway": "no"}
        length = {"length_km": round(GEOD.geometry_length(line) / 1000, 3)}
        self.roads.append(row | length | changed | {"geometry": line})

    def write(self, folder: Path) -> Path:
        """Write the folder."""
        (folder / "norms").mkdir(parents=True, exist_ok=True)
        (folder / "study.toml").write_text(self.study, encoding="utf-8")
        (folder / "SOURCE.toml").write_text(SOURCE, encoding="utf-8")
        (folder / "norms" / "own.toml").write_text(self.pack, encoding="utf-8")
        text = pd.DataFrame(self.settlements).to_csv(index=False)
        for change in self.finish:
            text = change(text)
        (folder / "settlements.csv").write_text(text, encoding="utf-8")
        pd.DataFrame(self.facilities).to_csv(folder / "facilities.csv", index=False)
        costs = f"item,unit,value,price_year,source\nphc/fap,object,1000,2025,{self.costs_source}\n"
        (folder / "costs.csv").write_bytes(costs.encode(self.costs_encoding))
        for name in ("roads", "boundaries"):
            layer = gpd.GeoDataFrame(getattr(self, name), crs="EPSG:4326")
            layer.to_file(folder / f"{name}.geojson", driver="GeoJSON")
        candidate = {"candidate_id": ["new-B"], "settlement_id": [PLACES["B"][0]], "service": ["phc"], "level": ["fap"]}
        gpd.GeoDataFrame(candidate, geometry=[self.candidate], crs="EPSG:4326").to_file(folder / "candidates.gpkg")
        zone = {"hazard_id": ["h1"], "kind": ["flood"], "effect": ["note"]}
        layer = gpd.GeoDataFrame(zone, geometry=[box(52.4, 51.8, 52.5, 51.85)], crs=self.hazards_crs)
        layer.to_file(folder / "hazards.shp")
        return folder


def clean() -> Folder:
    """A folder without any fault."""
    folder = Folder()
    for code, kk, ru, en, lon, lat, people in PLACES.values():
        ages = {"pop_6_9": people // 16, "pop_10_14": people // 12, "pop_15_17": people // 20}
        unit = NORTH if code.startswith("10") else SOUTH
        folder.settle(code, lon, lat, unit, name_kk=kk, name_ru=ru, name_en=en, pop_total=people, **ages)
    for link in LINKS:
        folder.road(link, place(link[0]), place(link[1]))
    folder.supply("clinic-A", "phc", PLACES["A"][0], name_ru="Амбулатория", capacity=3000, load=2500)
    folder.supply("clinic-D", "phc", PLACES["D"][0], capacity=900, load=800)
    folder.supply("school-A", "school", PLACES["A"][0], capacity=600, load=500)
    folder.supply("school-D", "school", PLACES["D"][0], capacity=200, load=150)
    for unit, name, low, high in ((SOUTH, "Южный район", 50.7, 51.3), (NORTH, "Северный район", 51.3, 51.9)):
        shape = box(51.0, low, 52.6, high)
        folder.boundaries.append({"unit_id": unit, "level": "district", "name_ru": name, "geometry": shape})
    return folder


def _total(folder: Folder) -> None:
    people = sum(int(row["pop_total"]) for row in folder.settlements if str(row["pop_total"]).isdecimal())
    blank = dict.fromkeys(folder.settlements[0], "")
    folder.settlements.append(blank | {"name_ru": "Всего", "pop_total": people})


def _island(folder: Folder) -> None:
    folder.settle("273246100", 52.50, 50.74)
    folder.road("island", (52.48, 50.73), (52.52, 50.75))


def _trap(folder: Folder) -> None:
    folder.settle("273247100", 52.05, 50.80)
    folder.road("trap", place("C"), (52.05, 50.80), oneway="forward")


def _gap(folder: Folder) -> None:
    (lon, lat), (far, low) = place("A"), place("B")
    middle = ((lon + far) / 2, (lat + low) / 2)
    folder.road("loose", (middle[0] + 0.0001, middle[1] + 0.0002), (middle[0] + 0.05, middle[1] + 0.05))


def _namesakes(folder: Folder) -> None:
    folder.settle("273251100", 51.55, 51.20, name_ru="Жамбыл")
    folder.settle("103651100", 51.60, 51.45, NORTH, name_ru="Жамбыл")
    folder.supply("clinic-33", "phc", "", settlement_name="Жамбыл")


def _overlap(folder: Folder) -> None:
    folder.boundaries[1]["geometry"] = box(51.0, 51.28, 52.6, 51.9)


def _split_codes(text: str) -> str:
    """Write codes in parts, as a spreadsheet does: without leading zeros."""
    head, *rows = text.splitlines()
    parts = []
    for row in rows:
        code, others = row.split(",", 1)
        widths = ((0, 2), (2, 4), (4, 6), (6, 9))
        parts.append(",".join([*(str(int(code[a:b])) if code[a:b] else "" for a, b in widths), others]))
    return "\n".join(["kato_ab,kato_cd,kato_ef,kato_hij," + head.split(",", 1)[1], *parts]) + "\n"


def _codes_in_parts(folder: Folder) -> None:
    folder.settle("273201001", 51.95, 51.05)
    folder.finish.insert(0, _split_codes)


def _titled(text: str) -> str:
    return "Список населённых пунктов области,,\n,,\n" + text


def _set(folder: Folder, **values: Any) -> None:
    for name, value in values.items():
        setattr(folder, name, value)


A, B, E = (PLACES[letter][0] for letter in "ABE")
#: case: code that must be found, and the change.
CHANGES: dict[int, tuple[str, Callable[[Folder], None]]] = {
    1: ("swapped-coordinates", lambda folder: folder.settle("273221100", 50.80, 52.40)),
    2: ("swapped-inside", lambda folder: folder.settle("273222100", 51.10, 51.50)),
    3: ("zero-position", lambda folder: folder.settle("273223100", 0, 0)),
    4: ("coordinate-notation", lambda folder: folder.settle("273224100", "51°42'30\"", "51°0'0\"")),
    5: ("projected-coordinates", lambda folder: folder.settle("273225100", 9604321, 5704321)),
    6: ("no-crs", lambda folder: _set(folder, hazards_crs=None)),
    7: ("wrong-crs", lambda folder: _set(folder, candidate=Point(604321, 5664321))),
    8: ("outside-own-unit", lambda folder: folder.settle("273228100", 52.40, 51.40)),
    9: ("damaged-code", lambda folder: folder.supply("clinic-9", "phc", f"{B}.0")),
    10: ("code-parts", _codes_in_parts),
    11: ("old-code", lambda folder: folder.settle("633611100", 52.00, 51.50, NORTH)),
    12: ("duplicate-id", lambda folder: folder.settle(A, 51.60, 51.00, name_ru="Другое")),
    13: (
        "double-settlement",
        lambda folder: folder.settle("273232100", 51.373, 51.232, name_ru="", name_en="Aqzhayyq"),
    ),
    14: ("mixed-letters", lambda folder: folder.settle("273233100", 51.45, 51.05, name_ru="Kоктал")),
    15: ("lost-letters", lambda folder: folder.settle("273234100", 51.50, 51.02, name_ru="?останай")),
    16: ("encoding", lambda folder: _set(folder, costs_source="Қазақстан көлік әкімдігі", costs_encoding="kz1048")),
    17: ("footnote-mark", lambda folder: folder.settle("273236100", 51.20, 51.02, pop_total="1 234*")),
    18: ("negative-value", lambda folder: folder.settle("273237100", 51.25, 51.02, pop_total=-5)),
    19: ("households", lambda folder: folder.settle("273238100", 51.30, 51.02, pop_total="120 дворов")),
    20: ("total-row", _total),
    21: ("table-range", lambda folder: folder.finish.append(_titled)),
    22: ("more-pupils-than-children", lambda folder: folder.supply("s-22", "school", E, capacity=5000, load=4000)),
    23: ("more-attached-than-residents", lambda folder: folder.supply("c-23", "phc", E, capacity=9000, load=9000)),
    24: ("no-capacity", lambda folder: folder.supply("clinic-24", "phc", B, capacity=0, load=0, lon=51.72, lat=51.12)),
    25: (
        "double-facility",
        lambda folder: folder.supply("c-25", "phc", A, name_ru="Амбулатория (корпус 2)", lon=51.374, lat=51.233),
    ),
    26: ("status-unknown", lambda folder: folder.supply("clinic-26", "phc", PLACES["C"][0], status="", wear_pct=100)),
    27: ("road-gap", _gap),
    28: ("disconnected-settlement", _island),
    29: ("one-way-trap", _trap),
    30: ("length-differs", lambda folder: folder.road("long", place("E"), (51.95, 51.75), length_km=40)),
    31: ("nobody-lives-here", lambda folder: folder.settle("273250100", 51.80, 51.00, pop_total=0, **_NO_CHILDREN)),
    32: ("boundaries-overlap", _overlap),
    33: ("ambiguous-settlement", _namesakes),
    34: ("year-as-date", lambda folder: folder.settle("273252100", 51.85, 50.95, pop_year="01.01.2024")),
    35: ("formula-or-markup", lambda folder: folder.settle("273253100", 51.90, 50.97, name_ru="=cmd|x")),
    36: ("overlapping-bands", lambda folder: _set(folder, pack=PACK.replace("pop_min = 1500", "pop_min = 1400"))),
}
_NO_CHILDREN = dict.fromkeys(("pop_6_9", "pop_10_14", "pop_15_17"), 0)
