"""Edges: metres from many points to the nearest edge of a set, in one go. Pure; degrees, SRID 4326, lon before lat."""

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod

EARTH = Geod(ellps="WGS84")
Floats = npt.NDArray[np.float64]
# The plane on which candidates are searched errs by the latitude's stretch and the ellipsoid's flattening.
SLACK = 1.01


class Edges:
    """Every segment of the edges of polygons, in a tree."""

    def __init__(self, polygons: npt.NDArray[np.object_]) -> None:
        rings = shapely.get_rings(shapely.get_parts(polygons))
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        same = ring[1:] == ring[:-1]
        self._starts, self._ends = xy[:-1][same], xy[1:][same]
        self._middle_lat = float(np.median(xy[:, 1])) if len(xy) else 0.0
        squeeze = np.array([_squeeze(self._middle_lat), 1.0])
        pairs = np.stack([self._starts * squeeze, self._ends * squeeze], axis=1)
        self._tree = shapely.STRtree(shapely.linestrings(pairs))

    def metres(self, lons: Floats, lats: Floats) -> Floats:
        """Metres from points (n,), lon in (-180, 180), to the nearest edge; shape (n,), NaN where there are none."""
        lons, lats = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        answer = np.full(lons.shape, np.nan)
        if not len(self._starts) or not lons.size:
            return answer
        points = shapely.points(lons * _squeeze(self._middle_lat), lats)
        (which, _segments), near = self._tree.query_nearest(points, return_distance=True, all_matches=False)
        reach = np.zeros(lons.shape)
        reach[which] = near * self._stretch(lats[which]) + 1e-12
        which, segments = self._tree.query(points, predicate="dwithin", distance=reach)
        edge_lons, edge_lats = self._nearest_on(segments, lons[which], lats[which])
        _azimuth, _back, metres = EARTH.inv(lons[which], lats[which], edge_lons, edge_lats)
        answer[:] = np.inf
        np.minimum.at(answer, which, metres)
        return answer

    def _stretch(self, lats: Floats) -> Floats:
        """How much farther the true nearest may seem than the one found on the plane of the middle latitude."""
        ratio = np.cos(np.radians(lats)) / _squeeze(self._middle_lat)
        stretch: Floats = np.maximum(ratio, 1 / ratio) * SLACK
        return stretch

    def _nearest_on(self, segments: npt.NDArray[np.int64], lons: Floats, lats: Floats) -> tuple[Floats, Floats]:
        """The point of each segment that is nearest to its point, on a plane stretched by that point's latitude."""
        squeeze = np.column_stack([np.cos(np.radians(lats)), np.ones_like(lats)])
        origin = np.column_stack([lons, lats])
        start = (self._starts[segments] - origin) * squeeze
        along = (self._ends[segments] - origin) * squeeze - start
        length2 = np.einsum("ij,ij->i", along, along)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.where(length2 > 0, -np.einsum("ij,ij->i", start, along) / length2, 0.0)
        nearest = (start + along * np.clip(share, 0.0, 1.0)[:, None]) / squeeze + origin
        return nearest[:, 0], nearest[:, 1]


def _squeeze(lat: float) -> float:
    return max(1e-6, float(np.cos(np.radians(lat))))
