"""Capacitated instances and their solution: a thin layer over `geo.siting.capacity`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from tests.siting import orlib

if TYPE_CHECKING:
    from geo.siting.capacity.instance import CapacityInstance, CapacityResult

OBJECTIVE: Final = "capacitated"


def known_values() -> dict[str, tuple[float, bool]]:
    """Return best known values by name, and whether they are proven optima."""
    # Those of capa, capb and capc are not proven again with these files; those of SJC are recalled (SOURCE.txt).
    known = {name: (value, name in orlib.CAP) for name, (_lower, value) in orlib.orlib_bounds().items()}
    known |= {name: (value, False) for name, value in orlib.SJC_BEST_KNOWN.items()}
    return known | {name: (float(orlib.read_pmedcap(name)[1]), False) for name in orlib.PMEDCAP}


def read(name: str) -> CapacityInstance:
    """Return an instance by its name; the large ones carry their capacity behind an underscore.

    Clients are shared between sites in the instances with opening costs, and whole in those with a number of sites.
    """
    from geo.siting.capacity.instance import CapacityInstance

    if name in orlib.SJC:
        found = orlib.read_sjc(name)
    elif name in orlib.PMEDCAP:
        found = orlib.read_pmedcap(name)[0]
    else:
        stem, _underscore, capacity = name.partition("_")
        found = orlib.read_cap(stem, int(capacity) if capacity else None)
    return CapacityInstance(
        cost=found.costs,
        demand=found.demand.astype(np.float64),
        capacity=found.capacity.astype(np.float64),
        opening=found.fixed_cost,
        n_open=found.n_open,
        split=found.n_open is None,
        integral=name in orlib.PMEDCAP,
    )


def solve(instance: CapacityInstance, seconds: float | None) -> CapacityResult:
    """Solve an instance within a safety limit of seconds."""
    from geo.siting.capacity.solve import solve_capacity
    from geo.siting.model import Deadline

    return solve_capacity(instance, 1, Deadline(seconds))
