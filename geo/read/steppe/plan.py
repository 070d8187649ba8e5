"""The hand-laid part of the synthetic steppe: districts, rivers, main roads and planted difficulties.

Everything here is in a flat plan of kilometres, x to the east and y to the north, before the gentle bending of
`geo.read.steppe.shapes.bend`. The rest of the steppe is drawn at random around it, so that every seed keeps every
difficulty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["centre", "okrug", "village", "hamlet", "camp"]
Link = Literal["usual", "ford", "gap", "winter", "flooded", "none"]
Point = tuple[float, float]

WIDTH_KM: Final = 222.0
HEIGHT_KM: Final = 164.0

#: Convex outlines of the three districts, counter-clockwise.
DISTRICTS: Final[tuple[tuple[Point, ...], ...]] = (
    ((0.0, 0.0), (74.0, 0.0), (80.0, 164.0), (0.0, 164.0)),
    ((77.0, 82.0), (222.0, 80.0), (222.0, 164.0), (80.0, 164.0)),
    ((74.0, 0.0), (222.0, 0.0), (222.0, 80.0), (77.0, 82.0)),
)

RIVERS: Final[tuple[tuple[Point, ...], ...]] = (
    ((222.0, 118.0), (180.0, 112.0), (140.0, 124.0), (104.0, 116.0), (70.0, 122.0), (36.0, 109.0), (0.0, 112.0)),
    ((122.0, 0.0), (125.0, 30.0), (113.0, 56.0), (107.0, 84.0), (104.0, 116.0)),
)
STREAMS: Final[tuple[tuple[Point, ...], ...]] = (
    ((24.0, 12.0), (36.0, 50.0), (33.0, 80.0), (36.0, 109.0)),
    ((180.0, 48.0), (152.0, 40.0), (125.0, 30.0)),
    ((198.0, 160.0), (172.0, 141.0), (140.0, 124.0)),
)

#: The road fork from which the primary road leaves the trunk road to the south.
FORK: Final[Point] = (98.0, 105.0)
#: Way points between the named ends; "0", "1", "2" are the district centres.
TRUNK_LEGS: Final[tuple[tuple[str | Point, ...], ...]] = (
    ((0.0, 95.0), (20.0, 99.0), "0"),
    ("0", (70.0, 107.0), FORK),
    (FORK, (126.0, 113.0), "1"),
    ("1", (186.0, 123.0), (222.0, 130.0)),
)
PRIMARY_LEGS: Final[tuple[tuple[str | Point, ...], ...]] = (
    (FORK, (96.0, 80.0), (104.0, 57.0), "2"),
    ("2", (107.0, 16.0), (109.0, 0.0)),
)

#: Middle of the salt-dust zone and its radius; the village of code ``hazard`` lies inside.
HAZARD_CENTRE: Final[Point] = (160.0, 57.0)
HAZARD_RADIUS_KM: Final = 6.0


@dataclass(frozen=True)
class Planned:
    """One settlement whose place and difficulty are laid by hand.

    Parameters
    ----------
    code
        Name of the difficulty, or of the helper settlement that it needs.
    kind, district
        What it is and in which of the three districts (0, 1, 2).
    x, y
        Plan coordinates in km.
    persons
        Population.
    clear_km
        No randomly placed settlement comes nearer.
    shield_km
        No road other than its own comes nearer; 0 = no shield.
    link, link_to
        How it is joined to the roads, and to which planned settlement (empty = to the nearest road).
    """

    code: str
    kind: Kind
    district: int
    x: float
    y: float
    persons: int
    clear_km: float = 7.0
    shield_km: float = 0.0
    link: Link = "usual"
    link_to: str = ""


PLANNED: Final[tuple[Planned, ...]] = (
    Planned("0", "centre", 0, 40.0, 102.0, 8640, 9.0),
    Planned("1", "centre", 1, 150.0, 115.0, 11870, 9.0),
    Planned("2", "centre", 2, 112.0, 36.0, 6920, 9.0),
    Planned("gap_hub", "okrug", 0, 28.0, 48.0, 1140),
    Planned("over_border_hub", "okrug", 1, 84.5, 147.0, 820),
    Planned("unknown_capacity", "okrug", 1, 206.0, 91.0, 760, 10.0),
    Planned("worn_clinic", "okrug", 2, 150.0, 20.0, 1280, 9.0),
    Planned("overloaded_school", "okrug", 1, 118.0, 96.0, 1760, 9.0),
    Planned("ford", "village", 0, 14.0, 125.0, 260, 11.0, 6.0, "ford"),
    Planned("gap_near", "village", 0, 12.5, 60.5, 330, 7.0, 6.0, "gap", "gap_hub"),
    Planned("gap_far", "village", 0, 8.0, 66.5, 210, 8.0, 6.0, "usual", "gap_near"),
    Planned("border_school", "village", 0, 5.0, 28.0, 130, 8.0),
    Planned("russian_school", "village", 0, 56.0, 26.0, 420),
    Planned("same_name_a", "village", 0, 62.0, 64.0, 180),
    Planned("ferry", "village", 0, 59.0, 134.0, 240),
    Planned("over_border", "village", 0, 72.0, 146.0, 230, 15.0, 0.0, "usual", "over_border_hub"),
    Planned("near_empty_school", "village", 0, 52.0, 88.0, 88),
    Planned("winter", "village", 1, 194.0, 101.0, 90, 12.0, 7.0, "winter"),
    Planned("missing_population", "village", 1, 150.0, 146.0, 160),
    Planned("twin_clinic_a", "village", 1, 114.0, 133.0, 420),
    Planned("twin_clinic_b", "village", 1, 118.0, 135.5, 260),
    Planned("through_neighbour", "village", 2, 213.0, 70.5, 190, 13.0, 6.0, "usual", "unknown_capacity"),
    Planned("road_end", "village", 2, 177.5, 18.0, 150),
    Planned("hazard", "village", 2, 158.5, 58.5, 140, 12.0),
    Planned("same_name_c", "village", 2, 92.0, 62.0, 260),
    Planned("harmful_closure", "village", 2, 84.0, 14.0, 190, 14.0),
    Planned("flooded", "village", 2, 141.0, 67.0, 240, 10.0, 5.5, "flooded"),
    Planned("remote", "hamlet", 2, 204.0, 16.0, 38, 30.0, 26.0, "none"),
)

#: What each planted difficulty is, in the order of the documentation. Codes point at `PLANNED`.
DIFFICULTIES: Final[tuple[tuple[str, str], ...]] = (
    ("ford", "cut off in thaw: the only road crosses the river by a ford"),
    ("gap_near", "cut off in thaw by one short earth link of an otherwise gravel road: mending it beats a building"),
    ("gap_far", "cut off in thaw by the same short earth link"),
    ("winter", "only a winter road, with an ice crossing"),
    ("flooded", "gravel road under water in thaw (closures.csv)"),
    ("remote", "about 26 km from any road: unreachable"),
    ("over_border", "the nearest clinic is across the district border"),
    ("through_neighbour", "reached only through the neighbouring district"),
    ("ferry", "a summer ferry is the short way to the district centre"),
    ("russian_school", "the only school teaches in Russian, beside Kazakh-speaking pupils"),
    ("border_school", "border village with a protected sole school below the threshold"),
    ("near_empty_school", "near-empty closable school"),
    ("overloaded_school", "overloaded school"),
    ("worn_clinic", "clinic in a worn-out building"),
    ("twin_clinic_b", "closable clinic close to another one (twin_clinic_a)"),
    ("harmful_closure", "closable clinic whose closure would harm"),
    ("same_name_a", "same name as a village of another district (same_name_c)"),
    ("same_name_c", "same name as a village of another district (same_name_a)"),
    ("hazard", "inside the salt-dust zone"),
    ("missing_population", "population missing (blank is unknown)"),
    ("unknown_capacity", "the capacity of its school is missing (blank is unknown)"),
    ("1", "schools of a growing district centre in two shifts"),
)
