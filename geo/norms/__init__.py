"""Norm packs: requirements as data, each with its source, its legal reference and whether a lawyer has checked it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geo.errors import DataError, Fault
from geo.language import gettext as _

Metric = Literal["minutes", "in_settlement"]
SeasonRule = Literal["worst", "any"]


@dataclass(frozen=True)
class Norm:
    """One requirement.

    Parameters
    ----------
    norm_id, pack
        Together they identify the norm, written ``pack/norm_id``.
    service, level
        What must be reached; a higher level of the same service also satisfies it.
    metric
        ``minutes``: door-to-door time to the nearest such facility is at most `value`.
        ``in_settlement``: the settlement itself has such a facility (`value` is 1).
    value, unit
        The limit.
    pop_min, pop_max
        Half-open band [min, max) of settlement population in which the norm applies; None is unlimited.
    season_rule
        ``worst``: must hold in every season; ``any``: in at least one.
    title_en, title_ru, title_kk
        The requirement in words.
    source, legal_ref
        Where it was read, and the article.
    confidence
        H read in the source text, M from news or abstracts, L remembered.
    verified
        A lawyer has checked it. Shipped norms are not.
    """

    norm_id: str
    pack: str
    service: str
    level: str
    metric: Metric
    value: float
    unit: str
    pop_min: int | None
    pop_max: int | None
    season_rule: SeasonRule
    title_en: str
    title_ru: str
    title_kk: str
    source: str
    legal_ref: str
    confidence: str
    verified: bool

    @property
    def key(self) -> str:
        """Name of the norm in study files."""
        return f"{self.pack}/{self.norm_id}"

    def title(self, language: str) -> str:
        """Return the requirement in words."""
        return str(getattr(self, f"title_{language}")) or self.title_en

    def applies_to(self, population_persons: int) -> bool:
        """Return whether a settlement of this size falls under the norm."""
        above = self.pop_min is None or population_persons >= self.pop_min
        return above and (self.pop_max is None or population_persons < self.pop_max)


class _NormFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    norm_id: str = Field(pattern=r"^[a-z0-9-]+$")
    service: str
    level: str
    metric: Metric
    value: float = Field(ge=0)
    unit: str
    pop_min: int | None = Field(default=None, ge=0)
    pop_max: int | None = Field(default=None, ge=1)
    season_rule: SeasonRule = "worst"
    title_en: str
    title_ru: str = ""
    title_kk: str = ""
    source: str = Field(min_length=1)
    legal_ref: str = ""
    confidence: Literal["H", "M", "L"]
    verified: bool


class _PackFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    pack: str
    title: str
    norm: tuple[_NormFile, ...] = Field(min_length=1)


def packs() -> tuple[str, ...]:
    """Return the names of the packs that come with the package."""
    folder = resources.files("geo.norms")
    return tuple(sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml")))


def load_pack(name: str, folder: Path | None = None) -> tuple[Norm, ...]:
    """Return the norms of a pack: a file ``norms/<name>.toml`` of the study, or one that comes with the package.

    Raises
    ------
    DataError
        If there is no such pack, or its file breaks the schema.
    """
    own = None if folder is None else folder / "norms" / f"{name}.toml"
    if own is not None and own.is_file():
        return _parse(own.read_text(encoding="utf-8-sig"), f"norms/{name}.toml", name)
    if name not in packs():
        message = _("There is no norm pack “{name}”.").format(name=name)
        remedy = _("Use one of {packs}, or write norms/{name}.toml.").format(packs=", ".join(packs()), name=name)
        raise DataError([Fault("study.toml", 0, "norms.packs", "unknown-pack", message, remedy)])
    return _packaged(name)


@lru_cache(maxsize=16)
def _packaged(name: str) -> tuple[Norm, ...]:
    return _parse(
        resources.files("geo.norms").joinpath(f"{name}.toml").read_text(encoding="utf-8"), f"{name}.toml", name
    )


def _parse(text: str, file: str, name: str) -> tuple[Norm, ...]:
    try:
        content = _PackFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise DataError([Fault(file, 0, "", "not-toml", str(error), _("Correct the line."))]) from error
    except ValidationError as error:
        raise DataError(
            Fault(file, 0, ".".join(str(p) for p in item["loc"]), "bad-norm", f"{item['msg']}.", _("Correct the norm."))
            for item in error.errors()
            if not _follows_from_items(item)
        ) from error
    norms = tuple(Norm(pack=name, **item.model_dump()) for item in content.norm)
    faults = _overlaps(norms, file)
    if faults:
        raise DataError(faults)
    return norms


def _follows_from_items(item: Any) -> bool:
    """Return whether pydantic calls a list too short only because its items are wrong."""
    return bool(item["type"] == "too_short" and len(item["input"]) >= item["ctx"]["min_length"])


def _overlaps(norms: tuple[Norm, ...], file: str) -> list[Fault]:
    """Return a fault for each pair of norms that ask different levels of one settlement by the same measure."""
    faults = []
    for i, one in enumerate(norms):
        for other in norms[i + 1 :]:
            if (one.service, one.metric) != (other.service, other.metric) or one.metric != "in_settlement":
                continue
            low = max(one.pop_min or 0, other.pop_min or 0)
            ends = [n.pop_max for n in (one, other) if n.pop_max is not None]
            if not ends or low < min(ends):
                message = _("The population bands of {one} and {other} overlap.").format(
                    one=one.norm_id, other=other.norm_id
                )
                remedy = _("Bands are half-open: [pop_min, pop_max).")
                faults.append(Fault(file, 0, "norm", "overlapping-bands", message, remedy))
    return faults


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
