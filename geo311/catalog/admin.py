"""The catalogue in the admin. Services end by `is_active`: what was reported keeps its service."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from geo311.catalog.models import Department, Service, ServiceAttribute, ServiceGroup

# What stored reports were published by: changing it here would publish, or hide, nothing of what is stored already.
FIXED_ONCE_USED = ("service_code", "confidential", "address_precision")


class KeptAdmin(admin.ModelAdmin[Any]):
    """Rows may be added and changed; reports point to them, so none is deleted."""

    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Department)
class DepartmentAdmin(KeptAdmin):
    list_display = ["name", "slug", "phone", "territory_set"]
    list_select_related = ["territory_set"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(ServiceGroup)
class ServiceGroupAdmin(KeptAdmin):
    list_display = ["code", "__str__", "icon", "position"]


class AttributeInline(admin.StackedInline[ServiceAttribute, Service]):
    model = ServiceAttribute
    extra = 0


@admin.register(Service)
class ServiceAdmin(KeptAdmin):
    list_display = ["service_code", "__str__", "department", "group", "is_active", "confidential"]
    list_filter = ["is_active", "confidential", "department", "group"]
    list_select_related = ["department", "group"]
    search_fields = ["service_code"]
    raw_id_fields = ["offered_in"]
    inlines = [AttributeInline]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return FIXED_ONCE_USED if obj is not None and obj.service_requests.exists() else ()
