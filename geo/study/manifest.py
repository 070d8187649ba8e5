"""What makes a run repeatable: digests, versions, settings, seed. No clock."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import metadata
from typing import Any

from geo.study.load import StudyData
from geo.study.supply import price_note

_PACKAGES = ("geopandas", "highspy", "numpy", "osmium", "pandas", "pyproj", "scipy", "shapely")


def make_manifest(study: StudyData, unit_id: str, unmapped: Sequence[str]) -> dict[str, Any]:
    """Return the manifest of one unit's results."""
    return {
        "study": study.config.study.name,
        "unit": unit_id,
        "synthetic": study.config.study.synthetic,
        "seed": study.config.study.seed,
        "crs": study.crs.to_wkt(),
        "files": dict(study.digests),
        "settings": study.config.model_dump(mode="json"),
        "norms": {norm.key: {"value": norm.value, "verified": norm.verified} for norm in study.siting_norms.values()},
        "not_mapped_units": list(unmapped),
        "prices": {service.name: price_note(study, service) for service in study.config.service},
        "versions": {name: metadata.version(name) for name in _PACKAGES},
    }
