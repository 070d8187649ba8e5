from __future__ import annotations

import pytest

from geo.access.typology import TypologyRules
from geo.study.diagnosis.words import FACTS, WORDS, remoteness_title, rule_in_words
from geo.tables import OUTPUT_TABLES


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("", ""),
        ("density<1", "density (people per km²) below 1"),
        ("utilisation>1.2&change_10_years>0.1", "utilisation above 120 % and change in 10 years above 10 %"),
        (
            "change_10_years<-0.125&minutes_to_national_city<=60",
            "change in 10 years below -12.5 % and minutes to a national city at most 60",
        ),
    ],
)
def test_rules_of_types_are_words(rule: str, words: str) -> None:
    assert rule_in_words(rule) == words


def test_every_fact_of_the_rules_has_words() -> None:
    facts = {condition.fact for _code, conditions in TypologyRules().rules() for condition in conditions}
    assert facts == set(FACTS)


@pytest.mark.parametrize("column", sorted(set(WORDS) - {"demand_group"}))
def test_every_code_that_a_table_may_hold_has_words(column: str) -> None:
    choices = {
        code
        for table in OUTPUT_TABLES.values()
        for declared in table.columns
        if declared.name == column
        for code in declared.choices
    }
    assert choices <= set(WORDS[column])


def test_classes_of_any_pack_have_a_title_and_others_show_their_code() -> None:
    assert remoteness_title("outlying") == "Outlying"
    assert remoteness_title("inner") == "Inner regional"
    assert remoteness_title("own_class") == "own_class"
