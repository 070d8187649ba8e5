"""Groups of people whose access is told apart: all who need a service, their ages, and the languages they learn in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.access.load import Language, speaks
from geo.study.load import StudyData
from geo.study.plans import UnitService
from geo.study.values import numbers_of
from geo.tables import SETTLEMENTS

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

EVERYBODY: Final = "all"
#: Columns of people whom a service for everybody matters to most (domain brief, O5).
VULNERABLE: Final = ("pop_0_5", "pop_63p", "wcba")
#: Languages of instruction, with the column that says which share of the children learns in it.
LANGUAGES: Final[dict[Language, str]] = {"kk": "share_kk", "ru": "share_ru"}


@dataclass(frozen=True)
class Group:
    """A group of people in the settlements that are rows of a siting problem.

    Parameters
    ----------
    name
        Code of the group in tables.
    persons : float64 (n_settlements,)
        People of the group; NaN = unknown.
    served_by : bool (n_sites,)
        Sites that serve the group.
    own_supply
        Fewer sites serve it than serve everybody: its times are its own.
    """

    name: str
    persons: Floats
    served_by: Bools
    own_supply: bool = False

    @property
    def counted(self) -> npt.NDArray[np.int64]:
        """People to count with, (n_settlements,): the unknown are counted apart, not here."""
        return np.nan_to_num(self.persons).round().astype(np.int64)

    @property
    def n_unknown(self) -> int:
        """Settlements where the group is not known."""
        return int(np.isnan(self.persons).sum())


def groups_of(study: StudyData, part: UnitService) -> list[Group]:
    """Return everybody first, then the groups that the data of a service tell apart."""
    rows = part.settlements[part.assessed]
    everywhere = np.ones(part.problem.n_sites, dtype=np.bool_)
    everybody = numbers_of(part.persons[part.assessed])
    found = [Group(EVERYBODY, everybody, everywhere)]
    ages = part.service.demand if len(part.service.demand) > 1 else ()
    if part.service.demand == ("pop_total",):
        ages = VULNERABLE
    for name in ages:
        persons = numbers_of(rows[SETTLEMENTS.column(name).code_name]) * part.service.demand_share
        if not np.isnan(persons).all():
            found.append(Group(name, persons, everywhere))
    taught_in = languages(study, part)
    if taught_in is None:
        return found
    for language, column in LANGUAGES.items():
        persons = everybody * numbers_of(rows[column])
        if np.nansum(persons) > 0:
            serves, _unknown = speaks(taught_in, language)
            found.append(Group(language, persons, serves, own_supply=True))
    return found


def languages(study: StudyData, part: UnitService) -> npt.NDArray[np.object_] | None:
    """Return the language of instruction of every site, "" for candidates.

    None where a serving facility has none stated: it cannot be told then whom it serves.
    """
    stated = study.facilities["instruction_lang"].reindex(part.problem.site_ids)
    known = stated.notna().to_numpy(dtype=np.bool_)
    if not known.any() or not known[part.problem.existing].all():
        return None
    return np.asarray(stated.fillna(""), dtype=object)
