"""Parts of the diagnosis about how unequal trips are, and about access scores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.language import mark, numbers
from geo.report.sections.content import Head, Part, TextTable, fraction, long_table, text_table
from geo.report.sections.names import SettlementNames, service_name
from geo.study.diagnosis.access import catchment_minutes
from geo.study.diagnosis.groups import EVERYBODY
from geo.study.diagnosis.words import SUPPLY_UNITS, TIERS
from geo.study.figures import people, tenths
from geo.study.result import BASELINE, HEADLINE, WORST, StudyResult
from geo.study.wording import counted, word

#: Measures in the order in which they are read: the one in minutes first.
MEASURES: Final = {
    "ede_minutes": mark("Equivalent trip, EDE (min)"),
    "mean_minutes": mark("Mean trip, capped (min)"),
    "gini": mark("Gini"),
    "theil_t": mark("Theil T"),
    "theil_within": mark("of it within areas"),
    "theil_between": mark("of it between areas"),
    "theil_l": mark("Theil L"),
    "atkinson_half": mark("Atkinson 0.5"),
    "atkinson_one": mark("Atkinson 1"),
    "hoover": mark("Hoover"),
    "p80_p20": mark("P80/P20"),
    "concentration": mark("Concentration by need"),
}


def caveat() -> str:
    """Return why relative indices mislead for travel times, with the worked example of the methods."""
    return _(
        "Read the equivalent trip first. Gini, Theil, Atkinson, Hoover and P80/P20 are relative: they mislead for "
        "burdens such as travel time. Four villages of equal size 10, 20, 60 and 90 min away have a Gini of 0.389; "
        "bring the nearest one down to 2 min and it rises to 0.442, though nobody is worse off; halve every trip and "
        "it stays 0.389, though everybody gains. The equivalent trip falls from 52.7 to 51.6 and to 24.4 min."
    )


def equity(result: StudyResult) -> Part:
    """Return every measure of inequality in the worst season, today and with the plan."""
    names = [service.name for service in result.config.service]
    texts = tuple(text for text in (_in_words(result, name) for name in names) if text)
    return Part(
        "equity",
        _("How unequal trips are"),
        texts or (_("Nobody could be counted."),),
        tuple(_measures(result, name) for name in names if texts),
        caveat() if texts else "",
    )


def _row(result: StudyResult, service: str, plan: str) -> dict[Any, Any]:
    rows = result.table("equity", service=service, plan=plan, season=WORST, demand_group=EVERYBODY)
    return dict(rows.iloc[0]) if len(rows) else {}


def _in_words(result: StudyResult, service: str) -> str:
    today, planned = (_row(result, service, plan) for plan in (BASELINE, HEADLINE))
    if not today or pd.isna(today["ede_minutes"]):
        return ""
    facts = {
        "service": service_name(result, service),
        "today": tenths(today["ede_minutes"]),
        "capped": people(today["capped_persons"]),
        "cap": numbers.minutes(result.config.siting.cap_minutes),
    }
    text = _("{service}: today's unequal trips are as bad as {today} min for everybody would be.")
    if planned and pd.notna(planned["ede_minutes"]):
        text = _(
            "{service}: today's unequal trips are as bad as {today} min for everybody would be; with the plan it is "
            "{planned} min."
        )
        facts["planned"] = tenths(planned["ede_minutes"])
    sentences = [text]
    if today["capped_persons"]:
        sentences.append(_("Trips over {cap} count as {cap}, and so do the people cut off: {capped} people today."))
    return " ".join(sentences).format(**facts)


def _measures(result: StudyResult, service: str) -> TextTable:
    today, planned = (_row(result, service, plan) for plan in (BASELINE, HEADLINE))
    rows = []
    for name, label in MEASURES.items():
        show: Callable[[Any], str] = tenths if name.endswith("_minutes") else fraction
        missing = today.get(name) is None or pd.isna(today[name])
        cells = [show(row[name]) if name in row and pd.notna(row[name]) else "" for row in (today, planned)]
        rows.append((_(label), _("cannot be told") if missing else cells[0], cells[1]))
    tier = word(TIERS, today.get("group_tier"))
    notes = [_("Worst season.")] if len(result.config.season) > 1 else []
    if tier:
        notes.append(_("Theil is split by: {tier}.").format(tier=tier))
    notes.append(
        _(
            "Theil L and Atkinson 1 cannot be told where somebody's time is 0; the concentration index where the data "
            "have no column of need, or need is alike everywhere."
        )
    )
    heads = (_("Measure"), Head(_("Today"), number=True), Head(_("With the plan"), number=True))
    return text_table(service_name(result, service), heads, rows, note=" ".join(notes), table="equity")


def _catchments(result: StudyResult) -> str:
    """Return how far catchments reach: one figure, or one per service where they differ."""
    reach = [catchment_minutes(result.config, result.norms[service.name]) for service in result.config.service]
    return " / ".join(numbers.minutes(minutes) for minutes in dict.fromkeys(reach))


def scores(result: StudyResult) -> Part:
    """Return the settlements with the lowest access scores, those without any access first."""
    names = [service.name for service in result.config.service]
    texts = (
        _(
            "Access scores set what facilities offer against the people who compete for it: a place is worse off the "
            "farther its facilities are and the more people share them. M2SFCA suits sparse areas: what is far counts "
            "as partly wasted. A place with no facility in its catchment ({minutes}) scores 0 and stays in every mean."
        ).format(minutes=_catchments(result)),
        *(text for text in (_without_access(result, name) for name in names) if text),
    )
    return Part("scores", _("Access scores"), texts, tuple(_lowest(result, name) for name in names))


def _scored(result: StudyResult, service: str) -> pd.DataFrame:
    return result.table("access_indicators", service=service, season=WORST, demand_group=EVERYBODY)


def _without_access(result: StudyResult, service: str) -> str:
    rows = _scored(result, service)
    if not len(rows):
        return ""
    none = rows[rows["m2sfca"] == 0]
    text = _("{service}: {n} of {all} places, {people} people, score 0; supply is counted in {unit}.")
    return text.format(
        service=service_name(result, service),
        n=numbers.persons(len(none)),
        all=numbers.persons(len(rows)),
        people=people(none["persons"].fillna(0).sum()),
        unit=word(SUPPLY_UNITS, rows["supply_unit"].iloc[0]),
    )


def _lowest(result: StudyResult, service: str) -> TextTable:
    names = SettlementNames(result)
    rows = _scored(result, service)
    # Where nobody needs the service nobody goes without.
    rows = rows[rows["persons"].isna() | (pd.to_numeric(rows["persons"]) > 0).fillna(value=False)]
    order = rows.assign(_people=-pd.to_numeric(rows["persons"]).astype("Float64").fillna(-1))
    order = order.sort_values(["m2sfca", "_people", "settlement_id"], kind="stable")
    cells = [
        (
            names[row["settlement_id"]],
            people(row["persons"]),
            *(tenths(row[name], missing=_("unknown")) for name in ("m2sfca", "e2sfca", "three_step")),
            numbers.persons(row["n_within"]),
            tenths(row["nearest_minutes"]),
            tenths(row["second_minutes"]),
        )
        for row in order.to_dict("records")
    ]
    heads: tuple[str | Head, ...] = (
        _("Place"),
        Head(counted(result.config), number=True),
        *(Head(name, number=True) for name in ("M2SFCA", "E2SFCA", "3SFCA")),
        Head(_("Facilities within the norm"), number=True),
        Head(_("Nearest (min)"), number=True),
        Head(_("Second nearest (min)"), number=True),
    )
    note = _("Supply per 1,000 people, lowest first. Three more measures are in the table.")
    if len(result.config.season) > 1:
        note = _("Supply per 1,000 people, worst season, lowest first. Three more measures are in the table.")
    return long_table(service_name(result, service), heads, cells, note=note, table="access_indicators")
