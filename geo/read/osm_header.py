"""What an OpenStreetMap file says about itself."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import osmium

from geo.read.files import require_file, unreadable_file

_STAMPS: Final = ("osmosis_replication_timestamp", "timestamp")


def data_date(path: Path, name: str) -> str:
    """Return the moment whose data a file holds, as its header states it; empty where it does not.

    Raises
    ------
    DataError
        If the file is missing or is no OpenStreetMap file.
    """
    require_file(path, name)
    try:
        reader = osmium.io.Reader(str(path), osmium.osm.NOTHING)
        header = reader.header()
        reader.close()
    except (RuntimeError, ValueError) as error:
        raise unreadable_file(name, error) from error
    return next((stamp for key in _STAMPS if (stamp := header.get(key))), "")
