"""What a programme needs and a study lacks: prices, norms in minutes, facilities that exist. All told in one go."""

from __future__ import annotations

import geopandas as gpd

from geo.errors import DataError, Fault
from geo.language import gettext as _
from geo.study.config import STUDY_FILE
from geo.study.load import StudyData
from geo.study.programme.kinds import need_kinds, planned_services
from geo.study.programme.options import all_options
from geo.study.programme.places import unit_places
from geo.study.programme.prices import PriceBook
from geo.study.programme.worn import work_on


def check_programme_data(study: StudyData, sites: gpd.GeoDataFrame) -> None:
    """Refuse a programme that lacks a price, asks for a norm that is not one in minutes, or names no facility.

    Parameters
    ----------
    sites
        Every site of the study (`geo.study.supply.find_sites`).

    Raises
    ------
    DataError
        With everything that is missing.
    """
    settings = study.config.programme
    if settings is None:
        return
    kinds = need_kinds(study, settings)
    faults = []
    for kind in kinds:
        if kind.norm.metric != "minutes":
            message = _("The norm “{key}” is not one in minutes.").format(key=kind.norm.key)
            remedy = _("Choose a norm in minutes for the need.")
            faults.append(Fault(STUDY_FILE, 0, "programme.need", "unfit-norm", message, remedy))
    for key in ("examine_closing", "protected"):
        for site_id in getattr(settings, key):
            if site_id not in study.facilities.index:
                message = _("There is no facility “{site}”.").format(site=site_id)
                remedy = _("Correct the code.")
                faults.append(Fault(STUDY_FILE, 0, f"programme.{key}", "unknown-facility", message, remedy))
    services = planned_services(study, settings)
    places = unit_places(study, settings, services, sites.assign(in_unit=True))
    book = PriceBook(study, settings)
    all_options(study, settings, kinds, places, book)
    for place in places if book.has_money else ():
        work_on(services, book, place, settings.years)
    faults += book.faults()
    if faults:
        raise DataError(faults)
