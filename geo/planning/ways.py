"""Two ways of planning without a solver: from the centres down, and from the villages up.

*Top-down*: every centre gets a site by its rank, the district centre first, then okrug centres and supporting villages;
then satellite villages that are still beyond the norm, the largest first. *Bottom-up*: every village beyond the norm
starts alone; the smallest group that is too small to keep a site joins the nearest one that can be served with it from
one place within the norm, until every group is large enough or nobody is near. Both keep all that stands today, and
are measured like any other plan (`geo.siting.measure.evaluate`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from geo.siting.problem import Mask, Milliseconds, SitingProblem
from geo.units import UNREACHABLE_MS

__all__ = ["BottomUp", "Catchment", "Step", "affordable", "bottom_up", "top_down", "users_of"]

#: Tier of a settlement that is no centre.
SATELLITE: Final = 9
#: Stands in no settlement.
NOWHERE: Final = -1


@dataclass(frozen=True)
class Step:
    """A site that a way of planning opens; positions in the problem.

    Parameters
    ----------
    site
        What opens.
    hub
        Whether it opens for the rank of its place, whoever is beyond the norm.
    parent
        Settlement of the nearest hub, for a satellite; `NOWHERE` for a hub or where there is none.
    """

    site: int
    hub: bool
    parent: int


@dataclass(frozen=True)
class Catchment:
    """A group of settlements served from one place.

    Parameters
    ----------
    site
        Where the site of the group stands; `NOWHERE` where no candidate serves them all within the norm.
    settlements
        Positions, ascending.
    persons
        Their people.
    """

    site: int
    settlements: tuple[int, ...]
    persons: int


@dataclass(frozen=True)
class BottomUp:
    """Groups after merging.

    Parameters
    ----------
    viable
        Groups that are large enough and have a site, those with most people first.
    left
        Groups that are too small, or have no place for a site: they need another form of provision.
    """

    viable: tuple[Catchment, ...]
    left: tuple[Catchment, ...]


def top_down(problem: SitingProblem, site_settlement: Sequence[int], tiers: Sequence[int]) -> tuple[Step, ...]:
    """Return the sites in the order in which planning from the centres opens them, to the end.

    Parameters
    ----------
    problem
        Sites with status ``candidate`` may open; what is always open stands already.
    site_settlement
        Position of the settlement of every site, `NOWHERE` for none.
    tiers
        Rank of every settlement, 0 the highest; `SATELLITE` for those that are no centre.
    """
    worst = worst_ms(problem)
    candidates = [site for site in _positions(problem.having("candidate")) if site_settlement[site] != NOWHERE]
    standing = {site_settlement[site] for site in _positions(problem.always)}

    def rank(site: int) -> tuple[int, int, int]:
        place = site_settlement[site]
        return tiers[place], -int(problem.persons[place]), site

    steps: list[Step] = []
    taken = set(standing)
    hubs = [place for place in sorted(standing) if place != NOWHERE and tiers[place] < SATELLITE]
    nearest = problem.nearest_ms(problem.always).max(axis=0)
    for site in sorted(candidates, key=rank):
        place = site_settlement[site]
        if tiers[place] == SATELLITE and nearest[place] <= problem.limit_ms:
            continue
        if place in taken:
            continue
        is_hub = tiers[place] < SATELLITE
        steps.append(Step(site, is_hub, NOWHERE if is_hub else _nearest_hub(worst[:, site], hubs)))
        taken.add(place)
        nearest = np.minimum(nearest, worst[:, site])
        if is_hub:
            hubs.append(place)
    return tuple(steps)


def _positions(mask: Mask) -> list[int]:
    return [int(position) for position in np.flatnonzero(mask)]


def _nearest_hub(to_site: Milliseconds, hubs: Sequence[int]) -> int:
    """Return the hub from which a satellite's site is reached soonest, the first of equals."""
    reached = [(int(to_site[place]), place) for place in hubs if to_site[place] < UNREACHABLE_MS]
    return min(reached)[1] if reached else NOWHERE


