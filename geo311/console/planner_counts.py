"""The planner's table: open, overdue and ended reports by area, service or crew, and how long they took."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Min, Q
from django.utils.translation import gettext_lazy as _

from geo311.catalog.models import Service
from geo311.core.workflow import OPEN
from geo311.service_requests.querysets import ServiceRequestQuerySet

# Beyond as many ended reports their days are not read row by row for a page.
MOST_FOR_MEDIAN = 50_000
DAY_S = 86_400
IS_OPEN = Q(status__in=sorted(OPEN))


@dataclass(frozen=True)
class Dimension:
    """What a table counts by: the column grouped on, the columns of its name, the filter that a row stands for."""

    name: Any
    column: str
    labels: tuple[str, ...]
    parameter: str


DIMENSIONS = {
    "district": Dimension(_("District"), "district", ("district__code", "district__name"), "district"),
    "ward": Dimension(_("Ward"), "ward", ("ward__code", "ward__name"), "ward"),
    "service": Dimension(_("Service"), "service", ("service__service_code",), "service_code"),
    "department": Dimension(
        _("Department"), "service__department", ("service__department__slug", "service__department__name"), "department"
    ),
    "crew": Dimension(_("Crew"), "crew", ("crew__slug", "crew__name"), "crew"),
}


@dataclass(frozen=True)
class CountRow:
    """One line of the table; `code` is empty for reports that have none of the dimension."""

    code: str
    name: str
    open: int
    overdue: int
    ended: int
    median_days: float | None

    @property
    def overdue_share(self) -> int | None:
        """Of the open ones, percent."""
        return round(100 * self.overdue / self.open) if self.open else None


def totals(rows: ServiceRequestQuerySet, now: datetime) -> dict[str, Any]:
    """The figures above the table, in one query."""
    return dict(
        rows.order_by().aggregate(
            open=Count("pk", filter=IS_OPEN),
            overdue=Count("pk", filter=IS_OPEN & Q(expected_datetime__lt=now)),
            ended=Count("pk", filter=~IS_OPEN),
            oldest=Min("requested_datetime", filter=IS_OPEN),
        )
    )


def counts_by(rows: ServiceRequestQuerySet, dimension: Dimension, now: datetime, *, ended: int) -> list[CountRow]:
    """A line for each value of the dimension, the most overdue first; those without one last. Three queries at most."""
    late = IS_OPEN & Q(expected_datetime__lt=now)
    groups = (
        rows.order_by()
        .values(*dimension.labels)
        .annotate(
            n_open=Count("pk", filter=IS_OPEN), n_overdue=Count("pk", filter=late), n_ended=Count("pk", filter=~IS_OPEN)
        )
    )
    medians = _medians(rows, dimension) if 0 < ended <= MOST_FOR_MEDIAN else {}
    names = _service_names() if dimension.column == "service" else {}
    code_column, name_column = dimension.labels[0], dimension.labels[-1]
    lines = [
        CountRow(
            code=group[code_column] or "",
            name=str(names.get(group[name_column]) or group[name_column] or ""),
            open=group["n_open"],
            overdue=group["n_overdue"],
            ended=group["n_ended"],
            median_days=medians.get(group[code_column]),
        )
        for group in groups
    ]
    return sorted(lines, key=lambda line: (not line.code, -line.overdue, -line.open, line.name))


def _service_names() -> dict[str, str]:
    return {service.service_code: service.service_name for service in Service.objects.order_by()}


def _medians(rows: ServiceRequestQuerySet, dimension: Dimension) -> dict[str, float]:
    """Days from report to end, in the middle; SQLite has no median, so both databases take this way."""
    spans: dict[str, list[float]] = {}
    columns = (dimension.labels[0], "requested_datetime", "closed_datetime")
    for code, requested, closed in (
        rows.order_by().filter(~IS_OPEN, closed_datetime__isnull=False).values_list(*columns)
    ):
        spans.setdefault(code, []).append((closed - requested).total_seconds() / DAY_S)
    return {code: median(days) for code, days in spans.items()}


def by_urgency(rows: ServiceRequestQuerySet) -> ServiceRequestQuerySet:
    """Open ones first, the longest overdue at the top; then those that ended."""
    is_ended = ExpressionWrapper(~IS_OPEN, output_field=BooleanField())
    due = F("expected_datetime").asc(nulls_last=True)
    ordered: ServiceRequestQuerySet = rows.annotate(is_ended=is_ended).order_by(
        "is_ended", due, "requested_datetime", "pk"
    )
    return ordered
