"""POST /api/requests/: a report by anybody, over REST."""

import io
import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from geo311.accounts.models import User
from geo311.catalog.models import Service, ServiceAttribute
from geo311.crews.models import Crew
from geo311.service_requests.models import Reporter, ServiceRequest
from tests.api.conftest import fields_of, queries_of, signed_in
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
URL = "/api/requests/"
HERE = {"service_code": "pothole", "lon": 0.05, "lat": 0.05}


def send(client: Client, body: Any, **headers: str) -> Any:
    return client.post(URL, json.dumps(body), content_type="application/json", headers=headers)


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(file, "JPEG")
    return file.getvalue()


def test_anybody_makes_a_report_and_gets_its_feature(client: Client, pothole: Service) -> None:
    body = {**HERE, "description": "Deep", "address": "12 Main St", "name": "Ann", "email": "ann@example.org"}
    response = send(client, body)
    assert response.status_code == 201
    feature = response.json()
    row = ServiceRequest.objects.get()
    assert feature["id"] == feature["properties"]["service_request_id"] == row.service_request_id
    assert feature["geometry"] == {"type": "Point", "coordinates": [0.05, 0.05]}
    assert feature["properties"]["district"] == "2"
    assert response["Location"] == f"/api/requests/{row.service_request_id}/"
    assert row.channel == "api"
    assert Reporter.objects.get().email == "ann@example.org"
    assert "ann@example.org" not in response.content.decode()
    assert "Deep" not in response.content.decode()


def test_every_reply_to_a_new_report_says_whom_to_call(client: Client, pothole: Service, shelter: Service) -> None:
    for code in ("pothole", "shelter"):
        body = {**HERE, "service_code": code, "client_request_id": str(uuid4())}
        for _first_or_again in range(2):
            assert "911" in send(client, body).json()["emergency_notice"]


