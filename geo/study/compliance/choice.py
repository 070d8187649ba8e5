"""The norms of a study: those of its packs, and for every service the one that siting answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.norms import AppliesIf, Norm, find_norm, load_pack, remoteness_classes
from geo.study.config import STUDY_FILE, ServiceConfig, StudyConfig

#: Season rules that are no name of a season.
_RULES = ("worst", "any")


def read_norms(config: StudyConfig, folder: Path) -> tuple[tuple[Norm, ...], dict[str, Norm], list[Fault]]:
    """Return the norms of a study's packs, the norm of each service by its name, and what is wrong with the choice."""
    faults: list[Fault] = []
    norms: list[Norm] = []
    siting: dict[str, Norm] = {}
    for pack in config.norms.packs:
        try:
            norms.extend(load_pack(pack, folder))
        except DataError as error:
            faults.extend(error.faults)
    faults.extend(_unknown_keys(config, norms))
    norms = [norm for norm in norms if norm.key not in config.norms.leave_out]
    faults.extend(_unknown_seasons(config, norms))
    for service in config.service:
        try:
            siting[service.name] = find_norm(service.norm, folder)
        except DataError as error:
            faults.extend(error.faults)
        else:
            faults.extend(_unfit(service, siting[service.name], config))
    faults.extend(_remoteness(config, folder))
    return tuple(norms), siting, faults


def _unknown_keys(config: StudyConfig, norms: list[Norm]) -> Iterator[Fault]:
    known = [norm.key for norm in norms]
    for key in config.norms.leave_out:
        if key not in known:
            message = _("The norm “{key}” is in none of the study's packs.").format(key=key)
            remedy = _("Use one of: {choices}.").format(choices=", ".join(known))
            yield Fault(STUDY_FILE, 0, "norms.leave_out", "unknown-norm", message, remedy)


def _unknown_seasons(config: StudyConfig, norms: list[Norm]) -> Iterator[Fault]:
    seasons = [season.name for season in config.season]
    for norm in norms:
        if norm.season_rule not in (*_RULES, *seasons):
            message = _("The norm “{key}” is about season “{season}”, which the study does not have.").format(
                key=norm.key, season=norm.season_rule
            )
            remedy = _("It cannot be told whether it is met. Seasons of the study: {choices}.").format(
                choices=", ".join(seasons)
            )
            yield Fault(STUDY_FILE, 0, "norms.packs", "unknown-season", message, remedy, "warning")


def _unfit(service: ServiceConfig, norm: Norm, config: StudyConfig) -> Iterator[Fault]:
    """Yield why siting cannot answer a norm: it takes minutes, in every season, for every settlement."""
    remedy = _("Choose a norm in minutes, for every season and every settlement; others are reported, not sited for.")
    place = f"service.{service.name}.norm"
    if norm.metric != "minutes":
        message = _("The norm “{key}” is not one in minutes.").format(key=norm.key)
        yield Fault(STUDY_FILE, 0, place, "unfit-norm", message, remedy)
    elif norm.season_rule != "worst":
        message = _("The norm “{key}” is not about every season (season_rule = “{rule}”).").format(
            key=norm.key, rule=norm.season_rule
        )
        yield Fault(STUDY_FILE, 0, place, "unfit-norm", message, remedy)
    elif norm.applies_if != AppliesIf():
        message = _("The norm “{key}” applies to some settlements only.").format(key=norm.key)
        yield Fault(STUDY_FILE, 0, place, "unfit-norm", message, remedy)
    if norm.key in config.norms.leave_out:
        message = _("The norm “{key}” is left out, but a service answers it.").format(key=norm.key)
        yield Fault(STUDY_FILE, 0, "norms.leave_out", "left-out-norm", message, _("Take it off the list."))


def _remoteness(config: StudyConfig, folder: Path) -> Iterator[Fault]:
    pack = config.diagnosis.remoteness_pack
    remedy = _("Use a pack with classes of remoteness, e.g. {packs}.").format(packs="kz-sparse, au-aria")
    try:
        classes = remoteness_classes(pack, folder)
    except DataError as error:
        message = " ".join(fault.message for fault in error.faults)
    else:
        if classes:
            return
        message = _("The pack {pack} has no classes of remoteness.").format(pack=pack)
    yield Fault(STUDY_FILE, 0, "diagnosis.remoteness_pack", "no-classes", message, remedy)
