"""Parts of the programme about people: how many there will be, what that means for schools and new sites, and zones."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from geo.language import gettext as _
from geo.language import ngettext, numbers
from geo.report.sections.content import Head, Part, TextTable, long_table, text_table
from geo.report.sections.names import SettlementNames, SiteNames, service_name, tied_norms
from geo.study.figures import people
from geo.study.programme.people_words import ASSET_VERDICTS, HAZARDS, METHODS
from geo.study.result import WHOLE_STUDY, StudyResult
from geo.study.wording import LEVELS, word


def people_to_come(result: StudyResult) -> Part | None:
    """Return who will live where by the projection, how it was made, and who falls below a threshold when."""
    rows = result.tables["projection"]
    if not len(rows):
        return None
    everybody = rows[rows["need"] == ""]
    first, last = int(everybody["year"].min()), int(everybody["year"].max())
    sentences = [_total(everybody, first, last), _methods(everybody, first)]
    sentences += [
        _of_service(result, rows, service.name, first, last)
        for service in result.config.service
        if service.demand != ("pop_total",) or service.demand_share < 1
    ]
    sentences += _controls(result, everybody)
    caveat = _(
        "A projection carries today's trend on; it is no forecast, and nobody has to accept it. Where nothing is "
        "known of ages, those who need a service keep their share of a settlement's people (proposed)."
    )
    tables = (_settlements(result, everybody, first, last), _spirals(result))
    title = _("People to come, {first} to {last}").format(first=first, last=last)
    return Part("people-to-come", title, tuple(text for text in sentences if text), tables, caveat)


def _total(everybody: pd.DataFrame, first: int, last: int) -> str:
    """Return everybody's people now and then, both of the same settlements, and whom that leaves out."""
    now, then = _now_and_then(everybody, first, last)
    known = then["base"].notna()
    if not known.any():
        text = _(
            "{now} people live here in {first}; how many in {last} is unknown: nothing tells how settlements grow, or "
            "their people are unknown."
        )
        return text.format(now=people(now.sum(min_count=1)), first=first, last=last)
    facts: dict[str, Any] = {"first": first, "last": last, "n": int(known.sum()), "now": people(now[known].sum())}
    facts |= {name: people(then.loc[known, name].sum()) for name in ("low", "base", "high")}
    ranged = known & then["low"].notna() & then["high"].notna()
    sentences = [_sum_of(complete=bool(known.all()), ranged=bool(ranged[known].all())).format(**facts)]
    if ranged.any() and not ranged[known].all():
        text = ngettext(
            "A range is known for {n} of these settlements: {base} people there in {last}, {low} if it grew by one "
            "standard deviation less, {high} if by one more.",
            "A range is known for {n} of these settlements: {base} people there in {last}, {low} if every place grew "
            "by one standard deviation less, {high} if by one more.",
            int(ranged.sum()),
        )
        sums = {name: people(then.loc[ranged, name].sum()) for name in ("low", "base", "high")}
        sentences.append(text.format(n=int(ranged.sum()), last=last, **sums))
    if not known.all():
        sentences.append(_left_out(now[~known], first))
    return " ".join(sentences)


def _now_and_then(rows: pd.DataFrame, first: int, last: int) -> tuple[pd.Series, pd.DataFrame]:
    """Return people of the first year and the rows of the last, by settlement in the same order."""
    then = rows[rows["year"] == last].set_index("settlement_id")
    now = rows[rows["year"] == first].set_index("settlement_id")["base"].reindex(then.index)
    return now, then


def _sum_of(*, complete: bool, ranged: bool) -> str:
    """Return the sentence of the sums: of all settlements or of those projected, with a range or without."""
    if complete and ranged:
        return _(
            "{now} people live here in {first}, and {base} by the projection in {last}: {low} if every place grew by "
            "one standard deviation less, {high} if by one more."
        )
    if complete:
        return _("{now} people live here in {first}, and {base} by the projection in {last}.")
    if ranged:
        return _(
            "Settlements that can be projected: {n}. {now} people live there in {first}, and {base} by the projection "
            "in {last}: {low} if every place grew by one standard deviation less, {high} if by one more."
        )
    return _(
        "Settlements that can be projected: {n}. {now} people live there in {first}, and {base} by the projection in "
        "{last}."
    )


