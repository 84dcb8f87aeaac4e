"""One report as staff see it: who reads what, every step, notes, crews, contact, hiding, and undoing."""

import re
from typing import Any

import pytest
from django.test import Client

from geo311.accounts.models import User
from geo311.catalog.models import Datatype, Service, ServiceAttribute
from geo311.crews.models import Crew
from geo311.service_requests.actions import add_note, change_status, submit
from geo311.service_requests.models import Channel, Event, EventKind, ServiceRequest
from geo311.service_requests.submission import Contact, Submission
from tests.conftest import NOON, report
from tests.console.staff_pages import client_of, queries_of, text_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(olga: User) -> Client:
    return client_of(olga)


@pytest.fixture
def hole(pothole: Service, west_crew: Crew) -> ServiceRequest:
    """A pothole in the west, assigned to the west crew, with a caller behind it."""
    return report(
        pothole,
        -0.05,
        0.05,
        address="1 Main St",
        description="Deep.",
        contact=Contact(name="Maria Lopez", phone="212-555-0100", email="maria@example.org"),
    )


def send(client: Client, row: ServiceRequest, action: str, **data: Any) -> Any:
    return client.post(f"/desk/requests/{row}/{action}/", data)


def undo_of(page: str) -> str:
    """The address behind the flash message's Undo."""
    found = re.search(r'action="([^"]+)" method="post">\s*<input[^>]+csrf[^>]+>\s*<button[^>]*>Undo', page)
    assert found is not None
    return found[1]


def test_the_page_holds_what_staff_need(desk: Client, hole: ServiceRequest) -> None:
    page = text_of(desk, f"/desk/requests/{hole}/")
    for said in ("Pothole", "1 Main St", "Deep.", "District 1", "Ward N", "map “2026”, inside", "5.5 km", "West crew"):
        assert said in page
    assert "Given to West crew by service and place" in page


def test_answers_stand_in_words(desk: Client, pothole: Service) -> None:
    ServiceAttribute.objects.create(
        service=pothole,
        code="size",
        datatype=Datatype.SINGLEVALUELIST,
        texts={"en": {"question": "How big is it?"}},
        values=[{"key": "tire", "texts": {"en": {"name": "Like a tire"}}}],
    )
    row = report(pothole, 0.05, 0.05, attribute_values={"size": "tire"})
    assert "How big is it? Like a tire" in text_of(desk, f"/desk/requests/{row}/")


def test_a_place_near_an_edge_says_so(desk: Client, pothole: Service) -> None:
    assert "near the edge" in text_of(desk, f"/desk/requests/{report(pothole, 0.00005, 0.05)}/")


def test_the_contact_is_not_on_the_page_until_somebody_asks_and_asking_is_an_event(
    desk: Client, hole: ServiceRequest, olga: User
) -> None:
    for secret in ("Maria", "555-0100", "maria@"):
        assert secret not in desk.get(f"/desk/requests/{hole}/").content.decode()
    answer = send(desk, hole, "contact")
    assert "Maria Lopez" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    event = Event.objects.get(service_request=hole, kind=EventKind.REPORTER_VIEWED)
    assert (event.by, event.is_public) == (olga, False)


def test_looking_at_the_contact_takes_a_post(desk: Client, hole: ServiceRequest) -> None:
    assert desk.get(f"/desk/requests/{hole}/contact/")["Location"] == f"/desk/requests/{hole}/"
    assert not Event.objects.filter(kind=EventKind.REPORTER_VIEWED).exists()


def test_a_crew_sees_the_contact_of_its_own_reports_alone(carl: User, hole: ServiceRequest, pothole: Service) -> None:
    client = client_of(carl)
    assert "Maria Lopez" in send(client, hole, "contact").content.decode()
    other = report(pothole, 0.05, 0.05, contact=Contact(name="Nora"))
    answer = send(client, other, "contact")
    assert answer.status_code == 403
    assert "Nora" not in answer.content.decode()


def test_a_planner_reads_and_changes_nothing(paul: User, hole: ServiceRequest) -> None:
    client = client_of(paul)
    page = text_of(client, f"/desk/requests/{hole}/")
    assert "Who reported it" not in page
    assert "What you can do" not in page
    for action in ("contact", "step/in_progress", "note", "crew", "place", "visibility"):
        assert send(client, hole, action, note="x", crew="west", lon="0.05", lat="0.05").status_code == 403
    hole.refresh_from_db()
    assert (hole.status, hole.events.count()) == ("assigned", 2)


