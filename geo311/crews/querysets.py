"""Questions asked of crews."""

from typing import Any

from django.db import models


class CrewQuerySet(models.QuerySet[Any]):
    def doing(self, service_id: int, territory_id: int) -> "CrewQuerySet":
        """Crews that do a service in a territory, the same order every time."""
        return self.filter(services=service_id, territories=territory_id).order_by("slug")

    def doing_city_wide(self, service_id: int) -> "CrewQuerySet":
        """Crews that do a service and name no territory: theirs is the whole city."""
        return self.filter(services=service_id, territories__isnull=True).order_by("slug")
