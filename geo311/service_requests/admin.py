"""Reports in the admin: to be read, and only those that the reader may see. Changes go through the desk's pages."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from boundaries.admin import ReadOnlyAdmin
from geo311.core.service_request_id import parse_service_request_id
from geo311.service_requests.models import Event, ServiceRequest


class EventInline(admin.TabularInline[Event, ServiceRequest]):
    """The story of a report; appended elsewhere, never edited."""

    model = Event
    fields = ("at", "kind", "by", "old_status", "new_status", "is_public", "text")
    readonly_fields = fields
    extra = 0
    can_delete = False
    ordering = ["at", "pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        return super().get_queryset(request).select_related("by", "text")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ServiceRequest)
class ServiceRequestAdmin(ReadOnlyAdmin):
    """Who reported stands in no column here: the desk's pages show it, and note who looked."""

    list_display = ["service_request_id", "service", "status", "public_address", "ward", "crew", "requested_datetime"]
    list_filter = ["status", "is_hidden", "is_simulated", "channel", "service__department"]
    list_select_related = ["service", "ward", "crew"]
    date_hierarchy = "requested_datetime"
    search_fields = ["service_request_id"]
    search_help_text = _("The number of a report, such as 4GT7-K2QM")
    show_full_result_count = False
    inlines = [EventInline]
    fields = [
        "service_request_id", "service", "status", "resolution", "status_notes", "description", "attribute_values",
        "channel", "is_hidden", "is_simulated", "location", "address", "public_location", "public_address",
        "position_accuracy_m", "district", "ward", "territory", "crew", "assigned_datetime", "requested_datetime",
        "updated_datetime", "expected_datetime", "closed_datetime", "original", "supporters_count",
        "preferred_language", "source", "source_id",
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = ServiceRequest.objects.visible_to(request.user)
        return rows.order_by("-requested_datetime", "-pk")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        number = parse_service_request_id(search_term)
        return super().get_search_results(request, queryset, number or search_term)

    @admin.display(description=_("duplicate of"))
    def original(self, row: ServiceRequest) -> str:
        """The other report's number, where there is one; checked anew, for it may be confidential."""
        others = ServiceRequest.objects.filter(pk=row.duplicate_of_id or 0, service__confidential=False)
        return str(others.first() or "–")
