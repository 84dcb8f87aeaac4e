"""The filters: what each lets through."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import shapely
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.utils import timezone

from boundaries.models import BoundarySet
from geo311.accounts.models import User
from geo311.catalog.models import Service
from geo311.core.workflow import Status
from geo311.crews.models import Crew
from geo311.service_requests import actions
from geo311.service_requests.filters import matching
from geo311.service_requests.models import ServiceRequest
from tests.conftest import NOON, make_set, report

pytestmark = pytest.mark.django_db


def found(query: str) -> list[int]:
    return sorted(matching(AnonymousUser(), QueryDict(query)).values_list("pk", flat=True))


@pytest.fixture
def light(pothole: Service) -> Service:
    made: Service = Service.objects.create(
        service_code="light", department=pothole.department, group=pothole.group, geometry_kinds=["point"]
    )
    return made


def test_several_values_widen_and_several_parameters_narrow(pothole: Service, light: Service) -> None:
    hole, lamp = report(pothole, 0.05, 0.05).pk, report(light, -0.05, 0.05).pk
    assert found("service_code=pothole") == [hole]
    assert found("service_code=pothole,light") == [hole, lamp]
    assert found("service_code=pothole&service_code=light") == [hole, lamp]
    assert found("service_code=pothole,light&district=1") == [lamp]
    assert found("service_code=&district=") == [hole, lamp]


def test_a_box_holds_the_reports_within_and_none_without_a_place(pothole: Service, shelter: Service) -> None:
    inside, _outside = report(pothole, 0.05, 0.05).pk, report(pothole, -0.05, 0.05)
    assert found("bbox=0.04,0.04,0.06,0.06") == [inside]
    assert found("bbox=0.05,0.05,0.05,0.05") == [inside]


def test_open_and_ended_stand_for_their_statuses(pothole: Service, olga: User) -> None:
    fresh, done = report(pothole, 0.05, 0.05), report(pothole, 0.05, 0.05)
    how = {"note": "Done", "resolution": "fixed"}
    actions.change_status(service_request=done, target=Status.CLOSED, by=olga, now=timezone.now(), **how)
    assert found("status=open") == [fresh.pk]
    assert found("status=ended") == [done.pk]
    assert found("status=open,closed") == [fresh.pk, done.pk]
    assert found("resolution=fixed") == [done.pk]
    assert found("resolution=not_ours") == []


def test_a_day_is_a_day_of_the_city(pothole: Service, settings: Any) -> None:
    settings.TIME_ZONE = "America/New_York"
    late = report(pothole, 0.05, 0.05, now=datetime(2026, 11, 24, 4, 30, tzinfo=UTC)).pk  # still the 23rd, 23:30
    next_day = report(pothole, 0.05, 0.05, now=datetime(2026, 11, 24, 5, 30, tzinfo=UTC)).pk
    assert found("requested_before=2026-11-23") == [late]
    assert found("requested_after=2026-11-24") == [next_day]
    assert found("requested_after=2026-11-23&requested_before=2026-11-24") == [late, next_day]


@pytest.mark.parametrize(
    "moment",
    ["2026-11-23T17:00:00Z", "2026-11-23T12:00:00-05:00", "2026-11-23T18:00:00%2B01:00", "2026-11-23T18:00:00+01:00"],
)
def test_a_moment_counts_from_then_and_until_before(pothole: Service, moment: str) -> None:
    row = report(pothole, 0.05, 0.05, now=NOON)
    assert found(f"requested_after={moment}") == [row.pk]
    assert found(f"requested_before={moment}") == []
    assert found(f"updated_after={moment}") == [row.pk]


def test_an_area_is_named_by_code_or_by_set_and_code(pothole: Service, city: dict[str, BoundarySet]) -> None:
    west, east = report(pothole, -0.05, 0.05).pk, report(pothole, 0.05, 0.05).pk
    make_set("parks", "territory", {"A": shapely.box(5, 5, 6, 6)})
    assert found("district=1") == [west]
    assert found("district=1,2") == [west, east]
    assert found("ward=N&district=2") == [east]
    assert found("territory=A") == [west]
    assert found("territory=streets:A") == [west]
    assert found("territory=parks:A") == []


def test_overdue_is_open_and_past_its_date(pothole: Service, olga: User) -> None:
    now = timezone.now()
    late = report(pothole, 0.05, 0.05, now=now - timedelta(days=30))
    in_time = report(pothole, 0.05, 0.05, now=now)
    ended = report(pothole, 0.05, 0.05, now=now - timedelta(days=30))
    how = {"note": "Done", "resolution": "fixed"}
    actions.change_status(service_request=ended, target=Status.CLOSED, by=olga, now=now, **how)
    undated = report(pothole, 0.05, 0.05, now=now)
    ServiceRequest.objects.filter(pk=undated.pk).update(expected_datetime=None)
    assert found("overdue=true") == [late.pk]
    assert found("overdue=false") == [in_time.pk, ended.pk, undated.pk]


def test_simulated_ones_can_be_left_out(pothole: Service) -> None:
    real, made_up = report(pothole, 0.05, 0.05), report(pothole, 0.05, 0.05)
    ServiceRequest.objects.filter(pk=made_up.pk).update(is_simulated=True)
    assert found("simulated=false") == [real.pk]
    assert found("simulated=true") == [made_up.pk]


def test_a_department_is_named_by_its_slug(pothole: Service, shelter: Service, west_crew: Crew) -> None:
    row = report(pothole, 0.05, 0.05)
    report(shelter, 0.05, 0.05)
    assert found("department=streets") == [row.pk]
    assert found("department=social") == []
