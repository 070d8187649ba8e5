"""How large the units of a study are, and how densely they are populated."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.network.topology import GEOD
from geo.study.load import StudyData
from geo.units import METRES_PER_KM


def unit_area_km2(study: StudyData) -> pd.Series:
    """Return the geodesic area of every unit; NaN where the boundary is only a hull of what is known."""
    units = study.units
    km2 = [abs(GEOD.geometry_area_perimeter(shape)[0]) / METRES_PER_KM**2 for shape in units.geometry]
    official = ~units["hull"].to_numpy(dtype=bool) if "hull" in units else np.ones(len(units), dtype=bool)
    return pd.Series(np.where(official, km2, np.nan), index=units.index)


def unit_density(study: StudyData) -> pd.Series:
    """Return the people per square kilometre of every unit of a study.

    NaN where a settlement's people are unknown, nobody lives, or the boundary is only a hull of what is known.
    """
    people = study.settlements["population_persons"].groupby(study.settlements["unit_id"])
    persons = people.sum().where(people.count() == people.size()).reindex(study.units.index)
    return pd.Series(persons.to_numpy(dtype=np.float64, na_value=np.nan) / unit_area_km2(study))
