"""Settlements of the synthetic steppe: where they lie, who lives there, what they are called and coded."""

from __future__ import annotations

import csv
import itertools
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

from geo.read.steppe.plan import DISTRICTS, HEIGHT_KM, PLANNED, PRIMARY_LEGS, TRUNK_LEGS, WIDTH_KM, Kind, Planned, Point
from geo.read.steppe.shapes import Coordinates, distance_km, distances_km, edge_distance_km, inside

REGION_ID: Final = "70"
DISTRICT_IDS: Final = ("7032", "7036", "7044")
POP_YEAR: Final = 2024

#: Wanted number per district of okrug centres, villages and winter camps, planted ones included.
_WANTED: Final[dict[Kind, int]] = {"okrug": 10, "village": 22, "camp": 6}
#: Least distance in km to settlements of the same kind or above, and to all others.
_SPACING_KM: Final[dict[Kind, tuple[float, float]]] = {"okrug": (15.0, 7.0), "village": (3.2, 3.2), "camp": (6.0, 5.0)}
#: Age structure of the generator: 0-5, 6-9, 10-14, 15-17, 18-62, 63 and over. An assumption, not a measurement.
_AGE_SHARES: Final = np.array([0.125, 0.092, 0.107, 0.052, 0.522, 0.102])
_WOMEN_15_49_SHARE: Final = 0.225


@dataclass(frozen=True)
class Name:
    """A name in Kazakh, Russian and Latin letters."""

    kk: str
    ru: str
    en: str


@dataclass(frozen=True)
class Place:
    """One settlement of the plan.

    Parameters
    ----------
    settlement_id, okrug_id
        Nine- and six-digit codes below the non-existent region 70.
    code
        Code in `plan.PLANNED`; empty for a randomly placed settlement.
    kind, district, x, y
        As in `plan.Planned`; plan coordinates in km.
    ages
        Persons of 0-5, 6-9, 10-14, 15-17, 18-62, 63 and over.
    women
        Women of 15 to 49 years.
    share_kk, share_ru
        Shares that learn in Kazakh and in Russian.
    """

    settlement_id: str
    okrug_id: str
    code: str
    kind: Kind
    district: int
    x: float
    y: float
    name: Name
    ages: tuple[int, ...]
    women: int
    share_kk: float
    share_ru: float
    shield_km: float = 0.0

    @property
    def persons(self) -> int:
        """All inhabitants."""
        return sum(self.ages)

    @property
    def pupils(self) -> int:
        """Persons of 6 to 17 years."""
        return sum(self.ages[1:4])

    @property
    def at(self) -> Point:
        """Plan coordinates in km."""
        return self.x, self.y


