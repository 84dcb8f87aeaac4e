"""The desk: who is calling about what, where? And what nobody has taken up yet."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from geo311.accounts.access import for_desk
from geo311.catalog.models import Department
from geo311.console.desk_search import DeskQuery
from geo311.console.flow import visible
from geo311.console.forms import crew_choices
from geo311.core.workflow import Status
from geo311.crews.models import Crew
from geo311.service_requests.models import ServiceRequest
from geo311.service_requests.querysets import ServiceRequestQuerySet

ROWS_PER_PAGE = 25
RECENT = 20
# What a line of a list reads; the point and the long texts stay in the database.
LINE = ("service__department", "ward", "crew")


@for_desk
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Search, figures and the latest reports."""
    query = DeskQuery.read(request.GET.get("q", ""))
    rows = visible(request)
    lines = rows.select_related(*LINE).defer("location", "public_location", "description")
    context: dict[str, Any] = {"query": query, "figures": figures(rows, timezone.now())}
    if query:
        context["page"] = Paginator(query.matching(lines), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    else:
        context["recent"] = lines[:RECENT]
    return render(request, "desk/desk.html", context)


def figures(rows: ServiceRequestQuerySet, now: datetime) -> dict[str, int]:
    """What waits at the desk, in one query."""
    return dict(
        rows.open().aggregate(
            open=Count("pk"),
            overdue=Count("pk", filter=Q(expected_datetime__lt=now)),
            unassigned=Count("pk", filter=Q(crew__isnull=True)),
            needs_information=Count("pk", filter=Q(status=Status.NEEDS_INFORMATION)),
        )
    )


class UnassignedFilter(forms.Form):
    """How to narrow the list."""

    department = forms.ModelChoiceField(
        label=_("Department"),
        queryset=Department.objects.all(),
        to_field_name="slug",
        empty_label=_("All"),
        required=False,
    )
    why = forms.ChoiceField(
        label=_("Why"),
        choices=[("", _("All")), ("place", _("No place on the map")), ("crew", _("No crew for it"))],
        required=False,
    )


@for_desk
@require_safe
def unassigned(request: HttpRequest) -> HttpResponse:
    """Open reports without a crew, the oldest first: nobody comes until somebody acts."""
    form = UnassignedFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    does_it = Crew.objects.filter(services=OuterRef("service"), territories=OuterRef("territory"))
    rows = visible(request).unassigned().select_related(*LINE, "territory", "service__department__territory_set")
    rows = _narrowed(rows, chosen).annotate(has_crew=Exists(does_it)).order_by("requested_datetime", "pk")
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    crews = list(Crew.objects.select_related("department").prefetch_related("services"))
    lines = [
        {"row": row, "why": why_unassigned(row), "crews": crew_choices(row, crews, other_departments=False)}
        for row in page
    ]
    context = {"page": page, "lines": lines, "filter": form, "is_narrowed": any(chosen.values())}
    return render(request, "desk/unassigned.html", context)


def _narrowed(rows: ServiceRequestQuerySet, chosen: dict[str, Any]) -> ServiceRequestQuerySet:
    if chosen.get("department"):
        rows = rows.filter(service__department=chosen["department"])
    if chosen.get("why"):
        rows = rows.filter(location__isnull=chosen["why"] == "place")
    return rows


def why_unassigned(row: ServiceRequest) -> str:
    """Why nobody has it. `row.has_crew` says whether a crew does the service there."""
    department = row.service.department
    if row.location is None:
        return _now("No place on the map") if row.service.needs_place else _now("Needs no place, so no territory")
    if getattr(row, "has_crew", False):
        return _now("Taken back to the desk")
    if department.territory_set is None:
        return _now("{department} has no territories").format(department=department)
    if row.territory is None:
        return _now("Outside every territory of {department}").format(department=department)
    return _now("No crew does this in {territory}").format(territory=row.territory)
