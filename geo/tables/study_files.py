"""Files that a study names, which somebody else may have written: inside its folder, of bounded size and depth."""

from __future__ import annotations

import glob
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.tables.hidden import HIDDEN, with_hidden_shown

#: Variable of the environment with further folders that studies may read from, separated as in PATH.
FOLDERS_VARIABLE: Final = "GEO_INPUT_FOLDERS"
MAX_TOML_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 24
_MOST_FAULTS: Final = 20
#: A key of more parts than any setting has; tomllib needs time for each part of each line.
_LONG_KEY: Final = re.compile(r"""(?<![\w"'-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){24}""")


def path_inside(folder: Path, name: str) -> Path:
    """Return the path of a file that a study names.

    Parameters
    ----------
    folder
        Folder of the study.
    name
        Path as the study gives it.

    Raises
    ------
    DataError
        If it lies outside the folder once links are followed, and in none of the folders of `FOLDERS_VARIABLE`, which
        whoever runs the study may name: a study of a stranger must not read the rest of the disk.
    """
    path = folder / name
    try:
        target = path.resolve()
        allowed = [folder.resolve(), *(Path(one).resolve() for one in _further_folders())]
    except (OSError, ValueError, RuntimeError) as error:
        message, remedy = _("The file does not exist."), _("Check the name in the study file.")
        raise DataError([Fault(short(name), 0, "", "missing-file", message, remedy)]) from error
    # A shapefile is read with the files beside it.
    parts = path.parent.glob(f"{glob.escape(path.stem)}.*") if path.suffix.lower() == ".shp" else ()
    if all(any(part.is_relative_to(one) for one in allowed) for part in (target, *(part.resolve() for part in parts))):
        return path
    message = _("The file lies outside the folder of the study.")
    remedy = _("Copy it into the folder, or name its folder in the environment variable {name}.")
    raise DataError([Fault(short(name), 0, "", "outside-folder", message, remedy.format(name=FOLDERS_VARIABLE))])


def _further_folders() -> Iterator[str]:
    return filter(None, os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep))


def bounded_toml(path: Path, file: str) -> tuple[str, dict[str, Any]]:
    """Return the text of a TOML file and what it says.

    Parameters
    ----------
    path, file
        File, and its name for messages.

    Raises
    ------
    DataError
        If the file cannot be read, is larger than `MAX_TOML_BYTES`, nested deeper than `MAX_DEPTH`, or has `HIDDEN`
        characters in its texts.
    tomllib.TOMLDecodeError
        If it is no TOML; callers know what is usually wrong with theirs.
    UnicodeDecodeError
        If it is not written in UTF-8.
    """
    try:
        content = _beginning(path)
    except OSError as error:
        message = _("The file cannot be read: {reason}.").format(reason=error.strerror or type(error).__name__)
        raise DataError([Fault(file, 0, "", "unreadable-file", message, _("Check its permissions."))]) from error
    if len(content) > MAX_TOML_BYTES:
        message = _("The file is larger than {n} MB.").format(n=MAX_TOML_BYTES // 1_000_000)
        remedy = _("Settings are a few pages; bring long lists as tables.")
        raise DataError([Fault(file, 0, "", "too-large", message, remedy)])
    text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    try:
        if not _LONG_KEY.search(text) and _is_shallow(settings := tomllib.loads(text)):
            _check_visible(settings, text, file)
            return text, settings
    except RecursionError:
        pass  # said below
    message, remedy = _("The settings are nested too deeply."), _("Correct brackets and dots that stand in rows.")
    raise DataError([Fault(file, 0, "", "too-deep", message, remedy)])


def _beginning(path: Path) -> bytes:
    """Return a file's bytes, no more than tell that it is too large."""
    with path.open("rb") as file:
        return file.read(MAX_TOML_BYTES + 1)


def _is_shallow(settings: Any) -> bool:
    level = [settings]
    for _depth in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return True
    return False


def _check_visible(settings: Any, text: str, file: str) -> None:
    """Refuse texts with characters that nobody sees: titles and names get onto pages and into tables."""
    faults: list[tuple[str, str]] = []
    rest: list[tuple[str, Any]] = [("", settings)]
    while rest and len(faults) < _MOST_FAULTS:
        place, value = rest.pop()
        if isinstance(value, dict):
            rest += [(f"{place}.{key}".removeprefix("."), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            rest += [(f"{place}[{number}]", inner) for number, inner in enumerate(value, start=1)]
        elif isinstance(value, str) and HIDDEN.search(value):
            faults.append((place, value))
    if not faults:
        return
    rows = [row for row, line in enumerate(text.splitlines(), start=1) if HIDDEN.search(line)]
    message = _("The text holds characters that nobody sees, or that turn the reading direction: {text}.")
    remedy = _("Type it anew.")
    raise DataError(
        Fault(
            file, rows[0] if rows else 0, short(place), "hidden-characters", message.format(text=marked(value)), remedy
        )
        for place, value in faults
    )


def marked(text: str) -> str:
    """Return a text for a message, what nobody sees in it by its number."""
    return short(with_hidden_shown(text))


def short(value: object, longest: int = 80) -> str:
    """Return a value of a file for a message: short, on one line, without control characters."""
    text = str(value)[: longest + 1]
    text = "".join(sign if sign.isprintable() else " " for sign in text)
    return text if len(text) <= longest else text[: longest - 1] + "…"