def _left_out(now: pd.Series, first: int) -> str:
    """Return which settlements are in no sum, with their people of today."""
    text = ngettext(
        "{n} settlement is in none of these sums ({people} people in {first}): nothing tells how it grows, or its "
        "people are unknown.",
        "{n} settlements are in none of these sums ({people} people in {first}): nothing tells how they grow, or their "
        "people are unknown.",
        len(now),
    )
    return text.format(n=len(now), people=people(now.sum(min_count=1)), first=first)


def _methods(everybody: pd.DataFrame, first: int) -> str:
    counts = everybody[everybody["year"] == first]["method"].value_counts()
    parts = [
        _("{method}: {n}").format(method=word(METHODS, method), n=numbers.persons(int(counts[method])))
        for method in METHODS
        if method in counts
    ]
    return _("How settlements are projected: {list}.").format(list="; ".join(parts))


def _of_service(result: StudyResult, rows: pd.DataFrame, service: str, first: int, last: int) -> str:
    """Return who needs a service now and then, both in the same settlements, and whom that leaves out."""
    own = rows[rows["need"] == service]
    if not len(own):
        return ""
    now, then = _now_and_then(own, first, last)
    known = then["base"].notna()
    facts: dict[str, Any] = {"service": service_name(result, service), "first": first, "last": last}
    if not known.any():
        text = _("{service}: {now} people need it in {first}; how many in {last} is unknown.")
        return text.format(**facts, now=people(now.sum(min_count=1)))
    facts |= {"now": people(now[known].sum()), "base": people(then.loc[known, "base"].sum())}
    if known.all():
        return _("{service}: {now} people need it in {first}, {base} in {last}.").format(**facts)
    n = int((~known).sum())
    if now[~known].isna().all():
        text = ngettext(
            "{service}: {now} people need it in {first}, {base} in {last}, without {n} settlement of unknown size.",
            "{service}: {now} people need it in {first}, {base} in {last}, without {n} settlements of unknown size.",
            n,
        )
        return text.format(**facts, n=n)
    text = ngettext(
        "{service}: {now} people need it in {first}, {base} in {last}, without the {others} people in {first} of {n} "
        "settlement that cannot be projected.",
        "{service}: {now} people need it in {first}, {base} in {last}, without the {others} people in {first} of {n} "
        "settlements that cannot be projected.",
        n,
    )
    return text.format(**facts, n=n, others=people(now[~known].sum(min_count=1)))


def _controls(result: StudyResult, everybody: pd.DataFrame) -> list[str]:
    """Return which published totals the unit keeps to, or that it could not."""
    rules = result.config.projection
    controls = () if rules is None else rules.control
    if result.unit_id != WHOLE_STUDY:
        controls = tuple(control for control in controls if control.unit == result.unit_id)
    if not controls:
        return []
    kept = bool(everybody["raked"].any())
    text = (
        _("Settlements are kept to published totals: {list}.")
        if kept
        else _("Published totals are not used, as the people of some settlements are unknown: {list}.")
    )
    parts = [
        _("{people} people in {year} ({source})").format(
            people=people(control.persons), year=control.year, source=control.source
        )
        for control in controls
    ]
    return [text.format(list="; ".join(parts))]


def _settlements(result: StudyResult, everybody: pd.DataFrame, first: int, last: int) -> TextTable:
    names = SettlementNames(result)
    now = everybody[everybody["year"] == first].set_index("settlement_id")["base"]
    then = everybody[everybody["year"] == last].set_index("settlement_id")
    change = (then["base"] - now).astype("Float64")
    order = change.sort_index().sort_values(kind="stable", na_position="last").index
    cells = [
        (
            names[settlement_id],
            people(now[settlement_id]),
            _range(then.loc[settlement_id]),
            _signed(change[settlement_id]),
            word(METHODS, then.loc[settlement_id, "method"]),
        )
        for settlement_id in order
    ]
    heads = (
        _("Place"),
        Head(str(first), number=True),
        Head(_("In {year}, from low to high").format(year=last), number=True),
        Head(_("Change"), number=True),
        _("How"),
    )
    note = _("Low and high: growth one standard deviation lower or higher. Whole people, adding up to the unit's.")
    return long_table(_("Settlements, the largest losses first"), heads, cells, note=note, table="projection")


