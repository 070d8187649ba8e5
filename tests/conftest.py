from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from geo.language import using

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bundled import Bundled, PrepareBundled, RunBundled
    from tests.postgis import Cluster

#: Tests read English, whatever the machine speaks.
os.environ["GEO_LANG"] = "en"
#: Nothing that tests make is kept between runs.
os.environ["GEO_CACHE"] = ""

# Shared machines are slow at times, and a failure must come again when it is looked for.
settings.register_profile("suite", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("suite")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

#: A hamlet of one crossroads. Roads: w1 crosses w2 at node 2; w3 is a winter track with a ford on node 5; w4 lost a
#: node; w5 is a footpath; w6 is private; w7 is a ferry. Places: Ақкөл (node) inside its own outline
#: w20; a named locality.
TINY_OSM = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="hand">
 <node id="1" lat="50.0000000" lon="70.0000000"/>
 <node id="2" lat="50.0000000" lon="70.0100001"/>
 <node id="3" lat="50.0000000" lon="70.0200000"/>
 <node id="4" lat="50.0100000" lon="70.0100000"/>
 <node id="5" lat="49.9900000" lon="70.0100000"><tag k="ford" v="yes"/></node>
 <node id="6" lat="49.9800000" lon="70.0100000"/>
 <node id="7" lat="50.0300000" lon="70.0000000"/>
 <node id="8" lat="50.0300000" lon="70.0100000"/>
 <node id="9" lat="50.0300000" lon="70.0300000"/>
 <node id="10" lat="50.0300000" lon="70.0400000"/>
 <node id="21" lat="49.9950000" lon="70.0050000"/>
 <node id="22" lat="49.9950000" lon="70.0150000"/>
 <node id="23" lat="50.0050000" lon="70.0150000"/>
 <node id="24" lat="50.0050000" lon="70.0050000"/>
 <node id="31" lat="50.0010000" lon="70.0110000"/>
 <node id="32" lat="50.0010000" lon="70.0120000"/>
 <node id="33" lat="50.0020000" lon="70.0120000"/>
 <node id="34" lat="50.0020000" lon="70.0110000"/>
 <node id="41" lat="50.0001000" lon="70.0101000"/>
 <node id="42" lat="50.0001000" lon="70.0102000"/>
 <node id="43" lat="50.0002000" lon="70.0102000"/>
 <node id="44" lat="50.0002000" lon="70.0101000"/>
 <node id="50" lat="50.0000000" lon="70.0110000">
  <tag k="place" v="village"/><tag k="name" v="Ақкөл"/><tag k="name:ru" v="Акколь"/>
  <tag k="population" v="1 200"/><tag k="population:date" v="2021-10-01"/></node>
 <node id="51" lat="50.0300000" lon="70.0050000"><tag k="place" v="isolated_dwelling"/></node>
 <node id="52" lat="50.0400000" lon="70.0050000"><tag k="place" v="locality"/><tag k="name" v="Сор"/></node>
 <node id="60" lat="50.0015000" lon="70.0115000"><tag k="amenity" v="school"/><tag k="name" v="№1 мектеп"/></node>
 <node id="61" lat="50.0100000" lon="70.0100000"><tag k="amenity" v="clinic"/><tag k="name" v="Мешіт Нұр"/></node>
 <node id="62" lat="50.0200000" lon="70.0100000"><tag k="healthcare" v="centre"/><tag k="name" v="ФАП"/></node>
 <way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/>
  <tag k="highway" v="secondary"/><tag k="surface" v="asphalt"/><tag k="maxspeed" v="50 km/h"/></way>
 <way id="2"><nd ref="4"/><nd ref="2"/>
  <tag k="highway" v="residential"/><tag k="oneway" v="-1"/></way>
 <way id="3"><nd ref="2"/><nd ref="5"/><nd ref="6"/>
  <tag k="highway" v="track"/><tag k="tracktype" v="grade4"/><tag k="seasonal" v="winter"/></way>
 <way id="4"><nd ref="7"/><nd ref="8"/><nd ref="99"/><nd ref="9"/><nd ref="10"/>
  <tag k="highway" v="unclassified"/><tag k="surface" v="moon_dust"/></way>
 <way id="5"><nd ref="4"/><nd ref="7"/><tag k="highway" v="path"/></way>
 <way id="6"><nd ref="4"/><nd ref="8"/><tag k="highway" v="service"/><tag k="access" v="private"/></way>
 <way id="7"><nd ref="3"/><nd ref="10"/><tag k="route" v="ferry"/><tag k="duration" v="00:45"/></way>
 <way id="20"><nd ref="21"/><nd ref="22"/><nd ref="23"/><nd ref="24"/><nd ref="21"/>
  <tag k="place" v="village"/><tag k="name" v="Акколь"/></way>
 <way id="30"><nd ref="31"/><nd ref="32"/><nd ref="33"/><nd ref="34"/><nd ref="31"/>
  <tag k="amenity" v="school"/><tag k="name" v="№ 1 мектеп"/></way>
 <way id="40"><nd ref="41"/><nd ref="42"/><nd ref="43"/><nd ref="44"/><nd ref="41"/><tag k="building" v="yes"/></way>
 <way id="41"><nd ref="41"/><nd ref="42"/><nd ref="43"/><nd ref="44"/><nd ref="41"/><tag k="building" v="garage"/></way>
 <way id="42"><nd ref="31"/><nd ref="32"/><nd ref="33"/><nd ref="34"/><nd ref="31"/><tag k="natural" v="water"/></way>
 <relation id="70"><member type="way" ref="20" role="outer"/>
  <tag k="type" v="boundary"/><tag k="boundary" v="administrative"/><tag k="admin_level" v="8"/>
  <tag k="name" v="Ақкөл ауылдық округі"/></relation>
 <relation id="71"><member type="way" ref="777" role="outer"/>
  <tag k="type" v="boundary"/><tag k="boundary" v="administrative"/><tag k="admin_level" v="6"/>
  <tag k="name" v="Далалық аудан"/></relation>
</osm>
"""


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Every test starts in English, also after one that called the program in another language."""
    with using("en"):
        yield


@pytest.fixture
def shared() -> Path:
    """Folder of the real data beside the checkout; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        reason = "needs ../shared/data beside the checkout"
        if os.environ.get("GEO_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return SHARED


@pytest.fixture(scope="session")
def postgis() -> Iterator[Cluster]:
    """A PostGIS of the tests' own, started once; the test is skipped where the machine has none."""
    from tests.postgis import cluster, missing

    if reason := missing():
        if os.environ.get("GEO_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with cluster() as server:
        yield server


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Bundled:
    """What is worked out about the bundled studies, once for all processes of this test run."""
    from tests.bundled import Bundled

    base = tmp_path_factory.getbasetemp()
    return Bundled((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "bundled")


@pytest.fixture(scope="session")
def run_bundled(bundled: Bundled) -> RunBundled:
    """Function of a bundled study and a unit to its result."""
    return bundled.run


@pytest.fixture(scope="session")
def prepare_bundled(bundled: Bundled) -> PrepareBundled:
    """Function of a bundled study to what its units share, which tests only read."""
    return bundled.prepared


@pytest.fixture
def tiny_osm(tmp_path: Path) -> Path:
    """An OpenStreetMap file of one hamlet (`TINY_OSM`)."""
    path = tmp_path / "tiny.osm"
    path.write_text(TINY_OSM, encoding="utf-8")
    return path
