"""Has it been reported already? Candidates by H3 cells, decided by exact geodesic distance."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from geo311.catalog.models import AddressPrecision, Service
from geo311.core.addresses import at_precision, place_at_precision
from geo311.core.coordinates import LonLat
from geo311.core.hexgrid import BLOCK_REACH_M, MAX_RADIUS_M
from geo311.service_requests.models import ServiceRequest

MOST = 10


@dataclass(frozen=True)
class Candidate:
    """An open report of the same service near by, at its public place: what anybody may know before sending."""

    service_request_id: str
    distance_m: float
    requested_datetime: datetime
    status: str
    supporters_count: int
    location: LonLat


def candidates(*, service: Service, point: LonLat, address: str = "", now: datetime) -> tuple[Candidate, ...]:
    """Open, public reports of `service` within its radius and window, nearest first; none where radius is 0.

    Household services match at the same address only. Never a candidate of a confidential service. Where a service
    publishes no exact place, places and addresses are compared as published: else asking often enough would find them.
    """
    here = place_at_precision(point, service.address_precision)
    if service.confidential or not service.duplicate_radius_m or here is None:
        return ()
    shown_address = at_precision(address, service.address_precision)
    if service.duplicates_share_address and not shown_address.strip():
        return ()
    rows = (
        ServiceRequest.objects.public()
        .open()
        .filter(service=service, duplicate_of__isnull=True, public_location__isnull=False)
        .near_cells(point, _reach_m(service))
    )
    if service.duplicate_window_days:
        rows = rows.filter(requested_datetime__gte=now - timedelta(days=service.duplicate_window_days))
    columns = (
        "service_request_id",
        "requested_datetime",
        "status",
        "supporters_count",
        "public_location",
        "public_address",
    )
    found = []
    for number, requested, status, supporters, location, other_address in rows.values_list(*columns):
        if service.duplicates_share_address and not same_address(shown_address, other_address):
            continue
        place = LonLat(location.x, location.y)
        distance_m = here.distance_m(place)
        if distance_m <= service.duplicate_radius_m:
            found.append(Candidate(number, round(distance_m, 1), requested, status, supporters, place))
    return tuple(sorted(found, key=lambda candidate: (candidate.distance_m, candidate.service_request_id))[:MOST])


def _reach_m(service: Service) -> float:
    """How far the exact places of two reports may lie apart whose public places are within the radius."""
    slack_m = 0.0 if service.address_precision == AddressPrecision.EXACT else 2 * BLOCK_REACH_M
    return min(MAX_RADIUS_M, service.duplicate_radius_m + slack_m)


def same_address(one: str, other: str) -> bool:
    """Whether two addresses read the same, whatever their case, commas and spaces."""

    def plain(text: str) -> str:
        return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())

    return bool(plain(one)) and plain(one) == plain(other)
