"""Part of the programme: how sure each site is, what each assumption does by itself, and every run behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.planning.robustness import deciding, label, share_interval
from geo.siting.solution import SitingSolution
from geo.study.plans import UnitService
from geo.study.programme.asset_life import stranded_sites
from geo.study.programme.assumptions import Assumptions, Change, Runs
from geo.study.programme.events import Name
from geo.study.programme.planned import PlannedUnit
from geo.study.programme.sensitivity import Outcomes, Sensitivity
from geo.study.result import HEADLINE, WHOLE_STUDY

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_POPULATION: Final = Name("population")


def robustness(unit: PlannedUnit) -> Mapping[str, pd.DataFrame]:
    """Return the rows of `robustness`, `robustness_runs` and `tornado`; nothing where the study does not ask for them.

    The whole study makes fewer runs (`runs_all`), and a unit with more settlements than `most_settlements` none.
    """
    n_runs = runs_of(unit)
    prepared = unit.prepared
    assumptions = prepared.assumptions
    planned = [(part, plans[HEADLINE]) for part, plans in unit.services if plans[HEADLINE].status != "infeasible"]
    if assumptions is None or not n_runs or not planned:
        return {}
    masks = [_mask(part.problem.n_sites, plan.open_sites) for part, plan in planned]
    changes, ends = assumptions.one_at_a_time()
    parts = [part for part, _plan in planned]
    sensitivity = Sensitivity(prepared, assumptions, parts, masks, n_runs + len(ends))
    runs = assumptions.drawn(n_runs)
    frames: dict[str, list[pd.DataFrame]] = {"robustness": [], "robustness_runs": [], "tornado": []}
    drawn, changed = sensitivity.outcomes(runs), sensitivity.outcomes(ends, large=False)
    texts = _draws_in_text(assumptions, runs)
    stranded = stranded_sites(unit.tables)
    for place, ((part, plan), plan_mask) in enumerate(zip(planned, masks, strict=True)):
        own = _Service(part, plan, plan_mask, {site for name, site in stranded if name == part.service.name})
        frames["robustness"].append(own.shares(assumptions, runs, drawn[place]))
        frames["robustness_runs"].append(own.runs(texts, drawn[place]))
        frames["tornado"].append(own.tornado(changes, changed[place], sought=sensitivity.is_listed(place)))
    return {name: pd.concat(own, ignore_index=True) for name, own in frames.items()}


def runs_of(unit: PlannedUnit) -> int:
    """Return how many runs a unit makes; 0 where the study asks for none, or the unit is too large."""
    rules = unit.prepared.study.config.robustness
    if rules is None or len(unit.settlements) > rules.most_settlements:
        return 0
    return rules.runs_all if unit.unit_id == WHOLE_STUDY else rules.runs


def _mask(n_sites: int, sites: tuple[int, ...]) -> Bools:
    mask = np.zeros(n_sites, dtype=np.bool_)
    mask[list(sites)] = True
    return mask


def _draws_in_text(assumptions: Assumptions, runs: Runs) -> list[str]:
    """Return the draws of every run as ``name=value``, separated by semicolons."""
    values = {name.key: own for name, own in assumptions.values(runs).items() if np.ptp(own) > 0}
    if assumptions.counts_people:
        values["population (mean)"] = runs.people.mean(axis=1)
    return ["; ".join(f"{key}={own[run]:.3f}" for key, own in values.items()) for run in range(len(runs))]


@dataclass(frozen=True, eq=False)
class _Service:
    """One service with its headline plan.

    Parameters
    ----------
    plan_mask : bool (n_sites,)
        Sites that the plan has open.
    stranded
        Sites that are projected to lose their users.
    """

    part: UnitService
    plan: SitingSolution
    plan_mask: Bools
    stranded: set[str]

    def matters(self, name: Name) -> bool:
        """Return whether an assumption can matter: a number of sites costs what it costs, only a budget runs out."""
        return name.kind not in ("price", "budget") or self.part.problem.budget is not None

    @property
    def ids(self) -> tuple[str, ...]:
        """Identifiers of the sites."""
        return self.part.problem.site_ids

    def shares(self, assumptions: Assumptions, runs: Runs, outcomes: Outcomes) -> pd.DataFrame:
        """Rows of `robustness`: sites that the plan or a run opens or closes, the plan's first, then by share."""
        existing = self.part.problem.existing
        values = {name: own for name, own in assumptions.values(runs).items() if self.matters(name)}
        rows = []
        for site in range(len(self.ids)):
            action = "close" if existing[site] else "open"
            chosen = (outcomes.best[:, site] != existing[site]) & outcomes.feasible
            in_headline = bool(self.plan_mask[site] != existing[site])
            if chosen.any() or in_headline:
                people = {_POPULATION: self._people_near(site, assumptions, runs)} if assumptions.counts_people else {}
                rows.append(self._share(site, action, in_headline, chosen, values | people))
        frame = pd.DataFrame(rows)
        if not len(frame):
            return frame
        return frame.sort_values(
            ["in_headline", "chosen_runs", "site_id"], ascending=[False, False, True], kind="stable"
        )

    def _share(
        self, site: int, action: str, in_headline: bool, chosen: Bools, values: Mapping[Name, Floats]
    ) -> dict[str, Any]:
        successes, n_runs = int(chosen.sum()), len(chosen)
        low, high = share_interval(successes, n_runs)
        stranded = self.ids[site] in self.stranded
        names = {name.key: name for name in values}
        found = deciding({name.key: own for name, own in values.items()}, chosen)
        name = None if found is None else names[found.assumption]
        return {
            "service": self.part.service.name,
            "site_id": self.ids[site],
            "action": action,
            "in_headline": in_headline,
            "runs": n_runs,
            "chosen_runs": successes,
            "chosen_share": successes / n_runs,
            "share_low": low,
            "share_high": high,
            "robustness_label": label(successes / n_runs, stranded=stranded),
            "stranded": stranded,
            "assumption": "" if name is None else name.kind,
            "assumption_about": "" if name is None else name.about,
            "sensitivity_index": None if found is None else found.index,
            "direction": "" if found is None else found.direction,
        }

    def _people_near(self, site: int, assumptions: Assumptions, runs: Runs) -> Floats:
        """Return the share of a run's people who are within the norm of a site by the study's own times (n_runs,)."""
        problem = self.part.problem
        number = {name: place for place, name in enumerate(assumptions.settlement_ids)}
        rows = np.array([number[name] for name in problem.settlement_ids], dtype=np.intp)
        persons = runs.people[:, rows] * problem.persons
        near = (problem.milliseconds[:, :, site] <= problem.limit_ms).all(axis=0)
        total = persons.sum(axis=1)
        return np.asarray(np.divide(persons[:, near].sum(axis=1), total, out=np.zeros(len(total)), where=total > 0))

    def _named(self, sites: Bools) -> str:
        return " ".join(sorted(self.ids[site] for site in np.flatnonzero(sites)))

    def runs(self, texts: list[str], outcomes: Outcomes) -> pd.DataFrame:
        """Rows of `robustness_runs`."""
        existing = self.part.problem.existing
        same = (outcomes.best == self.plan_mask).all(axis=1)
        return pd.DataFrame(
            {
                "service": self.part.service.name,
                "run": np.arange(1, len(texts) + 1),
                "draws": texts,
                "run_persons": outcomes.persons,
                "plan_persons": outcomes.plan_within,
                "best_persons": outcomes.best_within,
                "regret_persons": outcomes.best_within - outcomes.plan_within,
                "same_plan": [bool(one) if ok else None for one, ok in zip(same, outcomes.feasible, strict=True)],
                "open_sites": [self._named(best & ~existing) for best in outcomes.best],
                "closed_sites": [self._named(existing & ~best) for best in outcomes.best],
            },
            dtype=object,
        )

    def tornado(self, changes: list[Change], outcomes: Outcomes, *, sought: bool) -> pd.DataFrame:
        """Rows of `tornado`, what moves the people beyond the norm most first."""
        beyond = outcomes.persons - outcomes.plan_within
        existing = self.part.problem.existing
        other = [self._named(best & ~existing & ~self.plan_mask) for best in outcomes.best]
        base = self.plan.persons_beyond_limit
        rows = [
            {
                "service": self.part.service.name,
                "assumption": change.name.kind,
                "assumption_about": change.name.about,
                "low_value": change.low,
                "high_value": change.high,
                "low_persons": int(beyond[2 * place]),
                "base_persons": base,
                "high_persons": int(beyond[2 * place + 1]),
                "low_sites": other[2 * place],
                "high_sites": other[2 * place + 1],
                "sites_sought": sought,
            }
            for place, change in enumerate(changes)
            if self.matters(change.name)
        ]
        frame = pd.DataFrame(rows)
        if not len(frame):
            return frame
        ends = frame[["low_persons", "base_persons", "high_persons"]]
        width = ends.max(axis=1) - ends.min(axis=1)
        order = frame.assign(_width=-width).sort_values(["_width", "assumption", "assumption_about"], kind="stable")
        return order.drop(columns="_width")
