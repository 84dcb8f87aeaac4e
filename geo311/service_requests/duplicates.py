"""Has it been reported already? Candidates by H3 cells, decided by exact geodesic distance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from geo311.catalog.models import Service
from geo311.core.coordinates import LonLat
from geo311.service_requests.models import ServiceRequest

MOST = 10


@dataclass(frozen=True)
class Candidate:
    """An open report of the same service near by: what anybody may know before sending.

    `location` and `distance_m` are those of its public place; None where the service publishes none.
    """

    service_request_id: str
    distance_m: float | None
    requested_datetime: datetime
    status: str
    supporters_count: int
    location: LonLat | None


def candidates(*, service: Service, point: LonLat, address: str = "", now: datetime) -> tuple[Candidate, ...]:
    """Open, public reports of `service` within its radius and window, nearest first; none where radius is 0.

    Household services match at the same address only. Never a candidate of a confidential service.
    """
    if service.confidential or not service.duplicate_radius_m:
        return ()
    if service.duplicates_share_address and not address.strip():
        return ()
    rows = (
        ServiceRequest.objects.public()
        .open()
        .filter(service=service, duplicate_of__isnull=True, location__isnull=False)
        .near_cells(point, service.duplicate_radius_m)
    )
    if service.duplicate_window_days:
        rows = rows.filter(requested_datetime__gte=now - timedelta(days=service.duplicate_window_days))
    columns = ("location", "address", "service_request_id", "requested_datetime", "status", "supporters_count")
    found = []
    for location, other_address, *shown, public in rows.values_list(*columns, "public_location"):
        if service.duplicates_share_address and not same_address(address, other_address):
            continue
        distance_m = point.distance_m(LonLat(location.x, location.y))
        if distance_m <= service.duplicate_radius_m:
            found.append((distance_m, _candidate(point, shown, public)))
    found.sort(key=lambda pair: (pair[0], pair[1].service_request_id))
    return tuple(candidate for _distance_m, candidate in found[:MOST])


def _candidate(point: LonLat, shown: Sequence[Any], public: Any) -> Candidate:
    number, requested, status, supporters = shown
    place = LonLat(public.x, public.y) if public else None
    distance_m = round(point.distance_m(place), 1) if place else None
    return Candidate(number, distance_m, requested, status, supporters, place)


def same_address(one: str, other: str) -> bool:
    """Whether two addresses read the same, whatever their case, commas and spaces."""

    def plain(text: str) -> str:
        return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())

    return bool(plain(one)) and plain(one) == plain(other)
