"""What a planner proposes to open and close, measured like any plan and held against the best with as many sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np

from geo.errors import DataError, Fault, UsageError
from geo.language import gettext as _
from geo.read.proposals import Changes, Known, Proposal, read_proposal
from geo.siting.measure import evaluate
from geo.siting.solution import Evaluation, SitingSolution, relative_gap
from geo.study.load import StudyData
from geo.study.plans import UnitService
from geo.study.result import PROPOSAL, WHOLE_STUDY, WORST
from geo.study.supply import find_sites
from geo.study.whatif import WhatIf, optimum
from geo.study.wording import names_of


@dataclass(frozen=True)
class Proposed:
    """What a proposal does in one service of a unit.

    Parameters
    ----------
    opened, closed
        Identifiers of sites, in the order of the sites of the study.
    breaches
        What of the study it breaks, as `geo.siting.solution.Evaluation` names it.
    """

    opened: tuple[str, ...]
    closed: tuple[str, ...]
    breaches: tuple[str, ...] = ()


def load_proposal(path: Path, study: StudyData) -> Proposal:
    """Read a proposal file and check it against a study.

    Raises
    ------
    DataError
        With everything that is wrong with it.
    """
    sites = find_sites(study)
    return read_proposal(
        path,
        Known(
            study=study.config.study.name,
            units=(*map(str, study.units.index), WHOLE_STUDY),
            whole=WHOLE_STUDY,
            services=tuple(service.name for service in study.config.service),
            sites=sites.assign(name=names_of(sites), protected_reason=_protected(study, sites)),
        ),
    )


def units_of(proposal: Proposal, units: Sequence[str]) -> list[str]:
    """Return the unit that a proposal is about, to be run alone.

    Raises
    ------
    UsageError
        If other units are asked for beside it.
    """
    if any(unit != proposal.unit for unit in units):
        text = _("The proposal is about unit {unit}, but --district asks for {units}. Leave --district out.")
        raise UsageError(text.format(unit=proposal.unit, units=", ".join(units)))
    return [proposal.unit]


def _protected(study: StudyData, sites: gpd.GeoDataFrame) -> np.ndarray:
    """Return why a site's settlement is protected; missing where it is not."""
    reasons = study.settlements["protected_reason"].reindex(sites["settlement_id"])
    return np.asarray(reasons, dtype=object)


def proposed_plan(part: UnitService, proposal: Proposal, what_if: WhatIf) -> tuple[SitingSolution, Proposed]:
    """Return a proposal as a plan of one of its services.

    Its value is the number of people beyond the norm in their worst season. Its bound is that of as many additions to
    today's sites: closing something cannot lower it further.

    Raises
    ------
    DataError
        If it opens a candidate whose travel times are unknown.
    """
    changes = proposal.services[part.service.name]
    _check_assessable(part, proposal, changes)
    position = {site: number for number, site in enumerate(part.problem.site_ids)}
    is_open = part.problem.existing.copy()
    is_open[[position[site] for site in changes.close]] = False
    is_open[[position[site] for site in changes.open]] = True
    found = evaluate(part.problem, np.flatnonzero(is_open))
    best = optimum(what_if, WORST, len(found.opened))
    solution = _as_plan(part, found, None if best is None else best.persons_beyond_bound)
    opened, closed = (tuple(part.problem.site_ids[j] for j in sites) for sites in (found.opened, found.closed))
    return solution, Proposed(opened, closed, found.breaches)


def _check_assessable(part: UnitService, proposal: Proposal, changes: Changes) -> None:
    unknown = [site for site in (*changes.open, *changes.close) if site not in part.problem.site_ids]
    message = _("“{site}” stands where travel times are unknown: too far from any road.")
    key = f"services.{part.service.name}"
    faults = [
        Fault(proposal.file, 0, key, "not-assessable", message.format(site=site), _("Take it off the list."))
        for site in unknown
    ]
    if faults:
        raise DataError(faults)


def _as_plan(part: UnitService, found: Evaluation, bound: int | None) -> SitingSolution:
    """Return the measures of a proposal in the form of a plan, which all tables understand."""
    value = found.persons_beyond_limit
    measures: dict[str, Any] = {item.name: getattr(found, item.name) for item in fields(found)}
    return SitingSolution(
        **measures,
        objective=PROPOSAL,
        status="feasible",
        value=value,
        unit="persons",
        sense="min",
        bound=bound,
        gap=None if bound is None else relative_gap(value, bound),
        stages=(),
        seed=part.problem.seed,
        iterations=0,
        nodes=0,
        seconds=0.0,
        log=(),
    )


def in_manifest(proposal: Proposal | None) -> dict[str, Any]:
    """Return what the manifest says of a proposal; nothing without one."""
    if proposal is None:
        return {}
    services = {name: {"open": list(own.open), "close": list(own.close)} for name, own in proposal.services.items()}
    stated = {"title": proposal.title, "norm_minutes": proposal.norm_minutes, "sha256": proposal.sha256}
    return {PROPOSAL: {**stated, "services": services}}
