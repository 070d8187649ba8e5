"""The example in the documents is what the program writes today."""

from __future__ import annotations

from tests.docs.example import FOLDER, write_example


def test_the_example_is_what_the_program_writes(tmp_path):
    write_example(tmp_path)
    for name in ("map.html", "report.html"):
        assert (FOLDER / name).read_bytes() == (tmp_path / name).read_bytes(), f"{name}: run ./run example"
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 2_000_000
