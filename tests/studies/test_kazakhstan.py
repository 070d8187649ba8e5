"""The national study on real data, end to end through the Python API."""

from __future__ import annotations

import pytest

from geo.study import StudyResult, explain
from geo.study.prepare import Prepared, runnable_units, unmapped_units
from geo.study.result import WHOLE_STUDY
from tests.bundled import PrepareBundled, RunBundled

pytestmark = pytest.mark.xdist_group("kazakhstan")


@pytest.fixture(scope="module")
def prepared(prepare_bundled: PrepareBundled) -> Prepared:
    return prepare_bundled("kazakhstan")


@pytest.fixture(scope="module")
def country(run_bundled: RunBundled) -> StudyResult:
    return run_bundled("kazakhstan", WHOLE_STUDY)


def test_places_far_from_every_road_are_not_assessable_zhanaozen_among_them(country):
    rows = country.table("access_settlement", plan="baseline", season="worst")
    far = rows[rows["verdict"] == "not_assessable"]
    # 139 in the collector's own projection; Smirnovo stands 20.02 km from its road and is counted here.
    assert len(rows) == 351
    assert len(far) == 140
    names = country.settlements.loc[far["settlement_id"], "name_en"]
    assert "Zhanaozen" in set(names)
    assert (far["nearest_road_km"] > 20).all()
    assert set(rows["verdict"]) == {"within", "beyond", "not_assessable"}


def test_the_first_words_say_how_many_people_are_assessed(country):
    sentence = explain.headline(country, "hospital").replace("\u00a0", " ")
    assert sentence.startswith(
        "Assessed: 59 % (11,879,219 of 20,118,478) people. 7,045,391 people live in places that are not in these data."
    )


def test_population_zero_is_unknown(country):
    assert country.settlements["population_persons"].isna().sum() == 50
    assert not (country.settlements["population_persons"] == 0).any()


def test_ten_hubs_are_proven_and_the_robust_ones_are_chosen_under_all_three_assumptions(country):
    plan = country.row("plans", plan="headline")
    assert plan["status"] == "optimal"
    assert len(plan["open_sites"].split()) == 10
    assert list(country.tables["scenarios"]["scenario"]) == ["base", "feeder-40", "feeder-80"]
    by_scenario = [set(sites.split()) for sites in country.tables["scenarios"]["open_sites"]]
    robust = set.intersection(*by_scenario)
    rows = country.tables["recommendations"]
    assert set(rows.loc[rows["scenario_share"] == 1, "site_id"]) == robust
    assert robust


def test_ten_distances_are_compared_with_published_ones(country):
    table = country.tables["distance_check"]
    assert len(table) == 10
    assert (table["source"].str.len() > 10).all()
    assert (table["difference_share"].abs() > 0.1).sum() == 3
    assert table["difference_share"].abs().median() < 0.06


def test_regions_with_under_five_assessable_towns_are_named_not_mapped(prepared):
    assert unmapped_units(prepared) == ["KZ71", "KZ75", "KZ79"]
    assert len(runnable_units(prepared)) == 18


def test_a_region_sees_hubs_beyond_its_border(run_bundled):
    result = run_bundled("kazakhstan", "KZ10")
    neighbours = result.sites[(result.sites["kind"] == "existing") & ~result.sites["in_unit"]]
    assert "hub-KZ63" in set(neighbours["site_id"])
    candidates = result.sites[result.sites["kind"] == "candidate"]
    assert candidates["in_unit"].all()


def test_every_inhabited_town_has_a_form_of_provision(country, prepared):
    chosen = country.tables["provision_chosen"].set_index("settlement_id")["form"]
    settlements = prepared.study.settlements
    inhabited = settlements.index[settlements["population_persons"].fillna(1) > 0]
    assert set(inhabited) <= set(chosen.index)
    assert set(chosen) == {"met", "build", "share", "floor"}
