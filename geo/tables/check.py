"""Check a raw table against its declaration: gather every fault, hand back typed rows under the program's names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import Fault, Severity
from geo.language import gettext as _
from geo.tables.hidden import HIDDEN, with_hidden_shown
from geo.tables.positions import LOST_POSITIONS, explain_ranges, in_degrees, note_zeros
from geo.tables.schema import Column, Table
from geo.tables.study_files import marked, short

WGS84 = "EPSG:4326"
#: Column that keeps the row of the file, so that later checks can still point at it.
FILE_ROW = "file_row"
#: Key of a raw table's `attrs`: faults that were found in reading. Rows that have one are not looked at any further.
FAULTS = "faults"
#: Key in the `attrs` of a raw table: columns that reading made use of.
USED = "used"

#: Code of reading: several columns may be the one that is declared, so none is taken.
AMBIGUOUS_HEADING = "ambiguous-heading"
#: Codes that say that a declared column is not there.
_NO_COLUMN = {"missing-column", AMBIGUOUS_HEADING}
#: Codes of reading that already say that a value is unknown.
_TOLD_UNKNOWN = {"households", "no-data-word", "spreadsheet-error"}
_BLANK = {"", "-", "–", "—", "н/д", "n/a", "nan", "none", "null", "нет данных", "дерек жоқ"}
_TRUE = {"1", "true", "yes", "да", "иә", "y", "t", "1.0"}
_FALSE = {"0", "false", "no", "нет", "жоқ", "n", "f", "0.0"}
#: Types of cells whose equal values mean the same.
_PLAIN = {str, bool, int, float}
_NUMBER = re.compile(r"^[+-]?(\d+([.]\d*)?|[.]\d+)([eE][+-]?\d+)?$")
#: A whole number whose thousands are set apart, or a fraction of three digits: nobody can tell. 0,500 is a fraction.
_AMBIGUOUS_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}([.,]\d{3})+")
#: No reference system has coordinates as large as this.
_ANYWHERE = 1e9
_SHAPES = {
    "Point": ("Point",),
    "LineString": ("LineString", "MultiLineString"),
    "Polygon": ("Polygon", "MultiPolygon"),
}


class Faults(list[Fault]):
    """Faults in the `attrs` of a table, which pandas would copy one by one with every column."""

    def __deepcopy__(self, _memo: object) -> Faults:
        return self


class Findings:
    """Faults of one file, gathered."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        #: Cells whose value reading has called unknown already, by row and column.
        self.unknown: frozenset[tuple[int, str]] = frozenset()
        #: Columns that are not declared and were made use of all the same: nobody is told that they are not used.
        self.used: frozenset[str] = frozenset()

    def add(self, row: int, column: str, code: str, message: str, remedy: str, severity: Severity = "error") -> None:
        """Note one fault; values in it are shown with what cannot be seen in them."""
        self.faults.append(
            Fault(self.file, row, with_hidden_shown(column), code, with_hidden_shown(message), remedy, severity)
        )

    def bad_rows(self) -> set[int]:
        """Return the file rows that have an error."""
        return {fault.row for fault in self.faults if fault.severity == "error" and fault.row > 1}

    def none_sound(self) -> bool:
        """Return whether a required column is missing, or no position can be trusted: then no row is sound."""
        return any(fault.code in _NO_COLUMN or fault.code in LOST_POSITIONS for fault in self.faults)


