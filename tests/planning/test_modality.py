"""Forms of provision in the six-village district, worked out by hand.

Annuities at 6 %: 15 years 0.06 x 1.06^15 / (1.06^15 - 1) = 0.06 x 2.396558 / 1.396558 = 0.102963;
40 years 0.06 x 10.285718 / 9.285718 = 0.066462; 50 years 0.06 x 18.420154 / 17.420154 = 0.063444.
Money is millions of KZT, made up (`district.CAPEX`, `district.OPEX`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.planning.modality import FORMS, Ceiling, Choice, Offer, Price, choose
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS
from tests.planning.district import CAPEX, LIFETIME_YEARS, OPEX, PUPILS, times_ms
from tests.toy import PERSONS, VILLAGES

RATE = 0.06
D, E = VILLAGES.index("D"), VILLAGES.index("E")
#: 27 km of gravel, C-D 15 km and D-E 12 km; its upkeep is left out here.
ROAD = Price(27 * CAPEX["road_km", "gravel"], LIFETIME_YEARS["road_km"], 0.0)
FAP = Price(CAPEX["phc", "fap"], LIFETIME_YEARS["phc"], OPEX["phc", "fap"])


def worst_to_a(repaired: bool) -> np.ndarray:
    return times_ms(repaired)[:, :, VILLAGES.index("A")].max(axis=0)


def test_the_road_reaches_d_and_e_in_every_season() -> None:
    # Today D and E are cut off in the thaw. With gravel (A.2) the thaw is D 92.571 and E 113.143 minutes; the winter is
    # longer: C 73.2857 + 15 km at 35 = 25.7143 makes D 99.0, and 12 km more at 35 = 20.5714 make E 119.5714.
    assert (worst_to_a(False)[[D, E]] == UNREACHABLE_MS).all()
    thaw = times_ms(True)[2, [D, E], 0] / MS_PER_MINUTE
    assert thaw == pytest.approx([92.571, 113.143], abs=1e-3)
    assert worst_to_a(True)[[D, E]] / MS_PER_MINUTE == pytest.approx([99.0, 119.571], abs=1e-3)


def test_a_road_costs_twelve_times_a_feldsher_point_here() -> None:
    # Norm 120 minutes. Road: 27 x 100 x 0.102963 = 278.00 a year for D and E, 220 people: 1.2636 each.
    road = Offer("road", price=ROAD, persons=220, own_persons=180, needed=180)
    assert road.annual_cost(RATE) == pytest.approx(278.00, abs=0.01)
    assert road.cost_per_person(RATE) == pytest.approx(1.2636, abs=1e-4)
    # A feldsher point in D: 130 x 0.066462 + 15 = 23.640 a year. E stays cut off from D in the thaw (12 km of earth),
    # so it serves 180 people: 0.13133 each. In E it serves 40: 0.5910 each.
    assert times_ms()[2, E, D] == UNREACHABLE_MS
    in_d = Offer("build", price=FAP, persons=180, own_persons=180, needed=180)
    assert in_d.annual_cost(RATE) == pytest.approx(23.640, abs=1e-3)
    assert in_d.cost_per_person(RATE) == pytest.approx(0.13133, abs=1e-5)
    in_e = Offer("build", price=FAP, persons=40, own_persons=40, needed=40)
    assert in_e.cost_per_person(RATE) == pytest.approx(0.5910, abs=1e-4)
    # Visits to E: 26 a year at 0.15 = 3.9 for 40 people, 0.0975 each: less than any building.
    visits = Offer("mobile", price=Price(0, 1, 26 * OPEX["visit", "phc"]), persons=40, own_persons=40, needed=40)
    assert visits.cost_per_person(RATE) == pytest.approx(0.0975)


def e_offers() -> list[Offer]:
    """What E is offered: 40 people, a threshold of 50 for a building; its team cannot come in the thaw."""
    return [
        Offer("road", price=ROAD, persons=220, own_persons=40, needed=40),
        Offer("build", "too-few-people", FAP, 40, 40, 40),
        Offer("share", "no-neighbour"),
        Offer("mobile", "", Price(0, 1, 3.9), 40, 40, 40, closed=("thaw",)),
        Offer("floor", price=Price(0, 1, 0.5), needed=40),
    ]


def test_the_rule_takes_the_road_first_and_a_ceiling_stops_it() -> None:
    # Only the road serves E in every season, so that it is the cheapest of those; the rule begins with it too.
    assert choose(e_offers(), Ceiling(RATE)) == Choice("road", "road-within-norm", "road")
    # At most 1 million a year and person: the road costs 1.2636. Then the team, 0.0975 a person.
    assert choose(e_offers(), Ceiling(RATE, per_person=1.0)) == Choice("mobile", "visits", "mobile")
    # At most 500 million at once: the road costs 2,700.
    assert choose(e_offers(), Ceiling(RATE, capex=500)).rule == "mobile"


def test_bus_and_boarding_for_the_pupils_of_d_and_e() -> None:
    # One bus carries the 30 pupils of D and the 6 of E: D's share of 9 a year is 30 / 36 x 9 = 7.5, 0.25 a pupil.
    assert PUPILS[[D, E]].tolist() == [30, 6]
    bus = Offer("bus", price=Price(0, 1, 30 / 36 * OPEX["bus_year", "bus"]), persons=30, own_persons=30, needed=30)
    assert bus.cost_per_person(RATE) == pytest.approx(0.25)
    # A basic school: 240 x 0.063444 + 45 = 60.2266 a year, 2.0076 a pupil of D: the bus beats the school.
    school = Price(CAPEX["school", "basic"], LIFETIME_YEARS["school"], OPEX["school", "basic"])
    build = Offer("build", price=school, persons=30, own_persons=30, needed=30)
    assert build.cost_per_person(RATE) == pytest.approx(2.0076, abs=1e-4)
    # Boarding: 20 pupils of D are old enough, 20 x 0.9 = 18 a year, 0.9 each, and the ten young ones stay without.
    boarding = Offer(
        "boarding", price=Price(0, 1, 20 * OPEX["boarding", "place_year"]), persons=20, own_persons=20, needed=30
    )
    assert boarding.cost_per_person(RATE) == pytest.approx(0.9)
    assert not boarding.is_full
    choice = choose([build, bus, boarding, Offer("floor")], Ceiling(RATE, per_person=1.0))
    assert choice == Choice("bus", "bus-within-limit", "bus")
    # Without a bus within its limit, a boarding place: step 5 of the rule.
    too_far = replace(bus, refusal="ride-too-long")
    assert choose([too_far, boarding, Offer("floor")], Ceiling(RATE)) == Choice("boarding", "beyond-bus", "boarding")


def test_no_price_is_not_a_price_of_nothing() -> None:
    unpriced = Offer("mobile", persons=40, own_persons=40, needed=40)
    assert unpriced.annual_cost(RATE) is None
    assert unpriced.cost_per_person(RATE) is None
    choice = choose([unpriced, Offer("floor")], Ceiling(RATE, per_person=0.001))
    assert choice == Choice("mobile", "visits", None)


def test_nobody_is_left_without_a_form() -> None:
    refused = [Offer(form, "no-way") for form in FORMS if form != "floor"]
    assert choose([*refused, Offer("floor")], Ceiling(RATE)).rule == "floor"
    assert choose([], Ceiling(RATE)) == Choice("floor", "nothing-else", None)


def test_impossible_input_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        choose([Offer("bus"), Offer("bus")], Ceiling(RATE))
    with pytest.raises(ValueError, match="impossible"):
        Price(-1, 10, 0)
    with pytest.raises(ValueError, match="impossible"):
        Price(1, 0, 0)


def test_the_people_of_the_district_are_those_of_the_appendix() -> None:
    assert PERSONS[[D, E]].tolist() == [180, 40]
