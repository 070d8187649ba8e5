"""`geo solve` from files to an answer: the worked example, odd inputs, and random ones against brute force."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from geo.access.equity import kolm_pollak_ede
from geo.errors import DataError, UsageError
from geo.study.solve_matrix import as_json, solve_matrix
from geo.study.solve_question import Question
from geo.study.solve_words import in_words
from tests.siting import toy

TOY_MINUTES = np.array(toy.milliseconds("dry")[0]) / 60_000


class Files:
    """Files of one question in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.matrix(TOY_MINUTES, toy.VILLAGES, toy.VILLAGES)
        self.demand(dict(zip(toy.VILLAGES, toy.PERSONS, strict=True)))
        self.sites_file: Path | None = None

    def write(self, name: str, lines: list[str]) -> Path:
        path = self.folder / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    def matrix(self, minutes, settlements, sites) -> None:
        rows = [
            ",".join([name, *(repr(float(x)) for x in row)]) for name, row in zip(settlements, minutes, strict=True)
        ]
        self.matrix_file = self.write("M.csv", [",".join(["settlement_id", *sites]), *rows])

    def demand(self, demand) -> None:
        self.demand_file = self.write("D.csv", ["settlement_id,demand", *(f"{k},{v}" for k, v in demand.items())])

    def sites(self, *rows: str, header: str = "site_id,status,cost") -> None:
        self.sites_file = self.write("S.csv", [header, *rows])

    def solve(self, objective: str, **asked):
        return solve_matrix(self.matrix_file, self.demand_file, Question(objective=objective, **asked), self.sites_file)

    def json(self, objective: str, **asked):
        return as_json(self.solve(objective, **asked))

    def codes(self, objective: str = "p-median", **asked) -> list[tuple[str, int, str, str]]:
        with pytest.raises(DataError) as caught:
            self.solve(objective, **asked or {"n_open": 1})
        return [(Path(f.file).name, f.row, f.column, f.code) for f in caught.value.faults if f.severity == "error"]


@pytest.fixture
def files(tmp_path) -> Files:
    return Files(tmp_path)


def test_p_median_of_the_worked_example(files):
    found = files.json("p-median", n_open=2)
    assert found["open"] == ["A", "F"]
    assert found["assignment"] == {"A": "A", "B": "A", "C": "F", "D": "F", "E": "F", "F": "F"}
    assert found["objective"] == pytest.approx(65_217.14, abs=0.01)
    assert (found["unit"], found["status"], found["gap"], found["bound"]) == (
        "person-minutes", "optimal", 0, found["objective"],
    )  # fmt: skip


def test_kolm_pollak_takes_kappa_from_the_fixed_sites(files):
    found = files.json("kolm-pollak", n_open=2, fixed=("A",))
    assert found["open"] == ["A", "C"]
    assert found["kappa"] == pytest.approx(toy.KAPPA, abs=1e-7)
    assert found["objective"] == pytest.approx(14.6528, abs=1e-4)
    assert files.json("kolm-pollak", n_open=2, fixed=("A",), aversion=-0.1)["open"] == ["A", "F"]
    given = files.json("kolm-pollak", n_open=2, kappa=-0.02)
    assert given["kappa"] == -0.02


def test_the_covering_objectives_and_p_center(files):
    cover = files.json("max-cover", n_open=2, limit_minutes=30)
    assert (cover["open"], cover["objective"], cover["unit"]) == (["B", "F"], 5450, "persons")
    assert cover["beyond_limit"] == ["D", "E"]
    assert files.json("set-cover", limit_minutes=60)["open"] == ["C"]
    center = files.json("p-center", n_open=2)
    assert (center["objective"], center["unit"]) == (48.0, "minutes")


def test_an_infeasible_cover_says_who_and_what_would_do(files):
    few = files.solve("set-cover", n_open=2, limit_minutes=30)
    found = as_json(few)
    assert (found["status"], found["objective"], found["bound"], found["gap"], found["open"]) == (
        "infeasible", None, None, None, [],
    )  # fmt: skip
    assert (found["smallest_open"], found["smallest_limit"]) == (3, 48.0)
    assert found["blockers"]
    words = "\n".join(in_words(few))
    assert "It would do to open 3 sites in all." in words
    assert "A limit of 48 minutes would do." in words


