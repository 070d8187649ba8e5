"""`geo solve`: the siting solver on a matrix that the user brings. Files to a problem, its solution to JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.access.equity import kolm_pollak_kappa
from geo.errors import Fault, UsageError
from geo.language import gettext as _
from geo.siting.problem import MAX_AVERSION_EXPONENT, SitingProblem
from geo.siting.solution import SitingSolution, relative_gap
from geo.siting.solve import solve
from geo.study.solve_files import GivenFiles, exact_decimals
from geo.study.solve_question import CAPACITATED, Question
from geo.travel.given import GivenTimes
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS, minutes_to_ms

DEFAULT_AVERSION: Final = -1.0
#: What the solver counts in -> what people read, and how many of the first make one of the second.
_UNITS: Final = {"person-milliseconds": ("person-minutes", MS_PER_MINUTE), "milliseconds": ("minutes", MS_PER_MINUTE)}

Floats = npt.NDArray[np.float64]
Tell = Callable[[str, float], None]


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
    files = GivenFiles(matrix, demand, sites, question)
    times, notes = files.times(), tuple(fault for fault in files.faults if fault.severity != "error")
    problem, scale = _problem(times, files, question)
    tell(_("Solving"), 0.3)
    return Answer(problem, solve(problem), scale, times.n_unreachable_pairs, notes)


def _problem(times: GivenTimes, files: GivenFiles, question: Question) -> tuple[SitingProblem, int]:
    """Return the problem and the scale of its persons."""
    values = files.demand["demand"].reindex(list(times.settlement_ids)).to_numpy(dtype=np.float64)
    places = _places(times, files, question)
    scale = _scale(values, places)
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
        # The nearest site of today may be too small for all who are near; to relieve it is no harm to them.
        max_worsening_ms=None if places is not None else 0,
        kappa=_kappa(times, persons, existing, question),
        seed=question.seed,
        split=question.split,
        capacity=None if places is None else np.rint(places[0] * scale),
        min_load=None if places is None else np.rint(places[1] * scale),
    )
    return problem, scale


def _places(times: GivenTimes, files: GivenFiles, question: Question) -> tuple[Floats, Floats] | None:
    """Return capacity and least load of each site as the file counts them; None where they do not count."""
    if question.objective != CAPACITATED:
        return None
    if files.sites is None:
        raise UsageError(_("capacitated needs the capacities of sites: give --sites with a column capacity."))
    sites = files.sites.reindex(list(times.site_ids))
    capacity, min_load = (sites[name].fillna(0.0).to_numpy(dtype=np.float64) for name in ("capacity", "min_load"))
    return capacity, min_load


def _scale(demand: Floats, places: tuple[Floats, Floats] | None) -> int:
    """Return how many whole units one unit of the files makes, so that demand and places are counted exactly.

    Raises
    ------
    UsageError
        If there is no such number, although there is one for the demand alone.
    """
    digits = exact_decimals(demand, np.concatenate([demand, *(places or ())]))
    if digits is None:
        raise UsageError(_("Demand and capacity have too many digits to be counted exactly. Round them."))
    return int(10**digits)


def _statuses(times: GivenTimes, files: GivenFiles, question: Question) -> tuple[tuple[str, ...], Floats | None]:
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
        "cost": solution.cost if is_plan and problem.has_costs else None,
        "kappa": problem.kappa,
        "seed": problem.seed,
        "n_settlements": problem.n_settlements,
        "n_sites": problem.n_sites,
        "n_unreachable_pairs": answer.n_unreachable_pairs,
    }
    return content if is_plan else content | _conflict(problem, solution)


def _assignment(problem: SitingProblem, solution: SitingSolution) -> dict[str, str | dict[str, float]]:
    """Return the site of each settlement that has one; shares by site where settlements may be split."""
    found: dict[str, str | dict[str, float]] = {
        problem.settlement_ids[row]: problem.site_ids[site]
        for row, site in enumerate(solution.assignment[0].tolist())
        if site >= 0
    }
    if problem.split:
        shares: dict[str, dict[str, float]] = {}
        for row, site, share in solution.shares:
            shares.setdefault(problem.settlement_ids[row], {})[problem.site_ids[site]] = share
        found |= shares
    return found


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
        "short": solution.short,
        "smallest_open": solution.smallest_n_open,
        "smallest_budget": solution.smallest_budget,
        "smallest_limit": minutes(solution.smallest_limit_ms),
        "smallest_worsening": minutes(solution.smallest_worsening_ms),
    }
