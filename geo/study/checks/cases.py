"""The 36 kinds of bad input seen in practice: what each looks like, the codes of its findings, and what is done."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from geo.errors import Severity


@dataclass(frozen=True)
class Case:
    """One kind of bad input.

    Parameters
    ----------
    number
        Number in the domain brief, 6.3.
    looks_like
        What a planner sees, in English: this is documentation.
    codes
        Codes of its findings, with their severity; every code belongs to one case.
    reaction
        What the program does.
    found_in
        Module that finds it.
    """

    number: int
    looks_like: str
    codes: tuple[tuple[str, Severity], ...]
    reaction: str
    found_in: str


def _case(number: int, looks_like: str, codes: str, reaction: str, found_in: str) -> Case:
    """Make a case from codes written as ``code:severity``."""
    pairs = [text.split(":") for text in codes.split()]
    return Case(number, looks_like, tuple((code, severity) for code, severity in pairs), reaction, found_in)  # type: ignore[misc]


CASES: Final = (
    _case(
        1,
        "Latitude and longitude swapped: the place is outside the study",
        "swapped-coordinates:error",
        "Judged by the settlement's own district, with distances before and after; the swap is offered, never made.",
        "geo/study/membership.py, geo/tables/positions.py, geo/study/checks/facilities.py",
    ),
    _case(
        2,
        "Swapped, but still inside the area of the study (Uralsk, Atyrau)",
        "swapped-inside:error",
        "As case 1; nothing but the settlement's own district can tell.",
        "geo/study/membership.py",
    ),
    _case(
        3,
        "0, 0 or no coordinates; several places at one point (a geocoder's answer)",
        "zero-position:error no-position:error shared-position:warning",
        "Zeros and blanks are errors; three or more settlements at one point are named.",
        "geo/tables/positions.py, geo/tables/check.py, geo/read/settlements.py",
    ),
    _case(
        4,
        "Coordinates as degrees and minutes (51°14'), with letters or decimal commas",
        "coordinate-notation:repaired",
        "Read as decimal degrees, each listed old -> new.",
        "geo/read/coordinates.py, geo/read/cells.py",
    ),
    _case(
        5,
        "Metres in lon and lat (Gauss-Kruger, UTM)",
        "projected-coordinates:error",
        "The system is told as far as the numbers show it: EPSG:28408-28415, UTM EPSG:32638-32645.",
        "geo/tables/positions.py",
    ),
    _case(
        6,
        "A layer without a coordinate reference system",
        "no-crs:error assumed-crs:note",
        "Never guessed: `assume_crs` under [inputs] or `--assume-crs` says it, and each layer read so is listed.",
        "geo/tables/positions.py",
    ),
    _case(
        7,
        "A wrong CRS label: degrees that are metres, or the other way round",
        "wrong-crs:error",
        "Bounds are tested against the label. A datum shift of some 100 m (Pulkovo) is not looked for.",
        "geo/tables/positions.py",
    ),
    _case(
        8,
        "A point outside its district, or at its border",
        "near-border:warning outside-own-unit:error outside-every-unit:error",
        'Up to 2 km is a warning; beyond, an error (a note where the study says `outside = "exclude"`).',
        "geo/study/membership.py",
    ),
    _case(
        9,
        "KATO codes damaged by a spreadsheet: `101033102.0`, `101 033 102`, `1.01E+08`",
        "damaged-code:repaired code-in-e-notation:error",
        "What lost nothing is repaired and listed; E-notation has lost digits and is an error.",
        "geo/read/texts.py",
    ),
    _case(
        10,
        "KATO codes in three columns, without leading zeros",
        "code-parts:repaired",
        "Zeros are put back, each code listed.",
        "geo/read/repair.py",
    ),
    _case(
        11,
        "An old KATO code (63..., now 10... since 2022)",
        "old-code:warning renamed-code:repaired",
        "Prefix against the unit it lies in; `renamed_codes` under [inputs] names a table of old and new codes, which "
        "is used to join other tables.",
        "geo/study/checks/settlements.py, geo/read/joining.py",
    ),
    _case(
        12,
        "A code twice; a name twice in a district",
        "duplicate-id:error duplicate-name:warning",
        "A code twice stops the run; namesakes are listed, because nothing can be joined to them by name.",
        "geo/tables/check.py, geo/study/checks/settlements.py",
    ),
    _case(
        13,
        "One village twice, in two alphabets (Костанай, Қостанай, Qostanai, Kustanay)",
        "double-settlement:warning",
        "Nearer than 1 km and sounding alike: suggested, never merged.",
        "geo/study/checks/settlements.py, geo/read/scripts.py",
    ),
    _case(
        14,
        "Latin letters that look Cyrillic inside a word",
        "mixed-letters:note",
        "Read as one alphabet for suggestions only; the name stays as it is.",
        "geo/study/checks/settlements.py, geo/read/scripts.py",
    ),
    _case(
        15,
        "Lost letters (`?останай`), text decoded wrongly (`ТљРѕСЃ`)",
        "lost-letters:error mojibake:repaired hidden-characters:repaired split-letters:repaired",
        "Lost letters cannot be told: export again as UTF-8. Wrong decoding, unseen characters, split letters are "
        "mended and listed.",
        "geo/read/letters.py, geo/read/texts.py",
    ),
    _case(
        16,
        "CSV in cp1251, kz1048, ptcp154 or utf-16; with BOM, `;` or tab",
        "encoding:note",
        "Told apart by Kazakh letters; the one used is listed.",
        "geo/read/encodings.py, geo/read/delimited.py",
    ),
    _case(
        17,
        "Numbers as text: `1 234`, `1 234*`, `около 200`; no figure: `н/д`, `x`",
        "number-notation:repaired footnote-mark:repaired approximate-number:repaired number-with-unit:repaired "
        "no-data-word:repaired unknown-value:warning",
        "Digits are read, each listed old -> new; words for no figure become unknown, never 0.",
        "geo/read/cells.py",
    ),
    _case(
        18,
        "A population that is negative, a fraction, or ten times last year's",
        "negative-value:error fractional-people:error history-jump:warning",
        "The first two are errors; a jump is not used for projections.",
        "geo/tables/check.py, geo/study/cross_check.py",
    ),
    _case(
        19,
        "Households given as people (120 дворов)",
        "households:warning",
        "The people are unknown; nothing is multiplied.",
        "geo/read/cells.py",
    ),
    _case(
        20,
        "Totals rows (Всего, Итого, Барлығы) and subtotals of okrugs",
        "total-row:repaired subtotal-row:repaired possible-total:warning total-differs:warning",
        "Left out and listed; a total that differs from its rows is named.",
        "geo/read/rows.py",
    ),
    _case(
        21,
        "Two header rows, merged cells, a title above, notes below",
        "table-range:note title-row:repaired numbering-row:repaired repeated-header:repaired note-row:repaired "
        "renamed-column:repaired unused-heading:warning",
        "The header is found by its words, the rows read are told.",
        "geo/read/headers.py, geo/read/rows.py",
    ),
    _case(
        22,
        "Ages do not add up; more pupils than children",
        "ages-do-not-add-up:warning more-pupils-than-children:warning",
        "Both values are shown; pupils may come from farther away.",
        "geo/read/settlements.py, geo/study/checks/facilities.py",
    ),
    _case(
        23,
        "Far more people attached than residents",
        "more-attached-than-residents:warning",
        "From 1.3 times on, both values are shown, per district.",
        "geo/study/checks/facilities.py",
    ),
    _case(
        24,
        "Capacity 0, load and capacity swapped",
        "no-capacity:warning load-over-capacity:warning",
        "An open facility without places, and a load above 1.5 times the places, are named.",
        "geo/study/checks/facilities.py",
    ),
    _case(
        25,
        "A school listed per building or per shift",
        "near-facilities:warning double-facility:warning",
        "Within 100 m, or with one name and settlement: named, never merged.",
        "geo/read/facilities.py, geo/study/checks/facilities.py",
    ),
    _case(
        26,
        "A closed or unfinished facility that is counted as open",
        "status-unknown:warning not-open:note",
        "Status blank and wear 100 % or a name that says so: unknown, and counted for nothing.",
        "geo/read/facilities.py",
    ),
    _case(
        27,
        "Roads whose ends nearly meet (1-50 m)",
        "road-gap:warning snapped-end:repaired",
        "Listed with their lengths; joined only up to `network.snap_metres`, each one listed.",
        "geo/study/checks/roads.py, geo/study/snapping.py",
    ),
    _case(
        28,
        "A disconnected village, an island of roads",
        "disconnected-settlement:warning",
        "Named with the length of the missing link; such places are results (unreachable), not crashes.",
        "geo/study/checks/roads.py",
    ),
    _case(
        29,
        "Roads that cross without a node; a two-way road drawn one-way",
        "crossing-without-node:warning noded-crossings:note one-way-trap:warning",
        "Crossings of line layers are joined and counted, those of OpenStreetMap are named; so is a place that can be "
        "left or reached in one direction only.",
        "geo/study/checks/roads.py, geo/read/lines.py",
    ),
    _case(
        30,
        "No surfaces; lengths that differ from the geometry",
        "unknown-surface:warning imputed-surface:warning length-differs:warning",
        "More than 30 % unknown, or more than 5 % of difference.",
        "geo/study/membership.py, geo/read/lines.py",
    ),
    _case(
        31,
        "A settlement that is no more, or has another name since the list was made",
        "nobody-lives-here:warning abolished-unit:warning",
        "Population 0, or a unit that had ended when its people were counted.",
        "geo/read/settlements.py, geo/study/checks/settlements.py",
    ),
    _case(
        32,
        "Boundaries with slivers, overlaps, holes; a layer of the 14 oblasts of before 2022",
        "boundaries-overlap:warning boundaries-gap:warning invalid-polygon:repaired old-boundaries:warning",
        "From 0.1 % of a level on; polygons that cross themselves are mended and listed.",
        "geo/study/checks/boundaries.py, geo/read/boundaries.py",
    ),
    _case(
        33,
        "A facility named only by its village (two Zhambyl in the oblast)",
        "ambiguous-settlement:error no-district:error",
        "Joined by name within a district only, and never where two fit: the error lists the matches.",
        "geo/read/joining.py",
    ),
    _case(
        34,
        "Dates as text (01.09.2024) or as a spreadsheet's number (45536)",
        "date-as-text:repaired date-as-number:repaired year-as-date:repaired no-such-day:error",
        "Read as ISO dates or years, each listed.",
        "geo/read/texts.py, geo/read/cells.py",
    ),
    _case(
        35,
        "HTML or formulas in names (`=cmd`, `<b>`)",
        "formula-or-markup:warning",
        "Shown as plain text: escaped in pages, with an apostrophe in CSV and workbooks.",
        "geo/read/texts.py",
    ),
    _case(
        36,
        "Bands of norms that overlap or leave a gap",
        "overlapping-bands:error gap-between-bands:error empty-band:error",
        "Bands are half-open, [min, max).",
        "geo/norms/bands.py",
    ),
)


@lru_cache(maxsize=1)
def _by_code() -> dict[str, int]:
    return {code: case.number for case in CASES for code, _severity in case.codes}


def case_of(code: str) -> int | None:
    """Return the number of the case that a finding's code belongs to; None for findings of other kinds."""
    return _by_code().get(code)


def cases_markdown() -> str:
    """Return the table of `docs/bad-input-checks.md`."""
    lines = ["| # | Looks like | Codes | What happens | Found in |", "|---|---|---|---|---|"]
    for case in CASES:
        codes = ", ".join(f"`{code}` ({severity})" for code, severity in case.codes)
        modules = ", ".join(f"`{module.strip()}`" for module in case.found_in.split(","))
        lines.append(f"| {case.number} | {case.looks_like} | {codes} | {case.reaction} | {modules} |")
    return "\n".join(lines) + "\n"
