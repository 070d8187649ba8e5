"""What a study asks a database for: address and query, and the rows once they are read. Never a password."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import DataError
from geo.language import gettext as _
from geo.read.sources import sha256_of
from geo.tables.check import FILE_ROW

SCHEMES: Final = ("postgresql", "postgres")
SSL_MODES: Final = ("prefer", "disable", "require", "verify-full")
MAX_ROWS: Final = 1_000_000
TIMEOUT_SECONDS: Final = 60.0
_PORT: Final = 5432
_IS_URL: Final = re.compile(r"\s*postgres(ql)?(\+\w+)?:", re.IGNORECASE)
#: An order of the rows themselves: what stands in brackets orders windows and sums.
_ORDERED: Final = re.compile(r"\border\s+by\b[^)]*$", re.IGNORECASE)
_COMMENT: Final = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_IDENTIFIER: Final = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)?")


class AddressError(ValueError):
    """An address that cannot be used: `args` are message and remedy, neither with a part that may be a password."""


@dataclass(frozen=True)
class Address:
    """Where a database stands, and as whom it is read.

    Parameters
    ----------
    host, port
        Server; a host that begins with ``/`` is the folder of its Unix socket.
    database, user
        As the server knows them.
    ssl
        ``prefer`` takes TLS where the server offers it, ``require`` insists, ``verify-full`` checks the certificate.
    """

    host: str
    port: int
    database: str
    user: str
    ssl: str = "prefer"

    @property
    def shown(self) -> str:
        """The address in messages: user, server and database."""
        return f"{self.user}@{self.host}:{self.port}/{self.database}"


class DatabaseQuery(str):
    """An input that a database is asked for; as text it is the input's name in messages, e.g. ``roads (database)``.

    A text, so that whatever names inputs (findings, digests, what a row belongs to) names this one like any file.
    """

    url: str
    query: str
    max_rows: int
    timeout_seconds: float

    def __new__(  # noqa: D102 - see the class
        cls, key: str, url: str, query: str, max_rows: int = MAX_ROWS, timeout_seconds: float = TIMEOUT_SECONDS
    ) -> DatabaseQuery:
        self = super().__new__(cls, f"{key} (database)")
        self.url, self.query, self.max_rows, self.timeout_seconds = url, query, max_rows, timeout_seconds
        return self

    def __getnewargs__(self) -> tuple[str, str, str, int, float]:  # type: ignore[override]
        """Return what makes it again, for copies in other processes."""
        return self.removesuffix(" (database)"), self.url, self.query, self.max_rows, self.timeout_seconds

    @property
    def settings(self) -> dict[str, str | int | float]:
        """What the study file says, for the manifest."""
        names = ("url", "query", "max_rows", "timeout_seconds")
        return {name: getattr(self, name) for name in names}


class DatabaseTable:
    """The rows of a query, asked for once."""

    def __init__(self, query: DatabaseQuery) -> None:
        self.query = query

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The rows as `geo.read.tabular.read_raw` returns them; the first row is number 2, as in a file with a header.

        In the order of the query where it states one, otherwise sorted by all their values.

        Raises
        ------
        DataError
            If the database cannot be reached or refuses the query.
        """
        from geo.read.database_rows import read_rows

        return read_rows(self.query)

    @property
    def digest(self) -> str:
        """SHA-256 of the rows read, whatever their order; of nothing where they cannot be read."""
        try:
            frame = self.frame.drop(columns=FILE_ROW)
        except DataError:
            return hashlib.sha256().hexdigest()
        head = json.dumps([str(name) for name in frame.columns], ensure_ascii=False)
        return hashlib.sha256("\n".join([head, *sorted(_lines(frame))]).encode()).hexdigest()


#: Where an input stands: a file, or rows of a database.
Location = Path | DatabaseTable


def digest_of(location: Location) -> str:
    """Return the SHA-256 of a file's bytes, or of the rows that a database gave."""
    if isinstance(location, DatabaseTable):
        return location.digest
    return sha256_of(location)


def is_database_url(text: str) -> bool:
    """Return whether a text is meant as the address of a database, well-formed or not."""
    return _IS_URL.match(text) is not None


