"""Roads of the six-village district: which of them the access hangs on, and what better or closed ones change."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.errors import DataError, StudyFileError
from geo.study import load_study, run_study
from geo.study.conditions import make_seasons
from geo.study.config import RoadUpgrade, Scenario
from geo.study.prepare import prepare
from geo.study.road_effects import edge_criticality
from geo.study.road_upgrades import with_upgrades
from geo.tables import ROADS
from geo.travel import cache, choice, hierarchy
from tests import toy
from tests.study.folders import write_toy

SCENARIOS = """
[[scenario]]
name = "paved"
upgrade_roads = [{ roads = ["CD", "DE"], surface = "gravel" }]
[[scenario]]
name = "broken"
close_roads = ["AB"]
"""


def toy_study(folder, scenarios: str = SCENARIOS, **tables):
    write_toy(folder, **tables)
    with (folder / "study.toml").open("a", encoding="utf-8") as file:
        file.write(scenarios)
    return folder


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return next(iter(run_study(load_study(toy_study(tmp_path_factory.mktemp("toy"))), ["T1"])))


def test_the_road_that_everybody_takes_comes_first(result):
    thaw = result.table("edge_criticality", season="thaw").set_index("road_id")
    assert list(thaw.index) == ["AB", "BF", "BC"]
    assert list(thaw["rank"]) == [1, 2, 3]
    assert list(thaw["cut_off_persons"]) == [1200 + 450 + 800, 800, 450]
    assert list(thaw["settlements"]) == [3, 1, 1]
    assert list(thaw["worst_settlement_id"]) == ["B", "F", "C"]
    assert list(thaw["n_links"]) == [3, 3, 3]
    assert thaw["worst_extra_minutes"].isna().all()
    assert thaw.loc["AB", "length_km"] == pytest.approx(30, abs=1e-6)
    assert (thaw["extra_person_minutes"] == 0).all()


def test_pieces_of_one_road_that_do_the_same_are_one_link(tmp_path):
    raw = toy.raw_roads()
    middle = raw.geometry.iloc[0].coords[1]
    stub = raw.iloc[[0]].assign(edge_id="stub", geometry=[shapely.LineString([middle, (middle[0], middle[1] + 0.01)])])
    prepared = prepare(load_study(toy_study(tmp_path, "", roads=pd.concat([raw, stub], ignore_index=True))))
    assert prepared.network.n_edges == 8
    rows = edge_criticality(prepared, prepared.study.settlements)
    thaw = rows[rows["season"] == "thaw"].set_index("road_id")
    assert thaw.loc["AB", "length_km"] == pytest.approx(30, abs=1e-6)
    assert thaw.loc["AB", "from_km"] == 0
    assert list(thaw["n_links"]) == [3, 3, 3]


def test_each_scenario_says_what_it_changes_while_facilities_stay(result):
    paved = result.row("scenario_effects", scenario="paved", season="thaw")
    assert (paved["connected_persons"], paved["cut_off_persons"]) == (220, 0)
    assert paved["lost_person_minutes"] == 0
    dry = result.row("scenario_effects", scenario="paved", season="dry")
    assert dry["connected_persons"] == 0
    assert dry["gained_person_minutes"] > 0
    broken = result.row("scenario_effects", scenario="broken", season="thaw")
    assert (broken["within_before_persons"], broken["within_after_persons"]) == (4200, 3000)
    assert broken["cut_off_persons"] == 1200 + 450 + 800


def test_closing_a_road_by_a_scenario_is_what_the_table_of_links_says(result):
    for season in toy.SEASONS:
        closed = result.row("scenario_effects", scenario="broken", season=season)
        link = result.row("edge_criticality", season=season, road_id="AB")
        assert closed["cut_off_persons"] == link["cut_off_persons"]
        assert closed["lost_person_minutes"] == pytest.approx(link["extra_person_minutes"])


def test_an_upgrade_is_the_road_table_with_other_rows(tmp_path):
    study = load_study(toy_study(tmp_path))
    prepared = prepare(study)
    scenario = study.config.scenario[0]
    repaired = dataclasses.replace(study, roads=toy.roads(toy.raw_roads(repaired=True)))
    wanted = prepare(dataclasses.replace(repaired, config=study.config.model_copy(update={"scenario": ()})))
    for season in toy.SEASONS:
        ours, theirs = prepared.times["paved"][season], wanted.times["base"][season]
        assert (ours.milliseconds == theirs.milliseconds).all()
    changed = with_upgrades(prepared.network, scenario)
    assert changed.vertex_metres is prepared.network.vertex_metres
    assert list(prepared.network.roads["surface"]) != list(changed.roads["surface"])


def test_a_bridge_opens_a_ford_and_all_year_opens_the_rest(tmp_path):
    raw = toy.raw_roads().assign(ford=False, open_months=None, winter_road=False)
    raw.loc[0, "ford"] = True
    raw.loc[1, "open_months"] = "6 7"
    folder = toy_study(tmp_path, "", roads=gpd.GeoDataFrame(raw))
    text = (folder / "study.toml").read_text(encoding="utf-8")
    text = text.replace('name = "thaw"', 'name = "thaw"\nmonths = [3, 4]\nfords = "closed"')
    (folder / "study.toml").write_text(text, encoding="utf-8")
    study = load_study(folder)
    closures = pd.DataFrame({"road_id": ["BF"], "season": ["thaw"], "probability": [1.0]})
    study = dataclasses.replace(study, closures=closures)
    network = prepare(study).network

    def closed(**keys) -> set[str]:
        scenario = Scenario(name="s", upgrade_roads=(RoadUpgrade(roads=("AB", "BC", "BF"), **keys),))
        thaw = make_seasons(study, network, scenario)[-1]
        return set(network.roads.index[thaw.closed_roads]) & {"AB", "BC", "BF"}

    assert closed(condition="good") == {"AB", "BC", "BF"}
    assert closed(bridge=True) == {"BC", "BF"}
    assert closed(all_year=True) == {"AB"}
    assert closed(bridge=True, all_year=True) == set()


def test_scenarios_share_one_topology_and_large_studies_find_the_same_links(tmp_path, monkeypatch):
    study = load_study(toy_study(tmp_path))
    small = prepare(study)
    monkeypatch.setattr(choice, "SMALL_POINTS", 0)
    made = []
    of = hierarchy.Topology.of

    def counted(*args, **keys):
        made.append(args)
        return of(*args, **keys)

    monkeypatch.setattr(hierarchy.Topology, "of", counted)
    monkeypatch.setattr(cache, "_recent", OrderedDict())
    large = prepare(study)
    assert set(large.times) == {"base", "paved", "broken"}
    assert len(made) == 1
    for ours, theirs in zip(large.link_closures, small.link_closures, strict=True):
        nearest = large.times["base"][ours.season].select(large.places.settlements.ids, ["clinic-A"]).milliseconds
        assert (ours.point_ms == nearest[:, 0]).all()
        for name in ("edge", "point", "ms"):
            assert getattr(ours.closures, name).tolist() == getattr(theirs.closures, name).tolist()


@pytest.mark.parametrize(
    ("scenario", "where", "what"),
    [
        ('close_roads = ["XY"]', "close_roads", "XY"),
        ('upgrade_roads = [{ roads = ["AB", "YZ"], surface = "gravel" }]', "upgrade_roads[1].roads", "YZ"),
        ('upgrade_roads = [{ roads = ["AB"], surface = "gold" }]', "upgrade_roads[1].surface", "gold"),
        ('upgrade_roads = [{ roads = ["AB"] }]', "upgrade_roads[1].roads", "changes nothing"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path, scenario, where, what):
    folder = toy_study(tmp_path, f'[[scenario]]\nname = "x"\n{scenario}\n')
    with pytest.raises((DataError, StudyFileError)) as caught:
        load_study(folder)
    assert [fault.column for fault in caught.value.faults] == [f'[[scenario]] "x": {where}']
    assert what in caught.value.faults[0].message
    assert caught.value.faults[0].remedy


@pytest.mark.parametrize("name", ["road_category", "surface", "condition"])
def test_upgrades_speak_the_words_of_the_road_table(name):
    allowed = RoadUpgrade.model_json_schema()["properties"][name]["anyOf"][0]["enum"]
    assert set(allowed) <= set(ROADS.column(name).choices)
