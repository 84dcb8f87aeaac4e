"""Filing for a caller: typed fast, stopped by emergencies, filed once, nothing lost."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from geo311.accounts.models import User
from geo311.catalog.models import Datatype, Service, ServiceAttribute
from geo311.crews.models import Crew
from geo311.service_requests.models import Reporter, ServiceRequest
from tests.conftest import report
from tests.console.staff_pages import client_of, queries_of, text_of, words

pytestmark = pytest.mark.django_db
PAGE = "/desk/report/"


@pytest.fixture
def desk(olga: User) -> Client:
    return client_of(olga)


@pytest.fixture
def size(pothole: Service) -> ServiceAttribute:
    """A question of the pothole; one of its answers is an emergency, and one asks for more."""
    ServiceAttribute.objects.create(
        service=pothole,
        code="what-else",
        datatype=Datatype.STRING,
        required=True,
        position=2,
        texts={"en": {"question": "What else?"}},
        depends_on_code="size",
        depends_on_key="other",
    )
    return ServiceAttribute.objects.create(
        service=pothole,
        code="size",
        datatype=Datatype.SINGLEVALUELIST,
        required=True,
        position=1,
        texts={"en": {"question": "How big is it?"}},
        values=[
            {"key": "tire", "texts": {"en": {"name": "Like a tire"}}},
            {"key": "other", "texts": {"en": {"name": "Something else"}}},
            {"key": "car", "texts": {"en": {"name": "A car is in it"}}, "emergency": True},
        ],
    )


def said(service: Service, **more: Any) -> dict[str, Any]:
    """What the operator typed, ready to be sent."""
    typed = {
        "client_request_id": str(uuid4()),
        "service_code": service.service_code,
        "address": "1 Main St",
        "lon": "-0.05",
        "lat": "0.05",
        "description": "Deep.",
        "name": "Maria Lopez",
        "phone": "(212) 555-0100",
        "email": "maria@example.org",
        "do": "send",
    }
    return typed | more


def test_a_callers_report_is_filed_and_the_number_told(desk: Client, pothole: Service, west_crew: Crew) -> None:
    answer = desk.post(PAGE, said(pothole))
    row = ServiceRequest.objects.get()
    assert answer["Location"] == f"/desk/requests/{row}/?filed=1"
    assert (row.channel, row.crew, row.address, row.description) == ("phone", west_crew, "1 Main St", "Deep.")
    reporter = Reporter.objects.get()
    assert (reporter.name, reporter.phone_digits, reporter.user) == ("Maria Lopez", "2125550100", None)
    page = text_of(desk, answer["Location"])
    assert f"Tell the caller {row}" in page
    assert "Maria" not in page


def test_a_report_without_a_pin_goes_to_the_unassigned_list(desk: Client, pothole: Service, west_crew: Crew) -> None:
    desk.post(PAGE, said(pothole, lon="", lat=""))
    row = ServiceRequest.objects.get()
    assert (row.location, row.crew, row.status) == (None, None, "received")
    assert row.service_request_id in text_of(desk, "/desk/unassigned/?why=place")


def test_neither_pin_nor_address_is_said_at_the_field(desk: Client, pothole: Service) -> None:
    answer = desk.post(PAGE, said(pothole, lon="", lat="", address=""))
    assert answer.status_code == 422
    assert '<a href="#id_address">Without a place on the map, write down the address' in answer.content.decode()
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"service_code": ""}, "Choose what it is about."),
        ({"service_code": "flying"}, "Select a valid choice"),
        ({"lon": "abc"}, "must be a number"),
        ({"lat": "740"}, "must lie between"),
        ({"lon": "0.5"}, "The nearest place we serve is"),
        ({"email": "no address"}, "Write an e-mail address"),
        ({"description": "x" * 4001}, "at most 4000 characters"),
        ({"client_request_id": "nonsense"}, "valid UUID"),
    ],
)
def test_what_is_wrong_is_said_and_everything_typed_stays(
    desk: Client, pothole: Service, wrong: dict[str, str], sentence: str
) -> None:
    answer = desk.post(PAGE, said(pothole, **wrong))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in words(page)
    assert 'class="error-summary"' in page
    for kept in ("1 Main St", "Maria Lopez", "(212) 555-0100"):
        assert kept in page
    assert not ServiceRequest.objects.exists()


def test_choosing_a_service_shows_its_questions_and_files_nothing(
    desk: Client, pothole: Service, size: ServiceAttribute
) -> None:
    answer = desk.post(PAGE, said(pothole, do="look"))
    page = words(answer.content.decode())
    assert answer.status_code == 200
    assert "How big is it?" in page
    assert "What else?" not in page
    assert "error-summary" not in answer.content.decode()
    assert 'value="Maria Lopez"' in answer.content.decode()
    assert not ServiceRequest.objects.exists()


def test_a_question_that_depends_on_an_answer_appears_with_it(
    desk: Client, pothole: Service, size: ServiceAttribute
) -> None:
    asked = desk.post(PAGE, said(pothole, do="look", **{"attributes.size": "other"}))
    assert "What else?" in asked.content.decode()
    refused = desk.post(PAGE, said(pothole, **{"attributes.size": "other"}))
    assert "Answer this question: What else?" in refused.content.decode()
    desk.post(PAGE, said(pothole, **{"attributes.size": "other", "attributes.what-else": "A crack"}))
    assert ServiceRequest.objects.get().attribute_values == {"size": "other", "what-else": "A crack"}


def test_an_answer_to_a_question_no_longer_asked_is_left_out(
    desk: Client, pothole: Service, size: ServiceAttribute
) -> None:
    desk.post(PAGE, said(pothole, **{"attributes.size": "tire", "attributes.what-else": "A crack"}))
    assert ServiceRequest.objects.get().attribute_values == {"size": "tire"}


def test_an_answer_that_is_an_emergency_stops_it(
    desk: Client, pothole: Service, size: ServiceAttribute, settings: Any
) -> None:
    settings.EMERGENCY_NUMBER = "112"
    for do, status in (("look", 200), ("send", 422)):
        answer = desk.post(PAGE, said(pothole, do=do, **{"attributes.size": "car"}))
        page = answer.content.decode()
        assert answer.status_code == status
        assert "Stop: this belongs to 112" in page
        assert "Maria Lopez" in page
    assert not ServiceRequest.objects.exists()


def test_a_service_that_is_an_emergency_stops_it(desk: Client, pothole: Service) -> None:
    Service.objects.filter(pk=pothole.pk).update(redirect_kind="emergency", redirect_number="911")
    assert desk.post(PAGE, said(pothole)).status_code == 422
    assert "Stop: this belongs to 911" in desk.post(PAGE, said(pothole, do="look")).content.decode()
    assert not ServiceRequest.objects.exists()


def test_the_page_begins_with_the_emergency_number(desk: Client, settings: Any) -> None:
    settings.EMERGENCY_NUMBER = "112"
    page = desk.get(PAGE).content.decode()
    assert page.index("is anyone in danger?") < page.index("data-caller-form")
    assert 'href="tel:112"' in page


def test_sending_twice_files_once(desk: Client, pothole: Service) -> None:
    typed = said(pothole)
    first, second = desk.post(PAGE, typed), desk.post(PAGE, typed)
    assert first["Location"] == second["Location"]
    assert ServiceRequest.objects.count() == 1
    assert "filed already" in text_of(desk, second["Location"])


def test_a_form_that_comes_back_changed_can_be_sent_as_a_new_report(desk: Client, pothole: Service) -> None:
    typed = said(pothole)
    desk.post(PAGE, typed)
    answer = desk.post(PAGE, typed | {"description": "Another one."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This form was sent before." in page
    assert "Another one." in page
    fresh = re.search(r'name="client_request_id" value="([^"]+)"', page)
    assert fresh is not None
    desk.post(PAGE, typed | {"description": "Another one.", "client_request_id": fresh[1]})
    assert ServiceRequest.objects.count() == 2


def test_a_report_near_by_is_shown_and_the_caller_counted_in_once(desk: Client, pothole: Service) -> None:
    row = report(pothole, -0.0501, 0.05)
    seen = desk.post(PAGE, said(pothole, do="look"))
    assert row.service_request_id in seen.content.decode()
    answer = desk.post(PAGE, said(pothole, do="", add_to=row.service_request_id), follow=True)
    assert "The caller is counted for" in answer.content.decode()
    again = desk.post(PAGE, said(pothole, do="", add_to=row.service_request_id, phone="212.555.0100"), follow=True)
    assert "counted" in again.content.decode()
    row.refresh_from_db()
    assert (row.supporters_count, ServiceRequest.objects.count(), Reporter.objects.count()) == (1, 1, 0)
    undo = re.search(r'action="([^"]+/undo/support/[^"]+)"', answer.content.decode())
    assert undo is not None
    desk.post(undo[1])
    row.refresh_from_db()
    assert row.supporters_count == 0


def test_counting_a_caller_in_needs_their_phone_and_loses_nothing(desk: Client, pothole: Service) -> None:
    row = report(pothole, -0.0501, 0.05)
    answer = desk.post(PAGE, said(pothole, do="", add_to=row.service_request_id, phone=""))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "phone first" in page
    assert "Maria Lopez" in page
    row.refresh_from_db()
    assert row.supporters_count == 0


def test_the_phone_is_not_stored_with_the_count(desk: Client, pothole: Service) -> None:
    row = report(pothole, -0.0501, 0.05)
    desk.post(PAGE, said(pothole, do="", add_to=row.service_request_id))
    assert "2125550100" not in row.supporters.get().supporter_key


def test_looking_says_who_gets_it_or_that_it_is_not_ours(desk: Client, pothole: Service, west_crew: Crew) -> None:
    ours = words(desk.post(PAGE, said(pothole, do="look")).content.decode())
    assert "District 1, Ward N" in ours
    assert "Goes to West crew" in ours
    nobodys = words(desk.post(PAGE, said(pothole, do="look", lon="0.05")).content.decode())
    assert "no crew does this there" in nobodys
    outside = words(desk.post(PAGE, said(pothole, do="look", lon="0.5")).content.decode())
    assert "outside the area we serve" in outside


def test_what_is_known_already_is_filled_in(desk: Client, pothole: Service) -> None:
    page = desk.get(f"{PAGE}?service_code=pothole&address=12+Main+St").content.decode()
    assert '<option value="pothole" selected' in page
    assert 'value="12 Main St"' in page


def test_only_the_desk_files_for_callers(carl: User, paul: User, pothole: Service) -> None:
    for user in (carl, paul):
        assert client_of(user).post(PAGE, said(pothole)).status_code == 403
    assert Client().post(PAGE, said(pothole))["Location"] == "/sign-in/"
    assert not ServiceRequest.objects.exists()


def test_the_queries_of_the_page_do_not_grow_with_what_stands_near_by(desk: Client, pothole: Service) -> None:
    path = f"{PAGE}?service_code=pothole&lon=-0.05&lat=0.05"
    report(pothole, -0.0501, 0.05)
    few = queries_of(desk, path)
    for _each in range(9):
        report(pothole, -0.0501, 0.05)
    assert queries_of(desk, path) == few


def test_a_confidential_report_is_filed_and_the_number_told_though_the_desk_may_not_see_it(
    desk: Client, shelter: Service
) -> None:
    answer = desk.post(PAGE, said(shelter), follow=True)
    row = ServiceRequest.objects.get()
    assert answer.status_code == 200
    told = answer.content.decode()
    assert row.service_request_id in told
    assert "only its department sees it" in told
