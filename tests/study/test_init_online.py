"""`geo init --place` and `--country` against servers on this machine that answer as the public ones do."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from geo.errors import DataError
from geo.read.download import Patience
from geo.read.online import Servers
from geo.study import load_study
from geo.study.init import InitRequest, init_study
from geo.study.init.fetch import fetched
from tests.servers import QuietHandler, serving
from tests.study.two_districts import NODES, WAYS, write_two_districts

#: Status of Overpass with a free slot, as the server words it.
STATUS = """Connected as: 1
Current time: 2026-01-01T00:00:00Z
Announced endpoint: none
Rate limit: 2
2 slots available now.
Currently running queries (pid, space limit, time limit, start time):
"""


def elements(wanted: Any) -> list[dict[str, Any]]:
    """The ways whose tags are wanted, with their nodes, as Overpass lists them."""
    ways = [(number, nodes, tags) for number, (nodes, tags) in WAYS.items() if wanted(tags)]
    corners = sorted({node for _number, nodes, _tags in ways for node in nodes})
    return [
        *(node_element(number) for number in corners),
        *({"type": "way", "id": number, "nodes": nodes, "tags": tags} for number, nodes, tags in ways),
    ]


def node_element(number: int) -> dict[str, Any]:
    lon, lat, tags = NODES[number]
    return {"type": "node", "id": number, "lat": lat, "lon": lon} | ({"tags": tags} if tags else {})


@dataclass
class Osm:
    """Nominatim, Overpass and Geofabrik in one."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    found: bool = True
    outline: bool = True
    remark: str = ""
    extract: bytes = b""

    def nominatim(self) -> list[dict[str, Any]]:
        ring = [[70.1, 50.0], [70.3, 50.0], [70.3, 50.2], [70.1, 50.2], [70.1, 50.0]]
        shape = (
            {"type": "Polygon", "coordinates": [ring]} if self.outline else {"type": "Point", "coordinates": ring[0]}
        )
        place = {
            "place_id": 1, "licence": "ODbL", "osm_type": "relation", "osm_id": 81, "lat": "50.1", "lon": "70.2",
            "class": "boundary", "type": "administrative", "place_rank": 12, "importance": 0.4,
            "addresstype": "district", "name": "East District", "display_name": "East District, Steppe, Kazakhstan",
            "boundingbox": ["50.0", "50.2", "70.1", "70.3"], "geojson": shape,
        }  # fmt: skip
        return [place] if self.found else []

    def overpass(self, query: str) -> dict[str, Any]:
        if "ferry" in query:
            kind, found = "ferries", elements(lambda tags: tags.get("route") == "ferry")
        elif "highway" in query:
            kind, found = "roads", elements(lambda tags: "highway" in tags)
        else:
            kind = "buildings" if "building" in query else "features"
            found = [node_element(number) for number in NODES if number >= 40] if kind == "features" else []
        self.asked.append(kind)
        answer = {"version": 0.6, "osm3s": {"timestamp_osm_base": "2026-01-01T00:00:00Z"}, "elements": found}
        return answer | ({"remark": self.remark} if self.remark and kind == "features" else {})


def handler(osm: Osm) -> type[QuietHandler]:
    class Handler(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802
            path = urlsplit(self.path).path
            if path.endswith("/status"):
                self.send(STATUS.encode())
            elif path.endswith(".json"):
                urls = {"pbf": f"{osm.url}/asia/kazakhstan-latest.osm.pbf"}
                area = {"id": "kazakhstan", "name": "Kazakhstan", "iso3166-1:alpha2": ["KZ"], "urls": urls}
                self.send(json.dumps({"features": [{"properties": area}]}).encode())
            elif path.endswith(".md5"):
                self.send(hashlib.md5(osm.extract).hexdigest().encode())
            elif path.endswith(".pbf"):
                self.send(osm.extract)
            else:
                osm.asked.append("outline")
                self.send(json.dumps(osm.nominatim()).encode())

        def do_POST(self) -> None:  # noqa: N802
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send(json.dumps(osm.overpass(parse_qs(body)["data"][0])).encode())

    return Handler


@pytest.fixture
def osm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Osm]:
    # Nominatim is asked at most once a second; this one has no other users.
    monkeypatch.setattr("osmnx._nominatim.time.sleep", lambda _seconds: None)
    state = Osm()
    with serving(handler(state)) as state.url:
        yield state


