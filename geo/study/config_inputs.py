"""Inputs of a study that are no files: rows of a database, as the study file writes them."""

from __future__ import annotations

import difflib
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from geo.language import gettext as _
from geo.read.database import (
    MAX_ROWS,
    TIMEOUT_SECONDS,
    AddressError,
    DatabaseQuery,
    is_database_url,
    parse_address,
    split_query,
)
from geo.study.config_faults import inconsistent, words_of


class Database(BaseModel):
    """Instead of a file: `{ url = "postgresql://user@host/database", query = "SELECT ..." }` (docs/databases.md)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(description="Address without a password, which comes from GEO_DB_PASSWORD or ~/.pgpass")
    query: str = Field(default="", description="One SELECT; or end the address in ?table=NAME")
    max_rows: int = Field(default=MAX_ROWS, ge=1, description="More rows are an error")
    timeout_seconds: float = Field(default=TIMEOUT_SECONDS, gt=0, le=3600, description="Longest time of the query")


def _table_input(value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
    """Accept a file, or a database instead."""
    if isinstance(value, DatabaseQuery):
        return value
    if isinstance(value, dict):
        return _query(_checked(value), str(info.field_name))
    if isinstance(value, str) and is_database_url(value):
        return _query(Database(url=value), str(info.field_name))
    return handler(value)


def _file_only(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """Refuse a database, without repeating its address: it may hold a password."""
    if isinstance(value, dict) or (isinstance(value, str) and is_database_url(value)):
        raise inconsistent(_("This cannot come from a database."), _("Name a file."), ())
    return handler(value)


def _checked(value: dict[str, Any]) -> Database:
    try:
        return Database.model_validate(value)
    except ValidationError as error:
        item = error.errors()[0]
        key = str(item["loc"][0])
        if item["type"] == "extra_forbidden":
            near = difflib.get_close_matches(key, Database.model_fields, n=1, cutoff=0.5)
            remedy = (
                _("Did you mean {near}?").format(near=near[0])
                if near
                else _("Known keys here: {keys}.").format(keys=", ".join(Database.model_fields))
            )
            raise inconsistent(_("The key “{key}” is not known.").format(key=key), remedy, (key,)) from None
        raise inconsistent(*words_of(item), (key,)) from None


def _query(database: Database, field: str) -> DatabaseQuery:
    try:
        url, query = split_query(database.url)
        parse_address(url)
    except AddressError as error:
        message, remedy = error.args
        raise inconsistent(message, remedy, ("url",)) from None
    if bool(query) == bool(database.query.strip()):
        message = _("Two queries are given, in the address and as query.") if query else _("There is no query.")
        raise inconsistent(message, _('Write query = "SELECT ...", or end the address in ?table=NAME.'), ("query",))
    return DatabaseQuery(
        field, url.strip(), query or database.query.strip(), database.max_rows, database.timeout_seconds
    )


def _settings(value: str | None) -> Any:
    return value.settings if isinstance(value, DatabaseQuery) else value


#: A table or layer of a study: a file, or rows of a database.
TableInput = Annotated[str | None, WrapValidator(_table_input), PlainSerializer(_settings)]
FileInput = Annotated[str | None, WrapValidator(_file_only)]
