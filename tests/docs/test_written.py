"""Hand-written pages: their links lead somewhere, and their examples are accepted by the program."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from geo.norms import load_pack
from geo.study.config_file import read_config

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "CONTRIBUTING.md", ROOT / "README.md"])


def examples(page: str) -> list[str]:
    return re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_to_files_lead_somewhere(page):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_study_of_the_tutorial_is_accepted(tmp_path):
    (tmp_path / "study.toml").write_text(examples("tutorial.md")[0], encoding="utf-8")
    config, faults = read_config(tmp_path)
    assert faults == []
    assert config.service[0].serving_level == "fap"


def test_every_input_of_the_tutorial_is_a_key_of_the_study_file(tmp_path):
    study, inputs = examples("tutorial.md")
    head, _old, tail = re.split(r"(\[inputs\]\n[^\[]*)", study, maxsplit=1)
    (tmp_path / "study.toml").write_text(head + inputs + "\n" + tail, encoding="utf-8")
    config, faults = read_config(tmp_path)
    assert faults == []
    assert {"settlements", "facilities", "boundaries", "costs", "closures"} <= config.inputs.model_fields_set


def test_the_pack_of_the_norms_page_is_accepted(tmp_path):
    use, pack = examples("norms.md")
    (tmp_path / "norms").mkdir()
    (tmp_path / "norms" / "akmola.toml").write_text(pack, encoding="utf-8")
    (norm,) = load_pack("akmola", tmp_path)
    assert norm.key == tomllib.loads(use)["service"][0]["norm"]
    assert not norm.verified
