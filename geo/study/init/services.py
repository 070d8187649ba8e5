"""The services that `geo init` can set up: their words, levels, and the norm that siting answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from geo.language import mark
from geo.study.config_base import Names

#: Pack of norms that `geo init` writes into the folder, where none that comes with the program fits.
LOCAL_PACK: Final = "local"


@dataclass(frozen=True)
class LocalNorm:
    """A norm for the folder's own pack, by vehicle: titles, and where the figure comes from."""

    norm_id: str
    level: str
    minutes: int
    title: Mapping[str, Names]
    source: str


@dataclass(frozen=True)
class ServiceTemplate:
    """What a study file says of a service.

    Parameters
    ----------
    label, site_label
        Name of the service, and of one new site.
    plural
        For the title of the study.
    levels, serving_level, default_level
        As in the study file. OpenStreetMap does not state levels: the lowest that serves is assumed.
    demand_share
        Share of the people who need it; 1 = all.
    kazakhstan
        Norm of a pack that comes with the program.
    elsewhere
        Norm that is written into the folder.
    """

    label: Names
    site_label: Names
    plural: Names
    levels: tuple[str, ...]
    serving_level: str
    default_level: str
    demand_share: float
    kazakhstan: str
    elsewhere: LocalNorm


TEMPLATES: Final[Mapping[str, ServiceTemplate]] = {
    "school": ServiceTemplate(
        label=Names(en="School", ru="Школа", kk="Мектеп"),
        site_label=Names(en="school", ru="школа", kk="мектеп"),
        plural=Names(en="schools", ru="школы", kk="мектептер"),
        levels=("primary", "basic", "secondary"),
        serving_level="primary",
        default_level="primary",
        demand_share=0.2,
        kazakhstan="kz-sparse/school-45-minutes",
        elsewhere=LocalNorm(
            "school-45-minutes",
            "primary",
            45,
            {
                "car": Names(
                    en="A primary school or higher within 45 minutes by vehicle",
                    ru="Начальная школа или выше не далее 45 минут на транспорте",
                    kk="Көлікпен 45 минут ішінде бастауыш немесе одан жоғары мектеп",
                ),
                "walk": Names(
                    en="A primary school or higher within a 45-minute walk",
                    ru="Начальная школа или выше не далее 45 минут пешком",
                    kk="Жаяу 45 минут ішінде бастауыш немесе одан жоғары мектеп",
                ),
            },
            mark("proposed by geo init, no legal source; after UNESCO-IIEP practice of a 30-45 minutes' walk"),
        ),
    ),
    "phc": ServiceTemplate(
        label=Names(en="Primary care", ru="Первичная медпомощь", kk="Алғашқы медициналық көмек"),
        site_label=Names(en="clinic", ru="медпункт", kk="медпункт"),
        plural=Names(en="primary care", ru="первичная медпомощь", kk="алғашқы медициналық көмек"),
        levels=("medpunkt", "fap", "ambulatory", "phc_centre", "hospital"),
        serving_level="fap",
        default_level="fap",
        demand_share=1.0,
        kazakhstan="kz-sparse/phc-30-minutes",
        elsewhere=LocalNorm(
            "phc-60-minutes",
            "fap",
            60,
            {
                "car": Names(
                    en="Primary care within one hour by vehicle",
                    ru="Первичная помощь не далее одного часа на транспорте",
                    kk="Көлікпен бір сағат ішінде алғашқы медициналық көмек",
                ),
                "walk": Names(
                    en="Primary care within one hour's walk",
                    ru="Первичная помощь не далее одного часа пешком",
                    kk="Жаяу бір сағат ішінде алғашқы медициналық көмек",
                ),
            },
            mark("proposed by geo init, no legal source; after WHO/UNICEF practice of 5 km or one hour's walk"),
        ),
    ),
    "hospital": ServiceTemplate(
        label=Names(en="Hospital", ru="Больница", kk="Аурухана"),
        site_label=Names(en="hospital", ru="больница", kk="аурухана"),
        plural=Names(en="hospitals", ru="больницы", kk="ауруханалар"),
        levels=("hospital",),
        serving_level="hospital",
        default_level="hospital",
        demand_share=1.0,
        kazakhstan="kz-sparse/hospital-120-minutes",
        elsewhere=LocalNorm(
            "hospital-120-minutes",
            "hospital",
            120,
            {
                "car": Names(
                    en="A hospital within two hours by vehicle",
                    ru="Больница не далее двух часов на транспорте",
                    kk="Көлікпен екі сағат ішінде аурухана",
                ),
                "walk": Names(
                    en="A hospital within two hours on foot",
                    ru="Больница не далее двух часов пешком",
                    kk="Жаяу екі сағат ішінде аурухана",
                ),
            },
            mark("proposed by geo init, no legal source; after the Lancet Commission on Global Surgery's two hours"),
        ),
    ),
}
