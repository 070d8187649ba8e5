"""Capacitated instances against full enumeration: clients whole, shared, and at the nearest site."""

from __future__ import annotations

import numpy as np
import pytest

from geo.siting.capacity import kernel
from geo.siting.capacity.instance import CapacityInstance, CapacityResult
from geo.siting.capacity.solve import solve_capacity
from tests.siting.capacity.brute import best_value, is_allowed, random_instance, take_few_steps, value_of

KINDS = ("whole", "split", "closest")
SEEDS = range(200)


def _plan_keeps(instance: CapacityInstance, result: CapacityResult) -> None:
    assert result.plan is not None
    shares, chosen = result.plan.shares, tuple(int(j) for j in np.flatnonzero(result.plan.is_open))
    assert is_allowed(instance, chosen)
    assert shares.sum(axis=1) == pytest.approx(np.ones(instance.n_clients), abs=1e-9)
    assert (shares[:, ~result.plan.is_open] == 0).all()
    loads = instance.demand @ shares
    assert (loads <= instance.capacity + 1e-6).all()
    assert (loads >= np.where(result.plan.is_open, instance.min_load, 0.0) - 1e-6).all()
    paid = np.where(shares > 0, instance.cost, 0.0)
    assert result.value == pytest.approx((paid * shares).sum() + instance.opening[list(chosen)].sum(), abs=1e-9)
    if not instance.split:
        assert set(np.unique(shares)) <= {0.0, 1.0}
        assert result.value >= value_of(instance, chosen) - 1e-9


def _agrees(kind: str, seed: int) -> str:
    instance = random_instance(kind, seed)
    expected = best_value(instance)
    result = solve_capacity(instance, seed)
    if expected == np.inf:
        assert result.status == "infeasible"
        assert result.plan is None
        assert result.short is not None
        return "infeasible"
    assert result.status == "optimal"
    _plan_keeps(instance, result)
    assert result.value == pytest.approx(expected, rel=1e-8, abs=1e-8)
    assert result.bound <= result.value
    return "optimal"


@pytest.mark.parametrize("kind", KINDS)
def test_agrees_with_brute_force(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = [_agrees(kind, seed) for seed in SEEDS[:20]]
    take_few_steps(monkeypatch)
    outcomes += [_agrees(kind, seed) for seed in SEEDS[20:]]
    assert outcomes.count("optimal") > 50
    assert outcomes.count("infeasible") > 20


@pytest.mark.parametrize("kind", ["whole", "closest"])
def test_agrees_with_brute_force_kernel_by_kernel(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels that small instances would not need, and no search whose plans could hide their mistakes."""
    take_few_steps(monkeypatch)
    monkeypatch.setattr(kernel, "SMALL_PROGRAM", 0)
    monkeypatch.setattr(kernel, "FIRST_PAIRS", 1)
    monkeypatch.setattr("geo.siting.capacity.search.Search.offer", lambda *_: None)
    for seed in range(1_000, 1_040):
        _agrees(kind, seed)
