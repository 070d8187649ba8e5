"""`geo solve`: the siting solver on a matrix that the user brings. Files to a problem, its solution to JSON."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.access.equity import kolm_pollak_kappa
from geo.errors import DataError, Fault, UsageError
from geo.language import gettext as _
from geo.read.matrix_files import LongMatrix, WideMatrix, read_demand, read_matrix, read_sites
from geo.siting.objectives import OBJECTIVES
from geo.siting.problem import MAX_AVERSION_EXPONENT, MAX_PERSONS, SitingProblem
from geo.siting.solution import SitingSolution, relative_gap
from geo.siting.solve import solve
from geo.tables.check import FILE_ROW
from geo.travel.given import GivenTimes, Listed, give_times, unmatched
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS, minutes_to_ms

DEFAULT_AVERSION: Final = -1.0
#: Most decimals of demand: it is counted in whole units of the last one.
_MOST_DECIMALS: Final = 6
_WITH_LIMIT: Final = ("max-cover", "set-cover")
_FIXED_OPTION: Final = "--fixed"
#: What the solver counts in -> what people read, and how many of the first make one of the second.
_UNITS: Final = {"person-milliseconds": ("person-minutes", MS_PER_MINUTE), "milliseconds": ("minutes", MS_PER_MINUTE)}

Floats = npt.NDArray[np.float64]
Tell = Callable[[str, float], None]


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of the solver.

    Parameters
    ----------
    objective
        A key of `geo.siting.objectives.OBJECTIVES` other than ``lexicographic``.
    n_open
        Largest total number of open sites, those of today included.
    limit_minutes
        The norm of covering objectives.
    budget
        Most money for opening sites, instead of `n_open`.
    fixed
        Sites that are open today and stay so.
    aversion, kappa
        Inequality aversion of ``kolm-pollak``: without a dimension, from which kappa follows, or kappa itself (per
        minute). One of the two; both below zero.
    seed
        Seed of the solver.

    Raises
    ------
    UsageError
        If something contradicts, is missing, or cannot be.
    """

    objective: str
    n_open: int | None = None
    limit_minutes: float | None = None
    budget: float | None = None
    fixed: tuple[str, ...] = ()
    aversion: float | None = None
    kappa: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.objective not in questions():
            message = _("There is no objective {value}.").format(value=self.objective)
            raise UsageError(f"{message} {_('Use one of: {choices}.').format(choices=', '.join(questions()))}")
        self._check_amounts()
        if self.n_open is not None and self.budget is not None:
            raise UsageError(_("--open and --budget contradict each other. Give one of them."))
        if self.n_open is None and self.budget is None and OBJECTIVES[self.objective].needs_resource:
            text = _("{objective} needs --open (how many sites in all) or --budget.")
            raise UsageError(text.format(objective=self.objective))
        if self.limit_minutes is None and self.objective in _WITH_LIMIT:
            raise UsageError(_("{objective} needs --limit, in minutes.").format(objective=self.objective))
        if self.kappa is not None and self.aversion is not None:
            raise UsageError(_("--kappa and --aversion contradict each other. Give one of them."))

    def _check_amounts(self) -> None:
        if self.n_open is not None and self.n_open < 1:
            raise UsageError(_("--open is a number of sites, at least 1."))
        for option, value in (("--limit", self.limit_minutes), ("--budget", self.budget)):
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise UsageError(_("{option} cannot be negative.").format(option=option))
        if self.limit_minutes is not None and minutes_to_ms(self.limit_minutes) >= UNREACHABLE_MS:
            raise UsageError(_("--limit is longer than any trip."))
        for option, value in (("--kappa", self.kappa), ("--aversion", self.aversion)):
            if value is not None and not (math.isfinite(value) and value < 0):
                raise UsageError(_("{option} is below zero, because long times are a burden.").format(option=option))
        if self.seed < 0:
            raise UsageError(_("{option} cannot be negative.").format(option="--seed"))


