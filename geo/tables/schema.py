"""What a declared table is: columns with name, kind, unit, rule and meaning."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "integer", "number", "boolean"]
Shape = Literal["Point", "LineString", "Polygon"]


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
        One sentence for the data dictionary.
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

    @property
    def code_name(self) -> str:
        """Name in the program."""
        return self.code or self.name

    @property
    def rule(self) -> str:
        """The column's rule in words, for the data dictionary."""
        parts = []
        if self.required:
            parts.append("required" + (", blank = unknown" if self.unknown else ""))
        if self.choices:
            parts.append(" | ".join(self.choices))
        if self.low is not None and self.high is not None:
            parts.append(f"{self.low:g} to {self.high:g}")
        elif self.low is not None:
            parts.append(f"at least {self.low:g}")
        elif self.high is not None:
            parts.append(f"at most {self.high:g}")
        if self.default is not None:
            parts.append(f"default {str(self.default).lower()}")
        return "; ".join(parts)


@dataclass(frozen=True)
class Table:
    """One declared table.

    Parameters
    ----------
    name
        Table name, also the usual file name.
    meaning
        One sentence for the data dictionary.
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
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: str = ""
    geometry: Shape | None = None
    one_of: tuple[tuple[str, ...], ...] = field(default=())
    needs_rows: bool = False

    @property
    def code_key(self) -> str:
        """Name of the key column in the program."""
        return next((c.code_name for c in self.columns if c.name == self.key), "")

    def column(self, name: str) -> Column:
        """Return the column with a file name."""
        return next(c for c in self.columns if c.name == name)
