"""Places many rows at once: the areas of the day that counts for each, and the crew."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from boundaries.bulk_lookup import locate_many
from boundaries.lookup import Location, service_area_of, sets_in_force
from geo311.core.workflow import ENDED
from geo311.crews.models import Crew
from geo311.importers.agreement import Versions
from geo311.importers.source import ParsedRow


class Placing:
    """The sets in force by day, kept for one import."""

    def __init__(self, now: datetime) -> None:
        self._city = ZoneInfo(settings.TIME_ZONE)
        self.today = now.astimezone(self._city).date()
        self._sets: dict[date, Versions] = {}

    def versions_of(self, row: ParsedRow) -> Versions:
        """Today's map for an open report, the map of its own day for one that has ended: history is not rewritten."""
        if row.status not in ENDED:
            return self._in_force(self.today)
        then = self._in_force(row.requested.astimezone(self._city).date())
        return then if service_area_of(then) else self._in_force(self.today)

    def _in_force(self, day: date) -> Versions:
        if day not in self._sets:
            self._sets[day] = sets_in_force(day)
        return self._sets[day]

    def place(self, rows: Sequence[ParsedRow]) -> list[tuple[Location | None, Versions]]:
        """For each row (n) its areas, None beyond the service area, and the sets that were asked."""
        by_map: dict[tuple[int, ...], tuple[Versions, list[int]]] = {}
        for position, row in enumerate(rows):
            versions = self.versions_of(row)
            key = tuple(version.version_id for version in versions)
            by_map.setdefault(key, (versions, []))[1].append(position)
        placed: dict[int, tuple[Location | None, Versions]] = {}
        for versions, positions in by_map.values():
            locations = locate_many([rows[position].point for position in positions], versions)
            placed |= {position: (found, versions) for position, found in zip(positions, locations, strict=True)}
        return [placed[position] for position in range(len(rows))]


def crews_by_work() -> dict[tuple[int, int], int]:
    """Crews by (service, territory), all primary keys; the first by slug where several do the same work."""
    crews: dict[tuple[int, int], int] = {}
    for crew in Crew.objects.order_by("slug").prefetch_related("services", "territories"):
        for service in crew.services.all():
            for territory in crew.territories.all():
                crews.setdefault((service.pk, territory.pk), crew.pk)
    return crews