@dataclass(frozen=True, eq=False)
class Answer:
    """A solved question.

    Parameters
    ----------
    problem, solution
        As the solver sees them: persons are demand times `scale`.
    scale
        Units of demand that the solver counts for one unit in the file: 1, or a power of ten where demand has decimals.
    n_unreachable_pairs
        Pairs of the matrix without a way.
    notes
        What is odd in the files but no error.
    """

    problem: SitingProblem
    solution: SitingSolution
    scale: int
    n_unreachable_pairs: int
    notes: tuple[Fault, ...] = field(default=())

    @property
    def unit(self) -> str:
        """Unit of objective and bound."""
        return _UNITS.get(self.solution.unit, (self.solution.unit,))[0]

    def shown(self, value: float | None) -> float | None:
        """Return a value of the objective in `unit`."""
        if value is None:
            return None
        per_unit = _UNITS.get(self.solution.unit, ("", 1))[1]
        if self.solution.unit in ("persons", "person-milliseconds"):
            per_unit *= self.scale
        return value if per_unit == 1 else value / per_unit

    @property
    def unserved(self) -> tuple[str, ...]:
        """Settlements that reach no open site."""
        return tuple(self.problem.settlement_ids[i] for i in self.solution.unserved)

    @property
    def beyond_limit(self) -> tuple[str, ...]:
        """Settlements that no open site serves within the limit, the unserved among them."""
        beyond = self.solution.milliseconds_after[0] > self.problem.limit_ms
        return tuple(self.problem.settlement_ids[i] for i in np.flatnonzero(beyond).tolist())

    def demand_of(self, persons: int) -> float:
        """Return demand as the file counts it."""
        return persons if self.scale == 1 else persons / self.scale


def questions() -> tuple[str, ...]:
    """Return the objectives that may be asked for."""
    return tuple(name for name in OBJECTIVES if name != "lexicographic")


def solve_matrix(
    matrix: Path,
    demand: Path,
    question: Question,
    sites: Path | None = None,
    tell: Tell = lambda _text, _share: None,
) -> Answer:
    """Read the files, solve, and return the answer with its proof.

    Parameters
    ----------
    matrix, demand, sites
        Files (`geo.read.matrix_files`); without sites every column of the matrix is a candidate.
    question
        What is asked.
    tell
        Told what is being done.

    Raises
    ------
    DataError
        With everything that is wrong with the files.
    UsageError
        If the question does not fit the files.
    """
    tell(_("Reading"), 0.0)
    files = _Files(matrix, demand, sites, question)
    times, notes = files.times(), tuple(fault for fault in files.faults if fault.severity != "error")
    problem, scale = _problem(times, files, question)
    tell(_("Solving"), 0.3)
    return Answer(problem, solve(problem), scale, times.n_unreachable_pairs, notes)


