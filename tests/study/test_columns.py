"""Headings that only the study knows: `[columns]` of the study file."""

from __future__ import annotations

import pytest

from geo.errors import StudyFileError
from geo.study.config_file import read_config
from geo.study.load import load_study
from tests.study.folders import write_toy


def edit(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_heading_of_the_study_is_read(tmp_path):
    folder = write_toy(tmp_path)
    before = load_study(folder).settlements["population_persons"]
    edit(folder, "settlements.csv", "pop_total", "Душ")
    with (folder / "study.toml").open("a", encoding="utf-8") as file:
        file.write('\n[columns.settlements]\n"Душ" = "pop_total"\n')
    data = load_study(folder)
    assert data.settlements["population_persons"].tolist() == before.tolist()
    assert [fault.code for fault in data.faults if fault.column == "Душ"] == ["renamed-column"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('[columns.settlements]\n"Душ" = "pop_totl"\n', "Did you mean pop_total?"),
        ('[columns.settlement]\n"Душ" = "pop_total"\n', "settlements"),
    ],
)
def test_what_is_no_column_or_table_is_named(tmp_path, lines, message):
    folder = write_toy(tmp_path)
    with (folder / "study.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + lines)
    try:
        faults = read_config(folder)[1]
    except StudyFileError as error:
        faults = error.faults
    assert [message in str(fault) for fault in faults] == [True]