def test_a_limit_in_words_is_never_too_short(files):
    files.matrix([[1 / 60_000 * 7], [10.0 + 1 / 60_000]], ["a", "b"], ["s"])
    files.demand({"a": 1, "b": 1})
    answer = files.solve("set-cover", limit_minutes=1)
    (line,) = [line for line in in_words(answer) if "limit" in line]
    shown = float(line.split()[3])
    assert shown >= as_json(answer)["smallest_limit"]
    assert files.json("set-cover", limit_minutes=shown)["status"] == "optimal"


def test_a_long_limit_keeps_its_digits_in_words(files):
    files.matrix([[108.5143], [1.0]], ["a", "b"], ["s"])
    files.demand({"a": 1, "b": 1})
    assert "A limit of 108.5143 minutes would do." in in_words(files.solve("set-cover", limit_minutes=30))
    assert files.json("set-cover", limit_minutes=108.5143)["status"] == "optimal"


def test_fewer_sites_than_stay_open_count_the_cover_too(files):
    files.matrix([[5.0, 50.0, 50.0], [50.0, 50.0, 5.0]], ["a", "b"], ["A", "B", "C"])
    files.demand({"a": 1, "b": 1})
    asked = {"limit_minutes": 10, "fixed": ("A", "B")}
    assert files.json("set-cover", n_open=1, **asked)["smallest_open"] == 3
    assert files.json("set-cover", n_open=2, **asked)["smallest_open"] == 3
    assert files.json("set-cover", n_open=3, **asked)["status"] == "optimal"
    hopeless = files.json("set-cover", n_open=1, limit_minutes=1, fixed=("A", "B"))
    assert (hopeless["smallest_open"], {one["settlement"] for one in hopeless["blockers"]}) == (None, {"a", "b"})


def test_more_sites_than_there_are_is_no_fault(files):
    answer = files.solve("p-median", n_open=50)
    assert (as_json(answer)["objective"], len(as_json(answer)["open"])) == (0, 6)
    assert "(6 of at most 50)" in "\n".join(in_words(answer))


def test_a_settlement_without_any_way_is_named_and_counted(files):
    minutes = TOY_MINUTES.copy()
    minutes[3] = np.nan
    minutes[0, 5] = np.inf
    files.matrix(minutes, toy.VILLAGES, toy.VILLAGES)
    answer = files.solve("p-median", n_open=2)
    found = as_json(answer)
    assert (found["status"], found["unserved"], found["n_unreachable_pairs"]) == ("optimal", ["D"], 7)
    assert "D" not in found["assignment"]
    assert "Reach no open site: D (demand 180)." in in_words(answer)
    cover = files.solve("set-cover", limit_minutes=60)
    assert [blocker["settlement"] for blocker in as_json(cover)["blockers"]] == ["D"]
    assert as_json(cover)["smallest_limit"] is None
    assert "D: no site that may be open can be reached." in in_words(cover)


def test_a_budget_of_zero_opens_what_costs_nothing(files):
    files.sites("A,open,", "B,candidate,5", "C,candidate,0", "D,candidate,5", "E,candidate,5", "F,candidate,5")
    assert files.json("p-median", budget=0)["open"] == ["A", "C"]
    files.sites(*(f"{village},candidate,5" for village in toy.VILLAGES))
    nothing = files.solve("p-median", budget=0)
    found = as_json(nothing)
    assert (found["open"], found["assignment"], found["unserved"]) == ([], {}, list(toy.VILLAGES))
    assert "Reach no open site: A, B, C, D, E, F (demand 5,670)." in in_words(nothing)


def test_a_budget_buys_the_best_that_it_pays_for(files):
    files.sites("A,fixed,", "B,candidate,9", "C,candidate,4", "D,candidate,1", "E,candidate,1", "F,forbidden,")
    assert files.json("p-median", budget=4)["open"] == ["A", "C"]
    found = files.solve("set-cover", budget=3, limit_minutes=60)
    assert as_json(found)["smallest_budget"] == pytest.approx(4)
    assert "A budget of 4 would do." in in_words(found)


