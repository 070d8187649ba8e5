from __future__ import annotations

import dataclasses
import errno
import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from geo.errors import UsageError
from geo.report import deliver, handover
from geo.report.folders import LOCK, held, why_not_written
from geo.report.handover import HandedOver, hand_over
from geo.study import StudyData, load_study
from geo.study.prepare import prepare
from geo.study.result import StudyResult
from geo.study.unit import run_unit
from tests.sample import sample_result
from tests.study.folders import write_toy

UNIT = "391000000"


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> StudyData:
    return load_study(write_toy(tmp_path_factory.mktemp("study")))


@pytest.fixture(scope="module")
def found() -> dict[str, bytes]:
    """What was worked out for the tests of this file: they are about folders, and each unit has one result."""
    return {}


@pytest.fixture(autouse=True)
def once(monkeypatch: pytest.MonkeyPatch, found: dict[str, bytes]) -> None:
    """Work out everything of the toy study once: a copy of its own for every run."""

    def kept(name: str, find: Callable[..., object]) -> Callable[..., object]:
        def copy(*arguments: object) -> object:
            key = name + str(arguments[1]) if name == "unit" else name
            if key not in found:
                found[key] = pickle.dumps(find(*arguments))
            return pickle.loads(found[key])

        return copy

    monkeypatch.setattr(handover, "prepare", kept("prepared", prepare))
    monkeypatch.setattr(handover, "run_unit", kept("unit", run_unit))


def _run(study: StudyData, out: Path, *units: str) -> HandedOver:
    return hand_over(study, units, out, "en")


def _no_calculation(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("nothing may be calculated before the folder is checked")

    monkeypatch.setattr(handover, "prepare", refuse)


def _failing(exception: BaseException, unit: str) -> Callable[..., Path]:
    """Return a delivery that fails while it writes the pages of a unit."""

    def attempt(result: StudyResult, out_dir: Path, language: str, *, pdf: bool) -> Path:
        if result.unit_id != unit:
            return deliver(result, out_dir, language, pdf=pdf)
        with pytest.MonkeyPatch.context() as patch:

            def fail(*_arguments: object) -> None:
                raise exception

            patch.setattr("geo.report.delivery.write_report", fail)
            return deliver(result, out_dir, language, pdf=pdf)

    return attempt


def _folder(out: Path) -> None:
    (out / UNIT).mkdir()
    (out / UNIT / "thesis.txt").write_text("years of work", encoding="utf-8")


def _folder_with_another_manifest(out: Path) -> None:
    _folder(out)
    (out / UNIT / "manifest.json").write_text('{"name": "web page"}', encoding="utf-8")


def _folder_with_a_list(out: Path) -> None:
    _folder(out)
    (out / UNIT / "manifest.json").write_text("[1, 2]", encoding="utf-8")


def _file(out: Path) -> None:
    (out / UNIT).write_text("years of work", encoding="utf-8")


def _link(out: Path) -> None:
    (out / "elsewhere").mkdir()
    (out / UNIT).symlink_to(out / "elsewhere", target_is_directory=True)


@pytest.mark.parametrize("stands", [_folder, _folder_with_another_manifest, _folder_with_a_list, _file, _link])
def test_what_this_program_did_not_write_is_never_replaced(stands: Callable[[Path], None], tmp_path: Path) -> None:
    stands(tmp_path)
    before = {path: path.is_symlink() or path.is_dir() or path.read_bytes() for path in tmp_path.rglob("*")}
    with pytest.raises(UsageError, match=rf"{UNIT} .*--out"):
        deliver(sample_result(), tmp_path, "en")
    assert {path: path.is_symlink() or path.is_dir() or path.read_bytes() for path in tmp_path.rglob("*")} == before


def test_an_empty_folder_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / UNIT).mkdir()
    assert (deliver(sample_result(), tmp_path, "en") / "map.html").is_file()


def test_the_study_is_never_replaced_by_its_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = load_study(write_toy(tmp_path / "all"))
    _no_calculation(monkeypatch)
    (tmp_path / "all" / "manifest.json").write_text('{"study": "toy", "unit": "all"}', encoding="utf-8")
    with pytest.raises(UsageError, match="The study stands in"):
        _run(study, tmp_path)
    assert (tmp_path / "all" / "settlements.csv").is_file()


def _out_is_a_file(out: Path) -> Path:
    out.write_text("", encoding="utf-8")
    return out


def _below_a_file(out: Path) -> Path:
    return _out_is_a_file(out) / "results"


def _index_is_a_folder(out: Path) -> Path:
    (out / "index.html").mkdir(parents=True)
    return out


