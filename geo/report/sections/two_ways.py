"""Part of the programme about ways of planning: from the centres, from the villages, and by the solver."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo.language import gettext as _
from geo.language import ngettext, numbers
from geo.report.sections.choices import cost_head, millions
from geo.report.sections.content import Head, Part, TextTable, long_table, places_and_people, text_table
from geo.report.sections.names import NormTitles, SettlementNames, SiteNames, service_name, tied_norms
from geo.study.figures import people, tenths
from geo.study.programme.choice_words import WAYS, site_reason
from geo.study.programme.frontier_words import Rows, too_large
from geo.study.result import HEADLINE, StudyResult
from geo.study.wording import by_what_counts, word


def ways(result: StudyResult) -> Part | None:
    """Return the ways of planning side by side, by the same measures."""
    table = result.tables["ways"]
    if not len(table):
        return None
    sentences = [
        _(
            "From the centres down: every centre gets a site by its rank, then the largest satellite villages that are "
            "still beyond the norm. From the villages up: every village beyond the norm starts alone and joins its "
            "nearest neighbour until the group is large enough for a site within the norm of all. Neither way compares "
            "plans; the headline plan is searched among all plans by the order of goals. What stands today stays in "
            "all of them, unless the headline plan closes it."
        )
    ]
    tables: list[TextTable] = []
    for service in (service.name for service in result.config.service):
        own: Rows = table[table["service"] == service].to_dict("records")
        if not own:
            continue
        if own[0]["left_out"]:
            sentences.append(too_large().format(service=service_name(result, service)))
            continue
        sentences.append(_in_words(result, service, {row["way"]: row for row in own}))
        tables += [_ways_table(result, service, own), _sites_table(result, service)]
    shown = tuple(one for one in tables if one.rows)
    return Part("ways", _("From the centres down, or from the villages up"), tuple(sentences), shown)


def _in_words(result: StudyResult, service: str, rows: dict[str, dict[Any, Any]]) -> str:
    solver, whole = rows["solver"], rows["bottom_up_whole"]
    facts = {
        "service": service_name(result, service),
        "solver": people(solver["beyond_persons"]),
        "down": people(rows["top_down"]["beyond_persons"]),
        "up": people(rows["bottom_up"]["beyond_persons"]),
        "n": numbers.persons(whole["new_sites"]),
        "users": _users(solver),
        "left": _left_out(result, whole),
        "says": _says(result, solver),
    }
    texts = [
        by_what_counts(
            result.config,
            _(
                "{service}: within the same number of sites or money {down} people stay beyond the norm from the "
                "centres down, {up} from the villages up, and {solver} with the headline plan."
            ),
            _(
                "{service}: within the same number of sites or money {down} settlements stay beyond the norm from the "
                "centres down, {up} from the villages up, and {solver} with the headline plan."
            ),
        )
    ]
    if pd.isna(solver["viable_persons"]) or solver["viable_persons"] > 1:
        grown = ngettext(
            "Taken to its end, planning from the villages finds {n} group large enough for a site that lasts "
            "({users} users, {says}).",
            "Taken to its end, planning from the villages finds {n} groups large enough for a site that lasts "
            "({users} users, {says}).",
            int(whole["new_sites"]),
        )
        texts.append(grown)
    if whole["without_settlements"]:
        texts.append(_("Places that then have no site within the norm: {left}. They need another form of provision."))
    texts.append(_proof(result, service))
    return " ".join(text.format(**facts) for text in texts)


def _proof(result: StudyResult, service: str) -> str:
    """Return whether the headline plan is proven to be the best."""
    if result.row("plans", service=service, plan=HEADLINE)["status"] == "optimal":
        return _("The headline plan is proven to be the best of all plans by the order of goals.")
    return _("The headline plan is the best that was found; it is not proven that none is better.")


def _left_out(result: StudyResult, row: dict[Any, Any]) -> str:
    """Return the places without a site, with their people where people are counted."""
    if result.config.demand.counts == "settlements":
        return numbers.persons(row["without_settlements"])
    return places_and_people(row["without_settlements"], row["without_persons"])


def _places_head(result: StudyResult) -> str:
    return by_what_counts(result.config, _("Places without a site (people)"), _("Places without a site"))


def _says(result: StudyResult, row: dict[Any, Any]) -> str:
    """Return who says how many users a site needs."""
    if pd.isna(row["viable_persons"]):
        return _("by the norm that applies to the place")
    pack, _slash, norm_id = str(row["norm_id"]).partition("/")
    if not norm_id:
        return _("proposed in the study file")
    says = _("by the norm: {norm}").format(norm=NormTitles(result).title(pack, norm_id))
    return "; ".join(text for text in (says, tied_norms(result, [row["tied_norms"]])) if text)


def _users(row: dict[Any, Any]) -> str:
    """Return how many users a site needs."""
    least = row["viable_persons"]
    return _("as many as its place needs") if pd.isna(least) else numbers.persons(least)


def _ways_table(result: StudyResult, service: str, own: Rows) -> TextTable:
    priced = any(pd.notna(row["cost"]) for row in own)
    cells = [
        (
            word(WAYS, row["way"]),
            numbers.persons(row["new_sites"]),
            *((millions(row["cost"]),) if priced else ()),
            people(row["beyond_persons"]),
            people(row["least_beyond_persons"]),
            people(row["unreachable_persons"]),
            tenths(row["ede_minutes"]),
            tenths(row["max_minutes"]),
            numbers.persons(row["viable_sites"]),
            _left_out(result, row),
        )
        for row in own
    ]
    heads = (
        _("Way"),
        Head(_("New sites"), number=True),
        *((cost_head(result, service),) if priced else ()),
        Head(_("Beyond the norm"), number=True),
        Head(_("Least possible"), number=True),
        Head(_("Cut off"), number=True),
        Head(_("EDE (min)"), number=True),
        Head(_("Worst trip (min)"), number=True),
        Head(_("Sites that last"), number=True),
        Head(_places_head(result), number=True),
    )
    note = by_what_counts(
        result.config,
        _(
            "Least possible: the fewest people beyond the norm that any plan with as many new sites leaves. Sites that "
            "last have at least {users} users within the norm ({says})."
        ),
        _(
            "Least possible: the fewest settlements beyond the norm that any plan with as many new sites leaves. Sites "
            "that last have at least {users} users within the norm ({says})."
        ),
    ).format(users=_users(own[0]), says=_says(result, own[0]))
    return text_table(service_name(result, service), heads, cells, note=note, table="ways")


def _sites_table(result: StudyResult, service: str) -> TextTable:
    names, sites = SettlementNames(result), SiteNames(result)
    rows = result.table("ways_sites", service=service).to_dict("records")
    cells = [
        (
            word(WAYS, row["way"]),
            numbers.persons(row["order"]),
            names.get(row["settlement_id"]) or sites[row["site_id"]],
            site_reason(row, names),
            people(row["users"]),
            _("yes") if row["viable"] else _("no"),
        )
        for row in rows
        if row["way"] not in ("top_down", "bottom_up")
    ]
    heads = (
        _("Way"),
        Head(_("Order"), number=True),
        _("Place"),
        _("Why here"),
        Head(_("Users"), number=True),
        _("Lasts"),
    )
    title = _("{service}: sites in their order").format(service=service_name(result, service))
    return long_table(title, heads, cells, table="ways_sites")
