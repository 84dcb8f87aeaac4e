"""Submitting a report: areas, crew, events, one row per client_request_id."""

from uuid import uuid4

import pytest

from boundaries.models import BoundarySet
from geo311.catalog.models import Service
from geo311.core.coordinates import LonLat
from geo311.core.problems import Conflict, Invalid, OutsideServiceArea
from geo311.crews.models import Crew
from geo311.service_requests.actions import submit
from geo311.service_requests.models import EventKind, ServiceRequest
from geo311.service_requests.submission import Submission
from tests.conftest import NOON, report

pytestmark = pytest.mark.django_db


def test_a_report_gets_its_district_ward_territory_and_crew(pothole: Service, west_crew: Crew) -> None:
    row = report(pothole, -0.05, 0.05)
    row.refresh_from_db()
    assert (row.district.code, row.ward.code, row.territory.code) == ("1", "N", "A")
    assert row.crew == west_crew
    assert row.status == "assigned"
    assert row.district_version.label == "2026"
    assert row.district_how == "inside"
    assert row.district_edge_m == pytest.approx(5_530, rel=0.02)
    assert [event.kind for event in row.events.all()] == [EventKind.SUBMITTED, EventKind.ASSIGNED]


def test_a_point_on_a_shared_edge_belongs_to_the_lowest_code(pothole: Service) -> None:
    row = report(pothole, 0.0, 0.0)
    assert (row.district.code, row.ward.code, row.territory.code) == ("1", "N", "A")
    assert row.district_edge_m == 0


def test_a_missing_set_gives_null(pothole: Service, city: dict[str, BoundarySet]) -> None:
    city["ward"].versions.all().delete()
    row = report(pothole, 0.05, 0.05)
    assert row.ward is None
    assert row.district.code == "2"


def test_a_point_just_offshore_is_snapped_and_says_so(pothole: Service) -> None:
    row = report(pothole, 0.1003, 0.05)
    assert row.district.code == "2"
    assert row.district_how == "snapped"
    assert row.district_edge_m == pytest.approx(33.4, abs=0.3)


def test_a_point_outside_the_city_is_refused_with_the_nearest_place(pothole: Service) -> None:
    with pytest.raises(OutsideServiceArea) as problem:
        report(pothole, 0.2, 0.05)
    nearest = problem.value.extensions["nearest"]
    assert isinstance(nearest, dict)
    assert nearest["lon"] == pytest.approx(0.1, abs=1e-6)
    assert nearest["distance_m"] == pytest.approx(11_132, abs=40)
    assert not ServiceRequest.objects.exists()


def test_the_same_client_request_id_twice_is_one_row(pothole: Service) -> None:
    submission = Submission(service=pothole, point=LonLat(0.05, 0.05), client_request_id=uuid4())
    first, new = submit(submission=submission, now=NOON)
    again, newer = submit(submission=submission, now=NOON)
    assert (new, newer) == (True, False)
    assert first.pk == again.pk
    assert ServiceRequest.objects.count() == 1


def test_the_same_client_request_id_with_another_body_is_a_conflict(pothole: Service) -> None:
    number = uuid4()
    submit(submission=Submission(service=pothole, point=LonLat(0.05, 0.05), client_request_id=number), now=NOON)
    with pytest.raises(Conflict):
        submit(submission=Submission(service=pothole, point=LonLat(0.06, 0.05), client_request_id=number), now=NOON)


def test_a_service_that_needs_a_place_refuses_a_report_without_one(pothole: Service) -> None:
    with pytest.raises(Invalid) as problem:
        submit(submission=Submission(service=pothole), now=NOON)
    assert [error.field for error in problem.value.errors] == ["lon", "lat"]


def test_a_service_without_place_takes_a_report_without_one(shelter: Service) -> None:
    row, _new = submit(submission=Submission(service=shelter), now=NOON)
    assert row.location is None
    assert row.status == "received"
