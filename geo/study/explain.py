"""Results as finished sentences in the language in use. Deterministic: the same result gives the same words."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geo.language import current, ngettext, numbers
from geo.language import gettext as _
from geo.study.config import ServiceConfig
from geo.study.headline import assessed_sentence, headline, losers_sentence, worst_season
from geo.study.result import BASELINE, HEADLINE, WORST, StudyResult
from geo.study.robust_words import robustness_sentence
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
    "assessed_sentence",
    "assumed_demand",
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
    "second_best",
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
    if not opened and not row["closed_sites"]:
        return _("Nothing better is possible under these limits with these data.")
    if row["status"] == "optimal":
        text = _("No other choice of {n} among {places} places does better on this goal with these data.")
        return text.format(n=opened, places=numbers.persons(n_places))
    return _("At most {percent} % better could exist.").format(percent=numbers.decimal(100 * float(row["gap"])))


def recommendation(result: StudyResult, service: str, rank: int) -> str:
    """Return one recommendation explained: who gains, from what to what, and why not the next best.

    What is the same for every site of a service (norm, who decides, who is worse off) stands once beside it.
    """
    row = result.row("recommendations", service=service, rank=rank)
    place = settlement_or_site(result, row)
    config = result.service(service)
    if row["action"] == "close":
        return _("Close the facility in {place}. {losers}").format(place=place, losers=losers_sentence(result, service))
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
    sentences.extend([_nearest_now(result, service, row), second_best(result, service, row)])
    sentences.append(robustness_sentence(result, service, str(row["site_id"])))
    if pd.notna(row["scenario_share"]):
        sentences.append(_scenarios(result, float(row["scenario_share"])))
    sentences.append(_cost(result, service, row))
    return " ".join(sentence for sentence in sentences if sentence)


def _nearest_now(result: StudyResult, service: str, row: pd.Series) -> str:
    after = row["after_minutes"]
    if pd.isna(after):
        return ""
    if not _served_today(result, service):
        return _("No facility is known today; then {after}.").format(after=numbers.minutes(after))
    if not row["before_site_id"] or pd.isna(row["before_minutes"]):
        return _("Nearest today: no way; then {after}.").format(after=numbers.minutes(after))
    text = _("Nearest today: {facility}, {before}; then {after}.")
    facility = site_name(result, service, str(row["before_site_id"]))
    return text.format(facility=facility, before=numbers.minutes(row["before_minutes"]), after=numbers.minutes(after))


def second_best(result: StudyResult, service: str, row: pd.Series) -> str:
    """Return why not the neighbour, for one row of `recommendations`; empty where nothing is known about it."""
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


def _cost(result: StudyResult, service: str, row: pd.Series) -> str:
    priced = result.manifest.get("prices", {}).get(service)
    if pd.isna(row["cost"]) or not priced:
        return ""
    return _("Cost: {money}.").format(money=numbers.money(float(row["cost"]), priced[0], int(priced[1])))


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
    if result.config.demand.counts == "settlements":
        found.append(
            _("Every settlement counts as one, because hardly any population is known: read “people” as settlements.")
        )
    imputed = result.settlements[result.settlements["population_imputed"].astype(bool)]
    if len(imputed):
        people = int(imputed["population_persons"].fillna(0).sum())
        text = _("≈{people} people in {n} settlements are imputed from buildings or a raster, not counted.")
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
    assumed = (assumed_demand(service) for service in result.config.service)
    return (*found, *(text for text in assumed if text))


def assumed_demand(service: ServiceConfig) -> str:
    """Return how many of the people are assumed to need a service, where that is not everybody; empty otherwise."""
    if service.demand_share >= 1:
        return ""
    text = _("≈{service}: the people who need it are assumed to be {percent} % of all.")
    percent = numbers.decimal(100 * service.demand_share, 0)
    return text.format(service=service.label.in_language(current()), percent=percent)


def _served_today(result: StudyResult, service: str) -> bool:
    """Return whether any facility is known that serves today."""
    sites = result.sites
    return bool(((sites["service"] == service) & (sites["kind"] == "existing") & sites["serves"]).any())


def _without_facility(result: StudyResult) -> list[str]:
    """Name the services of which no serving facility is known: then everybody counts as without a way."""
    text = _("{service}: no facility is known that serves today, so everybody counts as without one.")
    missing = [service for service in result.config.service if not _served_today(result, service.name)]
    return [text.format(service=service.label.in_language(current())) for service in missing]


def closing_sentence() -> str:
    """Return the sentence that ends every page."""
    return _("This calculation supports a decision; it does not make one.")
