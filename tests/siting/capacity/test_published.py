"""Published optima, proven anew on instances read in place from beside the checkout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geo.siting.capacity.instance import CapacityInstance
from geo.siting.capacity.solve import solve_capacity


@pytest.fixture
def orlib(shared: Path) -> Path:
    """Folder of the OR-Library instances."""
    return shared.parent / "bench" / "orlib"


def _warehouses(path: Path) -> CapacityInstance:
    numbers = np.array(path.read_text().split(), dtype=np.float64)
    n_sites, n_clients = int(numbers[0]), int(numbers[1])
    sites = numbers[2 : 2 + 2 * n_sites].reshape(n_sites, 2)
    rows = numbers[2 + 2 * n_sites :].reshape(n_clients, n_sites + 1)
    return CapacityInstance(cost=rows[:, 1:], demand=rows[:, 0], capacity=sites[:, 0], opening=sites[:, 1], split=True)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["cap41", "cap63", "cap94", "cap134"])
def test_warehouses_of_beasley(name: str, orlib: Path) -> None:
    published = dict(line.split()[::2] for line in (orlib / "bounds_orlib.tsv").read_text().splitlines())
    result = solve_capacity(_warehouses(orlib / "cflp" / f"{name}.txt"))
    assert result.status == "optimal"
    assert result.value == pytest.approx(float(published[name]), abs=1e-3)
    assert result.bound == pytest.approx(result.value, rel=1e-9)


@pytest.mark.shared
@pytest.mark.parametrize("number", [1, 2, 5])
def test_medians_with_places(number: int, orlib: Path) -> None:
    numbers = np.array((orlib / "cpmp" / f"pmedcap1_{number}.txt").read_text().split(), dtype=np.float64)
    optimum, n_clients, n_open, places = numbers[1:5]
    rows = numbers[5 : 5 + 4 * int(n_clients)].reshape(-1, 4)
    cost = np.floor(np.hypot(*(rows[:, np.newaxis, 1:3] - rows[np.newaxis, :, 1:3]).transpose(2, 0, 1)))
    instance = CapacityInstance(
        cost=cost, demand=rows[:, 3], capacity=np.full(len(rows), places), n_open=int(n_open), integral=True
    )
    result = solve_capacity(instance)
    assert (result.status, result.value, result.bound) == ("optimal", optimum, optimum)
