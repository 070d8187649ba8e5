"""A planner's proposal: a JSON file, saved by the map or written by hand, that opens and closes sites.

::

    {"format": "geo-proposal-1", "study": "steppe", "unit": "7032", "title": "what the akimat asked for",
     "services": {"phc": {"open": ["new-7032-11"], "close": ["F12"]}}}

The map adds the norm it showed (`norm_minutes`), which the report compares with the study's, and the season; other
keys are allowed and not used.
"""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import pandas as pd

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.read.files import unreadable_file
from geo.read.sources import sha256_of
from geo.tables.study_files import short

FORMAT: Final = "geo-proposal-1"
MAX_BYTES: Final = 1_000_000
MAX_TITLE: Final = 200
#: A norm of a day is no norm.
_MOST_MINUTES: Final = 24 * 60
#: Characters of a faulty value that a message repeats.
_SHOWN: Final = 60
_MOST_FAULTS: Final = 100
#: Names offered where a list of choices would not fit a message.
_CHOICES: Final = 8


@dataclass(frozen=True)
class Changes:
    """What a proposal does in one service: identifiers of sites, in the file's order."""

    open: tuple[str, ...]
    close: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """A checked proposal.

    Parameters
    ----------
    unit
        Unit it is about.
    services
        Changes by service name; a service that is not named stays out of the comparison.
    title
        What its author calls it; may be empty.
    norm_minutes
        Norm that the map showed when it was saved; None where the file says nothing.
    file, sha256
        Name and digest of the file.
    """

    unit: str
    services: Mapping[str, Changes]
    title: str = ""
    norm_minutes: float | None = None
    file: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Known:
    """What a proposal may name.

    Parameters
    ----------
    study
        Short name of the study.
    units
        Its units, and the identifier of the whole study.
    whole
        That identifier: a proposal for the whole study may change sites anywhere.
    services
        Names of the study's services.
    sites
        One row per service and site: `site_id`, `name` (in the language in use), `service`, `kind` (existing |
        candidate), `unit_id`, `serves`, `protected_reason` (missing = not protected).
    """

    study: str
    units: tuple[str, ...]
    whole: str
    services: tuple[str, ...]
    sites: pd.DataFrame


def read_proposal(path: Path, known: Known) -> Proposal:
    """Read a proposal and check it against the study.

    Raises
    ------
    DataError
        With every fault: no JSON, another format, study, unit, service or site than the study knows, a site of another
        unit, one that is open already or not open at all, a protected facility, anything named twice, no change at all.
    """
    name = path.name
    if not path.is_file():
        raise DataError([Fault(name, 0, "", "missing-file", _("The file does not exist."), _("Correct its name."))])
    check = _Check(name, known)
    document = check.object_of(_document(path, name, check), "")
    unit = check.header(document)
    services = check.services(document.get("services"), unit) if "services" in document else {}
    if "services" not in document:
        check.fault("services", "missing-key", _("The key is missing."), _("Add it."))
    title = check.title(document.get("title", ""))
    norm_minutes = check.shown_by_the_map(document)
    if check.faults:
        raise DataError(check.faults)
    return Proposal(unit, services, title, norm_minutes, file=name, sha256=sha256_of(path))


def _document(path: Path, name: str, check: _Check) -> Any:
    """Return what the JSON file holds; keys that stand twice are faults.

    Raises
    ------
    DataError
        If it is too large, or is no JSON.
    """
    remedy = _("Save the proposal from the map again, or correct the file in a text editor.")
    try:
        if path.stat().st_size > MAX_BYTES:
            message = _("The file is larger than 1 MB; a proposal is a short list of sites.")
            raise DataError([Fault(name, 0, "", "too-large", message, remedy)])
        text = path.read_bytes().decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=check.pairs)
    except json.JSONDecodeError as error:
        message = _("This is no JSON: a sign is missing or wrong here or just before.")
        raise DataError([Fault(name, error.lineno, "", "no-json", message, remedy)]) from error
    except (OSError, ValueError, RecursionError) as error:
        raise unreadable_file(name, shown(error), remedy) from error


