"""The password of a database: from the environment or from PostgreSQL's own password file, nowhere else."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Final

from geo.read.database import Address

#: Variables of the environment that hold a password; the first that is set counts.
VARIABLES: Final = ("GEO_DB_PASSWORD", "PGPASSWORD")
_FIELD: Final = re.compile(r"((?:[^\\:]|\\.)*)(?::|$)")


def password_for(address: Address) -> str | None:
    """Return the password for a database; None where none is known, which servers may accept.

    References
    ----------
    PostgreSQL documentation, 34.15 "Environment Variables" and 34.16 "The Password File"
    """
    for name in VARIABLES:
        if os.environ.get(name):
            return os.environ[name]
    return _from_file(_password_file(), address)


def _password_file() -> Path:
    if stated := os.environ.get("PGPASSFILE"):
        return Path(stated)
    if os.name == "nt":
        return Path(os.environ.get("APPDATA", "")) / "postgresql" / "pgpass.conf"
    return Path(os.environ.get("HOME", "")) / ".pgpass"


def _from_file(path: Path, address: Address) -> str | None:
    """Return the password of the first line ``host:port:database:user:password`` that fits; ``*`` fits anything."""
    try:
        # As PostgreSQL's own programs do: what others may read is no secret, and is not used.
        if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            return None
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    host = "localhost" if address.host.startswith("/") else address.host
    wanted = (host, str(address.port), address.database, address.user)
    for line in lines:
        fields = [re.sub(r"\\(.)", r"\1", field) for field in _FIELD.findall(line)]
        if line.startswith("#") or len(fields) < 5:
            continue
        if all(field in ("*", value) for field, value in zip(fields, wanted, strict=False)):
            return fields[4]
    return None
