"""What a declared table is: columns with name, kind, unit, rule and meaning."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from geo.language import gettext as _
from geo.language import mark

Kind = Literal["text", "integer", "number", "boolean"]
Shape = Literal["Point", "LineString", "Polygon"]

KINDS: Final = {
    "text": mark("text"),
    "integer": mark("whole number"),
    "number": mark("number"),
    "boolean": mark("yes or no"),
}
#: Units in words; what has no entry is written the same in every language.
UNITS: Final = {
    "persons": mark("persons"),
    "min": mark("min"),
    "person-min": mark("person-minutes"),
    "person-years": mark("person-years"),
    "buildings": mark("buildings"),
    "m": mark("m"),
    "km": mark("km"),
    "km/h": mark("km/h"),
    "km2": mark("km²"),
    "persons/km2": mark("people/km²"),
    "degrees": mark("degrees"),
    "settlements": mark("settlements"),
    "sites": mark("sites"),
    "areas": mark("areas"),
    "posts": mark("posts"),
    "years": mark("years"),
    "seats": mark("seats"),
    "facility": mark("facility"),
    "visits": mark("visits"),
    "trips": mark("trips"),
    "links": mark("links"),
    "runs": mark("runs"),
}
#: Unit of shares: files hold them as fractions, workbooks show percent.
SHARE: Final = "0..1"


def unit_in_words(unit: str) -> str:
    """Return a unit in the language in use."""
    return _(UNITS[unit]) if unit in UNITS else unit


@dataclass(frozen=True)
class Column:
    """One declared column.

    Parameters
    ----------
    name
        Name in files (`docs/data-dictionary.md`).
    kind
        How values are read.
    meaning
        One sentence for the data dictionary, marked for translation.
    unit
        Unit of the values in the file; empty for text.
    code
        Name in the program; the unit is its last word. Defaults to `name`.
    factor
        What a file value is multiplied with to give the program's unit.
    required
        The column must exist and every row must have a value.
    unknown
        With `required`: the column must exist, but a blank value means unknown and is only warned about.
    low, high
        Inclusive limits in the file's unit.
    choices
        The only values allowed; empty allows all.
    default
        What a blank value or an absent column becomes; None leaves it missing.
    label
        A few words for the head of a column in the workbook, marked for translation; by default the meaning, which in
        many columns is as short.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    code: str = ""
    factor: float = 1.0
    required: bool = False
    unknown: bool = False
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    default: str | float | bool | None = None
    label: str = ""

    @property
    def title(self) -> str:
        """A few words for people, in the language in use."""
        return _(self.label or self.meaning)

    @property
    def code_name(self) -> str:
        """Name in the program."""
        return self.code or self.name

    @property
    def rule(self) -> str:
        """The column's rule in words, in the language in use."""
        parts = []
        if self.required:
            parts.append(_("required, blank = unknown") if self.unknown else _("required"))
        if self.choices:
            parts.append(" | ".join(self.choices))
        if self.low is not None and self.high is not None:
            parts.append(_("{low} to {high}").format(low=f"{self.low:g}", high=f"{self.high:g}"))
        elif self.low is not None:
            parts.append(_("at least {limit}").format(limit=f"{self.low:g}"))
        elif self.high is not None:
            parts.append(_("at most {limit}").format(limit=f"{self.high:g}"))
        if self.default is not None:
            parts.append(_("default {value}").format(value=str(self.default).lower()))
        return "; ".join(parts)


@dataclass(frozen=True)
class Table:
    """One declared table.

    Parameters
    ----------
    name
        Table name, also the usual file name.
    meaning
        One sentence for the data dictionary, marked for translation.
    columns
        In the order of the file.
    key
        File name of the column whose values identify a row; empty if rows have no identity of their own.
    geometry
        Shape of a geographic table. Point tables may give `lon` and `lat` columns instead of a geometry.
    one_of
        Groups of columns of which each row needs at least one.
    needs_rows
        Without any row there is nothing to study: an empty file is an error, elsewhere only a warning.
    label
        Name of its sheet in a workbook, at most 31 characters in every language, marked for translation.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: str = ""
    geometry: Shape | None = None
    one_of: tuple[tuple[str, ...], ...] = field(default=())
    needs_rows: bool = False
    label: str = ""

    @property
    def title(self) -> str:
        """A few words for people, in the language in use; the name where there are none."""
        return _(self.label) if self.label else self.name

    @property
    def code_key(self) -> str:
        """Name of the key column in the program."""
        return next((c.code_name for c in self.columns if c.name == self.key), "")

    def column(self, name: str) -> Column:
        """Return the column with a file name."""
        return next(c for c in self.columns if c.name == name)
