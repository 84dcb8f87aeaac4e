"""Where HTTP meets the domain: problems as RFC 9457, the site's facts for pages, the client's identity."""

import hashlib
import hmac
import logging
import math
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import set_rollback

from geo311.core.problems import FieldError, Invalid, NotAllowed, NotFound, Problem, TooLarge, TooManyAttempts

PROBLEM_JSON = "application/problem+json"  # RFC 9457, section 6.1
MACHINE_PATHS = ("/api/", "/export/", "/tiles/", "/ogc/")
logger = logging.getLogger(__name__)


def problem_response(problem: Problem) -> JsonResponse:
    """An `application/problem+json` answer."""
    response = JsonResponse(problem.as_dict(), status=problem.status, content_type=PROBLEM_JSON)
    if isinstance(problem, TooManyAttempts):
        response["Retry-After"] = str(problem.extensions.get("retry_after_s", 60))
    response["Cache-Control"] = "no-store"
    return response


def problem_page(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The same problem for people: what happened and what to do next."""
    return render(request, "errors/problem.html", {"problem": problem}, status=problem.status)


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith(MACHINE_PATHS)


class ProblemMiddleware:
    """Turns a Problem raised by a view into RFC 9457, or into a page where a person looks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Problem):
            return None
        return problem_response(exception) if wants_json(request) else problem_page(request, exception)


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | Response | None:
    """DRF's exceptions and ours as RFC 9457 (REST_FRAMEWORK["EXCEPTION_HANDLER"])."""
    problem = error if isinstance(error, Problem) else _problem_of(error)
    if problem is None:
        return None
    set_rollback()
    response = Response(problem.as_dict(), status=problem.status, content_type=PROBLEM_JSON)
    if isinstance(problem, TooManyAttempts):
        response["Retry-After"] = str(problem.extensions.get("retry_after_s", 60))
    return response


def _problem_of(error: Exception) -> Problem | None:
    from django.core.exceptions import PermissionDenied
    from django.http import Http404

    if isinstance(error, drf.ValidationError):
        errors = tuple(field_errors(error.detail))
        return Invalid(" ".join(f"{wrong.field}: {wrong.detail}" for wrong in errors), errors=errors)
    if isinstance(error, (Http404, drf.NotFound)):
        return NotFound()
    if isinstance(error, (PermissionDenied, drf.PermissionDenied, drf.NotAuthenticated, drf.AuthenticationFailed)):
        return NotAllowed(str(getattr(error, "detail", "")))
    if isinstance(error, SuspiciousOperation):
        return TooLarge() if isinstance(error, RequestDataTooBig) else Invalid(str(error))
    if isinstance(error, drf.APIException):
        problem = Problem(str(error.detail))
        problem.status, problem.title = error.status_code, str(error.default_detail)  # type: ignore[misc]
        return problem
    return None


def field_errors(detail: Any, prefix: str = "") -> list[FieldError]:
    """Flatten DRF's nested error lists to (field, sentence) pairs."""
    if isinstance(detail, dict):
        # A name is the caller's text: half a surrogate pair in it cannot be written into the answer.
        names = {key: str(key).encode("utf-8", "replace").decode() for key in detail}
        parts = [(f"{prefix}.{names[key]}" if prefix else names[key], value) for key, value in detail.items()]
        return [wrong for name, value in parts for wrong in field_errors(value, name)]
    if isinstance(detail, list):
        return [wrong for value in detail for wrong in field_errors(value, prefix)]
    return [FieldError(prefix or "body", str(detail))]


def check_parameters(parameters: QueryDict, known: Iterable[str]) -> None:
    """Raises Invalid that names each parameter of the query which `known` does not hold, and each with a NUL."""
    known = sorted({*known, "lang"})
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        right = _("There is no such parameter. Known are: {names}.").format(names=", ".join(known))
        errors = tuple(FieldError(name[:60], right) for name in unknown)
        raise Invalid(f"{', '.join(error.field for error in errors)}: {right}", errors=errors)
    for name, values in parameters.lists():
        if any("\x00" in value for value in values):
            raise Invalid.field(name, _("Leave out characters that cannot be seen."))


def values_of(parameters: QueryDict, name: str) -> list[str]:
    """The values of a parameter that may be repeated, or hold several between commas; each once, in their order."""
    parts = (part.strip() for text in parameters.getlist(name) for part in text.split(","))
    return list(dict.fromkeys(part for part in parts if part))


def number_of(parameters: QueryDict, name: str, *, default: float, least: float, most: float) -> float:
    """A number of the query. Raises Invalid that says which numbers are right."""
    text = parameters.get(name, "").strip()
    try:
        number = float(text) if text else default
    except ValueError:
        number = math.nan
    if not least <= number <= most:
        detail = _("{name} must be a number from {least} to {most}.")
        raise Invalid.field(name, detail.format(name=name, least=f"{least:g}", most=f"{most:g}"))
    return number


def whole_number_of(parameters: QueryDict, name: str, *, default: int, least: int, most: int) -> int:
    """A whole number of the query. Raises Invalid that says which numbers are right."""
    text = parameters.get(name, "").strip()
    try:
        number = int(text) if text else default
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        detail = _("{name} must be a whole number from {least} to {most}.")
        raise Invalid.field(name, detail.format(name=name, least=least, most=most))
    return number


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem_response(NotFound()) if wants_json(request) else problem_page(request, NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        return problem_response(Problem())
    return HttpResponse(render(request, "errors/500.html").content, status=500)


def client_address(request: HttpRequest) -> str:
    """The caller's IP address, read through as many proxies as GEO311_TRUSTED_PROXIES says, no more."""
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    hops = settings.TRUSTED_PROXIES
    if hops and len(forwarded) >= hops:
        return str(forwarded[-hops])
    return str(request.META.get("REMOTE_ADDR", ""))


def keyed_hash(text: str, purpose: str) -> str:
    """A pseudonym that only this installation can make: HMAC-SHA-256 of `text`, first 128 bits, hex."""
    key = f"{purpose}:{settings.SECRET_KEY}".encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what every page says about the city and its numbers."""
    return {
        "site": {
            "city_name": settings.CITY_NAME,
            "time_zone": settings.TIME_ZONE,
            "is_demo": settings.IS_DEMO,
            "emergency_number": settings.EMERGENCY_NUMBER,
            "social_number": settings.SOCIAL_NUMBER,
            "phone": settings.PHONE_NUMBER,
            "basemap_url": settings.BASEMAP_URL,
            "basemap_attribution": settings.BASEMAP_ATTRIBUTION,
            "languages": settings.LANGUAGES,
            "debug": settings.DEBUG,
        }
    }
