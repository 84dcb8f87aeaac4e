"""How every staff page writes: form, one action, what happened and how to undo it; a Problem stays at its form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from geo311.accounts.access import signed_in
from geo311.core.problems import NotFound, Problem
from geo311.core.service_request_id import parse_service_request_id
from geo311.service_requests.models import ServiceRequest
from geo311.service_requests.querysets import ServiceRequestQuerySet

UNPROCESSABLE = 422


@dataclass(frozen=True)
class Done:
    """What happened, in a sentence, and the address that undoes it by POST (empty where nothing does)."""

    text: str
    undo: str = ""


@dataclass(frozen=True)
class FormPage:
    """A page with one form: its template, what stands beside the form, and where it leads."""

    template: str
    context: dict[str, Any]
    back: str


def attempt(form: forms.Form, write: Callable[[dict[str, Any]], Done]) -> Done | None:
    """Write what a valid form says; a Problem becomes sentences at its fields, and None comes back."""
    try:
        return write(form.cleaned_data)
    except Problem as problem:
        add_problem(form, problem)
        return None


def add_problem(form: forms.Form, problem: Problem) -> None:
    """Put each wrong field's sentence beside it; what belongs to no field stands at the top."""
    for error in problem.errors:
        known = error.field in form.fields and not form[error.field].is_hidden
        form.add_error(error.field if known else None, str(error.detail))
    if not problem.errors:
        form.add_error(None, str(problem.detail or problem.title))


def form_page(
    request: HttpRequest, form: forms.Form, page: FormPage, write: Callable[[dict[str, Any]], Done]
) -> HttpResponse:
    """Show the form; when it was sent, write, say so and go back; else show it again with everything typed."""
    if form.is_bound and form.is_valid():
        done = attempt(form, write)
        if done is not None:
            return finish(request, done, page.back)
    context = {"form": form, "back_url": page.back, **page.context}
    return render(request, page.template, context, status=UNPROCESSABLE if form.errors else 200)


def finish(request: HttpRequest, done: Done, back: str) -> HttpResponse:
    messages.success(request, done.text, extra_tags=done.undo)
    return HttpResponseRedirect(back)


def quick_write(request: HttpRequest, back: str, write: Callable[[], Done]) -> HttpResponse:
    """A button without a form of its own: write, say so and go back; a Problem is said there too."""
    try:
        done = write()
    except Problem as problem:
        messages.error(request, str(problem.detail or problem.title))
        return HttpResponseRedirect(back)
    return finish(request, done, back)


def next_address(request: HttpRequest, fallback: str, *, referrer: bool = False) -> str:
    """Where to go afterwards: the page named by `next` (or the one they came from), if it is ours; else `fallback`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if not wanted and referrer:
        wanted = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else fallback


def visible(request: HttpRequest) -> ServiceRequestQuerySet:
    """The one read path, for who is signed in."""
    rows: ServiceRequestQuerySet = ServiceRequest.objects.visible_to(signed_in(request))
    return rows


def find(request: HttpRequest, service_request_id: str) -> ServiceRequest:
    """The report of an address. Raises NotFound, also for what this person may not see."""
    number = parse_service_request_id(service_request_id)
    areas = [name for role in ("district", "ward", "territory") for name in (role, f"{role}_version")]
    rows = visible(request).select_related("service__department", "crew", "duplicate_of", *areas)
    row: ServiceRequest | None = rows.filter(service_request_id=number).first() if number else None
    if row is None:
        raise NotFound(_("There is no report with this number that you may see."))
    return row
