"""Whether enough people will come to a new site for as long as the building lasts (stranded-asset test)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.norms import Norm
from geo.planning.demand import first_step_below
from geo.siting.measure import assign
from geo.siting.solution import SitingSolution
from geo.study.config_projection import Projection
from geo.study.load import StudyData
from geo.study.outlook import Outlook, look_ahead, service_multiples
from geo.study.plans import UnitService, site_attended
from geo.study.programme.planned import PlannedUnit
from geo.study.programme.thresholds import least_loads
from geo.study.result import HEADLINE
from geo.study.supply import price_of
from geo.study.values import numbers_of

Floats = npt.NDArray[np.float64]

STRANDED = "stranded"


@dataclass(frozen=True, eq=False)
class _New:
    """A site that is to open: who goes there, from which year on, and by which plan.

    Parameters
    ----------
    column
        Position in the siting problem of the service.
    users
        bool (n_settlements,), settlements of the problem that go there.
    """

    column: int
    site_id: str
    level: str
    opens: int
    opened_by: str
    users: npt.NDArray[np.bool_]


def asset_rows(unit: PlannedUnit, first_year: int) -> pd.DataFrame:
    """Return the rows of `asset_life`: every site that is to open, and who will come to it for as long as it lasts.

    Where the study has a programme, a site that one of its items opens or raises stands there from the item's year on,
    and its catchment is everybody who goes there when all items are done. Other sites are those of the headline plan,
    with everybody whom this sends there, from the first year on: that of the programme, else that of the counts. A
    settlement goes to the site of its season of most weight, else of the first in which there is a way.

    A site is `stranded` where its people fall below the threshold of its level before half of its lifetime is over; it
    is never to be called robust. So far ahead a projection is an extrapolation of today's trend.

    Parameters
    ----------
    first_year
        Year that today's counts stand for.
    """
    settings = unit.prepared.study.config.programme
    start = first_year if settings is None else max(first_year, settings.start_year)
    frames = []
    for part, plans in unit.services:
        found = {new.column: new for new in _of_headline(unit, part, plans[HEADLINE], start)}
        for new in _of_programme(unit, part, first_year):
            # The plan's own code of a site stays, so that other tables of the plan find it.
            code = found[new.column].site_id if new.column in found else new.site_id
            found[new.column] = replace(new, site_id=code)
        if found:
            frames.append(pd.DataFrame(_rows(unit.prepared.study, part, list(found.values()), first_year)))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _of_headline(unit: PlannedUnit, part: UnitService, headline: SitingSolution, start: int) -> Iterator[_New]:
    if headline.status == "infeasible":
        return
    went = site_attended(headline.assignment, _weights(unit.prepared.study))
    for site in headline.opened:
        place = part.sites.iloc[site]
        yield _New(int(site), str(place["site_id"]), str(place["level"]), start, "headline", went == site)


def _weights(study: StudyData) -> list[float]:
    return [season.weight for season in study.config.season]


def _of_programme(unit: PlannedUnit, part: UnitService, first_year: int) -> Iterator[_New]:
    """Yield the sites that items of the programme bring to the serving level, where a site of the plan could be too."""
    items = unit.tables.get("programme_items")
    if items is None or not len(items):
        return
    service, existing = part.service, part.problem.existing
    changes = [
        (row, level)
        for row in items[items["year"].notna()].to_dict("records")
        for name, level in zip(str(row["services"]).split(), str(row["levels"]).split(), strict=True)
        if name == service.name
    ]
    enough = service.levels[service.levels.index(service.serving_level) :]
    opened = {
        column: (row, level)
        for row, level in changes
        if row["action"] in ("open", "upgrade") and level in enough
        for column in _column(part, row)
        if not existing[column]
    }
    closed = [column for row, _level in changes if row["action"] == "close" for column in _column(part, row)]
    is_open = existing.copy()
    is_open[closed] = False
    is_open[list(opened)] = True
    went = site_attended(assign(part.problem, is_open), _weights(unit.prepared.study))
    for column, (row, level) in opened.items():
        year = max(first_year, int(row["year"]))
        yield _New(column, str(row["site_id"]), level, year, "programme", went == column)


def _column(part: UnitService, row: Mapping[Any, Any]) -> list[int]:
    """Return the site of the plan that an item is about: itself, else a candidate in its settlement; at most one."""
    same = part.sites["site_id"] == row["site_id"]
    here = (part.sites["settlement_id"] == row["settlement_id"]) & (part.sites["kind"] == "candidate")
    chosen = same if same.any() else here
    return [int(column) for column in np.flatnonzero(chosen.to_numpy(dtype=np.bool_))[:1]]


def stranded_sites(tables: Mapping[str, pd.DataFrame]) -> frozenset[tuple[str, str]]:
    """Return (service, site) of every new site that is stranded, from the tables of a unit; such are never robust."""
    rows = tables.get("asset_life")
    if rows is None or not len(rows):
        return frozenset()
    own = rows[rows["asset_verdict"] == STRANDED]
    return frozenset(zip(own["service"], own["site_id"], strict=True))


def _rows(study: StudyData, part: UnitService, new: Sequence[_New], first_year: int) -> Iterator[dict[str, object]]:
    rules = study.config.projection or Projection()
    rows = study.settlements.index.get_indexer(pd.Index(part.problem.settlement_ids))
    outlooks: dict[int, Outlook] = {}
    for one in new:
        place = part.sites.iloc[one.column]
        lifetime = _lifetime(study, part, one.level, rules)
        ends = one.opens + lifetime
        if ends not in outlooks:
            outlooks[ends] = look_ahead(study, range(first_year, ends + 1))
        own = np.flatnonzero(one.users & (part.problem.persons > 0))
        course = _course(study, part, outlooks[ends], rows[own])
        from_opening = {name: people[one.opens - first_year :] for name, people in course.items()}
        (least,) = least_loads(study, part.service, one.level, [place["settlement_id"]])
        yield {
            "service": part.service.name,
            "site_id": one.site_id,
            "settlement_id": place["settlement_id"],
            "level": one.level,
            "opened_by": one.opened_by,
            "tied_norms": "" if least is None else least.tied_keys,
            **judged(from_opening, one.opens, lifetime, None if least is None else least.norm),
            "now": course["base"][0],
        }


def _lifetime(study: StudyData, part: UnitService, level: str, rules: Projection) -> int:
    price = price_of(study, part.service, level)
    stated = None if price is None else price["lifetime_years"]
    return rules.default_lifetime_years if stated is None or pd.isna(stated) or stated < 1 else round(float(stated))


def _course(study: StudyData, part: UnitService, outlook: Outlook, rows: npt.NDArray[np.intp]) -> dict[str, Floats]:
    """Return the people of some settlements together by year: low, base and high; NaN where somebody's are unknown."""
    today = numbers_of(study.settlements[f"{part.service.name}_persons"])
    multiples = service_multiples(study, outlook, part.service)
    found = {}
    for name, sign in (("low", -1), ("base", 0), ("high", 1)):
        apart = outlook.apart(sign) if sign else 1.0
        found[name] = (today * multiples * apart)[:, rows].sum(axis=1)
        found[name][0] = today[rows].sum()
    return found


