"""Real extracts become studies with maps, without a file edited in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.cli import main
from geo.report.init_page import init_page
from geo.study import load_study
from geo.study.conditions import study_network
from geo.study.init import InitRequest, init_study
from geo.study.prepare import verify

pytestmark = pytest.mark.shared


@pytest.mark.parametrize(
    ("extract", "wishes", "settlements", "services"),
    [
        ("sri-lanka-vavuniya/vavuniya.osm.pbf", {}, 38, ["school", "phc", "hospital"]),
        ("andorra/andorra.osm.pbf", {"district": "Encamp"}, 4, ["school", "hospital"]),
    ],
)
def test_an_extract_becomes_a_folder_that_its_own_check_accepts(
    shared, tmp_path, extract, wishes, settlements, services
):
    init_study(InitRequest(tmp_path / "study", shared / extract, **wishes), page=init_page)
    study = load_study(tmp_path / "study")
    verify(study)
    assert len(study.settlements) == settlements
    assert [service.name for service in study.config.service] == services
    assert {fault.severity for fault in study.faults} <= {"warning", "repaired", "note"}
    assert study.boundaries["hull"].all() == (not wishes)
    # Five populations are tagged in Vavuniya and none in Encamp: too few to speak of people.
    assert study.config.demand.counts == "settlements"
    assert study.sources[0].licence == "ODbL 1.0"
    if not wishes:
        # As whoever collected the extract counted: 48 components, the largest with 96.8 % of the kilometres.
        network = study_network(study)
        part = network.component[network.edge_from]
        assert part.max() + 1 == 48
        assert round(100 * network.edge_metres[part == 0].sum() / network.edge_metres.sum(), 1) == 96.8


def test_a_folder_is_run_as_it_is(shared, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "beatty"
    extract = shared / "usa-beatty-nv" / "beatty.osm"
    for words in (
        ("init", str(folder), "--pbf", str(extract)),
        ("run", str(folder), "--district", "all", "--out", str(tmp_path / "out")),
    ):
        monkeypatch.setattr("sys.argv", ["geo", *words])
        with pytest.raises(SystemExit) as stopped:
            main()
        assert stopped.value.code in (0, None)
    assert "each settlement counts as one" in capsys.readouterr().out
    for page in ("map.html", "report.html"):
        text = Path(tmp_path / "out" / "all" / page).read_text(encoding="utf-8")
        assert "settlements are counted, not people" in text
        assert "Beatty: schools, primary care" in text