def _range(row: pd.Series) -> str:
    if pd.isna(row["base"]):
        return _("unknown")
    low, base, high = (people(row[name]) for name in ("low", "base", "high"))
    if pd.isna(row["low"]) or low == high:
        return base
    return _("{base} ({low} to {high})").format(base=base, low=low, high=high)


def _signed(change: Any) -> str:
    if pd.isna(change):
        return _("unknown")
    sign = "−" if change < 0 else "+" if change > 0 else ""
    return f"{sign}{numbers.persons(abs(float(change)))}"


def _spirals(result: StudyResult) -> TextTable:
    """Return the facilities whose decline may take families along."""
    sites = SiteNames(result)
    rows = result.table("projection_events", warning="closure_spiral")
    rows = rows.sort_values(["year_base", "base", "site_id"], kind="stable")
    cells = [
        (
            sites[row["site_id"]],
            word(LEVELS, row["level"]),
            people(row["now"]),
            people(row["base"]),
            people(row["threshold"]),
            _since(row),
            numbers.minutes(float("inf") if pd.isna(row["next_minutes"]) else float(row["next_minutes"])),
        )
        for row in rows.to_dict("records")
    ]
    years = rows["year"].dropna().unique()
    then = _("In {year}").format(year=int(years[0])) if len(years) == 1 else _("Projected")
    heads = (
        _("Facility"),
        _("Level"),
        Head(_("Now"), number=True),
        Head(then, number=True),
        Head(_("At least"), number=True),
        _("Below it from"),
        Head(_("To the next one"), number=True),
    )
    note = _(
        "Below the threshold by then, the only one of its level in the village, and losing users: families with "
        "children may leave as well (proposed rule). It says by when a bus, a boarding place or classes together have "
        "to be ready; it is no reason to close. Minutes to the next one of this level or above, worst season."
    )
    title = _("Where a shrinking school may take families with it")
    nothing = _("{list}: none by then.").format(list=title)
    return long_table(title, heads, cells, nothing, note, "projection_events")


def _since(row: dict[Any, Any]) -> str:
    if row["now"] < row["threshold"]:
        return _("today already")
    year = int(row["year_base"])
    return str(year) if pd.notna(row["year_high"]) else _("{year}; not if growth is higher").format(year=year)


#: Verdicts about new sites in the order of the table.
_WORST_FIRST: Final = ("stranded", "falls_short", "unknown", "lasting", "no_threshold")


def lasting_sites(result: StudyResult) -> Part | None:
    """Return whether enough people will come to the plan's new sites for as long as the buildings last."""
    rows = result.tables["asset_life"]
    if not len(rows):
        return None
    sites = SiteNames(result)
    # What the reader has to know of comes first.
    order = rows["asset_verdict"].map({name: place for place, name in enumerate(_WORST_FIRST)})
    rows = rows.assign(_order=order).sort_values("_order", kind="stable")
    stranded = rows[rows["asset_verdict"] == "stranded"]
    sentences = [_counted_from(rows), *(_stranded(result, row, sites) for row in stranded.to_dict("records"))]
    sentences += _not_stranded(rows["asset_verdict"])
    cells = [
        (
            sites[row["site_id"]],
            service_name(result, row["service"]),
            str(int(row["opens"])),
            people(row["now"]),
            people(row["at_half_life"]),
            people(row["at_end"]),
            "–" if pd.isna(row["threshold"]) else people(row["threshold"]),
            word(ASSET_VERDICTS, row["asset_verdict"]),
        )
        for row in rows.to_dict("records")
    ]
    heads = (
        _("New site"),
        _("Service"),
        Head(_("Counted from"), number=True),
        Head(_("Comes now"), number=True),
        Head(_("After half of its lifetime"), number=True),
        Head(_("At its end"), number=True),
        Head(_("At least"), number=True),
        _("Verdict"),
    )
    caveat = _("So many years ahead a projection only says what today's trend would lead to.")
    title = _("New sites") if result.config.programme is not None else _("New sites of the headline plan")
    ties = tied_norms(result, rows["tied_norms"])
    note = f"{ties[0].upper()}{ties[1:]}." if ties else ""
    table = text_table(title, heads, cells, note=note, table="asset_life")
    return Part(
        "lasting-sites", _("Will the new buildings be needed as long as they last?"), tuple(sentences), (table,), caveat
    )