def check(
    table: Table, raw: pd.DataFrame, file: str, *, choices: dict[str, tuple[str, ...]] | None = None
) -> tuple[pd.DataFrame, list[Fault]]:
    """Check a raw table and return its sound rows.

    Parameters
    ----------
    table
        Declaration.
    raw
        Rows in the order of the file, under file names, values as read. A column `file_row` may give each row's number
        in the file; otherwise the header is row 1 and the data begin at row 2. Geographic tables are GeoDataFrames, or
        have `lon` and `lat` columns. Faults that were found in reading it stand in ``attrs["faults"]``, columns that
        reading made use of in ``attrs["used"]``.
    file
        Name for messages.
    choices
        Values allowed in columns whose choices the study declares, e.g. service levels.

    Returns
    -------
    DataFrame
        Rows without errors under the program's names, units converted, sorted by key, indexed by the key as text. A
        GeoDataFrame in WGS 84 for a geographic table.
    list of Fault
        Every fault, located. Rows with an error are left out of the table; all of them where a required column is
        missing, so that no key of the result is ever blank.
    """
    found = Findings(file)
    frame = raw.reset_index(drop=True)
    found.faults += frame.attrs.pop(FAULTS, [])
    found.used = frame.attrs.pop(USED, frozenset())
    found.unknown = frozenset((fault.row, fault.column) for fault in found.faults if fault.code in _TOLD_UNKNOWN)
    if FILE_ROW not in frame.columns:
        frame[FILE_ROW] = np.arange(2, len(frame) + 2)
    if misread := found.bad_rows():
        frame = frame[~frame[FILE_ROW].isin(misread)].reset_index(drop=True)
    rows = frame[FILE_ROW].to_numpy(dtype=np.int64)
    _check_header(table, frame, found)
    if not len(raw):
        _note_empty(table, found)
    columns: dict[str, Any] = {}
    for column in table.columns:
        values = frame[column.name].tolist() if column.name in frame.columns else [None] * len(frame)
        allowed = (choices or {}).get(column.name, column.choices)
        if column.kind == "text":
            values = _without_hidden(column, values, rows, found)
        columns[column.code_name] = _convert(column, values, rows, allowed, found, present=column.name in frame.columns)
    result = pd.DataFrame(columns)
    result[FILE_ROW] = rows
    _check_one_of(table, result, rows, found)
    if table.key:
        _check_key(table, result, rows, found)
    if table.geometry is not None:
        result = _with_geometry(table, frame, result, rows, found)
    result = result.iloc[:0] if found.none_sound() else result[~result[FILE_ROW].isin(found.bad_rows())]
    if table.key:
        result = result.sort_values(table.code_key, kind="stable").set_index(table.code_key, drop=False)
        result.index = pd.Index(result.index.astype(str), name=None)
    return result, found.faults


def _check_header(table: Table, frame: pd.DataFrame, found: Findings) -> None:
    declared = [column.name for column in table.columns]
    told = {fault.column for fault in found.faults if fault.code in _NO_COLUMN}
    for column in table.columns:
        if column.required and column.name not in frame.columns and column.name not in told:
            near = difflib.get_close_matches(column.name, [str(c) for c in frame.columns], n=1)
            hint = _("Rename column {near}?").format(near=near[0]) if near else _("Add the column.")
            found.add(1, column.name, "missing-column", _("The column is missing."), hint)
    for name in frame.columns:
        if name not in declared and name not in {"geometry", FILE_ROW, "lon", "lat", *found.used}:
            near = difflib.get_close_matches(str(name), declared, n=1)
            hint = _("Did you mean {near}?").format(near=near[0]) if near else _("It is not used.")
            found.add(1, str(name), "unknown-column", _("The column is not in the data dictionary."), hint, "note")


def _note_empty(table: Table, found: Findings) -> None:
    found.add(
        0,
        "",
        "empty-table",
        _("The table “{table}” has no row.").format(table=table.name),
        _("Fill it in, or name the right file in the study file."),
        "error" if table.needs_rows else "warning",
    )


def is_blank(value: object) -> bool:
    """Return whether a cell counts as empty: nothing, a dash, or one of the usual words for "no data"."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return True
    return isinstance(value, str) and value.strip().lower() in _BLANK


def as_text(value: object) -> str:
    """Return a cell as text; a code that a spreadsheet turned into a number keeps its digits."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def parse_number(value: object) -> float:
    """Return a number written with either decimal mark and with spaces between thousands.

    Raises
    ------
    ValueError
        If the value is no finite number.
    """
    if isinstance(value, bool | np.bool_):
        raise ValueError(str(value))  # noqa: TRY004 - callers know one kind of unreadable value
    if isinstance(value, int | float | np.number):
        number = float(value)
    else:
        text = re.sub(r"[\s\u00a0\u202f']", "", str(value)).replace(",", ".")
        if not _NUMBER.match(text):
            raise ValueError(str(value))
        number = float(text)
    if not np.isfinite(number):
        raise ValueError(str(value))
    return number


def has_ambiguous_thousands(value: object) -> bool:
    """Return whether a text such as 2,000 or 12.000 may be thousands or a fraction; a cell of a number never is."""
    return isinstance(value, str) and _AMBIGUOUS_THOUSANDS.fullmatch(value.strip()) is not None


def _is_number(value: object) -> bool:
    try:
        parse_number(value)
    except ValueError:
        return False
    return True


def _parse_integer(value: object) -> int:
    if has_ambiguous_thousands(value):
        raise ValueError(str(value))
    number = parse_number(value)
    if not number.is_integer():
        raise ValueError(str(value))
    return int(number)


def _parse_boolean(value: object) -> bool:
    text = str(value).strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError(str(value))


_PARSERS: dict[str, Callable[[object], Any]] = {
    "text": as_text,
    "integer": _parse_integer,
    "number": parse_number,
    "boolean": _parse_boolean,
}


