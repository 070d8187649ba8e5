"""Levels above each other: how far a place that serves a village is from the next higher level.

A village's medical point sends patients on to the ambulatory, that one to the district hospital. The way from place to
place is the referral time; it says whether levels hang together, which the villages' own times do not tell.

References
----------
Narula (1984), Annals of Operations Research 6:257-272; Sahin and Sural (2007), Computers and Operations Research
34:2310-2331 (hierarchies of facilities).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.planning.case import NOTHING, Ints, Milliseconds, PlanningCase
from geo.units import UNREACHABLE_MS


def referral_ms(
    case: PlanningCase, in_force: Ints, between_ms: Milliseconds, service: str, level: int
) -> tuple[Milliseconds, npt.NDArray[np.int32]]:
    """Return the time from each place of a service to the nearest place of a level or higher, by season.

    Parameters
    ----------
    case
        The region.
    in_force
        int64 (n_places,), position of the option in force, `NOTHING` for an empty plot.
    between_ms
        int32 (n_seasons, n_places, n_places), from place to place; rows refer, columns are referred to.
    service, level
        Which service, and the lowest level that takes over, counted from 0.

    Returns
    -------
    ms : int32 (n_seasons, n_places)
        0 at places that have the level themselves, ``UNREACHABLE_MS`` where there is no way, or no such place, and
        for places that do not offer the service.
    referred_to : int32 (n_seasons, n_places)
        Position of the place; -1 where there is none.

    Raises
    ------
    ValueError
        If `between_ms` has another shape.
    """
    n_seasons, n_places = len(case.season_names), len(case.place_ids)
    if between_ms.shape != (n_seasons, n_places, n_places):
        raise ValueError(f"between_ms has shape {between_ms.shape}, not {(n_seasons, n_places, n_places)}")
    has = level_of(case, in_force, service)
    ms = np.full((n_seasons, n_places), UNREACHABLE_MS, dtype=np.int32)
    referred_to = np.full((n_seasons, n_places), -1, dtype=np.int32)
    higher, offers = np.flatnonzero(has >= level), np.flatnonzero(has >= 0)
    if not higher.size:
        return ms, referred_to
    for season in range(n_seasons):
        times = between_ms[season][np.ix_(offers, higher)]
        which = times.argmin(axis=1)
        nearest = times[np.arange(offers.size), which]
        ms[season, offers] = nearest
        referred_to[season, offers] = np.where(nearest < UNREACHABLE_MS, higher[which], -1)
        ms[season, higher], referred_to[season, higher] = 0, higher
    return ms, referred_to


def level_of(case: PlanningCase, in_force: Ints, service: str) -> Ints:
    """Return the highest level of a service at each place (n_places,), -1 where it is not offered."""
    levels = np.full(len(case.place_ids), -1, dtype=np.int64)
    for place, option in enumerate(in_force):
        if option != NOTHING:
            levels[place] = case.options[option].serves.get(service, -1)
    return levels


def need_referral_ms(referral: Milliseconds, served_by: npt.NDArray[np.int32]) -> Milliseconds:
    """Return the referral time of the place that serves each need (n_seasons, n_needs).

    Parameters
    ----------
    referral
        int32 (n_seasons, n_places), from `referral_ms`.
    served_by
        int32 (n_seasons, n_needs), positions of places, -1 without one: `YearMeasure.served_by`.
    """
    seasons = np.arange(len(referral))[:, np.newaxis]
    if not referral.shape[1]:
        return np.full(served_by.shape, UNREACHABLE_MS, dtype=np.int32)
    found = referral[seasons, np.maximum(served_by, 0)]
    return np.where(served_by >= 0, found, UNREACHABLE_MS).astype(np.int32)
