"""Bands of settlement size and density: within a series none overlap, and none leave a gap between them."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable, Iterator, Sequence

from geo.errors import Fault
from geo.language import gettext as _
from geo.norms.norm import AppliesIf, Band, Norm


def series_of(norms: Iterable[Norm]) -> tuple[tuple[Norm, ...], ...]:
    """Return norms in series: those that ask the same of settlements of different sizes."""
    found: dict[Hashable, list[Norm]] = {}
    for norm in norms:
        found.setdefault(norm.series, []).append(norm)
    return tuple(tuple(series) for series in found.values())


def band_faults(norms: Sequence[Norm], file: str) -> list[Fault]:
    """Return a fault for every two norms of a series that overlap or leave a gap, and for every empty band."""
    faults = []
    for series in series_of(norms):
        sound = [norm for norm in series if not _is_empty(norm.applies_if)]
        faults += [_empty(norm, file) for norm in series if norm not in sound]
        faults += [
            _overlap(one, other, file)
            for one, other in itertools.combinations(sound, 2)
            if _can_both_hold(one.applies_if, other.applies_if)
        ]
        faults += [_gap(one, other, file) for one, other in _neighbours(sound)]
    return faults


def _is_empty(applies: AppliesIf) -> bool:
    return applies.population.is_empty or applies.density.is_empty


def _can_both_hold(one: AppliesIf, other: AppliesIf) -> bool:
    """Return whether a settlement can meet the conditions of both; it can lie in zones of several hazards."""
    classes = not one.classes or not other.classes or set(one.classes) & set(other.classes)
    borders = one.border is None or other.border is None or one.border == other.border
    sizes = one.population.overlaps(other.population) and one.density.overlaps(other.density)
    return bool(classes) and borders and sizes


def _neighbours(series: Sequence[Norm]) -> Iterator[tuple[Norm, Norm]]:
    """Yield norms whose bands follow each other with a gap, where all their other conditions are equal."""
    found: dict[tuple[str, str], tuple[Norm, Norm]] = {}
    for by_population in (True, False):
        groups: dict[Hashable, list[Norm]] = {}
        for norm in series:
            groups.setdefault(_rest(norm.applies_if, by_population=by_population), []).append(norm)
        for group in groups.values():
            for one, other in _gaps(group, by_population=by_population):
                found[one.norm_id, other.norm_id] = (one, other)
    yield from found.values()


def _gaps(group: Sequence[Norm], *, by_population: bool) -> Iterator[tuple[Norm, Norm]]:
    def band(norm: Norm) -> Band:
        return norm.applies_if.population if by_population else norm.applies_if.density

    ordered = sorted(group, key=lambda norm: band(norm).low or 0)
    for one, other in itertools.pairwise(ordered):
        high = band(one).high
        if high is not None and high < (band(other).low or 0):
            yield one, other


def _rest(applies: AppliesIf, *, by_population: bool) -> Hashable:
    band = applies.density if by_population else applies.population
    return band, frozenset(applies.classes), frozenset(applies.hazards), applies.border


def _shown(applies: AppliesIf) -> str:
    """Return the bands of a norm in words."""
    population = _("{band} people").format(band=applies.population)
    if applies.density.is_everything:
        return population
    density = _("{band} people per km²").format(band=applies.density)
    return density if applies.population.is_everything else f"{population}, {density}"


def _overlap(one: Norm, other: Norm, file: str) -> Fault:
    message = _("The norms {one} ({one_band}) and {other} ({other_band}) can hold for the same settlement.").format(
        one=one.norm_id, one_band=_shown(one.applies_if), other=other.norm_id, other_band=_shown(other.applies_if)
    )
    remedy = _("Bands are half-open, [min, max): end one where the next begins, or give the norms other priorities.")
    return Fault(file, 0, "norm", "overlapping-bands", message, remedy)


def _gap(one: Norm, other: Norm, file: str) -> Fault:
    message = _("Between the norms {one} ({one_band}) and {other} ({other_band}) there is a gap.").format(
        one=one.norm_id, one_band=_shown(one.applies_if), other=other.norm_id, other_band=_shown(other.applies_if)
    )
    remedy = _("Bands are half-open, [min, max): begin the second with the number that ends the first.")
    return Fault(file, 0, "norm", "gap-between-bands", message, remedy)


def _empty(norm: Norm, file: str) -> Fault:
    message = _("No settlement can lie in the band of the norm {norm} ({band}).").format(
        norm=norm.norm_id, band=_shown(norm.applies_if)
    )
    return Fault(file, 0, "norm", "empty-band", message, _("The upper end of a band must be above its lower end."))
