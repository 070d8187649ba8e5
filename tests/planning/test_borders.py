"""Lines between areas, worked out by hand on the six villages in the dry season, with the norm of 60 minutes.

A, B, F are one okrug, C, D, E the other. Minutes that matter: A-B 25.7, A-C 54.5, A-F 73.7, A-D 84.5, A-E 108.5,
B-C 28.8, B-F 48.0, B-D 58.8, B-E 82.8, C-D 30.0, C-E 54.0, C-F 40.0, F-D 70.0, F-E 94.0.
"""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from geo.planning.borders import allot, border_penalty, closed_lines, dividend
from geo.siting.solve import solve
from geo.units import minutes_to_ms
from tests.siting.toy import KAPPA, names, problem

OKRUGS = ("g0", "g0", "g1", "g1", "g1", "g0")


def villages(facilities: str, n_open: int):
    return problem("dry", facilities=facilities, n_open=n_open, limit_ms=minutes_to_ms(60))


def ede(*groups: tuple[float, float]) -> float:
    """Return the equally-distributed equivalent of (people, minutes) by its formula."""
    total = sum(people for people, _minutes in groups)
    return math.log(sum(people * math.exp(-KAPPA * minutes) for people, minutes in groups) / total) / -KAPPA


def test_the_line_keeps_the_other_okrug_from_the_only_clinic():
    # Today: C is within 60 minutes of A, D, E and F are not: 180 + 40 + 800 = 1,020 beyond. With the line closed C,
    # D and E have no way at all: 450 more. The line costs 450 people, those of C; C, D and E go over it today.
    found = border_penalty(villages("A", 2), OKRUGS, OKRUGS)
    assert (found.today_open.persons_beyond_limit, found.today_closed.persons_beyond_limit) == (1020, 1470)
    assert found.today_persons == 450
    assert names(tuple(found.over_line.nonzero()[0].tolist())) == "CDE"
    # One more clinic. Line open: C serves everybody within 60 minutes (F 40, D 30, E 54). Line closed: in C it leaves
    # F (800), in B or F it leaves C, D and E (670): 670 is the least. The line costs 670 people with the best plans.
    assert (names(found.plan_open.opened), found.plan_open.persons_beyond_limit) == ("C", 0)
    assert found.plan_closed.persons_beyond_limit == 670
    assert names(found.plan_closed.opened) == "F"
    assert found.plan_persons == (670, 670)


def test_a_district_whose_neighbour_has_a_clinic():
    # Only A, B and F count, and C is a clinic of the neighbours: F is 40 from C, 73.7 from A. B stays with A (25.7).
    both = villages("AC", 2)
    rows = [0, 1, 5]
    own = replace(
        both,
        settlement_ids=("A", "B", "F"),
        milliseconds=both.milliseconds[:, rows],
        persons=both.persons[rows],
    )
    found = border_penalty(own, ("g0",) * 3, OKRUGS)
    assert (found.today_open.persons_beyond_limit, found.today_closed.persons_beyond_limit) == (0, 800)
    assert found.over_line.tolist() == [False, False, True]
    assert found.today_open.ede_minutes == pytest.approx(ede((3000, 0), (1200, 180 / 7), (800, 40)))
    assert found.today_closed.ede_minutes == pytest.approx(ede((3000, 0), (1200, 180 / 7), (800, 516 / 7)))
    # No site may be added (A and C are two already), so that the plans are today's.
    assert found.plan_persons == (800, 800)


def test_within_one_area_the_line_costs_nothing():
    found = border_penalty(villages("A", 2), ("g0",) * 6, ("g0",) * 6)
    assert (found.today_persons, found.plan_persons) == (0, (0, 0))
    assert found.plan_closed is found.plan_open
    assert not found.over_line.any()


def test_a_site_in_no_area_is_over_the_line_for_everybody():
    closed = closed_lines(villages("A", 2), ("",) * 6, ("",) * 6)
    assert closed.nearest_ms(closed.existing).min() > minutes_to_ms(24 * 60)


def test_the_dividend_of_one_new_site():
    # 800 people of g0 (F) are beyond the norm today and 220 of g1 (D, E), so that the one new site is g0's. B and F
    # both bring F within 60 minutes; F is the less unequal: exp(.0163 x 25.7) - 1 = .519 for 1,200 people of B is 623,
    # exp(.0163 x 48) - 1 = 1.183 for 800 of F is 946. With A and F, D (70) and E (94) stay beyond: 220.
    # Planned together the site goes to C, and nobody stays beyond: the dividend is 220 people.
    shares = allot(1, {"g0": 800, "g1": 220}, {"g0": 2, "g1": 3})
    assert shares == {"g0": 1, "g1": 0}
    found = dividend(villages("A", 2), OKRUGS, OKRUGS, shares)
    assert {area: names(sites) for area, sites in found.opened.items()} == {"g0": "F", "g1": ""}
    assert (found.separate.persons_beyond_limit, found.joint.persons_beyond_limit) == (220, 0)
    assert (found.persons, found.most_persons, found.proven) == (220, 220, True)
    assert names(found.joint.opened) == "C"


def test_the_joint_plan_opens_no_more_than_the_areas_may():
    # Two more sites may open, but only one is given to an area (g1 has none). With two sites the joint plan would count
    # a second site as a gain of planning together; with the one that was given it is the same question as above, also
    # where the plan with two sites is known already.
    two_more = villages("A", 3)
    for best in (None, solve(two_more)):
        found = dividend(two_more, OKRUGS, OKRUGS, {"g0": 1, "g1": 0}, best)
        assert names(found.joint.opened) == "C"
        assert (found.separate.persons_beyond_limit, found.persons, found.most_persons) == (220, 220, 220)


def test_people_use_what_the_neighbouring_okrug_opens():
    # One site for each: g0 opens F as before; g1 for its own C, D, E brings all within 60 by C or D, the least
    # unequal being D or C; either serves everybody, so that planning together brings nobody more within the norm.
    found = dividend(villages("A", 3), OKRUGS, OKRUGS, {"g0": 1, "g1": 1})
    assert names(found.opened["g0"]) == "F"
    assert names(found.opened["g1"]) in ("C", "D")
    assert (found.separate.persons_beyond_limit, found.persons) == (0, 0)


def test_sites_go_where_most_people_are_beyond_the_norm_per_site():
    # 800/1 = 800 before 220/1; then 800/3 = 267 before 220; then g0 has no room left, and g1 gets the third.
    assert allot(2, {"g0": 800, "g1": 220}, {"g0": 2, "g1": 3}) == {"g0": 2, "g1": 0}
    assert allot(3, {"g0": 800, "g1": 220}, {"g0": 2, "g1": 3}) == {"g0": 2, "g1": 1}
    assert allot(9, {"g0": 800, "g1": 220}, {"g0": 2, "g1": 3}) == {"g0": 2, "g1": 3}
    assert allot(1, {"b": 5.0, "a": 5.0}, {"a": 1, "b": 1}) == {"a": 1, "b": 0}
