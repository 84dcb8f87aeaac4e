"""Edges: how far points are from the nearest edge of a set, and whose it is. Pure; degrees, SRID 4326."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod

from boundaries.grid import Floats, Ints, segments_of

EARTH = Geod(ellps="WGS84")
# The plane on which candidates are searched errs by the latitude's stretch and the ellipsoid's flattening.
SLACK = 1.01
SAME_M = 0.001  # two areas that share an edge are as near: what differs below a millimetre is rounding
CHUNK = 20_000  # points at a time: pairs of points and segments stay within some 100 MB


class NearestEdges(NamedTuple):
    """For points (n,): metres to the nearest edge, the lowest position that has it, and the place on it; all (n,)."""

    metres: Floats
    positions: Ints
    lons: Floats
    lats: Floats


class Edges:
    """Every segment of the edges of polygons (in the order of their codes), in a tree."""

    def __init__(self, polygons: npt.NDArray[np.object_]) -> None:
        segments, self._owners = segments_of(polygons)
        self._starts, self._ends = segments[:, :2], segments[:, 2:]
        self._squeeze = _squeeze(float(np.median(segments[:, 1]))) if len(segments) else 1.0
        ends = np.stack([self._starts, self._ends], axis=1) * (self._squeeze, 1.0)
        self._tree = shapely.STRtree(shapely.linestrings(ends))

    def metres(self, lons: Floats, lats: Floats) -> Floats:
        """Metres from points (n,) to the nearest edge; shape (n,), NaN where there are none."""
        return self.nearest(lons, lats).metres

    def nearest(self, lons: Floats, lats: Floats) -> NearestEdges:
        """The nearest edge of points (n,), geodesic; NaN and -1 where there are no edges."""
        lons, lats = np.asarray(lons, dtype=np.float64), np.asarray(lats, dtype=np.float64)
        found = NearestEdges(*(np.full(lons.shape, fill) for fill in (np.nan, -1, np.nan, np.nan)))
        if len(self._starts):
            for start in range(0, lons.size, CHUNK):
                piece = slice(start, start + CHUNK)
                for whole, part in zip(found, self._nearest(lons[piece], lats[piece]), strict=True):
                    whole[piece] = part
        return found

    def _nearest(self, lons: Floats, lats: Floats) -> NearestEdges:
        points = shapely.points(lons * self._squeeze, lats)
        (which, _segments), near = self._tree.query_nearest(points, return_distance=True, all_matches=False)
        reach = np.zeros(lons.shape)
        reach[which] = near * self._stretch(lats[which]) + 1e-12
        which, segments = self._tree.query(points, predicate="dwithin", distance=reach)
        edge_lons, edge_lats = self._nearest_on(segments, lons[which], lats[which])
        _azimuth, _back, metres = EARTH.inv(lons[which], lats[which], edge_lons, edge_lats)
        order = np.lexsort((self._owners[segments], np.round(metres / SAME_M), which))
        first = order[np.flatnonzero(np.diff(which[order], prepend=-1))]
        return NearestEdges(metres[first], self._owners[segments[first]], edge_lons[first], edge_lats[first])

    def _stretch(self, lats: Floats) -> Floats:
        """How much farther the true nearest may seem than the one found on the plane of the middle latitude."""
        ratio = np.cos(np.radians(lats)) / self._squeeze
        stretch: Floats = np.maximum(ratio, 1 / ratio) * SLACK
        return stretch

    def _nearest_on(self, segments: Ints, lons: Floats, lats: Floats) -> tuple[Floats, Floats]:
        """The point of each segment that is nearest to its point, on a plane stretched by that point's latitude."""
        squeeze = np.column_stack([np.cos(np.radians(lats)), np.ones_like(lats)])
        origin = np.column_stack([lons, lats])
        start = (self._starts[segments] - origin) * squeeze
        along = (self._ends[segments] - origin) * squeeze - start
        length2 = np.einsum("ij,ij->i", along, along)
        share = -np.einsum("ij,ij->i", start, along) / np.where(length2 > 0, length2, 1.0)
        nearest = (start + along * np.clip(share, 0.0, 1.0)[:, None]) / squeeze + origin
        return nearest[:, 0], nearest[:, 1]


def _squeeze(lat: float) -> float:
    return max(1e-6, float(np.cos(np.radians(lat))))
