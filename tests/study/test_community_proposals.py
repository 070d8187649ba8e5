"""Communities' proposals in the six villages: gains by hand, one engine for all, and money that moves nobody up."""

from __future__ import annotations

import dataclasses
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import DataError
from geo.report.sections import community, people_to_come
from geo.siting.measure import evaluate
from geo.study import StudyResult, load_study, run_study
from geo.study.prepare import prepare
from geo.study.result import HEADLINE
from tests import toy
from tests.study.folders import write_toy

#: Norm 60 min, worst season, clinic in A. Beyond it: C (73.3 in winter), D and E (cut off in thaw), F (100.7): 1,470.
#: F alone: itself, 800; from C 20 km of earth, closed in thaw. B: C at 24 km / 35 km/h = 41.1, 450. C: itself, 450;
#: D is cut off in thaw. D: itself, 180. E would be itself, 40, but lies in a zone where nothing may be built.
GAINS = {"F": 800, "B": 450, "C": 450, "D": 180}

#: Plans that nothing here looks at take time.
FEW = "open = 1\nalternatives = []"


def rows(**changes: object) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "proposal_id": ["P1", "P2", "P3", "P4", "P5"],
            "title": ["Ours", "Beside the old one", "In the zone", "", "Two at once"],
            "proposer": ["F", "A", "E", "D", "all"],
            "settlement_id": ["F", "A", "E", "D", "B"],
            "service": "phc",
            "level": ["fap", "", "fap", "hospital", ""],
            "capex": [100e6, 90e6, 80e6, 70e6, 300e6],
            "co_funding": [0, 10e6, 0, 500e6, 0],
            "supporters": [10, 3000, 40, 180, 5],
            "file": ["", "", "", "", "two.json"],
        }
    )
    return frame.assign(**changes)


def folder_of(folder, proposals: pd.DataFrame, opened: tuple[str, ...] = ("new-F", "new-D")):
    write_toy(folder, service=FEW)
    proposals.to_csv(folder / "proposals.csv", index=False)
    lon, lat = toy.PLACES["E"]
    zone = {"kind": ["flood"], "effect": ["exclude"], "hazard_id": ["H1"]}
    shape = shapely.Point(lon, lat).buffer(0.01)
    gpd.GeoDataFrame(zone, geometry=[shape], crs=4326).to_file(folder / "hazards.geojson", driver="GeoJSON")
    services = {"phc": {"open": list(opened), "close": []}}
    document = {"format": "geo-proposal-1", "study": "toy", "unit": "T1", "services": services}
    (folder / "two.json").write_text(json.dumps(document), encoding="utf-8")
    text = (folder / "study.toml").read_text()
    named = '[inputs]\nproposals = "proposals.csv"\nhazards = "hazards.geojson"\n'
    (folder / "study.toml").write_text(text.replace("[inputs]\n", named), encoding="utf-8")
    return folder


def run(folder) -> StudyResult:
    return next(iter(run_study(load_study(folder), ["T1"])))


@pytest.fixture(scope="module")
def result(tmp_path_factory) -> StudyResult:
    return run(folder_of(tmp_path_factory.mktemp("toy"), rows()))


@pytest.fixture(scope="module")
def scores(result) -> pd.DataFrame:
    return result.tables["proposal_scores"]


def proposal(scores: pd.DataFrame, code: str) -> pd.Series:
    return scores[scores["proposal_id"] == code].iloc[0]


def test_single_sites_gain_what_was_worked_out_by_hand(scores):
    own = scores[scores["entry"] == "candidate"].set_index("open_sites")["gained_persons"]
    assert own.to_dict() == {f"new-{village}": gain for village, gain in GAINS.items()}


def test_a_proposal_at_a_candidate_is_that_candidate(scores):
    ours, own = proposal(scores, "P1"), scores[scores["open_sites"] == "new-F"]
    assert set(own["entry"]) == {"proposal", "candidate"}
    assert own["gained_persons"].tolist() == [800, 800]
    assert len(set(own["ede_gained_minutes"])) == 1
    assert (ours["optimum_persons"], ours["optimum_share"]) == (800, 1.0)


def test_two_sites_stand_beside_the_best_two(scores):
    # F and D: 800 + 180. The best two, F with B or C: 800 + 450.
    both = proposal(scores, "P5")
    assert (both["gained_persons"], both["optimum_persons"]) == (980, 1250)
    assert both["optimum_share"] == pytest.approx(0.784)
    assert both["rank"] == 1


def test_a_place_that_is_no_candidate_is_measured_where_it_is(scores):
    beside = proposal(scores, "P2")
    assert (beside["open_sites"], beside["score_status"]) == ("P2", "measured")
    assert (beside["lon"], beside["lat"]) == pytest.approx(toy.PLACES["A"])
    assert beside["gained_persons"] == 0
    assert beside["optimum_share"] == 0


def test_a_place_of_its_own_has_the_times_of_the_candidate_that_stood_there(tmp_path):
    """Without a candidate in F, a clinic proposed there still brings the 800 of F within the norm."""
    folder = folder_of(tmp_path, rows().iloc[:1])
    pd.DataFrame({"candidate_id": ["K1"], "settlement_id": ["B"], "service": ["phc"]}).to_csv(
        folder / "candidates.csv", index=False
    )
    text = (folder / "study.toml").read_text()
    (folder / "study.toml").write_text(text.replace("[inputs]\n", '[inputs]\ncandidates = "candidates.csv"\n'))
    found = proposal(run(folder).tables["proposal_scores"], "P1")
    assert (found["open_sites"], found["gained_persons"]) == ("P1", 800)
    assert found["optimum_share"] == pytest.approx(800 / 450), "better than the only site that the solver may choose"


