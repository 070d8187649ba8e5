"""A PostGIS of the tests' own: one cluster on a free port, deleted at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "Түн-S3cret-пароль"
_SETTINGS = ("fsync=off", "full_page_writes=off", "max_connections=10", "shared_buffers=16MB", "log_min_messages=panic")


@dataclass(frozen=True)
class Cluster:
    """A running server; `owner` may write, `reader` needs `PASSWORD` over TCP and may only read."""

    folder: Path
    port: int
    programs: Path
    user: dict[str, object]

    @property
    def url(self) -> str:
        return f"postgresql://reader@127.0.0.1:{self.port}/geo"

    def sql(self, text: str, database: str = "geo") -> str:
        command = ["psql", "-h", self.folder, "-p", str(self.port), "-U", "owner", "-d", database, "-qAt"]
        command += ["-v", "ON_ERROR_STOP=1", "-c", text]
        return _run(self.programs, command, self.user)


def missing() -> str:
    """Return why no cluster can be started here; empty where one can."""
    if _programs() is None:
        return "needs PostgreSQL (apt-get install postgresql-15-postgis-3)"
    if not any(Path("/usr/share/postgresql").glob("*/extension/postgis.control")):
        return "needs PostGIS (apt-get install postgresql-15-postgis-3)"
    return "" if os.getuid() or _postgres() else "needs a user postgres: PostgreSQL does not run as root"


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Start a cluster with a database `geo` that has PostGIS; stop and delete it afterwards."""
    programs = _programs()
    assert programs is not None
    # Not in pytest's folder: that is closed to every other user, and as root the server runs as one.
    folder = Path(tempfile.mkdtemp(prefix="geo-postgis-"))
    user: dict[str, object] = {}
    if os.getuid() == 0:
        user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        shutil.chown(folder, "postgres", "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    server = Cluster(folder, port, programs, user)
    try:
        initdb = ["initdb", "-D", data, "-U", "owner", "--no-sync", "--auth-local=trust", "--auth-host=scram-sha-256"]
        _run(programs, [*initdb, "--encoding=UTF8", "--locale=C.UTF-8"], user)
        options = " ".join(f"-c {setting}" for setting in _SETTINGS)
        options += f" -c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
        _run(programs, ["pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"], user)
        try:
            server.sql("CREATE DATABASE geo", "postgres")
            server.sql("CREATE EXTENSION postgis")
            server.sql(f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'")
            server.sql("GRANT pg_read_all_data, pg_write_all_data TO reader")
            yield server
        finally:
            _run(programs, ["pg_ctl", "-D", data, "-m", "immediate", "stop"], user)
    finally:
        shutil.rmtree(folder)


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _postgres() -> bool:
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        return False
    return True


def _run(programs: Path, command: list[object], user: dict[str, object]) -> str:
    words = [str(programs / str(command[0])), *map(str, command[1:])]
    done = subprocess.run(
        words,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        **user,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
