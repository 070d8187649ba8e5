"""Clients, sites with limited places, and what a plan costs: the capacitated problem without people or seasons."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.intp]

Status = Literal["optimal", "feasible", "infeasible"]

#: What an infeasible problem is short of.
Shortage = Literal["reach", "capacity", "number", "budget", "jointly", "load", "closest", "whole"]

#: Relative rounding error allowed when demands, capacities or money are added up.
TOLERANCE: Final = 1e-9


def _absent() -> Floats:
    """Return what stands for an array that was not given."""
    return np.zeros(0)


@dataclass(frozen=True, eq=False, kw_only=True)
class CapacityInstance:
    """Which sites to open and which client goes where, so that no open site carries too much or too little.

    Rows are clients, columns are sites. Every client is served in full. What is minimised is the cost of serving plus
    the opening cost of the open sites.

    Parameters
    ----------
    cost
        float64 (n_clients, n_sites), not negative: serving the whole client from the site; ``inf`` where it cannot.
    demand
        float64 (n_clients,), not negative: places that the client takes.
    capacity
        float64 (n_sites,), not negative, ``inf`` where there is no limit: places of a site that is open.
    min_load
        float64 (n_sites,), finite: an open site carries at least this. Zeros if absent.
    opening
        float64 (n_sites,), finite: what an open site adds to the cost. Zeros if absent.
    spending, budget
        float64 (n_sites,), finite, of either sign: what an open site takes from the budget. No limit if absent.
    n_open
        Largest number of open sites; None: no limit.
    fixed, free
        bool (n_sites,): must be open; may be open. A site that is neither stays closed. By default all are free.
    split
        Whether a client may be shared between sites.
    closest
        Whether every client goes to the nearest open site, whole; ties go to the lowest index. If that site cannot
        serve it (``cost`` is ``inf``) or has no place left, the plan is not allowed.
    nearness
        float64 (n_clients, n_sites), what ``closest`` compares, ``inf`` where there is no way; ``cost`` if absent.
    integral
        Whether the value of every plan worth looking at is a whole number, so that bounds may be rounded up.

    Raises
    ------
    ValueError
        If anything above does not hold; the message names what.
    """

    cost: Floats
    demand: Floats
    capacity: Floats
    min_load: Floats = field(default_factory=_absent)
    opening: Floats = field(default_factory=_absent)
    spending: Floats = field(default_factory=_absent)
    budget: float | None = None
    n_open: int | None = None
    fixed: Mask = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    free: Mask = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    split: bool = False
    closest: bool = False
    nearness: Floats = field(default_factory=_absent)
    integral: bool = False

    def __post_init__(self) -> None:
        shape = np.shape(self.cost)
        if len(shape) != 2:
            raise ValueError(f"cost has shape {shape}; it must have clients as rows and sites as columns")
        n_clients, n_sites = shape
        self._freeze("cost", self.cost, (n_clients, n_sites), 0.0, infinite=True)
        self._freeze("demand", self.demand, (n_clients,), 0.0)
        self._freeze("capacity", self.capacity, (n_sites,), 0.0, infinite=True)
        for name in ("min_load", "opening", "spending"):
            given = np.asarray(getattr(self, name))
            self._freeze(name, given if given.size else np.zeros(n_sites), (n_sites,))
        nearness = np.asarray(self.nearness)
        self._freeze("nearness", nearness if nearness.size else self.cost, (n_clients, n_sites), 0.0, infinite=True)
        self._freeze_masks(n_sites)
        if self.n_open is not None and self.n_open < 0:
            raise ValueError(f"n_open is {self.n_open}; it must be at least 0")

    @property
    def n_clients(self) -> int:
        """Number of clients."""
        return int(self.cost.shape[0])

    @property
    def n_sites(self) -> int:
        """Number of sites, whatever may be done with them."""
        return int(self.cost.shape[1])

    @property
    def usable(self) -> Mask:
        """Sites that a plan may have open; no site that alone costs more than the budget."""
        if self.budget is None:
            return np.asarray(self.fixed | self.free)
        return np.asarray(self.fixed | (self.free & (self.spending <= self._means * (1 + TOLERANCE / 1000))))

    @property
    def _means(self) -> float:
        """The budget as it was before what closing every site would cost was taken off."""
        return (self.budget or 0.0) - float(np.minimum(self.spending, 0.0).sum())

    @property
    def most_open(self) -> int:
        """Largest number of open sites, also where there is no limit."""
        n_usable = int(self.usable.sum())
        return n_usable if self.n_open is None else min(self.n_open, n_usable)

    @property
    def load_doubt(self) -> float:
        """Rounding error allowed in the load of a site."""
        return TOLERANCE * max(1.0, float(self.demand.sum()))

    @property
    def money_doubt(self) -> float:
        """Rounding error allowed in what a plan spends."""
        return 2 * TOLERANCE * abs(self._means)

    def _freeze_masks(self, n_sites: int) -> None:
        for name, default in (("fixed", False), ("free", True)):
            given = np.asarray(getattr(self, name), dtype=np.bool_)
            mask = given.copy() if given.size else np.full(n_sites, default)
            if mask.shape != (n_sites,):
                raise ValueError(f"{name} has shape {mask.shape}; it must be {(n_sites,)}")
            mask.flags.writeable = False
            object.__setattr__(self, name, mask)

    def _freeze(
        self, name: str, values: Floats, shape: tuple[int, ...], lowest: float = -np.inf, *, infinite: bool = False
    ) -> None:
        array = np.array(values, dtype=np.float64)
        if array.shape != shape:
            raise ValueError(f"{name} has shape {array.shape}; it must be {shape}")
        wrong = np.isnan(array) | (array < lowest) | (~infinite & np.isinf(array))
        if wrong.any():
            raise ValueError(f"{name} holds a value that is not a number, infinite or below {lowest}")
        array.flags.writeable = False
        object.__setattr__(self, name, array)


@dataclass(frozen=True, eq=False)
class Plan:
    """Open sites and who goes where.

    Parameters
    ----------
    is_open
        bool (n_sites,).
    shares
        float64 (n_clients, n_sites): which part of a client each site serves; rows sum to 1.
    value
        Cost of serving plus opening cost.
    """

    is_open: Mask
    shares: Floats
    value: float


@dataclass(frozen=True, eq=False)
class CapacityResult:
    """A plan with its proof.

    Parameters
    ----------
    status
        ``optimal`` only if the bound proves it; ``feasible`` with a gap; ``infeasible`` if there certainly is no plan;
    plan
        None if infeasible, or if none was found before the limits were met.
    value, bound
        Of the plan, ``inf`` without one; and a number that no plan falls below.
    iterations, nodes
        Steps of the Lagrangian and of the simplex; branch-and-bound nodes.
    short, clients
        What an infeasible problem is short of, and the clients that nobody can serve.
    smallest_n_open, smallest_budget
        The number of open sites or the budget that would do, all else unchanged; None where none would, or where it
        does not bear on the matter.
    log
        One line per step.
    """

    status: Status
    plan: Plan | None
    value: float
    bound: float
    iterations: int = 0
    nodes: int = 0
    short: Shortage | None = None
    clients: tuple[int, ...] = ()
    smallest_n_open: int | None = None
    smallest_budget: float | None = None
    log: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        """|value - bound| / max(|value|, 1), a fraction; ``inf`` without a plan."""
        return abs(self.value - self.bound) / max(abs(self.value), 1.0) if self.plan is not None else float("inf")


def allows(instance: CapacityInstance, is_open: Mask) -> bool:
    """Return whether a set of sites keeps to statuses, number and budget."""
    if (instance.fixed & ~is_open).any() or (is_open & ~instance.usable).any():
        return False
    if int(is_open.sum()) > instance.most_open:
        return False
    spent = float(instance.spending[is_open].sum())
    return instance.budget is None or spent <= instance.budget + instance.money_doubt


def trimmed(instance: CapacityInstance, is_open: Mask, worth: Floats) -> Mask:
    """Return a set of sites without those worth least, so far as number and budget demand it; worth below 0 is good."""
    kept = is_open & instance.usable
    droppable = np.flatnonzero(kept & ~instance.fixed & (instance.spending >= 0))
    for site in droppable[np.argsort(-worth[droppable], kind="stable")]:
        if allows(instance, kept):
            break
        kept[site] = False
    return kept
