"""The public story of a report: each event as a sentence that a resident understands."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from geo311.core.workflow import ENDED, Status
from geo311.service_requests.models import Event, EventKind, Resolution, ServiceRequest


@dataclass(frozen=True)
class Entry:
    """One line of the timeline: what happened, when, and the note that went with it."""

    what: str
    at: datetime
    note: str = ""


def public_timeline(service_request: ServiceRequest) -> list[Entry]:
    """Public events, the newest first. One query."""
    events = service_request.events.public().select_related("text").order_by("-at", "-pk")
    department = service_request.service.department.name
    return [Entry(sentence(event, department), event.at, event.text.text if event.text else "") for event in events]


def sentence(event: Event, department: str) -> str:
    if event.kind == EventKind.STATUS_CHANGED:
        return _changed(event)
    sentences = {
        EventKind.SUBMITTED: _("We received this report"),
        EventKind.ASSIGNED: _("Given to a crew of {department}").format(department=department),
        EventKind.PASSED_ON: _("Passed on to another crew"),
        EventKind.NOTE_ADDED: _("A note from {department}").format(department=department),
        EventKind.PHOTO_ADDED: _("A photo was added"),
        EventKind.PLACED: _("The place was corrected"),
        EventKind.IMPORTED: _("Taken over from the city's records"),
    }
    return str(sentences.get(EventKind(event.kind), event.get_kind_display()))


def _changed(event: Event) -> str:
    if event.old_status in ENDED and event.new_status not in ENDED:
        return _("Opened again")
    if event.new_status in ENDED:
        return ended_sentence(event.new_status, event.detail.get("resolution", ""))
    sentences = {
        Status.RECEIVED: _("Back at the desk"),
        Status.ASSIGNED: _("Waiting for the crew"),
        Status.IN_PROGRESS: _("Work has started"),
        Status.NEEDS_INFORMATION: _("We need more information"),
    }
    return sentences[Status(event.new_status)]


def ended_sentence(status: str, resolution: str) -> str:
    """ "Resolved: fixed", or the status alone where nobody said how it ended."""
    name = _("Resolved") if status == Status.RESOLVED else _("Closed")
    if resolution not in Resolution.values:
        return name
    return _("{status}: {resolution}").format(status=name, resolution=str(Resolution(resolution).label).lower())


def status_in_words(service_request: ServiceRequest) -> str:
    """One sentence under the status tag: what it means for the resident."""
    department = service_request.service.department.name
    sentences = {
        Status.RECEIVED: _("We have this report. {department} will look at it next."),
        Status.ASSIGNED: _("A crew of {department} has this report and will come to it."),
        Status.IN_PROGRESS: _("{department} is working on it."),
        Status.NEEDS_INFORMATION: _("{department} cannot go on without more information."),
        Status.RESOLVED: _("{department} says that it is done."),
        Status.CLOSED: "",  # how it ended says it
    }
    return sentences[service_request.status_code].format(department=department)
