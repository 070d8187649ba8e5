"""Parts of the diagnosis about facilities: how full and how worn they are, and which fall below a threshold."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.language import ngettext, numbers
from geo.report.sections.content import Head, Part, TextTable, long_table
from geo.report.sections.names import NormTitles, SettlementNames, SiteNames, service_name
from geo.study.figures import people, percent
from geo.study.result import BASELINE, WHOLE_STUDY, StudyResult
from geo.study.wording import LEVELS, season_label, word

#: From this wear on a building is listed as worn; proposed.
WORN_PERCENT: Final = 70
#: Rounding of catchments shared among facilities: a place is full where less than this is free.
_FULL_PERSONS: Final = 0.5


def loads(result: StudyResult) -> Part:
    """Return which facilities are overloaded, near-empty and worn, and who would come to them."""
    table = result.tables["facility_load"]
    title = _("How full facilities are")
    if not len(table):
        return Part("loads", title, (_("No facility stands in this unit."),))
    by_capacity = (_catchments_in_words(result, service.name) for service in result.config.service)
    texts = [_verdicts(table), *(text for text in by_capacity if text), *_overload(table)]
    tables: list[TextTable] = []
    if table["utilisation"].notna().any():
        for verdict, name in (("overloaded", _("Overloaded")), ("near_empty", _("Near-empty"))):
            tables.append(_facilities(result, table[table["load_verdict"] == verdict], name, verdict))
    if table["wear_pct"].notna().any():
        texts.append(_wear_in_words(table))
        tables.append(_worn(result, table))
    tables += [_catchments(result, service.name) for service in result.config.service]
    return Part("loads", title, tuple(texts), tuple(tables))


def _verdicts(table: pd.DataFrame) -> str:
    counts = table["load_verdict"].value_counts()
    text = _(
        "Facilities: {all}. Overloaded (users above capacity): {overloaded}; near-empty (below 40 %, proposed): "
        "{near_empty}; between: {fitting}; capacity or users unknown: {unknown}."
    )
    codes = ("overloaded", "near_empty", "fitting", "unknown")
    return text.format(all=len(table), **{code: int(counts.get(code, 0)) for code in codes})


def _overload(table: pd.DataFrame) -> list[str]:
    """Return by how many the recorded users are more than the places, in a sentence; nothing where none are."""
    over = (table["load"] - table["capacity"]).clip(lower=0).fillna(0)
    n_over = int((over > 0).sum())
    if not n_over:
        return []
    text = ngettext(
        "Recorded users above capacity: {people}, at {n} facility.",
        "Recorded users above capacity: {people}, at {n} facilities.",
        n_over,
    )
    return [text.format(people=people(over.sum()), n=numbers.persons(n_over))]


def _facilities(result: StudyResult, rows: pd.DataFrame, title: str, verdict: str) -> TextTable:
    sites = SiteNames(result)
    # The fullest first, or the emptiest.
    ordered = rows.sort_values(["utilisation", "site_id"], ascending=[verdict == "near_empty", True])
    cells = [
        (
            sites[row["site_id"]],
            word(LEVELS, row["level"]),
            people(row["capacity"]),
            people(row["load"]),
            percent(row["utilisation"]),
            _wear(row["wear_pct"]),
        )
        for row in ordered.to_dict("records")
    ]
    heads = (
        _("Facility"),
        _("Level"),
        Head(_("Capacity"), number=True),
        Head(_("Users"), number=True),
        Head(_("Users over capacity"), number=True),
        Head(_("Wear"), number=True),
    )
    return long_table(title, heads, cells, _("{list}: none.").format(list=title), table="facility_load")


def _wear(value: Any) -> str:
    return percent(None if pd.isna(value) else float(value) / 100, digits=0)


def _wear_in_words(table: pd.DataFrame) -> str:
    text = _("Buildings worn by {percent} or more: {n} of {all} whose wear is known.")
    n_worn, n_known = int((table["wear_pct"] >= WORN_PERCENT).sum()), int(table["wear_pct"].notna().sum())
    return text.format(percent=_wear(WORN_PERCENT), n=numbers.persons(n_worn), all=numbers.persons(n_known))


def _worn(result: StudyResult, table: pd.DataFrame) -> TextTable:
    sites = SiteNames(result)
    worn = table[(table["wear_pct"] >= WORN_PERCENT).fillna(value=False)]
    ordered = worn.sort_values(["wear_pct", "site_id"], ascending=[False, True])
    cells = [
        (sites[row["site_id"]], word(LEVELS, row["level"]), _wear(row["wear_pct"]), percent(row["utilisation"]))
        for row in ordered.to_dict("records")
    ]
    heads = (_("Facility"), _("Level"), Head(_("Wear"), number=True), Head(_("Users over capacity"), number=True))
    unknown = int(table["wear_pct"].isna().sum())
    note = _("Wear unknown for facilities: {n}.").format(n=numbers.persons(unknown)) if unknown else ""
    title = _("Most worn buildings ({percent} or more)").format(percent=_wear(WORN_PERCENT))
    nothing = _("{list}: none.").format(list=title)
    return long_table(title, heads, cells, nothing, note, "facility_load", shown=5)


def _catchments_in_words(result: StudyResult, service: str) -> str:
    """Return how many facilities are full where nobody is sent to a full one, and who finds no place in all."""
    rows = result.table("facility_load", service=service)
    rows = rows[rows["capacity_persons"].notna()]
    if not len(rows):
        return ""
    label = service_name(result, service)
    full = int((rows["capacity_persons"] > rows["capacity"] - _FULL_PERSONS).fillna(value=False).sum())
    if result.unit_id != WHOLE_STUDY:
        # People of other units come here and those of this one go elsewhere: only the whole study can tell the rest.
        text = _("{service}: where nobody is sent to a full place, {n} of {all} facilities are full.")
        return text.format(service=label, n=numbers.persons(full), all=numbers.persons(len(rows)))
    left, no_way = _without_a_place(result, service, rows)
    if not left:
        text = _("{service}: where nobody is sent to a full place, everybody finds one.")
        return text.format(service=label)
    text = _(
        "{service}: where nobody is sent to a full place, {people} people find none: {n} of {all} facilities are full."
    )
    if no_way == left:
        text = _(
            "{service}: where nobody is sent to a full place, everybody finds one but {people} people without a way."
        )
    elif no_way:
        text = _(
            "{service}: where nobody is sent to a full place, {people} people find none, {no_way} of them for want of "
            "a way: {n} of {all} facilities are full."
        )
    return text.format(
        service=label,
        people=people(left),
        no_way=people(no_way),
        n=numbers.persons(full),
        all=numbers.persons(len(rows)),
    )


def _without_a_place(result: StudyResult, service: str, rows: pd.DataFrame) -> tuple[int, int]:
    """Return how many known people of the whole study find no place by capacity, and how many of them have no way."""
    everybody = int(result.settlements[f"{service}_persons"].fillna(0).sum())
    season = str(rows["season"].iloc[0])
    today = result.table("access_settlement", service=service, plan=BASELINE, season=season)
    no_way = int(today.loc[today["minutes"].isna(), "persons"].fillna(0).sum())
    left = everybody - round(float(rows["capacity_persons"].sum()))
    return max(left, 0), min(no_way, max(left, 0))


def _catchments(result: StudyResult, service: str) -> TextTable:
    sites = SiteNames(result)
    rows = result.table("facility_load", service=service)
    rows = rows[rows["nearest_persons"].notna()].sort_values(["nearest_persons", "site_id"], ascending=[False, True])
    counts = ("capacity", "load", "nearest_persons", "capacity_persons", "gravity_persons")
    cells = [
        (
            sites[row["site_id"]],
            *(people(row[name]) for name in counts),
        )
        for row in rows.to_dict("records")
    ]
    heads = (
        _("Facility"),
        Head(_("Capacity"), number=True),
        Head(_("Users"), number=True),
        Head(_("Catchment, nearest"), number=True),
        Head(_("Catchment, by capacity"), number=True),
        Head(_("Catchment, gravity"), number=True),
    )
    note = _(
        "Nearest: everybody goes to the nearest. By capacity: nobody is sent to a full place, trips in all as short as "
        "can be. Gravity: large and near facilities attract. Facilities whose level is too low to serve are left out."
    )
    if rows["capacity"].isna().any():
        note += " " + _("A facility whose capacity is unknown counts as never full.")
    if len(rows):
        note += " " + _("Season: {season}.").format(season=season_label(result, str(rows["season"].iloc[0])))
    nothing = _("No facility serves at the level that counts.")
    title = _("Who would come: {service}").format(service=service_name(result, service))
    return long_table(title, heads, cells, nothing, note, "facility_load", shown=5)


def thresholds(result: StudyResult) -> Part:
    """Return settlements and schools that are, or are going to be, below a threshold of the norms."""
    table = result.tables["viability"]
    title = _("Thresholds of size, now and projected")
    if not len(table):
        text = _("The norm packs of the study have no threshold of size that a place or a facility here could miss.")
        return Part("thresholds", title, (text,))
    text = _(
        "Below a threshold, or going to be by the projection of today's trend. A threshold tells when another form of "
        "provision has to be found for the people who live there; it is no reason to leave them without one."
    )
    unknown = int((table["now"].isna()).sum())
    more = [_("People or pupils unknown, not listed: {n}.").format(n=unknown)] if unknown else []
    parts = (("settlement", _("Settlements")), ("facility", _("Schools and other facilities")))
    tables = tuple(_below(result, table[table["subject"] == subject], name) for subject, name in parts)
    return Part("thresholds", title, (" ".join([text, *more]),), tables)


def _below(result: StudyResult, rows: pd.DataFrame, title: str) -> TextTable:
    titles, places, sites = NormTitles(result), SettlementNames(result), SiteNames(result)
    told = rows[rows["now"].notna() & ((rows["status"] == "unmet") | rows["year_base"].notna())]
    told = told.assign(_later=told["status"] != "unmet").sort_values(
        ["_later", "threshold", "year_base", "now", "settlement_id", "site_id"], kind="stable"
    )
    cells = [
        (
            sites[row["site_id"]] if row["site_id"] else places[row["settlement_id"]],
            titles.title(row["pack"], row["norm_id"]),
            people(row["threshold"]),
            people(row["now"]),
            _projected(row),
            _since(row),
        )
        for row in told.to_dict("records")
    ]
    years = rows["year"].dropna().unique()
    ahead = _("In {year}, from low to high").format(year=int(years[0])) if len(years) == 1 else _("Projected")
    heads = (
        _("Place"),
        _("Threshold"),
        Head(_("At least"), number=True),
        Head(_("Now"), number=True),
        Head(ahead, number=True),
        _("Below it from"),
    )
    nothing = _("{list}: none is below a threshold, now or by then.").format(list=title)
    note = _(
        "Low and high: growth one standard deviation lower or higher. People are rounded, the years are not. Unknown: "
        "no earlier count to project from."
    )
    return long_table(title, heads, cells, nothing, note, "viability")


def _projected(row: dict[Any, Any]) -> str:
    if pd.isna(row["base"]):
        return _("unknown")
    low, base, high = (people(row[name]) for name in ("low", "base", "high"))
    return base if low == high else _("{base} ({low} to {high})").format(base=base, low=low, high=high)


def _since(row: dict[Any, Any]) -> str:
    if row["status"] == "unmet":
        return _("today already")
    year = int(row["year_base"])
    if pd.notna(row["year_high"]):
        return str(year)
    return _("{year}; not if growth is higher").format(year=year)
