"""Rows and columns that say in a model what a plan may do and what its goals are worth.

Times enter by the radius formulation: for a settlement with the distinct burdens ``v0 < v1 < ... < vK`` a column
``z_k`` is 1 if its burden exceeds ``v_k``, so that the burden is ``v0 + sum (v_{k+1} - v_k) z_k``, with the nested rows
``z_k + sum(y of the sites at v_k) >= z_{k-1}``. Burdens above what any plan as good as the known one can have are left
out, which turns the last row of a chain into a requirement.

References
----------
Cornuejols, Nemhauser and Wolsey (1980), SIAM Journal on Algebraic and Discrete Methods 1:261-272; Garcia, Labbe and
Marin (2011), INFORMS Journal on Computing 23:546-556; Elloumi (2010), Journal of Combinatorial Optimization 19:69-83;
Hogan and ReVelle (1986), Management Science 32:1434-1444 (backup coverage).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.siting import constraints, goals
from geo.siting.model import Columns, Model, Values
from geo.siting.reduce import Reduced
from geo.siting.regret import LargestRegret, in_season

#: What scaled objectives and held goals are brought to.
SCALE: Final = 1_000.0

#: Relative slack with which a real-valued goal is held at its optimum.
HOLD_SLACK: Final = 1e-9

#: Relative room for rounding errors in the burden of one settlement.
ROUNDING: Final = 1e-12


@dataclass(frozen=True, eq=False)
class Terms:
    """A sum of coefficients x columns that stands for a goal's linear value less a constant base."""

    base: float
    columns: Columns
    coefficients: Values


def limit_of(goal: goals.Goal, value: float) -> float:
    """Return the largest linear value that still counts as equal to a value."""
    return value + 0.5 if goal.integral else value + HOLD_SLACK * abs(value)


def add_base(model: Model, reduced: Reduced, max_worsening_ms: int | None, *, resources: bool = True) -> None:
    """Add what every plan must obey: number of sites, budget, closure tolerance."""
    problem = reduced.problem
    if resources and problem.n_open is not None:
        left = problem.n_open - int(problem.always.sum())
        model.add_row(np.arange(model.n_binary), np.ones(model.n_binary), upper=left)
    if resources and problem.budget is not None:
        terms = site_terms(reduced, goals.spending(problem))
        scale = max(problem.budget, float(np.abs(terms.coefficients).max(initial=0.0))) or 1.0
        model.add_row(terms.columns, terms.coefficients / scale, upper=(problem.budget - terms.base) / scale)
    for columns in tolerance_rows(reduced, max_worsening_ms):
        model.add_cover(columns)


def tolerance_rows(reduced: Reduced, max_worsening_ms: int | None) -> list[Columns]:
    """Return the sets of free sites of which one must be open so that nobody is worse off than tolerated."""
    latest = constraints.latest_ms(reduced.problem, max_worsening_ms)
    seasons, settlements = np.nonzero(reduced.ceiling_ms > latest)
    near = reduced.milliseconds[seasons, settlements] <= latest[seasons, settlements, np.newaxis]
    return [np.flatnonzero(row) for row in np.unique(near, axis=0)] if len(near) else []


def site_terms(reduced: Reduced, goal: goals.SiteGoal) -> Terms:
    """Return a goal about the sites themselves."""
    base = goal.constant + float(goal.per_site[reduced.problem.always].sum())
    return Terms(base, np.arange(reduced.sites.size), goal.per_site[reduced.sites])


def burden_terms(model: Model, reduced: Reduced, goal: goals.BurdenGoal, most: float) -> Terms:
    """Add the columns and rows of a sum of burdens, for plans whose linear value is at most ``most``."""
    problem = reduced.problem
    base = float(goal.linear(reduced.best_ms, problem.always))
    allowance = (most - base) * (1 + HOLD_SLACK)
    columns: list[Columns] = []
    coefficients: list[Values] = []
    weighted = problem.season_rule == "weighted"
    weights = problem.normal_weights if weighted else np.ones(1)
    limits = np.full((len(weights), problem.n_settlements), np.inf)
    if reduced.burden_limits is not None and not isinstance(goal, goals.BeyondLimit):
        limits = reduced.burden_limits
    for settlement in np.flatnonzero((problem.persons > 0) & _depends(reduced, goal)):
        chains = _Chains.of(reduced, goal, int(settlement))
        for season, group in enumerate(chains.seasonal() if weighted else [chains]):
            weight = float(problem.persons[settlement] * weights[season])
            if weight > 0:
                group_columns, deltas = group.add(
                    model, min(allowance / weight, limits[season, settlement] - group.floor)
                )
                columns.append(group_columns)
                coefficients.append(deltas * weight)
    return Terms(base, _joined(columns).astype(np.int64), _joined(coefficients))


