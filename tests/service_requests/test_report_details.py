"""The last step of the report: questions, words, photo, contact, and sending it."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from geo311.catalog.models import Datatype, Service
from geo311.service_requests.models import Reporter, ServiceRequest
from tests.conftest import report
from tests.service_requests.report_forms import PLACE, choices, form_data, jpeg, question, send

pytestmark = pytest.mark.django_db


def test_an_emergency_answer_stops_the_report_and_loses_nothing(client: Client, pothole: Service) -> None:
    question(pothole, "danger", Datatype.SINGLEVALUELIST, values=choices("yes", "no", emergency="yes"))
    answer = {"attributes.danger": "yes", "description": "A wire <b>sparks</b>", "name": "Ann"}
    stopped = send(client, pothole, **answer)
    page = stopped.content.decode()
    assert stopped.status_code == 422
    assert "Call 911 now" in page
    assert not ServiceRequest.objects.exists()

    typed = dict(re.findall(r'<input type="hidden" name="([\w.]+)" value="([^"]*)">', page))
    assert typed["step"] == "edit"
    back = client.post("/report/details/", {**typed, "description": "A wire <b>sparks</b>"}).content.decode()
    assert "A wire &lt;b&gt;sparks&lt;/b&gt;" in back
    assert 'value="Ann"' in back
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize(
    ("datatype", "values", "answer", "says"),
    [
        (Datatype.NUMBER, [], "many", "Answer with a number"),
        (Datatype.DATETIME, [], "yesterday", "Answer with a date and time"),
        (Datatype.SINGLEVALUELIST, choices("big", "small"), "huge", "Select a valid choice"),
        (Datatype.MULTIVALUELIST, choices("big", "small"), "huge", "Select a valid choice"),
        (Datatype.TEXT, [], "x" * 2001, "Use at most 2000 characters"),
    ],
)
def test_an_answer_of_the_wrong_type_is_refused_beside_its_question(
    client: Client, pothole: Service, datatype: str, values: list[dict[str, Any]], answer: str, says: str
) -> None:
    question(pothole, "q", datatype, values=values)
    response = send(client, pothole, **{"attributes.q": answer, "description": "Kept"})
    page = response.content.decode()
    assert response.status_code == 422
    assert says in page
    assert 'href="#id_attributes.q"' in page
    assert ">\nKept</textarea>" in page
    assert not ServiceRequest.objects.exists()


def test_a_required_question_must_be_answered(client: Client, pothole: Service) -> None:
    question(pothole, "size", Datatype.SINGLEVALUELIST, required=True, values=choices("big", "small"))
    response = send(client, pothole)
    assert response.status_code == 422
    assert "Answer this question: Question size" in response.content.decode()
    assert send(client, pothole, **{"attributes.size": "big"}).status_code == 302
    assert ServiceRequest.objects.get().attribute_values == {"size": "big"}


def test_a_question_that_depends_on_another_is_asked_only_then(client: Client, pothole: Service) -> None:
    question(pothole, "wet", Datatype.SINGLEVALUELIST, values=choices("yes", "no"))
    question(pothole, "depth", Datatype.NUMBER, required=True, depends_on_code="wet", depends_on_key="yes")
    assert send(client, pothole, **{"attributes.wet": "yes"}).status_code == 422
    assert send(client, pothole, **{"attributes.wet": "no"}).status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("description", "x" * 4001, 422),
        ("name", "x" * 121, 422),
        ("phone", "1" * 41, 422),
        ("email", "nobody", 422),
        ("address", "x" * 251, 422),
    ],
)
def test_a_text_too_long_or_malformed_is_refused_and_kept(
    client: Client, pothole: Service, field: str, value: str, status: int
) -> None:
    response = send(client, pothole, **{field: value})
    assert response.status_code == status
    assert value in response.content.decode()
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize(
    ("place", "status"), [({"lon": "nan"}, 400), ({"lon": ""}, 400), ({"lon": "5", "lat": "5"}, 422)]
)
def test_a_post_to_a_wrong_place_stores_nothing(
    client: Client, pothole: Service, place: dict[str, str], status: int
) -> None:
    assert send(client, pothole, **place).status_code == status
    assert not ServiceRequest.objects.exists()


def test_the_same_form_sent_twice_is_one_report(client: Client, pothole: Service) -> None:
    data = form_data(pothole, description="Once")
    first, second = (client.post("/report/details/", data) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert ServiceRequest.objects.count() == 1


def test_a_sent_form_with_other_words_shows_the_first_report_and_can_be_sent_anew(
    client: Client, pothole: Service
) -> None:
    data = form_data(pothole, description="One hole")
    client.post("/report/details/", data)
    row = ServiceRequest.objects.get()
    again = client.post("/report/details/", {**data, "description": "Another hole"})
    page = again.content.decode()
    assert again.status_code == 409
    assert f"/requests/{row.service_request_id}/" in page
    assert "Another hole" in page
    hidden = dict(re.findall(r'<input type="hidden" name="(client_request_id)" value="([^"]*)"', page))
    assert hidden["client_request_id"] != data["client_request_id"]


def test_a_photo_is_kept_with_the_report(client: Client, pothole: Service) -> None:
    assert send(client, pothole, photo=jpeg()).status_code == 302
    photo = ServiceRequest.objects.get().photos.get()
    shown = client.get(f"/photos/{photo.public_id}.jpg")
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert b"".join(shown)[:2] == b"\xff\xd8"


def test_a_file_that_is_no_photo_is_refused_and_the_words_kept(client: Client, pothole: Service) -> None:
    fake = SimpleUploadedFile("hole.jpg", b"<script>alert(1)</script>", content_type="image/jpeg")
    response = send(client, pothole, photo=fake, description="Kept")
    page = response.content.decode()
    assert response.status_code == 422
    assert "We cannot read this as a photo" in page
    assert "Kept" in page
    assert not ServiceRequest.objects.exists()


def test_the_contact_stands_apart(client: Client, pothole: Service) -> None:
    send(client, pothole, name="Ann", email="ann@example.org", phone="+1 555 0100")
    reporter = Reporter.objects.get()
    assert (reporter.name, reporter.email, reporter.phone_digits) == ("Ann", "ann@example.org", "15550100")


def test_too_many_reports_are_slowed_down_and_the_words_kept(client: Client, pothole: Service, settings: Any) -> None:
    settings.REPORTS_PER_HOUR = 1
    assert send(client, pothole).status_code == 302
    response = send(client, pothole, description="Second")
    assert response.status_code == 429
    assert "Second" in response.content.decode()
    assert ServiceRequest.objects.count() == 1


def test_a_form_without_the_csrf_token_is_refused(pothole: Service) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = send(strict, pothole)
    assert response.status_code == 403
    assert "Please send that again" in response.content.decode()
    assert not ServiceRequest.objects.exists()


def test_script_in_any_field_is_text(client: Client, pothole: Service) -> None:
    script = "<script>alert(1)</script>"
    pages = [
        client.get("/report/what/", {**PLACE, "address": script, "q": script}),
        client.get("/report/what/", {"lon": script, "lat": script}),
        client.get("/report/details/", {**PLACE, "service_code": script, "address": script}),
        send(client, pothole, description=script, name=script, email=script, phone=script, address=script),
    ]
    for page in pages:
        assert script not in page.content.decode()
    assert [page.status_code for page in pages] == [200, 400, 400, 422]


@pytest.mark.parametrize("reports", [1, 8])
def test_the_number_of_queries_does_not_grow(
    client: Client, pothole: Service, reports: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(reports):
        report(pothole, -0.05 + n * 1e-5, 0.05, now=timezone.now())
    question(pothole, "size", Datatype.SINGLEVALUELIST, values=choices("big", "small"))
    query = {**PLACE, "service_code": "pothole"}
    for address, most in [("/report/", 3), ("/report/what/", 4), ("/report/nearby/", 8), ("/report/details/", 9)]:
        with django_assert_max_num_queries(most):
            client.get(address, query if address != "/report/what/" else PLACE)
