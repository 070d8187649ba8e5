"""Tables as they come: each kind of damage by its code, with the old and the new value; what is lost is an error."""

from __future__ import annotations

import datetime
from pathlib import Path

import pandas as pd
import pytest

from geo.errors import Fault
from geo.read.cells import repair_cells
from geo.read.coordinates import degrees
from geo.read.encodings import decode
from geo.read.letters import decoded_again
from geo.read.settlements import read_settlements
from geo.read.tabular import read_declared
from geo.tables import OBSERVED_TRIPS, SETTLEMENTS
from geo.tables.check import FILE_ROW, Findings
from tests import books

HEADER = "settlement_id,name_ru,lon,lat,pop_total"


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def told(faults: list[Fault], *severities: str) -> list[tuple[int, str, str, str]]:
    return [(f.row, f.column, f.code, f.severity) for f in faults if not severities or f.severity in severities]


def of_cell(tmp_path: Path, column: str, text: str) -> tuple[object, list[Fault]]:
    """Return what becomes of one cell of a settlement that is sound otherwise."""
    cells = {"settlement_id": "395430100", "name_ru": "Село", "lon": "63.5", "lat": "53.1", "pop_total": "12"}
    cells |= {"pop_year": "2024", "okrug_id": "395430000"} | {column: text}
    quoted = ['"' + value.replace('"', '""') + '"' for value in cells.values()]
    path = write(tmp_path / "s.csv", f"{','.join(cells)}\n{','.join(quoted)}\n")
    frame, faults = read_settlements(path, "s.csv")
    if not len(frame):
        return None, faults
    return frame.iloc[0][SETTLEMENTS.column(column).code_name], faults


@pytest.mark.parametrize(
    ("column", "text", "value", "code"),
    [
        ("lat", "53°14'", 53.2333333, "coordinate-notation"),
        ("lat", "53° 14' 30\"", 53.2416667, "coordinate-notation"),
        ("lat", "53.23N", 53.23, "coordinate-notation"),
        ("lat", "53,23 с.ш.", 53.23, "coordinate-notation"),
        ("lon", "63°30′ш.б.", 63.5, "coordinate-notation"),
        ("lon", "63 30 00", 63.5, "coordinate-notation"),
        ("lon", "63,5", 63.5, "coordinate-notation"),
        ("pop_total", "1 234", 1234, "number-notation"),
        ("pop_total", "1\u00a0234", 1234, "number-notation"),
        ("pop_total", "1 234*", 1234, "footnote-mark"),
        ("pop_total", "1234 1)", 1234, "footnote-mark"),
        ("pop_total", "1234²", 1234, "footnote-mark"),
        ("pop_total", "около 200", 200, "approximate-number"),
        ("pop_total", "шамамен 1 200 адам", 1200, "approximate-number"),
        ("pop_total", "200 чел.", 200, "number-with-unit"),
        ("pop_year", "2024 г.", 2024, "number-with-unit"),
        ("pop_year", "01.09.2024", 2024, "year-as-date"),
        ("pop_year", "45536", 2024, "year-as-date"),
        ("settlement_id", "395430100.0", "395430100", "damaged-code"),
        ("settlement_id", "395 430 100", "395430100", "damaged-code"),
        ("settlement_id", "'395430100", "395430100", "damaged-code"),
        ("name_ru", "РЎРµР»Рѕ", "Село", "mojibake"),
        ("name_ru", "Се\u200bло\u202e", "Село", "hidden-characters"),
        ("name_ru", "Село\u00a0Новое", "Село Новое", "hidden-characters"),
        ("name_ru", "Алтаи\u0306", "Алтай", "split-letters"),
    ],
)
def test_what_is_repaired_is_told(tmp_path: Path, column: str, text: str, value: object, code: str) -> None:
    found, faults = of_cell(tmp_path, column, text)
    assert found == pytest.approx(value) if isinstance(value, float) else found == value
    assert told(faults) == [(2, column, code, "repaired")]
    shown = (
        text if code != "hidden-characters" else "".join(c if c.isprintable() else f"<U+{ord(c):04X}>" for c in text)
    )
    assert faults[0].message.startswith(f"“{shown}” was read as “")
    assert faults[0].message.isprintable() or code == "number-notation"


