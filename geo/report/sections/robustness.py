"""Part of the report: how sure each site is, between what the figures lie, and which assumption moves them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from geo.language import current, ngettext, numbers
from geo.language import gettext as _
from geo.maps.classes import COLOURS
from geo.planning.robustness import interval
from geo.report.sections.content import Head, Part, TextTable, long_table
from geo.report.sections.names import service_name
from geo.study.figures import percent
from geo.study.result import WHOLE_STUDY, StudyResult
from geo.study.robust_words import LABELS, assumption_in_words, depends_on, percent_of_runs
from geo.study.wording import by_what_counts, listed, site_name, word

#: Sites outside the plan are listed from this share of the runs on; the workbook has all.
_LISTED_SHARE: Final = 0.05
_MOST_BARS: Final = 10
_WIDTH: Final = 720
_LABEL_WIDTH: Final = 300
#: Room for the numbers beside the longest bars.
_MARGIN: Final = 48
_STEP: Final = 30
_BAR: Final = 9
_LOW, _HIGH = COLOURS[0], COLOURS[3]


def robustness(result: StudyResult) -> Part | None:
    """Return the part; None where the study asks for no runs."""
    rules = result.config.robustness
    if rules is None:
        return None
    title = _("How sure each site is")
    runs = result.tables["robustness_runs"]
    if not len(runs):
        return Part("robustness", title, (_not_run(result),))
    services = [service.name for service in result.config.service if service.name in set(runs["service"])]
    sentences = [_what_was_done(result, int(runs["run"].max()))]
    for service in services:
        parts = (_between(result, service), _weak(result, service))
        sentences.append(" ".join(text for text in parts if text))
    caveat = _(
        "The spreads of the assumptions are proposed, none is measured; the share of runs is no probability that a "
        "site is right. Runs see the same draws in every service and unit, so that they compare one by one."
    )
    charts = [chart for chart in (_tornado(result, service) for service in services) if chart is not None]
    return Part("robustness", title, tuple(sentences), (_sites(result), _effects(result)), caveat, tuple(charts))


def _not_run(result: StudyResult) -> str:
    rules = result.config.robustness
    if rules is not None and len(result.settlements) > rules.most_settlements:
        text = _("No sensitivity runs here: they are made in units of at most {n} settlements.")
        return text.format(n=numbers.persons(rules.most_settlements))
    if rules is not None and result.unit_id == WHOLE_STUDY and not rules.runs_all:
        return _("No sensitivity runs for the whole study: see its units.")
    return _("No sensitivity runs: there is no plan that meets the conditions.")


def _what_was_done(result: StudyResult, n_runs: int) -> str:
    varied = _varied(result)
    text = ngettext(
        "The plan was worked out again in {n} run with other {assumptions}.",
        "The plan was worked out again in {n} runs with other {assumptions}.",
        n_runs,
    ).format(n=numbers.persons(n_runs), assumptions=listed(varied))
    if not varied:
        text = _("The study varies nothing: every run is the plan as it is.")
    rules = result.config.robustness
    if rules is not None and result.unit_id == WHOLE_STUDY and rules.runs_all < rules.runs:
        more = _("That is fewer than the {n} of each unit, because plans of the whole study take longer.")
        text += " " + more.format(n=numbers.persons(rules.runs))
    return text


def _varied(result: StudyResult) -> list[str]:
    """Return what differs between the runs: the assumptions that were changed one at a time as well."""
    kinds = set(result.tables["tornado"]["assumption"])
    words = {
        _("speeds"): {"speed", "offroad"},
        _("closures"): {"closure", "flood"},
        _("numbers of people"): {"population"},
        _("norms"): {"norm"},
        _("prices"): {"price"},
        _("budgets"): {"budget"},
    }
    return [text for text, own in words.items() if own & kinds]


def _between(result: StudyResult, service: str) -> str:
    """Return between what the plan's people within the norm lie, and what the best plan of each run would add."""
    runs = result.table("robustness_runs", service=service)
    people = runs["run_persons"].astype(float)
    within = (runs["plan_persons"].astype(float) / people.where(people > 0)).dropna()
    allowed = runs["same_plan"].dropna().astype(bool)
    parts = []
    if len(within):
        low, _middle, high = interval(within.to_numpy())
        text = by_what_counts(
            result.config,
            _("{service}: in nine of ten runs, {low} to {high} of the people are within the norm with this plan."),
            _("{service}: in nine of ten runs, {low} to {high} of the settlements are within the norm with this plan."),
        )
        parts.append(text.format(service=service_name(result, service), low=percent(low), high=percent(high)))
    if len(allowed):
        text = _("In {percent} % of the runs no other plan is better.")
        parts.append(text.format(percent=percent_of_runs(allowed.sum(), len(runs))))
        _low, _middle, most = interval(runs["regret_persons"].astype(float).to_numpy())
        if most > 0:
            text = by_what_counts(
                result.config,
                _("In nineteen of twenty runs the best plan brings at most {people} more people within the norm."),
                _("In nineteen of twenty runs the best plan brings at most {people} more settlements within the norm."),
            )
            parts.append(text.format(people=numbers.persons(most)))
    without = len(runs) - len(allowed)
    if without:
        text = ngettext("In {n} run no plan is allowed.", "In {n} runs no plan is allowed.", without)
        parts.append(text.format(n=numbers.persons(without)))
    return " ".join(parts)


