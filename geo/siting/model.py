"""A mixed-integer model as arrays, and the HiGHS run that solves it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import highspy
import numpy as np
import numpy.typing as npt

from geo.errors import SolverError

Columns = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]

#: Feasibility and optimality tolerance of HiGHS; models are scaled so that their optima lie around 1,000.
TOLERANCE: Final = 1e-9


@dataclass
class Deadline:
    """A safety limit on wall-clock seconds; None never ends."""

    seconds: float | None
    started: float = field(default_factory=time.perf_counter)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.started

    @property
    def remaining(self) -> float:
        """Seconds left, infinite without a limit, never negative."""
        return float("inf") if self.seconds is None else max(0.0, self.seconds - self.elapsed)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What HiGHS found: the best point or None, a lower bound, and whether it ran to the end.

    ``duals`` are the prices of the rows where nothing was binary and the model was solved.
    """

    values: Values | None
    bound: float
    finished: bool
    iterations: int
    nodes: int
    duals: Values | None = None

    @property
    def proven_infeasible(self) -> bool:
        """Whether the model certainly has no solution."""
        return self.finished and self.values is None


class Model:
    """Columns and rows, gathered piece by piece; the first ``n_binary`` columns are 0 or 1."""

    def __init__(self, n_binary: int) -> None:
        self.n_binary = n_binary
        self._n_columns = n_binary
        self._uppers: list[Values] = [np.ones(n_binary)]
        self._columns: list[Columns] = []
        self._coefficients: list[Values] = []
        self._lowers: list[float] = []
        self._row_uppers: list[float] = []
        self._objective: list[tuple[Columns, Values]] = []

    def add_columns(self, count: int, upper: float = 1.0) -> Columns:
        """Add continuous columns between 0 and an upper bound; return their positions."""
        first = self._n_columns
        self._n_columns += count
        self._uppers.append(np.full(count, upper))
        return np.arange(first, first + count)

    def add_row(
        self,
        columns: Columns,
        coefficients: Values,
        lower: float = -highspy.kHighsInf,
        upper: float = highspy.kHighsInf,
    ) -> None:
        """Add ``lower <= coefficients @ x[columns] <= upper``; columns must not repeat."""
        self._columns.append(np.asarray(columns, dtype=np.int64))
        self._coefficients.append(np.asarray(coefficients, dtype=np.float64))
        self._lowers.append(lower)
        self._row_uppers.append(upper)

    def add_cover(self, columns: Columns) -> None:
        """Require that at least one of the columns is 1."""
        self.add_row(columns, np.ones(len(columns)), lower=1.0)

    def minimise(self, columns: Columns, coefficients: Values) -> None:
        """Add terms to what is minimised."""
        self._objective.append((columns, coefficients))

    def solve(
        self, seed: int, deadline: Deadline, max_nodes: int | None = None, start: Values | None = None
    ) -> Outcome:
        """Run HiGHS on one thread, deterministically unless the deadline strikes.

        Parameters
        ----------
        seed, deadline
            Seed of its tie-breaking, and the safety limit in seconds.
        max_nodes
            Branch-and-bound nodes after which it stops with what it has; None: no limit.
        start
            A known solution, one value per column.

        Raises
        ------
        SolverError
            If HiGHS refuses the model. If it fails to solve it, the outcome is unfinished and has no bound.
        """
        if deadline.remaining == 0.0:
            return Outcome(None, -np.inf, finished=False, iterations=0, nodes=0)
        if self._n_columns == 0:
            return self._without_columns()
        create: Callable[[], Any] = highspy.Highs
        solver = create()
        options: dict[str, Any] = {
            "output_flag": False,
            "threads": 1,
            "random_seed": seed % 2**31,
            "mip_rel_gap": 0.0,
            "mip_abs_gap": 0.0,
            "mip_feasibility_tolerance": TOLERANCE,
            "primal_feasibility_tolerance": TOLERANCE,
            "dual_feasibility_tolerance": TOLERANCE,
            "small_matrix_value": 1e-12,
            "time_limit": deadline.remaining,
        }
        if max_nodes is not None:
            options["mip_max_nodes"] = max_nodes
        for name, value in options.items():
            solver.setOptionValue(name, value)
        if solver.passModel(self._as_highs()) == highspy.HighsStatus.kError:
            raise SolverError("HiGHS refused a siting model")
        if start is not None:
            known = highspy.HighsSolution()
            known.col_value = start.tolist()
            solver.setSolution(known)
        solver.run()
        return self._outcome(solver)

    def _without_columns(self) -> Outcome:
        """Return the answer of a model that has nothing to decide, which HiGHS leaves open."""
        holds = all(lower <= TOLERANCE for lower in self._lowers) and all(u >= -TOLERANCE for u in self._row_uppers)
        return Outcome(np.zeros(0) if holds else None, 0.0 if holds else np.inf, finished=True, iterations=0, nodes=0)

    def _outcome(self, solver: Any) -> Outcome:
        status = solver.getModelStatus()
        info = solver.getInfo()
        iterations, nodes = max(0, info.simplex_iteration_count), max(0, int(info.mip_node_count))
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return Outcome(None, np.inf, finished=True, iterations=iterations, nodes=nodes)
        limits = (highspy.HighsModelStatus.kTimeLimit, highspy.HighsModelStatus.kSolutionLimit)
        if status not in (highspy.HighsModelStatus.kOptimal, *limits):
            return Outcome(None, -np.inf, finished=False, iterations=iterations, nodes=nodes)
        has_point = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        values = np.array(solver.getSolution().col_value) if has_point else None
        finished = status == highspy.HighsModelStatus.kOptimal
        if self.n_binary == 0:
            duals = np.array(solver.getSolution().row_dual) if finished else None
            bound = float(info.objective_function_value) - TOLERANCE if finished else -np.inf
            return Outcome(values, bound, finished, iterations, nodes, duals)
        return Outcome(values, float(info.mip_dual_bound) - TOLERANCE, finished, iterations, nodes)

    def _as_highs(self) -> highspy.HighsLp:
        costs = np.zeros(self._n_columns)
        for columns, coefficients in self._objective:
            np.add.at(costs, columns, coefficients)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self._n_columns, len(self._columns)
        lp.col_cost_ = costs
        lp.col_lower_ = np.zeros(self._n_columns)
        lp.col_upper_ = np.concatenate(self._uppers)
        lp.row_lower_ = np.array(self._lowers)
        lp.row_upper_ = np.array(self._row_uppers)
        starts = np.cumsum([0, *(len(columns) for columns in self._columns)])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = starts.astype(np.int32)
        lp.a_matrix_.index_ = np.concatenate([*self._columns, np.zeros(0)]).astype(np.int32)
        lp.a_matrix_.value_ = np.concatenate([*self._coefficients, np.zeros(0)])
        continuous = [highspy.HighsVarType.kContinuous] * (self._n_columns - self.n_binary)
        if self.n_binary:
            lp.integrality_ = [highspy.HighsVarType.kInteger] * self.n_binary + continuous
        return lp
