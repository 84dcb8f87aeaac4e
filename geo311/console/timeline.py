"""The whole story of a report for staff: every event, who did it, and what nobody outside reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from geo311.crews.models import Crew
from geo311.service_requests.models import Event, EventKind, Resolution, ServiceRequest, Status


@dataclass(frozen=True)
class StaffEntry:
    """One event: what happened, when, who did it, its text, and whether residents see it."""

    what: str
    at: datetime
    by: str
    note: str
    is_public: bool


def staff_timeline(service_request: ServiceRequest) -> list[StaffEntry]:
    """Every event, the newest first. Two queries."""
    events = list(service_request.events.select_related("text", "by").order_by("-at", "-pk"))
    crews = _crew_names(events)
    return [
        StaffEntry(
            what=_sentence(event, service_request, crews),
            at=event.at,
            by=str(event.by) if event.by else "",
            note=event.text.text if event.text else "",
            is_public=event.is_public,
        )
        for event in events
    ]


def _crew_names(events: Sequence[Event]) -> dict[str, str]:
    slugs = {str(event.detail[key]) for event in events for key in ("crew", "from") if event.detail.get(key)}
    return dict(Crew.objects.filter(slug__in=slugs).values_list("slug", "name"))


def _sentence(event: Event, row: ServiceRequest, crews: dict[str, str]) -> str:
    if event.kind == EventKind.STATUS_CHANGED:
        return _changed(event)
    if event.kind in {EventKind.ASSIGNED, EventKind.PASSED_ON}:
        return _given(event, crews)
    if event.kind == EventKind.SUBMITTED:
        return _("Reported ({channel})").format(channel=row.get_channel_display())
    if event.kind == EventKind.NOTE_ADDED:
        return _("Note for residents") if event.is_public else _("Note for colleagues")
    return event.get_kind_display()


def _changed(event: Event) -> str:
    resolution = event.detail.get("resolution", "")
    words = _("{old} → {new}").format(old=Status(event.old_status).label, new=Status(event.new_status).label)
    if resolution in Resolution.values:
        return _("{step}: {resolution}").format(step=words, resolution=Resolution(resolution).label)
    return words


def _given(event: Event, crews: dict[str, str]) -> str:
    """A crew that has gone since is named by what its address was."""
    after, before = (crews.get(slug, slug) for slug in (event.detail.get("crew", ""), event.detail.get("from", "")))
    if not after:
        return _("Taken back to the desk from {crew}").format(crew=before)
    if before:
        return _("Passed on from {before} to {after}").format(before=before, after=after)
    if event.detail.get("how") == "automatic":
        return _("Given to {crew} by service and place").format(crew=after)
    return _("Given to {crew}").format(crew=after)
