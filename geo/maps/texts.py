"""Every word of a map page in one language; the page carries all languages and switches between them."""

from __future__ import annotations

from typing import Any

from babel.numbers import get_decimal_symbol, get_group_symbol

from geo.language import current
from geo.language import gettext as _
from geo.maps.access import season_with_months
from geo.maps.colourings import colouring_texts
from geo.maps.facts import form_texts, gap_texts, profile_texts
from geo.maps.first_screen import unit_name
from geo.maps.layers import LAYERS
from geo.maps.layers.load import load_words
from geo.maps.layers.unit_types import unit_texts
from geo.maps.programme_texts import programme_words
from geo.maps.services import norm_codes, one_worst_season, reasons, season_choices
from geo.maps.sites import shown_sites, site_numbers
from geo.norms import load_pack, packs
from geo.study import explain
from geo.study.config import ServiceConfig
from geo.study.result import WORST, StudyResult
from geo.study.robust_words import robustness_sentence
from geo.study.wording import LEVELS, names_of, word


def page_texts(result: StudyResult) -> dict[str, Any]:
    """Return the words of a map page in the language in use."""
    language = current()
    sites = shown_sites(result)
    return {
        "unit": unit_name(result),
        "title": result.config.study.title.in_language(language),
        "numbers": {
            "group": get_group_symbol(language),
            "decimal": get_decimal_symbol(language),
            "noWay": _("no way"),
            "unknown": _("unknown"),
        },
        "words": _words()
        | _legend_words()
        | _diagnosis_words()
        | programme_words()
        | _try_words()
        | _season_words(result),
        "places": names_of(result.settlements),
        "sites": names_of(sites),
        "levels": {level: word(LEVELS, level) for level in sorted(set(sites["level"].dropna().astype(str)))},
        "layers": {name: _(layer.title) for name, layer in LAYERS.items()},
        "layerWords": {name: layer.words(result) for name, layer in LAYERS.items()},
        "profile": profile_texts(result),
        "load": load_words(),
        "units": unit_texts(result),
        "services": {service.name: _service_texts(result, service) for service in result.config.service},
    }


def _service_texts(result: StudyResult, service: ServiceConfig) -> dict[str, Any]:
    name, language = service.name, current()
    hardest = explain.worst_season(result, name)
    examples = [row for _numbers, rows in reasons(result, name).values() for row in rows]
    return {
        "label": service.label.in_language(language),
        "siteLabel": service.site_label.in_language(language),
        "hardest": season_with_months(result, hardest),
        "seasons": {season: _season(result, name, season, hardest) for season in season_choices(result, name)},
        "reasons": [explain.verdict(row) for row in examples],
        "norms": _norm_titles(result, name),
        "colourings": colouring_texts(result, name),
        "gaps": gap_texts(result, name),
        "forms": form_texts(result, name),
        "sure": _how_sure(result, name),
    }


def _how_sure(result: StudyResult, service: str) -> dict[int, str]:
    """Return by the number of each site of the plan how sure it is; empty where no sensitivity runs were made."""
    rows = result.table("robustness", service=service, in_headline=True)
    places = site_numbers(result, service)
    return {
        places[site]: robustness_sentence(result, service, site)
        for site in rows["site_id"].astype(str)
        if site in places
    }


def _season(result: StudyResult, service: str, season: str, hardest: str) -> str:
    if season != WORST:
        return season_with_months(result, season)
    if len(result.config.season) == 1:
        return season_with_months(result, hardest)
    same = one_worst_season(result, service, hardest)
    text = _("worst season: {season}") if same else _("every place in its worst season, mostly {season}")
    return text.format(season=season_with_months(result, hardest))


def _norm_titles(result: StudyResult, service: str) -> list[str]:
    """Return the norms of the packs in words, in the order of `norm_codes`."""
    titles = {}
    for pack in sorted({norm["key"].split("/")[0] for norm in norm_codes(result, service)} & set(packs())):
        titles.update({norm.key: norm.title(current()) for norm in load_pack(pack)})
    return [titles.get(norm["key"], norm["key"]) for norm in norm_codes(result, service)]


def _words() -> dict[str, str]:
    """Return the words of controls, tables and popups."""
    return {
        "minutes": _("{minutes} min"),
        "hours": _("{hours} h"),
        "hoursMinutes": _("{hours} h {minutes} min"),
        "imputed": _("≈{people}"),
        "today": _("today"),
        "after": _("with the plan"),
        "mine": _("with your proposal"),
        "people": _("People"),
        "peopleUnknown": _("unknown"),
        "places": _("Places"),
        "total": _("All"),
        "season": _("Season"),
        "verdictMine": _("With your proposal"),
        "within": _("within {limit}"),
        "beyond": _("beyond {limit}"),
        "unreachable": _("unreachable in its worst season"),
        "norms": _("Norms of the packs, today"),
        "roadKm": _("Nearest road: {km} km"),
        "close": _("Close"),
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "kilometres": _("km"),
        "metres": _("m"),
        "shown": _("{service}: {season}, {plan}"),
        "shownNorm": _("{service}: {norm}, today"),
        "below": _("{places} places, {people} people below the norm: {season}, {plan}"),
        "noneBelow": _("Nobody is below the norm: {season}, {plan}"),
        "showAll": _("Show all {places} places"),
        "belowNorm": _("{places} places, {people} people where it is not met: {norm}"),
        "findNothing": _("No place of this name."),
        "wholeUnit": _("Show everything"),
        "showMinutes": _("Minutes to the nearest: {site}"),
        "showNorm": _("Norm: {norm}"),
    }


