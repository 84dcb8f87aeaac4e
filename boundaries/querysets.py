"""Questions asked of versions and shapes."""

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from geo311.core.coordinates import BBox


def city_today() -> date:
    """Today in the city's time zone: midnight there changes the map."""
    return timezone.localdate()


class BoundaryVersionQuerySet(models.QuerySet[Any]):
    def in_force(self, on: date | None = None) -> "BoundaryVersionQuerySet":
        """The versions in force on a day of the city (today where none is given)."""
        day = on or city_today()
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), valid_from__lte=day)


class BoundaryShapeQuerySet(models.QuerySet[Any]):
    def in_force(self, on: date | None = None) -> "BoundaryShapeQuerySet":
        day = on or city_today()
        return self.filter(
            Q(version__valid_to__isnull=True) | Q(version__valid_to__gt=day), version__valid_from__lte=day
        )

    def within(self, bbox: BBox) -> "BoundaryShapeQuerySet":
        """Shapes whose own box meets `bbox`, by the spatial index."""
        return self.filter(geometry__in_bbox=bbox)
