"""Who may open a page: sign-in for those we do not know, a plain refusal for those whose role it is not."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from geo311.accounts.models import DESK_ROLES, STAFF_ROLES, User
from geo311.core.problems import NotAllowed
from geo311.core.workflow import Role

View = Callable[..., HttpResponse]


def signed_in(request: HttpRequest) -> User:
    """The person at the page. Raises NotAllowed where nobody is signed in."""
    if not isinstance(request.user, User):
        raise NotAllowed(_("Sign in first."))
    return request.user


def for_roles(roles: Collection[Role]) -> Callable[[View], View]:
    """Let these roles in; others get NotAllowed, strangers the sign-in page that leads back here."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = request.user
            if not isinstance(user, User) or not user.is_active:
                # Nobody can be led back to something that was posted.
                return (
                    redirect_to_login(request.get_full_path())
                    if request.method in {"GET", "HEAD"}
                    else redirect("sign_in")
                )
            if user.workflow_role not in roles:
                raise NotAllowed(_("This page is not for your role. Sign in as somebody else, or ask your office."))
            response = view(request, *args, **kwargs)
            # What staff see stays in no cache that others share.
            response.setdefault("Cache-Control", "private, no-cache")
            return response

        return guarded

    return decorate


for_staff = for_roles(STAFF_ROLES)
for_desk = for_roles(DESK_ROLES)
for_field = for_roles(DESK_ROLES | {Role.CREW})
for_planning = for_roles(DESK_ROLES | {Role.PLANNER})