def test_ranks_are_the_study_s_goals(scores):
    ranked = scores[scores["score_status"] == "measured"].sort_values(["new_sites", "rank"])
    assert all(own["beyond_persons"].is_monotonic_increasing for _n, own in ranked.groupby("new_sites"))
    assert (ranked["beyond_persons"] + ranked["gained_persons"] == 1470).all()
    # Two sites are not compared with one.
    assert (ranked["n_ranked"] == ranked.groupby("new_sites")["rank"].transform("size")).all()
    assert set(ranked.groupby("new_sites")["rank"].min()) == {1}


def test_what_breaks_the_tolerance_stands_behind_what_does_not(tmp_path):
    """A clinic in F for the one in A: 800 people gain, but A, B and C, 4,650 people, travel longer than is allowed."""
    folder = folder_of(tmp_path, rows())
    services = {"phc": {"open": ["new-F"], "close": ["clinic-A"]}}
    document = {"format": "geo-proposal-1", "study": "toy", "unit": "T1", "services": services}
    (folder / "two.json").write_text(json.dumps(document), encoding="utf-8")
    found = run(folder)
    scores = found.tables["proposal_scores"]
    swap = proposal(scores, "P5")
    assert swap["score_status"] == "breaks_tolerance"
    alike = scores[scores["new_sites"] == 1]
    assert swap["rank"] == alike["rank"].max() == len(alike)
    assert swap["losers"] == len(swap["loser_ids"].split())
    assert swap["loser_persons"] >= 3000
    assert swap["loser_unknown_settlements"] == 0
    part = community.proposals(found)
    assert part is not None
    assert any("It makes trips longer than the study allows" in text for text in part.sentences)


@pytest.mark.parametrize(("known", "said"), [(4650, "(at least 4,650 people)"), (0, "(an unknown number of people)")])
def test_places_of_unknown_people_that_a_proposal_harms_are_never_nobody(tmp_path, known, said):
    found = run(folder_of(tmp_path, rows()))
    scores = found.tables["proposal_scores"].copy()
    first = scores.index[scores["entry"] == "proposal"][0]
    scores.loc[first, ["loser_ids", "loser_persons", "loser_unknown_settlements", "loser_minutes"]] = [
        "F",
        known,
        1,
        9.0,
    ]
    part = community.proposals(dataclasses.replace(found, tables={**found.tables, "proposal_scores": scores}))
    assert part is not None
    assert any(said in text for text in part.sentences)


def test_money_and_signatures_move_nobody_up(scores, tmp_path):
    rich = rows(co_funding=[99e6, 0, 0, 0, 299e6], supporters=[1, 1, 1, 1, 9000])
    other = run(folder_of(tmp_path, rich)).tables["proposal_scores"]
    need = ["proposal_id", "open_sites", "rank", "gained_persons", "ede_gained_minutes", "cost", "optimum_share"]
    pd.testing.assert_frame_equal(scores[need], other[need])
    assert (proposal(scores, "P1")["budget_cost"], proposal(other, "P1")["budget_cost"]) == (100e6, 1e6)


def test_the_same_engine_measures_all(result, scores):
    problem = result.what_if["phc"].problem
    for row in scores[scores["entry"] == "candidate"].to_dict("records"):
        is_open = problem.existing.copy()
        is_open[problem.site_ids.index(row["open_sites"])] = True
        found = evaluate(problem, np.flatnonzero(is_open))
        assert row["beyond_persons"] == found.persons_beyond_limit


def test_the_zone_takes_the_site_and_keeps_the_people(result, scores):
    assert proposal(scores, "P3")["score_status"] == "hazard_zone"
    assert pd.isna(proposal(scores, "P3")["rank"])
    assert "new-E" not in set(result.sites["site_id"])
    (row,) = result.tables["zone_people"].to_dict("records")
    assert (row["n_settlements"], row["persons"], row["n_recommended"]) == (1, 40, 0)
    assert result.row("access_district", service="phc", plan=HEADLINE, season="worst")["persons"] == 5670
    (sentence,) = people_to_come.zones(result).sentences
    assert "40 people" in sentence
    assert "none of the recommended sites stands in it" in sentence


def test_a_higher_level_serves_and_a_wrong_one_is_refused(scores, tmp_path):
    assert proposal(scores, "P4")["gained_persons"] == 180
    with pytest.raises(DataError) as error:
        load_study(folder_of(tmp_path, rows(level="school")))
    assert all(fault.file == "proposals.csv" for fault in error.value.faults)


def test_a_file_that_opens_what_is_not_there_is_refused_before_anything_runs(tmp_path):
    with pytest.raises(DataError) as error:
        prepare(load_study(folder_of(tmp_path, rows(), opened=("new-Z",))))
    assert [fault.code for fault in error.value.faults] == ["unknown-site"]


def test_the_report_says_it_in_one_list(result):
    part = community.proposals(result)
    ours, _hospital, beside, both, zone = part.sentences
    assert both.startswith("“Two at once”, Village B (Clinic; proposed by all): number 1 of 1 with as many new sites.")
    assert "“Ours”, Village F (Clinic; proposed by F): number 1 of" in ours
    assert "800 people within the norm, 100\N{NO-BREAK SPACE}% of what the best" in ours
    assert "brings nobody within the norm" in beside
    assert "nothing may be built in this zone" in zone
    (table,) = part.tables
    assert table.rows[0][2] == "community"


def test_without_proposals_nothing_is_said(tmp_path):
    result = run(write_toy(tmp_path, service=FEW))
    assert not len(result.tables["proposal_scores"])
    assert community.proposals(result) is None
    assert people_to_come.people_to_come(result) is None
    assert people_to_come.lasting_sites(result) is None
