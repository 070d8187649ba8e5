"""The answer of a unit in a few sentences: what the plan does, for whom, who stays beyond, who is worse off."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from geo.language import current, ngettext, numbers
from geo.language import gettext as _
from geo.siting.problem import SitingProblem
from geo.study.plans import nearest_ms
from geo.study.result import BASELINE, HEADLINE, WORST, StudyResult
from geo.study.wording import (
    listed,
    people_are_imputed,
    season_label,
    settlement_name,
    settlement_or_site,
    site_name,
)


def assessed_sentence(result: StudyResult, service: str) -> str:
    """Return how many people the result is about, where that is not everybody; empty otherwise."""
    row = result.row("access_district", service=service, plan=BASELINE, season=WORST)
    assessed, left_out = int(row["persons"]), int(row["not_assessable_persons"])
    parts = []
    reference = result.config.study.reference_persons
    if reference is not None and result.unit_id == "all":
        parts.append(_("Assessed: {share} people.").format(share=numbers.share(assessed, reference)))
        elsewhere = reference - int(result.settlements["population_persons"].fillna(0).sum())
        if elsewhere > 0:
            text = _("{people} people live in places that are not in these data.")
            parts.append(text.format(people=numbers.persons(elsewhere)))
    elif left_out:
        parts.append(_("Assessed: {share} people.").format(share=numbers.share(assessed, assessed + left_out)))
    if left_out:
        km = numbers.decimal(result.config.network.max_join_km, 0)
        text = _("{people} people live over {km} km from any road of these data and cannot be assessed.")
        parts.append(text.format(people=numbers.persons(left_out), km=km))
    return " ".join(parts)


def headline(result: StudyResult, service: str) -> str:
    """Return the answer in a few sentences: what the plan does, for whom, who stays beyond, who loses."""
    plan = result.row("plans", service=service, plan=HEADLINE)
    first = assessed_sentence(result, service)
    if result.config.demand.counts == "settlements":
        counted_as = _("Settlements are counted, each as one; read “people” as settlements.")
        first = f"{counted_as} {first}".strip()
    body = _infeasible(result, service, plan) if plan["status"] == "infeasible" else _answer(result, service)
    return f"{first} {body}".strip()


def _answer(result: StudyResult, service: str) -> str:
    before = result.row("access_district", service=service, plan=BASELINE, season=WORST)
    after = result.row("access_district", service=service, plan=HEADLINE, season=WORST)
    opened = result.table("recommendations", service=service, action="open")
    closed = result.table("recommendations", service=service, action="close")
    gained = int(before["beyond_persons"] - after["beyond_persons"])
    people = counted(result, service)
    facts = {
        "service": result.service(service).label.in_language(current()),
        "places": listed([settlement_or_site(result, row) for _i, row in opened.iterrows()]),
        "closed": listed([site_name(result, service, str(site)) for site in closed["site_id"]]),
        "limit": numbers.minutes(result.norms[service].value),
        "season": season_phrase(result, service),
        "before": people(before["beyond_persons"]),
        "after": people(after["beyond_persons"]),
        "gained": people(gained),
        "ede_before": numbers.decimal(before["ede_minutes"]),
        "ede_after": numbers.decimal(after["ede_minutes"]),
        "people": people(after["persons"]),
    }
    if len(closed):
        sentences = [_with_closures(opened=len(opened) > 0)]
    elif not len(opened):
        today = _("{service}: nothing is opened. {before} people are beyond {limit} {season}.")
        if none_known(result, service):
            today = _("{service}: nothing is opened, and no facility that counts is known in these data.")
        elif not before["persons"] and before["unknown_settlements"]:
            today = _("{service}: nothing is opened. How many people live here is unknown.")
        sentences = [today, _why_nothing(result, service)]
    elif before["beyond_persons"] == 0:
        sentences = [
            _(
                "{service}: all {people} people are within {limit} {season} already; opening in {places} lowers the "
                "equally-distributed time from {ede_before} to {ede_after} min."
            )
        ]
    elif none_known(result, service):
        sentences = [
            _(
                "{service}: no facility that counts is known in these data. With sites opened in {places}, {gained} of "
                "{people} people are within {limit} of one of them."
            )
        ]
    elif not gained:
        sentences = [
            _("{service}: opening in {places} brings nobody within {limit}; {before} people stay beyond it {season}.")
        ]
    else:
        text = _(
            "{service}: opening in {places} brings {gained} of the {before} people now beyond {limit} {season} "
            "within the norm."
        )
        sentences = [text, _enough(result, service), _rest(after, people)]
    # A study of one season names none: no gap is left where its name would stand.
    filled = [text.format(**facts).replace("  ", " ").replace(" .", ".").replace(" ;", ";") for text in sentences]
    return " ".join([*(text for text in filled if text), losers_sentence(result, service)])


def _with_closures(*, opened: bool) -> str:
    if opened:
        return _(
            "{service}: with {closed} closed and {places} opened, {after} people are beyond {limit} {season}; "
            "today it is {before}."
        )
    return _("{service}: with {closed} closed, {after} people are beyond {limit} {season}; today it is {before}.")


def _why_nothing(result: StudyResult, service: str) -> str:
    """Return why no site is opened, where that can be told."""
    config = result.service(service)
    if config.open == 0:
        return ""
    candidates = result.sites[(result.sites["service"] == service) & (result.sites["kind"] == "candidate")]
    if not len(candidates):
        return _("There is no place where one could open: too few people, a facility already, or an exclusion zone.")
    if config.budget is not None and config.budget < candidates["opening_cost"].min():
        return _("The budget is below the price of one site.")
    return ""


def counted(result: StudyResult, service: str) -> Callable[[float], str]:
    """Return how numbers of people are written: with ≈ where any of them were not counted but worked out."""
    imputed = any(people_are_imputed(result, service))

    def shown(count: float) -> str:
        text = numbers.persons(count)
        return _("≈{people}").format(people=text) if imputed and count > 0 else text

    return shown


def _enough(result: StudyResult, service: str) -> str:
    """Return how many of the new sites would do for the people within the norm; empty where all are needed."""
    problem = result.what_if[service].problem if service in result.what_if else None
    ranked = result.table("recommendations", service=service, action="open").sort_values("rank")["site_id"].tolist()
    if problem is None or not set(ranked) <= set(problem.site_ids):
        return ""
    position = {site: number for number, site in enumerate(problem.site_ids)}
    needed = [position[site] for site in ranked]
    least = _persons_within(problem, needed)
    for site in reversed(needed.copy()):
        without = [other for other in needed if other != site]
        if _persons_within(problem, without) == least:
            needed = without
    if len(needed) == len(ranked):
        return ""
    text = ngettext(
        "{n} of the sites is enough for that; the others shorten trips.",
        "{n} of the sites are enough for that; the others shorten trips.",
        len(needed),
    )
    return text.format(n=len(needed))


def _persons_within(problem: SitingProblem, added: list[int]) -> int:
    """Return how many people are within the norm in their worst season with some sites beside today's."""
    is_open = problem.existing.copy()
    is_open[added] = True
    worst_ms = nearest_ms(problem.milliseconds, is_open).max(axis=0)
    return int(problem.persons[worst_ms <= problem.limit_ms].sum())


