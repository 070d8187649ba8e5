"""The quantities that objectives are made of, each in a form that is always minimised.

A goal has two numbers. Its *linear* value is minimised, and is a sum (or a maximum) over settlements that the exact
solver can model; its *shown* value is the one people read, in the goal's unit: a monotone function of the first.

Every burden is a non-decreasing function of the time to the nearest open site. Therefore the burden of the worst
season is the worst burden of a season, and opening one more site never raises any burden. Backup coverage looks at the
second site too; it counts open sites instead of measuring times, and more of them never raise it either.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import numpy as np
import numpy.typing as npt

from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

if TYPE_CHECKING:
    from geo.siting.problem import Floats, Mask, SitingProblem

Array = npt.NDArray[Any]

#: Names of goals about numbers of sites.
OPEN_SITES: Final = "open-sites"
NEW_SITES: Final = "new-sites"


class Goal(ABC):
    """One quantity of a plan."""

    name: str
    unit: str
    sense: Literal["min", "max"] = "min"
    #: Whether linear values are whole numbers, so that a bound may be rounded up.
    integral: bool

    def __init__(self, problem: SitingProblem) -> None:
        self.problem = problem

    @abstractmethod
    def linear(self, nearest: Array, is_open: Mask) -> Array:
        """Return the minimised value of one or many plans.

        Parameters
        ----------
        nearest
            Milliseconds to the nearest open site (..., n_seasons, n_settlements).
        is_open
            Open sites (..., n_sites).
        """

    def shown(self, linear: float, persons_unserved: int) -> float:  # noqa: ARG002 - some goals need it
        """Return the value as people read it, for plans that leave this many persons without any way."""
        return int(linear) if self.integral else float(linear)


class BurdenGoal(Goal):
    """A sum over settlements of persons x a burden that grows with the time to the nearest open site."""

    def __init__(self, problem: SitingProblem) -> None:
        super().__init__(problem)
        self.integral = problem.season_rule == "worst"

    @abstractmethod
    def burden(self, milliseconds: Array) -> Array:
        """Return the burden of one person, element by element; non-decreasing in time."""

    def linear(self, nearest: Array, is_open: Mask) -> Array:  # noqa: ARG002 - the sites matter through the times
        """Return the sum over settlements, by the problem's season rule."""
        burdens = self.burden(nearest)
        persons = self.problem.persons
        if self.problem.season_rule == "worst":
            return np.asarray(burdens.max(axis=-2) @ persons)
        return np.asarray((burdens * self.problem.normal_weights[:, np.newaxis]).sum(axis=-2) @ persons)


class BeyondLimit(BurdenGoal):
    """Persons who are not within the limit; unreachable persons are among them."""

    name = "persons-beyond-limit"
    unit = "persons"

    def __init__(self, problem: SitingProblem, limit_ms: int | None = None) -> None:
        super().__init__(problem)
        self.limit_ms = problem.limit_ms if limit_ms is None else limit_ms

    def burden(self, milliseconds: Array) -> Array:
        """Return 1 beyond the limit and 0 within it."""
        return (milliseconds > self.limit_ms).astype(np.int64)


class WithinLimit(BeyondLimit):
    """Persons within the limit, shown as what is maximised."""

    name = "persons-within-limit"
    sense = "max"

    def shown(self, linear: float, persons_unserved: int) -> float:  # noqa: ARG002
        """Return all persons less those beyond the limit."""
        total = int(self.problem.persons.sum())
        return total - int(linear) if self.integral else total - float(linear)


class Unserved(BeyondLimit):
    """Persons without any way to an open site."""

    name = "persons-unserved"

    def __init__(self, problem: SitingProblem) -> None:
        super().__init__(problem, UNREACHABLE_MS - 1)


