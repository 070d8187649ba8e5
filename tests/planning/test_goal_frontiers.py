"""What one goal costs in another, worked out by hand on the six villages of appendix A."""

from __future__ import annotations

import numpy as np
import pytest

from geo.siting.frontier import Frontier, frontier
from geo.units import minutes_to_ms
from tests.planning.district import CAPEX
from tests.siting.toy import names, problem

PRICE = CAPEX["phc", "fap"]


def points(found: Frontier) -> list[tuple[str, float, float]]:
    return [(names(point.solution.opened), *point.solution.goals) for point in found.points]


def test_two_of_mean_and_equivalent_trip_with_one_more_facility():
    # A.2, one facility beside A in the dry season. Mean / EDE: B 11.509 / 15.4295, C 12.4192 / 14.6528,
    # D 17.869 / 23.3763, E 20.8904 / 27.4799, F 11.5021 / 14.9611. F has the shortest mean trip and C the least
    # equivalent one; B is worse than F by both, D and E worse than either.
    found = frontier(problem("dry", n_open=2), "equally-distributed-equivalent", "capped-person-time")
    assert found.complete
    assert [name for name, _ede, _time in points(found)] == ["F", "C"]
    ede, mean = zip(*((ede, time / 60_000 / 5670) for _name, ede, time in points(found)), strict=True)
    assert ede == pytest.approx((14.9611, 14.6528), abs=5e-5)
    assert mean == pytest.approx((11.5021, 12.4192), abs=5e-5)
    assert 5670 * mean[0] == pytest.approx(65_217.14, abs=0.01)


def test_three_of_mean_trip_and_people_beyond_an_hour():
    # A.2 again, within 60: C all of them, B .9929 (E, 40 people, stays), F .9612 (D and E, 220 people, stay).
    found = frontier(problem("dry", n_open=2, limit_ms=minutes_to_ms(60)), "capped-person-time", "persons-beyond-limit")
    assert found.complete
    assert [(name, beyond) for name, _time, beyond in points(found)] == [("C", 0), ("B", 40), ("F", 220)]
    assert all(point.solution.status == "optimal" and not point.nested for point in found.points)


def test_six_of_people_beyond_the_norm_and_money():
    # In the worst season nobody is within 30 minutes of another village (A-B is 32.1 in winter), so that every clinic
    # serves its own village. Clinics go where most people live: B, F, C, D, E, one after another.
    costly = problem("dry", "winter", "thaw", n_open=6, opening_cost=np.array([0.0] + [PRICE] * 5))
    found = frontier(costly, "persons-beyond-limit", "cost")
    assert points(found) == [
        ("", 2670, 0),
        ("B", 1470, PRICE),
        ("BF", 670, 2 * PRICE),
        ("BCF", 220, 3 * PRICE),
        ("BCDF", 40, 4 * PRICE),
        ("BCDEF", 0, 5 * PRICE),
    ]
    assert found.complete
    assert [point.nested for point in found.points] == [False, True, True, True, True, True]


def test_the_capped_mean_compares_plans_that_reach_different_people():
    # In the thaw D and E are cut off from all but one another's own site. With the cap of 240 min they count with
    # it: beside A, one clinic in D leaves E (40) with 240; in F it leaves both, in B too. 3000 x 0 ...
    #   B: F 68.571 x 800, C 41.143 x 450, D and E 240 x 220          = 126,171
    #   F: B 25.714 x 1200, C 66.857 x 450, D and E 240 x 220         = 113,743
    # F therefore stands before B though it reaches nobody more.
    found = frontier(
        problem("thaw", n_open=2, limit_ms=minutes_to_ms(60)), "capped-person-time", "persons-beyond-limit"
    )
    by_name = {name: time / 60_000 for name, time, _beyond in points(found)}
    assert by_name["F"] == pytest.approx(1200 * 180 / 7 + 450 * 468 / 7 + 240 * 220, abs=1)
