"""Turns occurrences and their lives into rows: what `actions.submit` and the steps after it would have stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from boundaries.lookup import Location
from geo311.accounts.models import User
from geo311.core.addresses import at_precision
from geo311.core.deadlines import WorkingCalendar, expected_datetime
from geo311.core.workflow import ENDED, Status
from geo311.crews.models import Crew
from geo311.importers.demo.answers import answers_to
from geo311.importers.demo.occurrences import Occurrence
from geo311.importers.demo.stories import CREW, Case, Step
from geo311.importers.demo.words import words
from geo311.service_requests.actions import phone_digits
from geo311.service_requests.models import Channel, Event, EventKind, EventText, Reporter, ServiceRequest, Supporter
from geo311.service_requests.placement import area_columns, geometry_columns

SUPPORTED = 0.14  # of public reports
CALLS_LEAVE_A_NUMBER = 0.7
CHANNELS = {Channel.WEB: 55, Channel.PHONE: 27, Channel.API: 13, Channel.EMAIL: 5}


@dataclass
class Desk:
    """Who and what files reports: people, crews by work, the city's calendar and languages, and the dice."""

    operator: User
    operators: dict[int, User]
    members: dict[int, User]
    crews: "CrewsByWork"
    calendar: WorkingCalendar
    zone: ZoneInfo
    languages: dict[str, int]
    dice: Random
    now: datetime

    def of(self, department_id: int) -> User:
        """The operator who may see all that the department gets."""
        return self.operators.get(department_id, self.operator)


@dataclass
class File:
    """A report with everything that belongs to it, not stored yet."""

    row: ServiceRequest
    case: Case
    events: list[Event] = field(default_factory=list)
    texts: list[tuple[Event, EventText]] = field(default_factory=list)
    reporter: Reporter | None = None
    supporters: list[Supporter] = field(default_factory=list)


class CrewsByWork:
    """Which crew does a service in a territory, as `crews.lookup.crew_for` says, without a query a report."""

    def __init__(self, crews: Iterable[Crew]) -> None:
        self._by_place: dict[tuple[int, int | None], Crew] = {}
        self._anywhere: dict[int, Crew] = {}
        for crew in sorted(crews, key=lambda crew: crew.slug):
            territories: list[int | None] = [area.pk for area in crew.territories.all()] or [None]
            for service in crew.services.all():
                self._anywhere.setdefault(service.pk, crew)
                for territory in territories:
                    self._by_place.setdefault((service.pk, territory), crew)

    def at(self, service_id: int, territory_id: int | None) -> Crew | None:
        found = self._by_place.get((service_id, territory_id)) if territory_id is not None else None
        return found or self._by_place.get((service_id, None))

    def anywhere(self, service_id: int) -> Crew | None:
        """A crew that does the service, if in another part of the city."""
        return self._anywhere.get(service_id)


def submitted(occurrence: Occurrence, location: Location | None, number: str, desk: Desk) -> File:
    """The report as it is stored when it comes in, with its first events."""
    service, dice, at = occurrence.service, desk.dice, occurrence.requested
    areas = (
        area_columns(service, location) | geometry_columns(location.point, service.address_precision)
        if location
        else {}
    )
    crew = desk.crews.at(service.pk, areas["territory_id"]) if location else None
    (channel,) = dice.choices(tuple(CHANNELS), tuple(CHANNELS.values()))
    (language,) = dice.choices(tuple(desk.languages), tuple(desk.languages.values()))
    address = _address(location)
    row = ServiceRequest(
        service_request_id=number,
        service=service,
        status=Status.ASSIGNED if crew else Status.RECEIVED,
        description=words().said(service.service_code, language, dice),
        attribute_values=answers_to(service.attributes.all(), service.service_code, at, desk.zone, dice),
        channel=channel,
        preferred_language=language,
        is_simulated=True,
        address=address,
        public_address=at_precision(address, service.address_precision),
        position_accuracy_m=round(dice.uniform(4, 35), 1) if location and channel == Channel.API else None,
        crew=crew,
        assigned_datetime=at if location else None,
        requested_datetime=at,
        updated_datetime=at,
        expected_datetime=expected_datetime(at, service.target, desk.calendar) if service.target else None,
        **areas,
    )
    case = Case(
        service_code=service.service_code,
        requested=at,
        expected=row.expected_datetime,
        crew=crew is not None,
        later=crew is None and location is not None and desk.crews.anywhere(service.pk) is not None,
        confidential=service.confidential,
    )
    file = File(row, case)
    by = desk.of(service.department_id) if channel == Channel.PHONE else None
    _add(file, EventKind.SUBMITTED, at, by, is_public=True, new_status=Status.RECEIVED)
    if crew is not None:
        change = {"old_status": Status.RECEIVED, "new_status": Status.ASSIGNED}
        _add(file, EventKind.ASSIGNED, at, by, is_public=True, detail={"crew": crew.slug, "how": "automatic"}, **change)
    if channel == Channel.PHONE and dice.random() < CALLS_LEAVE_A_NUMBER:
        # 555-0100 to 555-0199 are kept free for fiction.
        phone = f"({dice.choice((212, 646, 718, 917))}) 555-01{dice.randint(0, 99):02}"
        file.reporter = Reporter(
            service_request=row, name=dice.choice(words().callers), phone=phone, phone_digits=phone_digits(phone)
        )
    return file


