"""A crew's open work in the order of the day: overdue first, then the nearest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from boundaries.models import BoundaryShape
from geo311.console.detail import Step, place_of
from geo311.core.coordinates import LonLat
from geo311.core.problems import Invalid
from geo311.crews.models import Crew
from geo311.service_requests.models import ServiceRequest

# How far an outline may stray when it is drawn: 1e-4 degrees is 11 m, less than a line's width on a city's map.
OUTLINE_TOLERANCE_DEG = 1e-4
OUTLINE_PLACES = 5


@dataclass(frozen=True)
class Job:
    """One report on the crew's list; `distance_m` is None where it has no place."""

    row: ServiceRequest
    place: LonLat | None
    is_overdue: bool
    distance_m: float | None
    steps: tuple[Step, ...] = ()

    @property
    def coordinates(self) -> str:
        """lat,lon as navigation wants them (RFC 5870, section 3.3), whatever the page's language."""
        return f"{self.place.lat:.6f},{self.place.lon:.6f}" if self.place else ""

    @property
    def lon(self) -> str:
        return f"{self.place.lon:.6f}" if self.place else ""

    @property
    def lat(self) -> str:
        return f"{self.place.lat:.6f}" if self.place else ""


def in_order(rows: Iterable[ServiceRequest], start: LonLat | None, now: datetime) -> list[Job]:
    """Overdue ones first, then by distance from `start`; those without a place after the others of their kind."""
    jobs = []
    for row in rows:
        place = place_of(row)
        late = row.expected_datetime is not None and row.expected_datetime < now
        distance_m = start.distance_m(place) if start and place else None
        jobs.append(Job(row, place, late, distance_m))
    return sorted(jobs, key=_rank)


def _rank(job: Job) -> tuple[bool, float, str, int]:
    far = float("inf") if job.distance_m is None else job.distance_m
    due = job.row.expected_datetime
    return (not job.is_overdue, far, due.isoformat() if due else "~", job.row.pk)


def shapes_of(crew: Crew) -> list[BoundaryShape]:
    """The crew's territories as they are today."""
    shapes = BoundaryShape.objects.in_force().filter(boundary__crews=crew).select_related("boundary")
    return list(shapes.order_by("boundary__boundary_set", "boundary__code"))


def inside_of(shapes: Iterable[BoundaryShape]) -> LonLat | None:
    """A point inside the largest territory: where the list starts when the device does not say where it is."""
    largest = max(shapes, key=lambda shape: float(shape.geometry.area), default=None)
    if largest is None:
        return None
    point = largest.geometry.point_on_surface
    return LonLat(point.x, point.y)


def device_place(lon: str, lat: str) -> LonLat | None:
    """Where the device says it is; nothing where it says nothing that can be a place."""
    try:
        return LonLat.parse(lon, lat) if lon or lat else None
    except Invalid:
        return None


def outline(shape: BoundaryShape) -> dict[str, Any]:
    """A territory as a GeoJSON feature, thinned for drawing."""
    thin: Any = shape.geometry.simplify(OUTLINE_TOLERANCE_DEG, preserve_topology=True)
    return {
        "type": "Feature",
        "geometry": {"type": thin.geom_type, "coordinates": _rounded(thin.coords)},
        "properties": {"code": shape.boundary.code, "name": shape.boundary.name},
    }


def _rounded(coordinates: Any) -> Any:
    if isinstance(coordinates[0], float):
        return [round(degree, OUTLINE_PLACES) for degree in coordinates]
    return [_rounded(part) for part in coordinates]