def test_a_crew_does_not_change_another_crews_report(carl: User, hole: ServiceRequest, pothole: Service) -> None:
    other = report(pothole, 0.05, 0.05)
    client = client_of(carl)
    assert "Another crew's report" in text_of(client, f"/desk/requests/{other}/")
    answer = send(client, other, "note", note="Mine now.")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "This report is another crew&#x27;s." in page
    assert "Mine now." in page


def test_the_steps_offered_are_those_of_the_role(desk: Client, carl: User, hole: ServiceRequest) -> None:
    for_desk = desk.get(f"/desk/requests/{hole}/").content.decode()
    for_crew = client_of(carl).get(f"/desk/requests/{hole}/").content.decode()
    assert f"/desk/requests/{hole}/step/closed/" in for_desk
    assert f"/desk/requests/{hole}/step/closed/" not in for_crew
    assert f"/desk/requests/{hole}/step/resolved/" in for_crew


def test_a_step_is_taken_said_and_undone(carl: User, hole: ServiceRequest) -> None:
    client = client_of(carl)
    answer = client.post(f"/desk/requests/{hole}/step/in_progress/", {"next": "/crews/west/"}, follow=True)
    assert answer.redirect_chain == [("/crews/west/", 302)]
    page = answer.content.decode()
    assert f"Pothole {hole}: In progress." in words(page)
    hole.refresh_from_db()
    assert hole.status == "in_progress"
    client.post(undo_of(page))
    hole.refresh_from_db()
    assert hole.status == "assigned"


def test_resolving_asks_for_a_note_and_how_it_ended_and_keeps_what_was_typed(carl: User, hole: ServiceRequest) -> None:
    client = client_of(carl)
    answer = send(client, hole, "step/resolved", note="We filled it.")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert '<a href="#id_resolution">Say how it ended.</a>' in page
    assert "We filled it." in page
    hole.refresh_from_db()
    assert hole.status == "assigned"
    assert send(client, hole, "step/resolved", note="We filled it.", resolution="fixed").status_code == 302
    hole.refresh_from_db()
    assert (hole.status, hole.resolution, hole.status_notes) == ("resolved", "fixed", "We filled it.")


def test_undoing_an_end_reopens_with_a_note(desk: Client, hole: ServiceRequest) -> None:
    answer = desk.post(f"/desk/requests/{hole}/step/resolved/", {"note": "Done.", "resolution": "fixed"}, follow=True)
    desk.post(undo_of(answer.content.decode()))
    hole.refresh_from_db()
    assert (hole.status, hole.resolution, hole.closed_datetime) == ("assigned", "", None)
    assert hole.status_notes == "The last step was a mistake; the work goes on."


def test_a_step_that_somebody_else_took_meanwhile_is_said_at_the_form(
    desk: Client, hole: ServiceRequest, olga: User
) -> None:
    change_status(service_request=hole, target="closed", by=olga, now=NOON, note="x", resolution="fixed")  # type: ignore[arg-type]
    answer = send(desk, hole, "step/needs_information", note="Which side?")
    assert answer.status_code == 422
    assert "cannot become" in answer.content.decode()
    assert "Which side?" in answer.content.decode()


def test_an_unknown_step_is_not_there(desk: Client, hole: ServiceRequest) -> None:
    assert send(desk, hole, "step/flying").status_code == 404


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_afterwards_nobody_is_led_to_a_foreign_site(desk: Client, hole: ServiceRequest, target: str) -> None:
    answer = send(desk, hole, "step/in_progress", next=target)
    assert answer["Location"] == f"/desk/requests/{hole}/"


def test_a_note_for_colleagues_is_not_for_residents(desk: Client, hole: ServiceRequest) -> None:
    send(desk, hole, "note", note="Dog behind the gate.")
    assert "Dog behind the gate." in text_of(desk, f"/desk/requests/{hole}/")
    assert "Dog behind the gate." not in text_of(Client(), f"/requests/{hole}/")
    send(desk, hole, "note", note="We come on Monday.", is_public="on")
    assert "We come on Monday." in text_of(Client(), f"/requests/{hole}/")


def test_script_in_a_note_stays_text(desk: Client, hole: ServiceRequest, olga: User) -> None:
    add_note(service_request=hole, text="<img src=x onerror=alert(1)>", by=olga, now=NOON)
    page = desk.get(f"/desk/requests/{hole}/").content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_passing_on_needs_a_reason_and_is_undone(desk: Client, hole: ServiceRequest, west_crew: Crew) -> None:
    night = Crew.objects.create(slug="night", name="Night crew", department=west_crew.department)
    assert send(desk, hole, "crew", crew="night").status_code == 422
    answer = desk.post(f"/desk/requests/{hole}/crew/", {"crew": "night", "reason": "By night."}, follow=True)
    hole.refresh_from_db()
    assert hole.crew == night
    page = answer.content.decode()
    assert "Passed on from West crew to Night crew" in words(page)
    desk.post(undo_of(page))
    hole.refresh_from_db()
    assert hole.crew == west_crew


