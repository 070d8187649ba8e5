"""Downloads against a server on this machine: broken off, continued, wrong, too large for the disk."""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from geo.errors import DataError
from geo.read.download import Patience, fetch
from geo.read.geofabrik import fetch_country
from tests.servers import QuietHandler, serving

CONTENT = bytes(range(256)) * 4000
MD5 = hashlib.md5(CONTENT).hexdigest()
QUICK = Patience(attempts=3, first_wait_seconds=0.0, timeout_seconds=5.0)


@dataclass
class Server:
    """A server with one file; `cut_after` bytes of each answer it hangs up, as often as `cuts` says."""

    url: str = ""
    ranges: bool = True
    cut_after: int = 0
    cuts: int = 0
    md5: str = MD5
    status: int = 200
    asked: list[str | None] = field(default_factory=list)
    index: list[dict[str, Any]] = field(default_factory=list)


def answer(server: Server) -> type[QuietHandler]:
    class Handler(QuietHandler):
        def do_GET(self) -> None:  # noqa: N802
            if self.path.endswith(".json"):
                return self.send(json.dumps({"features": [{"properties": one} for one in server.index]}).encode())
            if self.path.endswith(".md5"):
                return self.send(f"{server.md5}  file.osm.pbf\n".encode())
            return self.file()

        def file(self) -> None:
            asked = self.headers.get("Range")
            server.asked.append(asked)
            start = int(asked.split("=")[1].rstrip("-")) if asked and server.ranges else 0
            if start >= len(CONTENT) or server.status != 200:
                self.send_response(416 if server.status == 200 else server.status)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = CONTENT[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(body)))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
            self.end_headers()
            if server.cuts > 0:
                server.cuts -= 1
                body = body[: server.cut_after]
            self.wfile.write(body)
            self.close_connection = True

    return Handler


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()
    with serving(answer(state)) as state.url:
        yield state


def code(error: pytest.ExceptionInfo[DataError]) -> str:
    return error.value.faults[0].code


def test_a_file_arrives_whole_with_its_progress(server, tmp_path):
    told: list[tuple[int, int]] = []
    path = fetch(f"{server.url}/a.pbf", tmp_path / "a.pbf", md5=MD5, progress=lambda *n: told.append(n), patience=QUICK)
    assert path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [item.name for item in tmp_path.iterdir()] == ["a.pbf"]


def test_a_file_that_is_there_is_not_fetched_again(server, tmp_path):
    (tmp_path / "a.pbf").write_bytes(CONTENT)
    fetch(f"{server.url}/a.pbf", tmp_path / "a.pbf", md5=MD5, patience=QUICK)
    assert server.asked == []


def test_a_cut_connection_goes_on_where_it_stopped(server, tmp_path):
    server.cut_after, server.cuts = 300_000, 2
    fetch(f"{server.url}/a.pbf", tmp_path / "a.pbf", md5=MD5, patience=QUICK)
    assert (tmp_path / "a.pbf").read_bytes() == CONTENT
    assert server.asked == [None, "bytes=300000-", "bytes=600000-"]


def test_without_ranges_it_begins_anew(server, tmp_path):
    server.ranges, server.cut_after, server.cuts = False, 300_000, 1
    fetch(f"{server.url}/a.pbf", tmp_path / "a.pbf", md5=MD5, patience=QUICK)
    assert (tmp_path / "a.pbf").read_bytes() == CONTENT


def test_what_never_ends_is_kept_for_the_next_call(server, tmp_path):
    server.cut_after, server.cuts = 100_000, 3
    with pytest.raises(DataError, match="goes on where it stopped") as error:
        fetch(f"{server.url}/a.pbf", tmp_path / "a.pbf", md5=MD5, patience=QUICK)
    assert code(error) == "not-reached"
    assert not (tmp_path / "a.pbf").exists()
    fetch(f"{server.url}/a.pbf", tmp_path / "a.pbf", md5=MD5, patience=QUICK)
    assert server.asked[-1] == "bytes=300000-"
    assert (tmp_path / "a.pbf").read_bytes() == CONTENT


def test_a_wrong_checksum_leaves_nothing_that_looks_right(server, tmp_path):
    with pytest.raises(DataError, match=MD5) as error:
        fetch(f"{server.url}/a.pbf", tmp_path / "a.pbf", md5="0" * 32, patience=QUICK)
    assert code(error) == "wrong-download"
    assert list(tmp_path.iterdir()) == []


def test_a_part_of_another_file_is_noticed(server, tmp_path):
    (tmp_path / "a.pbf.part").write_bytes(b"x" * 500_000)
    with pytest.raises(DataError) as error:
        fetch(f"{server.url}/a.pbf", tmp_path / "a.pbf", md5=MD5, patience=QUICK)
    assert code(error) == "wrong-download"
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_is_whole_already_is_taken(server, tmp_path):
    (tmp_path / "a.pbf.part").write_bytes(CONTENT)
    fetch(f"{server.url}/a.pbf", tmp_path / "a.pbf", md5=MD5, patience=QUICK)
    assert (tmp_path / "a.pbf").read_bytes() == CONTENT


