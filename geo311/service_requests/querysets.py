"""Questions asked of service requests; every read starts at `visible_to`."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NoReturn

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from geo311.accounts.models import User
from geo311.core.coordinates import BBox, LonLat
from geo311.core.hexgrid import cells_covering
from geo311.core.workflow import OPEN
from geo311.crews.models import Crew, DepartmentMembership

OPEN_STATUSES = sorted(OPEN)


class ServiceRequestQuerySet(models.QuerySet[Any]):
    def public(self) -> "ServiceRequestQuerySet":
        """What anybody may see: not confidential, not hidden."""
        return self.filter(service__confidential=False, is_hidden=False)

    def visible_to(self, user: User | AnonymousUser) -> "ServiceRequestQuerySet":
        """The one read path. Staff see hidden ones too; confidential ones are seen by their department alone."""
        if not isinstance(user, User) or not user.works_here:
            return self.public()
        member = DepartmentMembership.objects.filter(user=user, department=OuterRef("service__department"))
        crew = Crew.objects.filter(members=user, department=OuterRef("service__department"))
        return self.filter(Q(service__confidential=False) | Exists(member) | Exists(crew))

    def open(self) -> "ServiceRequestQuerySet":
        return self.filter(status__in=OPEN_STATUSES)

    def overdue(self, now: datetime) -> "ServiceRequestQuerySet":
        return self.open().filter(expected_datetime__lt=now)

    def unassigned(self) -> "ServiceRequestQuerySet":
        """Open ones that no crew has: nobody will come until somebody acts."""
        return self.open().filter(crew__isnull=True)

    def within(self, bbox: BBox) -> "ServiceRequestQuerySet":
        """Those whose public place lies in the box, by the spatial index of either database.

        Never by the exact place: boxes made smaller and smaller would find it.
        """
        return self.filter(public_location__in_bbox=bbox)

    def near_cells(self, point: LonLat, radius_m: float) -> "ServiceRequestQuerySet":
        """A superset of those within `radius_m` (0 to 500), by H3 cells that cover the circle: measure afterwards."""
        resolution, cells = cells_covering(point, radius_m)
        return self.filter(**{f"h3_res{resolution}__in": cells})

    def of_crew(self, crews: "Iterable[Crew] | models.QuerySet[Any]") -> "ServiceRequestQuerySet":
        return self.filter(crew__in=crews)

    def by_due(self) -> "ServiceRequestQuerySet":
        """Most overdue first, those without a date last."""
        return self.order_by(F("expected_datetime").asc(nulls_last=True), "requested_datetime", "pk")


class EventQuerySet(models.QuerySet[Any]):
    def public(self) -> "EventQuerySet":
        return self.filter(is_public=True)

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("events are appended, never edited")
