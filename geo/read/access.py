"""Which vehicle may use a road, a ferry or a barrier, and in which months.

The hierarchies and the meaning of every value are OpenStreetMap's (wiki, Key:access; Conditional restrictions); the
values are in `osm_values.csv` beside this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from geo.read.months import ALL_YEAR, NEVER, Months, conditional_months, write_months
from geo.read.values import meaning, values_of
from geo.tables.inputs import VEHICLES, WALK

#: From the general to the particular; the most particular key that is tagged counts.
_CAR: Final = ("access", "vehicle", "motor_vehicle", "motorcar")
HIERARCHIES: Final[Mapping[str, tuple[str, ...]]] = {
    "car": _CAR,
    "school_bus": ("access", "vehicle", "motor_vehicle", "psv", "bus"),
    "ambulance": (*_CAR, "emergency"),
    "walk": ("access", "foot"),
}
_KEYS: Final = tuple(dict.fromkeys(key for keys in HIERARCHIES.values() for key in keys))
#: Every tag that decides access.
ACCESS_KEYS: Final = (*_KEYS, *(f"{key}:conditional" for key in _KEYS))
DRIVEN: Final = frozenset(VEHICLES) - {WALK}
#: Meanings of access values that open a road to a vehicle, besides ``open``.
_OPENS: Final = {"ambulance": {"private", "emergency"}, "school_bus": {"bus"}}
_VERDICTS: Final = {"open", "closed", "private", "emergency", "bus"}


def opens(vehicle: str, key: str, value: str) -> bool | None:
    """Return whether a value of an access key opens a road to a vehicle; None if it says nothing about that.

    Of a list of values, one that opens is enough.
    """
    words = [meaning("emergency" if key == "emergency" else "access", part) for part in values_of(value)]
    known = [word for word in words if word in _VERDICTS]
    return any(word == "open" or word in _OPENS.get(vehicle, ()) for word in known) if known else None


@dataclass(frozen=True)
class Access:
    """Months in which the law lets a vehicle pass; `by_month` where a conditional tag was read for it."""

    months: Months
    by_month: bool = False


def read_access(
    tags: Mapping[str, str], vehicle: str, usual: Months, keys: tuple[str, ...], unread: list[str]
) -> Access:
    """Return when a vehicle may pass.

    Parameters
    ----------
    tags
        Of a way or a barrier.
    vehicle
        One of `VEHICLES`.
    usual
        Months open where no key is tagged.
    keys
        Keys that count, from the general to the particular.
    unread
        Tags that could not be read are added here, as ``key=value``.
    """
    months, by_month = usual, False
    for key in keys:
        value = tags.get(key)
        if value is not None:
            verdict = opens(vehicle, key, value)
            if verdict is not None:
                months, by_month = (ALL_YEAR if verdict else NEVER), False
            elif key != "emergency":
                unread.append(f"{key}={value}")
        condition = tags.get(f"{key}:conditional")
        if condition is not None:
            months, missed = conditional_months(condition, months, partial(opens, vehicle, key))
            by_month = by_month or not missed
            unread += [f"{key}:conditional={clause}" for clause in missed]
    return Access(months, by_month)


def write_access(months: Mapping[str, Months]) -> tuple[str | None, str | None]:
    """Return the columns `open_months` and `closed_to` of ROADS for the open months of every vehicle.

    The months of `open_months` are those in which any vehicle may pass; where vehicles differ, `closed_to` adds the
    months in which one may not, as ``car:4,5``, or its name alone where it never may.
    """
    anybody = frozenset().union(*months.values())
    closed = []
    for vehicle in sorted(months):
        lacking = sorted(anybody - months[vehicle])
        if not months[vehicle]:
            closed.append(vehicle)
        elif lacking:
            closed.append(f"{vehicle}:{','.join(map(str, lacking))}")
    return (write_months(anybody) or None) if anybody else None, " ".join(closed) or None


def closed_months(closed_to: str, vehicle: str) -> Months:
    """Return the months in which a `closed_to` value closes a road to a vehicle; all twelve where it always does.

    Vehicles besides `VEHICLES` go where a car goes.
    """
    wanted = vehicle if vehicle in VEHICLES else "car"
    for token in closed_to.split():
        name, _colon, months = token.partition(":")
        if name in {vehicle, wanted}:
            return frozenset(int(month) for month in months.split(",")) if months else ALL_YEAR
    return NEVER