def _without_hidden(column: Column, values: list[Any], rows: np.ndarray, found: Findings) -> list[Any]:
    """Take out of texts what nobody sees and what turns the reading direction, and tell of it: names get onto pages."""
    hidden = {value for value in set(filter(_is_text, values)) if HIDDEN.search(value)}
    if not hidden:
        return values
    result = []
    for value, row in zip(values, rows.tolist(), strict=True):
        if not _is_text(value) or value not in hidden:
            result.append(value)
            continue
        result.append(HIDDEN.sub("", value))
        message = _("“{old}” holds characters that nobody sees; it counts as “{new}”.").format(
            old=marked(value), new=short(result[-1])
        )
        found.add(row, column.name, "hidden-characters", message, _("Type it anew in the source."), "repaired")
    return result


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _convert(
    column: Column, values: list[Any], rows: np.ndarray, allowed: tuple[str, ...], found: Findings, *, present: bool
) -> pd.Series:
    sound = _sound_values(column, values, allowed, present=present)
    if sound is not None:
        return _typed(column, list(map(sound.__getitem__, values)))
    parse = _PARSERS[column.kind]
    parsed: list[Any] = []
    for value, row in zip(values, rows.tolist(), strict=True):
        if is_blank(value):
            parsed.append(column.default)
            if column.required and present and not (column.unknown and (row, column.name) in found.unknown):
                _note_blank(column, row, found)
            continue
        try:
            item = parse(value)
        except ValueError:
            parsed.append(None)
            _note_unreadable(column, value, row, found)
            continue
        _check_value(column, item, row, allowed, found)
        parsed.append(item)
    return _typed(column, parsed)


def _sound_values(
    column: Column, values: list[Any], allowed: tuple[str, ...], *, present: bool
) -> dict[Any, Any] | None:
    """Return what each distinct value becomes, so that it is looked at once; None where rows must be gone through.

    That is where something is to be told of a row, and where values that differ count as equal: True and 1, two zeros.
    """
    kinds = set(map(type, values)) - {type(None)}
    if len(kinds) > 1 or not kinds <= _PLAIN:
        return None
    sound: dict[Any, Any] = dict.fromkeys(values)
    if float in kinds and 0.0 in sound:
        return None
    parse, unsound = _PARSERS[column.kind], Findings("")
    for value in list(sound):
        if is_blank(value):
            if column.required and present:
                return None
            sound[value] = column.default
            continue
        try:
            sound[value] = parse(value)
        except ValueError:
            return None
        _check_value(column, sound[value], 0, allowed, unsound)
        if unsound.faults:
            return None
    return sound


def _typed(column: Column, parsed: list[Any]) -> pd.Series:
    if column.kind == "integer":
        return pd.Series(parsed, dtype="Int64")
    if column.kind == "number":
        return pd.Series(parsed, dtype="float64") * column.factor
    if column.kind == "boolean":
        return pd.Series(parsed, dtype="boolean" if column.default is None else "bool")
    return pd.Series(parsed, dtype="object")


def _note_blank(column: Column, row: int, found: Findings) -> None:
    if column.unknown:
        found.add(
            row,
            column.name,
            "unknown-value",
            _("The value is blank and counts as unknown."),
            _("Fill it in if it is known."),
            "warning",
        )
    else:
        found.add(row, column.name, "blank-value", _("A value is required here."), _("Fill it in."))


def _note_unreadable(column: Column, value: object, row: int, found: Findings) -> None:
    if column.kind == "integer" and has_ambiguous_thousands(value):
        message = _("“{value}” may be a whole number with thousands set apart, or a fraction.").format(value=value)
        remedy = _("Write {whole} if that is meant.").format(whole=re.sub("[.,]", "", str(value).strip()))
        found.add(row, column.name, "ambiguous-thousands", message, remedy)
        return
    if column.kind == "integer" and column.unit == "persons" and _is_number(value):
        message = _("{value} is no number of people.").format(value=value)
        found.add(row, column.name, "fractional-people", message, _("Write a whole number; is it a share?"))
        return
    wanted = {
        "integer": _("a whole number"),
        "number": _("a number"),
        "boolean": _("yes or no"),
        "text": _("text"),
    }[column.kind]
    found.add(
        row,
        column.name,
        "unreadable-value",
        _("“{value}” is not {wanted}.").format(value=value, wanted=wanted),
        _("Write {wanted} or leave it blank.").format(wanted=wanted),
    )


