"""The long table of `geo matrix` as CSV, gzipped CSV or Parquet: row by row in one order, whole or not at all."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

import numpy as np
import numpy.typing as npt

from geo.errors import UsageError
from geo.language import gettext as _
from geo.tables.matrix import MATRIX
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_PARQUET: Final = ".parquet"
_GZIPPED: Final = ".csv.gz"
#: Ends of file names that can be written.
ENDINGS: Final = (".csv", _GZIPPED, _PARQUET)
#: Decimals of minutes: a millisecond is 0.0000167 minutes, so that five tell any two apart.
DECIMALS: Final = 5
_STEPS: Final = 10**DECIMALS


@dataclass(frozen=True, eq=False)
class Ends:
    """Origins or destinations.

    Parameters
    ----------
    ids : tuple of str
        Codes.
    snap_metres : float64 (n,)
        To the nearest road; infinite where there is none.
    """

    ids: tuple[str, ...]
    snap_metres: Floats


@dataclass(frozen=True, eq=False)
class Rows:
    """Some rows of the table.

    Parameters
    ----------
    origin, destination : int64 (n,)
        Positions among the ends.
    total, access, network, egress : int64 (n,)
        Milliseconds, the first being the sum of the others; `UNREACHABLE_MS` in `total` where there is no way.
    """

    origin: Ints
    destination: Ints
    total: Ints
    access: Ints
    network: Ints
    egress: Ints


class TableWriter(Protocol):
    """Writes a table to an open file."""

    def write(self, rows: Rows) -> None:
        """Add rows."""

    def close(self) -> None:
        """Write what is still to be written; the file stays open."""


def minutes_of(ms: Ints) -> Floats:
    """Return minutes with five decimals: the doubles nearest to these decimals, as any reader of CSV finds them."""
    return np.asarray((2 * _STEPS * ms + MS_PER_MINUTE) // (2 * MS_PER_MINUTE) / _STEPS)


def check_out(out: Path, inputs: Sequence[Path | None]) -> None:
    """Refuse names of files that cannot be written or must not be replaced.

    Raises
    ------
    UsageError
        If the ending is unknown, a folder or an input stands there, or Parquet cannot be written here.
    """
    if not out.name.lower().endswith(ENDINGS):
        text = _("--out: {path} has none of the endings {choices}.")
        raise UsageError(text.format(path=out, choices=", ".join(ENDINGS)))
    if out.is_dir():
        raise UsageError(_("--out: {path} is a folder. Name a file.").format(path=out))
    _check_way(out)
    if any(path is not None and path.exists() and out.exists() and out.samefile(path) for path in inputs):
        raise UsageError(_("--out: {path} is one of the files that are read. Name another file.").format(path=out))
    if out.name.lower().endswith(_PARQUET):
        try:
            import pyarrow as _pyarrow  # noqa: F401
        except ImportError as error:
            text = _("Parquet files need pyarrow: pip install '.[parquet]', or write {choices}.")
            raise UsageError(text.format(choices=", ".join(ENDINGS[:-1]))) from error


def _check_way(out: Path) -> None:
    """Say before anything is computed that nothing can be written there."""
    above = next(path for path in out.absolute().parents if path.exists())
    if not above.is_dir():
        raise UsageError(_("--out: {path} is a file, not a folder.").format(path=above))
    if not os.access(above, os.W_OK):
        raise UsageError(_("--out: no permission to write into {path}.").format(path=above))


@contextmanager
def table_writer(out: Path, origins: Ends, destinations: Ends) -> Iterator[TableWriter]:
    """Open a table to write. It gets its name only when all of it is there; an older one of that name stays until then.

    Raises
    ------
    UsageError
        If it cannot be written.
    """
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with _told(out):
            out.parent.mkdir(parents=True, exist_ok=True)
            file = part.open("wb")
        with file:
            writer = _writer(out, file, origins, destinations)
            try:
                yield writer
            finally:
                # Also after a failure: an open writer would write to the closed file when it is collected.
                with _told(out):
                    writer.close()
        with _told(out):
            part.replace(out)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in words why something could not be written."""
    try:
        yield
    except OSError as error:
        text = _("{path} could not be written: {reason}. Choose another file with --out, or run again.")
        raise UsageError(text.format(path=path, reason=error.strerror or str(error))) from error


