"""How many people go where with the programme, beside the places there are: looked at, not optimised."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.planning.case import NOTHING, Ints
from geo.planning.measure import measure_year
from geo.planning.programme import Programme
from geo.study.load import StudyData
from geo.study.plans import site_attended
from geo.study.programme.case import UnitCase
from geo.study.values import numbers_of

Floats = npt.NDArray[np.float64]
_Key = tuple[str, int]

#: Shares of people are made whole, so that rounding overfills no place.
_ROUNDING = 1e-6


def load_rows(study: StudyData, unit: UnitCase, programme: Programme) -> Iterator[dict[str, Any]]:
    """Yield the rows of `programme_loads`: for each place and service the year with most people for its capacity.

    People go where the programme counts them: to the nearest place that serves their level and language, all year to
    that of the season of most weight that has a way. Which of a town's facilities is nearest is chance: those of one
    settlement share its people by their size. Whoever needs two levels of a service at one place is counted once.
    Nobody of another unit is counted. Capacity is that of today's data; where it is unknown nothing is said to fit.
    Where settlements are counted there are no people to set against capacity, and no rows.
    """
    if study.config.demand.counts == "settlements" or not programme.years:
        return
    attendance = _Attendance(study, unit)
    today = attendance.of(unit.case.today, measure_year(unit.case, 0, unit.case.today, unit.case.today).served_by, 0)
    years = [
        attendance.of(np.asarray(in_force), measured.served_by, year)
        for year, (in_force, measured) in enumerate(zip(programme.in_force, programme.years, strict=True))
    ]
    for service, place in sorted({key for people, _unknown in years for key in people}):
        counts = [people.get((service, place), 0.0) for people, _unknown in years]
        worst = int(np.argmax(counts))
        capacity = attendance.capacity(service, place)
        persons = round(counts[worst])
        option = unit.case.options[int(programme.in_force[worst, place])]
        yield {
            "service": service,
            "site_id": unit.case.place_ids[place],
            "settlement_id": unit.places[place].settlement_id,
            "level": unit.service(service).levels[option.serves[service]],
            "in_unit": unit.places[place].own,
            "year": unit.case.years[worst],
            "persons": persons,
            "unknown_settlements": years[worst][1].get((service, place), 0),
            "today_persons": round(today[0].get((service, place), 0.0)),
            "capacity": capacity,
            "over_persons": None if capacity is None else max(0, int(np.ceil(counts[worst] - capacity - _ROUNDING))),
        }


class _Attendance:
    """Who goes where in a state of the unit."""

    def __init__(self, study: StudyData, unit: UnitCase) -> None:
        self._unit = unit
        self._weights = [season.weight for season in study.config.season]
        ids = list(unit.case.place_ids)
        self._facility = numbers_of(study.facilities["capacity_persons"].reindex(ids))
        self._plots: dict[_Key, float] = {}
        if study.candidates is not None:
            known = study.candidates[study.candidates["capacity_persons"].notna()]
            number = {place_id: place for place, place_id in enumerate(ids)}
            for site_id, row in known.iterrows():
                if site_id in number:
                    self._plots[str(row["service"]), number[str(site_id)]] = float(row["capacity_persons"])
        sizes = self._facility[np.isfinite(self._facility) & (self._facility > 0)]
        #: What a place of unknown capacity counts for beside others of its settlement.
        self._usual = float(np.median(sizes)) if sizes.size else 1.0

    def capacity(self, service: str, place: int) -> float | None:
        """Return how many people a place has room for; None = unknown."""
        if (service, place) in self._plots:
            return self._plots[service, place]
        return None if np.isnan(self._facility[place]) else float(self._facility[place])

    def of(
        self, in_force: Ints, served_by: npt.NDArray[np.int32], year: int
    ) -> tuple[dict[_Key, float], dict[_Key, int]]:
        """Return people by service and place, and in how many settlements that go there they are unknown.

        Parameters
        ----------
        in_force
            int64 (n_places,), options in force.
        served_by
            int32 (n_seasons, n_needs), nearest place that serves each need, -1 without one.
        year
            Position of the year whose people these are.
        """
        unit, case = self._unit, self._unit.case
        went = site_attended(served_by, self._weights)
        beside = self._beside(in_force)
        rows, unknown = [], set()
        for number in range(len(unit.needs.needs)):
            need, first = case.needs[number], int(went[number])
            if first < 0:
                continue
            if not unit.known[number]:
                unknown.add((need.service, first, need.settlement_id))
            able = [place for place in beside[first] if case.can_serve[number, in_force[place]]]
            sizes = [self.capacity(need.service, place) or self._usual for place in able]
            for place, size in zip(able, sizes, strict=True):
                persons = case.persons[year, number] * size / sum(sizes)
                rows.append((need.service, place, need.settlement_id, need.level, persons))
        frame = pd.DataFrame(rows, columns=["service", "place", "settlement", "level", "persons"])
        by_level = frame.groupby(["service", "place", "settlement", "level"])["persons"].sum()
        once = by_level.groupby(level=["service", "place", "settlement"]).max()
        people = once.groupby(level=["service", "place"]).sum()
        silent: dict[_Key, int] = {}
        for service, place, _settlement in unknown:
            silent[service, place] = silent.get((service, place), 0) + 1
        keys = zip(people.index.get_level_values("service"), people.index.get_level_values("place"), strict=True)
        return {(str(service), int(place)): float(n) for (service, place), n in zip(keys, people, strict=True)}, silent

    def _beside(self, in_force: Ints) -> dict[int, list[int]]:
        """Return for each place in force all that stand in its settlement, itself among them."""
        standing = np.flatnonzero(in_force != NOTHING).tolist()
        by_settlement: dict[str, list[int]] = {}
        for place in standing:
            by_settlement.setdefault(self._unit.places[place].settlement_id, []).append(place)
        return {
            place: by_settlement[self._unit.places[place].settlement_id]
            if self._unit.places[place].settlement_id
            else [place]
            for place in standing
        }