def _legend_words() -> dict[str, str]:
    """Return the words of the legend and of the map's symbols."""
    return {
        "classFirst": _("up to {end}"),
        "classNorm": _("{start} to {end}, the norm"),
        "classOwnNorm": _("{start} to {end}, your norm"),
        "classMiddle": _("{start} to {end}"),
        "classLast": _("over {start}"),
        "classCutOff": _("cut off: no way in this season"),
        "classNotAssessable": _("not assessable"),
        "classPeopleUnknown": _("people unknown"),
        "statusMet": _("met"),
        "statusUnmet": _("not met"),
        "statusNotApplicable": _("does not apply here"),
        "statusUnknown": _("unknown"),
        "existing": _("existing"),
        "lowerLevel": _("existing, its level is too low"),
        "neighbour": _("existing, outside the unit"),
        "recommended": _("recommended, number {rank}"),
        "recommendedAny": _("recommended"),
        "secondBest": _("second best"),
        "closing": _("to be closed"),
        "candidate": _("may open here"),
        "proposed": _("your proposal"),
        "roadOpen": _("road; wider is a higher class"),
        "roadSeasonal": _("road closed in another season"),
        "roadClosed": _("road closed: {season}"),
        "roadSometimesClosed": _("road closed in at least one season"),
        "legLine": _("way to the nearest road"),
        "catchment": _("one colour: the same nearest facility"),
        "roadCatchment": _("one colour: the same nearest facility, {season}"),
        "reachArea": _("from here a trip takes up to {minutes}"),
        "notOfProposal": _("not worked out for your proposal"),
        "circles": _("Circle area: people (the fewest: a dot)"),
        "minutesTitle": _("Minutes to the nearest: {site}"),
    }


def _diagnosis_words() -> dict[str, str]:
    """Return the words of the views, popups and layers of the diagnosis; all of it is of today."""
    return {
        "viewToday": _("{view}, today"),
        "viewSeason": _("{view}, today, {season}"),
        "shownView": _("{service}: {view}"),
        "listed": _("{view}: {classes}. {places} places, {people} people"),
        "peopleNotKnown": _("Places whose people are unknown count as places only: {places}"),
        "remoteness": _("Remoteness"),
        "remotenessScore": _("{title} ({score} of 15)"),
        "growth": _("Growth"),
        "growthRate": _("{title} ({percent} % a year)"),
        "missing": _("Missing by the norms"),
        "form": _("Form of provision with the plan"),
        "load": _("Load"),
        "loadOf": _("{load} users, capacity {capacity} ({percent} %): {verdict}"),
        "loadOnly": _("{load} users, capacity unknown"),
        "capacityOnly": _("capacity {capacity}, users unknown"),
        "wear": _("Wear of the building"),
        "wearPercent": _("{percent} %"),
        "instruction": _("Language of instruction"),
        "loadCount": _("{verdict}: {facilities}"),
        "unitType": _("Type"),
        "unitRule": _("Why"),
        "unitTypes": _("{type} ({why}): {units}"),
    }


def _try_words() -> dict[str, str]:
    """Return the words of the part that tries other sites."""
    return {
        "tryOpen": _("Open here: {site}"),
        "tryClose": _("Close it, as a trial"),
        "tryInstead": _("Open here instead of {name}"),
        "tryUndo": _("Undo"),
        "tryOpened": _("opened: {name}"),
        "tryClosed": _("closed: {name}"),
        "tryNothing": _("Nothing is changed yet: these are today's figures."),
        "tryWithin": _("People within the norm"),
        "tryBelow": _("People below the norm"),
        "tryCutOff": _("People without any way"),
        "tryMean": _("Mean trip (min)"),
        "tryWorst": _("Longest trip (min)"),
        "tryEde": _("Equally-distributed trip (min)"),
        "tryCost": _("Cost of new sites"),
        "tryExcluding": _("excluding {people} people with no road"),
        "tryLosers": _("Whose trip gets longer"),
        "tryNoLosers": _("Nobody's trip gets longer."),
        "tryLoser": _("{name}: {people} people, {before} → {after} ({season})"),
        "tryMore": _("and {n} more"),
        "tryGap": _(
            "The best choice of {n} new sites leaves {best} people below the norm ({season}); yours leaves {more} more."
        ),
        "tryLine": _("People below the norm: {mine} with your proposal, {today} today. The text above is the study's."),
        "tryLinePlan": _(
            "People below the norm: {mine} with your proposal, {today} today, {plan} with the plan. "
            "The text above is the plan's."
        ),
        "tryNormRange": _("Whole minutes from 1 to 1,440, please."),
        "tryNormNotSaved": _("The norm changed here is not saved: the program measures with the study's own."),
        "tryBest": _("No other choice of {n} new sites leaves fewer people below the norm ({season})."),
        "tryBestEde": _(
            "The least equally-distributed trip of such choices is {best} min; yours is {more} min longer."
        ),
        "tryNotProven": _("The best is not proven: it could lie as low as {bound} people."),
        "tryNoBest": _("The best is known for the study's own norm and at most 10 new sites."),
        "tryOwnNorm": _("The study's norm is {limit}."),
        "tryCopied": _("The link is copied."),
        "tryCopy": _("Copy this link:"),
        "tryCostOf": _("Cost of new sites (M {currency}, {year} prices)"),
        "tryNoPrice": _("no price known"),
        "tryNotFound": _("The link names sites that this page does not have: {sites}"),
    }


def _season_words(result: StudyResult) -> dict[str, str]:
    """Return the words that name the worst season, which a study of one season has not."""
    if len(result.config.season) > 1:
        return {
            "worst": _("worst season"),
            "verdictToday": _("Today, worst season"),
            "verdictAfter": _("With the plan, worst season"),
        }
    return {"worst": _("all year"), "verdictToday": _("Today"), "verdictAfter": _("With the plan")}
