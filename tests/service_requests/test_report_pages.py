"""The way to report, as a browser without scripts goes it."""

import io
import re
import uuid
from typing import Any

import pytest
from django.contrib.gis.db.models.functions import Translate
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from boundaries import lookup
from boundaries.models import BoundaryShape
from geo311.catalog.models import Datatype, Service, ServiceAttribute
from geo311.service_requests.models import Reporter, ServiceRequest
from tests.conftest import report

PLACE = {"lon": "-0.05", "lat": "0.05"}


def form_data(service: Service, **fields: Any) -> dict[str, Any]:
    return {**PLACE, "service_code": service.service_code, "client_request_id": str(uuid.uuid4()), **fields}


def send(client: Client, service: Service, **fields: Any) -> Any:
    return client.post("/report/details/", form_data(service, **fields))


def jpeg() -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(data, "JPEG")
    return SimpleUploadedFile("hole.jpg", data.getvalue(), content_type="image/jpeg")


def question(service: Service, code: str, datatype: str, **fields: Any) -> ServiceAttribute:
    texts = {"en": {"question": f"Question {code}"}}
    made: ServiceAttribute = ServiceAttribute.objects.create(
        service=service, code=code, datatype=datatype, texts=texts, **fields
    )
    return made


def choices(*keys: str, emergency: str = "") -> list[dict[str, Any]]:
    return [{"key": key, "texts": {"en": {"name": key.title()}}, "emergency": key == emergency} for key in keys]


def test_a_report_takes_three_pages_and_a_post(client: Client, pothole: Service) -> None:
    where = client.get("/report/")
    assert where.status_code == 200
    assert 'action="/report/what/"' in where.content.decode()

    what = client.get("/report/what/", PLACE)
    [link] = re.findall(r'href="(/report/nearby/[^"]*)"', what.content.decode())

    details = client.get(link.replace("&amp;", "&"), follow=True)
    assert details.redirect_chain[-1][0].startswith("/report/details/")  # nobody reported it before
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', details.content.decode()))

    sent = client.post("/report/details/", {**hidden, "description": "Deep"})
    row = ServiceRequest.objects.get()
    assert sent.headers["Location"] == f"/requests/{row.service_request_id}/"
    assert (row.location.x, row.location.y, row.district.code, row.ward.code) == (-0.05, 0.05, "1", "N")
    assert row.description == "Deep"


def test_every_step_names_the_emergency_number(client: Client, pothole: Service, settings: Any) -> None:
    settings.EMERGENCY_NUMBER = "112"
    query = {**PLACE, "service_code": "pothole"}
    for address, data in [("/report/", {}), ("/report/what/", PLACE), ("/report/details/", query)]:
        assert "tel:112" in client.get(address, data).content.decode()


@pytest.mark.parametrize(
    ("lon", "lat", "status", "says"),
    [
        ("", "", 400, "Say where it is"),
        ("", "0.05", 400, "lon is missing"),
        ("-0.05", "", 400, "lat is missing"),
        ("abc", "0.05", 400, "lon must be a number"),
        ("nan", "0.05", 400, "lon must be a finite number"),
        ("inf", "0.05", 400, "lon must be a finite number"),
        ("740", "0.05", 400, "lon must lie between"),
        ("-0.05", "95", 400, "lat must lie between"),
        ("5", "5", 422, "outside the area we serve"),
    ],
)
def test_a_wrong_place_is_explained_and_kept(
    client: Client, pothole: Service, lon: str, lat: str, status: int, says: str
) -> None:
    response = client.get("/report/what/", {"lon": lon, "lat": lat, "address": "12 Main St"})
    page = response.content.decode()
    assert response.status_code == status
    assert says in page
    assert 'data-error-summary="Error:"' in page
    assert f'name="lon" type="text" inputmode="text" value="{lon}"' in page
    assert 'value="12 Main St"' in page


@pytest.fixture
def western_city(pothole: Service) -> Service:
    """The square city moved to lon -74, lat 40.7, where the two numbers cannot be mistaken for each other."""
    BoundaryShape.objects.update(geometry=Translate("geometry", -74.0, 40.7))
    lookup.forget()
    return pothole


