"""`[robustness]` in `study.toml`: which assumptions of the headline plan are varied, and how far; all proposed."""

from __future__ import annotations

from pydantic import Field

from geo.study.config_base import Fraction, Part


class Robustness(Part):
    """Runs of the headline question under other assumptions; the spreads are proposals, none of them is measured."""

    runs: int = Field(default=200, ge=20, le=10_000, description="Number of runs in a unit; 200 or more for a hearing")
    runs_all: int = Field(
        default=50, ge=0, le=10_000, description="Number of runs in the whole study, whose plans are larger; 0 = none"
    )
    most_settlements: int = Field(
        default=1000, ge=1, description="Units with more settlements are left out, and say so"
    )
    seed: int | None = Field(default=None, ge=0, description="Seed of the draws; default: the seed of the study")
    speed_sigma: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="Spread of the speed of each category of road: standard deviation of its logarithm",
    )
    closures: bool = Field(
        default=True, description="Whether the table of closures closes roads by chance, with its probabilities"
    )
    flood_probability: Fraction = Field(
        default=0.3,
        description="Chance that the flood-prone roads are closed in a season whose flood_prone is open; 0 = never",
    )
    population: bool = Field(default=True, description="Whether people are projected instead of taken as counted")
    population_years: int = Field(
        default=10, ge=0, le=50, description="People are those of a year drawn from now to so many years later"
    )
    population_sigma: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="Spread of the people of places without an earlier count: standard deviation of the logarithm",
    )
    norm_share: float = Field(default=0.1, ge=0, lt=1, description="The norm is up to this share shorter or longer")
    price_share: float = Field(default=0.3, ge=0, lt=1, description="Prices are up to this share lower or higher")
    budget_share: float = Field(default=0.1, ge=0, lt=1, description="Budgets are up to this share lower or higher")
