"""`/api/requests/`: reports over REST; every write is a thin call of an action."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from geo311.accounts.models import User
from geo311.core.problems import NotFound
from geo311.core.service_request_id import parse_service_request_id
from geo311.core.workflow import Status
from geo311.rest import GEOJSON, LANG, FeaturePages, Spoken, plain, problems
from geo311.service_requests import actions, visitors
from geo311.service_requests.api_input import crew_of, staff, submission_of
from geo311.service_requests.api_schema import Hidden, Support
from geo311.service_requests.filters import ServiceRequestFilter, matching
from geo311.service_requests.layers import with_public_names
from geo311.service_requests.models import ServiceRequest
from geo311.service_requests.querysets import ServiceRequestQuerySet
from geo311.service_requests.serializers import (
    Assignment,
    NewServiceRequest,
    ServiceRequestDetail,
    ServiceRequestFeature,
    ServiceRequestReply,
    StatusChange,
    receipt,
)
from geo311.throttle.actions import count_attempt

PAGING = ("limit", "offset")


class Filters(BaseFilterBackend):
    """The filters that the export, the map and the planner's page know too."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> ServiceRequestQuerySet:
        return matching(request.user, request.query_params, also=PAGING)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        filters = ServiceRequestFilter.base_filters
        return [
            {"name": name, "in": "query", "schema": {"type": "string"}, "description": str(each.extra["help_text"])}
            for name, each in filters.items()
        ]