@pytest.mark.parametrize(
    ("cost", "dearest", "budget"),
    [
        ("2.5", "999999999", 1),
        ("1999", "999999999999", 0),
        ("0.5", "300000000", 0),
        ("350000000.60", "1e12", 350000000),
    ],
)
@pytest.mark.parametrize("objective", ["p-median", "p-center", "max-cover", "capacitated"])
def test_one_dear_site_does_not_stretch_the_budget(files, objective, cost, dearest, budget):
    files.matrix([[10.0, 20.0]], ["a"], ["A", "B"])
    files.demand({"a": 100})
    files.sites(f"A,{cost},100", f"B,{dearest},100", header="site_id,cost,capacity")
    found = files.json(objective, budget=budget, limit_minutes=30)
    assert (found["open"], found["cost"]) == ([], None if objective == "capacitated" else 0.0)
    if objective == "capacitated":
        assert found["smallest_budget"] == pytest.approx(float(cost), rel=1e-9)


def test_a_budget_in_words_is_the_one_that_would_do(files):
    files.matrix([[10.0]], ["a"], ["A"])
    files.demand({"a": 1})
    files.sites("A,1.1", header="site_id,cost")
    assert "A budget of 1.10 would do." in in_words(files.solve("set-cover", budget=1, limit_minutes=15))


@pytest.mark.parametrize("kappa", [-1e-11, -1e-300])
def test_next_to_no_aversion_is_the_mean(files, kappa):
    mean = files.json("p-median", n_open=2)["objective"] / sum(toy.PERSONS)
    assert files.json("kolm-pollak", n_open=2, kappa=kappa)["objective"] == pytest.approx(mean, rel=1e-6)


def test_statuses_of_sites(files):
    files.sites("A,closable,", "B,candidate,", "C,forbidden,", "D,open,", "E,candidate,", "F,candidate,")
    found = files.json("p-median", n_open=3)
    assert {"A", "D"} <= set(found["open"])
    assert "C" not in found["open"]


def test_demand_with_decimals_is_counted_exactly(files):
    files.demand({village: persons / 8 for village, persons in zip(toy.VILLAGES, toy.PERSONS, strict=True)})
    answer = files.solve("p-median", n_open=2)
    assert answer.scale == 100  # C has 56.25
    assert as_json(answer)["objective"] == pytest.approx(65_217.14 / 8, abs=0.01)
    files.demand(dict.fromkeys(toy.VILLAGES, 0.1))
    cover = files.json("max-cover", n_open=1, limit_minutes=30)
    assert cover["objective"] == pytest.approx(0.3)


@pytest.mark.parametrize("value", ["5e9", "0.1234567", "1e-9"])
def test_demand_that_cannot_be_counted_is_refused(files, value):
    files.demand(dict.fromkeys(toy.VILLAGES, value))
    assert files.codes() == [("D.csv", 0, "demand", "too-many-digits")]


def test_demand_that_is_all_zero_is_refused(files):
    files.demand(dict.fromkeys(toy.VILLAGES, 0))
    assert files.codes() == [("D.csv", 0, "demand", "no-demand")]


def test_all_faults_of_all_files_come_at_once(files):
    files.demand({"A": 1, "B": "many", "C": 3, "Z": 1})
    minutes = TOY_MINUTES.copy()
    minutes[2, 1] = -3
    files.matrix(minutes, toy.VILLAGES, toy.VILLAGES)
    files.sites("A,opened,1")
    assert files.codes(n_open=1, fixed=("Q",)) == [
        ("D.csv", 3, "demand", "unreadable-value"),
        ("M.csv", 4, "B", "negative-value"),
        ("S.csv", 2, "status", "unknown-choice"),
    ]


def test_ids_that_do_not_match_are_located(files):
    files.demand({"A": 1, "B": 1, "C": 1, "D": 1, "E": 1, "G": 1})
    files.sites(*(f"{village},," for village in "ABCDEG"))
    assert files.codes(n_open=1, fixed=("a",)) == [
        ("--fixed", 0, "", "unknown-site"),
        ("D.csv", 7, "settlement_id", "unknown-id"),
        ("M.csv", 1, "site_id", "unknown-id"),
        ("M.csv", 7, "settlement_id", "unknown-id"),
        ("S.csv", 7, "site_id", "unknown-id"),
    ]


def test_a_fixed_site_cannot_be_forbidden_and_costs_must_be_known(files):
    files.sites("A,forbidden,", "B,,3", "C,,", "D,open,", "E,forbidden,", "F,,1")
    assert files.codes(n_open=1, fixed=("A",)) == [
        ("--fixed", 0, "", "forbidden-site"),
        ("S.csv", 4, "cost", "unknown-cost"),
    ]


