"""Whom a programme harms: neighbours, levels that nobody is owed, years in between. Roads as in tests/planning."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.planning.programme import programme_of
from geo.report.sections.programme import harm
from geo.study import StudyResult, load_study
from geo.study.prepare import prepare
from geo.study.programme.case import UnitCase, unit_case
from geo.study.programme.harm import loser_rows
from geo.study.programme.load_words import overfull
from geo.study.programme.loads import load_rows
from geo.study.programme.plan import programme_part
from geo.study.programme.planned import PlannedUnit
from geo.study.programme.sentences import below
from geo.study.tabulate import typed
from geo.study.unit import _elsewhere, _unit_settlements, _visible_sites
from geo.units import UNREACHABLE_MS
from tests.study.folders import facilities_frame, settlements_frame
from tests.study.test_programme import PROGRAMME, run, tables_of, write
from tests.study.test_programme import case_of as toy_case

NO_MONEY = PROGRAMME.replace("budget = 130", "budget = 0") + "equity = false\n"
TOLERANT = NO_MONEY + "max_worsening_minutes = 33\n"


def two_units(
    folder, programme: str, facilities: pd.DataFrame, *, buffer_km: float | None = None, villages=None
) -> PlannedUnit:
    """A and B in the unit W, C to F in the unit E; W is asked."""
    villages = (settlements_frame() if villages is None else villages).drop(columns="district_id")
    write(folder, programme, settlements=villages, facilities_table=facilities)
    halves = gpd.GeoDataFrame(
        {"unit_id": ["W", "E"], "level": "district", "name_en": ["West", "East"]},
        geometry=[shapely.box(65, 48, 66.5, 50), shapely.box(66.5, 48, 68, 50)],
        crs=4326,
    )
    halves.to_file(folder / "boundaries.geojson", driver="GeoJSON")
    if buffer_km is not None:
        text = (folder / "study.toml").read_text(encoding="utf-8")
        (folder / "study.toml").write_text(text.replace("[network]", f"[network]\nbuffer_km = {buffer_km}"), "utf-8")
    study = load_study(folder)
    prepared = prepare(study)
    return PlannedUnit(prepared, "W", _unit_settlements(study, "W"), _visible_sites(prepared, "W"), (), {})


def tables(unit: PlannedUnit) -> dict[str, pd.DataFrame]:
    return {name: typed(name, frame) for name, frame in programme_part(unit).items()}


def case_of(unit: PlannedUnit) -> UnitCase:
    found = unit_case(unit.prepared, unit.prepared.study.config.programme, unit.unit_id, unit.settlements, unit.sites)
    assert found is not None
    return found


def closable(*villages: str, among: str, **levels: str) -> pd.DataFrame:
    table = facilities_frame(*among).assign(closable=[village in villages for village in among])
    return table.assign(level=[levels.get(village, "fap") for village in among])


def test_a_closing_is_refused_because_of_villages_of_the_unit_next_door(tmp_path):
    """Without the clinic in B everybody east of it travels 32.14 minutes more in winter; C has 450 people."""
    found = tables(two_units(tmp_path, NO_MONEY, closable("B", among="AB")))
    rows = found["closure_refusals"].set_index(["harmed_settlement_id", "season"])
    assert {village for village, _season in rows.index} == set("BCDEF")
    assert tuple(rows.loc[("C", "winter"), ["persons", "before_minutes", "after_minutes"]]) == pytest.approx(
        (450, 41.1429, 73.2857), abs=1e-4
    )
    assert not len(found["programme_items"])


def test_neighbours_are_no_people_of_the_unit_but_on_the_list_of_those_worse_off(tmp_path):
    """33 minutes more are tolerated: B's clinic closes for its 15 a year, and C to F are on the list with B."""
    unit = two_units(tmp_path, TOLERANT, closable("B", among="AB"))
    found = tables(unit)
    assert list(found["programme_items"]["action"]) == ["close"]
    losers = found["programme_losers"]
    assert set(losers["settlement_id"]) == set("BCDEF")
    assert losers.set_index(["settlement_id", "season"]).loc[("F", "winter"), "persons"] == 800
    own = sum(case_of(unit).needs.persons[0])
    assert set(found["programme_needs"]["persons"]) == {own} == {4200}
    assert set(found["programme_years"]["unmet_persons"]) == {0}


