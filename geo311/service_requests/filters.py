"""Which reports: one set of filters for the API, the export, the Folium map and the planner's page.

Every value is checked: an unknown parameter, an unknown code and a value of the wrong form are each an Invalid that
names the parameter and says what would be right. An unknown code is never an empty answer, for that hides typos.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

import django_filters
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boundaries.models import Boundary
from geo311.accounts.models import User
from geo311.catalog.models import Department, Service
from geo311.core.coordinates import BBox
from geo311.core.problems import FieldError, Invalid
from geo311.core.workflow import ENDED, OPEN
from geo311.crews.models import Crew
from geo311.http import check_parameters
from geo311.service_requests.filter_fields import BBoxField, CodesField, DayOrMoment, MomentField, YesNoField
from geo311.service_requests.models import Resolution, ServiceRequest, Status
from geo311.service_requests.querysets import ServiceRequestQuerySet

FEW = 10  # codes that a sentence can list
STATUS_WORDS = {"open": OPEN, "ended": ENDED}


class BBoxFilter(django_filters.Filter):
    field_class = BBoxField


class CodesFilter(django_filters.Filter):
    field_class = CodesField


class MomentFilter(django_filters.Filter):
    field_class = MomentField


class YesNoFilter(django_filters.Filter):
    field_class = YesNoField


def _check_known(name: str, codes: Iterable[str], known: Iterable[str]) -> None:
    """Raises Invalid that names the first codes nobody knows, and those that look like them."""
    known = sorted(set(known))
    unknown = [code for code in codes if code not in known]
    if not unknown:
        return
    detail = _("{name}: “{code}” is not known.").format(name=name, code=unknown[0][:60])
    if known:
        few = known if len(known) <= FEW else get_close_matches(unknown[0], known, n=3, cutoff=0.5) or known[:FEW]
        detail += " " + _("It can be, for example: {codes}.").format(codes=", ".join(few))
    raise Invalid.field(name, detail)


class ServiceRequestFilter(django_filters.FilterSet):
    """Filters of a queryset of reports; several values of one parameter widen it, several parameters narrow it."""

    bbox = BBoxFilter(
        method="of_bbox",
        help_text=gettext_lazy("Box in degrees: west,south,east,north, such as -74.05,40.6,-73.85,40.9."),
    )
    service_code = CodesFilter(
        method="of_service",
        label=gettext_lazy("Service"),
        help_text=gettext_lazy("One or several codes of services, repeated or between commas."),
    )
    department = CodesFilter(
        method="of_department",
        label=gettext_lazy("Department"),
        help_text=gettext_lazy("One or several departments, by slug."),
    )
    status = CodesFilter(
        method="of_status",
        label=gettext_lazy("Status"),
        help_text=gettext_lazy(
            "One or several of: open, ended, received, assigned, in_progress, needs_information, resolved, closed."
        ),
    )
    resolution = CodesFilter(
        method="of_resolution",
        label=gettext_lazy("How it ended"),
        help_text=gettext_lazy(
            "One or several of: fixed, no_action_needed, cannot_find, referred, not_ours, duplicate."
        ),
    )
    requested_after = MomentFilter(
        method="of_requested_after",
        label=gettext_lazy("Reported from"),
        help_text=gettext_lazy("A day of the city, which counts too, or a moment, such as 2026-11-23T08:30:00Z."),
    )
    requested_before = MomentFilter(
        method="of_requested_before",
        label=gettext_lazy("Reported until"),
        help_text=gettext_lazy("A day of the city, which counts too, or a moment, which does not."),
    )
    updated_after = MomentFilter(
        method="of_updated_after",
        label=gettext_lazy("Changed from"),
        help_text=gettext_lazy("A day of the city or a moment: reports changed then or later."),
    )
    district = CodesFilter(
        method="of_area",
        label=gettext_lazy("District"),
        help_text=gettext_lazy("One or several districts, by code (or set:code)."),
    )
    ward = CodesFilter(
        method="of_area",
        label=gettext_lazy("Ward"),
        help_text=gettext_lazy("One or several wards, by code (or set:code)."),
    )
    territory = CodesFilter(
        method="of_area",
        label=gettext_lazy("Crew territory"),
        help_text=gettext_lazy("One or several crew territories, as set:code; a code alone means it in every set."),
    )
    crew = CodesFilter(
        method="of_crew",
        label=gettext_lazy("Crew"),
        help_text=gettext_lazy("One or several crews, by slug. Staff only."),
    )
    overdue = YesNoFilter(
        method="of_overdue",
        label=gettext_lazy("Overdue"),
        help_text=gettext_lazy("true: open and past the date we said."),
    )
    simulated = YesNoFilter(
        method="of_simulated",
        label=gettext_lazy("Simulated"),
        help_text=gettext_lazy("true: made up for the demonstration; false: real ones alone."),
    )

    class Meta:
        model = ServiceRequest
        fields: list[str] = []

    STAFF_ONLY = ("crew",)

    def of_bbox(self, rows: ServiceRequestQuerySet, name: str, bbox: BBox) -> ServiceRequestQuerySet:
        return rows.within(bbox)

    def of_service(self, rows: ServiceRequestQuerySet, name: str, codes: list[str]) -> ServiceRequestQuerySet:
        known = dict(Service.objects.order_by().values_list("service_code", "pk"))
        _check_known(name, codes, known)
        return rows.filter(service_id__in=[known[code] for code in codes])

    def of_department(self, rows: ServiceRequestQuerySet, name: str, slugs: list[str]) -> ServiceRequestQuerySet:
        known = dict(Department.objects.order_by().values_list("slug", "pk"))
        _check_known(name, slugs, known)
        return rows.filter(service__department_id__in=[known[slug] for slug in slugs])

    def of_status(self, rows: ServiceRequestQuerySet, name: str, words: list[str]) -> ServiceRequestQuerySet:
        _check_known(name, words, [*Status.values, *STATUS_WORDS])
        wanted = {str(status) for word in words for status in STATUS_WORDS.get(word, {word})}
        return rows.filter(status__in=sorted(wanted))

    def of_resolution(self, rows: ServiceRequestQuerySet, name: str, words: list[str]) -> ServiceRequestQuerySet:
        _check_known(name, words, Resolution.values)
        return rows.filter(resolution__in=words)

    def of_requested_after(self, rows: ServiceRequestQuerySet, name: str, since: DayOrMoment) -> ServiceRequestQuerySet:
        return rows.filter(requested_datetime__gte=since.start)

    def of_requested_before(
        self, rows: ServiceRequestQuerySet, name: str, until: DayOrMoment
    ) -> ServiceRequestQuerySet:
        return rows.filter(requested_datetime__lt=until.end)

    def of_updated_after(self, rows: ServiceRequestQuerySet, name: str, since: DayOrMoment) -> ServiceRequestQuerySet:
        return rows.filter(updated_datetime__gte=since.start)

    def of_area(self, rows: ServiceRequestQuerySet, name: str, codes: list[str]) -> ServiceRequestQuerySet:
        areas = Boundary.objects.filter(boundary_set__role=name).order_by()
        by_code: dict[str, set[int]] = {}
        for slug, code, pk in areas.values_list("boundary_set__slug", "code", "pk"):
            by_code.setdefault(code, set()).add(pk)
            by_code.setdefault(f"{slug}:{code}", set()).add(pk)
        _check_known(name, codes, by_code)
        return rows.filter(**{f"{name}_id__in": sorted(pk for code in codes for pk in by_code[code])})

    def of_crew(self, rows: ServiceRequestQuerySet, name: str, slugs: list[str]) -> ServiceRequestQuerySet:
        known = dict(Crew.objects.order_by().values_list("slug", "pk"))
        _check_known(name, slugs, known)
        return rows.filter(crew_id__in=[known[slug] for slug in slugs])

    def of_overdue(self, rows: ServiceRequestQuerySet, name: str, overdue: bool) -> ServiceRequestQuerySet:
        now = timezone.now()
        if overdue:
            return rows.overdue(now)
        in_time = Q(expected_datetime__isnull=True) | Q(expected_datetime__gte=now)
        return rows.filter(in_time | ~Q(status__in=sorted(OPEN)))

    def of_simulated(self, rows: ServiceRequestQuerySet, name: str, simulated: bool) -> ServiceRequestQuerySet:
        return rows.filter(is_simulated=simulated)


def filter_names(user: Any) -> list[str]:
    """The parameters that `user` may filter by."""
    staff = isinstance(user, User) and user.works_here
    return [name for name in ServiceRequestFilter.base_filters if staff or name not in ServiceRequestFilter.STAFF_ONLY]


def filter_form(user: Any, parameters: QueryDict) -> ServiceRequestFilter:
    """The FilterSet of `parameters` over what `user` may see, with its form for pages; nothing is checked yet."""
    filters = ServiceRequestFilter(parameters, queryset=ServiceRequest.objects.visible_to(user))
    for name in set(filters.filters) - set(filter_names(user)):
        del filters.filters[name]
    return filters


def matching(user: Any, parameters: QueryDict, *, also: Iterable[str] = ()) -> ServiceRequestQuerySet:
    """What `user` may see of what `parameters` ask for; `also` names further parameters that the caller reads.

    Raises Invalid naming each wrong parameter.
    """
    check_parameters(parameters, [*filter_names(user), *also])
    filters = filter_form(user, parameters)
    if not filters.form.is_valid():
        errors = tuple(FieldError(name, " ".join(map(str, said))) for name, said in filters.form.errors.items())
        raise Invalid(" ".join(error.detail for error in errors), errors=errors)
    rows: ServiceRequestQuerySet = filters.filter_queryset(filters.queryset)
    return rows
