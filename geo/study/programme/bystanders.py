"""Whom closing or lowering a place could harm though no goal counts them: neighbours, and levels that nobody is owed.

The goals are about the people of the unit, at the levels that the study names. A facility that may close serves others
too: villages of a neighbouring unit, villages that are too far from every road to be assessed, and everybody at the
levels up to its own that no need measures. They become needs without people, so that they change no goal and no sum,
while the tolerance holds for them as for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from geo.planning.case import Need
from geo.study.config_programme import Programme
from geo.study.prepare import BASE_SCENARIO, Prepared
from geo.study.programme.kinds import NeedKind, planned_services
from geo.study.programme.needs import Needs, unit_needs
from geo.study.programme.places import Place, unit_places
from geo.units import UNREACHABLE_MS

Times = npt.NDArray[np.int32]
_Key = tuple[str, str, int, str]

#: Languages of instruction; empty stands for any.
_ANY: tuple[str, ...] = ("",)
_LANGUAGES: tuple[str, ...] = ("", "kk", "ru")


@dataclass(frozen=True, eq=False)
class Bystanders:
    """Needs that no goal counts and that no closing may worsen.

    Parameters
    ----------
    settlement_ids
        Their settlements that the unit's own needs do not have, in the order of their codes.
    needs
        Rows to add to the case.
    people
        int64 (n_years, n_needs), who they are, for lists of those harmed; the case counts none of them.
    known
        bool (n_needs,), whether their people are known; where not, `people` has 0.
    places
        Facilities that the unit does not see and that some of them could go to instead.
    """

    settlement_ids: tuple[str, ...]
    needs: tuple[Need, ...]
    people: npt.NDArray[np.int64]
    known: npt.NDArray[np.bool_]
    places: tuple[Place, ...]


def bystanders(
    prepared: Prepared, settings: Programme, rows: gpd.GeoDataFrame, places: tuple[Place, ...], counted: Needs
) -> Bystanders:
    """Return whom a closing or lowering could harm beside the needs that are counted.

    Parameters
    ----------
    rows
        Assessed settlements of the unit.
    places
        What the unit sees.
    counted
        The unit's needs.
    """
    lowerable = [place for place in places if _may_be_lowered(settings, place)]
    if not lowerable:
        return Bystanders((), (), np.zeros((settings.years, 0), np.int64), np.zeros(0, np.bool_), ())
    study = prepared.study
    seen = [place for place in places if place.existing]
    known = {place.place_id for place in seen}
    standing = prepared.sites[(prepared.sites["kind"] == "existing") & ~prepared.sites["site_id"].isin(known)]
    services = planned_services(study, settings)
    unseen = unit_places(study, settings, services, standing.assign(in_unit=False))
    nearest = _Nearest(prepared, settings, (*seen, *unseen), frozenset(place.place_id for place in lowerable))
    users = {key: row for service in services for key, row in nearest.users(service.name)}
    found = unit_needs(
        study,
        settings,
        study.settlements.loc[sorted({key[0] for key in users})],
        kinds=_kinds(counted.kinds, prepared, settings, users),
    )
    own = set(counted.needs)
    kept = [n for n, need in enumerate(found.needs) if need not in own and _key(need) in users]
    needs = tuple(found.needs[n] for n in kept)
    inside = set(rows.index.astype(str))
    return Bystanders(
        settlement_ids=tuple(sorted({need.settlement_id for need in needs} - inside)),
        needs=needs,
        people=found.persons[:, kept],
        known=found.known[kept],
        places=nearest.instead([need for need in needs if need.settlement_id not in inside], users, known),
    )


def _may_be_lowered(settings: Programme, place: Place) -> bool:
    return place.existing and place.own and place.closable and (settings.may_close or settings.may_downgrade)


def _key(need: Need) -> _Key:
    return need.settlement_id, need.service, need.level, need.language


def _kinds(
    counted: Sequence[NeedKind], prepared: Prepared, settings: Programme, users: dict[_Key, int]
) -> tuple[NeedKind, ...]:
    """Return the levels that somebody uses: with the people of the counted need of the level, else the service's."""
    own = {(kind.service.name, kind.level): kind for kind in counted}
    services = {service.name: service for service in planned_services(prepared.study, settings)}
    return tuple(
        own.get((name, level)) or NeedKind(services[name], level, prepared.study.siting_norms[name])
        for name, level in sorted({(service, level) for _settlement, service, level, _language in users})
    )


@dataclass(frozen=True, eq=False)
class _Nearest:
    """Who is nearest to what today, over every settlement and facility of the study.

    Parameters
    ----------
    places
        Facilities of the study.
    lowerable
        Those that may be closed or lowered.
    """

    prepared: Prepared
    settings: Programme
    places: tuple[Place, ...]
    lowerable: frozenset[str]

    def users(self, service: str) -> Iterator[tuple[_Key, int]]:
        """Yield settlements with service, level and language that some season leads to what may be lowered.

        With the position of the settlement in the study.
        """
        levels = [place.levels.get(service, -1) for place in self.places if place.place_id in self.lowerable]
        ids = self.prepared.study.settlements.index.astype(str)
        for level in range(max(levels, default=-1) + 1):
            for language in _LANGUAGES if service in self.settings.languages else _ANY:
                able = self._able(service, level, language)
                own = np.array([self.places[n].place_id in self.lowerable for n in able], dtype=np.bool_)
                if not own.any():
                    continue
                uses = np.zeros(len(ids), dtype=np.bool_)
                for times in self._times(able):
                    least = times.min(axis=1)
                    uses |= (least < UNREACHABLE_MS) & (times[:, own].min(axis=1) == least)
                for row in np.flatnonzero(uses):
                    yield (ids[row], service, level, language), int(row)

    def instead(self, needs: Sequence[Need], users: dict[_Key, int], seen: set[str]) -> tuple[Place, ...]:
        """Return the facilities out of the unit's sight that are the nearest of those in some season."""
        groups: dict[tuple[str, int, str], list[int]] = {}
        for need in needs:
            groups.setdefault((need.service, need.level, need.language), []).append(users[_key(need)])
        found: set[int] = set()
        for key, rows in groups.items():
            able = [n for n in self._able(*key) if self.places[n].place_id not in seen]
            for times in self._times(able) if able else ():
                own = times[rows]
                which = own.argmin(axis=1)
                reached = own[np.arange(len(rows)), which] < UNREACHABLE_MS
                found |= {able[column] for column in which[reached]}
        return tuple(sorted((self.places[n] for n in found), key=lambda place: place.place_id))

    def _able(self, service: str, level: int, language: str) -> list[int]:
        """Return the positions of facilities that serve a level in a language."""
        return [
            number
            for number, place in enumerate(self.places)
            if place.levels.get(service, -1) >= level
            and (not language or not place.language or place.language == language)
        ]

    def _times(self, able: Sequence[int]) -> Iterator[Times]:
        """Yield the times of a season (n_settlements, n_able), of every settlement of the study."""
        times = self.prepared.times[BASE_SCENARIO]
        ids = tuple(self.prepared.study.settlements.index.astype(str))
        sites = tuple(self.places[n].place_id for n in able)
        for season in self.prepared.study.config.season:
            yield times[season.name].select(ids, sites).milliseconds
