"""What is wrong with a study file, in words: where the key stands, what is wrong with it, what to write instead."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from geo.errors import Fault
from geo.language import gettext as _
from geo.tables.study_files import short

Location = tuple[int | str, ...]

#: Kind of pydantic error that carries a message, a remedy and a place of our own.
INCONSISTENT: Final = "inconsistent"
_LONGEST_KEY: Final = 120
#: Keys and headers stand at the beginning of a line.
_LONGEST_LINE: Final = 500
#: Tables whose entries are told apart by their name.
_NAMED: Final = ("season", "scenario", "service")


def inconsistent(message: str, remedy: str, place: Location) -> PydanticCustomError:
    """Return the error for parts that do not fit together.

    Parameters
    ----------
    message, remedy
        What is wrong, and what to do.
    place
        Key within the checked part, e.g. ``("serving_level",)``.
    """
    return PydanticCustomError(INCONSISTENT, "{message}", {"message": message, "remedy": remedy, "place": place})


def not_toml(error: tomllib.TOMLDecodeError, text: str, file: str) -> Fault:
    """Return the fault for a file that is no TOML; backslashes of Windows paths are the usual reason."""
    found = re.search(r"at line (\d+)", str(error))
    row = int(found.group(1)) if found else 0
    line = next(iter(text.splitlines()[row - 1 : row]), "")[:_LONGEST_LINE]
    if re.search(r'"[^"]*\\', line):
        message = _("A backslash \\ has a meaning of its own in quotes.")
        return Fault(file, row, "", "not-toml", message, _("Write / instead of \\ in paths."))
    remedy = _("Correct the line; values in quotes, one key per line.")
    return Fault(file, row, "", "not-toml", _("This is no TOML: {reason}.").format(reason=error), remedy)


def not_utf_8(file: str) -> Fault:
    """Return the fault for a study file in another encoding."""
    message = _("The file is not written in UTF-8.")
    return Fault(file, 0, "", "not-utf-8", message, _("Save it with encoding UTF-8 in the text editor."))


def setting_fault(item: Mapping[str, Any], content: Mapping[str, Any], text: str, file: str, model: Any) -> Fault:
    """Return the fault for one error of pydantic.

    Parameters
    ----------
    item
        The error.
    content, text, file
        The study file as read, as written, and its name.
    model
        Model of the whole study file.
    """
    context = item.get("ctx", {})
    place: Location = (*item["loc"], *context.get("place", ()))
    row, column = row_of(text, place), shown(place, content)
    if item["type"] == "extra_forbidden":
        key = short(place[-1])
        message = _("The key “{key}” is not known.").format(key=key)
        return Fault(file, row, column, "unknown-key", message, _nearest(key, _known_keys(place, model)))
    if item["type"] == INCONSISTENT:
        return Fault(file, row, column, "bad-setting", context["message"], context["remedy"])
    message, remedy = words_of(item)
    return Fault(file, row, column, "bad-setting", message, remedy)


def _nearest(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    if near:
        return _("Did you mean {near}?").format(near=near[0])
    return _("Known keys here: {keys}.").format(keys=", ".join(known))


def words_of(item: Mapping[str, Any]) -> tuple[str, str]:
    """Return message and remedy for an error of pydantic's own."""
    kind, value, context = str(item["type"]), short(item["input"]), item.get("ctx", {})
    if kind == "missing":
        message = _("The key “{key}” is missing: it is required.").format(key=item["loc"][-1])
        return message, _("Add it; docs/study-file.md explains every key.")
    if kind == "too_short":
        return _("The list is empty."), _("Give at least one value.")
    if kind == "literal_error":
        listed = re.findall(r"'([^']*)'", str(context["expected"]))
        message = _("“{value}” is not allowed here.").format(value=value)
        return message, _("Use one of: {choices}.").format(choices=", ".join(listed))
    if kind == "string_pattern_mismatch":
        mark = "-" if "-]" in context["pattern"] else "_"
        message = _("“{value}” does not fit the pattern of names.").format(value=value)
        return message, _("Use small Latin letters, digits and {mark}, e.g. my{mark}study.").format(mark=mark)
    return _words_of_value(kind, value, context) or (str(item["msg"]) + ".", _("Correct the setting."))