def test_messages_show_control_characters_and_do_not_obey_them(tmp_path: Path) -> None:
    faults = of_cell(tmp_path, "pop_total", "1\x1b[2J\u202e")[1]
    assert faults[0].message.startswith("“1<U+001B>[2J<U+202E>” is not")


def test_joiners_that_sinhala_needs_are_let_be(tmp_path: Path) -> None:
    value, faults = of_cell(tmp_path, "name_ru", "ශ්\u200dරී")
    assert (value, faults) == ("ශ්\u200dරී", [])


@pytest.mark.parametrize("text", ["x", "Х", "б/д", "нет", "…"])
def test_words_for_no_data_are_unknown_and_never_0(tmp_path: Path, text: str) -> None:
    value, faults = of_cell(tmp_path, "pop_total", text)
    assert value is pd.NA
    assert told(faults) == [(2, "pop_total", "no-data-word", "repaired")]


@pytest.mark.parametrize("text", ["-", "н/д"])
def test_dashes_are_unknown_and_never_0(tmp_path: Path, text: str) -> None:
    value, faults = of_cell(tmp_path, "pop_total", text)
    assert value is pd.NA
    assert told(faults) == [(2, "pop_total", "unknown-value", "warning")]


@pytest.mark.parametrize("text", ["120 дворов", "120 шаңырақ", "120 households"])
def test_households_are_no_people(tmp_path: Path, text: str) -> None:
    value, faults = of_cell(tmp_path, "pop_total", text)
    assert value is pd.NA
    assert told(faults) == [(2, "pop_total", "households", "warning")]


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("settlement_id", "1.01E+08", "code-in-e-notation"),
        ("settlement_id", "1,01E+08", "code-in-e-notation"),
        ("name_ru", "?останай", "lost-letters"),
        ("name_ru", "К?кшетау", "lost-letters"),
        ("name_ru", "Кокше\ufffdтау", "lost-letters"),
        ("pop_total", "#ССЫЛКА!", "spreadsheet-error"),
        ("pop_total", "#REF!", "spreadsheet-error"),
        ("name_ru", "#N/A", "spreadsheet-error"),
        ("pop_total", "1.5 тыс.", "unreadable-value"),
        ("pop_total", "200-300", "unreadable-value"),
        ("pop_total", "2,000", "ambiguous-thousands"),
        ("pop_total", "12.000", "ambiguous-thousands"),
        ("pop_total", " 1.234.567 ", "ambiguous-thousands"),
        ("pop_total", "2,000 чел.", "ambiguous-thousands"),
        ("pop_total", "около 2.000", "ambiguous-thousands"),
        ("pop_year", "2.024", "ambiguous-thousands"),
        ("pop_total", "0,500", "fractional-people"),
        ("lat", "63.5E", "unreadable-value"),
    ],
)
def test_what_is_lost_or_unclear_is_an_error(tmp_path: Path, column: str, text: str, code: str) -> None:
    value, faults = of_cell(tmp_path, column, text)
    assert value is None
    assert told(faults, "error")[0] == (2, column, code, "error")


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "@SUM(A1)", "<b>Село</b>", "Село <script>"])
def test_formulas_and_markup_stay_text_and_are_warned_of(tmp_path: Path, text: str) -> None:
    value, faults = of_cell(tmp_path, "name_ru", text)
    assert value == text
    assert told(faults) == [(2, "name_ru", "formula-or-markup", "warning")]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("name_ru", "Ак-Кудук (бывш. «Рассвет») № 5"),
        ("name_ru", "Қостанай – Ұзынкөл"),
        ("name_ru", "Ёлкино"),
        ("settlement_id", "1E5"),
        ("settlement_id", "KZ 101 A"),
        ("okrug_id", "12 34"),
        ("pop_total", "1234"),
        ("lat", "53.10"),
    ],
)
def test_sound_cells_are_let_be(tmp_path: Path, column: str, text: str) -> None:
    value, faults = of_cell(tmp_path, column, text)
    assert str(value) in {text, "53.1"}
    assert faults == []


