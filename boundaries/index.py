"""BoundaryIndex: polygons in, exact point lookup out. Pure NumPy and Shapely; degrees, SRID 4326, lon before lat.

A point belongs to the area that covers it (edges included); of several, to the lowest code by code point.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from boundaries.edges import Edges
from boundaries.grid import CHUNK, NONE, Floats, Ints, ShortcutGrid, build_grid, side_for


class Nearest(NamedTuple):
    """The nearest area, metres to it, and the point of its edge that is nearest (lon, lat)."""

    code: str
    distance_m: float
    lon: float
    lat: float


class BoundaryIndex:
    """Areas by code. `codes` are sorted by code point; positions in the answers refer to that order."""

    def __init__(
        self, codes: tuple[str, ...], polygons: npt.NDArray[np.object_], grid: ShortcutGrid | None = None
    ) -> None:
        """Use `build`; `polygons` are valid and in the order of `codes`, `grid` is theirs (built where None)."""
        self.codes = codes
        self.polygons = polygons
        shapely.prepare(polygons)
        self._tree = shapely.STRtree(polygons)
        if grid is None and not shapely.is_empty(polygons).all():
            side = side_for(int(shapely.get_num_coordinates(polygons).sum()))
            grid = build_grid(polygons, self._covering, side)
        self.grid = grid
        self._cells = memoryview(grid.cells.data) if grid else None

    @classmethod
    def build(cls, codes: Sequence[str], polygons: Sequence[shapely.Geometry]) -> "BoundaryIndex":
        """`codes` (n) unique, `polygons` (n) Polygon or MultiPolygon, made valid here where they are not.

        Raises ValueError where the lengths differ, a code repeats, or a geometry is not polygonal.
        """
        if len(codes) != len(polygons):
            raise ValueError(f"{len(codes)} codes for {len(polygons)} polygons")
        if len(set(codes)) != len(codes):
            raise ValueError("a code stands twice")
        order = sorted(range(len(codes)), key=lambda position: codes[position])
        shapes = np.empty(len(codes), dtype=object)
        for target, source in enumerate(order):
            shapes[target] = _polygonal(polygons[source])
        return cls(tuple(codes[position] for position in order), shapes)

    def __len__(self) -> int:
        return len(self.codes)

    def locate(self, lon: float, lat: float) -> str | None:
        """The code of the area that covers the point, or None."""
        position = self.position(lon, lat)
        return None if position < 0 else self.codes[position]

    def position(self, lon: float, lat: float) -> int:
        """The position in `codes` of the area that covers the point, or -1."""
        grid = self.grid
        if grid is None or self._cells is None:
            return NONE
        west, south, per_lon, per_lat, side = grid.frame
        x, y = (lon - west) * per_lon, (lat - south) * per_lat
        if not (0.0 <= x < side and 0.0 <= y < side):
            return NONE
        value: int = self._cells[int(y) * side + int(x)]
        if value >= NONE:
            return value
        start, stop = grid.starts[-2 - value], grid.starts[-1 - value]
        for area in grid.candidates[start:stop].tolist():
            if shapely.intersects_xy(self.polygons[area], lon, lat):
                return int(area)
        return NONE

    def locate_many(self, lons: Floats, lats: Floats) -> Ints:
        """Positions in `codes` for points (n,), -1 for none (NaN included); shape (n,)."""
        lons, lats = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        answer = np.full(lons.shape, NONE, dtype=np.int64)
        if self.grid is None:
            return answer
        for start in range(0, lons.size, CHUNK):
            piece = slice(start, start + CHUNK)
            answer[piece] = self.grid.cells[self.grid.frame.numbers(lons[piece], lats[piece])]
        undecided = np.flatnonzero(answer < NONE)
        if undecided.size:
            answer[undecided] = self._locate_undecided(
                self.grid, -2 - answer[undecided], lons[undecided], lats[undecided]
            )
        return answer

    def _locate_undecided(self, grid: ShortcutGrid, cells: Ints, lons: Floats, lats: Floats) -> Ints:
        """Exact answers for points of undecided cells: candidates in ascending order, the first that covers."""
        answer = np.full(cells.shape, NONE, dtype=np.int64)
        nth, stop = grid.starts[cells].astype(np.int64), grid.starts[cells + 1]
        open_points = np.flatnonzero(nth < stop)
        while open_points.size:
            areas = grid.candidates[nth[open_points]]
            inside = self._covered(areas, lons[open_points], lats[open_points])
            answer[open_points[inside]] = areas[inside]
            nth[open_points] += 1
            open_points = open_points[~inside & (nth[open_points] < stop[open_points])]
        return answer

    def _covered(self, areas: npt.NDArray[np.signedinteger], lons: Floats, lats: Floats) -> npt.NDArray[np.bool_]:
        """Whether each point (n,) is covered by its own area (n,): one call for each area that occurs."""
        order = np.argsort(areas, kind="stable")
        ordered, xs, ys = areas[order], lons[order], lats[order]
        starts = np.flatnonzero(np.r_[areas.size > 0, ordered[1:] != ordered[:-1]][: areas.size])
        covered = np.empty(areas.shape, dtype=bool)
        for start, stop in zip(starts.tolist(), [*starts[1:].tolist(), areas.size], strict=True):
            covered[start:stop] = shapely.intersects_xy(self.polygons[ordered[start]], xs[start:stop], ys[start:stop])
        answer = np.empty(areas.shape, dtype=bool)
        answer[order] = covered
        return answer

    def _covering(self, lons: Floats, lats: Floats) -> tuple[Ints, Ints]:
        """Pairs (point, area) where the area covers the point, without the grid, which this serves to build."""
        points, areas = self._tree.query(shapely.points(lons, lats))
        inside = self._covered(areas, lons[points], lats[points])
        return points[inside], areas[inside]

    @cached_property
    def edges(self) -> Edges:
        """The edges of all areas; made when first asked for, kept for the process."""
        return Edges(self.polygons)

    def nearest(self, lon: float, lat: float) -> Nearest | None:
        """The area nearest to a point (itself where it covers it, at 0 m); None where there are no areas."""
        inside = self.locate(lon, lat)
        if inside is not None:
            return Nearest(inside, 0.0, lon, lat)
        metres, positions, lons, lats = self.edges.nearest(np.array([lon]), np.array([lat]))
        position = int(positions[0])
        if position < 0:
            return None
        return Nearest(self.codes[position], float(metres[0]), float(lons[0]), float(lats[0]))

    def edge_m(self, lon: float, lat: float) -> float | None:
        """Metres from a point to the nearest edge of any area; None where there are no areas."""
        (metres,) = self.edges.metres(np.array([lon]), np.array([lat])).tolist()
        return None if np.isnan(metres) else float(metres)


def _polygonal(geometry: shapely.Geometry) -> shapely.Geometry:
    """A valid Polygon or MultiPolygon; lines and points that repair leaves over are dropped."""
    if geometry.geom_type not in {"Polygon", "MultiPolygon"}:
        raise ValueError(f"{geometry.geom_type} is not a polygon")
    if shapely.is_valid(geometry):
        return geometry
    repaired = shapely.make_valid(geometry)
    parts = [part for part in shapely.get_parts(repaired) if part.geom_type in {"Polygon", "MultiPolygon"}]
    return shapely.union_all(parts)
