"""BoundaryIndex: polygons in, exact point lookup out. Pure NumPy and Shapely; degrees, SRID 4326, lon before lat.

A point belongs to the area that covers it (edges included); of several, to the lowest code by code point.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
EARTH = Geod(ellps="WGS84")


class Nearest(NamedTuple):
    """The nearest area, metres to it, and the point of its edge that is nearest (lon, lat)."""

    code: str
    distance_m: float
    lon: float
    lat: float


class BoundaryIndex:
    """Areas by code. `codes` are sorted by code point; positions in the answers refer to that order."""

    def __init__(self, codes: tuple[str, ...], polygons: npt.NDArray[np.object_]) -> None:
        self.codes = codes
        self._polygons = polygons
        self._tree = shapely.STRtree(polygons)
        self._edges = shapely.boundary(polygons)
        self._edge_tree = shapely.STRtree(self._edges)

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
        shapely.prepare(shapes)
        return cls(tuple(codes[position] for position in order), shapes)

    def __len__(self) -> int:
        return len(self.codes)

    def locate(self, lon: float, lat: float) -> str | None:
        """The code of the area that covers the point, or None."""
        position = self.position(lon, lat)
        return None if position < 0 else self.codes[position]

    def position(self, lon: float, lat: float) -> int:
        """The position in `codes` of the area that covers the point, or -1."""
        hits: Ints = self._tree.query(shapely.Point(lon, lat))
        if hits.size == 0:
            return -1
        covering = hits[shapely.intersects_xy(self._polygons[hits], lon, lat)]
        return int(covering.min()) if covering.size else -1

    def locate_many(self, lons: Floats, lats: Floats) -> Ints:
        """Positions in `codes` for points (n,), -1 for none; shape (n,)."""
        lons, lats = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        answer = np.full(lons.shape, len(self.codes), dtype=np.int64)
        points, areas = self._tree.query(shapely.points(lons, lats))
        order = np.argsort(areas, kind="stable")
        points, areas = points[order], areas[order]
        starts = np.flatnonzero(np.r_[True, areas[1:] != areas[:-1]]) if areas.size else np.empty(0, dtype=np.int64)
        for start, stop in zip(starts, np.r_[starts[1:], areas.size], strict=True):
            chosen, area = points[start:stop], int(areas[start])
            inside = chosen[shapely.intersects_xy(self._polygons[area], lons[chosen], lats[chosen])]
            answer[inside] = np.minimum(answer[inside], area)
        answer[answer == len(self.codes)] = -1
        return answer

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
