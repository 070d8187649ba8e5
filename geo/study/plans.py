"""One service of one unit: the siting problem, the headline plan, and the alternatives beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.access.equity import kolm_pollak_kappa
from geo.norms import Norm
from geo.planning.caps import capped, uncapped
from geo.siting.problem import SitingProblem
from geo.siting.solution import SitingSolution
from geo.siting.solve import solve
from geo.study.config import ServiceConfig, StudyConfig
from geo.study.result import HEADLINE
from geo.travel import TravelTimes
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS, minutes_to_ms

Milliseconds = npt.NDArray[np.int32]

HEADLINE_OBJECTIVE = "lexicographic"


@dataclass(frozen=True)
class UnitService:
    """What a unit has and needs of one service.

    Parameters
    ----------
    service, norm
        Settings, and the norm that siting answers.
    settlements
        All settlements of the unit.
    assessed : bool (n_settlements,)
        Settlements whose times mean anything; only these are rows of `problem`.
    sites
        Serving facilities and candidates; rows in the order of the columns of `problem`.
    problem
        The headline problem.
    """

    service: ServiceConfig
    norm: Norm
    settlements: gpd.GeoDataFrame
    assessed: npt.NDArray[np.bool_]
    sites: gpd.GeoDataFrame
    problem: SitingProblem

    @property
    def persons(self) -> pd.Series:
        """People who need the service, per settlement of the unit; missing = unknown."""
        return pd.Series(self.settlements[f"{self.service.name}_persons"])

    def plans(self, *, alternatives: bool = True) -> dict[str, SitingSolution]:
        """Return the headline plan and, if wanted, the service's alternatives, by name."""
        found = {HEADLINE: solve(self.problem)}
        for objective in self.service.alternatives if alternatives else ():
            limited = objective != "set-cover"
            # What everybody's norm would take is asked without caps on support.
            problem = replace(
                self.problem if limited else uncapped(self.problem),
                objective=objective,
                n_open=self.problem.n_open if limited else None,
                budget=self.problem.budget if limited else None,
            )
            found[objective] = solve(problem)
        return found


def unit_service(
    config: StudyConfig,
    service: ServiceConfig,
    norm: Norm,
    settlements: gpd.GeoDataFrame,
    assessed: npt.NDArray[np.bool_],
    sites: gpd.GeoDataFrame,
    times: Mapping[str, TravelTimes],
    n_added: int | None,
) -> UnitService:
    """Set up the headline problem of one service in one unit.

    Parameters
    ----------
    settlements
        Settlements of the unit.
    assessed : bool (n_settlements,)
        Which of them are assessed.
    sites
        Serving facilities the unit sees and candidates inside it.
    times
        Per season, times of at least these settlements and sites.
    n_added
        How many sites may be added; None where a budget decides.
    """
    rows = settlements[assessed]
    own = [times[season.name].select(tuple(rows.index), tuple(sites["site_id"])) for season in config.season]
    milliseconds = np.stack([season.milliseconds for season in own])
    existing = (sites["kind"] == "existing").to_numpy()
    forced = sites["site_id"].isin(service.close).to_numpy()
    status = np.where(existing, np.where(sites["closable"], "closable", "open"), "candidate")
    status[forced] = "forbidden"
    persons = rows[f"{service.name}_persons"].fillna(0).to_numpy(dtype=np.int64)
    worsening = service.max_worsening_minutes
    problem = SitingProblem(
        settlement_ids=tuple(rows.index),
        site_ids=tuple(sites["site_id"]),
        season_names=tuple(season.name for season in config.season),
        milliseconds=milliseconds,
        persons=persons,
        status=tuple(status.tolist()),
        existing=existing,
        limit_ms=minutes_to_ms(norm.value),
        objective=HEADLINE_OBJECTIVE,
        n_open=None if n_added is None else int((existing & ~forced).sum()) + n_added,
        budget=service.budget if n_added is None else None,
        opening_cost=sites["opening_cost"].to_numpy(dtype=np.float64),
        max_worsening_ms=None if worsening is None else minutes_to_ms(worsening),
        kappa=_kappa(config, milliseconds, existing, persons),
        cap_ms=minutes_to_ms(config.siting.cap_minutes),
        season_rule=config.siting.season_rule,
        season_weights=tuple(season.weight for season in config.season),
        seed=config.study.seed,
        seconds=config.siting.seconds,
    )
    return UnitService(service, norm, settlements, assessed, sites, _within_caps(config, service, problem))


def _within_caps(config: StudyConfig, service: ServiceConfig, problem: SitingProblem) -> SitingProblem:
    """Return the problem without the sites that cost more than the study's caps on support allow."""
    if config.equity is None:
        return problem
    return capped(problem, config.equity.cap_per_head.get(service.name), config.equity.cap_per_place.get(service.name))


def _kappa(
    config: StudyConfig, milliseconds: Milliseconds, existing: npt.NDArray[np.bool_], persons: npt.NDArray[np.int64]
) -> float:
    """Return kappa of the baseline: minutes to the nearest existing facility, in the season rule of the study."""
    nearest = nearest_ms(milliseconds, existing)
    cap = config.siting.cap_minutes
    minutes = np.minimum(np.where(nearest < UNREACHABLE_MS, nearest / MS_PER_MINUTE, cap), cap)
    if config.siting.season_rule == "worst":
        return kolm_pollak_kappa(minutes.max(axis=0), persons, config.siting.aversion)
    weights = np.array([season.weight for season in config.season])
    return kolm_pollak_kappa(minutes.ravel(), np.outer(weights, persons).ravel(), config.siting.aversion)


def site_attended(assignment: npt.NDArray[np.int32], season_weights: Sequence[float]) -> npt.NDArray[np.int32]:
    """Return the one site that each settlement uses all year: that of its season of most weight that has a way.

    Parameters
    ----------
    assignment : int32 (n_seasons, n_settlements)
        Site in each season, -1 where there is no way.
    season_weights
        Share of the year of each season; of equal ones the first counts.

    Returns
    -------
    int32 (n_settlements,)
        -1 where no season has a way.
    """
    ordered = assignment[np.argsort([-weight for weight in season_weights], kind="stable")]
    first = (ordered >= 0).argmax(axis=0)
    attended: npt.NDArray[np.int32] = ordered[first, np.arange(ordered.shape[1])]
    return attended


def nearest_ms(milliseconds: Milliseconds, is_open: npt.NDArray[np.bool_]) -> Milliseconds:
    """Return the time to the nearest open site.

    Parameters
    ----------
    milliseconds : int32 (n_seasons, n_settlements, n_sites)
        Times.
    is_open : bool (n_sites,)
        Open sites.

    Returns
    -------
    int32 (n_seasons, n_settlements)
        `UNREACHABLE_MS` where there is no way.
    """
    return np.asarray(milliseconds[:, :, is_open].min(axis=2, initial=UNREACHABLE_MS), dtype=np.int32)
