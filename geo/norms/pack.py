"""Norm packs: TOML files that come with the package, or stand in the folder of a study."""

from __future__ import annotations

import difflib
import math
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.norms.bands import band_faults
from geo.norms.norm import METRIC_UNITS, AppliesIf, Metric, Norm, RemotenessClass
from geo.tables import HAZARDS, SETTLEMENTS
from geo.tables.study_files import bounded_toml, path_inside, short

_CONDITIONS: Final = frozenset(item.name for item in fields(AppliesIf))


def _iso_date(value: object) -> str:
    """Return a day as text; TOML has dates of its own."""
    return date.fromisoformat(str(value)).isoformat() if value else ""


_Day = Annotated[str, BeforeValidator(_iso_date)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Model = TypeVar("_Model", bound=_Part)


class _AppliesIf(_Part):
    pop_min: int | None = Field(default=None, ge=0)
    pop_max: int | None = Field(default=None, ge=1)
    density_min: float | None = Field(default=None, ge=0)
    density_max: float | None = Field(default=None, gt=0)
    classes: tuple[str, ...] = ()
    hazards: tuple[str, ...] = ()
    border: bool | None = None


class _NormFile(_Part):
    norm_id: str = Field(pattern=r"^[a-z0-9-]+$")
    service: str = Field(min_length=1)
    level: str = Field(min_length=1)
    demand_group: str = ""
    applies_if: _AppliesIf = _AppliesIf()
    metric: Metric
    value: float = Field(ge=0, allow_inf_nan=False)
    unit: str
    season_rule: str = Field(default="worst", pattern=r"^[a-z][a-z0-9_]*$")
    coverage_target: float | None = Field(default=None, gt=0, le=1)
    priority: int = Field(default=1, ge=1)
    title_en: str
    title_ru: str = ""
    title_kk: str = ""
    source: str = Field(min_length=1)
    legal_ref: str = ""
    valid_from: _Day = ""
    valid_to: _Day = ""
    confidence: Literal["H", "M", "L"]
    verified: bool


class _ClassFile(_Part):
    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    upper: float = Field(default=math.inf, ge=0)
    title_en: str
    title_ru: str = ""
    title_kk: str = ""
    source: str = Field(min_length=1)
    verified: bool


class _PackFile(_Part):
    pack: str
    title: str
    norm: tuple[dict[str, Any], ...] = ()
    class_: tuple[dict[str, Any], ...] = Field(default=(), alias="class")


#: A name of a pack is no path.
_NAME = re.compile(r"[\w-][\w.-]*")


@dataclass(frozen=True)
class _Pack:
    """What a pack holds."""

    norms: tuple[Norm, ...]
    classes: tuple[RemotenessClass, ...]


def packs() -> tuple[str, ...]:
    """Return the names of the packs that come with the package."""
    folder = resources.files("geo.norms")
    return tuple(sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml")))


def load_pack(name: str, folder: Path | None = None) -> tuple[Norm, ...]:
    """Return the norms of a pack: a file ``norms/<name>.toml`` of the study, or one that comes with the package.

    Raises
    ------
    DataError
        If there is no such pack, or its file breaks the schema; with every fault of the file.
    """
    return _load(name, folder).norms


def remoteness_classes(pack: str = "kz-sparse", folder: Path | None = None) -> tuple[RemotenessClass, ...]:
    """Return the classes of remoteness of a pack, from the nearest to the remotest; none where it has none.

    Raises
    ------
    DataError
        If there is no such pack, or its file breaks the schema.
    """
    return _load(pack, folder).classes


def find_norm(key: str, folder: Path | None = None) -> Norm:
    """Return the norm written as ``pack/norm_id``.

    Raises
    ------
    DataError
        If there is none.
    """
    pack, _slash, norm_id = key.partition("/")
    norms = load_pack(pack, folder)
    for norm in norms:
        if norm.norm_id == norm_id:
            return norm
    message = _("The pack {pack} has no norm “{norm}”.").format(pack=pack, norm=norm_id)
    remedy = _("Use one of: {norms}.").format(norms=", ".join(n.norm_id for n in norms))
    raise DataError([Fault("study.toml", 0, "service.norm", "unknown-norm", message, remedy)])


def _load(name: str, folder: Path | None) -> _Pack:
    if folder is not None and _NAME.fullmatch(name):
        file = f"norms/{name}.toml"
        if (folder / file).is_file():
            return _parse(_own(folder, file), file, name)
    if name not in packs():
        message = _("There is no norm pack “{name}”.").format(name=short(name))
        remedy = _("Use one of {packs}, or write norms/{name}.toml.").format(packs=", ".join(packs()), name=short(name))
        raise DataError([Fault("study.toml", 0, "norms.packs", "unknown-pack", message, remedy)])
    return _packaged(name)


@lru_cache(maxsize=16)
def _packaged(name: str) -> _Pack:
    text = resources.files("geo.norms").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return _parse(tomllib.loads(text), f"{name}.toml", name)


def _own(folder: Path, file: str) -> dict[str, Any]:
    """Return what a pack of the study says."""
    try:
        return bounded_toml(path_inside(folder, file), file)[1]
    except UnicodeDecodeError as error:
        message, remedy = _("The file is not written in UTF-8."), _("Save it with encoding UTF-8 in the text editor.")
        raise DataError([Fault(file, 0, "", "not-utf-8", message, remedy)]) from error
    except tomllib.TOMLDecodeError as error:
        raise DataError([Fault(file, 0, "", "not-toml", short(error), _("Correct the line."))]) from error


def _parse(settings: dict[str, Any], file: str, name: str) -> _Pack:
    try:
        content = _PackFile.model_validate(settings)
    except ValidationError as error:
        raise DataError(_schema_faults(error, file, "", name, _PackFile)) from error
    faults: list[Fault] = []
    norms: list[Norm] = []
    for number, raw in enumerate(content.norm):
        norm = _checked(_NormFile, raw, file, f"norm.{number}", short(raw.get("norm_id", number + 1)), faults)
        if norm is not None:
            applies = AppliesIf(**norm.applies_if.model_dump())
            norms.append(Norm(pack=name, applies_if=applies, **norm.model_dump(exclude={"applies_if"})))
    classes = [
        one
        for number, raw in enumerate(content.class_)
        if (one := _checked(_ClassFile, raw, file, f"class.{number}", short(raw.get("code", number + 1)), faults))
    ]
    if not content.norm and not content.class_:
        message = _("The pack has neither norms nor classes.")
        faults.append(Fault(file, 0, "norm", "empty-pack", message, _("Add a table [[norm]].")))
    faults += [*_doubles(norms, file), *_misfits(norms, file), *band_faults(norms, file), *_bounds(classes, file)]
    if faults:
        raise DataError(faults)
    return _Pack(tuple(norms), tuple(RemotenessClass(**one.model_dump()) for one in classes))


def _checked(
    model: type[_Model], raw: dict[str, Any], file: str, place: str, name: str, faults: list[Fault]
) -> _Model | None:
    """Return a table of a pack as its model; None, with its faults added, where it breaks the schema."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        faults += _schema_faults(error, file, place, name, model)
        return None


def _schema_faults(error: ValidationError, file: str, place: str, name: str, model: type[BaseModel]) -> list[Fault]:
    found = []
    for item in error.errors():
        path = [short(part) for part in item["loc"]]
        column = ".".join([*([place] if place else []), *path])
        if item["type"] == "extra_forbidden":
            message = _("{name} has an unknown attribute “{key}”.").format(name=name, key=path[-1])
            remedy = _nearest(path, model)
        elif item["type"] == "missing":
            message = _("{name} lacks “{key}”.").format(name=name, key=path[-1])
            remedy = _("Add it.")
        else:
            message, remedy = f"{name}: {item['msg']}.", _("Correct the norm.")
        found.append(Fault(file, 0, column, "bad-norm", message, remedy))
    return found


def _nearest(path: Sequence[str], model: type[BaseModel]) -> str:
    """Return what to do about an unknown attribute."""
    inner = _AppliesIf if "applies_if" in path[:-1] else model
    if path[-1] in _CONDITIONS and inner is _NormFile:
        return _("Write it under applies_if: applies_if = {{ {key} = ... }}.").format(key=path[-1])
    near = difflib.get_close_matches(path[-1], list(inner.model_fields), 1)
    if near:
        return _("Did you mean {near}?").format(near=near[0])
    return _("Use one of: {choices}.").format(choices=", ".join(inner.model_fields))


def _doubles(norms: Sequence[Norm], file: str) -> list[Fault]:
    counts = Counter(norm.norm_id for norm in norms)
    return [
        Fault(
            file,
            0,
            "norm",
            "duplicate-norm",
            _("Several norms are called {norm}.").format(norm=norm_id),
            _("Give each a name of its own."),
        )
        for norm_id, count in counts.items()
        if count > 1
    ]


def _misfits(norms: Sequence[Norm], file: str) -> list[Fault]:
    """Return the faults of norms whose attributes are each in order, but not together or not with the tables."""
    people = [column.name for column in SETTLEMENTS.columns if column.unit == "persons"]
    known = {
        "demand_group": ["", *people],
        "classes": list(SETTLEMENTS.column("settlement_class").choices),
        "hazards": list(HAZARDS.column("kind").choices),
    }
    faults = []
    for norm in norms:
        used = {
            "demand_group": (norm.demand_group,),
            "classes": norm.applies_if.classes,
            "hazards": norm.applies_if.hazards,
        }
        for key, values in used.items():
            for value in sorted(set(values) - set(known[key])):
                message = _("{name}: “{value}” is no value of {key}.").format(name=norm.norm_id, value=value, key=key)
                remedy = _("Use one of: {choices}.").format(choices=", ".join(filter(None, known[key])))
                faults.append(Fault(file, 0, key, "unknown-value", message, remedy))
        unit = METRIC_UNITS[norm.metric]
        if norm.unit != unit:
            message = _("{name}: the metric {metric} is measured in “{unit}”, not in “{stated}”.").format(
                name=norm.norm_id, metric=norm.metric, unit=unit, stated=norm.unit
            )
            faults.append(Fault(file, 0, "unit", "wrong-unit", message, _("Convert the value, and write the unit.")))
        if norm.valid_from and norm.valid_to and norm.valid_to < norm.valid_from:
            message = _("{name} ends before it begins.").format(name=norm.norm_id)
            faults.append(Fault(file, 0, "valid_to", "bad-period", message, _("Correct valid_from or valid_to.")))
    return faults


def _bounds(classes: Sequence[_ClassFile], file: str) -> list[Fault]:
    """Return a fault where the bounds of classes do not rise, or the last class has one."""
    bounds = [one.upper for one in classes]
    if bounds == sorted(set(bounds)) and (not bounds or math.isinf(bounds[-1])):
        return []
    message = _("The upper bounds of the classes do not rise up to a last class without one.")
    return [Fault(file, 0, "class.upper", "bad-classes", message, _("Sort them; leave upper out of the last one."))]
