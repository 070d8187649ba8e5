"""Slow second opinions for small problems: every set of sites is looked at, with nothing but loops and the definitions.

Nothing here uses the solver's own measures or goals.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from weakref import WeakKeyDictionary

import numpy as np

from geo.siting.problem import SitingProblem
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS


def times(problem: SitingProblem, chosen: tuple[int, ...]) -> list[list[int]]:
    """Return [season][settlement] milliseconds to the nearest of the chosen sites."""
    return [
        [min((int(row[j]) for j in chosen), default=UNREACHABLE_MS) for row in season]
        for season in problem.milliseconds
    ]


def plans(problem: SitingProblem) -> Iterator[tuple[int, ...]]:
    """Yield every set of sites, the smallest first."""
    sites = range(problem.n_sites)
    return itertools.chain.from_iterable(itertools.combinations(sites, size) for size in range(problem.n_sites + 1))


def is_allowed(problem: SitingProblem, chosen: tuple[int, ...]) -> bool:
    for site, word in enumerate(problem.status):
        if (word in ("fixed", "open") and site not in chosen) or (word == "forbidden" and site in chosen):
            return False
    if problem.n_open is not None and len(chosen) > problem.n_open:
        return False
    spent = sum(problem.opening[j] for j in chosen if not problem.existing[j])
    spent += sum(problem.closing[j] for j in range(problem.n_sites) if problem.existing[j] and j not in chosen)
    if problem.budget is not None and spent > problem.budget + 1e-9:
        return False
    if problem.max_worsening_ms is None:
        return True
    today = times(problem, tuple(j for j in range(problem.n_sites) if problem.existing[j]))
    after = times(problem, chosen)
    for before_season, after_season in zip(today, after, strict=True):
        for before, now in zip(before_season, after_season, strict=True):
            if before < UNREACHABLE_MS and (now >= UNREACHABLE_MS or now > before + problem.max_worsening_ms):
                return False
    return True


def goal_values(problem: SitingProblem, chosen: tuple[int, ...]) -> tuple[float, ...]:  # noqa: PLR0911
    """Return the values of the objective's goals, each in the form that is minimised."""
    after = times(problem, chosen)
    persons = [int(w) for w in problem.persons]
    beyond = _count(problem, after, lambda t: t > problem.limit_ms)
    unserved = _count(problem, after, lambda t: t >= UNREACHABLE_MS)
    new = [j for j in chosen if not problem.existing[j]]
    cost = float(len(new))
    if problem.has_costs:
        closed = [j for j in range(problem.n_sites) if problem.existing[j] and j not in chosen]
        cost = math.fsum([*problem.opening[new], *problem.closing[closed], *problem.running[list(chosen)]])
    match problem.objective:
        case "lexicographic":
            return beyond, _ede(problem, after, persons), cost
        case "p-median":
            return unserved, _total(problem, after, persons)
        case "kolm-pollak":
            return unserved, _ede(problem, after, persons)
        case "max-cover":
            return (beyond,)
        case "set-cover":
            return beyond, float(len(chosen)), cost
        case "p-center":
            return unserved, _largest(problem, after, persons)
        case "backup-cover":
            return beyond, _without_backup(problem, chosen)
        case "minimax-regret":
            least = _least_by_season(problem)
            return unserved, max(a - b for a, b in zip(_by_season(problem, chosen), least, strict=True))
    raise AssertionError(problem.objective)


def best(problem: SitingProblem) -> tuple[float, ...] | None:
    """Return the lexicographically best goal values; None if no set is allowed (or none covers, for set cover)."""
    found = [goal_values(problem, chosen) for chosen in plans(problem) if is_allowed(problem, chosen)]
    if not found:
        return None
    for position in range(len(found[0])):
        least = min(values[position] for values in found)
        found = [values for values in found if values[position] <= least + 1e-9 * max(abs(least), 1.0)]
    if problem.objective == "set-cover" and found[0][0] > 0 and not problem.allow_unserved:
        return None
    return found[0]


def _weights(problem: SitingProblem) -> list[float]:
    assert problem.season_weights is not None
    return [weight / sum(problem.season_weights) for weight in problem.season_weights]


def _count(problem, after, is_counted) -> float:
    total = 0.0
    for i, persons in enumerate(problem.persons):
        flags = [is_counted(season[i]) for season in after]
        if problem.season_rule == "worst":
            total += int(persons) * any(flags)
        else:
            total += int(persons) * sum(w * flag for w, flag in zip(_weights(problem), flags, strict=True))
    return total


def _ede(problem: SitingProblem, after, persons) -> float:
    if sum(persons) == 0:
        return 0.0
    terms = []
    for i, people in enumerate(persons):
        minutes = [min(season[i], problem.cap_ms) / MS_PER_MINUTE for season in after]
        if problem.season_rule == "worst":
            terms.append(people * math.exp(-problem.kappa * max(minutes)))
        else:
            terms += [
                people * w * math.exp(-problem.kappa * x) for w, x in zip(_weights(problem), minutes, strict=True)
            ]
    return -math.log(math.fsum(terms) / sum(persons)) / problem.kappa


