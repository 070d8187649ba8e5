"""What `geo matrix` is asked. What cannot be is refused here, before anything is read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.errors import UsageError
from geo.language import gettext as _
from geo.study.config import Network, SeasonConfig, StudyConfig
from geo.study.matrix_table import check_out


def default_seasons() -> dict[str, SeasonConfig]:
    """Return the seasons of a study that names none, by name."""
    return {season.name: season for season in StudyConfig.model_fields["season"].default}


@dataclass(frozen=True, kw_only=True)
class MatrixRequest:
    """What is asked for; None stands for what a study has by default.

    Parameters
    ----------
    pbf, origins, destinations
        Extract, and files of places; the latter may be the same file.
    out
        Table to write; its ending says how.
    season, vehicle
        One of `default_seasons`, and a vehicle of the speed table.
    speeds
        Speed table; the package's own where absent.
    max_join_km, max_walk_km, leg_factor, within_settlement_minutes, borders
        As in `[network]` of a study file.
    max_minutes
        Longest time that is written; None for all, also pairs without a way.

    Raises
    ------
    UsageError
        If something of it cannot be.
    """

    pbf: Path
    origins: Path
    destinations: Path
    out: Path
    season: str = "dry"
    vehicle: str = "car"
    speeds: Path | None = None
    max_join_km: float | None = None
    max_walk_km: float | None = None
    leg_factor: float | None = None
    within_settlement_minutes: float | None = None
    borders: str = "closed"
    max_minutes: float | None = None

    def __post_init__(self) -> None:
        check_choice("--season", self.season, tuple(default_seasons()))
        check_choice("--borders", self.borders, ("closed", "open"))
        for option, value, least in (
            ("--max-walk-km", self.max_walk_km, 0.0),
            ("--leg-factor", self.leg_factor, 1.0),
            ("--within-settlement-minutes", self.within_settlement_minutes, 0.0),
            ("--max-minutes", self.max_minutes, 0.0),
        ):
            if value is not None and not (math.isfinite(value) and value >= least):
                text = _("{option} is a number, at least {least}.")
                raise UsageError(text.format(option=option, least=f"{least:g}"))
        if self.max_join_km is not None and not (math.isfinite(self.max_join_km) and self.max_join_km > 0):
            raise UsageError(_("{option} is a number above zero.").format(option="--max-join-km"))
        check_out(self.out, (self.pbf, self.origins, self.destinations, self.speeds))

    @property
    def network(self) -> Network:
        """What a study would have in `[network]`."""
        given: dict[str, Any] = {
            "max_join_km": self.max_join_km,
            "max_walk_km": self.max_walk_km,
            "leg_factor": self.leg_factor,
            "within_settlement_minutes": self.within_settlement_minutes,
        }
        known = {name: value for name, value in given.items() if value is not None}
        return Network(vehicle=self.vehicle, borders="open" if self.borders == "open" else "closed", **known)


def check_choice(option: str, value: str, choices: tuple[str, ...]) -> None:
    """Refuse a value that is none of the choices.

    Raises
    ------
    UsageError
        With the choices.
    """
    if value not in choices:
        message = _("{option}: there is no “{value}”.").format(option=option, value=value)
        raise UsageError(f"{message} {_('Use one of: {choices}.').format(choices=', '.join(choices))}")