def test_the_order_of_rows_and_columns_changes_nothing(files):
    before = files.json("p-median", n_open=2)
    order = [4, 1, 5, 0, 3, 2]
    names = [toy.VILLAGES[k] for k in order]
    files.matrix(TOY_MINUTES[np.ix_(order, order[::-1])], names, names[::-1])
    files.demand({toy.VILLAGES[k]: toy.PERSONS[k] for k in order[::-1]})
    assert files.json("p-median", n_open=2) == before
    pairs = [(v, s, TOY_MINUTES[i, j]) for i, v in enumerate(toy.VILLAGES) for j, s in enumerate(toy.VILLAGES)]
    rows = [f"{v},{s},{float(m)!r}" for v, s, m in pairs[::-1]]
    files.matrix_file = files.write("L.csv", ["settlement_id,site_id,minutes", *rows])
    assert files.json("p-median", n_open=2) == before


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"objective": "p-medium", "n_open": 1}, "no objective p-medium"),
        ({"objective": "lexicographic", "n_open": 1}, "no objective lexicographic"),
        ({"objective": "p-median"}, "needs --open"),
        ({"objective": "p-median", "n_open": 0}, "at least 1"),
        ({"objective": "p-median", "n_open": 1, "budget": 1.0}, "contradict"),
        ({"objective": "p-median", "budget": -1.0}, "--budget cannot be negative"),
        ({"objective": "max-cover", "n_open": 1}, "needs --limit"),
        ({"objective": "max-cover", "n_open": 1, "limit_minutes": -5.0}, "--limit cannot be negative"),
        ({"objective": "max-cover", "n_open": 1, "limit_minutes": float("nan")}, "--limit cannot be negative"),
        ({"objective": "max-cover", "n_open": 1, "limit_minutes": 1e6}, "longer than any trip"),
        ({"objective": "p-median", "n_open": 1, "limit_minutes": 1e305}, "longer than any trip"),
        ({"objective": "p-median", "budget": float("inf")}, "--budget is without end"),
        ({"objective": "p-median", "n_open": 1, "kappa": -1.0}, "kolm-pollak only"),
        ({"objective": "kolm-pollak", "n_open": 1, "kappa": 0.1}, "below zero"),
        ({"objective": "kolm-pollak", "n_open": 1, "aversion": 1.0}, "below zero"),
        ({"objective": "kolm-pollak", "n_open": 1, "kappa": -1.0, "aversion": -1.0}, "contradict"),
        ({"objective": "p-median", "n_open": 1, "seed": -1}, "--seed cannot be negative"),
    ],
)
def test_questions_that_make_no_sense(asked, message):
    with pytest.raises(UsageError, match=message):
        Question(**asked)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"objective": "kolm-pollak", "n_open": 1}, "needs --kappa, or the sites"),
        ({"objective": "kolm-pollak", "n_open": 2, "fixed": ("A",), "aversion": -500.0}, "too strong"),
        ({"objective": "p-median", "budget": 5.0}, "needs the costs"),
    ],
)
def test_questions_that_do_not_fit_the_files(files, asked, message):
    with pytest.raises(UsageError, match=message):
        files.solve(**asked)


@pytest.mark.parametrize("seed", range(8))
def test_random_matrices_against_brute_force(files, seed):
    rng = np.random.default_rng(seed)
    n_rows, n_columns, n_open = 7, 5, int(rng.integers(1, 4))
    minutes = np.round(rng.uniform(0, 90, (n_rows, n_columns)), 2)
    minutes[rng.random(minutes.shape) < 0.15] = np.inf
    settlements, sites = [f"v{k}" for k in range(n_rows)], [f"s{k}" for k in range(n_columns)]
    demand = np.round(rng.uniform(0, 50, n_rows), 1)
    files.matrix(minutes, settlements, sites)
    files.demand(dict(zip(settlements, demand.tolist(), strict=True)))
    limit = 40.0

    def best(score):
        return min(score(minutes[:, list(chosen)].min(axis=1)) for chosen in combinations(range(n_columns), n_open))

    def median(nearest):
        lost = np.isinf(nearest)
        return round(demand[lost].sum(), 6), round(float(demand[~lost] @ nearest[~lost]), 4)

    found = files.json("p-median", n_open=n_open)
    lost = sum(demand[settlements.index(name)] for name in found["unserved"])
    assert (round(lost, 6), round(found["objective"], 4)) == pytest.approx(best(median))
    cover = best(lambda nearest: -demand[nearest <= limit].sum())
    assert files.json("max-cover", n_open=n_open, limit_minutes=limit)["objective"] == pytest.approx(-cover)
    kappa = -0.02
    ede = best(lambda nearest: kolm_pollak_ede(np.minimum(nearest, 240), demand, kappa))
    assert files.json("kolm-pollak", n_open=n_open, kappa=kappa)["objective"] == pytest.approx(ede)


