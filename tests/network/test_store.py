"""A network comes back from its file as it was, or not at all."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import DataError
from geo.network import store
from geo.network.store import load_network, save_network
from geo.network.topology import RoadNetwork, build_network
from tests.network.small import CRS, road_table

WEST, MIDDLE, EAST, NORTH = (66.0, 49.0), (66.05, 49.0), (66.1, 49.0), (66.05, 49.05)


def network(**columns: object) -> RoadNetwork:
    """Three roads, one of two lines, and columns of every kind."""
    table = road_table(
        {"б": [WEST, MIDDLE, EAST], "a": [MIDDLE, NORTH], "c": [NORTH, EAST]},
        name=["Тас жол", None, "“n/a” \\ \n"],
        maxspeed_kmh=[40.1, None, 90],
    )
    two = shapely.MultiLineString([[WEST, MIDDLE], [NORTH, EAST]])
    table["geometry"] = gpd.GeoSeries([*table.geometry[:2], two], index=table.index, crs=table.crs)
    table["maybe"] = pd.array([True, None, False], dtype="boolean")
    table["count"] = pd.array([2**62 + 1, None, -3], dtype="Int64")
    table["words"] = pd.Series(["x", None, "x"], index=table.index, dtype="str")
    table["mixed"] = pd.Series([1, True, 1.0], index=table.index, dtype=object)
    for name, values in columns.items():
        table[name] = values
    return build_network(table, CRS)


def test_everything_comes_back_as_it_was(tmp_path: Path) -> None:
    made = network()
    save_network(tmp_path / "roads.npz", made)
    found = load_network(tmp_path / "roads.npz")
    for item in fields(RoadNetwork):
        one, other = getattr(made, item.name), getattr(found, item.name)
        if isinstance(one, np.ndarray):
            assert (one.dtype, one.tobytes()) == (other.dtype, other.tobytes()), item.name
    assert found.crs == made.crs
    pd.testing.assert_frame_equal(pd.DataFrame(found.roads), pd.DataFrame(made.roads), check_exact=True)
    assert isinstance(found.roads, gpd.GeoDataFrame)
    assert found.roads.crs == made.roads.crs
    assert shapely.equals_identical(found.roads.geometry.to_numpy(), made.roads.geometry.to_numpy()).all()
    assert [type(value) for value in found.roads["mixed"]] == [int, bool, float]
    assert list(found.roads["name"]) == list(made.roads["name"])


def test_a_network_without_roads_comes_back(tmp_path: Path) -> None:
    empty = build_network(road_table({"a": [WEST, EAST]}).iloc[:0], CRS)
    save_network(tmp_path / "roads.npz", empty)
    found = load_network(tmp_path / "roads.npz")
    assert found.n_edges == 0
    pd.testing.assert_frame_equal(pd.DataFrame(found.roads), pd.DataFrame(empty.roads), check_exact=True)


def test_what_cannot_be_kept_exactly_is_refused(tmp_path: Path) -> None:
    for values in ([[1], [2], [3]], pd.Categorical(["x", "y", "x"])):
        with pytest.raises(TypeError, match="cannot be kept"):
            save_network(tmp_path / "roads.npz", network(odd=values))
    assert not list(tmp_path.iterdir())


def test_a_write_that_breaks_off_leaves_the_file_that_was_there(tmp_path: Path, monkeypatch) -> None:
    def full(file, **_arrays):
        file.write(b"half")
        raise OSError("disk full")

    save_network(tmp_path / "roads.npz", network())
    before = (tmp_path / "roads.npz").read_bytes()
    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="disk full"):
        save_network(tmp_path / "roads.npz", network())
    assert [path.name for path in tmp_path.iterdir()] == ["roads.npz"]
    assert (tmp_path / "roads.npz").read_bytes() == before


def test_a_damaged_file_is_an_error_and_never_another_network(tmp_path: Path) -> None:
    path = tmp_path / "roads.npz"
    save_network(path, network())
    whole = path.read_bytes()
    for end in range(0, len(whole), len(whole) // 40):
        path.write_bytes(whole[:end])
        with pytest.raises(DataError, match="cannot be read"):
            load_network(path)
    # In the middle of the arrays, whose check sums tell.
    for at in (whole.index(np.float64(66.05).tobytes()), whole.index("Тас".encode("unicode_escape"))):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(DataError, match="cannot be read"):
            load_network(path)
    for other in (b"no network", b"\x93NUMPY"):
        path.write_bytes(other)
        with pytest.raises(DataError, match="cannot be read"):
            load_network(path)
    with pytest.raises(DataError, match="does not exist"):
        load_network(tmp_path / "none.npz")


def test_a_file_of_another_version_says_so(tmp_path: Path, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(store, "_VERSION", 99)
        save_network(tmp_path / "roads.npz", network())
    with pytest.raises(DataError, match="no geo road network of version 1"):
        load_network(tmp_path / "roads.npz")
