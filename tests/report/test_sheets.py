from __future__ import annotations

import pytest

from geo.language import LANGUAGES, gettext, using
from geo.report.workbook.places import PLACES, SITES
from geo.report.workbook.sheets import sheet_titles
from geo.report.workbook.values import number_format
from geo.tables import OUTPUT_TABLES


def test_titles_fit_into_a_workbook():
    titles = sheet_titles(["Who goes where: seasons", "a" * 40, "A" * 40, "[x]/y*?", "x"])
    assert titles == ["Who goes where  seasons", "a" * 31, f"{'A' * 29} 2", "x  y", "x"]
    assert len({title.casefold() for title in titles}) == len(titles)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_title_of_a_sheet_is_cut_or_doubled(language):
    with using(language):
        titles = [gettext("About"), gettext("Data dictionary")]
        titles += [table.title for table in (*OUTPUT_TABLES.values(), PLACES, SITES)]
    assert sheet_titles(titles) == titles


@pytest.mark.parametrize("table", [*OUTPUT_TABLES.values(), PLACES, SITES], ids=lambda table: table.name)
def test_heads_are_short(table):
    assert [column.name for column in table.columns if len(column.label or column.meaning) > 30] == []


@pytest.mark.parametrize(
    ("kind", "unit", "column", "expected"),
    [
        ("integer", "persons", "persons", "#,##0"),
        ("integer", "", "row", ""),
        ("number", "min", "minutes", "#,##0.0"),
        ("number", "persons", "before", "#,##0"),
        ("number", "0..1", "gap", "0.0 %"),
        ("number", "KZT", "cost", "#,##0"),
        ("text", "", "service", ""),
    ],
)
def test_formats_of_numbers(kind, unit, column, expected):
    assert number_format(kind, unit, column) == expected
