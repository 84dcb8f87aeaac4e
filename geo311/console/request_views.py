"""One report as staff see it, and everything they do to it: each action one form, one function, one sentence."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from geo311.accounts.access import for_desk, for_field, for_staff, signed_in
from geo311.console import undo
from geo311.console.detail import may_act, place_of, staff_context
from geo311.console.flow import Done, FormPage, find, form_page, next_address, quick_write
from geo311.console.forms import TO_DESK, AssignForm, NoteForm, PlaceForm, StepForm, step_words
from geo311.core.coordinates import LonLat
from geo311.core.problems import NotAllowed, NotFound
from geo311.core.workflow import TRANSITIONS, Status, Transition
from geo311.crews.models import Crew
from geo311.service_requests import actions
from geo311.service_requests.models import ServiceRequest
from geo311.service_requests.page_map import map_config

GET_OR_POST = ["GET", "HEAD", "POST"]


def page_of(row: ServiceRequest) -> str:
    return reverse("staff_request", args=[row.service_request_id])


@for_staff
@require_safe
def staff_request(request: HttpRequest, service_request_id: str) -> HttpResponse:
    """Everything staff may see of a report."""
    row = find(request, service_request_id)
    context = staff_context(signed_in(request), row, timezone.now())
    return render(request, "desk/staff_request.html", context | {"filed": "filed" in request.GET})


@for_field
@require_http_methods(GET_OR_POST)
@never_cache
def contact(request: HttpRequest, service_request_id: str) -> HttpResponse:
    """Who reported. Shown in the answer itself, kept nowhere: a second look is a second event."""
    row, user, now = find(request, service_request_id), signed_in(request), timezone.now()
    if request.method != "POST":
        return redirect(page_of(row))
    if not may_act(user, row):
        raise NotAllowed(_("Only the desk and the crew that has this report see who reported it."))
    reporter = actions.view_reporter(service_request=row, by=user, now=now)
    context = staff_context(user, row, now) | {"reporter": reporter, "contact_shown": True}
    return render(request, "desk/staff_request.html", context)


@for_field
@require_http_methods(GET_OR_POST)
def step(request: HttpRequest, service_request_id: str, target: str) -> HttpResponse:
    """Take one step of the workflow; a step that asks for nothing needs no more than the button."""
    row, user = find(request, service_request_id), signed_in(request)
    taken = _step(row, target)
    form = StepForm(request.POST if request.method == "POST" else None, step=taken)
    page = _page(request, row, "desk/step.html", {"step": taken, "words": step_words(taken)})

    def write(data: dict[str, Any]) -> Done:
        changed = actions.change_status(
            service_request=row,
            target=taken.target,
            by=user,
            now=timezone.now(),
            note=data["note"],
            resolution=data.get("resolution", ""),
        )
        undo_address = undo.step_address(row, taken, user.workflow_role)
        return Done(undo.status_sentence(changed), undo_address)

    return form_page(request, form, page, write)


def _step(row: ServiceRequest, target: str) -> Transition:
    """The step of the table. Somebody else may have taken it meanwhile: then the domain says so."""
    steps = [step for step in TRANSITIONS if step.target == target]
    if not steps:
        raise NotFound
    return next((step for step in steps if step.source is row.status_code), steps[0])


@for_field
@require_http_methods(GET_OR_POST)
def assign(request: HttpRequest, service_request_id: str) -> HttpResponse:
    """Give a report to a crew, pass it on with a reason, or send it back to the desk."""
    row, user = find(request, service_request_id), signed_in(request)
    crews = list(Crew.objects.select_related("department").prefetch_related("services"))
    form = AssignForm(request.POST if request.method == "POST" else None, row=row, crews=crews)
    page = _page(request, row, "desk/assign.html", {})

    def write(data: dict[str, Any]) -> Done:
        crew = None if data["crew"] == TO_DESK else next(crew for crew in crews if crew.slug == data["crew"])
        reason = data.get("reason", "")
        actions.assign(service_request=row, crew=crew, by=user, now=timezone.now(), reason=reason)
        words = _("{number} now belongs to {crew}.") if crew else _("{number} is back at the desk, without a crew.")
        return Done(words.format(number=row, crew=crew), undo.crew_address(row, user))

    return form_page(request, form, page, write)


@for_field
@require_http_methods(GET_OR_POST)
def note(request: HttpRequest, service_request_id: str) -> HttpResponse:
    """Write a note for colleagues, or for residents too."""
    row, user = find(request, service_request_id), signed_in(request)
    form = NoteForm(request.POST if request.method == "POST" else None)

    def write(data: dict[str, Any]) -> Done:
        public = data["is_public"]
        actions.add_note(service_request=row, text=data["note"], by=user, now=timezone.now(), is_public=public)
        words = (
            _("Your note stands on {number}; residents can read it.") if public else _("Your note stands on {number}.")
        )
        return Done(words.format(number=row))

    return form_page(request, form, _page(request, row, "desk/note.html", {}), write)


@for_desk
@require_http_methods(GET_OR_POST)
def place(request: HttpRequest, service_request_id: str) -> HttpResponse:
    """Put a report on the map, or move it; its areas follow."""
    row, user = find(request, service_request_id), signed_in(request)
    now_at = place_of(row)
    initial = {"lon": f"{now_at.lon:.7f}", "lat": f"{now_at.lat:.7f}"} if now_at else {}
    form = PlaceForm(request.POST if request.method == "POST" else None, initial=initial)
    config = map_config(focus=now_at) if now_at else map_config()
    page = _page(request, row, "desk/place.html", {"map_config": config})

    def write(data: dict[str, Any]) -> Done:
        point = LonLat.parse(data["lon"], data["lat"])
        moved = actions.set_place(service_request=row, point=point, by=user, now=timezone.now())
        crew = _("Crew: {crew}.").format(crew=moved.crew) if moved.crew else _("No crew does this there yet.")
        return Done(_("{number} is on the map.").format(number=row) + " " + crew)

    return form_page(request, form, page, write)


@for_desk
@require_POST
def visibility(request: HttpRequest, service_request_id: str) -> HttpResponse:
    """Hide a report from the public, or show it again; the flash undoes it."""
    row, user = find(request, service_request_id), signed_in(request)
    hidden = request.GET.get("hidden", "1") == "1"
    undo_address = f"{reverse('staff_visibility', args=[row.service_request_id])}?hidden={'0' if hidden else '1'}"

    def write() -> Done:
        actions.set_hidden(service_request=row, hidden=hidden, by=user, now=timezone.now())
        words = _("{number} is hidden from the public.") if hidden else _("{number} is public again.")
        return Done(words.format(number=row), undo_address)

    return quick_write(request, _came_from(request, row), write)


def _came_from(request: HttpRequest, row: ServiceRequest) -> str:
    return next_address(request, page_of(row), referrer=True)


def _page(request: HttpRequest, row: ServiceRequest, template: str, context: dict[str, Any]) -> FormPage:
    back = next_address(request, page_of(row))
    return FormPage(template, {"row": row, "service": row.service, "next": back, **context}, back)


@for_field
@require_POST
def undo_step(request: HttpRequest, service_request_id: str, target: str) -> HttpResponse:
    """Take a step back: the step of the table that leads there, with a note that says so."""
    row, user = find(request, service_request_id), signed_in(request)
    if target not in set(Status):
        raise NotFound
    return quick_write(request, _came_from(request, row), partial(undo.undo_step, row, Status(target), user))


@for_desk
@require_POST
def undo_crew(request: HttpRequest, service_request_id: str, crew: str) -> HttpResponse:
    """Give a report back to the crew that had it before."""
    row, user = find(request, service_request_id), signed_in(request)
    return quick_write(request, _came_from(request, row), partial(undo.undo_crew, row, crew, user))


@for_desk
@require_POST
def undo_support(request: HttpRequest, service_request_id: str, supporter_key: str) -> HttpResponse:
    """Take out a caller who was counted in by mistake."""
    row = find(request, service_request_id)
    return quick_write(request, _came_from(request, row), partial(undo.undo_support, row, supporter_key))
