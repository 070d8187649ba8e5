"""Who lives in hazard zones: zones take candidates away, never people."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geo.study.programme.planned import PlannedUnit
from geo.study.result import HEADLINE
from geo.study.values import numbers_of


def people_in_zones(unit: PlannedUnit) -> Mapping[str, pd.DataFrame]:
    """Return the rows of `zone_people`: zones of the study that settlements of the unit or recommended sites lie in."""
    study = unit.prepared.study
    if not len(study.hazards):
        return {}
    zones = study.hazards
    shapes = zones.geometry.to_crs(study.crs).buffer(zones["buffer_metres"].to_numpy(dtype=float))
    places = unit.settlements.geometry.to_crs(study.crs)
    persons = numbers_of(unit.settlements["population_persons"])
    sites = [
        part.sites.iloc[list(plans[HEADLINE].opened)].geometry.to_crs(study.crs)
        for part, plans in unit.services
        if plans[HEADLINE].status != "infeasible"
    ]
    rows = []
    for number, shape in enumerate(shapes):
        inside = places.intersects(shape).to_numpy()
        recommended = sum(int(own.intersects(shape).sum()) for own in sites)
        if not inside.any() and not recommended:
            continue
        zone = zones.iloc[number]
        rows.append(
            {
                "hazard_kind": zone["kind"],
                "effect": zone["effect"],
                "zone": zone["hazard_id"],
                "n_settlements": int(inside.sum()),
                "persons": np.nansum(persons[inside]),
                "unknown_settlements": int(np.isnan(persons[inside]).sum()),
                "n_recommended": recommended,
            }
        )
    return {"zone_people": pd.DataFrame(rows)} if rows else {}
