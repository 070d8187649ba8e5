"""The generated pages are those that the code describes, and every key of the study file is explained."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from geo.study import config
from geo.study.reference import study_file_markdown
from geo.tables.dictionary import dictionary_markdown

DOCS = Path(__file__).resolve().parents[2] / "docs"
MODELS = [
    item
    for item in vars(config).values()
    if isinstance(item, type) and issubclass(item, BaseModel) and item.__module__ == config.__name__
]
#: The tables of the whole file are explained by their own docstrings.
EXPLAINED = [model for model in MODELS if model is not config.StudyConfig]


@pytest.mark.parametrize(
    ("page", "generate"), [("study-file.md", study_file_markdown), ("data-dictionary.md", dictionary_markdown)]
)
def test_the_committed_page_is_the_generated_one(page, generate):
    assert (DOCS / page).read_text(encoding="utf-8") == generate(), "CONTRIBUTING.md tells how to make it anew"


@pytest.mark.parametrize("model", EXPLAINED, ids=lambda model: model.__name__)
def test_every_key_of_the_study_file_has_a_meaning(model):
    assert [name for name, field in model.model_fields.items() if not field.description] == []
    assert model.__doc__ or not model.model_fields


def test_every_key_is_in_the_reference():
    text = study_file_markdown()
    for model in EXPLAINED:
        if model is config.Names:
            continue
        for name, field in model.model_fields.items():
            assert f"| `{name}` |" in text, name
            assert field.description.replace("|", "\\|") in text, name
