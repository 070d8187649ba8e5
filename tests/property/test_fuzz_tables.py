"""Mutated tables of every kind: read, or one clear error; never a traceback, a hang, or a file that was not there."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from geo.errors import DataError
from geo.read.delimited import text_records
from geo.read.headers import find_header
from geo.read.repair import repair_records
from geo.read.settlements import read_settlements
from geo.read.workbooks.choice import read_sheet
from geo.read.workbooks.sheet import MOST_BYTES, Sheet
from geo.tables import SETTLEMENTS
from geo.tables.check import Findings
from tests import books
from tests.hostile_tables import KINDS, bomb, mutated

N_MUTATIONS = 2_000
#: Every so manieth is read to the end, through pandas; the others up to the rows below the header.
WHOLE = 50
SECONDS = 10.0


def read_rows(path: Path) -> None:
    found = Findings(path.name)
    sheet = Sheet("", tuple(text_records(path, path.name, found=found))) if path.suffix == ".csv" else None
    repair_records(SETTLEMENTS, sheet or read_sheet(path, path.name), {}, found)


def outcome(path: Path, *, whole: bool) -> list[DataError]:
    try:
        read_settlements(path, path.name) if whole else read_rows(path)
    except DataError as error:
        return [error]
    return []


@pytest.mark.parametrize("kind", KINDS)
def test_mutated_tables(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    path = folder / f"table{KINDS[kind][0]}"
    refusals: list[DataError] = []
    for i, content in enumerate(mutated(kind, 7, N_MUTATIONS)):
        path.write_bytes(content)
        begin = time.process_time()
        refusals += outcome(path, whole=i % WHOLE == 0)
        assert time.process_time() - begin < SECONDS, f"mutation {i}"
    assert len(refusals) < N_MUTATIONS * 0.95
    assert [error for error in refusals if len(error.faults) != 1 or error.faults[0].file != path.name] == []
    assert [error for error in refusals if str(tmp_path) in str(error)] == []
    assert [entry.name for entry in tmp_path.iterdir()] == ["study"]
    assert [entry.name for entry in folder.iterdir()] == [path.name]


def refused(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_settlements(path, path.name)
    (fault,) = caught.value.faults
    return fault.code


def test_a_bomb_is_one_error(tmp_path: Path) -> None:
    packed = bomb((MOST_BYTES >> 20) + 2)
    assert len(packed) < 1 << 20
    assert refused(tmp_path / "bomb.xlsx", packed) == "too-large"


def test_a_sheet_of_a_billion_cells_is_one_error(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="1000"/>'
    row = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
    sheet = f'<table:table table:name="a">{row}</table:table>'
    assert refused(tmp_path / "a.ods", books.ods_of(sheet)) == "too-large"
    wide = cell.replace('"1000"', '"1000000000"')
    sheet = f'<table:table table:name="a"><table:table-row>{wide}</table:table-row></table:table>'
    assert refused(tmp_path / "b.ods", books.ods_of(sheet)) == "too-large"
    header = ",".join(["settlement_id"] * 20_000)
    assert refused(tmp_path / "c.csv", header.encode()) == "too-large"


def test_entities_that_unpack_without_end_are_refused(tmp_path: Path) -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", laughs)
    assert refused(path, path.read_bytes()) == "unreadable-file"


def test_cells_far_apart_are_few(tmp_path: Path) -> None:
    """Two cells in opposite corners must not become all the cells between them."""
    book = Workbook()
    book.active.append(["settlement_id", "name_ru"])
    book.active.cell(row=1_048_576, column=16_384, value="far")
    book.save(tmp_path / "a.xlsx")
    first, last = read_sheet(tmp_path / "a.xlsx", "a").records
    assert (first[0], first[1][:3]) == (1, ["settlement_id", "name_ru", None])
    assert (last[0], len(last[1]), last[1][-1]) == (1_048_576, 16_384, "far")


def test_a_wide_header_is_searched_in_bounded_time() -> None:
    row = ["x" * 200] * 4_096
    begin = time.process_time()
    find_header(SETTLEMENTS, [(i, row) for i in range(1, 40)], [(0, 0, 40, 4_095)] * 10_000)
    assert time.process_time() - begin < SECONDS
