"""Golden values of the toy district (worked example A.2)."""

from __future__ import annotations

import pytest

from geo.siting.explain import evaluate
from geo.siting.solve import solve
from geo.units import MS_PER_MINUTE, minutes_to_ms
from tests.siting.toy import PERSONS, VILLAGES, milliseconds, names, problem

#: One more facility beside A, dry: mean, largest minutes, share within 30 and 60, equally-distributed equivalent.
ONE_MORE = {
    "B": (11.509, 82.8, 0.8201, 0.9929, 15.4295),
    "C": (12.4192, 54.0, 0.8519, 1.0, 14.6528),
    "D": (17.869, 70.0, 0.8589, 0.8589, 23.3763),
    "E": (20.8904, 73.7143, 0.7795, 0.8589, 27.4799),
    "F": (11.5021, 94.0, 0.8818, 0.9612, 14.9611),
}


@pytest.mark.parametrize("village", ONE_MORE)
def test_measures_of_one_more_facility(village: str) -> None:
    mean, largest, within_30, within_60, ede = ONE_MORE[village]
    sites = (0, VILLAGES.index(village))
    at_30 = evaluate(problem(objective="p-median", n_open=2), sites)
    at_60 = evaluate(problem(objective="p-median", n_open=2, limit_ms=minutes_to_ms(60)), sites)
    assert at_30.goals[1] / MS_PER_MINUTE / sum(PERSONS) == pytest.approx(mean, abs=1e-4)
    assert at_30.largest_ms / MS_PER_MINUTE == pytest.approx(largest, abs=1e-4)
    assert at_30.persons_within_limit / sum(PERSONS) == pytest.approx(within_30, abs=1e-4)
    assert at_60.persons_within_limit / sum(PERSONS) == pytest.approx(within_60, abs=1e-4)
    assert at_30.ede_minutes == pytest.approx(ede, abs=1e-4)


@pytest.mark.parametrize(
    ("objective", "limit_minutes", "village"),
    [
        ("p-median", 30, "F"),
        ("max-cover", 30, "F"),
        ("max-cover", 60, "C"),
        ("p-center", 30, "C"),
        ("kolm-pollak", 30, "C"),
        ("lexicographic", 30, "F"),
        ("lexicographic", 60, "C"),
    ],
)
def test_objectives_disagree_on_purpose(objective: str, limit_minutes: int, village: str) -> None:
    solution = solve(problem(objective=objective, n_open=2, limit_ms=minutes_to_ms(limit_minutes)))
    assert solution.status == "optimal"
    assert names(solution.opened) == village
    assert solution.losers == ()


def test_free_choice_of_two_p_median() -> None:
    solution = solve(problem(facilities="", objective="p-median", n_open=2))
    assert names(solution.open_sites) == "AF"
    assert solution.value == pytest.approx(65_217.14 * MS_PER_MINUTE, abs=0.005 * MS_PER_MINUTE)
    assert solution.value == sum(
        w * int(min(row[0], row[5])) for w, row in zip(PERSONS, milliseconds("dry")[0], strict=True)
    )


def test_free_choice_of_two_p_center() -> None:
    solution = solve(problem(facilities="", objective="p-center", n_open=2))
    assert solution.value == minutes_to_ms(48.0)
    assert names(solution.open_sites) in ("BD", "BE")


def test_free_choice_of_two_max_cover() -> None:
    solution = solve(problem(facilities="", objective="max-cover", n_open=2))
    assert names(solution.open_sites) == "BF"
    assert (solution.value, solution.bound, solution.sense) == (5_450, 5_450, "max")


def test_fewest_sites_that_cover() -> None:
    within_60 = solve(problem(facilities="", objective="set-cover", limit_ms=minutes_to_ms(60)))
    assert names(within_60.open_sites) == "C"
    within_30 = solve(problem(facilities="", objective="set-cover"))
    assert names(within_30.open_sites) in ("ADF", "BDF", "BEF")
    assert within_30.value == 3


def test_a_norm_of_thirty_minutes_is_met_by_exactly_thirty_minutes() -> None:
    c, d = VILLAGES.index("C"), VILLAGES.index("D")
    assert milliseconds("dry")[0, c, d] == minutes_to_ms(30)
    only_d = evaluate(problem(facilities="", objective="max-cover", n_open=1), (d,))
    assert only_d.persons_within_limit == 450 + 180 + 40


@pytest.mark.parametrize(
    ("kappa_factor", "villages", "largest_minutes"),
    [(0.01, "AF", 94.0), (0.1, "AF", 94.0), (0.5, "AF", 94.0), (1, "AC", 54.0), (4, "AC", 54.0), (16, "AC", 54.0)],
)
def test_aversion_sweep(kappa_factor: float, villages: str, largest_minutes: float) -> None:
    kappa = -0.0162624 * kappa_factor
    solution = solve(problem(facilities="", objective="kolm-pollak", n_open=2, kappa=kappa))
    assert solution.status == "optimal"
    assert names(solution.open_sites) == villages
    assert solution.largest_ms == minutes_to_ms(largest_minutes)


def test_thaw_cuts_villages_off() -> None:
    settings = {"objective": "p-median", "n_open": 2}
    with_f = evaluate(problem("thaw", **settings), (0, 5))
    assert (with_f.persons_unserved, names(with_f.unserved)) == (220, "DE")
    assert evaluate(problem("thaw", **settings), (0, 3)).persons_unserved == 40
    best = solve(problem("thaw", **settings))
    assert (names(best.opened), best.persons_unserved, best.stages[0].value) == ("D", 40, 40)


def test_thaw_makes_a_cover_impossible_without_three_more_sites() -> None:
    solution = solve(problem("dry", "thaw", objective="set-cover", limit_ms=minutes_to_ms(120), n_open=2))
    assert solution.status == "infeasible"
    assert {(VILLAGES[b.settlement], b.season, b.reason) for b in solution.blockers} <= {
        ("D", 1, "limit-jointly"),
        ("E", 1, "limit-jointly"),
    }
    assert solution.smallest_n_open == 3
    assert solution.smallest_limit_ms is None
