"""Siting problems with places: against enumeration, in every status, and with a second look that notices lies."""

from __future__ import annotations

import itertools
import math
from dataclasses import fields, replace

import numpy as np
import pytest
from scipy.optimize import linprog

from geo.errors import SolverError
from geo.siting.check import check
from geo.siting.measure import evaluate
from geo.siting.objectives import PLACED
from geo.siting.problem import SitingProblem
from geo.siting.solution import Loser
from geo.siting.solve import solve
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS
from tests.siting.brute import is_allowed as keeps_nearest_rules
from tests.siting.capacity.brute import take_few_steps
from tests.siting.toy import problem

#: For each of the three ways to assign people, so that every objective is held against 210 problems.
SEEDS = range(70)


def _random(objective: str, kind: str, seed: int) -> SitingProblem:
    """Return a small problem with statuses, seasons, costs, limits and promises, all mixed."""
    rng = np.random.default_rng([seed, *objective.encode(), *kind.encode()])
    n_seasons, n_settlements, n_sites = int(rng.integers(1, 3)), int(rng.integers(1, 6)), int(rng.integers(1, 5))
    milliseconds = rng.integers(0, 8, (n_seasons, n_settlements, n_sites)) * 10 * MS_PER_MINUTE
    milliseconds[rng.random(milliseconds.shape) < rng.choice([0.0, 0.1, 0.3])] = UNREACHABLE_MS
    persons = rng.integers(0, 9, n_settlements) * (rng.random(n_settlements) < 0.85)
    status = rng.choice(
        ["fixed", "open", "closable", "candidate", "forbidden"], n_sites, p=[0.05, 0.1, 0.25, 0.52, 0.08]
    )
    existing = np.isin(status, ["open", "closable"]) | (np.isin(status, ["fixed", "forbidden"]) & (rng.random() < 0.4))
    costs = {name: rng.integers(0, 9, n_sites) / 4 for name in ("opening_cost", "closing_cost", "running_cost")}
    capacity = np.floor(rng.uniform(0.2, 1.2, n_sites) * persons.sum()) + 1.0
    capacity[rng.random(n_sites) < 0.2] = np.inf
    settings: dict = {"n_open": int(rng.integers(1, n_sites + 1))}
    if rng.random() < 0.4:
        settings = {"budget": float(rng.integers(2, 24)) / 4}
    if objective == "fixed-charge":
        settings |= {"place_cost": rng.integers(0, 4, n_sites) / 8, "travel_price": 0.01}
    if rng.random() < 0.25:
        settings["min_load"] = np.minimum(rng.integers(0, 4, n_sites), capacity)
    return SitingProblem(
        settlement_ids=tuple(f"v{i}" for i in range(n_settlements)),
        site_ids=tuple(f"s{j}" for j in range(n_sites)),
        season_names=tuple(f"season{s}" for s in range(n_seasons)),
        milliseconds=milliseconds,
        persons=persons,
        status=tuple(str(word) for word in status),
        existing=existing,
        objective=objective,
        max_worsening_ms=[0, 30 * MS_PER_MINUTE, None, None][int(rng.integers(4))],
        kappa=-0.02,
        capacity=capacity,
        split=kind == "split",
        closest=kind == "closest",
        **costs,
        **settings,
    )


def _brute(made: SitingProblem) -> float:
    """Return the least value of a plan by enumeration, ``inf`` if there is none."""
    sites = range(made.n_sites)
    sets = itertools.chain.from_iterable(itertools.combinations(sites, size) for size in range(made.n_sites + 1))
    free_of_promises = replace(made, max_worsening_ms=None)
    return min(
        (_value(made, chosen) for chosen in sets if keeps_nearest_rules(free_of_promises, chosen)), default=np.inf
    )


