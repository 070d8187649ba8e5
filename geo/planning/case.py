"""A region to be planned over years: who needs what, what can be done at every place, and what it costs. No geography.

A *need* is one level of one service for the people of one settlement, in one language of instruction where that
matters. An *option* is one state that a place can be brought into: a school kept as it is, raised to a secondary
school, replaced, closed; a clinic built. Of every place that exists one option is in force in every year, of a plot at
most one. An option serves a need of its services up to its levels, since a higher level serves the lower ones too, if
it teaches in the language. Nested levels, schools and clinics under one roof, and languages are all said in this way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from geo.units import minutes_to_ms

Milliseconds = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

Action = Literal["keep", "open", "close", "upgrade", "downgrade", "renovate", "replace"]
ACTIONS: Final[tuple[Action, ...]] = ("keep", "open", "close", "upgrade", "downgrade", "renovate", "replace")

#: Position of the option of a plot where nothing stands.
NOTHING: Final = -1


@dataclass(frozen=True, order=True)
class Need:
    """What the people of a settlement need.

    Parameters
    ----------
    settlement_id, service
        Who, and what.
    level : int
        Lowest level that serves, counted from 0 in the service's order of levels.
    language : str
        Language of instruction; empty where any serves.
    """

    settlement_id: str
    service: str
    level: int = 0
    language: str = ""


@dataclass(frozen=True)
class Option:
    """One state that a place can be brought into.

    Parameters
    ----------
    option_id
        Unique within the case.
    place_id
        Facility or plot.
    action
        What brings it about. ``keep`` is today's state of a place that exists, and is the only one without a change.
    serves
        Highest level by service, counted from 0; empty where the option closes the place.
    languages
        Languages taught; empty where they do not matter.
    capex
        Money spent in the year in which the option comes into force; not negative.
    opex_year
        Money spent in every year in which it is in force; not negative.
    lifetime_years
        Years until what was built must be renewed.
    competent_body, legal_basis
        Who decides and on what ground; empty where the study names none.
    """

    option_id: str
    place_id: str
    action: Action
    serves: Mapping[str, int] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    capex: float = 0.0
    opex_year: float = 0.0
    lifetime_years: float = 40.0
    competent_body: str = ""
    legal_basis: str = ""

    def can_serve(self, need: Need) -> bool:
        """Return whether service, level and language are those of a need."""
        speaks = not need.language or not self.languages or need.language in self.languages
        return speaks and self.serves.get(need.service, -1) >= need.level


@dataclass(frozen=True, eq=False, kw_only=True)
class PlanningCase:
    """A region, its needs, and what can be done about them. Arrays are read-only.

    Parameters
    ----------
    settlement_ids, place_ids, season_names
        Identifiers, each unique within its tuple.
    place_ms
        int32 (n_seasons, n_settlements, n_places), ``UNREACHABLE_MS`` where there is no way.
    needs
        Needs, each unique.
    options
        Options, those of a place in any order.
    years
        Years of the programme, one after another.
    persons
        int64 (n_years, n_needs), people of every need by year, not negative.
    limit_ms
        int32 (n_needs,): a need is met when its time is not longer in any season (`season_rule` does not matter here).
    weight
        float (n_needs,), what one person of the need counts for in the first goal (vulnerability); ones if absent.
    budget
        float (n_years,), money for capex by year; what is left over is lost. Infinite where nothing limits it.
    running_budget
        float (n_years,), money by year for what running costs grow by against today. Infinite if absent.
    discount_rate
        Per year, not negative; costs are discounted to the first year.
    max_worsening_ms
        For every need and season served today, the time may grow by at most this; None: no such constraint. It
        protects settlements without people too.
    protected
        bool (n_places,): places whose services may not be lowered or closed. None if absent.
    kappa, cap_ms
        Inequality aversion per minute, below zero, and the longest time that the equally-distributed equivalent
        counts; unreachable counts as this. Without kappa the equivalent is not worked out.

    Raises
    ------
    ValueError
        If anything above does not hold; the message names what.
    """

    settlement_ids: tuple[str, ...]
    place_ids: tuple[str, ...]
    season_names: tuple[str, ...]
    place_ms: Milliseconds
    needs: tuple[Need, ...]
    options: tuple[Option, ...]
    years: tuple[int, ...]
    persons: Ints
    limit_ms: Milliseconds
    weight: Floats | None = None
    budget: Floats | None = None
    running_budget: Floats | None = None
    discount_rate: float = 0.0
    max_worsening_ms: int | None = 0
    protected: Mask | None = None
    kappa: float | None = None
    cap_ms: int = minutes_to_ms(240)
    seed: int = 0
    seconds: float | None = None

    def __post_init__(self) -> None:
        for name in ("settlement_ids", "place_ids", "season_names", "needs", "options", "years"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for name in ("settlement_ids", "place_ids", "season_names", "needs"):
            _unique(name, getattr(self, name))
        _unique("options", tuple(option.option_id for option in self.options))
        if not self.season_names or not self.years:
            raise ValueError("a case has at least one season and one year")
        if list(self.years) != list(range(self.years[0], self.years[0] + len(self.years))):
            raise ValueError(f"years {self.years} do not follow one another")
        n_years, n_needs, n_places = len(self.years), len(self.needs), len(self.place_ids)
        self._freeze("place_ms", np.int32, (len(self.season_names), len(self.settlement_ids), n_places))
        self._freeze("persons", np.int64, (n_years, n_needs))
        self._freeze("limit_ms", np.int32, (n_needs,))
        self._freeze("weight", np.float64, (n_needs,), 1.0)
        self._freeze("budget", np.float64, (n_years,), np.inf)
        self._freeze("running_budget", np.float64, (n_years,), np.inf)
        self._freeze("protected", np.bool_, (n_places,), False)
        self._check_numbers()
        self._check_places()

    @cached_property
    def settlement_of_need(self) -> npt.NDArray[np.intp]:
        """Position of the settlement of each need (n_needs,)."""
        position = {name: number for number, name in enumerate(self.settlement_ids)}
        return np.array([position[need.settlement_id] for need in self.needs], dtype=np.intp)

    @cached_property
    def place_of_option(self) -> npt.NDArray[np.intp]:
        """Position of the place of each option (n_options,)."""
        position = {name: number for number, name in enumerate(self.place_ids)}
        return np.array([position[option.place_id] for option in self.options], dtype=np.intp)

    @cached_property
    def can_serve(self) -> Mask:
        """Whether an option is of the service, level and language of a need (n_needs, n_options)."""
        columns: dict[tuple[object, ...], Mask] = {}
        found = np.zeros((len(self.needs), len(self.options)), dtype=np.bool_)
        for number, option in enumerate(self.options):
            key = (tuple(sorted(option.serves.items())), option.languages)
            if key not in columns:
                columns[key] = np.array([option.can_serve(need) for need in self.needs], dtype=np.bool_)
            found[:, number] = columns[key]
        found.flags.writeable = False
        return found

    @cached_property
    def today(self) -> Ints:
        """Position of the option in force today, `NOTHING` for a plot (n_places,)."""
        state = np.full(len(self.place_ids), NOTHING, dtype=np.int64)
        for number, option in enumerate(self.options):
            if option.action == "keep":
                state[self.place_of_option[number]] = number
        state.flags.writeable = False
        return state

    @property
    def discount(self) -> Floats:
        """What money of each year is worth in the first year (n_years,)."""
        factors: Floats = (1.0 + self.discount_rate) ** -np.arange(len(self.years), dtype=np.float64)
        return factors

    def _freeze(self, name: str, dtype: type[np.generic], shape: tuple[int, ...], absent: float | None = None) -> None:
        value = getattr(self, name)
        array = np.full(shape, absent, dtype=dtype) if value is None else np.array(value)
        if array.shape != shape:
            raise ValueError(f"{name} has shape {array.shape}, not {shape}")
        exact = array.astype(dtype)
        if not np.array_equal(exact, array):
            raise ValueError(f"{name} is not of type {np.dtype(dtype)}")
        exact.flags.writeable = False
        object.__setattr__(self, name, exact)

    def _check_numbers(self) -> None:
        for name in ("persons", "limit_ms", "place_ms", "weight", "budget", "running_budget"):
            if (getattr(self, name) < 0).any():
                raise ValueError(f"{name} has a negative number")
        if not np.isfinite(self.discount_rate) or self.discount_rate < 0:
            raise ValueError(f"discount_rate is {self.discount_rate}")
        if self.kappa is not None and not self.kappa < 0:
            raise ValueError(f"kappa is {self.kappa}; it is below zero for burdens")
        for option in self.options:
            money = (option.capex, option.opex_year)
            if min(money) < 0 or not np.isfinite(money).all() or not option.lifetime_years > 0:
                raise ValueError(f"option {option.option_id}: capex, opex_year or lifetime_years is impossible")

    def _check_places(self) -> None:
        unknown = {need.settlement_id for need in self.needs} - set(self.settlement_ids)
        unknown |= {option.place_id for option in self.options} - set(self.place_ids)
        if unknown:
            raise ValueError(f"nobody knows {sorted(unknown)[:5]}")
        kept = [option.place_id for option in self.options if option.action == "keep"]
        _unique("places with the action keep", tuple(kept))
        existing = set(kept)
        for option in self.options:
            if option.action not in ACTIONS:
                raise ValueError(f"option {option.option_id}: no action {option.action}")
            if (option.place_id in existing) == (option.action == "open"):
                raise ValueError(f"option {option.option_id}: {option.action} at a place that is not fit for it")
            if (option.action == "close") != (not option.serves) and option.action != "keep":
                raise ValueError(f"option {option.option_id}: {option.action} with services {dict(option.serves)}")


def _unique(name: str, values: tuple[object, ...]) -> None:
    if len(set(values)) != len(values):
        repeated = sorted({str(value) for value in values if values.count(value) > 1})
        raise ValueError(f"{name} repeats {repeated[:5]}")