def test_swapped_coordinates_are_recognised(client: Client, western_city: Service) -> None:
    response = client.get("/report/what/", {"lon": "40.72", "lat": "-74.03"})
    assert response.status_code == 400
    assert "look swapped" in response.content.decode()
    assert client.get("/report/what/", {"lon": "-74.03", "lat": "40.72"}).status_code == 200


def test_an_address_too_long_is_refused_before_the_next_step(client: Client, pothole: Service) -> None:
    response = client.get("/report/what/", {**PLACE, "address": "x" * 251})
    assert response.status_code == 400
    assert "Use at most 250 characters; this has 251." in response.content.decode()


@pytest.mark.parametrize("address", ["/report/nearby/", "/report/details/"])
def test_an_unknown_service_leads_back_to_the_list(client: Client, pothole: Service, address: str) -> None:
    response = client.get(address, {**PLACE, "service_code": "unicorns"})
    page = response.content.decode()
    assert response.status_code == 400
    assert "We have no such service" in page
    assert "service_code=pothole" in page


def test_a_retired_service_cannot_be_reported(client: Client, pothole: Service) -> None:
    Service.objects.update(is_active=False)
    assert "service_code=pothole" not in client.get("/report/what/", PLACE).content.decode()
    assert send(client, pothole).status_code == 400
    assert not ServiceRequest.objects.exists()


def test_services_are_found_by_name_and_keyword(client: Client, pothole: Service, shelter: Service) -> None:
    pothole.texts["en"]["keywords"] = "crater, hole in road"
    pothole.save()
    page = client.get("/report/what/", {**PLACE, "q": "CRATER"}).content.decode()
    assert "service_code=pothole" in page
    assert "service_code=shelter" not in page
    assert "No service matches" in client.get("/report/what/", {**PLACE, "q": "zebra"}).content.decode()


def test_without_a_place_only_services_that_need_none_are_offered(
    client: Client, pothole: Service, shelter: Service
) -> None:
    page = client.get("/report/what/", {"no_place": "1"}).content.decode()
    assert "service_code=shelter" in page
    assert "service_code=pothole" not in page


def test_a_service_without_a_place_skips_the_first_step(client: Client, shelter: Service) -> None:
    response = client.get("/report/nearby/", {"no_place": "1", "service_code": "shelter"}, follow=True)
    assert response.redirect_chain[-1][0] == "/report/details/?service_code=shelter&no_place=1"
    sent = client.post(
        "/report/details/", {"service_code": "shelter", "no_place": "1", "client_request_id": str(uuid.uuid4())}
    )
    assert sent.status_code == 302
    assert ServiceRequest.objects.get().location is None


def test_a_service_that_needs_a_place_asks_for_it(client: Client, pothole: Service) -> None:
    response = client.get("/report/details/", {"service_code": "pothole"})
    page = response.content.decode()
    assert response.status_code == 400
    assert "Say where it is" in page
    assert '<input type="hidden" name="service_code" value="pothole">' in page


def test_a_confidential_service_says_who_will_see_it(client: Client, shelter: Service) -> None:
    page = client.get("/report/details/", {**PLACE, "service_code": "shelter"}).content.decode()
    assert "Only Social services sees this report" in page


def test_the_same_report_near_by_is_offered_first(client: Client, pothole: Service) -> None:
    near = report(pothole, -0.0501, 0.05)
    response = client.get("/report/nearby/", {**PLACE, "service_code": "pothole"})
    page = response.content.decode()
    assert response.status_code == 200
    assert f'action="/requests/{near.service_request_id}/support/"' in page
    assert "10 m from your pin" in page
    assert near.description not in page or not near.description
    assert 'href="/report/details/?lon=-0.05&amp;lat=0.05&amp;service_code=pothole"' in page


def test_a_service_for_the_emergency_number_stops_the_report(client: Client, pothole: Service) -> None:
    Service.objects.update(redirect_kind="emergency", redirect_number="911")
    response = client.get("/report/nearby/", {**PLACE, "service_code": "pothole"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Call 911 now" in page
    assert 'href="tel:911"' in page
    assert 'href="/report/what/?lon=-0.05&amp;lat=0.05"' in page
    assert send(client, pothole).status_code == 422
    assert not ServiceRequest.objects.exists()


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
