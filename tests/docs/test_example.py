"""The example in the documents is what the program writes today."""

from __future__ import annotations

import re

from tests.docs.example import FOLDER, PAGES, UNIT, write_example


def test_the_example_is_what_the_program_writes(tmp_path, run_bundled):
    write_example(tmp_path, run_bundled("steppe", UNIT))
    for name in PAGES:
        assert (FOLDER / name).read_bytes() == (tmp_path / name).read_bytes(), f"{name}: run ./run example"
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 2_000_000


def test_the_example_links_nothing_that_is_not_there():
    for name in PAGES:
        text = re.sub(r"<script.*?</script>", "", (FOLDER / name).read_text(encoding="utf-8"), flags=re.DOTALL)
        links = re.findall(r'href="([^"#:]+)["#]', text)
        assert [link for link in links if not (FOLDER / link).exists()] == [], name
