"""Everything that writes a service request: keyword-only, one transaction each, an event for every change."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from geo311.accounts.models import User
from geo311.catalog.answers import check_answers, check_redirect
from geo311.catalog.models import Service
from geo311.core.addresses import at_precision
from geo311.core.coordinates import LonLat
from geo311.core.deadlines import expected_datetime
from geo311.core.problems import Conflict, FieldError, Invalid, NotAllowed
from geo311.core.workflow import DESK, ENDED, Role, Status, check_step
from geo311.crews.models import Crew
from geo311.service_requests.calendar import city_calendar
from geo311.service_requests.models import (
    Channel,
    Event,
    EventKind,
    Reporter,
    ServiceRequest,
    Supporter,
)
from geo311.service_requests.placement import Placement, place
from geo311.service_requests.records import append_event, check_hands, check_note, check_role, locked, store_photo
from geo311.service_requests.submission import Submission, check_texts
from geo311.service_requests.tasks import send_status

# An operator may take down a report whose caller could not say where; nobody else may.
CHANNELS_WITHOUT_PLACE = frozenset({Channel.PHONE, Channel.EMAIL, Channel.IMPORT})


def submit(*, submission: Submission, now: datetime, by: User | None = None) -> tuple[ServiceRequest, bool]:
    """Store a report and find its areas and crew; (request, whether it is new).

    The same `client_request_id` of the same client again gives the first one; with another body it is a Conflict.
    Raises Invalid, Emergency, OutsideServiceArea, Conflict.
    """
    before = submitted_before(submission)
    if before is not None:
        return before, False
    check_texts(submission)
    check_redirect(submission.service)
    answers = check_answers(submission.service.attributes.all(), submission.attribute_values)
    placement = _placement(submission)
    row = _row(submission, answers, placement, now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _after_insert(row, submission, placement, now, by)
    except IntegrityError:
        # Another worker stored the same client_request_id between our look and our write.
        again = submitted_before(submission)
        if again is None:
            raise
        return again, False
    return row, True


def submitted_before(submission: Submission) -> ServiceRequest | None:
    """The report that this `client_request_id` of this client made before. Raises Conflict where its body differs."""
    if submission.client_request_id is None:
        return None
    key = {"client": submission.client, "client_request_id": submission.client_request_id}
    before: ServiceRequest | None = ServiceRequest.objects.filter(**key).first()
    if before is not None and before.client_request_hash != submission.body_hash():
        detail = _("This client_request_id was used for another report. Make a new one for each report.")
        raise Conflict(detail, errors=(FieldError("client_request_id", detail),))
    return before


def _placement(submission: Submission) -> Placement:
    service, point = submission.service, submission.point
    if point is not None and service.takes_place:
        return place(service, point)
    if point is None and service.needs_place and submission.channel not in CHANNELS_WITHOUT_PLACE:
        detail = _("Say where it is: put a pin on the map or give lon and lat.")
        raise Invalid(detail, errors=(FieldError("lon", detail), FieldError("lat", detail)))
    if service.needs_place and not submission.address:
        raise Invalid.field("address", _("Without a place on the map, write down the address or crossing."))
    return Placement({}, None)


def _row(submission: Submission, answers: dict[str, Any], placement: Placement, now: datetime) -> ServiceRequest:
    service = submission.service
    return ServiceRequest(
        service=service,
        status=Status.ASSIGNED if placement.crew else Status.RECEIVED,
        description=submission.description,
        attribute_values=answers,
        channel=submission.channel,
        preferred_language=submission.preferred_language,
        address=submission.address,
        public_address=at_precision(submission.address, service.address_precision),
        position_accuracy_m=submission.position_accuracy_m,
        crew=placement.crew,
        assigned_datetime=now if placement.columns else None,
        requested_datetime=now,
        updated_datetime=now,
        expected_datetime=expected_datetime(now, service.target, city_calendar()) if service.target else None,
        client=submission.client,
        client_request_id=submission.client_request_id,
        client_request_hash=submission.body_hash() if submission.client_request_id else "",
        **placement.columns,
    )


def _after_insert(
    row: ServiceRequest, submission: Submission, placement: Placement, now: datetime, by: User | None
) -> None:
    submitted = append_event(row, EventKind.SUBMITTED, now, by, is_public=True, new_status=Status.RECEIVED)
    if placement.crew is not None:
        change = {"old_status": Status.RECEIVED, "new_status": Status.ASSIGNED}
        detail = {"crew": placement.crew.slug, "how": "automatic"}
        append_event(row, EventKind.ASSIGNED, now, by, is_public=True, detail=detail, **change)
    contact = submission.contact
    if contact or (by is not None and by.workflow_role is Role.RESIDENT):
        Reporter.objects.create(
            service_request=row,
            name=contact.name,
            phone=contact.phone,
            phone_digits=phone_digits(contact.phone),
            email=contact.email,
            user=by if by is not None and by.workflow_role is Role.RESIDENT else None,
        )
    for photo in submission.photos:
        store_photo(row, photo, now)
    if contact.email:
        send_status.enqueue(submitted.pk)


def phone_digits(phone: str) -> str:
    """The digits of a phone number, by which staff find a caller's reports."""
    return "".join(character for character in phone if character.isdigit())


