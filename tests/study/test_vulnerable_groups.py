"""Weights enter a goal and no count: with C at twice the need the plan turns to C, and every figure stays people."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.report.sections.vulnerable import vulnerable
from geo.study import StudyResult, load_study, run_study
from geo.study.weighting import weighted_persons
from tests.study.folders import settlements_frame, write_toy

WEIGHED = 'open = 1\nalternatives = []\n[demand]\nweight = "vulnerability"'


def run(folder, weights) -> StudyResult:
    write_toy(folder, settlements=settlements_frame().assign(vulnerability=weights), service=WEIGHED)
    return next(iter(run_study(load_study(folder), ["T1"])))


def test_the_weighted_plan_turns_to_the_vulnerable_and_counts_people(tmp_path):
    # Beyond the norm today: C 450, D 180, E 40, F 800. One clinic: F brings 800; B and C bring 450, which count 900.
    rows = run(tmp_path, [1, 1, 2, 1, 1, 1]).tables["weighted_plans"].set_index("plan")
    assert rows.loc["headline", "open_sites"] == "new-F"
    assert rows.loc["weighted", "open_sites"] in {"new-B", "new-C"}
    assert rows["beyond_persons"].to_dict() == {"headline": 670, "weighted": 1020}
    assert rows["vulnerable_persons"].tolist() == [450, 450]
    assert rows["vulnerable_within_persons"].to_dict() == {"headline": 0, "weighted": 450}
    assert (rows["within_persons"] + rows["beyond_persons"] == 5670).all()


@pytest.mark.parametrize("weight", [1, 1.5])
def test_the_same_weight_everywhere_reproduces_the_unweighted_plan(tmp_path, weight):
    result = run(tmp_path, weight)
    plain, weighted = result.tables["weighted_plans"].drop(columns=["plan", "vulnerable_persons"]).to_dict("records")
    plain.pop("vulnerable_within_persons"), weighted.pop("vulnerable_within_persons")
    assert plain == weighted
    (sentence,) = vulnerable(result).sentences
    assert "changes nothing" in sentence


people = st.lists(st.integers(0, 10**6), min_size=1, max_size=20)


@given(persons=people, weight=st.floats(0.01, 3))
def test_equal_weights_leave_people_as_they_are(persons, weight):
    counts = np.array(persons, dtype=np.int64)
    assert weighted_persons(counts, np.full(len(counts), weight)).tolist() == persons


@given(persons=people, data=st.data())
def test_weights_keep_their_proportions(persons, data):
    hundredths = data.draw(st.lists(st.integers(0, 300), min_size=len(persons), max_size=len(persons)))
    found = weighted_persons(np.array(persons, dtype=np.int64), np.array(hundredths) / 100)
    total = sum(hundredths)
    if total:
        shared = int(np.gcd.reduce(hundredths))
        assert (found * shared).tolist() == [p * w for p, w in zip(persons, hundredths, strict=True)]
