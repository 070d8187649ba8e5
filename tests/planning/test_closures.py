"""Closures that are refused, and why, in the six-village district (roads in tests/planning/planned.py)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.planning.case import Option
from geo.planning.closures import is_lowering, refusals, tolerated
from geo.planning.programme import solve_programme
from geo.units import UNREACHABLE_MS
from tests.planning.district import SEASONS, VILLAGES
from tests.planning.planned import ambulatory_in_a, clinics, fap, kept

CLOSE_B = Option("B-close", "B", "close")


def closing_b(*more, **settings):
    """A has an ambulatory, B a feldsher point that may be closed; without it everybody but A goes 32.14 min further."""
    return clinics([ambulatory_in_a(), kept("B", {"phc": 1}, 15), CLOSE_B, *more], n_years=1, **settings)


def test_whom_a_closure_worsens():
    (refusal,) = refusals(closing_b())
    assert refusal.reason == "worsening"
    assert refusal.is_refused
    # Everybody but A in dry and winter; in thaw D and E reach nothing today either: 5 + 5 + 3.
    assert len(refusal.losers) == 13
    named = {(VILLAGES[one.need], SEASONS[one.season]): one for one in refusal.losers}
    assert ("D", "thaw") not in named
    assert ("A", "dry") not in named
    for (village, season), before, after in (
        (("B", "dry"), 0, 25.7143),
        (("B", "winter"), 0, 32.1429),
        (("C", "thaw"), 41.1429, 66.8571),
        (("F", "winter"), 68.5714, 100.7143),
        (("E", "winter"), 149.1429, 181.2857),
    ):
        loser = named[village, season]
        assert (loser.before_ms / 60_000, loser.after_ms / 60_000) == pytest.approx((before, after), abs=1e-3)
    # Nothing else can stand in B, so that B's own people cannot be helped; the others could have a point each.
    assert not refusal.possible
    assert [VILLAGES[need] for need in refusal.beyond_help] == ["B", "C", "D", "E", "F"]
    everywhere = closing_b(*(fap(v) for v in "CDEF"))
    assert [VILLAGES[need] for need in refusals(everywhere)[0].beyond_help] == ["B"]


def test_tolerance_of_the_whole_detour_refuses_nothing():
    # The detour is A-B, 32.14 min in winter at most: 32 minutes are too little, 33 enough.
    assert refusals(closing_b(max_worsening_ms=33 * 60_000)) == ()
    # Not refused is not harmless: the same 13 lose.
    ((option, losers),) = tolerated(closing_b(max_worsening_ms=33 * 60_000))
    assert closing_b().options[option] == CLOSE_B
    assert len(losers) == 13
    assert tolerated(closing_b()) == ()
    # Dry and thaw detours are 25.71: only winter is left with 32 minutes.
    (refusal,) = refusals(closing_b(max_worsening_ms=32 * 60_000))
    assert {SEASONS[one.season] for one in refusal.losers} == {"winter"}


def test_something_could_make_up_for_it():
    # C's point may close where B's is; B's people are not touched. C and, through it, D and E lose. A new plot cannot
    # be in C, but 45 minutes of tolerance would do; with 30 only a point in D would help D and E, not C.
    options = [ambulatory_in_a(), kept("C", {"phc": 1}, 15), Option("C-close", "C", "close"), fap("B"), fap("D")]
    (refusal,) = refusals(clinics(options, n_years=1, max_worsening_ms=45 * 60_000))
    # Without B's point C goes 73.29 to A in winter: beyond 45. With it 41.14: possible.
    assert refusal.possible
    assert refusal.beyond_help == ()
    (strict,) = refusals(clinics(options, n_years=1, max_worsening_ms=30 * 60_000))
    assert not strict.possible
    assert [VILLAGES[need] for need in strict.beyond_help] == ["C"]


def test_compensated_closure_is_planned_only_with_the_compensation():
    # Closing C's point is required. Within 45 minutes that needs B's point, 130, in the same year or before.
    options = [ambulatory_in_a(), kept("C", {"phc": 1}, 15), Option("C-close", "C", "close"), fap("B")]
    case = clinics(options, n_years=2, max_worsening_ms=45 * 60_000, budget=np.array([0.0, 130.0]))
    programme = solve_programme(case, must={"C": "C-close"})
    chosen = [(item.year, case.options[item.option].option_id) for item in programme.items]
    assert chosen == [(1, "B-fap"), (1, "C-close")]
    assert programme.status == "optimal"
    poor = solve_programme(replace(case, budget=np.array([0.0, 129.0])), must={"C": "C-close"})
    assert poor.status == "infeasible"
    assert [case.options[r.option].option_id for r in poor.refusals] == ["C-close"]


def test_protected_place_is_refused_whatever_happens():
    protected = np.array([v == "B" for v in VILLAGES])
    case = closing_b(protected=protected, max_worsening_ms=240 * 60_000)
    (refusal,) = refusals(case)
    assert (refusal.reason, refusal.possible) == ("protected", False)
    # Nobody loses beyond four hours, and still it is refused.
    assert refusal.losers == ()
    assert solve_programme(case, must={"B": "B-close"}).status == "infeasible"
    assert not solve_programme(case).items


def test_without_a_tolerance_everything_is_allowed_and_losers_are_listed():
    case = closing_b(max_worsening_ms=None)
    (refusal,) = refusals(case)
    assert (refusal.reason, refusal.is_refused, refusal.possible) == ("allowed", False, True)
    assert len(refusal.losers) == 13
    assert solve_programme(case, must={"B": "B-close"}).status == "optimal"


def test_losing_the_only_way_is_a_loss():
    # Only B has a point: closing it leaves nobody anything.
    case = clinics([kept("B", {"phc": 1}), CLOSE_B], n_years=1, max_worsening_ms=240 * 60_000)
    (refusal,) = refusals(case)
    assert all(one.after_ms == UNREACHABLE_MS for one in refusal.losers)
    # All six in dry and winter, A, B, C, F in thaw.
    assert len(refusal.losers) == 16


def test_people_of_nobody_are_protected_too():
    persons = np.zeros((1, 6), dtype=np.int64)
    case = replace(closing_b(), persons=persons)
    assert {one.persons for one in refusals(case)[0].losers} == {0}
    assert not solve_programme(case).items


@pytest.mark.parametrize(
    ("before", "after", "lowers"),
    [
        (({"phc": 1}, ()), ({}, ()), True),
        (({"phc": 1}, ()), ({"phc": 0}, ()), True),
        (({"phc": 1}, ()), ({"phc": 2}, ()), False),
        (({"phc": 1, "school": 0}, ()), ({"phc": 2}, ()), True),
        (({"school": 0}, ("kk", "ru")), ({"school": 1}, ("kk",)), True),
        (({"school": 0}, ("kk",)), ({"school": 0}, ("kk", "ru")), False),
        (({"school": 0}, ("kk",)), ({"school": 0}, ()), False),
        (({"school": 0}, ()), ({"school": 0}, ("kk",)), True),
        (({}, ()), ({"phc": 0}, ("kk",)), False),
    ],
)
def test_lowering(before, after, lowers):
    one = Option("k", "A", "keep", before[0], before[1])
    assert is_lowering(one, Option("n", "A", "replace", after[0], after[1])) is lowers
