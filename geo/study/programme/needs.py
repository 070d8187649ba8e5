"""What the people of a unit need, as the rows of a planning case: level, norm, language, people by year."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.planning.case import Need
from geo.study.config_programme import Programme
from geo.study.cross_check import demand_persons
from geo.study.load import StudyData
from geo.study.outlook import persons_by_year
from geo.study.programme.kinds import NeedKind, need_kinds
from geo.study.values import numbers_of
from geo.units import minutes_to_ms

Ints = npt.NDArray[np.int64]

#: Languages of instruction by the column of the settlements table with their share.
_SHARES = {"kk": "share_kk", "ru": "share_ru"}
#: What shares may lack of one by rounding of binary fractions.
_ROUNDING = 1e-6


@dataclass(frozen=True, eq=False)
class Needs:
    """Rows of a case: needs with their limits, people and weights.

    Parameters
    ----------
    kinds
        One per level of a service.
    kind_of
        Position of the kind of each need.
    needs
        One per settlement, kind and, where it matters, language.
    persons
        int64 (n_years, n_needs); unknown people count as 0 and are not `known`.
    limit_ms
        int32 (n_needs,).
    weight
        float (n_needs,), what a person counts for in the first goal.
    known : bool (n_needs,)
        Whether somebody counted the people of the need's settlement.
    """

    kinds: tuple[NeedKind, ...]
    kind_of: tuple[int, ...]
    needs: tuple[Need, ...]
    persons: Ints
    limit_ms: npt.NDArray[np.int32]
    weight: npt.NDArray[np.float64]
    known: npt.NDArray[np.bool_]

    @property
    def unknown(self) -> tuple[str, ...]:
        """Settlements whose people of some need are unknown, in the order of their codes."""
        return tuple(sorted({need.settlement_id for need, own in zip(self.needs, self.known, strict=True) if not own}))


def unit_needs(
    study: StudyData,
    settings: Programme,
    settlements: gpd.GeoDataFrame,
    *,
    kinds: tuple[NeedKind, ...] | None = None,
) -> Needs:
    """Return the needs of the assessed settlements of a unit.

    Parameters
    ----------
    settlements
        Assessed settlements; their order is that of the needs within a kind.
    kinds
        Levels; those that the study names if None.
    """
    kinds = need_kinds(study, settings) if kinds is None else kinds
    rows: list[tuple[int, Need, Ints]] = []
    known: list[bool] = []
    by_demand: dict[tuple[str, tuple[str, ...]], tuple[Ints, set[str]]] = {}
    for number, kind in enumerate(kinds):
        name = kind.service.name
        if (name, kind.demand) not in by_demand:
            by_demand[name, kind.demand] = _of_kind(study, settlements, kind, settings)
        persons, unknown = by_demand[name, kind.demand]
        for place, settlement_id in enumerate(settlements.index.astype(str)):
            for language, own in _by_language(persons[:, place], settlements.iloc[place], kind, settings):
                rows.append((number, Need(settlement_id, name, kind.level, language), own))
                known.append(settlement_id not in unknown)
    weight = numbers_of(settlements["vulnerability"]) if settings.vulnerability else np.ones(len(settlements))
    position = {str(settlement_id): place for place, settlement_id in enumerate(settlements.index)}
    n_years = settings.years
    persons = np.stack([own for _kind, _need, own in rows], axis=1) if rows else np.zeros((n_years, 0), np.int64)
    return Needs(
        kinds=kinds,
        kind_of=tuple(kind for kind, _need, _own in rows),
        needs=tuple(need for _kind, need, _own in rows),
        persons=persons,
        limit_ms=np.array([minutes_to_ms(kinds[kind].norm.value) for kind, _need, _own in rows], dtype=np.int32),
        weight=np.array([weight[position[need.settlement_id]] for _kind, need, _own in rows], dtype=np.float64),
        known=np.array(known, dtype=np.bool_),
    )


def _of_kind(
    study: StudyData, settlements: gpd.GeoDataFrame, kind: NeedKind, settings: Programme
) -> tuple[Ints, set[str]]:
    """Return people of a kind by year (n_years, n_settlements), and the settlements where they are unknown today.

    A kind with columns of its own has the people of these, whoever needs the service's other levels.
    """
    service, today = kind.service, study.settlements[f"{kind.service.name}_persons"]
    if kind.demand and study.config.demand.counts == "people":
        service = service.model_copy(update={"demand": kind.demand})
        today = demand_persons(study.settlements, service)
    own = today.loc[settlements.index]
    persons = persons_by_year(study, settlements, service, settings.calendar, today)
    return persons, set(settlements.index[own.isna()].astype(str))


def _by_language(persons: Ints, settlement: pd.Series, kind: NeedKind, settings: Programme) -> list[tuple[str, Ints]]:
    """Return the people of a settlement by language, (n_years,) each; any language serves whose language is not stated.

    Shares that add up to less than one leave people without a language; they are not stretched. Shares that add up to
    more are taken in proportion.
    """
    if kind.service.name not in settings.languages:
        return [("", persons)]
    stated = {language: settlement.get(column) for language, column in _SHARES.items()}
    shares = {language: float(share) for language, share in stated.items() if pd.notna(share) and float(share) > 0}
    if not shares:
        return [("", persons)]
    rest = 1 - sum(shares.values())
    if rest > _ROUNDING:
        shares[""] = rest
    found, left, left_share = [], persons.copy(), sum(shares.values())
    for number, (language, share) in enumerate(shares.items()):
        last = number == len(shares) - 1
        own = left.copy() if last else np.asarray(np.rint(left * (share / left_share)), dtype=np.int64)
        found.append((language, own))
        left, left_share = left - own, left_share - share
    return found
