"""Rows about harm: whose trip gets longer, which closing is refused because of whom, and referral between levels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from geo.planning.case import NOTHING, Ints
from geo.planning.closures import tolerated
from geo.planning.hierarchy import level_of, referral_ms
from geo.planning.measure import Loser
from geo.planning.programme import Programme
from geo.study.programme.case import UnitCase
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS


def loser_rows(unit: UnitCase, programme: Programme) -> Iterator[dict[str, Any]]:
    """Yield the rows of `programme_losers`: per need and season its worst year, the first of equals, longest first.

    Somebody whose trip is longer for a few years only is among them.
    """
    worst: dict[tuple[int, int], tuple[int, Loser]] = {}
    for position, losers in enumerate(programme.losers):
        for loser in losers:
            before = worst.get((loser.need, loser.season))
            if before is None or loser.after_ms > before[1].after_ms:
                worst[loser.need, loser.season] = position, loser
    for position, loser in sorted(worst.values(), key=lambda found: _longest_first(unit, found[1], found[0])):
        need = unit.case.needs[loser.need]
        yield {
            "service": need.service,
            "level": unit.service(need.service).levels[need.level],
            "language": need.language,
            "settlement_id": need.settlement_id,
            "year": unit.case.years[position],
        } | _trip(unit, loser, position)


def _longest_first(unit: UnitCase, loser: Loser, year: int) -> tuple[int, int, int, int]:
    people = int(unit.people[year, loser.need])
    return loser.before_ms - loser.after_ms, -people, loser.need, loser.season


def _trip(unit: UnitCase, loser: Loser, year: int) -> dict[str, Any]:
    after = _minutes(loser.after_ms)
    return {
        "season": unit.case.season_names[loser.season],
        "persons": unit.people_of(loser.need, year),
        "before_minutes": _minutes(loser.before_ms),
        "after_minutes": after,
        "longer_minutes": None if after is None else (loser.after_ms - loser.before_ms) / MS_PER_MINUTE,
    }


def _minutes(ms: int) -> float | None:
    return None if ms >= UNREACHABLE_MS else ms / MS_PER_MINUTE


def refusal_rows(unit: UnitCase, programme: Programme) -> Iterator[dict[str, Any]]:
    """Yield the rows of `closure_refusals`: one per settlement and season harmed, in its hardest level.

    A closing that harms nobody has one row without a settlement; one that harms within the tolerance is not refused.
    """
    examined: list[tuple[int, tuple[Loser, ...], str, bool]] = [
        (one.option, one.losers, one.reason, one.possible)
        for one in programme.refusals
        if one.losers or one.reason == "protected"
    ]
    for number, losers in tolerated(unit.case):
        examined.append((number, losers, "tolerated" if losers else "harmless", True))
    for number, losers, reason, possible in sorted(examined, key=lambda one: one[0]):
        option = unit.case.options[number]
        place = unit.places[int(unit.case.place_of_option[number])]
        ((service, level),) = place.levels.items()
        common = {
            "service": service,
            "site_id": place.place_id,
            "settlement_id": place.settlement_id,
            "action": option.action,
            "level": unit.service(service).levels[option.serves.get(service, level)],
            "refused_because": reason,
            "protected_reason": place.protected if reason == "protected" else "",
            "possible": possible,
        }
        harmed = _hardest(unit, losers)
        if not harmed:
            yield common
        for loser in harmed:
            need = unit.case.needs[loser.need]
            yield (
                common
                | {
                    "harmed_settlement_id": need.settlement_id,
                    "harmed_level": unit.service(need.service).levels[need.level],
                    "year": unit.case.years[0],
                }
                | _trip(unit, loser, 0)
            )


def _hardest(unit: UnitCase, losers: Sequence[Loser]) -> list[Loser]:
    """Return one loser per settlement and season, that of the level and language whose trip grows most."""
    worst: dict[tuple[str, int], Loser] = {}
    for loser in sorted(losers, key=lambda one: _longest_first(unit, one, 0)):
        worst.setdefault((unit.case.needs[loser.need].settlement_id, loser.season), loser)
    return list(worst.values())


def referral_rows(unit: UnitCase, programme: Programme) -> Iterator[dict[str, Any]]:
    """Yield the rows of `referral`: from the unit's facilities to the nearest of a higher level, today and at the end.

    The way begins at the settlement of the facility; a facility outside the assessed settlements has no known way.
    """
    between = _between(unit)
    last = programme.in_force[-1] if len(programme.in_force) else unit.case.today
    for plan, in_force in (("baseline", unit.case.today), ("programme", last)):
        for service in unit.services:
            yield from _referral(unit, service.name, plan, np.asarray(in_force), between)


def _referral(
    unit: UnitCase, service: str, plan: str, in_force: Ints, between: npt.NDArray[np.int32]
) -> Iterator[dict[str, Any]]:
    case = unit.case
    levels = level_of(case, in_force, service)
    names = unit.service(service).levels
    for level in sorted(set(levels[levels >= 0].tolist()))[:-1]:
        ms, referred = referral_ms(case, in_force, between, service, level + 1)
        for position in np.flatnonzero(levels == level).tolist():
            if not unit.places[position].own or in_force[position] == NOTHING:
                continue
            for season, name in enumerate(case.season_names):
                to = int(referred[season, position])
                yield {
                    "service": service,
                    "plan": plan,
                    "site_id": case.place_ids[position],
                    "level": names[level],
                    "to_site_id": case.place_ids[to] if to >= 0 else "",
                    "to_level": names[int(levels[to])] if to >= 0 else "",
                    "season": name,
                    "minutes": _minutes(int(ms[season, position])) if to >= 0 else None,
                }


def _between(unit: UnitCase) -> npt.NDArray[np.int32]:
    """Return int32 (n_seasons, n_places, n_places): from the settlement of a place to another place."""
    case = unit.case
    counted = {need.settlement_id for need in unit.needs.needs}
    row_of = {name: row for row, name in enumerate(case.settlement_ids) if name in counted}
    n_places = len(case.place_ids)
    between = np.full((len(case.season_names), n_places, n_places), UNREACHABLE_MS, dtype=np.int32)
    for position, place in enumerate(unit.places):
        row = row_of.get(place.settlement_id)
        if row is not None:
            between[:, position, :] = case.place_ms[:, row, :]
    return between