def _foreign_unit(out: Path) -> Path:
    (out / "T1").mkdir(parents=True)
    (out / "T1" / "photo.jpg").write_bytes(b"")
    return out


@pytest.mark.parametrize("obstacle", [_out_is_a_file, _below_a_file, _index_is_a_folder, _foreign_unit])
def test_the_folder_is_checked_before_the_calculation(
    obstacle: Callable[[Path], Path], toy: StudyData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = obstacle(tmp_path / "out")
    _no_calculation(monkeypatch)
    with pytest.raises(UsageError, match=r"out.*--out"):
        _run(toy, out)
    assert not (out / LOCK).exists()


def test_a_second_run_into_the_same_folder_is_refused(toy: StudyData, tmp_path: Path) -> None:
    # The process that runs this one is alive for as long as the test is.
    (tmp_path / LOCK).write_text(str(os.getppid()), encoding="ascii")
    with pytest.raises(UsageError, match="Another run is writing"):
        _run(toy, tmp_path)
    assert (tmp_path / LOCK).read_text(encoding="ascii") == str(os.getppid())


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text(str(2**31 - 2), encoding="ascii")
    with held(tmp_path):
        assert (tmp_path / LOCK).read_text(encoding="ascii") == str(os.getpid())
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_says_nothing_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_bytes(b"")
    with pytest.raises(UsageError, match="if none runs, delete"), held(tmp_path):
        pass


def test_a_unit_that_failed_comes_before_the_answer(
    toy: StudyData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "deliver", _failing(OSError(errno.ENOSPC, "No space left on device"), "T1"))
    done = _run(toy, tmp_path)
    assert done.answer.startswith("1 unit could not be written. ")
    ((unit, message),) = done.failures
    assert unit == "T1"
    assert message == f"The disk is full: {tmp_path / 'T1'} could not be written. Make room and run again."
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "The disk is full" in index
    assert 'href="all/map.html"' in index
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all", "index.html"]


@pytest.mark.parametrize(
    ("code", "words"), [(errno.EACCES, "No permission to write"), (errno.EROFS, "No permission"), (errno.EIO, "again")]
)
def test_errors_of_the_system_are_said_in_words(code: int, words: str) -> None:
    text = why_not_written(OSError(code, os.strerror(code)), Path("results"))
    assert words in text
    assert "results" in text
    assert "Errno" not in text


def test_an_interrupted_run_leaves_an_index_of_what_it_wrote(
    toy: StudyData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "deliver", _failing(KeyboardInterrupt(), "all"))
    with pytest.raises(KeyboardInterrupt):
        _run(toy, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["T1", "index.html"]
    assert 'href="T1/map.html"' in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_run_of_one_unit_keeps_the_links_of_the_others(toy: StudyData, tmp_path: Path) -> None:
    _run(toy, tmp_path, "all")
    other = tmp_path / "another-study"
    other.mkdir()
    (other / "manifest.json").write_text(json.dumps({"study": "other", "unit": "T1"}), encoding="utf-8")
    _run(toy, tmp_path, "T1")
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'href="all/map.html"' in index
    assert 'href="T1/map.html"' in index
    assert "another-study" not in index
    assert index.count("From an earlier run.") == 1


def test_a_failed_unit_still_links_its_pages_of_before(
    toy: StudyData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run(toy, tmp_path, "T1")
    monkeypatch.setattr(handover, "deliver", _failing(PermissionError(errno.EACCES, "denied"), "T1"))
    done = _run(toy, tmp_path, "T1")
    assert done.answer == "No unit could be written."
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "The pages linked here are from an earlier run." in index
    assert 'href="T1/report.html"' in index


def test_the_manifest_names_study_and_unit_whatever_the_result_says(tmp_path: Path) -> None:
    folder = deliver(dataclasses.replace(sample_result(), manifest={}), tmp_path, "en")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["study"], manifest["unit"]) == ("six-villages", UNIT)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_among_the_results_lead_nothing_out_of_the_folder(tmp_path: Path, toy: StudyData) -> None:
    out, own = tmp_path / "out", tmp_path / "own.html"
    out.mkdir()
    own.write_text("mine", encoding="utf-8")
    for name in ("index.html", ".index.html.new"):
        (out / name).symlink_to(own)
    (out / f".{UNIT}.new").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    with pytest.raises(UsageError):
        deliver(sample_result(), out, "en")
    run = SimpleNamespace(prepared=SimpleNamespace(study=toy), out_dir=out, entries={})
    handover._write_index(run)  # type: ignore[arg-type]
    assert own.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "elsewhere").exists()
    assert not (out / "index.html").is_symlink()
