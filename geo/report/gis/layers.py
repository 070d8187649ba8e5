"""The layers of a result as a GeoPackage that opens styled and labelled in QGIS. Same result, same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import geopandas as gpd
import pyogrio

from geo.language import LANGUAGES
from geo.language import gettext as _
from geo.maps.sites import with_id
from geo.report.gis.diagnosis import add_settlement_columns, area_layer, with_load
from geo.report.gis.styles import STYLE_TABLE, Style, layer_styles, style_table
from geo.study.result import BASELINE, HEADLINE, WORST, StudyResult
from geo.study.wording import SHOWN

#: Names for pages; the layers keep those of the data.
_SHOWN_NAMES: Final = [f"{SHOWN}_{language}" for language in LANGUAGES]
_ROAD_COLUMNS: Final = ("road_category", "surface", "condition", "bridge", "ford", "winter_road")
_TIME: Final = "1980-01-01T00:00:00.000Z"
#: Of the GeoPackage standard: what QGIS of recent years reads without a warning.
_VERSION: Final = "1.2"


def write_layers(result: StudyResult, path: Path) -> None:
    """Write `results.gpkg`: settlements with minutes and verdicts of the worst season, sites, roads, boundary.

    Each layer has its title and what it holds in the language in use, and its styles in the table that QGIS reads.

    Parameters
    ----------
    result
        Results of a unit.
    path
        File to write; an existing one is replaced.
    """
    path.unlink(missing_ok=True)
    layers = result_layers(result)
    styles = layer_styles(result, {name: list(layer.columns) for name, layer in layers.items()})
    titles = _titles()
    # GDAL writes the time of the last change into the file; the clock is no part of a result.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _TIME})
    try:
        for name, layer in layers.items():
            title, meaning = titles[name]
            pyogrio.write_dataframe(
                _writable(layer),
                path,
                layer=name,
                driver="GPKG",
                append=path.exists(),
                promote_to_multi=name not in ("settlements", "sites"),
                layer_options={"IDENTIFIER": title, "DESCRIPTION": meaning},
                dataset_options=None if path.exists() else {"VERSION": _VERSION},
            )
        _write_styles(styles, path)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def result_layers(result: StudyResult) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers of a result by name, from the topmost down."""
    closed = [f"closed_{season.name}" for season in result.config.season]
    sites = with_id(result.sites, "site_id").drop(columns=_SHOWN_NAMES, errors="ignore")
    areas = area_layer(result)
    return {
        "settlements": _settlement_layer(result),
        "sites": with_load(result, sites),
        "roads": result.roads[[*_ROAD_COLUMNS, *closed, "geometry"]],
        "boundary": with_id(result.boundary, "unit_id"),
        **({} if areas is None else {"areas": areas}),
    }


def _titles() -> dict[str, tuple[str, str]]:
    return {
        "settlements": (_("Settlements"), _("Settlements with people, minutes and verdict in their worst season")),
        "sites": (_("Sites"), _("Facilities and candidates that the unit sees")),
        "roads": (_("Roads"), _("Roads that the unit sees, with the seasons in which they are closed")),
        "boundary": (_("Boundary"), _("Boundary of the unit")),
        "areas": (_("Areas"), _("Units with today's access in the worst season, added up from their settlements")),
    }


def _write_styles(styles: list[Style], path: Path) -> None:
    frame = style_table(styles)
    pyogrio.write_dataframe(frame, path, layer=STYLE_TABLE, driver="GPKG", append=True)


def _settlement_layer(result: StudyResult) -> gpd.GeoDataFrame:
    names = ["name_kk", "name_ru", "name_en"]
    facts = ["population_persons", "population_imputed", "nearest_road_km", "geometry"]
    layer = result.settlements[names + facts].copy()
    for service in result.config.service:
        layer[f"{service.name}_persons"] = result.settlements[f"{service.name}_persons"]
        for plan, suffix in ((BASELINE, "today"), (HEADLINE, "plan")):
            rows = result.table("access_settlement", service=service.name, plan=plan, season=WORST)
            rows = rows.set_index("settlement_id").reindex(layer.index)
            layer[f"{service.name}_minutes_{suffix}"] = rows["minutes"].astype("float64").round(1)
            layer[f"{service.name}_verdict_{suffix}"] = rows["verdict"]
    add_settlement_columns(result, layer)
    return layer.rename_axis("settlement_id").reset_index()


def _writable(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a layer whose text columns hold text or nothing."""
    result = layer.copy()
    for column in result.columns.drop("geometry"):
        if result[column].dtype == object:
            result[column] = [value if isinstance(value, str) else None for value in result[column]]
    return result
