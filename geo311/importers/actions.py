"""Stores a source's rows as service requests: in batches, one transaction each; what is there already stays."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction

from boundaries.lookup import Location
from geo311.core.addresses import at_precision
from geo311.core.service_request_id import new_service_request_id
from geo311.core.workflow import OPEN, Status
from geo311.importers.agreement import Agreement, Tally, Versions
from geo311.importers.aside import Disagreements, RejectedRows, stem_of
from geo311.importers.kinds import Kinds
from geo311.importers.placing import Placing, crews_by_work
from geo311.importers.reading import RowFile
from geo311.importers.source import ParsedRow, Reason, RejectedRow, Source
from geo311.service_requests.models import Channel, Event, EventKind, ServiceRequest
from geo311.service_requests.placement import area_columns, geometry_columns
from geo311.service_requests.submission import LIMITS

BATCH = 2_000  # rows a transaction: other writers wait a second at the most

Progress = Callable[[int, float], None]
Placed = tuple[ParsedRow, Location]


@dataclass
class Summary:
    """What an import did."""

    read: int = 0
    added: int = 0
    already_there: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    rejected_file: Path | None = None
    tallies: dict[str, Tally] = field(default_factory=dict)
    disagreements_file: Path | None = None
    services_made: list[str] = field(default_factory=list)


def import_requests(
    *, path: Path, source: Source, now: datetime, folder: Path, progress: Progress | None = None
) -> Summary:
    """Import a file. Rows that cannot be stored go to `<folder>/<file's stem>.rejected.csv`, with line and reason.

    `progress` is told the rows read and the share of the file, 0 to 1. Running it again adds only what is new.
    Raises UnusableFile or Invalid (columns); batches stored before a broken line stay.
    """
    summary, stem = Summary(), stem_of(path)
    with (
        RowFile(path, source) as rows,
        RejectedRows(folder / f"{stem}.rejected.csv", rows.header) as rejected,
        Disagreements(folder / f"{stem}.disagreements.csv") as disagreements,
    ):
        run = _Run(source, path.name, now, Agreement(), rejected, disagreements)
        for batch in _batches(rows):
            good = run.sort_out(batch)
            added = run.store(good)
            summary.read += len(batch)
            summary.added += added
            summary.already_there += len(good) - added
            if progress is not None:
                progress(summary.read, rows.share_read)
    summary.rejected, summary.tallies = dict(rejected.reasons), run.agreement.tallies
    summary.services_made = run.kinds.made
    summary.rejected_file = rejected.path if rejected.path.exists() else None
    summary.disagreements_file = disagreements.path if disagreements.path.exists() else None
    return summary


def _batches(rows: Iterable[ParsedRow | RejectedRow]) -> Iterator[list[ParsedRow | RejectedRow]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch


class _Run:
    """One import: what it looks up once and keeps."""

    def __init__(
        self,
        source: Source,
        file_name: str,
        now: datetime,
        agreement: Agreement,
        rejected: RejectedRows,
        disagreements: Disagreements,
    ) -> None:
        self.source, self.file_name, self.now = source, file_name, now
        self.agreement, self.rejected, self.disagreements = agreement, rejected, disagreements
        self.kinds, self.placing, self.crews = Kinds(source), Placing(now), crews_by_work()

    def sort_out(self, batch: Sequence[ParsedRow | RejectedRow]) -> list[Placed]:
        """The rows that lie in the service area, with their areas; the others are kept aside."""
        parsed = [row for row in batch if isinstance(row, ParsedRow)]
        for row in batch:
            if isinstance(row, RejectedRow):
                self.rejected.keep(row)
        good: list[tuple[ParsedRow, Location, Versions]] = []
        for row, (location, versions) in zip(parsed, self.placing.place(parsed), strict=True):
            if location is None:
                self.rejected.keep(_outside(row))
            else:
                good.append((row, location, versions))
        for wrong in self.agreement.compare(good):
            self.disagreements.keep(wrong)
        return [(row, location) for row, location, _versions in good]

    def store(self, placed: Sequence[Placed]) -> int:
        """Store the rows that are not there yet, an event each, in one transaction; how many."""
        by_id: dict[str, Placed] = {}
        for row, location in placed:
            by_id.setdefault(row.source_id, (row, location))
        with transaction.atomic():
            stored = ServiceRequest.objects.filter(source=self.source.slug, source_id__in=list(by_id))
            there = set(stored.values_list("source_id", flat=True))
            new = [pair for source_id, pair in by_id.items() if source_id not in there]
            numbers = _fresh_numbers(len(new))
            requests = [self._request(*pair, number) for pair, number in zip(new, numbers, strict=True)]
            made = ServiceRequest.objects.bulk_create(requests)
            Event.objects.bulk_create(
                self._event(request, row) for request, (row, _location) in zip(made, new, strict=True)
            )
        return len(made)

    def _request(self, row: ParsedRow, location: Location, number: str) -> ServiceRequest:
        service = self.kinds.service(row.kind)
        areas = area_columns(service, location)
        # Who once worked on an ended report is not known; an open one goes to the crew of its place.
        crew_id = self.crews.get((service.pk, areas["territory_id"])) if row.status in OPEN else None
        address = row.address[: LIMITS["address"]]
        return ServiceRequest(
            service_request_id=number,
            service=service,
            status=Status.ASSIGNED if crew_id and row.status is Status.RECEIVED else row.status,
            resolution=row.resolution or "",
            status_notes=row.notes,
            description=row.description[: LIMITS["description"]],
            channel=Channel.IMPORT,
            preferred_language=settings.LANGUAGE_CODE,
            address=address,
            public_address=at_precision(address, service.address_precision),
            crew_id=crew_id,
            assigned_datetime=self.now if location.areas else None,
            requested_datetime=row.requested,
            updated_datetime=row.updated,
            expected_datetime=row.expected,
            closed_datetime=row.closed,
            source=self.source.slug,
            source_id=row.source_id,
            **geometry_columns(row.point, service.address_precision),
            **areas,
        )

    def _event(self, request: ServiceRequest, row: ParsedRow) -> Event:
        detail = {"source": self.source.slug, "file": self.file_name, "line": row.line, "published": row.published}
        return Event(
            service_request=request,
            kind=EventKind.IMPORTED,
            at=self.now,
            is_public=True,
            new_status=request.status,
            detail=detail,
        )


def _outside(row: ParsedRow) -> RejectedRow:
    return RejectedRow(row.line, Reason.OUTSIDE, f"lon {row.point.lon}, lat {row.point.lat}", row.values)


def _fresh_numbers(count: int) -> list[str]:
    """Public numbers that no report has; among a million, one of 32^7 is met again now and then."""
    numbers: set[str] = set()
    while len(numbers) < count:
        drawn = {new_service_request_id() for _nth in range(count - len(numbers))}
        taken = ServiceRequest.objects.filter(service_request_id__in=drawn)
        numbers |= drawn - set(taken.values_list("service_request_id", flat=True))
    return list(numbers)
