"""Caps on support per head, worked out by hand on the six villages in the dry season, with the norm of 30 minutes.

Only A has a site. Within 30 minutes of it are A and B (25.7); beyond it are C 450, D 180, E 40 and F 800 people. A new
site costs 130 million anywhere. Alone it would bring within the norm:

    B  C (28.8)                 450   130 / 450 = 0.2889 million per person
    C  C, D (30.0)              630   130 / 630 = 0.2063
    D  C (30.0), D, E (24.0)    670   130 / 670 = 0.1940
    E  D (24.0), E              220   130 / 220 = 0.5909
    F  F                        800   130 / 800 = 0.1625
"""

from __future__ import annotations

import numpy as np
import pytest

from geo.planning.caps import capped, support, too_dear, uncapped
from geo.siting.problem import SitingProblem
from geo.siting.solve import solve
from tests.planning.district import CAPEX
from tests.siting.toy import names, problem

PRICE = CAPEX["phc", "fap"]


def clinics(n_open: int = 3) -> SitingProblem:
    return problem("dry", n_open=n_open, opening_cost=np.array([0.0] + [PRICE] * 5))


def test_what_each_site_costs_per_person_helped():
    found = support(clinics())
    assert found.gained.tolist() == [0, 450, 630, 670, 220, 800]
    assert found.per_head[1:] == pytest.approx([0.2889, 0.2063, 0.1940, 0.5909, 0.1625], abs=5e-5)


@pytest.mark.parametrize(("cap", "allowed"), [(0.1, ""), (0.17, "F"), (0.195, "DF"), (0.25, "CDF"), (1, "BCDEF")])
def test_a_cap_leaves_the_sites_that_are_not_too_dear(cap, allowed):
    may_open = capped(clinics(), cap, None).having("candidate")
    assert names(tuple(np.flatnonzero(may_open).tolist())) == allowed


def test_a_binding_cap_leaves_people_beyond_the_norm_who_are_named():
    # Two new sites: D and F bring everybody within the norm. Under a cap of 0.17 million only F may open.
    without, within = solve(clinics()), solve(capped(clinics(), 0.17, None))
    assert (names(without.opened), without.persons_beyond_limit) == ("DF", 0)
    assert (names(within.opened), within.persons_beyond_limit) == ("F", 670)
    late = within.milliseconds_after.max(axis=0) > within.milliseconds_after.dtype.type(30 * 60_000)
    assert names(tuple(np.flatnonzero(late).tolist())) == "CDE"


def test_a_cap_per_place_looks_at_the_price_alone():
    prices = np.array([0.0, 100.0, 130.0, 130.0, 130.0, 170.0])
    costly = problem("dry", n_open=3, opening_cost=prices)
    per_head, per_place = too_dear(costly, None, 150.0)
    assert not per_head.any()
    assert names(tuple(np.flatnonzero(per_place).tolist())) == "F"


def test_without_prices_no_cap_binds_and_facilities_are_never_ruled_out():
    free = problem("dry", n_open=3)
    assert capped(free, 1.0, 1.0) is free
    assert "forbidden" not in capped(clinics(), 0.1, None).status[:1]


def test_sites_that_a_cap_ruled_out_come_back():
    assert uncapped(capped(clinics(), 0.17, None)).status == clinics().status
