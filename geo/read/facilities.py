"""Read facilities and candidates; both may stand in a settlement instead of having a position of their own."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import Fault
from geo.language import gettext as _
from geo.read.database import Location
from geo.read.joining import NAMES, Places, join_names, rename_codes
from geo.read.positions import utm_zone
from geo.read.tabular import read_table
from geo.tables import CANDIDATES, FACILITIES, PROPOSALS
from geo.tables.check import FILE_ROW, Findings, check, is_blank
from geo.tables.schema import Table

#: Two facilities of one service closer than this are probably one (domain brief, 6.1).
NEAR_METRES = 100.0
#: A building so worn out is not in use unless somebody says so (domain brief, 6.3, case 26).
_WORN_OUT_PERCENT: Final = 100.0
#: Words in names of facilities that are closed or not finished, in Russian, Kazakh and English. A school "закрытого
#: типа", in Kazakh "жабық типтегі", is open: it takes in only those who are sent there.
_NOT_OPEN: Final = re.compile(
    r"\bзакрыт[аоы]?\b|\bнедостро|\bстро(?:ится|ящ)|\bне функционир|\bне работает\b|\bаварийн|"
    r"\bжабық\b(?! (?:тип|түр|үлгі))|\bжабылған\b|\bсалынып\b|\bclosed\b(?![ -]type)|\bunder construction\b"
)


def read_facilities(
    path: Location,
    name: str,
    places: Places,
    levels: Mapping[str, tuple[str, ...]],
    services: Sequence[str],
    layer: str | None = None,
    headings: Mapping[str, str] | None = None,
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Read the facilities of a study.

    Parameters
    ----------
    path
        File, see `geo.read.tabular.read_table`.
    name
        Name for messages, relative to the study folder.
    places
        Settlements; those that could not be read cause no fault here.
    levels
        Levels of each service, as the study declares them.
    services
        Services of the study.
    layer
        Sheet or layer; the first one by default.
    headings
        The study's own meanings of headings.

    Returns
    -------
    GeoDataFrame
        Table FACILITIES in WGS 84, sorted and indexed by `facility_id`; closed and unfinished ones stay in, with their
        `status`.
    list of Fault
        Every fault, located.

    Raises
    ------
    DataError
        If the file is missing or cannot be read at all.
    """
    frame, found = _read_placed(FACILITIES, path, name, places, levels, services, layer, headings)
    frame = _doubt_status(frame, found)
    for row, status in zip(frame[FILE_ROW], frame["status"], strict=True):
        if status not in {"open", "unknown"}:
            found.add(
                int(row),
                "status",
                "not-open",
                _("The facility is “{status}” and serves nobody today.").format(status=status),
                _("Correct the status if it is open."),
                "note",
            )
    warn_of_near_facilities(frame, found)
    _warn_of_suspected(frame, found)
    return frame, found.faults


