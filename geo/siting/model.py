"""A mixed-integer model as arrays, and the HiGHS run that solves it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import highspy
import numpy as np
import numpy.typing as npt

from geo.errors import SolverError

Columns = npt.NDArray[np.int64]
Values = npt.NDArray[np.float64]

#: Feasibility and optimality tolerance of HiGHS; models are scaled so that their optima lie around 1,000.
TOLERANCE: Final = 1e-9


#: Options of the searches of HiGHS that solve models of their own.
_SEARCHES: Final = ("mip_heuristic_run_rins", "mip_heuristic_run_rens", "mip_heuristic_run_root_reduced_cost")


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


@dataclass(frozen=True, eq=False)
class Sparse:
    """A model as arrays: rows ``row_lower <= values @ x[columns] <= row_upper``, ``n_binary`` first columns 0 or 1."""

    costs: Values
    n_binary: int
    upper: Values
    starts: Columns
    columns: Columns
    values: Values
    row_lower: Values
    row_upper: Values

    def as_highs(self) -> highspy.HighsLp:
        """Return the model as HiGHS takes it."""
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.costs), len(self.row_lower)
        lp.col_cost_ = self.costs
        lp.col_lower_ = np.zeros(len(self.costs))
        lp.col_upper_ = self.upper
        lp.row_lower_, lp.row_upper_ = self.row_lower, self.row_upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = self.starts.astype(np.int32)
        lp.a_matrix_.index_ = self.columns.astype(np.int32)
        lp.a_matrix_.value_ = self.values
        continuous = [highspy.HighsVarType.kContinuous] * (len(self.costs) - self.n_binary)
        if self.n_binary:
            lp.integrality_ = [highspy.HighsVarType.kInteger] * self.n_binary + continuous
        return lp


def solve_sparse(
    model: Sparse,
    seed: int,
    deadline: Deadline,
    start: Values | None = None,
    n_nodes: int | None = None,
    target: float | None = None,
    *,
    searches: bool = True,
) -> Outcome:
    """Run HiGHS on one thread, deterministically unless the deadline strikes.

    Parameters
    ----------
    model
        What to solve.
    start
        A point to begin with: values of the first columns, at least of the binary ones.
    n_nodes
        Most branch-and-bound nodes; the outcome is unfinished if they do not suffice.
    target
        Stop, unfinished, at a point that is below this value.
    searches
        Whether HiGHS looks for better points by models of its own; not worth it where a good one is known at first.

    Raises
    ------
    SolverError
        If HiGHS refuses the model. If it fails to solve it, the outcome is unfinished and has no bound.
    """
    if deadline.remaining == 0.0:
        return Outcome(None, -np.inf, finished=False, iterations=0, nodes=0)
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
    if not searches:
        options |= dict.fromkeys(_SEARCHES, False)
    if n_nodes is not None:
        options["mip_max_nodes"] = n_nodes
    if target is not None:
        options["objective_target"] = target
    for name, value in options.items():
        solver.setOptionValue(name, value)
    if solver.passModel(model.as_highs()) == highspy.HighsStatus.kError:
        raise SolverError("HiGHS refused a siting model")
    if start is not None:
        solver.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
    solver.run()
    return _outcome(solver, model.n_binary)


def _outcome(solver: Any, n_binary: int) -> Outcome:
    status = solver.getModelStatus()
    info = solver.getInfo()
    iterations, nodes = max(0, info.simplex_iteration_count), max(0, int(info.mip_node_count))
    kinds = highspy.HighsModelStatus
    if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
        return Outcome(None, np.inf, finished=True, iterations=iterations, nodes=nodes)
    if status not in (kinds.kOptimal, kinds.kTimeLimit, kinds.kSolutionLimit, kinds.kObjectiveTarget):
        return Outcome(None, -np.inf, finished=False, iterations=iterations, nodes=nodes)
    has_point = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(solver.getSolution().col_value) if has_point else None
    finished = status == kinds.kOptimal
    if n_binary == 0:
        duals = np.array(solver.getSolution().row_dual) if finished else None
        bound = float(info.objective_function_value) - TOLERANCE if finished else -np.inf
        return Outcome(values, bound, finished, iterations, nodes, duals)
    return Outcome(values, float(info.mip_dual_bound) - TOLERANCE, finished, iterations, nodes)


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
        self,
        seed: int,
        deadline: Deadline,
        max_nodes: int | None = None,
        start: Values | None = None,
        *,
        searches: bool = True,
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
        searches
            Whether HiGHS looks for better points by models of its own.

        Raises
        ------
        SolverError
            If HiGHS refuses the model. If it fails to solve it, the outcome is unfinished and has no bound.
        """
        if deadline.remaining == 0.0:
            return Outcome(None, -np.inf, finished=False, iterations=0, nodes=0)
        if self._n_columns == 0:
            return self._without_columns()
        return solve_sparse(self._as_sparse(), seed, deadline, start, max_nodes, searches=searches)

    @property
    def n_rows(self) -> int:
        """Number of rows so far."""
        return len(self._lowers)

    def relaxed(self) -> Sparse:
        """Return the model with nothing binary."""
        return replace(self._as_sparse(), n_binary=0)

    def _without_columns(self) -> Outcome:
        """Return the answer of a model that has nothing to decide, which HiGHS leaves open."""
        holds = all(lower <= TOLERANCE for lower in self._lowers) and all(u >= -TOLERANCE for u in self._row_uppers)
        return Outcome(np.zeros(0) if holds else None, 0.0 if holds else np.inf, finished=True, iterations=0, nodes=0)

    def _as_sparse(self) -> Sparse:
        costs = np.zeros(self._n_columns)
        for columns, coefficients in self._objective:
            np.add.at(costs, columns, coefficients)
        return Sparse(
            costs=costs,
            n_binary=self.n_binary,
            upper=np.concatenate(self._uppers),
            starts=np.cumsum([0, *(len(columns) for columns in self._columns)]),
            columns=np.concatenate([*self._columns, np.zeros(0, dtype=np.int64)]),
            values=np.concatenate([*self._coefficients, np.zeros(0)]),
            row_lower=np.array(self._lowers),
            row_upper=np.array(self._row_uppers),
        )
