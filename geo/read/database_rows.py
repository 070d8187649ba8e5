"""Ask PostgreSQL for rows: read-only, for a limited time, up to a number of rows; PostGIS through geopandas."""

from __future__ import annotations

import importlib
import socket
import ssl
import struct
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, Final, NoReturn

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.read.database import Address, DatabaseQuery, in_stable_order, parse_address
from geo.read.files import refusal
from geo.read.passwords import password_for

_CONNECT_SECONDS: Final = 10.0
#: How much longer than the server is given the program waits for it.
_GRACE_SECONDS: Final = 10.0
#: Names of the column with the geometry, where a query returns several.
_USUAL_NAMES: Final = ("geometry", "geom", "the_geom", "wkb_geometry")
#: Type bigint.
_LONG_NUMBER: Final = 20
#: SQLSTATE of PostgreSQL: query_canceled, and the class of failed logins.
_CANCELLED: Final = "57014"
_LOGIN: Final = "28"


def read_rows(query: DatabaseQuery) -> pd.DataFrame:
    """Return the rows of a query; a GeoDataFrame where a column is of PostGIS's types.

    Raises
    ------
    DataError
        If drivers are missing, the database cannot be reached, refuses the query, takes too long or returns more rows
        than allowed. No message holds a password.
    """
    alchemy, driver = _drivers(query)
    address = parse_address(query.url)
    engine = alchemy.create_engine(
        "postgresql+pg8000://", creator=lambda: _connect(driver, address, query), poolclass=alchemy.pool.NullPool
    )
    kinds = (alchemy.exc.SQLAlchemyError, pd.errors.DatabaseError, driver.Error, OSError)
    with _told(query, address, kinds), engine.connect() as connection:
        # The first statement of a transaction that is never committed: nothing after a query can turn it back.
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {round(query.timeout_seconds * 1000)}")
        columns, geometry = _columns(connection, query)
        frame = _fetch(connection, columns, geometry, query)
    if len(frame) > query.max_rows:
        message = _("The query returns more than {n} rows.").format(n=query.max_rows)
        remedy = _("Narrow it down with WHERE, or raise max_rows in the study file.")
        raise refusal(query, "database-rows", message, remedy)
    frame = in_stable_order(_with_plain_numbers(frame), query.query)
    if isinstance(frame, gpd.GeoDataFrame):
        _check_crs(frame, query)
    return frame


def _drivers(query: DatabaseQuery) -> tuple[Any, Any]:
    try:
        return importlib.import_module("sqlalchemy"), importlib.import_module("pg8000.dbapi")
    except ImportError as error:
        message = _("Reading a database needs two more packages, SQLAlchemy and pg8000.")
        remedy = _("Install them: pip install 'geo-placement[database]'.")
        raise refusal(query, "database-driver", message, remedy) from error


def _connect(driver: Any, address: Address, query: DatabaseQuery) -> Any:
    """Return a connection; the password goes from the environment to the server and is kept nowhere."""
    link = _reach(address)
    link.settimeout(query.timeout_seconds + _GRACE_SECONDS)
    try:
        return driver.connect(
            user=address.user,
            password=password_for(address) or "",
            database=address.database,
            host=address.host,
            sock=link,
            ssl_context=False if address.host.startswith("/") else _ssl(address),
            application_name="geo",
        )
    except (AttributeError, IndexError, KeyError, ValueError, struct.error) as error:
        link.close()
        raise ConnectionError(_("it does not answer like PostgreSQL")) from error
    except BaseException:
        link.close()
        raise


def _reach(address: Address) -> socket.socket:
    try:
        if not address.host.startswith("/"):
            return socket.create_connection((address.host, address.port), _CONNECT_SECONDS)
        link = socket.socket(getattr(socket, "AF_UNIX", socket.AF_INET))
        link.settimeout(_CONNECT_SECONDS)
        link.connect(f"{address.host}/.s.PGSQL.{address.port}")
    except TimeoutError:
        raise ConnectionError(_("no answer within {n} s").format(n=f"{_CONNECT_SECONDS:g}")) from None
    return link


def _ssl(address: Address) -> Any:
    """Return what pg8000 takes as `ssl_context`: None = where offered, True = always, a context = checked."""
    if address.ssl == "verify-full":
        return ssl.create_default_context()
    return {"prefer": None, "disable": False, "require": True}[address.ssl]


