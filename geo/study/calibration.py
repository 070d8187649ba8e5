"""Trips that somebody timed, beside the times of the study's network. Nothing is ever changed by them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo.errors import Fault
from geo.language import gettext as _
from geo.network.access_legs import Points, join_points
from geo.network.seasons import Season
from geo.network.topology import RoadNetwork
from geo.study.conditions import leg_rules, points_of
from geo.study.load import StudyData
from geo.travel import TravelTimes, travel_times
from geo.units import MS_PER_MINUTE, UNREACHABLE_MS, minutes_to_ms


@dataclass(frozen=True)
class Calibration:
    """What observed trips say about the computed times.

    Parameters
    ----------
    trips, seasons
        Rows of `trip_check` and `calibration`; the same for every unit.
    faults
        What a planner should know, for the data-quality page.
    """

    trips: pd.DataFrame
    seasons: pd.DataFrame
    faults: tuple[Fault, ...] = ()


def calibrate(study: StudyData, network: RoadNetwork, seasons: tuple[Season, ...]) -> Calibration:
    """Compare the observed trips of the study's vehicle with its computed times, in the seasons as they are.

    A season's suggested factor is what its speeds on roads would have to be multiplied with so that, in sum, the time
    on roads is the one observed; the time for legs and within settlements is taken as computed.
    """
    observed = study.observed_trips
    own = observed[observed["vehicle"] == study.config.network.vehicle]
    faults = _left_out(study, observed)
    trips, rows = [], []
    for season in seasons:
        chosen = own[own["season"] == season.name]
        if not len(chosen):
            continue
        table = _compare(study, network, season, chosen)
        rows.append(_summary(season.name, table))
        faults += _sentences(study, rows[-1])
        trips.append(table.drop(columns=["road_minutes", "legs_minutes"]))
    if not trips:
        return Calibration(pd.DataFrame(), pd.DataFrame(), tuple(faults))
    return Calibration(pd.concat(trips, ignore_index=True), pd.DataFrame(rows), tuple(faults))


def _compare(study: StudyData, network: RoadNetwork, season: Season, observed: pd.DataFrame) -> pd.DataFrame:
    """Return one row per trip; times are infinite where there is no way."""
    times = _times(study, network, season, observed)
    row = {settlement_id: i for i, settlement_id in enumerate(times.settlement_ids)}
    column = {settlement_id: j for j, settlement_id in enumerate(times.site_ids)}
    cells = ([row[i] for i in observed["from_id"]], [column[j] for j in observed["to_id"]])
    total, access, egress = (part[cells] for part in (times.milliseconds, times.access_ms, times.egress_ms))
    reached = total < UNREACHABLE_MS
    minutes = observed["minutes"].to_numpy(dtype=np.float64)
    computed = np.where(reached, total / MS_PER_MINUTE, np.inf)
    legs = (access.astype(np.int64) + egress) / MS_PER_MINUTE
    return pd.DataFrame(
        {
            **{name: observed[name].to_numpy(dtype=object) for name in ("from_id", "to_id", "season", "date")},
            "observed_minutes": minutes,
            "computed_minutes": computed,
            "difference_minutes": computed - minutes,
            "road_minutes": np.where(reached, computed - legs, np.nan),
            "legs_minutes": np.where(reached, legs, np.nan),
        }
    )


def _times(study: StudyData, network: RoadNetwork, season: Season, observed: pd.DataFrame) -> TravelTimes:
    rules = leg_rules(study)
    origins, destinations = (_points(study, observed[name]) for name in ("from_id", "to_id"))
    joins = [join_points(network, points, rules) for points in (origins, destinations)]
    within = minutes_to_ms(study.config.network.within_settlement_minutes)
    return travel_times(network, season, origins, joins[0], destinations, joins[1], rules, within)


def _points(study: StudyData, ids: pd.Series) -> Points:
    unique = pd.Index(sorted(ids.unique()))
    return points_of(study, unique, study.settlements.geometry.loc[unique])


def _summary(season: str, trips: pd.DataFrame) -> dict[str, Any]:
    """Return the row of a season; trips without a computed way are counted apart."""
    known = trips[np.isfinite(trips["computed_minutes"])]
    on_roads = known[known["road_minutes"] > 0]
    observed_on_roads = float((on_roads["observed_minutes"] - on_roads["legs_minutes"]).sum())
    computed_on_roads = float(on_roads["road_minutes"].sum())
    factor = computed_on_roads / observed_on_roads if computed_on_roads > 0 and observed_on_roads > 0 else np.nan
    return {
        "season": season,
        "trips": len(known),
        "no_way_trips": len(trips) - len(known),
        "median_ratio": (known["computed_minutes"] / known["observed_minutes"]).median(),
        "mean_absolute_minutes": known["difference_minutes"].abs().mean(),
        "suggested_factor": factor,
    }


def _sentences(study: StudyData, row: dict[str, Any]) -> Iterator[Fault]:
    file, season = study.config.inputs.observed_trips or "", row["season"]
    if row["no_way_trips"]:
        message = _("Observed trips for which there is no way in season {season}: {n}.")
        text = message.format(season=season, n=row["no_way_trips"])
        remedy = _("A road may be missing, or closed that is open.")
        yield Fault(file, 0, "minutes", "observed-no-way", text, remedy, "warning")
    if not row["trips"]:
        return
    message = _(
        "Season {season}: computed over observed minutes {ratio} in the median of observed trips ({n}), mean "
        "difference {minutes} min. Speeds times {factor} would fit best; nothing was changed."
    )
    known = not pd.isna(row["suggested_factor"])
    text = message.format(
        season=season,
        n=row["trips"],
        ratio=f"{row['median_ratio']:.2f}",
        minutes=f"{row['mean_absolute_minutes']:.1f}",
        factor=f"{row['suggested_factor']:.2f}" if known else "–",
    )
    remedy = _("If the trips are typical, give the study its own speed table (inputs.speeds).")
    yield Fault(file, 0, "minutes", "calibration", text, remedy, "note")


def _left_out(study: StudyData, observed: pd.DataFrame) -> list[Fault]:
    """Name the vehicles of trips that the study's network says nothing about."""
    others = observed.loc[observed["vehicle"] != study.config.network.vehicle, "vehicle"].value_counts().sort_index()
    if not len(others):
        return []
    listed = ", ".join(f"{vehicle} ({n})" for vehicle, n in others.items())
    message = _("Observed trips with another vehicle than the study's, not compared: {vehicles}.")
    file = study.config.inputs.observed_trips or ""
    remedy = _("Compare them in a study with that vehicle.")
    return [Fault(file, 0, "vehicle", "other-vehicle", message.format(vehicles=listed), remedy, "note")]