def test_a_facility_out_of_sight_serves_the_neighbours_and_nobody_of_the_unit(tmp_path):
    """The clinic in C is out of sight: its villages go there, but F goes to B in winter and thaw (68.6 min).

    Without B's clinic F goes to A, 25.7 min further, or to C, where that is nearer.
    """
    unit = two_units(tmp_path, NO_MONEY, closable("B", among="ABC"), buffer_km=0)
    assert "clinic-C" not in set(unit.sites["site_id"])
    rows = tables(unit)["closure_refusals"]
    assert set(zip(rows["harmed_settlement_id"], rows["season"], strict=True)) == {
        *(("B", season) for season in ("dry", "winter", "thaw")),
        ("F", "winter"),
        ("F", "thaw"),
    }
    case = case_of(unit).case
    assert case.place_ids[-1] == "clinic-C"
    own = [case.settlement_ids.index(village) for village in "AB"]
    assert (case.place_ms[:, own, -1] == UNREACHABLE_MS).all()
    assert (case.place_ms[:, case.settlement_ids.index("F"), -1] < UNREACHABLE_MS).any()


def planned(found: dict[str, pd.DataFrame]) -> list[str]:
    items = found["programme_items"]
    return list(items["action"][items["year"].notna()])


def test_lowering_below_a_level_that_no_need_measures_harms_who_uses_it(tmp_path):
    """People need a feldsher point; hospitals are in A and C. Lowering C's would save 75 a year.

    Nobody would be further from a feldsher point, but C and whoever goes there would be further from a hospital.
    """
    table = closable("C", among="AC", A="hospital", C="hospital")
    found = tables_of(write(tmp_path, NO_MONEY + "may_downgrade = true\n", facilities_table=table))
    assert planned(found) == []
    rows = found["closure_refusals"]
    lowered = rows[rows["action"] == "downgrade"]
    assert set(lowered["harmed_level"]) == {"hospital"}
    assert set(lowered["harmed_settlement_id"]) == set("CDEF")
    assert lowered[lowered["harmed_settlement_id"] == "C"]["persons"].max() == 450
    assert set(found["programme_needs"]["level"]) == {"fap"}


def test_closing_a_point_below_the_serving_level_harms_who_goes_there(tmp_path):
    """Only hospitals count for the norm; the feldsher point in B is used all the same, by all but A."""
    folder = write(tmp_path, NO_MONEY, facilities_table=closable("B", among="AB", A="hospital"))
    text = (folder / "study.toml").read_text(encoding="utf-8")
    text = text.replace('serving_level = "fap"', 'serving_level = "hospital"')
    (folder / "study.toml").write_text(text, encoding="utf-8")
    found = tables_of(folder)
    assert planned(found) == []
    rows = found["closure_refusals"]
    closed = rows[rows["action"] == "close"]
    assert set(closed["harmed_settlement_id"]) == set("BCDEF")
    assert set(closed["harmed_level"]) == {"fap"}
    assert set(found["programme_needs"]["level"]) == {"hospital"}


def test_needs_without_people_leave_goals_and_debts_as_they_are(tmp_path):
    """With B's clinic closable, and not: the same years, needs, goals and debts."""
    free, fixed = (tables(two_units(tmp_path / name, PROGRAMME, closable(*name, among="AB"))) for name in ("B", ""))
    for name in ("programme_years", "programme_needs", "debt_ledger", "programme_items"):
        pd.testing.assert_frame_equal(free[name], fixed[name])
    columns = ["goal", "value", "bound", "status"]
    # The cost has the running cost of what may change.
    pd.testing.assert_frame_equal(free["programme_goals"][columns][:2], fixed["programme_goals"][columns][:2])


def test_somebody_worse_off_for_a_while_is_listed_with_the_worst_year(tmp_path):
    """C's clinic is closed in the second year and there again in the third."""
    unit = toy_case(write(tmp_path, facilities_table=closable("C", among="AC")))
    case = unit.case
    option = {one.option_id: number for number, one in enumerate(case.options)}
    place = case.place_ids.index("clinic-C")
    states = np.tile(case.today, (3, 1))
    states[1, place] = option["clinic-C:close:fap"]
    rows = pd.DataFrame(list(loser_rows(unit, programme_of(case, states))))
    assert set(rows["settlement_id"]) == {"C", "D", "E", "F"}
    assert set(rows["year"]) == {2028}
    assert not rows.duplicated(["settlement_id", "season", "level"]).any()