def _weak(result: StudyResult, service: str) -> str:
    """Name the sites of the plan that fewer than half of the runs choose, and what is chosen instead."""
    rows = result.table("robustness", service=service)
    planned = rows[rows["in_headline"].astype(bool)]
    if not len(planned):
        return ""
    weak = planned[planned["robustness_label"] == "weak"]
    if not len(weak):
        return _("No site of the plan is weak.")
    names = listed([site_name(result, service, str(site)) for site in weak["site_id"]])
    text = ngettext(
        "Weak choice: {places}, as fewer than half of the runs choose it.",
        "Weak choices: {places}, as fewer than half of the runs choose each.",
        len(weak),
    )
    parts = [text.format(places=names)]
    others = rows[~rows["in_headline"].astype(bool) & (rows["action"] == "open")]
    if len(others):
        best = others.iloc[0]
        text = _("Chosen most often instead: {place}, in {percent} % of the runs.")
        place = site_name(result, service, str(best["site_id"]))
        parts.append(text.format(place=place, percent=percent_of_runs(best["chosen_runs"], best["runs"])))
    return " ".join(parts)


def _sites(result: StudyResult) -> TextTable:
    table = result.tables["robustness"]
    shown = table[table["in_headline"].astype(bool) | (table["chosen_share"] >= _LISTED_SHARE)]
    rows = []
    for _number, row in shown.iterrows():
        service, site = str(row["service"]), str(row["site_id"])
        rows.append(
            (
                site_name(result, service, site),
                service_name(result, service),
                _role(row),
                _share(row),
                word(LABELS, row["robustness_label"]) if bool(row["in_headline"]) else "",
                depends_on(result, row) or _("no single assumption"),
            )
        )
    heads: tuple[str | Head, ...] = (
        _("Site"),
        _("Service"),
        _("In the plan"),
        Head(_("Runs that choose it"), number=True),
        _("How sure"),
        _("Depends most on"),
    )
    note = _(
        "Robust: in 80 % of the runs or more; weak: in fewer than 50 % (proposed). In brackets: the 95 % interval of "
        "the share. Depends most on: the assumption that explains most of the choice by itself (first-order index), "
        "named only where chance alone would hardly do so. Sites that fewer than 5 % choose are in tables.xlsx."
    )
    return long_table(_("Sites"), heads, rows, note=note, table="robustness", shown=25)


def _role(row: pd.Series) -> str:
    if not bool(row["in_headline"]):
        return _("no")
    return _("yes, closes") if row["action"] == "close" else _("yes")


def _share(row: pd.Series) -> str:
    text = _("{percent} ({low} to {high})")
    ends = (numbers.decimal(100 * float(row[name]), 0) for name in ("share_low", "share_high"))
    low, high = ends
    whole = _("{percent} %").format(percent=percent_of_runs(row["chosen_runs"], row["runs"]))
    return text.format(percent=whole, low=low, high=high).replace(" ", numbers.NO_BREAK_SPACE)


def _effects(result: StudyResult) -> TextTable:
    """Return what each assumption does by itself."""
    table = result.tables["tornado"]
    moves = (table["low_persons"] != table["base_persons"]) | (table["high_persons"] != table["base_persons"])
    shown = table[moves | (table["low_sites"] != "") | (table["high_sites"] != "")]
    rows = [
        (
            _tornado_label(result, row),
            service_name(result, str(row["service"])),
            _range(row),
            numbers.persons(row["low_persons"]),
            numbers.persons(row["base_persons"]),
            numbers.persons(row["high_persons"]),
            _other(result, row, "low_sites"),
            _other(result, row, "high_sites"),
        )
        for _number, row in shown.iterrows()
    ]
    heads: tuple[str | Head, ...] = (
        _("Assumption"),
        _("Service"),
        _("From low to high"),
        Head(_("Beyond, low"), number=True),
        Head(_("Beyond, as planned"), number=True),
        Head(_("Beyond, high"), number=True),
        _("Other sites, low"),
        _("Other sites, high"),
    )
    nothing = _("No assumption changes anything by itself.")
    note = _(
        "One assumption at a time, all others as in the study; the plan stays the same. Speeds are at the ends of nine "
        "in ten draws, the number of people is that of all places on average. What changes nothing is left out here."
    )
    return long_table(_("One assumption at a time"), heads, rows, nothing, note, "tornado", shown=12)


