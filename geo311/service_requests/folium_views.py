"""`/map/`: the Folium map of open issues, with filters that work without scripts and a table that says the same."""

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from geo311.core.problems import Invalid
from geo311.service_requests.filter_choices import offer_choices
from geo311.service_requests.filters import filter_form, matching
from geo311.service_requests.models import ServiceRequest
from geo311.service_requests.open_issues import page_description, status_counts, with_default_status
from tiles.folium_map import render as render_map

LISTED = 100
SHOWN = ("service_code", "status", "district", "ward", "territory")


@require_safe
def folium_map(request: HttpRequest) -> HttpResponse:
    """The map, its filter form and legend, and the first rows as a table."""
    filters = with_default_status(request.GET)
    form = filter_form(request.user, filters).form
    offer_choices(form)
    try:
        rows, status = matching(request.user, filters), 200
    except Invalid as problem:
        rows, status = ServiceRequest.objects.none(), 400
        _show_wrong(form, problem)
    counts = status_counts(rows)
    listed = rows.select_related("service", "district", "ward").order_by("-requested_datetime", "-pk")
    context = {
        "map": render_map(page_description(filters)) if status == 200 else None,
        "form": form,
        "fields": [form[name] for name in SHOWN],
        "counts": [(each, n, _with_status(filters, each)) for each, n in counts.items()],
        "total": sum(counts.values()),
        "rows": listed.defer("description", "address", "location", "public_location")[:LISTED],
        "listed": LISTED,
        "query": filters.urlencode(),
        "is_narrowed": set(filters) != {"status"} or filters.getlist("status") != ["open"],
    }
    return render(request, "map/folium_map.html", context, status=status)


def _with_status(filters: QueryDict, status: str) -> str:
    changed = filters.copy()
    changed["status"] = status
    return changed.urlencode()


def _show_wrong(form: forms.Form, problem: Invalid) -> None:
    """Say what is wrong at its field, or above the form where it has no field there."""
    form.is_valid()
    for error in problem.errors:
        if error.field in form.errors:
            continue
        if error.field in SHOWN:
            form.add_error(error.field, error.detail)
        else:
            form.add_error(None, f"{error.field}: {error.detail}")
