"""Geometries and texts in one array of bytes, for cache files: NumPy's own format, never pickle."""

import os
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = dict[str, npt.NDArray[Any]]
MOST_BYTES = 1 << 30  # of all arrays of a file together; a larger claim is not believed
UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


def pack(pieces: Sequence[bytes]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """All pieces one after the other (bytes), and where each ends (n,)."""
    return np.frombuffer(b"".join(pieces), dtype=np.uint8), np.cumsum([len(piece) for piece in pieces], dtype=np.int64)


def unpack(data: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64]) -> list[bytes]:
    """The pieces again. Raises ValueError where the ends do not fit the data."""
    if ends.ndim != 1 or (np.diff(ends, prepend=0) < 0).any() or (ends.size and ends[-1] != data.size):
        raise ValueError("pieces do not fit")
    raw = data.astype(np.uint8).tobytes()
    return [raw[start:stop] for start, stop in zip([0, *ends.tolist()], ends.tolist(), strict=False)]


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write beside and rename: a reader meets the old file or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with draft.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    draft.replace(path)


def read_arrays(path: Path, names: Sequence[str]) -> Arrays:
    """The arrays of those names. Raises one of UNREADABLE where the file is missing, torn, foreign or too large."""
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
            raise ValueError("too large to be believed")
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in names}
