"""The ledger of debts: what it would take to make good norms not met, worn buildings and bad roads, year by year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geo.planning.measure import need_ms, unmet_needs
from geo.planning.programme import Programme
from geo.study.load import StudyData
from geo.study.programme.case import UnitCase
from geo.study.programme.renewal import Renewal, changed_in
from geo.study.programme.worn import work_on
from geo.study.programme.years import unmet_people
from geo.units import METRES_PER_KM

Mask = npt.NDArray[np.bool_]

#: Roads whose state is looked at; streets, tracks, paths, ferries and roads of snow are nobody's backlog.
_CATEGORIES: Final = ("I", "II", "III", "IV", "V")


@dataclass(frozen=True, eq=False)
class Remedy:
    """Something that would bring unmet needs within their norm: its price, and which needs, (n_needs,)."""

    capex: float
    met: Mask


def debt_rows(
    unit: UnitCase, programme: Programme, renewals: Sequence[Renewal], roads: gpd.GeoDataFrame, study: StudyData
) -> Iterator[dict[str, Any]]:
    """Yield the rows of `debt_ledger`.

    Norms: the remedies that needs unmet today or in a later year call for, cheapest per person first; a remedy is owed
    until the last of its needs is met. Where nothing in the case helps somebody, what is owed to them is unknown: the
    sum is that of the others, and blank where there are no others. Buildings: all that are worn by then and not
    renewed. Roads: those of earth and in poor state.
    Prices grow by the settings' `price_growth` with each year that something is postponed.
    """
    remedies, growth = needed_remedies(unit, programme), 1.0 + unit.settings.price_growth
    helped = np.any([remedy.met for remedy in remedies], axis=0) if remedies else np.False_
    unmet_today = unmet_needs(unit.case, need_ms(unit.case, unit.case.today))
    kilometres, road_price = road_backlog(study, roads)
    for position, year in enumerate(unit.case.years):
        factor = growth ** (position + 1)
        now = [state & (unit.case.persons[position] > 0) for state in (programme.years[position].unmet, unmet_today)]
        owed, without = ([r.capex for r in remedies if (r.met & unmet).any()] for unmet in now)
        left, left_without = (unmet_people(unit, unmet & ~helped, position) for unmet in now)
        amounts = (
            None if persons and not found else sum(found) * factor
            for found, persons in ((owed, left), (without, left_without))
        )
        yield {
            **_row(unit, year, "norms", "sites", len(owed), *amounts),
            "unremedied_persons": left,
            "unremedied_without_persons": left_without,
        }
        if unit.book.has_money:
            worn = list(_worn(unit, position, programme, renewals))
            all_worn = list(_worn(unit, position, None, ()))
            yield _row(unit, year, "buildings", "buildings", len(worn), sum(worn) * factor, sum(all_worn) * factor)
        if kilometres:
            cost = None if road_price is None else road_price * factor
            yield _row(unit, year, "roads", "km", round(kilometres, 1), cost, cost)


def _row(
    unit: UnitCase, year: int, kind: str, quantity_unit: str, quantity: float, amount: float | None, without: Any
) -> dict[str, Any]:
    known = unit.book.has_money or kind == "roads"
    return {
        "year": year,
        "kind": kind,
        "quantity": quantity,
        "quantity_unit": quantity_unit,
        "amount": amount if known else None,
        "amount_without": without if known else None,
    }


def needed_remedies(unit: UnitCase, programme: Programme) -> list[Remedy]:
    """Return what would meet the needs unmet today or in a year of the programme, which may close something.

    The one that costs least per person comes first, until none is left.

    Needs that nothing in the case meets have no remedy: a building does not help them.
    """
    case = unit.case
    people = case.persons.max(axis=0).astype(np.float64)
    ever = np.any([year.unmet for year in programme.years], axis=0) if programme.years else np.False_
    open_needs = (unmet_needs(case, need_ms(case, case.today)) | ever) & (people > 0)
    useful = [n for n, option in enumerate(case.options) if option.action in ("open", "upgrade")]
    meets = _meets(unit, np.flatnonzero(open_needs), np.array(useful, dtype=np.intp))
    left, remedies = open_needs[open_needs].copy(), []
    own = people[open_needs]
    capex = np.array([case.options[option].capex for option in useful])
    while left.any() and useful:
        gained = (meets & left[:, np.newaxis]).T @ own
        if not (gained > 0).any():
            break
        with np.errstate(divide="ignore", invalid="ignore"):
            per_person = np.where(gained > 0, capex / np.maximum(gained, 1e-9), np.inf)
        best = int(per_person.argmin())
        met = np.zeros(len(case.needs), dtype=np.bool_)
        met[np.flatnonzero(open_needs)[meets[:, best] & left]] = True
        remedies.append(Remedy(float(capex[best]), met))
        left &= ~meets[:, best]
    return remedies


def _meets(unit: UnitCase, needs: npt.NDArray[np.intp], options: npt.NDArray[np.intp]) -> Mask:
    """Return whether an option alone meets a need in every season (n_needs, n_options)."""
    case = unit.case
    times = case.place_ms[:, case.settlement_of_need[needs]][:, :, case.place_of_option[options]]
    near = (times <= case.limit_ms[needs][np.newaxis, :, np.newaxis]).all(axis=0)
    return np.asarray(near & case.can_serve[np.ix_(needs, options)])


def _worn(unit: UnitCase, position: int, programme: Programme | None, renewals: Sequence[Renewal]) -> Iterator[float]:
    """Yield what each building costs that is worn at the end of a year and not renewed by then."""
    done = {renewal.place for renewal in renewals if renewal.year is not None and renewal.year <= position}
    changed = changed_in(unit, programme) if programme is not None else {}
    done |= {place for place, year in changed.items() if year <= position}
    for number, place in enumerate(unit.places):
        found = work_on(unit.services, unit.book, place, position + 1) if number not in done else None
        if found is not None:
            yield found[1]


def road_backlog(study: StudyData, roads: gpd.GeoDataFrame) -> tuple[float, float | None]:
    """Return the kilometres of earth roads and roads in poor state, and what mending them costs.

    A road of earth or gravel is priced as gravel, another as asphalt; the cost is None where a price that is needed is
    not in the table.

    Parameters
    ----------
    roads
        Roads of the unit, cut at its border, with `surface`, `condition`, `road_category` and `length_metres`.
    """
    bad = (roads["surface"] == "earth") | (roads["condition"] == "poor")
    own = roads[bad & roads["road_category"].isin(_CATEGORIES)]
    cost: float | None = 0.0
    for kind, part in own.groupby(own["surface"].isin(("earth", "gravel")), sort=True):
        price = study.prices.row("road_km/gravel" if kind else "road_km/asphalt")
        kilometres = float(part["length_metres"].sum()) / METRES_PER_KM
        cost = None if cost is None or price is None else cost + kilometres * float(price["value"])
    return float(own["length_metres"].sum()) / METRES_PER_KM, cost


def roads_inside(study: StudyData, unit_id: str, whole: str) -> gpd.GeoDataFrame:
    """Return the roads of the study with the length of what lies in a unit."""
    lines = study.roads.geometry.to_crs(study.crs)
    metres = lines.length.to_numpy()
    if unit_id != whole:
        shape = study.units.geometry.to_crs(study.crs)[unit_id]
        shapely.prepare(shape)
        touching = shapely.intersects(shape, lines.to_numpy())
        metres = np.zeros(len(lines))
        metres[touching] = shapely.length(shapely.intersection(lines.to_numpy()[touching], shape))
    inside = study.roads[["surface", "condition", "road_category"]].assign(length_metres=metres)
    return gpd.GeoDataFrame(inside[metres > 0])
