"""Proposals of communities beside the solver's own sites: one list, one engine, one rank.

The rank is the study's own order of goals among what has as many new sites: what keeps the tolerance for longer trips
first, then fewest people beyond the norm, then the least unequal trip, then the cost of opening. What a community
brings along lowers what is left for the budget to pay, and nothing else: neither money nor signatures move a proposal
in the list (domain brief, P1 and P21).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.siting.measure import evaluate
from geo.siting.problem import SitingProblem
from geo.siting.solution import Evaluation
from geo.siting.solve import solve
from geo.study.community import SAME_PLACE_METRES, placed, what_if_files
from geo.study.conditions import all_times, join_places
from geo.study.plans import UnitService
from geo.study.programme.people_words import BREAKS_TOLERANCE, MEASURED
from geo.study.programme.planned import PlannedUnit
from geo.study.result import WHOLE_STUDY
from geo.study.supply import opening_cost
from geo.tables.check import WGS84
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

#: Candidates up to which every one is measured alone; beyond, only those nearest to a rank: the plan's own.
MOST_CANDIDATES: Final = 2_000
#: Two equivalents that differ by less are equal.
_EDE_DIGITS: Final = 6


@dataclass(frozen=True)
class _Entry:
    """A set of sites that is measured: positions opened and closed in the problem, its cost, and what else is told."""

    opened: tuple[int, ...]
    closed: tuple[int, ...]
    cost: float | None
    columns: Mapping[str, Any]


def community_proposals(unit: PlannedUnit) -> Mapping[str, pd.DataFrame]:
    """Return the rows of `proposal_scores`; nothing where no proposal is about the unit."""
    study = unit.prepared.study
    if not len(study.proposals):
        return {}
    rows = placed(study)
    files = what_if_files(study)
    about = rows["unit_id"].to_numpy(dtype=object).copy()
    for number, proposal_id in enumerate(rows.index):
        if proposal_id in files:
            about[number] = files[str(proposal_id)].unit
    mine = rows if unit.unit_id == WHOLE_STUDY else rows[about == unit.unit_id]
    frames = []
    for part, plans in unit.services:
        own = mine[mine["service"] == part.service.name]
        if len(own):
            chosen = plans["headline"].opened
            frames.append(_Scored(unit, part, own).rows(files, chosen))
    return {"proposal_scores": pd.concat(frames, ignore_index=True)} if frames else {}


class _Scored:
    """Proposals of one service in one unit, measured on its headline problem."""

    def __init__(self, unit: PlannedUnit, part: UnitService, proposals: pd.DataFrame) -> None:
        self._unit = unit
        self._part = part
        self._proposals = proposals
        self._enough = part.service.levels[part.service.levels.index(part.service.serving_level) :]
        self._column, self.problem = self._with_own_places()
        self._unknown = part.persons.reindex(list(part.problem.settlement_ids)).isna().to_numpy(dtype=np.bool_)
        self._today = evaluate(self.problem, np.flatnonzero(self.problem.existing))

    def _with_own_places(self) -> tuple[dict[str, int], SitingProblem]:
        """Return the column of every proposal that can be measured, and the problem with columns of their own added."""
        sites = self._part.sites
        free = sites[sites["kind"] == "candidate"]
        crs = self._unit.prepared.study.crs
        points = gpd.GeoSeries(free.geometry.to_numpy(), crs=WGS84).to_crs(crs)
        column: dict[str, int] = {}
        own: list[str] = []
        for proposal_id, row in self._proposals.iterrows():
            if row["excluded"] or self._too_low(row) or isinstance(row["file"], str):
                continue
            spot = gpd.GeoSeries([row.geometry], crs=WGS84).to_crs(crs).iloc[0]
            near = (free["settlement_id"] == row["settlement_id"]).to_numpy() & (
                points.distance(spot) <= SAME_PLACE_METRES
            ).to_numpy()
            if near.any():
                column[str(proposal_id)] = int(free.index[near.argmax()])
            else:
                own.append(str(proposal_id))
        problem = self._part.problem
        if not own:
            return column, problem
        times = self._times_to(own)
        column |= {proposal_id: problem.n_sites + number for number, proposal_id in enumerate(own)}
        return column, _with_columns(problem, own, times)

    def _times_to(self, ids: list[str]) -> npt.NDArray[np.int32]:
        """Return times to the proposals' own places (n_seasons, n_settlements, n), by the roads of the study."""
        prepared = self._unit.prepared
        rows = self._proposals.loc[ids]
        points = gpd.GeoDataFrame({"site_id": ids}, geometry=rows.geometry.to_numpy(), crs=WGS84)
        settlements = prepared.study.settlements.loc[list(self._part.problem.settlement_ids)]
        places = join_places(prepared.study, prepared.network, prepared.seasons, settlements, points)
        times = all_times(prepared.study, prepared.network, prepared.seasons, places)
        asked = (tuple(settlements.index), tuple(ids))
        return np.stack([times[season.name].select(*asked).milliseconds for season in prepared.seasons])

    def _too_low(self, row: pd.Series) -> bool:
        return isinstance(row["level"], str) and row["level"] not in self._enough

    def rows(self, files: Mapping[str, Any], chosen: tuple[int, ...]) -> pd.DataFrame:
        """Return all entries of the service, the best first, those that are not measured last."""
        entries = [*self._candidates(chosen), *(self._entry(i, row, files) for i, row in self._proposals.iterrows())]
        measured = [entry for entry in entries if entry.columns["score_status"] == "measured"]
        found = [self._measured(entry) for entry in measured]
        # Where some price is unknown, costs tell nothing: unknown is not cheap.
        priced = all(row["cost"] is not None for row in found)
        keys = [
            (
                row["score_status"] == BREAKS_TOLERANCE,
                row["beyond_persons"],
                row.pop("_ede"),
                row["cost"] if priced else 0.0,
            )
            for row in found
        ]
        best: dict[int, int] = {}
        for row, key in zip(found, keys, strict=True):
            alike = [other for one, other in zip(found, keys, strict=True) if one["new_sites"] == row["new_sites"]]
            row["rank"] = 1 + sum(other < key for other in alike)
            row["n_ranked"] = len(alike)
        for row, entry in zip(found, measured, strict=True):
            n_added = len(entry.opened)
            if row["entry"] == "candidate" and n_added != 1:
                continue
            if n_added not in best:
                best[n_added] = self._optimum(n_added, found)
            row["optimum_persons"] = best[n_added]
            row["optimum_share"] = row["gained_persons"] / best[n_added] if best[n_added] > 0 else np.nan
        left_out = [dict(entry.columns) for entry in entries if entry.columns["score_status"] != "measured"]
        ordered = sorted(
            found, key=lambda row: (row["new_sites"], row["rank"], row["entry"] == "candidate", row["open_sites"])
        )
        return pd.DataFrame([*ordered, *left_out]).assign(service=self._part.service.name)

    def _candidates(self, chosen: tuple[int, ...]) -> list[_Entry]:
        """Return the solver's sites, each alone."""
        status = np.array(self._part.problem.status)
        free = np.flatnonzero(status == "candidate")
        if len(free) > MOST_CANDIDATES:
            free = free[np.isin(free, chosen)]
        return [
            _Entry(
                (int(site),),
                (),
                self._price(float(self.problem.opening[site])),
                {
                    "entry": "candidate",
                    "score_status": "measured",
                    "settlement_id": self._part.sites.iloc[site]["settlement_id"],
                },
            )
            for site in free
        ]

    def _entry(self, proposal_id: Any, row: pd.Series, files: Mapping[str, Any]) -> _Entry:
        """Return a proposal with what it opens, or with why it cannot be measured."""
        columns = {
            "entry": "proposal",
            "proposal_id": proposal_id,
            "proposal_title": row["title"],
            "settlement_id": row["settlement_id"],
            **_spot(row.geometry),
            **{name: row[name] for name in ("proposer", "co_funding", "supporters", "letters")},
        }
        position = {site: number for number, site in enumerate(self.problem.site_ids)}
        opened: tuple[int, ...] = ()
        closed: tuple[int, ...] = ()
        status = "measured"
        if str(proposal_id) in files:
            changes = files[str(proposal_id)].services[self._part.service.name]
            if set(changes.open) | set(changes.close) <= set(position):
                opened = tuple(position[site] for site in changes.open)
                closed = tuple(position[site] for site in changes.close)
            else:
                status = "not_assessable"
        elif row["excluded"]:
            status = "hazard_zone"
        elif self._too_low(row):
            status = "does_not_serve"
        else:
            opened = (self._column[str(proposal_id)],)
        price = None if pd.isna(row["capex"]) else float(row["capex"])
        if price is None:
            price = self._price(sum(self._opening_cost(site, row) for site in opened))
        return _Entry(opened, closed, price, {**columns, "score_status": status})

    def _opening_cost(self, site: int, row: pd.Series) -> float:
        if site < self._part.problem.n_sites:
            return float(self.problem.opening[site])
        level = row["level"] if isinstance(row["level"], str) else self._part.service.serving_level
        return opening_cost(self._unit.prepared.study, self._part.service, level)

    def _price(self, price: float) -> float | None:
        """Return a price; None where none is known, which a problem holds as 0."""
        return price if price > 0 else None

    def _measured(self, entry: _Entry) -> dict[str, Any]:
        """Return the columns of an entry that its sites decide about."""
        problem = self.problem
        is_open = problem.existing.copy()
        is_open[list(entry.closed)] = False
        is_open[list(entry.opened)] = True
        found = evaluate(problem, np.flatnonzero(is_open))
        gained = self._today.persons_beyond_limit - found.persons_beyond_limit
        brought = float(entry.columns.get("co_funding") or 0.0)
        worse = {loser.settlement for loser in found.losers}
        longer = [loser.after_ms - loser.before_ms for loser in found.losers if loser.after_ms < UNREACHABLE_MS]
        return {
            **entry.columns,
            "score_status": BREAKS_TOLERANCE if "worsening" in found.breaches else MEASURED,
            "new_sites": len(entry.opened),
            "open_sites": " ".join(problem.site_ids[site] for site in entry.opened),
            "closed_sites": " ".join(problem.site_ids[site] for site in entry.closed),
            "gained_persons": gained,
            "beyond_persons": found.persons_beyond_limit,
            "ede_gained_minutes": _shorter(self._today, found),
            "losers": len(worse),
            "loser_persons": int(problem.persons[sorted(worse)].sum()),
            "loser_unknown_settlements": int(self._unknown[sorted(worse)].sum()),
            "loser_minutes": max(longer) / MS_PER_MINUTE if longer else None,
            "loser_ids": " ".join(sorted(problem.settlement_ids[place] for place in worse)),
            "cost": entry.cost,
            "cost_per_person": entry.cost / gained if entry.cost is not None and gained > 0 else None,
            "budget_cost": None if entry.cost is None else max(entry.cost - brought, 0.0),
            "_ede": round(found.ede_minutes or 0.0, _EDE_DIGITS),
        }

    def _optimum(self, n_added: int, found: list[dict[str, Any]]) -> int:
        """Return how many people the best plan with as many new sites brings within the norm, at most."""
        problem = self._part.problem
        singles: list[int] = [row["gained_persons"] for row in found if row["entry"] == "candidate"]
        if n_added == 1 and len(singles) == problem.status.count("candidate"):
            return max([0, *singles])
        open_today = replace(
            problem,
            status=tuple("open" if own else now for own, now in zip(problem.existing, problem.status, strict=True)),
            n_open=int(problem.existing.sum()) + n_added,
            budget=None,
        )
        bound = solve(open_today).stages[0].bound
        return int(self._today.persons_beyond_limit - np.ceil(float(bound) - 1e-6))


