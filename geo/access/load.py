"""Who uses which facility, and how full each is: catchments by nearest, by capacity and by gravity.

Rows are settlements, columns are facilities. People whom no facility takes are returned beside every load: loads and
unserved add up to all people.

References
----------
Hitchcock, F. L. (1941): the transportation problem, see `geo.access.allocation`.
Huff, D. L. (1964), Defining and estimating a trading area. Journal of Marketing 28.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from geo.access.allocation import transport, without_needless
from geo.errors import SolverError
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Milliseconds = npt.NDArray[np.int32]
Verdict = Literal["overloaded", "fitting", "near_empty", "unknown"]
Language = Literal["kk", "ru"]

#: Facilities that people may be sent to when the nearest is full.
N_OPTIONS: Final = 12
#: From more than the first share of its capacity in use a facility is overloaded, below the second near-empty.
#: Proposed, not legally verified; a second shift begins where the places of one do not suffice.
OVERLOADED_SHARE: Final = 1.0
NEAR_EMPTY_SHARE: Final = 0.4
#: Settlements weighed at a time by gravity, so that a country needs little memory.
_ROWS: Final = 512


@dataclass(frozen=True, eq=False)
class Catchment:
    """Who goes where when everybody takes the nearest facility.

    Parameters
    ----------
    assigned : int64 (n,)
        Column of each settlement's facility; -1 = no way to any.
    load_persons : float64 (m,)
        People of each facility.
    unserved_persons : float64 (n,)
        People without a way to any facility.
    """

    assigned: Ints
    load_persons: Floats
    unserved_persons: Floats


@dataclass(frozen=True, eq=False)
class CapacityCatchment:
    """Who goes where when no facility takes more people than it has places.

    Parameters
    ----------
    settlement, facility, persons : int64 (k,)
        So many people of a settlement (row) go to a facility (column); sorted by settlement, then by facility.
    share : float64 (k,)
        The same as a share of the settlement's people.
    load_persons : int64 (m,)
        People of each facility.
    cut_off_persons : int64 (n,)
        People without a way to any facility.
    unplaced_persons : int64 (n,)
        People with a way, for whom no place is left.
    """

    settlement: Ints
    facility: Ints
    persons: Ints
    share: Floats
    load_persons: Ints
    cut_off_persons: Ints
    unplaced_persons: Ints

    @property
    def unserved_persons(self) -> Ints:
        """People without a place, for either reason, (n,)."""
        return self.cut_off_persons + self.unplaced_persons

    @property
    def short_places(self) -> int:
        """Places that are lacking for those who have a way."""
        return int(self.unplaced_persons.sum())


@dataclass(frozen=True, eq=False)
class ExpectedLoad:
    """Loads when people choose by size and nearness.

    Parameters
    ----------
    load_persons : float64 (m,)
        Expected people of each facility.
    unserved_persons : float64 (n,)
        People without a way to any facility that supplies something.
    """

    load_persons: Floats
    unserved_persons: Floats


def catchment_nearest(ms: Milliseconds, persons: npt.ArrayLike) -> Catchment:
    """Send everybody to the nearest facility, the first column of equally near ones.

    Parameters
    ----------
    ms : int32 (n, m)
        Times to facilities; `UNREACHABLE_MS` = no way.
    persons : (n,)
        People of each settlement, known.

    Returns
    -------
    Catchment
        Loads and unserved add up to all people.
    """
    people = _people(persons, ms)
    n_facilities = ms.shape[1]
    if not n_facilities:
        return Catchment(np.full(len(people), -1, dtype=np.int64), np.zeros(0), people)
    nearest = ms.argmin(axis=1)
    has_way = ms[np.arange(len(ms)), nearest] < UNREACHABLE_MS
    load = np.bincount(nearest[has_way], weights=people[has_way], minlength=n_facilities).astype(np.float64)
    return Catchment(np.where(has_way, nearest, -1).astype(np.int64), load, np.where(has_way, 0.0, people))


def catchment_gravity(
    ms: Milliseconds, persons: npt.ArrayLike, supply: npt.ArrayLike, exponent: float = 2.0, least_minutes: float = 1.0
) -> ExpectedLoad:
    """Spread everybody over the facilities in reach, in proportion to ``supply / minutes ** exponent`` (Huff 1964).

    Parameters
    ----------
    ms : int32 (n, m)
        Times to facilities; `UNREACHABLE_MS` = no way.
    persons : (n,)
        People of each settlement, known.
    supply : (m,)
        What draws people: places, posts, beds; the same for all where it is not known. A facility of 0 draws nobody.
    exponent
        How fast the draw falls with time.
    least_minutes
        Shorter times count as this long, since a time of 0 would draw without end.

    Returns
    -------
    ExpectedLoad
        Loads and unserved add up to all people.

    Raises
    ------
    ValueError
        If a supply is unknown or negative, or if `least_minutes` is not above 0.
    """
    people, size = _people(persons, ms), np.asarray(supply, dtype=np.float64)
    if size.shape != (ms.shape[1],) or not np.isfinite(size).all() or (size < 0).any():
        raise ValueError("every facility needs a known supply of at least 0")
    if least_minutes <= 0:
        raise ValueError("the shortest time that counts must be above 0 minutes")
    drawing = np.flatnonzero(size > 0)
    load, unserved = np.zeros(len(size)), people.copy()
    if not len(drawing):
        return ExpectedLoad(load, unserved)
    for start in range(0, len(ms), _ROWS):
        block = ms[start : start + _ROWS, drawing]
        has_way = block < UNREACHABLE_MS
        minutes = np.maximum(block / MS_PER_MINUTE, least_minutes)
        # Relative to the nearest one, which then weighs its supply however steep the exponent is.
        draw = np.where(has_way, size[drawing] * (minutes.min(axis=1, keepdims=True) / minutes) ** exponent, 0.0)
        total = draw.sum(axis=1)
        served = total > 0
        here = people[start : start + _ROWS]
        load[drawing] += np.divide(here, total, out=np.zeros_like(total), where=served) @ draw
        unserved[start : start + _ROWS] = np.where(served, 0.0, here)
    return ExpectedLoad(load, unserved)


def catchment_capacity(
    ms: Milliseconds, persons: npt.ArrayLike, capacity: npt.ArrayLike, n_options: int = N_OPTIONS
) -> CapacityCatchment:
    """Give everybody a place: as many people as possible, then in the fewest person-minutes.

    The transportation problem over each settlement's `n_options` nearest facilities. With whole people and places its
    vertices are whole, so nobody is cut in two; a settlement may be shared between facilities.

    Parameters
    ----------
    ms : int32 (n, m)
        Times to facilities; `UNREACHABLE_MS` = no way.
    persons : (n,)
        Whole people of each settlement.
    capacity : (m,)
        Places of each facility; infinite or NaN = unknown, which bounds nothing.
    n_options
        Facilities that a settlement may be sent to, the nearest ones, at least one.

    Returns
    -------
    CapacityCatchment
        Loads and unserved add up to all people.

    Raises
    ------
    ValueError
        If people are not whole numbers, a capacity is negative, or `n_options` is not at least 1.
    SolverError
        If the solution breaks a promise above.
    """
    people, places = _people(persons, ms), np.asarray(capacity, dtype=np.float64)
    if (people != np.floor(people)).any():
        raise ValueError("people are given to places as whole numbers")
    if places.shape != (ms.shape[1],) or (places < 0).any():
        raise ValueError("every facility needs a capacity of at least 0; infinite = unknown")
    if n_options < 1:
        raise ValueError("a settlement needs at least one facility to choose")
    wanted = people.astype(np.int64)
    places = np.floor(np.where(np.isnan(places), np.inf, places))
    row, column = _options(ms, wanted, n_options)
    row, column, binding = without_needless(ms, row, column, wanted, places)
    given = transport(ms[row, column] / MS_PER_MINUTE, row, column, wanted, binding)
    has_way = ms.min(axis=1, initial=UNREACHABLE_MS) < UNREACHABLE_MS
    return _checked(row, column, given, wanted, places, has_way)


def utilisation(load: npt.ArrayLike, capacity: npt.ArrayLike) -> Floats:
    """Return load over capacity of each facility, (m,).

    Parameters
    ----------
    load, capacity : (m,)
        People and places; NaN or infinite = unknown.

    Returns
    -------
    float64 (m,)
        1 = full. NaN where the load or the capacity is unknown or the capacity is 0.
    """
    people, places = np.asarray(load, dtype=np.float64), np.asarray(capacity, dtype=np.float64)
    known = np.isfinite(people) & np.isfinite(places) & (places > 0)
    shares: Floats = np.divide(people, places, out=np.full(known.shape, np.nan), where=known)
    return shares


def verdicts(
    shares: Floats, overloaded_share: float = OVERLOADED_SHARE, near_empty_share: float = NEAR_EMPTY_SHARE
) -> npt.NDArray[np.str_]:
    """Say of each facility how full it is.

    Parameters
    ----------
    shares : float64 (m,)
        From `utilisation`.
    overloaded_share, near_empty_share
        Overloaded above the one, near-empty below the other; both bounds themselves are fitting.

    Returns
    -------
    str (m,)
        One of `Verdict`.

    Raises
    ------
    ValueError
        If a facility could be both.
    """
    if near_empty_share > overloaded_share:
        raise ValueError("a facility cannot be near-empty and overloaded at once")
    conditions = [np.isnan(shares), shares > overloaded_share, shares < near_empty_share]
    return np.select(conditions, ["unknown", "overloaded", "near_empty"], "fitting")


def speaks(instruction_lang: Iterable[object], language: Language) -> tuple[Bools, Bools]:
    """Say which schools teach in a pupil's language.

    Parameters
    ----------
    instruction_lang : (m,)
        ``kk``, ``ru``, ``mixed`` (both) or ``other`` of each school; whatever else, a missing value too, is unknown.
    language
        The pupil's.

    Returns
    -------
    serves : bool (m,)
        Teaches in it. False where unknown.
    unknown : bool (m,)
        Not known in which language it teaches.

    Raises
    ------
    ValueError
        If the pupil's language is not one of `Language`.
    """
    if language not in get_args(Language):
        raise ValueError(f"no language of instruction: {language}")
    taught = [value if isinstance(value, str) else "" for value in instruction_lang]
    serves = np.array([value in (language, "mixed") for value in taught], dtype=bool)
    unknown = np.array([value not in ("kk", "ru", "mixed", "other") for value in taught], dtype=bool)
    return serves, unknown


def _people(persons: npt.ArrayLike, ms: Milliseconds) -> Floats:
    people = np.asarray(persons, dtype=np.float64)
    if people.shape != ms.shape[:1] or not np.isfinite(people).all() or (people < 0).any():
        raise ValueError("every settlement needs a known number of people of at least 0")
    return people


def _options(ms: Milliseconds, wanted: Ints, n_options: int) -> tuple[Ints, Ints]:
    """Return (row, column) of the nearest facilities of each settlement with people, nearest first within a row."""
    inhabited = np.flatnonzero(wanted > 0)
    n_options = min(n_options, ms.shape[1])
    if not n_options or not len(inhabited):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    # Time and column in one number: the order is total, so equally near facilities are told apart by their column.
    order = ms[inhabited].astype(np.int64) * ms.shape[1] + np.arange(ms.shape[1])
    nearest = np.sort(np.partition(order, n_options - 1, axis=1)[:, :n_options], axis=1)
    has_way = nearest // ms.shape[1] < UNREACHABLE_MS
    rows = np.repeat(inhabited, n_options).reshape(nearest.shape)
    return rows[has_way], (nearest % ms.shape[1])[has_way]


def _checked(row: Ints, column: Ints, given: Ints, wanted: Ints, places: Floats, has_way: Bools) -> CapacityCatchment:
    """Return the catchment of whole people on options, made sure of by its definition alone."""
    order = np.lexsort((column, row))
    order = order[given[order] != 0]
    row, column, given = row[order], column[order], given[order]
    load = np.zeros(len(places), dtype=np.int64)
    np.add.at(load, column, given)
    served = np.zeros(len(wanted), dtype=np.int64)
    np.add.at(served, row, given)
    if (given < 0).any() or (load > places).any() or (served > wanted).any():
        raise SolverError("a catchment gives away places that are not there, or people who are not")
    without = wanted - served
    cut_off = np.where(has_way, 0, without)
    return CapacityCatchment(row, column, given, given / wanted[row], load, cut_off, without - cut_off)
