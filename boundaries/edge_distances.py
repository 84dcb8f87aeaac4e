"""Metres to the nearest edge for many points at once. Pure NumPy and Shapely; degrees, SRID 4326, lon before lat.

`BoundaryIndex.edge_m` answers the same for one point, by the same measure: the nearest place of each area's edge on a
plane stretched by the point's latitude, then the geodesic to it.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod

EARTH = Geod(ellps="WGS84")
CHUNK = 20_000  # points at once: pairs of points and segments stay within some 100 MB
MARGIN = 1.008  # on WGS 84 a degree of latitude is up to 0.67 % shorter than one of longitude over its cosine

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def edge_distances_m(polygons: npt.NDArray[np.object_], lons: Floats, lats: Floats) -> Floats:
    """Metres from points (n,) to the nearest edge of any of the polygons; NaN where there are no polygons."""
    lons, lats = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
    answer = np.full(lons.shape, np.nan)
    if not len(polygons) or not lons.size:
        return answer
    edges = _Edges(polygons, float(np.cos(np.radians(np.mean(lats)))))
    for start in range(0, lons.size, CHUNK):
        piece = slice(start, start + CHUNK)
        answer[piece] = edges.distances_m(lons[piece], lats[piece])
    return answer


class _Edges:
    """The segments of all edges with the area of each, and a tree of them on a plane squeezed by one latitude."""

    def __init__(self, polygons: npt.NDArray[np.object_], squeeze: float) -> None:
        self.squeeze = squeeze
        rings, areas = _rings(polygons)
        coordinates, ring_of = shapely.get_coordinates(rings, return_index=True)
        same_ring = ring_of[1:] == ring_of[:-1]
        self.starts: Floats = coordinates[:-1][same_ring]
        self.ends: Floats = coordinates[1:][same_ring]
        self.area: Ints = areas[ring_of[:-1][same_ring]]
        ends = np.stack([self.starts, self.ends], axis=1) * (squeeze, 1.0)
        self.tree = shapely.STRtree(shapely.linestrings(ends))

    def distances_m(self, lons: Floats, lats: Floats) -> Floats:
        points = shapely.points(lons * self.squeeze, lats)
        near: Any = self.tree.query_nearest(points, all_matches=False, return_distance=True)
        # Squeezed by its own latitude instead of the common one, another segment may be nearer: keep all that could be.
        squeezes = np.cos(np.radians(lats)) / self.squeeze
        stretch = np.maximum(squeezes, 1 / squeezes) * MARGIN
        reach = np.zeros(lons.shape)
        reach[near[0][0]] = near[1]
        point, segment = self.tree.query(points, predicate="dwithin", distance=reach * stretch + 1e-9)
        at_lon, at_lat, apart = self._nearest_places(lons[point], lats[point], segment)
        kept = _nearest_per_key(point * (int(self.area.max()) + 1) + self.area[segment], apart)
        point = point[kept]
        _azimuth, _back, metres = EARTH.inv(lons[point], lats[point], at_lon[kept], at_lat[kept])
        answer = np.full(lons.shape, np.inf)
        np.minimum.at(answer, point, metres)
        return answer

    def _nearest_places(self, lons: Floats, lats: Floats, segment: Ints) -> tuple[Floats, Floats, Floats]:
        """For each pair: the place of the segment nearest to the point (lon, lat), and how far in the plane."""
        scale = np.column_stack([np.cos(np.radians(lats)), np.ones(lats.shape)])
        here = np.column_stack([lons, lats])
        a, b = (self.starts[segment] - here) * scale, (self.ends[segment] - here) * scale
        along = b - a
        length2 = np.einsum("ij,ij->i", along, along)
        t = np.clip(-np.einsum("ij,ij->i", a, along) / np.where(length2 > 0, length2, 1.0), 0.0, 1.0)
        nearest = a + along * t[:, None]
        lonlat = here + nearest / scale
        return lonlat[:, 0], lonlat[:, 1], np.hypot(nearest[:, 0], nearest[:, 1])


def _rings(polygons: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.object_], Ints]:
    """All rings, and the position of the polygon that each belongs to."""
    parts, part_of = shapely.get_parts(polygons, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    return rings, part_of[ring_of]


def _nearest_per_key(keys: Ints, distances: Floats) -> Ints:
    """Positions of the least distance of each key."""
    order = np.lexsort((distances, keys))
    ordered = keys[order]
    first = np.ones(ordered.shape, dtype=bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return np.asarray(order[first], dtype=np.int64)
