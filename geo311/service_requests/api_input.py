"""From what an API client sent to what actions take."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from geo311.accounts.models import User
from geo311.catalog.models import Service
from geo311.core.coordinates import LonLat
from geo311.core.problems import Invalid, NotAllowed
from geo311.crews.models import Crew
from geo311.service_requests.models import Channel
from geo311.service_requests.photos import reencode
from geo311.service_requests.submission import Contact, Submission


def staff(request: Request) -> User:
    """The person of the staff who calls. Raises NotAllowed for anybody else."""
    if not isinstance(request.user, User):
        raise NotAllowed(_("Sign in first."))
    if not request.user.works_here:
        raise NotAllowed(_("Your role may not do this."))
    return request.user


def service_of(code: str) -> Service:
    """The service of a code, with all that a report of it needs. Raises Invalid."""
    services = Service.objects.filter(is_active=True).select_related("department__territory_set", "offered_in")
    service: Service | None = services.filter(service_code=code).first()
    if service is None:
        detail = _("There is no service “{code}”. See /api/services/ for those there are.")
        raise Invalid.field("service_code", detail.format(code=code[:60]))
    return service


def crew_of(slug: str | None) -> Crew | None:
    """The crew of a slug, None for the desk. Raises Invalid."""
    if not slug:
        return None
    crew: Crew | None = Crew.objects.filter(slug=slug).first()
    if crew is None:
        raise Invalid.field("crew", _("There is no crew “{slug}”.").format(slug=slug[:60]))
    return crew


def submission_of(data: dict[str, Any], user: User | None) -> Submission:
    """A report as sent: `data` of a valid NewServiceRequest. Raises Invalid or UnusableFile."""
    point = None
    if not (data["lon"] is None and data["lat"] is None):
        point = LonLat.parse(data["lon"], data["lat"])
    return Submission(
        service=service_of(data["service_code"]),
        point=point,
        address=data["address"],
        description=data["description"],
        attribute_values=data["attributes"],
        contact=Contact(name=data["name"], phone=data["phone"], email=data["email"]),
        photos=tuple(reencode(file) for file in data["photo"]),
        position_accuracy_m=data["position_accuracy_m"],
        channel=Channel.API,
        preferred_language=data["preferred_language"],
        client=f"account:{user.pk}" if user else Channel.API,
        client_request_id=data["client_request_id"],
    )
