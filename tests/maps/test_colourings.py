"""What circles may be coloured by, from hand-made tables of the diagnosis."""

from __future__ import annotations

import dataclasses
import json
from itertools import pairwise

import pandas as pd
import pytest

from geo.language import LANGUAGES, using
from geo.maps import map_page
from geo.maps.colourings import Look, colouring_data, colouring_texts, colourings, gap_rows
from geo.maps.facts import gap_numbers, gap_texts, profile_data
from geo.maps.html import json_block
from geo.maps.layers.load import VERDICTS
from geo.maps.layers.unit_types import FILLS, unit_texts
from geo.study.diagnosis.words import LOADS, PLACE_CLASSES, UNIT_TYPES
from tests.maps.diagnosed import CLASSES, diagnosed
from tests.sample import sample_result


def test_nothing_is_offered_where_nothing_is_known() -> None:
    result = sample_result()
    assert colourings(result, "phc") == {}
    assert profile_data(result) is None
    assert set(gap_numbers(result, "phc")) == {None}


def test_classes_follow_the_tables_and_unknown_is_its_own() -> None:
    found = colourings(diagnosed(), "phc")
    codes = {key: one.codes for key, one in found.items()}
    # Places a to h; E, G and H, or whoever has no row, are unknown or, where norms ask nothing, not concerned.
    assert codes["remoteness"] == {"": "0124kkkk"}
    assert codes["place_class"] == {"": "0354kkkk"}
    assert codes["gap"] == {"": "012aaaak"}
    assert codes["choice"]["dry"] == "3211k3kk"
    assert codes["choice"]["worst"] == "3100k2kk"
    assert codes["supply"]["worst"][2:4] == "00"


def test_breaks_of_supply_are_those_of_the_worst_season_in_every_season() -> None:
    supply = colourings(diagnosed(), "phc")["supply"]
    # Above 0 in the worst season: 1, 2 and 8; their quantiles are 1.5, 2 and 5.
    assert supply.facts["breaks"] == [1.5, 2.0, 5.0]
    assert supply.codes["worst"] == "4200k1kk"
    assert supply.codes["dry"] == "4311k3kk"
    labels = colouring_texts(diagnosed(), "phc")["supply"]
    assert labels["title"] == "Supply per 1,000 people (staff posts; M2SFCA)"
    assert [labels["labels"][code] for code in "01234"] == [
        *("no access (0)", "up to 1.5", "1.5 to 2", "2 to 5", "over 5")
    ]


def test_scarce_supply_is_shown_per_more_people() -> None:
    result = diagnosed()
    table = result.tables["access_indicators"].copy()
    table["m2sfca"] /= 10
    text = colouring_texts(dataclasses.replace(result, tables={**result.tables, "access_indicators": table}), "phc")
    assert text["supply"]["title"] == "Supply per 10,000 people (staff posts; M2SFCA)"
    assert text["supply"]["labels"]["1"] == "up to 1.5"


def test_classes_of_a_pack_of_ones_own_stand_in_the_order_of_their_scores() -> None:
    result = diagnosed()
    own = dict(
        zip([CLASSES[0], CLASSES[1], CLASSES[2], CLASSES[4]], ["zz_near", "mm", "kk_far", "aa_end"], strict=True)
    )
    table = result.tables["settlement_profile"].replace({"remoteness_class": own})
    found = colourings(dataclasses.replace(result, tables={**result.tables, "settlement_profile": table}), "phc")
    assert list(found["remoteness"].facts["classes"]) == ["zz_near", "mm", "kk_far", "aa_end"]


def test_of_several_norms_the_one_farthest_from_being_met_counts() -> None:
    rows = gap_rows(diagnosed(), "phc")
    assert rows.loc["b", "gap"] == "lower"
    assert gap_texts(diagnosed(), "phc") == ["feldsher point; here: medical point", "medical point"]
    assert gap_numbers(diagnosed(), "phc") == [None, 0, 1, None, None, None, None, None]


def test_two_classes_never_look_alike_and_greys_differ() -> None:
    for key, one in colourings(diagnosed(), "phc").items():
        looks = list(one.looks.values())
        assert len(set(looks)) == len(looks), key
        greys = sorted((_grey(look), look) for look in looks)
        for (grey, look), (other_grey, other) in pairwise(greys):
            signs = (look.shape, look.dot) != (other.shape, other.dot)
            assert signs or other_grey - grey > 0.08, (key, look, other)


def _grey(look: Look) -> float:
    red, green, blue = (int(look.colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_class_has_a_label_in_every_language(language: str) -> None:
    result = diagnosed()
    with using(language):
        texts = colouring_texts(result, "phc")
    for one in colouring_data(result, "phc"):
        letters = set(one["looks"]) | set("".join(one["codes"].values()))
        assert letters <= set(texts[one["key"]]["labels"])
        assert set(one["listed"]) <= set(one["looks"])


def test_the_data_block_has_it_all_once() -> None:
    result = diagnosed()
    page = map_page(result)
    assert page.count('"growthClass"') == 1
    block = json.loads(json_block(profile_data(result)))
    assert block["growth"][:4] == [2.0, 0.1, -1.1, -2.0]
    assert block["growthClass"] == "gsddkkkk"


def test_words_cover_every_code() -> None:
    assert set(VERDICTS) == set(LOADS)
    assert set(FILLS) == set(UNIT_TYPES)
    looks = colourings(diagnosed(), "phc")["place_class"].facts["classes"]
    assert set(looks) == set(PLACE_CLASSES) - {"unknown"}


def test_the_reason_for_a_type_is_a_sentence() -> None:
    west, east = unit_texts(diagnosed())
    assert west["why"] == "utilisation above 120 % and change in 10 years above 10 %"
    assert east["why"] == "not known: share in hazard zones"


def test_types_of_units_are_not_offered_for_one_unit_or_where_none_is_known() -> None:
    result = diagnosed()
    assert len(unit_texts(result)) == 2
    assert unit_texts(dataclasses.replace(result, boundary=result.boundary.iloc[:1])) == []
    nothing = result.tables["unit_profile"].assign(unit_type="unknown", rule=pd.NA)
    assert unit_texts(dataclasses.replace(result, tables={**result.tables, "unit_profile": nothing})) == []
