"""How many people a building needs: one rule for every part that asks (docs/decisions/024)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.access.applicability import where_it_applies
from geo.norms import AppliesIf, Norm
from geo.study.compliance.facts import settlement_facts
from geo.study.config import ServiceConfig
from geo.study.diagnosis.loads import load_norms
from geo.study.load import StudyData


@dataclass(frozen=True)
class LeastLoad:
    """The least number of users that norms ask of a facility of a level in a settlement.

    Parameters
    ----------
    norm
        That names the number.
    ties
        Others that apply with the same right and name a larger number, in the order of the packs.
    """

    norm: Norm
    ties: tuple[Norm, ...] = ()

    @property
    def persons(self) -> int:
        """The number."""
        return int(self.norm.value)

    @property
    def tied_keys(self) -> str:
        """The others as pack/norm, separated by spaces."""
        return " ".join(norm.key for norm in self.ties)


@dataclass(frozen=True)
class Viable:
    """People who must use a building for it to be worth building.

    Parameters
    ----------
    persons
        How many.
    norm_id, tied
        Norm that says so, and others with the same right that ask for more, as pack/norm; empty = the study file's
        number, or nobody asks for any.
    """

    persons: int
    norm_id: str = ""
    tied: str = ""


def viable_at(study: StudyData, service: ServiceConfig, stated: int | None, places: Sequence[object]) -> list[Viable]:
    """Return how many people a building of the serving level needs in each of some settlements.

    Parameters
    ----------
    stated
        Number of the study file, which comes first; None = it has none.
    """
    if stated is not None:
        return [Viable(stated)] * len(places)
    found = least_loads(study, service, service.serving_level, places)
    return [Viable(1) if one is None else Viable(one.persons, one.norm.key, one.tied_keys) for one in found]


def least_loads(
    study: StudyData, service: ServiceConfig, level: str, settlement_ids: Sequence[object]
) -> list[LeastLoad | None]:
    """Return the least load that norms ask of a facility of a level in each of some settlements; None = of none.

    A norm that does not apply to the settlement (its size, class or density) never counts. Of the others those of the
    pack of the study's own norm for the service come first, then those that certainly apply before those of which it
    cannot be told. Of several with the same right the smallest number counts: what one valid norm allows is refused
    to nobody on account of another; the others are named.

    Parameters
    ----------
    settlement_ids
        Where the facility stands; what is no settlement of the study (a site in the open) has unknown facts.
    """
    norms = load_norms(study, service.name, level)
    if not norms:
        return [None] * len(settlement_ids)
    certain, possible = _applies(study, norms, settlement_ids)
    own_pack = study.siting_norms[service.name].pack
    found: list[LeastLoad | None] = []
    for place in range(len(settlement_ids)):
        ranks = {
            number: (norm.pack != own_pack, not certain[number, place])
            for number, norm in enumerate(norms)
            if possible[number, place]
        }
        equal = [norms[number] for number, rank in ranks.items() if rank == min(ranks.values())]
        found.append(_smallest(equal) if equal else None)
    return found


def _smallest(norms: Sequence[Norm]) -> LeastLoad:
    least = min(norms, key=lambda norm: norm.value)
    return LeastLoad(least, tuple(norm for norm in norms if norm.value > least.value))


def _applies(
    study: StudyData, norms: Sequence[Norm], settlement_ids: Sequence[object]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return whether each norm certainly, and possibly, applies to each settlement (n_norms, n_settlements)."""
    rows = study.settlements.index.get_indexer(list(settlement_ids))
    facts = settlement_facts(study, study.settlements.iloc[rows[rows >= 0]])
    certain = np.zeros((len(norms), len(rows)), dtype=np.bool_)
    possible = np.ones((len(norms), len(rows)), dtype=np.bool_)
    for number, norm in enumerate(norms):
        certain[number] = norm.applies_if == AppliesIf()
        own = where_it_applies(norm, facts)
        certain[number, rows >= 0], possible[number, rows >= 0] = own.certain, own.possible
    return certain, possible
