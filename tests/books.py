"""Small workbooks for tests: .xlsx, .ods and .xls of given cells, written by hand where no library writes them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

Rows = Sequence[Sequence[Any]]
#: First and last row and column of merged cells, from 0.
Merged = Sequence[tuple[int, int, int, int]]

_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR = 512


def xlsx(rows: Rows, merged: Merged = (), *, title: str = "Sheet") -> bytes:
    """Return a workbook of Excel since 2007."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for top, left, bottom, right in merged:
        sheet.merge_cells(f"{get_column_letter(left + 1)}{top + 1}:{get_column_letter(right + 1)}{bottom + 1}")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def ods(rows: Rows, merged: Merged = (), *, title: str = "Sheet") -> bytes:
    """Return a workbook of LibreOffice; as LibreOffice does, the blank rest of the sheet is a repeated row."""
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in merged}
    lines = []
    for i, row in enumerate(rows):
        cells = "".join(_ods_cell(value, spans.get((i, j))) for j, value in enumerate(row))
        blank = f'<table:table-cell table:number-columns-repeated="{16384 - len(row)}"/>'
        lines.append(f"<table:table-row>{cells}{blank}</table:table-row>")
    lines.append(
        f'<table:table-row table:number-rows-repeated="{1048576 - len(rows)}">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    return ods_of(f"<table:table table:name={quoteattr(title)}>{''.join(lines)}</table:table>")


def ods_of(tables: str) -> bytes:
    """Return a workbook of LibreOffice with these tables, as XML."""
    spaces = " ".join(f'xmlns:{prefix}="{_OFFICE}:{prefix}:1.0"' for prefix in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2"><office:body>'
        f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", _ODS)
        archive.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _ods_cell(value: Any, span: tuple[int, int] | None) -> str:
    if value is None:
        return "<table:table-cell/>"
    spanned = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span else ""
    if isinstance(value, int | float):
        kind = f' office:value-type="float" office:value="{value}"'
    elif hasattr(value, "isoformat"):
        kind = f' office:value-type="date" office:date-value="{value.isoformat()}"'
    else:
        kind = ' office:value-type="string"'
    return f"<table:table-cell{kind}{spanned}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def xls(rows: Rows, merged: Merged = (), *, title: str = "Sheet") -> bytes:
    """Return a workbook of Excel 97-2003: BIFF8 records ([MS-XLS]) in a compound file ([MS-CFB])."""
    name = title.encode("utf-16-le")
    sheet_bytes = _sheet(rows, merged)
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1997, 0, 6))
    at = len(head) + 4 + 8 + len(name) + 4
    bound = struct.pack("<IBBBB", at, 0, 0, len(title), 1) + name
    return _compound_file(head + _record(0x0085, bound) + _record(0x000A, b"") + sheet_bytes)


def _sheet(rows: Rows, merged: Merged) -> bytes:
    width = max((len(row) for row in rows), default=0)
    parts = [
        _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1997, 0, 6)),
        _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0)),
    ]
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            if isinstance(value, int | float):
                parts.append(_record(0x0203, struct.pack("<HHHd", i, j, 0, value)))
            elif value is not None:
                text = str(value)
                cell = struct.pack("<HHHHB", i, j, 0, len(text), 1) + text.encode("utf-16-le")
                parts.append(_record(0x0204, cell))
    if merged:
        areas = b"".join(struct.pack("<HHHH", top, bottom, left, right) for top, left, bottom, right in merged)
        parts.append(_record(0x00E5, struct.pack("<H", len(merged)) + areas))
    return b"".join([*parts, _record(0x000A, b"")])


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _compound_file(stream: bytes) -> bytes:
    """Return a compound file with one stream, long enough to stand outside the short-stream container."""
    stream = stream.ljust(4096, b"\0")
    body = stream.ljust(-(-len(stream) // _SECTOR) * _SECTOR, b"\0")
    n = len(body) // _SECTOR
    fat = [*range(1, n), _END, _END, _FAT]
    assert len(fat) <= _SECTOR // 4, "one sector of FAT is enough for tests"
    fat += [_FREE] * (_SECTOR // 4 - len(fat))
    entries = [_entry("Root Entry", 5, 1, _END, 0), _entry("Workbook", 2, _FREE, 0, len(stream))]
    folder = b"".join(entries).ljust(_SECTOR, b"\0")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, n, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<I", n + 1) + struct.pack("<I", _FREE) * 108
    return header + body + folder + struct.pack(f"<{len(fat)}I", *fat)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, _FREE, _FREE, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def write_book(path: Path, rows: Rows, merged: Merged = ()) -> Path:
    """Write a workbook of the kind that the name says."""
    path.write_bytes({".xlsx": xlsx, ".ods": ods, ".xls": xls}[path.suffix](rows, merged))
    return path
