"""What every part of `study.toml` is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Fraction = Annotated[float, Field(ge=0, le=1)]


class Part(BaseModel):
    """A table of the study file: frozen, and without keys that nobody declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Names(Part):
    """A text in the three languages; English is required."""

    en: str = Field(description="English; shown where another language is missing")
    ru: str = Field(default="", description="Russian")
    kk: str = Field(default="", description="Kazakh")

    def in_language(self, language: str) -> str:
        """Return the text in a language, in English where it is missing."""
        return str(getattr(self, language)) or self.en
