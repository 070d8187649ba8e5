"""Small made-up regions with everything in them: seasons without ways, closures, levels, languages, weights, money."""

from __future__ import annotations

import numpy as np

from geo.planning.case import Need, Option, PlanningCase
from geo.units import UNREACHABLE_MS


def small_case(seed: int, *, n_villages: int = 4, n_years: int = 2, max_worsening_ms: int | None = 0) -> PlanningCase:
    """Return a region of a few villages with one place each."""
    draw = np.random.default_rng(seed)
    names = tuple("ABCDEFGH"[:n_villages])
    spots = draw.uniform(0, 60, (n_villages, 2))
    minutes = np.hypot(*(spots[:, np.newaxis] - spots).transpose(2, 0, 1))
    slow = minutes * draw.uniform(1.0, 2.5, (n_villages, n_villages))
    ms = np.rint(np.stack([minutes, slow]) * 60_000).astype(np.int32)
    ms[1][draw.random((n_villages, n_villages)) < 0.2] = UNREACHABLE_MS
    ms[:, np.arange(n_villages), np.arange(n_villages)] = 0
    needs = [Need(name, "phc", int(draw.integers(0, 2))) for name in names]
    needs += [Need(name, "school", 0, str(draw.choice(["kk", "ru", ""]))) for name in names]
    options = [option for name in names for option in _options(draw, name)]
    first = draw.integers(0, 400, len(needs))
    return PlanningCase(
        settlement_ids=names,
        place_ids=names,
        season_names=("dry", "thaw"),
        place_ms=ms,
        needs=tuple(needs),
        options=tuple(options),
        years=tuple(range(2026, 2026 + n_years)),
        persons=np.array([np.rint(first * 0.95**year) for year in range(n_years)], dtype=np.int64),
        limit_ms=draw.integers(10, 40, len(needs)).astype(np.int32) * 60_000,
        weight=draw.choice([1.0, 1.5, 2.0], len(needs)),
        budget=draw.integers(50, 300, n_years).astype(float),
        running_budget=draw.integers(5, 60, n_years).astype(float),
        discount_rate=0.05,
        max_worsening_ms=max_worsening_ms,
        protected=draw.random(n_villages) < 0.2,
        kappa=-0.02,
        cap_ms=120 * 60_000,
        seed=seed,
    )


def _options(draw: np.random.Generator, name: str) -> list[Option]:
    def money(option_id: str, action: str, serves: dict[str, int], languages: tuple[str, ...] = ()) -> Option:
        capex, opex = float(draw.integers(20, 150)), float(draw.integers(5, 30))
        return Option(f"{name}-{option_id}", name, action, serves, languages, capex, opex)

    kind = draw.integers(0, 4)
    if kind == 0:
        return [money("phc", "open", {"phc": 0}), money("both", "open", {"phc": 1, "school": 0}, ("kk",))]
    if kind == 1:
        return [money("keep", "keep", {"phc": 1, "school": 0}, ("kk", "ru")), money("close", "close", {})]
    if kind == 2:
        return [
            money("keep", "keep", {"school": 0}, ("ru",)),
            money("up", "upgrade", {"school": 0, "phc": 1}, ("kk", "ru")),
            money("down", "replace", {"phc": 0}),
        ]
    return [money("school", "open", {"school": 0})]
