"""Goals, caps, lines and ways of planning as a study reports them: two okrugs in a district, and what is left out."""

from __future__ import annotations

import re
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from geo.errors import DataError
from geo.report.sections import choices, district_lines, two_ways
from geo.siting.solve import solve
from geo.study import StudyResult, load_study, run_study
from geo.study.config_equity import Equity
from geo.study.programme import equity as equity_module
from geo.study.programme import ways
from geo.study.programme.parts import PARTS
from geo.study.programme.planned import PlannedUnit
from geo.study.programme.thresholds import Viable
from geo.study.tabulate import typed
from geo.tables.choices import CHOICE_TABLES
from tests.siting.toy import problem
from tests.study.folders import settlements_frame, write_toy

EQUITY = """
[equity]
viable_persons = { phc = 600 }
cap_per_head = { phc = 200_000 }
dividend_threshold = 0.01
bodies.okrug = { en = "akim of the okrug" }
bodies.district = { en = "district akimat" }
"""
COSTS = "item,unit,value,currency,price_year,source\nphc/fap,object,130000000,KZT,2025,made up\n"


def run(folder, equity: str = EQUITY, *, costs: bool = True, service: str = "open = 1") -> StudyResult:
    okrugs = dict(zip("ABCDEF", ["100", "100", "200", "200", "200", "100"], strict=True))
    classes = {"A": "district_centre", "C": "okrug_centre"}
    settlements = settlements_frame()
    settlements["okrug_id"] = settlements["settlement_id"].map(okrugs)
    settlements["settlement_class"] = settlements["settlement_id"].map(classes).fillna("other")
    write_toy(folder, settlements=settlements, service=service)
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    if costs:
        (folder / "costs.csv").write_text(COSTS, encoding="utf-8")
        text = text.replace('speeds = "speeds.csv"', 'speeds = "speeds.csv"\ncosts = "costs.csv"')
    path.write_text(text.replace("[norms]", f"{equity}\n[norms]"), encoding="utf-8")
    return next(iter(run_study(load_study(folder), ["T1"])))


@pytest.fixture(scope="module")
def result(tmp_path_factory) -> StudyResult:
    return run(tmp_path_factory.mktemp("choices"))


def row(frame: pd.DataFrame, **equal: object) -> pd.Series:
    for column, value in equal.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_a_cap_rules_out_sites_and_says_who_would_be_helped_without_it(result):
    # 60 minutes, worst season. Today C (73.3 in winter) 450, D 180, E 40 and F 800 are beyond the norm. A site in C
    # brings C alone within it (D is cut off in the thaw, F 80 in winter): 130 M / 450 = 0.289 M; in B it is C again
    # (41.1); in D, E one village each: 0.722 M, 3.25 M; in F: 130 M / 800 = 0.1625 M, the only one within 0.2 M.
    own = result.tables["support_sites"].set_index("settlement_id")
    assert own["gained_persons"].to_dict() == {"F": 800, "B": 450, "C": 450, "D": 180, "E": 40}
    assert own["excluded_by"].to_dict() == {"F": "", "B": "per_head", "C": "per_head", "D": "per_head", "E": "per_head"}
    cap = row(result.tables["support_caps"], cap="per_head")
    assert (cap["excluded_sites"], cap["binding"]) == (4, False)
    assert set(cap["only_too_dear"].split()) == {"C", "D", "E"}
    part = choices.caps(result)
    assert part is not None
    assert "another form of provision" in part.sentences[1]


def test_a_cap_that_binds(tmp_path):
    # Two new sites: without the cap F and B or C, 220 people stay; with it F alone, 670 stay, C among them.
    found = row(run(tmp_path, service="open = 2").tables["support_caps"], cap="per_head")
    assert found["binding"]
    assert (found["with_beyond_persons"], found["without_beyond_persons"]) == (670, 220)
    assert found["helped_without"] == "C"
    assert (found["with_cost"], found["without_cost"]) == (130e6, 260e6)


def test_the_headline_stands_on_the_frontier_with_its_proof(result):
    own = result.tables["frontier"]
    cost = own[own["frontier"] == "cost"]
    assert cost["beyond_persons"].tolist() == [1470, 670]
    assert cost["point_role"].tolist() == ["point", "both"]
    assert (cost["status"] == "optimal").all()
    assert cost["step_cost"].iloc[1] == pytest.approx(130e6 / 800)


def test_the_lowest_level_that_can_decide_decides(result):
    # The one new site goes to okrug 100, with 800 people beyond the norm against 670; it opens in F, as all would.
    found = row(result.tables["dividend"])
    assert (found["tier"], found["dividend_persons"], found["who_plans"]) == ("okrug", 0, "no-difference")
    assert found["competent_body"] == "akim of the okrug"
    shares = result.tables["dividend_areas"].set_index("area_id")["area_share"]
    assert shares.to_dict() == {"100": 1.0, "200": 0.0}


def test_the_ways_are_measured_alike(result):
    own = result.tables["ways"].set_index("way")
    assert own["beyond_persons"].to_dict() == {
        "today": 1470,
        "solver": 670,
        "top_down": 670,
        "bottom_up": 670,
        "top_down_whole": 670,
        "bottom_up_whole": 670,
    }
    assert (own["beyond_persons"] >= own["least_beyond_persons"]).all()
    assert own.loc["solver", ["viable_sites", "viable_persons", "without_settlements"]].tolist() == [1, 600, 3]
    part = two_ways.ways(result)
    assert part is not None
    assert "The headline plan is proven to be the best" in part.sentences[1]
    plans = result.tables["plans"].assign(status="feasible")
    unproven = two_ways.ways(replace(result, tables={**result.tables, "plans": plans}))
    assert unproven is not None
    assert not any("proven to be the best" in text for text in unproven.sentences)
    assert "it is not proven that none is better" in unproven.sentences[1]


