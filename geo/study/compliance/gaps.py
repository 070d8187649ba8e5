"""The list a ministry makes by hand: what each settlement should have, what it has, and where the nearest is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.access.applicability import SettlementFacts, Words, where_it_applies
from geo.norms import PLACE_METRICS
from geo.study.compliance.check import Checked
from geo.study.compliance.facts import UNKNOWN_RANK, ServiceSupply
from geo.study.values import numbers_of
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

#: Why a settlement should have something: a norm asks for it by its size, or its own demand would carry it, which no
#: norm asks for.
BY_SIZE: Final = "size"
BY_LOAD: Final = "viability"
#: Level of those whom somebody visits and for whom nothing need stand.
VISITS: Final = "visits"
_FIRST: Final = {"unmet": 0, "unknown": 1, "met": 2}


@dataclass(frozen=True)
class _Asked:
    """What a series of norms asks of each settlement; (n,) each.

    Parameters
    ----------
    norm_id, level : object
        Norm that applies, and the level it asks for; empty = none, or unknown which.
    status : object
        met, unmet, unknown; empty = the series is not about the settlement.
    persons : object
        People it is about; missing = unknown.
    """

    norm_id: Words
    level: Words
    status: Words
    persons: Words


def norm_gaps(
    checked: Sequence[Checked],
    facts: SettlementFacts,
    supply: Mapping[str, ServiceSupply],
    settlements: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """Return the rows of `norm_gaps`, those below the norm with most people first.

    Services whose packs say what must stand in a settlement by its size are read from those norms. For the others, as
    schools, the level is the highest that the settlement's own demand would carry by the least loads of the pack.
    """
    by_place: dict[object, list[Checked]] = {}
    by_load: dict[object, list[Checked]] = {}
    for one in checked:
        if one.norm.service not in supply:
            continue
        if one.norm.metric in PLACE_METRICS:
            by_place.setdefault(one.norm.series, []).append(one)
        elif one.norm.metric == "min_load":
            norm = one.norm
            by_load.setdefault((norm.pack, norm.service, norm.priority), []).append(one)
    placed = {(group[0].norm.pack, group[0].norm.service) for group in by_place.values()}
    frames = [
        _rows(_by_place(group, facts), group, supply, settlements).assign(basis=BY_SIZE) for group in by_place.values()
    ]
    frames += [
        _rows(_by_load(group, facts, supply[group[0].norm.service]), group, supply, settlements).assign(basis=BY_LOAD)
        for group in by_load.values()
        if (group[0].norm.pack, group[0].norm.service) not in placed
    ]
    frames = [frame for frame in frames if len(frame)]
    return _sorted(pd.concat(frames, ignore_index=True)) if frames else pd.DataFrame()


def _by_place(group: Sequence[Checked], facts: SettlementFacts) -> _Asked:
    """Return what norms of one series ask by the size of the settlement."""
    norm_id, level, status = (np.full(facts.n, "", dtype=object) for _number in range(3))
    for one in group:
        found = one.rows["status"].to_numpy(dtype=object)
        # No norm of the series is certain to apply: unknown, unless none can.
        status[(found == "unknown") & (status == "")] = "unknown"
        certain = where_it_applies(one.norm, facts).certain
        norm_id[certain] = one.norm.norm_id
        level[certain] = VISITS if one.norm.metric == "visits" else one.norm.level
        status[certain] = found[certain]
    return _Asked(norm_id, level, status, group[0].rows["persons"].to_numpy(dtype=object))


def _by_load(group: Sequence[Checked], facts: SettlementFacts, supply: ServiceSupply) -> _Asked:
    """Return the highest level whose least load a settlement's own demand reaches."""
    norm_id, level = (np.full(facts.n, "", dtype=object) for _number in range(2))
    about, doubtful = np.zeros(facts.n, dtype=np.bool_), np.full(facts.n, len(supply.sites) == 0)
    required = np.full(facts.n, UNKNOWN_RANK, dtype=np.int64)
    ordered = sorted(group, key=lambda one: one.norm.value)
    for one in ordered:
        # Each level has pupils of its own: a primary school those of its grades only.
        persons = numbers_of(one.rows["persons"])
        doubtful |= np.isnan(persons)
        applies = where_it_applies(one.norm, facts)
        about |= applies.possible
        doubtful |= applies.possible & ~applies.certain
        carried = applies.certain & (persons >= one.norm.value)
        norm_id[carried], level[carried] = one.norm.norm_id, one.norm.level
        studied = one.norm.level in supply.service.levels
        doubtful |= carried & (not studied)
        required[carried] = supply.service.levels.index(one.norm.level) if studied else UNKNOWN_RANK
    has_level = supply.highest_rank() >= required
    unclear = ~has_level & supply.present(supply.rank == UNKNOWN_RANK)
    status = np.where(doubtful | unclear, "unknown", np.where(has_level, "met", "unmet")).astype(object)
    norm_id[np.isnan(persons)], level[np.isnan(persons)] = "", ""
    status[~about] = ""
    return _Asked(norm_id, level, status, ordered[-1].rows["persons"].to_numpy(dtype=object))


