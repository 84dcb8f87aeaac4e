"""The cache file of an index: the same answers back, or nothing at all."""

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely

from boundaries.index import BoundaryIndex
from boundaries.index_file import read_index, write_index


@pytest.fixture
def index() -> BoundaryIndex:
    triangle = shapely.Polygon([(2, 0), (3, 0), (2, 1)])
    return BoundaryIndex.build(["é", "B", "A"], [triangle, shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])


@pytest.fixture
def path(tmp_path: Path, index: BoundaryIndex) -> Path:
    path = tmp_path / "cache" / "wards.npz"
    write_index(path, index)
    return path


def test_an_index_read_back_gives_the_same_answers(path: Path, index: BoundaryIndex) -> None:
    again = read_index(path)
    assert again is not None
    assert again.codes == index.codes == ("A", "B", "é")
    rng = np.random.default_rng(1)
    lons, lats = rng.uniform(-1, 4, 5_000), rng.uniform(-1, 2, 5_000)
    np.testing.assert_array_equal(again.locate_many(lons, lats), index.locate_many(lons, lats))
    assert [entry.name for entry in path.parent.iterdir()] == ["wards.npz"]


def test_a_missing_torn_or_foreign_file_is_nothing(path: Path, tmp_path: Path) -> None:
    whole = path.read_bytes()
    assert read_index(tmp_path / "none.npz") is None
    for size in (0, 10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        assert read_index(path) is None
    path.write_bytes(whole[: len(whole) // 2] + b"\x00\xff" + whole[len(whole) // 2 + 2 :])
    assert read_index(path) is None
    path.write_text("<html>")
    assert read_index(path) is None


def _rewritten(path: Path, **changes: object) -> None:
    with np.load(path) as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    np.savez(path, **{**kept, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"candidates": np.array([0, 1, 99], dtype=np.int32)},
        {"cells": np.zeros(3, dtype=np.int32)},
        {"starts": np.array([5, 1], dtype=np.int32)},
        {"code_ends": np.array([1, 2], dtype=np.int64)},
        {"code_ends": np.array([-1, 2, 4], dtype=np.int64)},
        {"frame": np.array([np.nan] * 4)},
        {"wkb": np.zeros(10, dtype=np.uint8), "wkb_ends": np.array([3, 6, 10])},
        {"cells": np.array([object()], dtype=object)},
    ],
    ids=["candidate too far", "cells too few", "starts fall", "codes too few", "negative", "NaN", "no WKB", "pickled"],
)
def test_arrays_that_do_not_fit_are_not_believed(path: Path, changes: dict[str, object]) -> None:
    _rewritten(path, **changes)
    assert read_index(path) is None


def test_a_pickle_is_never_run(path: Path, tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (tmp_path / "ran",))  # type: ignore[return-value]

    payload = io.BytesIO()
    np.lib.format.write_array_header_1_0(payload, {"descr": "|O", "fortran_order": False, "shape": (1,)})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("code_text.npy", payload.getvalue() + pickle.dumps(Trap()))
    assert read_index(path) is None
    assert not (tmp_path / "ran").exists()
