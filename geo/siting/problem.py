"""What is to be decided: who travels how long to where, which sites may open or close, and what that may cost."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from geo.siting.objectives import OBJECTIVES, PLACED
from geo.siting.pairs import SparseTimes
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS, minutes_to_ms

Milliseconds = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

STATUSES: Final = ("fixed", "open", "closable", "candidate", "forbidden")

#: Largest |kappa| x cap: beyond it the exponential of the Kolm-Pollak goal leaves the range of a float.
MAX_AVERSION_EXPONENT: Final = 500.0

#: Pairs up to which sparse times are made dense.
MOST_DENSE: Final = 50_000_000

#: Pairs looked at together; bounds memory.
PAIRS_AT_A_TIME: Final = 8_000_000

#: Objectives of problems that stay sparse.
SPARSE_OBJECTIVES: Final = ("p-median", "kolm-pollak", "max-cover")

#: Sum of persons for which person-milliseconds still fit an int64 number.
MAX_PERSONS: Final = 2**32


def _no_times() -> Milliseconds:
    return np.zeros((0, 0, 0), dtype=np.int32)


@dataclass(frozen=True, eq=False, kw_only=True)
class SitingProblem:
    """A facility-location problem without geography: rows are settlements, columns are sites.

    People go to the nearest open site in each season (ties: the lowest site index). With ``season_rule='worst'`` a
    settlement's time is that of its worst season, and it is served or covered only if it is so in every season. With
    ``'weighted'`` coverage counts season-weighted persons, and times are season-weighted means of times capped at
    ``cap_ms``; the Kolm-Pollak goal then takes each (settlement, season) as a group of its own, weighted with persons
    x season weight. Settlements without persons never matter to an objective; the closure tolerance protects them too.

    Parameters
    ----------
    settlement_ids, site_ids, season_names
        Identifiers, each unique within its tuple. There is at least one season.
    milliseconds
        int32 (n_seasons, n_settlements, n_sites), ``UNREACHABLE_MS`` where there is no way.
    pairs
        Instead of ``milliseconds``: one `SparseTimes` per season. Where all pairs are few enough, ``milliseconds`` is
        made of them; else it stays empty, and only the objectives in `SPARSE_OBJECTIVES` can be asked for.
    persons
        int64 (n_settlements,), not negative.
    status
        Per site: ``fixed`` (must be open), ``open`` (existing, stays open), ``closable`` (existing, may close),
        ``candidate`` (new, may open), ``forbidden`` (may not be open; if it exists it is closed by force).
    existing
        bool (n_sites,): open today.
    limit_ms
        The norm: met when ms <= limit, exactly. Without one, being able to get there at all is the norm.
    objective
        A key of ``geo.siting.objectives.OBJECTIVES`` or ``PLACED``.
    n_open
        Largest total number of open sites, fixed and open ones included.
    budget
        Largest spending: opening cost of open sites that do not exist, closing cost of existing sites that close.
        Exactly one of ``n_open`` and ``budget`` is given; set cover and fixed-charge do without either.
    opening_cost, closing_cost, running_cost
        float (n_sites,), finite and not negative; zeros if absent. Where all of them are zero, the cost of a plan is
        the number of sites that it newly opens.
    max_worsening_ms
        For every settlement and season reachable today, the time may grow by at most this; None: no such constraint.
    kappa
        Inequality aversion per minute, below zero; needed by the goals that use the equally-distributed equivalent.
    cap_ms
        Longest time that the equally-distributed equivalent counts; unreachable counts as this.
    season_rule, season_weights
        ``worst`` or ``weighted``; the weights (n_seasons,) are divided by their sum.
    allow_unserved
        Set cover only: cover whoever can be covered instead of reporting that somebody cannot.
    capacity, min_load
        The objectives in ``PLACED`` only: whole persons (n_sites,) that an open site can and must serve; ``inf`` and 0
        where nothing limits them. A place is held in every season: a settlement with persons goes to the same site all
        year, at the time of its worst season, and ``max_worsening_ms`` applies to that site.
    place_cost, travel_price
        Fixed-charge only: money per person served at a site (n_sites,), and per person-minute.
    split, closest
        The objectives in ``PLACED`` only: whether a settlement may be shared between sites; whether everybody holds
        the place at the nearest open site, ties by the lowest index, which the capacities must then allow.
    seed
        Seed of the exact solver's own tie-breaking.
    seconds
        Safety limit; a run that meets it is ``feasible`` with its bound instead of ``optimal``. None: no limit.

    Raises
    ------
    ValueError
        If anything above does not hold; the message names what.
    """

    settlement_ids: tuple[str, ...]
    site_ids: tuple[str, ...]
    season_names: tuple[str, ...]
    milliseconds: Milliseconds = field(default_factory=_no_times)
    pairs: tuple[SparseTimes, ...] = ()
    persons: npt.NDArray[np.int64]
    status: tuple[str, ...]
    existing: Mask
    limit_ms: int = UNREACHABLE_MS - 1
    objective: str = "lexicographic"
    n_open: int | None = None
    budget: float | None = None
    opening_cost: Floats | None = None
    closing_cost: Floats | None = None
    running_cost: Floats | None = None
    max_worsening_ms: int | None = 0
    kappa: float | None = None
    cap_ms: int = minutes_to_ms(240)
    season_rule: Literal["worst", "weighted"] = "worst"
    season_weights: tuple[float, ...] | None = None
    allow_unserved: bool = False
    capacity: Floats | None = None
    min_load: Floats | None = None
    place_cost: Floats | None = None
    travel_price: float = 0.0
    split: bool = False
    closest: bool = False
    seed: int = 0
    seconds: float | None = None

    def __post_init__(self) -> None:
        self._check_names()
        self._check_pairs()
        self._check_arrays()
        self._check_statuses()
        self._check_scalars()
        self._check_seasons()
        self._check_resources()
        self._check_places()

    @property
    def n_seasons(self) -> int:
        """Number of seasons."""
        return len(self.season_names)

    @property
    def n_settlements(self) -> int:
        """Number of settlements."""
        return len(self.settlement_ids)

    @property
    def n_sites(self) -> int:
        """Number of sites, whatever their status."""
        return len(self.site_ids)

    @property
    def always(self) -> Mask:
        """Sites open in every plan."""
        return self.having("fixed", "open")

    @property
    def free(self) -> Mask:
        """Sites that a plan decides about."""
        return self.having("closable", "candidate")

    @cached_property
    def longest_ms(self) -> int:
        """The longest time of any pair that has a way; 0 where none has."""
        seasons = [times.milliseconds for times in self.pairs] or list(self.milliseconds)
        return max((int(np.max(ms, where=ms < UNREACHABLE_MS, initial=0)) for ms in seasons), default=0)

    def nearest_ms(self, is_open: Mask) -> Milliseconds:
        """Return milliseconds to the nearest open site (n_seasons, n_settlements)."""
        if self.pairs:
            return np.stack([times.nearest_ms(is_open) for times in self.pairs])
        sites = np.flatnonzero(is_open)
        nearest = np.full((self.n_seasons, self.n_settlements), UNREACHABLE_MS, dtype=np.int32)
        step = max(1, PAIRS_AT_A_TIME // max(1, self.n_seasons * sites.size))
        for first in range(0, self.n_settlements if sites.size else 0, step):
            block = slice(first, first + step)
            nearest[:, block] = self.milliseconds[:, block][:, :, sites].min(axis=2)
        return nearest

    def two_nearest(self, is_open: Mask) -> tuple[Milliseconds, Milliseconds, Milliseconds]:
        """Return time to the nearest open site, that site (-1: none), and time to the next, in a single season."""
        if self.pairs:
            return self.pairs[0].two_nearest(is_open)
        sites = np.flatnonzero(is_open)
        nearest, second = (np.full(self.n_settlements, UNREACHABLE_MS, dtype=np.int32) for _one in range(2))
        site = np.full(self.n_settlements, -1, dtype=np.int32)
        step = max(1, PAIRS_AT_A_TIME // max(1, sites.size))
        for first in range(0, self.n_settlements if sites.size else 0, step):
            block = slice(first, first + step)
            times = self.milliseconds[0, block][:, sites]
            which = times.argmin(axis=1)
            everybody = np.arange(len(times))
            nearest[block], site[block] = times[everybody, which], sites[which]
            times[everybody, which] = UNREACHABLE_MS
            second[block] = times.min(axis=1)
        return nearest, np.where(nearest < UNREACHABLE_MS, site, -1).astype(np.int32), second

    @property
    def opening(self) -> Floats:
        """Opening cost per site, zeros where none was given."""
        return _or_zeros(self.opening_cost, self.n_sites)

    @property
    def closing(self) -> Floats:
        """Closing cost per site, zeros where none was given."""
        return _or_zeros(self.closing_cost, self.n_sites)

    @property
    def running(self) -> Floats:
        """Running cost per site, zeros where none was given."""
        return _or_zeros(self.running_cost, self.n_sites)

    @property
    def has_costs(self) -> bool:
        """Whether any cost differs from zero."""
        return bool(self.opening.any() or self.closing.any() or self.running.any())

    @property
    def normal_weights(self) -> Floats:
        """Season weights (n_seasons,) that sum to one; zeros but for the rule ``weighted``."""
        weights = np.array(self.season_weights or (0.0,) * self.n_seasons, dtype=np.float64)
        total = weights.sum()
        return np.asarray(weights / total) if total else weights

    def having(self, *statuses: str) -> Mask:
        """Return the mask of the sites that have one of these statuses."""
        return np.array([word in statuses for word in self.status], dtype=np.bool_)

    def _check_names(self) -> None:
        for name in ("settlement_ids", "site_ids", "season_names"):
            values = tuple(getattr(self, name))
            object.__setattr__(self, name, values)
            repeated = sorted({value for value in values if values.count(value) > 1}) if _repeats(values) else []
            if repeated:
                raise ValueError(f"{name} repeats {repeated[:5]}")
        if not self.season_names:
            raise ValueError("season_names is empty: a problem has at least one season")

    def _check_pairs(self) -> None:
        """Take sparse times as they are, or make them dense where that is cheap."""
        object.__setattr__(self, "pairs", tuple(self.pairs))
        if not self.pairs:
            return
        if self.milliseconds.size:
            raise ValueError("milliseconds and pairs are both given; give one of them")
        if len(self.pairs) != self.n_seasons:
            raise ValueError(f"pairs has {len(self.pairs)} entries for {self.n_seasons} seasons")
        for times in self.pairs:
            if (times.n_settlements, times.n_sites) != (self.n_settlements, self.n_sites):
                raise ValueError("pairs are not those of the settlements and sites")
        if self.n_seasons * self.n_settlements * self.n_sites <= MOST_DENSE:
            object.__setattr__(self, "milliseconds", np.stack([times.dense() for times in self.pairs]))
            object.__setattr__(self, "pairs", ())
        elif self.objective not in SPARSE_OBJECTIVES or self.n_seasons > 1:
            known = ", ".join(SPARSE_OBJECTIVES)
            raise ValueError(f"a problem of this size must be one of {known}, in one season")

    def _check_arrays(self) -> None:
        shape = (self.n_seasons, self.n_settlements, self.n_sites)
        if not self.pairs:
            self._freeze("milliseconds", _whole("milliseconds", self.milliseconds, np.int32), shape)
        self._freeze("persons", _whole("persons", self.persons, np.int64), shape[1:2])
        existing = np.asarray(self.existing)
        if existing.dtype != np.bool_:
            raise ValueError("existing is not an array of true and false")
        self._freeze("existing", existing, shape[2:])
        for name in ("opening_cost", "closing_cost", "running_cost"):
            if getattr(self, name) is None:
                continue
            costs = np.asarray(getattr(self, name), dtype=np.float64)
            self._freeze(name, costs, shape[2:])
            if not np.isfinite(costs).all() or (costs < 0).any():
                raise ValueError(f"{name} holds a value that is negative, infinite or not a number")
        if (self.milliseconds < 0).any() or (self.milliseconds > UNREACHABLE_MS).any():
            raise ValueError("milliseconds holds a value below 0 or above UNREACHABLE_MS")
        if (self.persons < 0).any() or int(self.persons.sum()) > MAX_PERSONS:
            raise ValueError(f"persons holds a negative value or sums to more than {MAX_PERSONS}")

    def _check_statuses(self) -> None:
        object.__setattr__(self, "status", tuple(self.status))
        if len(self.status) != self.n_sites:
            raise ValueError(f"status has {len(self.status)} entries for {self.n_sites} sites")
        for site_id, word, existing in zip(self.site_ids, self.status, self.existing, strict=True):
            if word not in STATUSES:
                raise ValueError(f"site {site_id!r} has the unknown status {word!r}; known are {', '.join(STATUSES)}")
            if word in ("open", "closable") and not existing:
                raise ValueError(f"site {site_id!r} is {word!r} but does not exist today")
            if word == "candidate" and existing:
                raise ValueError(f"site {site_id!r} is 'candidate' but exists today")

    def _check_scalars(self) -> None:
        for name, least in (("limit_ms", 0), ("cap_ms", 1), ("max_worsening_ms", 0), ("seed", 0), ("n_open", 0)):
            value = getattr(self, name)
            if value is not None and (not _is_whole(value) or value < least):
                raise ValueError(f"{name} is {value!r}; it must be a whole number of at least {least}")
        if self.limit_ms >= UNREACHABLE_MS or self.cap_ms >= UNREACHABLE_MS:
            raise ValueError("limit_ms and cap_ms must be below UNREACHABLE_MS")
        for name in ("budget", "seconds"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value >= 0):
                raise ValueError(f"{name} is {value!r}; it must be a finite number of at least 0")
        if self.kappa is not None and not (math.isfinite(self.kappa) and self.kappa < 0):
            raise ValueError(f"kappa is {self.kappa!r}; it must be finite and below 0, because long times are a burden")
        if self.kappa is not None and -self.kappa * self.cap_ms / MS_PER_MINUTE > MAX_AVERSION_EXPONENT:
            raise ValueError(f"kappa is {self.kappa!r}: |kappa| x cap in minutes exceeds {MAX_AVERSION_EXPONENT}")

    def _check_seasons(self) -> None:
        if self.season_rule not in ("worst", "weighted"):
            raise ValueError(f"season_rule is {self.season_rule!r}; it must be 'worst' or 'weighted'")
        weights = self.season_weights
        if weights is None:
            if self.season_rule == "weighted":
                raise ValueError("season_rule 'weighted' needs season_weights")
            return
        object.__setattr__(self, "season_weights", tuple(float(weight) for weight in weights))
        if len(weights) != self.n_seasons:
            raise ValueError(f"season_weights has {len(weights)} entries for {self.n_seasons} seasons")
        if not all(math.isfinite(weight) and weight >= 0 for weight in weights) or sum(weights) <= 0:
            raise ValueError("season_weights must be finite, not negative, and not all zero")

    def _check_resources(self) -> None:
        objective = OBJECTIVES.get(self.objective) or PLACED.get(self.objective)
        if objective is None:
            known = ", ".join((*OBJECTIVES, *PLACED))
            raise ValueError(f"objective {self.objective!r} is unknown; known are {known}")
        if self.n_open is not None and self.budget is not None:
            raise ValueError("n_open and budget are both given; give one of them")
        if self.n_open is None and self.budget is None and objective.needs_resource:
            raise ValueError(f"objective {self.objective!r} needs n_open or budget")
        if self.kappa is None and self.objective in OBJECTIVES and OBJECTIVES[self.objective].needs_kappa:
            raise ValueError(f"objective {self.objective!r} needs kappa")

    def _check_places(self) -> None:
        for name in ("capacity", "min_load", "place_cost"):
            if getattr(self, name) is None:
                continue
            values = np.asarray(getattr(self, name), dtype=np.float64)
            self._freeze(name, values, (self.n_sites,))
            limited = values[~np.isposinf(values)] if name == "capacity" else values
            if not np.isfinite(limited).all() or (limited < 0).any():
                raise ValueError(f"{name} holds a value that is negative, infinite or not a number")
            if name != "place_cost" and (limited != np.floor(limited)).any():
                raise ValueError(f"{name} holds a fraction; it must hold whole persons")
        if not (math.isfinite(self.travel_price) and self.travel_price >= 0):
            raise ValueError(f"travel_price is {self.travel_price!r}; it must be a finite number of at least 0")
        given = [name for name in ("capacity", "min_load") if getattr(self, name) is not None]
        given += [name for name in ("split", "closest") if getattr(self, name)]
        if given and self.objective not in PLACED:
            raise ValueError(f"objective {self.objective!r} does not read {', '.join(given)}; {', '.join(PLACED)} do")
        if (self.place_cost is not None or self.travel_price > 0) and self.objective != "fixed-charge":
            raise ValueError(f"objective {self.objective!r} does not read place_cost and travel_price")
        if self.split and self.closest:
            raise ValueError("split and closest are both given; who goes to the nearest site goes there whole")
        if self.objective in PLACED and self.season_rule != "worst":
            raise ValueError(f"objective {self.objective!r} needs season_rule 'worst': a place is held all year")

    def _freeze(self, name: str, array: npt.NDArray[Any], shape: tuple[int, ...]) -> None:
        if array.shape != shape:
            raise ValueError(f"{name} has shape {array.shape}; it must be {shape}")
        # What nobody can write to needs no copy: the times of a country are large.
        frozen = array.copy() if array.flags.writeable else array
        frozen.flags.writeable = False
        object.__setattr__(self, name, frozen)


def _or_zeros(costs: Floats | None, n_sites: int) -> Floats:
    return np.zeros(n_sites) if costs is None else costs


def _repeats(values: Iterable[str]) -> bool:
    listed = list(values)
    return len(set(listed)) < len(listed)


def _is_whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _whole(name: str, values: npt.ArrayLike, dtype: type[np.signedinteger[Any]]) -> npt.NDArray[Any]:
    """Return the values as integers of a dtype, refusing fractions, NaN and overflow instead of rounding them."""
    array = np.asarray(values)
    if array.size and array.dtype.kind not in "iu":
        raise ValueError(f"{name} holds {array.dtype} values; it must hold whole numbers")
    if array.size and (array.max() > np.iinfo(dtype).max or array.min() < np.iinfo(dtype).min):
        raise ValueError(f"{name} holds a value that does not fit {np.dtype(dtype)}")
    return array.astype(dtype, copy=False)
