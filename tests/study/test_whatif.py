"""The best plans that a map compares with: against brute force, season by season, and never worse with more sites."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from geo.siting.measure import evaluate
from geo.siting.problem import SitingProblem
from geo.study import whatif
from geo.study.load import load_study
from geo.study.result import WORST
from geo.study.run import run_study
from geo.study.whatif import MOST_ADDED, Optimum, WhatIf, optimum
from geo.units import UNREACHABLE_MS
from tests import toy
from tests.study.folders import facilities_frame, write_toy


def played(problem: SitingProblem) -> WhatIf:
    return whatif.what_if(SimpleNamespace(problem=problem))


@pytest.fixture(scope="module")
def game(tmp_path_factory) -> WhatIf:
    folder = write_toy(tmp_path_factory.mktemp("toy"))
    return next(iter(run_study(load_study(folder), ["T1"]))).what_if["phc"]


def by_brute_force(problem: SitingProblem, season: str, n_added: int) -> tuple[int, float]:
    """Persons beyond the norm and EDE of the best of all choices, each evaluated as any plan is."""
    seasons = list(range(problem.n_seasons)) if season == WORST else [problem.season_names.index(season)]
    one = replace(
        problem,
        season_names=tuple(problem.season_names[s] for s in seasons),
        milliseconds=problem.milliseconds[seasons],
        season_weights=None,
        season_rule="worst",
    )
    today = np.flatnonzero(problem.existing).tolist()
    found = []
    for count in range(n_added + 1):
        for added in combinations(np.flatnonzero(~problem.existing).tolist(), count):
            measured = evaluate(one, [*today, *added])
            found.append((measured.persons_beyond_limit, measured.ede_minutes))
    return min(found)


@pytest.mark.parametrize("season", [*toy.SEASONS, WORST])
def test_every_optimum_is_that_of_brute_force(game, season):
    best = [one for one in game.optima if one.season == season]
    assert [one.n_added for one in best] == [0, 1, 2, 3, 4, 5]
    for one in best:
        beyond, ede_minutes = by_brute_force(game.problem, season, one.n_added)
        assert (one.persons_beyond, one.persons_beyond_bound) == (beyond, beyond)
        assert one.ede_minutes == pytest.approx(ede_minutes, abs=1e-9)
        assert one.ede_bound_minutes == pytest.approx(ede_minutes, abs=1e-9)
        assert one.proven


def random_problem(seed: int, n_settlements: int = 14, n_sites: int = 13) -> SitingProblem:
    """Three seasons, some ways closed, some places empty, three sites of today, one of them to be closed by force."""
    random = np.random.default_rng(seed)
    dry = random.integers(1, 200, (1, n_settlements, n_sites)) * 60_000
    times = np.concatenate([dry, dry + 600_000, dry * random.integers(1, 3, dry.shape)])
    times[random.random(times.shape) < 0.15] = UNREACHABLE_MS
    persons = random.integers(0, 900, n_settlements)
    persons[:2] = 0
    existing = np.arange(n_sites) < 3
    return SitingProblem(
        settlement_ids=tuple(f"v{i}" for i in range(n_settlements)),
        site_ids=tuple(f"s{j}" for j in range(n_sites)),
        season_names=toy.SEASONS,
        milliseconds=times,
        persons=persons,
        status=("open", "closable", "forbidden", *["candidate"] * (n_sites - 3)),
        existing=existing,
        limit_ms=60 * 60_000,
        n_open=3,
        kappa=-0.01,
        season_weights=(0.5, 0.3, 0.2),
        opening_cost=np.where(existing, 0.0, random.integers(1, 9, n_sites)),
    )


@pytest.mark.parametrize("seed", range(4))
def test_optima_start_from_all_that_is_open_today_whatever_the_study_closes(seed):
    problem = random_problem(seed)
    for one in played(problem).optima:
        if one.n_added <= 2:
            beyond, ede_minutes = by_brute_force(problem, one.season, one.n_added)
            assert one.persons_beyond == beyond
            assert one.ede_minutes == pytest.approx(ede_minutes, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_more_sites_are_never_worse_and_the_worst_season_is_never_better(seed):
    optima = played(random_problem(seed)).optima
    seasons = {season: [one for one in optima if one.season == season] for season in (*toy.SEASONS, WORST)}
    for best in seasons.values():
        assert len(best) == MOST_ADDED + 1
        for fewer, more in pairwise(best):
            assert more.persons_beyond <= fewer.persons_beyond
            if more.persons_beyond == fewer.persons_beyond:
                assert more.ede_minutes <= fewer.ede_minutes + 1e-9
    for name in toy.SEASONS:
        for one, worst in zip(seasons[name], seasons[WORST], strict=True):
            assert one.persons_beyond <= worst.persons_beyond


def test_a_season_that_is_never_the_better_one_stands_for_the_worst():
    problem = random_problem(0)
    times = problem.milliseconds.copy()
    times[2] = times.max(axis=0)
    optima = played(replace(problem, milliseconds=times)).optima
    thaw, worst = ([one for one in optima if one.season == season] for season in ("thaw", WORST))
    assert [replace(one, season=WORST) for one in thaw] == worst


def test_nothing_is_computed_where_it_would_take_minutes_or_nobody_lives(monkeypatch):
    problem = random_problem(0)
    assert played(replace(problem, persons=np.zeros(14, dtype=np.int64))).optima == ()
    monkeypatch.setattr(whatif, "MOST_TIMES", 10)
    game = played(problem)
    assert game.optima == ()
    assert optimum(game, WORST, 1) is None


def test_the_problem_is_the_headline_problem_with_its_closures(tmp_path):
    table = facilities_frame("A", "B", "C")
    table["closable"] = [False, True, True]
    service = 'open = 0\nclose = ["clinic-C"]\nmax_worsening_minutes = 999'
    result = next(iter(run_study(load_study(write_toy(tmp_path, facilities_table=table, service=service)), ["T1"])))
    game = result.what_if["phc"]
    assert game.problem.status[game.problem.site_ids.index("clinic-C")] == "forbidden"
    today = result.row("access_district", plan="baseline", season=WORST)
    none_added = optimum(game, WORST, 0)
    assert none_added is not None
    assert none_added.persons_beyond == today["beyond_persons"]
    assert none_added.ede_minutes == pytest.approx(today["ede_minutes"], abs=1e-9)


def test_more_additions_than_candidates_do_no_better_than_all_of_them(game):
    assert optimum(game, WORST, 7) == optimum(game, WORST, 5)
    many = WhatIf(game.problem, tuple(Optimum(WORST, n, 9, 9, 1.0, 1.0, True) for n in range(MOST_ADDED + 1)))
    assert optimum(many, WORST, MOST_ADDED + 1) is None
    assert optimum(many, "no-season", 1) is None
