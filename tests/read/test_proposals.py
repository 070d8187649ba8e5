"""Proposal files: every fault at once with its place and remedy; whatever a file says is data."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from geo.errors import DataError, Fault
from geo.read.proposals import MAX_BYTES, Changes, Known, read_proposal

SITES = pd.DataFrame(
    [
        ("new-11", "Place new-11", "phc", "candidate", "U1", True, None),
        ("new-12", "Place new-12", "phc", "candidate", "U1", True, None),
        ("new-21", "Place new-21", "phc", "candidate", "U2", True, None),
        ("F1", "Place F1", "phc", "existing", "U1", True, None),
        ("F2", "Place F2", "phc", "existing", "U1", True, "border village"),
        ("F3", "Place F3", "phc", "existing", "U1", False, None),
        ("F4", "Place F4", "phc", "existing", "U2", True, None),
        ("S1", "Place S1", "school", "existing", "U1", True, None),
    ],
    columns=["site_id", "name", "service", "kind", "unit_id", "serves", "protected_reason"],
)
KNOWN = Known("steppe", ("U1", "U2", "all"), "all", ("phc", "school"), SITES)


ONE = {"phc": {"open": ["new-11"]}}


def write(folder: Path, services: object = None, **header: object) -> Path:
    document = {
        "format": "geo-proposal-1",
        "study": "steppe",
        "unit": "U1",
        "services": ONE if services is None else services,
    } | header
    path = folder / "wish.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def faults_of(path: Path) -> dict[str, Fault]:
    with pytest.raises(DataError) as raised:
        read_proposal(path, KNOWN)
    assert all(fault.file == path.name and fault.remedy for fault in raised.value.faults)
    return {fault.column: fault for fault in raised.value.faults}


def test_a_proposal_is_read_in_the_order_of_the_study(tmp_path):
    services = {"school": {}, "phc": {"open": ["new-12", "new-11"], "close": ["F1"]}}
    found = read_proposal(write(tmp_path, services, title="Wish", season="thaw", figures={"x": [1]}), KNOWN)
    assert (found.unit, found.title, found.file) == ("U1", "Wish", "wish.json")
    assert list(found.services) == ["phc", "school"]
    assert found.services["phc"] == Changes(("new-12", "new-11"), ("F1",))
    assert found.services["school"] == Changes((), ())
    assert len(found.sha256) == 64


def test_the_whole_study_may_change_sites_anywhere(tmp_path):
    found = read_proposal(write(tmp_path, {"phc": {"open": ["new-21", "new-11"]}}, unit="all"), KNOWN)
    assert found.services["phc"].open == ("new-21", "new-11")


def test_every_fault_of_the_sites_is_reported_at_its_place(tmp_path):
    services = {
        "phc": {"open": ["new-11", "new-13", "F1", "new-21", "new-11", 7], "close": ["new-12", "F2", "F3", "F4"]},
        "shool": {},
        "school": {"opne": [], "close": "S1"},
    }
    found = faults_of(write(tmp_path, services))
    codes = {key: fault.code for key, fault in found.items()}
    assert codes == {
        "services.phc.open[1]": "unknown-site",
        "services.phc.open[2]": "already-open",
        "services.phc.open[3]": "other-unit",
        "services.phc.open[4]": "duplicate-site",
        "services.phc.open[5]": "unknown-site",
        "services.phc.close[0]": "not-open",
        "services.phc.close[1]": "protected-facility",
        "services.phc.close[2]": "does-not-serve",
        "services.phc.close[3]": "other-unit",
        "services.shool": "unknown-service",
        "services.school.opne": "unknown-key",
        "services.school.close": "no-list",
    }
    assert found["services.phc.open[1]"].remedy in {
        "Did you mean new-11 (Place new-11)?",
        "Did you mean new-12 (Place new-12)?",
    }
    assert "services.phc.open[0]" in found["services.phc.open[4]"].message
    assert "border village" in found["services.phc.close[1]"].message
    assert "school" in found["services.shool"].remedy


def test_format_study_and_unit_must_be_those_of_the_study(tmp_path):
    found = faults_of(write(tmp_path, format="geo-proposal-9", study="stepe", unit="U9", title=["x"]))
    codes = {key: fault.code for key, fault in found.items()}
    assert codes == {"format": "unknown-format", "study": "other-study", "unit": "unknown-unit", "title": "bad-title"}
    assert "steppe" in found["study"].remedy
    (tmp_path / "empty.json").write_text("{}", encoding="utf-8")
    assert set(faults_of(tmp_path / "empty.json")) == {"format", "study", "unit", "services"}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'{"format": "geo-proposal-1",\n "study": }', "no-json"),
        (b"", "no-json"),
        (b"\xff\xfe{\x00}\x00", "unreadable-file"),
        (b"[" * 200_000, "unreadable-file"),
        (b'{"unit": ' + b"9" * 5_000 + b"}", "unreadable-file"),
        (b" " * (MAX_BYTES + 1), "too-large"),
    ],
)
def test_what_is_no_proposal_at_all_is_one_fault(tmp_path, content, code):
    path = tmp_path / "wish.json"
    path.write_bytes(content)
    (fault,) = faults_of(path).values()
    assert fault.code == code


def test_a_syntax_error_names_its_line(tmp_path):
    path = tmp_path / "wish.json"
    path.write_text('{"format": "geo-proposal-1",\n "study": }', encoding="utf-8")
    assert faults_of(path)[""].row == 2


@pytest.mark.parametrize("content", ["[]", '"text"', "7", "null", "NaN"])
def test_json_that_is_no_object_is_refused(tmp_path, content):
    path = tmp_path / "wish.json"
    path.write_text(content, encoding="utf-8")
    assert faults_of(path)[""].code == "no-object"


def test_a_missing_file_and_a_folder_are_faults(tmp_path):
    assert faults_of(tmp_path / "nothing.json")[""].code == "missing-file"
    assert faults_of(tmp_path)[""].code == "missing-file"


def test_a_key_that_stands_twice_is_not_dropped_in_silence(tmp_path):
    path = tmp_path / "wish.json"
    path.write_text(
        '{"format": "geo-proposal-1", "study": "steppe", "unit": "U1",'
        ' "services": {"phc": {"open": ["new-11"], "open": []}}}',
        encoding="utf-8",
    )
    assert faults_of(path)["open"].code == "duplicate-key"


def test_hostile_text_is_shown_short_and_without_control_characters(tmp_path):
    hostile = "\x1b[2J\n<script>alert(1)</script>\ud800" + "x" * 5_000
    (fault,) = faults_of(write(tmp_path, {"phc": {"open": [hostile]}})).values()
    assert fault.message.isprintable()
    assert len(fault.message) < 200
    (fault,) = faults_of(write(tmp_path, {hostile: {}})).values()
    assert fault.column.isprintable()
    assert len(fault.column) < 100
    title = read_proposal(write(tmp_path, title="a\x1b[2Jb"), KNOWN).title
    assert title == "a [2Jb"


def test_a_byte_order_mark_is_no_fault(tmp_path):
    path = write(tmp_path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_proposal(path, KNOWN).unit == "U1"


def test_a_proposal_without_any_change_is_refused(tmp_path):
    found = faults_of(write(tmp_path, {}))
    assert found["services"].code == "nothing-proposed"
    assert "at least one site" in found["services"].remedy


@pytest.mark.parametrize("norm", [45, 37.5])
def test_the_norm_of_the_map_is_kept(tmp_path, norm):
    assert read_proposal(write(tmp_path, norm_minutes=norm, season="worst"), KNOWN).norm_minutes == norm
    assert read_proposal(write(tmp_path), KNOWN).norm_minutes is None


@pytest.mark.parametrize("norm", ["45", True, -1, 0, [], 1e9, float("nan"), float("inf")])
def test_a_norm_that_is_no_number_and_a_season_that_is_no_text_are_faults(tmp_path, norm):
    found = faults_of(write(tmp_path, norm_minutes=norm, season=7))
    assert {key: fault.code for key, fault in found.items()} == {"norm_minutes": "bad-norm", "season": "bad-season"}


def test_a_number_where_a_code_belongs_wants_quotes(tmp_path):
    found = faults_of(write(tmp_path, {"phc": {"open": [11]}}, unit=7))
    assert found["services.phc.open[0]"].remedy == found["unit"].remedy == "Put the code in quotes."


def test_a_fault_of_a_json_file_names_its_key_not_a_column(tmp_path):
    (fault,) = faults_of(write(tmp_path, {})).values()
    assert str(fault).startswith("wish.json, key services:")
