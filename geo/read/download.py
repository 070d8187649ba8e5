"""Fetch a large file over HTTP: to the end or not at all, from where it broke off, and checked against its sum."""

from __future__ import annotations

import errno
import hashlib
import http.client
import re
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from geo.errors import DataError, Fault
from geo.language import gettext as _

#: What servers are told about who asks; operators want to know.
USER_AGENT: Final = "geo-placement (planning of schools and clinics)"
_CHUNK_BYTES: Final = 1 << 18
_ATTEMPTS: Final = 5
_TIMEOUT_SECONDS: Final = 60.0
_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")
_FULL: Final = {errno.ENOSPC, errno.EDQUOT}

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Patience:
    """How often a broken connection is tried again, and how long is waited before each further attempt."""

    attempts: int = _ATTEMPTS
    first_wait_seconds: float = 2.0
    timeout_seconds: float = _TIMEOUT_SECONDS


#: Five attempts, with two to sixteen seconds in between.
PATIENT: Final = Patience()


class _CutOffError(Exception):
    """The connection ended before the file did."""


def fetch(
    url: str,
    target: Path,
    *,
    md5: str,
    progress: Progress = lambda _done, _all: None,
    patience: Patience = PATIENT,
) -> Path:
    """Download a file unless it is there already.

    What was received is kept in ``<target>.part`` and continued at the next call, if the server can; the file appears
    under its name only when its checksum is right.

    Parameters
    ----------
    url
        Address, http or https.
    target
        File to make.
    md5
        Its checksum in hexadecimal, as the server states it.
    progress
        Told how many bytes there are, and how many there will be (0 = unknown).
    patience
        When to give up.

    Returns
    -------
    Path
        `target`.

    Raises
    ------
    DataError
        If the server cannot be reached, the checksum is wrong, or the disk is full.
    """
    if target.is_file() and _md5_of(target) == md5:
        return target
    part = target.with_name(target.name + ".part")
    target.parent.mkdir(parents=True, exist_ok=True)
    for attempt in range(patience.attempts):
        try:
            _receive(url, part, progress, patience)
            break
        except (_CutOffError, urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
            if attempt + 1 == patience.attempts or _is_final(error):
                raise _not_reached(url, error, part) from error
            time.sleep(patience.first_wait_seconds * 2**attempt)
        except OSError as error:
            raise not_stored(part, error) from error
    found = _md5_of(part)
    if found != md5:
        part.unlink()
        message = _("What was downloaded from {url} has the checksum {found}, not {md5}.")
        remedy = _("It was deleted. Try again; the file on the server may just have been replaced.")
        raise _fault(target.name, "wrong-download", message.format(url=url, found=found, md5=md5), remedy)
    part.replace(target)
    return target


def fetch_text(url: str, *, largest_bytes: int = 20_000_000, patience: Patience = PATIENT) -> str:
    """Return a small text from a server.

    Raises
    ------
    DataError
        If it cannot be reached, or the text is larger than expected.
    """
    for attempt in range(patience.attempts):
        try:
            with _open(url, {}, patience) as answer:
                content: bytes = answer.read(largest_bytes + 1)
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
            if attempt + 1 == patience.attempts or _is_final(error):
                raise _not_reached(url, error, None) from error
            time.sleep(patience.first_wait_seconds * 2**attempt)
            continue
        if len(content) > largest_bytes:
            message = _("The answer of {url} is larger than expected.").format(url=url)
            raise _fault(url, "wrong-download", message, _("Check the address."))
        return content.decode("utf-8", errors="replace")
    raise AssertionError("the loop returns or raises")


def _open(url: str, headers: dict[str, str], patience: Patience) -> Any:
    if urlsplit(url).scheme not in {"http", "https"}:
        raise _fault(url, "wrong-address", _("This is no address on the web."), _("Use http or https."))
    request = urllib.request.Request(url, headers={"User-Agent": USER_AGENT, **headers})  # noqa: S310 - checked above
    return urllib.request.urlopen(request, timeout=patience.timeout_seconds)  # noqa: S310 - checked above


def _receive(url: str, part: Path, progress: Progress, patience: Patience) -> None:
    """Receive what is missing of a file; all of it where the server cannot begin in the middle."""
    have = part.stat().st_size if part.is_file() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    try:
        answer = _open(url, headers, patience)
    except urllib.error.HTTPError as error:
        if error.code != http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        # Nothing follows: the part is whole already, or longer than the file. The checksum tells.
        return
    with answer:
        begun = _RANGE.match(answer.headers.get("Content-Range", ""))
        continues = answer.status == http.client.PARTIAL_CONTENT and begun is not None and int(begun[1]) == have
        start = have if continues else 0
        length = int(answer.headers.get("Content-Length") or 0)
        _check_room(part, length, url)
        _store(answer, part, start, length, progress)


def _check_room(part: Path, length: int, url: str) -> None:
    free = shutil.disk_usage(part.parent).free
    if length > free:
        message = _("{url} needs {need} MB on the disk, {free} MB are free.").format(
            url=url, need=-(-length // 10**6), free=free // 10**6
        )
        raise _fault(part.parent.as_posix(), "disk-full", message, _("Make room, or name another folder with --cache."))


def _store(answer: Any, part: Path, start: int, length: int, progress: Progress) -> None:
    done = start
    with part.open("ab" if start else "wb") as file:
        while True:
            try:
                chunk = answer.read(_CHUNK_BYTES)
            except http.client.IncompleteRead as error:
                file.write(error.partial)
                raise _CutOffError(str(error)) from error
            if not chunk:
                break
            file.write(chunk)
            done += len(chunk)
            progress(done, start + length if length else 0)
    if length and done < start + length:
        raise _CutOffError(_("the connection was cut after {n} bytes").format(n=done))


def _is_final(error: Exception) -> bool:
    """Return whether asking again would bring the same answer: a page that is not there, a refusal."""
    return isinstance(error, urllib.error.HTTPError) and 400 <= error.code < 500 and error.code not in {408, 429}


def _md5_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _not_reached(url: str, error: Exception, part: Path | None) -> DataError:
    message = _("{url} could not be fetched: {reason}.").format(url=url, reason=str(error).rstrip("."))
    remedy = _("Check the connection and try again.")
    if part is not None and part.is_file() and part.stat().st_size:
        remedy = _("Check the connection and try again: it goes on where it stopped.")
    return _fault(url, "not-reached", message, remedy)


def not_stored(part: Path, error: OSError) -> DataError:
    """Return the error of a file that cannot be written: a full disk, or another reason."""
    if error.errno in _FULL:
        message = _("The disk is full.")
        remedy = _("Make room and try again: it goes on where it stopped. Or name another folder with --cache.")
        return _fault(part.parent.as_posix(), "disk-full", message, remedy)
    message = _("The file could not be written: {reason}.").format(reason=error.strerror or str(error))
    return _fault(part.as_posix(), "not-written", message, _("Check the folder, or name another with --cache."))


def _fault(name: str, code: str, message: str, remedy: str) -> DataError:
    return DataError([Fault(name, 0, "", code, message, remedy)])