def _rest(after: pd.Series, people: Callable[[float], str]) -> str:
    if after["beyond_persons"] == 0:
        return _("Nobody stays beyond it.")
    beyond, cut_off = people(after["beyond_persons"]), int(after["unreachable_persons"])
    if not cut_off:
        return _("{beyond} stay beyond it, none of them cut off.").format(beyond=beyond)
    text = _("{beyond} stay beyond it, {cut_off} of them cut off.")
    return text.format(beyond=beyond, cut_off=people(cut_off))


def losers_sentence(result: StudyResult, service: str) -> str:
    """Return who is worse off with the headline plan, or that nobody is."""
    losers = result.table("losers", service=service, plan=HEADLINE)
    if not len(losers):
        return _("Nobody's trip gets longer.")
    ids = list(dict.fromkeys(losers["settlement_id"]))
    longest = losers["longer_minutes"].max()
    names = listed([settlement_name(result, settlement_id) for settlement_id in ids])
    if losers["longer_minutes"].isna().any():
        return _("Worse off: {names}; some of them lose all access.").format(names=names)
    return _("Worse off: {names}, by up to {minutes}.").format(names=names, minutes=numbers.minutes(longest))


def none_known(result: StudyResult, service: str) -> bool:
    """Say whether the data know no facility of a service that counts: nobody can tell today's access then."""
    rows = result.table("access_settlement", service=service, plan=BASELINE, season=WORST)
    return bool((rows["reason"] == "no-facility").any())


