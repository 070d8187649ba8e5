"""Read facilities and candidates; both may stand in a settlement instead of having a position of their own."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from geo.errors import Fault
from geo.language import gettext as _
from geo.read.tabular import read_raw
from geo.tables import CANDIDATES, FACILITIES
from geo.tables.check import FILE_ROW, Findings, check
from geo.tables.schema import Table

#: Two facilities of one service closer than this are probably one (domain brief, 6.1).
NEAR_METRES = 100.0


def read_facilities(
    path: Path,
    name: str,
    settlements: gpd.GeoDataFrame,
    levels: Mapping[str, tuple[str, ...]],
    services: Sequence[str],
    layer: str | None = None,
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Read the facilities of a study.

    Parameters
    ----------
    path
        File, see `geo.read.tabular.read_raw`.
    name
        Name for messages, relative to the study folder.
    settlements
        Table SETTLEMENTS; gives the position where `lon` and `lat` are blank.
    levels
        Levels of each service, as the study declares them.
    services
        Services of the study.
    layer
        Sheet or layer; the first one by default.

    Returns
    -------
    GeoDataFrame
        Table FACILITIES in WGS 84, sorted and indexed by `facility_id`; closed and unfinished ones stay in, with their
        `status`; `suspected` is False throughout.
    list of Fault
        Every fault, located.

    Raises
    ------
    DataError
        If the file is missing or cannot be read at all.
    """
    frame, found = _read_placed(FACILITIES, path, name, settlements, levels, services, layer)
    for row, status in zip(frame[FILE_ROW], frame["status"], strict=True):
        if status != "open":
            found.add(
                int(row),
                "status",
                "not-open",
                _("The facility is “{status}” and serves nobody today.").format(status=status),
                _("Correct the status if it is open."),
                "note",
            )
    warn_of_near_facilities(frame, found)
    frame["suspected"] = False
    return frame, found.faults


def read_candidates(
    path: Path,
    name: str,
    settlements: gpd.GeoDataFrame,
    levels: Mapping[str, tuple[str, ...]],
    services: Sequence[str],
    layer: str | None = None,
) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Read the places where something may open. Parameters, faults and errors as for `read_facilities`.

    Returns
    -------
    GeoDataFrame
        Table CANDIDATES in WGS 84, sorted and indexed by `candidate_id`.
    list of Fault
        Every fault, located.
    """
    frame, found = _read_placed(CANDIDATES, path, name, settlements, levels, services, layer)
    return frame, found.faults


def _read_placed(
    table: Table,
    path: Path,
    name: str,
    settlements: gpd.GeoDataFrame,
    levels: Mapping[str, tuple[str, ...]],
    services: Sequence[str],
    layer: str | None,
) -> tuple[gpd.GeoDataFrame, Findings]:
    every_level = tuple(dict.fromkeys(level for service in levels.values() for level in service))
    choices = {"service": tuple(services), "level": every_level}
    frame, faults = check(table, read_raw(path, name, layer), name, choices=choices)
    found = Findings(name)
    found.faults.extend(faults)
    _place(frame, settlements, found)
    _check_levels(frame, levels, found)
    return frame[~frame[FILE_ROW].isin(found.bad_rows())].copy(), found


def _place(frame: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame, found: Findings) -> None:
    """Give rows without a position that of their settlement, and name settlements that do not exist."""
    known = set(settlements.index)
    shapes = frame.geometry.to_numpy().copy()
    for i, (settlement, row) in enumerate(zip(frame["settlement_id"], frame[FILE_ROW], strict=True)):
        if settlement is None or (settlement in known and shapes[i] is not None):
            continue
        if settlement in known:
            shapes[i] = settlements.geometry[settlement]
            continue
        near = difflib.get_close_matches(settlement, sorted(known), n=1)
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
        if level is not None and level not in allowed:
            found.add(
                int(row),
                "level",
                "level-of-other-service",
                _("“{level}” is no level of service “{service}”.").format(level=level, service=service),
                _("Use one of: {choices}.").format(choices=", ".join(allowed)),
            )


def warn_of_near_facilities(frame: gpd.GeoDataFrame, found: Findings) -> None:
    """Warn of open facilities of one service within `NEAR_METRES` of each other: they may be one."""
    running = frame[frame["status"] == "open"]
    if len(running) < 2:
        return
    metric = running.to_crs(running.estimate_utm_crs())
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
