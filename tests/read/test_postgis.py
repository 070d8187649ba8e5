"""Rows of a real PostGIS: types, reference systems, limits, and that nothing is written or given away."""

from __future__ import annotations

import logging
import socket
import threading
import traceback
from decimal import Decimal

import pytest
import shapely

from geo.errors import DataError
from geo.read.database import DatabaseQuery, DatabaseTable
from geo.read.settlements import read_settlements
from tests.postgis import PASSWORD, Cluster

pytestmark = pytest.mark.xdist_group("postgis")
PLACES = """
CREATE TABLE {name} (
    settlement_id bigint, name_ru text, pop_total numeric, spare boolean, seen date, geom geometry(PointZ, 32642)
);
INSERT INTO {name} VALUES
    (123456789012345678, 'Ақкөл', 1250, NULL, '2024-09-01', ST_Transform('SRID=4326;POINT Z (70 50 300)', 32642)),
    (123456789012345679, '=cmd|''x''', NULL, true, NULL, ST_Transform('SRID=4326;POINT Z (70.5 50 300)', 32642)),
    (NULL, 'Без кода', 10, false, NULL, NULL);
"""


@pytest.fixture(autouse=True)
def password(monkeypatch):
    monkeypatch.setenv("GEO_DB_PASSWORD", PASSWORD)


@pytest.fixture(scope="module")
def server(postgis: Cluster) -> Cluster:
    postgis.sql(PLACES.format(name="places"))
    return postgis


def ask(server: Cluster, query: str, **limits: float) -> DatabaseTable:
    return DatabaseTable(DatabaseQuery("settlements", server.url, query, **limits))


def refused(table: DatabaseTable) -> DataError:
    with pytest.raises(DataError) as caught:
        _frame = table.frame
    return caught.value


def test_rows_come_as_they_are(server):
    frame = ask(server, "SELECT * FROM places ORDER BY settlement_id DESC NULLS LAST").frame
    assert frame["settlement_id"].tolist()[:2] == ["123456789012345679", "123456789012345678"]
    assert frame["name_ru"].tolist() == ["=cmd|'x'", "Ақкөл", "Без кода"]
    assert frame["file_row"].tolist() == [2, 3, 4]
    assert frame["spare"].tolist() == [True, None, False]
    assert frame.crs.to_epsg() == 32642
    assert frame.geometry.iloc[2] is None
    assert not frame.geometry.has_z.any()
    assert shapely.distance(frame.to_crs(4326).geometry.iloc[1], shapely.Point(70, 50)) < 1e-6


def test_they_are_checked_like_those_of_a_file(server):
    query = "SELECT *, 2024 AS pop_year, 'stat' AS pop_source FROM places ORDER BY settlement_id"
    frame, faults = read_settlements(ask(server, query), "settlements (database)")
    assert frame.index.tolist() == ["123456789012345678", "123456789012345679"]
    assert frame["lon"].round(6).tolist() == [70.0, 70.5]
    blank = [fault for fault in faults if fault.code == "blank-value" and fault.column == "settlement_id"]
    assert [str(fault).partition(":")[0] for fault in blank] == ["settlements (database), row 4, column settlement_id"]


def test_a_number_with_noughts_after_its_point_is_no_text(server):
    values = "(VALUES ('a', 1250.000::numeric(12, 3)), ('b', 2.500::numeric(12, 3)), ('c', NULL)) AS t (id, n)"
    frame = ask(server, f"SELECT * FROM {values} ORDER BY id").frame
    assert frame["n"].tolist() == [1250, Decimal("2.500"), None]
    query = (
        f"SELECT id AS settlement_id, id AS name_en, n AS pop_total, 70 + n / 10000 AS lon, 50 AS lat FROM {values} "
        "WHERE n > 100 ORDER BY id"
    )
    places, faults = read_settlements(ask(server, query), "settlements (database)")
    assert places["population_persons"].tolist() == [1250]
    assert "ambiguous-thousands" not in {fault.code for fault in faults}


def test_the_digest_is_that_of_the_rows_whatever_their_order(server):
    up, down = (ask(server, f"SELECT * FROM places ORDER BY pop_total {way}").digest for way in ("ASC", "DESC"))
    assert up == down
    assert ask(server, "SELECT * FROM places WHERE pop_total > 100").digest != up


def test_rows_without_an_order_are_sorted(server):
    back = ask(server, "SELECT v FROM (VALUES (3), (1), (2)) AS t (v)").frame["v"].tolist()
    assert back == [1, 2, 3]
    assert ask(server, "SELECT v FROM (VALUES (3), (1), (2)) AS t (v) order\n by v DESC").frame["v"].tolist() == [
        3,
        2,
        1,
    ]


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM places",
        "WITH gone AS (DELETE FROM places RETURNING *) SELECT * FROM gone",
        "SELECT 1; DELETE FROM places",
        "SELECT 1) AS a; COMMIT; DELETE FROM places; SELECT * FROM (SELECT 1",
        "SELECT set_config('transaction_read_only', 'off', false), 3 AS b",
        "SELECT nextval('counter')",
        "",
    ],
)
def test_nothing_can_be_written(server, query):
    server.sql("CREATE SEQUENCE IF NOT EXISTS counter; GRANT ALL ON SEQUENCE counter TO reader")
    error = refused(ask(server, query))
    assert [fault.code for fault in error.faults] == ["database-query"]
    assert server.sql("SELECT count(*) FROM places") == "3"