def _depends(reduced: Reduced, goal: goals.BurdenGoal) -> npt.NDArray[np.bool_]:
    """Return whose burden depends on which free sites open (n_settlements,)."""
    most, least = goal.burden(reduced.ceiling_ms), goal.burden(reduced.best_ms)
    if reduced.problem.season_rule == "weighted":
        return np.asarray((most > least).any(axis=0))
    return np.asarray(most.max(axis=0) > least.max(axis=0))


def mean_terms(model: Model, reduced: Reduced, goal: goals.LargestTime, most: float) -> list[Terms]:
    """Add, settlement by settlement, the season-weighted mean of capped times, for means of at most ``most``."""
    problem = reduced.problem
    capped = goals.TotalTime(problem)
    weights = problem.normal_weights
    terms = []
    for settlement in np.flatnonzero(goal.counted):
        groups = _Chains.of(reduced, capped, int(settlement)).seasonal()
        base = sum(weight * group.floor for weight, group in zip(weights, groups, strict=True))
        added = [
            (columns, deltas * weight)
            for weight, group in zip(weights, groups, strict=True)
            if weight > 0
            for columns, deltas in [group.add(model, (most - base) * (1 + HOLD_SLACK) / weight)]
        ]
        columns = _joined([columns for columns, _ in added]).astype(np.int64)
        terms.append(Terms(base, columns, _joined([coefficients for _, coefficients in added])))
    return terms


def regret_terms(model: Model, reduced: Reduced, goal: LargestRegret, most: float) -> list[Terms]:
    """Add, season by season, the person-time above the season's least, for plans with regrets of at most ``most``."""
    terms = []
    for least in goal.least:
        added = burden_terms(model, in_season(reduced, least), least.goal, most + least.bound + 0.5)
        terms.append(replace(added, base=added.base - least.bound))
    return terms


def backup_terms(model: Model, reduced: Reduced, goal: goals.WithoutBackup) -> Terms:
    """Add the columns and rows of the persons without a second site within the limit; every free site must be there."""
    problem = reduced.problem
    within = goal.within.reshape(problem.n_seasons, problem.n_settlements, problem.n_sites) > 0
    have, near = within[:, :, problem.always].sum(axis=2), within[:, :, reduced.sites]
    possible = have + near.sum(axis=2)
    weighted = problem.season_rule == "weighted"
    groups = [[season] for season in range(problem.n_seasons)] if weighted else [list(range(problem.n_seasons))]
    base = 0.0
    columns: list[Columns] = []
    persons: list[float] = []
    for settlement in np.flatnonzero(problem.persons):
        for weight, group in zip(problem.normal_weights if weighted else np.ones(1), groups, strict=True):
            people = float(problem.persons[settlement] * weight)
            seasons = [season for season in group if have[season, settlement] < 2]
            if possible[group, settlement].min() < 2:
                base += people
            elif seasons and people:
                columns.append(_add_backup(model, near[seasons, settlement], have[seasons, settlement]))
                persons.append(people)
    return Terms(base, _joined(columns).astype(np.int64), np.array(persons))


def _add_backup(model: Model, near: npt.NDArray[np.bool_], have: npt.NDArray[np.int64]) -> Columns:
    """Add whether somebody has no second site in any of some seasons; return the column.

    Of a season's sites y two are needed, or the column u: ``sum y + u + b >= 2`` with a column ``b <= u`` that any open
    site shuts, ``b + y <= 1``. Without b, u would be a half where one site is open; with it, nothing is tighter.
    """
    alone = model.add_columns(1)
    for sites, sure in zip(near, have, strict=True):
        chosen = np.flatnonzero(sites)
        if sure:
            model.add_cover(np.concatenate([alone, chosen]))
            continue
        none = model.add_columns(1)
        model.add_row(np.concatenate([alone, none, chosen]), np.ones(chosen.size + 2), lower=2.0)
        model.add_row(np.concatenate([alone, none]), np.array([1.0, -1.0]), lower=0.0)
        for site in chosen:
            model.add_row(np.append(none, site), np.ones(2), upper=1.0)
    return alone


