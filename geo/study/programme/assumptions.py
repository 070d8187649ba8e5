"""What may be otherwise than the study says, and its state in each of many runs.

Speeds differ by category of road, alike in all seasons: what is uncertain is the table, not the day. Ferries keep their
time. Closures by chance are those of `geo.study.programme.events`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.network.seasons import Season
from geo.network.topology import RoadNetwork
from geo.planning.demand import growth_rate, shrunken_rate, unit_growth
from geo.planning.robustness import Draws, around_one, lognormal
from geo.study.conditions import LIKELY, make_seasons
from geo.study.config_robustness import Robustness
from geo.study.load import StudyData
from geo.study.programme.events import Event, Name, closures_by_chance, floods
from geo.study.values import numbers_of

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: Categories of road whose time is not a speed.
_TIMED: Final = ("ferry",)
#: An event's number at which what is likely to be closed is closed, and nothing else: the study as it is.
_AS_PLANNED: Final = float(np.nextafter(LIKELY, 0.0))
#: Quantiles of the low and the high end of one assumption at a time.
LOW_END: Final = 0.05
HIGH_END: Final = 0.95


@dataclass(frozen=True)
class Change:
    """One assumption changed by itself.

    Parameters
    ----------
    name
        The assumption.
    low, high : float
        Factor at both ends; of an event the share of its roads that is closed; of people the mean factor of places.
    column : int
        Which category of road, or which event.
    """

    name: Name
    low: float
    high: float
    column: int = 0


@dataclass(frozen=True, eq=False)
class Runs:
    """The state of every assumption in some runs.

    Parameters
    ----------
    speed : float64 (n_runs, n_categories)
        Speed over that of the study, by category of road.
    offroad, norm, price, budget : float64 (n_runs,)
        Factors: of speeds across country, of the norm, of prices, of budgets.
    event : float64 (n_runs, n_events)
        Number of each event: it closes the roads whose probability is greater.
    people : float64 (n_runs, n_settlements)
        People over those of the study.
    """

    speed: Floats
    offroad: Floats
    norm: Floats
    price: Floats
    budget: Floats
    event: Floats
    people: Floats

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self.norm)


@dataclass(frozen=True, eq=False)
class Assumptions:
    """What a study varies.

    Parameters
    ----------
    settings
        How far.
    seed : int
        Of the draws.
    seasons
        With all that is certain to be closed, and nothing that may be.
    categories, category_of_road
        Categories of road whose speeds vary, and the one of each road, -1 for others.
    events
        Closures by chance.
    settlement_ids, rate, spread : (n_settlements,)
        Projected growth of each settlement per year and its standard deviation; NaN where no history is known.
    """

    settings: Robustness
    seed: int
    seasons: tuple[Season, ...]
    categories: tuple[str, ...]
    category_of_road: npt.NDArray[np.intp]
    events: tuple[Event, ...]
    settlement_ids: tuple[str, ...]
    rate: Floats
    spread: Floats
    counts_people: bool

    def as_planned(self, n_runs: int = 1) -> Runs:
        """Return runs in which everything is as in the study."""
        ones = np.ones(n_runs)
        return Runs(
            speed=np.ones((n_runs, len(self.categories))),
            offroad=ones,
            norm=ones,
            price=ones,
            budget=ones,
            event=np.full((n_runs, len(self.events)), _AS_PLANNED),
            people=np.ones((n_runs, len(self.settlement_ids))),
        )

    def drawn(self, n_runs: int) -> Runs:
        """Return runs in which everything is drawn; each assumption from its own stream of random numbers."""
        draws, rules = Draws(self.seed, n_runs), self.settings
        columns = [draws.uniform(Name("speed", category).key) for category in self.categories]
        numbers = [draws.uniform(event.name.key) for event in self.events]
        return Runs(
            speed=lognormal(_beside(columns, n_runs), rules.speed_sigma),
            offroad=lognormal(draws.uniform("offroad"), rules.speed_sigma)[:, 0],
            norm=around_one(draws.uniform("norm"), rules.norm_share)[:, 0],
            price=around_one(draws.uniform("price"), rules.price_share)[:, 0],
            budget=around_one(draws.uniform("budget"), rules.budget_share)[:, 0],
            event=_beside(numbers, n_runs),
            people=self._people(draws) if self.counts_people else self.as_planned(n_runs).people,
        )

    def _people(self, draws: Draws) -> Floats:
        """Return people at a drawn growth in a drawn year, and people about as many where no history is known."""
        size = len(self.settlement_ids)
        off = lognormal(draws.uniform("population", size), 1.0)
        years = draws.uniform("population:year") * self.settings.population_years
        known = np.isfinite(self.rate) & np.isfinite(self.spread)
        rate, spread = np.where(known, self.rate, 0.0), np.where(known, self.spread, 0.0)
        projected = np.exp(years * (rate + spread * np.log(off)))
        return np.where(known, projected, off**self.settings.population_sigma)

    def one_at_a_time(self) -> tuple[list[Change], Runs]:
        """Return what is changed by itself, and the runs: the low and the high end of each change in turn.

        Factors of speeds are at their quantiles of 5 and 95 %, shares at their ends; of an event nothing and
        everything is closed; people are the low and the high projection of the last year, in every place alike.
        """
        changes = self._changes()
        planned = self.as_planned(2 * len(changes))
        runs = Runs(*(getattr(planned, item.name).copy() for item in fields(Runs)))
        for place, change in enumerate(changes):
            rows = slice(2 * place, 2 * place + 2)
            if change.name.kind == "population":
                runs.people[rows] = self._projected()
            elif change.name.kind == "speed":
                runs.speed[rows, change.column] = (change.low, change.high)
            elif change.name.kind in ("closure", "flood"):
                # Below every probability all is closed, and from 1 on nothing.
                runs.event[rows, change.column] = (1.0, 0.0)
            else:
                getattr(runs, change.name.kind)[rows] = (change.low, change.high)
        return changes, runs

    def _changes(self) -> list[Change]:
        rules = self.settings
        changes = []
        if rules.speed_sigma:
            low, high = lognormal(np.array([LOW_END, HIGH_END]), rules.speed_sigma).tolist()
            changes += [Change(Name("speed", name), low, high, place) for place, name in enumerate(self.categories)]
            changes.append(Change(Name("offroad"), low, high))
        changes += [Change(event.name, 0.0, 1.0, place) for place, event in enumerate(self.events)]
        for kind, share in (("norm", rules.norm_share), ("price", rules.price_share), ("budget", rules.budget_share)):
            if share:
                changes.append(Change(Name(kind), 1 - share, 1 + share))
        if self.counts_people:
            low, high = self._projected().mean(axis=1).tolist()
            changes.append(Change(Name("population"), low, high))
        return changes

    def _projected(self) -> Floats:
        """Return people over those of the study at the low and at the high projection of the last year (2, n)."""
        known = np.isfinite(self.rate) & np.isfinite(self.spread)
        steps = np.array([[-1.0], [1.0]])
        growth = np.where(known, self.rate + steps * np.where(known, self.spread, 0.0), 0.0)
        return np.where(
            known,
            np.exp(self.settings.population_years * growth),
            np.exp(steps * self.settings.population_sigma),
        )

    def closed(self, runs: Runs, run: int, season: int) -> Bools:
        """Return which roads are closed by chance in a season of a run."""
        shut = np.zeros(len(self.category_of_road), dtype=np.bool_)
        for number, event in enumerate(self.events):
            if event.season == season:
                shut |= runs.event[run, number] < event.probability
        return shut

    def road_factor(self, runs: Runs, run: int) -> Floats:
        """Return the speed of each road over that of the study."""
        return np.append(runs.speed[run], 1.0)[self.category_of_road]

    def values(self, runs: Runs) -> dict[Name, Floats]:
        """Return every assumption that is one number in a run; of events the share of their roads that is closed."""
        found = {Name("speed", name): runs.speed[:, place] for place, name in enumerate(self.categories)}
        found |= {event.name: event.closed_share(runs.event[:, place]) for place, event in enumerate(self.events)}
        found |= {Name(kind): getattr(runs, kind) for kind in ("offroad", "norm", "price", "budget")}
        return found


def _beside(columns: Sequence[Floats], n_runs: int) -> Floats:
    return np.concatenate(columns, axis=1) if columns else np.empty((n_runs, 0))


def assumptions_of(study: StudyData, network: RoadNetwork, seasons: tuple[Season, ...]) -> Assumptions | None:
    """Return what a study varies; None where it does not ask for it.

    Parameters
    ----------
    seasons
        Of the study as it is.
    """
    rules = study.config.robustness
    if rules is None:
        return None
    category = network.roads["road_category"].to_numpy(dtype=object)
    categories = tuple(sorted({str(name) for name in category} - set(_TIMED)))
    number = {name: place for place, name in enumerate(categories)}
    rate, spread = _growth(study)
    return Assumptions(
        settings=rules,
        seed=study.config.study.seed if rules.seed is None else rules.seed,
        seasons=make_seasons(study, network, closed_from=1.0) if rules.closures else seasons,
        categories=categories,
        category_of_road=np.array([number.get(str(name), -1) for name in category], dtype=np.intp),
        events=(*(closures_by_chance(study, network) if rules.closures else ()), *floods(study, network)),
        settlement_ids=tuple(study.settlements.index),
        rate=rate,
        spread=spread,
        counts_people=rules.population and study.config.demand.counts == "people",
    )


def _growth(study: StudyData) -> tuple[Floats, Floats]:
    """Return per settlement its shrunken rate of growth, and how far the rates of its unit spread."""
    settlements = study.settlements
    before, now, first, last = (
        numbers_of(settlements[name])
        for name in ("population_before_persons", "population_persons", "pop_before_year", "pop_year")
    )
    rate, spread = np.full(len(settlements), np.nan), np.full(len(settlements), np.nan)
    units = settlements["unit_id"].fillna("").astype(str).to_numpy(dtype=object)
    own = growth_rate(before, now, last - first)
    for unit in sorted(set(units)):
        rows = units == unit
        of_unit, spread[rows] = unit_growth(before[rows], now[rows], (last - first)[rows])
        rate[rows] = shrunken_rate(own[rows], (last - first)[rows], of_unit)
    return rate, spread
