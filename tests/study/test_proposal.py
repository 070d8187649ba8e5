"""A planner's proposal measured beside the plan: against figures worked out by hand, and against plain loops."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.errors import DataError, UsageError
from geo.report.hearing import hearing_page
from geo.report.sections.proposal import proposal_section
from geo.report.sections.proposal_words import _against, how_far, in_one_sentence, sentences
from geo.study import StudyResult, load_study, run_study
from geo.study.proposal import Proposed, load_proposal, units_of
from geo.study.result import BASELINE, PROPOSAL, WORST
from geo.study.unit import run_unit
from geo.study.whatif import Optimum
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS
from tests import toy
from tests.study.folders import facilities_frame, settlements_frame, write_toy

STEPPE = Path(__file__).resolve().parents[2] / "studies" / "steppe"


def wish(folder: Path, study: str, unit: str, services: dict[str, dict[str, list[str]]], title: str = "") -> Path:
    document = {"format": "geo-proposal-1", "study": study, "unit": unit, "title": title, "services": services}
    path = folder / "wish.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def run(folder: Path, opened: tuple[str, ...] = (), closed: tuple[str, ...] = (), title: str = "") -> StudyResult:
    study = load_study(folder)
    path = wish(folder, "toy", "T1", {"phc": {"open": list(opened), "close": list(closed)}}, title)
    return next(iter(run_study(study, ["T1"], proposal=load_proposal(path, study))))


def proposed(result: StudyResult, season: str = WORST) -> pd.Series:
    return result.row("access_district", service="phc", plan=PROPOSAL, season=season)


@pytest.fixture(scope="module")
def result(tmp_path_factory) -> StudyResult:
    return run(write_toy(tmp_path_factory.mktemp("toy")), ("new-F", "new-D"), title="F and D")


#: Worst minutes with clinics in A, D and F: B from A in winter, 30 km at 56 km/h; C from A in thaw, 30 km at 70 and
#: 24 km at 35 km/h; E has no way in thaw.
WORST_MINUTES = {"A": 0.0, "B": 30 / 56 * 60, "C": 30 / 70 * 60 + 24 / 35 * 60, "D": 0.0, "E": math.inf, "F": 0.0}


def test_the_minutes_are_those_worked_out_by_hand(result):
    rows = result.table("access_settlement", plan=PROPOSAL, season=WORST).set_index("settlement_id")
    for village, minutes in WORST_MINUTES.items():
        found = rows.loc[village, "minutes"]
        assert pd.isna(found) if math.isinf(minutes) else found == pytest.approx(minutes, abs=1e-4)
    assert rows["verdict"].to_dict() == dict.fromkeys("ABDF", "within") | {"C": "beyond", "E": "unreachable"}
    assert rows["site_id"].to_dict() == {
        "A": "clinic-A",
        "B": "clinic-A",
        "C": "clinic-A",
        "D": "new-D",
        "E": "",
        "F": "new-F",
    }


def test_the_figures_are_those_worked_out_by_hand(result):
    row = proposed(result)
    assert (row["within_persons"], row["beyond_persons"], row["unreachable_persons"]) == (5180, 490, 40)
    reached = 1200 * WORST_MINUTES["B"] + 450 * WORST_MINUTES["C"]
    assert row["mean_minutes"] == pytest.approx(reached / 5630, abs=1e-4)
    assert row["max_minutes"] == pytest.approx(WORST_MINUTES["C"], abs=1e-4)
    # Today, in the worst season: B and C by winter, D and E without a way in thaw (240 min), F by winter.
    today = np.array([0, 30 / 56 * 60, (30 / 56 + 24 / 35) * 60, 240, 240, (30 / 56 + 40 / 35) * 60])
    kappa = -(toy.PERSONS * today).sum() / (toy.PERSONS * today**2).sum()
    after = np.minimum([WORST_MINUTES[village] for village in toy.VILLAGES], 240)
    ede_minutes = -math.log((toy.PERSONS * np.exp(-kappa * after)).sum() / 5670) / kappa
    assert row["ede_minutes"] == pytest.approx(ede_minutes, abs=1e-4)
    beyond = {season: proposed(result, season)["beyond_persons"] for season in toy.SEASONS}
    # In winter C to D takes an hour to the millisecond, which meets the norm.
    assert beyond == {"dry": 0, "winter": 0, "thaw": 490}


def test_the_plan_row_holds_the_gap_to_the_best_with_as_many_sites(result):
    """Two sites can leave D and E beyond: F serves itself, B or C serves C."""
    row = result.row("plans", plan=PROPOSAL)
    assert (row["objective"], row["status"], row["value_unit"]) == ("proposal", "feasible", "persons")
    assert (row["value"], row["bound"]) == (490, 220)
    assert row["gap"] == pytest.approx(270 / 490)
    assert set(row["open_sites"].split()) == {"new-D", "new-F"}
    assert (row["beyond_persons"], row["unreachable_persons"], row["losers"]) == (490, 40, 0)
    assert result.proposal["phc"] == Proposed(("new-D", "new-F"), (), ("n-open",))


def test_the_report_says_what_comes_of_it(result):
    text = " ".join(sentences(result, "phc")).replace("\u00a0", " ")
    assert "The proposal opens Village D and Village F." in text
    assert "It brings 980 of the 1,470 people now beyond 60 min within the norm; 490 stay beyond it." in text
    assert "leaves 220 people beyond the norm: 270 fewer" in text
    assert "More sites are open than the study allows." in text
    assert "490 people beyond 60 min" in in_one_sentence(result).replace("\u00a0", " ")
    section = proposal_section(result, "phc")
    assert section is not None
    assert "F and D" in section.title
    figures = {row[0]: row[1:] for row in section.figures.rows}
    assert figures["People not within the norm"] == ("1,470", "670", "490")
    assert figures["New sites"] == ("0", "1", "2")
    assert not section.losers.rows
    gainers = {row[0]: row[1:] for row in section.gainers.rows}
    assert gainers["Village F"] == ("800", "100.7", "0.0", "yes")
    assert gainers["Village D"] == ("180", "no way", "0.0", "yes")
    assert "Village A" not in gainers


def test_nothing_proposed_is_today(tmp_path):
    result = run(write_toy(tmp_path))
    assert (
        proposed(result)
        .drop("plan")
        .equals(result.row("access_district", plan=BASELINE, season=WORST, service="phc").drop("plan"))
    )
    assert how_far(result, "phc") == ""
    assert "changes nothing" in sentences(result, "phc")[0]


def test_the_plan_proposed_is_the_plan_and_no_better_is_known(tmp_path):
    folder = write_toy(tmp_path)
    opened = next(iter(run_study(load_study(folder), ["T1"]))).row("plans", plan="headline")["open_sites"]
    result = run(folder, tuple(opened.split()))
    text = " ".join(sentences(result, "phc"))
    assert "The proposal is the plan itself." in text
    assert "No other choice of 1 new site does better." in text
    assert "The proposal is the plan itself." in in_one_sentence(result)
    assert "The proposal is the plan itself." in hearing_page(result)
    assert result.row("plans", plan=PROPOSAL)["gap"] == 0


def test_a_closure_the_study_does_not_allow_is_measured_with_its_losers(tmp_path):
    result = run(write_toy(tmp_path, facilities=("A", "C")), closed=("clinic-C",))
    today, own = (result.row("access_district", plan=p, season=WORST) for p in (BASELINE, PROPOSAL))
    assert own["beyond_persons"] > today["beyond_persons"]
    losers = result.table("losers", plan=PROPOSAL)
    assert set(losers["settlement_id"]) == {"C", "D", "E", "F"}
    cut_off = losers[(losers["season"] == "thaw") & losers["after_minutes"].isna()]
    assert set(cut_off["settlement_id"]) <= {"D", "E"}
    text = " ".join(sentences(result, "phc"))
    assert "does not allow closing this: Clinic of C" in text
    assert "longer by more than the study allows" in text
    section = proposal_section(result, "phc")
    assert section is not None
    assert len(section.losers.rows) == len(losers)


def test_everything_may_be_closed_and_nobody_then_has_a_way(tmp_path):
    own = proposed(run(write_toy(tmp_path), closed=("clinic-A",)))
    assert (own["within_persons"], own["unreachable_persons"]) == (0, 5670)
    assert pd.isna(own["mean_minutes"])


def test_what_the_study_closes_and_the_proposal_keeps_is_named(tmp_path):
    table = facilities_frame("A", "B", "C")
    table["closable"] = [False, True, True]
    service = 'open = 0\nclose = ["clinic-C"]\nmax_worsening_minutes = 999'
    result = run(write_toy(tmp_path, facilities_table=table, service=service), closed=("clinic-B",))
    text = " ".join(sentences(result, "phc"))
    assert "leaves it open: Clinic of C" in text
    assert "does not allow closing" not in text


def test_a_protected_facility_is_refused_with_its_reason(tmp_path):
    table = settlements_frame().assign(protected_reason=["", "", "border village", "", "", ""])
    folder = write_toy(tmp_path, settlements=table, facilities=("A", "C"))
    with pytest.raises(DataError, match="border village"):
        run(folder, closed=("clinic-C",))


def test_other_units_beside_that_of_the_proposal_contradict_it(tmp_path):
    folder = write_toy(tmp_path)
    proposal = load_proposal(wish(folder, "toy", "T1", {"phc": {"open": ["new-F"]}}), load_study(folder))
    assert units_of(proposal, []) == units_of(proposal, ["T1"]) == ["T1"]
    with pytest.raises(UsageError, match="T1"):
        units_of(proposal, ["T1", "all"])


def test_the_manifest_names_the_proposal_by_its_digest(result, tmp_path):
    own = result.manifest["proposal"]
    assert own["title"] == "F and D"
    assert own["services"] == {"phc": {"open": ["new-F", "new-D"], "close": []}}
    assert len(own["sha256"]) == 64
    without = next(iter(run_study(load_study(write_toy(tmp_path)), ["T1"])))
    assert "proposal" not in without.manifest
    assert not without.proposal
    assert proposal_section(without, "phc") is None
    assert in_one_sentence(without) == ""
    assert PROPOSAL not in set(without.tables["plans"]["plan"])


def test_a_proposal_for_the_steppe_equals_plain_loops(tmp_path, prepare_bundled):
    """Nearest open site per season, the worst of the seasons, people by milliseconds: as the page computes them."""
    prepared = prepare_bundled("steppe")
    changes = {
        "phc": {"open": ["new-703214200", "new-703218150"], "close": ["PHC-703218100-1"]},
        "school": {"open": ["new-703230250"], "close": []},
    }
    path = wish(tmp_path, "steppe", "7032", changes)
    result = run_unit(prepared, "7032", load_proposal(path, prepared.study))
    for service, own in changes.items():
        problem = result.what_if[service].problem
        open_sites = [
            number
            for number, site in enumerate(problem.site_ids)
            if (problem.existing[number] or site in own["open"]) and site not in own["close"]
        ]
        times, persons = problem.milliseconds.tolist(), problem.persons.tolist()
        worst = [max(min(season[i][j] for j in open_sites) for season in times) for i in range(len(persons))]
        pairs = list(zip(worst, persons, strict=True))
        reached = [(ms, n) for ms, n in pairs if ms < UNREACHABLE_MS]
        row = result.row("access_district", service=service, plan=PROPOSAL, season=WORST)
        assert row["within_persons"] == sum(n for ms, n in pairs if ms <= problem.limit_ms)
        assert row["unreachable_persons"] == sum(n for ms, n in pairs if ms >= UNREACHABLE_MS)
        mean = sum(ms * n for ms, n in reached) / sum(n for _ms, n in reached) / MS_PER_MINUTE
        assert row["mean_minutes"] == pytest.approx(mean, rel=1e-12)
        assert row["max_minutes"] == max(ms for ms, n in reached if n) / MS_PER_MINUTE
        assert problem.kappa is not None
        kappa, cap_ms = problem.kappa, problem.cap_ms
        total = math.fsum(n * math.exp(-kappa * min(ms, cap_ms) / MS_PER_MINUTE) for ms, n in pairs)
        assert row["ede_minutes"] == pytest.approx(-math.log(total / sum(persons)) / kappa, rel=1e-9)
        bound = result.row("plans", service=service, plan=PROPOSAL)["bound"]
        assert bound <= row["beyond_persons"]
    assert list(result.proposal) == ["phc", "school"]


def test_the_example_of_the_handbook_is_accepted(tmp_path, prepare_bundled):
    page = (STEPPE.parents[1] / "docs" / "proposal-file.md").read_text(encoding="utf-8")
    path = tmp_path / "wish.json"
    path.write_text(page.split("```json")[1].split("```")[0], encoding="utf-8")
    proposal = load_proposal(path, prepare_bundled("steppe").study)
    assert (proposal.unit, list(proposal.services)) == ("7032", ["phc", "school"])


@pytest.mark.parametrize(("shown", "said"), [(45, True), (60, False), (None, False)])
def test_another_norm_on_the_map_is_said(tmp_path, shown, said):
    folder = write_toy(tmp_path)
    path = wish(folder, "toy", "T1", {"phc": {"open": ["new-F"]}})
    path.write_text(json.dumps(json.loads(path.read_text()) | {"norm_minutes": shown}), encoding="utf-8")
    study = load_study(folder)
    result = next(iter(run_study(study, ["T1"], proposal=load_proposal(path, study))))
    words = "The map's norm was 45 min; these figures are for the study's norm, 60 min."
    for text in (in_one_sentence(result), " ".join(sentences(result, "phc"))):
        assert (words in text.replace("\u00a0", " ")) == said


def test_an_unproven_best_is_not_said_to_be_the_best(result):
    best = Optimum(WORST, 2, 490, 490, 30.0, 30.0, proven=False)
    assert "is known to do better" in _against(best, 490, 30.0)
    assert "No other choice of 2 new sites does better." in _against(replace(best, proven=True), 490, 30.0)
