"""Which settlements and facilities fall below a threshold, and when a school's decline may take families with it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.study.outlook import first_year_of
from geo.study.prepare import BASE_SCENARIO, Prepared
from geo.study.programme.planned import PlannedUnit
from geo.study.values import numbers_of
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS


def event_rows(unit: PlannedUnit) -> pd.DataFrame:
    """Return the rows of `projection_events`: those of `viability` with a year, with what makes a decline worse.

    A facility is warned of (`closure_spiral`) where the projection takes its users below the threshold of its level,
    no other facility of that level or above stands in the settlement, and users decline by more than
    ``diagnosis.growth_share`` a year: families with children may then leave as well. The rule is proposed; that it is
    met says when another form of provision has to be found, not that a school is to be closed.
    """
    rows = _of_unit(unit)
    if not len(rows):
        return rows
    study = unit.prepared.study
    first = first_year_of(study) or 0
    now, base = numbers_of(rows["now"]), numbers_of(rows["base"])
    ahead = numbers_of(rows["year"]) - first
    ratio = np.divide(base, now, out=np.full(len(now), np.nan), where=now > 0)
    rows["growth"] = np.exp(np.log(np.maximum(ratio, 1e-9)) / ahead) - 1
    neighbours = _Neighbours(unit.prepared)
    beside = [neighbours.of(row) for _index, row in rows.iterrows()]
    rows["only_here"] = [only for only, _next in beside]
    rows["next_minutes"] = [minutes for _only, minutes in beside]
    declining = rows["growth"] < -study.config.diagnosis.growth_share
    spiral = rows["only_here"].eq(True) & rows["year_base"].notna() & declining
    rows["warning"] = np.where(spiral, "closure_spiral", "")
    return rows


def _of_unit(unit: PlannedUnit) -> pd.DataFrame:
    """Return the unit's rows of `viability` that have a year, with people not yet rounded."""
    rows, shown = unit.prepared.thresholds, unit.tables["viability"]
    if not len(rows) or not len(shown):
        return pd.DataFrame()
    key = ["subject", "settlement_id", "site_id", "pack", "norm_id"]
    own = {*shown[key].itertuples(index=False, name=None)}
    # A settlement has no site: blank in a table, missing before.
    mine = [row in own for row in rows.reindex(columns=key).fillna("").itertuples(index=False, name=None)]
    known = rows[["year_low", "year_base", "year_high"]].notna().any(axis=1)
    return rows[known & np.array(mine, dtype=bool)].copy()


class _Neighbours:
    """Facilities beside a facility: in its settlement, and the next one on the way."""

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._times = tuple(prepared.times[BASE_SCENARIO].values())
        first = self._times[0]
        self._row = {settlement_id: number for number, settlement_id in enumerate(first.settlement_ids)}
        self._column = {site_id: number for number, site_id in enumerate(first.site_ids)}

    def of(self, row: pd.Series) -> tuple[bool | None, float]:
        """Return whether a facility is the only one of its level or above here, and minutes to the next (inf = no way).

        For a settlement itself, or a facility that stands in none, None and NaN.
        """
        here = row["settlement_id"]
        if row["subject"] != "facility" or here not in self._row:
            return None, float("nan")
        service = next(item for item in self._prepared.study.config.service if item.name == row["service"])
        enough = service.levels[service.levels.index(str(row["level"])) :]
        sites = self._prepared.sites
        others = sites[
            (sites["service"] == service.name)
            & (sites["kind"] == "existing")
            & sites["level"].isin(enough)
            & (sites["site_id"] != row["site_id"])
        ]
        only = not (others["settlement_id"] == here).any()
        columns = [self._column[site_id] for site_id in others["site_id"]]
        at = self._row[here]
        worst = max(int(times.milliseconds[at, columns].min(initial=UNREACHABLE_MS)) for times in self._times)
        return only, float("inf") if worst >= UNREACHABLE_MS else worst / MS_PER_MINUTE
