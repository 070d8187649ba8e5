"""What kind of place every settlement is."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.access.road_access import RURAL_ACCESS_METRES
from geo.access.typology import growth_class, place_class, service_class
from geo.study.load import StudyData
from geo.study.result import BASELINE, WORST
from geo.units import METRES_PER_KM

#: Verdicts of `access_settlement` as statuses of the norm that siting answers.
_STATUS: Final = {"within": "met", "beyond": "unmet", "unreachable": "unmet", "not_assessable": "unknown"}
_SHOWN: Final = ("remoteness", "remoteness_class", "coefficient", "all_season_road_km", "annual_growth")


def settlement_profile(
    study: StudyData, settlements: gpd.GeoDataFrame, surroundings: pd.DataFrame, access: pd.DataFrame
) -> pd.DataFrame:
    """Rows of `settlement_profile` for the settlements of a unit.

    Parameters
    ----------
    settlements
        Of the unit.
    surroundings
        From `surroundings`; more rows than the unit's do no harm.
    access
        Rows of `access_settlement` of the unit; today's verdicts tell who is served.
    """
    around = surroundings.reindex(settlements.index)
    today = access[(access["plan"] == BASELINE) & (access["season"] == WORST)]
    verdicts = today["verdict"].map(_STATUS).groupby(today["settlement_id"]).agg(list)
    served = [service_class(verdicts.get(settlement, ["unknown"])) for settlement in settlements.index]
    growth = [growth_class(rate, study.config.diagnosis.growth_share) for rate in around["annual_growth"].astype(float)]
    km = around["all_season_road_km"].to_numpy(dtype=float)
    minutes: dict[str, npt.NDArray[np.float64]] = {
        str(name): around[name].to_numpy() for name in around if str(name).endswith("_minutes")
    }
    return pd.DataFrame(
        {
            "settlement_id": settlements.index,
            "population": settlements["population_persons"].to_numpy(dtype=object),
            **minutes,
            **{str(name): around[name].to_numpy() for name in _SHOWN},
            "near_all_season_road": pd.Series(km * METRES_PER_KM <= RURAL_ACCESS_METRES, dtype="boolean")
            .mask(np.isnan(km))
            .to_numpy(),
            "growth": growth,
            "served": served,
            "place_class": [place_class(g, s) for g, s in zip(growth, served, strict=True)],
        }
    )