def _value(made: SitingProblem, chosen: tuple[int, ...]) -> float:
    worst = made.milliseconds.max(axis=0)
    today = [j for j in range(made.n_sites) if made.existing[j]]
    usable = [j for j, word in enumerate(made.status) if word != "forbidden"]

    def keeps_promise(i: int, j: int, season: int) -> bool:
        before = min((int(made.milliseconds[season, i, k]) for k in today), default=UNREACHABLE_MS)
        after = int(made.milliseconds[season, i, j])
        if made.max_worsening_ms is None or before >= UNREACHABLE_MS:
            return True
        return after < UNREACHABLE_MS and after <= before + made.max_worsening_ms

    clients, choices = [], []
    for i in range(made.n_settlements):
        if made.persons[i] > 0 and any(worst[i, j] < UNREACHABLE_MS for j in usable):
            clients.append(i)
            ways = [j for j in chosen if worst[i, j] < UNREACHABLE_MS]
            if made.closest and ways:
                ways = [min(ways, key=lambda j: (worst[i, j], j))]
            choices.append([j for j in ways if all(keeps_promise(i, j, s) for s in range(made.n_seasons))])
        else:
            for s in range(made.n_seasons):
                reached = any(made.milliseconds[s, i, k] < UNREACHABLE_MS for k in today)
                if made.max_worsening_ms is not None and reached and not any(keeps_promise(i, j, s) for j in chosen):
                    return np.inf
    if any(not ways for ways in choices):
        return np.inf
    return _sites(made, chosen) + _serving(made, chosen, clients, choices)


def _sites(made: SitingProblem, chosen: tuple[int, ...]) -> float:
    if made.objective == "capacitated":
        return 0.0
    opened = [made.opening[j] for j in chosen if not made.existing[j]]
    closed = [made.closing[j] for j in range(made.n_sites) if made.existing[j] and j not in chosen]
    return math.fsum([*opened, *closed, *(made.running[j] for j in chosen)])


def _serving(made: SitingProblem, chosen: tuple[int, ...], clients: list[int], choices: list[list[int]]) -> float:
    worst = made.milliseconds.max(axis=0)
    least = np.zeros(made.n_sites) if made.min_load is None else made.min_load

    def price(i: int, j: int) -> float:
        if made.objective == "capacitated":
            return float(worst[i, j])
        return made.place_cost[j] + made.travel_price * worst[i, j] / MS_PER_MINUTE

    pairs = [(row, i, j) for row, (i, ways) in enumerate(zip(clients, choices, strict=True)) for j in ways]
    if made.split:
        if not pairs:
            return 0.0 if all(least[j] == 0 for j in chosen) else np.inf
        limited = [(j, made.capacity[j], 1.0) for j in chosen if np.isfinite(made.capacity[j])]
        limited += [(j, -least[j], -1.0) for j in chosen]
        found = linprog(
            [price(i, j) for _, i, j in pairs],
            A_ub=[[sign * (j == site) for _, _, j in pairs] for site, _, sign in limited],
            b_ub=[bound for _, bound, _ in limited],
            A_eq=[[float(row == r) for row, _, _ in pairs] for r in range(len(clients))],
            b_eq=[float(made.persons[i]) for i in clients],
            method="highs",
        )
        return float(found.fun) if found.status == 0 else np.inf
    best = np.inf
    for where in itertools.product(*choices):
        loads = {
            j: sum(int(made.persons[i]) for i, site in zip(clients, where, strict=True) if site == j) for j in chosen
        }
        if all(least[j] <= load <= made.capacity[j] for j, load in loads.items()):
            best = min(best, sum(made.persons[i] * price(i, j) for i, j in zip(clients, where, strict=True)))
    return best


