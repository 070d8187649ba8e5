"""The headline plan as recommendations: who gains from each site, and why not another place."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geo.siting.explain import Contribution, Swap, best_swaps, contribution
from geo.siting.measure import assign
from geo.siting.solution import SitingSolution
from geo.study.plans import UnitService
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

#: A difference in a real-valued goal below this is a tie for a reader.
_TIE_MINUTES = 0.005


def recommendations(
    part: UnitService, solution: SitingSolution, scenario_share: Mapping[str, float] | None
) -> pd.DataFrame:
    """Rows of `recommendations` for one service.

    Parameters
    ----------
    part
        The unit's service.
    solution
        Headline plan.
    scenario_share
        Share of scenarios that choose each site; None where the study has none.
    """
    if solution.status == "infeasible":
        return pd.DataFrame()
    swaps = {swap.site_out: swap for swap in best_swaps(part.problem, solution)}
    gains = {gain.site: gain for gain in contribution(part.problem, solution)}
    order = sorted(
        solution.opened,
        key=lambda site: (-gains[site].persons_within_limit, -gains[site].persons_nearer, part.problem.site_ids[site]),
    )
    rows = [_opened(part, solution, gains[site], swaps.get(site), scenario_share) for site in order]
    rows += [_closed(part, site) for site in solution.closed]
    for rank, row in enumerate(rows, start=1):
        row["rank"] = rank
    return pd.DataFrame(rows)


def _common(part: UnitService, site: int) -> dict[str, object]:
    row = part.sites.iloc[site]
    body = part.service.competent_body
    return {
        "service": part.service.name,
        "site_id": row["site_id"],
        "settlement_id": row["settlement_id"],
        "level": row["level"],
        "competent_body": "" if body is None else body.en,
        "norm_id": part.norm.key,
    }


def _closed(part: UnitService, site: int) -> dict[str, object]:
    return {**_common(part, site), "action": "close", "gained_persons": 0, "gained_settlements": 0}


def _opened(
    part: UnitService,
    solution: SitingSolution,
    gain: Contribution,
    swap: Swap | None,
    scenario_share: Mapping[str, float] | None,
) -> dict[str, object]:
    site = gain.site
    row = {**_common(part, site), "action": "open"}
    row["gained_persons"] = gain.persons_within_limit
    row["gained_settlements"] = len(gain.settlements_within_limit)
    price = float(part.sites["opening_cost"].iloc[site])
    row["cost"] = price if part.sites["opening_cost"].to_numpy(dtype=float).any() else None
    row["scenario_share"] = None if scenario_share is None else scenario_share.get(str(row["site_id"]), 0.0)
    row |= _own_settlement(part, solution, str(row["settlement_id"]))
    if swap is not None:
        row |= _second_best(part, swap)
    return row


def _own_settlement(part: UnitService, solution: SitingSolution, settlement_id: str) -> dict[str, object]:
    """Before and after for the place where the site opens, in its worst season."""
    if settlement_id not in part.problem.settlement_ids:
        return {}
    i = part.problem.settlement_ids.index(settlement_id)
    before, after = solution.milliseconds_before[:, i], solution.milliseconds_after[:, i]
    worst = int(before.argmax())
    nearest = int(assign(part.problem, part.problem.existing)[worst, i])
    return {
        "before_site_id": "" if nearest < 0 else part.problem.site_ids[nearest],
        "before_minutes": _minutes(int(before.max())),
        "after_minutes": _minutes(int(after.max())),
    }


def _minutes(ms: int) -> float:
    return ms / MS_PER_MINUTE if ms < UNREACHABLE_MS else float("inf")


def _second_best(part: UnitService, swap: Swap) -> dict[str, object]:
    longer = swap.largest_ms / MS_PER_MINUTE
    if swap.persons_beyond_limit > 0:
        reason = "norm"
    elif swap.ede_minutes is not None and swap.ede_minutes > _TIE_MINUTES:
        reason = "ede"
    elif swap.cost > 0:
        reason = "cost"
    else:
        reason = "tie"
    return {
        "second_best_site_id": "" if swap.site_in is None else part.problem.site_ids[swap.site_in],
        "second_best_fewer_persons": swap.persons_beyond_limit,
        "second_best_longer_minutes": longer,
        "second_best_reason": reason,
    }


def chosen_share(chosen: list[set[str]], sites: set[str]) -> dict[str, float]:
    """Return for each site the share of runs that opened it."""
    return {site: float(np.mean([site in run for run in chosen])) for site in sorted(sites)}