def _spot(point: Any) -> dict[str, float]:
    """Return where a proposal is; nothing of one that only names a file."""
    if point is None or point.is_empty:
        return {}
    return {"lon": round(float(point.x), 6), "lat": round(float(point.y), 6)}


def _with_columns(problem: SitingProblem, ids: list[str], times: npt.NDArray[np.int32]) -> SitingProblem:
    """Return a problem with more candidates; their codes are those of the proposals."""
    n = len(ids)
    return replace(
        problem,
        site_ids=(*problem.site_ids, *ids),
        milliseconds=np.concatenate([problem.milliseconds, times], axis=2),
        status=(*problem.status, *["candidate"] * n),
        existing=np.concatenate([problem.existing, np.zeros(n, dtype=np.bool_)]),
        opening_cost=_with_zeros(problem.opening_cost, n),
        closing_cost=_with_zeros(problem.closing_cost, n),
        running_cost=_with_zeros(problem.running_cost, n),
    )


def _with_zeros(costs: npt.NDArray[np.float64] | None, n: int) -> npt.NDArray[np.float64] | None:
    return None if costs is None else np.concatenate([costs, np.zeros(n)])


def _shorter(today: Evaluation, then: Evaluation) -> float | None:
    if today.ede_minutes is None or then.ede_minutes is None:
        return None
    return today.ede_minutes - then.ede_minutes