def _check_value(column: Column, item: Any, row: int, allowed: tuple[str, ...], found: Findings) -> None:
    if allowed and item not in allowed:
        near = difflib.get_close_matches(str(item), allowed, n=1)
        found.add(
            row,
            column.name,
            "unknown-choice",
            _("“{value}” is not allowed here.").format(value=item),
            _("Did you mean {near}?").format(near=near[0])
            if near
            else _("Use one of: {choices}.").format(choices=", ".join(allowed)),
        )
    if column.kind not in {"integer", "number"}:
        return
    if (column.low is not None and item < column.low) or (column.high is not None and item > column.high):
        negative = column.low == 0 and item < 0
        found.add(
            row,
            column.name,
            "negative-value" if negative else "out-of-range",
            _("{value} {unit} cannot be; the rule is: {rule}.").format(value=item, unit=column.unit, rule=column.rule),
            _("Correct the value."),
        )


def _check_one_of(table: Table, result: pd.DataFrame, rows: np.ndarray, found: Findings) -> None:
    for group in table.one_of:
        names = [table.column(name).code_name for name in group]
        empty = result[names].isna().all(axis=1).to_numpy(dtype=bool)
        for row in rows[empty].tolist():
            found.add(
                row,
                group[0],
                "blank-value",
                _("All of {columns} are blank.").format(columns=", ".join(group)),
                _("Fill in at least one of them."),
            )


def _check_key(table: Table, result: pd.DataFrame, rows: np.ndarray, found: Findings) -> None:
    key = result[table.code_key]
    if key.is_unique:
        return
    first: dict[str, int] = {}
    for value, row in zip(key.tolist(), rows.tolist(), strict=True):
        if is_blank(value):
            continue
        if value in first:
            found.add(
                row,
                table.key,
                "duplicate-id",
                _("{value} is already used in row {row}.").format(value=value, row=first[value]),
                _("Give every row its own code."),
            )
        else:
            first[value] = row


def _with_geometry(
    table: Table, frame: pd.DataFrame, result: pd.DataFrame, rows: np.ndarray, found: Findings
) -> gpd.GeoDataFrame:
    if isinstance(frame, gpd.GeoDataFrame):
        shapes = in_degrees(frame, found)
        _check_shapes(table, shapes, rows, found)
    elif table.geometry == "Point":
        shapes = _points(table, result, rows, found)
    else:
        found.add(
            0,
            "geometry",
            "no-geometry",
            _("The file has no geometry."),
            _("Use GeoPackage, GeoJSON or a shapefile for this table."),
        )
        shapes = np.full(len(frame), None)
    layer = gpd.GeoDataFrame(result, geometry=gpd.GeoSeries(shapes, index=result.index, crs=WGS84))
    if table.geometry == "Point":
        note_zeros(shapes, rows, found)
        layer["lon"] = shapely.get_x(layer.geometry.to_numpy())
        layer["lat"] = shapely.get_y(layer.geometry.to_numpy())
    return layer


def _points(table: Table, result: pd.DataFrame, rows: np.ndarray, found: Findings) -> np.ndarray:
    explain_ranges(result, rows, found)
    lon, lat = result["lon"].to_numpy(dtype=float), result["lat"].to_numpy(dtype=float)
    missing = ~(np.isfinite(lon) & np.isfinite(lat))
    stands_in = table.key != "settlement_id" and "settlement_id" in result
    names = [name for name in ("settlement_id", "settlement_name") if stands_in and name in result]
    has_place = result[names].notna().any(axis=1).to_numpy(dtype=bool)
    for row in rows[missing & ~has_place].tolist():
        found.add(row, "lon", "no-position", _("The row has no position."), _("Fill in lon and lat."))
    points = np.full(len(lon), None, dtype=object)
    points[~missing] = shapely.points(lon[~missing], lat[~missing])
    return points


def _check_shapes(table: Table, shapes: np.ndarray, rows: np.ndarray, found: Findings) -> None:
    allowed = _SHAPES[str(table.geometry)]
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    wrong = ~np.isin(shapely.get_type_id(shapes), [shapely.GeometryType[name.upper()] for name in allowed])
    # NaN compares as False: what is not even a number lies nowhere, too.
    nowhere = ~(missing | wrong) & ~(np.abs(shapely.bounds(shapes)) < _ANYWHERE).all(axis=-1)
    for position in np.flatnonzero(missing | wrong | nowhere).tolist():
        row = int(rows[position])
        if nowhere[position]:
            message = _("The position lies nowhere on earth.")
            remedy = _("Check the coordinate reference system of the layer.")
            found.add(row, "geometry", "out-of-range", message, remedy)
            continue
        if missing[position]:
            found.add(row, "geometry", "no-geometry", _("The row has no geometry."), _("Draw it or delete the row."))
            continue
        found.add(
            row,
            "geometry",
            "wrong-geometry",
            _("A {found} stands where a {wanted} belongs.").format(found=shapes[position].geom_type, wanted=allowed[0]),
            _("Export the layer with the right geometry type."),
        )
