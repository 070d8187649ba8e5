"""One bus route of the annex in words: its facts, its table of stops, what is wrong in some season, its sketch."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo.language import current, ngettext, numbers
from geo.language import gettext as _
from geo.report.annex.sketch import PIXELS_PER_MM, route_sketch
from geo.report.sections.content import Head, TextTable, text_table
from geo.study.config import Transport
from geo.study.figures import people, tenths
from geo.study.result import StudyResult
from geo.study.wording import name_of, people_are_imputed, season_label, settlement_name


class BusRouteText:
    """One route, ready to be put into words.

    Parameters
    ----------
    result
        Results of the unit.
    rules
        What the study says about buses.
    rows
        Rows of `transport_routes`; the last one is the school.
    """

    def __init__(self, result: StudyResult, rules: Transport, rows: pd.DataFrame) -> None:
        self._result, self._rules = result, rules
        self.stops, self.school = rows.iloc[:-1], rows.iloc[-1]
        self.service, self.number = str(self.school["service"]), str(self.school["route"])
        self.names = [settlement_name(result, str(stop)) for stop in self.stops["settlement_id"]]
        self.school_name = school_name(result, self.service, str(self.school["site_id"]))
        imputed = imputed_settlements(result, self.service)
        self.boarding = [
            people(row["pupils"], row["settlement_id"] in imputed) for _number, row in self.stops.iterrows()
        ]
        some_imputed = bool(imputed & set(self.stops["settlement_id"]))
        self.n_pupils = people(self.school["pupils"], some_imputed)
        self.day_km = 2 * float(self.school["total_km"] + self.school["empty_km"])
        self.ride_minutes = float(self.stops["ride_minutes"].max())

    def seasons_of(self, column: str) -> list[str]:
        """Return the seasons named at any stop, in the study's order."""
        named = {name for text in self.stops[column] for name in str(text).split()}
        return [season.name for season in self._result.config.season if season.name in named]

    def words_of(self, column: str) -> str:
        """Return these seasons in words."""
        return ", ".join(season_label(self._result, season) for season in self.seasons_of(column))

    def content(self) -> dict[str, Any]:
        """Return the route's section of the page."""
        caption = _("Route {number}: sketch map on the roads of the study, not for navigation.").format(
            number=self.number
        )
        picture = route_sketch(self._result, self.service, self.number, self.stops, self.names, self.school_name)
        return {
            "number": self.number,
            "title": " – ".join([*self.names, self.school_name]),
            "facts": self._facts(),
            "table": self._table(),
            "warnings": self._warnings(),
            "svg": picture.svg(caption),
            "width_mm": round(picture.width_px / PIXELS_PER_MM),
            "caption": caption,
        }

    def _facts(self) -> list[tuple[str, str]]:
        season = season_label(self._result, str(self.school["season"]))
        km = _("{km} km; {day} km a day with empty runs")
        return [
            (_("Pupils"), self.n_pupils),
            (_("Bus"), seats_in_words(int(self.school["seats"]))),
            (_("Length"), km.format(km=tenths(self.school["total_km"]), day=tenths(self.day_km))),
            (_("Longest ride"), numbers.minutes(self.ride_minutes)),
            (_("Planned for"), season),
        ]

    def _table(self) -> TextTable:
        """Return the stops in order; one column of rides for every season."""
        seasons = [season.name for season in self._result.config.season]
        rides = self._result.table("transport_seasons", service=self.service, route=self.number)
        by_stop = {(row["stop"], row["season"]): row["ride_minutes"] for _number, row in rides.iterrows()}
        rows = [
            (
                _("{n}. {name}").format(n=stop["stop"], name=name),
                boarding,
                tenths(stop["leg_km"]),
                tenths(stop["total_km"]),
                tenths(stop["total_minutes"]),
                *(self._ride(by_stop.get((stop["stop"], season))) for season in seasons),
            )
            for (_number, stop), name, boarding in zip(self.stops.iterrows(), self.names, self.boarding, strict=True)
        ]
        end = self.school
        own = (tenths(end["leg_km"]), tenths(end["total_km"]), tenths(end["total_minutes"]))
        rows.append((self.school_name, "", *own, *("" for _season in seasons)))
        heads: list[str | Head] = [
            _("Stop"),
            Head(_("Pupils"), number=True),
            Head(_("km from the stop before"), number=True),
            Head(_("km from the first stop"), number=True),
            Head(_("Arrival (min after the first stop)"), number=True),
            *(
                Head(_("Ride to school, {season} (min)").format(season=season_label(self._result, season)), number=True)
                for season in seasons
            ),
        ]
        return text_table(
            _("Stops of route {number}").format(number=self.number), heads, rows, table="transport_routes"
        )

    def _ride(self, minutes: Any) -> str:
        if minutes is None or pd.isna(minutes):
            return _("no bus")
        text = tenths(minutes)
        return _("{minutes} (over)").format(minutes=text) if minutes > self._rules.max_ride_minutes else text

    def _warnings(self) -> list[str]:
        found = []
        for season in self.seasons_of("closed_seasons"):
            closed = [season in str(text).split() for text in self.stops["closed_seasons"]]
            cut_off = [name for name, is_closed in zip(self.names, closed, strict=True) if is_closed]
            text = _("No bus, the roads are closed ({season}): {names}.")
            found.append(text.format(season=season_label(self._result, season), names=", ".join(cut_off)))
        over = self.words_of("beyond_cap_seasons")
        if over:
            limit = numbers.minutes(self._rules.max_ride_minutes)
            text = _("Over the limit of {limit} ({seasons}): another arrangement is needed then.")
            found.append(text.format(limit=limit, seasons=over))
        return found


def school_name(result: StudyResult, service: str, site_id: str) -> str:
    """Return a school's name; one that the plan opens is said to be new."""
    sites = result.sites[(result.sites["service"] == service) & (result.sites["site_id"] == site_id)]
    if not len(sites):
        return _("unnamed place {id}").format(id=site_id)
    name = name_of(sites.iloc[0])
    if sites["kind"].iloc[0] == "existing":
        return name
    site = result.service(service).site_label.in_language(current())
    return _("{name} (new: {site})").format(name=name, site=site)


def seats_in_words(seats: int) -> str:
    """Return a number of seats."""
    return ngettext("{n} seat", "{n} seats", seats).format(n=numbers.persons(seats))


def imputed_settlements(result: StudyResult, service: str) -> set[str]:
    """Return the settlements whose people were not counted but worked out."""
    flags = people_are_imputed(result, service)
    return {str(name) for name, flag in zip(result.settlements.index, flags, strict=True) if flag}
