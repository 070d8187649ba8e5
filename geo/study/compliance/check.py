"""Every norm of a study against every settlement of a unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.access.applicability import SettlementFacts
from geo.access.compliance import check_norm
from geo.norms import SETTLEMENT_SERVICE, Norm, series_of
from geo.study.compliance.facts import ServiceSupply, group_persons


@dataclass(frozen=True)
class Checked:
    """A norm with the rows of `norm_compliance` about it, one per settlement in the order of the unit."""

    norm: Norm
    rows: pd.DataFrame


def check_norms(
    norms: Iterable[Norm],
    facts: SettlementFacts,
    supply: Mapping[str, ServiceSupply],
    settlements: gpd.GeoDataFrame,
) -> list[Checked]:
    """Check every norm that is about a service of the study, or about the settlement itself.

    Where only a facility of unknown level could decide, the status is unknown; and so it is for everybody where the
    study knows no facility of the service at all, or lists no such level of it.
    """
    known = list(norms)
    series = {norm.key: group for group in series_of(known) for norm in group}
    checked = []
    for norm in known:
        if norm.service == SETTLEMENT_SERVICE and norm.metric == "min_persons":
            frame = check_norm(norm, facts, series=series[norm.key])
        elif norm.service not in supply:
            continue
        elif norm.level not in supply[norm.service].service.levels:
            frame = _not_studied(norm, facts)
        else:
            frame = _with_supply(norm, facts, supply[norm.service], series[norm.key])
        checked.append(Checked(norm, _described(frame, norm, settlements)))
    return checked


def _with_supply(norm: Norm, facts: SettlementFacts, supply: ServiceSupply, series: tuple[Norm, ...]) -> pd.DataFrame:
    frame = check_norm(norm, facts, supply.facts(norm, unknown_counts=False), series)
    if (supply.rank < 0).any():
        possible = check_norm(norm, facts, supply.facts(norm, unknown_counts=True), series)
        _forget(frame, frame["status"] != possible["status"], "level-unknown")
    return frame


def _not_studied(norm: Norm, facts: SettlementFacts) -> pd.DataFrame:
    ids = facts.population_persons.index
    frame = pd.DataFrame({"settlement_id": ids, "status": "unknown", "reason": "level-not-studied"})
    return frame.assign(season="", value=np.nan, limit=norm.value, shortfall=np.nan)


def _forget(frame: pd.DataFrame, where: pd.Series, reason: str) -> None:
    """Turn some rows into unknown ones."""
    frame.loc[where, "status"] = "unknown"
    frame.loc[where, "reason"] = reason
    frame.loc[where, "season"] = ""
    frame.loc[where, ["value", "shortfall"]] = np.nan


def _described(frame: pd.DataFrame, norm: Norm, settlements: gpd.GeoDataFrame) -> pd.DataFrame:
    """Add what the norm says and whom it is about."""
    return frame.assign(
        norm_id=norm.norm_id,
        pack=norm.pack,
        service=norm.service,
        level=norm.level,
        priority=norm.priority,
        demand_group=norm.demand_group,
        unit=norm.unit,
        verified=norm.verified,
        persons=group_persons(settlements, norm).to_numpy(dtype=object),
    ).astype("object")