def names(used_for: str) -> list[Name]:
    """Return the invented names of `names.csv` for one use, in the order of the file."""
    text = files("geo.read.steppe").joinpath("names.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return [Name(r["name_kk"], r["name_ru"], r["name_en"]) for r in rows if r["used_for"] == used_for]


def place_settlements(waters: Coordinates, seed: int) -> list[Place]:
    """Place, people and name all settlements, sorted by code.

    Parameters
    ----------
    waters
        (n, 2) vertices of rivers and streams in plan km; settlements seek them but keep 1.5 km off.
    seed
        Seed of the random numbers.
    """
    rng = np.random.Generator(np.random.PCG64([seed, 1]))
    plan = list(PLANNED)
    for kind in ("okrug", "village", "camp"):
        for district in range(len(DISTRICTS)):
            plan += _scatter(kind, district, plan, waters, rng)
    return _coded(plan, seed)


def _scatter(
    kind: Kind, district: int, plan: list[Planned], waters: Coordinates, rng: np.random.Generator
) -> list[Planned]:
    """Return the randomly placed settlements of one kind and district; relax the spacing if there is no room."""
    missing = _WANTED[kind] - sum(p.kind == kind and p.district == district for p in plan)
    added: list[Planned] = []
    ease = 1.0
    while len(added) < missing:
        for _ in range(3000):
            spot = (float(rng.uniform(0, WIDTH_KM)), float(rng.uniform(0, HEIGHT_KM)))
            wish = _wish(spot, kind, waters) * _neighbourly(spot, kind, plan)
            if rng.random() < wish and _has_room(spot, kind, district, [*plan, *added], waters, ease):
                added.append(Planned("", kind, district, *spot, _draw_persons(kind, rng), 0.0))
                break
        else:
            ease *= 0.95
    return added


def _wish(spot: Point, kind: Kind, waters: Coordinates) -> float:
    """Return how willingly people settle at a spot, 0 to 1: valleys and main roads draw villages, camps lie apart."""
    water_km = float(distances_km(spot, waters).min())
    road_km = float(distances_km(spot, _main_way_points()).min())
    if kind == "camp":
        return 1.0
    return 0.12 + 0.55 * math.exp(-water_km / 7.0) + 0.33 * math.exp(-road_km / 10.0)


def _neighbourly(spot: Point, kind: Kind, plan: list[Planned]) -> float:
    """Return how willingly a village lies near an okrug centre, 0 to 1; other kinds do not mind."""
    if kind != "village":
        return 1.0
    hub_km = min(distance_km(spot, (p.x, p.y)) for p in plan if p.kind in ("centre", "okrug"))
    return 0.06 + 0.94 * math.exp(-hub_km / 4.5)


@cache
def _main_way_points() -> Coordinates:
    """Return points every few km along the straight legs of the main roads."""
    centres: dict[str | Point, Point] = {p.code: (p.x, p.y) for p in PLANNED if p.kind == "centre"}
    points: list[Point] = []
    for leg in TRUNK_LEGS + PRIMARY_LEGS:
        ends = [centres[stop] if isinstance(stop, str) else stop for stop in leg]
        for start, end in itertools.pairwise(ends):
            n_steps = max(1, round(distance_km(start, end) / 3.0))
            points += [
                (start[0] + (end[0] - start[0]) * k / n_steps, start[1] + (end[1] - start[1]) * k / n_steps)
                for k in range(n_steps + 1)
            ]
    return np.array(points)


def _has_room(spot: Point, kind: Kind, district: int, plan: list[Planned], waters: Coordinates, ease: float) -> bool:
    """Say whether a settlement may lie at a spot."""
    if not inside(spot, DISTRICTS[district]) or edge_distance_km(spot, DISTRICTS[district]) < 3.0:
        return False
    if float(distances_km(spot, waters).min()) < 1.5:
        return False
    alike_km, any_km = _SPACING_KM[kind]
    for other in plan:
        gap_km = distance_km(spot, (other.x, other.y))
        alike = other.kind == kind or other.kind in ("centre", "okrug")
        least_km = max((alike_km if alike else any_km) * ease, other.clear_km)
        if gap_km < least_km:
            return False
    return True


def _draw_persons(kind: Kind, rng: np.random.Generator) -> int:
    """Draw a population: log-normal, kept within the usual range of the kind."""
    median, spread, least, most = {
        "okrug": (1050.0, 0.40, 600, 2500),
        "village": (170.0, 0.85, 20, 600),
        "camp": (12.0, 0.5, 5, 30),
    }[kind]
    return int(np.clip(round(median * math.exp(spread * rng.normal())), least, most))


def _coded(plan: list[Planned], seed: int) -> list[Place]:
    """Assign okrugs, codes, names and ages; return the settlements sorted by code."""
    rng = np.random.Generator(np.random.PCG64([seed, 2]))
    codes: list[tuple[str, str, Planned]] = []
    for district, district_id in enumerate(DISTRICT_IDS):
        members = [p for p in plan if p.district == district]
        hubs = [p for p in members if p.kind in ("centre", "okrug")]
        hubs = hubs[:1] + sorted(hubs[1:], key=lambda p: (-p.y, p.x))
        groups: list[list[Planned]] = [[hub] for hub in hubs]
        for member in members:
            if member.kind not in ("centre", "okrug"):
                gaps = [distance_km((member.x, member.y), (hub.x, hub.y)) for hub in hubs]
                groups[gaps.index(min(gaps))].append(member)
        for number, group in enumerate(groups):
            okrug_id = f"{district_id}{10 + 4 * number}"
            codes += [(f"{okrug_id}{100 + 50 * k}", okrug_id, member) for k, member in enumerate(group)]
    given = _names_for([member for _, _, member in codes], rng)
    return [_peopled(code, okrug, member, name, rng) for (code, okrug, member), name in zip(codes, given, strict=True)]


def _names_for(members: list[Planned], rng: np.random.Generator) -> list[Name]:
    """Return a name per settlement; the planted namesakes share one, some villages have Russian names."""
    pool = names("settlement")
    pool = [pool[int(k)] for k in rng.permutation(len(pool))]
    russian = names("settlement_ru")
    shared = pool.pop()
    given: list[Name] = []
    for member in members:
        plain = not member.code and member.kind == "village"
        if member.code.startswith("same_name"):
            given.append(shared)
        elif member.code == "russian_school" or (plain and russian[1:] and rng.random() < 0.06):
            given.append(russian.pop(0))
        else:
            given.append(pool.pop())
    return given


def _peopled(code: str, okrug_id: str, member: Planned, name: Name, rng: np.random.Generator) -> Place:
    """Return the settlement with ages that add up to its population and its shares of language."""
    wanted = _AGE_SHARES * (1.0 + 0.08 * rng.normal(size=len(_AGE_SHARES)))
    if member.kind in ("camp", "hamlet"):
        wanted[1:4] *= 0.35
    exact = wanted / wanted.sum() * member.persons
    ages = np.floor(exact).astype(int)
    rest = np.argsort(-(exact - ages), kind="stable")[: member.persons - int(ages.sum())]
    ages[rest] += 1
    women = min(round(member.persons * _WOMEN_15_49_SHARE * (1.0 + 0.06 * rng.normal())), int(ages[3] + ages[4]))
    russian = float(np.clip(0.04 + 0.10 * rng.exponential(), 0.0, 0.45))
    if member.kind == "centre":
        russian = 0.24
    elif member.code == "russian_school" or name in names("settlement_ru"):
        russian = 0.46
    share_ru = round(russian, 2)
    share_kk = round(1.0 - share_ru - 0.02, 2)
    return Place(
        code, okrug_id, member.code, member.kind, member.district, round(member.x, 4), round(member.y, 4), name,
        tuple(int(a) for a in ages), women, share_kk, share_ru, member.shield_km,
    )  # fmt: skip