def _counted_from(rows: pd.DataFrame) -> str:
    """Return from which years sites are counted as standing there, and by whose plan."""
    by_item, others = (rows[rows["opened_by"] == one] for one in ("programme", "headline"))
    texts = []
    if len(by_item):
        first, last = int(by_item["opens"].min()), int(by_item["opens"].max())
        if first == last:
            text = _("Sites of the programme are counted from the year of their item, {first}: who comes is projected.")
        else:
            text = _(
                "Sites of the programme are counted from the year of their item, {first} to {last}: who comes is "
                "projected."
            )
        texts.append(text.format(first=first, last=last))
    if len(others):
        text = ngettext(
            "{n} site of the headline plan is in no year of the programme: it is counted from {first} on.",
            "{n} sites of the headline plan are in no year of the programme: they are counted from {first} on.",
            len(others),
        )
        if not len(by_item):
            text = _("Sites of the headline plan are counted from {first} on.")
        texts.append(text.format(n=numbers.persons(len(others)), first=int(others["opens"].min())))
    return " ".join(texts)


def _not_stranded(verdicts: pd.Series) -> list[str]:
    """Return that no site is stranded where any can be judged, and how many cannot be and why."""
    n_silent, n_unknown = int((verdicts == "no_threshold").sum()), int((verdicts == "unknown").sum())
    found = []
    if verdicts.isin(["lasting", "falls_short"]).any() and not (verdicts == "stranded").any():
        text = _("By the projection no new site falls below a threshold before half of its lifetime is over.")
        if n_silent or n_unknown:
            text = _(
                "By the projection no new site that can be judged falls below a threshold before half of its lifetime "
                "is over."
            )
        found.append(text)
    if n_silent:
        text = ngettext(
            "{n} new site cannot be judged: no norm asks for a least number of people at its level.",
            "{n} new sites cannot be judged: no norm asks for a least number of people at their level.",
            n_silent,
        )
        found.append(text.format(n=n_silent))
    if n_unknown:
        text = ngettext(
            "{n} new site cannot be judged: how many people will come to it is unknown.",
            "{n} new sites cannot be judged: how many people will come to them is unknown.",
            n_unknown,
        )
        found.append(text.format(n=n_unknown))
    return found


def _stranded(result: StudyResult, row: dict[Any, Any], sites: SiteNames) -> str:
    facts = {
        "site": sites[row["site_id"]],
        "service": service_name(result, row["service"]),
        "now": people(row["now"]),
        "threshold": people(row["threshold"]),
        "years": numbers.persons(float(row["lifetime_years"])),
        "half": int(row["half_life"]),
    }
    if row["now"] < row["threshold"]:
        text = _(
            "{site} ({service}): {now} people would come today, fewer than the {threshold} that the norm asks for. The "
            "building would last {years} years. It is not to be called robust: compare a bus, a visiting service or a "
            "smaller form first."
        )
        return text.format(**facts)
    text = _(
        "{site} ({service}): {now} people would come today, but from {year} on fewer than the {threshold} that the "
        "norm asks for, before half of its {years} years is over ({half}). It is not to be called robust: compare a "
        "bus, a visiting service or a smaller form first."
    )
    return text.format(**facts, year=int(row["year_base"]))


def zones(result: StudyResult) -> Part | None:
    """Return who lives in hazard zones, that they count, and whether anything is recommended there."""
    rows = result.tables["zone_people"]
    if not len(rows):
        return None
    sentences = []
    for row in rows.to_dict("records"):
        facts = {"kind": word(HAZARDS, row["hazard_kind"]), "people": people(row["persons"])}
        n = int(row["n_settlements"])
        text = ngettext(
            "Zone ({kind}): {people} people live in {n} settlement inside it. They count in every figure like anybody "
            "else.",
            "Zone ({kind}): {people} people live in {n} settlements inside it. They count in every figure like anybody "
            "else.",
            n,
        )
        sentences.append(" ".join([text.format(n=n, **facts), *_building(row)]))
    return Part("zones", _("People in hazard zones"), tuple(sentences))


def _building(row: dict[Any, Any]) -> list[str]:
    n = int(row["n_recommended"])
    found = []
    if row["effect"] == "exclude" and not n:
        found.append(_("Nothing may be built there, and none of the recommended sites stands in it."))
    elif n:
        found.append(_("Recommended new sites inside it: {n}.").format(n=n))
    if int(row["unknown_settlements"]):
        found.append(_("People unknown in {n} of them.").format(n=int(row["unknown_settlements"])))
    return found
