"""The published instances are read as their authors meant them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.siting import orlib

pytestmark = pytest.mark.usefixtures("shared")


def test_pmed_are_shortest_paths_of_symmetric_roads_of_the_stated_size():
    instance = orlib.read_pmed("pmed1")
    assert (instance.costs.shape, instance.n_open) == ((100, 100), 5)
    np.testing.assert_array_equal(instance.costs, instance.costs.T)
    through = instance.costs[:, :, None] + instance.costs[None, :, :]
    assert (instance.costs <= through.min(axis=1)).all()


def test_of_edges_given_twice_the_last_one_counts():
    # pmed1 gives the edge 30-70 as 5 and later, the other way round, as 74; no other way is shorter than 74.
    lines = (orlib.ORLIB / "pmed" / "pmed1.txt").read_text().splitlines()
    given = [cost for i, j, cost in (line.split() for line in lines[1:] if line.strip()) if {i, j} == {"30", "70"}]
    assert given == ["5", "74"]
    assert orlib.read_pmed("pmed1").costs[29, 69] == 74


def test_published_optima_are_there_for_all_of_pmed():
    medians, centers = orlib.pmed_optima(), orlib.pcenter_optima()
    assert set(medians) == set(centers) == set(orlib.PMED)
    assert (medians["pmed1"], medians["pmed40"], centers["pmed1"], centers["pmed40"]) == (5819, 5128, 127, 13)
    bounds = orlib.orlib_bounds()
    assert all(bounds[name] == (optimum, optimum) for name, optimum in medians.items())


def test_tsplib_distances_are_rounded_down():
    costs = orlib.read_tsplib("rl1304")
    assert costs.shape == (1304, 1304)
    # Points 1, 2 and 7 stand at (15440, 8888), (15440, 9328) and (15536, 8228); 7 is 666.95 from 1.
    assert (costs[0, 1], costs[0, 6]) == (440, 666)
    assert not costs.diagonal().any()
    assert orlib.tsplib_values()["rl1304", 100] == orlib.Published(491639, 491507)
    assert orlib.tsplib_values()["rl5934", 1000].best == 558167


def test_the_37_small_facility_location_instances_have_50_clients_and_16_to_50_sites():
    instances = [orlib.read_cap(name) for name in orlib.CAP]
    assert len(instances) == 37
    assert {instance.costs.shape for instance in instances} == {(50, 16), (50, 25), (50, 50)}
    assert all((instance.demand.sum(), len(instance.demand)) == (58268, 50) for instance in instances)
    assert all(instance.name in orlib.orlib_bounds() for instance in instances)


def test_the_large_ones_take_the_capacity_that_is_put_in():
    instance = orlib.read_cap("capc", 5750)
    assert (instance.costs.shape, set(instance.capacity)) == ((1000, 100), {5750})
    assert orlib.orlib_bounds()[instance.name][1] == 11570340.289
    with pytest.raises(ValueError, match="capa needs capacity"):
        orlib.read_cap("capa")


def test_sjc_have_capacities_that_suffice():
    for name in orlib.SJC:
        instance = orlib.read_sjc(name)
        assert np.sort(instance.capacity)[-instance.n_open :].sum() >= instance.demand.sum()
        assert name in orlib.SJC_BEST_KNOWN


def test_pmedcap_come_with_the_best_known_value():
    instance, best = orlib.read_pmedcap("pmedcap1_1")
    assert (instance.costs.shape, instance.n_open, best) == ((50, 50), 5, 713)
    assert set(instance.capacity) == {120}
    np.testing.assert_array_equal(instance.costs, instance.costs.T)
