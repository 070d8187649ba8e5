"""Schools and clinics of the synthetic steppe, with their usual shortcomings and the planted ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np

from geo.read.steppe.places import Name, Place
from geo.read.steppe.plan import Point
from geo.read.steppe.shapes import distance_km

#: Villages that lack a clinic on purpose, and the share of the others that lack theirs by chance.
_NO_CLINIC: Final = frozenset({"ford", "gap_near", "gap_far", "winter", "over_border", "through_neighbour"})
_CHANCE_WITHOUT_CLINIC: Final = 0.09
#: Villages that keep a feldsher point although the order gives them less: the closures hang on them.
_KEPT_FAP: Final = frozenset({"twin_clinic_a", "twin_clinic_b", "harmful_closure"})
#: Attached people a clinic is made for.
_CLINIC_CAPACITY: Final = {"medpunkt": 500, "fap": 1500, "ambulatory": 5000, "hospital": 30000}
#: People beyond this multiple of the capacity attach themselves elsewhere.
_MOST_ATTACHED: Final = 1.4
_STAFF_POSTS: Final = {"medpunkt": 1.0, "fap": 2.5, "ambulatory": 9.0, "hospital": 85.0}
#: Pupils taught at a level: 6-9, 10-14, 15-17 years.
_TAUGHT: Final = {"primary": 1, "basic": 2, "secondary": 3}
_WORDS: Final = {
    "primary": ("бастауыш мектебі", "начальная школа", "primary school"),
    "basic": ("негізгі мектебі", "основная школа", "basic school"),
    "secondary": ("орта мектебі", "средняя школа", "secondary school"),
    "medpunkt": ("медициналық пункті", "медпункт", "medical point"),
    "fap": ("фельдшерлік-акушерлік пункті", "ФАП", "feldsher-obstetric point"),
    "ambulatory": ("дәрігерлік амбулаториясы", "врачебная амбулатория", "medical ambulatory"),
    "hospital": ("аудандық ауруханасы", "районная больница", "district hospital"),
}


@dataclass(frozen=True)
class Facility:
    """One school or clinic.

    `at` in plan km is None where the settlement gives the position; `capacity` is None where it is unknown.
    """

    facility_id: str
    name: Name
    place: Place
    at: Point | None
    service: Literal["school", "phc"]
    level: str
    capacity: int | None
    load: int
    staffed: bool
    staff_posts: float
    instruction_lang: str
    condition: str
    wear_percent: int
    year_built: int
    closable: bool = False


def place_facilities(places: list[Place], seed: int) -> list[Facility]:
    """Return schools and clinics, sorted by code."""
    rng = np.random.Generator(np.random.PCG64([seed, 6]))
    schools = [school for place in places for school in _schools(place, rng)]
    clinics = [clinic for place in places for clinic in _clinics(place, rng)]
    schools = _with_load(schools, places, rng)
    clinics = _with_attached(clinics, places)
    return sorted([_planted(f) for f in schools + clinics], key=lambda f: f.facility_id)


def clinic_level(persons: int) -> str:
    """Return the clinic that the order gives a settlement (50, 500, 1,500, 5,000 people); empty below 50."""
    bands = ((5000, "hospital"), (1500, "ambulatory"), (500, "fap"), (50, "medpunkt"), (0, ""))
    return next(level for least, level in bands if persons >= least)


def school_level(pupils: int) -> str:
    """Return the school level that an enrolment supports (5, 41, 81 pupils); empty below 5."""
    bands = ((81, "secondary"), (41, "basic"), (5, "primary"), (0, ""))
    return next(level for least, level in bands if pupils >= least)


def _building(rng: np.random.Generator) -> tuple[str, int, int]:
    """Draw condition, wear in per cent and year of construction."""
    year = int(rng.choice([1961, 1968, 1974, 1979, 1984, 1988, 1994, 2006, 2012, 2018, 2022]))
    wear = int(np.clip(round((2024 - year) * 1.25 + 8 * rng.normal()), 2, 88))
    return ("good" if wear < 35 else "satisfactory" if wear < 68 else "poor"), wear, year


def _facility(
    place: Place, number: int, service: Literal["school", "phc"], level: str, language: str, rng: np.random.Generator
) -> Facility:
    condition, wear, year = _building(rng)
    kk, ru, en = _WORDS[level]
    mark = f" № {number}" if service == "school" and place.kind == "centre" else ""
    name = Name(
        f"{place.name.kk}{mark} {kk}",
        f"{ru.capitalize() if ru != 'ФАП' else ru}{mark} {place.name.ru}",
        f"{place.name.en}{mark} {en}",
    )
    at: Point | None = None
    if place.kind == "centre" or rng.random() < 0.4:
        ahead = (0.25, 0.45, 0.65)[number % 3] * (1 if place.kind == "centre" else 0.3)
        sides = ((1, 1), (-1, 1), (-1, -1), (1, -1))[(number + (service == "phc")) % 4]
        at = (place.x + ahead * sides[0], place.y + 0.8 * ahead * sides[1])
    posts = _STAFF_POSTS.get(level, 0.0)
    code = f"{service.upper()}-{place.settlement_id}-{number}"
    return Facility(code, name, place, at, service, level, 0, 0, True, posts, language, condition, wear, year)


def _schools(place: Place, rng: np.random.Generator) -> list[Facility]:
    """Return the schools of one settlement, without enrolment."""
    if place.kind == "centre":
        n_schools = max(3, round(place.pupils / 750))
        languages = ["mixed", "kk", "ru", *(["kk"] * n_schools)]
        return [_facility(place, k + 1, "school", "secondary", languages[k], rng) for k in range(n_schools)]
    level = school_level(place.pupils)
    chance = {"": 0.0, "primary": 0.5, "basic": 0.85, "secondary": 1.0}[level]
    planted = {"border_school": "basic", "near_empty_school": "basic", "russian_school": "secondary"}
    if (
        place.kind == "camp"
        or (place.code not in planted and rng.random() >= chance)
        or place.code in ("remote", "winter")
    ):
        return []
    language = "ru" if place.code == "russian_school" else "mixed" if place.share_ru > 0.2 else "kk"
    return [_facility(place, 1, "school", planted.get(place.code, level), language, rng)]


def _clinics(place: Place, rng: np.random.Generator) -> list[Facility]:
    """Return the clinics of one settlement, without attached people."""
    level = clinic_level(place.persons)
    lacking = place.kind == "village" and not place.code and rng.random() < _CHANCE_WITHOUT_CLINIC
    if not level or place.kind in ("camp", "hamlet") or place.code in _NO_CLINIC or lacking:
        return []
    if level == "fap" and place.persons < 800 and not place.code and rng.random() < 0.3:
        level = "medpunkt"
    if place.code in _KEPT_FAP:
        level = "fap"
    first = _facility(place, 1, "phc", level, "", rng)
    if level == "fap" and not place.code and rng.random() < 0.08:
        first = replace(first, staffed=False, staff_posts=0.0)
    return [first, _facility(place, 2, "phc", "ambulatory", "", rng)] if level == "hospital" else [first]


def _with_load(schools: list[Facility], places: list[Place], rng: np.random.Generator) -> list[Facility]:
    """Return the schools with enrolment: their own pupils, and those of villages whose school ends earlier."""
    loads = dict.fromkeys((s.facility_id for s in schools), 0.0)
    for place in places:
        own = [s for s in schools if s.place is place]
        for group, pupils in enumerate(place.ages[1:4], start=1):
            teaching = [s for s in own if _TAUGHT[s.level] >= group]
            if not teaching:
                others = [s for s in schools if _TAUGHT[s.level] >= group]
                teaching = [min(others, key=lambda s: distance_km(s.place.at, place.at))]
            enrolled = (0.97 if own and teaching[0] in own else 0.78) * pupils
            for school in teaching:
                loads[school.facility_id] += enrolled / len(teaching)
    return [_sized(s, round(loads[s.facility_id]), rng) for s in schools]


def _sized(school: Facility, load: int, rng: np.random.Generator) -> Facility:
    """Return the school with its enrolment and a number of places that is a multiple of 20."""
    use = float(rng.uniform(0.42, 1.02)) if school.place.kind != "centre" else float(rng.uniform(0.8, 1.2))
    posts = round(3 + load / 11, 1)
    return replace(school, load=load, capacity=max(20, 20 * round(load / use / 20)), staff_posts=posts)


def _with_attached(clinics: list[Facility], places: list[Place]) -> list[Facility]:
    """Return the clinics with the people attached to them; a hospital's are those of its district."""
    loads = dict.fromkeys((c.facility_id for c in clinics), 0)
    local = [c for c in clinics if c.level != "hospital"]
    for place in places:
        nearest = min(local, key=lambda c: distance_km(c.place.at, place.at))
        loads[nearest.facility_id] += place.persons
    for clinic in clinics:
        if clinic.level == "hospital":
            loads[clinic.facility_id] = sum(p.persons for p in places if p.district == clinic.place.district)
    sized = []
    for clinic in clinics:
        load, capacity = loads[clinic.facility_id], _CLINIC_CAPACITY[clinic.level]
        if clinic.level == "ambulatory":
            capacity = max(capacity, 2500 * round(load * 1.1 / 2500))
        sized.append(replace(clinic, load=min(load, int(_MOST_ATTACHED * capacity)), capacity=capacity))
    return sized


def _planted(facility: Facility) -> Facility:
    """Return the facility with its planted difficulty, if it has one."""
    place, load = facility.place, facility.load
    two_shifts = {"capacity": 20 * int(load / 1.42 / 20) + 20}
    changes: dict[tuple[str, str], dict[str, Any]] = {
        ("worn_clinic", "phc"): {"condition": "poor", "wear_percent": 93, "year_built": 1961},
        ("overloaded_school", "school"): two_shifts,
        ("1", "school"): two_shifts,
        ("unknown_capacity", "school"): {"capacity": None},
        ("near_empty_school", "school"): {"capacity": 160, "closable": True},
        ("border_school", "school"): {"load": min(load, place.pupils)},
        ("russian_school", "school"): {"load": round(load * place.share_ru)},
        ("twin_clinic_b", "phc"): {"closable": True},
        ("harmful_closure", "phc"): {"closable": True},
    }
    return replace(facility, **changes.get((place.code, facility.service), {}))
