"""Tables of norms: every settlement against every norm, each norm in one row, and the list of what is missing."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from geo.norms import Norm
from geo.study.compliance.check import Checked, check_norms
from geo.study.compliance.facts import settlement_facts, supplies
from geo.study.compliance.gaps import norm_gaps
from geo.study.prepare import Prepared

_STATUSES = ("met", "unmet", "not_applicable", "unknown")


def norm_tables(prepared: Prepared, settlements: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> dict[str, pd.DataFrame]:
    """Return the rows of `norm_compliance`, `norm_summary` and `norm_gaps` for one unit.

    Parameters
    ----------
    prepared
        The study.
    settlements, sites
        Settlements of the unit, and the sites it sees.
    """
    facts = settlement_facts(prepared.study, settlements)
    supply = supplies(prepared, settlements, sites)
    checked = check_norms(prepared.study.norms, facts, supply, settlements)
    frames = [one.rows for one in checked]
    return {
        "norm_compliance": pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(),
        "norm_summary": norm_summary(checked),
        "norm_gaps": norm_gaps(checked, facts, supply, settlements),
    }


def norm_summary(checked: Sequence[Checked]) -> pd.DataFrame:
    """Return the rows of `norm_summary`: how many settlements and people meet each norm."""
    return pd.DataFrame([_summed_up(one.norm, one.rows) for one in checked])


def _summed_up(norm: Norm, rows: pd.DataFrame) -> dict[str, object]:
    persons = pd.to_numeric(rows["persons"]).astype("Float64")
    by_status = {status: persons[rows["status"] == status] for status in _STATUSES}
    # Of a group of settlements whose people are all unknown, the people are unknown, not 0.
    people = {status: group.sum(min_count=min(1, len(group))) for status, group in by_status.items()}
    shortfall = pd.to_numeric(rows["shortfall"]).max()
    share = _share(people["met"], people["unmet"])
    return {
        "norm_id": norm.norm_id,
        "pack": norm.pack,
        "service": norm.service,
        "level": norm.level,
        "demand_group": norm.demand_group,
        "priority": norm.priority,
        "season_rule": norm.season_rule,
        **{f"{status}_settlements": len(group) for status, group in by_status.items()},
        **{f"{status}_persons": persons for status, persons in people.items()},
        "share_met": share,
        "coverage_target": norm.coverage_target,
        "target_met": "" if norm.coverage_target is None else _target(norm.coverage_target, by_status),
        "largest_shortfall": shortfall if shortfall > 0 else None,
        "unit": norm.unit,
        "verified": norm.verified,
    }


def _share(met: float, unmet: float) -> float | None:
    if pd.isna(met) or pd.isna(unmet) or met + unmet == 0:
        return None
    return float(met / (met + unmet))


def _target(target: float, by_status: dict[str, pd.Series]) -> str:
    """Return whether a coverage target is met, whatever is unknown; else that it is unknown."""
    if any(by_status[status].isna().any() for status in ("met", "unmet", "unknown")):
        return "unknown"
    met, unmet, unknown = (float(by_status[status].sum()) for status in ("met", "unmet", "unknown"))
    everybody = met + unmet + unknown
    if everybody == 0:
        return ""
    if met / everybody >= target:
        return "met"
    return "unmet" if (met + unknown) / everybody < target else "unknown"
