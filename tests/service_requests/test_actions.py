"""Steps, hands, support, hiding: what actions allow, and the events they leave."""

from datetime import timedelta

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from boundaries.models import BoundarySet
from geo311.accounts.models import User
from geo311.catalog.models import Service
from geo311.core.coordinates import LonLat
from geo311.core.problems import Conflict, Invalid, NotAllowed
from geo311.core.workflow import Status
from geo311.crews.models import Crew
from geo311.service_requests import actions
from geo311.service_requests.models import Channel, Event, EventKind, ServiceRequest
from geo311.service_requests.submission import Contact, Submission
from geo311.service_requests.tasks import send_status
from tests.conftest import NOON, report

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=3)


def test_a_crew_starts_and_resolves_with_a_note_residents_can_read(pothole: Service, carl: User) -> None:
    row = report(pothole, -0.05, 0.05)
    actions.change_status(service_request=row, target=Status.IN_PROGRESS, by=carl, now=NOON)
    actions.change_status(
        service_request=row, target=Status.RESOLVED, by=carl, now=LATER, note="Filled with asphalt.", resolution="fixed"
    )
    row.refresh_from_db()
    assert (row.status, row.resolution, row.closed_datetime) == ("resolved", "fixed", LATER)
    assert row.status_notes == "Filled with asphalt."
    last = row.events.last()
    assert (last.kind, last.old_status, last.new_status, last.by) == ("status_changed", "in_progress", "resolved", carl)
    assert last.text.text == "Filled with asphalt."


def test_reopening_clears_how_it_ended(pothole: Service, carl: User, olga: User) -> None:
    row = report(pothole, -0.05, 0.05)
    actions.change_status(
        service_request=row, target=Status.RESOLVED, by=carl, now=NOON, note="Filled.", resolution="fixed"
    )
    actions.change_status(service_request=row, target=Status.ASSIGNED, by=olga, now=LATER, note="It sank again.")
    row.refresh_from_db()
    assert (row.status, row.resolution, row.closed_datetime) == ("assigned", "", None)


def test_another_crews_report_is_out_of_reach(pothole: Service, carl: User) -> None:
    row = report(pothole, 0.05, 0.05)
    with pytest.raises(NotAllowed):
        actions.change_status(service_request=row, target=Status.IN_PROGRESS, by=carl, now=NOON)


def test_a_resident_and_a_planner_change_nothing(pothole: Service, rosa: User, paul: User) -> None:
    row = report(pothole, 0.05, 0.05)
    for person in (rosa, paul):
        with pytest.raises(NotAllowed):
            actions.change_status(service_request=row, target=Status.ASSIGNED, by=person, now=NOON)
        with pytest.raises(NotAllowed):
            actions.set_hidden(service_request=row, hidden=True, by=person, now=NOON)
        with pytest.raises(NotAllowed):
            actions.view_reporter(service_request=row, by=person, now=NOON)
    row.refresh_from_db()
    assert row.status == "received"


def test_passing_on_needs_a_reason_and_is_an_event(pothole: Service, carl: User, west_crew: Crew) -> None:
    row = report(pothole, -0.05, 0.05)
    with pytest.raises(Invalid, match="why"):
        actions.assign(service_request=row, crew=None, by=carl, now=NOON)
    actions.assign(service_request=row, crew=None, by=carl, now=NOON, reason="It is a sewer, not a pothole.")
    row.refresh_from_db()
    assert (row.crew, row.status) == (None, "received")
    assert row.events.last().detail == {"from": "west", "crew": ""}
    assert list(ServiceRequest.objects.unassigned()) == [row]


def test_support_counts_once_and_is_undone(pothole: Service) -> None:
    row = report(pothole, 0.05, 0.05)
    assert actions.support(service_request=row, supporter_key="browser-1", now=NOON)
    assert not actions.support(service_request=row, supporter_key="browser-1", now=NOON)
    assert actions.support(service_request=row, supporter_key="browser-2", now=NOON)
    row.refresh_from_db()
    assert row.supporters_count == 2
    assert actions.withdraw_support(service_request=row, supporter_key="browser-1", now=NOON)
    assert not actions.withdraw_support(service_request=row, supporter_key="browser-1", now=NOON)
    row.refresh_from_db()
    assert row.supporters_count == 1


def test_an_ended_report_takes_no_support(pothole: Service, carl: User) -> None:
    row = report(pothole, -0.05, 0.05)
    actions.change_status(
        service_request=row, target=Status.RESOLVED, by=carl, now=NOON, note="Filled.", resolution="fixed"
    )
    with pytest.raises(Conflict):
        actions.support(service_request=row, supporter_key="browser-1", now=NOON)


