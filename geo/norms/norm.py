"""What a norm is: a requirement, whom it is about, and where it was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

Metric = Literal["minutes", "km", "in_settlement", "visits", "persons_per_unit", "min_load", "min_persons"]

#: The unit each metric is measured in.
METRIC_UNITS: Final[dict[Metric, str]] = {
    "minutes": "min",
    "km": "km",
    "in_settlement": "facility",
    "visits": "visits",
    "persons_per_unit": "persons",
    "min_load": "persons",
    "min_persons": "persons",
}
#: Metrics that say what a settlement itself must have: together they are one series, whatever their levels.
PLACE_METRICS: Final[tuple[Metric, ...]] = ("in_settlement", "visits")
#: Service and level of norms about the settlement itself.
SETTLEMENT_SERVICE: Final = "settlement"


@dataclass(frozen=True)
class Band:
    """Half-open interval [low, high); None is unlimited."""

    low: float | None = None
    high: float | None = None

    @property
    def is_everything(self) -> bool:
        """Whether it leaves nothing out; what is counted cannot be below zero."""
        return not self.low and self.high is None

    @property
    def is_empty(self) -> bool:
        """Whether nothing can lie in it."""
        return self.high is not None and self.high <= (self.low or 0)

    def overlaps(self, other: Band) -> bool:
        """Return whether a value can lie in both."""
        low = max(self.low or 0, other.low or 0)
        return all(band.high is None or low < band.high for band in (self, other))

    def __str__(self) -> str:
        """Return it as mathematicians write it."""
        return f"[{self.low or 0:g}, {'…' if self.high is None else format(self.high, 'g')})"


@dataclass(frozen=True)
class AppliesIf:
    """Conditions under which a norm applies to a settlement; all of them must hold.

    Parameters
    ----------
    pop_min, pop_max
        Half-open band [min, max) of the inhabitants of the settlement; None is unlimited.
    density_min, density_max
        Half-open band of the people per square kilometre of the settlement's unit.
    classes
        Values of `settlement_class`; empty = all.
    hazards
        Kinds of hazard zone, in one of which the settlement lies; empty = wherever it lies.
    border
        Whether the settlement is one under special criteria at the border; None = either.
    """

    pop_min: int | None = None
    pop_max: int | None = None
    density_min: float | None = None
    density_max: float | None = None
    classes: tuple[str, ...] = ()
    hazards: tuple[str, ...] = ()
    border: bool | None = None

    @property
    def population(self) -> Band:
        """Band of inhabitants."""
        return Band(self.pop_min, self.pop_max)

    @property
    def density(self) -> Band:
        """Band of people per square kilometre."""
        return Band(self.density_min, self.density_max)


@dataclass(frozen=True)
class Norm:
    """One requirement.

    Parameters
    ----------
    norm_id, pack
        Together they identify the norm, written ``pack/norm_id``.
    service, level
        What must be reached; a higher level of the same service also satisfies it.
    metric
        ``minutes``: door-to-door time to the nearest such facility is at most `value`.
        ``km``: the way on the roads to it is at most `value`.
        ``in_settlement``: the settlement itself has such a facility (`value` is 1).
        ``visits``: a medical worker visits, no premises; no table says so.
        ``persons_per_unit``: at most `value` people have the facility the settlement goes to as their nearest.
        ``min_load``: a facility of exactly this level in the settlement has at least `value` users.
        ``min_persons``: the settlement has at least `value` inhabitants.
    value, unit
        The limit.
    title_en, title_ru, title_kk
        The requirement in words.
    source, legal_ref
        Where it was read, and the article.
    confidence
        H read in the source text, M from news or abstracts, L remembered.
    verified
        A lawyer has checked it. Shipped norms are not.
    season_rule
        ``worst``: must hold in every season; ``any``: in at least one; else the name of the season in which it must.
    demand_group
        Column of people of the settlements table that the norm is about; empty = the service's own demand.
    applies_if
        Settlements it applies to.
    coverage_target
        Share of the people, 0..1, for whom it is to be met; None = all of them.
    priority
        1 = minimum standard, 2 = target, and so on.
    valid_from, valid_to
        First and last day (ISO), or empty.
    """

    norm_id: str
    pack: str
    service: str
    level: str
    metric: Metric
    value: float
    unit: str
    title_en: str
    title_ru: str
    title_kk: str
    source: str
    legal_ref: str
    confidence: str
    verified: bool
    season_rule: str = "worst"
    demand_group: str = ""
    applies_if: AppliesIf = field(default_factory=AppliesIf)
    coverage_target: float | None = None
    priority: int = 1
    valid_from: str = ""
    valid_to: str = ""

    @property
    def key(self) -> str:
        """Name of the norm in study files."""
        return f"{self.pack}/{self.norm_id}"

    @property
    def series(self) -> tuple[str | int, ...]:
        """What norms of a pack share that ask the same question of settlements of different sizes."""
        shared = (self.pack, self.service, self.demand_group, self.priority)
        return (*shared, "place", "") if self.metric in PLACE_METRICS else (*shared, self.metric, self.level)

    def title(self, language: str) -> str:
        """Return the requirement in words."""
        return str(getattr(self, f"title_{language}")) or self.title_en


@dataclass(frozen=True)
class RemotenessClass:
    """A class of remoteness: scores above that of the class before, up to and including `upper`.

    Parameters
    ----------
    code
        Name in tables.
    upper
        Highest score of the class, which belongs to it; infinite for the last class.
    title_en, title_ru, title_kk
        Name in words.
    source, verified
        Where the bounds were read, and whether a lawyer has checked them.
    """

    code: str
    upper: float
    title_en: str
    title_ru: str
    title_kk: str
    source: str
    verified: bool

    def title(self, language: str) -> str:
        """Return the name of the class."""
        return str(getattr(self, f"title_{language}")) or self.title_en
