"""Placement: the areas, cells and crew of a point, ready to be written on a request."""

from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from boundaries.lookup import Location, locate
from geo311.catalog.models import Service
from geo311.core.addresses import place_at_precision
from geo311.core.coordinates import SRID, LonLat
from geo311.core.hexgrid import COARSE, FINE, cell_of
from geo311.core.problems import FieldError, OutsideServiceArea
from geo311.crews.lookup import crew_for
from geo311.crews.models import Crew


@dataclass(frozen=True)
class Placement:
    """Column values of a request at a place, and its crew."""

    columns: dict[str, Any]
    crew: Crew | None


def place(service: Service, point: LonLat) -> Placement:
    """Where `point` is, for a report of `service`. Raises OutsideServiceArea."""
    location = locate(point)
    _check_offered(service, location)
    columns = geometry_columns(point, service.address_precision) | area_columns(service, location)
    return Placement(columns, crew_for(service, columns["territory_id"]))


def geometry_columns(point: LonLat, precision: str) -> dict[str, Any]:
    """The columns of a place: as it is, as the public may know it (`precision` of the service), and its cells."""
    public = place_at_precision(point, precision)
    return {
        "location": Point(point.lon, point.lat, srid=SRID),
        "public_location": Point(public.lon, public.lat, srid=SRID) if public else None,
        "h3_res9": cell_of(point, COARSE),
        "h3_res11": cell_of(point, FINE),
    }


def area_columns(service: Service, location: Location) -> dict[str, Any]:
    """The columns of district, ward and territory: boundary, version, how, metres to the edge; null where none."""
    territory_set = service.department.territory_set
    areas = {
        "district": location.of_role("district"),
        "ward": location.of_role("ward"),
        "territory": location.of_set(territory_set.slug) if territory_set else None,
    }
    columns: dict[str, Any] = {}
    for role, area in areas.items():
        columns[f"{role}_id"] = area.boundary_id if area else None
        columns[f"{role}_version_id"] = area.version_id if area else None
        columns[f"{role}_how"] = area.how if area else ""
        columns[f"{role}_edge_m"] = area.edge_m if area else None
    return columns


def _check_offered(service: Service, location: Location) -> None:
    if service.offered_in_id is None:
        return
    if not any(area.boundary_id == service.offered_in_id for area in location.areas):
        detail = _("{service} is offered only in {area}.").format(service=service, area=service.offered_in)
        raise OutsideServiceArea(detail, errors=(FieldError("service_code", detail),))
