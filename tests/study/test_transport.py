"""School buses of the six villages, worked by hand, and of the steppe study."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.errors import StudyFileError
from geo.network.topology import build_network
from geo.study import StudyResult, load_study, run_study
from geo.study import transport as transport_module
from geo.study.bus_roads import bus_season
from geo.study.config import StudyConfig, Transport
from geo.study.unit import run_unit
from geo.units import UNREACHABLE_MS
from tests import toy
from tests.bundled import RunBundled
from tests.study.folders import settlements_frame, write_toy

pytest.importorskip("pyvrp", reason="the extra 'transport' is not installed")

#: One school in A; the people of the villages are the pupils.
PUPILS = {"A": 300, "B": 12, "C": 9, "D": 5, "E": 4, "F": 50}
TABLE = "open = 0\n[service.transport]\n"


def run(folder: Path, transport: str, **changes: object) -> StudyResult:
    settlements = settlements_frame().assign(pop_total=list(PUPILS.values()))
    folder = write_toy(folder, settlements=settlements, service=TABLE + transport, **changes)
    return next(iter(run_study(load_study(folder), ["T1"])))


@pytest.fixture(scope="module")
def toy_result(tmp_path_factory) -> StudyResult:
    return run(tmp_path_factory.mktemp("toy"), "max_ride_minutes = 120\nseats = [20, 30]\n")


@pytest.fixture(scope="module")
def steppe(run_bundled: RunBundled) -> StudyResult:
    return run_bundled("steppe", "7044")


@pytest.fixture(params=["toy_result", "steppe"])
def any_result(request) -> StudyResult:
    return request.getfixturevalue(request.param)


def test_bus_minutes_are_those_of_a_slower_car_and_the_stops(toy_result):
    """A-B: 30 km at 59.5 km/h (0.85 x 70); B-C: 24 km at 42.5; C-D: 15 km at 25.5; one minute a stop."""
    pupils = toy_result.tables["transport_pupils"].set_index("settlement_id")
    to_b = 60 * 30 / 59.5
    to_c = to_b + 60 * 24 / 42.5
    to_d = to_c + 60 * 15 / 25.5
    assert pupils.loc["B", "alone_minutes"] == pytest.approx(to_b + 1, abs=1e-3)
    assert pupils.loc["D", "alone_minutes"] == pytest.approx(to_d + 1, abs=1e-3)
    assert pupils.loc["D", "km"] == pytest.approx(69, abs=1e-3)
    assert dict(pupils["outcome"]) == {
        "A": "own-school",
        "B": "carried",
        "C": "carried",
        "D": "carried",
        "E": "beyond-cap",
        "F": "carried",
    }


def test_the_highest_speed_counts_on_good_roads():
    network = build_network(toy.roads(), toy.CRS)
    car = toy.season(network, "dry")
    bus = bus_season(network, car, Transport(bus_max_kmh=40, bus_speed_factor=1.0))
    kph = np.array([3600 / ms for ms in bus.road_ms_per_metre])
    np.testing.assert_allclose(kph, np.minimum(3600 / car.road_ms_per_metre, 40))
    assert (bus_season(network, toy.season(network, "thaw"), Transport()).edge_ms == UNREACHABLE_MS).any()


def test_a_large_stop_fills_a_bus_and_the_rest_rides_along(toy_result):
    routes = toy_result.tables["transport_routes"]
    stops = routes[routes["leg_km"].eq(0) | routes["ride_minutes"].gt(0)]
    assert stops[stops["settlement_id"] == "F"]["pupils"].sum() == 50
    assert 30 in set(stops[stops["settlement_id"] == "F"]["pupils"])


def test_every_pupil_is_accounted_for_once(any_result):
    pupils = any_result.tables["transport_pupils"].set_index("settlement_id")
    routes = any_result.tables["transport_routes"]
    boarding = routes[routes["ride_minutes"] > 0].groupby("settlement_id")["pupils"].sum()
    carried = pupils[pupils["outcome"] == "carried"]["pupils"]
    assert dict(boarding) == dict(carried)
    service = pupils["service"].iloc[0]
    everybody = any_result.settlements[f"{service}_persons"]
    assert pupils["pupils"].sum() == everybody.sum()
    assert set(pupils.index) == set(everybody[everybody != 0].index)


def test_seats_limit_and_sums_hold_on_every_route(any_result):
    service = next(item for item in any_result.config.service if item.transport)
    for _route, rows in any_result.tables["transport_routes"].groupby("route"):
        stops, school = rows.iloc[:-1], rows.iloc[-1]
        assert stops["pupils"].sum() == school["pupils"] <= school["seats"]
        assert (stops["ride_minutes"] <= service.transport.max_ride_minutes).all()
        assert list(rows["stop"]) == list(range(1, len(rows) + 1))
        np.testing.assert_allclose(rows["total_km"], rows["leg_km"].cumsum())
        minutes = rows["leg_minutes"].sum() + service.transport.stop_minutes * len(stops)
        assert minutes == pytest.approx(stops["ride_minutes"].iloc[0])
        np.testing.assert_allclose(rows["total_minutes"] + rows["ride_minutes"], minutes)


def test_courses_lead_from_the_first_stop_to_the_school(any_result):
    routes = any_result.tables["transport_routes"]
    places = any_result.settlements.geometry
    assert list(any_result.routes["route"]) == list(dict.fromkeys(routes["route"]))
    for (_number, course), (_route, rows) in zip(
        any_result.routes.iterrows(), routes.groupby("route", sort=False), strict=True
    ):
        first = places[rows["settlement_id"].iloc[0]]
        assert course.geometry.coords[0] == (first.x, first.y)


def test_thaw_closes_earth_roads_and_says_so(toy_result, steppe):
    routes = toy_result.tables["transport_routes"].set_index("settlement_id")
    assert "thaw" in routes.loc["D", "closed_seasons"].split()
    rides = toy_result.tables["transport_seasons"]
    thaw = rides[(rides["season"] == "thaw") & (rides["settlement_id"] == "D")]
    assert thaw["ride_minutes"].isna().all()
    assert len(thaw) == 1
    warned = steppe.tables["transport_routes"]
    assert (warned["closed_seasons"] == "thaw").sum() >= 3
    assert (warned["beyond_cap_seasons"] != "").sum() >= 3


def test_rides_of_the_seasons_agree_with_the_routes(any_result):
    limit = next(item for item in any_result.config.service if item.transport).transport.max_ride_minutes
    rides = any_result.tables["transport_seasons"].set_index(["route", "stop", "season"])["ride_minutes"]
    for _number, row in any_result.tables["transport_routes"].iterrows():
        for season in [item.name for item in any_result.config.season]:
            key = (row["route"], row["stop"], season)
            if key not in rides.index:
                assert row["ride_minutes"] == 0, "only the school has no rides"
                continue
            assert (season in row["closed_seasons"].split()) == np.isnan(rides[key])
            assert (season in row["beyond_cap_seasons"].split()) == (rides[key] > limit)
        if row["ride_minutes"] > 0:
            assert rides[row["route"], row["stop"], row["season"]] == pytest.approx(row["ride_minutes"])


def test_the_same_study_gives_the_same_routes(steppe, prepare_bundled):
    again = run_unit(prepare_bundled("steppe"), "7044", draft=True)
    for name in ("transport_pupils", "transport_routes", "transport_seasons"):
        pd.testing.assert_frame_equal(again.tables[name], steppe.tables[name])


def test_those_who_can_walk_are_not_carried(tmp_path):
    result = run(tmp_path, "walk_km = 31\nmax_ride_minutes = 300\n")
    outcome = result.tables["transport_pupils"].set_index("settlement_id")["outcome"]
    assert (outcome["B"], outcome["C"]) == ("walks", "carried")


def test_nobody_is_dropped_who_is_unknown_or_has_no_road(tmp_path):
    settlements = settlements_frame().assign(pop_total=[300, None, 9, 5, 4, 0])
    roads = toy.raw_roads()
    folder = write_toy(
        tmp_path,
        settlements=settlements,
        roads=roads[~roads["edge_id"].isin(["CD"])],
        service=f"{TABLE}max_ride_minutes = 200\n",
    )
    result = next(iter(run_study(load_study(folder), ["T1"])))
    outcome = result.tables["transport_pupils"].set_index("settlement_id")["outcome"]
    assert dict(outcome) == {"A": "own-school", "B": "unknown", "C": "carried", "D": "no-road", "E": "no-school"}


def test_without_the_router_the_run_stops_before_it_begins(tmp_path, monkeypatch):
    settlements = settlements_frame()
    study = load_study(write_toy(tmp_path, settlements=settlements, service=TABLE))
    monkeypatch.setattr(transport_module, "router_is_installed", lambda: False)
    with pytest.raises(StudyFileError, match=r"geo-placement\[transport\]"):
        next(iter(run_study(study)))
    plain = load_study(write_toy(tmp_path / "plain", settlements=settlements))
    assert not len(next(iter(run_study(plain))).tables["transport_pupils"])


def test_a_study_without_buses_has_empty_tables_and_no_course(tmp_path):
    (result,) = itertools.islice(run_study(load_study(write_toy(tmp_path))), 1)
    assert [len(result.tables[name]) for name in ("transport_routes", "transport_seasons")] == [0, 0]
    assert len(result.routes) == 0


def test_the_limit_on_a_bus_is_part_of_the_study_file():
    service = {"name": "school", "label": {"en": "School"}, "site_label": {"en": "school"}, "levels": ["basic"]}
    service |= {"serving_level": "basic", "norm": "kz-sparse/school-30-minutes", "open": 0, "transport": {"seats": []}}
    with pytest.raises(ValueError, match="seats"):
        StudyConfig.model_validate({"study": {"name": "s", "title": {"en": "S"}}, "inputs": {}, "service": [service]})
