"""Doubts about settlements: one village twice, letters of another alphabet, codes and units that are no more."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import Fault
from geo.language import gettext as _
from geo.read.joining import NAMES
from geo.read.positions import utm_zone
from geo.read.scripts import SIMILAR, mixed_words, plain_name, similarity
from geo.study.config import StudyConfig
from geo.tables.check import FILE_ROW, is_blank
from geo.units import METRES_PER_KM

#: Two places this near to each other can be one (domain brief, 6.3, case 13).
_ONE_PLACE_METRES: Final = 1_000.0
#: A code of KATO, and what it begins with: two figures for the oblast.
_KATO: Final = re.compile(r"[1-9]\d{8}")
_KATO_UNIT: Final = re.compile(r"[1-9]\d{1,8}")
#: Codes of oblasts that were divided in 2022, with those of the new ones (decree 887 of the President of Kazakhstan,
#: 4 May 2022): East Kazakhstan 63 -> Abai 10, Almaty 19 -> Zhetisu 33, Karaganda 35 -> Ulytau 62.
_DIVIDED: Final = {"63": "10", "19": "33", "35": "62"}


def settlement_doubts(
    settlements: gpd.GeoDataFrame,
    boundaries: gpd.GeoDataFrame | None,
    config: StudyConfig,
    renamed: Mapping[str, str],
) -> list[Fault]:
    """Return what is doubtful about settlements; from OpenStreetMap, only what a planner could decide."""
    file = config.inputs.settlements or config.inputs.osm or ""
    faults = [*_same_names(settlements, file), *_two_scripts(settlements, file), *_look_alikes(settlements, file)]
    if boundaries is not None and "unit_id" in settlements:
        faults += _old_codes(settlements, file, renamed)
        faults += _abolished(settlements, boundaries, file)
    return faults


def _names(row: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(str(name) for name in row if not is_blank(name))


def _row(settlements: gpd.GeoDataFrame, position: int) -> int:
    return int(settlements[FILE_ROW].iloc[position]) if FILE_ROW in settlements else 0


def _place(settlements: gpd.GeoDataFrame, position: int) -> tuple[float, float]:
    point = settlements.geometry.iloc[position]
    return float(point.x), float(point.y)


def _same_names(settlements: gpd.GeoDataFrame, file: str) -> Iterator[Fault]:
    """Yield a warning for every name that several settlements of a district have."""
    district = settlements.get("unit_id", settlements["district_id"]).fillna("").astype(str)
    found: dict[tuple[int, ...], tuple[str, str]] = {}
    for column in NAMES:
        plain = settlements[column].map(lambda name: "" if is_blank(name) else plain_name(str(name)))
        groups = pd.Series(np.arange(len(settlements))).groupby([district.to_numpy(), plain.to_numpy()], sort=True)
        for (unit, name), positions in groups:
            if unit and name and len(positions) > 1:
                shown = str(settlements[column].iloc[positions.iloc[0]])
                found.setdefault(tuple(positions), (str(unit), shown))
    remedy = _("Delete a row that stands twice; if they are two villages, join other tables to them by code.")
    for same, (unit, name) in sorted(found.items()):
        text = _("{n} settlements of unit {unit} are called “{name}”: {ids}.")
        ids = ", ".join(str(settlements.index[i]) for i in same)
        message = text.format(n=len(same), unit=unit, name=name, ids=ids)
        row, place = _row(settlements, same[-1]), _place(settlements, same[-1])
        yield Fault(file, row, "name_ru", "duplicate-name", message, remedy, "warning", place)


def _two_scripts(settlements: gpd.GeoDataFrame, file: str) -> Iterator[Fault]:
    """Yield a warning for neighbours whose names sound alike and are spelt differently; they are never merged."""
    metric = settlements.geometry.to_crs(utm_zone(settlements))
    left, right = metric.sindex.query(metric, predicate="dwithin", distance=_ONE_PLACE_METRES)
    names = [_names(row) for row in settlements[list(NAMES)].itertuples(index=False, name=None)]
    shapes = metric.to_numpy()
    for i, j in sorted((i, j) for i, j in zip(left.tolist(), right.tolist(), strict=True) if i < j):
        if {plain_name(name) for name in names[i]} & {plain_name(name) for name in names[j]}:
            continue
        alike = max(
            ((similarity(one, other), one, other) for one, other in itertools.product(names[i], names[j])),
            default=(0.0, "", ""),
        )
        if alike[0] < SIMILAR:
            continue
        text = _("“{one}” ({first}) and “{other}” ({second}) stand {km} km apart: perhaps one village, written twice.")
        message = text.format(
            one=alike[1],
            other=alike[2],
            first=settlements.index[i],
            second=settlements.index[j],
            km=round(float(shapes[i].distance(shapes[j])) / METRES_PER_KM, 2),
        )
        remedy = _("Keep one row if they are one village; nothing is merged by itself.")
        row, place = _row(settlements, j), _place(settlements, j)
        yield Fault(file, row, "name_ru", "double-settlement", message, remedy, "warning", place)


def _look_alikes(settlements: gpd.GeoDataFrame, file: str) -> Iterator[Fault]:
    for column in NAMES:
        for position, name in enumerate(settlements[column]):
            words = () if is_blank(name) else mixed_words(str(name))
            if words:
                message = _("“{word}” mixes Latin and Cyrillic letters; for suggestions it is read as if it did not.")
                remedy = _("Write the name anew with one keyboard layout: nobody can search for it.")
                row, place = _row(settlements, position), _place(settlements, position)
                yield Fault(file, row, column, "mixed-letters", message.format(word=words[0]), remedy, "note", place)


def _old_codes(settlements: gpd.GeoDataFrame, file: str, renamed: Mapping[str, str]) -> Iterator[Fault]:
    """Yield a warning for every KATO code of an oblast that the settlement no longer lies in."""
    for position, (code, unit) in enumerate(zip(settlements.index, settlements["unit_id"], strict=True)):
        if not (_KATO.fullmatch(str(code)) and _KATO_UNIT.fullmatch(str(unit))):
            continue
        old, now = str(code)[:2], str(unit)[:2]
        if old == now or (_DIVIDED.get(old) != now and str(code) not in renamed):
            continue
        message = _("KATO {code} is one of oblast {old}, but the settlement lies in {unit}, oblast {now}.").format(
            code=code, old=old, unit=unit, now=now
        )
        new = renamed.get(str(code))
        remedy = (
            _("Its new code is {new}.").format(new=new)
            if new
            else _("Look up its code of 2022, or name a table of old and new codes (renamed_codes under [inputs]).")
        )
        row, place = _row(settlements, position), _place(settlements, position)
        yield Fault(file, row, "settlement_id", "old-code", message, remedy, "warning", place)


def _abolished(settlements: gpd.GeoDataFrame, boundaries: gpd.GeoDataFrame, file: str) -> Iterator[Fault]:
    """Yield a warning for settlements of a unit that had ended when their people were counted."""
    ends = boundaries["valid_to"].map(lambda day: "" if is_blank(day) else str(day))
    for position, stated in enumerate(settlements["district_id"]):
        year = settlements["pop_year"].iloc[position]
        end = "" if is_blank(stated) else ends.get(stated, "")
        if not end or pd.isna(year) or end >= f"{int(year)}-01-01":
            continue
        message = _("Its unit {unit} ended on {day}, before the people were counted ({year}).").format(
            unit=stated, day=end, year=int(year)
        )
        remedy = _("State the unit of today; the settlement may have been renamed or abolished.")
        row, place = _row(settlements, position), _place(settlements, position)
        yield Fault(file, row, "district_id", "abolished-unit", message, remedy, "warning", place)
