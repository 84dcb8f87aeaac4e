"""Stores the demo's reports: drawn by lot, lived through, some of them repeats of others; all marked as simulated."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice

import numpy as np
import shapely

from boundaries.bulk_lookup import locate_many
from boundaries.lookup import sets_in_force
from geo311.accounts.models import User
from geo311.catalog.models import Service
from geo311.core.coordinates import LonLat
from geo311.core.service_request_id import new_service_request_id
from geo311.core.workflow import ENDED, Status
from geo311.importers.demo.filing import Desk, File, hidden, lived, submitted, supported
from geo311.importers.demo.occurrences import Lots, Occurrence
from geo311.importers.demo.stories import life, merged
from geo311.service_requests.models import Channel, Event, EventText, Reporter, ServiceRequest, Supporter

REPEATS = 0.06  # of all reports
WITHIN_RADIUS = 0.6  # repeats are pinned this near, in radii of the service
FOUND_BY_DESK = 0.7  # of the repeats; the others wait to be found
HIDDEN = 3
ORIENTING = frozenset({"census-tract"})  # a set to look at only: no report needs to be placed in it

Say = Callable[[str], None]


def offered_areas(services: Iterable[Service]) -> dict[int, shapely.Geometry]:
    """The shapes of the boundaries in which some service is offered, by their keys."""
    wanted = {service.offered_in_id for service in services if service.offered_in_id is not None}
    return {
        boundary_id: version.index.polygons[version.index.codes.index(code)]
        for version in sets_in_force()
        for code, (boundary_id, _name, _properties) in version.boundaries.items()
        if boundary_id in wanted
    }


def make_reports(count: int, lots: Lots, desk: Desk, resident: User, say: Say) -> int:
    """Draw and store `count` reports; how many are stored."""
    filing, repeats = Filing(desk, count), int(count * REPEATS)
    firsts = _lived(lots.occurrences(count - repeats, desk.now, desk.zone), filing)
    again = _repeats(firsts, repeats, lots, filing)
    for file in (*firsts, *again):
        supported(file, desk)
    calm = [file for file in firsts if desk.now - file.row.updated_datetime > timedelta(hours=1)]
    for file in islice((file for file in calm if not file.row.service.confidential), HIDDEN):
        hidden(file, desk)
    _give_to(resident, firsts)
    say("storing the reports")
    ServiceRequest.objects.bulk_create([file.row for file in firsts])
    ServiceRequest.objects.bulk_create([file.row for file in again])
    say("storing what happened to them")
    _store_rest([*firsts, *again])
    return len(firsts) + len(again)


def _numbers(count: int) -> list[str]:
    found: set[str] = set()
    while len(found) < count:
        found.add(new_service_request_id())
    return list(found)


class Filing:
    """Places and files reports, with one lookup and one row of public numbers for all."""

    def __init__(self, desk: Desk, count: int) -> None:
        self.desk = desk
        self._versions = tuple(version for version in sets_in_force() if version.slug not in ORIENTING)
        self._numbers = iter(_numbers(count))

    def filed(self, occurrences: Sequence[Occurrence]) -> list[File]:
        points = [occurrence.point for occurrence in occurrences if occurrence.point is not None]
        found = iter(locate_many(points, self._versions))
        return [
            submitted(each, None if each.point is None else next(found), next(self._numbers), self.desk)
            for each in occurrences
        ]


def _lived(occurrences: Sequence[Occurrence], filing: Filing) -> list[File]:
    desk, files = filing.desk, filing.filed(occurrences)
    for file in files:
        lived(file, life(file.case, desk.dice, desk.now), desk)
    return files


def _repeats(firsts: Sequence[File], count: int, lots: Lots, filing: Filing) -> list[File]:
    """Reports of what another one told of already: most are found and closed, the others wait."""
    desk = filing.desk
    could = [file for file in firsts if _open_until(file, desk.now) - file.row.requested_datetime > timedelta(hours=1)]
    if not could:
        return []
    originals = [could[which] for which in lots.rng.choice(len(could), size=count).tolist()]
    moments = [_while_open(original, desk) for original in originals]
    points = np.array([original.row.location.coords for original in originals if original.row.location])
    radii = np.array([original.row.service.duplicate_radius_m for original in originals])
    near = lots.town.near(lots.rng, points, radii * WITHIN_RADIUS).tolist()
    occurrences = [
        Occurrence(original.row.service, moment, LonLat(*point))
        for original, moment, point in zip(originals, moments, near, strict=True)
    ]
    files = filing.filed(occurrences)
    for file, original in zip(files, originals, strict=True):
        steps = merged(original.row.service_request_id, file.case, desk.dice, desk.now)
        if steps and desk.dice.random() < FOUND_BY_DESK:
            lived(file, steps, desk)
            file.row.duplicate_of = original.row
        elif original.row.closed_datetime is not None:
            lived(file, life(file.case, desk.dice, desk.now), desk)
    return files


def _open_until(file: File, now: datetime) -> datetime:
    """Until when a repeat of it is likely: while it was open, within the service's window; never of some."""
    row, service = file.row, file.row.service
    if row.location is None or not service.duplicate_radius_m or service.duplicates_share_address:
        return row.requested_datetime
    ended = next((event.at for event in file.events if event.new_status in ENDED), now)
    return min(ended, now, row.requested_datetime + timedelta(days=service.duplicate_window_days))


def _while_open(original: File, desk: Desk) -> datetime:
    start = original.row.requested_datetime
    seconds = (_open_until(original, desk.now) - start).total_seconds()
    return start + timedelta(seconds=int(seconds * desk.dice.uniform(0.02, 0.98)))


def _give_to(resident: User, files: Sequence[File]) -> None:
    """Let the demo's resident have reported three of them: one waiting, one in work, one done."""
    for status in (Status.ASSIGNED, Status.IN_PROGRESS, Status.RESOLVED):
        for file in reversed(files):
            is_free = file.reporter is None and file.row.channel == Channel.WEB and not file.row.service.confidential
            if is_free and file.row.status == status:
                file.reporter = Reporter(service_request=file.row, user=resident)
                file.events[0].by = resident
                break


def _store_rest(files: Sequence[File]) -> None:
    pairs = [pair for file in files for pair in file.texts]
    EventText.objects.bulk_create(text for _event, text in pairs)
    for event, text in pairs:
        event.text = text
    Event.objects.bulk_create(event for file in files for event in file.events)
    Reporter.objects.bulk_create(file.reporter for file in files if file.reporter is not None)
    Supporter.objects.bulk_create(supporter for file in files for supporter in file.supporters)
