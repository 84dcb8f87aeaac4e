"""GET /api/requests/: lists and single reports as GeoJSON, filtered and paged."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from geo311.accounts.models import User
from geo311.catalog.models import Service
from geo311.core.workflow import Status
from geo311.crews.models import Crew
from geo311.service_requests import actions
from geo311.service_requests.layers import REQUESTS
from geo311.service_requests.models import ServiceRequest
from tests.api.conftest import fields_of, queries_of, signed_in
from tests.conftest import make_user, report

pytestmark = pytest.mark.django_db
URL = "/api/requests/"


def found(client: Client, **query: Any) -> set[str]:
    response = client.get(URL, query)
    assert response.status_code == 200, response.content
    return {feature["id"] for feature in response.json()["features"]}


def test_a_list_is_a_page_of_a_feature_collection_the_newest_first(client: Client, pothole: Service) -> None:
    now = timezone.now()
    rows = [report(pothole, 0.01 * n, 0.05, now=now - timedelta(hours=n)) for n in range(5)]
    first = client.get(URL, {"limit": 2}).json()
    assert (first["type"], first["count"], first["previous"]) == ("FeatureCollection", 5, None)
    assert [feature["id"] for feature in first["features"]] == [row.service_request_id for row in rows[:2]]
    second = client.get(first["next"]).json()
    assert [feature["id"] for feature in second["features"]] == [row.service_request_id for row in rows[2:4]]
    last = client.get(second["next"]).json()
    assert (len(last["features"]), last["next"]) == (1, None)
    assert client.get(second["previous"]).json()["features"] == first["features"]


def test_a_page_beyond_the_end_is_empty(client: Client, pothole: Service) -> None:
    report(pothole, 0.05, 0.05)
    assert client.get(URL, {"offset": 999_999_999}).json()["features"] == []


def test_a_feature_has_the_public_properties_of_the_layer_and_no_others(client: Client, pothole: Service) -> None:
    report(pothole, 0.05, 0.05, description="private words", address="12 Main St")
    feature = client.get(URL).json()["features"][0]
    assert list(feature["properties"]) == list(REQUESTS.properties)


def test_api_and_export_say_the_same_of_every_report(client: Client, pothole: Service, olga: User) -> None:
    row = report(pothole, 0.0512345678, -0.05, address="12 Main St")
    report(pothole, -0.05, 0.05)
    note = {"note": "Done", "resolution": "fixed"}
    actions.assign(service_request=row, crew=_any_crew(pothole), by=olga, now=timezone.now())
    actions.change_status(service_request=row, target=Status.RESOLVED, by=olga, now=timezone.now(), **note)
    from_api = client.get(URL).json()["features"]
    exported = b"".join(client.get("/export/requests.geojson").streaming_content)  # type: ignore[attr-defined]
    assert json.loads(exported)["features"] == from_api


def _any_crew(service: Service) -> Crew:
    crew: Crew = Crew.objects.create(slug="any", name="Any", department=service.department)
    return crew


def test_one_report_comes_with_its_public_story(client: Client, pothole: Service, olga: User) -> None:
    row = report(pothole, 0.05, 0.05)
    now = timezone.now()
    actions.add_note(service_request=row, text="Colleagues only", by=olga, now=now)
    actions.change_status(
        service_request=row, target=Status.CLOSED, by=olga, now=now, note="Filled", resolution="fixed"
    )
    feature = client.get(f"{URL}{row.service_request_id}/").json()
    assert feature["type"] == "Feature"
    assert [(event["kind"], event["note"]) for event in feature["events"]] == [
        ("submitted", None),
        ("status_changed", "Filled"),
    ]
    assert feature["events"][1]["resolution"] == "fixed"
    assert "Colleagues only" not in str(feature)


def test_a_number_is_found_as_people_write_it(client: Client, pothole: Service) -> None:
    number = report(pothole, 0.05, 0.05).service_request_id
    assert client.get(f"{URL}{number.replace('-', '').lower()}/").json()["id"] == number


@pytest.mark.parametrize("number", ["1", "0000-0000", "%00", "..", "x" * 500, "4GT7-K2QN"])
def test_a_number_that_is_none_is_not_found(client: Client, pothole: Service, number: str) -> None:
    response = client.get(f"{URL}{number}/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_confidential_and_hidden_reports_are_seen_by_those_alone_who_may(
    client: Client, pothole: Service, shelter: Service, sam: User, olga: User, rosa: User
) -> None:
    secret = report(shelter, 0.05, 0.05)
    hidden = report(pothole, 0.05, 0.05)
    actions.set_hidden(service_request=hidden, hidden=True, by=olga, now=timezone.now())
    expected: dict[Any, set[str]] = {
        client: set(),
        signed_in(rosa): set(),
        signed_in(olga): {hidden.service_request_id},
        signed_in(sam): {hidden.service_request_id, secret.service_request_id},
    }
    for who, numbers in expected.items():
        assert found(who) == numbers
        for row in (secret, hidden):
            status = 200 if row.service_request_id in numbers else 404
            assert who.get(f"{URL}{row.service_request_id}/").status_code == status


def test_a_duplicate_of_a_report_that_is_not_public_does_not_name_it(
    client: Client, pothole: Service, olga: User
) -> None:
    original, copy = report(pothole, 0.05, 0.05), report(pothole, 0.05, 0.05)
    ServiceRequest.objects.filter(pk=copy.pk).update(duplicate_of=original)
    address = f"{URL}{copy.service_request_id}/"
    assert client.get(address).json()["properties"]["duplicate_of"] == original.service_request_id
    actions.set_hidden(service_request=original, hidden=True, by=olga, now=timezone.now())
    for page in (client.get(address), client.get(URL), client.get("/export/requests.geojson")):
        body = b"".join(page.streaming_content) if page.streaming else page.content  # type: ignore[attr-defined]
        assert original.service_request_id.encode() not in body
    seen_by_desk = signed_in(olga).get(address).json()["properties"]["duplicate_of"]
    assert seen_by_desk == original.service_request_id


def test_lists_take_the_same_number_of_queries_whatever_they_hold(
    client: Client, pothole: Service, olga: User, west_crew: Crew
) -> None:
    def calls() -> list[int]:
        number = ServiceRequest.objects.first().service_request_id
        staff = signed_in(olga)
        return [
            queries_of(lambda: client.get(URL)),
            queries_of(lambda: staff.get(URL, {"status": "open", "district": "1", "bbox": "-1,-1,1,1"})),
            queries_of(lambda: client.get(f"{URL}{number}/")),
            queries_of(lambda: client.get("/export/requests.geojson")),
        ]

    for n in range(3):
        report(pothole, -0.01 * n, 0.05)
    few = calls()
    rows = [report(pothole, -0.002 * n, -0.05) for n in range(27)]
    ServiceRequest.objects.filter(pk__in=[row.pk for row in rows[1:]]).update(duplicate_of=rows[0])
    assert calls() == few


def test_names_come_in_the_language_asked_for(client: Client, pothole: Service, settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("es", "Spanish")]
    pothole.texts["es"] = {"service_name": "Bache"}
    pothole.save()
    report(pothole, 0.05, 0.05)

    def name(**call: Any) -> str:
        return str(client.get(URL, **call).json()["features"][0]["properties"]["service_name"])

    assert name(data={"lang": "es"}) == "Bache"
    assert name(headers={"Accept-Language": "es-MX,es;q=0.9"}) == "Bache"
    assert name() == "Pothole"
    assert fields_of(client.get(URL, {"lang": "tlh"})) == ["lang"]


WRONG = {
    "limit beyond the most": ({"limit": "501"}, "limit"),
    "limit of none": ({"limit": "0"}, "limit"),
    "limit in powers": ({"limit": "1e12"}, "limit"),
    "a giant limit": ({"limit": "9" * 5_000}, "limit"),
    "a negative offset": ({"offset": "-1"}, "offset"),
    "a giant offset": ({"offset": "9" * 30}, "offset"),
    "an unknown parameter": ({"statuses": "open"}, "statuses"),
    "NUL in a value": ({"service_code": "a\x00b"}, "service_code"),
    "bbox reversed": ({"bbox": "1,1,0,0"}, "bbox"),
    "bbox of three": ({"bbox": "1,1,0"}, "bbox"),
    "bbox outside the world": ({"bbox": "-500,0,1,1"}, "bbox"),
    "bbox not finite": ({"bbox": "nan,0,inf,1"}, "bbox"),
    "unknown service": ({"service_code": "potholes"}, "service_code"),
    "unknown department": ({"department": "x"}, "department"),
    "unknown status": ({"status": "done"}, "status"),
    "unknown resolution": ({"resolution": "x"}, "resolution"),
    "unknown district": ({"district": "99"}, "district"),
    "unknown ward": ({"ward": "streets:A"}, "ward"),
    "unknown territory": ({"territory": "nowhere:A"}, "territory"),
    "no day": ({"requested_after": "yesterday"}, "requested_after"),
    "no such day": ({"requested_before": "2026-02-30"}, "requested_before"),
    "a day too early to reckon with": ({"updated_after": "0001-01-01T00:00:00+14:00"}, "updated_after"),
    "neither yes nor no": ({"overdue": "maybe"}, "overdue"),
    "crew without sign-in": ({"crew": "west"}, "crew"),
}


@pytest.mark.parametrize(("query", "field"), WRONG.values(), ids=WRONG.keys())
@pytest.mark.parametrize("url", [URL, "/export/requests.geojson"])
def test_a_wrong_parameter_is_named(
    client: Client, west_crew: Crew, url: str, query: dict[str, str], field: str
) -> None:
    response = client.get(url, query)
    assert response.status_code == 400
    assert fields_of(response) == [field]


def test_staff_may_filter_by_crew(pothole: Service, west_crew: Crew, olga: User) -> None:
    west = report(pothole, -0.05, 0.05)
    report(pothole, 0.05, 0.05)
    assert found(signed_in(olga), crew="west") == {west.service_request_id}
    assert fields_of(signed_in(make_user("rita", "resident")).get(URL, {"crew": "west"})) == ["crew"]


def test_other_sites_may_read_without_credentials_and_never_write(client: Client, pothole: Service) -> None:
    elsewhere = {"Origin": "https://elsewhere.example"}
    for url in (URL, "/export/requests.geojson", "/api/services/"):
        response = client.get(url, headers=elsewhere)
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response
    asked = client.options(URL, headers={**elsewhere, "Access-Control-Request-Method": "POST"})
    assert "POST" not in asked["Access-Control-Allow-Methods"]
    # The answer differs by sign-in and language: a shared cache must know.
    vary = {name.strip().lower() for name in client.get("/export/requests.geojson")["Vary"].split(",")}
    assert {"cookie", "accept-language"} <= vary


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused_as_problems(client: Client, pothole: Service, method: str) -> None:
    response = getattr(client, method)(URL)
    assert response.status_code == 405
    assert response["Content-Type"] == "application/problem+json"
