"""What searches of sums over nearest sites work on: arrays by client and by site, compiled or not."""

from __future__ import annotations

from typing import Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Sites = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Rows = tuple[Ints, Sites, Floats]
#: Step length, share of it kept after idle steps, momentum, idle steps allowed, step length at which to end.
Settings = tuple[float, float, float, int, float]

#: Exchanges of a kick.
STRENGTH: Final = 3


class Lists(NamedTuple):
    """Lists by client, cheapest first, and by site; what a price may not exceed; what a site takes of the room.

    Prices are multiples of ``grid``, a power of two.
    """

    start: Ints
    site: Sites
    cost: Floats
    column: Ints
    client: Sites
    column_cost: Floats
    highest: Floats
    weight: Floats
    room: float
    grid: float


class Climb(NamedTuple):
    """Prices (n_clients,) and worths (n_sites,) of a climb: now and at the best bound; and room to work in."""

    prices: Floats
    best_prices: Floats
    worth: Floats
    best_worth: Floats
    chosen: Flags
    slope: Floats
    direction: Floats
    scale: Floats

    @classmethod
    def of(cls, prices: Floats, n_sites: int) -> Climb:
        """Return a climb from given prices; each price moves in proportion to the root of its size."""
        n_clients = len(prices)
        mean = float(prices.mean()) if n_clients else 0.0
        return cls(
            prices=prices.copy(),
            best_prices=prices.copy(),
            worth=np.zeros(n_sites),
            best_worth=np.zeros(n_sites),
            chosen=np.zeros(n_sites, dtype=np.bool_),
            slope=np.zeros(n_clients),
            direction=np.zeros(n_clients),
            scale=np.sqrt(prices + (1e-3 * mean or 1.0)),
        )


class Engine(Protocol):
    """How lists are worked on: by compiled functions (`fast`) or by whole arrays (`plain`)."""

    def transpose(self, start: Ints, site: Sites, cost: Floats, n_sites: int) -> Rows:
        """Return the clients by site, ascending, with their costs."""

    def keep(self, start: Ints, site: Sites, cost: Floats, kept: Flags, most: Floats) -> Rows:
        """Return the lists of the kept sites, renumbered, without entries of at least ``most`` (n_clients,)."""

    def value_of(self, column: Ints, client: Sites, column_cost: Floats, paid: Floats, chosen: Flags) -> float:
        """Return the cost of going to the cheapest chosen site, or paying what ``paid`` says, which is lowered."""

    def lower(self, column: Ints, client: Sites, column_cost: Floats, ceiling: Floats, opened: int) -> None:
        """Lower the ceilings of an opened site's clients."""

    def choose(self, worth: Floats, weight: Floats, room: float, chosen: Flags) -> tuple[float, float, float]:
        """Mark the sites worth most that fit; return what bounds their worth, and the worths at the edge."""

    def ascend(
        self, lists: Lists, climb: Climb, target: float, slack: float, average: Floats, n_steps: int, settings: Settings
    ) -> tuple[float, int]:
        """Raise the bound; return the best one and the number of steps."""

    def improve(self, lists: Lists, otherwise: Floats, plan: Flags) -> Flags:
        """Return a plan after exchanges."""

    def kick(self, lists: Lists, otherwise: Floats, plan: Flags, effort: float, seed: int) -> Flags:
        """Return a plan after kicks, of which the effort says how many."""
