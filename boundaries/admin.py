"""Boundaries in the admin: to be read. Maps come in by `manage.py import_boundaries`, never by hand."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from boundaries.models import Boundary, BoundarySet, BoundaryVersion


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Shows rows; changes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(BoundarySet)
class BoundarySetAdmin(ReadOnlyAdmin):
    list_display = ["name", "slug", "role", "authority", "tolerance_m", "is_neighbour"]
    list_filter = ["role"]


@admin.register(BoundaryVersion)
class BoundaryVersionAdmin(ReadOnlyAdmin):
    list_display = ["label", "boundary_set", "valid_from", "valid_to", "areas", "created_at"]
    list_filter = ["boundary_set"]
    list_select_related = ["boundary_set"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        versions: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = versions.annotate(areas_count=Count("shapes"))
        return counted

    @admin.display(description=_("areas"), ordering="areas_count")
    def areas(self, version: Any) -> int:
        return int(version.areas_count)


@admin.register(Boundary)
class BoundaryAdmin(ReadOnlyAdmin):
    list_display = ["code", "name", "boundary_set"]
    list_filter = ["boundary_set"]
    list_select_related = ["boundary_set"]
    search_fields = ["code", "name"]
