"""Names of settlements, sites and norms by identifier, as the sections write them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from geo.language import current
from geo.language import gettext as _
from geo.maps.sites import with_id
from geo.norms import SETTLEMENT_SERVICE, Norm, load_pack, packs
from geo.report.workbook.norm_codes import about_settlements
from geo.study.result import StudyResult
from geo.study.wording import listed, names_of

#: Metrics of thresholds: how small a school or a settlement may be, not what people can reach.
_THRESHOLDS: Final = ("min_load", "min_persons")


class SettlementNames(dict[object, str]):
    """Names of a unit's settlements in the language in use."""

    def __init__(self, result: StudyResult) -> None:
        super().__init__(zip(result.settlements.index, names_of(result.settlements), strict=True))


class SiteNames(dict[object, str]):
    """Names of the facilities and candidates that a unit sees, in the language in use; others have none."""

    def __init__(self, result: StudyResult) -> None:
        sites = with_id(result.sites, "site_id")
        super().__init__(zip(sites["site_id"].astype(str), names_of(sites), strict=True))

    def __missing__(self, key: object) -> str:
        return "" if not isinstance(key, str) or not key else _("unnamed place {id}").format(id=key)


class NormTitles:
    """Titles of the norms of a result's tables in the language in use, by pack and code."""

    def __init__(self, result: StudyResult) -> None:
        used = {*result.tables["norm_summary"]["pack"], *result.tables["norm_compliance"]["pack"]}
        known = [norm for pack in packs() if pack in used for norm in load_pack(pack)]
        self._norms: dict[tuple[str, str], Norm] = {
            (norm.pack, norm.norm_id): norm for norm in (*known, *result.norms.values())
        }
        beside = result.tables["viability"]
        self._beside_people = set(zip(beside["pack"], beside["norm_id"], strict=True))

    def title(self, pack: object, norm_id: object) -> str:
        """Return a norm's title; one of a pack of the study's own by its code."""
        norm = self._norms.get((str(pack), str(norm_id)))
        return norm.title(current()) if norm else str(norm_id).replace("_", " ").replace("-", " ")

    def is_threshold(self, pack: object, norm_id: object) -> bool:
        """Say whether a norm is a threshold of size, not something that people reach or have."""
        norm = self._norms.get((str(pack), str(norm_id)))
        if norm is None:
            return (pack, norm_id) in self._beside_people
        return norm.metric in _THRESHOLDS


def tied_norms(result: StudyResult, keys: Iterable[object]) -> str:
    """Return that other norms ask for more with the same right, so that the smallest number counts; empty if none.

    Parameters
    ----------
    keys
        Norms as pack/norm, separated by spaces.
    """
    found = sorted({key for own in keys if isinstance(own, str) for key in own.split()})
    if not found:
        return ""
    titles = NormTitles(result)
    names = listed([titles.title(*key.split("/", 1)) for key in found])
    text = _("other norms that apply with the same right ask for more ({norms}): the smallest number counts")
    return text.format(norms=names)


def service_name(result: StudyResult, service: object) -> str:
    """Return a service's label; norms about the settlement itself have no service."""
    if service == SETTLEMENT_SERVICE:
        return about_settlements()
    return result.service(str(service)).label.in_language(current())
