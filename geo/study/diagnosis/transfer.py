"""What it costs to bring every settlement to the minimum standard: the table a ministry budgets from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.planning.caps import uncapped
from geo.siting.solution import SitingSolution
from geo.siting.solve import solve
from geo.study.compliance.gaps import BY_SIZE
from geo.study.load import StudyData
from geo.study.plans import UnitService, nearest_ms
from geo.study.supply import opening_cost, price_of
from geo.study.values import numbers_of
from geo.units import UNREACHABLE_MS

PROVISION: Final = "provision"
ACCESS: Final = "access"
#: What a settlement lacks, by the code of table `norm_gaps`, and what would bring it to the standard.
_REMEDIES: Final = {"none": "open", "lower": "raise_level", "unknown": "unknown"}


def interventions(
    study: StudyData,
    part: UnitService,
    plans: Mapping[str, SitingSolution],
    gaps: pd.DataFrame,
    surroundings: pd.DataFrame,
) -> pd.DataFrame:
    """Rows of `interventions` for one service, with the unit of each in `unit_id`.

    `provision`: every object that a norm asks for by the size of the settlement and that is not there. `access`: the
    fewest new sites that bring everybody within the norm that siting answers, each at the settlement where it would
    stand, and the settlements that no building brings there.

    Parameters
    ----------
    gaps
        Rows of `norm_gaps` of the unit.
    surroundings
        From `surroundings`; gives the coefficient of remoteness.
    """
    rows = [*_missing_objects(study, part, gaps), *_sites_for_access(study, part, plans)]
    frame = pd.DataFrame(rows)
    if not len(frame):
        return frame
    coefficient = surroundings["coefficient"].reindex(frame["settlement_id"]).to_numpy()
    # A site may stand outside every settlement; its unit pays for it all the same.
    of_site = frame.get("unit_id", pd.Series(index=frame.index, dtype=object))
    unit = frame["settlement_id"].map(part.settlements["unit_id"]).fillna(of_site)
    return frame.assign(service=part.service.name, coefficient=coefficient, unit_id=unit)


def _missing_objects(study: StudyData, part: UnitService, gaps: pd.DataFrame) -> Iterator[dict[str, Any]]:
    asked = (gaps["service"] == part.service.name) & (gaps["basis"] == BY_SIZE)
    own = gaps[asked & gaps["status"].isin(("unmet", "unknown"))]
    for row in own.to_dict("records"):
        level = str(row["required_level"] or "")
        remedy = "unknown" if row["status"] == "unknown" else _REMEDIES.get(str(row["gap"]), "unknown")
        yield {
            "basis": PROVISION,
            "settlement_id": row["settlement_id"],
            "persons": row["persons"],
            "pack": row["pack"],
            "norm_id": row["norm_id"],
            "remedy": remedy,
            "level": level,
            **(_price(study, part, level, row["persons"]) if remedy in ("open", "raise_level") else {}),
        }


def _price(study: StudyData, part: UnitService, level: str, persons: Any) -> dict[str, Any]:
    """Return what one object of a level costs; empty without a price.

    A raised level is priced as a new object, a price per place with a place for everybody in the settlement who needs
    the service.
    """
    price = price_of(study, part.service, level)
    if price is None or pd.isna(persons):
        return {}
    return {
        "capex": opening_cost(study, part.service, level, float(persons)),
        "opex_year": price["running_cost_year"],
        "price_year": price["price_year"],
    }


def _sites_for_access(
    study: StudyData, part: UnitService, plans: Mapping[str, SitingSolution]
) -> Iterator[dict[str, Any]]:
    if not part.problem.existing.any():  # nobody knows what is missing where nothing is known
        return
    solution = plans.get("set-cover")
    if solution is None or solution.status == "infeasible":
        goal = replace(uncapped(part.problem), objective="set-cover", n_open=None, budget=None, allow_unserved=True)
        solution = solve(goal)
    common = {
        "basis": ACCESS,
        "pack": part.norm.pack,
        "norm_id": part.norm.norm_id,
        "level": part.service.serving_level,
    }
    price = price_of(study, part.service, part.service.serving_level)
    for site in solution.opened:
        settlement_id = part.sites["settlement_id"].iloc[site]
        yield {
            **common,
            "unit_id": part.sites["unit_id"].iloc[site],
            "settlement_id": settlement_id,
            "persons": part.persons.get(settlement_id),
            "remedy": "open",
            "capex": part.problem.opening_cost[site] or None if part.problem.opening_cost is not None else None,
            "opex_year": None if price is None else price["running_cost_year"],
            "price_year": None if price is None else price["price_year"],
        }
    left = solution.milliseconds_after.max(axis=0) > part.problem.limit_ms
    for place in np.flatnonzero(left).tolist():
        settlement_id = part.problem.settlement_ids[place]
        yield {
            **common,
            "settlement_id": settlement_id,
            "persons": part.persons[settlement_id],
            "remedy": "other_form",
            "level": "",
        }


def transfer_need(part: UnitService, own: pd.DataFrame, gaps: pd.DataFrame, surroundings: pd.DataFrame) -> pd.DataFrame:
    """Rows of `transfer_need` for one service: per unit the sums of its settlements' interventions, nothing else.

    Parameters
    ----------
    own
        Rows of `interventions` of the service.
    gaps, surroundings
        As in `interventions`.
    """
    unit_of = part.settlements["unit_id"]
    gap_rows = gaps[(gaps["service"] == part.service.name) & (gaps["basis"] == BY_SIZE)]
    below_access = _below_access(part)
    rows = []
    for unit_id in unit_of.drop_duplicates():
        places = unit_of.index[unit_of == unit_id]
        shared = {
            "area_id": str(unit_id),
            "service": part.service.name,
            "self_containment": _self_containment(part, str(unit_id)),
            "coefficient": _mean_coefficient(part, places, surroundings),
        }
        here = gap_rows[gap_rows["settlement_id"].isin(places)]
        for pack in here["pack"].drop_duplicates():
            listed = here[here["pack"] == pack]
            below = listed[listed["status"] == "unmet"]
            counts = _counts(below["persons"], len(below), int((listed["status"] == "unknown").sum()))
            known = bool((listed["status"] != "unknown").any())
            rows.append(
                shared
                | {"basis": PROVISION, "pack": pack}
                | counts
                | _sums(own, PROVISION, pack, str(unit_id), is_known=known)
            )
        status = below_access.reindex(places)
        below_ids = status.index[status.eq(1.0)]
        counts = _counts(part.persons.reindex(below_ids), len(below_ids), int(status.isna().sum()))
        pack, known = part.norm.pack, bool(status.notna().any())
        rows.append(
            shared | {"basis": ACCESS, "pack": pack} | counts | _sums(own, ACCESS, pack, str(unit_id), is_known=known)
        )
    frame = pd.DataFrame(rows)
    per_person = pd.to_numeric(frame["capex"]) / pd.to_numeric(frame["below_persons"]).replace(0, np.nan)
    return frame.assign(capex_per_person=per_person)


def _counts(persons: pd.Series, n_below: int, n_unknown: int) -> dict[str, Any]:
    return {
        "below_settlements": n_below,
        # Of people who are unknown altogether there is no sum, and they are not nobody.
        "below_persons": None if n_below and persons.isna().all() else int(persons.fillna(0).sum()),
        "unknown_settlements": n_unknown,
    }


def _sums(own: pd.DataFrame, basis: str, pack: str, unit_id: str, *, is_known: bool) -> dict[str, Any]:
    """Return the sums of a unit's interventions; no sum where nothing is known of any of its settlements."""
    if not len(own) or not is_known:
        nothing = 0.0 if is_known else None
        return {"n_priced": 0, "n_unpriced": 0, "capex": nothing, "opex_year": nothing}
    chosen = own[(own["basis"] == basis) & (own["pack"] == pack) & (own["unit_id"] == unit_id)]
    wanted = chosen[chosen["remedy"] != "unknown"]
    capex, opex = (numbers_of(wanted.get(name, pd.Series(dtype=float))) for name in ("capex", "opex_year"))
    n_priced = int(np.isfinite(capex).sum())
    return {
        "n_priced": n_priced,
        "n_unpriced": len(wanted) - n_priced,
        "capex": _sum(capex),
        "opex_year": _sum(opex),
    }