def _columns(connection: Any, query: DatabaseQuery) -> tuple[list[str], str | None]:
    """Return the columns to select, and the name of the one with the geometry.

    The query is parsed as one prepared statement, so that the server refuses several in one.
    """
    driver = connection.connection.driver_connection
    described = driver.execute_unnamed(f"{_wrapped('*', query)} LIMIT 0")
    types = {str(column["name"]): int(column["type_oid"]) for column in described.columns}
    if len(types) < len(described.columns):
        names = [str(column["name"]) for column in described.columns]
        message = _("The column {name} stands twice.").format(name=next(n for n in names if names.count(n) > 1))
        raise refusal(query, "repeated-column", message, _("Name the columns in the query, each once."))
    spatial = _spatial(connection, types)
    geometry = _chosen(list(spatial), query) if spatial else None
    selected = []
    for name, oid in types.items():
        if name == geometry:
            # Heights are not used, and GEOS knows no curves: both are drawn as what the program computes with.
            postgis = _quoted(spatial[name])
            flat = f"{postgis}.ST_Force2D({_quoted(name)}::{postgis}.geometry)"
            selected.append(f"{postgis}.ST_CurveToLine({flat}) AS {_quoted(name)}")
        elif name not in spatial:
            # As text they keep all their digits; pandas makes floats of whole numbers where some are missing.
            selected.append(f"{_quoted(name)}::text" if oid == _LONG_NUMBER else _quoted(name))
    return selected, geometry


def _spatial(connection: Any, types: Mapping[str, int]) -> dict[str, str]:
    """Return the columns of PostGIS's types, each with the schema that PostGIS stands in."""
    listed = ", ".join(str(oid) for oid in sorted(set(types.values()))) or "0"
    found = connection.exec_driver_sql(
        "SELECT t.oid, n.nspname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace "  # noqa: S608 - numbers
        f"WHERE t.typname IN ('geometry', 'geography') AND t.oid IN ({listed})"
    )
    schemas = {int(oid): str(schema) for oid, schema in found.all()}
    return {name: schemas[oid] for name, oid in types.items() if oid in schemas}


def _chosen(names: list[str], query: DatabaseQuery) -> str:
    """Return the column with the geometry: the only one, or the one of a usual name."""
    found = names if len(names) == 1 else [name for name in _USUAL_NAMES if name in names]
    if not found:
        message = _("The query returns several geometries: {names}.").format(names=", ".join(names))
        raise refusal(query, "several-geometries", message, _("Select one of them."))
    return found[0]


def _wrapped(columns: str, query: DatabaseQuery) -> str:
    """Return the query as a table of its own; on lines of its own, since it may end in a comment."""
    own = query.query.strip().rstrip(";")
    return f"SELECT {columns} FROM (\n{own}\n) AS geo_rows"  # noqa: S608 - the planner's own query, run read-only


def _fetch(connection: Any, columns: Sequence[str], geometry: str | None, query: DatabaseQuery) -> pd.DataFrame:
    """Return the rows, one more than allowed where there are more."""
    text = f"{_wrapped(', '.join(columns) or '*', query)} LIMIT {query.max_rows + 1}"
    if geometry is None:
        plain: pd.DataFrame = pd.read_sql_query(text, connection, coerce_float=False)
        return plain
    with warnings.catch_warnings():
        # geopandas warns where the server does not say what an SRID means; `_check_crs` makes an error of it.
        warnings.simplefilter("ignore", UserWarning)
        try:
            frame = gpd.read_postgis(text, connection, geom_col=geometry, coerce_float=False)
        except shapely.errors.GEOSException as error:
            message = _("A geometry cannot be read: {reason}.").format(reason=error)
            remedy = _("Select points, lines and polygons only, e.g. WHERE ST_GeometryType(geom) = 'ST_LineString'.")
            raise refusal(query, "unreadable-geometry", message, remedy) from error
        except pyproj.exceptions.CRSError as error:
            raise _unknown_crs(query) from error
    named: pd.DataFrame = frame if geometry == "geometry" else frame.rename_geometry("geometry")
    return named


