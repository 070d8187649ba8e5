"""What could serve a settlement below the norm of a service: every form of provision, priced, or why not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from geo.planning.modality import Form, Offer, Price, Refusal
from geo.study.config_provision import FormName
from geo.study.programme.unmet import Mask, Unmet
from geo.tables import SETTLEMENTS
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS, minutes_to_ms

DAYS_A_YEAR: Final = 365.0
#: A bus that lodging replaces for a larger share of the year is no bus.
_MOST_LODGING: Final = 0.5
#: What is bought every year needs no annuity.
_ANY_LIFETIME: Final = 1.0


@dataclass(frozen=True)
class Detail:
    """An offer, and what it leads to: the site, the base of the team, or the road package.

    `alone` is the price of a form with vehicles if the settlement had to pay whole ones by itself; None for others, and
    where no price is known.
    """

    offer: Offer
    target: str = ""
    alone: Price | None = None


def offers(unmet: Unmet, place: int) -> list[Detail]:
    """Return every form that the study compares for a settlement below the norm, possible or not, and the floor.

    Parameters
    ----------
    unmet
        What the plan leaves below the norm.
    place
        Position of the settlement.
    """
    makers: dict[FormName, Callable[[Unmet, int], Detail]] = {
        "road": _road,
        "build": _build,
        "share": _share,
        "bus": _bus,
        "mobile": _mobile,
        "boarding": _boarding,
    }
    return [*(make(unmet, place) for form, make in makers.items() if unmet.asks(form)), floor(unmet, place)]


def floor(unmet: Unmet, place: int) -> Detail:
    """Return the service floor: always possible, and brings nobody within the norm."""
    price = _yearly(unmet.prices.yearly(f"floor/{unmet.part.service.name}"))
    return Detail(Offer("floor", price=price, needed=int(unmet.persons[place])))


def _refused(unmet: Unmet, place: int, form: Form, refusal: Refusal) -> Detail:
    return Detail(Offer(form, refusal, needed=int(unmet.persons[place])))


def _yearly(amount: float | None) -> Price | None:
    return None if amount is None else Price(0.0, _ANY_LIFETIME, amount)


def _served(
    unmet: Unmet, place: int, form: Form, price: Price | None, brought: Mask, worst_ms: int, refusal: Refusal = ""
) -> Offer:
    """Return an offer that shortens ways: to everybody whom it brings within the norm."""
    own = int(unmet.persons[place])
    return Offer(form, refusal, price, int(unmet.persons[brought].sum()), own, own, worst_ms)


def _road(unmet: Unmet, place: int) -> Detail:
    """Return the package that brings the settlement within the norm at the least cost per person."""
    limit_ms = unmet.part.problem.limit_ms
    found = []
    for number, (package, worst) in enumerate(zip(unmet.packages, unmet.worst_by_road, strict=False)):
        if worst[place] <= limit_ms:
            offer = _served(unmet, place, "road", package.price, unmet.below & (worst <= limit_ms), int(worst[place]))
            cost = offer.cost_per_person(unmet.config.discount_rate)
            found.append((cost is None, cost or 0.0, number, Detail(offer, package.package_id)))
    if not found:
        return _refused(unmet, place, "road", "no-road-helps")
    return min(found, key=lambda item: item[:3])[3]


def _build(unmet: Unmet, place: int) -> Detail:
    """Return a building in the settlement itself."""
    own = str(unmet.part.problem.settlement_ids[place])
    sites = np.flatnonzero(unmet.is_candidate & (unmet.site_settlement == own) & unmet.brought_by_site[place])
    if not len(sites):
        return _refused(unmet, place, "build", "no-plot")
    if not unmet.is_known[place]:
        return _refused(unmet, place, "build", "people-unknown")
    least = unmet.viable[int(sites[0])].persons
    refusal: Refusal = "too-few-people" if unmet.projected[place] < least else ""
    return _building(unmet, place, "build", int(sites[0]), refusal)


def _share(unmet: Unmet, place: int) -> Detail:
    """Return one building in a neighbouring village, for everybody below the norm whom it brings within it."""
    own = str(unmet.part.problem.settlement_ids[place])
    elsewhere = (unmet.site_settlement != own) & (unmet.site_settlement != "")
    sites = np.flatnonzero(unmet.is_candidate & elsewhere & unmet.brought_by_site[place])
    if not len(sites):
        return _refused(unmet, place, "share", "no-neighbour")
    people = [unmet.projected_sum(unmet.brought_by_site[:, site]) for site in sites.tolist()]
    enough = [number for number, site in enumerate(sites.tolist()) if people[number] >= unmet.viable[site].persons]
    if not enough:
        return _refused(unmet, place, "share", "too-few-people")
    now = unmet.persons @ unmet.brought_by_site[:, sites]
    best = min(
        enough,
        key=lambda number: (-int(now[number]), int(unmet.worst_to_site[place, sites[number]]), number),
    )
    return _building(unmet, place, "share", int(sites[best]))


def _building(unmet: Unmet, place: int, form: Form, site: int, refusal: Refusal = "") -> Detail:
    price = unmet.prices.building(unmet.part.service)
    worst_ms = int(unmet.worst_to_site[place, site])
    offer = _served(unmet, place, form, price, unmet.brought_by_site[:, site], worst_ms, refusal)
    return Detail(offer, str(unmet.part.problem.site_ids[site]))


def _bus(unmet: Unmet, place: int) -> Detail:
    """Return the settlement's share of its school buses, by pupils; lodging in the seasons in which they cannot go."""
    if unmet.buses is None:
        return _refused(unmet, place, "bus", "no-bus")
    settlement_id = unmet.part.problem.settlement_ids[place]
    pupils = unmet.buses.pupils[unmet.buses.pupils["settlement_id"] == settlement_id]
    outcome = str(pupils["outcome"].iloc[0]) if len(pupils) else "no-school"
    refusals: dict[str, Refusal] = {"beyond-cap": "ride-too-long", "no-road": "no-way", "no-school": "no-way"}
    if outcome != "carried":
        return _refused(unmet, place, "bus", refusals.get(outcome, "no-bus"))
    routes = unmet.buses.routes
    mine = routes[(routes["settlement_id"] == settlement_id) & (routes["pupils"] > 0)]
    ends = routes.groupby("route")["stop"].max()
    mine = mine[mine["stop"] < mine["route"].map(ends)]
    aboard = routes.loc[routes["stop"] == routes["route"].map(ends)].set_index("route")["pupils"]
    closed = {name for text in (*mine["closed_seasons"], *mine["beyond_cap_seasons"]) for name in str(text).split()}
    names = tuple(name for name in unmet.part.problem.season_names if name in closed)
    share_of_year = float(unmet.weights[[name in closed for name in unmet.part.problem.season_names]].sum())
    if share_of_year > _MOST_LODGING:
        return _refused(unmet, place, "bus", "ride-too-long")
    persons = int(unmet.persons[place])
    buses = float((mine["pupils"].astype(float) / mine["route"].map(aboard).astype(float)).sum())
    bus_year = unmet.prices.yearly(f"bus_year/{unmet.part.service.name}")
    lodging = unmet.prices.yearly(f"boarding/{unmet.part.service.name}") if names else 0.0
    beds = persons * share_of_year * (lodging or 0.0)
    cost, whole = (None if bus_year is None else n * bus_year + beds for n in (buses, mine["route"].nunique()))
    rides = unmet.buses.seasons
    ridden = rides[rides["route"].isin(mine["route"]) & (rides["settlement_id"] == settlement_id)]
    longest = ridden.loc[~ridden["season"].isin(closed), "ride_minutes"].astype(float).max()
    offer = Offer(
        "bus",
        "",
        _yearly(cost),
        persons,
        persons,
        persons,
        round(longest * MS_PER_MINUTE),
        closed=names if lodging is None else (),
        lodging=names if lodging is not None else (),
    )
    return Detail(offer, str(pupils["site_id"].iloc[0]), _yearly(whole))


