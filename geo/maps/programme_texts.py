"""Words of the map's layers about the programme: years, losses, proposals, rounds, ways of planning."""

from __future__ import annotations

from geo.language import gettext as _


def programme_words() -> dict[str, str]:
    """Return the words of the layers about the programme."""
    return _programme() | _choices() | _rounds()


def _programme() -> dict[str, str]:
    return {
        "programme": _("Programme"),
        "programmeYear": _("programme, {year}: {items}"),
        "programmeNoYear": _("no money yet"),
        "programmeItem": _("{year}: {item}"),
        "programmeWithin": _("within the norm from the end of {year}"),
        "programmeBelow": _("still below the norm at the end of {year}"),
        "worseOffLine": _("Worse off with the programme: {loss}"),
        "worseOffPlaces": _("worse off with the programme, settlements: {n}"),
    }


def _choices() -> dict[str, str]:
    return {
        "proposalRank": _("proposal of a community; the number is its rank among as many new sites: {n}"),
        "proposalHarms": _("proposal of a community that makes trips longer: {n}"),
        "proposalOut": _("proposal of a community that is not measured: {n}"),
        "proposalClose": _("a community proposes to close this"),
        "wayDown": _("planned from the centres down, within the plan's number of sites or money: {n}"),
        "wayDownMore": _("the same, if carried to its end: {n} more"),
        "wayDownItem": _("From the centres down, number {order}: {text}"),
        "wayUp": _("planned from the villages up, within the plan's number of sites or money: {n}"),
        "wayUpMore": _("the same, if carried to its end: {n} more"),
        "wayUpItem": _("From the villages up, number {order}: {text}"),
    }


def _rounds() -> dict[str, str]:
    return {
        "elsewhere": _("outside the unit"),
        "busTitle": _("School bus {number}"),
        "busStop": _("{place} (pupils: {pupils})"),
        "busStops": _("{stops} → {base}"),
        "busRide": _("Longest ride {minutes}, way {km} km; planned for the season: {season}."),
        "busClosed": _("No way for the bus in the season: {seasons}."),
        "busLate": _("Ride longer than its limit in the season: {seasons}."),
        "busTo": _("to {base}"),
        "busLine": _("school buses, along the roads: {n}"),
        "visitTitle": _("Visiting team, day {day} of the round, vehicle {vehicle}"),
        "visitStop": _("{place} (arrives after {minutes})"),
        "visitStops": _("{base} → {stops} → back"),
        "visitDay": _("Back after {minutes}, way {km} km by road; season: {season}."),
        "visitFrom": _("from {base}"),
        "visitLine": _("day trips of visiting teams, {season}; drawn straight, not along the roads: {n}"),
    }