def season_phrase(result: StudyResult, service: str) -> str:
    """Return "in the worst season (thaw)" where one season explains all who are beyond, and all who are cut off.

    Empty where the study has one season, or none is worse than another.
    """
    if len(result.config.season) == 1:
        return ""
    rows = result.table("access_district", service=service, plan=BASELINE).set_index("season")
    season = worst_season(result, service)
    columns = ["beyond_persons", "unreachable_persons"]
    counts = rows[columns].astype(int)
    if (counts == counts.loc[WORST]).all(axis=None):
        return ""
    if (counts.loc[season] == counts.loc[WORST]).all():
        return _("in the worst season ({season})").format(season=season_label(result, season))
    return _("in at least one season")


def worst_season(result: StudyResult, service: str) -> str:
    """Return the season in which most people are beyond the norm today; of equals the one that cuts off most."""
    rows = result.table("access_district", service=service, plan=BASELINE)
    rows = rows[rows["season"] != WORST]
    keys = list(zip(rows["beyond_persons"].astype(int), rows["unreachable_persons"].astype(int), strict=True))
    return str(rows["season"].iloc[keys.index(max(keys))])


def _infeasible(result: StudyResult, service: str, plan: pd.Series) -> str:
    names = listed([settlement_name(result, settlement_id) for settlement_id in str(plan["blockers"]).split()])
    config = result.service(service)
    label = config.label.in_language(current())
    if not names or not str(plan["blocked_by"]).startswith("tolerance"):
        return " ".join([_("{service}: no plan meets these limits.").format(service=label), *_needed(plan, names)])
    closed = listed([site_name(result, service, site) for site in config.close])
    tolerance = config.max_worsening_minutes or 0
    if tolerance:
        text = _("Closing {sites} is refused: it would lengthen the trip from {names} by more than {minutes}.")
    else:
        text = _("Closing {sites} is refused: it would lengthen the trip from {names}.")
    sentence = text.format(sites=closed, names=names, minutes=numbers.minutes(tolerance))
    before = result.row("access_district", service=service, plan=BASELINE, season=WORST)["beyond_persons"]
    today = _("{service}: {before} people are below the norm today.")
    if none_known(result, service):
        today = _("{service}: no facility that counts is known in these data.")
    today = today.format(service=label, before=counted(result, service)(before))
    return " ".join([sentence, *_needed(plan, ""), today])


def _needed(plan: pd.Series, names: str) -> list[str]:
    """Return what would have to change for a plan to exist."""
    found = []
    if names:
        found.append(_("In the way: {names}.").format(names=names))
    if pd.notna(plan["smallest_worsening_minutes"]):
        minutes = numbers.minutes(plan["smallest_worsening_minutes"])
        found.append(_("A tolerance of {minutes} would do.").format(minutes=minutes))
    if pd.notna(plan["smallest_open"]):
        found.append(_("Open sites needed in all: {n}.").format(n=numbers.persons(plan["smallest_open"])))
    if pd.notna(plan["smallest_budget"]):
        found.append(_("Budget needed: {money}.").format(money=numbers.persons(plan["smallest_budget"])))
    return found