def split_query(url: str) -> tuple[str, str]:
    """Take the query off an address: ``?table=NAME``, or ``?query=SELECT ...`` as the last parameter.

    Returns
    -------
    tuple of str
        Address without it, and the query; empty where there is none.

    Raises
    ------
    AddressError
        If the name of the table is none.
    """
    base, mark, asked = url.partition("?")
    before, found, query = asked.partition("query=")
    if mark and found and (not before or before.endswith("&")):
        rest = before.rstrip("&")
        return f"{base}?{rest}" if rest else base, unquote(query).strip()
    pairs = [part for part in asked.split("&") if part]
    tables = [part.partition("=")[2] for part in pairs if part.startswith("table=")]
    if not tables:
        return url, ""
    table = unquote(tables[0])
    if not _IDENTIFIER.fullmatch(table):
        message = _("“{value}” is not the name of a table.").format(value=table)
        raise AddressError(message, _("Write schema.table, or give a query."))
    rest = "&".join(part for part in pairs if not part.startswith("table="))
    quoted = ".".join(f'"{part}"' for part in table.split("."))
    return f"{base}?{rest}" if rest else base, f"SELECT * FROM {quoted}"  # noqa: S608 - a plain identifier, see above


def parse_address(url: str) -> Address:
    """Return the parts of ``postgresql://user@host:5432/database``.

    Raises
    ------
    AddressError
        If a part is missing or wrong, or if it holds a password.
    """
    example = _("Write postgresql://user@host:5432/database.")
    try:
        parts = urlsplit(url.strip())
        port = parts.port or _PORT
    except ValueError:  # its text may repeat a part of the password
        raise AddressError(_("The address of the database cannot be understood."), example) from None
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.scheme.lower() not in SCHEMES:
        raise AddressError(_("Only postgresql:// databases can be read."), example)
    # An unescaped / or # in a password ends the host early, and what follows holds the @.
    stray = "@" in parts.path + parts.query + parts.fragment
    if parts.password is not None or stray or any("pass" in key.lower() for key in options):
        message = _("The address of the database holds a password.")
        remedy = _("Delete it here; give it in the environment variable GEO_DB_PASSWORD, or in ~/.pgpass.")
        raise AddressError(message, remedy)
    unknown = sorted(set(options) - {"host", "sslmode"})
    if unknown:
        message = _("The address has the parameter “{name}”, which is not known.").format(name=unknown[0])
        raise AddressError(message, _("Use one of: {choices}.").format(choices="table, query, sslmode, host"))
    ssl = options.get("sslmode", "prefer")
    if ssl not in SSL_MODES:
        message = _("“{value}” is not allowed here.").format(value=ssl)
        raise AddressError(message, _("Use one of: {choices}.").format(choices=", ".join(SSL_MODES)))
    host, database = options.get("host") or parts.hostname or "", unquote(parts.path.lstrip("/"))
    if not (host and database and parts.username):
        raise AddressError(_("The address names no user, no server or no database."), example)
    return Address(host, port, database, unquote(parts.username), ssl)


def in_stable_order(frame: pd.DataFrame, query: str) -> pd.DataFrame:
    """Give rows their numbers: in the order of a query, or sorted by all their values where it states none.

    So the same rows are the same table, in whichever order the server finds them.
    """
    if not _ORDERED.search(_COMMENT.sub(" ", query)):
        lines = list(_lines(frame))
        frame = frame.iloc[sorted(range(len(lines)), key=lines.__getitem__)].reset_index(drop=True)
    frame[FILE_ROW] = np.arange(2, len(frame) + 2, dtype=np.int64)
    return frame


def _lines(frame: pd.DataFrame) -> Iterator[str]:
    """Yield each row as one line of text that says the same for the same values."""
    columns = [
        shapely.to_wkb(frame[name].to_numpy(), hex=True, include_srid=True).tolist()
        if isinstance(frame[name], gpd.GeoSeries)
        else frame[name].tolist()
        for name in frame.columns
    ]
    for row in zip(*columns, strict=True):
        yield json.dumps([None if value is None else str(value) for value in row], ensure_ascii=False)
