"""Which least load counts where: one rule for forms of provision, ways of planning and the lifetime of sites."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.norms import AppliesIf, Norm, load_pack
from geo.study import StudyData, load_study
from geo.study.programme.thresholds import Viable, least_loads, viable_at
from tests.study.folders import write_toy

MADE_UP = next(norm for norm in load_pack("kz-national") if norm.norm_id == "school-basic-pupils")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> StudyData:
    return load_study(write_toy(tmp_path_factory.mktemp("thresholds")))


def norm(pack: str, name: str, value: float, **applies: int) -> Norm:
    own = {"service": "phc", "level": "fap", "value": value, "applies_if": AppliesIf(**applies)}
    return replace(MADE_UP, pack=pack, norm_id=name, **own)


def found(study: StudyData, norms: list[Norm], *places: object) -> list[tuple[str, str] | None]:
    """The norm that counts in each place, and those that tie with it."""
    least = least_loads(replace(study, norms=norms), study.config.service[0], "fap", places)
    return [None if one is None else (one.norm.norm_id, one.tied_keys) for one in least]


def own_pack(study: StudyData) -> str:
    return study.siting_norms["phc"].pack


def test_a_norm_for_towns_says_nothing_about_a_village(study):
    """A has 3,000 people, E 40: a school of a small village needs what the norm of small places asks for."""
    norms = [norm("law", "town", 80, pop_min=1000), norm("law", "village", 10, pop_max=1000)]
    assert found(study, norms, "A", "E") == [("town", ""), ("village", "")]
    assert found(study, norms[:1], "A", "E") == [("town", ""), None]


def test_the_pack_of_the_studys_own_norm_comes_first_whatever_its_number(study):
    norms = [norm("law", "low", 10), norm(own_pack(study), "own", 50), norm("other", "lowest", 5)]
    assert found(study, norms, "E") == [("own", "")]
    # Where the study's own does not apply, the others do.
    norms[1] = norm(own_pack(study), "own", 50, pop_min=1000)
    assert found(study, norms, "A", "E") == [("own", ""), ("lowest", "law/low")]


def test_of_norms_with_the_same_right_the_smallest_counts_and_the_others_are_named(study):
    norms = [norm("law", "high", 41), norm("rule", "low", 20), norm("third", "also", 20)]
    assert found(study, norms, "E") == [("low", "law/high")]


def test_a_norm_that_certainly_applies_comes_before_one_of_which_it_cannot_be_told(study):
    norms = [norm("law", "small", 5, pop_max=1000), norm("rule", "everywhere", 30)]
    assert found(study, norms, "E", "in the open") == [("small", "rule/everywhere"), ("everywhere", "")]


def test_the_number_of_the_study_file_comes_before_all(study):
    asked = replace(study, norms=[norm("law", "low", 10)])
    service = study.config.service[0]
    assert viable_at(asked, service, 200, ["A", "E"]) == [Viable(200), Viable(200)]
    assert viable_at(asked, service, None, ["E"]) == [Viable(10, "law/low")]
    assert viable_at(replace(study, norms=[]), service, None, ["E"]) == [Viable(1)]


def test_three_parts_ask_the_same_rule():
    """Forms of provision, ways of planning and the lifetime of sites call the one function."""
    from geo.study.programme import asset_life, provision, thresholds, ways

    assert asset_life.least_loads is thresholds.least_loads
    assert provision.viable_at is ways.viable_at is thresholds.viable_at
