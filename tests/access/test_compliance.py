"""Met, unmet, not applicable, unknown: unknown is never met, and a norm is met on exact milliseconds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo.access.applicability import SettlementFacts
from geo.access.compliance import SupplyFacts, check_norm
from geo.norms import AppliesIf, Norm, load_pack
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
    title_en="Within 30 minutes",
    title_ru="",
    title_kk="",
    source="test",
    legal_ref="",
    confidence="L",
    verified=False,
)
PLACE_NORM = replace(
    TIME_NORM,
    norm_id="has-clinic",
    metric="in_settlement",
    value=1,
    unit="facility",
    applies_if=AppliesIf(pop_min=50, pop_max=500),
)
LARGER = replace(PLACE_NORM, norm_id="has-larger", applies_if=AppliesIf(pop_min=500, pop_max=1500))


def places(
    persons: list[int | None],
    density: list[float] | None = None,
    classes: list[str] | None = None,
    hazards: dict[str, list[bool]] | None = None,
    border: list[bool | None] | None = None,
) -> SettlementFacts:
    n = len(persons)
    ids = [f"s{i}" for i in range(n)]
    return SettlementFacts(
        pd.Series(persons, index=ids, dtype="Int64"),
        np.array(density or [np.nan] * n, dtype=np.float64),
        np.array(classes or [""] * n, dtype=object),
        {kind: np.array(inside) for kind, inside in (hazards or {}).items()},
        pd.Series(border or [None] * n, index=ids, dtype="boolean"),
    )


def offers(
    n: int,
    nearest: dict[str, list[int]] | None = None,
    present: list[bool] | None = None,
    assessable: list[bool] | None = None,
    known: bool = True,
    **more: object,
) -> SupplyFacts:
    return SupplyFacts(
        {season: np.array(ms, dtype=np.int32) for season, ms in (nearest or {"dry": [0] * n}).items()},
        np.array(present or [False] * n),
        np.array(assessable or [True] * n),
        known,
        **more,
    )


def check(norm: Norm, persons: list[int | None], *args: object, **kwargs: object) -> pd.DataFrame:
    return check_norm(norm, places(persons), offers(len(persons), *args, **kwargs))


def told(frame: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(frame["status"], frame["reason"], strict=True))


def test_the_limit_itself_is_met_and_one_millisecond_more_is_not():
    found = check(TIME_NORM, [100, 100], {"dry": [30 * MINUTE, 30 * MINUTE + 1]})
    assert found["status"].tolist() == ["met", "unmet"]
    assert found["shortfall"].tolist() == pytest.approx([0, 1 / MINUTE])


def test_the_worst_season_decides_and_is_named():
    nearest = {"dry": [10 * MINUTE, 10 * MINUTE], "thaw": [40 * MINUTE, NO_WAY], "winter": [20 * MINUTE, 50 * MINUTE]}
    found = check(TIME_NORM, [100, 100], nearest)
    assert told(found) == [("unmet", ""), ("unmet", "no-way")]
    assert found["season"].tolist() == ["thaw", "thaw"]
    assert found["value"].iloc[0] == 40
    assert found["shortfall"].iloc[0] == 10


def test_no_way_has_no_value_but_is_unmet():
    found = check(TIME_NORM, [100], {"thaw": [NO_WAY]})
    assert told(found) == [("unmet", "no-way")]
    assert found[["value", "shortfall"]].isna().all(axis=None)


def test_a_norm_for_any_season_is_met_in_the_best_one():
    nearest = {"dry": [10 * MINUTE, 40 * MINUTE], "thaw": [NO_WAY, 35 * MINUTE]}
    found = check(replace(TIME_NORM, season_rule="any"), [100, 100], nearest)
    assert found["status"].tolist() == ["met", "unmet"]
    assert found["season"].tolist() == ["dry", "thaw"]


def test_a_norm_for_one_season_looks_at_no_other():
    nearest = {"dry": [10 * MINUTE, 40 * MINUTE], "thaw": [NO_WAY, 10 * MINUTE]}
    found = check(replace(TIME_NORM, season_rule="dry"), [100, 100], nearest)
    assert found["status"].tolist() == ["met", "unmet"]
    assert set(found["season"]) == {"dry"}


def test_a_season_the_study_lacks_gives_unknown():
    found = check(replace(TIME_NORM, season_rule="monsoon"), [100], {"dry": [MINUTE]})
    assert told(found) == [("unknown", "no-season")]
    assert found["value"].isna().all()


def test_a_band_begins_at_its_lower_end_and_stops_before_its_upper_end():
    series = (PLACE_NORM, LARGER)
    found = check_norm(PLACE_NORM, places([50, 499, 500, 1499]), offers(4, present=[True] * 4), series)
    assert told(found) == [("met", ""), ("met", ""), ("not_applicable", ""), ("not_applicable", "")]


def test_beyond_the_ends_of_a_series_its_pack_says_nothing():
    for norm in (PLACE_NORM, LARGER):
        found = check_norm(norm, places([49, 1500]), offers(2, present=[True, True]), (PLACE_NORM, LARGER))
        assert told(found) == [("unknown", "no-band")] * 2
        assert found["value"].isna().all()


def test_a_place_has_the_facility_or_not():
    found = check(PLACE_NORM, [100, 100], present=[True, False])
    assert found["status"].tolist() == ["met", "unmet"]
    assert found["value"].tolist() == [1, 0]
    assert found["shortfall"].tolist() == [0, 1]
    assert found["season"].tolist() == ["", ""]


def test_an_unknown_population_is_unknown_where_the_norm_asks_for_the_size():
    assert told(check(PLACE_NORM, [None], present=[True])) == [("unknown", "size-unknown")]


def test_an_unknown_population_does_not_matter_to_a_norm_for_all_sizes():
    found = check(TIME_NORM, [None, None], {"dry": [10 * MINUTE, NO_WAY]})
    assert found["status"].tolist() == ["met", "unmet"]


def test_without_known_supply_nothing_is_met():
    found = check(TIME_NORM, [100], {"dry": [10 * MINUTE]}, known=False)
    assert told(found) == [("unknown", "supply-unknown")]
    assert found[["value", "shortfall"]].isna().all(axis=None)
    assert told(check(PLACE_NORM, [100], present=[True], known=False)) == [("unknown", "supply-unknown")]


def test_a_settlement_that_cannot_be_assessed_is_unknown_by_time_but_not_by_place():
    assert told(check(TIME_NORM, [100], {"dry": [MINUTE]}, assessable=[False])) == [("unknown", "not-assessable")]
    assert check(PLACE_NORM, [100], present=[True], assessable=[False])["status"].tolist() == ["met"]


def test_outside_by_class_hazard_or_border_a_norm_does_not_apply():
    near = offers(3, {"dry": [MINUTE] * 3})
    camp = replace(TIME_NORM, applies_if=AppliesIf(classes=("winter_camp",)))
    found = check_norm(camp, places([9, 9, 9], classes=["winter_camp", "other", ""]), near)
    assert told(found) == [("met", ""), ("not_applicable", ""), ("unknown", "class-unknown")]
    flood = replace(TIME_NORM, applies_if=AppliesIf(hazards=("flood", "radiation")))
    found = check_norm(flood, places([9, 9, 9], hazards={"flood": [True, False, False]}), near)
    assert found["status"].tolist() == ["met", "not_applicable", "not_applicable"]
    border = replace(TIME_NORM, applies_if=AppliesIf(border=True))
    found = check_norm(border, places([9, 9, 9], border=[True, False, None]), near)
    assert told(found) == [("met", ""), ("not_applicable", ""), ("unknown", "border-unknown")]


def test_what_does_not_apply_by_class_is_not_unknown_by_size():
    norm = replace(PLACE_NORM, applies_if=AppliesIf(pop_min=50, classes=("other",)))
    found = check_norm(norm, places([20, None, 20], classes=["city", "city", "other"]), offers(3))
    assert told(found) == [("not_applicable", ""), ("not_applicable", ""), ("unknown", "no-band")]


def test_moving_a_density_threshold_reclassifies_settlements():
    """Special criteria below the threshold, ordinary ones above it; every settlement falls under exactly one."""
    where = places([100] * 4, density=[0.5, 2.0, 3.0, np.nan])
    near = offers(4, {"dry": [40 * MINUTE] * 4})
    statuses = {}
    for threshold in (1.0, 2.0, 2.5):
        sparse = replace(TIME_NORM, value=60, applies_if=AppliesIf(density_max=threshold))
        dense = replace(TIME_NORM, norm_id="dense", applies_if=AppliesIf(density_min=threshold))
        frames = [check_norm(norm, where, near, (sparse, dense)) for norm in (sparse, dense)]
        statuses[threshold] = [frame["status"].tolist()[:3] for frame in frames]
        assert [told(frame)[3] for frame in frames] == [("unknown", "density-unknown")] * 2
    no = "not_applicable"
    assert statuses[1.0] == [["met", no, no], [no, "unmet", "unmet"]]
    assert statuses[2.0] == statuses[1.0]
    assert statuses[2.5] == [["met", "met", no], [no, no, "unmet"]]


def test_kilometres_are_compared_with_the_limit_in_the_season_that_decides():
    norm = replace(TIME_NORM, metric="km", value=3, unit="km")
    km = {"dry": np.array([3.0, 3.1, 1.0]), "thaw": np.array([2.0, np.inf, 9.0])}
    found = check(norm, [1, 1, 1], nearest_km=km)
    assert told(found) == [("met", ""), ("unmet", "no-way"), ("unmet", "")]
    assert found["season"].tolist() == ["dry", "thaw", "thaw"]
    assert found["shortfall"].tolist()[2] == 6


def test_visits_are_unknown_unless_a_facility_stands_there():
    norm = replace(TIME_NORM, metric="visits", value=1, unit="visits")
    assert told(check(norm, [20, 20], present=[True, False])) == [("met", ""), ("unknown", "visits-unknown")]


def test_people_to_a_facility_may_not_exceed_the_limit_and_uncounted_people_make_it_unknown():
    norm = replace(TIME_NORM, metric="persons_per_unit", value=1000, unit="persons")
    people = {"dry": np.array([1000.0, 1001, 1500, 900, np.inf])}
    complete = np.array([True, True, False, False, True])
    found = check(norm, [1] * 5, catchment_persons=people, catchment_complete=complete)
    assert told(found) == [
        ("met", ""),
        ("unmet", ""),
        ("unmet", ""),
        ("unknown", "people-unknown"),
        ("unmet", "no-way"),
    ]
    assert found["shortfall"].tolist()[1:3] == [1, 500]


def test_a_least_load_concerns_only_settlements_with_that_level():
    norm = replace(TIME_NORM, metric="min_load", value=41, unit="persons")
    facts = {
        "of_level": np.array([True, True, True, True, False]),
        "load_persons": np.array([41.0, 40, np.nan, 30, np.nan]),
        "load_complete": np.array([True, True, False, False, True]),
    }
    found = check(norm, [1] * 5, **facts)
    assert told(found) == [
        ("met", ""),
        ("unmet", ""),
        ("unknown", "load-unknown"),
        ("unmet", ""),
        ("not_applicable", ""),
    ]
    assert found["shortfall"].tolist()[1] == 1


def test_a_least_number_of_inhabitants_needs_no_supply():
    norm = replace(TIME_NORM, service="settlement", metric="min_persons", value=50, unit="persons")
    found = check_norm(norm, places([50, 49, 0, None]))
    assert told(found) == [("met", ""), ("unmet", ""), ("unmet", ""), ("unknown", "size-unknown")]
    assert found["shortfall"].tolist()[:3] == [0, 1, 50]


def test_facts_that_a_metric_needs_must_be_there():
    with pytest.raises(ValueError, match="facts"):
        check_norm(replace(TIME_NORM, metric="km"), places([1]), offers(1))
    with pytest.raises(ValueError, match="facts"):
        check_norm(TIME_NORM, places([1]))


@pytest.mark.parametrize("known", [True, False])
def test_the_toy_district_against_the_national_bands(known):
    """A 3,000, B 1,200, C 450, D 180, E 40, F 800; everybody has what A and C have: something of every level."""
    persons = [3000, 1200, 450, 180, 40, 800]
    series = tuple(norm for norm in load_pack("kz-national") if norm.service == "phc")
    here = [True, False, True, False, False, False]
    asked = {}
    for norm in series:
        found = check_norm(norm, places(persons), offers(6, present=here, known=known), series)
        asked[norm.norm_id] = dict(enumerate(found["status"]))
    applying = {i: [n for n, status in asked.items() if status[i] != "not_applicable"] for i in range(6)}
    assert applying == {
        0: ["phc-ambulatory"],
        1: ["phc-fap"],
        2: ["phc-medpunkt"],
        3: ["phc-medpunkt"],
        4: ["phc-visits"],
        5: ["phc-fap"],
    }
    statuses = [asked[names[0]][i] for i, names in applying.items()]
    if known:
        assert statuses == ["met", "unmet", "met", "unmet", "unknown", "unmet"]
    else:
        assert set(statuses) == {"unknown"}
