"""Programmes for the six-village district, worked out by hand (minutes of the roads in tests/planning/planned.py)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.planning.case import Need, Option
from geo.planning.measure import losers, measure_year, need_ms
from geo.planning.phases import by_budget, order_of_opening
from geo.planning.programme import solve_programme
from geo.units import UNREACHABLE_MS
from tests.planning.district import CAPEX, OPEX, PERSONS, PUPILS, SEASONS, VILLAGES
from tests.planning.planned import ambulatory_in_a, clinics, district, fap, kept

KAPPA = -0.0162624


def changes(case, programme):
    """Return (year, option_id) of the changes."""
    return [(case.years[item.year], case.options[item.option].option_id) for item in programme.items]


def five_points(**more):
    return clinics([ambulatory_in_a(), *(fap(v) for v in "BCDEF")], **more)


def test_today():
    # To A in winter: B 32.14, C 73.29, D 133.29, E 181.29, F 100.71; in thaw D and E have no way at all.
    case = five_points()
    today = measure_year(case, 0, case.today, case.today)
    assert today.ms[1] / 60_000 == pytest.approx([0, 32.1429, 73.2857, 133.2857, 181.2857, 100.7143], abs=1e-3)
    assert list(today.ms[2] == UNREACHABLE_MS) == [False, False, False, True, True, False]
    # Within 45 minutes in every season: A and B. Not: C 450 + D 180 + E 40 + F 800 = 1,470.
    assert (today.unmet_persons, today.unmet_weight) == (1470, 1470.0)
    assert [VILLAGES[need] for need in np.flatnonzero(today.unmet)] == ["C", "D", "E", "F"]
    assert (today.capex, today.opex) == (0, 30)
    assert list(today.served_by[2]) == [0, 0, 0, -1, -1, 0]


def test_one_point_a_year():
    # Money for one point a year, 130. First F, where 800 people are; then C's 450, whom a point in C (0 min) or in B
    # (41.14 min in winter) serves alike; then D's 180. E's 40 wait. Person-years: 670 + 220 + 40 = 930.
    # The second goal chooses B over C: in B, 1,200 people go 0 instead of 32 min, while C's 450 go 41; D and E are cut
    # off from both in thaw, so that they count as 240 either way.
    case = five_points(budget=np.full(3, 130.0), kappa=KAPPA, discount_rate=0.06)
    programme = solve_programme(case)
    assert changes(case, programme) == [(2026, "F-fap"), (2027, "B-fap"), (2028, "D-fap")]
    assert programme.status == "optimal"
    unmet, ede, cost = programme.stages
    assert (unmet.value, unmet.bound, unmet.gap) == (930.0, 930.0, 0.0)
    assert [year.unmet_persons for year in programme.years] == [670, 220, 40]
    # Each year 130 to build; to run 30 + 15, 30, 45: 175 + 190 / 1.06 + 205 / 1.06^2 = 175 + 179.2453 + 182.4493.
    assert cost.value == pytest.approx(536.6946, abs=1e-4)
    assert [year.capex for year in programme.years] == [130, 130, 130]
    assert [year.opex for year in programme.years] == [45, 60, 75]
    # The equal equivalent of the three years' people together; each year's is its own.
    assert ede.value == pytest.approx(equal_equivalent(case, programme), rel=1e-12)
    assert ede.unit == "minutes"
    assert not any(programme.losers)
    assert not programme.refusals


def equal_equivalent(case, programme):
    total = 0.0
    for state in programme.in_force:
        worst = np.minimum(need_ms(case, state).max(axis=0) / 60_000, 240)
        total += float((PERSONS * np.exp(-KAPPA * worst)).sum())
    return np.log(total / (3 * PERSONS.sum())) / -KAPPA


def test_without_the_second_goal_the_cheaper_year_decides():
    # Without a kappa only people and money count. B or C cost the same; later is cheaper, but leaves people unmet.
    case = five_points(budget=np.full(3, 130.0), discount_rate=0.06)
    programme = solve_programme(case)
    assert [stage.name for stage in programme.stages] == ["unmet-person-years", "discounted-cost"]
    assert programme.stages[0].value == 930
    assert programme.stages[1].value == pytest.approx(536.6946, abs=1e-4)


def test_left_over_money_is_lost():
    # 129, 131, 260: nothing for 129; one point in 2027 (F); two in 2028 (C's people and D): 1470 + 670 + 40 = 2,180.
    programme = solve_programme(five_points(budget=np.array([129.0, 131.0, 260.0])))
    assert [year.capex for year in programme.years] == [0, 130, 260]
    assert programme.stages[0].value == 2180


def test_running_money_limits_too():
    # 15 a year more than today is one point, 30 from 2028 on two: F at once, C's people in 2028: 670 + 670 + 220.
    programme = solve_programme(five_points(running_budget=np.array([15.0, 29.0, 30.0])))
    assert programme.stages[0].value == 1560
    assert [year.opex for year in programme.years] == [45, 45, 60]


def test_unfunded_is_listed_by_gain_per_money():
    # With 130 once: F. Not funded: C's 450 (a point in B or C costs the same; B comes first), D's 180, E's 40.
    case = five_points(budget=np.array([130.0, 0.0, 0.0]))
    programme = solve_programme(case)
    assert changes(case, programme) == [(2026, "F-fap")]
    listed = [(case.options[u.option].option_id, u.gain_persons, u.capex) for u in programme.unfunded]
    assert listed == [("B-fap", 450, 130.0), ("D-fap", 180, 130.0), ("E-fap", 40, 130.0)]
    assert not solve_programme(five_points()).unfunded


def test_vulnerable_people_come_first_where_they_count_more():
    # C's 450 count twice, 900, more than F's 800.
    weight = np.array([1, 1, 2.0, 1, 1, 1])
    case = five_points(budget=np.array([130.0, 0.0, 0.0]), weight=weight, kappa=KAPPA)
    programme = solve_programme(case)
    assert changes(case, programme) == [(2026, "B-fap")]
    # F 800 + D 180 + E 40 in each of three years.
    assert programme.stages[0].value == 3 * 1020
    assert programme.years[0].unmet_persons == 1020


def test_season_without_a_road_counts():
    # 50 minutes, one point: D serves E within 48 min in winter, but in thaw the road is closed; E stays unmet.
    case = five_points(minutes=50, budget=np.array([130.0, 0, 0]))
    state = case.today.copy()
    state[VILLAGES.index("D")] = next(k for k, o in enumerate(case.options) if o.option_id == "D-fap")
    year = measure_year(case, 0, state, case.today)
    assert [VILLAGES[n] for n in np.flatnonzero(year.unmet)] == ["C", "E", "F"]
    assert year.served_by[:, VILLAGES.index("E")].tolist() == [3, 3, -1]


def test_phases_stay_and_order():
    # 390 in 2026 for three points at once: by gain per money F (800), then B (450 of C; or C), then D (180).
    case = five_points(budget=np.array([390.0, 0.0, 130.0]), kappa=KAPPA)
    programme = solve_programme(case)
    assert changes(case, programme) == [(2026, "B-fap"), (2026, "D-fap"), (2026, "F-fap"), (2028, "E-fap")]
    order = order_of_opening(case, programme)
    assert [case.options[o.item.option].option_id for o in order] == ["F-fap", "B-fap", "D-fap", "E-fap"]
    assert [o.gain_persons for o in order] == [800, 450, 180, 40]
    for before, after in zip(programme.in_force[:-1], programme.in_force[1:], strict=True):
        assert all(after[place] == option for place, option in enumerate(before) if option >= 0)


def test_less_money_is_the_beginning_of_more():
    case = five_points(budget=np.full(3, 260.0), kappa=KAPPA)
    points = by_budget(case, (0.5, 1.0))
    # Half: 130 a year, F, B, D; all: 260 a year, F and B, then D and E.
    assert [len(point.programme.items) for point in points] == [3, 5]
    assert [point.nested for point in points] == [False, True]
    assert points[0].programme.stages[0].value == 930
    # 1470 - 1250 = 220 in the first year, nobody then.
    assert points[1].programme.stages[0].value == 220


def test_must_open():
    # E must have its point by 2028. 40 people in 2028 instead of D's 180: 670 + 220 + 180 = 1,070.
    case = five_points(budget=np.full(3, 130.0))
    programme = solve_programme(case, must={"E": "E-fap"})
    assert programme.stages[0].value == 1070
    assert (2028, "E-fap") in changes(case, programme)
    # A plot that must stay empty: without F 800 stay unmet, C's, D's and E's people come one by one.
    assert solve_programme(case, must={"F": ""}).stages[0].value == 1020 + 840 + 800


def test_must_without_money_is_infeasible_in_words_of_the_case():
    case = five_points(budget=np.full(3, 129.0))
    programme = solve_programme(case, must={"E": "E-fap"})
    assert programme.status == "infeasible"
    assert (programme.in_force == case.today).all()
    with pytest.raises(ValueError, match="which is not in the case"):
        solve_programme(case, must={"E": "E-hospital"})
    with pytest.raises(ValueError, match="no option of"):
        solve_programme(case, must={"E": "F-fap"})


def test_higher_level_serves_lower_needs():
    # Needs of level 0, 1 and 2 in C. A medpunkt (50) serves the first, a FAP (130) two, an ambulatory (170) all three.
    def option(level, name):
        return Option(f"C-{name}", "C", "open", {"phc": level}, capex=CAPEX["phc", name], opex_year=OPEX["phc", name])

    needs = [Need("C", "phc", level) for level in (0, 1, 2)]
    options = [option(level, name) for level, name in enumerate(("medpunkt", "fap", "ambulatory"))]
    unmet = {}
    for money in (49, 50, 130, 170):
        case = district(needs, [100, 10, 1], [30] * 3, options, 1, budget=np.array([float(money)]))
        programme = solve_programme(case)
        unmet[money] = programme.stages[0].value
    assert unmet == {49: 111, 50: 11, 130: 1, 170: 0}


def test_shared_building_serves_both_services():
    # In C a FAP (130) and a primary school (90) apart are 220; under one roof 180. With 200 only the roof serves both:
    # 450 people and 81 pupils. With 140 the FAP alone.
    both = Option("C-both", "C", "open", {"phc": 1, "school": 0}, capex=180, opex_year=30)
    school = Option("C-school", "C", "open", {"school": 0}, capex=CAPEX["school", "primary"], opex_year=20)
    needs = [Need("C", "phc", 1), Need("C", "school", 0)]
    for money, chosen, left in ((200, "C-both", 0), (140, "C-fap", 81), (100, "C-school", 450)):
        case = district(needs, [450, PUPILS[2]], [30, 30], [fap("C"), school, both], 1, budget=np.array([float(money)]))
        programme = solve_programme(case)
        assert changes(case, programme) == [(2026, chosen)]
        assert programme.stages[0].value == left


def test_language_of_instruction():
    # A Russian-medium school in C does not serve C's Kazakh-medium pupils; B's mixed one does, 41 min away in winter.
    needs = [Need("C", "school", 0, language) for language in ("kk", "ru", "")]
    options = [
        kept("C", {"school": 0}, 20, languages=("ru",)),
        kept("B", {"school": 0}, 20, languages=("kk", "ru")),
        Option("C-mixed", "C", "upgrade", {"school": 0}, ("kk", "ru"), capex=60, opex_year=30),
    ]
    case = district(needs, [50, 25, 6], [30] * 3, options, 1, budget=np.array([60.0]))
    today = measure_year(case, 0, case.today, case.today)
    assert list(today.unmet) == [True, False, False]
    assert today.ms[1] / 60_000 == pytest.approx([41.1429, 0, 0], abs=1e-3)
    programme = solve_programme(case)
    assert changes(case, programme) == [(2026, "C-mixed")]
    assert programme.stages[0].value == 0


def test_closure_pays_where_nobody_is_harmed():
    # B and C have points. The running money allows no growth; F's point costs 15 a year. Closing C's would pay for
    # it, but C's people would go 41 min instead of 0: with no tolerance F stays unmet, with 45 min it is built.
    options = [
        ambulatory_in_a(),
        kept("B", {"phc": 1}, 15),
        kept("C", {"phc": 1}, 15),
        Option("C-close", "C", "close"),
        fap("F"),
    ]
    case = clinics(options, n_years=2, running_budget=np.zeros(2), max_worsening_ms=0)
    refused = solve_programme(case)
    assert not refused.items
    # D 180 + E 40 + F 800 in both years.
    assert refused.stages[0].value == 2 * 1020
    assert [case.options[r.option].option_id for r in refused.refusals] == ["C-close"]
    allowed = solve_programme(replace(case, max_worsening_ms=45 * 60_000))
    assert sorted(changes(case, allowed)) == [(2026, "C-close"), (2026, "F-fap")]
    assert allowed.stages[0].value == 2 * 220
    # C goes to B: 28.8, 41.14, 41.14 min instead of 0; D and E the same longer where they have a way.
    named = {(VILLAGES[one.need], SEASONS[one.season]): one for one in allowed.losers[0]}
    assert set(named) == {(v, s) for v in "CDE" for s in ("dry", "winter")} | {("C", "thaw")}
    assert named["C", "winter"].after_ms / 60_000 == pytest.approx(41.1429, abs=1e-3)
    assert named["C", "winter"].persons == 450
    assert losers(case, 1, allowed.in_force[1]) == allowed.losers[1]


def test_nothing_to_do_and_nobody_there():
    # Without any place all 5,670 people stay unmet in three years; without people nothing is built.
    empty = solve_programme(clinics([], kappa=KAPPA))
    assert (empty.status, empty.items, empty.stages[0].value) == ("optimal", (), 3 * 5670)
    assert empty.stages[1].value == pytest.approx(240)
    nobody = solve_programme(replace(clinics([fap("B")], kappa=KAPPA), persons=np.zeros((3, 6), dtype=np.int64)))
    assert (nobody.status, nobody.items) == ("optimal", ())
    assert [stage.name for stage in nobody.stages] == ["unmet-person-years", "discounted-cost"]
