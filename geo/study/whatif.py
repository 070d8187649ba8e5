"""What a map needs to answer "and if we open it here instead?": the problem itself, and the best that could be done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.siting.constraints import nearest_ms
from geo.siting.problem import SitingProblem
from geo.siting.solution import SitingSolution
from geo.siting.solve import solve
from geo.study.plans import HEADLINE_OBJECTIVE, UnitService
from geo.study.result import WORST

#: Most additions whose best plan is computed.
MOST_ADDED: Final = 10

#: Seasons x settlements x candidates up to which optima are computed: seconds, not minutes, on two cores.
MOST_TIMES: Final = 250_000


@dataclass(frozen=True)
class Optimum:
    """The best plan of a number of additions, for one season.

    Parameters
    ----------
    season
        Name of a season, or `geo.study.result.WORST`.
    n_added
        How many sites may be added; nothing is closed.
    persons_beyond
        Fewest people beyond the norm.
    persons_beyond_bound
        No plan leaves fewer; equal to `persons_beyond` where that is proven.
    ede_minutes
        Least equally-distributed equivalent among the plans that leave so few.
    ede_bound_minutes
        No such plan has a lower one.
    proven
        Whether both are proven.
    """

    season: str
    n_added: int
    persons_beyond: int
    persons_beyond_bound: int
    ede_minutes: float
    ede_bound_minutes: float
    proven: bool


@dataclass(frozen=True)
class WhatIf:
    """One service of a unit as its map can play with it.

    Parameters
    ----------
    problem
        The headline problem: exact milliseconds, people, norm, kappa, costs.
    optima
        Per season and for 0 to 10 additions; empty where they were not computed.
    """

    problem: SitingProblem
    optima: tuple[Optimum, ...] = ()


def what_if(part: UnitService) -> WhatIf:
    """Return the headline problem of a service and the best plans of 0 to `MOST_ADDED` additions.

    Every optimum starts from today's network: all that exists stays open, also what the study itself would close.
    """
    problem = part.problem
    optima: list[Optimum] = []
    game = _Additions.of(problem)
    if problem.persons.any() and game.milliseconds.size <= MOST_TIMES:
        for number, season in enumerate(problem.season_names):
            optima += game.optima(season, [number])
        optima += _worst(game, optima)
    return WhatIf(problem, tuple(optima))


def optimum(what_if: WhatIf, season: str, n_added: int) -> Optimum | None:
    """Return the best plan of this many additions; None where none was computed.

    More additions than there are candidates do no better than all of them.
    """
    known = [best for best in what_if.optima if best.season == season and best.n_added <= n_added]
    if not known or (n_added > MOST_ADDED and known[-1].n_added == MOST_ADDED):
        return None
    return known[-1]


@dataclass(frozen=True, eq=False)
class _Additions:
    """A problem of nothing but additions: one column for all that is open today, one per candidate.

    Settlements without persons are left out: they never matter to an objective.

    Parameters
    ----------
    problem
        Whose norm, kappa, cap, seed and time limit count.
    milliseconds
        int32 (n_seasons, n_counted, 1 + n_candidates), the nearest site of today first.
    counted
        Positions of the settlements with persons.
    """

    problem: SitingProblem
    milliseconds: npt.NDArray[np.int32]
    counted: npt.NDArray[np.intp]

    @classmethod
    def of(cls, problem: SitingProblem) -> _Additions:
        """Return the additions to a problem's sites of today."""
        today = nearest_ms(problem, problem.existing)[:, :, np.newaxis]
        counted = np.flatnonzero(problem.persons)
        times = np.concatenate([today, problem.milliseconds[:, :, ~problem.existing]], axis=2)
        return cls(problem, times[:, counted], counted)

    def optima(self, name: str, seasons: list[int]) -> list[Optimum]:
        """Return the best plans by the worst of these seasons, for each number of additions."""
        found: list[Optimum] = []
        best_ms = self.milliseconds[seasons].min(axis=2)
        most = min(MOST_ADDED, self.milliseconds.shape[2] - 1)
        at_best = False
        for n_added in range(most + 1):
            if at_best:
                # Everybody has the best time there is: more sites change nothing.
                found.append(replace(found[-1], n_added=n_added))
                continue
            solution = solve(self._adding(seasons, n_added))
            found.append(_optimum(name, n_added, solution))
            at_best = np.array_equal(solution.milliseconds_after.max(axis=0), best_ms.max(axis=0))
        return found

    def _adding(self, seasons: list[int], n_added: int) -> SitingProblem:
        """Return the problem of adding at most this many sites, judged by the worst of these seasons.

        Opening costs nothing here, so that the last goal of the headline, the cost, needs no proof. A closing cost of
        what never closes keeps the number of new sites from taking its place.
        """
        problem, times = self.problem, self.milliseconds[seasons]
        is_today = np.arange(times.shape[2]) == 0
        return SitingProblem(
            settlement_ids=tuple(problem.settlement_ids[row] for row in self.counted),
            site_ids=tuple(map(str, range(times.shape[2]))),
            season_names=tuple(problem.season_names[season] for season in seasons),
            milliseconds=times,
            persons=problem.persons[self.counted],
            status=tuple("open" if today else "candidate" for today in is_today),
            existing=is_today,
            limit_ms=problem.limit_ms,
            objective=HEADLINE_OBJECTIVE,
            n_open=1 + n_added,
            closing_cost=is_today.astype(np.float64),
            max_worsening_ms=None,
            kappa=problem.kappa,
            cap_ms=problem.cap_ms,
            seed=problem.seed,
            seconds=problem.seconds,
        )


def _worst(game: _Additions, single: list[Optimum]) -> list[Optimum]:
    """Return the optima by everybody's own worst season: those of one season where it is never the better one."""
    times, names = game.milliseconds, game.problem.season_names
    for number, season in enumerate(names):
        if np.array_equal(times[number], times.max(axis=0)):
            return [replace(best, season=WORST) for best in single if best.season == season]
    return game.optima(WORST, list(range(len(names))))


def _optimum(season: str, n_added: int, solution: SitingSolution) -> Optimum:
    beyond, equal, _cost = solution.stages
    return Optimum(
        season=season,
        n_added=n_added,
        persons_beyond=int(beyond.value),
        persons_beyond_bound=int(beyond.bound),
        ede_minutes=equal.value,
        ede_bound_minutes=equal.bound,
        proven=beyond.status == "optimal" and equal.status == "optimal",
    )