@extend_schema_view(
    list=extend_schema(parameters=[LANG], responses={200: ServiceRequestFeature(many=True), **problems(400)}),
    retrieve=extend_schema(parameters=[LANG], responses={200: ServiceRequestDetail, **problems(404)}),
)
class ServiceRequestViewSet(Spoken, GenericViewSet[ServiceRequest]):
    """Reports: read by anybody as far as they are public, made by anybody, changed by staff."""

    queryset = ServiceRequest.objects.none()
    serializer_class = ServiceRequestFeature
    pagination_class = FeaturePages
    filter_backends = (Filters,)
    lookup_field = "service_request_id"
    lookup_value_regex = "[^/]+"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        # The list's filters check the query's names themselves.
        self.known_parameters = None if self.action == "list" else ()
        super().initial(request, *args, **kwargs)

    def list(self, request: Request) -> Response:
        """Reports, the newest first, as a page of a GeoJSON FeatureCollection."""
        rows = shown(Filters().filter_queryset(request, None, self), request.user)
        page = self.paginate_queryset(rows.order_by("-requested_datetime", "-pk"))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, service_request_id: str) -> Response:
        """One report as a GeoJSON Feature, with its public story in `events`."""
        return self._detail(self._row(service_request_id))

    @extend_schema(
        parameters=[LANG],
        request={"application/json": NewServiceRequest, "multipart/form-data": NewServiceRequest},
        responses={200: ServiceRequestReply, 201: ServiceRequestReply, **problems(400, 409, 413, 415, 422, 429)},
    )
    def create(self, request: Request) -> Response:
        """Make a report. In an emergency do not: call the emergency number, as `emergency_notice` in each reply says.

        The same `client_request_id` again answers 200 with the report it made before.
        """
        form = NewServiceRequest(data=request.data)
        form.is_valid(raise_exception=True)
        user = request.user if isinstance(request.user, User) else None
        submission = submission_of(form.validated_data, user)
        if actions.submitted_before(submission) is None:  # asking again after a lost answer is no new attempt
            count_attempt(request=plain(request), purpose="submit", limit_per_hour=settings.REPORTS_PER_HOUR)
        row, is_new = actions.submit(submission=submission, now=timezone.now(), by=user)
        is_public = not (row.service.confidential or row.is_hidden)
        body = ServiceRequestReply(self._shown().get(pk=row.pk)).data if is_public else receipt(row)
        place = {"Location": reverse("service-request-detail", args=[row.service_request_id])}
        return Response(body, status=201 if is_new else 200, headers=place, content_type=GEOJSON)

    @extend_schema(request=StatusChange, responses={200: ServiceRequestDetail, **problems(400, 403, 404, 409)})
    @action(detail=True, methods=["post"])
    def status(self, request: Request, service_request_id: str) -> Response:
        """Take one step of the status table (staff). Ending a report asks for a resolution and a note."""
        by, row = staff(request), self._row(service_request_id)
        form = StatusChange(data=request.data)
        form.is_valid(raise_exception=True)
        said = form.validated_data
        changed = actions.change_status(
            service_request=row,
            target=Status(said["status"]),
            by=by,
            now=timezone.now(),
            note=said["note"],
            resolution=said["resolution"],
        )
        return self._detail(changed)

    @extend_schema(request=Assignment, responses={200: ServiceRequestDetail, **problems(400, 403, 404, 409)})
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, service_request_id: str) -> Response:
        """Give a report to a crew, pass it on with a reason, or give it back to the desk (staff)."""
        by, row = staff(request), self._row(service_request_id)
        form = Assignment(data=request.data)
        form.is_valid(raise_exception=True)
        crew, reason = crew_of(form.validated_data["crew"]), form.validated_data["reason"]
        changed = actions.assign(service_request=row, crew=crew, by=by, now=timezone.now(), reason=reason)
        return self._detail(changed)

    @extend_schema(request=None, responses={200: Support, **problems(404, 409, 429)})
    @action(detail=True, methods=["post"])
    def support(self, request: Request, service_request_id: str) -> Response:
        """Say that you have this problem too: once per account or browser (a cookie tells browsers apart)."""
        count_attempt(request=plain(request), purpose="support", limit_per_hour=settings.REPORTS_PER_HOUR)
        row, key = self._row(service_request_id), visitors.supporter_key(plain(request))
        number = visitors.new_number()
        actions.support(service_request=row, supporter_key=key or visitors.browser_key(number), now=timezone.now())
        response = self._support(row, supported=True)
        if not key:
            visitors.keep_number(plain(request), response, number)
        return response

    @extend_schema(request=None, responses={200: Support, **problems(404)})
    @support.mapping.delete
    def withdraw_support(self, request: Request, service_request_id: str) -> Response:
        """Undo your support."""
        row, key = self._row(service_request_id), visitors.supporter_key(plain(request))
        if key:
            actions.withdraw_support(service_request=row, supporter_key=key, now=timezone.now())
        return self._support(row, supported=False)

    @extend_schema(request=None, responses={200: Hidden, **problems(403, 404)})
    @action(detail=True, methods=["post"])
    def hide(self, request: Request, service_request_id: str) -> Response:
        """Hide a report from every public face (desk)."""
        return self._set_hidden(request, service_request_id, hidden=True)

    @extend_schema(request=None, responses={200: Hidden, **problems(403, 404)})
    @hide.mapping.delete
    def show(self, request: Request, service_request_id: str) -> Response:
        """Show a hidden report again (desk)."""
        return self._set_hidden(request, service_request_id, hidden=False)

    def _shown(self) -> ServiceRequestQuerySet:
        return shown(ServiceRequest.objects.visible_to(self.request.user), self.request.user)

    def _row(self, text: str) -> ServiceRequest:
        """The report of a number as typed. Raises NotFound, also for one that the caller may not see."""
        number = parse_service_request_id(text)
        rows = ServiceRequest.objects.visible_to(self.request.user).select_related("service")
        row: ServiceRequest | None = rows.filter(service_request_id=number).first() if number else None
        if row is None:
            raise NotFound(_("There is no report of this number, or it is not public."))
        return row

    def _detail(self, row: ServiceRequest) -> Response:
        return Response(ServiceRequestDetail(self._shown().get(pk=row.pk)).data, content_type=GEOJSON)

    def _support(self, row: ServiceRequest, *, supported: bool) -> Response:
        row.refresh_from_db(fields=["supporters_count"])
        number = row.service_request_id
        return Response({"service_request_id": number, "supported": supported, "supporters": row.supporters_count})

    def _set_hidden(self, request: Request, service_request_id: str, *, hidden: bool) -> Response:
        by, row = staff(request), self._row(service_request_id)
        actions.set_hidden(service_request=row, hidden=hidden, by=by, now=timezone.now())
        return Response({"service_request_id": row.service_request_id, "hidden": hidden})


def shown(rows: ServiceRequestQuerySet, user: Any) -> ServiceRequestQuerySet:
    """Rows with all that a Feature says, in one query; what residents wrote in private is not even read."""
    joined = rows.select_related("service__department", "district", "ward", "territory")
    return with_public_names(joined, user).defer("description", "address", "attribute_values", "location")