def _total(problem: SitingProblem, after, persons) -> float:
    if problem.season_rule == "worst":
        worst = [max(season[i] for season in after) for i in range(len(persons))]
        return sum(w * t for w, t in zip(persons, worst, strict=True) if t < UNREACHABLE_MS)
    return math.fsum(
        w * persons[i] * min(season[i], problem.cap_ms)
        for w, season in zip(_weights(problem), after, strict=True)
        for i in range(len(persons))
    )


def _without_backup(problem: SitingProblem, chosen: tuple[int, ...]) -> float:
    """Return persons with fewer than two chosen sites within the limit, each season's second time counted."""
    second = [
        [sorted([*(int(row[j]) for j in chosen), UNREACHABLE_MS, UNREACHABLE_MS])[1] for row in season]
        for season in problem.milliseconds
    ]
    return _count(problem, second, lambda t: t > problem.limit_ms)


def _by_season(problem: SitingProblem, chosen: tuple[int, ...]) -> list[float]:
    """Return each season's person-time; who has no way counts a millisecond more than the longest of all ways."""
    longest = max((int(t) for t in problem.milliseconds.ravel() if t < UNREACHABLE_MS), default=0)
    most = problem.cap_ms if problem.season_rule == "weighted" else longest + 1
    return [
        sum(int(w) * min(t, most) for w, t in zip(problem.persons, season, strict=True))
        for season in times(problem, chosen)
    ]


_LEAST: WeakKeyDictionary[SitingProblem, list[float]] = WeakKeyDictionary()


def _least_by_season(problem: SitingProblem) -> list[float]:
    """Return the least person-time of each season alone over all allowed plans."""
    if problem not in _LEAST:
        found = [_by_season(problem, chosen) for chosen in plans(problem) if is_allowed(problem, chosen)]
        _LEAST[problem] = [min(values) for values in zip(*found, strict=True)]
    return _LEAST[problem]


def _largest(problem: SitingProblem, after, persons) -> float:
    if problem.season_rule == "worst":
        worst = [max(season[i] for season in after) for i in range(len(persons)) if persons[i] > 0]
        return max((t for t in worst if t < UNREACHABLE_MS), default=0)
    usable = [j for j, word in enumerate(problem.status) if word != "forbidden"]
    reachable = (problem.milliseconds[:, :, usable] < UNREACHABLE_MS).any(axis=(0, 2))
    return max(
        (
            math.fsum(w * min(season[i], problem.cap_ms) for w, season in zip(_weights(problem), after, strict=True))
            for i in range(len(persons))
            if persons[i] > 0 and reachable[i]
        ),
        default=0.0,
    )


def random_problem(objective: str, seed: int) -> SitingProblem:
    """Return a small problem with statuses, ties, unreachable pairs, empty settlements, seasons, costs, all mixed."""
    rng = np.random.default_rng([seed, *objective.encode()])
    n_seasons, n_settlements, n_sites = int(rng.integers(1, 4)), int(rng.integers(1, 8)), int(rng.integers(1, 8))
    coarse = rng.random() < 0.4
    milliseconds = rng.integers(0, 13, (n_seasons, n_settlements, n_sites)) * 10 * MS_PER_MINUTE
    if not coarse:
        milliseconds = milliseconds + rng.integers(0, 600_000, milliseconds.shape)
    milliseconds[rng.random(milliseconds.shape) < rng.choice([0.0, 0.2, 0.5])] = UNREACHABLE_MS
    persons = rng.integers(0, 2_000, n_settlements) * (rng.random(n_settlements) < 0.85)
    status = rng.choice(
        ["fixed", "open", "closable", "candidate", "forbidden"], n_sites, p=[0.08, 0.15, 0.27, 0.4, 0.1]
    )
    existing = np.isin(status, ["open", "closable"]) | (np.isin(status, ["fixed", "forbidden"]) & (rng.random() < 0.4))
    costs = {}
    if rng.random() < 0.6:
        costs = {name: rng.integers(0, 9, n_sites) / 4 for name in ("opening_cost", "closing_cost", "running_cost")}
    resource = {"n_open": int(rng.integers(0, n_sites + 2))}
    if costs and rng.random() < 0.5:
        resource = {"budget": float(rng.integers(0, 24)) / 4}
    elif objective == "set-cover" and rng.random() < 0.6:
        resource = {}
    return SitingProblem(
        settlement_ids=tuple(f"v{i}" for i in range(n_settlements)),
        site_ids=tuple(f"s{j}" for j in range(n_sites)),
        season_names=tuple(f"season{s}" for s in range(n_seasons)),
        milliseconds=milliseconds,
        persons=persons,
        status=tuple(str(word) for word in status),
        existing=existing,
        limit_ms=int(rng.integers(2, 10)) * 10 * MS_PER_MINUTE,
        objective=objective,
        max_worsening_ms=[0, 30 * MS_PER_MINUTE, None][int(rng.integers(3))],
        kappa=-float(rng.choice([0.001, 0.0162624, 0.08])),
        cap_ms=int(rng.choice([90, 240])) * MS_PER_MINUTE,
        season_rule="weighted" if rng.random() < 0.35 else "worst",
        season_weights=(*rng.choice([0.5, 0.375, 0.125, 0.0], n_seasons - 1).tolist(), 0.25),
        allow_unserved=bool(rng.random() < 0.3),
        **costs,
        **resource,
    )
