"""Two ways of planning, worked out by hand on the six villages in the dry season, with the norm of 30 minutes.

Only A has a clinic; A is the district centre, C the centre of its okrug, the others are satellites. Beyond the norm
today: C 450 (54.5 from A), D 180, E 40, F 800.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.planning.ways import NOWHERE, SATELLITE, affordable, bottom_up, top_down, users_of
from geo.siting.measure import evaluate, mask_of
from geo.siting.solve import solve
from tests.siting.toy import VILLAGES, names, problem

HERE = tuple(range(6))
TIERS = (1, SATELLITE, 2, SATELLITE, SATELLITE, SATELLITE)


def village(position: int) -> str:
    return "" if position == NOWHERE else VILLAGES[position]


def groups(found) -> list[tuple[str, str, int]]:
    return [(village(one.site), names(one.settlements), one.persons) for one in found]


def test_from_the_centres_down():
    # C first, for its rank. D is then exactly 30.0 from C, within the norm, so that it needs nothing. F (800 people,
    # 40 from C) comes before E (40 people, 54 from C); both hang on C, their nearest centre (F is 73.7 from A).
    steps = top_down(problem("dry", n_open=2), HERE, TIERS)
    assert [(village(one.site), one.hub, village(one.parent)) for one in steps] == [
        ("C", True, ""),
        ("F", False, "C"),
        ("E", False, "C"),
    ]


def test_the_centres_are_not_where_most_people_gain():
    # One new clinic: from the centres down it goes to C, and F and E stay beyond, 840 people. The best is F: 670.
    asked = problem("dry", n_open=2)
    sites = affordable(asked, [one.site for one in top_down(asked, HERE, TIERS)])
    assert names(sites) == "C"
    assert evaluate(asked, [0, *sites]).persons_beyond_limit == 840
    assert solve(asked).persons_beyond_limit == 670


def test_from_the_villages_up():
    # A clinic needs 600 people. F has 800 alone. E (40) is the smallest: its nearest is D (24.0). D and E, 220 people,
    # are served from D: either way the longest trip is 24, but 40 people travel instead of 180. Their nearest is C,
    # 30.0 from D: from D all three are within 30 (C 30, E 24), from C or E not (54). 670 people: enough.
    found = bottom_up(problem("dry", n_open=2), HERE, 600)
    assert groups(found.viable) == [("F", "F", 800), ("D", "CDE", 670)]
    assert found.left == ()
    # With two new clinics that is the best plan too: nobody stays beyond the norm.
    assert evaluate(problem("dry", n_open=3), [0, 3, 5]).persons_beyond_limit == 0


def test_groups_too_far_from_anybody_stay_without_a_site():
    # With 700 people needed, C, D, E (670) look for one more: the nearest is F, 40 from C, beyond the norm.
    found = bottom_up(problem("dry", n_open=2), HERE, 700)
    assert groups(found.viable) == [("F", "F", 800)]
    assert groups(found.left) == [("D", "CDE", 670)]
    assert bottom_up(problem("dry", n_open=2), HERE, 1000).viable == ()


def test_in_the_worst_season_every_village_stands_alone():
    # In winter even A-B is 32.1: nobody is within 30 minutes of anybody else, B is beyond the norm too.
    found = bottom_up(problem("dry", "winter", "thaw", n_open=2), HERE, 600)
    assert groups(found.viable) == [("B", "B", 1200), ("F", "F", 800)]
    assert [members for _site, members, _people in groups(found.left)] == ["C", "D", "E"]


def test_a_village_where_nothing_may_open_joins_another():
    asked = problem("dry", n_open=2)
    closed = tuple(
        "forbidden" if village in "CD" else word for village, word in zip(VILLAGES, asked.status, strict=True)
    )
    found = bottom_up(replace(asked, status=closed), HERE, 100)
    # E and D, 24 apart, have a site only in E. C could only be served from D or C itself, where nothing may open;
    # B is within the norm of A already and starts no group. C stays without.
    assert groups(found.viable) == [("F", "F", 800), ("E", "DE", 220)]
    assert groups(found.left) == [("", "C", 450)]


def test_users_are_those_within_the_norm_of_their_nearest():
    # A, D and F: A and B go to A (4,200), C (30.0) and E (24.0) to D with D itself (670), F to F.
    asked = problem("dry", n_open=3)
    users = users_of(asked, mask_of(asked, [0, 3, 5]))
    assert users.tolist() == [4200, 0, 0, 670, 0, 800]
    assert users_of(asked, np.zeros(6, dtype=bool)).sum() == 0


@pytest.mark.parametrize(("budget", "opened"), [(50.0, ""), (100.0, "F"), (130.0, "C"), (200.0, "CF"), (270.0, "CFE")])
def test_what_money_does_not_reach_is_passed_by(budget, opened):
    # In this order: C costs 130, F 70 and E 70; what does not fit any more is passed by.
    prices = np.array([0.0, 130.0, 130.0, 130.0, 70.0, 70.0])
    asked = problem("dry", n_open=None, budget=budget, opening_cost=prices)
    assert names(affordable(asked, [2, 5, 4])) == opened


def test_ties_go_to_the_first():
    # Everybody one minute apart, all alike: the groups are made in the order of the villages.
    asked = replace(
        problem("dry", n_open=2, facilities="", limit_ms=60_000),
        milliseconds=np.full((1, 6, 6), 60_000, dtype=np.int32) * (1 - np.eye(6, dtype=np.int32)),
        persons=np.full(6, 10),
    )
    assert groups(bottom_up(asked, HERE, 20).viable) == groups(bottom_up(asked, HERE, 20).viable)
    assert groups(bottom_up(asked, HERE, 20).viable) == [("A", "AB", 20), ("C", "CD", 20), ("E", "EF", 20)]
