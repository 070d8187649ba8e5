"""Names across alphabets."""

from __future__ import annotations

import pytest

from geo.read.scripts import SIMILAR, mixed_words, plain_name, similarity, sound, without_look_alikes


@pytest.mark.parametrize("name", ["Қостанай", "Костанай", "Qostanai", "Qostanay", "Kostanaı"])
def test_one_name_sounds_the_same_in_every_alphabet(name):
    assert sound(name) == "kostanai"


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Қостанай", "Kustanay", True),
        ("Шалқар", "Челкар", False),
        ("Жаңаөзен", "Zhanaozen", True),
        ("Үштөбе", "Ushtobe", True),
        ("Разъезд 14", "Разъезд 15", False),
        ("Жамбыл", "Абай", False),
        ("", "Абай", False),
    ],
)
def test_similarity_is_for_suggestions(one, other, alike):
    assert (similarity(one, other) >= SIMILAR) == alike


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("  «Жамбыл» ", "жамбыл"),
        ("село Жамбыл", "жамбыл"),
        ("Жамбыл ауылы", "жамбыл"),
        ("ст. Жамбыл", "ст. жамбыл"),
        ("Усть - Каменогорск", "усть-каменогорск"),
        ("Берёзовка", "березовка"),
        ("село", "село"),
    ],
)
def test_names_are_compared_without_what_is_no_name(written, plain):
    assert plain_name(written) == plain


def test_look_alikes_are_put_into_the_alphabet_of_the_word():
    assert mixed_words("Kоктал, Astana") == ("Kоктал",)
    assert without_look_alikes("Kоктал") == "Коктал"
    assert without_look_alikes("Аstana") == "Astana"
    assert without_look_alikes("Zоктал") == "Zоктал"
