"""Reading `study.toml`: as far as it can be understood, with every fault in it."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from geo.errors import DataError, Fault, StudyFileError
from geo.language import gettext as _
from geo.study.config import STUDY_FILE, StudyConfig
from geo.study.config_faults import not_toml, not_utf_8, row_of, setting_fault, shown
from geo.tables.study_files import bounded_toml

#: More faults of one study file are only counted: to find the line of each takes time.
_MOST_FAULTS = 50


def study_file(path: Path) -> Path:
    """Return the study file that a folder or file path means.

    Raises
    ------
    StudyFileError
        If there is none.
    """
    file = path / STUDY_FILE if path.is_dir() else path
    if file.is_file() and file.suffix.lower() != ".toml":
        message = _("This is no study file.")
        remedy = _("Give a folder that holds a study.toml, or the study.toml itself.")
        raise StudyFileError([Fault(str(path), 0, "", "no-study", message, remedy)])
    if not file.is_file():
        message = _("There is no study here.")
        remedy = _("Give a folder that holds a study.toml, e.g. geo run studies/steppe.")
        raise StudyFileError([Fault(str(path), 0, "", "no-study", message, remedy)])
    return file


def read_config(path: Path) -> tuple[StudyConfig, list[Fault]]:
    """Read a study file as far as it can be understood.

    Parameters
    ----------
    path
        Study folder or study file.

    Returns
    -------
    StudyConfig
        The study without its unknown keys.
    list of Fault
        The unknown keys, which the caller raises together with the faults of the data, and warnings about seasons.

    Raises
    ------
    StudyFileError
        If the file cannot be understood even without them.
    """
    file = study_file(path)
    text, content = _read_toml(file)
    try:
        config = StudyConfig.model_validate(content)
    except ValidationError as error:
        items = [item for item in error.errors() if not _follows_from_items(item)]
        faults = [setting_fault(item, content, text, file.name, StudyConfig) for item in items[:_MOST_FAULTS]]
        if len(items) > _MOST_FAULTS:
            faults.append(_many(file.name, len(items) - _MOST_FAULTS))
        for item in error.errors():
            if item["type"] == "extra_forbidden":
                _remove(content, item["loc"])
    else:
        return config, _check_months(config, text, file.name)
    try:
        config = StudyConfig.model_validate(content)
    except ValidationError as error:
        raise StudyFileError(faults) from error
    return config, faults + _check_months(config, text, file.name)


def _read_toml(file: Path) -> tuple[str, dict[str, Any]]:
    try:
        return bounded_toml(file, file.name)
    except UnicodeDecodeError as error:
        raise StudyFileError([not_utf_8(file.name)]) from error
    except tomllib.TOMLDecodeError as error:
        text = file.read_text(encoding="utf-8-sig")
        raise StudyFileError([not_toml(error, text, file.name)]) from error
    except DataError as error:
        raise StudyFileError(error.faults) from error


def _check_months(config: StudyConfig, text: str, file: str) -> list[Fault]:
    """Warn of months in two seasons or in none, where every season states its months."""
    if not all(season.months for season in config.season):
        return []
    times = Counter(month for season in config.season for month in set(season.months))
    twice = [month for month in range(1, 13) if times[month] > 1]
    missing = [month for month in range(1, 13) if not times[month]]
    place = ("season", 0, "months")
    row, column = row_of(text, place), shown(place[:1], {})
    faults = []
    if twice:
        message = _("Months that belong to two seasons: {months}.").format(months=", ".join(map(str, twice)))
        remedy = _("Give every month to one season.")
        faults.append(Fault(file, row, column, "months-overlap", message, remedy, "warning"))
    if missing:
        message = _("Months that belong to no season: {months}.").format(months=", ".join(map(str, missing)))
        remedy = _("Give every month to one season.")
        faults.append(Fault(file, row, column, "months-missing", message, remedy, "warning"))
    return faults


def _many(file: str, n: int) -> Fault:
    message = _("Further faults: {n}.").format(n=n)
    return Fault(file, 0, "", "too-many-faults", message, _("Mend those that are listed first."))


def _follows_from_items(item: Any) -> bool:
    """Return whether pydantic calls a list too short only because its items are wrong."""
    return bool(item["type"] == "too_short" and len(item["input"]) >= item["ctx"]["min_length"])


def _remove(content: Any, loc: tuple[int | str, ...]) -> None:
    for key in loc[:-1]:
        content = content[key]
    del content[loc[-1]]