def read_candidates(
    path: Location,
    name: str,
    places: Places,
    levels: Mapping[str, tuple[str, ...]],
    services: Sequence[str],
    layer: str | None = None,
    headings: Mapping[str, str] | None = None,
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Read the places where something may open. Parameters, faults and errors as for `read_facilities`.

    Returns
    -------
    GeoDataFrame
        Table CANDIDATES in WGS 84, sorted and indexed by `candidate_id`.
    list of Fault
        Every fault, located.
    """
    frame, found = _read_placed(CANDIDATES, path, name, places, levels, services, layer, headings)
    return frame, found.faults


def read_proposals(
    path: Location,
    name: str,
    places: Places,
    levels: Mapping[str, tuple[str, ...]],
    services: Sequence[str],
    headings: Mapping[str, str] | None = None,
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Read what communities propose. Parameters, faults and errors as for `read_facilities`.

    Returns
    -------
    GeoDataFrame
        Table PROPOSALS in WGS 84, sorted and indexed by `proposal_id`.
    list of Fault
        Every fault, located.
    """
    frame, found = _read_placed(PROPOSALS, path, name, places, levels, services, None, headings)
    return frame, found.faults


def _read_placed(
    table: Table,
    path: Location,
    name: str,
    places: Places,
    levels: Mapping[str, tuple[str, ...]],
    services: Sequence[str],
    layer: str | None,
    headings: Mapping[str, str] | None,
) -> tuple[gpd.GeoDataFrame, Findings]:
    every_level = tuple(dict.fromkeys(level for service in levels.values() for level in service))
    choices = {"service": tuple(services), "level": every_level}
    raw = read_table(table, path, name, layer, headings)
    frame, faults = check(table, raw, name, choices=choices)
    if "status" in frame:
        stated = raw["status"] if "status" in raw.columns else pd.Series(None, index=raw.index, dtype=object)
        blank = dict(zip(raw[FILE_ROW], stated.map(is_blank), strict=True))
        frame["status_blank"] = frame[FILE_ROW].map(blank).astype(bool)
    found = Findings(name)
    found.faults.extend(faults)
    rename_codes(frame, places, found)
    join_names(frame, places, found)
    _place(frame, places, found)
    _check_levels(frame, levels, found)
    return frame[~frame[FILE_ROW].isin(found.bad_rows()) & frame.geometry.notna()].copy(), found


def _doubt_status(frame: gpd.GeoDataFrame, found: Findings) -> gpd.GeoDataFrame:
    """Take for unknown what nobody calls open and what speaks against it: a ruin, a name with "under construction"."""
    silent = frame["status_blank"] & (frame["status"] == "open")
    frame = frame.drop(columns="status_blank").assign(status=frame["status"])
    for facility, row in frame[silent].iterrows():
        names = " ".join(str(row[column]) for column in NAMES if not is_blank(row[column]))
        word = _NOT_OPEN.search(names.casefold())
        worn = row["wear_percent"] >= _WORN_OUT_PERCENT
        if not (worn or word):
            continue
        reason = f"“{word[0]}”" if word else _("wear {percent} %").format(percent=round(float(row["wear_percent"])))
        message = _("Nobody says whether the facility is open, and {reason} speaks against it: it does not count.")
        remedy = _("Write open, closed or building in the column status.")
        found.add(int(row[FILE_ROW]), "status", "status-unknown", message.format(reason=reason), remedy, "warning")
        frame.loc[facility, "status"] = "unknown"
    return frame


def _place(frame: gpd.GeoDataFrame, places: Places, found: Findings) -> None:
    """Give rows without a position that of their settlement, and name settlements that do not exist."""
    known = set(places.settlements.index)
    shapes = frame.geometry.to_numpy().copy()
    for i, (settlement, row) in enumerate(zip(frame["settlement_id"], frame[FILE_ROW], strict=True)):
        if pd.isna(settlement) or (settlement in known and shapes[i] is not None):
            continue
        if settlement in known:
            shapes[i] = places.settlements.geometry[settlement]
            continue
        if not places.lack(settlement):
            continue
        near = difflib.get_close_matches(settlement, sorted(places.stated or ()), n=1)
        found.add(
            int(row),
            "settlement_id",
            "unknown-settlement",
            _("There is no settlement “{value}”.").format(value=settlement),
            _("Did you mean {near}?").format(near=near[0]) if near else _("Correct it, or fill in lon and lat."),
            "error" if shapes[i] is None else "warning",
        )
    frame.geometry = gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs)
    frame["lon"], frame["lat"] = shapely.get_x(shapes), shapely.get_y(shapes)


def _check_levels(frame: gpd.GeoDataFrame, levels: Mapping[str, tuple[str, ...]], found: Findings) -> None:
    for service, level, row in zip(frame["service"], frame["level"], frame[FILE_ROW], strict=True):
        allowed = levels.get(service, ())
        if not pd.isna(level) and level not in allowed:
            found.add(
                int(row),
                "level",
                "level-of-other-service",
                _("“{level}” is no level of service “{service}”.").format(level=level, service=service),
                _("Use one of: {choices}.").format(choices=", ".join(allowed)),
            )


def _warn_of_suspected(frame: gpd.GeoDataFrame, found: Findings) -> None:
    for facility_id, row in zip(frame.index[frame["suspected"]], frame.loc[frame["suspected"], FILE_ROW], strict=True):
        message = _("{id} is marked as suspected: there is probably no such facility.").format(id=facility_id)
        remedy = _("Check it: delete the row, or clear the mark.")
        found.add(int(row), "suspected", "suspected-mistag", message, remedy, "warning")


def warn_of_near_facilities(frame: gpd.GeoDataFrame, found: Findings) -> None:
    """Warn of open facilities of one service within `NEAR_METRES` of each other: they may be one."""
    running = frame[frame["status"] == "open"]
    if len(running) < 2:
        return
    metric = running.to_crs(utm_zone(running))
    left, right = metric.sindex.query(metric.geometry, predicate="dwithin", distance=NEAR_METRES)
    services = metric["service"].to_numpy()
    same = (left < right) & (services[left] == services[right])
    order = np.lexsort((right[same], left[same]))
    for i, j in zip(left[same][order].tolist(), right[same][order].tolist(), strict=True):
        found.add(
            int(metric[FILE_ROW].iloc[j]),
            "",
            "near-facilities",
            _("{first} and {second} supply the same service within {metres} m.").format(
                first=metric.index[i], second=metric.index[j], metres=round(NEAR_METRES)
            ),
            _("Keep one row if they are one facility."),
            "warning",
        )
