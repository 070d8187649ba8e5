"""Observed trips beside computed times: rows, bias, a factor that would fit, and nothing changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.errors import DataError, Fault
from geo.study import load_study, run_study
from geo.study.calibration import calibrate
from geo.study.conditions import make_seasons, study_network
from tests.study.folders import write_toy


def trips(tmp_path: Path, *rows: tuple[object, ...]) -> Path:
    """A study of the toy villages with observed trips of (from, to, minutes, season, vehicle)."""
    folder = write_toy(tmp_path)
    frame = pd.DataFrame(rows, columns=["from_id", "to_id", "minutes", "season", "vehicle"]).assign(date="2024-05-01")
    frame.to_csv(folder / "observed_trips.csv", index=False)
    file = folder / "study.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[inputs]\n", '[inputs]\nobserved_trips = "observed_trips.csv"\n'), encoding="utf-8")
    return folder


def calibrated(folder: Path):
    study = load_study(folder)
    network = study_network(study)
    return calibrate(study, network, make_seasons(study, network))


def computed(tmp_path: Path, start: str, end: str) -> float:
    first = trips(tmp_path / "first", (start, end, 10, "dry", "car"))
    return float(calibrated(first).trips["computed_minutes"].iloc[0])


def test_trips_that_took_twice_as_long_suggest_half_the_speed(tmp_path):
    times = {end: computed(tmp_path / end, "A", end) for end in ("B", "C")}
    rows = [("A", end, 2 * minutes, "dry", "car") for end, minutes in times.items()]
    found = calibrated(trips(tmp_path / "twice", *rows))
    assert found.trips["computed_minutes"].tolist() == pytest.approx(list(times.values()))
    assert found.trips["difference_minutes"].tolist() == pytest.approx([-minutes for minutes in times.values()])
    row = found.seasons.iloc[0]
    assert (row["season"], row["trips"], row["no_way_trips"]) == ("dry", 2, 0)
    assert row["median_ratio"] == pytest.approx(0.5)
    assert row["mean_absolute_minutes"] == pytest.approx(np.mean(list(times.values())))
    assert row["suggested_factor"] == pytest.approx(0.5, abs=0.02)


def test_the_note_names_the_factor_and_says_that_nothing_was_changed(tmp_path):
    found = calibrated(trips(tmp_path, ("A", "B", 10, "dry", "car"), ("A", "B", 10, "dry", "tractor")))
    notes = {fault.code: fault for fault in found.faults}
    assert set(notes) == {"calibration", "other-vehicle"}
    assert notes["calibration"].file == "observed_trips.csv"
    assert notes["calibration"].message.endswith("nothing was changed.")
    assert f"Speeds times {found.seasons['suggested_factor'].iloc[0]:.2f} " in notes["calibration"].message
    assert "tractor (1)" in notes["other-vehicle"].message
    assert len(found.trips) == 1


def test_a_study_without_trips_has_no_rows_and_no_notes(tmp_path):
    found = calibrated(write_toy(tmp_path))
    assert (len(found.trips), len(found.seasons), found.faults) == (0, 0, ())


def test_a_trip_without_a_way_is_counted_apart_and_told(tmp_path):
    folder = trips(tmp_path, ("A", "B", 10, "dry", "car"), ("A", "E", 10, "thaw", "car"))
    file = folder / "study.toml"
    text = file.read_text(encoding="utf-8").replace("[network]\n", "[network]\nmax_join_km = 4\nmax_walk_km = 1\n")
    file.write_text(text, encoding="utf-8")
    found = calibrated(folder)
    thaw = found.seasons.set_index("season").loc["thaw"]
    assert (thaw["trips"], thaw["no_way_trips"]) == (0, 1)
    assert np.isinf(found.trips.loc[found.trips["season"] == "thaw", "computed_minutes"]).all()
    assert [fault.severity for fault in found.faults if fault.code == "observed-no-way"] == ["warning"]


def test_a_run_writes_the_comparison_and_tells_of_it(tmp_path):
    folder = trips(tmp_path, ("A", "B", 10, "dry", "car"))
    result = next(iter(run_study(load_study(folder), ["T1"])))
    assert result.tables["trip_check"]["observed_minutes"].tolist() == [10]
    assert result.tables["calibration"]["season"].tolist() == ["dry"]
    assert "calibration" in set(result.tables["data_quality"]["code"])


def test_faults_of_trips_name_file_row_column_and_remedy(tmp_path):
    folder = trips(
        tmp_path,
        ("A", "nowhere", 10, "dry", "car"),
        ("A", "B", 0, "dry", "car"),
        ("A", "B", 10, "monsoon", "car"),
        ("A", "A", 10, "dry", "car"),
    )
    with pytest.raises(DataError) as caught:
        load_study(folder)
    faults: list[Fault] = [fault for fault in caught.value.faults if fault.file == "observed_trips.csv"]
    assert {(fault.row, fault.column, fault.code) for fault in faults} == {
        (2, "to_id", "unknown-settlement"),
        (3, "minutes", "out-of-range"),
        (4, "season", "unknown-season"),
        (5, "to_id", "same-settlement"),
    }
    assert all(fault.remedy for fault in faults)
