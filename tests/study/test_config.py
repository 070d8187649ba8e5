"""`study.toml`: defaults of the contract, and faults that say where and what instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.errors import DataError, StudyFileError
from geo.study.config import StudyConfig
from geo.study.config_file import read_config

LEAST = """[study]
name = "tiny"
title = { en = "Tiny" }

[inputs]
osm = "tiny.osm"

[[service]]
name = "phc"
label = { en = "Primary care" }
site_label = { en = "clinic" }
levels = ["medpunkt", "fap"]
serving_level = "fap"
norm = "kz-sparse/phc-30-minutes"
open = 1
"""


SERVICE = '[[service]] "phc"'


def read(folder: Path, text: str):
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return read_config(folder)


def config(folder: Path, text: str = LEAST) -> StudyConfig:
    content, faults = read(folder, text)
    assert not faults
    return content


def refused(folder: Path, text: str):
    with pytest.raises(StudyFileError) as caught:
        read(folder, text)
    return caught.value.faults


def line_of(text: str, beginning: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), start=1) if line.startswith(beginning))


def test_defaults_of_the_network_are_those_of_the_contract(tmp_path):
    network = config(tmp_path).network
    assert (network.max_join_km, network.max_walk_km, network.leg_factor) == (20, 5, 1.3)
    assert network.within_settlement_minutes == 5
    assert (network.beyond_join, network.lengths, network.vehicle) == ("unreachable", "drawn", "car")


def test_defaults_of_the_seasons_are_those_of_the_contract(tmp_path):
    seasons = config(tmp_path).season
    assert {season.name: season.weight for season in seasons} == {"dry": 0.5, "winter": 0.375, "thaw": 0.125}
    assert sorted(month for season in seasons for month in season.months) == list(range(1, 13))
    assert [season.name for season in seasons if season.winter_roads == "open"] == ["winter"]
    assert [season.name for season in seasons if season.fords == "closed"] == ["thaw"]


def test_defaults_of_siting_are_those_of_the_contract(tmp_path):
    content = config(tmp_path)
    assert (content.siting.season_rule, content.siting.aversion, content.siting.cap_minutes) == ("worst", -1, 240)
    assert content.siting.seconds is None
    (service,) = content.service
    assert (service.max_worsening_minutes, service.demand, service.candidate_min_persons) == (0, ("pop_total",), 1)
    assert "lexicographic" not in service.alternatives


def test_an_unknown_key_names_the_nearest_and_its_row(tmp_path):
    text = LEAST + "\n[network]\nmax_walk_km = 5\nmax_jion_km = 20\n"
    content, (fault,) = read(tmp_path, text)
    assert (fault.file, fault.column, fault.code) == ("study.toml", "network.max_jion_km", "unknown-key")
    assert fault.row == line_of(text, "max_jion_km")
    assert "max_join_km" in fault.remedy
    assert fault.severity == "error"
    assert content.network.max_join_km == 20, "the rest is read, so that the data can be checked in the same go"


def test_an_unknown_key_like_no_other_names_all_that_are_known(tmp_path):
    _content, (fault,) = read(tmp_path, LEAST + "\n[siting]\nzzzz = 1\n")
    assert all(key in fault.remedy for key in ("season_rule", "aversion", "cap_minutes", "seconds"))


def test_the_row_of_a_key_is_that_of_its_own_table(tmp_path):
    second = LEAST[LEAST.index("[[service]]") :].replace('"phc"', '"clinic"').replace("open = 1", "opne = 1")
    text = LEAST + "\n" + second + "open = 1\n"
    _content, (fault,) = read(tmp_path, text)
    assert fault.column == '[[service]] "clinic": opne'
    assert fault.row == line_of(text, "opne")


def test_two_faults_are_told_at_once(tmp_path):
    text = LEAST + "\n[network]\nmax_jion_km = 20\nleg_factor = 0.5\n"
    faults = refused(tmp_path, text)
    assert {(fault.code, fault.column, fault.row) for fault in faults} == {
        ("unknown-key", "network.max_jion_km", line_of(text, "max_jion_km")),
        ("bad-setting", "network.leg_factor", line_of(text, "leg_factor")),
    }


@pytest.mark.parametrize(
    ("old", "new", "column", "words"),
    [
        ('name = "tiny"', 'name = "Tiny Study"', "study.name", "pattern"),
        ("open = 1", 'open = "many"', SERVICE + ": open", "whole number"),
        ("open = 1", "", SERVICE + ": open", "Neither open"),
        ("open = 1", "open = 1\nbudget = 5.0", SERVICE + ": budget", "Both open"),
        ('serving_level = "fap"', 'serving_level = "hospital"', SERVICE + ": serving_level", "hospital"),
        ('title = { en = "Tiny" }', 'title = { ru = "Малый" }', "study.title.en", "required"),
    ],
)
def test_a_wrong_setting_is_located(tmp_path, old, new, column, words):
    (fault,) = refused(tmp_path, LEAST.replace(old, new, 1))
    assert (fault.code, fault.column) == ("bad-setting", column)
    assert words in fault.message


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('\n[[season]]\nname = "dry"\nweight = 0.7\n', "add up to 0.7"),
        ('\n[[season]]\nname = "dry"\nweight = 0.5\n[[season]]\nname = "dry"\nweight = 0.5\n', "used twice"),
        ('\n[[scenario]]\nname = "a"\n[[scenario]]\nname = "a"\n', "used twice"),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(tmp_path, more, words):
    (fault,) = refused(tmp_path, LEAST + more)
    assert words in fault.message


def test_what_is_no_toml_says_where(tmp_path):
    (fault,) = refused(tmp_path, "[study]\nname = tiny\n")
    assert fault.code == "not-toml"
    assert "line 2" in fault.message


def test_a_byte_order_mark_is_no_fault(tmp_path):
    assert config(tmp_path, "\ufeff" + LEAST).study.name == "tiny"


def test_a_folder_without_a_study_says_so(tmp_path):
    with pytest.raises(DataError) as caught:
        read_config(tmp_path)
    assert [fault.code for fault in caught.value.faults] == ["no-study"]


def test_a_study_cannot_be_changed(tmp_path):
    with pytest.raises(ValueError, match="frozen"):
        config(tmp_path).network.max_join_km = 5


def test_a_text_is_shown_in_english_where_a_translation_is_missing(tmp_path):
    title = config(tmp_path, LEAST.replace('{ en = "Tiny" }', '{ en = "Tiny", ru = "Малый" }', 1)).study.title
    assert [title.in_language(language) for language in ("en", "ru", "kk")] == ["Tiny", "Малый", "Tiny"]
