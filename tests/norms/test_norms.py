"""Norm packs: the shipped ones keep their promises, and a wrong one says what is wrong."""

from __future__ import annotations

import math
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from geo.errors import DataError
from geo.norms import AppliesIf, find_norm, load_pack, packs, remoteness_classes, series_of

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
applies_if = { pop_min = 50, pop_max = 500 }
title_en = "Small villages have a medical point"
source = "somewhere"
confidence = "L"
verified = false
"""
BAND = "{ pop_min = 50, pop_max = 500 }"


def another(norm_id: str = "large", **changes: object) -> str:
    """A second norm of the series of ONE_NORM; values are TOML."""
    values = {
        "norm_id": f'"{norm_id}"',
        "service": '"phc"',
        "level": '"fap"',
        "metric": '"in_settlement"',
        "value": 1,
        "unit": '"facility"',
        "title_en": '"Large villages have a feldsher point"',
        "source": '"somewhere"',
        "confidence": '"L"',
        "verified": "false",
    } | changes
    return "\n[[norm]]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())


def own_pack(folder: Path, text: str) -> Path:
    (folder / "norms").mkdir()
    (folder / "norms" / "own.toml").write_text(text, encoding="utf-8")
    return folder


def faults(folder: Path, text: str):
    with pytest.raises(DataError) as caught:
        load_pack("own", own_pack(folder, text))
    return caught.value.faults


@pytest.mark.parametrize("pack", packs())
def test_shipped_norms_and_classes_have_a_source_and_are_not_verified(pack):
    norms, classes = load_pack(pack), remoteness_classes(pack)
    assert norms or classes
    for norm in norms:
        assert norm.legal_ref.strip(), norm.key
        assert norm.confidence in ("H", "M"), norm.key
    for one in (*norms, *classes):
        assert one.source.strip(), one
        assert not one.verified, one


@pytest.mark.parametrize("pack", packs())
def test_shipped_norms_and_classes_have_a_title_in_every_language(pack):
    for one in (*load_pack(pack), *remoteness_classes(pack)):
        titles = [one.title(language) for language in ("en", "ru", "kk")]
        assert all(titles), one
        assert len(set(titles)) == 3, one


@pytest.mark.parametrize("pack", packs())
def test_shipped_norms_are_found_by_their_key(pack):
    norms = load_pack(pack)
    assert len({norm.norm_id for norm in norms}) == len(norms)
    assert [find_norm(norm.key) for norm in norms] == list(norms)


@pytest.mark.parametrize("pack", packs())
def test_shipped_packs_state_their_own_name(pack):
    text = resources.files("geo.norms").joinpath(f"{pack}.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["pack"] == pack


def test_national_bands_of_primary_care_are_one_series_without_hole():
    (series,) = [group for group in series_of(load_pack("kz-national")) if group[0].service == "phc"]
    bands = [(norm.norm_id, norm.applies_if.pop_min, norm.applies_if.pop_max) for norm in series]
    assert bands == [
        ("phc-visits", 0, 50),
        ("phc-medpunkt", 50, 500),
        ("phc-fap", 500, 1500),
        ("phc-ambulatory", 1500, 5000),
        ("phc-centre", 5000, 30000),
    ]


def test_the_thresholds_of_the_brief_are_shipped_with_their_numbers():
    national = {norm.norm_id: (norm.metric, norm.value) for norm in load_pack("kz-national")}
    assert national["school-primary-pupils"] == ("min_load", 5)
    assert national["school-basic-pupils"] == ("min_load", 41)
    assert national["school-secondary-pupils"] == ("min_load", 81)
    assert national["settlement-50-people"] == ("min_persons", 50)
    assert find_norm("who-lancet/surgery-120-minutes").coverage_target == 0.8
    assert find_norm("who-lancet/emoc-100000-people").value == 500_000 / 5
    assert find_norm("who-lancet/phc-5000-people").value == 10_000 / 2


def test_remoteness_classes_of_australia_have_their_bounds():
    classes = remoteness_classes()
    assert [one.upper for one in classes] == [0.2, 2.4, 5.92, 10.53, math.inf]
    assert classes[-1].title("ru") == "Очень отдалённый"
    assert load_pack("au-aria") == ()
    assert remoteness_classes("iiep") == ()


@pytest.mark.parametrize("uppers", [(2.0, 1.0, None), (1.0, 2.0), (1.0, None, None)])
def test_classes_rise_to_a_last_one_without_bound(tmp_path, uppers):
    text = 'pack = "own"\ntitle = "Classes"\n'
    for number, upper in enumerate(uppers):
        bound = "" if upper is None else f"upper = {upper}\n"
        text += f'[[class]]\ncode = "c{number}"\n{bound}title_en = "C"\nsource = "us"\nverified = false\n'
    (fault,) = faults(tmp_path, text)
    assert fault.code == "bad-classes"


def test_a_pack_of_the_study_is_read_from_its_folder(tmp_path):
    (norm,) = load_pack("own", own_pack(tmp_path, ONE_NORM))
    assert (norm.key, norm.applies_if) == ("own/small", AppliesIf(pop_min=50, pop_max=500))
    assert (norm.season_rule, norm.priority, norm.coverage_target, norm.demand_group) == ("worst", 1, None, "")
    assert norm.title("kk") == "Small villages have a medical point"


def test_every_attribute_is_read(tmp_path):
    more = another(
        metric='"minutes"',
        value=25,
        unit='"min"',
        demand_group='"pop_6_9"',
        season_rule='"thaw"',
        coverage_target=0.9,
        priority=3,
        valid_from="2025-09-01",
        valid_to='"2026-01-01"',
        applies_if='{ density_max = 3.5, classes = ["winter_camp"], hazards = ["flood"], border = true }',
    )
    norm = load_pack("own", own_pack(tmp_path, ONE_NORM + more))[1]
    assert norm.applies_if == AppliesIf(density_max=3.5, classes=("winter_camp",), hazards=("flood",), border=True)
    assert (norm.demand_group, norm.season_rule, norm.coverage_target) == ("pop_6_9", "thaw", 0.9)
    assert (norm.priority, norm.valid_from, norm.valid_to) == (3, "2025-09-01", "2026-01-01")


def test_bands_that_touch_do_not_overlap(tmp_path):
    assert len(load_pack("own", own_pack(tmp_path, ONE_NORM + another(applies_if="{ pop_min = 500 }")))) == 2


def test_overlapping_bands_name_both_norms_and_both_bands(tmp_path):
    (fault,) = faults(tmp_path, ONE_NORM + another(applies_if="{ pop_min = 499 }"))
    assert (fault.file, fault.code) == ("norms/own.toml", "overlapping-bands")
    assert all(part in fault.message for part in ("small", "large", "[50, 500)", "[499, …)"))
    assert fault.remedy


def test_a_gap_between_bands_names_both_norms_and_both_bands(tmp_path):
    (fault,) = faults(tmp_path, ONE_NORM + another(applies_if="{ pop_min = 501, pop_max = 1500 }"))
    assert (fault.file, fault.code) == ("norms/own.toml", "gap-between-bands")
    assert all(part in fault.message for part in ("small", "large", "[50, 500)", "[501, 1500)"))
    assert fault.remedy


def test_a_gap_between_densities_is_a_gap_too(tmp_path):
    sparse = ONE_NORM.replace(BAND, "{ density_max = 5 }")
    (fault,) = faults(tmp_path, sparse + another(applies_if="{ density_min = 6 }"))
    assert fault.code == "gap-between-bands"
    assert all(part in fault.message for part in ("[0, 5)", "[6, …)"))


def test_visits_and_premises_are_one_series(tmp_path):
    (fault,) = faults(tmp_path, ONE_NORM + another(metric='"visits"', unit='"visits"', applies_if="{ pop_max = 51 }"))
    assert fault.code == "overlapping-bands"


@pytest.mark.parametrize(
    "changes",
    [
        {"priority": 2},
        {"demand_group": '"wcba"'},
        {"service": '"hospital"'},
        {"metric": '"minutes"', "unit": '"min"'},
        {"applies_if": '{ pop_min = 50, pop_max = 500, classes = ["city"] }'},
    ],
)
def test_norms_that_ask_different_questions_may_both_hold(tmp_path, changes):
    villages = ONE_NORM.replace("pop_max = 500 }", 'pop_max = 500, classes = ["other", "satellite"] }')
    assert len(load_pack("own", own_pack(tmp_path, villages + another(**({"applies_if": BAND} | changes))))) == 2


def test_two_norms_without_a_band_overlap_unless_their_levels_differ(tmp_path):
    minutes = {"metric": '"minutes"', "unit": '"min"'}
    first = 'pack = "own"\ntitle = "T"\n' + another("one", **minutes)
    (fault,) = faults(tmp_path, first + another("two", **minutes))
    assert fault.code == "overlapping-bands"
    (tmp_path / "b").mkdir()
    text = first + another("two", **(minutes | {"level": '"hospital"'}))
    assert len(load_pack("own", own_pack(tmp_path / "b", text))) == 2


def test_an_open_end_below_and_above_is_no_gap(tmp_path):
    text = ONE_NORM + another(applies_if="{ pop_min = 500, pop_max = 1500 }")
    assert len(load_pack("own", own_pack(tmp_path, text))) == 2


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
        ("value = 1", "value = 1\npop_min = 5", "norm.0.pop_min"),
        ("value = 1", "value = 1\nvalid_from = 'soon'", "norm.0.valid_from"),
        ("value = 1", "value = 1\ncoverage_target = 80", "norm.0.coverage_target"),
        ("pop_min = 50", "pop_least = 50", "norm.0.applies_if.pop_least"),
        ('norm_id = "small"', 'norm_id = "Small one"', "norm.0.norm_id"),
    ],
)
def test_a_broken_norm_is_located_and_named(tmp_path, old, new, column):
    (fault,) = faults(tmp_path, ONE_NORM.replace(old, new, 1))
    assert (fault.file, fault.column, fault.code) == ("norms/own.toml", column, "bad-norm")
    assert "mall" in fault.message
    assert fault.remedy


def test_a_band_at_the_old_place_is_shown_the_new_one(tmp_path):
    (fault,) = faults(tmp_path, ONE_NORM.replace("value = 1", "value = 1\npop_min = 5"))
    assert "applies_if = { pop_min = ... }" in fault.remedy


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('unit = "facility"', 'unit = "min"', "wrong-unit"),
        ("value = 1", 'value = 1\ndemand_group = "pop_7_9"', "unknown-value"),
        (BAND, '{ classes = ["hamlet"] }', "unknown-value"),
        (BAND, '{ hazards = ["dragons"] }', "unknown-value"),
        (BAND, "{ pop_min = 500, pop_max = 500 }", "empty-band"),
        ("value = 1", "value = 1\nvalid_from = 2025-01-02\nvalid_to = 2025-01-01", "bad-period"),
    ],
)
def test_what_cannot_be_meant_is_an_error(tmp_path, old, new, code):
    (fault,) = faults(tmp_path, ONE_NORM.replace(old, new, 1))
    assert fault.code == code
    assert "small" in fault.message


def test_two_norms_of_one_name_are_an_error(tmp_path):
    (fault,) = faults(tmp_path, ONE_NORM + another("small", applies_if="{ pop_min = 500 }"))
    assert fault.code == "duplicate-norm"


def test_all_faults_of_a_pack_are_told_at_once(tmp_path):
    broken = ONE_NORM.replace("value = 1", "value = -1").replace('confidence = "L"', 'confidence = "X"')
    more = another("b", applies_if="{ pop_min = 500 }") + another("c", applies_if="{ pop_min = 500 }")
    found = faults(tmp_path, broken + more)
    assert sorted(fault.column for fault in found) == ["norm", "norm.0.confidence", "norm.0.value"]


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


def test_a_pack_without_norms_or_classes_says_so(tmp_path):
    (fault,) = faults(tmp_path, 'pack = "own"\ntitle = "Nothing"\nnorm = []\n')
    assert (fault.column, fault.code) == ("norm", "empty-pack")