def test_days() -> None:
    assert degrees("51°14'", is_longitude=False) == pytest.approx(51 + 14 / 60)
    assert degrees("51°74'", is_longitude=False) is None
    assert degrees("12 м", is_longitude=False) is None
    assert decoded_again("Село Рё") is None


def test_dates_as_text_and_as_numbers(tmp_path: Path) -> None:
    rows = ["a,b,5,dry,car,01.09.2024", "a,c,5,dry,car,45536", "a,d,5,dry,car,2024-09-01", "a,e,5,dry,car,31.02.2024"]
    path = write(tmp_path / "t.csv", "\n".join(["from_id,to_id,minutes,season,vehicle,date", *rows]) + "\n")
    frame, faults = read_declared(OBSERVED_TRIPS, path, "t.csv")
    assert frame["date"].tolist() == ["2024-09-01"] * 3
    assert told(faults) == [
        (2, "date", "date-as-text", "repaired"),
        (3, "date", "date-as-number", "repaired"),
        (5, "date", "no-such-day", "error"),
    ]
    book = books.write_book(
        tmp_path / "t.xlsx",
        [
            ["from_id", "to_id", "minutes", "season", "vehicle", "date"],
            ["a", "b", 5, "dry", "car", datetime.date(2024, 9, 1)],
            ["a", "c", 5, "dry", "car", 45536],
        ],
    )
    frame, faults = read_declared(OBSERVED_TRIPS, book, "t.xlsx")
    assert frame["date"].tolist() == ["2024-09-01"] * 2
    assert told(faults) == [(3, "date", "date-as-number", "repaired")]


def test_null_dates_are_blank_cells() -> None:
    days = pd.Series(pd.to_datetime(["2024-09-01", None]))
    layer = pd.DataFrame({"settlement_id": ["1", "2"], "name_ru": days, "pop_year": days, FILE_ROW: [2, 3]})
    found = Findings("db")
    frame = repair_cells(SETTLEMENTS, layer, found)
    assert (frame["name_ru"][0], frame["pop_year"][0]) == ("2024-09-01", "2024")
    assert frame.loc[1, ["name_ru", "pop_year"]].isna().all()
    assert told(found.faults) == [(2, "pop_year", "year-as-date", "repaired")]


KAZAKH = "settlement_id;name_kk;name_ru;lon;lat;pop_total\n1;Ұзынкөл ауылы, Қостанай;Село «Узунколь»;64;53;12\n"


@pytest.mark.parametrize("encoding", ["kz1048", "ptcp154", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_the_alphabet_is_told_by_kazakh_letters(tmp_path: Path, encoding: str) -> None:
    for separator in ";\t":
        path = write(tmp_path / "s.csv", KAZAKH.replace(";", separator), encoding)
        frame, faults = read_settlements(path, "s.csv")
        assert frame["name_kk"].tolist() == ["Ұзынкөл ауылы, Қостанай"]
        assert told(faults) == [(0, "", "encoding", "note")]
        assert encoding.upper() in faults[0].message.upper()


def test_without_kazakh_letters_it_is_the_alphabet_of_windows() -> None:
    text = "код;название\n1;Село «Ясная Поляна» № 5 – старое\n"
    assert decode(text.encode("cp1251")) == (text, "cp1251")
    assert decode(text.encode("utf-8-sig")) == (text, "")


@pytest.mark.parametrize("content", ["Село".encode("koi8-r"), "Село".encode("cp866"), "Café".encode("latin-1")])
def test_an_alphabet_that_fits_none_is_not_guessed(content: bytes) -> None:
    assert decode(b"id,name\n1," + content + b"\n") is None


def test_utf_8_with_a_broken_byte_is_not_taken_for_another_alphabet() -> None:
    content = KAZAKH.encode()
    at = content.index("Узунколь".encode()) + 1
    assert decode(content[:at] + content[at + 1 :]) is None