def change_status(
    *, service_request: ServiceRequest, target: Status, by: User, now: datetime, note: str = "", resolution: str = ""
) -> ServiceRequest:
    """Take one step of the table. Raises Conflict, NotAllowed or Invalid (naming `note` or `resolution`)."""
    check_note(note)
    with transaction.atomic():
        row = locked(service_request)
        check_hands(row, by)
        old = row.status_code
        check_step(old, target, role=by.workflow_role, note=note, resolution=resolution)
        if target is Status.ASSIGNED and row.crew_id is None:
            if old not in ENDED:
                raise Conflict(_("No crew has this report. Give it to a crew instead."))
            target = Status.RECEIVED  # reopened, and the desk finds it a crew
        if target is Status.RECEIVED:
            row.crew = None
        row.status, row.resolution, row.updated_datetime = target, resolution, now
        row.status_notes = note.strip() or row.status_notes
        row.closed_datetime = (row.closed_datetime or now) if target in ENDED else None
        changed = ["status", "resolution", "updated_datetime", "status_notes", "closed_datetime", "crew"]
        row.save(update_fields=changed)
        change = {"old_status": old, "new_status": target}
        detail = {"resolution": resolution} if resolution else {}
        event = append_event(row, EventKind.STATUS_CHANGED, now, by, is_public=True, text=note, detail=detail, **change)
        if Reporter.objects.filter(service_request=row).exclude(email="").exists():
            send_status.enqueue(event.pk)
    return row


def assign(
    *, service_request: ServiceRequest, crew: Crew | None, by: User, now: datetime, reason: str = ""
) -> ServiceRequest:
    """Give an open report to a crew, pass it on, or (crew None) back to the desk. Passing on needs a reason."""
    check_note(reason, field="reason")
    with transaction.atomic():
        row = locked(service_request)
        check_hands(row, by)
        if not row.is_open:
            raise Conflict(_("This report has ended. Reopen it first."))
        if row.crew_id is not None and not reason.strip():
            raise Invalid.field("reason", _("Say why you pass it on."))
        if crew is not None and crew.department_id != row.service.department_id and row.service.confidential:
            raise NotAllowed(_("A confidential report stays within its department."))
        kind = EventKind.ASSIGNED if row.crew_id is None else EventKind.PASSED_ON
        old, detail = row.status_code, {"from": row.crew.slug if row.crew else "", "crew": crew.slug if crew else ""}
        row.crew, row.status, row.updated_datetime = crew, Status.ASSIGNED if crew else Status.RECEIVED, now
        row.assigned_datetime = now
        row.save(update_fields=["crew", "status", "updated_datetime", "assigned_datetime"])
        change = {"old_status": old, "new_status": row.status}
        append_event(row, kind, now, by, text=reason, detail=detail, is_public=False, **change)
    return row


