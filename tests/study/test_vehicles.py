"""The vehicle of a study: known to its speed table, and only its own roads are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.errors import DataError, Fault
from geo.study import load_study
from tests import toy
from tests.study.folders import write_toy

EXTRACT = """<osm version="0.6">
 <node id="1" lat="49.00" lon="66.00"/><node id="2" lat="49.08" lon="66.36"/><node id="3" lat="48.98" lon="66.62"/>
 <way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="secondary"/></way>
 <way id="2"><nd ref="2"/><nd ref="3"/><tag k="highway" v="footway"/></way>
 <way id="3"><nd ref="1"/><nd ref="3"/><tag k="highway" v="service"/><tag k="access" v="private"/></way>
</osm>
"""


def errors(folder: Path) -> list[Fault]:
    with pytest.raises(DataError) as caught:
        load_study(folder)
    return list(caught.value.faults)


def edited(folder: Path, old: str, new: str) -> Path:
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_a_vehicle_without_speeds_names_those_that_have_some(tmp_path):
    (fault,) = errors(edited(write_toy(tmp_path), "[network]\n", '[network]\nvehicle = "sledge"\n'))
    assert (fault.file, fault.column, fault.code) == ("study.toml", "network.vehicle", "unknown-vehicle")
    assert fault.message == "The speed table speeds.csv has no vehicle “sledge”."
    assert fault.remedy == "Use one of: car, walk."


def test_vehicles_and_months_of_roads_that_cannot_be_are_faults(tmp_path):
    roads = toy.raw_roads().copy()
    roads["closed_to"] = ["cart", "car:13", "walk:4,5", None, "car:", "car"]
    roads["open_months"] = [None, None, "4 5", "April", None, None]
    found = errors(write_toy(tmp_path, roads=roads))
    assert [(fault.row, fault.column, fault.code) for fault in sorted(found)] == [
        (2, "closed_to", "unknown-vehicle"),
        (3, "closed_to", "unknown-month"),
        (5, "open_months", "unknown-month"),
        (6, "closed_to", "unknown-month"),
    ]


@pytest.mark.parametrize(
    ("network", "ids"),
    [
        ("", ["w1"]),
        ('vehicle = "walk"', ["w1", "w2"]),
        ('vehicle = "walk"\npaths = "left_out"', ["w1"]),
        ('vehicle = "ambulance"', ["w1", "w3"]),
        ('vehicle = "school_bus"', ["w1"]),
    ],
)
def test_a_study_reads_the_roads_of_its_own_vehicle(tmp_path, network, ids):
    folder = write_toy(tmp_path)
    (folder / "roads.osm").write_text(EXTRACT, encoding="utf-8")
    edited(folder, 'roads = "roads.geojson"', 'osm = "roads.osm"')
    edited(folder, 'speeds = "speeds.csv"', "")
    edited(folder, "[network]\n", f"[network]\n{network}\n")
    assert list(load_study(folder).roads.index) == ids
