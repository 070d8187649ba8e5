"""Who needs what of a programme, and what can be built: languages, columns of a need's own, levels, shared roofs."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.study import load_study
from geo.study.programme.case import UnitCase
from tests.study.folders import facilities_frame, settlements_frame
from tests.study.test_programme import COSTS, PROGRAMME, case_of, tables_of, write


def test_a_facility_in_another_language_of_instruction_does_not_serve(tmp_path):
    villages = settlements_frame().assign(share_kk=0.75, share_ru=0.25)
    table = facilities_frame("A").assign(instruction_lang="ru")
    found = tables_of(
        write(tmp_path, PROGRAMME + 'languages = ["phc"]\n', settlements=villages, facilities_table=table)
    )
    # Today only the Russian-speaking quarter of A and B (4,200) is within the norm of 5,670.
    assert found["programme_years"]["unmet_before_persons"].iloc[0] == 5670 - 4200 // 4


def people_by_language(unit: UnitCase, village: str) -> dict[str, int]:
    return {
        need.language: int(unit.case.persons[0, number])
        for number, need in enumerate(unit.case.needs)
        if need.settlement_id == village
    }


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        # F has 800 people. What is stated stays what it is; the rest may go anywhere.
        ((0.6, None), {"kk": 480, "": 320}),
        ((0.3, 0.2), {"kk": 240, "ru": 160, "": 400}),
        ((0.75, 0.25), {"kk": 600, "ru": 200}),
        ((None, None), {"": 800}),
    ],
)
def test_people_whose_language_is_not_stated_are_in_no_language(tmp_path, shares, expected):
    villages = settlements_frame()
    for column, share in zip(("share_kk", "share_ru"), shares, strict=True):
        villages[column] = pd.array([share] * len(villages), dtype="Float64")
    unit = case_of(write(tmp_path, PROGRAMME + 'languages = ["phc"]\n', settlements=villages))
    assert people_by_language(unit, "F") == expected


def test_a_facility_of_unknown_language_serves_nobody_of_a_stated_one_and_it_is_said(tmp_path):
    # Half of everybody states Kazakh. Nobody states what is taught in A: as before, it would serve all of A and B.
    villages = settlements_frame().assign(share_kk=0.5)
    folder = write(
        tmp_path,
        PROGRAMME + 'languages = ["phc"]\n',
        settlements=villages,
        facilities_table=facilities_frame("A").assign(instruction_lang=None),
    )
    found = tables_of(folder)
    assert found["programme_years"]["unmet_before_persons"].iloc[0] == 5670 - 4200 // 2
    (fault,) = [fault for fault in load_study(folder).faults if fault.code == "language-unknown"]
    assert "1 facilities" in fault.message
    assert "only for people whose language is not stated" in fault.remedy
    assert not any(":any" in option.option_id for option in case_of(folder).case.options if option.action == "upgrade")


def test_a_need_with_columns_of_its_own_has_their_people(tmp_path):
    """E has nobody of the service's column and 12 of the need's own; nobody counted those of F."""
    villages = settlements_frame().assign(
        wcba=pd.array([600, 240, 90, 36, 12, None], dtype="Int64"), pop_63p=[300, 120, 45, 18, 0, 80]
    )
    need = '[[programme.need]]\nservice = "phc"\nlevel = "hospital"\ndemand = ["wcba"]\n'
    folder = write(tmp_path, PROGRAMME + need, settlements=villages)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(text.replace("[[service]]", '[[service]]\ndemand = ["pop_63p"]', 1), "utf-8")
    unit = case_of(folder)
    own = {
        need.settlement_id: int(unit.case.persons[0, number])
        for number, need in enumerate(unit.case.needs)
        if need.level == 1
    }
    assert own == {"A": 600, "B": 240, "C": 90, "D": 36, "E": 12, "F": 0}
    assert unit.needs.unknown == ("F",)


def test_two_services_under_one_roof_cost_less_than_apart(tmp_path):
    school = """
[[service]]
name = "school"
label = { en = "School" }
site_label = { en = "school" }
levels = ["primary"]
serving_level = "primary"
norm = "who-lancet/phc-60-minutes"
open = 1
"""
    costs = COSTS + "school/primary,object,90,20,KZT,2025,50,made up\n"
    unit = case_of(write(tmp_path, school + PROGRAMME, costs=costs))
    options = {option.option_id: option for option in unit.case.options}
    assert options["new-F:open:phc@fap+school@primary"].capex == pytest.approx(0.85 * (130 + 90))
    assert options["new-F:open:phc@fap+school@primary"].opex_year == 15 + 20
    assert options["new-F:open:phc@fap"].capex == 130
    assert "new-A:open:school@primary" in options
    assert "new-E:open:phc@fap" not in options, "E has fewer than 50 people"


def test_raising_a_facility_takes_the_place_of_a_new_one_beside_it(tmp_path):
    table = facilities_frame("A", "F").assign(level=["hospital", "fap"])
    need = '[[programme.need]]\nservice = "phc"\nlevel = "hospital"\n'
    unit = case_of(write(tmp_path, PROGRAMME + need, facilities_table=table))
    ids = {option.option_id for option in unit.case.options}
    assert {"clinic-F:keep", "clinic-F:upgrade:hospital", "new-B:open:phc@hospital"} <= ids
    assert not any(name.startswith("new-F") for name in ids)
    assert {(need.settlement_id, need.level) for need in unit.case.needs} == {(v, k) for v in "ABCDEF" for k in (0, 1)}


@pytest.mark.parametrize("settings", ["may_open = false\n", "may_open = false\nmay_upgrade = false\n"])
def test_where_nothing_may_open_nothing_is_built_and_nothing_breaks(tmp_path, settings):
    found = tables_of(write(tmp_path, PROGRAMME + settings))
    assert not len(found["programme_items"])
    assert set(found["programme_years"]["unmet_persons"]) == {1470}


def test_a_unit_whose_settlements_all_have_a_facility_has_no_plots(tmp_path):
    found = tables_of(write(tmp_path, facilities_table=facilities_frame(*"ABCDEF")))
    assert not len(found["programme_items"])
    assert set(found["programme_years"]["unmet_persons"]) == {0}


def test_referral_goes_to_the_next_level_season_by_season(tmp_path):
    table = facilities_frame("A", "C").assign(level=["hospital", "fap"])
    found = tables_of(write(tmp_path, PROGRAMME.replace("budget = 130", "budget = 0"), facilities_table=table))
    rows = found["referral"][lambda frame: frame["plan"] == "baseline"].set_index("season")
    assert set(rows["site_id"]) == {"clinic-C"}
    assert set(rows["to_site_id"]) == {"clinic-A"}
    assert rows.loc["winter", "minutes"] == pytest.approx(73.2857, abs=1e-4)