def set_place(*, service_request: ServiceRequest, point: LonLat, by: User, now: datetime) -> ServiceRequest:
    """Place (or move) an open report on the map; its areas and, where it had none, its crew follow."""
    check_role(by, DESK)
    service = Service.objects.select_related("department__territory_set").get(pk=service_request.service_id)
    placement = place(service, point)
    with transaction.atomic():
        row = locked(service_request)
        if not row.is_open:
            raise Conflict(_("This report has ended. Reopen it first."))
        for column, value in placement.columns.items():
            setattr(row, column, value)
        old = row.status_code
        if row.crew_id is None and placement.crew is not None:
            row.crew = placement.crew
            row.status = Status.ASSIGNED if old is Status.RECEIVED else old
        row.assigned_datetime = row.updated_datetime = now
        row.save()
        change = {"old_status": old, "new_status": row.status}
        append_event(row, EventKind.PLACED, now, by, detail={"lon": point.lon, "lat": point.lat}, **change)
    return row


def add_note(*, service_request: ServiceRequest, text: str, by: User, now: datetime, is_public: bool = False) -> Event:
    """Write a note, for colleagues or (is_public) for residents too."""
    check_note(text)
    if not text.strip():
        raise Invalid.field("note", _("Write a note first."))
    with transaction.atomic():
        row = locked(service_request)
        check_hands(row, by)
        if is_public:
            row.status_notes, row.updated_datetime = text.strip(), now
            row.save(update_fields=["status_notes", "updated_datetime"])
        return append_event(row, EventKind.NOTE_ADDED, now, by, text=text, is_public=is_public)


def set_hidden(*, service_request: ServiceRequest, hidden: bool, by: User, now: datetime) -> ServiceRequest:
    """Hide a report from every public face, or show it again; each is an event, so a click undoes it."""
    check_role(by, DESK)
    with transaction.atomic():
        row = locked(service_request)
        if row.is_hidden != hidden:
            row.is_hidden, row.updated_datetime = hidden, now
            row.save(update_fields=["is_hidden", "updated_datetime"])
            append_event(row, EventKind.HIDDEN if hidden else EventKind.SHOWN, now, by)
    return row


def support(*, service_request: ServiceRequest, supporter_key: str, now: datetime) -> bool:
    """Count somebody in, once per browser or account; whether they were new. Raises Conflict where it has ended."""
    with transaction.atomic():
        row = locked(service_request)
        if not row.is_open:
            raise Conflict(_("This report has ended. If the problem is still there, report it anew."))
        _supporter, new = Supporter.objects.get_or_create(
            service_request=row, supporter_key=supporter_key, defaults={"added_at": now}
        )
        if new:
            ServiceRequest.objects.filter(pk=row.pk).update(
                supporters_count=F("supporters_count") + 1, updated_datetime=now
            )
            append_event(row, EventKind.SUPPORTED, now, None)
    return new


def withdraw_support(*, service_request: ServiceRequest, supporter_key: str, now: datetime) -> bool:
    """Undo `support`; whether there was anything to undo."""
    with transaction.atomic():
        row = locked(service_request)
        gone, _by_model = Supporter.objects.filter(service_request=row, supporter_key=supporter_key).delete()
        if gone:
            ServiceRequest.objects.filter(pk=row.pk).update(
                supporters_count=F("supporters_count") - 1, updated_datetime=now
            )
            append_event(row, EventKind.SUPPORT_WITHDRAWN, now, None)
    return bool(gone)


def view_reporter(*, service_request: ServiceRequest, by: User, now: datetime) -> Reporter | None:
    """The reporter's contact; every look of the staff is an event."""
    with transaction.atomic():
        check_hands(locked(service_request), by)
        reporter: Reporter | None = Reporter.objects.filter(service_request=service_request).first()
        if reporter is not None:
            append_event(service_request, EventKind.REPORTER_VIEWED, now, by)
    return reporter
