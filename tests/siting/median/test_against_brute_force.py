"""Prices, kicks and branching against full enumeration, by whole arrays and by compiled functions."""

from __future__ import annotations

import pytest

from geo.siting import exact, sizes
from tests.siting.test_brute_force import agrees

PRICED = ["lexicographic", "p-median", "kolm-pollak", "max-cover"]


@pytest.fixture
def priced(monkeypatch: pytest.MonkeyPatch) -> None:
    """No problem is too small for prices, nor for leaving out what goals that are held rule out."""
    monkeypatch.setattr(exact, "TINY_MODEL", -1)
    monkeypatch.setattr(exact, "SMALL_MODEL", -1)


@pytest.mark.usefixtures("priced")
@pytest.mark.parametrize("objective", PRICED)
def test_whole_arrays_agree(objective: str) -> None:
    assert {agrees(objective, seed) for seed in range(5_000, 5_060)} == {"optimal", "infeasible"}


@pytest.mark.usefixtures("priced")
@pytest.mark.parametrize("objective", PRICED)
def test_compiled_functions_agree(objective: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "SMALL_SETTLEMENTS", 0)
    monkeypatch.setattr(sizes, "SMALL_SETTLEMENTS", 0)
    assert {agrees(objective, seed) for seed in range(6_000, 6_200)} == {"optimal", "infeasible"}
