"""Codes of the diagnosis in words, marked for translation; pages and the workbook share them."""

from __future__ import annotations

import re
from typing import Final

from geo.language import current, mark, numbers
from geo.language import gettext as _
from geo.norms import packs, remoteness_classes
from geo.study.diagnosis.groups import EVERYBODY
from geo.study.wording import listed, word
from geo.tables import SETTLEMENTS

GROUPS: Final = {
    EVERYBODY: mark("everybody"),
    "kk": mark("taught in Kazakh"),
    "ru": mark("taught in Russian"),
    **{column.name: column.meaning for column in SETTLEMENTS.columns if column.unit == "persons"},
}
TIERS: Final = {
    "settlement": mark("settlement"),
    "okrug": mark("rural okrug"),
    "district": mark("district"),
    "oblast": mark("region"),
    "country": mark("country"),
    "study": mark("whole study"),
}
GROWTH: Final = {
    "growing": mark("growing"),
    "stable": mark("steady"),
    "declining": mark("losing people"),
    "unknown": mark("unknown"),
}
SERVED: Final = {"served": mark("served"), "unserved": mark("not served"), "unknown": mark("unknown")}
PLACE_CLASSES: Final = {
    "growing-served": mark("growing, served"),
    "growing-unserved": mark("growing, not served"),
    "stable-served": mark("steady, served"),
    "stable-unserved": mark("steady, not served"),
    "declining-served": mark("losing people, served"),
    "declining-unserved": mark("losing people, not served"),
    "unknown": mark("unknown"),
}
LOADS: Final = {
    "overloaded": mark("overloaded"),
    "fitting": mark("fitting"),
    "near_empty": mark("near-empty"),
    "unknown": mark("unknown"),
}
UNIT_TYPES: Final = {
    "underdeveloped": mark("underdeveloped or extreme"),
    "depressed": mark("depressed"),
    "concentration": mark("excessive concentration"),
    "agglomeration_crisis": mark("crisis in an agglomeration"),
    "stable": mark("steady"),
    "unknown": mark("unknown"),
}
#: Facts that the rules of unit types look at; `{rule}` texts are built from them.
FACTS: Final = {
    "density": mark("density (people per km²)"),
    "hazard_share": mark("share in hazard zones"),
    "remoteness": mark("remoteness"),
    "change_10_years": mark("change in 10 years"),
    "utilisation": mark("utilisation"),
    "minutes_to_national_city": mark("minutes to a national city"),
    "below_norm_share": mark("share below a norm"),
}
BASES: Final = {
    "provision": mark("objects by size of settlement"),
    "access": mark("sites for the norm of access"),
    "size": mark("asked for by size"),
    "viability": mark("demand would carry it; no norm asks"),
}
REMEDIES: Final = {
    "open": mark("open a facility"),
    "raise_level": mark("raise the level"),
    "other_form": mark("another form of provision: no building helps"),
    "unknown": mark("unknown"),
}
SUPPLY_UNITS: Final = {"places": mark("places"), "posts": mark("staff posts"), "facilities": mark("facilities")}
SUBJECTS: Final = {"settlement": mark("settlement"), "facility": mark("facility")}
LANGUAGES: Final = {
    "kk": mark("Kazakh"),
    "ru": mark("Russian"),
    "mixed": mark("both"),
    "other": mark("other"),
}
#: Words by the column of a table whose codes they spell out.
WORDS: Final = {
    "demand_group": GROUPS,
    "tier": TIERS,
    "group_tier": TIERS,
    "growth": GROWTH,
    "served": SERVED,
    "place_class": PLACE_CLASSES,
    "load_verdict": LOADS,
    "unit_type": UNIT_TYPES,
    "basis": BASES,
    "remedy": REMEDIES,
    "supply_unit": SUPPLY_UNITS,
    "subject": SUBJECTS,
    "instruction_lang": LANGUAGES,
}

#: Facts that are shares; their thresholds read as percentages.
_SHARES: Final = ("hazard_share", "change_10_years", "utilisation", "below_norm_share")
_CONDITION: Final = re.compile(r"(\w+)(<=|<|>)(.+)")


def rule_in_words(rule: str) -> str:
    """Return a rule of types, as ``density<1`` or ``utilisation>1.2&change_10_years>0.1``; no words for no rule."""
    return listed([_condition(text) for text in rule.split("&") if text])


def _condition(text: str) -> str:
    match = _CONDITION.fullmatch(text)
    if match is None:
        return text
    fact, sign, threshold = match.groups()
    pattern = {"<": _("{fact} below {value}"), ">": _("{fact} above {value}"), "<=": _("{fact} at most {value}")}[sign]
    value = 100 * float(threshold) if fact in _SHARES else float(threshold)
    shown = numbers.decimal(value, 0 if value == round(value) else 1)
    return pattern.format(
        fact=word(FACTS, fact), value=_("{percent} %").format(percent=shown) if fact in _SHARES else shown
    )


def remoteness_title(code: str) -> str:
    """Return the name of a class of remoteness in the language in use; a class of a pack of one's own by its code."""
    known = (one for pack in packs() for one in remoteness_classes(pack) if one.code == code)
    return next((one.title(current()) for one in known), code)
