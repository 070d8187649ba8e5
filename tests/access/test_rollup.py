"""Areas say what their settlements say, and nothing else."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.access.coverage import measure_coverage
from geo.access.rollup import UNASSIGNED, WHOLE_AREA, WHOLE_TIER, roll_up
from tests import toy
from tests.access.toy_access import CAP_MINUTES, baseline_kappa, coverage, nearest

KAPPA = -0.02
COUNTS = ["persons", "within_persons", "beyond_persons", "unreachable_persons", "capped_persons"]
TIERS = ["okrug", "district", "oblast"]
#: Okrugs of districts of oblasts: every code lies in one of the tier above.
OKRUGS = [(f"{o}{d}{k}", f"{o}{d}", f"{o}") for o in "12" for d in "ab" for k in "xyz"]
places = st.tuples(
    st.sampled_from(OKRUGS),
    st.one_of(st.none(), st.integers(0, 900)),
    st.one_of(st.just(math.inf), st.integers(0, 3600).map(lambda tenths: tenths / 10)),
)


def world(rows):
    """The arguments of `roll_up` for a list of places."""
    ids = pd.Index([f"s{i:03}" for i in range(len(rows))], name="settlement_id")
    tiers = pd.DataFrame([row[0] for row in rows], columns=TIERS, index=ids)
    persons = pd.Series([row[1] for row in rows], index=ids, dtype="Int64")
    minutes = np.array([row[2] for row in rows], dtype=np.float64)
    return tiers, persons, minutes, minutes <= 30


def rolled(rows) -> pd.DataFrame:
    return roll_up(*world(rows), KAPPA, CAP_MINUTES)


def children_of(table: pd.DataFrame, tier: str, area: str) -> pd.DataFrame:
    """Rows of the areas right below one; the code of an area starts with its parent's."""
    below = {"district": "okrug", "oblast": "district", WHOLE_TIER: "oblast"}[tier]
    inside = table["area_id"].str.startswith(area) if tier != WHOLE_TIER else np.ones(len(table), dtype=bool)
    return table[(table["tier"] == below) & inside]


def parents(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["tier"].isin(["district", "oblast", WHOLE_TIER])]


def an_area_is_the_sum_of_its_parts(table: pd.DataFrame) -> None:
    for parent in parents(table).itertuples():
        parts = children_of(table, parent.tier, parent.area_id)
        for count in ["n_settlements", "unknown_settlements"]:
            assert getattr(parent, count) == parts[count].sum()
        for count in COUNTS:
            expected = parts[count].sum(min_count=1)
            assert (pd.isna(getattr(parent, count)) and pd.isna(expected)) or getattr(parent, count) == expected


def the_mean_of_an_area_is_the_weighted_mean_of_its_parts(table: pd.DataFrame) -> None:
    for parent in parents(table).itertuples():
        parts = children_of(table, parent.tier, parent.area_id).dropna(subset="mean_minutes")
        reached = (parts["persons"] - parts["unreachable_persons"]).to_numpy(dtype=np.float64)
        if not len(parts):
            assert math.isnan(parent.mean_minutes)
            continue
        assert parent.mean_minutes == pytest.approx(np.average(parts["mean_minutes"], weights=reached), abs=1e-9)
        assert parent.max_minutes == parts["max_minutes"].max()


def the_equivalent_of_an_area_follows_from_those_of_its_parts(table: pd.DataFrame) -> None:
    """-(1/kappa) ln(sum of W_c exp(-kappa EDE_c) / W): it needs the one kappa."""
    for parent in parents(table).itertuples():
        parts = children_of(table, parent.tier, parent.area_id).dropna(subset="ede_minutes")
        if not len(parts):
            assert math.isnan(parent.ede_minutes)
            continue
        weights = parts["persons"].to_numpy(dtype=np.float64)
        inside = np.sum(weights * np.exp(-KAPPA * parts["ede_minutes"])) / weights.sum()
        assert parent.ede_minutes == pytest.approx(-math.log(inside) / KAPPA, abs=1e-9)


def the_whole_and_every_area_are_what_coverage_measures(table: pd.DataFrame, rows) -> None:
    tiers, persons, minutes, within = world(rows)
    assert table["area_id"].iloc[-1] == WHOLE_AREA
    assert table["tier"].iloc[-1] == WHOLE_TIER
    for row in table.itertuples():
        inside = (
            np.ones(len(tiers), dtype=bool)
            if row.tier == WHOLE_TIER
            else (tiers[row.tier] == row.area_id).to_numpy(dtype=bool)
        )
        known = persons.fillna(0).to_numpy(dtype=np.int64)
        alone = measure_coverage(minutes[inside], known[inside], within[inside], KAPPA, CAP_MINUTES)
        for name, value in alone.__dict__.items():
            found = getattr(row, name)
            assert pd.isna(found) or found == value, name
        assert row.unknown_settlements == persons[inside].isna().sum()


