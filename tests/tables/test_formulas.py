"""One rule for what a spreadsheet would compute, in every file that is written and read back."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

from geo.read.repair import write_repaired
from geo.read.tabular import read_table
from geo.study.init.tables import write_settlements
from geo.tables import SETTLEMENTS
from geo.tables.formulas import FORMULA_STARTS, harmless, unmarked


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\uff1dx"])
def test_formulas_get_an_apostrophe_which_reading_takes_off(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert unmarked(f"'{text}") == text


def test_numbers_and_plain_text_stay() -> None:
    assert [harmless(value) for value in (-1.5, "a=b", None)] == [-1.5, "a=b", None]
    assert [unmarked(text) for text in ("'Ivanovka'", "a=b", "''=")] == ["'Ivanovka'", "a=b", "''="]


def _repaired(names: list[str], path: Path) -> None:
    frame = pd.DataFrame({"settlement_id": [f"s{i}" for i in range(len(names))], "name_ru": names})
    write_repaired(frame.assign(lon=70.0, lat=50.0), SETTLEMENTS, path)


def _new_study(names: list[str], path: Path) -> None:
    ids = pd.Index([f"s{i}" for i in range(len(names))], name="settlement_id")
    frame = gpd.GeoDataFrame(
        {"name_ru": names, "lon": 70.0, "lat": 50.0}, index=ids, geometry=[Point(70, 50)] * len(ids)
    )
    write_settlements(frame.set_crs(4326), path)


@pytest.mark.parametrize("write", [_repaired, _new_study])
def test_no_file_holds_a_formula_and_names_come_back(write, tmp_path: Path) -> None:
    names = [f"{start}cmd|x" for start in FORMULA_STARTS if start.strip()]
    path = tmp_path / "settlements.csv"
    write(names, path)
    raw = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    assert list(raw["name_ru"]) == [f"'{name}" for name in names]
    assert list(read_table(SETTLEMENTS, path, path.name)["name_ru"]) == names