def _writer(out: Path, file: BinaryIO, origins: Ends, destinations: Ends) -> TableWriter:
    name = out.name.lower()
    if name.endswith(_PARQUET):
        return _Parquet(out, file, origins, destinations)
    # No name and no time inside: the same table has the same bytes.
    text: Any = gzip.GzipFile("", "wb", 6, file, mtime=0) if name.endswith(_GZIPPED) else None
    return _Csv(out, text or file, origins, destinations, closes=text is not None)


class _Csv:
    """CSV as all tables of the program have it: UTF-8 with a byte-order mark."""

    def __init__(self, out: Path, file: Any, origins: Ends, destinations: Ends, *, closes: bool) -> None:
        self._out, self._file, self._closes = out, file, closes
        self._ids = [[_quoted(code) for code in ends.ids] for ends in (origins, destinations)]
        self._snaps = [_in_text(ends.snap_metres) for ends in (origins, destinations)]
        self._put("\ufeff" + ",".join(column.name for column in MATRIX.columns) + "\n")

    def _put(self, text: str) -> None:
        with _told(self._out):
            self._file.write(text.encode())

    def write(self, rows: Rows) -> None:
        """Add rows."""
        (origins, destinations), (begin, end) = self._ids, self._snaps
        minutes = [minutes_of(ms).tolist() for ms in (rows.total, rows.access, rows.network, rows.egress)]
        reached = (rows.total < UNREACHABLE_MS).tolist()
        lines = [
            f"{origins[i]},{destinations[j]},{total:.5f},{access:.5f},{network:.5f},{egress:.5f},{begin[i]},{end[j]}\n"
            if has_way
            else f"{origins[i]},{destinations[j]},,,,,{begin[i]},{end[j]}\n"
            for i, j, has_way, total, access, network, egress in zip(
                rows.origin.tolist(), rows.destination.tolist(), reached, *minutes, strict=True
            )
        ]
        self._put("".join(lines))

    def close(self) -> None:
        """Write what is still to be written."""
        if self._closes:
            self._file.close()


class _Parquet:
    """Parquet with text and double columns; missing values where CSV has blanks."""

    def __init__(self, out: Path, file: BinaryIO, origins: Ends, destinations: Ends) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        self._out, self._pa = out, pa
        self._ids = [pa.array(list(ends.ids), pa.string()) for ends in (origins, destinations)]
        self._snaps = [_decimetres(ends.snap_metres) for ends in (origins, destinations)]
        kinds = {"text": pa.string(), "number": pa.float64()}
        self._schema = pa.schema([(column.name, kinds[column.kind]) for column in MATRIX.columns])
        self._writer = parquet.ParquetWriter(file, self._schema, compression="zstd")

    def write(self, rows: Rows) -> None:
        """Add rows."""
        pa, ends = self._pa, (rows.origin, rows.destination)
        no_way = rows.total >= UNREACHABLE_MS
        parts = (rows.total, rows.access, rows.network, rows.egress)
        snaps = [values[at] for values, at in zip(self._snaps, ends, strict=True)]
        columns = [ids.take(pa.array(at)) for ids, at in zip(self._ids, ends, strict=True)]
        columns += [pa.array(minutes_of(ms), mask=no_way) for ms in parts]
        columns += [pa.array(values, mask=~np.isfinite(values)) for values in snaps]
        with _told(self._out):
            self._writer.write_table(pa.table(columns, schema=self._schema), row_group_size=len(no_way) or None)

    def close(self) -> None:
        """Write what is still to be written."""
        self._writer.close()


def _quoted(text: str) -> str:
    """Return a code as a CSV cell."""
    return '"' + text.replace('"', '""') + '"' if any(letter in text for letter in ',"\r\n') else text


def _decimetres(metres: Floats) -> Floats:
    """Return metres with one decimal: the doubles nearest to it."""
    return np.asarray(np.rint(metres * 10) / 10)


def _in_text(metres: Floats) -> list[str]:
    return [f"{value:.1f}" if np.isfinite(value) else "" for value in _decimetres(metres).tolist()]