def _mobile(unmet: Unmet, place: int) -> Detail:
    """Return visits to the settlement from the nearest facility, and its share of a vehicle by the time they take."""
    number = int(np.count_nonzero(unmet.below[:place]))
    base, ms = (values[:, number] for values in unmet.visit_driving)
    visited = base >= 0
    if not visited.any():
        has_way = (ms < UNREACHABLE_MS).any()
        return _refused(unmet, place, "mobile", "day-too-short" if has_way else "no-way")
    config, persons = unmet.config, int(unmet.persons[place])
    visits_by_season = unmet.weights * DAYS_A_YEAR / config.visit_interval_days * visited
    busy_ms = float((visits_by_season * np.where(visited, ms + minutes_to_ms(config.visit_minutes), 0)).sum())
    year_ms = DAYS_A_YEAR / 7 * config.working_days_per_week * minutes_to_ms(config.day_minutes)
    service = unmet.part.service.name
    visit, vehicle = (unmet.prices.yearly(f"{item}/{service}") for item in ("visit", "vehicle_year"))
    known = visit is not None and vehicle is not None
    busy = busy_ms / year_ms
    cost, whole = (
        float(visits_by_season.sum()) * (visit or 0.0) + n * (vehicle or 0.0) for n in (busy, float(np.ceil(busy)))
    )
    names = unmet.part.problem.season_names
    closed = tuple(name for name, is_visited in zip(names, visited, strict=True) if not is_visited)
    first = int(base[visited.argmax()])
    offer = Offer("mobile", "", _yearly(cost) if known else None, persons, persons, persons, None, closed)
    return Detail(offer, unmet.visit_ways.base_ids[first], _yearly(whole) if known else None)


def _boarding(unmet: Unmet, place: int) -> Detail:
    """Return boarding places at the nearest school for pupils who are old enough."""
    settlement_id = unmet.part.problem.settlement_ids[place]
    if (unmet.nearest[:, place] >= UNREACHABLE_MS).all():
        return _refused(unmet, place, "boarding", "no-way")
    old_enough = [name for name in unmet.settings.boarding if name in unmet.part.service.demand]
    ages = [unmet.part.settlements.loc[settlement_id, SETTLEMENTS.column(name).code_name] for name in old_enough]
    if any(pd.isna(count) for count in ages):
        return _refused(unmet, place, "boarding", "people-unknown")
    known = float(sum(float(count) for count in ages))
    takers = int(known * unmet.part.service.demand_share * unmet.settings.boarding_max_share)
    takers = min(takers, int(unmet.persons[place]))
    if takers < 1:
        return _refused(unmet, place, "boarding", "too-young")
    amount = unmet.prices.yearly(f"boarding/{unmet.part.service.name}")
    offer = Offer(
        "boarding",
        "",
        _yearly(None if amount is None else takers * amount),
        takers,
        takers,
        int(unmet.persons[place]),
    )
    nearest = unmet.part.problem.milliseconds[:, place, :].astype(np.int64)
    best = int(np.where(unmet.is_open, nearest.min(axis=0), UNREACHABLE_MS).argmin())
    return Detail(offer, str(unmet.part.problem.site_ids[best]))
