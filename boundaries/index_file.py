"""A BoundaryIndex in a file, so that a process starts without building it: NumPy's own format, never pickle.

The file is a cache: whatever is wrong with it (torn, foreign, hostile), `read_index` gives None and the index is built
anew. Written beside and renamed, so that a reader meets the old file or the new one, never half of one.
"""

import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.grid import Frame, Ints, ShortcutGrid
from boundaries.index import BoundaryIndex

FORMAT = 1  # raised whenever the contents change their meaning
MOST_BYTES = 1 << 30  # of all arrays together; a larger claim is not believed
ARRAYS = ("code_text", "code_ends", "wkb", "wkb_ends", "frame", "side", "cells", "starts", "candidates")


def write_index(path: Path, index: BoundaryIndex) -> None:
    """Write `index` (one with a grid) to `path`, whose folder is made where it is missing."""
    if index.grid is None:
        return
    codes = [code.encode() for code in index.codes]
    shapes = [shapely.to_wkb(polygon) for polygon in index.polygons]
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        np.savez(
            file,
            code_text=np.frombuffer(b"".join(codes), dtype=np.uint8),
            code_ends=np.cumsum([len(code) for code in codes], dtype=np.int64),
            wkb=np.frombuffer(b"".join(shapes), dtype=np.uint8),
            wkb_ends=np.cumsum([len(shape) for shape in shapes], dtype=np.int64),
            frame=np.array(index.grid.frame[:4], dtype=np.float64),
            side=np.array([index.grid.frame.side], dtype=np.int64),
            cells=index.grid.cells,
            starts=index.grid.starts,
            candidates=index.grid.candidates,
        )
    draft.replace(path)


def read_index(path: Path) -> BoundaryIndex | None:
    """The index in `path`, or None where there is none that can be believed."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                return None
        with np.load(path, allow_pickle=False) as arrays:
            return _index({name: arrays[name] for name in ARRAYS})
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, shapely.errors.GEOSException):
        return None


def _index(arrays: dict[str, npt.NDArray[Any]]) -> BoundaryIndex:
    """Raises ValueError where an array does not fit the others."""
    codes = tuple(piece.decode() for piece in _pieces(arrays["code_text"], arrays["code_ends"]))
    polygons: npt.NDArray[np.object_] = np.empty(len(codes), dtype=object)
    polygons[:] = shapely.from_wkb(_pieces(arrays["wkb"], arrays["wkb_ends"]))
    if list(codes) != sorted(set(codes)):
        raise ValueError("codes are not in order")
    if not np.isin(shapely.get_type_id(polygons), (3, 6)).all():
        raise ValueError("not polygons")
    west, south, per_lon, per_lat = (float(value) for value in arrays["frame"])
    frame = Frame(west, south, per_lon, per_lat, int(arrays["side"][0]))
    grid = ShortcutGrid(frame, *(arrays[name].astype(np.int32) for name in ("cells", "starts", "candidates")))
    _check_grid(grid, len(codes))
    return BoundaryIndex(codes, polygons, grid)


def _pieces(data: npt.NDArray[np.uint8], ends: Ints) -> list[bytes]:
    if ends.ndim != 1 or (np.diff(ends, prepend=0) < 0).any() or (ends.size and ends[-1] != data.size):
        raise ValueError("pieces do not fit")
    raw = data.astype(np.uint8).tobytes()
    return [raw[start:stop] for start, stop in zip([0, *ends.tolist()], ends.tolist(), strict=False)]


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
