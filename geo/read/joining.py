"""Finding a settlement that a row names: by code first, by name only within a district, and never where two fit."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import Severity
from geo.language import gettext as _
from geo.read.scripts import SIMILAR, plain_name, similarity
from geo.tables.check import FILE_ROW, Findings, is_blank

NAMES: Final = ("name_kk", "name_ru", "name_en")
#: Words that names of districts may lack.
_DISTRICT: Final = frozenset(
    ("район", "ауданы", "аудан", "district", "audany", "область", "облысы", "oblast", "region")
)
#: What may be wrong with a name.
JOINING_CODES: Final = (
    "ambiguous-district",
    "unknown-district",
    "ambiguous-settlement",
    "no-district",
    "unknown-settlement",
)
#: Matches that a message lists.
_SHOWN: Final = 6


@dataclass(frozen=True)
class Places:
    """The settlements that rows of other tables may stand in or speak of.

    Parameters
    ----------
    settlements
        Sound rows of table SETTLEMENTS; give the position where `lon` and `lat` are blank.
    stated
        Codes in the settlements file, those of faulty rows included: a code among them is no fault of the other table.
        None where the file could not be read so far: then nothing is said about codes.
    districts
        District of each settlement; by default the one that it states.
    district_names
        Names of each district, in any language.
    renamed
        New code of each settlement whose code has changed.
    in_units
        Settlements inside the study's units; None means all. Neighbours beyond the border do not make a study of one
        district one of several.
    untold
        Codes of `JOINING_CODES` that faults of other files may be the cause of: nothing is said about them.
    changes_known
        Whether `renamed` was read in full; else any code may be an old one, and none is called unknown.
    """

    settlements: gpd.GeoDataFrame
    stated: Collection[str] | None
    districts: Mapping[str, str] = field(default_factory=dict)
    district_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    in_units: Collection[str] | None = None
    untold: Collection[str] = ()
    changes_known: bool = True

    @classmethod
    def of(cls, settlements: gpd.GeoDataFrame) -> Places:
        """Return the places of a table that was read without errors."""
        return cls(settlements, frozenset(settlements.index))

    def lack(self, settlement_id: str) -> bool:
        """Return whether surely no settlement has a code, neither as it is nor as one that has changed."""
        return self.stated is not None and self.changes_known and settlement_id not in self.stated

    def district_of(self, settlement_id: str) -> str:
        """Return the district of a settlement; empty where it is unknown."""
        known = self.districts.get(settlement_id)
        stated = self.settlements["district_id"].get(settlement_id) if known is None else known
        return "" if stated is None or is_blank(stated) else str(stated)

    def name_of(self, settlement_id: str) -> str:
        """Return a name of a settlement, else its code."""
        row = self.settlements.loc[settlement_id]
        return next((str(row[column]) for column in NAMES if not is_blank(row[column])), settlement_id)

    @cached_property
    def by_name(self) -> Mapping[str, tuple[str, ...]]:
        """Settlements of each plain name, sorted."""
        found: dict[str, set[str]] = defaultdict(set)
        for column in NAMES:
            for settlement_id, name in self.settlements[column].items():
                if not is_blank(name):
                    found[plain_name(str(name))].add(str(settlement_id))
        return {name: tuple(sorted(ids)) for name, ids in found.items()}

    @cached_property
    def only_district(self) -> str:
        """The district that all settlements of the study's units lie in; empty where there are several, or unknown."""
        own = self.settlements.index if self.in_units is None else self.in_units
        districts = {self.district_of(str(settlement_id)) for settlement_id in own}
        return districts.pop() if len(districts) == 1 else ""


@dataclass(frozen=True)
class _Told:
    """What is said about the names of one row."""

    row: int
    places: Places
    found: Findings
    severity: Severity

    def add(self, column: str, code: str, message: str, remedy: str) -> None:
        """Note a name that cannot be joined, unless another file's faults may be the cause."""
        if code not in self.places.untold:
            self.found.add(self.row, column, code, message, remedy, self.severity)


def join_names(frame: pd.DataFrame, places: Places, found: Findings) -> None:
    """Fill in `settlement_id` where a row only names its settlement, and note every name that cannot be joined.

    Parameters
    ----------
    frame
        Rows with `settlement_id`, `settlement_name`, `district_id`, `district_name`; changed in place. A row with a
        code keeps it.
    places
        Settlements.
    found
        Findings of the table. A name that cannot be joined is an error, but a warning where the row has a position of
        its own: it keeps that.
    """
    placed = frame.geometry.notna().to_numpy() if isinstance(frame, gpd.GeoDataFrame) else np.zeros(len(frame), bool)
    columns = ["settlement_id", "settlement_name", "district_id", "district_name", FILE_ROW]
    joined = frame["settlement_id"].to_numpy(dtype=object).copy()
    for i, (code, name, district_id, district_name, row) in enumerate(frame[columns].itertuples(index=False)):
        if is_blank(name) or places.stated is None:
            continue
        if not is_blank(code):
            _compare(str(code), str(name), int(row), places, found)
            continue
        told = _Told(int(row), places, found, "warning" if placed[i] else "error")
        district = "" if is_blank(district_id) else str(district_id)
        if not district and not is_blank(district_name):
            district = _district(str(district_name), places, told)
            if not district:
                continue
        joined[i] = _settlement(str(name), district, places, told)
    frame["settlement_id"] = pd.Series(joined, index=frame.index, dtype=object)


