"""Numbers as each language writes them. A no-break space never lets a line end inside a number."""

from __future__ import annotations

import math

import pytest

from geo.language import LANGUAGES, numbers, using

NB = "\u00a0"


@pytest.mark.parametrize(
    ("language", "text"), [("en", "1,234,567"), ("ru", f"1{NB}234{NB}567"), ("kk", f"1{NB}234{NB}567")]
)
def test_persons_have_the_separators_of_the_language(language, text):
    with using(language):
        assert numbers.persons(1_234_567) == text


@pytest.mark.parametrize(("language", "text"), [("en", "1,031.8"), ("ru", f"1{NB}031,8"), ("kk", f"1{NB}031,8")])
def test_decimals_have_the_sign_of_the_language(language, text):
    with using(language):
        assert numbers.decimal(1031.84) == text


@pytest.mark.parametrize(("digits", "text"), [(0, "32"), (1, "31.8"), (2, "31.80")])
def test_the_count_of_decimals_is_fixed(digits, text):
    assert numbers.decimal(31.8, digits) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, f"0{NB}min"),
        (84.5, f"85{NB}min"),
        (85.0000001, f"85{NB}min"),
        (30.28, f"31{NB}min"),
        (119.4, f"120{NB}min"),
        (120.5, f"2{NB}h{NB}1{NB}min"),
        (145.0, f"2{NB}h{NB}25{NB}min"),
        (179.9, f"3{NB}h"),
    ],
)
def test_minutes_are_whole_and_become_hours_above_two_hours(value, text):
    assert numbers.minutes(value) == text


@pytest.mark.parametrize("language", LANGUAGES)
def test_minutes_keep_number_and_unit_on_one_line_in_every_language(language):
    with using(language):
        assert numbers.minutes(85).split(NB)[0] == "85"
        assert " " not in numbers.minutes(145)
        hours, minutes = numbers.minutes(145).split(NB)[::2]
        assert (hours, minutes) == ("2", "25")


@pytest.mark.parametrize(
    ("language", "minutes", "hours"),
    [("ru", f"85{NB}мин", f"2{NB}ч{NB}25{NB}мин"), ("kk", f"85{NB}мин", f"2{NB}сағ{NB}25{NB}мин")],
)
def test_minutes_have_the_unit_of_the_language(language, minutes, hours):
    with using(language):
        assert (numbers.minutes(85), numbers.minutes(145)) == (minutes, hours)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_shows_inf_or_nan(language):
    with using(language):
        shown = [
            numbers.minutes(math.inf),
            *(show(math.nan) for show in (numbers.minutes, numbers.persons, numbers.decimal)),
        ]
    for text in shown:
        assert text
        assert not {"inf", "nan"} & {text.lower()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(87, 36_527, "<1"), (0, 36_527, "0"), (1, 100, "1"), (36_440, 36_527, ">99"), (5, 5, "100"), (99, 100, "99")],
)
def test_a_share_rounds_neither_some_nor_all_away(language, part, whole, percent):
    with using(language):
        assert percent in numbers.share(part, whole).split("(")[0].replace("%", NB).split(NB)


def test_no_way_and_unknown_are_different_words():
    assert (numbers.minutes(math.inf), numbers.minutes(math.nan)) == ("no way", "unknown")


def test_a_share_comes_with_its_counts():
    assert numbers.share(3460, 5670) == f"61{NB}% (3,460 of 5,670)"
    assert numbers.share(0, 0) == "nobody counted"


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_a_share_has_the_numbers_of_the_language(language):
    with using(language):
        text = numbers.share(3460, 5670)
    assert text.startswith(f"61{NB}%")
    assert f"3{NB}460" in text
    assert f"5{NB}670" in text


def test_money_has_its_price_year():
    assert numbers.money(134_000_000, "KZT", 2022) == "134M KZT (2022 prices)"


@pytest.mark.parametrize("language", ["ru", "kk"])
def test_money_has_currency_and_price_year_in_every_language(language):
    with using(language):
        text = numbers.money(134_000_000, "KZT", 2022)
    assert text.startswith("134")
    assert "KZT" in text
    assert "2022" in text
