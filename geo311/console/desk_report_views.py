"""Filing for a caller: one page; the server fills in questions, duplicates and the crew as the operator types."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from geo311.accounts.access import for_desk, signed_in
from geo311.catalog.answers import check_redirect, emergency_sentence
from geo311.catalog.models import Service
from geo311.console import undo
from geo311.console.desk_report_form import CallerReportForm, point_of, point_so_far, typed
from geo311.console.flow import UNPROCESSABLE, Done, add_problem, find, finish, visible
from geo311.console.request_views import page_of
from geo311.core.deadlines import expected_datetime
from geo311.core.problems import Conflict, Emergency, Invalid, Problem
from geo311.http import keyed_hash
from geo311.service_requests import actions
from geo311.service_requests.calendar import city_calendar
from geo311.service_requests.duplicates import candidates
from geo311.service_requests.models import Channel, ServiceRequest
from geo311.service_requests.page_map import map_config
from geo311.service_requests.placement import place
from geo311.service_requests.submission import Submission

DESK_CLIENT = "desk"
LEAST_PHONE_DIGITS = 5


@for_desk
@require_http_methods(["GET", "HEAD", "POST"])
def desk_report(request: HttpRequest) -> HttpResponse:
    """Type it down, look around (what is asked, what stands near by), send it, or count the caller in elsewhere."""
    data = request.POST if request.method == "POST" else request.GET
    services = list(Service.objects.filter(is_active=True).select_related("group", "department__territory_set"))
    service = next((each for each in services if each.service_code == data.get("service_code")), None)
    if request.method == "POST" and data.get("add_to"):
        return _count_in(request, typed(data, services, service), data)
    if request.method == "POST" and data.get("do") == "send":
        form = CallerReportForm(data, services=services, service=service)
        return _send(request, form, service) if form.is_valid() and service else _page(request, form, data)
    return _page(request, typed(data, services, service), data)


def _send(request: HttpRequest, form: CallerReportForm, service: Service) -> HttpResponse:
    user, data = signed_in(request), request.POST
    try:
        row, new = actions.submit(submission=_submission(form, service, user.pk), now=timezone.now(), by=user)
    except Conflict:
        return _sent_before(request, form)
    except Emergency as problem:
        return _page(request, form, data, stop=problem)
    except Problem as problem:
        add_problem(form, problem)
        return _page(request, form, data)
    if not new:
        messages.info(request, _("This report was filed already; it is there once."))
    if not visible(request).filter(pk=row.pk).exists():
        words = _("Filed as {number}. It is confidential: only its department sees it. Tell the caller the number.")
        messages.success(request, words.format(number=row))
        return redirect("desk")
    return redirect(f"{page_of(row)}?filed=1")


def _submission(form: CallerReportForm, service: Service, user_id: int) -> Submission:
    cleaned = form.cleaned_data
    return Submission(
        service=service,
        point=point_of(cleaned["lon"], cleaned["lat"]) if service.takes_place else None,
        address=cleaned["address"],
        description=cleaned["description"],
        attribute_values=form.answers,
        contact=form.contact,
        channel=Channel.PHONE,
        preferred_language=cleaned.get("preferred_language") or settings.LANGUAGE_CODE,
        client=f"{DESK_CLIENT}:{user_id}",
        client_request_id=cleaned["client_request_id"],
    )


def _sent_before(request: HttpRequest, form: CallerReportForm) -> HttpResponse:
    """The form came back changed after it was sent: everything stands as typed, and can be sent as a new report."""
    data = request.POST.copy()
    data["client_request_id"] = str(uuid4())
    again = CallerReportForm(data, services=_offered(), service=form.service)
    again.is_valid()
    again.add_error(None, _("This form was sent before. If this is another problem, send it again as a new report."))
    return _page(request, again, data, status=Conflict.status)


def _offered() -> list[Service]:
    return list(Service.objects.filter(is_active=True).select_related("group"))


def _count_in(request: HttpRequest, form: CallerReportForm, data: QueryDict) -> HttpResponse:
    """Add the caller to a report that stands already; the phone's pseudonym keeps them from counting twice."""
    digits = actions.phone_digits(data.get("phone", ""))
    try:
        if len(digits) < LEAST_PHONE_DIGITS:
            raise Invalid(_("Write down the caller's phone first: it keeps one caller from counting twice."))
        row = find(request, str(data["add_to"]))
        key = f"phone:{keyed_hash(digits, 'supporter')}"
        new = actions.support(service_request=row, supporter_key=key, now=timezone.now())
    except Problem as problem:
        return _page(request, form, data, problems=[problem.detail or problem.title])
    if not new:
        return finish(request, Done(_("This caller is counted for {number} already.").format(number=row)), page_of(row))
    words = _("The caller is counted for {number}. No contact was kept.").format(number=row)
    return finish(request, Done(words, undo.support_address(row, key)), page_of(row))


def _page(
    request: HttpRequest,
    form: CallerReportForm,
    data: QueryDict,
    *,
    stop: Emergency | None = None,
    problems: list[Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    service, point = form.service, point_so_far(data)
    stop = stop or stop_of(form)
    wrong = bool(problems or stop or form.errors) and request.method == "POST" and data.get("do") != "look"
    context = {
        "form": form,
        "service": service,
        "stop": stop,
        "problems": problems,
        "where": _where(service, point),
        "near": candidates(service=service, point=point, address=data.get("address", ""), now=timezone.now())
        if service and point
        else (),
        "map_config": map_config(focus=point),
    }
    return render(request, "desk/report.html", context, status=UNPROCESSABLE if wrong and status == 200 else status)


def stop_of(form: CallerReportForm) -> Emergency | None:
    """Why this must not be filed: the service belongs to another line, or an answer to the emergency number."""
    try:
        if form.service is not None:
            check_redirect(form.service)
    except Emergency as problem:
        return problem
    if form.sounds_like_emergency:
        return Emergency(emergency_sentence(), number=settings.EMERGENCY_NUMBER, kind="emergency")
    return None


def _where(service: Service | None, point: Any) -> dict[str, Any] | None:
    """Which crew will get it and by when, or why this place is not ours."""
    if service is None or service.redirect_kind:
        return None
    expected = expected_datetime(timezone.now(), service.target, city_calendar()) if service.target else None
    if point is None or not service.takes_place:
        return {"expected": expected}
    try:
        placement = place(service, point)
    except Problem as problem:
        return {"problem": problem}
    sketch = ServiceRequest(service=service, crew=placement.crew, **placement.columns)
    return {"expected": expected, "crew": placement.crew, "district": sketch.district, "ward": sketch.ward}