@dataclass
class _Check:
    """Gathers faults, each at the path of its key."""

    file: str
    known: Known
    faults: list[Fault] = field(default_factory=list)

    def fault(self, key: str, code: str, message: str, remedy: str) -> None:
        """Note one fault.

        Raises
        ------
        DataError
            With all of them, once they are so many that the file is no proposal.
        """
        self.faults.append(Fault(self.file, 0, key, code, message, remedy))
        if len(self.faults) >= _MOST_FAULTS:
            text, remedy = _("There are too many faults to go on."), _("Mend those that are listed first.")
            raise DataError([*self.faults, Fault(self.file, 0, "", "too-many-faults", text, remedy)])

    def pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Return an object of the file; of keys that stand twice JSON itself would drop all but the last."""
        found = dict(pairs)
        for key, times in Counter(key for key, _value in pairs).items():
            if times > 1:
                message = _("The key “{key}” stands twice.").format(key=shown(key))
                self.fault(shown(key), "duplicate-key", message, _("Keep one of them."))
        return found

    def object_of(self, value: Any, key: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self.fault(key, "no-object", _("An object in braces belongs here."), _("Write keys and values between braces."))
        return {}

    def header(self, document: dict[str, Any]) -> str:
        """Check format and study; return the unit, empty where it is not known."""
        self._one_of(document, "format", (FORMAT,), "unknown-format")
        self._one_of(document, "study", (self.known.study,), "other-study")
        return self._one_of(document, "unit", self.known.units, "unknown-unit")

    def _one_of(self, document: dict[str, Any], key: str, choices: Collection[str], code: str) -> str:
        value = document.get(key)
        if isinstance(value, str) and value in choices:
            return value
        if value is None:
            self.fault(key, "missing-key", _("The key is missing."), _use(choices))
        else:
            message = _("“{value}” is not what belongs here.").format(value=shown(value))
            self.fault(key, code, message, _quotes(value) or _nearest(value, choices))
        return ""

    def title(self, value: Any) -> str:
        if isinstance(value, str) and len(value) <= MAX_TITLE:
            return _printable(value).strip()
        message = _("The title is no text of at most {n} characters.").format(n=MAX_TITLE)
        self.fault("title", "bad-title", message, _("Shorten it, or leave it out."))
        return ""

    def shown_by_the_map(self, document: dict[str, Any]) -> float | None:
        """Check the season and the norm that the map adds; return the norm, None where there is none."""
        season, minutes = document.get("season", ""), document.get("norm_minutes")
        if not isinstance(season, str):
            self.fault("season", "bad-season", _("The season is no text."), _("Put it in quotes, or leave it out."))
        if minutes is None:
            return None
        if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 < minutes < _MOST_MINUTES:
            message = _("The norm is no number of minutes above 0.")
            self.fault("norm_minutes", "bad-norm", message, _("Correct it, or leave it out."))
            return None
        return float(minutes)

    def services(self, value: Any, unit: str) -> dict[str, Changes]:
        found = {}
        if value == {}:
            message = _("The proposal changes nothing.")
            self.fault("services", "nothing-proposed", message, _("Open or close at least one site."))
        for name, changes in self.object_of(value, "services").items():
            key = f"services.{shown(name)}"
            if name not in self.known.services:
                message = _("The study has no service “{name}”.").format(name=shown(name))
                self.fault(key, "unknown-service", message, _nearest(name, self.known.services))
                continue
            found[name] = _Sites(self, name, unit).changes(self.object_of(changes, key), key)
        # The order of the study, whatever the order of the file: the same proposal gives the same pages.
        return {name: found[name] for name in self.known.services if name in found}


@dataclass
class _Sites:
    """Checks the sites of one service."""

    check: _Check
    service: str
    unit: str
    seen: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sites = self.check.known.sites
        self.rows = sites[sites["service"] == self.service].drop_duplicates("site_id").set_index("site_id")
        self.names = {str(site): str(name) for site, name in self.rows["name"].items()}

    def changes(self, value: dict[str, Any], key: str) -> Changes:
        for name in value:
            if name not in ("open", "close"):
                message = _("“{value}” is not what belongs here.").format(value=shown(name))
                self.check.fault(f"{key}.{shown(name)}", "unknown-key", message, _use(("open", "close")))
        opened = self._listed(value.get("open", []), f"{key}.open", "candidate")
        closed = self._listed(value.get("close", []), f"{key}.close", "existing")
        return Changes(tuple(opened), tuple(closed))

    def _listed(self, value: Any, key: str, kind: str) -> Iterable[str]:
        if not isinstance(value, list):
            self.check.fault(
                key, "no-list", _("A list in brackets belongs here."), _("Write the codes in quotes, between brackets.")
            )
            return []
        found = []
        for number, site in enumerate(value):
            if self._may(site, f"{key}[{number}]", kind):
                found.append(site)
        return found

    def _may(self, site: Any, key: str, kind: str) -> bool:
        """Return whether a site may be opened (a candidate) or closed (existing); report why not."""
        found = self._not_own(site, kind) or self._not_possible(site, kind)
        if found is None:
            self.seen[site] = key
            return True
        self.check.fault(key, *found)
        return False

    def _not_own(self, site: Any, kind: str) -> tuple[str, str, str] | None:
        """Return code, message and remedy where a value is no site of the unit, or stands there twice."""
        if not isinstance(site, str) or site not in self.rows.index:
            message = _("The service has no site “{site}”.").format(site=shown(site))
            allowed = self._allowed(kind)
            return "unknown-site", message, _quotes(site) or _nearest(site, allowed, _("Correct the code."), self.names)
        if site in self.seen:
            message = _("“{site}” stands already at {key}.").format(site=shown(site), key=self.seen[site])
            return "duplicate-site", message, _("Keep one of them.")
        unit = self.rows.loc[site, "unit_id"]
        if self.unit not in ("", self.check.known.whole, unit):
            message = _("“{site}” belongs to another unit, {unit}.").format(site=shown(site), unit=unit or "–")
            return "other-unit", message, _("A proposal changes sites of its own unit only.")
        return None

    def _not_possible(self, site: str, kind: str) -> tuple[str, str, str] | None:
        """Return code, message and remedy where a site of the unit cannot be opened or closed."""
        row = self.rows.loc[site]
        if kind == "candidate" and row["kind"] == "existing":
            code, text = "already-open", _("“{site}” is open today.")
        elif kind == "existing" and row["kind"] == "candidate":
            code, text = "not-open", _("“{site}” is not open today.")
        elif kind == "existing" and isinstance(row["protected_reason"], str):
            code, text = "protected-facility", _("“{site}” is protected: {reason}.")
        elif not row["serves"]:
            code, text = "does-not-serve", _("“{site}” is of a level that does not serve here; nothing would change.")
        else:
            return None
        message = text.format(site=shown(site), reason=shown(row["protected_reason"]))
        return code, message, _("Take it off the list.")

    def _allowed(self, kind: str) -> list[str]:
        own = self.rows[(self.rows["kind"] == kind) & self.rows["serves"]]
        if self.unit not in ("", self.check.known.whole):
            own = own[own["unit_id"] == self.unit]
        return [str(site) for site in own.index]


def shown(value: object) -> str:
    """Return a value of the file for a message."""
    return short(value, _SHOWN)


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _quotes(value: object) -> str:
    """Return the remedy for a number where a text belongs; empty for any other value."""
    return _("Put the code in quotes.") if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _nearest(
    value: object, choices: Collection[str], otherwise: str = "", names: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Return the remedy: the choice that is nearest in spelling with its name, else all choices where they fit."""
    near = next(iter(difflib.get_close_matches(str(value)[:_SHOWN], choices, n=1)), None)
    if near is None:
        return otherwise or _use(choices)
    return _("Did you mean {near}?").format(near=f"{near} ({names[near]})" if near in names else near)


def _use(choices: Collection[str]) -> str:
    listed = [*choices][:_CHOICES]
    return _("Use one of: {choices}.").format(choices=", ".join(listed) + (", …" if len(choices) > _CHOICES else ""))
