"""Access of settlements and of groups of people by several measures, and how unequal it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.access import floating_catchment as fca
from geo.access.coverage import measure_coverage, weighted_quantile
from geo.access.equity import kolm_pollak_ede
from geo.access.gravity import joseph_bantock, spatial_access_ratio
from geo.access.inequality import atkinson, concentration_index, gini, hoover, theil_l, theil_split
from geo.access.nearest import n_within, nearest_k_ms, share_with_options, supply_within
from geo.access.reach import Reach
from geo.norms import Norm
from geo.siting.solution import SitingSolution
from geo.study.config import StudyConfig
from geo.study.diagnosis.groups import EVERYBODY, Group, groups_of
from geo.study.load import StudyData
from geo.study.plans import UnitService, nearest_ms, unit_service
from geo.study.result import BASELINE, HEADLINE, WORST
from geo.study.supply import serving_today
from geo.study.tabulate import minutes_of, with_worst
from geo.study.values import numbers_of
from geo.travel import TravelTimes
from geo.units import minutes_to_ms

Floats = npt.NDArray[np.float64]
Milliseconds = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]

#: Scores per head are shown per so many people.
PER_PERSONS: Final = 1_000
_NEAREST: Final = ("nearest_minutes", "second_minutes", "third_minutes")


def supply_of(study: StudyData, part: UnitService) -> tuple[Floats, str]:
    """Return what each existing facility of a problem offers, (n_existing,), and what that is counted in.

    Places where every facility's are known, else staff posts, else the facilities themselves: an unknown capacity is
    never taken for another.
    """
    ids = [site for site, exists in zip(part.problem.site_ids, part.problem.existing, strict=True) if exists]
    own = study.facilities.reindex(ids)
    for column, unit in (("capacity_persons", "places"), ("staff_posts", "posts")):
        values = numbers_of(own[column])
        if len(values) and not np.isnan(values).any() and values.sum() > 0:
            return values, unit
    return np.ones(len(ids)), "facilities"


def study_indicators(
    study: StudyData, sites: gpd.GeoDataFrame, times: Mapping[str, TravelTimes], assessed: pd.Series
) -> pd.DataFrame:
    """Rows of `access_indicators` for every settlement of the study.

    Everybody who competes for a facility counts, on either side of a unit's border, so that a settlement has the same
    scores in the folder of its unit and in that of the whole study. A service of which no facility is known has no
    rows: nothing can be told.
    """
    judged = assessed.reindex(study.settlements.index).to_numpy(dtype=bool)
    frames = []
    for service in study.config.service:
        own = serving_today(sites, service.name)
        if len(own):
            norm, open_sites = study.siting_norms[service.name], own.reset_index(drop=True)
            part = unit_service(study.config, service, norm, study.settlements, judged, open_sites, times, 0)
            frames.append(_service_indicators(study, part))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def catchment_minutes(config: StudyConfig, norm: Norm) -> float:
    """Return how far floating catchments of a service reach: as the study says, and never less than its norm."""
    return max(config.diagnosis.catchment_minutes, norm.value)


def _service_indicators(study: StudyData, part: UnitService) -> pd.DataFrame:
    """Return the rows of one service: everybody, and groups that fewer facilities serve."""
    existing = part.problem.existing
    supply, unit = supply_of(study, part)
    catchment = catchment_minutes(study.config, part.norm)
    frames = []
    for group in groups_of(study, part):
        if group.name != EVERYBODY and not group.own_supply:
            continue
        serving = group.served_by[existing]
        times = part.problem.milliseconds[:, :, existing][:, :, serving]
        seasons = [_scores(ms, group, supply[serving], part.problem.limit_ms, catchment) for ms in times]
        for name, scores in zip([*part.problem.season_names, WORST], [*seasons, _worst(seasons)], strict=True):
            frames.append(
                pd.DataFrame(
                    {
                        "settlement_id": part.problem.settlement_ids,
                        "service": part.service.name,
                        "demand_group": group.name,
                        "season": name,
                        "persons": group.persons,
                        "supply_unit": unit,
                        **scores,
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)


def _scores(
    ms: Milliseconds, group: Group, supply: Floats, limit_ms: int, reach_minutes: float
) -> dict[str, npt.NDArray[np.generic]]:
    persons = np.nan_to_num(group.persons)
    reach = Reach.of(ms, minutes_to_ms(reach_minutes))
    zones = fca.SLOW_DECAY.scaled_to(reach_minutes)
    gravity = joseph_bantock(ms, persons, supply)
    nearest = minutes_of(nearest_k_ms(ms, len(_NEAREST)))
    per_head = {
        "two_step": fca.two_step(reach, persons, supply, reach_minutes),
        "e2sfca": fca.enhanced_two_step(reach, persons, supply, zones),
        "e2sfca_gaussian": fca.enhanced_two_step(reach, persons, supply, fca.Gaussian(reach_minutes)),
        "m2sfca": fca.modified_two_step(reach, persons, supply, zones),
        "three_step": fca.three_step(reach, persons, supply, zones),
        "gravity": gravity,
    }
    return {
        **{name: nearest[:, k] for k, name in enumerate(_NEAREST)},
        "n_within": n_within(ms, limit_ms),
        "supply_within": supply_within(reach, supply, limit_ms),
        **{name: PER_PERSONS * score for name, score in per_head.items()},
        "spar": spatial_access_ratio(gravity, persons),
    }


def _worst(seasons: list[dict[str, npt.NDArray[np.generic]]]) -> dict[str, npt.NDArray[np.generic]]:
    """Return the worst value of every measure: the longest time, the lowest score."""
    found = {}
    for name in seasons[0]:
        values = np.stack([scores[name] for scores in seasons])
        found[name] = values.max(axis=0) if name in _NEAREST else values.min(axis=0)
    return found


def group_access(study: StudyData, part: UnitService, plans: Mapping[str, SitingSolution]) -> pd.DataFrame:
    """Rows of `group_access` for one service; a new school's language is not known, so that languages are today's."""
    rows = []
    for group, plan, ms in _cases(study, part, plans):
        open_sites = part.problem.existing & group.served_by
        for season, season_ms in zip([*part.problem.season_names, WORST], with_worst(ms), strict=True):
            within = season_ms <= part.problem.limit_ms
            found = measure_coverage(
                minutes_of(season_ms),
                group.counted,
                within,
                float(part.problem.kappa or -1.0),
                study.config.siting.cap_minutes,
            )
            two = None
            if plan == BASELINE and season != WORST:
                own = part.problem.milliseconds[part.problem.season_names.index(season)][:, open_sites]
                two = share_with_options(own, group.counted.astype(np.float64), part.problem.limit_ms)
            rows.append(
                {
                    "service": part.service.name,
                    "plan": plan,
                    "demand_group": group.name,
                    "season": season,
                    "unknown_settlements": group.n_unknown,
                    "within_share": found.within_share,
                    "two_options_share": two,
                    **found.__dict__,
                }
            )
    return pd.DataFrame(rows)


def _cases(
    study: StudyData, part: UnitService, plans: Mapping[str, SitingSolution]
) -> list[tuple[Group, str, Milliseconds]]:
    """Return every group with today's times, and with the headline plan's where they can be told."""
    headline = plans[HEADLINE]
    found = []
    for group in groups_of(study, part):
        before = nearest_ms(part.problem.milliseconds, part.problem.existing & group.served_by)
        found.append((group, BASELINE, before))
        if not group.own_supply and headline.status != "infeasible":
            found.append((group, HEADLINE, headline.milliseconds_after))
    return found


def equity(study: StudyData, part: UnitService, plans: Mapping[str, SitingSolution]) -> pd.DataFrame:
    """Rows of `equity` for one service: groups with today's times, and with the headline plan's."""
    rows = part.settlements[part.assessed]
    tier, areas = compared_areas(study, part)
    cap = study.config.siting.cap_minutes
    kappa = float(part.problem.kappa or -1.0)
    need = numbers_of(rows["vulnerability"])
    found = []
    for group, plan, ms in _cases(study, part, plans):
        for season, season_ms in zip([*part.problem.season_names, WORST], with_worst(ms), strict=True):
            minutes = minutes_of(season_ms)
            found.append(
                {
                    "service": part.service.name,
                    "plan": plan,
                    "demand_group": group.name,
                    "season": season,
                    "group_tier": tier,
                    "capped_persons": int(group.counted[minutes > cap].sum()),
                    **_unequal(np.minimum(minutes, cap), group.counted, kappa, areas, need),
                }
            )
    return pd.DataFrame(found)


def compared_areas(study: StudyData, part: UnitService) -> tuple[str, npt.NDArray[np.object_]]:
    """Return the tier of areas to compare, and the area of each assessed settlement.

    Units where there are several, else rural okrugs; no tier where all are in one area.
    """
    rows = part.settlements[part.assessed]
    for tier, column in ((study.config.study.units, "unit_id"), ("okrug", "okrug_id")):
        areas = rows[column].astype("object").where(rows[column].notna(), "")
        if len(areas) and (areas != areas.iloc[0]).any():
            return tier, areas.to_numpy(dtype=object)
    return "", np.full(len(rows), "", dtype=object)


def _unequal(
    minutes: Floats, persons: npt.NDArray[np.int64], kappa: float, areas: npt.NDArray[np.object_], need: Floats
) -> dict[str, float | int | None]:
    total = int(persons.sum())
    if not total:
        return {"persons": 0}
    people = persons.astype(np.float64)
    split = theil_split(minutes, people, areas)
    p20, p80 = (weighted_quantile(minutes, persons, share) for share in (0.2, 0.8))
    same_need = np.isnan(need[persons > 0]).any() or np.unique(need[persons > 0]).size < 2
    return {
        "persons": total,
        "mean_minutes": float(np.average(minutes, weights=people)),
        "ede_minutes": kolm_pollak_ede(minutes, people, kappa),
        "gini": gini(minutes, people),
        "theil_t": split.total,
        "theil_within": split.within,
        "theil_between": split.between,
        "theil_l": theil_l(minutes, people),
        "atkinson_half": atkinson(minutes, people, 0.5),
        "atkinson_one": atkinson(minutes, people, 1.0),
        "hoover": hoover(minutes, people),
        "p20_minutes": p20,
        "p80_minutes": p80,
        "p80_p20": p80 / p20 if p20 > 0 else None,
        "concentration": None if same_need else concentration_index(minutes, people, need),
    }
