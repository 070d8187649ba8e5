"""`geo solve` on the command line: JSON alone on the output, words otherwise, and exit codes."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from openpyxl import Workbook

from geo.cli import main

PAGE = Path(__file__).resolve().parents[2] / "docs" / "solve.md"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    """The files of docs/solve.md, in the folder where the command runs."""
    for name, text in re.findall(r"`(\w\.csv)`:\n\n```csv\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(monkeypatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["geo", *words])
    with pytest.raises(SystemExit) as stopped:
        main()
    return int(stopped.value.code or 0)


def examples() -> list[tuple[str, str]]:
    """Return the commands of the page with what it says they print."""
    text = PAGE.read_text(encoding="utf-8")
    return re.findall(r"```text\n\$ (geo solve [^\n]*)\n(.*?)```", text, re.DOTALL)


def test_the_page_has_examples():
    assert len(examples()) >= 3


@pytest.mark.parametrize(("command", "printed"), examples())
def test_the_examples_of_the_page_print_what_it_says(command, printed, monkeypatch, capsys):
    assert run(monkeypatch, *shlex.split(command)[1:]) == 0
    shown = capsys.readouterr()
    assert shown.out == printed
    assert shown.err == ""


def test_json_is_alone_on_the_output(monkeypatch, capsys):
    words = ["solve", "--matrix", "M.csv", "--demand", "D.csv", "--objective", "p-center", "--open", "2", "--json"]
    assert run(monkeypatch, *words) == 0
    found = json.loads(capsys.readouterr().out)
    keys = {"status", "objective", "bound", "gap", "open", "assignment", "unserved", "kappa", "seed"}
    assert keys | {"n_unreachable_pairs"} <= set(found)
    assert run(monkeypatch, *words, "--seed", "3") == 0
    assert json.loads(capsys.readouterr().out)["seed"] == 3


def test_infeasible_is_an_answer(monkeypatch, capsys):
    words = ["--objective", "set-cover", "--limit", "20", "--open", "2", "--json"]
    assert run(monkeypatch, "solve", "--matrix", "M.csv", "--demand", "D.csv", *words) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["status"], found["objective"], found["smallest_open"]) == ("infeasible", None, 6)


def test_faults_go_to_the_error_output_with_place_and_remedy(folder, monkeypatch, capsys):
    (folder / "D.csv").write_text("settlement_id,demand\nA,many\n", encoding="utf-8")
    words = ["--objective", "p-median", "--open", "2", "--json", "--fixed", "Q"]
    assert run(monkeypatch, "solve", "--matrix", "M.csv", "--demand", "D.csv", *words) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "D.csv, row 2, column demand: “many” is not a number. Write a number" in shown.err
    assert "--fixed: The matrix has no site Q." in shown.err
    assert "Traceback" not in shown.err


def test_misread_rows_of_demand_are_told_once_each(folder, monkeypatch, capsys):
    demand = (folder / "D.csv").read_text(encoding="utf-8")
    (folder / "D.csv").write_text(demand.replace("A,3000", "A,3000,5"), encoding="utf-8")
    words = ["--matrix", "M.csv", "--demand", "D.csv", "--objective", "p-median", "--open", "2"]
    assert run(monkeypatch, "solve", *words) == 1
    shown = capsys.readouterr()
    assert shown.err.count("D.csv") == 1
    assert "D.csv, row 2: The row has 3 cells, row 1 has 2." in shown.err


def test_demand_may_be_a_workbook_and_the_matrix_may_not(folder, monkeypatch, capsys):
    for name in ("D", "M"):
        book = Workbook()
        for line in (folder / f"{name}.csv").read_text(encoding="utf-8").splitlines():
            book.active.append([float(cell) if cell[0].isdigit() else cell for cell in line.split(",")])
        book.save(folder / f"{name}.xlsx")
    words = ["--objective", "p-median", "--open", "2", "--fixed", "A"]
    assert run(monkeypatch, "solve", "--matrix", "M.csv", "--demand", "D.xlsx", *words) == 0
    assert "65,217.16" in capsys.readouterr().out
    assert run(monkeypatch, "solve", "--matrix", "M.xlsx", "--demand", "D.xlsx", *words) == 1
    assert "A matrix is a CSV file" in capsys.readouterr().err


def test_a_question_without_sense_is_a_wrong_call(monkeypatch, capsys):
    assert run(monkeypatch, "solve", "--matrix", "M.csv", "--demand", "D.csv", "--objective", "p-median") == 2
    assert "needs --open" in capsys.readouterr().err


@pytest.mark.parametrize(("language", "words"), [("ru", "Доказано"), ("kk", "Дәлелденген")])
def test_the_summary_is_in_the_language_asked_for(language, words, monkeypatch, capsys):
    asked = ["--objective", "p-median", "--open", "2", "--lang", language]
    assert run(monkeypatch, "solve", "--matrix", "M.csv", "--demand", "D.csv", *asked) == 0
    assert words in capsys.readouterr().out
