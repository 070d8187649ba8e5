"""Files that a study names: where they may stand, how large and deep they may be, and what their texts may hold."""

from __future__ import annotations

import os
import time

import pandas as pd
import pytest

from geo.errors import DataError
from geo.norms import load_pack
from geo.read.bundled import resolve
from geo.read.sources import read_sources
from geo.study.config_file import read_config
from geo.study.load import load_study
from geo.tables import SETTLEMENTS
from geo.tables.check import check
from geo.tables.study_files import bounded_toml, path_inside
from tests.study.folders import write_toy


def codes(call, *arguments):
    begin = time.monotonic()
    with pytest.raises(DataError) as caught:
        call(*arguments)
    assert time.monotonic() - begin < 10
    assert max(len(str(fault)) for fault in caught.value.faults) < 1000
    return [fault.code for fault in caught.value.faults]


class TestPlaces:
    @pytest.fixture
    def folder(self, tmp_path):
        (tmp_path / "secret.csv").write_text("geheim\n", "utf-8")
        (tmp_path / "study").mkdir()
        return tmp_path / "study"

    @pytest.mark.parametrize(
        "name", ["../secret.csv", "a/../../secret.csv", "/etc/passwd", "boundaries:../../setup.cfg"]
    )
    def test_a_path_out_of_the_folder_is_refused(self, folder, name):
        assert codes(resolve, folder, name) == ["outside-folder"]

    @pytest.mark.skipif(os.name == "nt", reason="links need rights there")
    def test_a_link_out_of_the_folder_is_refused(self, folder):
        (folder / "a.csv").symlink_to(folder.parent / "secret.csv")
        (folder / "b").symlink_to(folder.parent)
        (folder / "own.csv").write_text("x\n", "utf-8")
        (folder / "c.csv").symlink_to(folder / "own.csv")
        assert codes(path_inside, folder, "a.csv") == codes(path_inside, folder, "b/secret.csv") == ["outside-folder"]
        assert path_inside(folder, "c.csv").read_text("utf-8") == "x\n"

    def test_whoever_runs_a_study_may_name_further_folders(self, folder, monkeypatch):
        monkeypatch.setenv("GEO_INPUT_FOLDERS", os.pathsep.join(["/nowhere", str(folder.parent)]))
        assert path_inside(folder, "../secret.csv").is_file()
        assert codes(path_inside, folder, "/etc/passwd") == ["outside-folder"]

    @pytest.mark.parametrize("name", ["a\0b", "x" * 5000 + ".csv", "", "."])
    def test_names_that_no_file_has(self, folder, name):
        write_toy(folder)
        file = folder / "study.toml"
        text = file.read_text("utf-8").replace('"settlements.csv"', '"' + name.replace("\0", "\\u0000") + '"')
        file.write_text(text, "utf-8")
        (code,) = codes(load_study, folder)
        assert code in {"missing-file", "folder", "hidden-characters"}

    @pytest.mark.parametrize("key", ["settlements", "facilities", "roads", "boundaries", "speeds"])
    def test_no_input_leaves_the_folder(self, folder, key):
        write_toy(folder)
        file = folder / "study.toml"
        lines = [
            f'{key} = "../secret.csv"' if line.startswith(f"{key} =") else line
            for line in file.read_text("utf-8").splitlines()
        ]
        file.write_text("\n".join(lines), "utf-8")
        with pytest.raises(DataError) as caught:
            load_study(folder)
        assert "outside-folder" in [fault.code for fault in caught.value.faults]
        assert "geheim" not in str(caught.value)

    def test_a_pack_is_a_name_and_no_path(self, folder):
        (folder.parent / "own.toml").write_text("geheim", "utf-8")
        assert codes(load_pack, "../../own", folder) == ["unknown-pack"]
        (folder / "norms").mkdir()
        (folder / "norms" / "linked.toml").symlink_to(folder.parent / "own.toml")
        assert codes(load_pack, "linked", folder) == ["outside-folder"]

    def test_a_source_tells_nothing_of_files_outside(self, folder):
        (folder / "SOURCE.toml").write_text('title = "T"\n[[file]]\nname = "../secret.csv"\nsha256 = "00"\n', "utf-8")
        faults = read_sources(folder / "SOURCE.toml", "SOURCE.toml")[1]
        assert [fault.code for fault in faults if fault.column == "file"] == ["missing-file"]


