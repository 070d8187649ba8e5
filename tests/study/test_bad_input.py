"""The 36 kinds of bad input: a folder with one fault yields that code alone, one with all of them yields all."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.study.checks.cases import CASES, case_of, cases_markdown
from geo.study.inspect import Inspection, inspect_study
from tests.study.bad_input import CHANGES, clean

PAGE = Path(__file__).parents[2] / "docs" / "bad-input-checks.md"

pytestmark = pytest.mark.filterwarnings("ignore:'crs' was not provided")


#: Every finding of each folder, whatever its severity: the code of the case once, and in few what belongs to it.
FOUND = {case: [code] for case, (code, _change) in CHANGES.items()} | {
    4: ["coordinate-notation"] * 2,  # lon and lat
    20: ["table-range", "total-row"],  # what is read as the table ends before the total
    21: ["table-range", "title-row", "title-row"],  # two rows stand above the table
}


def inspected(folder: Path) -> Inspection:
    return inspect_study(folder)


def codes(found: Inspection, *severities: str) -> set[str]:
    return {fault.code for fault in found.faults if fault.severity in severities}


def test_the_clean_folder_yields_nothing(tmp_path):
    found = inspected(clean().write(tmp_path))
    assert found.faults == ()
    assert found.study is not None


@pytest.mark.parametrize("case", sorted(CHANGES))
def test_one_fault_yields_exactly_its_code(case, tmp_path):
    code, change = CHANGES[case]
    folder = clean()
    change(folder)
    found = inspected(folder.write(tmp_path))
    assert sorted(fault.code for fault in found.faults) == FOUND[case], [str(fault) for fault in found.faults]
    fault = next(fault for fault in found.faults if fault.code == code)
    assert case_of(code) == case
    assert dict(next(one for one in CASES if one.number == case).codes)[code] == fault.severity
    assert fault.message
    assert fault.file


def test_all_faults_in_one_folder_yield_all_codes(tmp_path):
    folder = clean()
    for _code, change in CHANGES.values():
        change(folder)
    found = inspected(folder.write(tmp_path))
    missing = {code for code, _change in CHANGES.values()} - {fault.code for fault in found.faults}
    assert not missing


def test_a_broken_file_does_not_keep_the_others_from_being_checked(tmp_path):
    folder = clean()
    for case in (13, 27, 31):
        CHANGES[case][1](folder)
    folder.write(tmp_path)
    (tmp_path / "boundaries.geojson").write_text("{", encoding="utf-8")
    (tmp_path / "costs.csv").write_text("item\n", encoding="utf-8")
    found = inspected(tmp_path)
    assert codes(found, "error") == {"unreadable-file", "missing-column"}
    assert {"double-settlement", "road-gap", "nobody-lives-here"} <= codes(found, "warning")


def test_every_case_has_codes_of_its_own():
    assert [case.number for case in CASES] == list(range(1, 37)) == sorted(CHANGES)
    every = [code for case in CASES for code, _severity in case.codes]
    assert len(every) == len(set(every))


def test_the_page_lists_the_cases():
    assert cases_markdown() in PAGE.read_text(encoding="utf-8")
