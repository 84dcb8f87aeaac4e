"""Signing in and out, and the first screen of each role."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from geo311.accounts.access import signed_in
from geo311.accounts.forms import SignInForm
from geo311.core.problems import TooManyAttempts
from geo311.core.workflow import Role
from geo311.throttle.actions import count_attempt

ATTEMPTS_PER_HOUR = 30
FIRST_SCREEN = {
    Role.OPERATOR: "desk",
    Role.ADMINISTRATOR: "desk",
    Role.PLANNER: "planner",
    Role.CREW: "my_crews",
    Role.RESIDENT: "home",
}


class SignIn(LoginView):
    """The door for staff; attempts are counted, whoever is tried."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        # Django's "site" would hide ours, which holds the city's name and numbers.
        del context["site"], context["site_name"]
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            count_attempt(request=request, purpose="sign-in", limit_per_hour=ATTEMPTS_PER_HOUR)
        except TooManyAttempts as problem:
            context = self.get_context_data(form=SignInForm(request), problems=[problem.detail])
            response = self.render_to_response(context, status=problem.status)
            response["Retry-After"] = str(problem.extensions["retry_after_s"])
            return response
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SignOut(LogoutView):
    """By POST alone; says that it happened."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().post(request, *args, **kwargs)
        messages.info(request, _("You are signed out."))
        return response


@login_required
@require_safe
def after_sign_in(request: HttpRequest) -> HttpResponse:
    """To the screen that answers the role's first question."""
    return redirect(FIRST_SCREEN[signed_in(request).workflow_role])
