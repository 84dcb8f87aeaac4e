"""The layer of reports: exactly what the public may know of each."""

from typing import Any

from django.conf import settings
from django.db.models import Case, CharField, F, OuterRef, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce, NullIf
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy

from geo311.service_requests.filters import matching
from geo311.service_requests.models import ServiceRequest
from geo311.service_requests.querysets import ServiceRequestQuerySet
from tiles.layers import Layer, register


def with_public_names(rows: ServiceRequestQuerySet, user: Any) -> ServiceRequestQuerySet:
    """Annotates what the public properties need beyond columns: `shown_service_name` and `shown_duplicate_of`."""
    named: ServiceRequestQuerySet = rows.annotate(
        shown_service_name=_service_name(), shown_duplicate_of=_duplicate_of(user)
    )
    return named


def _service_name() -> Coalesce:
    """The service's name in the reader's language, else the city's first language, else its code."""
    wanted = get_language() or settings.LANGUAGE_CODE
    languages = dict.fromkeys([wanted, wanted.split("-")[0], settings.LANGUAGE_CODE])
    names = [KeyTextTransform("service_name", KeyTransform(code, "service__texts")) for code in languages]
    return Coalesce(*(NullIf(name, Value("")) for name in names), F("service__service_code"), output_field=CharField())


def _duplicate_of(user: Any) -> Case:
    """The other report's number, where `user` may see that one too: a number alone says that it exists."""
    other = ServiceRequest.objects.visible_to(user).filter(pk=OuterRef("duplicate_of_id")).order_by()
    number = Subquery(other.values("service_request_id")[:1])
    return Case(When(duplicate_of__isnull=False, then=number), default=None, output_field=CharField(null=True))


def _rows(user: Any, parameters: QueryDict) -> ServiceRequestQuerySet:
    return with_public_names(matching(user, parameters), user).order_by("-requested_datetime", "-pk")


REQUESTS = register(
    Layer(
        name="requests",
        title=gettext_lazy("Reports"),
        description=gettext_lazy("What people reported to the city, and what became of it."),
        geometry="public_location",
        geometry_type="Point",
        id="service_request_id",
        properties={
            "service_request_id": "service_request_id",
            "service_code": "service__service_code",
            "service_name": "shown_service_name",
            "status": "status",
            "status_notes": "status_notes",
            "agency_responsible": "service__department__name",
            "requested_datetime": "requested_datetime",
            "updated_datetime": "updated_datetime",
            "expected_datetime": "expected_datetime",
            "closed_datetime": "closed_datetime",
            "address": "public_address",
            "district": "district__code",
            "ward": "ward__code",
            "territory": "territory__code",
            "duplicate_of": "shown_duplicate_of",
            "supporters": "supporters_count",
        },
        rows=_rows,
    )
)
