"""The lookup for many points at once: the answers of `boundaries.lookup.locate`, vectorised."""

from collections.abc import Sequence

import numpy as np

from boundaries.grid import Floats
from boundaries.lookup import INSIDE, SNAPPED, Area, LoadedVersion, Location, service_area_of
from boundaries.models import BoundarySetRole
from geo311.core.coordinates import LonLat


def locate_many(points: Sequence[LonLat], versions: tuple[LoadedVersion, ...]) -> list[Location | None]:
    """Every area of each point (n); None for a point beyond the service area and its tolerance."""
    lons = np.array([point.lon for point in points], dtype=np.float64)
    lats = np.array([point.lat for point in points], dtype=np.float64)
    columns = [_areas(version, lons, lats) for version in versions]
    serving = {version.version_id for version in service_area_of(versions)}
    answers: list[Location | None] = []
    for point, areas in zip(points, zip(*columns, strict=True) if columns else ((),) * len(points), strict=True):
        found = tuple(area for area in areas if area is not None)
        served = not serving or any(area.version_id in serving for area in found)
        answers.append(Location(point, found) if served else None)
    return answers


def _areas(version: LoadedVersion, lons: Floats, lats: Floats) -> list[Area | None]:
    index = version.index
    positions = index.locate_many(lons, lats)
    if version.role == BoundarySetRole.REFERENCE:
        return [version.area(index.codes[p], INSIDE, None) if p >= 0 else None for p in positions.tolist()]
    nearest = index.edges.nearest(lons, lats)
    areas: list[Area | None] = []
    for inside, near, metres in zip(
        positions.tolist(), nearest.positions.tolist(), nearest.metres.tolist(), strict=True
    ):
        if inside >= 0:
            areas.append(version.area(index.codes[inside], INSIDE, metres))
        elif near >= 0 and metres <= version.tolerance_m:
            areas.append(version.area(index.codes[near], SNAPPED, metres))
        else:
            areas.append(None)
    return areas
