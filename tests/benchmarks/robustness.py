"""200 robustness runs of a district of 150 settlements, with two services and three seasons.

The district is the steppe study taken as one, its three districts together, with 32 more villages beside its largest
ones. There is no peer: the seconds are wall-clock seconds and grow with the machine's load; processor seconds are
printed beside them. The target (issue 8): under 60 s on two cores.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from geo.read.bundled import bundled_folder
from geo.siting.every import best_or_solved
from geo.study import load_study
from geo.study import unit as units
from geo.study.prepare import BASE_SCENARIO, Prepared, prepare
from geo.study.programme.planned import PlannedUnit
from geo.study.programme.robustness import robustness
from geo.study.programme.sensitivity import Sensitivity
from geo.study.result import HEADLINE, WHOLE_STUDY
from tests.benchmarks.case import Row

N_SETTLEMENTS = 150
RUNS = 200


def rows(groups: list[str], *, full: bool = False) -> Iterator[Row]:
    """Measure the part as a study runs it, then its two halves."""
    if groups:
        raise ValueError(f"robustness has no groups; {', '.join(groups)} is none.")
    with tempfile.TemporaryDirectory() as place:
        prepared = prepare(load_study(_district(Path(place) / "steppe")))
    unit = _planned(prepared)
    begin, begin_cpu = time.perf_counter(), time.process_time()
    tables = robustness(unit)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - begin_cpu
    figures: dict[str, object] = {
        "settlements": len(unit.settlements),
        "sites": sum(part.problem.n_sites for part, _plans in unit.services),
        "services": len(unit.services),
        "seasons": len(prepared.seasons),
        "runs": int(tables["robustness_runs"]["run"].max()),
        "wall_s": seconds,
        "cpu_s": cpu,
    }
    yield Row("all tables, one assumption at a time included", figures)
    yield Row("per run", _halves(prepared, unit, RUNS if full else 50))


def _halves(prepared: Prepared, unit: PlannedUnit, n_runs: int) -> dict[str, object]:
    """Return processor milliseconds of the times and of the best plans of a run."""
    assumptions = prepared.assumptions
    if assumptions is None:
        raise RuntimeError("the study asks for no runs")
    parts = [part for part, _plans in unit.services]
    masks = [_open(part.problem.n_sites, plans[HEADLINE].open_sites) for part, plans in unit.services]
    sensitivity = Sensitivity(prepared, assumptions, parts, masks, RUNS)
    runs = assumptions.drawn(n_runs)
    spent = {"times_cpu_ms": 0.0, "plans_cpu_ms": 0.0}
    for run in range(n_runs):
        begin = time.process_time()
        ms = sensitivity.times(runs, run)
        middle = time.process_time()
        for service, plans in enumerate(sensitivity.listed):
            best_or_solved(sensitivity.problem(service, ms, runs, run), plans, masks[service])
        spent["times_cpu_ms"] += 1000 * (middle - begin) / n_runs
        spent["plans_cpu_ms"] += 1000 * (time.process_time() - middle) / n_runs
    looked_at = sum(0 if plans is None else len(plans.chosen) for plans in sensitivity.listed)
    return {"runs": n_runs, **spent, "plans_looked_at": looked_at}


def _open(n_sites: int, sites: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    mask = np.zeros(n_sites, dtype=np.bool_)
    mask[list(sites)] = True
    return mask


def _planned(prepared: Prepared) -> PlannedUnit:
    settlements = units._unit_settlements(prepared.study, WHOLE_STUDY)
    sites = units._visible_sites(prepared, WHOLE_STUDY)
    services = [
        units._part(prepared, service, WHOLE_STUDY, settlements, sites, BASE_SCENARIO)
        for service in prepared.study.config.service
    ]
    planned = [(part, part.plans(alternatives=False)) for part in services]
    return PlannedUnit(prepared, WHOLE_STUDY, settlements, sites, planned, {})


def _district(folder: Path) -> Path:
    """Write the study with more villages, and as many new sites and runs as one district has."""
    shutil.copytree(bundled_folder("studies") / "steppe", folder)
    with (folder / "settlements.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    largest = sorted(found, key=lambda row: -int(row["pop_total"] or 0))[: N_SETTLEMENTS - len(found)]
    for number, row in enumerate(largest):
        beside = {"settlement_id": str(990_000_000 + number), "lon": f"{float(row['lon']) + 0.04:.7f}"}
        names = {f"name_{language}": f"{row[f'name_{language}']} 2" for language in ("kk", "ru", "en")}
        people = {key: str(int(value) // 3) for key, value in row.items() if _counts(key, value)}
        found.append(row | beside | names | people | {"settlement_class": "other", "protected_reason": ""})
    with (folder / "settlements.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        writer.writerows(found)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    text = text.replace("runs_all = 50", f"runs_all = {RUNS}").replace("open = 2", "open = 2\nopen_all = 2")
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder


def _counts(key: str, value: str) -> bool:
    return key.startswith("pop_") and value.isdigit() and key not in ("pop_year", "pop_before_year")