def _words_of_value(kind: str, value: object, context: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return message and remedy for a number beyond its limit or a value of the wrong type; None for other errors."""
    limit = _limit(context)
    if limit:
        return _("{value} cannot be; the rule is: {rule}.").format(value=value, rule=limit), _("Correct the value.")
    wanted = _wanted(kind)
    if wanted:
        message = _("“{value}” is not {wanted}.").format(value=value, wanted=wanted)
        return message, _("Write {wanted}.").format(wanted=wanted)
    return None


def _limit(context: Mapping[str, Any]) -> str:
    """Return the limit that a number breaks, in words; empty where there is none."""
    rules = {
        "ge": _("at least {limit}"),
        "gt": _("more than {limit}"),
        "le": _("at most {limit}"),
        "lt": _("less than {limit}"),
    }
    return next((rules[sign].format(limit=limit) for sign, limit in context.items() if sign in rules), "")


def _wanted(kind: str) -> str:
    """Return in words what a kind of error asks for; empty where it is about no type."""
    for beginning, wanted in (
        ("int_", _("a whole number")),
        ("float_", _("a number")),
        ("finite_", _("a number")),
        ("bool_", _("true or false")),
        ("string_", _("text in quotes")),
        ("tuple_", _("a list in square brackets")),
        ("model_", _("a table with keys of its own")),
        ("dict_", _("a table with keys of its own")),
    ):
        if kind.startswith(beginning):
            return wanted
    return ""


def shown(place: Location, content: Mapping[str, Any]) -> str:
    """Return a key as the planner sees it: ``network.leg_factor``, ``[[service]] "phc": open``."""
    if len(place) > 1 and place[0] in _NAMED and isinstance(place[1], int):
        entries = content.get(str(place[0]))
        entry = entries[place[1]] if isinstance(entries, list) and place[1] < len(entries) else None
        name = entry.get("name") if isinstance(entry, dict) else None
        title = f'[[{place[0]}]] "{short(name)}"' if isinstance(name, str) else f"[[{place[0]}]] {place[1] + 1}"
        rest = _dotted(place[2:])
        return f"{title}: {rest}" if rest else title
    if len(place) == 1 and place[0] in _NAMED:
        return f"[[{place[0]}]]"
    return _dotted(place)


def _dotted(place: Location) -> str:
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place)
    return short(text.removeprefix("."), _LONGEST_KEY)


def _known_keys(place: Location, model: Any) -> list[str]:
    for key in place[:-1]:
        if isinstance(key, str):
            model = _model_in(model.model_fields[key].annotation)
    return list(model.model_fields)


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        model = _model_in(part)
        if model is not None:
            return model
    return None


def row_of(text: str, place: Location) -> int:
    """Return the line of a key: its table's n-th header, then the key below it. 0 where it cannot be told."""
    lines = [line[:_LONGEST_LINE] for line in text.splitlines()]
    keys = [part for part in place if isinstance(part, str)]
    index = next((part for part in place if isinstance(part, int)), 0)
    for depth in range(len(keys), 0, -1):
        table = ".".join(keys[:depth])
        headers = [
            i for i, line in enumerate(lines) if "[" in line and re.match(rf"\s*\[+\s*{re.escape(table)}\s*\]", line)
        ]
        if not headers:
            continue
        start = headers[index if index < len(headers) else 0]
        return _row_below(lines, start, table, keys[depth:]) + 1
    return 0


def _row_below(lines: list[str], start: int, table: str, keys: list[str]) -> int:
    """Return the index of the outermost key that stands below a header; the header's where none does."""
    end = next(
        (
            i
            for i in range(start + 1, len(lines))
            if "[" in lines[i]
            and re.match(r"\s*\[", lines[i])
            and not re.match(rf"\s*\[+\s*{re.escape(table)}\.", lines[i])
            and re.match(r"\s*\[+[\w.\s-]+\]+\s*(#.*)?$", lines[i])
        ),
        len(lines),
    )
    for key in keys:
        for i in range(start + 1, end):
            if key in lines[i] and re.match(rf"\s*{re.escape(key)}\s*=", lines[i]):
                return i
    return start
