"""The environment of the peers: made on demand beside the product's own, never part of it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from tests.benchmarks.siting_cases.processes import ROOT, Outcome, run_alone

FOLDER: Final = ROOT / ".venv-bench"
PINNED: Final = ROOT / "tests" / "benchmarks" / "peers.txt"
PROGRAM: Final = Path(__file__).with_name("peer.py")
_BIN: Final = Path(sys.executable).parent


def python() -> Path:
    """Return the peers' Python; their environment is made anew whenever the pinned versions or ours change."""
    own = FOLDER / _BIN.name / Path(sys.executable).name
    stamp = hashlib.sha256(PINNED.read_bytes() + sys.version.encode()).hexdigest()
    kept = FOLDER / "stamp"
    if own.exists() and kept.exists() and kept.read_text(encoding="ascii") == stamp:
        return own
    sys.stderr.write(f"Setting up the peers in {FOLDER} (once) ...\n")
    uv = _BIN / ("uv.exe" if os.name == "nt" else "uv")
    for words in (
        ["venv", "--quiet", "--clear", "--python", sys.executable, str(FOLDER)],
        ["pip", "install", "--quiet", "--python", str(own), "--requirement", str(PINNED)],
    ):
        subprocess.run([str(uv), *words], check=True)
    kept.write_text(stamp, encoding="ascii")
    return own


def run_peer(kind: str, timeout_seconds: float, **data: Any) -> Outcome:
    """Run a kind of `peer.py` on arrays, alone on its core."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.npz"
        np.savez(path, **data)
        return run_alone([str(python()), str(PROGRAM), kind, str(path)], timeout_seconds)
