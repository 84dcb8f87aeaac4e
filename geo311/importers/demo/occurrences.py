"""What is reported in the demo, where and when: drawn by lot from one seed, the same for the same moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import shapely

from geo311.catalog.models import Service
from geo311.core.coordinates import LonLat
from geo311.importers.demo.places import NOWHERE, Floats, Town
from geo311.importers.demo.words import words

DAYS = 120
OF_THE_CLUSTERS_KIND = 0.5  # a street of potholes, a fence where people dump
IN_PARKS = frozenset({"park-problem"})
PLACED_IF_OPTIONAL = {"suggestion": 0.7, "homeless-outreach": 0.9, "child-protection": 0.4}
# Shares of the hours from midnight on, and of the days from Monday on: people report when they are up and about.
HOURS = (3, 2, 1, 1, 1, 2, 4, 7, 9, 10, 10, 9, 8, 8, 8, 8, 8, 7, 7, 6, 6, 6, 5, 4)
WEEKDAYS = (1.15, 1.1, 1.1, 1.05, 1.05, 0.8, 0.75)


@dataclass(frozen=True)
class Occurrence:
    """Something that somebody reports."""

    service: Service
    requested: datetime
    point: LonLat | None


class Lots:
    """The lots that are drawn: one generator for all, so that the same seed gives the same city."""

    def __init__(self, seed: int, town: Town, services: Sequence[Service], areas: dict[int, shapely.Geometry]) -> None:
        """`areas`: the shapes of boundaries in which a service is offered, by their keys."""
        self.rng = np.random.default_rng(seed)
        self.town, self.services, self.areas = town, list(services), areas
        weights = np.array([words().weight(service.service_code) for service in self.services])
        self.shares: Floats = weights / weights.sum()

    def occurrences(self, count: int, now: datetime, zone: ZoneInfo) -> list[Occurrence]:
        """`count` occurrences of the last DAYS days, oldest first."""
        drawn = self.rng.choice(len(self.services), size=count, p=self.shares)
        placed = self._placed(drawn)
        drawn, points = self._points(drawn, placed)
        moments = self._moments(count, now, zone)
        return [
            Occurrence(self.services[which], moment, LonLat(*point) if has_place else None)
            for which, moment, point, has_place in zip(drawn.tolist(), moments, points.tolist(), placed, strict=True)
        ]

    def _placed(self, drawn: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        def chance(service: Service) -> float:
            optional = PLACED_IF_OPTIONAL.get(service.service_code, 0.5)
            return 1.0 if service.needs_place else optional if service.takes_place else 0.0

        chances = np.array([chance(service) for service in self.services])
        return np.asarray(self.rng.random(len(drawn)) < chances[drawn])

    def _points(
        self, drawn: npt.NDArray[np.int64], placed: npt.NDArray[np.bool_]
    ) -> tuple[npt.NDArray[np.int64], Floats]:
        """Points (n, 2), NaN for none, and the services again: in a cluster many are of the cluster's own kind."""
        points, drawn = np.full((len(drawn), 2), np.nan), drawn.copy()
        pools: dict[str | int, list[int]] = {}
        for position in np.flatnonzero(placed).tolist():
            pools.setdefault(self._pool(self.services[drawn[position]]), []).append(position)
        for pool, positions in pools.items():
            if pool == "":
                scattered = self.town.cluster(self.rng, len(positions))
                drawn[positions] = self._of_clusters(drawn[positions], scattered.clusters)
            else:
                weights = self.town.parks() if pool == "park" else self.town.within(self.areas[int(pool)])
                scattered = self.town.scatter(self.rng, weights, len(positions))
            points[positions] = scattered.points
        return drawn, points

    @staticmethod
    def _pool(service: Service) -> str | int:
        if service.offered_in_id is not None:
            return int(service.offered_in_id)
        return "park" if service.service_code in IN_PARKS else ""

    def _of_clusters(self, drawn: npt.NDArray[np.int64], clusters: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The services drawn (n), about half of a cluster's replaced by its own."""
        everyday = np.array(
            [self._pool(each) == "" and each.needs_place and not each.confidential for each in self.services]
        )
        shares = np.where(everyday, self.shares, 0.0)
        kinds = self.rng.choice(len(self.services), size=int(clusters.max(initial=0)) + 1, p=shares / shares.sum())
        changes = (clusters != NOWHERE) & everyday[drawn] & (self.rng.random(len(drawn)) < OF_THE_CLUSTERS_KIND)
        return np.where(changes, kinds[clusters], drawn)

    def _moments(self, count: int, now: datetime, zone: ZoneInfo) -> list[datetime]:
        """Moments of the last DAYS days up to `now`, oldest first, to the second."""
        today = now.astimezone(zone).date()
        days = [today - timedelta(days=ago) for ago in range(DAYS)]
        of_days = np.array([WEEKDAYS[day.weekday()] for day in days])
        of_hours = np.array(HOURS, dtype=np.float64)
        found: list[datetime] = []
        while len(found) < count:
            which = self.rng.choice(DAYS, size=count, p=of_days / of_days.sum())
            hours = self.rng.choice(24, size=count, p=of_hours / of_hours.sum())
            seconds = self.rng.integers(3600, size=count)
            for day, hour, second in zip(which.tolist(), hours.tolist(), seconds.tolist(), strict=True):
                local = datetime.combine(days[day], time(hour), tzinfo=zone)
                found.append((local + timedelta(seconds=second)).astimezone(now.tzinfo))
            found = [moment for moment in found if moment < now][:count]
        return sorted(found)
