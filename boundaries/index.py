"""BoundaryIndex: polygons in, exact point lookup out. Pure NumPy and Shapely; degrees, SRID 4326, lon before lat.

A point belongs to the area that covers it (edges included); of several, to the lowest code by code point.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod

from boundaries.grid import CHUNK, NONE, Floats, Ints, ShortcutGrid, build_grid, side_for

EARTH = Geod(ellps="WGS84")


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
    def _edges(self) -> npt.NDArray[np.object_]:
        edges: npt.NDArray[np.object_] = shapely.boundary(self.polygons)
        return edges

    @cached_property
    def _edge_tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._edges)

    def nearest(self, lon: float, lat: float) -> Nearest | None:
        """The area nearest to a point (itself where it covers it, at 0 m); None where there are no areas."""
        if not self.codes:
            return None
        inside = self.locate(lon, lat)
        if inside is not None:
            return Nearest(inside, 0.0, lon, lat)
        return min((self._to_edge(position, lon, lat) for position in self._near(lon, lat)), key=_by_distance_then_code)

    def edge_m(self, lon: float, lat: float) -> float | None:
        """Metres from a point to the nearest edge of any area; None where there are no areas."""
        if not self.codes:
            return None
        return min(self._to_edge(position, lon, lat).distance_m for position in self._near(lon, lat))

    def _near(self, lon: float, lat: float) -> Ints:
        """Positions whose edge may be the nearest in metres: within the stretch between degrees of lon and lat."""
        point = shapely.Point(lon, lat)
        (position, *_), (distance_deg, *_) = self._edge_tree.query_nearest(point, return_distance=True)
        stretch = 1.02 / max(0.02, float(np.cos(np.radians(min(89.0, abs(lat) + min(distance_deg, 45.0))))))
        found = self._edge_tree.query(point, predicate="dwithin", distance=float(distance_deg) * stretch + 1e-9)
        return found if found.size else np.array([position])

    def _to_edge(self, position: int, lon: float, lat: float) -> Nearest:
        """Metres to one area's edge, measured on a plane stretched by the latitude, then on the ellipsoid."""
        squeeze = max(1e-6, float(np.cos(np.radians(lat))))
        flat = shapely.transform(self._edges[position], lambda xy: (xy - (lon, lat)) * (squeeze, 1.0))
        line = shapely.shortest_line(shapely.Point(0, 0), flat)
        x, y = shapely.get_coordinates(line)[-1]
        edge_lon, edge_lat = lon + x / squeeze, lat + y
        return Nearest(self.codes[position], float(EARTH.inv(lon, lat, edge_lon, edge_lat)[2]), edge_lon, edge_lat)


def _by_distance_then_code(found: Nearest) -> tuple[float, str]:
    # Two areas that share the nearest edge differ only by rounding: to the millimetre they are as near.
    return (round(found.distance_m, 3), found.code)


def _polygonal(geometry: shapely.Geometry) -> shapely.Geometry:
    """A valid Polygon or MultiPolygon; lines and points that repair leaves over are dropped."""
    if geometry.geom_type not in {"Polygon", "MultiPolygon"}:
        raise ValueError(f"{geometry.geom_type} is not a polygon")
    if shapely.is_valid(geometry):
        return geometry
    repaired = shapely.make_valid(geometry)
    parts = [part for part in shapely.get_parts(repaired) if part.geom_type in {"Polygon", "MultiPolygon"}]
    return shapely.union_all(parts)