def test_the_headline_is_measured_with_what_it_closes(monkeypatch):
    # A and C stand and may close, one site in all: the plan closes one, and is not measured as if both stood.
    asked = problem("dry", facilities="AC", keep=False, n_open=1, max_worsening_ms=None)
    headline = solve(asked)
    assert headline.closed
    monkeypatch.setattr(ways, "viable_sites", lambda *_of: [Viable(1)] * asked.n_sites)
    monkeypatch.setattr(equity_module, "opening_cost", lambda *_of: None)
    places = pd.DataFrame({"settlement_id": list(asked.settlement_ids)})
    classes = pd.DataFrame({"settlement_class": "other"}, index=list(asked.settlement_ids))
    part = SimpleNamespace(service=SimpleNamespace(name="phc"), problem=asked, sites=places, settlements=classes)
    prepared = SimpleNamespace(study=SimpleNamespace(config=SimpleNamespace(equity=Equity())))
    found = ways.ways_tables(PlannedUnit(prepared, "T1", None, None, [(part, {"headline": headline})], {}))["ways"]
    own = found.set_index("way")
    assert own.loc["solver", "beyond_persons"] == headline.persons_beyond_limit
    assert own.loc["solver", "beyond_persons"] > own.loc["today", "beyond_persons"]


def test_without_a_line_the_line_costs_nothing(result):
    assert (result.tables["border_penalty"]["penalty_persons"] == 0).all()
    part = district_lines.lines(result)
    assert part is not None
    assert part.sentences[1] == "Clinic, today: the district line costs nothing."


def test_seasons_may_be_weighted_and_money_shared_out(tmp_path):
    # 390 M is 212.2 M for okrug 100 (800 of 1,470 people beyond the norm) and 177.8 M for okrug 200 (670 of them):
    # each pays one clinic of 130 M. Together three could be paid.
    weighted = '[siting]\nseason_rule = "weighted"\n[equity]\n'
    found = run(tmp_path, weighted, service="budget = 390_000_000")
    shares = found.tables["dividend_areas"].set_index("area_id")["area_share"]
    assert shares.to_dict() == pytest.approx({"100": 390e6 * 800 / 1470, "200": 390e6 * 670 / 1470})
    apart, joint = (row(found.tables["dividend"])[name].split() for name in ("separate_sites", "joint_sites"))
    assert (len(apart), len(joint)) == (2, 3)
    assert row(found.tables["dividend"])["dividend_persons"] >= 0
    assert {"cost", "norm", "equity"} == set(found.tables["frontier"]["frontier"])
    assert not found.tables["frontier"]["complete"].any()


def bare_unit(equity: Equity | None) -> PlannedUnit:
    """Return a unit of one service with hardly anything but its problem and plan."""
    asked = problem("dry", n_open=2)
    part = SimpleNamespace(service=SimpleNamespace(name="phc"), problem=asked)
    prepared = SimpleNamespace(study=SimpleNamespace(config=SimpleNamespace(equity=equity)))
    return PlannedUnit(prepared, "T1", None, None, [(part, {"headline": solve(asked)})], {})


def test_a_study_that_asks_for_nothing_has_none(result):
    assert [PARTS[name](bare_unit(None)) for name in ("equity", "borders", "ways")] == [{}, {}, {}]
    nothing = {table.name: result.tables[table.name].iloc[:0] for table in CHOICE_TABLES}
    without = replace(result, tables={**result.tables, **nothing})
    for part in (choices.goals, choices.caps, district_lines.lines, district_lines.together, two_ways.ways):
        assert part(without) is None


def test_what_is_too_large_is_left_out_and_said(result):
    unit = bare_unit(Equity(most_times=1))
    rows = {name: frame for part in ("equity", "borders", "ways") for name, frame in PARTS[part](unit).items()}
    tables = {name: typed(name, frame) for name, frame in rows.items()}
    large = replace(result, tables={**result.tables, **tables})
    for table in ("frontier", "border_penalty", "dividend", "ways"):
        assert tables[table]["left_out"].all()
    for part in (choices.goals, district_lines.lines, district_lines.together, two_ways.ways):
        shown = part(large)
        assert shown is not None
        assert "most_times" in shown.sentences[-1]
        assert not shown.tables


def test_a_cap_on_a_service_that_is_none_is_refused(tmp_path):
    with pytest.raises(DataError) as caught:
        run(tmp_path, "[equity]\ncap_per_head = { phd = 5 }")
    assert "phd" in caught.value.faults[0].message
    assert "phc" in caught.value.faults[0].remedy


def test_where_settlements_are_counted_no_goal_cap_or_line_speaks_of_a_number_of_people(result):
    demand = result.config.demand.model_copy(update={"counts": "settlements"})
    places = replace(result, config=result.config.model_copy(update={"demand": demand}))
    counted = re.compile(
        r"\d (more |fewer )?(people|persons?)\b|fewest people|most people|more people|per person", re.I
    )
    for make in (choices.goals, choices.caps, district_lines.lines, district_lines.together, two_ways.ways):
        people, part = make(result), make(places)
        assert people is not None
        assert part is not None
        heads = [head.text for table in part.tables for head in table.heads]
        own = [*part.sentences, *(table.note for table in part.tables), *heads, *(t.title for t in part.tables)]
        assert not [text for text in own if counted.search(text)]
        assert "People" not in heads
        assert "Settlements" not in [head.text for table in people.tables for head in table.heads]
    assert any("settlements" in text for text in choices.goals(places).sentences)
    assert "Settlements helped" in {head.text for table in choices.caps(places).tables for head in table.heads}
