"""Forms of provision from a study folder to tables, report and map: the toy district by hand, and the steppe study."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

from geo.errors import DataError, StudyFileError
from geo.language import using
from geo.maps.facts import form_numbers, form_texts
from geo.report.sections.provision import _per_person
from geo.report.sections.provision import provision as provision_part
from geo.study import StudyResult, load_study
from geo.study.conditions import Places, all_times, leg_rules, make_seasons
from geo.study.config import RoadUpgrade, Scenario
from geo.study.prepare import Prepared, prepare
from geo.study.programme.offers import _boarding
from geo.study.programme.planned import PlannedUnit
from geo.study.programme.provision import provision_tables
from geo.study.programme.provision_words import (
    bus_sentences,
    joint_sentence,
    road_sentences,
    teams_sentence,
    whole_sentence,
)
from geo.study.result import WHOLE_STUDY
from geo.study.unit import run_unit
from geo.tables import SETTLEMENTS
from geo.travel.joining import useful_joins
from geo.units import UNREACHABLE_MS
from tests.bundled import RunBundled
from tests.study.folders import write_toy

pytest.importorskip("pyvrp", reason="the extra 'transport' is not installed")

COSTS = """item,unit,value,opex_year,price_year,lifetime_years,source
phc/fap,object,130,15,2026,40,made up
road_km/asphalt,km,500,0,2026,20,made up
visit/phc,visit,0.15,,2026,,made up
vehicle_year/phc,vehicle_year,14,,2026,,made up
"""
PROVISION = """
[provision]
surfaces = ["asphalt"]
discount_rate = 0.06
most_capex = 20000

[[provision.road]]
roads = ["BC", "CD"]
surface = "asphalt"
label = { en = "the road to D" }

