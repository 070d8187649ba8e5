"""Which levels of which services people need: what a programme is about, before anybody is counted."""

from __future__ import annotations

from dataclasses import dataclass

from geo.norms import Norm, find_norm
from geo.study.config import ServiceConfig
from geo.study.config_programme import Programme
from geo.study.load import StudyData


@dataclass(frozen=True)
class NeedKind:
    """One level of a service that everybody of a unit needs.

    Parameters
    ----------
    service
        Its settings.
    level
        Lowest level that serves, counted from 0 in the service's order.
    norm
        When the need is met.
    demand
        Columns of the settlements table; empty for those of the service.
    """

    service: ServiceConfig
    level: int
    norm: Norm
    demand: tuple[str, ...] = ()

    @property
    def level_name(self) -> str:
        """Name of the level."""
        return self.service.levels[self.level]


def planned_services(study: StudyData, settings: Programme) -> tuple[ServiceConfig, ...]:
    """Return the services that are planned together, in the order of the study."""
    return tuple(s for s in study.config.service if not settings.services or s.name in settings.services)


def need_kinds(study: StudyData, settings: Programme) -> tuple[NeedKind, ...]:
    """Return every level that people need: the serving level of each service, and what the study adds.

    Raises
    ------
    DataError
        If a norm of a further level does not exist.
    """
    kinds = []
    for service in planned_services(study, settings):
        serving = service.levels.index(service.serving_level)
        kinds.append(NeedKind(service, serving, study.siting_norms[service.name]))
        for extra in settings.need:
            if extra.service == service.name:
                norm = find_norm(extra.norm, study.folder) if extra.norm else study.siting_norms[service.name]
                kinds.append(NeedKind(service, service.levels.index(extra.level), norm, extra.demand))
    return tuple(sorted(kinds, key=lambda kind: (study.config.service.index(kind.service), kind.level)))
