"""Addresses, passwords and names of database inputs: all that needs no server."""

from __future__ import annotations

import os
import pickle
import sys

import geopandas as gpd
import pytest

from geo.errors import DataError
from geo.read.database import (
    AddressError,
    DatabaseQuery,
    DatabaseTable,
    in_stable_order,
    parse_address,
    split_query,
)
from geo.read.passwords import password_for

ADDRESS = parse_address("postgresql://reader@db.example:5433/geo")


@pytest.fixture(autouse=True)
def no_passwords(monkeypatch, tmp_path):
    for name in ("GEO_DB_PASSWORD", "PGPASSWORD", "PGPASSFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def test_an_address_has_its_parts():
    assert (ADDRESS.host, ADDRESS.port, ADDRESS.database, ADDRESS.user) == ("db.example", 5433, "geo", "reader")
    assert ADDRESS.shown == "reader@db.example:5433/geo"
    assert parse_address("postgres://r%40x@[::1]/my%20geo").user == "r@x"
    assert parse_address("postgresql://r@/geo?host=/var/run/postgresql").host == "/var/run/postgresql"
    assert parse_address("postgresql://r@h/geo?sslmode=verify-full").ssl == "verify-full"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://reader:S3cret@db.example/geo",
        "postgresql://reader:@db.example/geo",
        "postgresql://reader:S3/cret@db.example/geo",
        "postgresql://reader:S3#cret@db.example/geo",
        "postgresql://reader:S3?cret@db.example/geo",
        "postgresql://reader@db.example/geo?password=S3cret",
        "postgresql://reader@db.example/geo?sslpassword=S3cret",
        "postgresql://reader:S3cret@db.example:port/geo",
        "postgresql://S3cret@[db.example/geo",
    ],
)
def test_a_password_in_an_address_is_refused_and_never_repeated(url):
    with pytest.raises(AddressError) as caught:
        parse_address(url)
    assert "cret" not in " ".join(caught.value.args)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("postgresql://db.example/geo", "no user"),
        ("postgresql://reader@db.example", "no database"),
        ("postgresql://reader@/geo", "no server"),
        ("mysql://reader@db.example/geo", "Only postgresql"),
        ("postgresql+asyncpg://reader@db.example/geo", "Only postgresql"),
        ("postgresql://reader@db.example/geo?options=-c", "options"),
        ("postgresql://reader@db.example/geo?sslmode=maybe", "maybe"),
    ],
)
def test_what_is_wrong_with_an_address_is_said(url, part):
    with pytest.raises(AddressError, match=part):
        parse_address(url)


def test_a_query_may_stand_in_the_address():
    base = "postgresql://r@h/geo"
    assert split_query(base) == (base, "")
    assert split_query(f"{base}?table=geo.roads") == (base, 'SELECT * FROM "geo"."roads"')
    assert split_query(f"{base}?table=roads&sslmode=require") == (f"{base}?sslmode=require", 'SELECT * FROM "roads"')
    assert split_query(f"{base}?sslmode=require&query=SELECT a+1 FROM b WHERE c = 'd&e' AND f LIKE 'G%25'") == (
        f"{base}?sslmode=require",
        "SELECT a+1 FROM b WHERE c = 'd&e' AND f LIKE 'G%'",
    )
    with pytest.raises(AddressError, match="not the name of a table"):
        split_query(f"{base}?table=roads; DROP TABLE roads")


def test_the_password_comes_from_the_environment_first(monkeypatch, tmp_path):
    assert password_for(ADDRESS) is None
    (tmp_path / ".pgpass").write_text(
        "# *:*:*:*:comment\nother:5433:geo:reader:no\ndb.example:*:geo:reader:a\\:b\\\\c\n*:*:*:*:late\n", "utf-8"
    )
    (tmp_path / ".pgpass").chmod(0o600)
    assert password_for(ADDRESS) == r"a:b\c"
    monkeypatch.setenv("PGPASSWORD", "second")
    assert password_for(ADDRESS) == "second"
    monkeypatch.setenv("GEO_DB_PASSWORD", "first")
    assert password_for(ADDRESS) == "first"


@pytest.mark.skipif(os.name != "posix", reason="permissions of files are POSIX's")
def test_a_password_file_that_others_may_read_is_not_used(tmp_path):
    (tmp_path / ".pgpass").write_text("*:*:*:*:open secret\n", "utf-8")
    (tmp_path / ".pgpass").chmod(0o644)
    assert password_for(ADDRESS) is None


def test_a_query_is_a_name_that_survives_the_way_to_other_processes():
    query = DatabaseQuery("roads", "postgresql://r@h/geo", "SELECT 1", 7, 3.0)
    assert query == "roads (database)"
    again = pickle.loads(pickle.dumps(query))
    assert again == query
    assert again.settings == query.settings
    assert again.settings["max_rows"] == 7


def test_without_the_drivers_one_sentence_says_how_to_get_them(monkeypatch):
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    table = DatabaseTable(DatabaseQuery("roads", "postgresql://r@h/geo", "SELECT 1"))
    with pytest.raises(DataError, match=r"pip install 'geo-placement\[database\]'") as caught:
        _frame = table.frame
    assert [fault.code for fault in caught.value.faults] == ["database-driver"]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("SELECT a FROM t ORDER BY a DESC", True),
        ("SELECT a, row_number() OVER (ORDER BY a) FROM t", False),
        ("SELECT a FROM t -- order by a", False),
        ("SELECT a FROM t", False),
    ],
)
def test_only_an_order_of_the_rows_themselves_is_kept(query, kept):
    frame = gpd.GeoDataFrame({"a": [2, 1]}, geometry=[None, None])
    assert in_stable_order(frame, query)["a"].tolist() == ([2, 1] if kept else [1, 2])