class _Files:
    """The files of a question, read; `times` raises what is wrong with any of them."""

    def __init__(self, matrix: Path, demand: Path, sites: Path | None, question: Question) -> None:
        self.faults: list[Fault] = []
        self.demand_file, self.sites_file = str(demand), str(sites)
        self.matrix = self._read(lambda: read_matrix(matrix))
        self.demand = self._read(lambda: read_demand(demand))
        self.sites = None if sites is None else self._read(lambda: read_sites(sites))
        self.has_sites = sites is not None
        self._check(question)

    def times(self) -> GivenTimes:
        """Return the joined times.

        Raises
        ------
        DataError
            With every error of all files.
        """
        if self.matrix is None or any(fault.severity == "error" for fault in self.faults):
            raise DataError(self.faults)
        return give_times(self.matrix)

    def _read(self, read: Callable[[], tuple[Any, list[Fault]]]) -> Any:
        """Return what a reader reads, None where it cannot be used; keep its faults."""
        try:
            content, faults = read()
        except DataError as error:
            self.faults += error.faults
            return None
        self.faults += faults
        return None if any(fault.severity == "error" for fault in faults) else content

    def _check(self, question: Question) -> None:
        """Check what only shows when the files are held against each other and against the question."""
        if self.demand is not None:
            self._check_demand(self.demand)
        if self.sites is not None:
            self._check_sites(self.sites, question)
        if self.matrix is None:
            return
        listed = None if self.sites is None else _listed(self.sites_file, self.sites)
        if self.demand is not None:
            self.faults += unmatched(self.matrix, _listed(self.demand_file, self.demand), listed)
        self._check_fixed(self.matrix, question.fixed)

    def _check_demand(self, demand: pd.DataFrame) -> None:
        values = demand["demand"].to_numpy(dtype=np.float64)
        if not values.sum() > 0:
            message, remedy = _("All demand is zero: every plan is as good as any other."), _("Correct the column.")
            self.faults.append(Fault(self.demand_file, 0, "demand", "no-demand", message, remedy))
        elif _decimals(values) is None:
            message = _("The demand has too many digits: {most} is the most that can be counted exactly.")
            text = message.format(most=MAX_PERSONS)
            self.faults.append(Fault(self.demand_file, 0, "demand", "too-many-digits", text, _("Round it.")))

    def _check_sites(self, sites: pd.DataFrame, question: Question) -> None:
        """Costs are known for all sites that may be opened, or for none; a budget needs them."""
        blank = sites["cost"].isna() & (sites["status"] == "candidate") & ~sites["site_id"].isin(question.fixed)
        if question.budget is None and sites["cost"].isna().all():
            return
        for row in sites.loc[blank, FILE_ROW].tolist():
            message, remedy = _("The cost of this site is unknown."), _("Fill it in; 0 if it costs nothing.")
            self.faults.append(Fault(self.sites_file, int(row), "cost", "unknown-cost", message, remedy))

    def _check_fixed(self, matrix: WideMatrix | LongMatrix, fixed: tuple[str, ...]) -> None:
        known = set(matrix.site_ids)
        for site in fixed:
            if site not in known:
                near = get_close_matches(site, sorted(known), n=1)
                message = _("The matrix has no site {site}.").format(site=site)
                remedy = _("Did you mean {near}?").format(near=near[0]) if near else _("Correct the code.")
                self.faults.append(Fault(_FIXED_OPTION, 0, "", "unknown-site", message, remedy))
            elif self.sites is not None and (self.sites.get("status").get(site) == "forbidden"):
                message = _("{site} is forbidden in {file}.").format(site=site, file=self.sites_file)
                self.faults.append(Fault(_FIXED_OPTION, 0, "", "forbidden-site", message, _("Decide for one of them.")))


def _listed(file: str, frame: pd.DataFrame) -> Listed:
    return Listed(file, dict(zip(frame.index.tolist(), frame[FILE_ROW].astype(int).tolist(), strict=True)))


def _problem(times: GivenTimes, files: _Files, question: Question) -> tuple[SitingProblem, int]:
    """Return the problem and the scale of its persons."""
    values = files.demand["demand"].reindex(list(times.settlement_ids)).to_numpy(dtype=np.float64)
    scale = 10 ** (_decimals(values) or 0)
    persons = np.rint(values * scale).astype(np.int64)
    status, cost = _statuses(times, files, question)
    existing = np.array([word in ("fixed", "open", "closable") for word in status], dtype=np.bool_)
    limit_ms = UNREACHABLE_MS - 1 if question.limit_minutes is None else minutes_to_ms(question.limit_minutes)
    problem = SitingProblem(
        settlement_ids=times.settlement_ids,
        site_ids=times.site_ids,
        season_names=("given",),
        milliseconds=times.milliseconds[np.newaxis],
        persons=persons,
        status=status,
        existing=existing,
        limit_ms=limit_ms,
        objective=question.objective,
        n_open=question.n_open,
        budget=question.budget,
        opening_cost=cost,
        kappa=_kappa(times, persons, existing, question),
        seed=question.seed,
    )
    return problem, scale


def _statuses(times: GivenTimes, files: _Files, question: Question) -> tuple[tuple[str, ...], Floats | None]:
    """Return the status of each site, and the cost of opening it where that is known."""
    cost = None
    status = pd.Series("candidate", index=pd.Index(times.site_ids), dtype="object")
    if files.sites is not None:
        sites = files.sites.reindex(list(times.site_ids))
        status = sites["status"].copy()
        cost = sites["cost"].fillna(0.0).to_numpy(dtype=np.float64)
    elif question.budget is not None:
        raise UsageError(_("--budget needs the costs of sites: give --sites with a column cost."))
    status[list(question.fixed)] = "fixed"
    return tuple(status.tolist()), cost


