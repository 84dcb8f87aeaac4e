"""What a source of rows declares, and how one of its rows is understood. Pure: text in, ParsedRow or BadRow out."""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from geo311.core.coordinates import LonLat
from geo311.core.problems import Invalid
from geo311.core.workflow import ENDED, Resolution, Status

Outcome = tuple[Status, Resolution | None]


class Reason(StrEnum):
    """Why a row is kept aside."""

    BROKEN = "not as many columns as the first line names"
    NO_NUMBER = "no number"
    NO_PLACE = "no coordinates"
    WRONG_PLACE = "coordinates that cannot be right"
    WRONG_DATE = "a date that cannot be read"
    NO_KIND = "no kind of report"
    UNKNOWN_STATUS = "a status that the source does not declare"
    OUTSIDE = "outside the service area"


class BadRow(Exception):
    """A row that cannot be stored: the reason, and what stood there."""

    def __init__(self, reason: Reason, found: str = "") -> None:
        super().__init__(f"{reason}: {found}" if found else str(reason))
        self.reason = reason


def plain_code(text: str) -> str:
    """A code as it is compared: `05` and `5.0` are `5`, `Ward 5` is `ward 5`."""
    code = text.strip().casefold().removesuffix(".0")
    return code.lstrip("0") or ("0" if code else "")


@dataclass(frozen=True)
class Published:
    """An area that the city published on the row: the role or the slug of our set, and the column it stands in."""

    area: str
    column: str
    code: Callable[[str], str] = plain_code


@dataclass(frozen=True)
class Layout:
    """One shape of a source's files. Columns are named in lower case, with `_` for what is neither letter nor digit.

    `identity`: the column that numbers a row; where nothing does, the columns whose hash will. `kind` and `status` are
    columns, `kind_is` and `status_is` what a file without them is about. The first columns until `requested` must be
    in the file, the others may be missing.
    """

    identity: tuple[str, ...]
    lon: str
    lat: str
    requested: str
    kind: str = ""
    kind_is: str = ""
    status: str = ""
    status_is: str = ""
    outcome: str = ""
    closed: str = ""
    updated: str = ""
    expected: str = ""
    address: str = ""
    description: tuple[str, ...] = ()
    notes: str = ""
    published: tuple[Published, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        columns = (*self.identity, self.lon, self.lat, self.requested, self.kind, self.status)
        return tuple(column for column in columns if column)

    @property
    def columns(self) -> frozenset[str]:
        """Every column that is read."""
        areas = (item.column for item in self.published)
        dates = (self.closed, self.updated, self.expected)
        texts = (self.outcome, self.address, *self.description, self.notes)
        return frozenset((*self.required, *dates, *texts, *areas)) - {""}


@dataclass(frozen=True)
class Source:
    """A city's published rows. `dates` are strptime formats, or "iso"; times are read in `time_zone`.

    A zone that a date itself claims is believed only with `dates_carry_zone`: some portals write local time with a Z.
    """

    slug: str
    title: str
    time_zone: str
    layouts: tuple[Layout, ...]
    statuses: Mapping[str, Outcome]
    outcomes: Mapping[str, Resolution] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    confidential_kinds: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[str, ...] = ("iso",)
    dates_carry_zone: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True)
class ParsedRow:
    """A row as geo311 understands it: dates aware, one place, one status, what the city said about its areas.

    `values` is the row as it stood in the file.
    """

    line: int
    source_id: str
    kind: str
    point: LonLat
    status: Status
    resolution: Resolution | None
    requested: datetime
    updated: datetime
    closed: datetime | None
    expected: datetime | None
    address: str
    description: str
    notes: str
    published: dict[str, str]
    values: list[str]


@dataclass(frozen=True)
class RejectedRow:
    """A row kept aside, as it stood in the file."""

    line: int
    reason: Reason
    explanation: str
    values: list[str]


class RowParser:
    """Understands the rows of one file: remembers only how often a row without a number came by."""

    def __init__(self, source: Source, layout: Layout) -> None:
        self.source, self.layout = source, layout
        self._zone = source.zone
        self._repeats: Counter[bytes] = Counter()

    def parse(self, line: int, row: Mapping[str, str], values: list[str]) -> ParsedRow:
        """The row of cleaned texts by column. Raises BadRow."""
        layout = self.layout
        source_id, point = self._identity(row), self._point(row)
        requested = self._date(row, layout.requested)
        if requested is None:
            raise BadRow(Reason.WRONG_DATE, f"{layout.requested} is empty")
        status, resolution = self._outcome(row)
        closed, updated = self._date(row, layout.closed), self._date(row, layout.updated)
        latest = max(day for day in (requested, closed, updated) if day is not None)
        return ParsedRow(
            line=line,
            source_id=source_id,
            kind=self._kind(row),
            point=point,
            status=status,
            resolution=resolution,
            requested=requested,
            updated=latest,
            # A report that has ended ended some day: the last one known where the file does not say.
            closed=(closed or latest) if status in ENDED else None,
            expected=self._date(row, layout.expected),
            address=row.get(layout.address, ""),
            description=" · ".join(text for column in layout.description if (text := row.get(column, ""))),
            notes=row.get(layout.notes, ""),
            published={item.area: item.code(text) for item in layout.published if (text := row.get(item.column, ""))},
            values=values,
        )

    def _identity(self, row: Mapping[str, str]) -> str:
        parts = [row[column] for column in self.layout.identity]
        if len(parts) == 1:
            if not parts[0]:
                raise BadRow(Reason.NO_NUMBER)
            return parts[0]
        if not any(parts):
            raise BadRow(Reason.NO_NUMBER)
        digest = hashlib.sha256("\x1f".join(parts).encode()).digest()[:16]
        self._repeats[digest] += 1
        nth = self._repeats[digest]
        # Two cars left at one address on one day are two rows that nothing tells apart: the second keeps its turn.
        return digest.hex() if nth == 1 else f"{digest.hex()}-{nth}"

    def _point(self, row: Mapping[str, str]) -> LonLat:
        lon, lat = row[self.layout.lon], row[self.layout.lat]
        if not lon or not lat:
            raise BadRow(Reason.NO_PLACE)
        try:
            return LonLat.parse(lon, lat)
        except Invalid as error:
            raise BadRow(Reason.WRONG_PLACE, error.detail) from error

    def _kind(self, row: Mapping[str, str]) -> str:
        kind = row[self.layout.kind] if self.layout.kind else self.layout.kind_is
        if not kind:
            raise BadRow(Reason.NO_KIND)
        return kind

    def _outcome(self, row: Mapping[str, str]) -> Outcome:
        layout = self.layout
        text = row[layout.status] if layout.status else layout.status_is
        try:
            status, resolution = self.source.statuses[text.casefold()]
        except KeyError:
            raise BadRow(Reason.UNKNOWN_STATUS, text or "empty") from None
        if status in ENDED and resolution is None:
            resolution = self.source.outcomes.get(row.get(layout.outcome, "").casefold())
        return status, resolution

    def _date(self, row: Mapping[str, str], column: str) -> datetime | None:
        text = row.get(column, "") if column else ""
        if not text:
            return None
        for form in self.source.dates:
            try:
                found = datetime.fromisoformat(text) if form == "iso" else datetime.strptime(text, form)  # noqa: DTZ007  the zone follows
            except ValueError:
                continue
            believed = self.source.dates_carry_zone and found.tzinfo is not None
            return found if believed else found.replace(tzinfo=self._zone)
        raise BadRow(Reason.WRONG_DATE, f"{column} is {text!r}")