class TotalTime(BurdenGoal):
    """Person-milliseconds of the served (worst season), or season-weighted with times capped.

    In the worst-season rule an unserved person counts a constant above every time instead of nothing. Plans are
    compared at equal numbers of unserved persons, so the constant drops out, and the burden stays monotone.
    """

    name = "person-time"
    unit = "person-milliseconds"

    def __init__(self, problem: SitingProblem) -> None:
        super().__init__(problem)
        self.unserved_ms = problem.longest_ms + 1

    def burden(self, milliseconds: Array) -> Array:
        """Return the time, in milliseconds."""
        if self.problem.season_rule == "weighted":
            return np.minimum(milliseconds, self.problem.cap_ms).astype(np.int64)
        return np.where(milliseconds >= UNREACHABLE_MS, self.unserved_ms, milliseconds).astype(np.int64)

    def shown(self, linear: float, persons_unserved: int) -> float:
        """Return person-milliseconds without the constant of the unserved."""
        if self.problem.season_rule == "weighted":
            return float(linear)
        return int(linear) - self.unserved_ms * persons_unserved


class CappedTime(BurdenGoal):
    """Person-milliseconds with every time capped, so that the unserved count too and all plans compare.

    In the weighted rule these are the person-milliseconds of ``TotalTime``.
    """

    name = "capped-person-time"
    unit = "person-milliseconds"

    def burden(self, milliseconds: Array) -> Array:
        """Return the time in milliseconds, at most the cap."""
        return np.minimum(milliseconds, self.problem.cap_ms).astype(np.int64)


class EqualEquivalent(BurdenGoal):
    """The Kolm-Pollak equally-distributed equivalent (EDE) of capped times, in minutes.

    The linear value is ``sum persons (exp(-kappa t) - 1) / (-kappa)``: it orders plans as the EDE
    ``-(1/kappa) ln(sum persons exp(-kappa t) / W)`` does, and keeps its digits when kappa is close to zero, where it
    becomes the person-minutes of the p-median.

    References
    ----------
    Kolm (1976), Journal of Economic Theory 12:416-442; Pollak (1971), Review of Economic Studies 38:401-414; Horton,
    Logan, Murrell, Skipper and Speakman, arXiv 2401.15452 (the linear proxy).
    """

    name = "equally-distributed-equivalent"
    unit = "minutes"

    def __init__(self, problem: SitingProblem) -> None:
        super().__init__(problem)
        self.integral = False
        self.kappa = cast("float", problem.kappa)

    def burden(self, milliseconds: Array) -> Array:
        """Return the exponential burden of a capped time."""
        minutes = np.minimum(milliseconds, self.problem.cap_ms) / MS_PER_MINUTE
        return np.asarray(np.expm1(-self.kappa * minutes) / -self.kappa)

    def shown(self, linear: float, persons_unserved: int) -> float:  # noqa: ARG002 - they count as capped
        """Return the EDE in minutes; 0 where there are no persons."""
        total = int(self.problem.persons.sum())
        if total == 0:
            return 0.0
        return float(np.log1p(-self.kappa * linear / total) / -self.kappa)


class WithoutBackup(Goal):
    """Persons with fewer than two open sites within the limit: in some season, or season-weighted.

    References
    ----------
    Hogan and ReVelle (1986), Management Science 32:1434-1444.
    """

    name = "persons-without-backup"
    unit = "persons"

    def __init__(self, problem: SitingProblem) -> None:
        super().__init__(problem)
        self.integral = problem.season_rule == "worst"

    @cached_property
    def within(self) -> npt.NDArray[np.float32]:
        """1 where a site is within the limit: (n_seasons x n_settlements, n_sites), ready to count open sites."""
        problem = self.problem
        shape = problem.n_seasons * problem.n_settlements, problem.n_sites
        return (problem.milliseconds <= problem.limit_ms).reshape(shape).astype(np.float32)

    def linear(self, nearest: Array, is_open: Mask) -> Array:  # noqa: ARG002 - the second site is not in it
        """Return the persons without backup, by the problem's season rule."""
        problem = self.problem
        counts = is_open.astype(np.float32) @ self.within.T
        alone = (counts < 2).reshape(*is_open.shape[:-1], problem.n_seasons, problem.n_settlements)
        if problem.season_rule == "worst":
            return np.asarray(alone.any(axis=-2).astype(np.int64) @ problem.persons)
        return np.asarray((alone * problem.normal_weights[:, np.newaxis]).sum(axis=-2) @ problem.persons)