class TestSettings:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("a = " + "[" * 100_000, "too-deep"),
            ("a = " + "[" * 60 + "]" * 60, "too-deep"),
            ("a = " + "{b = " * 3000 + "1" + "}" * 3000, "too-deep"),
            (".".join("a" * 200_000) + " = 1", "too-deep"),
            ("[" + ".".join("a" * 100) + "]\n" + "".join(f"k{i} = 1\n" for i in range(1000)), "too-deep"),
            ("a = '" + "x" * 1_000_000 + "'", "too-large"),
            ('title = "safe \\u202etxt.exe"', "hidden-characters"),
            ('[[a]]\nb = ["\\u0007"]', "hidden-characters"),
        ],
    )
    def test_absurd_ones_are_one_error(self, tmp_path, text, code):
        (tmp_path / "a.toml").write_text(text, "utf-8")
        assert codes(bounded_toml, tmp_path / "a.toml", "a.toml") == [code]

    def test_many_unknown_keys_are_counted(self, tmp_path):
        file = write_toy(tmp_path) / "study.toml"
        file.write_text("".join(f"k{i} = 1\n" for i in range(20_000)) + file.read_text("utf-8"), "utf-8")
        found = codes(load_study, tmp_path)
        assert found.count("too-many-faults") == 1
        assert len(found) < 60

    def test_a_value_of_any_length_is_told_in_short(self, tmp_path):
        file = write_toy(tmp_path) / "study.toml"
        long = "x" * 300_000
        text = file.read_text("utf-8").replace("weight = 0.5", f'weight = "{long}"').replace("[norms]", f"[{long}]")
        file.write_text(text, "utf-8")
        assert set(codes(read_config, tmp_path)) <= {"bad-setting", "unknown-key"}


class TestHiddenCharacters:
    def test_they_are_taken_out_and_told(self):
        raw = pd.DataFrame(
            {
                "settlement_id": ["a", "b\u200b", "c"],
                "name_en": ["Akkol\u202e\u0007gpj.exe", "Plain", "\u0007"],
                "lon": [70.0, 71.0, 72.0],
                "lat": [50.0, 51.0, 52.0],
                "pop_total": [1, 2, 3],
                "name_kk": ["Ақкөл", "می\u200cروم", "х"],
            }
        )
        frame, faults = check(SETTLEMENTS, raw, "s.csv")
        assert frame.index.tolist() == ["a", "b", "c"]
        assert frame["name_en"].tolist() == ["Akkolgpj.exe", "Plain", None]
        assert frame.loc["b", "name_kk"] == "می\u200cروم"
        told = [fault for fault in faults if fault.code == "hidden-characters"]
        assert [(fault.row, fault.column, fault.severity) for fault in told] == [
            (3, "settlement_id", "repaired"),
            (2, "name_en", "repaired"),
            (4, "name_en", "repaired"),
        ]
        assert "Akkol<U+202E><U+0007>gpj.exe" in told[1].message
        assert not any("\u202e" in str(fault) or "\u0007" in str(fault) for fault in faults)


def test_a_shapefile_is_read_with_no_file_from_outside(tmp_path):
    folder = tmp_path / "study"
    folder.mkdir()
    for end in ("shp", "shx"):
        (folder / f"zones.{end}").write_bytes(b"")
    assert path_inside(folder, "zones.shp") == folder / "zones.shp"
    (tmp_path / "secret.dbf").write_bytes(b"")
    (folder / "zones.dbf").symlink_to(tmp_path / "secret.dbf")
    assert codes(path_inside, folder, "zones.shp") == ["outside-folder"]
