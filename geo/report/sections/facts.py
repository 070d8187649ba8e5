"""What a recommendation rests on, beside its paragraph: seasons, assumptions, losers, who decides, which norm."""

from __future__ import annotations

import pandas as pd

from geo.language import current, numbers
from geo.language import gettext as _
from geo.maps.first_screen import norm_line
from geo.study import explain
from geo.study.headline import losers_sentence
from geo.study.result import BASELINE, HEADLINE, StudyResult


def site_facts(result: StudyResult, service: str, rank: int) -> list[tuple[str, str]]:
    """Return heading and text of everything that is known about one opened site.

    What the study does not tell is left out: without scenarios nothing is said about robustness.
    """
    row = result.row("recommendations", service=service, rank=rank)
    found = [
        (_("By season"), gains_by_season(result, service, str(row["site_id"]))),
        (_("Depends most on"), _missing_scenarios(result, service, str(row["site_id"]))),
        (_("Worse off with the whole plan"), losers_sentence(result, service)),
        (_("Who decides"), competent_body(result, service)),
        (_("Legal basis"), legal_basis(result, service)),
    ]
    return [(head, text) for head, text in found if text]


def gains_by_season(result: StudyResult, service: str, site_id: str) -> str:
    """Return for every season the people who come within the norm with the plan, and whose nearest is this site."""
    if len(result.config.season) < 2:
        return ""
    table = result.table("access_settlement", service=service)
    parts = []
    for season in result.config.season:
        rows = table[table["season"] == season.name]
        before = rows[rows["plan"] == BASELINE].set_index("settlement_id")["verdict"]
        after = rows[(rows["plan"] == HEADLINE) & (rows["site_id"] == site_id)].set_index("settlement_id")
        gains = (after["verdict"] == "within") & (before.reindex(after.index) != "within")
        people = numbers.persons(float(after.loc[gains, "persons"].fillna(0).sum()))
        label = explain.season_label(result, season.name)
        parts.append(_("{season}: {people}").format(season=label, people=people))
    text = _("People who come within the norm and then go here: {counts}.")
    return text.format(counts="; ".join(parts))


def _missing_scenarios(result: StudyResult, service: str, site_id: str) -> str:
    """Return under which assumptions of the study another site is chosen; empty where it has none, or none matters."""
    rows = result.table("scenarios", service=service)
    without = [str(row["scenario"]) for _i, row in rows.iterrows() if site_id not in str(row["same_sites"]).split()]
    if not without:
        return ""
    labels = {one.name: one.label.in_language(current()) for one in result.config.scenario if one.label}
    text = _("Another place is chosen under: {assumptions}.")
    return text.format(assumptions="; ".join(labels.get(name, name) for name in without))


def competent_body(result: StudyResult, service: str) -> str:
    """Return who decides about a service; empty where the study does not say."""
    body = result.service(service).competent_body
    return body.in_language(current()) if body else ""


def legal_basis(result: StudyResult, service: str) -> str:
    """Return the norm with its identifier, its source, and whether a lawyer has checked it."""
    norm = result.norms[service]
    source = ", ".join(_(part) for part in (norm.source, norm.legal_ref) if part)
    line = _("{norm}; {id}").format(norm=norm_line(result, service).rstrip("."), id=norm.key)
    return f"{line}; {source}." if source else f"{line}."


def gaining_places(result: StudyResult, service: str) -> pd.DataFrame:
    """Return the settlements that come within the norm in their worst season, most people first.

    Returns
    -------
    pandas.DataFrame
        Indexed by settlement: `persons`, `before` and `after` (minutes; missing = no way), `site_id`.
    """
    table = result.table("access_settlement", service=service, season="worst")
    before = table[table["plan"] == BASELINE].set_index("settlement_id")
    after = table[table["plan"] == HEADLINE].set_index("settlement_id").reindex(before.index)
    gains = (before["verdict"] != "within") & (after["verdict"] == "within")
    rows = pd.DataFrame(
        {
            "persons": before["persons"],
            "before": before["minutes"],
            "after": after["minutes"],
            "site_id": after["site_id"],
        }
    )[gains]
    order = rows.assign(code=rows.index).sort_values(["persons", "code"], ascending=[False, True]).index
    return rows.loc[order]
