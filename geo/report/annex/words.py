"""What the annex says apart from figures: outcomes in words, assumptions of the routes, and what it rests on."""

from __future__ import annotations

from geo.language import gettext as _
from geo.language import numbers
from geo.study.config import Transport
from geo.study.result import StudyResult


def outcome_words(rules: Transport) -> dict[str, str]:
    """Return how pupils come to school, or why no bus is planned, by the outcome of `transport_pupils`."""
    facts = {"km": numbers.decimal(rules.walk_km, 0), "limit": numbers.minutes(rules.max_ride_minutes)}
    words = {
        "own-school": _("school in their own settlement"),
        "walks": _("on foot, at most {km} km"),
        "carried": _("by bus"),
        "beyond-cap": _("ride alone longer than {limit}: boarding school or another form of provision"),
        "no-road": _("no open road within {km} km of the settlement leads to the school"),
        "no-school": _("no way to any school in any season"),
        "unknown": _("number of pupils unknown"),
    }
    return {outcome: text.format(**facts) for outcome, text in words.items()}


def route_rules(result: StudyResult, rules: Transport) -> list[str]:
    """Return the assumptions of the routes in sentences."""
    facts = {
        "km": numbers.decimal(rules.walk_km, 0),
        "limit": numbers.minutes(rules.max_ride_minutes),
        "stop": numbers.decimal(rules.stop_minutes, 0),
        "factor": numbers.decimal(rules.bus_speed_factor, 2),
        "kmh": numbers.decimal(rules.bus_max_kmh, 0),
        "seats": ", ".join(numbers.persons(seats) for seats in sorted(rules.seats)),
        "iterations": numbers.persons(rules.iterations),
        "seed": str(result.config.study.seed),
    }
    texts = [
        _("Pupils are those of school age in the study's data; each attends the school that the plan gives the place."),
        _("Carried: pupils with more than {km} km to a school in another settlement. Longest ride: {limit} one way."),
        _("A bus drives at {factor} of the speed of the study's vehicle, at most {kmh} km/h; a stop takes {stop} min."),
        _("Sizes of bus, in seats for pupils: {seats}. One bus serves one route; it stands at the school overnight."),
        _("A route is planned for the season that is the largest part of the year among those with open roads."),
        _("Routes: fewest buses, then least driving; {iterations} steps of search, seed {seed}. Better may exist."),
        _("These values are proposals of the study, not legally verified; local conditions come first."),
    ]
    return [text.format(**facts) for text in texts]


def legal_grounds() -> list[str]:
    """Return what the annex rests on; none of it has been checked by a lawyer."""
    return [
        _(
            "District akimats adopt schemes and rules for bringing children from remote settlements to school, one "
            "annex per route: Law on Road Transport, art. 14(3)(3-1), and order No 349 of 26 March 2015 (not legally "
            "verified)."
        ),
        _(
            "Free transport is due where a settlement has no school: Law on Education; 3 km is the practice of "
            "districts (not legally verified)."
        ),
        _(
            "Buses do not carry children at night, in fog or in a blizzard; children are 7 or older, and secured up to "
            "12 (not legally verified)."
        ),
    ]
