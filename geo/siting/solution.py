"""What comes out: the measures of a set of open sites, and the proof of how good it is."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

Status = Literal["optimal", "feasible", "infeasible"]
Reason = Literal["tolerance", "tolerance-jointly", "limit", "limit-jointly"]

#: Relative gap up to which a plan counts as proven optimal.
OPTIMALITY_GAP: Final = 1e-9


def fields_of(record: Any) -> dict[str, Any]:
    """Return the fields of a record by name, as they are."""
    return {item.name: getattr(record, item.name) for item in fields(record)}


def relative_gap(value: float, bound: float) -> float:
    """Return |value - bound| / max(|value|, 1), a fraction."""
    return abs(value - bound) / max(abs(value), 1.0)


@dataclass(frozen=True)
class Loser:
    """A settlement that travels longer than today in one season; positions in the problem's tuples."""

    settlement: int
    season: int
    before_ms: int
    after_ms: int


@dataclass(frozen=True)
class SeasonRegret:
    """How much longer a season's people travel than in the plan that is best for that season alone.

    Parameters
    ----------
    season
        Position of the season.
    value, least
        Person-milliseconds in the plan, and in the best plan found for this season alone.
    bound
        Person-milliseconds that no allowed plan falls below in this season; equal to ``least`` where that is proven.
    """

    season: int
    value: int
    least: int
    bound: int

    @property
    def regret(self) -> int:
        """Person-milliseconds above the bound: the regret itself where the least is proven, else at least that."""
        return self.value - self.bound


@dataclass(frozen=True)
class Blocker:
    """A settlement that makes the problem infeasible in one season.

    ``reason`` is ``tolerance`` (no usable site is close enough to keep its time within the closure tolerance),
    ``tolerance-jointly`` (one would be, but the sites or money allowed do not suffice for everybody), ``limit`` or
    ``limit-jointly`` (the same for the norm of a set cover).
    """

    settlement: int
    season: int
    reason: Reason
    before_ms: int
    best_possible_ms: int


@dataclass(frozen=True)
class Stage:
    """One goal of the objective: its value with the earlier goals held at theirs, and the proof.

    ``bound`` is a lower bound where ``sense`` is ``min`` and an upper bound where it is ``max``. If an earlier stage is
    not proven, the bound of a later one holds for every plan instead of for those that keep the earlier values.
    """

    name: str
    unit: str
    sense: Literal["min", "max"]
    value: float
    bound: float
    gap: float
    status: Status
    iterations: int
    nodes: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Evaluation:
    """Measures of a set of open sites. Positions are those of the problem's settlements, sites and seasons.

    Parameters
    ----------
    open_sites, opened, closed
        Sorted positions: open in the plan; open but not existing; existing but not open.
    assignment
        int32 (n_seasons, n_settlements), the nearest open site, -1 where none is reachable.
    milliseconds_after, milliseconds_before
        int32 (n_seasons, n_settlements), to the nearest open site in the plan and today.
    unserved
        Settlements that reach no open site in at least one season, persons or not.
    persons_unserved, persons_beyond_limit, persons_within_limit
        By the worst season whatever the season rule; the unserved are beyond the limit.
    largest_ms
        Longest worst-season time among served settlements with persons.
    ede_minutes
        Kolm-Pollak equivalent by the problem's season rule; None without a kappa.
    cost
        Opening + closing + running cost, or the number of new sites where all costs are zero.
    spending
        What counts against a budget: opening + closing cost.
    losers
        Everybody whose time grows in some season, season by season; maybe empty, never left out.
    goals
        Shown value of each goal of the problem's objective, in its order.
    breaches
        What of the problem this set breaks: ``status``, ``n-open``, ``budget``, ``worsening``, ``limit``, ``places``.
    shares
        Objectives with places only: (settlement, site, share) of everybody who holds a place, sorted. ``assignment``
        names the site with the largest share, times are those to it, losers count the longest of their ways.
        Settlements without persons, and those that no usable site reaches in every season, hold no place; they go to
        the nearest open site in each season.
    loads
        Objectives with places only: persons served at each site (n_sites,).
    regrets
        Minimax regret only: one per season.
    """

    open_sites: tuple[int, ...]
    opened: tuple[int, ...]
    closed: tuple[int, ...]
    assignment: npt.NDArray[np.int32]
    milliseconds_after: npt.NDArray[np.int32]
    milliseconds_before: npt.NDArray[np.int32]
    unserved: tuple[int, ...]
    persons_unserved: int
    persons_beyond_limit: int
    persons_within_limit: int
    largest_ms: int
    ede_minutes: float | None
    cost: float
    spending: float
    losers: tuple[Loser, ...]
    goals: tuple[float, ...]
    breaches: tuple[str, ...]
    shares: tuple[tuple[int, int, float], ...] = ()
    loads: tuple[int, ...] = ()
    regrets: tuple[SeasonRegret, ...] = ()


@dataclass(frozen=True, eq=False, kw_only=True)
class SitingSolution(Evaluation):
    """A plan with its proof.

    Where ``status`` is ``infeasible``, the measures are those of the sites open today, nothing is opened or closed,
    and value, bound and gap are None. It is ``optimal`` only if every stage is.

    Parameters
    ----------
    objective
        Name in the registry.
    value, unit, sense, bound, gap
        Of the objective's main goal; see `Stage`.
    stages
        Every goal in order.
    blockers
        Who makes an infeasible problem infeasible.
    smallest_n_open, smallest_budget, smallest_worsening_ms, smallest_limit_ms
        For an infeasible problem, the value of that one parameter that would do, all else unchanged; None where
        no value would, or where it does not bear on the matter.
    short
        What an infeasible problem with places is short of, see `geo.siting.capacity.instance.Shortage`.
    seed, iterations, nodes
        Seed, simplex iterations and branch-and-bound nodes.
    seconds
        Wall clock; the only field that differs between runs.
    log
        One line per step.
    """

    objective: str
    status: Status
    value: float | None
    unit: str
    sense: Literal["min", "max"]
    bound: float | None
    gap: float | None
    stages: tuple[Stage, ...]
    seed: int
    iterations: int
    nodes: int
    seconds: float
    log: tuple[str, ...]
    blockers: tuple[Blocker, ...] = field(default=())
    smallest_n_open: int | None = None
    smallest_budget: float | None = None
    smallest_worsening_ms: int | None = None
    smallest_limit_ms: int | None = None
    short: str | None = None