def _with_plain_numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows in which a number of type numeric is a whole number where it is one: 1250.000 is 1250, not a text."""
    objects = [name for name in frame.columns if frame[name].dtype == object]
    plain = {name: pd.Series(list(map(_plain_number, frame[name])), frame.index, dtype=object) for name in objects}
    return frame.assign(**plain)


def _plain_number(value: Any) -> Any:
    if not isinstance(value, Decimal):
        return value
    if not value.is_finite():
        return str(value)
    return int(value) if value == value.to_integral_value() else value


def _check_crs(frame: gpd.GeoDataFrame, query: DatabaseQuery) -> None:
    """Refuse rows in several reference systems; geopandas takes that of the first row for all."""
    drawn = np.flatnonzero(~shapely.is_missing(frame.geometry.to_numpy()))
    numbers, firsts = np.unique(shapely.get_srid(frame.geometry.to_numpy())[drawn], return_index=True)
    if len(numbers) > 1:
        message = _("The rows are in several reference systems: SRID {numbers}.").format(
            numbers=", ".join(map(str, numbers.tolist()))
        )
        remedy = _("Use ST_Transform in the query, e.g. to 4326.")
        row = int(drawn[firsts.max()]) + 2
        raise DataError([Fault(query, row, "geometry", "mixed-crs", message, remedy)])
    if len(numbers) and numbers[0] and frame.crs is None:
        raise _unknown_crs(query)


def _unknown_crs(query: DatabaseQuery) -> DataError:
    message = _("The server does not say what the SRID of the geometries means.")
    return refusal(query, "unknown-crs", message, _("Use ST_Transform in the query, e.g. to 4326."))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def _told(query: DatabaseQuery, address: Address, kinds: tuple[type[Exception], ...]) -> Iterator[None]:
    """Turn what drivers raise into one error of the input, without the password and the statement."""
    try:
        yield
    except kinds as error:
        _raise(query, address, error)
    except UnicodeDecodeError as error:
        raise refusal(
            query,
            "database-query",
            _("The database holds text in an encoding that is not its own."),
            _("Set its encoding right, or convert the text in the query (convert_from)."),
        ) from error


def _raise(query: DatabaseQuery, address: Address, error: BaseException) -> NoReturn:
    state, reason = _reason(error)
    password = password_for(address)
    if password is not None and len(password) > 2:
        reason = reason.replace(password, "***")
    if state == _CANCELLED or isinstance(_origin(error), TimeoutError):
        message = _("The database did not answer within {seconds} seconds.").format(
            seconds=f"{query.timeout_seconds:g}"
        )
        remedy = _("Make the query faster, or raise timeout_seconds in the study file.")
        raise refusal(query, "database-time", message, remedy) from None
    if state.startswith(_LOGIN) or (not state and password is None and "password" in reason):
        message = _("The database {address} does not let the user in: {reason}.").format(
            address=address.shown, reason=reason
        )
        remedy = _("Set the environment variable GEO_DB_PASSWORD, or write the password into ~/.pgpass.")
        raise refusal(query, "database-password", message, remedy) from None
    if not state:
        message = _("The database {address} cannot be reached: {reason}.").format(address=address.shown, reason=reason)
        raise refusal(query, "database-connection", message, _("Check the address and the network.")) from None
    message = _("The database refuses the query: {reason}.").format(reason=reason)
    remedy = _("Try it in psql as the same user; it must be one SELECT, which changes nothing.")
    raise refusal(query, "database-query", message, remedy) from None


def _origin(error: BaseException) -> BaseException:
    """Return the first exception of a chain: what the server or the system said."""
    while error.__cause__ is not None or getattr(error, "orig", None) is not None:
        error = getattr(error, "orig", None) or error.__cause__ or error
    return error


def _reason(error: BaseException) -> tuple[str, str]:
    """Return the SQLSTATE, empty where the server said nothing, and the reason in one line."""
    origin = _origin(error)
    said = origin.args[0] if origin.args else ""
    if isinstance(said, dict):
        return str(said.get("C", "")) or "XX000", " ".join(str(said.get("M", "")).split())
    text = getattr(origin, "strerror", None) or str(origin) or type(origin).__name__
    return "", " ".join(str(text).split()).rstrip(".")
