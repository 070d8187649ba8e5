"""The siting solver against the textbook p-median model in scipy.optimize.milp (HiGHS, BSD) on the same problem."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, vstack

from geo.siting.problem import SitingProblem
from geo.siting.solve import solve
from tests.benchmarks.case import Case

SIZES = ((100, 6), (250, 12))


def cases() -> list[Case]:
    """Return p-median on synthetic districts with a heavy-tailed population."""
    return [_case(n_settlements, n_open) for n_settlements, n_open in SIZES]


def _case(n_settlements: int, n_open: int) -> Case:
    rng = np.random.default_rng(20260101)
    spots = rng.uniform(0, 120, (n_settlements, 2))
    minutes = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1)) * 1.4
    persons = np.rint(rng.lognormal(5, 1.2, n_settlements)).astype(np.int64) + 5
    ids = tuple(f"s{i}" for i in range(n_settlements))
    problem = SitingProblem(
        settlement_ids=ids,
        site_ids=ids,
        season_names=("dry",),
        milliseconds=np.rint(minutes * 60_000).astype(np.int32)[None],
        persons=persons,
        status=("candidate",) * n_settlements,
        existing=np.zeros(n_settlements, dtype=bool),
        limit_ms=30 * 60_000,
        objective="p-median",
        n_open=n_open,
    )

    def check() -> None:
        if abs(float(solve(problem).value or 0) / _textbook(problem, n_open) - 1) > 1e-6:
            raise RuntimeError("ours and scipy disagree")

    name = f"p-median {n_settlements}, p = {n_open}"
    return Case(name, "scipy milp", lambda: solve(problem), lambda: _textbook(problem, n_open), check)


def _textbook(problem: SitingProblem, n_open: int) -> float:
    """Minimise persons x ms over x_ij, y_j with x_ij <= y_j."""
    n = problem.n_settlements
    weights = (problem.persons[:, None] * problem.milliseconds[0]).astype(float)
    scale = weights.max()
    cost = np.concatenate([(weights / scale).ravel(), np.zeros(n)])
    rows, columns = np.divmod(np.arange(n * n), n)
    once = coo_array((np.ones(n * n), (rows, np.arange(n * n))), shape=(n, n * n + n))
    links = coo_array(
        (
            np.concatenate([np.ones(n * n), -np.ones(n * n)]),
            (np.tile(np.arange(n * n), 2), np.concatenate([np.arange(n * n), n * n + columns])),
        ),
        shape=(n * n, n * n + n),
    )
    count = coo_array((np.ones(n), (np.zeros(n, dtype=int), n * n + np.arange(n))), shape=(1, n * n + n))
    matrix = vstack([once, links, count])
    low = np.concatenate([np.ones(n), np.full(n * n, -np.inf), [n_open]])
    high = np.concatenate([np.ones(n), np.zeros(n * n), [n_open]])
    integrality = np.concatenate([np.zeros(n * n), np.ones(n)])
    found = milp(cost, constraints=LinearConstraint(matrix, low, high), bounds=Bounds(0, 1), integrality=integrality)
    return float(found.fun * scale)
