"""What every action does to a record: lock it, check whose hands it is in, append an event."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from geo311.accounts.models import User
from geo311.core.problems import Invalid, NotAllowed
from geo311.core.workflow import Role
from geo311.service_requests.models import Event, EventKind, EventText, Photo, ServiceRequest
from geo311.service_requests.photos import EncodedPhoto

MAX_NOTE_CHARACTERS = 4_000


def locked(service_request: ServiceRequest) -> ServiceRequest:
    """The row as it is now, held until the transaction ends."""
    rows = ServiceRequest.objects.select_for_update(of=("self",)).select_related("service", "crew")
    row: ServiceRequest = rows.get(pk=service_request.pk)
    return row


def check_role(by: User, roles: frozenset[Role]) -> None:
    if not by.is_active or by.workflow_role not in roles:
        raise NotAllowed(_("Your role may not do this."))


def check_hands(row: ServiceRequest, by: User) -> None:
    """Crews act on their own reports, the desk on all it may see."""
    if not ServiceRequest.objects.visible_to(by).filter(pk=row.pk).exists() or not by.works_here:
        raise NotAllowed(_("Your role may not do this."))
    if by.workflow_role is Role.CREW and (row.crew_id is None or not by.crews.filter(pk=row.crew_id).exists()):
        raise NotAllowed(_("This report is another crew's."))
    if by.workflow_role is Role.PLANNER:
        raise NotAllowed(_("Planners read; they do not change reports."))


def check_note(text: str, *, field: str = "note") -> None:
    if len(text) > MAX_NOTE_CHARACTERS:
        raise Invalid.field(field, _("Use at most {limit} characters.").format(limit=MAX_NOTE_CHARACTERS))


def store_photo(row: ServiceRequest, photo: EncodedPhoto, now: datetime) -> Photo:
    stored = Photo(service_request=row, width=photo.width, height=photo.height, added_at=now)
    stored.image.save(f"{stored.public_id}.jpg", ContentFile(photo.jpeg), save=False)
    stored.save(force_insert=True)
    return stored


def append_event(
    row: ServiceRequest, kind: EventKind, now: datetime, by: User | None, *, text: str = "", **fields: Any
) -> Event:
    words = EventText.objects.create(text=text.strip(), language=settings.LANGUAGE_CODE) if text.strip() else None
    event: Event = Event.objects.create(service_request=row, kind=kind, at=now, by=by, text=words, **fields)
    return event
