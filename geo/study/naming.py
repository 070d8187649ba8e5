"""Names that tell places apart: namesakes of a unit get a hint, facilities without a name their level and place."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.language import LANGUAGES, current, using
from geo.language import gettext as _
from geo.study.config import StudyConfig
from geo.study.wording import LEVELS, SHOWN, name_of, names_of, word

#: Last digits of a code that tell namesakes apart where nothing else does.
_DIGITS = 4


def show_settlements(settlements: gpd.GeoDataFrame, boundaries: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add to settlements of a unit the names under which namesakes are shown.

    Parameters
    ----------
    settlements
        Settlements of one unit, indexed by code.
    boundaries
        All units, rural okrugs among them where they are known.

    Returns
    -------
    GeoDataFrame
        With columns ``shown_en``, ``shown_ru``, ``shown_kk``; missing where the plain name tells the place already.
    """
    okrugs = boundaries[boundaries["level"] == "okrug"]
    return _in_every_language(settlements, lambda: _settlement_names(settlements, okrugs))


def show_sites(sites: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame, config: StudyConfig) -> gpd.GeoDataFrame:
    """Add to sites the names under which they are shown: as `show_settlements` does, and for those without a name.

    Parameters
    ----------
    sites
        Facilities and candidates that a unit sees.
    settlements
        Settlements from `show_settlements`, and those around them.
    config
        The study file: what a site is called whose level is unknown.
    """
    return _in_every_language(sites, lambda: _site_names(sites, settlements, config))


def _in_every_language(layer: gpd.GeoDataFrame, build: Callable[[], list[str]]) -> gpd.GeoDataFrame:
    """Add what a function returns in each language, where it differs from the plain name."""
    result = layer.copy()
    for language in LANGUAGES:
        with using(language):
            pairs = zip(build(), names_of(layer), strict=True)
            result[f"{SHOWN}_{language}"] = pd.Series(
                [shown if shown != plain else None for shown, plain in pairs], index=layer.index, dtype="object"
            )
    return result


def _namesakes(names: Sequence[str]) -> list[list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        groups[name].append(number)
    return [group for group in groups.values() if len(group) > 1]


def _settlement_names(settlements: gpd.GeoDataFrame, okrugs: gpd.GeoDataFrame) -> list[str]:
    names = names_of(settlements)
    shown = list(names)
    places = shapely.get_coordinates(settlements.geometry.to_numpy())
    persons = settlements["population_persons"].astype("float64").fillna(0).to_numpy()
    for group in _namesakes(names):
        by_okrug = [_okrug_of(settlements.iloc[number], okrugs) for number in group]
        near = [_bigger_neighbour(number, names, places, persons) for number in group]
        near = [_("near {place}").format(place=place) if place else "" for place in near]
        codes = [str(settlements.index[number]) for number in group]
        short = [code[-_DIGITS:] for code in codes]
        hints = next(hints for hints in (by_okrug, near, short, codes) if all(hints) and len(set(hints)) == len(group))
        for number, hint in zip(group, hints, strict=True):
            shown[number] = f"{names[number]} ({hint})"
    return shown


def _okrug_of(settlement: pd.Series, okrugs: gpd.GeoDataFrame) -> str:
    """Return the name of a settlement's rural okrug; empty where it is not known."""
    okrug = settlement.get("okrug_id")
    return name_of(okrugs.loc[okrug]) if isinstance(okrug, str) and okrug in okrugs.index else ""


def _bigger_neighbour(number: int, names: Sequence[str], places: np.ndarray, persons: np.ndarray) -> str:
    """Return the nearest settlement of another name with more people; empty where there is none."""
    others = np.array([name != names[number] for name in names]) & (persons > persons[number])
    if not others.any():
        return ""
    distance = np.where(others, _degrees(places, places[number]), np.inf)
    return names[int(distance.argmin())]


def _degrees(places: np.ndarray, one: np.ndarray) -> np.ndarray:
    """Return distances in degrees of latitude, good enough to find what is nearest."""
    apart = places - one
    distance: np.ndarray = np.hypot(apart[:, 0] * np.cos(np.radians(one[1])), apart[:, 1])
    return distance


def _site_names(sites: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame, config: StudyConfig) -> list[str]:
    names = names_of(sites)
    plain = dict(zip(settlements.index, names_of(settlements.drop(columns=_shown_columns(settlements))), strict=True))
    told = dict(zip(settlements.index, names_of(settlements), strict=True))
    places = shapely.get_coordinates(settlements.geometry.to_numpy())
    nameless = sites[["name_en", "name_ru", "name_kk"]].isna().all(axis=1).to_numpy()
    shown = []
    for number, row in enumerate(sites.to_dict("records")):
        place = row["settlement_id"]
        if nameless[number] and len(places):
            if place not in plain:
                at = np.array([row["geometry"].x, row["geometry"].y])
                place = settlements.index[int(_degrees(places, at).argmin())]
            text = _("{level} near {place}")
            shown.append(text.format(level=_level(row, config), place=plain[place]))
        elif row["kind"] == "candidate" and plain.get(place) == names[number]:
            shown.append(told[place])
        else:
            shown.append(names[number])
    return _numbered(sites, shown)


def _level(row: dict[str, object], config: StudyConfig) -> str:
    """Return the level of a facility in words, of an unknown one what the study calls a site."""
    if isinstance(row["level"], str):
        return word(LEVELS, row["level"])
    service = next(service for service in config.service if service.name == row["service"])
    return service.site_label.in_language(current())


def _numbered(sites: gpd.GeoDataFrame, names: list[str]) -> list[str]:
    """Return names with numbers for the facilities of one service that share one, from the second on."""
    seen: Counter[tuple[str, str]] = Counter()
    result = []
    for service, kind, name in zip(sites["service"], sites["kind"], names, strict=True):
        seen[service, name] += kind == "existing"
        count = seen[service, name]
        result.append(f"{name} ({count})" if kind == "existing" and count > 1 else name)
    return result


def _shown_columns(layer: gpd.GeoDataFrame) -> list[str]:
    return [column for column in layer.columns if column.startswith(f"{SHOWN}_")]
