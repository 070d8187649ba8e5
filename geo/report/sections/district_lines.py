"""Parts of the programme about lines between areas: what the district line costs, and what planning together gains."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo.language import current, ngettext, numbers
from geo.language import gettext as _
from geo.report.sections.content import Head, Part, TextTable, text_table
from geo.report.sections.names import SettlementNames, SiteNames, service_name
from geo.study.diagnosis.words import TIERS
from geo.study.figures import people, percent, tenths
from geo.study.programme.choice_words import WORDS
from geo.study.programme.frontier_words import Rows, money, too_large
from geo.study.result import WHOLE_STUDY, StudyResult
from geo.study.wording import area_name, by_what_counts, counted, listed, word


def lines(result: StudyResult) -> Part | None:
    """Return what it costs that people use only what stands in their own district."""
    rows: Rows = result.tables["border_penalty"].to_dict("records")
    if not rows:
        return None
    intro = _(
        "People go to the nearest facility, also across a line of districts or regions: facilities of the neighbours "
        "count. This is what it would cost if they might not use them, today and with the best plan of either side."
    )
    sentences = [intro, *(_line_words(result, row) for row in rows)]
    kept = [row for row in rows if not row["left_out"]]
    tables = (_line_table(result, kept),) if kept else ()
    title = _("What the {line} costs").format(line=_line(result))
    return Part("district-line", title, tuple(sentences), tables)


def _line(result: StudyResult) -> str:
    """Return what the line around a unit of the study is called."""
    words = {"oblast": _("regional line"), "country": _("state border")}
    return words.get(result.config.study.units) or _("district line")


def _line_words(result: StudyResult, row: dict[Any, Any]) -> str:
    service = str(row["service"])
    label = service_name(result, service)
    if row["left_out"]:
        return too_large().format(service=label)
    today = row["moment"] == "today"
    facts = {
        "service": label,
        "line": _line(result),
        "n": people(row["penalty_persons"]),
        "lost": _names(result, row["lost"]),
        "over": _names(result, row["over_line"]),
        "open_ede": tenths(row["open_ede_minutes"]),
        "closed_ede": tenths(row["closed_ede_minutes"]),
        "most": people(row["penalty_most_persons"]),
    }
    texts = [_beyond_words(result, row, today=today), _minutes_words(row, today=today)]
    if row["penalty_most_persons"] > row["penalty_persons"]:
        texts.append(_up_to(result))
    if today and row["over_line"]:
        texts.append(_("Their nearest one stands over the line: {over}."))
    return " ".join(text.format(**facts) for text in texts if text)


def _up_to(result: StudyResult) -> str:
    return by_what_counts(
        result.config,
        _("It could be up to {most} people: not every plan is proven."),
        _("It could be up to {most} settlements: not every plan is proven."),
    )


def _beyond_words(result: StudyResult, row: dict[Any, Any], *, today: bool) -> str:
    if not row["penalty_persons"]:
        return _nobody_words(row, today=today)
    return by_what_counts(result.config, _persons_words(row, today=today), _settlements_words(row, today=today))


def _settlements_words(row: dict[Any, Any], *, today: bool) -> str:
    n = int(row["penalty_persons"])
    if today:
        return ngettext(
            "{service}, today: if people may not use the neighbours' facilities, {n} more settlement is beyond the "
            "norm: {lost}.",
            "{service}, today: if people may not use the neighbours' facilities, {n} more settlements are beyond the "
            "norm: {lost}.",
            n,
        )
    stays = ngettext(
        "{service}, with the best plan: if people may not use the neighbours' facilities, {n} more settlement stays "
        "beyond the norm.",
        "{service}, with the best plan: if people may not use the neighbours' facilities, {n} more settlements stay "
        "beyond the norm.",
        n,
    )
    return " ".join([stays, _("Within it would be {lost}.")]) if row["lost"] else stays


def _persons_words(row: dict[Any, Any], *, today: bool) -> str:
    n = int(row["penalty_persons"])
    if today:
        return ngettext(
            "{service}, today: if people may not use the neighbours' facilities, {n} more person is beyond the norm, "
            "in {lost}.",
            "{service}, today: if people may not use the neighbours' facilities, {n} more people are beyond the norm, "
            "in {lost}.",
            n,
        )
    if not row["lost"]:
        return ngettext(
            "{service}, with the best plan: if people may not use the neighbours' facilities, {n} more person stays "
            "beyond the norm.",
            "{service}, with the best plan: if people may not use the neighbours' facilities, {n} more people stay "
            "beyond the norm.",
            n,
        )
    return ngettext(
        "{service}, with the best plan: if people may not use the neighbours' facilities, {n} more person stays beyond "
        "the norm; it would be within it in {lost}.",
        "{service}, with the best plan: if people may not use the neighbours' facilities, {n} more people stay beyond "
        "the norm; they would be within it in {lost}.",
        n,
    )


def _nobody_words(row: dict[Any, Any], *, today: bool) -> str:
    if not row["penalty_minutes"] or row["penalty_minutes"] < _TIE_MINUTES:
        if today:
            return _("{service}, today: the {line} costs nothing.")
        return _("{service}, with the best plan: the {line} costs nothing.")
    if today:
        return _("{service}, today: the {line} puts nobody beyond the norm, but it lengthens trips.")
    return _("{service}, with the best plan: the {line} puts nobody beyond the norm, but it lengthens trips.")


#: A difference in minutes below this is none for a reader.
_TIE_MINUTES = 0.05


def _minutes_words(row: dict[Any, Any], *, today: bool) -> str:
    if pd.isna(row["penalty_minutes"]) or row["penalty_minutes"] < _TIE_MINUTES:
        return ""
    if today:
        return _("The equivalent trip would be {closed_ede} instead of {open_ede} min.")
    return _("With the same sites the equivalent trip would be {closed_ede} instead of {open_ede} min.")


def _names(result: StudyResult, codes: str) -> str:
    names = SettlementNames(result)
    return listed([names[code] for code in codes.split()])


def _line_table(result: StudyResult, rows: Rows) -> TextTable:
    cells = [
        (
            service_name(result, row["service"]),
            word(WORDS["moment"], row["moment"]),
            people(row["open_beyond_persons"]),
            people(row["closed_beyond_persons"]),
            people(row["penalty_persons"]),
            tenths(row["open_ede_minutes"]),
            tenths(row["closed_ede_minutes"]),
            percent(row["self_containment"]),
            numbers.persons(len(row["over_line"].split())),
        )
        for row in rows
    ]
    heads = (
        _("Service"),
        _("When"),
        Head(_("Beyond the norm, line open"), number=True),
        Head(_("Line closed"), number=True),
        Head(by_what_counts(result.config, _("Cost of the line, people"), _("Cost of the line")), number=True),
        Head(_("EDE, line open (min)"), number=True),
        Head(_("EDE, line closed (min)"), number=True),
        Head(_("Met inside"), number=True),
        Head(_("Places served over the line"), number=True),
    )
    note = by_what_counts(
        result.config,
        _(
            "Met inside: people whose nearest facility is within the norm and stands on their own side of the line. "
            "The equivalent trips are those of the same sites with the line open and closed. Neither cost is ever "
            "negative."
        ),
        _(
            "Met inside: settlements whose nearest facility is within the norm and stands on their own side of the "
            "line. The equivalent trips are those of the same sites with the line open and closed. Neither cost is "
            "ever negative."
        ),
    )
    return text_table(
        _("What the {line} costs").format(line=_line(result)), heads, cells, note=note, table="border_penalty"
    )


def together(result: StudyResult) -> Part | None:
    """Return what planning areas together gains over each planning for itself."""
    rows: Rows = result.tables["dividend"].to_dict("records")
    if not rows:
        return None
    sentences = [_rule(result, rows), *(_together_words(result, row) for row in rows)]
    kept = [row for row in rows if not row["left_out"]]
    tables = [_together_table(result, kept)] if kept else []
    tables += [_shares_table(result, str(row["service"])) for row in kept]
    return Part("together", _("Each area for itself, or together"), tuple(sentences), tuple(tables))


def _rule(result: StudyResult, rows: Rows) -> str:
    tier = next((row["tier"] for row in rows if row["tier"]), result.config.study.units)
    by_file = result.unit_id == WHOLE_STUDY and all(
        service.open is not None and service.open_all is None for service in result.config.service
    )
    share = by_what_counts(
        result.config,
        _("The sites are shared out by the people beyond the norm today, where anything could open."),
        _("The sites are shared out by the settlements beyond the norm today, where anything could open."),
    )
    if by_file:
        share = _("Each has the number of sites that the study file gives it.")
    text = by_what_counts(
        result.config,
        _(
            "A decision belongs to the lowest level that can take it. Here every {area} first places its own share of "
            "the new sites for its own people; then the same number is placed for all of them at once. {share} The "
            "joint plan never leaves more people beyond the norm; planning goes up a level only where it brings more "
            "than {threshold} of the people within it."
        ),
        _(
            "A decision belongs to the lowest level that can take it. Here every {area} first places its own share of "
            "the new sites for its own settlements; then the same number is placed for all of them at once. {share} "
            "The joint plan never leaves more settlements beyond the norm; planning goes up a level only where it "
            "brings more than {threshold} of the settlements within it."
        ),
    )
    threshold = result.config.equity.dividend_threshold if result.config.equity else 0.0
    return text.format(area=word(TIERS, tier), share=share, threshold=percent(threshold))


def _together_words(result: StudyResult, row: dict[Any, Any]) -> str:
    service = str(row["service"])
    label = service_name(result, service)
    if row["left_out"]:
        return too_large().format(service=label)
    sites = SiteNames(result)
    apart, joint = (set(str(row[column]).split()) for column in ("separate_sites", "joint_sites"))
    facts = {
        "service": label,
        "n": people(row["dividend_persons"]),
        "share": percent(row["dividend_share"], digits=2),
        "instead": listed([sites[site] for site in sorted(joint - apart)]),
        "of": listed([sites[site] for site in sorted(apart - joint)]),
        "body": _body(result, row["competent_body"]),
        "most": people(row["dividend_most_persons"]),
    }
    texts = [_verdict(result, row, moved=bool(joint - apart))]
    if row["dividend_persons"] and joint - apart and apart - joint:
        texts.append(_("It opens in {instead} instead of {of}."))
    if row["dividend_most_persons"] > row["dividend_persons"]:
        texts.append(_up_to(result))
    if facts["body"]:
        texts.append(_("Who decides: {body}."))
    return " ".join(text.format(**facts) for text in texts)


def _verdict(result: StudyResult, row: dict[Any, Any], *, moved: bool) -> str:
    if row["who_plans"] == "together":
        return by_what_counts(
            result.config,
            _("{service}: one plan for all brings {n} more people within the norm ({share}); it is worth it."),
            _("{service}: one plan for all brings more settlements within the norm: {n} ({share}); it is worth it."),
        )
    if row["who_plans"] == "local":
        return by_what_counts(
            result.config,
            _(
                "{service}: one plan for all brings {n} more people within the norm ({share}), less than the "
                "threshold: the local plans stand."
            ),
            _(
                "{service}: one plan for all brings more settlements within the norm: {n} ({share}), less than the "
                "threshold: the local plans stand."
            ),
        )
    if moved:
        return _("{service}: one plan for all brings nobody more within the norm: the local plans stand.")
    return _("{service}: each for itself opens the same sites as one plan for all: the local plans stand.")


def _body(result: StudyResult, name: object) -> str:
    """Return a body in the language in use: tables have its English name."""
    equity = result.config.equity
    bodies = [service.competent_body for service in result.config.service]
    bodies += list(equity.bodies.values()) if equity else []
    known = next((body for body in bodies if body is not None and body.en == name), None)
    return str(name) if known is None else known.in_language(current())


def _together_table(result: StudyResult, rows: Rows) -> TextTable:
    cells = [
        (
            service_name(result, row["service"]),
            numbers.persons(row["n_areas"]),
            numbers.persons(row["total"])
            if row["share_of"] == "sites"
            else money(result, row["service"], row["total"]),
            people(row["separate_beyond_persons"]),
            people(row["joint_beyond_persons"]),
            people(row["dividend_persons"]),
            tenths(row["separate_ede_minutes"]),
            tenths(row["joint_ede_minutes"]),
            word(WORDS["who_plans"], row["who_plans"]),
        )
        for row in rows
    ]
    heads = (
        _("Service"),
        Head(_("Areas with a share"), number=True),
        Head(_("Shared out"), number=True),
        Head(_("Beyond the norm, each for itself"), number=True),
        Head(_("Together"), number=True),
        Head(by_what_counts(result.config, _("Gain, people"), _("Gain, settlements")), number=True),
        Head(_("EDE each for itself (min)"), number=True),
        Head(_("EDE together (min)"), number=True),
        _("Who plans"),
    )
    return text_table(_("Gain of planning together"), heads, cells, table="dividend")


def _shares_table(result: StudyResult, service: str) -> TextTable:
    sites = SiteNames(result)
    by_number = result.service(service).budget is None
    cells = [
        (
            area_name(result, str(row["area_id"])),
            people(row["persons"]),
            people(row["beyond_persons"]),
            numbers.persons(row["area_share"]) if by_number else money(result, service, row["area_share"]),
            listed([sites[site] for site in row["open_sites"].split()]),
        )
        for row in result.table("dividend_areas", service=service).to_dict("records")
    ]
    heads = (
        _("Area"),
        Head(counted(result.config), number=True),
        Head(_("Beyond the norm today"), number=True),
        Head(_("Share"), number=True),
        _("Opens for itself"),
    )
    title = _("{service}: shares").format(service=service_name(result, service))
    return text_table(title, heads, cells, table="dividend_areas")