def test_a_confidential_report_is_offered_to_crews_of_its_department_alone(
    sam: User, shelter: Service, west_crew: Crew
) -> None:
    social = Crew.objects.create(slug="outreach", name="Outreach", department=shelter.department)
    row = report(shelter, -0.05, 0.05)
    page = client_of(sam).get(f"/desk/requests/{row}/crew/").content.decode()
    assert social.name in page
    assert west_crew.name not in page
    assert send(client_of(sam), row, "crew", crew="west").status_code == 422


def test_hiding_takes_it_from_the_public_and_a_click_undoes_it(desk: Client, hole: ServiceRequest) -> None:
    assert Client().get(f"/requests/{hole}/").status_code == 200
    answer = desk.post(f"/desk/requests/{hole}/visibility/?hidden=1", follow=True)
    assert Client().get(f"/requests/{hole}/").status_code == 404
    desk.post(undo_of(answer.content.decode()))
    assert Client().get(f"/requests/{hole}/").status_code == 200
    kinds = list(hole.events.values_list("kind", flat=True))[-2:]
    assert kinds == [EventKind.HIDDEN, EventKind.SHOWN]


def test_a_report_without_a_place_is_put_on_the_map_and_finds_its_crew(
    desk: Client, pothole: Service, west_crew: Crew
) -> None:
    row = unplaced(pothole)
    assert "Not on the map yet" in text_of(desk, f"/desk/requests/{row}/")
    send(desk, row, "place", lon="-0.05", lat="0.05")
    row.refresh_from_db()
    assert (row.crew, row.status, row.district.code) == (west_crew, "assigned", "1")


@pytest.mark.parametrize(
    ("lon", "lat", "said"),
    [
        ("", "", "Tap the map, or type the longitude."),
        ("abc", "0.05", "must be a number"),
        ("nan", "0.05", "finite"),
        ("0.05", "740", "must lie between"),
        ("0.5", "0.05", "The nearest place we serve is"),
    ],
)
def test_a_place_that_cannot_be_is_said_at_the_form(
    desk: Client, pothole: Service, lon: str, lat: str, said: str
) -> None:
    row = unplaced(pothole)
    answer = send(desk, row, "place", lon=lon, lat=lat)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert answer.context["form"]["lat"].value() == lat


def unplaced(service: Service) -> ServiceRequest:
    row, _new = submit(submission=Submission(service=service, address="1 Main St", channel=Channel.PHONE), now=NOON)
    return row


def test_the_same_thing_near_by_is_named(desk: Client, pothole: Service, hole: ServiceRequest) -> None:
    near = report(pothole, -0.0501, 0.05)
    far = report(pothole, -0.06, 0.05)
    page = text_of(desk, f"/desk/requests/{hole}/")
    assert near.service_request_id in page
    assert far.service_request_id not in page


def test_a_confidential_report_is_not_there_for_other_departments(
    desk: Client, carl: User, sam: User, shelter: Service
) -> None:
    row = report(shelter, -0.05, 0.05)
    for client in (desk, client_of(carl)):
        for path in ("", "step/closed/", "crew/", "note/"):
            assert client.get(f"/desk/requests/{row}/{path}").status_code == 404
        for path in ("contact/", "note/", "undo/step/assigned/"):
            assert client.post(f"/desk/requests/{row}/{path}", {"note": "x"}).status_code in {403, 404}
    assert row.service_request_id in text_of(client_of(sam), f"/desk/requests/{row}/")


def test_a_number_that_is_none_is_not_found(desk: Client) -> None:
    assert desk.get("/desk/requests/4GT7-K2QX/").status_code == 404
    assert desk.get("/desk/requests/nonsense/").status_code == 404


def test_the_queries_of_the_page_do_not_grow_with_the_story(desk: Client, hole: ServiceRequest, olga: User) -> None:
    few = queries_of(desk, f"/desk/requests/{hole}/")
    for number in range(20):
        add_note(service_request=hole, text=f"Note {number}", by=olga, now=NOON)
        report(hole.service, -0.0501, 0.05)
    assert queries_of(desk, f"/desk/requests/{hole}/") == few