@pytest.mark.parametrize(("status", "times"), [(404, 1), (503, 3)])
def test_a_missing_page_is_asked_for_once_and_a_busy_server_again(server, tmp_path, status, times):
    server.status = status
    with pytest.raises(DataError, match=str(status)):
        fetch(f"{server.url}/a.pbf", tmp_path / "a.pbf", md5=MD5, patience=QUICK)
    assert len(server.asked) == times


def test_a_disk_that_is_too_small_is_noticed_before(server, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr("geo.read.download.shutil.disk_usage", lambda _path: usage._replace(free=1000))
    with pytest.raises(DataError, match="needs 2 MB on the disk, 0 MB are free") as error:
        fetch(f"{server.url}/a.pbf", tmp_path / "a.pbf", md5=MD5, patience=QUICK)
    assert code(error) == "disk-full"


class FullFile:
    """A file on a disk that has room for so many bytes."""

    def __init__(self, file: Any, room: int) -> None:
        self.file, self.room = file, room

    def __enter__(self) -> FullFile:
        return self

    def __exit__(self, *_args: object) -> None:
        self.file.close()

    def write(self, data: bytes) -> int:
        kept = data[: max(0, self.room - self.file.tell())]
        self.file.write(kept)
        if len(kept) < len(data):
            raise OSError(errno.ENOSPC, "No space left on device")
        return len(data)


def test_a_disk_that_fills_up_keeps_what_is_there_and_goes_on(server, tmp_path, monkeypatch):
    opened: Callable[..., Any] = Path.open

    def full(path: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        file = opened(path, mode, *args, **kwargs)
        return FullFile(file, 400_000) if path.suffix == ".part" and mode in {"wb", "ab"} else file

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", full)
        with pytest.raises(DataError, match="The disk is full") as error:
            fetch(f"{server.url}/a.pbf", tmp_path / "a.pbf", md5=MD5, patience=QUICK)
    assert code(error) == "disk-full"
    assert (tmp_path / "a.pbf.part").stat().st_size == 400_000
    fetch(f"{server.url}/a.pbf", tmp_path / "a.pbf", md5=MD5, patience=QUICK)
    assert server.asked[-1] == "bytes=400000-"
    assert (tmp_path / "a.pbf").read_bytes() == CONTENT


def test_only_addresses_of_the_web_are_opened(tmp_path):
    with pytest.raises(DataError, match="no address on the web"):
        fetch("file:///etc/passwd", tmp_path / "a.pbf", md5=MD5, patience=QUICK)


class TestCountry:
    @pytest.fixture(autouse=True)
    def _index(self, server):
        def area(code: str, name: str, *codes: str) -> dict[str, Any]:
            urls = {"pbf": f"{server.url}/asia/{code}-latest.osm.pbf"}
            return {"id": code, "name": name, "iso3166-1:alpha2": list(codes), "urls": urls}

        server.index = [
            area("kazakhstan", "Kazakhstan", "KZ"),
            area("kyrgyzstan", "Kyrgyzstan", "KG"),
            area("malaysia-singapore-brunei", "Malaysia, Singapore, and Brunei", "MY", "SG", "BN"),
        ]

    @pytest.mark.parametrize("name", ["kazakhstan", "Kazakhstan", "KZ"])
    def test_a_country_is_fetched_by_its_id_name_or_code(self, server, tmp_path, name):
        path, url = fetch_country(name, tmp_path, server=server.url, patience=QUICK)
        assert path == tmp_path / "kazakhstan-latest.osm.pbf"
        assert path.read_bytes() == CONTENT
        assert url == f"{server.url}/asia/kazakhstan-latest.osm.pbf"

    def test_an_unknown_country_is_refused_with_the_nearest(self, server, tmp_path):
        with pytest.raises(DataError, match="Did you mean kazakhstan"):
            fetch_country("kazahstan", tmp_path, server=server.url, patience=QUICK)
        with pytest.raises(DataError, match="no extract called “MY”"):
            fetch_country("MY", tmp_path, server=server.url, patience=QUICK)

    def test_a_wrong_checksum_is_an_error(self, server, tmp_path):
        server.md5 = "0" * 32
        with pytest.raises(DataError) as error:
            fetch_country("KZ", tmp_path, server=server.url, patience=QUICK)
        assert code(error) == "wrong-download"

    def test_a_checksum_that_is_none_is_an_error(self, server, tmp_path):
        server.md5 = "<html>busy</html>"
        with pytest.raises(DataError, match="states no checksum"):
            fetch_country("KZ", tmp_path, server=server.url, patience=QUICK)

    def test_an_index_that_names_another_server_is_refused(self, server, tmp_path):
        server.index[0]["urls"]["pbf"] = "http://elsewhere.example/kazakhstan.osm.pbf"
        with pytest.raises(DataError, match="another server"):
            fetch_country("KZ", tmp_path, server=server.url, patience=QUICK)
        assert server.asked == []
