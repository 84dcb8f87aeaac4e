"""ShortcutGrid: cells that lie wholly in one area (or in none) answer at once; the others name their candidates.

Pure NumPy and Shapely. A cell is decided only when no edge of any polygon touches it: then every point of it has the
same answer, and one exact test of one point decides all. Edges are put into cells by the very function that puts
points into cells; it is monotone in floating point, so a segment within the box of its two ends cannot slip through.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
# For points (m,) the pairs (point, position of a polygon that covers it), exactly.
Covering = Callable[[Floats, Floats], tuple[Ints, Ints]]

NONE, UNDECIDED = -1, -2
UNKNOWN = int(np.iinfo(np.int32).max)
SPLIT_ERROR = 1e-6  # of a cell: far above the rounding of a split segment's inner ends
CHUNK = 1 << 16  # points at a time: their temporaries stay in the processor's cache


class Frame(NamedTuple):
    """`side` x `side` cells from (`west`, `south`), `per_lon` and `per_lat` cells a degree, numbered row by row."""

    west: float
    south: float
    per_lon: float
    per_lat: float
    side: int

    @classmethod
    def around(cls, bounds: Floats, side: int) -> "Frame":
        """Two cells of air on every side: the outermost cells are outside every area, whatever rounding does."""
        west, south, east, north = (float(value) for value in bounds)
        per_lon, per_lat = (side - 5) / max(east - west, 1e-9), (side - 5) / max(north - south, 1e-9)
        return cls(west - 2 / per_lon, south - 2 / per_lat, per_lon, per_lat, side)

    def columns(self, lons: Floats) -> Ints:
        return self._steps(lons, self.west, self.per_lon)

    def rows(self, lats: Floats) -> Ints:
        return self._steps(lats, self.south, self.per_lat)

    def _steps(self, values: Floats, origin: float, per_degree: float) -> Ints:
        """The cell function, of points and of edges alike: monotone in `values`; NaN and what is outside: the rim."""
        steps = values - origin
        steps *= per_degree
        np.fmax(steps, 0.0, out=steps)  # fmax takes the 0 of (NaN, 0)
        np.fmin(steps, self.side - 1, out=steps)
        return steps.astype(np.int64)

    def numbers(self, lons: Floats, lats: Floats) -> Ints:
        """Numbers of the cells of points (n,)."""
        return self.rows(lats) * self.side + self.columns(lons)

    def centres(self, numbers: Ints) -> tuple[Floats, Floats]:
        """A point well inside each cell."""
        lons = self.west + (numbers % self.side + 0.5) / self.per_lon
        lats = self.south + (numbers // self.side + 0.5) / self.per_lat
        return np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)


@dataclass(frozen=True)
class ShortcutGrid:
    """`cells` hold a position, NONE, or -2 - k: undecided, with `candidates[starts[k]:starts[k + 1]]`, ascending."""

    frame: Frame
    cells: Int32s
    starts: Int32s
    candidates: Int32s


def side_for(vertices: int) -> int:
    """Cells along one side: finer for more edges, bounded by memory (4 bytes a cell)."""
    return 512 if vertices < 5_000 else 1024 if vertices < 120_000 else 2048


def build_grid(polygons: npt.NDArray[np.object_], covering: Covering, side: int) -> ShortcutGrid:
    """Grid over polygons (n,), valid, at least one of them not empty."""
    frame = Frame.around(shapely.total_bounds(polygons), side)
    touched, owners = _edge_cells(polygons, frame)
    cells = np.zeros(side * side, dtype=np.int32)
    cells[touched] = UNDECIDED
    _decide(cells, covering, frame)
    undecided = np.unique(touched)
    starts, candidates = _candidates(undecided, touched, owners, len(polygons), covering(*frame.centres(undecided)))
    cells[undecided] = -2 - np.arange(undecided.size, dtype=np.int32)
    return ShortcutGrid(frame, cells, starts, candidates)


def segments_of(polygons: npt.NDArray[np.object_]) -> tuple[Floats, Ints]:
    """Segments (n, 4: x0, y0, x1, y1) of every ring, and the position of their polygon (n,)."""
    parts, part_owner = shapely.get_parts(polygons, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    xy, ring_of = shapely.get_coordinates(rings, return_index=True)
    same = ring_of[1:] == ring_of[:-1]
    segments = np.hstack([xy[:-1][same], xy[1:][same]])
    return segments, part_owner[ring_part[ring_of[:-1][same]]]


def _edge_cells(polygons: npt.NDArray[np.object_], frame: Frame) -> tuple[Ints, Ints]:
    """Unique pairs (cell, polygon) such that an edge of the polygon may touch the cell."""
    segments, owners, slack_lon, slack_lat = _split(*segments_of(polygons), frame)
    x0, x1 = np.minimum(segments[:, 0], segments[:, 2]), np.maximum(segments[:, 0], segments[:, 2])
    y0, y1 = np.minimum(segments[:, 1], segments[:, 3]), np.maximum(segments[:, 1], segments[:, 3])
    first_column, last_column = frame.columns(x0 - slack_lon), frame.columns(x1 + slack_lon)
    first_row, last_row = frame.rows(y0 - slack_lat), frame.rows(y1 + slack_lat)
    pairs = [np.empty(0, dtype=np.int64)]
    for down in range(int((last_row - first_row).max(initial=-1)) + 1):
        for right in range(int((last_column - first_column).max(initial=-1)) + 1):
            reach = (first_row + down <= last_row) & (first_column + right <= last_column)
            numbers = (first_row[reach] + down) * frame.side + first_column[reach] + right
            pairs.append(numbers * len(polygons) + owners[reach])
    both = np.unique(np.concatenate(pairs))
    return both // len(polygons), both % len(polygons)


def _split(segments: Floats, owners: Ints, frame: Frame) -> tuple[Floats, Ints, Floats, Floats]:
    """Cut long segments into pieces no longer than a cell; those carry a slack (lon, lat) for their rounding."""
    spans = np.abs(segments[:, 2:] - segments[:, :2]) * (frame.per_lon, frame.per_lat)
    pieces = np.maximum(1, np.ceil(spans.max(axis=1, initial=0.0))).astype(np.int64)
    which = np.repeat(np.arange(len(segments)), pieces)
    nth = np.arange(which.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    start, stop = nth / pieces[which], (nth + 1) / pieces[which]
    ends, moves = segments[which, :2], segments[which, 2:] - segments[which, :2]
    cut = np.hstack([ends + moves * start[:, None], ends + moves * stop[:, None]])
    whole = pieces[which] == 1
    cut[whole] = segments[which[whole]]
    slack = np.where(whole, 0.0, SPLIT_ERROR)
    return cut, owners[which], slack / frame.per_lon, slack / frame.per_lat


def _decide(cells: Int32s, covering: Covering, frame: Frame) -> None:
    """Give each untouched cell its answer: one exact test for each run of untouched cells in a row.

    Neighbouring untouched cells have no edge between them either, so a run has one answer.
    """
    free = cells != UNDECIDED
    begins = free.copy()
    begins[1:] &= ~free[:-1] | (np.arange(1, cells.size) % frame.side == 0)
    firsts = np.flatnonzero(begins)
    points, areas = covering(*frame.centres(firsts))
    answers = np.full(firsts.size, UNKNOWN, dtype=np.int32)
    np.minimum.at(answers, points, areas.astype(np.int32))
    answers[answers == UNKNOWN] = NONE
    run_of = np.cumsum(begins) - 1
    cells[free] = answers[run_of[free]]


def _candidates(
    undecided: Ints, touched: Ints, owners: Ints, count: int, at_centres: tuple[Ints, Ints]
) -> tuple[Int32s, Int32s]:
    """Lists (starts, candidates) of the polygons that may hold a point of each undecided cell.

    Those with an edge in the cell, and those that cover all of it: a polygon without an edge in the cell covers all of
    it or nothing, and its centre tells which.
    """
    which, areas = at_centres
    pairs = np.unique(np.concatenate([touched * count + owners, undecided[which] * count + areas]))
    numbers, found = pairs // count, pairs % count
    starts: npt.NDArray[Any] = np.searchsorted(numbers, undecided)
    return np.append(starts, found.size).astype(np.int32), found.astype(np.int32)
