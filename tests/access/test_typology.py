"""Types by rules: each rule alone, its boundary, and what happens where nobody knows."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.access.typology import (
    PLACE_CLASSES,
    TypologyRules,
    UnitFacts,
    classify_unit,
    growth_class,
    place_class,
    service_class,
    ten_year_change,
)

#: Every fact known and none remarkable.
CALM = UnitFacts(5.0, 0.0, 3.0, 0.0, 0.9, 300.0, 0.1)
FACTS = [field.name for field in fields(UnitFacts)]


@pytest.mark.parametrize(
    ("changed", "code", "rule"),
    [
        ({"density": 0.99}, "underdeveloped", "density<1"),
        ({"hazard_share": 0.21}, "underdeveloped", "hazard_share>0.2"),
        ({"remoteness": 10.1}, "underdeveloped", "remoteness>10"),
        ({"change_10_years": -0.11}, "depressed", "change_10_years<-0.1"),
        (
            {"utilisation": 1.21, "change_10_years": 0.11},
            "concentration",
            "utilisation>1.2&change_10_years>0.1",
        ),
        (
            {"minutes_to_national_city": 60.0, "change_10_years": 0.16},
            "agglomeration_crisis",
            "minutes_to_national_city<=60&change_10_years>0.15&below_norm_share>0",
        ),
    ],
)
def test_each_rule_fires_alone_and_is_named(changed, code, rule):
    found = classify_unit(replace(CALM, **changed))
    assert (found.code, found.rule, found.unknown) == (code, rule, ())
    assert dict(found.facts).items() >= changed.items()


@pytest.mark.parametrize(
    "changed",
    [
        {"density": 1.0},
        {"hazard_share": 0.2},
        {"remoteness": 10.0},
        {"change_10_years": -0.1},
        {"utilisation": 1.2, "change_10_years": 0.14},
        {"utilisation": 1.5, "change_10_years": 0.1},
        {"minutes_to_national_city": 60.001, "change_10_years": 0.2},
        {"minutes_to_national_city": 10.0, "change_10_years": 0.15},
        {"minutes_to_national_city": 10.0, "change_10_years": 0.2, "below_norm_share": 0.0},
        {"minutes_to_national_city": math.inf, "change_10_years": 0.2},
    ],
)
def test_at_the_boundary_nothing_fires(changed):
    found = classify_unit(replace(CALM, **changed))
    assert (found.code, found.rule, found.unknown) == ("stable", "", ())
    assert [fact for fact, _value in found.facts] == FACTS


def test_the_first_rule_wins():
    everything = UnitFacts(0.5, 0.5, 12.0, 0.2, 2.0, 10.0, 0.9)
    assert classify_unit(everything).rule == "density<1"
    assert classify_unit(replace(everything, density=5.0)).rule == "hazard_share>0.2"
    dense = replace(everything, density=5.0, hazard_share=0.0, remoteness=1.0)
    assert classify_unit(dense).code == "concentration", "before the agglomeration"


def test_edited_thresholds_are_what_is_compared_and_named():
    rules = TypologyRules(density_below=2.5)
    assert classify_unit(replace(CALM, density=2.4), rules).rule == "density<2.5"
    assert classify_unit(replace(CALM, density=2.4)).code == "stable"
    with pytest.raises(ValueError, match="density_below"):
        TypologyRules(density_below=math.nan)


def test_nothing_known_is_unknown_and_names_all():
    found = classify_unit(UnitFacts())
    assert (found.code, found.rule, found.facts) == ("unknown", "", ())
    assert set(found.unknown) == set(FACTS)


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("nothing", [None, math.nan])
def test_one_missing_fact_makes_it_unknown_only_where_it_could_decide(fact, nothing):
    found = classify_unit(replace(CALM, **{fact: nothing}))
    if fact in {"utilisation", "minutes_to_national_city", "below_norm_share"}:
        # Without growth neither of the rules that need these can fire.
        assert (found.code, found.unknown) == ("stable", ())
    else:
        assert (found.code, found.unknown) == ("unknown", (fact,))


def test_a_rule_that_fires_still_says_what_could_have_come_first():
    found = classify_unit(replace(CALM, density=None, change_10_years=-0.2))
    assert (found.code, found.unknown) == ("depressed", ("density",))


values = st.fixed_dictionaries(
    {
        "density": st.sampled_from([None, 0.5, 3.0]),
        "hazard_share": st.sampled_from([None, 0.0, 0.5]),
        "remoteness": st.sampled_from([None, 2.0, 12.0]),
        "change_10_years": st.sampled_from([None, -0.2, 0.0, 0.12, 0.3]),
        "utilisation": st.sampled_from([None, 0.5, 1.5]),
        "minutes_to_national_city": st.sampled_from([None, 20.0, 600.0, math.inf]),
        "below_norm_share": st.sampled_from([None, 0.0, 0.4]),
    }
)


def fillings(facts: dict) -> list[UnitFacts]:
    """All ways in which the unknown facts might turn out."""
    could = {
        "density": [0.5, 3.0],
        "hazard_share": [0.0, 0.5],
        "remoteness": [2.0, 12.0],
        "change_10_years": [-0.2, 0.0, 0.12, 0.3],
        "utilisation": [0.5, 1.5],
        "minutes_to_national_city": [20.0, 600.0],
        "below_norm_share": [0.0, 0.4],
    }
    choices = [could[name] if value is None else [value] for name, value in facts.items()]
    return [UnitFacts(**dict(zip(facts, values, strict=True))) for values in product(*choices)]


@given(values)
def test_stable_means_stable_whatever_turns_out(facts):
    found = classify_unit(UnitFacts(**facts))
    turns_out = {classify_unit(filled).code for filled in fillings(facts)}
    assert (found.code == "stable") == (turns_out == {"stable"})
    assert found.code in turns_out or found.code == "unknown"
    assert not found.unknown or any(facts[fact] is None for fact in found.unknown)
    if not found.unknown:
        assert turns_out == {found.code}


def test_growth_beyond_half_a_percent_a_year():
    classes = [growth_class(rate) for rate in (0.0051, 0.005, 0.0, -0.005, -0.0051, None, math.nan)]
    assert classes == ["growing", "stable", "stable", "stable", "declining", "unknown", "unknown"]
    assert growth_class(0.0051, threshold=0.01) == "stable"


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["met", "met"], "served"),
        (["met", "not_applicable"], "served"),
        (["met", "unmet", "unknown"], "unserved"),
        (["met", "unknown"], "unknown"),
        (["not_applicable"], "unknown"),
        ([], "unknown"),
    ],
)
def test_served_needs_every_norm_met_and_none_unknown(statuses, expected):
    assert service_class(statuses) == expected


def test_another_status_is_refused():
    with pytest.raises(ValueError, match="perhaps"):
        service_class(["met", "perhaps"])


def test_six_classes_and_unknown():
    found = [place_class(g, s) for g in ("growing", "stable", "declining") for s in ("served", "unserved")]
    assert tuple(found) == PLACE_CLASSES
    assert len(set(found)) == 6
    assert place_class("unknown", "served") == place_class("stable", "unknown") == "unknown"


def test_ten_years_of_a_rate():
    """A.5: 86 people in 2020 and 44 in 2023."""
    rate = math.log(44 / 86) / 3
    change = ten_year_change(rate, known_years=3)
    assert change.share == pytest.approx((44 / 86) ** (10 / 3) - 1)
    assert change.is_extrapolated
    assert not ten_year_change(-0.01, known_years=10).is_extrapolated
    assert ten_year_change(-0.01, known_years=10).share == pytest.approx(math.exp(-0.1) - 1)
    assert ten_year_change(None, 3).share is None
    assert ten_year_change(math.nan, 3).share is None