def judged(course: Mapping[str, Floats], first_year: int, lifetime: int, norm: Norm | None) -> dict[str, object]:
    """Return the columns of `asset_life` about years and people.

    Parameters
    ----------
    course
        People of the catchment by year, (lifetime + 1,) each: `low`, `base`, `high`.
    first_year
        In which the site opens.
    lifetime
        Whole years.
    norm
        The threshold; None where no norm has one.
    """
    base, half = course["base"], lifetime / 2
    found: dict[str, object] = {
        "opens": first_year,
        "lifetime_years": lifetime,
        "half_life": first_year + half,
        "ends": first_year + lifetime,
        "at_opening": base[0],
        "at_half_life": base[int(np.ceil(half))],
        "at_end": base[lifetime],
    }
    if norm is None:
        return {**found, "asset_verdict": "no_threshold"}
    found |= {"threshold": norm.value, "pack": norm.pack, "norm_id": norm.norm_id}
    steps = {name: float(first_step_below(people[:, None], norm.value)[0]) for name, people in course.items()}
    for name, step in steps.items():
        found[f"year_{name}"] = first_year + step if np.isfinite(step) else np.nan
    return {**found, "asset_verdict": _verdict(steps["base"], half)}


def _verdict(step: float, half: float) -> str:
    if np.isnan(step):
        return "unknown"
    if step < half:
        return STRANDED
    return "falls_short" if np.isfinite(step) else "lasting"
