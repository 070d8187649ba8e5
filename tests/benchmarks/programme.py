"""A programme of five years for a synthetic region: seconds, values, bounds and gaps, and the most memory.

The region is made up and seeded: villages along roads, three seasons of which the thaw cuts off villages on earth
roads, medical points and schools of three levels each, prices in million KZT as in `tests.planning.district`. Each
size runs in a process of its own, so that its peak of memory is its own. There is no peer: no free program plans sites
over years under yearly budgets.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from geo.planning.case import Need, Option, PlanningCase
from geo.units import UNREACHABLE_MS, minutes_to_ms
from tests.benchmarks.case import Row
from tests.planning.district import CAPEX, OPEX

SEASONS: Final = ("dry", "winter", "thaw")
LEVELS: Final = {"phc": ("medpunkt", "fap", "ambulatory"), "school": ("primary", "basic", "secondary")}
LIMIT_MINUTES: Final = {"phc": 30.0, "school": 45.0}
#: Sizes by name; the first is that of the acceptance.
GROUPS: Final = {"region-900": 900, "region-300": 300, "district-150": 150, "district-44": 44}
_TIMEOUT_SECONDS: Final = 1800.0


def rows(names: Sequence[str], *, full: bool) -> Iterator[Row]:
    """Measure groups, all by default, and yield a row for each.

    Raises
    ------
    ValueError
        If there is no such group.
    """
    from tests.benchmarks.siting_cases.processes import run_alone

    unknown = [name for name in names if name not in GROUPS]
    if unknown:
        raise ValueError(f"no group {', '.join(unknown)} of programme; there are: {', '.join(GROUPS)}")
    for name in names or GROUPS:
        outcome = run_alone([sys.executable, "-m", "tests.benchmarks.programme", name], _TIMEOUT_SECONDS)
        found = dict(outcome.rows[0]) if outcome.rows else {"failure": outcome.failure or "no answer"}
        yield Row(name, {**found, "peak_mb": outcome.peak_mb})


def region(n_settlements: int, seed: int = 1, n_years: int = 5) -> PlanningCase:
    """Return a synthetic region with about one settlement for 200 square kilometres.

    Parameters
    ----------
    n_settlements
        Its size; places are twice as many, one for each service.
    seed, n_years
        Seed of everything that is made up, and years of the programme.
    """
    draw = np.random.default_rng(seed)
    side_km = np.sqrt(n_settlements * 200.0)
    centres = draw.random((max(2, n_settlements // 12), 2)) * side_km
    xy = centres[draw.integers(0, len(centres), n_settlements)] + draw.normal(0, 14.0, (n_settlements, 2))
    people = np.minimum(np.round(np.exp(draw.normal(5.9, 1.1, n_settlements))), 30_000).astype(np.int64) + 5
    ms = _times(draw, xy)
    names = tuple(f"s{k:03d}" for k in range(n_settlements))
    needs, persons, limits = _needs(names, people)
    options = _options(draw, names, people)
    growth = (1.0 + draw.normal(-0.012, 0.012, n_settlements))[np.array([int(n.settlement_id[1:]) for n in needs])]
    by_year = [np.round(persons * growth**year) for year in range(n_years)]
    n_budget = n_settlements / 900
    return PlanningCase(
        settlement_ids=names,
        place_ids=tuple(f"{service}-{name}" for service in LEVELS for name in names),
        season_names=SEASONS,
        place_ms=np.concatenate([ms, ms], axis=2),
        needs=needs,
        options=options,
        years=tuple(range(2026, 2026 + n_years)),
        persons=np.array(by_year, dtype=np.int64),
        limit_ms=limits,
        budget=np.full(n_years, max(600.0, 3_000.0 * n_budget)),
        running_budget=np.arange(1, n_years + 1) * max(80.0, 400.0 * n_budget),
        discount_rate=0.06,
        kappa=-0.015,
        seed=seed,
    )


def _times(draw: np.random.Generator, xy: np.ndarray) -> np.ndarray:
    km = 1.3 * np.hypot(*(xy[:, np.newaxis] - xy).transpose(2, 0, 1)) + 0.5
    surface = draw.choice(3, len(xy), p=(0.45, 0.3, 0.25))
    kph = np.array([[70, 50, 30], [56, 35, 15], [70, 35, 1]], dtype=float)[:, surface]
    slow = 0.5 * (1 / kph[:, :, np.newaxis] + 1 / kph[:, np.newaxis])
    minutes = 60.0 * km * slow + 2.0
    minutes[:, np.arange(len(xy)), np.arange(len(xy))] = 2.0
    ms = np.rint(minutes * 60_000)
    return np.where(ms < minutes_to_ms(480), ms, UNREACHABLE_MS).astype(np.int32)


def _needs(names: Sequence[str], people: np.ndarray) -> tuple[list[Need], np.ndarray, np.ndarray]:
    needs, persons, limits = [], [], []
    for name, count in zip(names, people, strict=True):
        of_village = [("phc", int(count >= 500) + int(count >= 1500), count)]
        of_village += [("school", level, round(share * count)) for level, share in ((0, 0.08), (2, 0.11))]
        for service, level, n_persons in of_village:
            needs.append(Need(name, service, level))
            persons.append(n_persons)
            limits.append(minutes_to_ms(LIMIT_MINUTES[service]))
    return needs, np.array(persons), np.array(limits, dtype=np.int32)


def _options(draw: np.random.Generator, names: Sequence[str], people: np.ndarray) -> list[Option]:
    found = []
    for service, levels in LEVELS.items():
        for name, count in zip(names, people, strict=True):
            place = f"{service}-{name}"
            level = min(2, int(count >= 500) + int(count >= 1500) + int(draw.random() < 0.3))
            stands = draw.random() < (0.75 if count > 700 else 0.25)
            today = int(draw.integers(0, level + 1))
            if stands:
                found.append(_option(place, "keep", service, today))
                if draw.random() < 0.1:
                    found.append(Option(f"{place}-close", place, "close"))
            lowest, action = (today + 1, "upgrade") if stands else (max(0, level - 1), "open")
            found += [_option(place, action, service, one, levels[one]) for one in range(lowest, level + 1)]
    return found


def _option(place: str, action: Any, service: str, level: int, word: str = "") -> Option:
    name = LEVELS[service][level]
    share = {"keep": 0.0, "open": 1.0, "upgrade": 0.6}[action]
    return Option(
        f"{place}-{word or action}",
        place,
        action,
        {service: level},
        capex=share * CAPEX[service, name],
        opex_year=OPEX[service, name],
    )


def main(name: str) -> None:
    """Solve one size and print its figures as JSON; runs in a process of its own."""
    from geo.planning.programme import solve_programme

    case = region(GROUPS[name])
    begin, cpu = time.perf_counter(), time.process_time()
    found = solve_programme(case)
    figures: dict[str, Any] = {
        "settlements": len(case.settlement_ids),
        "needs": len(case.needs),
        "options": len(case.options),
        "seconds": time.perf_counter() - begin,
        "cpu_s": time.process_time() - cpu,
        "items": len(found.items),
        "status": found.status,
    }
    for stage in found.stages:
        figures |= {f"{stage.name}": stage.value, f"{stage.name}_bound": stage.bound, f"{stage.name}_gap": stage.gap}
    figures["peak_self_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stderr.write("\n".join(found.log) + "\n")
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