def _address(location: Location | None) -> str:
    """The neighbourhood and the borough: a house number would be somebody's."""
    if location is None:
        return ""
    areas = (location.of_set("neighborhood"), location.of_set("borough"))
    return ", ".join(area.name for area in areas if area is not None)


def lived(file: File, steps: Sequence[Step], desk: Desk) -> None:
    """Take the steps, as `actions.change_status`, `assign` and `add_note` do."""
    row = file.row
    for step in steps:
        by = desk.of(row.service.department_id)
        if step.actor == CREW and row.crew_id is not None:
            by = desk.members[row.crew_id]
        if step.new is None:
            _add(file, EventKind.NOTE_ADDED, step.at, by, text=step.note)
            continue
        change: dict[str, Any] = {"old_status": step.old, "new_status": step.new}
        row.status, row.updated_datetime = step.new, step.at
        if step.assigns:
            row.crew, row.assigned_datetime = desk.crews.anywhere(row.service_id), step.at
            slug = row.crew.slug if row.crew else ""
            _add(file, EventKind.ASSIGNED, step.at, by, detail={"from": "", "crew": slug}, **change)
            continue
        row.resolution = step.resolution
        row.status_notes = step.note or row.status_notes
        row.closed_datetime = (row.closed_datetime or step.at) if step.new in ENDED else None
        detail = {"resolution": str(step.resolution)} if step.resolution else {}
        _add(file, EventKind.STATUS_CHANGED, step.at, by, is_public=True, text=step.note, detail=detail, **change)


def supported(file: File, desk: Desk) -> None:
    """Let some people say that it is theirs too, while it is open."""
    row, dice = file.row, desk.dice
    if row.service.confidential or row.location is None or dice.random() > SUPPORTED:
        return
    until = next((event.at for event in file.events if event.new_status in ENDED), desk.now)
    for _nth in range(min(12, 1 + int(dice.expovariate(0.6)))):
        at = row.requested_datetime + (until - row.requested_datetime) * dice.random()
        at -= timedelta(microseconds=at.microsecond)
        key = str(UUID(int=dice.getrandbits(128), version=4))
        file.supporters.append(Supporter(service_request=row, supporter_key=key, added_at=at))
        _add(file, EventKind.SUPPORTED, at, None)
        row.updated_datetime = max(row.updated_datetime, at)
    row.supporters_count = len(file.supporters)
    file.events.sort(key=lambda event: event.at)


def hidden(file: File, desk: Desk) -> None:
    """Take a report off every public face."""
    at = file.row.updated_datetime + timedelta(minutes=20)
    file.row.is_hidden, file.row.updated_datetime = True, at
    _add(file, EventKind.HIDDEN, at, desk.operator)


def _add(file: File, kind: EventKind, at: datetime, by: User | None, *, text: str = "", **fields: Any) -> None:
    event = Event(service_request=file.row, kind=kind, at=at, by=by, **fields)
    file.events.append(event)
    if text:
        file.texts.append((event, EventText(text=text, language="en")))
