"""What kind of place a unit or a settlement is, by rules anybody can check and change (domain brief, 4.9; proposed).

No place is ever called stable, or served, on missing data.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

UnitCode = Literal["underdeveloped", "depressed", "concentration", "agglomeration_crisis", "stable", "unknown"]
Growth = Literal["growing", "stable", "declining", "unknown"]
Service = Literal["served", "unserved", "unknown"]
Sign = Literal["<", ">", "<="]

#: The six classes of settlements; a settlement of unknown growth or service is `unknown`.
PLACE_CLASSES: Final = tuple(f"{g}-{s}" for g in ("growing", "stable", "declining") for s in ("served", "unserved"))


@dataclass(frozen=True)
class UnitFacts:
    """What the rules look at. None (or NaN) = unknown; infinite minutes = no way, which is known.

    Parameters
    ----------
    density
        Inhabitants per square kilometre.
    hazard_share
        Share of people in hazard zones.
    remoteness
        0-15 (domain brief, 4.8).
    change_10_years
        Relative change of population in ten years; -0.1 = ten percent fewer. Growth in the rules is this too.
    utilisation
        Users over capacity of facilities.
    minutes_to_national_city
        Time to the nearest national city.
    below_norm_share
        Share of people below a norm.
    """

    density: float | None = None
    hazard_share: float | None = None
    remoteness: float | None = None
    change_10_years: float | None = None
    utilisation: float | None = None
    minutes_to_national_city: float | None = None
    below_norm_share: float | None = None

    def known(self, fact: str) -> float | None:
        """Return the value of a fact, or None where it is unknown."""
        value: float | None = getattr(self, fact)
        return None if value is None or math.isnan(value) else value


@dataclass(frozen=True)
class Condition:
    """A fact beside a threshold, e.g. ``density<1``."""

    fact: str
    sign: Sign
    threshold: float

    def __str__(self) -> str:
        """Return fact, sign and threshold without spaces."""
        return f"{self.fact}{self.sign}{self.threshold:.12g}"

    def holds(self, facts: UnitFacts) -> bool | None:
        """Say whether it is so; None where the fact is unknown."""
        value = facts.known(self.fact)
        if value is None:
            return None
        if self.sign == "<":
            return value < self.threshold
        return value > self.threshold if self.sign == ">" else value <= self.threshold


@dataclass(frozen=True)
class TypologyRules:
    """Thresholds of the types; the defaults are proposals of the domain brief (4.9), not norms.

    Raises
    ------
    ValueError
        If a threshold is not a finite number.
    """

    density_below: float = 1.0
    hazard_share_above: float = 0.2
    remoteness_above: float = 10.0
    depressed_change_below: float = -0.1
    concentration_utilisation_above: float = 1.2
    concentration_growth_above: float = 0.1
    agglomeration_minutes_at_most: float = 60.0
    agglomeration_growth_above: float = 0.15
    agglomeration_below_norm_above: float = 0.0

    def __post_init__(self) -> None:
        wrong = [name for name, value in self.__dict__.items() if not math.isfinite(value)]
        if wrong:
            raise ValueError(f"thresholds must be finite numbers: {', '.join(wrong)}")

    def rules(self) -> tuple[tuple[UnitCode, tuple[Condition, ...]], ...]:
        """Return types and the conditions that must all hold, in the order in which they are tried."""
        return (
            ("underdeveloped", (Condition("density", "<", self.density_below),)),
            ("underdeveloped", (Condition("hazard_share", ">", self.hazard_share_above),)),
            ("underdeveloped", (Condition("remoteness", ">", self.remoteness_above),)),
            ("depressed", (Condition("change_10_years", "<", self.depressed_change_below),)),
            (
                "concentration",
                (
                    Condition("utilisation", ">", self.concentration_utilisation_above),
                    Condition("change_10_years", ">", self.concentration_growth_above),
                ),
            ),
            (
                "agglomeration_crisis",
                (
                    Condition("minutes_to_national_city", "<=", self.agglomeration_minutes_at_most),
                    Condition("change_10_years", ">", self.agglomeration_growth_above),
                    Condition("below_norm_share", ">", self.agglomeration_below_norm_above),
                ),
            ),
        )


@dataclass(frozen=True)
class UnitType:
    """The type of a unit and why.

    Parameters
    ----------
    code
        The type.
    rule
        Rule that fired, e.g. ``density<1``; conditions are joined by ``&``. Empty where none did.
    facts
        Facts that the rule looked at, with their values; where none fired, all that are known.
    unknown
        Facts that nobody knows and that could have made an earlier rule fire, or, where none fired, any rule.
    """

    code: UnitCode
    rule: str
    facts: tuple[tuple[str, float], ...]
    unknown: tuple[str, ...]


def classify_unit(facts: UnitFacts, rules: TypologyRules | None = None) -> UnitType:
    """Return the type of the first rule that fires.

    A rule is undecided where one of its facts is unknown and no known fact rules it out. A unit for which no rule
    fires and one is undecided is `unknown`, never `stable`.
    """
    missing: dict[str, None] = {}
    for code, conditions in (rules or TypologyRules()).rules():
        held = [condition.holds(facts) for condition in conditions]
        if all(held):
            return UnitType(code, "&".join(map(str, conditions)), _used(facts, conditions), tuple(missing))
        if False not in held:
            missing.update((c.fact, None) for c, holds in zip(conditions, held, strict=True) if holds is None)
    code = "unknown" if missing else "stable"
    every = [condition for _code, conditions in (rules or TypologyRules()).rules() for condition in conditions]
    return UnitType(code, "", _used(facts, every), tuple(missing))


def _used(facts: UnitFacts, conditions: Iterable[Condition]) -> tuple[tuple[str, float], ...]:
    values = {condition.fact: facts.known(condition.fact) for condition in conditions}
    return tuple((fact, value) for fact, value in values.items() if value is not None)


def growth_class(annual_rate: float | None, threshold: float = 0.005) -> Growth:
    """Return whether a place grows or declines by more than `threshold` a year (0.5 %, proposed).

    Parameters
    ----------
    annual_rate
        Change a year; None or NaN = unknown.
    threshold
        At least 0; a place that changes by exactly this much is stable.
    """
    if annual_rate is None or math.isnan(annual_rate):
        return "unknown"
    if annual_rate > threshold:
        return "growing"
    return "declining" if annual_rate < -threshold else "stable"


def service_class(statuses: Iterable[str]) -> Service:
    """Return whether every norm that applies to a settlement is met.

    Parameters
    ----------
    statuses
        Of compliance: ``met``, ``unmet``, ``not_applicable``, ``unknown``.

    Returns
    -------
    str
        `unserved` where any is unmet, whatever the others; `unknown` where any is unknown or no norm applies.

    Raises
    ------
    ValueError
        If there is any other status.
    """
    found = set(statuses)
    wrong = found - {"met", "unmet", "not_applicable", "unknown"}
    if wrong:
        raise ValueError(f"no such status: {', '.join(sorted(wrong))}")
    if "unmet" in found:
        return "unserved"
    return "served" if "met" in found and "unknown" not in found else "unknown"


def place_class(growth: Growth, service: Service) -> str:
    """Return one of `PLACE_CLASSES`, or ``unknown`` where either is unknown."""
    return "unknown" if "unknown" in (growth, service) else f"{growth}-{service}"


@dataclass(frozen=True)
class TenYearChange:
    """Relative change of population in ten years; None = unknown.

    Parameters
    ----------
    share
        -0.1 = ten percent fewer.
    is_extrapolated
        Whether the counts behind the rate lie less than ten years apart.
    """

    share: float | None
    is_extrapolated: bool


def ten_year_change(annual_rate: float | None, known_years: float) -> TenYearChange:
    """Return the change that a rate makes in ten years, ``exp(10 r) - 1`` (domain brief, 4.6).

    Parameters
    ----------
    annual_rate
        Exponential rate r; None or NaN = unknown.
    known_years
        Years between the counts it was taken from.
    """
    if annual_rate is None or math.isnan(annual_rate):
        return TenYearChange(None, is_extrapolated=False)
    return TenYearChange(math.expm1(10 * annual_rate), known_years < 10)
