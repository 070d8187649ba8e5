"""Results as finished sentences in the language in use. Deterministic: the same result gives the same words."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geo.language import current, ngettext, numbers
from geo.language import gettext as _
from geo.study.result import BASELINE, HEADLINE, WORST, StudyResult
from geo.study.wording import (
    goal,
    listed,
    name_of,
    season_label,
    settlement_name,
    settlement_or_site,
    site_name,
    verdict,
)

__all__ = [
    "Figure",
    "closing_sentence",
    "data_limits",
    "figures",
    "goal",
    "headline",
    "limits",
    "listed",
    "name_of",
    "proof",
    "recommendation",
    "season_label",
    "settlement_name",
    "settlement_or_site",
    "site_name",
    "verdict",
    "worst_season",
]


@dataclass(frozen=True)
class Figure:
    """One large number of the first screen with what it means."""

    label: str
    value: str
    note: str


def assessed_sentence(result: StudyResult, service: str) -> str:
    """Return how many people the result is about, where that is not everybody; empty otherwise."""
    row = result.row("access_district", service=service, plan=BASELINE, season=WORST)
    assessed, left_out = int(row["persons"]), int(row["not_assessable_persons"])
    parts = []
    reference = result.config.study.reference_persons
    if reference is not None and result.unit_id == "all":
        parts.append(_("Assessed: {share} people.").format(share=numbers.share(assessed, reference)))
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
    body = _infeasible(result, service, plan) if plan["status"] == "infeasible" else _answer(result, service)
    return f"{first} {body}".strip()


def _answer(result: StudyResult, service: str) -> str:
    before = result.row("access_district", service=service, plan=BASELINE, season=WORST)
    after = result.row("access_district", service=service, plan=HEADLINE, season=WORST)
    label = result.service(service).label.in_language(current())
    limit = numbers.minutes(result.norms[service].value)
    opened = result.table("recommendations", service=service, action="open")
    places = listed([settlement_or_site(result, row) for _i, row in opened.iterrows()])
    facts = {
        "service": label,
        "places": places,
        "limit": limit,
        "season": _season_phrase(result, service),
        "before": numbers.persons(before["beyond_persons"]),
        "gained": numbers.persons(before["beyond_persons"] - after["beyond_persons"]),
        "ede_before": numbers.decimal(before["ede_minutes"]),
        "ede_after": numbers.decimal(after["ede_minutes"]),
        "people": numbers.persons(after["persons"]),
    }
    if not len(opened):
        text = _("{service}: nothing is opened. {before} people are beyond {limit} {season}.")
    elif before["beyond_persons"] == 0:
        text = _(
            "{service}: all {people} people are within {limit} {season} already; opening in {places} lowers the "
            "equally-distributed time from {ede_before} to {ede_after} min."
        )
    elif before["beyond_persons"] == after["beyond_persons"]:
        text = _(
            "{service}: opening in {places} brings nobody within {limit}; {before} people stay beyond it {season}."
        )
    else:
        text = _(
            "{service}: opening in {places} brings {gained} of the {before} people now beyond {limit} {season} "
            "within the norm."
        )
    # A study of one season names none: no gap is left where its name would stand.
    sentences = [text.format(**facts).replace("  ", " ").replace(" .", ".")]
    if len(opened) and before["beyond_persons"] > 0 and after["beyond_persons"] != before["beyond_persons"]:
        sentences.append(_rest(after))
    sentences.append(_losers_sentence(result, service))
    return " ".join(sentences)


def _rest(after: pd.Series) -> str:
    if after["beyond_persons"] == 0:
        return _("Nobody stays beyond it.")
    beyond, cut_off = numbers.persons(after["beyond_persons"]), int(after["unreachable_persons"])
    if not cut_off:
        return _("{beyond} stay beyond it, none of them cut off.").format(beyond=beyond)
    text = _("{beyond} stay beyond it, {cut_off} of them cut off.")
    return text.format(beyond=beyond, cut_off=numbers.persons(cut_off))


def _losers_sentence(result: StudyResult, service: str) -> str:
    losers = result.table("losers", service=service, plan=HEADLINE)
    if not len(losers):
        return _("Nobody's trip gets longer.")
    ids = list(dict.fromkeys(losers["settlement_id"]))
    longest = losers["longer_minutes"].max()
    names = listed([settlement_name(result, settlement_id) for settlement_id in ids])
    if losers["longer_minutes"].isna().any():
        return _("Worse off: {names}; some of them lose all access.").format(names=names)
    return _("Worse off: {names}, by up to {minutes}.").format(names=names, minutes=numbers.minutes(longest))


def _season_phrase(result: StudyResult, service: str) -> str:
    """Return "in the worst season (thaw)" where one season is the worst for all who are beyond."""
    if len(result.config.season) == 1:
        return ""
    rows = result.table("access_district", service=service, plan=BASELINE)
    worst = int(rows[rows["season"] == WORST]["beyond_persons"].iloc[0])
    seasons = rows[rows["season"] != WORST]
    top = seasons.iloc[int(seasons["beyond_persons"].to_numpy(dtype=int).argmax())]
    if int(top["beyond_persons"]) == worst:
        return _("in the worst season ({season})").format(season=season_label(result, str(top["season"])))
    return _("in at least one season")


def worst_season(result: StudyResult, service: str) -> str:
    """Return the season in which most people are beyond the norm today; the first of equals."""
    rows = result.table("access_district", service=service, plan=BASELINE)
    rows = rows[rows["season"] != WORST]
    return str(rows["season"].iloc[int(rows["beyond_persons"].to_numpy(dtype=int).argmax())])


def _infeasible(result: StudyResult, service: str, plan: pd.Series) -> str:
    names = listed([settlement_name(result, settlement_id) for settlement_id in str(plan["blockers"]).split()])
    closed = [site_name(result, service, site) for site in result.service(service).close]
    tolerance = result.service(service).max_worsening_minutes or 0
    if not str(plan["blocked_by"]).startswith("tolerance"):
        return _("{service}: no plan meets these limits. In the way: {names}.").format(
            service=result.service(service).label.in_language(current()), names=names or _("the budget")
        )
    text = _("Closing {sites} is refused: it would lengthen the trip from {names} by more than {minutes}.")
    sentence = text.format(sites=listed(closed), names=names, minutes=numbers.minutes(tolerance))
    if pd.notna(plan["smallest_worsening_minutes"]):
        needed = _("A tolerance of {minutes} would do.").format(
            minutes=numbers.minutes(plan["smallest_worsening_minutes"])
        )
        sentence = f"{sentence} {needed}"
    return sentence


def figures(result: StudyResult, service: str) -> tuple[Figure, ...]:
    """Return the three figures of the first screen: below the norm now, with the plan, and without any way."""
    before = result.row("access_district", service=service, plan=BASELINE, season=WORST)
    feasible = result.row("plans", service=service, plan=HEADLINE)["status"] != "infeasible"
    after = result.row("access_district", service=service, plan=HEADLINE, season=WORST) if feasible else before
    total = before["persons"]
    one_season = len(result.config.season) == 1
    today = _("below the norm today") if one_season else _("below the norm today, worst season")
    cut_off = _("without any way with the plan") if one_season else _("without any way with the plan, worst season")
    counts = (
        (today, before["beyond_persons"]),
        (_("below the norm with the plan"), after["beyond_persons"]),
        (cut_off, after["unreachable_persons"]),
    )
    return tuple(Figure(label, numbers.persons(count), numbers.share(count, total)) for label, count in counts)


def proof(result: StudyResult, service: str, plan: str = HEADLINE) -> str:
    """Return how good a plan is, in words: proven, or how much better one could exist."""
    row = result.row("plans", service=service, plan=plan)
    if row["status"] == "infeasible":
        return _("No plan meets the conditions.")
    n_places = int(((result.sites["service"] == service) & (result.sites["kind"] == "candidate")).sum())
    opened = len(str(row["open_sites"]).split())
    if row["status"] == "optimal":
        text = _("No other choice of {n} among {places} places does better on this goal with these data.")
        return text.format(n=opened, places=numbers.persons(n_places))
    return _("At most {percent} % better could exist.").format(percent=numbers.decimal(100 * float(row["gap"])))


def recommendation(result: StudyResult, service: str, rank: int) -> str:
    """Return one recommendation explained: who gains, from what to what, why not the next best, what it rests on."""
    row = result.row("recommendations", service=service, rank=rank)
    place = settlement_or_site(result, row)
    config = result.service(service)
    if row["action"] == "close":
        return _("Close the facility in {place}. {losers}").format(
            place=place, losers=_losers_sentence(result, service)
        )
    label = config.site_label.in_language(current())
    sentences = [_("Open in {place}: {site}.").format(place=place, site=label)]
    gained, n_settlements = int(row["gained_persons"]), int(row["gained_settlements"])
    limit = numbers.minutes(result.norms[service].value)
    if gained:
        text = ngettext(
            "{people} people in {n} settlement come within {limit} and would not without it.",
            "{people} people in {n} settlements come within {limit} and would not without it.",
            n_settlements,
        )
        sentences.append(text.format(people=numbers.persons(gained), n=n_settlements, limit=limit))
    else:
        sentences.append(_("Nobody new comes within {limit} by it alone; it shortens trips.").format(limit=limit))
    if len(result.config.season) > 1:
        sentences.append(_("All times are those of the worst season."))
    sentences.extend([_nearest_now(result, service, row), _second_best(result, service, row)])
    if pd.notna(row["scenario_share"]):
        sentences.append(_scenarios(result, float(row["scenario_share"])))
    sentences.append(_losers_sentence(result, service))
    sentences.append(_cost_and_body(result, service, row))
    norm = result.norms[service]
    checked = _("legally verified") if norm.verified else _("not legally verified")
    sentences.append(_("Norm: {norm} ({checked}).").format(norm=norm.title(current()), checked=checked))
    return " ".join(sentence for sentence in sentences if sentence)


def _nearest_now(result: StudyResult, service: str, row: pd.Series) -> str:
    after = row["after_minutes"]
    if pd.isna(after):
        return ""
    if not row["before_site_id"] or pd.isna(row["before_minutes"]):
        return _("Nearest today: no way; then {after}.").format(after=numbers.minutes(after))
    text = _("Nearest today: {facility}, {before}; then {after}.")
    facility = site_name(result, service, str(row["before_site_id"]))
    return text.format(facility=facility, before=numbers.minutes(row["before_minutes"]), after=numbers.minutes(after))


def _second_best(result: StudyResult, service: str, row: pd.Series) -> str:
    """Return why not the neighbour."""
    reason = row["second_best_reason"]
    if not reason:
        return ""
    if not row["second_best_site_id"]:
        return _("No other place would do as well as leaving it out.")
    place = site_name(result, service, str(row["second_best_site_id"]))
    if reason == "norm":
        fewer = numbers.persons(row["second_best_fewer_persons"])
        sentence = _("{place} instead: {people} fewer people within the norm").format(place=place, people=fewer)
    elif reason == "ede":
        sentence = _("{place} instead: as many people within the norm, but times are more unequal").format(place=place)
    elif reason == "cost":
        sentence = _("{place} instead: as good, but dearer").format(place=place)
    else:
        return _("{place} instead would be just as good.").format(place=place)
    longer = float(row["second_best_longer_minutes"])
    if longer >= 1:
        sentence += _(", worst trip {minutes} longer").format(minutes=numbers.minutes(longer))
    return sentence + "."


def _scenarios(result: StudyResult, share: float) -> str:
    runs = len(result.config.scenario) + 1
    text = _("Chosen under {n} of {runs} sets of assumptions")
    sentence = text.format(n=round(share * runs), runs=runs)
    return sentence + (_(": robust.") if share == 1 else ".")


def _cost_and_body(result: StudyResult, service: str, row: pd.Series) -> str:
    parts = []
    if pd.notna(row["cost"]):
        priced = result.manifest.get("prices", {}).get(service)
        if priced:
            parts.append(_("Cost: {money}.").format(money=numbers.money(float(row["cost"]), priced[0], int(priced[1]))))
    body = result.service(service).competent_body
    if body is not None:
        parts.append(_("Decides: {body}.").format(body=body.in_language(current())))
    return " ".join(parts)


def limits(result: StudyResult) -> tuple[str, ...]:
    """Return what a reader must know before relying on the pages."""
    notes = (note.in_language(current()) for note in result.config.study.notes)
    return (*data_limits(result), _("Travel speeds are assumptions; see the table of speeds."), *notes)


def data_limits(result: StudyResult) -> tuple[str, ...]:
    """Return what is synthetic, unverified, imputed or unknown."""
    found = []
    if result.config.study.synthetic:
        found.append(_("Synthetic data: this is not a real place."))
    unverified = sorted({norm.title(current()) for norm in result.norms.values() if not norm.verified})
    found.extend(_("Norm not legally verified: {norm}.").format(norm=title) for title in unverified)
    imputed = result.settlements[result.settlements["population_imputed"].astype(bool)]
    if len(imputed):
        people = int(imputed["population_persons"].fillna(0).sum())
        text = _("≈{people} people in {n} settlements are imputed from buildings, not counted.")
        found.append(text.format(people=numbers.persons(people), n=len(imputed)))
    unknown = int(result.settlements["population_persons"].isna().sum())
    if unknown:
        text = ngettext(
            "{n} settlement has no known population and is in no count of people.",
            "{n} settlements have no known population and are in no count of people.",
            unknown,
        )
        found.append(text.format(n=unknown))
    found.extend(_without_facility(result))
    if result.boundary["hull"].any():
        found.append(_("The boundary is drawn around the data; it is not an official one."))
    for service in result.config.service:
        if service.demand_share < 1:
            text = _("≈{service}: the people who need it are assumed to be {percent} % of all.")
            percent = numbers.decimal(100 * service.demand_share, 0)
            found.append(text.format(service=service.label.in_language(current()), percent=percent))
    return tuple(found)


def _without_facility(result: StudyResult) -> list[str]:
    """Name the services of which no serving facility is known: then everybody counts as without a way."""
    sites = result.sites[(result.sites["kind"] == "existing") & result.sites["serves"]]
    text = _("{service}: no facility is known that serves today, so everybody counts as without one.")
    missing = [service for service in result.config.service if service.name not in set(sites["service"])]
    return [text.format(service=service.label.in_language(current())) for service in missing]


def closing_sentence() -> str:
    """Return the sentence that ends every page."""
    return _("This calculation supports a decision; it does not make one.")
