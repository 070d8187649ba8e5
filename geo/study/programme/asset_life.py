"""Whether enough people will come to a new site for as long as the building lasts (stranded-asset test)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.norms import Norm
from geo.planning.demand import first_step_below
from geo.study.config_projection import Projection
from geo.study.diagnosis.loads import load_norms
from geo.study.load import StudyData
from geo.study.outlook import Outlook, look_ahead, service_multiples
from geo.study.plans import UnitService, site_attended
from geo.study.programme.planned import PlannedUnit
from geo.study.result import HEADLINE
from geo.study.supply import price_of
from geo.study.values import numbers_of

Floats = npt.NDArray[np.float64]

STRANDED = "stranded"


def asset_rows(unit: PlannedUnit, first_year: int) -> pd.DataFrame:
    """Return the rows of `asset_life`: every site that the headline plan opens, and who will come to it.

    Its catchment is everybody whom the plan sends there: in the season of most weight, else in the first in which there
    is a way. A site is `stranded` where its people fall below the threshold of its level before half of its lifetime
    is over; it is never to be called robust. So far ahead a projection is an extrapolation of today's trend.
    """
    frames = []
    for part, plans in unit.services:
        headline = plans[HEADLINE]
        opened = [] if headline.status == "infeasible" else list(headline.opened)
        if opened:
            frames.append(pd.DataFrame(_rows(unit.prepared.study, part, opened, headline.assignment, first_year)))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def stranded_sites(tables: Mapping[str, pd.DataFrame]) -> frozenset[tuple[str, str]]:
    """Return (service, site) of every new site that is stranded, from the tables of a unit; such are never robust."""
    rows = tables.get("asset_life")
    if rows is None or not len(rows):
        return frozenset()
    own = rows[rows["asset_verdict"] == STRANDED]
    return frozenset(zip(own["service"], own["site_id"], strict=True))


def _rows(
    study: StudyData, part: UnitService, opened: list[int], assignment: npt.NDArray[np.int32], first_year: int
) -> Iterator[dict[str, object]]:
    rules = study.config.projection or Projection()
    went = site_attended(assignment, [season.weight for season in study.config.season])
    rows = study.settlements.index.get_indexer(pd.Index(part.problem.settlement_ids))
    outlooks: dict[int, Outlook] = {}
    for site in opened:
        place = part.sites.iloc[site]
        level = str(place["level"])
        lifetime = _lifetime(study, part, level, rules)
        if lifetime not in outlooks:
            outlooks[lifetime] = look_ahead(study, range(first_year, first_year + lifetime + 1))
        own = np.flatnonzero((went == site) & (part.problem.persons > 0))
        course = _course(study, part, outlooks[lifetime], rows[own])
        yield {
            "service": part.service.name,
            "site_id": str(place["site_id"]),
            "settlement_id": place["settlement_id"],
            "level": level,
            **judged(course, first_year, lifetime, _threshold(study, part.service.name, level, part.norm.pack)),
        }


def _lifetime(study: StudyData, part: UnitService, level: str, rules: Projection) -> int:
    price = price_of(study, part.service, level)
    stated = None if price is None else price["lifetime_years"]
    return rules.default_lifetime_years if stated is None or pd.isna(stated) or stated < 1 else round(float(stated))


def _threshold(study: StudyData, service: str, level: str, pack: str) -> Norm | None:
    """Return the least load that norms ask of a level: the pack's that siting answers, else the highest."""
    norms = load_norms(study, service, level)
    return max(norms, key=lambda norm: (norm.pack == pack, norm.value), default=None)


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
        "now": base[0],
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
