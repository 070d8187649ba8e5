"""Closures by chance: which roads close together, and how often.

Rows of the table of closures that share season and reason are one event, which closes each of them with its own
probability: a snow storm does not choose between two stretches of one road. Flood-prone roads are one event per season.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.network.topology import RoadNetwork
from geo.study.load import StudyData

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, order=True)
class Name:
    """An assumption: its kind, and which of the kind."""

    kind: str
    about: str = ""

    @property
    def key(self) -> str:
        """The name as one word, of which random numbers are made too."""
        return f"{self.kind}:{self.about}" if self.about else self.kind


@dataclass(frozen=True, eq=False)
class Event:
    """Closures that come together.

    Parameters
    ----------
    name
        Kind and reason.
    season : int
        Position of the season.
    probability : float64 (n_roads,)
        Chance that each road is closed; 0 where the event does not touch it. It is where the event's number is below.
    """

    name: Name
    season: int
    probability: Floats

    def closed_share(self, numbers: Floats) -> Floats:
        """Return the share of the event's roads that is closed at some numbers."""
        own = np.sort(self.probability[self.probability > 0])
        return np.asarray(1.0 - np.searchsorted(own, numbers, side="right") / len(own))


def closures_by_chance(study: StudyData, network: RoadNetwork) -> list[Event]:
    """Return the closures that are neither certain nor impossible, those with the same season and reason as one."""
    chance = study.closures["probability"].astype(float)
    rows = study.closures[(chance > 0) & (chance < 1)]
    reasons = rows["reason"].fillna("").astype(str)
    # A closure without a reason has nothing in common with another one.
    reasons = reasons.where(reasons != "", rows["road_id"].astype(str))
    events = []
    for place, season in enumerate(study.config.season):
        own = rows[rows["season"] == season.name]
        for reason, together in own.groupby(reasons.loc[own.index], sort=True):
            worst = together["probability"].astype(float).groupby(together["road_id"]).max()
            chance_of = worst.reindex(network.roads.index).fillna(0.0)
            probability = np.asarray(chance_of.to_numpy(), dtype=np.float64)
            if probability.any():
                events.append(Event(Name("closure", f"{season.name}:{reason}"), place, probability))
    return events


def floods(study: StudyData, network: RoadNetwork) -> list[Event]:
    """Return per season that keeps flood-prone roads open the event that closes them all."""
    rules = study.config.robustness
    prone = network.roads["flood_prone"].to_numpy(dtype=bool)
    if rules is None or not prone.any() or not 0 < rules.flood_probability < 1:
        return []
    chance = np.zeros(len(prone), dtype=np.float64)
    chance[prone] = rules.flood_probability
    return [
        Event(Name("flood", season.name), place, chance)
        for place, season in enumerate(study.config.season)
        if season.flood_prone == "open"
    ]