@pytest.mark.parametrize("kind", ["whole", "split", "closest"])
@pytest.mark.parametrize("objective", PLACED)
def test_agrees_with_brute_force(objective: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    take_few_steps(monkeypatch)
    statuses = []
    for seed in SEEDS:
        made = _random(objective, kind, seed)
        expected, solution = _brute(made), solve(made)
        statuses.append(solution.status)
        if expected == np.inf:
            assert solution.status == "infeasible"
            assert solution.short is not None
            continue
        assert solution.status == "optimal"
        assert solution.value == pytest.approx(expected, rel=1e-9, abs=1e-9)
        assert solution.bound <= solution.value
        assert solution.breaches == ()
    assert statuses.count("optimal") > 20
    assert statuses.count("infeasible") > 5


def _toy(**settings) -> SitingProblem:
    chosen = {"objective": "capacitated", "n_open": 3, "capacity": np.array([3000, 1300, 500, 500, 500, 1000.0])}
    return problem("dry", **(chosen | settings))


def test_the_same_plan_every_time() -> None:
    first, second = (solve(_toy(capacity=np.full(6, 3500.0), split=True)) for _ in range(2))
    pairs = [(getattr(first, f.name), getattr(second, f.name)) for f in fields(first) if f.name != "seconds"]
    assert all(np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b for a, b in pairs)
    assert first.status == "optimal"


def test_whom_no_usable_site_reaches_all_year_holds_no_place() -> None:
    """In the thaw D and E are cut off from A, the only site that may be open."""
    made = problem("dry", "thaw", objective="capacitated", n_open=1, capacity=np.full(6, 6000.0))
    closed = replace(made, status=("open", *("forbidden",) * 5))
    solution = solve(closed)
    assert solution.status == "optimal"
    assert solution.unserved == (3, 4)
    assert solution.persons_unserved == solution.goals[0] == 180 + 40
    assert solution.loads == (3000 + 1200 + 450 + 800, 0, 0, 0, 0, 0)
    assert solution.assignment.tolist() == [[0] * 6, [0, 0, 0, -1, -1, 0]]
    assert solve(replace(made, n_open=2)).short == "number"


def test_without_limits_of_places_it_is_the_p_median() -> None:
    placed = solve(_toy(capacity=None, n_open=2, max_worsening_ms=None))
    nearest = solve(problem("dry", objective="p-median", n_open=2, max_worsening_ms=None))
    assert placed.status == "optimal"
    assert (placed.value, placed.open_sites) == (nearest.value, nearest.open_sites)


@pytest.mark.parametrize(
    ("short", "settings"),
    [
        ("capacity", {"capacity": np.full(6, 600.0), "n_open": 6}),
        ("number", {"capacity": np.full(6, 3100.0), "n_open": 1, "max_worsening_ms": None}),
        ("budget", {"capacity": np.full(6, 3100.0), "n_open": None, "budget": 0.0, "opening_cost": np.ones(6)}),
        ("load", {"capacity": np.full(6, 9000.0), "min_load": np.full(6, 8000.0), "n_open": 6}),
        ("closest", {"capacity": np.array([2900, 9000, 0, 0, 0, 0.0]), "n_open": 6, "closest": True}),
    ],
)
def test_an_infeasible_problem_says_what_is_short(short: str, settings: dict) -> None:
    solution = solve(_toy(**({"max_worsening_ms": None} | settings)))
    assert solution.status == "infeasible"
    assert solution.value is None
    assert solution.short == short
    if short == "number":
        assert solution.smallest_n_open is not None
        assert solve(_toy(**(settings | {"n_open": solution.smallest_n_open}))).status == "optimal"
        assert solve(_toy(**(settings | {"n_open": solution.smallest_n_open - 1}))).status == "infeasible"
    if short == "budget":
        assert solution.smallest_budget is not None
        richer = settings | {"budget": solution.smallest_budget, "max_worsening_ms": None}
        assert solve(_toy(**richer)).status == "optimal"


def test_whoever_is_too_far_after_a_forced_closure_is_named() -> None:
    made = _toy(capacity=None, n_open=6, max_worsening_ms=0)
    forced = replace(made, status=("forbidden", *made.status[1:]))
    solution = solve(forced)
    assert (solution.status, solution.short) == ("infeasible", "reach")
    assert {blocker.settlement for blocker in solution.blockers} >= {0}


def test_a_run_without_time_is_honest() -> None:
    rng = np.random.default_rng(3)
    places = rng.random((60, 2)) * 100
    km = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    made = SitingProblem(
        settlement_ids=tuple(f"v{i}" for i in range(60)),
        site_ids=tuple(f"v{i}" for i in range(60)),
        season_names=("dry",),
        milliseconds=(km * 60_000).astype(np.int32)[np.newaxis],
        persons=rng.integers(1, 300, 60),
        status=("candidate",) * 60,
        existing=np.zeros(60, dtype=np.bool_),
        objective="capacitated",
        n_open=6,
        capacity=np.full(60, 1800.0),
    )
    whole, hasty = solve(made), solve(replace(made, seconds=0.0))
    assert whole.status == "optimal"
    assert hasty.status == "feasible"
    assert hasty.bound <= whole.value <= hasty.value
    assert hasty.gap > 0


def test_measures_of_any_set_of_sites() -> None:
    solution = solve(_toy(capacity=np.full(6, 4000.0), n_open=2, split=True))
    again = evaluate(_toy(capacity=np.full(6, 4000.0), n_open=2, split=True), solution.open_sites)
    assert again.goals == solution.goals
    assert again.breaches == ()
    crowded = evaluate(_toy(capacity=np.full(6, 10.0)), (0,))
    assert "places" in crowded.breaches


@pytest.mark.parametrize(
    ("message", "changes"),
    [
        ("loads of the sites", {"loads": (0,) * 6}),
        ("person-milliseconds are wrong", {"value": 1}),
        ("as many places as it has persons", {"shares": ()}),
        ("list of losers", {"losers": (Loser(0, 0, 0, 1),)}),
        ("not where its places are", {"assignment": np.full((1, 6), 5)}),
        ("list of unserved", {"unserved": (1,)}),
        ("beyond the limit or unserved", {"persons_beyond_limit": 1}),
        ("site that is not open", {"open_sites": (0,), "opened": ()}),
    ],
)
def test_the_check_notices(message: str, changes: dict) -> None:
    made = _toy(capacity=np.full(6, 2900.0), n_open=2, split=True, max_worsening_ms=None)
    with pytest.raises(SolverError, match=message):
        check(made, replace(solve(made), **changes))


def test_the_check_notices_broken_rules() -> None:
    made = _toy(capacity=np.full(6, 2900.0), n_open=2, split=True, max_worsening_ms=None)
    solution = solve(made)
    with pytest.raises(SolverError, match="more persons than it has places"):
        check(replace(made, capacity=np.full(6, 10.0)), solution)
    with pytest.raises(SolverError, match="fewer persons than it must"):
        check(replace(made, min_load=np.full(6, 5000.0)), solution)
    with pytest.raises(SolverError, match="shared between sites"):
        check(replace(made, split=False), solution)
    with pytest.raises(SolverError, match="nearest open site"):
        check(replace(made, split=False, closest=True), solution)


@pytest.mark.parametrize(
    ("message", "settings"),
    [
        ("does not read capacity", {"objective": "p-median", "n_open": 2, "capacity": np.ones(6)}),
        ("does not read closest", {"objective": "p-median", "n_open": 2, "closest": True}),
        ("place_cost", {"objective": "capacitated", "n_open": 2, "place_cost": np.ones(6)}),
        ("fraction", {"objective": "capacitated", "n_open": 2, "capacity": np.full(6, 0.5)}),
        ("negative", {"objective": "capacitated", "n_open": 2, "min_load": np.full(6, -1.0)}),
        ("needs n_open or budget", {"objective": "capacitated"}),
        ("split and closest", {"objective": "capacitated", "n_open": 2, "split": True, "closest": True}),
        ("travel_price", {"objective": "fixed-charge", "travel_price": -1.0}),
    ],
)
def test_a_wrong_problem_is_refused(message: str, settings: dict) -> None:
    with pytest.raises(ValueError, match=message):
        problem(**settings)


def test_fixed_charge_trades_sites_for_travel() -> None:
    settings = {"objective": "fixed-charge", "opening_cost": np.full(6, 1000.0), "travel_price": 0.5}
    dear, cheap = solve(problem(**settings)), solve(problem(**(settings | {"travel_price": 0.001})))
    assert dear.status == cheap.status == "optimal"
    assert len(dear.open_sites) > len(cheap.open_sites) == 1