def test_the_same_client_request_id_again_answers_with_the_first_report(client: Client, pothole: Service) -> None:
    body = {**HERE, "client_request_id": str(uuid4())}
    first, again = send(client, body), send(client, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert ServiceRequest.objects.count() == 1


def test_the_same_client_request_id_with_another_body_is_a_conflict(client: Client, pothole: Service) -> None:
    number = str(uuid4())
    send(client, {**HERE, "client_request_id": number})
    response = send(client, {**HERE, "client_request_id": number, "description": "Another"})
    assert response.status_code == 409
    assert fields_of(response) == ["client_request_id"]


def test_a_confidential_report_is_answered_with_number_status_and_date_alone(
    client: Client, shelter: Service, sam: User
) -> None:
    for who in (client, signed_in(sam)):
        response = send(who, {"service_code": "shelter", "lon": 0.05, "lat": 0.05, "description": "Under the bridge"})
        assert response.status_code == 201
        feature = response.json()
        assert set(feature) == {"type", "id", "geometry", "properties", "emergency_notice"}
        assert feature["geometry"] is None
        assert set(feature["properties"]) == {"service_request_id", "status", "expected_datetime"}


def test_a_report_outside_the_city_is_refused_with_the_nearest_place(client: Client, pothole: Service) -> None:
    response = send(client, {**HERE, "lon": 0.3})
    assert response.status_code == 422
    assert response.json()["nearest"]["lon"] == pytest.approx(0.1, abs=1e-6)


def test_a_service_that_is_an_emergency_takes_no_report_and_says_whom_to_call(client: Client, pothole: Service) -> None:
    pothole.redirect_kind, pothole.redirect_number = "emergency", "911"
    pothole.save()
    response = send(client, HERE)
    assert response.status_code == 422
    assert response.json()["number"] == "911"
    assert not ServiceRequest.objects.exists()


def test_a_photo_comes_in_multipart(client: Client, pothole: Service) -> None:
    photo = SimpleUploadedFile("x.jpg", picture(), content_type="image/jpeg")
    response = client.post(URL, {**HERE, "attributes": "{}", "photo": [photo]})
    assert response.status_code == 201
    assert ServiceRequest.objects.get().photos.count() == 1


@pytest.mark.parametrize("content", [b"", b"no picture", picture()[:80]], ids=["empty", "text", "cut off"])
def test_a_photo_that_is_none_is_refused(client: Client, pothole: Service, content: bytes) -> None:
    response = client.post(URL, {**HERE, "photo": SimpleUploadedFile("x.jpg", content, content_type="image/jpeg")})
    assert response.status_code == 400
    assert fields_of(response) == ["photo"]
    assert not ServiceRequest.objects.exists()


def test_too_many_photos_are_refused(client: Client, pothole: Service) -> None:
    photos = [SimpleUploadedFile(f"{n}.jpg", picture(), content_type="image/jpeg") for n in range(6)]
    response = client.post(URL, {**HERE, "photo": photos})
    assert response.status_code == 400
    assert fields_of(response) == ["photo"]


WRONG = {
    "lat missing": ({"lat": None}, ["lat"]),
    "lon missing": ({"lon": None}, ["lon"]),
    "both missing": ({"lon": None, "lat": None}, ["lon", "lat"]),
    "swapped": ({"lon": 40.7, "lat": -173.9}, ["lat"]),
    "text": ({"lon": "west"}, ["lon"]),
    "nan as text": ({"lon": "nan"}, ["lon"]),
    "infinite as text": ({"lat": "-inf"}, ["lat"]),
    "overflows to infinity": ({"lon": "1e999"}, ["lon"]),
    "a giant whole number": ({"lon": 10**400}, ["lon"]),
    "out of range": ({"lon": 181}, ["lon"]),
    "a list": ({"lon": [1]}, ["lon"]),
    "true": ({"lat": True}, ["lat"]),
    "unknown service": ({"service_code": "potholes"}, ["service_code"]),
    "service missing": ({"service_code": ""}, ["service_code"]),
    "service is a number": ({"service_code": {"a": 1}}, ["service_code"]),
    "NUL in the service": ({"service_code": "pot\x00hole"}, ["service_code"]),
    "text too long": ({"description": "x" * 4001}, ["description"]),
    "several too long": ({"address": "x" * 251, "name": "x" * 121}, ["address", "name"]),
    "no e-mail address": ({"email": "nobody"}, ["email"]),
    "no UUID": ({"client_request_id": "1"}, ["client_request_id"]),
    "negative accuracy": ({"position_accuracy_m": -1}, ["position_accuracy_m"]),
    "accuracy not a number": ({"position_accuracy_m": "nan"}, ["position_accuracy_m"]),
    "giant accuracy": ({"position_accuracy_m": 10**400}, ["position_accuracy_m"]),
    "unknown language": ({"preferred_language": "tlh"}, ["preferred_language"]),
    "unknown field": ({"longitude": 1}, ["longitude"]),
    "attributes are a list": ({"attributes": [1]}, ["attributes"]),
    "an attribute that is not asked": ({"attributes": {"colour": "red"}}, ["attributes.colour"]),
    "an attribute of the wrong type": ({"attributes": {"depth": "deep"}}, ["attributes.depth"]),
    "an attribute beyond all numbers": ({"attributes": {"depth": 10**400}}, ["attributes.depth"]),
    "an attribute that nests": ({"attributes": {"depth": {"cm": 3}}}, ["attributes"]),
}


@pytest.mark.parametrize(("change", "fields"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_field_is_named(client: Client, pothole: Service, change: dict[str, Any], fields: list[str]) -> None:
    ServiceAttribute.objects.create(service=pothole, code="depth", datatype="number", texts={})
    response = send(client, {**HERE, **change})
    assert response.status_code == 400
    assert fields_of(response) == fields
    assert not ServiceRequest.objects.exists()


def test_an_attribute_that_must_be_answered_is_named(client: Client, pothole: Service) -> None:
    ServiceAttribute.objects.create(service=pothole, code="depth", datatype="number", required=True, texts={})
    assert fields_of(send(client, HERE)) == ["attributes.depth"]


def test_characters_that_only_do_harm_are_left_out(client: Client, pothole: Service) -> None:
    ServiceAttribute.objects.create(service=pothole, code="note", datatype="text", texts={})
    harmful = "a\x00b\ud83d\u202ec"
    response = send(client, {**HERE, "description": harmful, "attributes": {"note": harmful}})
    assert response.status_code == 201
    row = ServiceRequest.objects.get()
    assert (row.description, row.attribute_values) == ("abc", {"note": "abc"})


BODIES = {
    "a list": "[1]",
    "a number": "3",
    "a text": '"x"',
    "null": "null",
    "nothing": "",
    "half an object": '{"service_code":',
    "NaN": '{"service_code": "pothole", "lon": NaN, "lat": 1}',
    "nested without end": "[" * 50_000,
    "a number of 5,000 digits": '{"service_code": "pothole", "lon": ' + "9" * 5_000 + "}",
    "no UTF-8": b'{"service_code": "\xff"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_body_that_is_no_report_is_refused(client: Client, pothole: Service, body: str | bytes) -> None:
    response = client.post(URL, body, content_type="application/json")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("content_type", "status"), [("text/csv", 415), ("multipart/form-data", 400), ("application/xml", 415)]
)
def test_a_wrong_content_type_is_refused(client: Client, pothole: Service, content_type: str, status: int) -> None:
    response = client.post(URL, "a,b", content_type=content_type)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"


def test_a_body_larger_than_any_report_is_refused_before_it_is_read(client: Client, pothole: Service) -> None:
    response = send(client, {**HERE, "description": "x" * 300_000})
    assert response.status_code == 413
    assert response["Content-Type"] == "application/problem+json"


def test_form_fields_that_are_too_large_are_refused(client: Client, pothole: Service) -> None:
    response = client.post(URL, {**HERE, "description": "x" * 3_000_000})
    assert response.status_code == 413
    assert response["Content-Type"] == "application/problem+json"


def test_too_many_reports_in_an_hour_are_refused(client: Client, pothole: Service, settings: Any) -> None:
    settings.REPORTS_PER_HOUR = 2
    statuses = [send(client, HERE).status_code for _attempt in range(3)]
    assert statuses == [201, 201, 429]
    assert int(send(client, HERE)["Retry-After"]) > 0


def test_a_signed_in_person_needs_the_csrf_token(pothole: Service, rosa: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert send(client, HERE).status_code == 201
    client.force_login(rosa)
    response = send(client, HERE)
    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"


def test_a_resident_with_an_account_is_the_reporter(pothole: Service, rosa: User) -> None:
    assert send(signed_in(rosa), HERE).status_code == 201
    assert Reporter.objects.get().user == rosa


def test_client_request_ids_of_two_accounts_do_not_meet(pothole: Service, rosa: User) -> None:
    body = {**HERE, "client_request_id": str(uuid4())}
    numbers = {send(signed_in(who), body).json()["id"] for who in (rosa, make_user("rita", "resident"))}
    assert len(numbers) == 2


def test_the_number_of_queries_of_a_report_does_not_depend_on_what_is_stored(
    client: Client, pothole: Service, west_crew: Crew
) -> None:
    west = {**HERE, "lon": -0.05, "email": "ann@example.org"}
    send(client, west)
    few = queries_of(lambda: send(client, west))
    for _more in range(20):
        send(client, west)
    assert queries_of(lambda: send(client, west)) == few


def test_asking_again_after_a_lost_answer_is_not_slowed_down(client: Client, pothole: Service, settings: Any) -> None:
    settings.REPORTS_PER_HOUR = 1
    body = {"service_code": "pothole", "lon": -0.05, "lat": 0.05, "client_request_id": str(uuid4())}
    answers = [client.post("/api/requests/", body, content_type="application/json") for _nth in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    other = {**body, "client_request_id": str(uuid4())}
    assert client.post("/api/requests/", other, content_type="application/json").status_code == 429


def test_a_field_name_that_is_half_a_character_is_named_in_the_answer(client: Client, pothole: Service) -> None:
    answer = client.post("/api/requests/", '{"service_code": "pothole", "\\ud800": 1}', content_type="application/json")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("application/problem+json")
