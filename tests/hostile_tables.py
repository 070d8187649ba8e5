"""What the fuzz tests of tables mutate: small sound tables of every kind, also with their parts laid open."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Iterator
from typing import Final

from tests import books
from tests.fuzz import mutations

_ROWS: Final = [
    ["Ауылдар тізімі / Список сёл на 01.01.2024", None, None, None, None, None],
    ["Код КАТО", "Атауы", "Широта", "Долгота", "Халық саны", "Год"],
    *(
        [f"39543{i:04d}", f"Қостанай №{i}", f"53°{i:02d}'", 63.5 + i / 100, f"{i} 2{i:02d}", 45536]
        for i in range(10, 14)
    ),
    ["Барлығы", None, None, None, 1234, None],
    ["* Ескерту: әкімдік деректері бойынша", None, None, None, None, None],
]
_MERGED: Final = [(0, 0, 0, 5)]


def csv() -> bytes:
    """Return a text table with everything that is repaired in it."""
    lines = [";".join("" if value is None else str(value) for value in row) for row in _ROWS]
    return "\r\n".join(lines).encode("kz1048")


#: Kind -> end of the name and a sound file.
KINDS: Final = {
    "csv": (".csv", csv()),
    "xlsx": (".xlsx", books.xlsx(_ROWS, _MERGED)),
    "xls": (".xls", books.xls(_ROWS, _MERGED)),
    "ods": (".ods", books.ods(_ROWS, _MERGED)),
}


def mutated(kind: str, seed: int, n: int) -> Iterator[bytes]:
    """Yield `n` mutated files of a kind: half are changed as they are, half in the parts that a zip archive packs.

    Changes of a packed part hardly ever survive its check sum, so that nothing but the archive would be tested.
    """
    content = KINDS[kind][1]
    if not content.startswith(b"PK"):
        yield from mutations(content, seed, n)
        return
    yield from mutations(content, seed, n - n // 2)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    chance = random.Random(seed)
    weights = [1 + (len(part) > 1000) * 3 for part in parts.values()]
    chosen = chance.choices(list(parts), weights, k=n // 2)
    changed = {name: mutations(parts[name], seed + at, n) for at, name in enumerate(parts)}
    for name in chosen:
        yield _packed(parts | {name: next(changed[name])})


def _packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return stream.getvalue()


def bomb(n_megabytes: int) -> bytes:
    """Return a small workbook whose only sheet unpacks to so many megabytes."""
    stream = io.BytesIO()
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(books.xlsx([["a"]]))) as source, zipfile.ZipFile(stream, "w") as archive:
        for name in source.namelist():
            if name != sheet:
                archive.writestr(name, source.read(name))
        info = zipfile.ZipInfo(sheet)
        info.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(info, "w") as part:
            part.write(b"<worksheet><sheetData><row r='1'>")
            for _block in range(n_megabytes):
                part.write(b" " * (1 << 20))
            part.write(b"</row></sheetData></worksheet>")
    return stream.getvalue()