def spoken(unit: PlannedUnit, found: dict[str, pd.DataFrame], toy: StudyResult) -> str:
    names = _elsewhere(unit.prepared.study, unit.settlements, found)
    result = dataclasses.replace(
        toy,
        config=unit.prepared.study.config,
        settlements=toy.settlements.loc[unit.settlements.index],
        tables={**toy.tables, **found},
        elsewhere=names,
    )
    part = harm(result)
    assert part is not None
    return " ".join(part.sentences).replace("\u00a0", " ")


@pytest.fixture(scope="module")
def toy_result(tmp_path_factory) -> StudyResult:
    return run(write(tmp_path_factory.mktemp("harm")))


def test_villages_next_door_are_named_with_their_unit(tmp_path, toy_result):
    unit = two_units(tmp_path, NO_MONEY, closable("B", among="AB"))
    text = spoken(unit, tables(unit), toy_result)
    assert "Village C (East): 450 people would travel 74 min instead of 42 min (winter)" in text
    unit = two_units(tmp_path / "t", TOLERANT, closable("B", among="AB"))
    text = spoken(unit, tables(unit), toy_result)
    assert "Worse off in some year of the programme: " in text
    assert "Village F (East)" in text.split("No item may")[0]


def test_nothing_examined_harmless_and_tolerated_are_three_different_things(tmp_path, toy_result):
    """A second clinic in A is nobody's nearest alone; closing B's is within 33 minutes; else nothing may close."""
    nothing = two_units(tmp_path / "n", NO_MONEY, closable(among="AB"))
    text = spoken(nothing, tables(nothing), toy_result)
    assert "No closing was examined" in text
    assert "refused" not in text
    twin = pd.concat([closable(among="A"), closable("A", among="A").assign(facility_id="twin", name_en="Twin")])
    harmless = two_units(tmp_path / "h", NO_MONEY, twin)
    found = tables(harmless)
    assert list(found["closure_refusals"]["refused_because"]) == ["harmless"]
    assert "Would make nobody's trip longer, in any season, here or next door: Closing" in spoken(
        harmless, found, toy_result
    )
    tolerated = two_units(tmp_path / "t", TOLERANT, closable("B", among="AB"))
    found = tables(tolerated)
    assert set(found["closure_refusals"]["refused_because"]) == {"tolerated"}
    text = spoken(tolerated, found, toy_result)
    assert "is not refused: it makes trips longer, but only as far as the study tolerates. In 2027: Village" in text


def test_a_closing_at_the_end_of_everybodys_zero_minutes_is_no_number_too_large_for_the_solver(tmp_path):
    """A and B have a clinic each: everybody is at 0 minutes, kappa is -1, and a trip of 26 minutes weighs e^26."""
    found = tables(two_units(tmp_path, PROGRAMME, closable("B", among="AB")))
    assert set(found["programme_goals"]["status"]) == {"optimal"}


def test_a_village_of_unknown_people_is_harmed_by_a_closing_and_is_nobody_in_no_table(tmp_path, toy_result):
    """Nobody knows how many live in F, next door; B's clinic may close within 33 minutes."""
    villages = settlements_frame()
    villages.loc[villages["settlement_id"] == "F", "pop_total"] = None
    refused = two_units(tmp_path / "r", NO_MONEY, closable("B", among="AB"), villages=villages)
    found = tables(refused)
    rows = found["closure_refusals"].set_index("harmed_settlement_id")
    assert rows.loc["F", "persons"].isna().all()
    assert rows.loc["C", "persons"].eq(450).all()
    tolerated = two_units(tmp_path / "t", TOLERANT, closable("B", among="AB"), villages=villages)
    found = tables(tolerated)
    assert found["programme_losers"].set_index("settlement_id").loc["F", "persons"].isna().all()
    text = spoken(tolerated, found, toy_result)
    assert "Number of people unknown: Village F (East)." in text
    only_f = found | {"closure_refusals": found["closure_refusals"][lambda one: one["harmed_settlement_id"] == "F"]}
    assert "(winter), number of people unknown" in spoken(tolerated, only_f, toy_result)
    assert "0 people" not in spoken(tolerated, only_f, toy_result)