def _sum(values: npt.NDArray[np.float64]) -> float | None:
    """Return the sum of what is known: 0 where nothing is needed, None where none of it has a price."""
    return None if len(values) and np.isnan(values).all() else float(np.nansum(values))


def _below_access(part: UnitService) -> pd.Series:
    """Return per settlement of the unit 1 where the norm is not met in some season, else 0.

    Missing where that cannot be told: the settlement is not assessable, or no facility of the service is known.
    """
    if not part.problem.existing.any():
        return pd.Series(np.nan, index=part.settlements.index)
    worst = nearest_ms(part.problem.milliseconds, part.problem.existing).max(axis=0)
    status = pd.Series((worst > part.problem.limit_ms).astype(float), index=list(part.problem.settlement_ids))
    return status.reindex(part.settlements.index)


def _self_containment(part: UnitService, unit_id: str) -> float | None:
    """Return the share of a unit's people with a way whose nearest facility, in their worst season, stands in it."""
    inside = (part.settlements["unit_id"][part.assessed] == unit_id).to_numpy()
    existing = part.problem.existing
    own_site = (part.sites["unit_id"] == unit_id).to_numpy()[existing]
    ms = part.problem.milliseconds[:, inside][:, :, existing]
    if not ms.size:
        return None
    season = ms.min(axis=2).argmax(axis=0)
    decisive = ms[season, np.arange(ms.shape[1])]
    nearest, persons = decisive.argmin(axis=1), part.problem.persons[inside]
    served = decisive.min(axis=1) < UNREACHABLE_MS
    total = int(persons[served].sum())
    return float(persons[served & own_site[nearest]].sum()) / total if total else None


def _mean_coefficient(part: UnitService, places: pd.Index, surroundings: pd.DataFrame) -> float | None:
    persons = numbers_of(part.settlements["population_persons"].reindex(places))
    values = surroundings["coefficient"].reindex(places).to_numpy(dtype=float)
    counted = np.isfinite(values) & (persons > 0)
    return float(np.average(values[counted], weights=persons[counted])) if counted.any() else None
