"""Everything staff read about one report, and which steps they may take from here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from geo311.accounts.models import User
from geo311.console.forms import step_words
from geo311.console.timeline import staff_timeline
from geo311.core.coordinates import LonLat
from geo311.core.workflow import Role, Status, Transition, steps_from
from geo311.service_requests.duplicates import Candidate, candidates
from geo311.service_requests.models import Reporter, ServiceRequest
from geo311.service_requests.page_map import map_config

NEAR_EDGE_M = 15.0  # nearer than a phone's position is sure: the neighbour may be the right area
# Which step stands out: what mostly comes next.
USUAL = {
    Status.RECEIVED: Status.IN_PROGRESS,
    Status.ASSIGNED: Status.IN_PROGRESS,
    Status.IN_PROGRESS: Status.RESOLVED,
    Status.NEEDS_INFORMATION: Status.IN_PROGRESS,
}


@dataclass(frozen=True)
class Step:
    """A step somebody may take: its words, and whether a form comes first."""

    target: str
    words: str
    asks: bool
    is_usual: bool


@dataclass(frozen=True)
class AreaRow:
    """An area of the report: by which map it was found, how, and how far the edge is."""

    role: str
    name: str
    version: str
    how: str
    edge_m: float | None
    is_near_edge: bool


def may_act(user: User, row: ServiceRequest) -> bool:
    """The desk on all it sees, crews on their own reports, planners on none (the actions hold the same rule)."""
    if user.workflow_role is Role.CREW:
        return row.crew_id is not None and user.crews.filter(pk=row.crew_id).exists()
    return user.works_at_desk


def steps_for(user: User, row: ServiceRequest) -> list[Step]:
    """The steps of the table for this person, the usual one first; giving to a crew has a form of its own."""
    source = row.status_code
    found = [
        Step(step.target, step_words(step), step.needs_note or step.needs_resolution, step.target == USUAL.get(source))
        for step in steps_from(source, user.workflow_role)
        if not _is_assignment(step)
    ]
    return sorted(found, key=lambda step: not step.is_usual)


def _is_assignment(step: Transition) -> bool:
    return {step.source, step.target} == {Status.RECEIVED, Status.ASSIGNED}


def place_of(row: ServiceRequest) -> LonLat | None:
    return LonLat(row.location.x, row.location.y) if row.location else None


def staff_context(user: User, row: ServiceRequest, now: datetime) -> dict[str, Any]:
    """What the page of a report shows. The number of queries does not depend on the report."""
    acts, place = may_act(user, row), place_of(row)
    first_act = desk_comes_first(user, row)
    steps = steps_for(user, row) if acts else []
    usual = [step for step in steps if step.is_usual and not first_act]
    return {
        "row": row,
        "service": row.service,
        "place": place,
        "coordinates": f"{place.lat:.5f}, {place.lon:.5f}" if place else "",
        "areas": areas(row),
        "answers": answers(row),
        "photos": row.photos.filter(is_hidden=False),
        "timeline": staff_timeline(row),
        "near": near(row, place, now),
        "acts": acts,
        "at_desk": user.works_at_desk,
        "first_act": first_act,
        "usual": usual,
        "steps": [step for step in steps if step not in usual],
        "language": dict(settings.LANGUAGES).get(row.preferred_language, row.preferred_language),
        "has_contact": Reporter.objects.filter(service_request=row).exists(),
        "sees_contact": acts,
        "map_config": map_config(focus=place, radius_m=150, pins=[pin(row, place)]) if place else None,
    }


def desk_comes_first(user: User, row: ServiceRequest) -> str:
    """What the desk has to do before any crew can work: "place" it, or find a "crew"; empty where it need not."""
    if not user.works_at_desk or not row.is_open or row.crew_id is not None:
        return ""
    return "place" if row.location is None and row.service.needs_place else "crew"


def pin(row: ServiceRequest, place: LonLat) -> dict[str, Any]:
    """A report as the map's script wants it: a GeoJSON feature with what a popup says."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": place},
        "properties": {
            "service_request_id": row.service_request_id,
            "service_name": row.service.service_name,
            "status": row.status,
            "address": row.address,
            "requested_datetime": row.requested_datetime.isoformat(),
        },
    }


def areas(row: ServiceRequest) -> list[AreaRow]:
    """District, ward and territory, each with the map it was found by."""
    names = {"district": _("District"), "ward": _("Ward"), "territory": _("Crew territory")}
    found = []
    for role, name in names.items():
        boundary, version = getattr(row, role), getattr(row, f"{role}_version")
        if boundary is not None:
            edge_m = getattr(row, f"{role}_edge_m")
            how = getattr(row, f"get_{role}_how_display")()
            close = edge_m is not None and edge_m < NEAR_EDGE_M
            found.append(AreaRow(name, boundary.name, version.label if version else "", how, edge_m, close))
    return found


def answers(row: ServiceRequest) -> list[tuple[str, str]]:
    """Questions and answers in words; an answer to a question since dropped keeps its code."""
    asked = {attribute.code: attribute for attribute in row.service.attributes.all()}
    said = []
    for code, answer in row.attribute_values.items():
        values = [str(value) for value in (answer if isinstance(answer, list) else [answer])]
        attribute = asked.get(code)
        words = [attribute.value_name(value) for value in values] if attribute else values
        said.append((str(attribute) if attribute else code, ", ".join(words)))
    return said


def near(row: ServiceRequest, place: LonLat | None, now: datetime) -> list[Candidate]:
    """Open reports of the same thing near by, without the report itself."""
    if place is None:
        return []
    found = candidates(service=row.service, point=place, address=row.address, now=now)
    return [candidate for candidate in found if candidate.service_request_id != row.service_request_id]
