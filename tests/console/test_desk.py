"""The desk: finding a report, and what nobody has taken up yet."""

import re

import pytest
from django.test import Client

from geo311.accounts.models import User
from geo311.catalog.models import Service
from geo311.console.desk_search import DeskQuery
from geo311.crews.models import Crew
from geo311.service_requests.actions import assign, submit
from geo311.service_requests.models import Channel, ServiceRequest
from geo311.service_requests.submission import Contact, Submission
from tests.conftest import NOON, report
from tests.console.staff_pages import client_of, queries_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(olga: User) -> Client:
    return client_of(olga)


def by_phone(service: Service, address: str, phone: str = "") -> ServiceRequest:
    """What a caller told the desk, without a pin."""
    submission = Submission(service=service, address=address, contact=Contact(phone=phone), channel=Channel.PHONE)
    row, _new = submit(submission=submission, now=NOON)
    return row


@pytest.mark.parametrize("said", ["{}", " {} ", "lower", "without dash", "letters for digits"])
def test_a_report_is_found_by_its_number_however_it_is_said(desk: Client, pothole: Service, said: str) -> None:
    row = report(pothole, 0.05, 0.05)
    number = row.service_request_id
    typed = {
        "lower": number.lower(),
        "without dash": number.replace("-", ""),
        "letters for digits": number.replace("0", "o").replace("1", "l"),
    }.get(said, said.format(number))
    page = text_of(desk, f"/desk/?q={typed}")
    assert "1 report for" in page
    assert number in page


def test_a_misheard_number_says_what_to_do(desk: Client, pothole: Service) -> None:
    number = report(pothole, 0.05, 0.05).service_request_id
    wrong = ("7" if number[0] != "7" else "8") + number[1:]
    page = text_of(desk, f"/desk/?q={wrong}")
    assert "one wrong character" in page
    assert number not in page


def test_a_report_is_found_by_the_words_of_its_address(desk: Client, pothole: Service) -> None:
    found = report(pothole, 0.05, 0.05, address="214 Bedford Avenue")
    other = report(pothole, 0.06, 0.05, address="12 Bedford Street")
    page = text_of(desk, "/desk/?q=bedford+AVENUE")
    assert found.service_request_id in page
    assert other.service_request_id not in page


def test_letters_with_accents_are_found_in_either_case(desk: Client, pothole: Service) -> None:
    found = report(pothole, 0.05, 0.05, address="5 Élan Court")
    assert found.service_request_id in text_of(desk, "/desk/?q=%C3%A9lan")


@pytest.mark.parametrize("said", ["(212) 555-0100", "2125550100", "212.555.0100", "5550100", "+1 212 555 0100"])
def test_a_report_is_found_by_the_callers_phone(desk: Client, pothole: Service, said: str) -> None:
    found = by_phone(pothole, "1 Main St", "212-555-0100")
    other = by_phone(pothole, "2 Main St", "212-555-0199")
    answer = desk.get("/desk/", {"q": said})
    page = answer.content.decode()
    assert found.service_request_id in page
    assert other.service_request_id not in page


def test_part_of_a_phone_number_finds_nobody(desk: Client, pothole: Service) -> None:
    row = by_phone(pothole, "1 Main St", "212-555-0100")
    assert row.service_request_id not in text_of(desk, "/desk/?q=0100")


def test_a_phone_is_never_written_on_the_page_of_the_search(desk: Client, pothole: Service) -> None:
    by_phone(pothole, "1 Main St", "212-555-0100")
    page = desk.get("/desk/", {"q": "5550100"}).content.decode()
    assert "212-555" not in page


def test_a_confidential_report_is_found_by_its_department_alone(
    desk: Client, sam: User, shelter: Service, pothole: Service
) -> None:
    row = report(shelter, 0.05, 0.05, address="9 Secret Lane", contact=Contact(phone="212-555-0100"))
    link = f'href="/desk/requests/{row}/"'
    for typed in (row.service_request_id, "Secret Lane", "2125550100", ""):
        assert link not in desk.get("/desk/", {"q": typed}).content.decode()
        assert link in client_of(sam).get("/desk/", {"q": typed}).content.decode()


def test_nothing_found_leads_to_filing_it(desk: Client) -> None:
    page = desk.get("/desk/?q=Nowhere+Lane").content.decode()
    assert "No report for “Nowhere Lane”" in page
    assert 'href="/desk/report/"' in page


