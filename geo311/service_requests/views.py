"""The public pages: home, one report, "this is mine too", photos."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from geo311.core.coordinates import LonLat
from geo311.core.problems import NotFound
from geo311.core.service_request_id import parse_service_request_id
from geo311.core.workflow import OPEN, Status
from geo311.service_requests import actions, visitors
from geo311.service_requests.models import Photo, ServiceRequest
from geo311.service_requests.page_map import map_config, ward_names
from geo311.service_requests.timeline import ended_sentence, public_timeline, status_in_words
from geo311.throttle.actions import count_attempt

LISTED_AT_HOME = 20
NOTICE_DAYS = 30


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Has it been reported, and how do I tell them?"""
    typed = request.GET.get("number", "").strip()
    found = parse_service_request_id(typed) if typed else None
    if found and (visitors.has_filed(request, found) or _is_visible(request, found)):
        return redirect("service_request", found)
    rows = ServiceRequest.objects.visible_to(request.user).public().open().select_related("service", "district", "ward")
    context = {
        "number": typed,
        "number_unknown": bool(typed),
        "counts": _counts(),
        "newest": rows.defer("location")[:LISTED_AT_HOME],
        "statuses": [status for status in Status if status in OPEN],
        "map_config": map_config(wards=ward_names()),
    }
    return render(request, "home.html", context)


def _counts() -> dict[str, Any]:
    """Open ones and those ended lately, in one query."""
    since = timezone.now() - timedelta(days=NOTICE_DAYS)
    is_open = Q(status__in=sorted(OPEN))
    return dict(
        ServiceRequest.objects.public()
        .filter(is_open | Q(closed_datetime__gte=since))
        .aggregate(open=Count("pk", filter=is_open), ended=Count("pk", filter=~is_open))
    )


@require_safe
def service_request(request: HttpRequest, service_request_id: str) -> HttpResponse:
    """Follow one report. The browser that filed a confidential or hidden one sees a bare page of it."""
    number = parse_service_request_id(service_request_id)
    if number is None:
        raise NotFound(_("This is not a tracking number: it has eight letters and digits, such as 4GT7-K2QM."))
    if number != service_request_id:
        return redirect("service_request", number)
    rows = ServiceRequest.objects.select_related(
        "service__department", "district", "ward", "crew", "duplicate_of__service"
    )
    row = rows.visible_to(request.user).filter(service_request_id=number).first()
    if row is not None:
        return render(request, "service_requests/service_request_detail.html", _detail(request, row))
    mine = rows.filter(service_request_id=number).first() if visitors.has_filed(request, number) else None
    if mine is None:
        raise NotFound(_("We have no report with this number that can be shown to you."))
    return render(request, "service_requests/service_request_bare.html", _bare(mine))


def _is_visible(request: HttpRequest, number: str) -> bool:
    return bool(ServiceRequest.objects.visible_to(request.user).filter(service_request_id=number).exists())


def _detail(request: HttpRequest, row: ServiceRequest) -> dict[str, Any]:
    filed = visitors.has_filed(request, row.service_request_id)
    inside = filed or getattr(request.user, "works_here", False)
    shown = row.location if inside else row.public_location
    place = LonLat(shown.x, shown.y) if shown else None
    key = visitors.supporter_key(request)
    original = row.duplicate_of
    return {
        **_bare(row),
        "filed": filed,
        "inside": inside,
        "address": row.address if inside else row.public_address,
        "answers": _answers(row) if inside else [],
        "timeline": public_timeline(row),
        "photos": row.photos.filter(is_hidden=False),
        "supports": bool(key) and row.supporters.filter(supporter_key=key).exists(),
        "original": original if original and _is_visible(request, original.service_request_id) else None,
        "place": place,
        "map_config": map_config(focus=place, status=row.status) if place else None,
    }


def _bare(row: ServiceRequest) -> dict[str, Any]:
    """What even the bare page says: number, status, date, whom to call."""
    return {
        "service_request": row,
        "department": row.service.department,
        "status_sentence": status_in_words(row),
        "ended_sentence": "" if row.is_open else ended_sentence(row.status, row.resolution),
        "late": bool(row.is_open and row.expected_datetime and row.expected_datetime < timezone.now()),
    }


def _answers(row: ServiceRequest) -> list[tuple[str, str]]:
    """Questions and answers in words."""
    said = []
    for attribute in row.service.attributes.all():
        if attribute.code in row.attribute_values:
            answer = row.attribute_values[attribute.code]
            values = answer if isinstance(answer, list) else [answer]
            said.append((str(attribute), ", ".join(attribute.value_name(str(value)) for value in values)))
    return said


@require_POST
def support(request: HttpRequest, service_request_id: str) -> HttpResponse:
    """ "This is mine too": once per browser or account, undone by a click."""
    row = _open_to(request, service_request_id)
    count_attempt(request=request, purpose="support", limit_per_hour=settings.REPORTS_PER_HOUR)
    response = redirect("service_request", row.service_request_id)
    key = visitors.supporter_key(request)
    if not key:
        number = visitors.new_number()
        visitors.keep_number(request, response, number)
        key = visitors.browser_key(number)
    if actions.support(service_request=row, supporter_key=key, now=timezone.now()):
        undo = reverse("withdraw_support", args=[row.service_request_id])
        messages.success(request, _("We counted you in. Come back to this page to see how it goes."), extra_tags=undo)
    else:
        messages.info(request, _("You are already counted in."))
    return response


@require_POST
def withdraw_support(request: HttpRequest, service_request_id: str) -> HttpResponse:
    """Undo "this is mine too"."""
    row = _open_to(request, service_request_id)
    key = visitors.supporter_key(request)
    if key and actions.withdraw_support(service_request=row, supporter_key=key, now=timezone.now()):
        again = reverse("support", args=[row.service_request_id])
        messages.success(request, _("We no longer count you in."), extra_tags=again)
    return redirect("service_request", row.service_request_id)


def _open_to(request: HttpRequest, service_request_id: str) -> ServiceRequest:
    row = ServiceRequest.objects.visible_to(request.user).filter(service_request_id=service_request_id).first()
    if row is None:
        raise NotFound(_("We have no report with this number that can be shown to you."))
    found: ServiceRequest = row
    return found


@require_safe
def photo(request: HttpRequest, public_id: UUID) -> FileResponse:
    """A photo, for those who may see its report."""
    visible = ServiceRequest.objects.visible_to(request.user)
    found = Photo.objects.filter(public_id=public_id, is_hidden=False, service_request__in=visible).first()
    if found is None:
        raise NotFound
    response = FileResponse(found.image.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=3600"
    return response