@given(st.lists(places, min_size=1, max_size=25), st.randoms(use_true_random=False))
def test_areas_obey_every_law(rows, random):
    """One table per list of places, which takes most of the time, looked at by every law."""
    table = rolled(rows)
    an_area_is_the_sum_of_its_parts(table)
    the_mean_of_an_area_is_the_weighted_mean_of_its_parts(table)
    the_equivalent_of_an_area_follows_from_those_of_its_parts(table)
    the_whole_and_every_area_are_what_coverage_measures(table, rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    pd.testing.assert_frame_equal(table, rolled(shuffled), check_exact=False, rtol=1e-9)


def test_the_toy_district_by_its_two_groups():
    """By hand: in thaw D and E, 220 people of g1, are cut off; C is at 66.9 minutes."""
    ids = pd.Index(list(toy.VILLAGES))
    tiers = pd.DataFrame({"okrug": ["g0", "g0", "g1", "g1", "g1", "g0"]}, index=ids)
    persons = pd.Series(toy.PERSONS, index=ids, dtype="Int64")
    minutes = nearest("thaw", "A")
    table = roll_up(tiers, persons, minutes, minutes <= 30, baseline_kappa(), CAP_MINUTES).set_index("area_id")
    assert table.loc["g1", ["persons", "within_persons", "unreachable_persons"]].tolist() == [670, 0, 220]
    assert table.loc["g1", "mean_minutes"] == pytest.approx(66.8571, abs=5e-5)
    assert table.loc["g1", "median_minutes"] == pytest.approx(66.8571, abs=5e-5)
    assert table.loc["g1", "p90_minutes"] == math.inf
    assert table.loc["g0", ["persons", "within_persons", "beyond_persons"]].tolist() == [5000, 4200, 800]
    assert table.loc["g0", "within_share"] == pytest.approx(0.84)
    whole = coverage("thaw", "A")
    assert {name: table.loc[WHOLE_AREA, name] for name in whole.__dict__} == whole.__dict__


def test_settlements_without_an_area_are_listed_and_kept():
    tiers = pd.DataFrame({"okrug": ["a", None, "", pd.NA]}, index=list("wxyz"))
    persons = pd.Series([5, 7, 11, None], index=list("wxyz"), dtype="Int64")
    table = roll_up(tiers, persons, np.array([1.0, 40, 2, 3]), np.array([True, False, True, True]), KAPPA, 240)
    nowhere = table[table["area_id"] == UNASSIGNED].iloc[0]
    assert (nowhere["persons"], nowhere["within_persons"], nowhere["n_settlements"]) == (18, 11, 3)
    assert nowhere["unknown_settlements"] == 1
    assert table["persons"].tolist() == [18, 5, 23]


def test_unknown_people_are_unknown_and_nobody_is_zero():
    tiers = pd.DataFrame({"okrug": ["unknown", "unknown", "empty", "mixed", "mixed"]})
    persons = pd.Series([None, None, 0, None, 4], dtype="Int64")
    table = roll_up(tiers, persons, np.full(5, 10.0), np.ones(5, dtype=bool), KAPPA, 240).set_index("area_id")
    assert table.loc["unknown", COUNTS].isna().all()
    assert table.loc["empty", COUNTS].tolist() == [0, 0, 0, 0, 0]
    assert table.loc["mixed", COUNTS].tolist() == [4, 4, 0, 0, 0]
    assert table.loc[["unknown", "empty"], ["within_share", "mean_minutes", "ede_minutes"]].isna().all(axis=None)
    assert table["unknown_settlements"].tolist() == [0, 1, 2, 3]


def test_tiers_and_areas_come_in_order():
    tiers = pd.DataFrame({"okrug": ["2", "10", "2"], "oblast": ["b", "a", "b"]})
    table = roll_up(tiers, pd.Series([1, 1, 1], dtype="Int64"), np.ones(3), np.ones(3, dtype=bool), KAPPA, 240)
    assert list(zip(table["tier"], table["area_id"], strict=True)) == [
        ("okrug", "10"),
        ("okrug", "2"),
        ("oblast", "a"),
        ("oblast", "b"),
        ("study", "all"),
    ]


def test_inputs_about_other_settlements_are_refused():
    tiers, persons, minutes, within = world([(OKRUGS[0], 1, 2.0), (OKRUGS[1], 3, 4.0)])
    for wrong in (
        (tiers, persons[::-1], minutes, within),
        (tiers, persons, minutes[:1], within),
        (tiers, persons, minutes, within[:1]),
    ):
        with pytest.raises(ValueError, match="same settlements"):
            roll_up(*wrong, KAPPA, CAP_MINUTES)
