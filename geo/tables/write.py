"""Checked tables back under their file names: what `check` reads of them is the same table again."""

from __future__ import annotations

import pandas as pd

from geo.tables.schema import Column, Table


def as_file(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a checked table as a file holds them.

    Parameters
    ----------
    table
        Declaration.
    frame
        Rows under the program's names, as `geo.tables.check.check` returns them.

    Returns
    -------
    DataFrame
        The declared columns under file names, in the order of the declaration, units as in files. Columns without any
        value are left out, unless they are required or may give the position. The index is plain. The geometry is not
        carried over: a layer gets it where it is written.
    """
    columns = {
        column.name: _as_file(column, frame[column.code_name])
        for column in table.columns
        if column.code_name in frame.columns
    }
    kept = {
        name: values
        for name, values in columns.items()
        if table.column(name).required or name in {"lon", "lat"} or not _says_nothing(table.column(name), values)
    }
    return pd.DataFrame(kept).reset_index(drop=True)


def _as_file(column: Column, values: pd.Series) -> pd.Series:
    """Return one column in the unit of the file."""
    if column.kind == "number" and column.factor != 1:
        return values / column.factor
    return values


def _says_nothing(column: Column, values: pd.Series) -> bool:
    """Return whether reading the file without the column gives the same values."""
    if column.default is None:
        return bool(values.isna().all())
    return bool((values.isna() | (values == column.default)).all())
