"""The diagnosis in a few sentences: how many people are below the norm, in which season, where, and how sure that is.

Pages print them as they are; deterministic: the same result gives the same words.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from geo.language import gettext as _
from geo.language import mark, ngettext, numbers
from geo.study.diagnosis.words import GROWTH, UNIT_TYPES, remoteness_title
from geo.study.headline import counted, none_known, season_phrase
from geo.study.result import BASELINE, WHOLE_STUDY, WORST, StudyResult
from geo.study.wording import area_name, people_are_imputed, season_label, settlement_name, word

#: Areas named in a sentence.
MOST_AREAS: Final = 5
#: What counts as not within the norm; places that cannot be assessed are counted apart.
BELOW: Final = ("beyond", "unreachable")
#: By how much trips are taken longer and shorter, to tell how near an answer is to the limit of its norm.
_SLOWER, _FASTER = 1.1, 0.9
#: Whether the norms that siting answers are met in a place, by the code of `settlement_profile`.
_ONE_ANSWERED: Final = {"served": mark("met"), "unserved": mark("not met"), "unknown": mark("unknown")}
_ALL_ANSWERED: Final = {"served": mark("all met"), "unserved": mark("not all met"), "unknown": mark("unknown")}


def below_today(result: StudyResult, service: str) -> str:
    """Return how many people, in how many places, are not within the norm that siting answers, and in which season."""
    if none_known(result, service):
        return _(
            "No facility of this service that counts is known in these data: how many people have access today cannot "
            "be told."
        )
    row = result.row("access_district", service=service, plan=BASELINE, season=WORST)
    table = result.table("access_settlement", service=service, plan=BASELINE, season=WORST)
    below, cut_off = table[table["verdict"].isin(BELOW)], table[table["verdict"] == "unreachable"]
    places = len(below)
    season = season_phrase(result, service)
    limit = numbers.minutes(result.norms[service].value)
    if places and below["persons"].isna().all():
        text = ngettext(
            "{n} place is not within {limit}; how many people live there is unknown.",
            "{n} places are not within {limit}; how many people live there is unknown.",
            places,
        )
        return text.format(n=numbers.persons(places), limit=limit)
    if not places:
        text = _("Nobody is farther than {limit} {season}.")
        return _without_gaps(text.format(limit=limit, season=season))
    text = ngettext(
        "{share} of the people, in {n} place, are not within {limit} {season}.",
        "{share} of the people, in {n} places, are not within {limit} {season}.",
        places,
    )
    shown = numbers.share(float(row["beyond_persons"]), float(row["persons"]))
    shown = _("≈{people}").format(people=shown) if any(people_are_imputed(result, service)) else shown
    shown = at_least(shown, below["persons"])
    sentence = _capital(_without_gaps(text.format(share=shown, n=numbers.persons(places), limit=limit, season=season)))
    if row["unreachable_persons"] == 0:
        return sentence
    people = at_least(counted(result, service)(row["unreachable_persons"]), cut_off["persons"])
    return f"{sentence} " + _capital(_("{people} of them have no way at all.").format(people=people))


def at_least(text: str, persons: pd.Series) -> str:
    """Return a sum of people as the least that it can be, where those of some of its places are unknown."""
    return _("at least {people}").format(people=text) if persons.isna().any() else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _without_gaps(text: str) -> str:
    """Return a sentence without the gap that a season leaves where none is worse than another."""
    return text.replace(" .", ".")


def by_season(result: StudyResult, service: str) -> str:
    """Return people not within the norm per season, and the longest trip of those who have a way, as far as told."""
    if none_known(result, service):
        return ""
    shown = counted(result, service)
    parts = []
    if len(result.config.season) > 1 and _somebody_counted(result, service):
        for season in result.config.season:
            row = result.row("access_district", service=service, plan=BASELINE, season=season.name)
            text = _("{season} {people}")
            if row["unreachable_persons"] > 0:
                text = _("{season} {people}, {cut_off} of them without a way")
            label, cut_off = season_label(result, season.name), shown(row["unreachable_persons"])
            parts.append(text.format(season=label, people=shown(row["beyond_persons"]), cut_off=cut_off))
    sentences = [_("Not within the norm: {counts}.").format(counts="; ".join(parts))] if parts else []
    return " ".join([*sentences, *_longest(result, service)])


def _somebody_counted(result: StudyResult, service: str) -> bool:
    rows = result.table("access_settlement", service=service, plan=BASELINE, season=WORST)
    return bool(rows["persons"].notna().any())


def _longest(result: StudyResult, service: str) -> list[str]:
    rows = result.table("access_settlement", service=service, plan=BASELINE, season=WORST)
    rows = rows[rows["minutes"].notna()].sort_values(["minutes", "settlement_id"], ascending=[False, True])
    if not len(rows):
        return []
    first = rows.iloc[0]
    text = _("Longest trip of those with a way: {minutes}, from {place}.")
    if len(result.config.season) > 1:
        text = _("Longest trip of those with a way in every season: {minutes}, from {place}.")
    place = settlement_name(result, str(first["settlement_id"]))
    return [text.format(minutes=numbers.minutes(float(first["minutes"])), place=place)]


def tier_of_areas(result: StudyResult, service: str) -> str:
    """Return the tier whose areas are told apart: units for a whole study, else rural okrugs; empty where one only."""
    rows = result.table("rollups", service=service, plan=BASELINE, season=WORST)
    n_areas = rows.groupby("tier")["area_id"].nunique().to_dict()
    units = result.config.study.units
    order = (units, "okrug") if result.unit_id == WHOLE_STUDY else ("okrug",)
    return next((tier for tier in order if n_areas.get(tier, 0) > 1), "")


def where(result: StudyResult, service: str) -> str:
    """Return the areas, or where there are none the places, with most people not within the norm, if it can be told."""
    if none_known(result, service):
        return ""
    tier = tier_of_areas(result, service)
    if tier:
        rows = result.table("rollups", service=service, plan=BASELINE, season=WORST, tier=tier)
        counts = rows.set_index("area_id")["beyond_persons"]
    else:
        table = result.table("access_settlement", service=service, plan=BASELINE, season=WORST)
        counts = table[table["verdict"].isin(BELOW)].set_index("settlement_id")["persons"].dropna()
    counts = counts[counts > 0].sort_index().sort_values(ascending=False, kind="stable")
    if not len(counts):
        return ""
    shown = counted(result, service)
    parts = [
        _("{name} {people}").format(name=_named(result, tier, str(code)), people=shown(people))
        for code, people in counts.head(MOST_AREAS).items()
    ]
    more = len(counts) - MOST_AREAS
    if more > 0:
        text = ngettext("{n} more with {people}", "{n} more with {people}", more)
        parts.append(text.format(n=numbers.persons(more), people=shown(counts.iloc[MOST_AREAS:].sum())))
    return "; ".join(parts) + "."


def _named(result: StudyResult, tier: str, code: str) -> str:
    return area_name(result, code) if tier else settlement_name(result, code)


def how_sure(result: StudyResult, service: str) -> str:
    """Return what is not known behind the counts of a service: people, places, and whether a lawyer saw the norms."""
    rows = result.table("access_settlement", service=service, plan=BASELINE, season=WORST)
    left_out = rows[rows["verdict"] == "not_assessable"]
    uncounted = int(rows["persons"].isna().sum())
    parts = [_("no facility of this service that counts is known")] if none_known(result, service) else []
    if len(left_out):
        text = ngettext(
            "{n} place with {people} people cannot be assessed",
            "{n} places with {people} people cannot be assessed",
            len(left_out),
        )
        people = counted(result, service)(float(left_out["persons"].fillna(0).sum()))
        parts.append(text.format(n=numbers.persons(len(left_out)), people=people))
    if uncounted:
        text = ngettext("people of {n} place unknown", "people of {n} places unknown", uncounted)
        parts.append(text.format(n=numbers.persons(uncounted)))
    if not parts:
        parts.append(_("every place is assessed and its people are known"))
    parts.extend([_imputed(result, service), *_unverified(result, service), *_near_the_limit(result, service)])
    return "; ".join(parts) + "."


def _near_the_limit(result: StudyResult, service: str) -> list[str]:
    """Return how many people would be below the norm if every trip took a tenth longer, or less."""
    if none_known(result, service) or not _somebody_counted(result, service):
        return []
    rows = result.table("access_settlement", service=service, plan=BASELINE, season=WORST)
    shown = counted(result, service)
    cut_off = rows["verdict"] == "unreachable"
    longer, less = (
        rows.loc[cut_off | (rows["minutes"] * factor > rows["limit_minutes"]), "persons"]
        for factor in (_SLOWER, _FASTER)
    )
    text = _("people below the norm if trips took 10 % longer: {longer}; 10 % less: {less}")
    people = (at_least(shown(float(group.fillna(0).sum())), group) for group in (longer, less))
    return [text.format(**dict(zip(("longer", "less"), people, strict=True)))]


def _imputed(result: StudyResult, service: str) -> str:
    """Return which share of the people was worked out, not counted."""
    rows = result.table("access_settlement", service=service, plan=BASELINE, season=WORST).set_index("settlement_id")
    persons = rows["persons"].fillna(0)
    flags = pd.Series(people_are_imputed(result, service), index=result.settlements.index).reindex(persons.index)
    imputed = float(persons[flags.astype(bool)].sum())
    if not imputed:
        return _("nobody's number is imputed")
    return _("imputed people: {share}").format(share=numbers.share(imputed, float(persons.sum())))


def _unverified(result: StudyResult, service: str) -> list[str]:
    rows = result.table("norm_summary", service=service)
    verified = [bool(value) for value in rows["verified"]] or [result.norms[service].verified]
    if all(verified):
        return []
    if not any(verified):
        return [_("norms not legally verified")]
    text = _("norms not legally verified: {n} of {all}")
    return [text.format(n=verified.count(False), all=len(verified))]


def data_behind(result: StudyResult) -> str:
    """Return what holds for all services: roads whose surface nobody knows, and what the check of the data found."""
    return " ".join(part for part in (_surfaces(result), _findings(result)) if part)


def _surfaces(result: StudyResult) -> str:
    roads = result.roads
    geod = roads.crs.get_geod() if roads.crs else None
    if not len(roads) or geod is None:
        return ""
    metres = pd.Series([geod.geometry_length(line) for line in roads.geometry], index=roads.index)
    unknown = roads["surface"].astype(str) == "unknown"
    if "surface_imputed" in roads:
        unknown |= roads["surface_imputed"].astype("boolean").fillna(value=False)
    percent = 100 * float(metres[unknown].sum()) / float(metres.sum())
    if not percent:  # every road states one; whether it was seen or assumed is for the sources of the data to say
        return ""
    text = _("Surface unknown on {percent} % of the length of roads: speeds there are guessed.")
    return text.format(percent=numbers.decimal(percent, 0) if percent >= 1 else "<1")


def _findings(result: StudyResult) -> str:
    severity = result.tables["data_quality"]["severity"].value_counts()
    text = _("Check of the data: errors {errors}, warnings {warnings}, repaired {repaired}, notes {notes}.")
    names = {"errors": "error", "warnings": "warning", "repaired": "repaired", "notes": "note"}
    return text.format(**{name: numbers.persons(int(severity.get(code, 0))) for name, code in names.items()})


def kind_of_unit(result: StudyResult) -> str:
    """Return a unit's type by the rules of the typology in a sentence; empty for a study of one unit."""
    rows = result.tables["unit_profile"]
    own = rows[rows["area_id"] == result.unit_id]
    if len(rows) < 2 or not len(own):
        return ""
    return _("Kind of unit by rules (proposed): {type}.").format(type=word(UNIT_TYPES, own["unit_type"].iloc[0]))


def place_in_words(result: StudyResult, settlement_id: str) -> str:
    """Return how remote a settlement is, and whether it grows and is served, in a sentence; empty if never told."""
    rows = result.table("settlement_profile", settlement_id=settlement_id)
    if not len(rows):
        return ""
    row = rows.iloc[0]
    parts = []
    if pd.notna(row["remoteness"]):
        text = _("remoteness {score} of 15 ({kind})")
        score = numbers.decimal(float(row["remoteness"]), 1)
        parts.append(text.format(score=score, kind=remoteness_title(str(row["remoteness_class"]))))
    parts.append(_("population: {growth}").format(growth=word(GROWTH, row["growth"])))
    one = len(result.norms) == 1
    text = _("norm of access that siting answers: {met}") if one else _("norms of access that siting answers: {met}")
    parts.append(text.format(met=word(_ONE_ANSWERED if one else _ALL_ANSWERED, row["served"])))
    return _capital("; ".join(parts)) + "."
