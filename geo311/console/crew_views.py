"""The crews' pages: what is next, and where?"""

from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from geo311.accounts.access import for_field, signed_in
from geo311.accounts.models import User
from geo311.console.crew_work import device_place, in_order, inside_of, outline, shapes_of
from geo311.console.detail import pin, place_of, steps_for
from geo311.console.flow import visible
from geo311.core.problems import NotAllowed, NotFound
from geo311.core.workflow import Role, Status
from geo311.crews.models import Crew
from geo311.service_requests.page_map import map_config
from geo311.service_requests.querysets import ServiceRequestQuerySet

JOBS_PER_PAGE = 50
MOST_PINS = 2_000


@for_field
@require_safe
def my_crews(request: HttpRequest) -> HttpResponse:
    """The crews of who is signed in (all of them for the desk); somebody of one crew goes straight to it."""
    user = signed_in(request)
    crews = list(crews_of(user).select_related("department"))
    if user.workflow_role is Role.CREW and len(crews) == 1:
        return redirect("crew", crews[0].slug)
    late = Q(expected_datetime__lt=timezone.now())
    counts = visible(request).open().of_crew(crews).order_by().values("crew")
    by_crew = {row["crew"]: row for row in counts.annotate(open=Count("pk"), overdue=Count("pk", filter=late))}
    lines = [{"open": 0, "overdue": 0} | by_crew.get(crew.pk, {}) | {"crew": crew} for crew in crews]
    return render(request, "crews/my_crews.html", {"lines": lines, "is_desk": user.works_at_desk})


def crews_of(user: User) -> "QuerySet[Any]":
    crews: QuerySet[Any] = Crew.objects.all() if user.works_at_desk else Crew.objects.filter(members=user)
    return crews


def _crew(request: HttpRequest, slug: str) -> Crew:
    """The crew of an address, for its members and the desk."""
    crew: Crew | None = Crew.objects.select_related("department").filter(slug=slug).first()
    if crew is None:
        raise NotFound(_("There is no crew at this address."))
    if not crews_of(signed_in(request)).filter(pk=crew.pk).exists():
        raise NotAllowed(_("You are not in this crew. Ask your administrator if you should be."))
    return crew


def _work(request: HttpRequest, crew: Crew) -> ServiceRequestQuerySet:
    rows: ServiceRequestQuerySet = visible(request).open().of_crew([crew]).select_related("service")
    return rows


@for_field
@require_safe
def crew(request: HttpRequest, slug: str) -> HttpResponse:
    """The crew's list, ordered by overdue, then distance; its map is asked for afterwards."""
    found, user, now = _crew(request, slug), signed_in(request), timezone.now()
    device = device_place(request.GET.get("lon", ""), request.GET.get("lat", ""))
    shapes = shapes_of(found)
    jobs = in_order(_work(request, found), device or inside_of(shapes), now)
    page = Paginator(jobs, JOBS_PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = [replace(job, steps=tuple(steps_for(user, job.row))) for job in page.object_list]
    context = {
        "crew": found,
        "page": page,
        "overdue": sum(job.is_overdue for job in jobs),
        "in_progress": sum(job.row.status == Status.IN_PROGRESS for job in jobs),
        "device": device,
        "territories": [shape.boundary for shape in shapes],
        "next": request.get_full_path(),
        "map_config": map_config(),
        "others": user.works_at_desk or crews_of(user).count() > 1,
    }
    return render(request, "crews/crew.html", context)


@for_field
@require_safe
def crew_map(request: HttpRequest, slug: str) -> HttpResponse:
    """The territory's outline and the open work in it, for the page's map."""
    found = _crew(request, slug)
    shapes = shapes_of(found)
    rows = _work(request, found).filter(location__isnull=False).by_due()[:MOST_PINS]
    boxes = [shape.geometry.extent for shape in shapes]
    west, south, east, north = zip(*boxes, strict=True) if boxes else ((), (), (), ())
    body = {
        "bounds": [min(west), min(south), max(east), max(north)] if boxes else None,
        "territories": {"type": "FeatureCollection", "features": [outline(shape) for shape in shapes]},
        "requests": {
            "type": "FeatureCollection",
            "features": [pin(row, place) for row in rows if (place := place_of(row))],
        },
    }
    return JsonResponse(body)
