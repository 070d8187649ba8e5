"""The laws of A.6 as checks on random small districts. A check raises AssertionError where the law is broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from geo.access.indicator import AccessData, Indicator, Law
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

Floats = npt.NDArray[np.float64]
Check = Callable[[Indicator, AccessData, np.random.Generator], None]


def instance(rng: np.random.Generator) -> AccessData:
    """A district with ties, lost ways, empty villages, idle facilities, whole minutes and the limit itself."""
    n, m = rng.integers(1, 8), rng.integers(1, 6)
    limit_minutes = float(3 * rng.integers(1, 40))
    minutes = np.where(rng.random((n, m)) < 0.4, 5.0 * rng.integers(0, 40, (n, m)), rng.uniform(0, 200, (n, m)))
    minutes[rng.random((n, m)) < 0.1] = limit_minutes
    # Every time is a whole number of milliseconds in hours as well.
    ms = (60 * np.rint(minutes * MS_PER_MINUTE / 60)).astype(np.int32)
    ms[rng.random((n, m)) < rng.choice([0.0, 0.3])] = UNREACHABLE_MS
    persons = rng.integers(1, 2000, n) * (rng.random(n) > 0.2).astype(float)
    supply = rng.integers(1, 20, m) * (rng.random(m) > 0.1).astype(float)
    return AccessData(ms, persons, supply, limit_minutes)


def districts(n_districts: int) -> list[tuple[AccessData, np.random.Generator]]:
    """Seeded districts, each with the generator that its check goes on with."""
    generators = [np.random.default_rng([4, seed]) for seed in range(n_districts)]
    return [(instance(rng), rng) for rng in generators]


def measure(indicator: Indicator, data: AccessData) -> Floats:
    return np.atleast_1d(np.asarray(indicator.measure(data), dtype=np.float64))


def assert_same(found: Floats, expected: Floats) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def assert_no_worse(indicator: Indicator, before: Floats, after: Floats) -> None:
    assert indicator.better != "neither", "no direction"
    worse, better = (before, after) if indicator.better == "more" else (after, before)
    assert np.array_equal(np.isnan(before), np.isnan(after)), "known on one side only"
    known = ~np.isnan(before)
    assert (worse[known] <= better[known] * (1 + 1e-9) + 1e-12).all()


def at_baseline(data: AccessData) -> AccessData:
    """The same data with kappa kept for what comes after."""
    return replace(data, kappa=data.baseline_kappa)


def in_hours(data: AccessData) -> AccessData:
    ms = data.milliseconds
    return AccessData(
        np.where(ms < UNREACHABLE_MS, ms // 60, ms).astype(np.int32),
        data.persons,
        data.supply,
        data.limit_minutes / 60,
        data.cap_minutes / 60,
        None if data.kappa is None else 60 * data.kappa,
    )


def with_facility(data: AccessData, ms: npt.ArrayLike, supply: float) -> AccessData:
    column = np.asarray(ms, dtype=np.int32)[:, None]
    return replace(
        data, milliseconds=np.hstack([data.milliseconds, column]), supply=np.append(data.supply, float(supply))
    )


def order_free(indicator: Indicator, data: AccessData, rng: np.random.Generator) -> None:
    n, m = data.milliseconds.shape
    rows, columns = rng.permutation(n), rng.permutation(m)
    shuffled = replace(
        data,
        milliseconds=data.milliseconds[rows][:, columns],
        persons=data.persons[rows],
        supply=data.supply[columns],
    )
    straight = measure(indicator, data)
    assert_same(measure(indicator, shuffled), straight[rows] if len(straight) == n > 1 else straight)


def no_access_scores_zero(indicator: Indicator, data: AccessData, rng: np.random.Generator) -> None:
    ms = data.milliseconds.copy()
    cut_off = rng.integers(len(ms))
    ms[cut_off] = UNREACHABLE_MS
    found = measure(indicator, replace(data, milliseconds=ms))
    assert len(found) == len(ms), "one value for all"
    assert found[cut_off] == 0.0


def doubling_changes_nothing(indicator: Indicator, data: AccessData, rng: np.random.Generator) -> None:
    assert_same(measure(indicator, replace(data, persons=2 * data.persons)), measure(indicator, data))


def doubling_halves(indicator: Indicator, data: AccessData, rng: np.random.Generator) -> None:
    assert_same(2 * measure(indicator, replace(data, persons=2 * data.persons)), measure(indicator, data))


def another_facility(indicator: Indicator, data: AccessData, rng: np.random.Generator) -> None:
    before = at_baseline(data)
    ms = data.milliseconds[:, rng.integers(data.milliseconds.shape[1])].copy()
    somewhere = rng.random(len(ms)) < 0.6
    ms[somewhere] = 60 * rng.integers(0, 200_000, int(somewhere.sum()))
    after = with_facility(before, ms, float(rng.integers(0, 20)))
    assert_no_worse(indicator, measure(indicator, before), measure(indicator, after))


def slower_roads(indicator: Indicator, data: AccessData, rng: np.random.Generator) -> None:
    before = at_baseline(data)
    ms = before.milliseconds.copy()
    slower = (ms < UNREACHABLE_MS) & (rng.random(ms.shape) < 0.4)
    ms[slower] += rng.integers(0, 3_000_000, int(slower.sum())).astype(np.int32)
    ms[rng.random(ms.shape) < 0.2] = UNREACHABLE_MS
    after = replace(before, milliseconds=ms)
    assert_no_worse(indicator, measure(indicator, after), measure(indicator, before))


def supply_shared_out(indicator: Indicator, data: AccessData, rng: np.random.Generator) -> None:
    # At the very end of a catchment a bell curve is 0, so that "in reach" differs there between indicators.
    beyond = data.milliseconds >= data.reach.limit_ms
    clear = replace(data, milliseconds=np.where(beyond, UNREACHABLE_MS, data.milliseconds).astype(np.int32))
    reached = ((clear.milliseconds < UNREACHABLE_MS) & (data.persons > 0)[:, None]).any(axis=0)
    scores = measure(indicator, clear)
    assert len(scores) == len(data.persons), "one value for all"
    assert_same(np.sum(scores * data.persons), data.supply[reached].sum())


def supply_not_exceeded(indicator: Indicator, data: AccessData, rng: np.random.Generator) -> None:
    scores = measure(indicator, data)
    assert len(scores) == len(data.persons), "one value for all"
    assert np.sum(scores * data.persons) <= data.supply.sum() * (1 + 1e-9)


def unit_free(indicator: Indicator, data: AccessData, rng: np.random.Generator) -> None:
    assert_same(measure(indicator, in_hours(data)), measure(indicator, data))


def in_minutes(indicator: Indicator, data: AccessData, rng: np.random.Generator) -> None:
    kept = at_baseline(data)
    assert_same(60 * measure(indicator, in_hours(kept)), measure(indicator, kept))


def shifts_with_everybody(indicator: Indicator, data: AccessData, rng: np.random.Generator) -> None:
    # Below the cap, where everybody's time does become five minutes longer.
    longest = int((data.cap_minutes - 5) * MS_PER_MINUTE)
    before = at_baseline(replace(data, milliseconds=np.minimum(data.milliseconds, longest).astype(np.int32)))
    after = replace(before, milliseconds=(before.milliseconds + 5 * MS_PER_MINUTE).astype(np.int32))
    assert_same(measure(indicator, after), measure(indicator, before) + 5)


CHECKS: dict[Law, Check] = {
    "order-free": order_free,
    "no-access-scores-zero": no_access_scores_zero,
    "doubling-people-changes-nothing": doubling_changes_nothing,
    "doubling-people-halves": doubling_halves,
    "another-facility-never-worsens": another_facility,
    "slower-roads-never-improve": slower_roads,
    "supply-is-shared-out": supply_shared_out,
    "supply-is-never-exceeded": supply_not_exceeded,
    "unit-free": unit_free,
    "in-minutes": in_minutes,
    "shifts-with-everybody": shifts_with_everybody,
}