def bottom_up(
    problem: SitingProblem, site_settlement: Sequence[int], viable_persons: int | npt.NDArray[np.int64]
) -> BottomUp:
    """Return the groups into which villages beyond the norm merge.

    Parameters
    ----------
    problem, site_settlement
        As in `top_down`. Who is within the norm of what stands needs no group.
    viable_persons
        People that a site needs to last: one number, or that of each site (n_sites,).
    """
    least = np.broadcast_to(viable_persons, problem.n_sites)
    merging = _Merging(problem, site_settlement)
    beyond = problem.nearest_ms(problem.always).max(axis=0) > problem.limit_ms
    alone = np.flatnonzero(beyond & (problem.persons > 0))
    groups = [merging.group((int(settlement),)) for settlement in alone]
    stuck: list[Catchment] = []
    while True:
        small = [group for group in groups if group.site == NOWHERE or group.persons < least[group.site]]
        if not small:
            break
        first = min(small, key=lambda group: (group.persons, group.settlements))
        groups.remove(first)
        partner = merging.partner(first, groups)
        if partner is None:
            stuck.append(first)
            continue
        groups.remove(partner)
        groups.append(merging.group(tuple(sorted((*first.settlements, *partner.settlements)))))
    order = sorted(groups, key=lambda group: (-group.persons, group.settlements))
    return BottomUp(tuple(order), tuple(sorted(stuck, key=lambda group: group.settlements)))


class _Merging:
    """Times between villages, and where groups of them can be served from."""

    def __init__(self, problem: SitingProblem, site_settlement: Sequence[int]) -> None:
        self.problem = problem
        place = np.array(site_settlement, dtype=np.int64)
        self.sites = np.flatnonzero(problem.having("candidate") & (place != NOWHERE))
        self.places: npt.NDArray[np.int64] = place[self.sites]
        self.worst = worst_ms(problem)[:, self.sites]

    def group(self, settlements: tuple[int, ...]) -> Catchment:
        """Return a group with its best place: the shortest longest trip, then the least travelled in all."""
        rows = np.array(settlements, dtype=np.intp)
        persons = self.problem.persons[rows]
        inside = np.flatnonzero(np.isin(self.places, rows))
        longest = self.worst[np.ix_(rows, inside)].max(axis=0, initial=0)
        fits = inside[longest <= self.problem.limit_ms]
        site = NOWHERE
        if fits.size:
            times = self.worst[np.ix_(rows, fits)].astype(np.int64)
            best = min(range(fits.size), key=lambda at: (int(times[:, at].max()), int(persons @ times[:, at]), at))
            site = int(self.sites[fits[best]])
        return Catchment(site, settlements, int(persons.sum()))

    def partner(self, group: Catchment, others: Iterable[Catchment]) -> Catchment | None:
        """Return the nearest group that can be served together with a group from one place; None where none can.

        Of groups equally near it is the one with fewer people.
        """
        near = sorted(
            ((self._apart(group, other), other) for other in others),
            key=lambda pair: (pair[0], pair[1].persons, pair[1].settlements),
        )
        for apart, other in near:
            if apart > self.problem.limit_ms:
                return None
            if self.group(tuple(sorted((*group.settlements, *other.settlements)))).site != NOWHERE:
                return other
        return None

    def _apart(self, one: Catchment, other: Catchment) -> int:
        """Return the shortest time from a village of one group to a candidate in the other, either way."""
        return min(self._from(one, other), self._from(other, one))

    def _from(self, one: Catchment, other: Catchment) -> int:
        columns = np.flatnonzero(np.isin(self.places, np.array(other.settlements)))
        rows = np.array(one.settlements, dtype=np.intp)
        return int(self.worst[np.ix_(rows, columns)].min(initial=UNREACHABLE_MS))


def worst_ms(problem: SitingProblem) -> Milliseconds:
    """Return the time of every settlement's worst season to every site (n_settlements, n_sites)."""
    return np.asarray(problem.milliseconds.max(axis=0), dtype=np.int32)


def affordable(problem: SitingProblem, sites: Iterable[int]) -> tuple[int, ...]:
    """Return the sites, in their order, that fit the problem's number of sites or budget; others are passed by."""
    n_open, spent, taken = int(problem.always.sum()), 0.0, []
    for site in sites:
        price = float(problem.opening[site])
        if problem.n_open is not None and n_open >= problem.n_open:
            break
        if problem.budget is not None and spent + price > problem.budget:
            continue
        taken.append(site)
        n_open, spent = n_open + 1, spent + price
    return tuple(taken)


def users_of(problem: SitingProblem, is_open: Mask) -> npt.NDArray[np.int64]:
    """Return the people within the norm for whom each site is the nearest in their worst season (n_sites,).

    Ties go to the lowest position, as everywhere.
    """
    sites = np.flatnonzero(is_open)
    users = np.zeros(problem.n_sites, dtype=np.int64)
    if not sites.size:
        return users
    times = problem.milliseconds[:, :, sites]
    nearest = times.min(axis=2)
    season = nearest.argmax(axis=0)
    everybody = np.arange(problem.n_settlements)
    chosen = sites[times[season, everybody].argmin(axis=1)]
    within = nearest.max(axis=0) <= problem.limit_ms
    np.add.at(users, chosen[within], problem.persons[within])
    return users
