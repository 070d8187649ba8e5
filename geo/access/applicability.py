"""Where a norm applies: three answers, because population, density and the border may be unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.norms import Band, Norm

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.object_]


@dataclass(frozen=True)
class SettlementFacts:
    """What conditions of norms look at, per settlement.

    Parameters
    ----------
    population_persons : Int64 series (n,)
        Inhabitants by settlement id; missing = unknown.
    density : float64 (n,)
        People per square kilometre of the settlement's unit; NaN = unknown.
    settlement_class : object (n,)
        Role of the settlement; empty = unknown.
    hazards : mapping of kind to bool (n,)
        Whether the settlement lies in such a zone; a kind that is not named has no zone.
    border : boolean series (n,)
        Whether it is a border settlement under special criteria; missing = unknown.
    """

    population_persons: pd.Series
    density: Floats
    settlement_class: Words
    hazards: Mapping[str, Bools]
    border: pd.Series

    @property
    def n(self) -> int:
        """Number of settlements."""
        return len(self.population_persons)

    @property
    def persons(self) -> Floats:
        """Inhabitants; NaN = unknown."""
        return self.population_persons.to_numpy(dtype=np.float64, na_value=np.nan)


@dataclass(frozen=True)
class Applicability:
    """Where a norm applies; (n,) each.

    Parameters
    ----------
    certain, possible : bool
        Every condition holds; none is known not to hold.
    out_of_band : bool
        Only size or density is known to be wrong.
    unknown : object
        Why it cannot be told, as a code, where it is possible but not certain; else empty.
    """

    certain: Bools
    possible: Bools
    out_of_band: Bools
    unknown: Words


def where_it_applies(norm: Norm, facts: SettlementFacts) -> Applicability:
    """Return where a norm applies, and where that cannot be told."""
    everywhere = np.ones(facts.n, dtype=np.bool_)
    certain, fixed, sized = everywhere.copy(), everywhere.copy(), everywhere.copy()
    unknown = np.full(facts.n, "", dtype=object)
    for reason, holds, known in _conditions(norm, facts):
        certain &= holds & known
        possible = holds | ~known
        if reason in ("size-unknown", "density-unknown"):
            sized &= possible
        else:
            fixed &= possible
        unknown[~known & (unknown == "")] = reason
    unknown[certain | ~(fixed & sized)] = ""
    return Applicability(certain, fixed & sized, fixed & ~sized, unknown)


def nobody_speaks(series: Sequence[Norm], facts: SettlementFacts) -> Bools:
    """Return where no norm of a series can apply: its pack says nothing about settlements of that size."""
    silent = np.ones(facts.n, dtype=np.bool_)
    for norm in series:
        silent &= ~where_it_applies(norm, facts).possible
    return silent


def _conditions(norm: Norm, facts: SettlementFacts) -> Iterator[tuple[str, Bools, Bools]]:
    """Yield per condition of a norm the code of its not being known, where it holds, and where that is known."""
    applies = norm.applies_if
    everywhere = np.ones(facts.n, dtype=np.bool_)
    if applies.classes:
        yield "class-unknown", np.isin(facts.settlement_class, applies.classes), facts.settlement_class != ""
    if applies.hazards:
        inside = [facts.hazards[kind] for kind in applies.hazards if kind in facts.hazards]
        yield "", np.any(inside, axis=0) if inside else ~everywhere, everywhere
    if applies.border is not None:
        known = facts.border.notna().to_numpy(dtype=np.bool_)
        yield "border-unknown", (facts.border.fillna(value=False) == applies.border).to_numpy(dtype=np.bool_), known
    if not applies.population.is_everything:
        yield "size-unknown", _inside(facts.persons, applies.population), ~np.isnan(facts.persons)
    if not applies.density.is_everything:
        yield "density-unknown", _inside(facts.density, applies.density), ~np.isnan(facts.density)


def _inside(values: Floats, band: Band) -> Bools:
    # NaN is in no band.
    return (values >= (band.low or 0)) & (values < (np.inf if band.high is None else band.high))
