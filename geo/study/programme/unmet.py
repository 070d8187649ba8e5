"""What a plan leaves below the norm of a service, and all that is needed to say what else would serve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.study.config_provision import FormName, Provision, ProvisionService
from geo.study.plans import UnitService, nearest_ms
from geo.study.programme.provision_prices import Prices
from geo.study.programme.road_packages import RoadPackage
from geo.study.programme.thresholds import Viable
from geo.study.programme.visits import VisitWays
from geo.travel.repeated import Milliseconds
from geo.units import UNREACHABLE_MS, minutes_to_ms

if TYPE_CHECKING:
    from geo.study.prepare import Prepared

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class BusTables:
    """Rows of the tables of school transport of one service, with a plan."""

    pupils: pd.DataFrame
    routes: pd.DataFrame
    seasons: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Unmet:
    """What a plan leaves below the norm of one service. Settlements and sites are those of the unit's problem.

    Parameters
    ----------
    prepared, config, settings
        Study, its part `[provision]`, and that of the service.
    part
        The unit's service.
    is_open : bool (n_sites,)
        Sites open in the plan.
    packages
        Road packages that the unit sees.
    buses
        School transport with the plan; None where the study asks for none.
    viable
        How many people must still need the service for a building at each site, and by which norm (n_sites,).
    projected : float64 (n_settlements,)
        People who will need it at the end of the study's horizon; 0 where nobody knows.
    """

    prepared: Prepared
    config: Provision
    settings: ProvisionService
    part: UnitService
    is_open: Mask
    packages: Sequence[RoadPackage]
    buses: BusTables | None
    viable: Sequence[Viable]
    projected: npt.NDArray[np.float64]

    def asks(self, form: FormName) -> bool:
        """Return whether the study compares a form for this service."""
        return form in self.settings.forms

    @property
    def persons(self) -> Ints:
        """People who need the service (n_settlements,); 0 where nobody knows."""
        return self.part.problem.persons

    @cached_property
    def is_known(self) -> Mask:
        """Whether the people who need the service are known (n_settlements,)."""
        known = self.part.persons.reindex(list(self.part.problem.settlement_ids)).notna()
        return known.to_numpy(dtype=np.bool_)

    @cached_property
    def nearest(self) -> Ints:
        """Time to the nearest open site (n_seasons, n_settlements)."""
        return np.asarray(nearest_ms(self.part.problem.milliseconds, self.is_open), dtype=np.int64)

    @cached_property
    def below(self) -> Mask:
        """Who is beyond the norm in some season (n_settlements,)."""
        found: Mask = self.nearest.max(axis=0) > self.part.problem.limit_ms
        return found

    @cached_property
    def worst_to_site(self) -> Ints:
        """Time to every site in the season in which it is longest (n_settlements, n_sites)."""
        return np.asarray(self.part.problem.milliseconds.max(axis=0), dtype=np.int64)

    @cached_property
    def brought_by_site(self) -> Mask:
        """Who is below the norm and would be within it with a site (n_settlements, n_sites)."""
        found: Mask = self.below[:, None] & (self.worst_to_site <= self.part.problem.limit_ms)
        return found

    @cached_property
    def site_settlement(self) -> npt.NDArray[np.object_]:
        """Settlement that every site stands in; an empty text where in none (n_sites,)."""
        return np.asarray(self.part.sites["settlement_id"].fillna(""), dtype=object)

    @cached_property
    def is_candidate(self) -> Mask:
        """Sites where something could be built and nothing is with the plan (n_sites,)."""
        candidate = np.array([status == "candidate" for status in self.part.problem.status], dtype=np.bool_)
        return candidate & ~self.is_open

    @cached_property
    def prices(self) -> Prices:
        """Prices of the study."""
        return Prices(self.prepared.study)

    @cached_property
    def weights(self) -> npt.NDArray[np.float64]:
        """Share of the year of every season (n_seasons,)."""
        return np.array([season.weight for season in self.prepared.study.config.season], dtype=np.float64)

    @cached_property
    def worst_by_road(self) -> tuple[Ints, ...]:
        """Per package, the time to the nearest open site in the worst season (n_settlements,)."""
        return tuple(self._worst_with(package) for package in self.packages if self.asks("road"))

    def _worst_with(self, package: RoadPackage) -> Ints:
        nearest = nearest_ms(self.milliseconds_of(package.times), self.is_open)
        return np.asarray(nearest.max(axis=0), dtype=np.int64)

    def milliseconds_of(self, times: Mapping[str, Milliseconds]) -> Milliseconds:
        """Return times with other roads for the settlements and sites of the unit (n_seasons, n_settlements, n_sites).

        Parameters
        ----------
        times
            Per season, of all `Prepared.places`.
        """
        problem = self.part.problem
        cells = self.prepared.places.cells(problem.settlement_ids, problem.site_ids)
        return np.stack([times[name][cells] for name in problem.season_names])

    @cached_property
    def is_base(self) -> Mask:
        """Sites of a level that visiting teams come from (n_sites,)."""
        levels = self.part.service.levels
        least = levels.index(self.settings.mobile_base) if self.settings.mobile_base in levels else 0
        return np.asarray(self.part.sites["level"].isin(levels[least:]), dtype=np.bool_)

    @cached_property
    def visit_ways(self) -> VisitWays:
        """Ways between the settlements below the norm, in their order, and the nearest bases in any season."""
        ids = self.part.problem.settlement_ids
        open_sites = np.flatnonzero(self.is_open & self.is_base)
        ms = self.part.problem.milliseconds[:, self.below][:, :, open_sites]
        near = np.unique(ms.argmin(axis=2)[ms.min(axis=2) < UNREACHABLE_MS]) if ms.size else np.zeros(0, dtype=np.int64)
        bases = [self.part.problem.site_ids[site] for site in open_sites[near]]
        return VisitWays.of(self.prepared, bases, [ids[place] for place in np.flatnonzero(self.below)])

    @cached_property
    def visit_driving(self) -> tuple[Ints, Ints]:
        """Base, and time there and back, of the settlements below the norm; (n_seasons, n_below) each.

        A settlement that cannot be visited and left again within a working day has no base in that season.
        """
        seasons = range(len(self.weights))
        base, ms = (np.stack(parts) for parts in zip(*map(self.visit_ways.driving_ms, seasons), strict=True))
        longest = minutes_to_ms(self.config.day_minutes) - minutes_to_ms(self.config.visit_minutes)
        return np.where(ms <= longest, base, -1), ms

    def projected_sum(self, chosen: Mask) -> float:
        """Return the people of some settlements who will need the service."""
        return float(self.projected[chosen].sum())

    def cut_off(self, place: int) -> tuple[str, ...]:
        """Return the seasons in which a settlement has no way to any open site."""
        names = self.part.problem.season_names
        closed = self.nearest[:, place] >= UNREACHABLE_MS
        return tuple(name for name, is_closed in zip(names, closed, strict=True) if is_closed)
