"""Settlements of the synthetic country and what stands in them: who lives where, names, clinics, schools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from geo.read.steppe.country_land import N_DISTRICTS, N_OBLASTS, Land
from geo.read.steppe.places import Name, names

Coordinates = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

KINDS: Final = ("capital", "oblast_centre", "district_centre", "okrug_centre", "village")
CAPITAL, OBLAST_CENTRE, DISTRICT_CENTRE, OKRUG_CENTRE, VILLAGE = range(len(KINDS))
#: Share of a district's settlements that are centres of rural okrugs: 2169 okrugs to 6256 villages
#: (``figures.csv``).
_OKRUG_SHARE: Final = 0.34
#: Median people of a village and spread, from the quantiles of `village_persons` in ``figures.csv``.
_VILLAGE_PERSONS: Final = (298.0, 1.15)
_TOWN_PERSONS: Final = (11_000.0, 0.6)
_CAPITAL_PERSONS: Final = 1_350_000
#: People of oblast centres: the largest, and how fast they fall with rank.
_CITY_PERSONS: Final = (900_000.0, 0.75)
#: Mean and spread of the yearly growth of each kind: people move to cities. An assumption, not a measurement.
_GROWTH: Final = np.array([(0.025, 0.0), (0.010, 0.006), (0.0, 0.008), (-0.008, 0.010), (-0.022, 0.018)])
YEARS_BEFORE: Final = 10
#: Facilities of a service in the country, capital to villages in the order of settlements' size.
N_FACILITIES: Final = 1000
#: People from which a place has an ambulatory rather than a feldsher's post, and a hospital.
_PHC_LEVELS: Final = ((0, "medpunkt"), (150, "fap"), (800, "ambulatory"), (6_000, "hospital"))
_SCHOOL_LEVELS: Final = ((0, "primary"), (180, "basic"), (500, "secondary"))


@dataclass(frozen=True, eq=False)
class CountryPlaces:
    """All settlements; towns first, in the order of `Land.towns`.

    Parameters
    ----------
    points : float64 (n, 2)
        Plan km.
    kind : int64 (n,)
        Number of the kind in `KINDS`.
    district : int64 (n,)
        Number of the district.
    persons : int64 (n,)
        Inhabitants.
    names
        In three languages; unique within a district only.
    persons_before : int64 (n,)
        Inhabitants `YEARS_BEFORE` years before.
    """

    points: Coordinates
    kind: Ints
    district: Ints
    persons: Ints
    names: tuple[Name, ...]
    persons_before: Ints

    @property
    def ids(self) -> list[str]:
        """Nine-digit codes: two digits that no region has, three of the district, four of the settlement."""
        return [f"70{district:03d}{number:04d}" for number, district in enumerate(self.district.tolist())]


@dataclass(frozen=True, eq=False)
class CountryFacilities:
    """Facilities of one service.

    Parameters
    ----------
    service
        ``phc`` or ``school``.
    place : int64 (n,)
        Settlement of each.
    level
        Level of each.
    """

    service: str
    place: Ints
    level: tuple[str, ...]


def people_places(
    land: Land, points: Coordinates, rng: np.random.Generator, past: np.random.Generator
) -> CountryPlaces:
    """Return towns and the settlements at the given points, with kinds, people of today and before, and names."""
    everywhere = np.vstack([land.towns, points])
    district = np.concatenate([np.arange(N_DISTRICTS), _district_of(land, points)])
    persons = np.concatenate([_town_persons(rng), _village_persons(len(points), rng)])
    kind = _kinds(district, persons)
    before = _persons_before(kind, persons, past)
    return CountryPlaces(everywhere, kind, district, persons, tuple(_names(district, rng)), before)


def place_facilities(places: CountryPlaces, rng: np.random.Generator) -> tuple[CountryFacilities, ...]:
    """Return clinics and schools: in larger places rather than in small ones, in every town and city."""
    found = []
    for service, levels in (("phc", _PHC_LEVELS), ("school", _SCHOOL_LEVELS)):
        size = np.log(places.persons) + rng.normal(0, 0.7, len(places.persons)) + 0.8 * (places.kind <= OKRUG_CENTRE)
        size[:N_DISTRICTS] = np.inf
        chosen = np.sort(np.argsort(-size, kind="stable")[:N_FACILITIES])
        least, words = zip(*levels, strict=True)
        number = np.searchsorted(least, places.persons[chosen], side="right") - 1
        found.append(CountryFacilities(service, chosen, tuple(words[k] for k in number)))
    return tuple(found)


def _district_of(land: Land, points: Coordinates) -> Ints:
    tree = shapely.STRtree(land.districts)
    at, district = tree.query(shapely.points(points), predicate="intersects")
    found: Ints = np.full(len(points), -1)
    found[at] = district
    # A point on the border between two polygons is of one of them; none is outside all of them.
    if (found < 0).any():
        raise ValueError("settlements outside every district")
    return found


def _town_persons(rng: np.random.Generator) -> Ints:
    """Return the people of towns: capital, oblast centres by rank, district centres."""
    largest, fall = _CITY_PERSONS
    ranks = 1 + rng.permutation(N_OBLASTS - 1)
    cities = largest / ranks**fall * rng.uniform(0.9, 1.1, N_OBLASTS - 1)
    median, spread = _TOWN_PERSONS
    centres = np.clip(median * np.exp(rng.normal(0, spread, N_DISTRICTS - N_OBLASTS)), 2500, 60_000)
    persons: Ints = np.rint(np.concatenate([[_CAPITAL_PERSONS], cities, centres])).astype(np.int64)
    return persons


def _village_persons(n_villages: int, rng: np.random.Generator) -> Ints:
    median, spread = _VILLAGE_PERSONS
    return np.rint(np.clip(median * np.exp(rng.normal(0, spread, n_villages)), 3, 9000)).astype(np.int64)


def _persons_before(kind: Ints, persons: Ints, rng: np.random.Generator) -> Ints:
    mean, spread = _GROWTH[kind].T
    growth = mean + spread * rng.normal(size=len(kind))
    before: Ints = np.rint(persons * np.exp(-growth * YEARS_BEFORE)).astype(np.int64)
    return before


def _kinds(district: Ints, persons: Ints) -> Ints:
    """Return kinds: the largest places of a district besides its centre are centres of okrugs."""
    kind = np.full(len(district), VILLAGE)
    order = np.lexsort((-persons, district))
    first = np.concatenate([[0], np.flatnonzero(np.diff(district[order])) + 1])
    counts = np.diff(np.append(first, len(order)))
    rank = np.arange(len(order)) - np.repeat(first, counts)
    kind[order[rank <= np.repeat(counts * _OKRUG_SHARE, counts)]] = OKRUG_CENTRE
    kind[:N_DISTRICTS] = DISTRICT_CENTRE
    kind[:N_OBLASTS] = OBLAST_CENTRE
    kind[0] = CAPITAL
    return kind


def _names(district: Ints, rng: np.random.Generator) -> list[Name]:
    """Return invented names from the list of the steppe; other districts have them too, as in life."""
    pool = names("settlement") + names("settlement_ru")
    found = [pool[0]] * len(district)
    for number in range(N_DISTRICTS):
        own = np.flatnonzero(district == number)
        order = rng.permutation(len(pool))
        for k, place in enumerate(own.tolist()):
            name, turn = pool[order[k % len(pool)]], k // len(pool)
            # A district with more places than names numbers the second and the third.
            found[place] = name if not turn else Name(*(f"{text}-{turn + 1}" for text in (name.kk, name.ru, name.en)))
    return found
