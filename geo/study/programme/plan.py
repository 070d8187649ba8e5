"""The programme of a unit: solved, and written as tables. The study asks for it with `[programme]`."""

from __future__ import annotations

import pandas as pd

from geo.planning.programme import solve_programme
from geo.study.programme.case import UnitCase, unit_case
from geo.study.programme.debts import debt_rows, roads_inside
from geo.study.programme.harm import loser_rows, referral_rows, refusal_rows
from geo.study.programme.items import item_rows
from geo.study.programme.loads import load_rows
from geo.study.programme.planned import PlannedUnit
from geo.study.programme.renewal import plan_renewals
from geo.study.programme.years import budget_rows, goal_rows, need_rows, place_rows, year_rows
from geo.study.result import WHOLE_STUDY


def programme_part(unit: PlannedUnit) -> dict[str, pd.DataFrame]:
    """Return the tables of `geo.tables.programme`; none where the study asks for no programme."""
    study = unit.prepared.study
    settings = study.config.programme
    if settings is None:
        return {}
    own = unit_case(unit.prepared, settings, unit.unit_id, unit.settlements, unit.sites)
    if own is None:
        return {}
    programme = solve_programme(own.case)
    renewals = plan_renewals(own, programme)
    debts = list(debt_rows(own, programme, renewals, roads_inside(study, unit.unit_id, WHOLE_STUDY), study))
    rows = {
        "programme_items": item_rows(study, own, programme, renewals),
        "programme_years": year_rows(own, programme, renewals, debts),
        "programme_needs": need_rows(own, programme),
        "programme_places": place_rows(own, programme),
        "programme_goals": goal_rows(own, programme),
        "programme_budgets": budget_rows(own, programme) if _compares_money(own, unit.unit_id) else (),
        "programme_losers": loser_rows(own, programme),
        "closure_refusals": refusal_rows(own, programme),
        "programme_loads": load_rows(study, own, programme),
        "referral": referral_rows(own, programme),
        "debt_ledger": debts,
    }
    return {name: pd.DataFrame(list(found)) for name, found in rows.items()}


def _compares_money(own: UnitCase, unit_id: str) -> bool:
    """Return whether other sums are tried: each takes as long as the programme, too long for a whole study."""
    return bool(own.settings.budget_shares) and own.book.has_money and unit_id != WHOLE_STUDY