def _other(result: StudyResult, row: pd.Series, column: str) -> str:
    if not bool(row["sites_sought"]):
        return _("not sought")
    sites = str(row[column]).split()
    return "; ".join(site_name(result, str(row["service"]), site) for site in sites) or _("the same")


def _range(row: pd.Series) -> str:
    """Return both ends of an assumption: in percent against the study, of closures in words."""
    if row["assumption"] in ("closure", "flood"):
        return _("open to closed")
    text = _("{low} to {high}")
    low, high = (_signed(100 * (float(row[name]) - 1)) for name in ("low_value", "high_value"))
    return text.format(low=low, high=high).replace(" ", numbers.NO_BREAK_SPACE)


def _signed(percent_off: float) -> str:
    sign = "+" if percent_off > 0 else "−" if percent_off < 0 else ""
    return _("{percent} %").format(percent=sign + numbers.decimal(abs(percent_off), 0))


def _tornado_label(result: StudyResult, row: pd.Series) -> str:
    kind = str(row["assumption"])
    if kind == "population":
        return _("people, low and high projection")
    return assumption_in_words(result, kind, str(row["assumption_about"]))


def _tornado(result: StudyResult, service: str) -> Mapping[str, Any] | None:
    """Return the tornado of a service: people beyond the norm at both ends of each assumption; None without effects."""
    table = result.table("tornado", service=service)
    moves = (table["low_persons"] != table["base_persons"]) | (table["high_persons"] != table["base_persons"])
    rows = table[moves].head(_MOST_BARS)
    if not len(rows):
        return None
    ends = rows[["low_persons", "base_persons", "high_persons"]].astype(float)
    least, most = float(ends.to_numpy().min()), float(ends.to_numpy().max())
    scale = (_WIDTH - _LABEL_WIDTH - 2 * _MARGIN) / (most - least)

    def across(persons: float) -> float:
        return round(_LABEL_WIDTH + _MARGIN + (persons - least) * scale, 1)

    base = across(float(rows["base_persons"].iloc[0]))
    rects: list[dict[str, Any]] = []
    texts: list[dict[str, Any]] = []
    top = 20
    for place, (_number, row) in enumerate(rows.iterrows()):
        y = top + place * _STEP
        texts.append(_text(0, y + 13, _tornado_label(result, row)))
        for line, (column, colour) in enumerate((("low_persons", _LOW), ("high_persons", _HIGH))):
            end, at = across(float(row[column])), y + line * (_BAR + 1)
            if end == base:
                continue
            rects.append({"x": min(base, end), "y": at, "width": abs(end - base), "height": _BAR, "colour": colour})
            side = 4 if end > base else -4
            anchor = "start" if end > base else "end"
            texts.append(_text(end + side, at + 9, numbers.persons(row[column]), 10, anchor))
    bottom = top + len(rows) * _STEP
    texts.append(_text(base, 12, numbers.persons(rows["base_persons"].iloc[0]), 12, "middle"))
    rects += [
        {"x": _LABEL_WIDTH + 200 * number, "y": bottom + 6, "width": 14, "height": 12, "colour": colour}
        for number, colour in enumerate((_LOW, _HIGH))
    ]
    words = (_("assumption at its low end"), _("at its high end"))
    texts += [_text(_LABEL_WIDTH + 200 * number + 19, bottom + 16, text) for number, text in enumerate(words)]
    title = by_what_counts(
        result.config,
        _("{service}: people beyond the norm in the worst season with the plan, one assumption changed at a time"),
        _("{service}: settlements beyond the norm in the worst season with the plan, one assumption changed at a time"),
    )
    return {
        "title": title.format(service=result.service(service).label.in_language(current())),
        "width": _WIDTH,
        "height": bottom + 24,
        "rects": rects,
        "lines": [{"x1": base, "y1": 16, "x2": base, "y2": bottom}],
        "texts": texts,
    }


def _text(x: float, y: float, text: str, size: int = 12, anchor: str = "start") -> dict[str, Any]:
    return {"x": round(x, 1), "y": y, "text": text, "size": size, "anchor": anchor}