def ask(osm: Osm, tmp_path: Path, **what: str) -> InitRequest:
    return fetched(
        InitRequest(tmp_path / "study", Path(), buffer_km=10),
        tmp_path / "cache",
        lambda _text, _share: None,
        servers=Servers(f"{osm.url}/", f"{osm.url}/api"),
        geofabrik=osm.url,
        patience=Patience(attempts=2, first_wait_seconds=0.0),
        **what,
    )


def test_a_place_becomes_the_study_that_an_extract_of_it_becomes(osm, tmp_path):
    init_study(ask(osm, tmp_path, place="East District, Kazakhstan"))
    online = load_study(tmp_path / "study")
    assert osm.asked == ["outline", "roads", "ferries", "features"]
    extract = write_two_districts(tmp_path / "two.osm.pbf")
    init_study(InitRequest(tmp_path / "offline", extract, district="East District", buffer_km=10))
    offline = load_study(tmp_path / "offline")
    assert online.units.index.tolist() == offline.units.index.tolist() == ["r81"]
    assert online.roads.index.tolist() == offline.roads.index.tolist()
    assert online.roads.drop(columns="geometry").equals(offline.roads.drop(columns="geometry"))
    assert online.facilities.index.tolist() == offline.facilities.index.tolist()
    assert online.settlements["population_persons"].tolist() == [80]
    source = online.sources[0]
    assert source.date == "2026-01-01T00:00:00Z"
    assert "Nominatim" in source.origin


def test_answers_are_kept_and_only_what_is_missing_is_asked_for(osm, tmp_path):
    osm.remark = "runtime error: Query timed out"
    with pytest.raises(DataError, match="could not finish its answer: runtime error") as error:
        ask(osm, tmp_path, place="East District, Kazakhstan")
    assert error.value.faults[0].code == "incomplete-answer"
    osm.remark, osm.asked = "", []
    request = ask(osm, tmp_path, place="East District, Kazakhstan")
    assert osm.asked == ["features"]
    osm.asked = []
    assert ask(osm, tmp_path, place="East District, Kazakhstan") == request
    assert osm.asked == []


def test_a_place_that_nobody_knows_and_one_without_an_outline(osm, tmp_path):
    osm.found = False
    with pytest.raises(DataError) as error:
        ask(osm, tmp_path, place="Nowhere")
    assert error.value.faults[0].code == "unknown-place"
    osm.found, osm.outline = True, False
    with pytest.raises(DataError) as error:
        ask(osm, tmp_path, place="A point")
    assert error.value.faults[0].code == "no-outline"


def test_a_server_that_does_not_answer_is_one_sentence(osm, tmp_path):
    gone = Servers("http://127.0.0.1:9/", "http://127.0.0.1:9/api")
    with pytest.raises(DataError) as error:
        fetched(InitRequest(tmp_path / "study", Path()), tmp_path, lambda *_: None, place="East", servers=gone)
    assert error.value.faults[0].code == "not-reached"


def test_a_country_is_fetched_with_its_progress_and_becomes_a_study(osm, tmp_path):
    osm.extract = write_two_districts(tmp_path / "two.osm.pbf").read_bytes()
    request = ask(osm, tmp_path, country="kazakhstan")
    assert request.extract == tmp_path / "cache" / "kazakhstan-latest.osm.pbf"
    done = init_study(request)
    assert done.area.boundaries.index.tolist() == ["r80", "r81"]
    assert load_study(tmp_path / "study").sources[0].origin == f"{osm.url}/asia/kazakhstan-latest.osm.pbf"


def test_nothing_is_fetched_for_a_folder_that_cannot_be_made(osm, tmp_path):
    (tmp_path / "study").write_text("a file", encoding="utf-8")
    with pytest.raises(DataError, match="not a folder"):
        ask(osm, tmp_path, country="kazakhstan")
    assert not (tmp_path / "cache").exists()


def test_a_mistake_of_ours_is_not_called_a_place_without_an_outline(osm, tmp_path, monkeypatch):
    def wrong(*_arguments: object) -> None:
        raise TypeError("unsupported operand")

    monkeypatch.setattr("geo.read.online._around", wrong)
    with pytest.raises(TypeError, match="unsupported operand"):
        ask(osm, tmp_path, place="East District, Kazakhstan")


@pytest.mark.parametrize("where", ["geo.read.online._Elements.write", "osmnx._http._save_to_cache"])
def test_a_full_disk_is_one_error(osm, tmp_path, monkeypatch, where):
    def full(*_arguments: object, **_more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(where, full)
    with pytest.raises(DataError) as caught:
        ask(osm, tmp_path, place="East District, Kazakhstan")
    assert [fault.code for fault in caught.value.faults] == ["disk-full"]
