"""Changed copies of sound files, for every reader of layers, extracts and settings: a result or one error, no more.

`./run bench fuzz-layers --full` feeds 100,000 to every reader.
"""

from __future__ import annotations

import warnings

import pytest

from geo.errors import DataError
from tests.layer_fuzz import READERS, feed

COPIES = 2_000
SEED = 20261128


@pytest.mark.parametrize("name", list(READERS))
def test_the_file_that_is_changed_is_sound(tmp_path, name):
    reader = READERS[name]
    file = tmp_path / reader.file
    file.parent.mkdir(exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reader.make(file)
        reader.read(file)


@pytest.mark.parametrize("name", list(READERS))
def test_changed_copies_are_read_or_refused(tmp_path, name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcome = feed(READERS[name], tmp_path, SEED, COPIES)
    assert list(outcome.failures) == []
    assert outcome.accepted + outcome.refused == COPIES
    assert outcome.refused


def test_the_feeder_sees_what_is_wrong(tmp_path):
    from tests.layer_fuzz import Reader

    def careless(path):
        if b"x" not in path.read_bytes():
            raise KeyError("x")
        if path.stat().st_size % 2:
            (path.parent / "stray").write_text("", "utf-8")
        raise DataError([])

    outcome = feed(Reader("a", lambda path: path.write_text("xyz" * 9, "utf-8") and None, careless), tmp_path, 1, 200)
    assert any("KeyError" in failure for failure in outcome.failures)
    assert any("left a file" in failure for failure in outcome.failures)
