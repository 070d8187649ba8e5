"""Met, unmet, not applicable, unknown: unknown is never met, and a norm is met on exact milliseconds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo.access.compliance import check_norm
from geo.norms import Norm
from geo.units import UNREACHABLE_MS

MINUTE = 60_000
NO_WAY = UNREACHABLE_MS
TIME_NORM = Norm(
    norm_id="clinic-30",
    pack="test",
    service="phc",
    level="fap",
    metric="minutes",
    value=30,
    unit="min",
    pop_min=None,
    pop_max=None,
    season_rule="worst",
    title_en="Within 30 minutes",
    title_ru="",
    title_kk="",
    source="test",
    legal_ref="",
    confidence="L",
    verified=False,
)
PLACE_NORM = replace(
    TIME_NORM, norm_id="has-clinic", metric="in_settlement", value=1, unit="facility", pop_min=50, pop_max=500
)


def check(
    norm: Norm,
    persons: list[int | None],
    nearest: dict[str, list[int]] | None = None,
    present: list[bool] | None = None,
    assessable: list[bool] | None = None,
    supply_known: bool = True,
) -> pd.DataFrame:
    n = len(persons)
    ids = [f"s{i}" for i in range(n)]
    return check_norm(
        norm,
        pd.Series(persons, index=ids, dtype="Int64"),
        {season: np.array(ms, dtype=np.int32) for season, ms in (nearest or {"dry": [0] * n}).items()},
        np.array(present or [False] * n),
        np.array(assessable or [True] * n),
        supply_known,
    )


def test_the_limit_itself_is_met_and_one_millisecond_more_is_not():
    found = check(TIME_NORM, [100, 100], {"dry": [30 * MINUTE, 30 * MINUTE + 1]})
    assert found["status"].tolist() == ["met", "unmet"]
    assert found["shortfall"].tolist() == pytest.approx([0, 1 / MINUTE])


def test_the_worst_season_decides_and_is_named():
    nearest = {"dry": [10 * MINUTE, 10 * MINUTE], "thaw": [40 * MINUTE, NO_WAY], "winter": [20 * MINUTE, 50 * MINUTE]}
    found = check(TIME_NORM, [100, 100], nearest)
    assert found["status"].tolist() == ["unmet", "unmet"]
    assert found["season"].tolist() == ["thaw", "thaw"]
    assert found["value"].iloc[0] == 40
    assert found["shortfall"].iloc[0] == 10


def test_no_way_has_no_value_but_is_unmet():
    found = check(TIME_NORM, [100], {"thaw": [NO_WAY]})
    assert found["status"].tolist() == ["unmet"]
    assert found[["value", "shortfall"]].isna().all(axis=None)


def test_a_norm_for_any_season_is_met_in_the_best_one():
    nearest = {"dry": [10 * MINUTE, 40 * MINUTE], "thaw": [NO_WAY, 35 * MINUTE]}
    found = check(replace(TIME_NORM, season_rule="any"), [100, 100], nearest)
    assert found["status"].tolist() == ["met", "unmet"]
    assert found["season"].tolist() == ["dry", "thaw"]


def test_a_band_begins_at_its_lower_end_and_stops_before_its_upper_end():
    found = check(PLACE_NORM, [49, 50, 499, 500], present=[True, True, True, True])
    assert found["status"].tolist() == ["not_applicable", "met", "met", "not_applicable"]


def test_a_place_has_the_facility_or_not():
    found = check(PLACE_NORM, [100, 100], present=[True, False])
    assert found["status"].tolist() == ["met", "unmet"]
    assert found["value"].tolist() == [1, 0]
    assert found["shortfall"].tolist() == [0, 1]
    assert found["season"].tolist() == ["", ""]


def test_an_unknown_population_is_unknown_where_the_norm_asks_for_the_size():
    assert check(PLACE_NORM, [None], present=[True])["status"].tolist() == ["unknown"]


def test_an_unknown_population_does_not_matter_to_a_norm_for_all_sizes():
    found = check(TIME_NORM, [None, None], {"dry": [10 * MINUTE, NO_WAY]})
    assert found["status"].tolist() == ["met", "unmet"]


def test_without_known_supply_nothing_is_met():
    found = check(TIME_NORM, [100], {"dry": [10 * MINUTE]}, supply_known=False)
    assert found["status"].tolist() == ["unknown"]
    assert found[["value", "shortfall"]].isna().all(axis=None)
    assert check(PLACE_NORM, [100], present=[True], supply_known=False)["status"].tolist() == ["unknown"]


def test_a_settlement_that_cannot_be_assessed_is_unknown_by_time_but_not_by_place():
    assert check(TIME_NORM, [100], {"dry": [MINUTE]}, assessable=[False])["status"].tolist() == ["unknown"]
    assert check(PLACE_NORM, [100], present=[True], assessable=[False])["status"].tolist() == ["met"]


def test_what_does_not_apply_is_not_unknown():
    found = check(PLACE_NORM, [20], present=[False], supply_known=False)
    assert found["status"].tolist() == ["not_applicable"]
    assert found["value"].isna().all()