def test_script_in_the_search_stays_text(desk: Client) -> None:
    page = desk.get("/desk/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_desk_counts_what_waits(desk: Client, pothole: Service, west_crew: Crew) -> None:
    report(pothole, -0.05, 0.05)
    report(pothole, 0.05, 0.05)
    report(pothole, 0.05, 0.05, now=NOON.replace(year=2025))
    assert desk.get("/desk/").context["figures"] == {
        "open": 3,
        "overdue": 1,
        "unassigned": 2,
        "needs_information": 0,
    }


def test_more_than_a_page_of_finds_is_paged(desk: Client, pothole: Service) -> None:
    for _each in range(27):
        report(pothole, 0.05, 0.05, address="1 Long Road")
    assert "1–25 of 27" in text_of(desk, "/desk/?q=Long+Road")
    assert "26–27 of 27" in text_of(desk, "/desk/?q=Long+Road&page=2")


@pytest.mark.parametrize("path", ["/desk/", "/desk/?q=Long+Road", "/desk/unassigned/"])
def test_the_queries_of_a_list_do_not_grow_with_it(desk: Client, pothole: Service, west_crew: Crew, path: str) -> None:
    for _each in range(3):
        report(pothole, 0.05, 0.05, address="1 Long Road")
    few = queries_of(desk, path)
    for _each in range(27):
        report(pothole, 0.05, 0.05, address="1 Long Road")
    assert queries_of(desk, path) == few


def test_unassigned_says_why_for_each(
    desk: Client, sam: User, pothole: Service, west_crew: Crew, shelter: Service, olga: User
) -> None:
    report(pothole, 0.05, 0.05)
    by_phone(pothole, "1 Main St")
    back = report(pothole, -0.05, 0.05)
    assign(service_request=back, crew=None, by=olga, now=NOON, reason="Wrong crew.")
    report(shelter, -0.05, 0.05)
    page = text_of(client_of(sam), "/desk/unassigned/")
    assert "4 reports without a crew" in page
    for why in (
        "No crew does this in Streets B",
        "No place on the map",
        "Taken back to the desk",
        "Social services has no territories",
    ):
        assert page.count(why) >= 1, why
    assert "Social services has no territories" not in text_of(desk, "/desk/unassigned/")


def test_unassigned_stands_oldest_first_and_narrows(desk: Client, pothole: Service, shelter: Service) -> None:
    new = report(pothole, 0.05, 0.05)
    old = report(pothole, 0.05, 0.05, now=NOON.replace(year=2025))
    unplaced = by_phone(pothole, "1 Main St")
    numbers = re.findall(r"/desk/requests/([^/]+)/\"", desk.get("/desk/unassigned/").content.decode())
    assert numbers.index(old.service_request_id) < numbers.index(new.service_request_id)
    page = text_of(desk, "/desk/unassigned/?why=place")
    assert unplaced.service_request_id in page
    assert old.service_request_id not in page
    assert "Nothing here with these filters" in text_of(desk, "/desk/unassigned/?department=social")


def test_when_everything_has_a_crew_the_list_says_so(desk: Client) -> None:
    assert "Every open report has a crew" in text_of(desk, "/desk/unassigned/")


def test_a_report_is_assigned_from_the_list_and_the_click_is_undone(
    desk: Client, pothole: Service, west_crew: Crew
) -> None:
    row = report(pothole, 0.05, 0.05)
    answer = desk.post(
        f"/desk/requests/{row}/crew/", {"crew": "west", "next": "/desk/unassigned/?why=crew"}, follow=True
    )
    assert answer.redirect_chain == [("/desk/unassigned/?why=crew", 302)]
    row.refresh_from_db()
    assert (row.crew, row.status) == (west_crew, "assigned")
    undo = re.search(r'action="(/desk/requests/[^"]+/undo/crew/[^"]+)"', answer.content.decode())
    assert undo is not None
    desk.post(undo[1])
    row.refresh_from_db()
    assert (row.crew, row.status) == (None, "received")


def test_assigning_nobody_keeps_the_form(desk: Client, pothole: Service, west_crew: Crew) -> None:
    row = report(pothole, 0.05, 0.05)
    answer = desk.post(f"/desk/requests/{row}/crew/", {"crew": "", "next": "/desk/unassigned/"})
    assert answer.status_code == 422
    assert "Choose a crew." in answer.content.decode()


def test_what_was_typed_is_read_as_all_it_can_be() -> None:
    assert DeskQuery.read("Broadway").words == ("Broadway",)
    assert DeskQuery.read("214").digits == ""
    assert DeskQuery.read("212 555 0100").digits == "2125550100"
    assert not DeskQuery.read("   ")


def test_the_list_offers_the_departments_crews_and_the_page_of_a_report_all(
    desk: Client, pothole: Service, west_crew: Crew, shelter: Service
) -> None:
    far = Crew.objects.create(slug="outreach", name="Outreach", department=shelter.department)
    row = report(pothole, 0.05, 0.05)
    listed, asked = desk.get("/desk/unassigned/"), desk.get(f"/desk/requests/{row}/crew/")
    assert west_crew.name in listed.content.decode()
    assert far.name not in listed.content.decode()
    assert f"{far.name} (Social services)" in asked.content.decode()