@dataclass(frozen=True, eq=False)
class _Chains:
    """Burdens of one settlement: by season and free site, and by season where no free site opens."""

    values: Values
    ceilings: Values

    @classmethod
    def of(cls, reduced: Reduced, goal: goals.BurdenGoal, settlement: int) -> _Chains:
        values = goal.burden(reduced.milliseconds[:, settlement, :]).astype(np.float64)
        ceilings = goal.burden(reduced.ceiling_ms[:, settlement]).astype(np.float64)
        return cls(values, ceilings)

    @property
    def floor(self) -> float:
        """Burden if every usable site were open: the worst season's best."""
        return float(np.minimum(self.values.min(axis=1, initial=np.inf), self.ceilings).max())

    def seasonal(self) -> list[_Chains]:
        """Return the same, one per season."""
        return [
            _Chains(values[np.newaxis], ceilings[np.newaxis])
            for values, ceilings in zip(self.values, self.ceilings, strict=True)
        ]

    def add(self, model: Model, allowance: float) -> tuple[Columns, Values]:
        """Add the settlement to a model; return columns and coefficients of its worst burden above the floor.

        No plan with a burden of more than floor + allowance is let through.
        """
        floor = self.floor
        values = np.maximum(self.values, floor)
        ceilings = np.maximum(self.ceilings, floor)
        most = floor * (1 + ROUNDING) + max(0.0, allowance)
        parts = [_add_chain(model, values[s], ceilings[s], most) for s in _telling(values, ceilings)]
        parts = [part for part in parts if part[0].size]
        if len(parts) <= 1:
            return parts[0] if parts else (np.zeros(0, dtype=np.int64), np.zeros(0))
        largest = max(float(deltas.sum()) for _, deltas in parts)
        worst = model.add_columns(1, upper=np.inf)
        for columns, deltas in parts:
            model.add_row(np.concatenate([worst, columns]), np.append(1.0, -deltas / largest), lower=0.0)
        return worst, np.array([largest])


def _telling(values: Values, ceilings: Values) -> list[int]:
    """Return the seasons that can be the worst: those whose burdens no other season's exceed everywhere."""
    burdens = np.column_stack([values, ceilings])
    telling: list[int] = []
    for season in range(len(burdens)):
        later = burdens[season + 1 :]
        if (burdens[season] <= later).all(axis=1).any() or any((burdens[season] <= burdens[s]).all() for s in telling):
            continue
        telling.append(season)
    return telling


def _add_chain(model: Model, values: Values, ceiling: float, most: float) -> tuple[Columns, Values]:
    """Add one radius chain; return its columns and the steps between its levels."""
    floor = float(min(values.min(initial=np.inf), ceiling))
    if ceiling <= floor:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    near = np.flatnonzero((values < ceiling) & (values <= most))
    levels, level_of = np.unique(values[near], return_inverse=True)
    order = np.argsort(level_of, kind="stable")
    members = np.split(near[order], np.cumsum(np.bincount(level_of, minlength=len(levels)))[:-1])
    must_be_near = ceiling > most
    columns = model.add_columns(len(levels) - must_be_near)
    for k, sites in enumerate(members):
        links = [columns[k : k + 1], columns[k - 1 : k] if k else columns[:0], sites]
        coefficients = np.concatenate([np.ones(len(links[0])), -np.ones(len(links[1])), np.ones(len(sites))])
        model.add_row(np.concatenate(links), coefficients, lower=0.0 if k else 1.0)
    return columns, np.diff(np.append(levels, ceiling))[: len(columns)]


def _joined(parts: list[npt.NDArray[np.int64]] | list[Values]) -> Values:
    return np.concatenate(parts) if parts else np.zeros(0)
