"""Contracted topologies kept between runs, by the content they were made from: a new season only weighs them again."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import zipfile
from collections import OrderedDict
from dataclasses import fields
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import platformdirs

from geo.language import gettext as _
from geo.travel.hierarchy import Topology

Ints = npt.NDArray[np.int64]

LOGGER = logging.getLogger("geo.travel")
#: Names the folder; empty switches keeping off.
VARIABLE: Final = "GEO_CACHE"
#: Change it whenever the same graph would be contracted otherwise.
_VERSION: Final = 1
#: Topologies held in memory, and bytes of those on disk, the ones longest unused going first.
_HELD: Final = 2
_LARGEST_BYTES: Final = 2 * 2**30
_recent: OrderedDict[str, Topology] = OrderedDict()


def cache_folder() -> Path | None:
    """Return the folder of kept files: the user's cache folder unless `GEO_CACHE` names one; None if it is empty."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    return Path(platformdirs.user_cache_dir("geo-placement", appauthor=False))


def topology_of(n_nodes: int, tail: Ints, head: Ints, terminals: Ints) -> Topology:
    """Return the contracted topology of a road graph, found again in memory or on disk where it was made before.

    Parameters
    ----------
    n_nodes, tail, head, terminals
        As in `Topology.of`.
    """
    key = _digest(n_nodes, tail, head, terminals)
    topology = _recent.pop(key, None) or _load(key)
    if topology is None:
        LOGGER.info(_("Ordering the road network, once for these roads ..."))
        topology = Topology.of(n_nodes, tail, head, terminals)
        _save(key, topology)
    _recent[key] = topology
    while len(_recent) > _HELD:
        _recent.popitem(last=False)
    return topology


def _digest(n_nodes: int, *arrays: Ints) -> str:
    digest = hashlib.blake2b(f"{_VERSION} {n_nodes}".encode(), digest_size=16)
    for values in arrays:
        digest.update(len(values).to_bytes(8, "little"))
        digest.update(np.ascontiguousarray(values, dtype="<i8").data)
    return digest.hexdigest()


def _load(key: str) -> Topology | None:
    """Return a kept topology; None if there is none that can be read."""
    folder = cache_folder()
    if folder is None:
        return None
    path = folder / f"topology-{key}.npz"
    try:
        with path.open("rb") as file, np.load(file) as kept:
            topology = Topology(*(kept[item.name] for item in fields(Topology)))
        path.touch()
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
    return topology


def _save(key: str, topology: Topology) -> None:
    """Keep a topology; a half-written file never has the final name. Not being able to is no reason to stop."""
    folder = cache_folder()
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as part:
            np.savez(part, allow_pickle=False, **{item.name: getattr(topology, item.name) for item in fields(Topology)})
        Path(part.name).replace(folder / f"topology-{key}.npz")
        _prune(folder)
    except OSError as error:
        message = _("The ordered road network could not be kept in {folder}: {reason}")
        LOGGER.warning(message.format(folder=folder, reason=error))


def _prune(folder: Path) -> None:
    kept = sorted(folder.glob("topology-*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
    total = 0
    for path in kept:
        total += path.stat().st_size
        if total > _LARGEST_BYTES:
            path.unlink(missing_ok=True)


def forget() -> None:
    """Let go of the topologies in memory; those on disk stay."""
    _recent.clear()