def rename_codes(
    frame: pd.DataFrame, places: Places, found: Findings, columns: Sequence[str] = ("settlement_id",)
) -> None:
    """Replace codes that the mapping table calls old by the new ones, each noted old -> new.

    Parameters
    ----------
    frame
        Rows; changed in place.
    places
        Settlements, and the codes that have changed.
    found
        Findings of the table.
    columns
        Columns with codes of settlements.
    """
    if not places.renamed or not len(frame):
        return
    for column in columns:
        renamed = frame[column].to_numpy(dtype=object).copy()
        for i, (code, row) in enumerate(zip(renamed, frame[FILE_ROW], strict=True)):
            new = None if is_blank(code) else places.renamed.get(str(code))
            if new is None or code in places.settlements.index or new not in places.settlements.index:
                continue
            message = _("Code {old} has become {new} and is read as such.").format(old=code, new=new)
            found.add(int(row), column, "renamed-code", message, _("Write the new code."), "repaired")
            renamed[i] = new
        frame[column] = pd.Series(renamed, index=frame.index, dtype=object)


def _compare(code: str, name: str, row: int, places: Places, found: Findings) -> None:
    """Warn where code and name speak of different settlements; the code counts."""
    if code not in places.settlements.index:
        return
    own = [str(value) for value in places.settlements.loc[code, list(NAMES)] if not is_blank(value)]
    if any(plain_name(name) == plain_name(other) or similarity(name, other) >= SIMILAR for other in own):
        return
    message = _("Code {code} is {own}, but the row names “{name}”; the code counts.").format(
        code=code, own=own[0] if own else code, name=name
    )
    found.add(row, "settlement_name", "name-differs", message, _("Correct the code or the name."), "warning")


def _district(name: str, places: Places, told: _Told) -> str:
    """Return the code of the one district of a name; note it where there is none or more than one."""
    wanted = _plain_district(name)
    fits = sorted(
        unit for unit, names in places.district_names.items() if wanted in {_plain_district(one) for one in names}
    )
    if len(fits) == 1:
        return fits[0]
    if fits:
        message = _("Several districts are called “{name}”: {matches}.").format(name=name, matches=", ".join(fits))
        told.add("district_name", "ambiguous-district", message, _("Give district_id instead."))
        return ""
    near = _most_similar(name, {one: unit for unit, names in places.district_names.items() for one in names})
    remedy = _("Did you mean {near}?").format(near=near) if near else _("Use a name or unit_id of the boundaries.")
    told.add("district_name", "unknown-district", _("There is no district “{name}”.").format(name=name), remedy)
    return ""


def _plain_district(name: str) -> str:
    words = plain_name(name).replace(".", " ").split()
    return " ".join(word for word in words if word not in _DISTRICT) or plain_name(name)


def _settlement(name: str, district: str, places: Places, told: _Told) -> str | None:
    fits = places.by_name.get(plain_name(name), ())
    inside = [one for one in fits if not district or places.district_of(one) == district]
    if len(inside) == 1 and (district or places.only_district) == places.district_of(inside[0]) != "":
        return inside[0]
    if len(inside) > 1:
        text = _("{n} settlements are called “{name}”: {matches}.")
        remedy = _("Give settlement_id.") if district else _("Give settlement_id, or the district and the name.")
        code = "ambiguous-settlement"
    elif inside:
        text = _("“{name}” is joined by name within a district only, and the row gives none; it may be {matches}.")
        remedy, code = _("Give settlement_id, or the district and the name."), "no-district"
    elif fits:
        text = _("“{name}” is not in district {district}; elsewhere there is {matches}.")
        remedy, code = _("Give settlement_id, or correct the district."), "unknown-settlement"
        inside = list(fits)
    else:
        near = _nearest_name(name, district, places)
        text = _("There is no settlement called “{name}”.")
        remedy = _("Did you mean {near}?").format(near=near) if near else _("Correct the name, or give settlement_id.")
        code = "unknown-settlement"
    message = text.format(n=len(inside), name=name, district=district, matches=_listed(inside, places))
    told.add("settlement_name", code, message, remedy)
    return None


def _listed(ids: Collection[str], places: Places) -> str:
    """Return settlements with their district, for a message."""
    some = list(ids)[:_SHOWN]
    text = "; ".join(f"{one} ({places.name_of(one)}, {places.district_of(one) or '?'})" for one in some)
    return text + ("; …" if len(ids) > len(some) else "")


def _nearest_name(name: str, district: str, places: Places) -> str:
    """Return the name and code of the settlement that sounds most like a name, in its district if that is given."""
    known = {
        str(value): settlement_id
        for column in NAMES
        for settlement_id, value in places.settlements[column].items()
        if not is_blank(value) and (not district or places.district_of(str(settlement_id)) == district)
    }
    return _most_similar(name, known)


def _most_similar(name: str, known: Mapping[str, str]) -> str:
    """Return what sounds most like a name, with its code; empty where nothing is near."""
    best = max(sorted(known), key=lambda other: similarity(name, other), default="")
    if best and similarity(name, best) >= SIMILAR:
        return f"{best} ({known[best]})"
    spelt = difflib.get_close_matches(name, sorted(known), n=1)
    return f"{spelt[0]} ({known[spelt[0]]})" if spelt else ""