def _rows(
    asked: _Asked, group: Sequence[Checked], supply: Mapping[str, ServiceSupply], settlements: gpd.GeoDataFrame
) -> pd.DataFrame:
    own = supply[group[0].norm.service]
    highest = own.highest_rank()
    levels = np.array([*own.service.levels, ""], dtype=object)
    missing = np.where(own.present(np.ones(len(own.sites), dtype=np.bool_)), "lower", "none")
    site, minutes = _nearest(asked.level, own)
    frame = pd.DataFrame(
        {
            "settlement_id": settlements.index,
            "service": own.service.name,
            "pack": group[0].norm.pack,
            "norm_id": asked.norm_id,
            "persons": asked.persons,
            "required_level": asked.level,
            "present_level": levels[highest],
            "status": asked.status,
            "gap": np.select([asked.status == "unmet", asked.status == "unknown"], [missing, "unknown"], ""),
            "site_id": site,
            "minutes": minutes,
        }
    )
    return frame[~np.isin(asked.status, ["", "not_applicable"])]


def _nearest(level: Words, supply: ServiceSupply) -> tuple[Words, npt.NDArray[np.float64]]:
    """Return the nearest facility of each settlement's level or above, and the minutes to it in the worst season.

    Where there is no way in the worst season, the facility is the nearest of the best one, and the minutes are NaN.
    """
    site = np.full(len(level), "", dtype=object)
    minutes = np.full(len(level), np.nan)
    ids = supply.sites["site_id"].to_numpy(dtype=object)
    for asked in sorted(set(level) & {*supply.service.levels, VISITS}):
        rows = np.flatnonzero(level == asked)
        chosen = np.flatnonzero(supply.rank >= 0 if asked == VISITS else supply.enough(asked))
        if not len(chosen):
            continue
        stack = np.stack([ms[np.ix_(rows, chosen)] for ms in supply.milliseconds.values()])
        nearest = stack.min(axis=2)
        worst = nearest.max(axis=0)
        told = np.where(worst < UNREACHABLE_MS, nearest.argmax(axis=0), nearest.argmin(axis=0))
        ever = nearest.min(axis=0) < UNREACHABLE_MS
        which = stack[told, np.arange(len(rows))].argmin(axis=1)
        site[rows[ever]] = ids[chosen[which[ever]]]
        always = worst < UNREACHABLE_MS
        minutes[rows[always]] = worst[always] / MS_PER_MINUTE
    return site, minutes


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows with those below the norm first, then those with most people, then by code."""
    people = pd.to_numeric(frame["persons"]).astype("Float64").fillna(-1)
    keys = frame.assign(_status=frame["status"].map(_FIRST), _people=-people)
    order = keys.sort_values(["_status", "_people", "settlement_id", "service", "pack", "norm_id"], kind="stable").index
    return frame.loc[order].reset_index(drop=True)
