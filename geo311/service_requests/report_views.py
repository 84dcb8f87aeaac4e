"""The way to report: where, what, has it been reported, details. The first three are GET, so going back is safe."""

import uuid
from dataclasses import asdict, replace
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from geo311.accounts.models import User
from geo311.catalog.answers import check_redirect
from geo311.catalog.models import Service, ServiceGroup
from geo311.core.coordinates import LonLat
from geo311.core.deadlines import expected_datetime
from geo311.core.problems import Conflict, Emergency, Problem, TooManyAttempts
from geo311.service_requests import visitors
from geo311.service_requests.actions import submit, submitted_before
from geo311.service_requests.calendar import city_calendar
from geo311.service_requests.duplicates import candidates
from geo311.service_requests.forms import DetailsForm
from geo311.service_requests.models import Channel, ServiceRequest
from geo311.service_requests.page_map import map_config
from geo311.service_requests.photos import reencode
from geo311.service_requests.placement import place
from geo311.service_requests.report_draft import ReportDraft
from geo311.service_requests.submission import Submission
from geo311.throttle.actions import count_attempt

WEB_CLIENT = "web"
UNPROCESSABLE = 422
NEARBY_RADIUS_M = 90


@require_safe
def where(request: HttpRequest) -> HttpResponse:
    """Step 1: the place."""
    return _where(request, ReportDraft.read(request.GET))


@require_safe
def what(request: HttpRequest) -> HttpResponse:
    """Step 2: the service, once the place is known or the report needs none."""
    draft = ReportDraft.read(request.GET)
    try:
        draft.check_address()
        if not draft.no_place:
            draft.check_place()
        if draft.service_code and not request.GET.get("change"):
            return redirect(_address("report_nearby", draft))
    except Problem as problem:
        return _where(request, draft, problem)
    return _what(request, draft)


@require_safe
def nearby(request: HttpRequest) -> HttpResponse:
    """Step 3: open reports of the same thing near by; where there are none, straight on."""
    draft = ReportDraft.read(request.GET)
    checked = _checked(request, draft)
    if isinstance(checked, HttpResponse):
        return checked
    point = draft.point() if checked.takes_place else None
    found = candidates(service=checked, point=point, address=draft.address, now=timezone.now()) if point else ()
    if not found:
        return redirect(_address("report_details", draft))
    pins = [{"service_request_id": c.service_request_id, "status": c.status, "at": c.location} for c in found]
    context = {
        "draft": draft,
        "service": checked,
        "candidates": found,
        "map_config": map_config(focus=point, radius_m=NEARBY_RADIUS_M, candidates=pins),
        "next_url": _address("report_details", draft),
        "back_url": _address("report_what", draft) + "&change=service",
    }
    return render(request, "service_requests/report_nearby.html", context)


def details(request: HttpRequest) -> HttpResponse:
    """Step 4: questions, words, photo, contact; POST sends the report."""
    draft = ReportDraft.read(request.POST if request.method == "POST" else request.GET)
    checked = _checked(request, draft)
    if isinstance(checked, HttpResponse):
        return checked
    if request.method != "POST":
        initial = {**asdict(draft), "client_request_id": uuid.uuid4()}
        return _details(request, draft, DetailsForm(initial=initial, service=checked))
    form = DetailsForm(request.POST, request.FILES, service=checked)
    if request.POST.get("step") == "edit":  # back from the emergency page, with everything that was typed
        return _details(
            request, draft, DetailsForm(initial=request.POST.dict() | _lists(request, form), service=checked)
        )
    if not form.is_valid():
        return _details(request, draft, form, status=UNPROCESSABLE)
    return _send(request, draft, form)


def _send(request: HttpRequest, draft: ReportDraft, form: DetailsForm) -> HttpResponse:
    try:
        by = request.user if isinstance(request.user, User) else None
        submission = _submission(draft, form)
        if submitted_before(submission) is None:  # sending again after a lost answer is no new attempt
            count_attempt(request=request, purpose="report", limit_per_hour=settings.REPORTS_PER_HOUR)
        row, _new = submit(submission=submission, now=timezone.now(), by=by)
    except Emergency as problem:
        return _stop(request, draft, problem, form)
    except Conflict:
        return _sent_before(request, draft, form)
    except Problem as problem:
        form.add_problem(problem)
        too_many = isinstance(problem, TooManyAttempts)
        return _details(request, draft, form, status=problem.status if too_many else UNPROCESSABLE)
    visitors.remember_filed(request, row)
    return redirect("service_request", row.service_request_id)


def _submission(draft: ReportDraft, form: DetailsForm) -> Submission:
    photo = form.cleaned_data["photo"]
    return Submission(
        service=form.service,
        point=draft.point() if form.service.takes_place else None,
        address=form.cleaned_data.get("address", ""),
        description=form.cleaned_data["description"],
        attribute_values=form.answers,
        contact=form.contact,
        photos=(reencode(photo),) if photo else (),
        channel=Channel.WEB,
        preferred_language=get_language() or settings.LANGUAGE_CODE,
        client=WEB_CLIENT,
        client_request_id=form.cleaned_data["client_request_id"],
    )