def test_unknown_people_below_a_norm_make_a_sum_a_least_and_are_counted_as_settlements(tmp_path):
    """E is below the norm in every year, and nobody knows how many live there: 36 people of D are the least."""
    villages = settlements_frame()
    villages.loc[villages["settlement_id"] == "E", "pop_total"] = None
    found = tables_of(write(tmp_path, NO_MONEY, settlements=villages))
    years = found["programme_years"]
    assert set(years["unmet_unknown_settlements"]) == {1}
    row = years.iloc[0]
    assert below(row, "unmet").startswith("at least ")
    nobody = row.to_dict() | {"unmet_persons": 0}
    assert (below(nobody, "unmet"), below(nobody, "unmet", alone=True)) == ("an unknown number of", "unknown")


def room(table: pd.DataFrame, **capacity: int) -> pd.DataFrame:
    """Facilities with room for as many people, by village; unknown elsewhere."""
    return table.assign(capacity=[capacity.get(code) for code in table["settlement_id"]])


def loads(found: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return found["programme_loads"].set_index("site_id")


def test_a_place_that_gets_more_people_than_room_is_named(tmp_path, toy_result):
    """B's clinic closes in the second year: all 5,670 go to A, of whom 3,000 live there and go today."""
    table = room(closable("B", among="AB"), A=5000, B=9000)
    unit = toy_case(write(tmp_path, TOLERANT, facilities_table=table))
    states = np.tile(unit.case.today, (3, 1))
    option = {one.option_id: number for number, one in enumerate(unit.case.options)}
    states[1:, unit.case.place_ids.index("clinic-B")] = option["clinic-B:close:fap"]
    programme = programme_of(unit.case, states)
    rows = pd.DataFrame(list(load_rows(load_study(tmp_path), unit, programme)))
    found = {"programme_loads": typed("programme_loads", rows)}
    own = loads(found).loc["clinic-A"]
    assert own[["persons", "today_persons", "capacity", "over_persons"]].tolist() == [5670, 3000, 5000, 670]
    assert own["year"] == 2028
    assert loads(found).loc["clinic-B", ["year", "persons"]].tolist() == [2027, 2670]
    text = overfull(dataclasses.replace(toy_result, tables=found)).replace("\u00a0", " ")
    assert "1 place has more people than room in its fullest year" in text
    assert "(2028: 5,670 for 5,000, today 3,000)" in text


def test_where_everybody_fits_in_that_is_said_and_unknown_room_is_counted(tmp_path, toy_result):
    found = tables_of(write(tmp_path, NO_MONEY, facilities_table=room(closable(among="AB"), A=5000)))
    assert loads(found).loc["clinic-A", "over_persons"] == 0
    assert pd.isna(loads(found).loc["clinic-B", "over_persons"])
    text = overfull(dataclasses.replace(toy_result, tables=found))
    assert text.startswith("With the programme no place with a known capacity is overfull. The capacity of 1 place is")
    nothing = found["programme_loads"].assign(capacity=pd.NA, over_persons=pd.NA)
    text = overfull(dataclasses.replace(toy_result, tables={"programme_loads": nothing}))
    assert text.startswith("The capacity of 2 places is unknown")


def test_facilities_of_one_village_share_its_people_by_their_room(tmp_path):
    """A's two clinics have room for 4,000 and 1,000: they share the 5,670 four to one, 4,536 and 1,134."""
    twin = facilities_frame("A").assign(facility_id="twin", name_en="Twin")
    two = pd.concat([facilities_frame("A").assign(capacity=4000), twin.assign(capacity=1000)])
    own = loads(tables_of(write(tmp_path, NO_MONEY, facilities_table=two)))
    assert own["persons"].to_dict() == {"clinic-A": 4536, "twin": 1134}
    assert own["over_persons"].to_dict() == {"clinic-A": 536, "twin": 134}