def test_what_a_read_only_transaction_lets_through_is_rolled_back(server):
    assert len(ask(server, "SELECT lo_create(0) AS made").frame) == 1
    assert server.sql("SELECT count(*) FROM pg_largeobject_metadata") == "0"


def test_time_and_rows_are_limited(server):
    slow = refused(ask(server, "SELECT pg_sleep(60)", timeout_seconds=0.2))
    assert [fault.code for fault in slow.faults] == ["database-time"]
    many = refused(ask(server, "SELECT * FROM generate_series(1, 1000)", max_rows=10))
    assert [fault.code for fault in many.faults] == ["database-rows"]
    assert len(ask(server, "SELECT * FROM places", max_rows=3).frame) == 3


def test_percent_signs_and_colons_in_a_query_mean_what_they_mean_in_psql(server):
    query = "SELECT name_ru FROM places WHERE name_ru LIKE 'А%' AND 7 % 4 = 3 AND ':x' <> 'a:b' -- the end;"
    assert ask(server, query).frame["name_ru"].tolist() == ["Ақкөл"]


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ("'SRID=4326;CIRCULARSTRING(0 0, 1 1, 2 0)'::geometry", "LineString"),
        ("'SRID=4326;CURVEPOLYGON(CIRCULARSTRING(0 0, 2 0, 2 2, 0 2, 0 0))'::geometry", "Polygon"),
        ("'SRID=4326;MULTIPOINT ZM ((0 0 1 2))'::geography", "MultiPoint"),
        ("'SRID=4326;POLYGON EMPTY'::geometry", "Polygon"),
    ],
)
def test_curves_heights_and_geographies_become_plain_shapes(server, shape, kind):
    frame = ask(server, f"SELECT 1 AS a, {shape} AS shape").frame
    assert frame.geom_type.tolist() == [kind]
    assert frame.active_geometry_name == "geometry"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT ST_SetSRID(ST_Point(1, 2), 900000) AS geom", "unknown-crs"),
        ("SELECT ST_SetSRID(ST_Point(1, 2), s) AS geom FROM (VALUES (4326), (0)) AS v (s)", "mixed-crs"),
        ("SELECT ST_Point(1, 2) AS a, ST_Point(1, 2) AS b", "several-geometries"),
        ("SELECT 1 AS a, 2 AS a", "repeated-column"),
        ("SELECT 'SRID=4326;TIN(((0 0 0, 0 0 1, 0 1 0, 0 0 0)))'::geometry AS geom", "unreadable-geometry"),
        ("SELECT * FROM nowhere", "database-query"),
    ],
)
def test_odd_results_are_one_error_each(server, query, code):
    assert [fault.code for fault in refused(ask(server, query)).faults] == [code]


def test_srid_0_is_a_layer_without_reference_system(server):
    table = ask(server, "SELECT 'a' AS settlement_id, 'A' AS name_en, 5 AS pop_total, ST_Point(70, 50) AS geom")
    assert table.frame.crs is None
    assert "no-crs" in [fault.code for fault in read_settlements(table, "settlements (database)")[1]]


def test_wrong_passwords_and_addresses_are_told_without_the_password(server, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("GEO_DB_PASSWORD", "wrong-Geheim")
    wrong = refused(ask(server, "SELECT 1"))
    monkeypatch.delenv("GEO_DB_PASSWORD")
    monkeypatch.setenv("PGPASSFILE", "/nowhere")
    none = refused(ask(server, "SELECT 1"))
    assert {fault.code for error in (wrong, none) for fault in error.faults} == {"database-password"}
    monkeypatch.setenv("GEO_DB_PASSWORD", "wrong-Geheim")
    closed = refused(DatabaseTable(DatabaseQuery("roads", "postgresql://r@127.0.0.1:1/geo", "SELECT 1")))
    assert [fault.code for fault in closed.faults] == ["database-connection"]
    told = "".join(text for error in (wrong, none, closed) for text in traceback.format_exception(error))
    assert "Geheim" not in told + caplog.text


def test_a_server_that_speaks_something_else_is_one_error(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            for _connection in range(1):
                link, _from = listening.accept()
                link.recv(100)
                link.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 10)
                link.close()

        thread = threading.Thread(target=answer)
        thread.start()
        url = f"postgresql://r@127.0.0.1:{listening.getsockname()[1]}/geo"
        error = refused(DatabaseTable(DatabaseQuery("roads", url, "SELECT 1")))
        thread.join()
    assert [fault.code for fault in error.faults] == ["database-connection"]
