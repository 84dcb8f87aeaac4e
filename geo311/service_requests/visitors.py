"""Who is looking, as far as we need to know: what this browser filed, and what it supports."""

import secrets

from django.http import HttpRequest, HttpResponse

from geo311.accounts.models import User
from geo311.service_requests.models import ServiceRequest

FILED = "filed"
MOST_FILED = 100
COOKIE = "supporter"
COOKIE_AGE_S = 400 * 24 * 3600  # the longest that browsers keep a cookie (RFC 6265bis, section 5.5)


def remember_filed(request: HttpRequest, service_request: ServiceRequest) -> None:
    """Keep in the session that this browser filed the report."""
    filed = [number for number in request.session.get(FILED, []) if number != service_request.service_request_id]
    request.session[FILED] = [*filed, service_request.service_request_id][-MOST_FILED:]


def has_filed(request: HttpRequest, service_request_id: str) -> bool:
    return service_request_id in request.session.get(FILED, [])


def supporter_key(request: HttpRequest) -> str:
    """The account, else the random number of this browser's signed cookie; empty where it has none yet."""
    if isinstance(request.user, User):
        return f"account:{request.user.pk}"
    number = request.get_signed_cookie(COOKIE, default="", salt=COOKIE)
    return browser_key(number) if number else ""


def browser_key(number: str) -> str:
    return f"browser:{number}"


def new_number() -> str:
    """A number for a browser that has none: 128 random bits."""
    return secrets.token_hex(16)


def keep_number(request: HttpRequest, response: HttpResponse, number: str) -> None:
    """Sign the browser's number into its cookie."""
    response.set_signed_cookie(
        COOKIE, number, salt=COOKIE, max_age=COOKIE_AGE_S, httponly=True, samesite="Lax", secure=request.is_secure()
    )
