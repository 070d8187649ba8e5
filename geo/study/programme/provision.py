"""Forms of provision of a unit: what else than a building would serve each place below the norm, and what it gets.

Every settlement beyond the norm of a service in its worst season, before and after the headline plan, is offered every
form that the study compares; `geo.planning.modality` chooses. Nobody is left without a form, and no village is ever
proposed for closing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.planning.modality import Ceiling, Choice, choose
from geo.siting.measure import evaluate
from geo.study import tabulate
from geo.study.config_provision import Provision, ProvisionService
from geo.study.diagnosis.loads import people_to_come
from geo.study.diagnosis.tables import Planned
from geo.study.programme.joint import joint_rows
from geo.study.programme.offers import Detail, floor, offers
from geo.study.programme.planned import PlannedUnit
from geo.study.programme.road_packages import RoadPackage
from geo.study.programme.rounds import circuits, teams
from geo.study.programme.thresholds import viable_at
from geo.study.programme.unmet import BusTables, Unmet
from geo.study.programme.whole_vehicles import Prices as WholePrices
from geo.study.programme.whole_vehicles import choose_whole, whole_prices
from geo.study.result import BASELINE, HEADLINE, WHOLE_STUDY
from geo.study.transport import TO_DECIDE, plan_transport, pupils_of
from geo.study.values import numbers_of
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS

Rows = list[dict[str, Any]]
#: Form of a settlement that is within the norm.
MET: Final = "met"
_TRANSPORT_TABLES: Final = ("transport_pupils", "transport_routes", "transport_seasons")


def provision_tables(unit: PlannedUnit) -> Mapping[str, pd.DataFrame]:
    """Return rows of the tables of provision; none where the study has no part `[provision]`."""
    config = unit.prepared.study.config.provision
    if config is None:
        return {}
    rows: dict[str, Rows] = {name: [] for name in ("provision", "provision_chosen", "mobile_circuits", "mobile_teams")}
    joint: Rows = []
    packages = _packages(unit)
    for planned in unit.services:
        settings = next((own for own in config.service if own.name == planned[0].service.name), None)
        if settings is None or planned[1][HEADLINE].status == "infeasible":
            continue
        found = _Service.of(unit, config, settings, planned, packages)
        visited = found.visited()
        rows["mobile_circuits"] += circuits(found.after, visited)
        sent = teams(found.after, rows["mobile_circuits"])
        rows["mobile_teams"] += sent
        whole = found.whole(visited, sent)
        rows["provision"] += found.compared(whole)
        rows["provision_chosen"] += found.chosen(whole[HEADLINE])
        # Money is a unit's: where the study has several, none is chosen for all of them together.
        if unit.unit_id != WHOLE_STUDY or len(unit.prepared.study.units) == 1:
            joint += joint_rows(found.before, planned[1][HEADLINE])
    tables = {name: pd.DataFrame(own) for name, own in rows.items()}
    return tables | {"provision_joint": pd.DataFrame(joint), "road_packages": pd.DataFrame(_road_rows(packages))}


def _packages(unit: PlannedUnit) -> tuple[RoadPackage, ...]:
    """Return the packages that a unit sees: those of the study file, and those found for one of its settlements."""
    return tuple(
        package
        for package in unit.prepared.road_packages
        if unit.unit_id == WHOLE_STUDY or not package.unit_ids or unit.unit_id in package.unit_ids
    )


def _road_rows(packages: tuple[RoadPackage, ...]) -> Iterator[dict[str, Any]]:
    for package in packages:
        yield {
            "package_id": package.package_id,
            "surface": package.surface,
            "roads": " ".join(package.roads),
            "length_km": package.km,
            "capex": None if package.price is None else package.price.capex,
            "opex_year": None if package.price is None else package.price.opex_year,
        }


@dataclass(frozen=True, eq=False)
class _Service:
    """Forms of provision for one service of a unit, before and after the headline plan.

    Parameters
    ----------
    before, after
        What is below the norm.
    details, choices
        Per plan and settlement below the norm (its position), the offers and what is chosen.
    """

    before: Unmet
    after: Unmet
    details: Mapping[tuple[str, int], list[Detail]]
    choices: Mapping[tuple[str, int], Choice]
    ceiling: Ceiling

    @classmethod
    def of(
        cls,
        unit: PlannedUnit,
        config: Provision,
        settings: ProvisionService,
        planned: Planned,
        packages: tuple[RoadPackage, ...],
    ) -> _Service:
        """Work out every offer and choose."""
        part, plans = planned
        opened = np.zeros(len(part.problem.site_ids), dtype=np.bool_)
        opened[list(plans[HEADLINE].open_sites)] = True
        places = part.sites["settlement_id"].tolist()
        viable = viable_at(unit.prepared.study, part.service, settings.viable_persons, places)
        projected = _projected(unit, planned)
        buses = {HEADLINE: _buses(unit, part.service.name)}
        buses[BASELINE] = _buses_today(unit, planned, buses[HEADLINE])
        before, after = (
            Unmet(unit.prepared, config, settings, part, is_open, packages, buses[plan], viable, projected)
            for plan, is_open in ((BASELINE, np.asarray(part.problem.existing)), (HEADLINE, opened))
        )
        ceiling = Ceiling(config.discount_rate, config.most_capex, settings.most_cost_per_person)
        details = {
            (plan, place): offers(own, place) if own.persons[place] or not own.is_known[place] else [floor(own, place)]
            for plan, own in ((BASELINE, before), (HEADLINE, after))
            for place in np.flatnonzero(own.below).tolist()
        }
        choices = {key: choose([detail.offer for detail in own], ceiling) for key, own in details.items()}
        return cls(before, after, details, choices, ceiling)

    def whole(self, visited: list[int], sent: Rows) -> Mapping[str, WholePrices]:
        """Return by plan what forms cost with whole vehicles; rounds are planned with the headline plan only."""
        rate = self.after.config.discount_rate
        by_plan: dict[str, dict[int, list[Detail]]] = {BASELINE: {}, HEADLINE: {}}
        for (plan, place), own in self.details.items():
            by_plan[plan][place] = own
        return {
            BASELINE: whole_prices(by_plan[BASELINE], (), (), rate),
            HEADLINE: whole_prices(by_plan[HEADLINE], visited, sent, rate),
        }

    def compared(self, whole: Mapping[str, WholePrices]) -> Rows:
        """Return rows of `provision`."""
        return [
            self._offer_row(plan, place, detail, whole[plan])
            for (plan, place), details in self.details.items()
            for detail in details
        ]

    def _offer_row(self, plan: str, place: int, detail: Detail, whole: WholePrices) -> dict[str, Any]:
        offer, choice = detail.offer, self.choices[plan, place]
        rate = self.after.config.discount_rate
        price = whole.get((place, offer.form))
        priced = offer.price is not None
        return {
            "settlement_id": self.after.part.problem.settlement_ids[place],
            "service": self.after.part.service.name,
            "plan": plan,
            "form": offer.form,
            "eligible": offer.is_possible,
            "refusal": offer.refusal,
            "target_id": detail.target,
            "capex": offer.price.capex if offer.price else None,
            "opex_year": offer.price.opex_year if offer.price else None,
            "annual_cost": offer.annual_cost(rate),
            "whole_annual_cost": None if price is None else price.annual(rate),
            **self._least(detail),
            "price_status": "priced" if priced else "no-price" if offer.is_possible else "",
            "persons": offer.persons if offer.is_possible or priced else None,
            "own_persons": offer.own_persons if offer.is_possible or priced else None,
            "minutes_after": _minutes(offer.worst_ms),
            "cost_per_person": offer.cost_per_person(rate),
            "closed_seasons": " ".join(offer.closed),
            "lodging_seasons": " ".join(offer.lodging),
            "by_rule": choice.rule == offer.form,
            "cheapest": choice.cheapest == offer.form,
            "competent_body": self._body(offer.form),
        }

    def _least(self, detail: Detail) -> dict[str, Any]:
        """Return how many people the building of an offer needs, and who says so."""
        if detail.offer.form not in ("build", "share") or not detail.target:
            return {}
        needed = self.after.viable[self.after.part.problem.site_ids.index(detail.target)]
        return {"viable_persons": needed.persons, "norm_id": needed.norm_id, "tied_norms": needed.tied}

    def chosen(self, whole: WholePrices) -> Rows:
        """Return rows of `provision_chosen`: one per inhabited settlement of the unit."""
        part = self.after.part
        position = {name: place for place, name in enumerate(part.problem.settlement_ids)}
        population = part.settlements["population_persons"]
        return [
            self._chosen_row(str(settlement_id), position.get(str(settlement_id)), whole)
            for settlement_id in part.settlements.index
            if pd.isna(population[settlement_id]) or population[settlement_id] > 0
        ]

    def _chosen_row(self, settlement_id: str, place: int | None, whole: WholePrices) -> dict[str, Any]:
        part = self.after.part
        persons = part.persons[settlement_id]
        row: dict[str, Any] = {
            "settlement_id": settlement_id,
            "service": part.service.name,
            "persons": None if pd.isna(persons) else int(persons),
        }
        if place is None:
            # Nothing is known of its ways: the floor needs none.
            return row | {"form": "floor", "why": "not-assessable", "competent_body": self._body("floor")}
        cut_off = self.after.cut_off(place)
        row["cut_off_seasons"] = " ".join(cut_off)
        if not self.after.below[place]:
            minutes = _minutes(int(self.after.nearest[:, place].max()))
            return row | {"form": MET, "why": "within-norm", "minutes_after": minutes}
        choice = self.choices[HEADLINE, place]
        detail = next(one for one in self.details[HEADLINE, place] if one.offer.form == choice.rule)
        cheapest = next((one for one in self.details[HEADLINE, place] if one.offer.form == choice.cheapest), None)
        rate = self.after.config.discount_rate
        paid_alone = choose_whole(place, self.details[HEADLINE, place], whole, self.ceiling)
        nobody = not self.after.persons[place] and self.after.is_known[place]
        return row | {
            "form": choice.rule,
            "served_persons": detail.offer.own_persons if self.after.is_known[place] else None,
            "why": "nobody-needs-it" if nobody else choice.why,
            "target_id": detail.target,
            "minutes_after": _minutes(detail.offer.worst_ms),
            "annual_cost": detail.offer.annual_cost(rate),
            "cost_per_person": detail.offer.cost_per_person(rate),
            "cheapest_form": choice.cheapest or "",
            "whole_form": paid_alone.rule,
            "whole_cheapest_form": paid_alone.cheapest or "",
            "cheapest_cost_per_person": None if cheapest is None else cheapest.offer.cost_per_person(rate),
            "safeguard": self._safeguard(detail, cut_off),
            "competent_body": self._body(choice.rule),
        }

    def _safeguard(self, detail: Detail, cut_off: tuple[str, ...]) -> str:
        """Return what is needed besides where a settlement stays without a way in some season."""
        if not cut_off or detail.offer.form in ("road", "build", "share", "boarding"):
            return ""
        return "lodging" if self.after.part.service.transport is not None else "stock-and-air"

    def _body(self, form: str) -> str:
        config = self.after.config
        body = {"road": config.road_body, "bus": config.bus_body}.get(form) or self.after.part.service.competent_body
        return "" if body is None or form == MET else body.en

    def visited(self) -> list[int]:
        """Return the settlements whose form after the plan is a visiting team, as positions."""
        return [place for (plan, place), own in self.choices.items() if plan == HEADLINE and own.rule == "mobile"]


def _minutes(ms: int | None) -> float | None:
    return None if ms is None or ms >= UNREACHABLE_MS else ms / MS_PER_MINUTE


def _projected(unit: PlannedUnit, planned: Planned) -> npt.NDArray[np.float64]:
    """Return the people of every settlement who will need the service; unchanged where no growth is known."""
    problem = planned[0].problem
    multiples = people_to_come(unit.prepared.study, unit.prepared.surroundings, planned[0].service.name)
    multiple = numbers_of(multiples.reindex(list(problem.settlement_ids)))
    return np.asarray(problem.persons * np.where(np.isnan(multiple), 1.0, multiple), dtype=np.float64)


def _buses(unit: PlannedUnit, service: str) -> BusTables | None:
    """Return the school transport of the headline plan."""
    frames = [unit.tables[name] for name in _TRANSPORT_TABLES]
    own = [frame[frame["service"] == service] for frame in frames]
    return BusTables(*own) if len(own[0]) else None


def _buses_today(unit: PlannedUnit, planned: Planned, headline: BusTables | None) -> BusTables | None:
    """Return the school transport to the schools of today; routes of schools with the same pupils are not planned anew.

    Routes planned anew are numbered with a dash, so that none has the number of another.
    """
    part, plans = planned
    if headline is None:
        return None
    today = evaluate(part.problem, np.flatnonzero(part.problem.existing).tolist())
    before, after = (pupils_of(part, own, unit.prepared.seasons) for own in (today, plans[HEADLINE]))
    riders = [
        frame[frame["outcome"] == TO_DECIDE].groupby("site_id")["settlement_id"].agg(tuple) for frame in (before, after)
    ]
    changed = {str(site) for site, ids in riders[0].items() if riders[1].get(site) != ids}
    known = before[before["outcome"] != TO_DECIDE].assign(service=part.service.name)
    anew: Mapping[str, pd.DataFrame] = {"transport_pupils": known}
    if changed:
        anew = plan_transport(unit.prepared, part, today, changed).tables
    named = {name: tabulate.typed(name, anew.get(name, pd.DataFrame())) for name in _TRANSPORT_TABLES}
    for name in _TRANSPORT_TABLES[1:]:
        named[name] = named[name].assign(route="-" + named[name]["route"].astype(str))
    same = set(riders[0].index) - changed
    kept = [frame[frame["site_id"].isin(same)] for frame in (headline.pupils, headline.routes)]
    kept.append(headline.seasons[headline.seasons["route"].isin(set(kept[1]["route"]))])
    return BusTables(*(_joined(named[name], own) for name, own in zip(_TRANSPORT_TABLES, kept, strict=True)))


def _joined(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of two tables of the same kind."""
    filled = [frame for frame in (one, other) if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else one