def test_hiding_is_an_event_and_showing_undoes_it(pothole: Service, olga: User) -> None:
    row = report(pothole, 0.05, 0.05)
    actions.set_hidden(service_request=row, hidden=True, by=olga, now=NOON)
    assert not ServiceRequest.objects.public().exists()
    actions.set_hidden(service_request=row, hidden=True, by=olga, now=NOON)
    actions.set_hidden(service_request=row, hidden=False, by=olga, now=LATER)
    assert list(ServiceRequest.objects.public()) == [row]
    assert [event.kind for event in row.events.all()][-2:] == [EventKind.HIDDEN, EventKind.SHOWN]


def test_every_look_at_a_contact_is_an_event(pothole: Service, olga: User) -> None:
    row = report(pothole, 0.05, 0.05, contact=Contact(name="Rosa", phone="(212) 555-0100"))
    reporter = actions.view_reporter(service_request=row, by=olga, now=NOON)
    assert reporter is not None
    assert reporter.phone_digits == "2125550100"
    assert (row.events.last().kind, row.events.last().by) == (EventKind.REPORTER_VIEWED, olga)


def test_a_crew_does_not_see_who_reported_to_another(pothole: Service, carl: User) -> None:
    row = report(pothole, 0.05, 0.05, contact=Contact(name="Rosa"))
    with pytest.raises(NotAllowed):
        actions.view_reporter(service_request=row, by=carl, now=NOON)


def test_events_are_never_edited(pothole: Service) -> None:
    event = report(pothole, 0.05, 0.05).events.first()
    event.kind = EventKind.HIDDEN
    with pytest.raises(TypeError, match="never edited"):
        event.save()
    with pytest.raises(TypeError, match="never edited"):
        Event.objects.update(kind=EventKind.HIDDEN)


def test_a_call_without_a_place_waits_for_an_operator_to_place_it(
    pothole: Service, olga: User, west_crew: Crew, city: dict[str, BoundarySet]
) -> None:
    submission = Submission(service=pothole, address="Main St and Oak Ave", channel=Channel.PHONE)
    row, _new = actions.submit(submission=submission, now=NOON, by=olga)
    assert list(ServiceRequest.objects.unassigned()) == [row]
    actions.set_place(service_request=row, point=LonLat(-0.05, -0.05), by=olga, now=LATER)
    row.refresh_from_db()
    assert (row.district.code, row.ward.code, row.crew, row.status) == ("1", "S", west_crew, "assigned")


def test_an_address_to_write_to_gets_a_receipt_and_each_status(pothole: Service, carl: User) -> None:
    row = report(pothole, -0.05, 0.05, contact=Contact(email="rosa@example.org"))
    actions.change_status(
        service_request=row, target=Status.RESOLVED, by=carl, now=NOON, note="Filled.", resolution="fixed"
    )
    waiting = DBTaskResult.objects.order_by("enqueued_at")
    assert [task.task_path for task in waiting] == ["geo311.service_requests.tasks.send_status"] * 2
    assert not mail.outbox  # nothing is sent from inside a transaction
    for task in waiting:
        assert send_status.call(*task.args_kwargs["args"]) == "sent"
    assert [message.to for message in mail.outbox] == [["rosa@example.org"]] * 2
    assert row.service_request_id in mail.outbox[0].subject
    assert "Filled." in mail.outbox[1].body


def test_confidential_requests_are_seen_by_their_department_alone(
    pothole: Service, shelter: Service, olga: User, ada: User, carl: User, sam: User
) -> None:
    public = report(pothole, -0.05, 0.05)
    secret = report(shelter, -0.05, 0.05)
    for person in (olga, ada, carl):
        assert list(ServiceRequest.objects.visible_to(person)) == [public]
    assert set(ServiceRequest.objects.visible_to(sam)) == {public, secret}


def test_a_report_sent_back_to_the_desk_leaves_its_crew(pothole: Service, carl: User, olga: User) -> None:
    row = report(pothole, -0.05, 0.05)
    actions.change_status(service_request=row, target=Status.RECEIVED, by=olga, now=NOON)
    assert list(ServiceRequest.objects.unassigned()) == [row]
    with pytest.raises(Conflict, match="crew"):
        actions.change_status(service_request=row, target=Status.ASSIGNED, by=olga, now=NOON)


def test_reopened_without_a_crew_it_waits_at_the_desk(pothole: Service, olga: User) -> None:
    row = report(pothole, 0.05, 0.05)
    actions.change_status(
        service_request=row, target=Status.CLOSED, by=olga, now=NOON, note="Gone.", resolution="cannot_find"
    )
    again = actions.change_status(service_request=row, target=Status.ASSIGNED, by=olga, now=LATER, note="There.")
    assert (again.status, again.crew, again.closed_datetime) == ("received", None, None)
