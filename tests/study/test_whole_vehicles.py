"""Shares of vehicles beside whole ones: does the order of forms hold? Made-up prices, in millions a year."""

from __future__ import annotations

from geo.planning.modality import Ceiling, Offer, Price
from geo.study.programme.offers import Detail
from geo.study.programme.whole_vehicles import choose_whole, whole_prices

RATE = 0.06
FREE = Ceiling(RATE)


def yearly(amount: float) -> Price:
    return Price(0.0, 1.0, amount)


def offer(form: str, cost: float, persons: int = 40, refusal: str = "") -> Offer:
    return Offer(form, refusal, yearly(cost), persons, persons, persons)


#: A school of its own costs 90 and is too small by the rule; a third of two buses of 80 costs 53, both of them 160.
SCHOOL = Detail(offer("build", 90))
BUS = Detail(offer("bus", 53), "school", alone=yearly(160))


def test_a_bus_that_beats_a_school_only_by_its_share_loses_with_whole_buses():
    prices = whole_prices({0: [SCHOOL, BUS]}, (), (), RATE)
    assert {key: price.annual(RATE) for key, price in prices.items()} == {(0, "bus"): 160.0}
    assert choose_whole(0, [SCHOOL, BUS], {}, FREE).cheapest == "bus"
    assert choose_whole(0, [SCHOOL, BUS], prices, FREE).cheapest == "build"


def test_the_rule_too_is_asked_anew():
    """At most 2 a year and pupil: 53 / 40 is less, 160 / 40 is more, and boarding is next."""
    boarding = Detail(offer("boarding", 70))
    ceiling = Ceiling(RATE, per_person=2.0)
    prices = whole_prices({0: [BUS, boarding]}, (), (), RATE)
    assert choose_whole(0, [BUS, boarding], {}, ceiling).rule == "bus"
    assert choose_whole(0, [BUS, boarding], prices, ceiling).rule == "boarding"


def test_a_team_costs_its_part_of_the_vehicles_of_its_round():
    """Two villages take 2 and 6 of a round that costs 20 with its vehicle: 5 and 15. The third pays its own, 14."""
    near, far, other = (
        Detail(offer("mobile", cost), base, alone=yearly(14)) for cost, base in ((2, "A"), (6, "A"), (3, "B"))
    )
    team = {"site_id": "A", "annual_cost": 20.0}
    prices = whole_prices({0: [near], 1: [far], 2: [other]}, (0, 1), [team], RATE)
    assert [prices[place, "mobile"].annual(RATE) for place in range(3)] == [5.0, 15.0, 14.0]


def test_a_round_that_joins_villages_never_makes_whole_vehicles_cheaper_than_shares():
    detail = Detail(offer("mobile", 6), "A", alone=yearly(14))
    prices = whole_prices({0: [detail]}, (0,), [{"site_id": "A", "annual_cost": 4.0}], RATE)
    assert prices[0, "mobile"].annual(RATE) == 6.0