@pytest.fixture
def placed(files) -> Files:
    """Sites of the worked example with places: A has too few for its own people and B's."""
    files.sites(
        "A,open,3000,0", "B,,2000,0", "C,,700,0", "D,,400,0", "E,,100,0", "F,,2100,0",
        header="site_id,status,capacity,min_load",
    )  # fmt: skip
    return files


def test_capacities_bind(placed):
    found = placed.json("capacitated", n_open=3)
    demand = dict(zip(toy.VILLAGES, toy.PERSONS, strict=True))
    capacity = {"A": 3000, "B": 2000, "C": 700, "D": 400, "E": 100, "F": 2100}
    load = dict.fromkeys(found["open"], 0)
    for settlement, site in found["assignment"].items():
        load[site] += demand[settlement]
    assert found["status"] == "optimal"
    assert found["unit"] == "person-minutes"
    assert "A" in found["open"]
    assert all(load[site] <= capacity[site] for site in load)
    # B and F host themselves; C, D and E go to F, whose 2,100 places hold 800 + 450 + 180 + 40.
    expected = 450 * 28.8 + 180 * 58.8 + 40 * 82.8
    assert found["objective"] == pytest.approx(min(expected, 450 * 40 + 180 * 70 + 40 * 94), abs=0.01)


def test_a_settlement_may_be_split(placed):
    placed.demand({"A": 3500, "B": 1200, "C": 450, "D": 180, "E": 40, "F": 300})
    whole = placed.json("capacitated", n_open=3)
    split = placed.json("capacitated", n_open=3, split=True)
    assert split["status"] == "optimal"
    assert split["assignment"]["A"]["A"] == pytest.approx(3000 / 3500)
    assert sum(split["assignment"]["A"].values()) == pytest.approx(1)
    assert (whole["status"], whole["short"]) == ("infeasible", "whole")


def test_too_few_places_are_said(placed):
    answer = placed.solve("capacitated", n_open=2)
    found = as_json(answer)
    assert (found["status"], found["objective"], found["smallest_open"]) == ("infeasible", None, 3)
    assert "It would do to open 3 sites in all." in in_words(answer)


def test_places_are_counted_in_the_units_of_the_demand(placed):
    placed.demand({village: persons / 8 for village, persons in zip(toy.VILLAGES, toy.PERSONS, strict=True)})
    placed.sites(
        *(f"{site},{places / 8}" for site, places in zip(toy.VILLAGES, (3000, 2000, 700, 400, 100, 2100), strict=True)),
        header="site_id,capacity",
    )
    found = placed.json("capacitated", n_open=3)
    assert found["objective"] == pytest.approx((450 * 28.8 + 180 * 58.8 + 40 * 82.8) / 8, abs=0.01)


def test_places_that_are_unknown_or_contradict_are_located(files):
    files.sites("A,,5", "B,3,", "C,3,4", "D,9,1", "E,9,", "F,9,", header="site_id,capacity,min_load")
    assert files.codes("capacitated", n_open=3) == [
        ("S.csv", 2, "capacity", "unknown-capacity"),
        ("S.csv", 4, "min_load", "load-over-capacity"),
    ]


def test_places_that_do_not_count_are_said(placed):
    answer = placed.solve("p-median", n_open=2)
    assert [(fault.severity, fault.code) for fault in answer.notes] == [("warning", "unused-places")]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"objective": "capacitated", "n_open": 1}, "needs the capacities"),
        ({"objective": "capacitated"}, "needs --open"),
        ({"objective": "p-median", "n_open": 1, "split": True}, "--split goes with"),
    ],
)
def test_questions_about_places_that_make_no_sense(files, asked, message):
    with pytest.raises(UsageError, match=message):
        files.solve(**asked)
