"""Crews and who belongs to which department, in the admin."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from geo311.crews.models import Crew, DepartmentMembership


@admin.register(Crew)
class CrewAdmin(admin.ModelAdmin[Crew]):
    list_display = ["name", "slug", "department"]
    list_filter = ["department"]
    list_select_related = ["department"]
    search_fields = ["name", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    filter_horizontal = ["services"]
    raw_id_fields = ["members", "territories"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # The list of what stands in the way would name reports that only their department may see.
        return False


@admin.register(DepartmentMembership)
class DepartmentMembershipAdmin(admin.ModelAdmin[DepartmentMembership]):
    """Who of the staff may see a department's confidential reports."""

    list_display = ["user", "department"]
    list_filter = ["department"]
    list_select_related = ["user", "department"]
    raw_id_fields = ["user"]
