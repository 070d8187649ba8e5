"""Tables as they come: titles, merged and repeated headers, totals, notes and headings of many meanings."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from geo.errors import DataError, Fault
from geo.read.headers import CODE_PARTS, find_header, simplified
from geo.read.repair import write_repaired
from geo.read.settlements import read_settlements
from geo.read.tabular import read_declared, read_table
from geo.read.values import load_rows
from geo.tables import BOUNDARIES, CANDIDATES, CLOSURES, FACILITIES, INPUT_TABLES, SETTLEMENTS
from geo.tables.check import FAULTS
from geo.tables.schema import Table
from tests import books
from tests.read.test_repair import HEADER, of_cell, told, write

MESSY = [
    ["Список населённых пунктов района", None, None, None, None, None, None],
    ["на 01.01.2024", None, None, None, None, None, None],
    ["Код", "Елді мекен атауы", "Координаты", None, "Население, чел.", None, "Прим."],
    [None, None, "Широта", "Долгота", "всего", "0-5 лет", None],
    [1, 2, 3, 4, 5, 6, 7],
    ["Аманкелді ауылдық округі", None, None, None, 300, None, None],
    ["395430100", "Аманкелді", 53.1, 63.1, 200, 20, None],
    ["395430200", "Бестау", 53.2, 63.2, 100, 10, None],
    ["Итого по округу", None, None, None, 300, None, None],
    ["395450100", "Қарасу", 53.3, 63.3, 50, 5, "центр"],
    ["Всего", None, None, None, 350, None, None],
    ["* по данным акимата", None, None, None, None, None, None],
    ["Исполнитель: Иванова А., тел. 5-12-34", None, None, None, None, None, None],
]
MERGED = [(0, 0, 0, 6), (2, 0, 3, 0), (2, 1, 3, 1), (2, 2, 2, 3), (2, 4, 2, 5), (2, 6, 3, 6)]
CODES = [
    (1, "title-row"),
    (2, "title-row"),
    (5, "numbering-row"),
    (6, "subtotal-row"),
    (9, "total-row"),
    (11, "total-row"),
    (12, "note-row"),
    (13, "note-row"),
]


def test_a_header_of_one_row_is_not_told_as_several(tmp_path: Path) -> None:
    path = write(tmp_path / "s.csv", "Сёла района\nsettlement_id,name_ru,lon,lat\n1,Ивановка,70,50\n")
    _frame, faults = read_settlements(path, path.name)
    (around,) = [f for f in faults if f.code == "table-range"]
    assert around.message == "The column names were read from row 2; rows of the table below it: 1, down to row 3."


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".ods", ".csv"])
def test_a_table_as_an_akimat_keeps_it(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"s{suffix}"
    if suffix == ".csv":
        lines = [";".join("" if value is None else f'"{value}"' for value in row) for row in MESSY]
        write(path, "\n".join(lines) + "\n")
    else:
        books.write_book(path, MESSY, MERGED)
    frame, faults = read_settlements(path, path.name)
    assert frame["population_persons"].to_dict() == {"395430100": 200, "395430200": 100, "395450100": 50}
    assert frame["aged_0_5_persons"].tolist() == [20, 10, 5]
    assert frame["name_kk"].tolist() == ["Аманкелді", "Бестау", "Қарасу"]
    assert frame.loc["395450100", ["lon", "lat"]].tolist() == [63.3, 53.3]
    assert sorted((f.row, f.code) for f in faults if f.code.endswith("-row")) == CODES
    assert {f.severity for f in faults if f.code.endswith("-row")} == {"repaired"}
    (around,) = [f for f in faults if f.code == "table-range"]
    assert (around.row, around.severity) == (3, "note")
    assert around.message == "The column names were read from rows 3 to 4, and 3 rows below, down to row 10."
    assert "“Итого по округу | 300”" in next(f.message for f in faults if f.row == 9)
    renamed = {f.column: f.message for f in faults if f.code == "renamed-column"}
    assert renamed["Население, чел. 0-5 лет"] == "“Население, чел. 0-5 лет” was read as “pop_0_5”."
    assert len(renamed) == 6
    assert not [f for f in faults if f.severity == "error"]


def test_sums_without_a_word_and_totals_that_differ(tmp_path: Path) -> None:
    rows = ["1,А,63,53,10", "2,Б,64,53,20", ",,,,30", "3,В,65,53,5", "Всего,,,,99"]
    frame, faults = read_settlements(write(tmp_path / "s.csv", "\n".join([HEADER, *rows]) + "\n"), "s.csv")
    assert frame.index.tolist() == ["1", "2", "3"]
    found = told(faults, "warning", "repaired")
    assert (4, "", "total-row", "repaired") in found
    assert (6, "", "total-differs", "warning") in found
    assert "99" in next(f.message for f in faults if f.code == "total-differs")
    assert "35" in next(f.message for f in faults if f.code == "total-differs")


def test_an_okrug_that_is_no_sum_is_warned_of_and_kept(tmp_path: Path) -> None:
    rows = ["1,А,63,53,10", "2,Ленинский сельский округ,,,40", "3,Б,64,53,20"]
    faults = read_settlements(write(tmp_path / "s.csv", "\n".join([HEADER, *rows]) + "\n"), "s.csv")[1]
    assert (3, "", "possible-total", "warning") in told(faults)
    assert (3, "lon", "no-position", "error") in told(faults)


def test_places_with_a_position_are_never_taken_for_totals(tmp_path: Path) -> None:
    rows = ["1,А,63,53,10", "2,Б,64,53,20", "3,Всего,65,53,30", "4,Итого сельский округ,66,53,60"]
    frame, faults = read_settlements(write(tmp_path / "s.csv", "\n".join([HEADER, *rows]) + "\n"), "s.csv")
    assert len(frame) == 4
    assert faults == []


def test_a_complete_row_is_a_row_whatever_it_is_called(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", "edge_id,season,reason,probability\nTotal-1,thaw,,\nNote-1,thaw,,\n")
    frame, faults = read_declared(CLOSURES, path, "c.csv")
    assert (frame["road_id"].tolist(), faults) == (["Total-1", "Note-1"], [])


def test_a_complete_row_is_no_numbering_of_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", "edge_id,season,reason,probability\n1,2,3,\n1,thaw,,\n")
    frame, faults = read_declared(CLOSURES, path, "c.csv")
    assert (frame["season"].tolist(), faults) == (["2", "thaw"], [])


def test_only_a_row_that_numbers_every_column_is_left_out(tmp_path: Path) -> None:
    text = "settlement_id,lon,lat,pop_total\n1,2,3,\n4,63,53,10\n"
    assert len(read_table(SETTLEMENTS, write(tmp_path / "s.csv", text), "s.csv")) == 2
    text = text.replace("1,2,3,", "1,2,3,4")
    frame = read_table(SETTLEMENTS, write(tmp_path / "s.csv", text), "s.csv")
    assert frame["settlement_id"].tolist() == ["4"]
    assert told(frame.attrs[FAULTS]) == [(2, "", "numbering-row", "repaired")]
    text = "facility_id,service,level,name_ru,capacity\n1,2,3,4,5\n"
    faults = read_table(FACILITIES, write(tmp_path / "f.csv", text), "f.csv").attrs[FAULTS]
    assert told(faults) == [(2, "", "numbering-row", "repaired")]


def test_a_header_printed_again_is_left_out(tmp_path: Path) -> None:
    rows = ["1,А,63,53,10", HEADER, "2,Б,64,53,20"]
    frame, faults = read_settlements(write(tmp_path / "s.csv", "\n".join([HEADER, *rows]) + "\n"), "s.csv")
    assert len(frame) == 2
    assert told(faults, "repaired") == [(3, "", "repeated-header", "repaired")]


def test_codes_in_parts_are_put_together(tmp_path: Path) -> None:
    text = "ab,cd,ef,hij,name_rus,lon,lat,pop_total\n39,54,3,1,А,63,53,10\n39,54,30,100,Б,64,53,20\n"
    frame, faults = read_settlements(write(tmp_path / "s.csv", text), "s.csv")
    assert frame.index.tolist() == ["395403001", "395430100"]
    assert (2, "settlement_id", "code-parts", "repaired") in told(faults)
    assert [f.message for f in faults if f.code == "code-parts"] == ["“39 54 3 1” was read as “395403001”."]


def test_the_study_says_what_a_heading_means(tmp_path: Path) -> None:
    path = write(tmp_path / "s.csv", "settlement_id,name_ru,lon,lat,Душ в селе\n1,А,63,53,10\n")
    frame, faults = read_settlements(path, "s.csv", headings={"Душ в селе": "pop_total", "Школы": "pop_0_5"})
    assert frame["population_persons"].tolist() == [10]
    assert told(faults) == [
        (1, "Душ в селе", "renamed-column", "repaired"),
        (1, "Школы", "unused-heading", "warning"),
    ]


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Численность населения на 01.01.2024 г., чел.", "pop_total"),
        ("Халық саны", "pop_total"),
        ("Total population", "pop_total"),
        ("КАТО", "settlement_id"),
        ("Дети 6–9 лет", "pop_6_9"),
        ("Наимено-\nвание", "name_ru"),
        ("SETTLEMENT_ID", "settlement_id"),
        ("Число дворов", "Число дворов"),
    ],
)
def test_headings_of_three_languages(heading: str, column: str) -> None:
    header = find_header(SETTLEMENTS, [(1, [heading, "lon", "lat"]), (2, ["1", "63", "53"])])
    assert header.names == (column, "lon", "lat")


def test_only_texts_of_whole_numbers_have_ambiguous_thousands(tmp_path: Path) -> None:
    faults = of_cell(tmp_path, "pop_total", "2,000")[1]
    assert faults[0].remedy == "Write 2000 if that is meant."
    assert of_cell(tmp_path, "lat", "53.123")[0] == 53.123
    assert of_cell(tmp_path, "pop_total", "12 345,0")[0] == 12345
    rows = [["settlement_id", "name_ru", "lon", "lat", "pop_total"], ["1", "А", 63, 53, 2.000], ["2", "Б", 64, 53, 12]]
    frame, faults = read_settlements(books.write_book(tmp_path / "s.xlsx", rows), "s.xlsx")
    assert (frame["population_persons"].tolist(), faults) == ([2, 12], [])


GROUPED = [
    ["Код", "Название", "Население", None, None, "lon", "lat"],
    [None, None, "всего", "мужчины", "женщины", None, None],
    ["395430100", "Аманкелді", 200, 90, 110, 63.1, 53.1],
    ["395430200", "Бестау", 100, 60, 40, 63.2, 53.2],
]


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
@pytest.mark.parametrize("tall", [(), ((0, 0, 1, 0), (0, 1, 1, 1), (0, 5, 1, 5), (0, 6, 1, 6))])
def test_subheadings_belong_to_the_header(tmp_path: Path, suffix: str, tall: tuple[tuple[int, ...], ...]) -> None:
    path = tmp_path / f"s{suffix}"
    if suffix == ".csv":
        lines = [";".join("" if value is None else str(value) for value in row) for row in GROUPED]
        write(path, "\n".join(lines) + "\n")
    else:
        books.write_book(path, GROUPED, [(0, 2, 0, 4), *tall])
    frame, faults = read_settlements(path, path.name)
    assert frame["population_persons"].tolist() == [200, 100]
    assert told(faults, "error", "warning") == []
    assert (2, "Население всего", "renamed-column", "repaired") in told(faults)


@pytest.mark.parametrize(
    "row",
    [
        ["395430000", "Ауыл", None, None, None, None, None],
        [None, "Аманкелді ауылдық округі", None, None, None, None, None],
        [None, None, 1, 2, 3, None, None],
    ],
)
def test_a_row_of_the_table_is_no_subheading(row: list[object]) -> None:
    header = ["Код", "Название", "Население", None, None, "lon", "lat"]
    assert find_header(SETTLEMENTS, [(1, header), (2, row), *enumerate(GROUPED[2:], 3)]).last == 0


def rival_headings(
    tmp_path: Path, *headings: str, own: dict[str, str] | None = None
) -> tuple[list[object], list[Fault]]:
    """Return the people of a place whose columns of people hold 10, 20, ..., and what is told of the headings."""
    people = ",".join(str(10 * n) for n in range(1, len(headings) + 1))
    text = f"settlement_id,name_ru,lon,lat,{','.join(headings)}\n1,А,63,53,{people}\n"
    frame, faults = read_settlements(write(tmp_path / "s.csv", text), "s.csv", headings=own)
    return frame["population_persons"].tolist(), [f for f in faults if f.severity in {"error", "warning"}]


@pytest.mark.parametrize(
    ("headings", "people"),
    [
        (("Население на 2009 г.", "Население на 2021 г."), 20),
        (("Население на 01.10.2021 г., чел.", "Население на 25.02.2009", "население 1999 года"), 10),
    ],
)
def test_of_several_years_the_newest_is_taken_with_a_warning(tmp_path: Path, headings: tuple[str], people: int) -> None:
    quoted = [f'"{heading}"' for heading in headings]
    found, faults = rival_headings(tmp_path, *quoted)
    assert found == [people]
    assert told(faults) == [(1, "pop_total", "several-years", "warning")]
    assert all(heading in faults[0].message for heading in headings)


@pytest.mark.parametrize(
    "headings",
    [
        ("Население", "Население на 2021 г."),
        ("Население", "Численность"),
        ("Население 2021", "Население 2021 г.", "Население 2009"),
    ],
)
def test_headings_of_one_meaning_are_an_error(tmp_path: Path, headings: tuple[str]) -> None:
    found, faults = rival_headings(tmp_path, *headings)
    assert found == []
    assert told(faults) == [(1, "pop_total", "ambiguous-heading", "error")]
    assert ", ".join(f"“{heading}”" for heading in headings) in faults[0].message
    assert "[columns.settlements]" in faults[0].remedy


@pytest.mark.parametrize("other", ["Население на 2021 г.", "Численность", "pop_total"])
def test_what_the_study_says_of_a_heading_wins(tmp_path: Path, other: str) -> None:
    own = {"Население на 2009 г.": "pop_total"}
    assert rival_headings(tmp_path, "Население на 2009 г.", other, own=own) == ([10], [])
    assert rival_headings(tmp_path, other, "Население на 2009 г.", own=own) == ([20], [])


def test_thousands_of_headings_of_one_meaning_are_one_short_error(tmp_path: Path) -> None:
    faults = rival_headings(tmp_path, *["Население"] * 1_500)[1]
    (fault,) = [f for f in faults if f.code == "ambiguous-heading"]
    assert len(fault.message) < 300


def test_a_column_without_values_is_no_rival(tmp_path: Path) -> None:
    text = "settlement_id,name_ru,lon,lat,Население,Численность\n1,А,63,53,,20\n"
    frame, faults = read_settlements(write(tmp_path / "s.csv", text), "s.csv")
    assert frame["population_persons"].tolist() == [20]
    assert told(faults, "error", "warning") == []


def test_columns_of_a_layer_are_read_by_their_headings(tmp_path: Path) -> None:
    columns = {"КАТО": ["395430100"], "Название": ["Село"], "Душ": [10], "pop_total": [7], "geometry": [Point(63, 53)]}
    path = tmp_path / "s.gpkg"
    gpd.GeoDataFrame(columns, crs="EPSG:4326").to_file(path)
    frame, faults = read_settlements(path, "s.gpkg", headings={"Душ": "pop_total", "Школы": "pop_0_5"})
    assert frame.loc["395430100", ["name_ru", "population_persons"]].tolist() == ["Село", 10]
    assert told(faults, "error", "warning", "repaired") == [
        (1, "КАТО", "renamed-column", "repaired"),
        (1, "Название", "renamed-column", "repaired"),
        (1, "Душ", "renamed-column", "repaired"),
        (1, "pop_total", "renamed-column", "repaired"),
        (1, "Школы", "unused-heading", "warning"),
    ]


@pytest.mark.parametrize("table", [FACILITIES, CANDIDATES])
def test_places_of_facilities_may_be_named(table: Table) -> None:
    for headings in (("Населённый пункт", "Район", "Код района"), ("Елді мекен", "Аудан", "Аудан коды")):
        header = find_header(table, [(1, ["Код", *headings]), (2, ["1", "Село", "Район", "3954"])])
        assert header.names == (table.key, "settlement_name", "district_name", "district_id")


def test_errors_of_a_workbook_are_lost_values(tmp_path: Path) -> None:
    rows = [["settlement_id", "name_ru", "lon", "lat", "pop_total"], ["1", "А", 63, 53, "#REF!"]]
    rows.append(["2", "Б", 64, 53, "=1+1"])
    faults = read_settlements(books.write_book(tmp_path / "s.xlsx", rows), "s.xlsx")[1]
    assert told(faults, "error") == [
        (2, "pop_total", "spreadsheet-error", "error"),
        (3, "pop_total", "spreadsheet-error", "error"),
    ]


def test_decimal_commas_without_quotes_stay_an_error(tmp_path: Path) -> None:
    path = write(tmp_path / "c.csv", "edge_id,season,probability\nw1,thaw,0,5\n")
    frame, faults = read_declared(CLOSURES, path, "c.csv")
    assert (len(frame), told(faults)) == (0, [(2, "", "wrong-length", "error")])


def test_a_workbook_with_a_password_or_of_another_kind(tmp_path: Path) -> None:
    for content in (b"<html><table></table></html>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)):
        (tmp_path / "s.xls").write_bytes(content)
        with pytest.raises(DataError, match="cannot be read") as caught:
            read_settlements(tmp_path / "s.xls", "s.xls")
        assert [fault.code for fault in caught.value.faults] == ["unreadable-file"]


def test_repaired_tables_are_written_clean(tmp_path: Path) -> None:
    rows = [
        ["Код", "Название", "Широта", "Долгота", "Население", "прим"],
        ["395430100.0", "=cmd", "53°30'", "63,5", "1 234", -5],
    ]
    source = books.write_book(tmp_path / "s.ods", rows)
    frame = read_table(SETTLEMENTS, source, "s.ods")
    assert frame.attrs[FAULTS]
    target = tmp_path / "clean.csv"
    write_repaired(frame, SETTLEMENTS, target)
    assert target.read_text(encoding="utf-8") == (
        "settlement_id,name_ru,lon,lat,pop_total,прим\n395430100,'=cmd,63.5,53.5,1234,-5\n"
    )
    again, faults = read_settlements(target, "clean.csv")
    first = read_settlements(source, "s.ods")[0]
    pd.testing.assert_frame_equal(pd.DataFrame(again), pd.DataFrame(first))
    assert told(faults, "warning", "repaired", "error") == [(2, "name_ru", "formula-or-markup", "warning")]


def test_many_equal_repairs_are_all_kept(tmp_path: Path) -> None:
    rows = [f'{i},А,"63,5",53,10' for i in range(500)]
    faults = read_settlements(write(tmp_path / "s.csv", "\n".join([HEADER, *rows]) + "\n"), "s.csv")[1]
    assert sum(f.code == "coordinate-notation" for f in faults) == 500


def test_a_table_without_rows_or_header(tmp_path: Path) -> None:
    for suffix in (".xlsx", ".ods", ".xls"):
        path = books.write_book(tmp_path / f"s{suffix}", [])
        with pytest.raises(DataError, match="Row 1"):
            read_table(BOUNDARIES, path, path.name)


def test_every_heading_of_the_dictionary_means_one_declared_column() -> None:
    tables: dict[str, dict[str, str]] = {}
    for row in load_rows("headers.csv"):
        assert row["language"] in {"kk", "ru", "en"}
        known = tables.setdefault(row["table"], {})
        assert known.setdefault(simplified(row["header"]), row["column"]) == row["column"], row
        declared = [table for name, table in INPUT_TABLES.items() if row["table"] in {name, "*"}]
        columns = {column.name for table in declared for column in table.columns} | set(CODE_PARTS)
        assert row["column"] in columns, row
