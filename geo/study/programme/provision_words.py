"""Forms of provision in words, for report, map and workbook alike."""

from __future__ import annotations

from typing import Final

import pandas as pd

from geo.language import gettext as _
from geo.language import mark, numbers
from geo.study.result import StudyResult
from geo.study.wording import season_label, word

FORM_WORDS: Final = {
    "met": mark("within the norm"),
    "road": mark("better road"),
    "build": mark("building of its own"),
    "share": mark("shared with a neighbouring village"),
    "bus": mark("school bus"),
    "mobile": mark("visiting team"),
    "boarding": mark("boarding place"),
    "floor": mark("service floor: ambulance on call, telemedicine, distance teaching"),
}
REFUSAL_WORDS: Final = {
    "no-road-helps": mark("no road looked at brings it within the norm"),
    "no-plot": mark("nothing may be built here"),
    "too-few-people": mark("too few people in the years to come"),
    "people-unknown": mark("people not known"),
    "no-neighbour": mark("no neighbour within the norm"),
    "no-bus": mark("no bus is planned"),
    "ride-too-long": mark("ride too long for a bus"),
    "too-young": mark("nobody old enough for a boarding place"),
    "day-too-short": mark("too far for a working day"),
    "no-way": mark("no way in any season"),
}
WHY_WORDS: Final = {
    "within-norm": mark("within the norm in every season"),
    "road-within-norm": mark("a facility that exists comes within the norm on a better road"),
    "viable": mark("enough people in the years to come"),
    "viable-together": mark("enough people together with neighbours"),
    "bus-within-limit": mark("the ride keeps its limit"),
    "visits": mark("too few people for a building, and a team can come"),
    "beyond-bus": mark("no bus keeps the limit of the ride"),
    "nobody-needs-it": mark("nobody here needs it now"),
    "nothing-else": mark("no other form is possible"),
    "not-assessable": mark("its ways are not known"),
}
SAFEGUARD_WORDS: Final = {
    "stock-and-air": mark("stock of medicines and air ambulance"),
    "lodging": mark("temporary lodging at the school"),
}
PRICE_WORDS: Final = {"priced": mark("price known"), "no-price": mark("no price")}
SURFACE_WORDS: Final = {"gravel": mark("gravel"), "asphalt": mark("asphalt")}
#: Words of codes by column of the tables.
PROVISION_WORDS: Final = {
    "form": FORM_WORDS,
    "cheapest_form": FORM_WORDS,
    "refusal": REFUSAL_WORDS,
    "why": WHY_WORDS,
    "safeguard": SAFEGUARD_WORDS,
    "price_status": PRICE_WORDS,
    "surface": SURFACE_WORDS,
}


def form_line(result: StudyResult, row: pd.Series) -> str:
    """Return the form of one row of `provision_chosen` in a line: what, and what is needed besides."""
    text = word(FORM_WORDS, row["form"])
    safeguard = word(SAFEGUARD_WORDS, row["safeguard"]) if row["safeguard"] else ""
    if not safeguard:
        return text
    seasons = ", ".join(season_label(result, season) for season in str(row["cut_off_seasons"]).split())
    return _("{form}; besides, {safeguard} ({seasons})").format(form=text, safeguard=safeguard, seasons=seasons)


def millions(amount: float) -> str:
    """Return money in millions with one decimal, as officials say it."""
    return _("{millions} million").format(millions=numbers.decimal(amount / 1e6, 1))
