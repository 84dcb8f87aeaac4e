"""The planner's page: what is open, where, how late? The same filters as the map, the API and the download."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from boundaries.models import Boundary, BoundarySetRole
from geo311.accounts.access import for_planning, signed_in
from geo311.catalog.models import Department, Service
from geo311.core.problems import Invalid
from geo311.crews.models import Crew
from geo311.service_requests.filter_fields import Choices, CodesField
from geo311.service_requests.filters import filter_form, matching
from geo311.service_requests.models import Status
from geo311.service_requests.page_map import map_config
from geo311.service_requests.planner_counts import DIMENSIONS, by_urgency, counts_by, totals
from geo311.service_requests.staff_flow import UNPROCESSABLE, visible

ROWS_PER_PAGE = 25
LINES_FIRST = 12
OWN = ("by", "page", "whole")
SHOWN = (
    "status",
    "overdue",
    "service_code",
    "department",
    "district",
    "ward",
    "crew",
    "requested_after",
    "requested_before",
)


@for_planning
@require_safe
def planner(request: HttpRequest) -> HttpResponse:
    """Figures, a table by area or service, the most urgent rows, and the way out with the same filters."""
    user, now = signed_in(request), timezone.now()
    given = _without_blanks(request.GET)
    form = filter_form(user, given).form
    offer(form)
    try:
        rows, status = matching(user, given, also=OWN), 200
    except Invalid as problem:
        # What is wrong stands at its field; the page shows nothing until it is right.
        rows, status = visible(request).none(), UNPROCESSABLE
        _keep_unknown(form, problem)
    by = given.get("by", "")
    chosen = by if by in DIMENSIONS else "ward"
    sums = totals(rows, now)
    lines, whole = counts_by(rows, DIMENSIONS[chosen], now, ended=sums["ended"]), "whole" in given
    query = _query(given)
    context = {
        "form": form,
        "fields": [form[name] for name in SHOWN if name in form.fields],
        "totals": sums,
        "lines": lines if whole else lines[:LINES_FIRST],
        "lines_total": len(lines),
        "map_config": map_config(requests_query=_open_query(given)),
        "dimension": DIMENSIONS[chosen],
        "dimensions": [(key, each.name, key == chosen) for key, each in DIMENSIONS.items()],
        "by": chosen,
        "page": Paginator(_lines(rows), ROWS_PER_PAGE).get_page(given.get("page")),
        "query": query,
        "is_narrowed": bool(query),
    }
    return render(request, "planner/plan.html", context, status=status)


def _lines(rows: Any) -> "QuerySet[Any]":
    lines: QuerySet[Any] = by_urgency(rows).select_related("service", "ward", "district", "crew")
    return lines.defer("location", "public_location", "description")


def _without_blanks(parameters: QueryDict) -> QueryDict:
    """The filters that say something: a form sends the empty ones too."""
    given = QueryDict(mutable=True)
    for name, values in parameters.lists():
        said = [value for value in values if value.strip()]
        if said:
            given.setlist(name, said)
    return given


def _query(given: QueryDict) -> str:
    """The filters alone, for the download and the map."""
    filters = given.copy()
    for name in OWN:
        filters.pop(name, None)
    return filters.urlencode()


def _open_query(given: QueryDict) -> dict[str, str]:
    """The filters for the page's map, which shows what is open where nothing else is asked for."""
    filters = {name: ",".join(given.getlist(name)) for name in given if name not in OWN}
    return {"status": "open"} | filters


def _keep_unknown(form: forms.Form, problem: Invalid) -> None:
    form.is_valid()
    for error in problem.errors:
        if error.field not in form.errors:
            form.add_error(error.field if error.field in form.fields else None, str(error.detail))


def offer(form: forms.Form) -> None:
    """The choices of the filters, by name."""
    areas: dict[str, list[tuple[str, str]]] = {}
    roles = [BoundarySetRole.DISTRICT, BoundarySetRole.WARD]
    for role, code, name in Boundary.objects.filter(boundary_set__role__in=roles).values_list(
        "boundary_set__role", "code", "name"
    ):
        areas.setdefault(role, []).append((code, name))
    choices: dict[str, Choices] = {
        "status": [("open", _("All open")), ("ended", _("All ended")), *Status.choices],
        "service_code": sorted(
            ((s.service_code, s.service_name) for s in Service.objects.order_by()), key=lambda s: s[1]
        ),
        "department": list(Department.objects.values_list("slug", "name")),
        "crew": list(Crew.objects.values_list("slug", "name")),
        **areas,
    }
    if "overdue" in form.fields:
        labels = [("", _("All")), ("true", _("Overdue alone")), ("false", _("Not overdue"))]
        form.fields["overdue"].widget = forms.Select(choices=labels)
    for name, found in choices.items():
        field = form.fields.get(name)
        if isinstance(field, CodesField):
            field.offer(found)
