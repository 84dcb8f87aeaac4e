"""Changing a report over REST: status, crew, support, hiding; who may, and what is asked."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from geo311.accounts.models import User
from geo311.catalog.models import Service
from geo311.crews.models import Crew
from geo311.service_requests.models import ServiceRequest
from tests.api.conftest import fields_of, signed_in
from tests.conftest import report

pytestmark = pytest.mark.django_db


def post(client: Client, row: ServiceRequest, step: str, body: Any = None) -> Any:
    url = f"/api/requests/{row.service_request_id}/{step}/"
    return client.post(url, json.dumps(body or {}), content_type="application/json")


def test_a_crew_starts_and_resolves_its_report(pothole: Service, carl: User) -> None:
    row, client = report(pothole, -0.05, 0.05), signed_in(carl)
    assert post(client, row, "status", {"status": "in_progress"}).json()["properties"]["status"] == "in_progress"
    ended = post(client, row, "status", {"status": "resolved", "resolution": "fixed", "note": "Filled it"})
    assert ended.status_code == 200
    assert ended.json()["properties"]["status_notes"] == "Filled it"
    assert ended.json()["properties"]["closed_datetime"]
    assert ended.json()["events"][-1]["note"] == "Filled it"


def test_ending_a_report_asks_for_a_note_and_a_resolution(pothole: Service, carl: User) -> None:
    response = post(signed_in(carl), report(pothole, -0.05, 0.05), "status", {"status": "resolved"})
    assert response.status_code == 400
    assert fields_of(response) == ["note", "resolution"]


def test_a_step_that_the_table_does_not_have_is_a_conflict(pothole: Service, olga: User) -> None:
    response = post(signed_in(olga), report(pothole, -0.05, 0.05), "status", {"status": "resolved"})
    assert response.status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"status": "done"}, "status"),
        ({"status": ["closed"]}, "status"),
        ({}, "status"),
        ({"status": "closed", "resolution": "x"}, "resolution"),
        ({"status": "in_progress", "note": "x" * 4001}, "note"),
    ],
)
def test_a_wrong_step_is_named(pothole: Service, olga: User, body: dict[str, Any], field: str) -> None:
    response = post(signed_in(olga), report(pothole, -0.05, 0.05), "status", body)
    assert response.status_code == 400
    assert fields_of(response) == [field]


@pytest.mark.parametrize("step", ["status", "assign", "hide"])
def test_nobody_else_changes_a_report(pothole: Service, rosa: User, paul: User, west_crew: Crew, step: str) -> None:
    row = report(pothole, -0.05, 0.05)
    body = {"status": "in_progress"} if step == "status" else {"crew": None, "reason": "x"}
    for client in (Client(), signed_in(rosa), signed_in(paul)):
        response = post(client, row, step, body)
        assert response.status_code == 403
        assert response["Content-Type"] == "application/problem+json"
    assert Client().delete(f"/api/requests/{row.service_request_id}/hide/").status_code == 403
    row.refresh_from_db()
    assert (row.status, row.crew, row.is_hidden) == ("assigned", west_crew, False)


def test_a_confidential_report_is_not_there_for_staff_of_other_departments(
    shelter: Service, olga: User, sam: User
) -> None:
    row = report(shelter, 0.05, 0.05)
    for step, body in (
        ("status", {"status": "in_progress"}),
        ("assign", {"crew": None}),
        ("support", {}),
        ("hide", {}),
    ):
        assert post(signed_in(olga), row, step, body).status_code == 404
    assert post(signed_in(sam), row, "status", {"status": "in_progress"}).status_code == 200


def test_a_report_is_passed_on_with_a_reason(pothole: Service, west_crew: Crew, olga: User) -> None:
    row, client = report(pothole, -0.05, 0.05), signed_in(olga)
    east = Crew.objects.create(slug="east", name="East", department=pothole.department)
    assert fields_of(post(client, row, "assign", {"crew": "east"})) == ["reason"]
    assert fields_of(post(client, row, "assign", {"crew": "north", "reason": "x"})) == ["crew"]
    assert fields_of(post(client, row, "assign", {"reason": "x"})) == ["crew"]
    assert post(client, row, "assign", {"crew": "east", "reason": "Nearer"}).status_code == 200
    row.refresh_from_db()
    assert row.crew == east
    assert (
        post(client, row, "assign", {"crew": None, "reason": "Nobody's"}).json()["properties"]["status"] == "received"
    )


def test_one_browser_supports_once_and_can_undo_it(pothole: Service) -> None:
    row, client = report(pothole, 0.05, 0.05), Client()
    url = f"/api/requests/{row.service_request_id}/support/"
    assert [client.post(url).json()["supporters"] for _twice in range(2)] == [1, 1]
    assert Client().post(url).json()["supporters"] == 2
    undone = client.delete(url).json()
    assert (undone["supported"], undone["supporters"]) == (False, 1)
    assert Client().delete(url).json()["supporters"] == 1


def test_support_from_one_place_is_limited(pothole: Service, settings: Any) -> None:
    settings.REPORTS_PER_HOUR = 2
    url = f"/api/requests/{report(pothole, 0.05, 0.05).service_request_id}/support/"
    assert [Client().post(url).status_code for _attempt in range(3)] == [200, 200, 429]


def test_an_ended_report_takes_no_support(pothole: Service, olga: User) -> None:
    row = report(pothole, 0.05, 0.05)
    how = {"status": "closed", "note": "Done", "resolution": "fixed"}
    post(signed_in(olga), row, "status", how)
    assert post(Client(), row, "support").status_code == 409


def test_the_desk_hides_a_report_and_shows_it_again(pothole: Service, olga: User, carl: User) -> None:
    row, desk = report(pothole, -0.05, 0.05), signed_in(olga)
    url = f"/api/requests/{row.service_request_id}/"
    assert post(signed_in(carl), row, "hide").status_code == 403
    assert post(desk, row, "hide").json() == {"service_request_id": row.service_request_id, "hidden": True}
    assert Client().get(url).status_code == 404
    assert desk.delete(f"{url}hide/").json()["hidden"] is False
    assert Client().get(url).status_code == 200


def test_a_session_without_csrf_token_changes_nothing(pothole: Service, olga: User) -> None:
    row, client = report(pothole, 0.05, 0.05), Client(enforce_csrf_checks=True)
    client.force_login(olga)
    assert post(client, row, "hide").status_code == 403
    row.refresh_from_db()
    assert not row.is_hidden
    assert row.updated_datetime <= timezone.now()