def _sent_before(request: HttpRequest, draft: ReportDraft, form: DetailsForm) -> HttpResponse:
    """The form was sent before with other words: show that report, and let this one be sent as a new one."""
    key = form.cleaned_data["client_request_id"]
    before = ServiceRequest.objects.filter(client=WEB_CLIENT, client_request_id=key).first()
    mine = before if before is not None and visitors.has_filed(request, before.service_request_id) else None
    data = request.POST.copy()
    data["client_request_id"] = str(uuid.uuid4())
    again = DetailsForm(data, service=form.service)
    return _details(request, draft, again, {"sent_before": mine, "was_sent": True}, status=Conflict.status)


def _checked(request: HttpRequest, draft: ReportDraft) -> Service | HttpResponse:
    """The service, once service and place fit each other; else the step that mends it, with what was typed."""
    try:
        service = draft.service()
        if service is not None:
            check_redirect(service)
            _check_fit(service, draft)
    except Emergency as problem:
        return _stop(request, draft, problem)
    except Problem as problem:
        is_service = any(error.field == "service_code" for error in problem.errors)
        return (_what if is_service else _where)(request, draft, problem)
    if service is None:
        return redirect(_address("report_what" if draft.has_place or draft.no_place else "report", draft))
    return service


def _check_fit(service: Service, draft: ReportDraft) -> None:
    """Raises Invalid or OutsideServiceArea where the service cannot be reported at the place."""
    if service.takes_place and (draft.has_place or service.needs_place):
        draft.check_place()
        point = draft.point()
        if point is not None:
            place(service, point)


def _where(request: HttpRequest, draft: ReportDraft, problem: Problem | None = None) -> HttpResponse:
    context = {
        "draft": draft,
        "problem": problem,
        "wrong": {error.field: error.detail for error in problem.errors} if problem else {},
        "service": _chosen(draft),
        "map_config": map_config(focus=_place_typed(draft) if problem is None else None),
        "no_place_url": reverse("report_what") + "?" + ReportDraft(no_place="1").query(),
    }
    return render(request, "service_requests/report_where.html", context, status=problem.status if problem else 200)


def _chosen(draft: ReportDraft) -> Service | None:
    try:
        return draft.service()
    except Problem:
        return None


def _place_typed(draft: ReportDraft) -> LonLat | None:
    """Where the pin stands when somebody comes back to this step."""
    try:
        draft.check_place()
    except Problem:
        return None
    return draft.point()


def _what(request: HttpRequest, draft: ReportDraft, problem: Problem | None = None) -> HttpResponse:
    words = request.GET.get("q", "").strip()
    carried = replace(draft, service_code="")
    context = {
        "draft": draft,
        "problem": problem,
        "words": words,
        "groups": [(group, cards) for group in _groups() if (cards := _cards(group, words, carried))],
        "carried": [(name, value) for name, value in asdict(carried).items() if value],
        "back_url": _address("report", draft),
    }
    return render(request, "service_requests/report_what.html", context, status=problem.status if problem else 200)


def _cards(group: Any, words: str, draft: ReportDraft) -> list[dict[str, Any]]:
    """The services of a group that fit the words and the place: what is searched in them, and where each leads."""
    cards = []
    for service in group.offered:
        text = " ".join(service.text(name) for name in ("service_name", "keywords", "description"))
        fits = all(word in text.casefold() for word in words.casefold().split())
        if fits and not (draft.no_place and service.needs_place):
            next_url = _address("report_nearby", draft, service_code=service.service_code)
            cards.append({"service": service, "text": text, "next_url": next_url})
    return cards


def _groups() -> list[Any]:
    services = Service.objects.filter(is_active=True).select_related("department")
    return list(ServiceGroup.objects.prefetch_related(Prefetch("services", services, to_attr="offered")))


def _details(
    request: HttpRequest, draft: ReportDraft, form: DetailsForm, more: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    service, now = form.service, timezone.now()
    location = draft.check_place() if service.takes_place and draft.has_place else None
    context = {
        "form": form,
        "service": service,
        "draft": draft,
        "areas": [area.name for role in ("district", "ward") if location and (area := location.of_role(role))],
        "has_place": location is not None,
        "service_description": service.text("description"),
        "expected": expected_datetime(now, service.target, city_calendar()) if service.target else None,
        "place_url": _address("report", draft),
        "service_url": _address("report_what", draft) + "&change=service",
        **(more or {}),
    }
    return render(request, "service_requests/report_details.html", context, status=status)


def _lists(request: HttpRequest, form: DetailsForm) -> dict[str, list[str]]:
    """The answers of which several may be ticked."""
    several = [name for name in form.fields if hasattr(form.fields[name].widget, "allow_multiple_selected")]
    return {name: request.POST.getlist(name) for name in several if form.fields[name].widget.allow_multiple_selected}


def _stop(
    request: HttpRequest, draft: ReportDraft, problem: Emergency, form: DetailsForm | None = None
) -> HttpResponse:
    """The report ends here: whom to call, and a way back with nothing typed lost."""
    typed = [
        (name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"
    ]
    context = {
        "problem": problem,
        "draft": draft,
        "service": form.service if form else draft.service(),
        "typed": typed if form else [],
        "had_photo": bool(request.FILES),
        "back_url": _address("report_what", draft, service_code=""),
    }
    return render(request, "service_requests/report_stop.html", context, status=problem.status)


def _address(name: str, draft: ReportDraft, **changes: str) -> str:
    query = draft.query(**changes)
    return reverse(name) + (f"?{query}" if query else "?")
