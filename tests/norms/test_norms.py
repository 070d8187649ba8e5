"""Norm packs: the shipped ones keep their promises, and a wrong one says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.errors import DataError
from geo.norms import find_norm, load_pack, packs

ONE_NORM = """
pack = "own"
title = "A pack of a study"

[[norm]]
norm_id = "small"
service = "phc"
level = "medpunkt"
metric = "in_settlement"
value = 1
unit = "facility"
pop_min = 50
pop_max = 500
title_en = "Small villages have a medical point"
source = "somewhere"
confidence = "L"
verified = false
"""
NEXT_BAND = """
[[norm]]
norm_id = "large"
service = "phc"
level = "fap"
metric = "in_settlement"
value = 1
unit = "facility"
pop_min = {pop_min}
title_en = "Large villages have a feldsher point"
source = "somewhere"
confidence = "L"
verified = false
"""


def own_pack(folder: Path, text: str) -> Path:
    (folder / "norms").mkdir()
    (folder / "norms" / "own.toml").write_text(text, encoding="utf-8")
    return folder


def faults(folder: Path, text: str):
    with pytest.raises(DataError) as caught:
        load_pack("own", own_pack(folder, text))
    return caught.value.faults


@pytest.mark.parametrize("pack", packs())
def test_shipped_norms_have_a_source_and_are_not_verified(pack):
    for norm in load_pack(pack):
        assert norm.source.strip(), norm.key
        assert norm.legal_ref.strip(), norm.key
        assert not norm.verified, norm.key


@pytest.mark.parametrize("pack", packs())
def test_shipped_norms_have_a_title_in_every_language(pack):
    for norm in load_pack(pack):
        titles = [norm.title(language) for language in ("en", "ru", "kk")]
        assert all(titles), norm.key
        assert len(set(titles)) == 3, norm.key


@pytest.mark.parametrize("pack", packs())
def test_shipped_norms_are_found_by_their_key(pack):
    norms = load_pack(pack)
    assert len({norm.norm_id for norm in norms}) == len(norms)
    assert [find_norm(norm.key) for norm in norms] == list(norms)


@pytest.mark.parametrize(
    ("persons", "norm_id"),
    [
        (49, None),
        (50, "phc-medpunkt"),
        (499, "phc-medpunkt"),
        (500, "phc-fap"),
        (1500, "phc-ambulatory"),
        (5000, "phc-centre"),
        (30000, None),
    ],
)
def test_national_bands_of_primary_care_meet_without_overlap(persons, norm_id):
    asked = [n.norm_id for n in load_pack("kz-national") if n.service == "phc" and n.applies_to(persons)]
    assert asked == ([norm_id] if norm_id else [])


def test_a_pack_of_the_study_is_read_from_its_folder(tmp_path):
    (norm,) = load_pack("own", own_pack(tmp_path, ONE_NORM))
    assert (norm.key, norm.pop_min, norm.pop_max, norm.season_rule) == ("own/small", 50, 500, "worst")
    assert norm.title("kk") == "Small villages have a medical point"


def test_bands_that_touch_do_not_overlap(tmp_path):
    assert len(load_pack("own", own_pack(tmp_path, ONE_NORM + NEXT_BAND.format(pop_min=500)))) == 2


def test_overlapping_bands_name_both_norms(tmp_path):
    (fault,) = faults(tmp_path, ONE_NORM + NEXT_BAND.format(pop_min=499))
    assert (fault.file, fault.code) == ("norms/own.toml", "overlapping-bands")
    assert "small" in fault.message
    assert "large" in fault.message


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ('metric = "in_settlement"', 'metric = "metres"', "norm.0.metric"),
        ('source = "somewhere"', 'source = ""', "norm.0.source"),
        ('source = "somewhere"\n', "", "norm.0.source"),
        ("verified = false\n", "", "norm.0.verified"),
        ('confidence = "L"', 'confidence = "X"', "norm.0.confidence"),
        ("value = 1", "value = -1", "norm.0.value"),
        ("value = 1", "value = 1\nlimit = 1", "norm.0.limit"),
        ('norm_id = "small"', 'norm_id = "Small one"', "norm.0.norm_id"),
    ],
)
def test_a_broken_norm_is_located(tmp_path, old, new, column):
    (fault,) = faults(tmp_path, ONE_NORM.replace(old, new, 1))
    assert (fault.file, fault.column, fault.code) == ("norms/own.toml", column, "bad-norm")


def test_all_faults_of_a_pack_are_told_at_once(tmp_path):
    broken = ONE_NORM.replace("value = 1", "value = -1").replace('confidence = "L"', 'confidence = "X"')
    assert [fault.column for fault in faults(tmp_path, broken)] == ["norm.0.confidence", "norm.0.value"]


def test_what_is_no_toml_says_so(tmp_path):
    (fault,) = faults(tmp_path, "pack = own")
    assert fault.code == "not-toml"


def test_an_unknown_pack_names_the_known_ones():
    with pytest.raises(DataError) as caught:
        load_pack("nowhere")
    (fault,) = caught.value.faults
    assert fault.code == "unknown-pack"
    assert all(name in fault.remedy for name in packs())


def test_an_unknown_norm_names_those_of_the_pack():
    with pytest.raises(DataError) as caught:
        find_norm("kz-sparse/phc-31-minutes")
    (fault,) = caught.value.faults
    assert fault.code == "unknown-norm"
    assert "phc-30-minutes" in fault.remedy


def test_a_pack_without_norms_is_too_short(tmp_path):
    (fault,) = faults(tmp_path, 'pack = "own"\ntitle = "Nothing"\nnorm = []\n')
    assert fault.column == "norm"
