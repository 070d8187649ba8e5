"""Settlements against norms: met, unmet, not applicable or unknown. Unknown is never met."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.access.applicability import Bools, Floats, SettlementFacts, Words, nobody_speaks, where_it_applies
from geo.norms import Metric, Norm
from geo.units import METRES_PER_KM, MS_PER_MINUTE, UNREACHABLE_MS, minutes_to_ms

#: Metrics whose value may not exceed the limit; the others may not fall below it.
_AT_MOST: Final = ("minutes", "km", "persons_per_unit")


@dataclass(frozen=True)
class SupplyFacts:
    """What the facilities that satisfy a norm offer to each settlement; (n,) each.

    Parameters
    ----------
    nearest_ms : mapping of season to int32
        Time to the nearest facility of the norm's level or above; `UNREACHABLE_MS` = no way.
    present : bool
        Whether the settlement itself has such a facility; for visits, any facility of the service.
    assessable : bool
        Whether travel times of the settlement mean anything.
    known
        Whether the study knows the facilities of this service at all.
    nearest_km : mapping of season to float64
        Way on the roads to it, compared to the metre; infinite = no way. Needed for the metric ``km``.
    catchment_persons : mapping of season to float64
        Known people who have the same facility as their nearest; infinite = the settlement has no way to any. Needed
        for ``persons_per_unit``.
    catchment_complete : bool
        Whether all people of those catchments are known.
    of_level : bool
        Whether the settlement has a facility of exactly the norm's level. Needed for ``min_load``.
    load_persons : float64
        Smallest known number of users of those facilities; NaN = none is known.
    load_complete : bool
        Whether the users of all of them are known.
    """

    nearest_ms: Mapping[str, npt.NDArray[np.int32]]
    present: Bools
    assessable: Bools
    known: bool
    nearest_km: Mapping[str, Floats] | None = None
    catchment_persons: Mapping[str, Floats] | None = None
    catchment_complete: Bools | None = None
    of_level: Bools | None = None
    load_persons: Floats | None = None
    load_complete: Bools | None = None


@dataclass(frozen=True)
class _Found:
    """What was measured: value, season that decides, whether the norm is met, and why that is unknown; (n,) each."""

    value: Floats
    season: Words
    met: Bools
    unknown: Words
    concerned: Bools


def check_norm(
    norm: Norm, settlements: SettlementFacts, supply: SupplyFacts | None = None, series: Sequence[Norm] = ()
) -> pd.DataFrame:
    """Check every settlement against one norm.

    Parameters
    ----------
    norm
        The requirement.
    settlements
        What its conditions look at.
    supply
        What the facilities offer; a norm of the metric ``min_persons`` needs none.
    series
        The norms of its series, by default itself alone: where size or density keeps all of them from applying, the
        pack says nothing about the settlement.

    Returns
    -------
    DataFrame
        One row per settlement with `settlement_id`, `status`, `reason` (a code: why it is unknown, or ``no-way``),
        `season`, `value`, `limit` and `shortfall` in the unit of the norm (NaN = no way or unknown).

    Raises
    ------
    ValueError
        If the facts lack what the metric needs.
    """
    found = _MEASURES[norm.metric](norm, settlements, supply)
    applies = where_it_applies(norm, settlements)
    reason = np.where(applies.unknown != "", applies.unknown, found.unknown)
    status = np.where(reason != "", "unknown", np.where(found.met, "met", "unmet")).astype(object)
    silent = applies.out_of_band & nobody_speaks(series or (norm,), settlements)
    outside = (~applies.possible & ~silent) | ~found.concerned
    status[silent], reason[silent] = "unknown", "no-band"
    status[outside], reason[outside] = "not_applicable", ""
    shown = np.isin(status, ["met", "unmet"])
    reason[shown & ~np.isfinite(found.value)] = "no-way"
    value = np.where(shown & np.isfinite(found.value), found.value, np.nan)
    over = value - norm.value if norm.metric in _AT_MOST else norm.value - value
    return pd.DataFrame(
        {
            "settlement_id": settlements.population_persons.index,
            "status": status,
            "reason": reason,
            "season": np.where(shown, found.season, ""),
            "value": value,
            "limit": norm.value,
            "shortfall": np.maximum(over, 0.0),
        }
    )


def _minutes(norm: Norm, settlements: SettlementFacts, supply: SupplyFacts | None) -> _Found:
    have = _needed(supply)
    ms, season, known = _deciding(norm, have.nearest_ms, settlements.n)
    minutes = np.where(ms < UNREACHABLE_MS, ms / MS_PER_MINUTE, np.inf)
    return _travelled(have, minutes, season, ms <= minutes_to_ms(norm.value), season_known=known)


def _km(norm: Norm, settlements: SettlementFacts, supply: SupplyFacts | None) -> _Found:
    have = _needed(supply)
    exact, season, known = _deciding(norm, _needed(have.nearest_km), settlements.n)
    # Lengths are sums of fractions: a way of just the limit must not fail by a billionth of a metre.
    km = np.rint(exact * METRES_PER_KM) / METRES_PER_KM
    return _travelled(have, km, season, km <= norm.value, season_known=known)


def _persons_per_unit(norm: Norm, settlements: SettlementFacts, supply: SupplyFacts | None) -> _Found:
    have = _needed(supply)
    persons, season, known = _deciding(norm, _needed(have.catchment_persons), settlements.n)
    found = _travelled(have, persons, season, persons <= norm.value, season_known=known)
    # People nobody counted may lift a catchment over the limit, but never below it.
    found.unknown[found.met & ~_needed(have.catchment_complete) & (found.unknown == "")] = "people-unknown"
    return found


def _in_settlement(_norm: Norm, _settlements: SettlementFacts, supply: SupplyFacts | None) -> _Found:
    have = _needed(supply)
    return _standing(have.present.astype(np.float64), have.present, _unknown_supply(have))


def _visits(_norm: Norm, _settlements: SettlementFacts, supply: SupplyFacts | None) -> _Found:
    have = _needed(supply)
    unknown = np.where(have.present, "", "visits-unknown").astype(object)
    return _standing(have.present.astype(np.float64), have.present, unknown)


def _min_load(norm: Norm, _settlements: SettlementFacts, supply: SupplyFacts | None) -> _Found:
    have = _needed(supply)
    load, of_level = _needed(have.load_persons), _needed(have.of_level)
    too_few = load < norm.value
    unknown = _unknown_supply(have)
    unknown[of_level & ~too_few & ~_needed(have.load_complete) & (unknown == "")] = "load-unknown"
    return _standing(load, ~too_few, unknown, concerned=of_level | (unknown != ""))


def _min_persons(norm: Norm, settlements: SettlementFacts, _supply: SupplyFacts | None) -> _Found:
    persons = settlements.persons
    unknown = np.where(np.isnan(persons), "size-unknown", "").astype(object)
    return _standing(persons, persons >= norm.value, unknown)


_MEASURES: Final[Mapping[Metric, Callable[[Norm, SettlementFacts, SupplyFacts | None], _Found]]] = {
    "minutes": _minutes,
    "km": _km,
    "in_settlement": _in_settlement,
    "visits": _visits,
    "persons_per_unit": _persons_per_unit,
    "min_load": _min_load,
    "min_persons": _min_persons,
}


def _needed(fact: Any) -> Any:
    if fact is None:
        raise ValueError("the facts lack what the metric of the norm needs")
    return fact


def _unknown_supply(supply: SupplyFacts) -> Words:
    return np.full(len(supply.present), "" if supply.known else "supply-unknown", dtype=object)


def _standing(value: Floats, met: Bools, unknown: Words, concerned: Bools | None = None) -> _Found:
    """Return what stands or lives in the settlement itself, whatever the season."""
    everybody = np.ones(len(value), dtype=np.bool_)
    season = np.full(len(value), "", dtype=object)
    return _Found(value, season, met, unknown, everybody if concerned is None else concerned)


def _travelled(supply: SupplyFacts, value: Floats, season: Words, met: Bools, *, season_known: bool) -> _Found:
    """Return what depends on the way to a facility."""
    unknown = _unknown_supply(supply)
    unknown[~supply.assessable & (unknown == "")] = "not-assessable"
    if not season_known:
        unknown[unknown == ""] = "no-season"
    return _Found(value, season, met, unknown, np.ones(len(value), dtype=np.bool_))


def _deciding(norm: Norm, by_season: Mapping[str, npt.NDArray[Any]], n: int) -> tuple[npt.NDArray[Any], Words, bool]:
    """Return the values of the season that decides, its name, and whether the study has such a season."""
    names = [norm.season_rule] if norm.season_rule not in ("worst", "any") else list(by_season)
    names = [name for name in names if name in by_season]
    if not names:
        return np.full(n, UNREACHABLE_MS), np.full(n, "", dtype=object), False
    stack = np.stack([by_season[name] for name in names])
    decisive = stack.argmin(axis=0) if norm.season_rule == "any" else stack.argmax(axis=0)
    return stack[decisive, np.arange(n)], np.array(names, dtype=object)[decisive], True