def _kappa(
    times: GivenTimes, persons: npt.NDArray[np.int64], existing: npt.NDArray[np.bool_], question: Question
) -> float | None:
    """Return kappa of the Kolm-Pollak objective: given, or from the times of today; None for other objectives."""
    if question.objective != "kolm-pollak":
        return None
    cap_ms = SitingProblem.cap_ms
    kappa = question.kappa
    if kappa is None:
        if not existing.any():
            raise UsageError(_("kolm-pollak needs --kappa, or the sites that are open today (--fixed)."))
        today_ms = np.minimum(times.milliseconds[:, existing].min(axis=1), cap_ms)
        aversion = DEFAULT_AVERSION if question.aversion is None else question.aversion
        kappa = kolm_pollak_kappa(today_ms / MS_PER_MINUTE, persons, aversion)
    most = MAX_AVERSION_EXPONENT * MS_PER_MINUTE / cap_ms
    if -kappa > most:
        text = _("The aversion is too strong: kappa is {kappa} per minute, and at least {least} can be computed.")
        raise UsageError(text.format(kappa=f"{kappa:.4g}", least=f"{-most:.4g}"))
    return kappa


def _decimals(values: Floats) -> int | None:
    """Return the fewest decimals that write all values exactly; None where their sum could not be counted."""
    for digits in range(_MOST_DECIMALS + 1):
        scaled = np.rint(values * 10**digits)
        if scaled.sum() > MAX_PERSONS:
            return None
        if np.array_equal(scaled / 10**digits, values):
            return digits
    return None


def as_json(answer: Answer) -> dict[str, Any]:
    """Return the answer for machines; keys as docs/solve.md lists them."""
    problem, solution = answer.problem, answer.solution
    is_plan = solution.status != "infeasible"
    value, bound = answer.shown(solution.value), answer.shown(solution.bound)
    content: dict[str, Any] = {
        "status": solution.status,
        "goal": solution.objective,
        "objective": value,
        "unit": answer.unit,
        "sense": solution.sense,
        "bound": bound,
        "gap": None if value is None or bound is None else relative_gap(value, bound),
        "open": [problem.site_ids[j] for j in solution.open_sites] if is_plan else [],
        "assignment": _assignment(problem, solution) if is_plan else {},
        "unserved": list(answer.unserved) if is_plan else [],
        "beyond_limit": list(answer.beyond_limit) if is_plan and problem.limit_ms < UNREACHABLE_MS - 1 else [],
        "kappa": problem.kappa,
        "seed": problem.seed,
        "n_settlements": problem.n_settlements,
        "n_sites": problem.n_sites,
        "n_unreachable_pairs": answer.n_unreachable_pairs,
    }
    return content if is_plan else content | _conflict(problem, solution)


def _assignment(problem: SitingProblem, solution: SitingSolution) -> dict[str, str]:
    sites = solution.assignment[0].tolist()
    return {
        settlement: problem.site_ids[site]
        for settlement, site in zip(problem.settlement_ids, sites, strict=True)
        if site >= 0
    }


def _conflict(problem: SitingProblem, solution: SitingSolution) -> dict[str, Any]:
    """Return who makes a problem infeasible, and the one change that would do."""

    def minutes(ms: int | None) -> float | None:
        return None if ms is None or ms >= UNREACHABLE_MS else ms / MS_PER_MINUTE

    return {
        "blockers": [
            {
                "settlement": problem.settlement_ids[blocker.settlement],
                "reason": blocker.reason,
                "nearest_minutes": minutes(blocker.best_possible_ms),
            }
            for blocker in solution.blockers
        ],
        "smallest_open": solution.smallest_n_open,
        "smallest_budget": solution.smallest_budget,
        "smallest_limit": minutes(solution.smallest_limit_ms),
        "smallest_worsening": minutes(solution.smallest_worsening_ms),
    }