[[provision.service]]
name = "phc"
forms = ["road", "build", "share", "mobile"]
viable_persons = 100
"""


def toy_folder(folder: Path, provision: str = PROVISION, costs: str = COSTS) -> Path:
    write_toy(folder, service="open = 0")
    text = (folder / "study.toml").read_text(encoding="utf-8")
    text = text.replace('speeds = "speeds.csv"', 'speeds = "speeds.csv"\ncosts = "costs.csv"')
    (folder / "study.toml").write_text(text + provision, encoding="utf-8")
    (folder / "costs.csv").write_text(costs, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Prepared, StudyResult]:
    prepared = prepare(load_study(toy_folder(tmp_path_factory.mktemp("toy"))))
    return prepared, run_unit(prepared, "T1")


def offer(result: StudyResult, settlement_id: str, form: str) -> pd.Series:
    return result.row("provision", settlement_id=settlement_id, form=form, plan="baseline")


def test_the_road_to_c_is_found_and_priced(toy: tuple[Prepared, StudyResult]) -> None:
    # Norm 60 minutes. C's worst season is the winter: A-B 30 km at 56 = 32.143, B-C 24 km of gravel at 35 = 41.143, in
    # all 73.286. B-C in asphalt, 56 km/h: 25.714, in all 57.857. 24 km x 500 = 12,000, over 20 years at 6 %
    # (0.06 x 3.207135 / 2.207135 = 0.0871846) 1,046.2 a year, for the 450 people of C.
    _prepared, result = toy
    row = offer(result, "C", "road")
    assert bool(row["eligible"])
    assert row["minutes_after"] == pytest.approx(57.857, abs=1e-3)
    assert [row["capex"], row["persons"]] == [pytest.approx(12000, rel=1e-4), 450]
    assert row["annual_cost"] == pytest.approx(1046.2, abs=0.2)
    found = result.tables["road_packages"].set_index("roads")
    assert found.loc["BC", "package_id"] == row["target_id"]
    assert found.loc["BC", "length_km"] == pytest.approx(24, rel=1e-4)
    # The package of the study file is 39 km long.
    assert found.loc["BC CD", "length_km"] == pytest.approx(39, rel=1e-4)


def test_buildings_alone_shared_and_refused(toy: tuple[Prepared, StudyResult]) -> None:
    _prepared, result = toy
    # 130 x 0.0664615 + 15 = 23.640 a year. A clinic in C brings C itself within 60 minutes in every season; F is 20 km
    # of earth away, closed in the thaw (by B 108 minutes), so it brings nobody else.
    row = offer(result, "C", "build")
    assert [row["annual_cost"], row["persons"]] == [pytest.approx(23.640, abs=1e-3), 450]
    # E has 40 people, fewer than 100; what it would cost stands there all the same.
    row = offer(result, "E", "build")
    assert not bool(row["eligible"])
    assert [row["refusal"], row["annual_cost"]] == ["too-few-people", pytest.approx(23.640, abs=1e-3)]
    assert offer(result, "E", "share")["refusal"] == "no-neighbour"


def test_a_team_that_cannot_come_in_the_thaw(toy: tuple[Prepared, StudyResult]) -> None:
    # From A to E and back 217 minutes in the dry season and 120 there: within a day of 480. In winter 362.6 + 120 are
    # too long, and in the thaw the road is closed: visits in half the year, 0.5 x 365 / 14 = 13.036 at 0.15 = 1.9554.
    # The vehicle: 13.036 x 337.03 minutes of 365 / 7 x 5 days of 480 = 125,143 minutes, 0.035108 x 14 = 0.4915.
    _prepared, result = toy
    row = offer(result, "E", "mobile")
    assert row["closed_seasons"] == "winter thaw"
    assert row["annual_cost"] == pytest.approx(1.9554 + 0.4915, abs=2e-3)
    chosen = result.row("provision_chosen", settlement_id="E")
    assert [chosen["form"], chosen["safeguard"]] == ["mobile", "stock-and-air"]
    circuits = result.tables["mobile_circuits"]
    assert set(circuits["season"]) == {"dry"}
    assert not circuits.duplicated(["season", "settlement_id"]).any()
    # The day to E: A-B 30, B-C 24, C-D 15 and D-E 12 km, there and back.
    assert circuits.set_index("settlement_id")["day_km"]["E"] == pytest.approx(162, abs=0.5)


def test_times_with_a_package_are_those_of_the_same_scenario(toy: tuple[Prepared, StudyResult]) -> None:
    prepared, _result = toy
    for package in prepared.road_packages:
        upgrade = RoadUpgrade(roads=package.roads, surface="asphalt", condition="good", all_year=True)
        scenario = Scenario(name="same", upgrade_roads=(upgrade,))
        seasons = make_seasons(prepared.study, prepared.network, scenario)
        expected = all_times(prepared.study, prepared.network, seasons, prepared.places)
        for name, times in expected.items():
            np.testing.assert_array_equal(package.times[name], times.milliseconds)
            # A road that is built better never lengthens a way.
            assert (times.milliseconds <= prepared.times["base"][name].milliseconds).all()


def test_a_package_uses_joins_that_the_study_as_it_is_does_not(toy: tuple[Prepared, StudyResult]) -> None:
    prepared, _result = toy
    places, network = prepared.places, prepared.network
    roads = {road for package in prepared.road_packages for road in package.roads}
    closed = network.roads.index.isin(roads)
    shut = [
        replace(
            own,
            road_ms_per_metre=np.where(closed, np.inf, own.road_ms_per_metre),
            edge_ms=np.where(closed[network.edge_road], UNREACHABLE_MS, own.edge_ms),
        )
        for own in prepared.seasons
    ]
    # As in a large study in which those roads are closed all year: nothing joins them.
    joins = [
        useful_joins(network, shut, points, leg_rules(prepared.study), 1)
        for points in (places.settlements, places.sites)
    ]
    pruned = replace(prepared, places=Places(places.settlements, joins[0], places.sites, joins[1]))
    with patch("geo.study.conditions.is_small", return_value=False):
        packages = pruned.road_packages
    assert packages
    for package, expected in zip(packages, prepared.road_packages, strict=True):
        for name, times in expected.times.items():
            np.testing.assert_array_equal(package.times[name], times)


def test_what_has_no_price_says_so(toy: tuple[Prepared, StudyResult]) -> None:
    prepared, _result = toy
    known = ~prepared.study.costs["item"].isin(["visit/phc", "road_km/asphalt"])
    unpriced = replace(prepared, study=replace(prepared.study, costs=prepared.study.costs[known]))
    result = run_unit(unpriced, "T1")
    for form in ("mobile", "road"):
        row = offer(result, "C", form)
        assert row["price_status"] == "no-price"
        assert pd.isna(row["annual_cost"])
    assert bool(offer(result, "C", "build")["cheapest"])


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('name = "phc"\nforms', 'name = "clinic"\nforms', "clinic"),
        ("viable_persons = 100", 'mobile_base = "palace"', "palace"),
        ("viable_persons = 100", 'boarding = ["pop_500"]', "pop_500"),
        ('roads = ["BC", "CD"]', 'roads = ["XY"]', "XY"),
        (PROVISION[PROVISION.index("[[provision.service]]") :], "", "names no service"),
    ],
)
def test_what_the_study_does_not_have_is_named(tmp_path: Path, before: str, after: str, words: str) -> None:
    assert before in PROVISION
    with pytest.raises((StudyFileError, DataError), match=words):
        load_study(toy_folder(tmp_path, PROVISION.replace(before, after)))


def test_unknown_ages_are_not_called_too_young(toy: tuple[Prepared, StudyResult]) -> None:
    """Boarding places are for pupils of 10 and more; where their number is blank, nobody knows that there are none."""
    name = "pop_10_14"
    for ages, refusal in ((np.nan, "people-unknown"), (0.0, "too-young")):
        settings = SimpleNamespace(boarding=(name,), boarding_max_share=1.0)
        service = SimpleNamespace(name="school", demand=(name,), demand_share=1.0)
        settlements = pd.DataFrame({SETTLEMENTS.column(name).code_name: [ages]}, index=["C"])
        problem = SimpleNamespace(settlement_ids=("C",))
        part = SimpleNamespace(service=service, settlements=settlements, problem=problem)
        unmet = SimpleNamespace(part=part, settings=settings, persons=np.array([20]), nearest=np.zeros((1, 1)))
        assert _boarding(unmet, 0).offer.refusal == refusal


def test_the_sentence_of_a_road_names_the_people_of_the_place_itself(toy: tuple[Prepared, StudyResult]) -> None:
    _prepared, result = toy
    rows = result.tables["provision"].copy()
    here = (rows["form"] == "road") & (rows["settlement_id"] == "C") & (rows["plan"] == "baseline")
    rows.loc[here, ["persons", "own_persons", "annual_cost"]] = [630, 450, 1.0]
    with using("en"):
        (text,) = road_sentences(replace(result, tables={**result.tables, "provision": rows}), "phc")
    assert "(450 people who need it)" in text
    assert "180 people of neighbouring places come within the norm with it." in text


def test_where_settlements_are_counted_no_form_is_for_a_number_of_people(toy: tuple[Prepared, StudyResult]) -> None:
    _prepared, result = toy
    demand = result.config.demand.model_copy(update={"counts": "settlements"})
    places = replace(result, config=result.config.model_copy(update={"demand": demand}))
    part = provision_part(places)
    assert part is not None
    texts = [part.caveat, *part.sentences, *(table.note for table in part.tables)]
    texts += [head.text for table in part.tables for head in table.heads]
    assert not [text for text in texts if re.search(r"\d people|per person|People|people brought", text)]
    assert "Settlements" in {head.text for table in part.tables for head in table.heads}


def test_a_team_costs_whole_vehicles_and_the_report_says_both(toy: tuple[Prepared, StudyResult]) -> None:
    # E and whoever else is visited pay by time; the vehicle of the base costs 14 a year whether it drives or not.
    _prepared, result = toy
    whole = result.tables["mobile_teams"]["annual_cost"].sum()
    shares = result.table("provision_chosen", form="mobile")["annual_cost"].sum()
    assert whole > shares > 0
    scaled = {
        name: result.tables[name].assign(annual_cost=result.tables[name]["annual_cost"] * 1e6)
        for name in ("mobile_teams", "provision_chosen")
    }
    with using("en"):
        text = teams_sentence(replace(result, tables={**result.tables, **scaled}), "phc")
    assert f"{shares:.1f} million a year for all these villages" in text
    assert f"cost {whole - shares:.1f} million more" in text


def test_where_whole_vehicles_change_the_order_places_are_named(toy: tuple[Prepared, StudyResult]) -> None:
    _prepared, result = toy
    chosen = result.tables["provision_chosen"]
    below = chosen["form"] != "met"
    same = chosen.assign(whole_form=chosen["form"].where(below, ""), whole_cheapest_form=chosen["cheapest_form"])
    with using("en"):
        texts = [whole_sentence(replace(result, tables={**result.tables, "provision_chosen": same}), "phc")]
        turned = same.assign(whole_cheapest_form=same["cheapest_form"].where(same["settlement_id"] != "E", "build"))
        texts.append(whole_sentence(replace(result, tables={**result.tables, "provision_chosen": turned}), "phc"))
    assert texts[0].endswith("nor the cheapest one changes in any place.")
    assert "changes in 1 place: Village E (cheapest: building of its own, not " in texts[1]


def test_an_unproven_choice_of_roads_is_not_called_the_best() -> None:
    rows = pd.DataFrame(
        {
            "service": "phc",
            "packages": ["", "P1"],
            "open_sites": "",
            "beyond_persons": [10, 12],
            "chosen": [True, False],
            "status": ["optimal", "feasible"],
        }
    )
    service = SimpleNamespace(label=SimpleNamespace(in_language=lambda _language: "Clinic"))
    texts = []
    for status in (["optimal", "optimal"], ["optimal", "feasible"]):
        own = rows.assign(status=status)
        result = SimpleNamespace(table=lambda _name, service, own=own: own, service=lambda _name: service)
        with using("en"):
            texts.append(joint_sentence(result, "phc"))
    assert texts[0].endswith("no choice of roads among the 1 tried does better than sites alone.")
    assert "Not every one of these choices is proven" in texts[1]


def test_money_per_person_is_never_rounded_away() -> None:
    with using("en"):
        assert [_per_person(amount) for amount in (400.4, 123_456.0)] == ["400", "123,000"]


def test_a_study_that_does_not_ask_has_no_rows(toy: tuple[Prepared, StudyResult]) -> None:
    prepared, result = toy
    config = prepared.study.config.model_copy(update={"provision": None})
    silent = replace(prepared, study=replace(prepared.study, config=config))
    unit = PlannedUnit(silent, "T1", silent.study.settlements, silent.sites, [], result.tables)
    assert provision_tables(unit) == {}
    assert silent.road_packages == ()
    assert provision_part(replace(result, config=config)) is None


@pytest.fixture(scope="module")
def steppe(run_bundled: RunBundled) -> StudyResult:
    return run_bundled("steppe", WHOLE_STUDY)


@pytest.mark.xdist_group("steppe-pages")
class TestSteppe:
    """What the synthetic study says."""

    def test_a_road_beats_a_building_and_a_bus_beats_a_school(self, steppe: StudyResult) -> None:
        part = provision_part(steppe)
        assert part is not None
        text = "\n".join(part.sentences)
        assert re.search(
            r"For Qarshyghakol \(46 people who need it\) 5\.6 km of gravel road cost 66\.5 million a year and "
            r"bring everybody within 30.min in every season; a new basic school would cost 86\.1 million a year",
            text,
        )
        assert re.search(r"For Koktyrnazhon .*\(64 pupils\) school buses cost 68\.8 million a year", text)

    def test_a_bus_that_is_cheaper_only_by_shares_says_so(self, steppe: StudyResult) -> None:
        rows = steppe.tables["provision"]
        said = {}
        for name, cost in (("dearer", 1e12), ("cheaper", 1.0)):
            own = rows.assign(whole_annual_cost=np.where(rows["form"] == "bus", cost, np.nan))
            said[name] = bus_sentences(replace(steppe, tables={**steppe.tables, "provision": own}), "school")
        assert said["dearer"]
        assert all("whole buses for it alone would cost 1,000,000.0 million" in text for text in said["dearer"])
        assert not any("whole buses" in text for text in said["cheaper"])

    def test_every_inhabited_settlement_has_a_form_for_every_service(self, steppe: StudyResult) -> None:
        chosen = steppe.tables["provision_chosen"]
        people = steppe.settlements["population_persons"]
        inhabited = set(people.index[people.isna() | (people > 0)])
        for service in ("phc", "school"):
            own = chosen[chosen["service"] == service]
            assert set(own["settlement_id"]) == inhabited
            assert own["settlement_id"].is_unique
            assert (own["form"] != "").all()

    def test_who_is_within_the_norm_is_so_by_the_table_of_access(self, steppe: StudyResult) -> None:
        rows = steppe.table("access_settlement", plan="headline", season="worst")
        within = set(
            zip(*(rows.loc[rows["verdict"] == "within", c] for c in ("service", "settlement_id")), strict=True)
        )
        chosen = steppe.tables["provision_chosen"]
        met = chosen[chosen["form"] == "met"]
        assert within == set(zip(met["service"], met["settlement_id"], strict=True))

    def test_teams_visit_everybody_once_per_round_and_season(self, steppe: StudyResult) -> None:
        circuits, chosen = steppe.tables["mobile_circuits"], steppe.tables["provision_chosen"]
        assert not circuits.duplicated(["service", "season", "settlement_id"]).any()
        visited = chosen[chosen["form"] == "mobile"]["settlement_id"]
        assert set(circuits["settlement_id"]) == set(visited)
        assert (circuits["day_minutes"] <= 480).all()

    def test_the_option_of_a_road_never_leaves_more_people_below_the_norm(self, run_bundled: RunBundled) -> None:
        joint = run_bundled("steppe", "7044").tables["provision_joint"]
        assert set(joint["service"]) == {"phc", "school"}
        for _service, rows in joint.groupby("service"):
            best = rows[rows["chosen"].astype(bool)].iloc[0]
            assert best["beyond_persons"] <= rows.iloc[0]["beyond_persons"]
            assert (rows["cost"] <= rows["budget"]).all()

    def test_the_map_says_the_form_of_every_place_below_the_norm(self, steppe: StudyResult) -> None:
        numbers, texts = form_numbers(steppe, "phc"), form_texts(steppe, "phc")
        chosen = steppe.table("provision_chosen", service="phc").set_index("settlement_id")["form"]
        for settlement_id, number in zip(steppe.settlements.index, numbers, strict=True):
            assert (number is None) == (chosen[settlement_id] == "met")
        assert "visiting team; besides, stock of medicines and air ambulance (thaw)" in texts

    def test_no_text_proposes_to_close_a_village(self, steppe: StudyResult) -> None:
        part = provision_part(steppe)
        assert part is not None
        cells = [cell for table in part.tables for row in table.rows for cell in row]
        texts = " ".join([*part.sentences, part.caveat, *cells]).lower()
        assert not re.search(r"clos\w*\s+(the\s+|a\s+)?village", texts)


def test_the_program_has_no_words_for_closing_a_village() -> None:
    package = Path(__file__).parents[2] / "geo"
    for pattern in ("*.py", "*.po", "*.js", "*.html", "*.toml"):
        for file in package.rglob(pattern):
            text = file.read_text(encoding="utf-8").lower()
            assert not re.search(r"close[sd]?\s+(the\s+|a\s+|this\s+)?village|закры\w+\s+(сел[оа]|аул)\b", text), file