class LargestTime(Goal):
    """The longest time among served settlements with persons, in milliseconds.

    In the weighted rule: the largest season-weighted mean of capped times, over the settlements that some usable site
    reaches in some season.
    """

    name = "largest-time"
    unit = "milliseconds"

    def __init__(self, problem: SitingProblem) -> None:
        super().__init__(problem)
        self.integral = problem.season_rule == "worst"
        best = problem.nearest_ms(problem.always | problem.free)
        reachable = (best < UNREACHABLE_MS).any(axis=0)
        #: Settlements that this goal looks at.
        self.counted: Mask = (problem.persons > 0) & reachable

    def linear(self, nearest: Array, is_open: Mask) -> Array:  # noqa: ARG002
        """Return the largest time; 0 where nobody is served."""
        counted = nearest[..., self.counted]
        if self.problem.season_rule == "weighted":
            weights = self.problem.normal_weights[:, np.newaxis]
            means = (np.minimum(counted, self.problem.cap_ms) * weights).sum(axis=-2)
            return np.asarray(means.max(axis=-1, initial=0.0))
        worst = counted.max(axis=-2).astype(np.int64)
        return np.asarray(np.where(worst < UNREACHABLE_MS, worst, 0).max(axis=-1, initial=0))


class SiteGoal(Goal):
    """A number that depends on which sites are open and on nothing else: a constant plus a sum over open sites."""

    def __init__(
        self, problem: SitingProblem, name: str, unit: str, per_site: Array, constant: float = 0, *, integral: bool
    ) -> None:
        super().__init__(problem)
        self.name, self.unit, self.integral = name, unit, integral
        self.per_site: Floats = per_site.astype(np.float64)
        self.constant = constant

    @property
    def step(self) -> float:
        """What values of two plans differ by at least, if at all; 0 where it may be anything."""
        if not (self.per_site == self.per_site.round()).all() or np.abs(self.per_site).max(initial=0.0) > 2.0**53:
            return 0.0
        return float(np.gcd.reduce(self.per_site.astype(np.int64), initial=0))

    def linear(self, nearest: Array, is_open: Mask) -> Array:  # noqa: ARG002
        """Return the constant plus what the open sites add."""
        total = np.asarray(is_open @ self.per_site + self.constant)
        return total.round().astype(np.int64) if self.integral else total


def open_count(problem: SitingProblem) -> SiteGoal:
    """Return the total number of open sites as a goal."""
    return SiteGoal(problem, OPEN_SITES, "sites", np.ones(problem.n_sites), integral=True)


def cost(problem: SitingProblem) -> SiteGoal:
    """Return opening + closing + running cost as a goal; the number of new sites where all costs are zero."""
    is_new = ~problem.existing
    if not problem.has_costs:
        return SiteGoal(problem, NEW_SITES, "sites", is_new, integral=True)
    per_site = np.where(is_new, problem.opening, -problem.closing) + problem.running
    constant = float(problem.closing[problem.existing].sum())
    return SiteGoal(problem, "cost", "money", per_site, constant, integral=False)


def spending(problem: SitingProblem) -> SiteGoal:
    """Return what the budget pays for as a goal: opening new sites and closing existing ones."""
    per_site = np.where(problem.existing, -problem.closing, problem.opening)
    constant = float(problem.closing[problem.existing].sum())
    return SiteGoal(problem, "spending", "money", per_site, constant, integral=False)
