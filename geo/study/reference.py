"""The reference of `study.toml` as Markdown, from the models that read it (`docs/study-file.md`)."""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from geo.study.config import Inputs, StudyConfig
from geo.study.config_base import Names
from geo.study.config_inputs import Database

_INTRODUCTION = """# The study file

Generated from `geo/study/config.py` by `geo.study.reference.study_file_markdown`; do not edit. A study is a folder with
a file `study.toml` ([TOML](https://toml.io)): `key = value`, one per line, under the name of its table. An unknown key
is an error that names the nearest known one. Paths are relative to the folder. `[[name]]` begins one of several tables
of a kind.

A *text* is written in up to three languages: `{ en = "Clinic", ru = "Клиника", kk = "Емхана" }`. English is required
and stands in for a language that is missing.
"""
_WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false", Names: "text in languages"}
_LIMITS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below", "min_length": "entries: at least"}


def study_file_markdown() -> str:
    """Return the reference of every table and key of `study.toml`."""
    parts = [_INTRODUCTION]
    for name, field in StudyConfig.model_fields.items():
        model, is_many = _model_of(field.annotation)
        parts.append(_section(f"[[{name}]]" if is_many else f"[{name}]", model, field))
        if model is Inputs:
            parts.append(_section("Tables in `inputs`", Database))
        parts += [_section(f"Tables in `{name}.{key}`", inner) for key, inner in _inner_models(model)]
    return "\n".join(parts)


def _section(title: str, model: type[BaseModel], field: FieldInfo | None = None) -> str:
    shown = title if title.startswith("Tables") else f"`{title}`"
    lines = [f"{'##' if field else '###'} {shown}\n", inspect.cleandoc(model.__doc__ or "")]
    if field is not None and field.default and isinstance(field.default, tuple):
        names = ", ".join(f"`{part.name}` ({part.weight:g})" for part in field.default)
        lines.append(f"Where there is none: {names}.")
    lines += ["", "| key | type | default | meaning |", "|---|---|---|---|"]
    lines += [
        f"| `{key}` | {_escaped(_type(part))} | {_default(part)} | {_escaped(part.description or '')} |"
        for key, part in model.model_fields.items()
    ]
    return "\n".join(lines) + "\n"


def _inner_models(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield the keys of a table that hold tables themselves; texts are explained in the introduction."""
    for key, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        if inner is not None and inner is not Names:
            yield key, inner


def _model_of(annotation: Any) -> tuple[type[BaseModel], bool]:
    """Return the model of a table of the file, and whether there may be several."""
    if get_origin(annotation) is tuple:
        return get_args(annotation)[0], True
    # A table that may be left out altogether is a model or None.
    model = _model_in(annotation)
    return (annotation if model is None else model), False


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in get_args(annotation) if (model := _model_in(part)) is not None), None)


def _type(field: FieldInfo) -> str:
    return ", ".join([_name(field.annotation), *_rules(field.metadata)])


def _name(annotation: Any) -> str:
    """Return a type in words."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        limits = [
            limit for extra in inner[1:] for limit in (extra.metadata if isinstance(extra, FieldInfo) else [extra])
        ]
        return f"{_name(inner[0])} ({', '.join(_rules(limits))})"
    if origin in (Union, types.UnionType):
        return _name(next(part for part in inner if part is not type(None)))
    if origin is Literal:
        return " or ".join(f'"{value}"' for value in inner)
    if origin is tuple:
        return f"list of {_name(inner[0])}"
    return _WORDS.get(annotation, "table")


def _rules(limits: Iterable[Any]) -> list[str]:
    """Return pydantic's limits on a value in words."""
    rules = []
    for limit in limits:
        rules += [f"{words} {getattr(limit, key):g}" for key, words in _LIMITS.items() if hasattr(limit, key)]
        if getattr(limit, "pattern", None):
            rules.append(f"pattern `{limit.pattern}`")
    return rules


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is PydanticUndefined:
        return "required"
    if value is None or value in ((), "", {}) or isinstance(value, BaseModel):
        return ""
    return f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(_toml(item) for item in value)}]"
    if isinstance(value, int):
        return str(value)
    return f'"{value}"' if isinstance(value, str) else f"{value:g}"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
