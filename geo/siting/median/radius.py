"""What pricing and branching leave open, as a radius model for HiGHS.

For a client with the distinct costs ``v0 < v1 < ...`` on its list a column ``z_k`` is 1 if it pays more than ``v_k``,
so that it pays ``v0 + sum (v_{k+1} - v_k) z_k``, with the nested rows ``z_k + sum(y of the sites at v_k) >= z_{k-1}``.

References
----------
Garcia, Labbe and Marin (2011), INFORMS Journal on Computing 23:546-556; Elloumi (2010), Journal of Combinatorial
Optimization 19:69-83.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np

from geo.siting.median.types import Flags, Floats, Ints, Sites
from geo.siting.model import Deadline, Outcome, Sparse, solve_sparse


@dataclass(frozen=True, eq=False)
class _Levels:
    """The distinct costs of all clients in a row: client, value, step to the next, whether a column stands for it."""

    of_entry: Ints
    client: Ints
    value: Floats
    step: Floats
    has_column: Flags
    is_first: Flags


def _levels(rows: tuple[Ints, Sites, Floats], ceiling: Floats) -> _Levels:
    start, _site, cost = rows
    client_of = np.repeat(np.arange(len(ceiling)), np.diff(start))
    begins = np.ones(len(cost), dtype=np.bool_)
    begins[1:] = (np.diff(cost) != 0) | (np.diff(client_of) != 0)
    of_entry = np.cumsum(begins) - 1
    client, value = client_of[begins], cost[begins]
    is_first = np.ones(len(client), dtype=np.bool_)
    is_first[1:] = client[1:] != client[:-1]
    is_last = np.append(is_first[1:], True)[: len(client)]
    following = np.where(is_last, ceiling[client], np.append(value[1:], 0.0)[: len(value)])
    has_column = np.isfinite(following)
    step = np.where(has_column, following - value, 0.0)
    return _Levels(of_entry, client, value, step, has_column, is_first)


def solve_radius(
    rows: tuple[Ints, Sites, Floats],
    ceiling: Floats,
    weight: Floats,
    room: float,
    known: Flags,
    excess: float,
    seed: int,
    deadline: Deadline,
) -> tuple[Outcome, float]:
    """Return the outcome of the model and the lower bound that it proves for the cost of the lists.

    Parameters
    ----------
    rows, ceiling
        Lists by client, and what it costs to use none (infinite: one of them must serve).
    weight, room
        Per site what it takes of a resource, and how much there is; all ones and a number of sites, or money.
    known
        A plan to start from.
    excess
        What the known plan costs beyond each client's cheapest site: brings the model to scale.
    """
    _start, site, _cost = rows
    n_sites = len(weight)
    levels = _levels(rows, ceiling)
    n_levels = len(levels.client)
    column_of = np.full(n_levels, -1, dtype=np.int64)
    column_of[levels.has_column] = n_sites + np.arange(int(levels.has_column.sum()))
    own = np.flatnonzero(levels.has_column)
    chained = np.flatnonzero(~levels.is_first)
    row = np.concatenate([levels.of_entry, own, chained, np.full(n_sites, n_levels)])
    column = np.concatenate([site.astype(np.int64), column_of[own], column_of[chained - 1], np.arange(n_sites)])
    value = np.concatenate([np.ones(len(site)), np.ones(len(own)), -np.ones(len(chained)), weight])
    order = np.argsort(row, kind="stable")
    scale = 1.0 if excess <= 1e6 else excess / 1_000.0
    costs = np.concatenate([np.zeros(n_sites), levels.step[own] / scale])
    model = Sparse(
        costs=costs,
        n_binary=n_sites,
        upper=np.ones(len(costs)),
        starts=np.concatenate([[0], np.cumsum(np.bincount(row, minlength=n_levels + 1))]),
        columns=column[order],
        values=value[order],
        row_lower=np.append(levels.is_first.astype(np.float64), -highspy.kHighsInf),
        row_upper=np.append(np.full(n_levels, highspy.kHighsInf), room),
    )
    outcome = solve_sparse(model, seed, deadline, start=known.astype(np.float64))
    base = float(levels.value[levels.is_first].sum()) + float(ceiling[np.diff(rows[0]) == 0].sum())
    return outcome, base + outcome.bound * scale
