"""A BoundaryIndex in a file, so that a process starts without building it.

The file is a cache: whatever is wrong with it (torn, foreign, hostile), `read_index` gives None and the index is built
anew.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.grid import Frame, ShortcutGrid
from boundaries.index import BoundaryIndex
from boundaries.packing import UNREADABLE, Arrays, pack, read_arrays, unpack, write_arrays

FORMAT = 1  # raised whenever the contents change their meaning
ARRAYS = ("code_text", "code_ends", "wkb", "wkb_ends", "frame", "side", "cells", "starts", "candidates")


def write_index(path: Path, index: BoundaryIndex) -> None:
    """Write `index` (one with a grid) to `path`, whose folder is made where it is missing."""
    if index.grid is None:
        return
    code_text, code_ends = pack([code.encode() for code in index.codes])
    wkb, wkb_ends = pack([shapely.to_wkb(polygon) for polygon in index.polygons])
    arrays: Arrays = {
        "code_text": code_text,
        "code_ends": code_ends,
        "wkb": wkb,
        "wkb_ends": wkb_ends,
        "frame": np.array(index.grid.frame[:4], dtype=np.float64),
        "side": np.array([index.grid.frame.side], dtype=np.int64),
        "cells": index.grid.cells,
        "starts": index.grid.starts,
        "candidates": index.grid.candidates,
    }
    write_arrays(path, arrays)


def read_index(path: Path) -> BoundaryIndex | None:
    """The index in `path`, or None where there is none that can be believed."""
    try:
        return _index(read_arrays(path, ARRAYS))
    except (*UNREADABLE, shapely.errors.GEOSException):
        return None


def _index(arrays: Arrays) -> BoundaryIndex:
    """Raises ValueError where an array does not fit the others."""
    codes = tuple(piece.decode() for piece in unpack(arrays["code_text"], arrays["code_ends"]))
    polygons: npt.NDArray[np.object_] = np.empty(len(codes), dtype=object)
    polygons[:] = shapely.from_wkb(unpack(arrays["wkb"], arrays["wkb_ends"]))
    if list(codes) != sorted(set(codes)):
        raise ValueError("codes are not in order")
    if not np.isin(shapely.get_type_id(polygons), (3, 6)).all():
        raise ValueError("not polygons")
    west, south, per_lon, per_lat = (float(value) for value in arrays["frame"])
    frame = Frame(west, south, per_lon, per_lat, int(arrays["side"][0]))
    grid = ShortcutGrid(frame, *(arrays[name].astype(np.int32) for name in ("cells", "starts", "candidates")))
    _check_grid(grid, len(codes))
    return BoundaryIndex(codes, polygons, grid)


def _check_grid(grid: ShortcutGrid, areas: int) -> None:
    lists = grid.starts.size - 1
    fits = (
        np.isfinite(grid.frame[:4]).all()
        and grid.cells.shape == (grid.frame.side**2,)
        and grid.cells.max(initial=-1) < areas
        and grid.cells.min(initial=-1) >= -1 - lists
        and (np.diff(grid.starts, prepend=0) >= 0).all()
        and grid.starts[-1] == grid.candidates.size
        and grid.candidates.min(initial=0) >= 0
        and grid.candidates.max(initial=0) < areas
    )
    if not fits:
        raise ValueError("the grid does not fit the areas")
