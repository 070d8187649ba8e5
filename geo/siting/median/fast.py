"""The compiled functions together, as an `Engine`; importing this module loads numba."""

from __future__ import annotations

import numpy as np

from geo.siting.median.lists import keep, lower, transpose, value_of
from geo.siting.median.pricing import ascend, choose
from geo.siting.median.swap import Board, iterate, local_search, new_plan
from geo.siting.median.types import STRENGTH, Flags, Floats, Lists

__all__ = ["ascend", "choose", "improve", "keep", "kick", "lower", "transpose", "value_of"]


def improve(lists: Lists, otherwise: Floats, plan: Flags) -> Flags:
    """Return a plan after exchanges."""
    board = _board(lists, otherwise)
    found = new_plan(board, plan.copy(), lists.room)
    local_search(board, found)
    return found.is_open


def kick(lists: Lists, otherwise: Floats, plan: Flags, effort: float, seed: int) -> Flags:
    """Return a plan after kicks; one costs about a tenth of the clients, and what it touches."""
    board = _board(lists, otherwise)
    found = new_plan(board, plan.copy(), lists.room)
    n_open = max(1, int(plan.sum()))
    touched = 8 * len(lists.site) / n_open
    n_kicks = int(min(20_000, max(10, effort / (100 * (len(otherwise) / 10 + touched)))))
    iterate(board, found, n_kicks, STRENGTH, n_open, np.random.default_rng(seed))
    return found.is_open


def _board(lists: Lists, otherwise: Floats) -> Board:
    return Board(*lists[:6], otherwise, lists.weight)
