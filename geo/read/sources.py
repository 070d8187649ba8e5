"""Where data come from: SOURCE.toml beside every data set, with producer, licence, date and checksums."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.read.files import require_file, unreadable_file
from geo.tables.check import Findings
from geo.tables.study_files import bounded_toml, path_inside, short

#: Field of `Source` -> keys of SOURCE.toml it is taken from; several are joined.
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("title", "name"),
    "producer": ("producer",),
    "licence": ("licence", "license"),
    "attribution": ("attribution",),
    "date": ("date", "data_date"),
    "origin": ("origin", "package", "version", "member"),
    "notes": ("note", "notes", "data_date_note", "licence_note", "done", "assumed", "limits"),
}
_REQUIRED: Final = ("title", "producer", "licence")
_JOINED: Final = {"origin", "notes"}
_CHUNK_BYTES: Final = 1 << 20
_OPENSTREETMAP: Final = "OpenStreetMap contributors"


@dataclass(frozen=True)
class Source:
    """One data set's origin. Text that is not stated is empty.

    Parameters
    ----------
    title
        What the data set is called.
    producer
        Who made it.
    licence
        Licence.
    attribution
        Sentence that must be shown with the data.
    date
        Date of the data, as stated.
    origin
        How it was obtained, e.g. package, version, member.
    notes
        What was done to it, what was assumed, where it ends.
    files
        Files it describes, relative to the folder of SOURCE.toml.
    synthetic
        The data are invented.
    """

    title: str = ""
    producer: str = ""
    licence: str = ""
    attribution: str = ""
    date: str = ""
    origin: str = ""
    notes: str = ""
    files: tuple[str, ...] = ()
    synthetic: bool = False


def read_sources(path: Path, name: str) -> tuple[tuple[Source, ...], list[Fault]]:
    """Read SOURCE.toml and compare the files beside it with their checksums.

    The sources are its tables ``[[source]]``; a file without them is one source itself. Checksums stand in tables
    ``[[file]]`` with `name` and `sha256`, or in the source with `file` and `sha256`. Other keys are not used.

    Parameters
    ----------
    path
        SOURCE.toml.
    name
        Name for messages, relative to the study folder.

    Returns
    -------
    tuple of Source
        In the order of the file.
    list of Fault
        Missing producers and licences, missing or altered files. TOML has no rows: a message names the source.

    Raises
    ------
    DataError
        If the file is missing or is no TOML.
    """
    require_file(path, name)
    try:
        document = bounded_toml(path, name)[1]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise unreadable_file(name, short(error)) from error
    found = Findings(name)
    tables = _tables(document, "source") or [document]
    sources = tuple(_source(table, document.get("synthetic") is True, found) for table in tables)
    digests = {str(entry.get("name", "")): _text(entry, "sha256") for entry in _tables(document, "file")}
    digests |= {
        _text(table, "file"): _text(table, "sha256") for table in tables if "file" in table and "sha256" in table
    }
    for file in sorted({file for source in sources for file in source.files} | set(digests)):
        _check_file(path.parent, file, digests.get(file, ""), found)
    return sources, found.faults


def with_openstreetmap(sources: tuple[Source, ...], files: Sequence[str]) -> tuple[Source, ...]:
    """Return sources that credit OpenStreetMap, as its licence demands, where files of a study come from it.

    Parameters
    ----------
    sources
        What the study declares; where one of them mentions OpenStreetMap the study's own words stay.
    files
        Files with OpenStreetMap's data; none = nothing to credit.

    References
    ----------
    Open Database License 1.0, section 4.3; openstreetmap.org/copyright
    """
    stated = " ".join(f"{one.title} {one.producer} {one.attribution} {one.origin} {one.notes}" for one in sources)
    if not files or "openstreetmap" in stated.casefold():
        return sources
    own = Source(
        title=", ".join(files),
        producer=_OPENSTREETMAP,
        licence="ODbL 1.0",
        attribution=f"© {_OPENSTREETMAP}",
        files=tuple(files),
    )
    return (*sources, own)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _tables(document: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    entries = document.get(key)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _text(table: Mapping[str, Any], key: str) -> str:
    """Return a value as text: TOML dates in ISO form, lists joined."""
    value = table.get(key, "")
    return " ".join(str(part) for part in value) if isinstance(value, list) else str(value).strip()


def _source(table: Mapping[str, Any], synthetic: bool, found: Findings) -> Source:
    values = {}
    for field, keys in _KEYS.items():
        stated = [text for text in (_text(table, key) for key in keys) if text]
        values[field] = " ".join(stated) if field in _JOINED else next(iter(stated), "")
    for field in _REQUIRED:
        if not values[field]:
            found.add(
                0,
                _KEYS[field][0],
                "blank-value",
                _("Source “{title}” has no {key}.").format(title=values["title"], key=_KEYS[field][0]),
                _("Fill it in."),
                "warning",
            )
    listed = table.get("files", [])
    files = [str(file) for file in listed] if isinstance(listed, list) else [str(listed)]
    files += [_text(table, "file")] if "file" in table and not isinstance(table["file"], list) else []
    return Source(**values, files=tuple(files), synthetic=synthetic or table.get("synthetic") is True)


def _check_file(folder: Path, file: str, stated: str, found: Findings) -> None:
    try:
        path = path_inside(folder, file)
        exists = path.is_file()
    except (DataError, OSError):
        exists = False
    if not exists:
        found.add(
            0,
            "file",
            "missing-file",
            _("{file} does not exist.").format(file=short(file)),
            _("Correct the name or add the file."),
            "warning",
        )
    elif not stated:
        found.add(
            0, "sha256", "no-checksum", _("{file} has no checksum.").format(file=file), _("Add its SHA-256."), "note"
        )
    elif sha256_of(path) != stated.lower():
        found.add(
            0,
            "sha256",
            "wrong-checksum",
            _("{file} is not the file that its source describes: it was changed.").format(file=file),
            _("If the change is meant, say so in the notes and set sha256 to {digest}.").format(digest=sha256_of(path)),
            "warning",
        )
