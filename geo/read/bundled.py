"""Find what comes with the program: the bundled studies and boundaries, in a checkout or in an installed package."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from geo.read.database import DatabaseQuery, DatabaseTable, Location
from geo.tables.study_files import path_inside

#: How a study file names a bundled boundary layer: ``boundaries:kazakhstan/regions.geojson``.
BOUNDARIES_PREFIX: Final = "boundaries:"


def bundled_folder(name: str) -> Path:
    """Return the folder `studies` or `boundaries` that comes with the program.

    Parameters
    ----------
    name
        ``studies`` or ``boundaries``.

    Returns
    -------
    Path
        In the checkout where there is one, otherwise inside the installed package.
    """
    package = Path(__file__).resolve().parents[1]
    installed = package / f"_{name}"
    return installed if installed.is_dir() else package.parent / name


def resolve(folder: Path, name: str) -> Location:
    """Return where an input that a study file names stands.

    Raises
    ------
    DataError
        If it is a file outside the folder (`geo.tables.study_files.path_inside`).
    """
    if isinstance(name, DatabaseQuery):
        return DatabaseTable(name)
    if name.startswith(BOUNDARIES_PREFIX):
        return path_inside(bundled_folder("boundaries"), name.removeprefix(BOUNDARIES_PREFIX))
    return path_inside(folder, name)
