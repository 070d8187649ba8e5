"""The tables of a result as a workbook and as CSV twins, and its layers as a GeoPackage. Same result, same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from geo.language import current
from geo.maps.credits import credit_lines
from geo.maps.first_screen import banners, unit_name
from geo.maps.sites import with_id
from geo.report.places import lookup_tables
from geo.report.values import harmless, is_formula, rounded
from geo.study import explain
from geo.study.result import BASELINE, HEADLINE, WORST, StudyResult
from geo.tables import OUTPUT_TABLES
from geo.tables.schema import Table

#: Rows that a sheet can hold, less its header.
_MOST_ROWS: Final = 1_048_575
#: Oldest time that a zip archive can hold: what every part of the workbook carries instead of the clock's.
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
_TIME: Final = "1980-01-01T00:00:00Z"
_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_WIDEST: Final = 60


def write_tables(result: StudyResult, folder: Path) -> None:
    """Write `tables.xlsx` and `tables/<name>.csv` (UTF-8 with a byte-order mark) into a folder.

    Parameters
    ----------
    result
        Results of a unit.
    folder
        Existing folder.
    """
    frames = {table: result.tables[name] for name, table in OUTPUT_TABLES.items()} | lookup_tables(result)
    tables = {table: rounded(frame, table) for table, frame in frames.items()}
    csv_folder = folder / "tables"
    csv_folder.mkdir(exist_ok=True)
    for table, frame in tables.items():
        text = frame.map(harmless, na_action="ignore").to_csv(index=False, lineterminator="\n")
        (csv_folder / f"{table.name}.csv").write_text(text, encoding="utf-8-sig", newline="")
    (folder / "tables.xlsx").write_bytes(_workbook(result, tables))


def _workbook(result: StudyResult, tables: dict[Table, pd.DataFrame]) -> bytes:
    book = Workbook(write_only=True)
    _add_about(book, result)
    for table, frame in tables.items():
        _add_table(book, table, frame)
    _add_dictionary(book, tables)
    file = io.BytesIO()
    book.save(file)
    return _timeless(file.getvalue())


def _add_about(book: Workbook, result: StudyResult) -> None:
    """Add the first sheet: what this is, how far it can be trusted, where the data come from."""
    sheet = book.create_sheet("about")
    sheet.column_dimensions["A"].width = 110
    lines = [*banners(result), unit_name(result), result.config.study.title.in_language(current())]
    lines += [explain.headline(result, service.name) for service in result.config.service]
    lines += [*explain.limits(result), *credit_lines(result), explain.closing_sentence()]
    for number, line in enumerate(lines):
        sheet.append([_cell(sheet, line, bold=number < len(banners(result)))])


def _add_table(book: Workbook, table: Table, frame: pd.DataFrame) -> None:
    sheet = book.create_sheet(table.name)
    heads = [f"{column.name} [{column.unit}]" if column.unit else column.name for column in table.columns]
    rows = frame.head(_MOST_ROWS)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(rows) + 1}"
    for number, (head, column) in enumerate(zip(heads, table.columns, strict=True), start=1):
        longest = max((len(str(value)) for value in rows[column.name].head(200)), default=0)
        sheet.column_dimensions[get_column_letter(number)].width = min(max(len(head), longest) + 2, _WIDEST)
    sheet.append([_cell(sheet, head, bold=True) for head in heads])
    for row in _plain_rows(rows):
        sheet.append([_cell(sheet, value) if is_formula(value) else value for value in row])


def _add_dictionary(book: Workbook, tables: Iterable[Table]) -> None:
    sheet = book.create_sheet("data_dictionary")
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDE", (22, 28, 10, 12, 100), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([_cell(sheet, head, bold=True) for head in ("table", "column", "kind", "unit", "meaning")])
    for table in tables:
        sheet.append([table.name, "", "", "", table.meaning])
        for column in table.columns:
            sheet.append([table.name, column.name, column.kind, column.unit, column.meaning])


def _plain_rows(frame: pd.DataFrame) -> Iterable[tuple[Any, ...]]:
    """Yield rows of plain Python values; missing ones are None, characters that a workbook cannot hold are dropped."""
    plain = frame.astype("object")
    plain = plain.where(plain.notna(), None)
    for row in plain.itertuples(index=False, name=None):
        yield tuple(ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value for value in row)


def _cell(sheet: Any, value: str, *, bold: bool = False) -> Any:
    """Return a cell that holds text, whatever it begins with."""
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    if is_formula(value):
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
    return cell


def _timeless(workbook: bytes) -> bytes:
    """Return a workbook without the time at which it was made."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + _TIME.encode(), content)
            new.writestr(zipfile.ZipInfo(name, _ZIP_TIME), content, zipfile.ZIP_DEFLATED)
    return result.getvalue()


def write_layers(result: StudyResult, path: Path) -> None:
    """Write `results.gpkg`: settlements with minutes and verdicts of the worst season, sites, roads, boundary.

    Parameters
    ----------
    result
        Results of a unit.
    path
        File to write; an existing one is replaced.
    """
    path.unlink(missing_ok=True)
    roads = ["road_category", "surface", "condition", "bridge", "ford", "winter_road"]
    closed = [column for column in result.roads.columns if column.startswith("closed_")]
    layers = {
        "settlements": _settlement_layer(result),
        "sites": with_id(result.sites, "site_id"),
        "roads": result.roads[[*roads, *closed, "geometry"]],
        "boundary": with_id(result.boundary, "unit_id"),
    }
    # GDAL writes the time of the last change into the file; the clock is no part of a result.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "1980-01-01T00:00:00.000Z"})
    try:
        for name, layer in layers.items():
            multi = name not in ("settlements", "sites")
            append = path.exists()
            pyogrio.write_dataframe(
                _writable(layer), path, layer=name, driver="GPKG", append=append, promote_to_multi=multi
            )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _settlement_layer(result: StudyResult) -> gpd.GeoDataFrame:
    names = ["name_kk", "name_ru", "name_en"]
    facts = ["population_persons", "population_imputed", "nearest_road_km", "geometry"]
    layer = result.settlements[names + facts].copy()
    for service in result.config.service:
        layer[f"{service.name}_persons"] = result.settlements[f"{service.name}_persons"]
        for plan, suffix in ((BASELINE, "today"), (HEADLINE, "plan")):
            rows = result.table("access_settlement", service=service.name, plan=plan, season=WORST)
            rows = rows.set_index("settlement_id").reindex(layer.index)
            layer[f"{service.name}_minutes_{suffix}"] = rows["minutes"].astype("float64").round(1)
            layer[f"{service.name}_verdict_{suffix}"] = rows["verdict"]
    return layer.reset_index()


def _writable(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a layer whose text columns hold text or nothing."""
    result = layer.copy()
    for column in result.columns.drop("geometry"):
        if result[column].dtype == object:
            result[column] = [value if isinstance(value, str) else None for value in result[column]]
    return result
