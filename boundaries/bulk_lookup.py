"""The lookup for many points at once: the answers of `boundaries.lookup.locate`, vectorised."""

from collections.abc import Sequence

import numpy as np

from boundaries.edges import Edges, Floats
from boundaries.lookup import INSIDE, SNAPPED, Area, LoadedVersion, Location, service_area_of
from boundaries.models import BoundarySetRole
from geo311.core.coordinates import LonLat


class BulkLookup:
    """Keeps the edges of each version it has met; make one for each run."""

    def __init__(self) -> None:
        self._edges: dict[int, Edges] = {}

    def locate(self, points: Sequence[LonLat], versions: tuple[LoadedVersion, ...]) -> list[Location | None]:
        """Every area of each point (n); None for a point beyond the service area and its tolerance."""
        lons = np.array([point.lon for point in points], dtype=np.float64)
        lats = np.array([point.lat for point in points], dtype=np.float64)
        columns = [self._areas(version, points, lons, lats) for version in versions]
        serving = {version.version_id for version in service_area_of(versions)}
        answers: list[Location | None] = []
        for point, areas in zip(points, zip(*columns, strict=True) if columns else ((),) * len(points), strict=True):
            found = tuple(area for area in areas if area is not None)
            served = not serving or any(area.version_id in serving for area in found)
            answers.append(Location(point, found) if served else None)
        return answers

    def _areas(self, version: LoadedVersion, points: Sequence[LonLat], lons: Floats, lats: Floats) -> list[Area | None]:
        positions = version.index.locate_many(lons, lats)
        inside = np.flatnonzero(positions >= 0)
        metres = self._edges_of(version).metres(lons[inside], lats[inside])
        areas: list[Area | None] = [None] * len(points)
        for which, edge_m in zip(inside.tolist(), metres.tolist(), strict=True):
            areas[which] = version.area(version.index.codes[positions[which]], INSIDE, edge_m)
        if version.role != BoundarySetRole.REFERENCE:
            for which in np.flatnonzero(positions < 0).tolist():
                areas[which] = _snapped(version, points[which])
        return areas

    def _edges_of(self, version: LoadedVersion) -> Edges:
        if version.version_id not in self._edges:
            self._edges[version.version_id] = Edges(version.index.polygons)
        return self._edges[version.version_id]


def _snapped(version: LoadedVersion, point: LonLat) -> Area | None:
    nearest = version.index.nearest(*point)
    if nearest is None or nearest.distance_m > version.tolerance_m:
        return None
    return version.area(nearest.code, SNAPPED, nearest.distance_m)
