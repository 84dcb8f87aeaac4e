"""The planner's page: what is open, where, how late? The same filters as the map, the API and the download."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from geo311.accounts.access import for_planning, signed_in
from geo311.console.flow import UNPROCESSABLE, visible
from geo311.console.planner_counts import DIMENSIONS, by_urgency, counts_by, totals
from geo311.core.problems import Invalid
from geo311.service_requests.filter_choices import offer_choices
from geo311.service_requests.filters import filter_form, matching
from geo311.service_requests.page_map import map_config

ROWS_PER_PAGE = 25
LINES_FIRST = 12
OVERDUE = [("", _("All")), ("true", _("Overdue alone")), ("false", _("Not overdue"))]
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
    offer_choices(form)
    form.fields["overdue"].widget = forms.Select(choices=OVERDUE)
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
