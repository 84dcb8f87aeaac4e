"""People in the admin. Nobody is deleted there: what they did would lose its name."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from geo311.accounts.models import User


class NewPersonForm(AdminUserCreationForm[User]):
    class Meta(AdminUserCreationForm.Meta):
        model = User


class PersonForm(UserChangeForm[User]):
    class Meta(UserChangeForm.Meta):
        model = User


@admin.register(User)
class PersonAdmin(UserAdmin[User]):
    form, add_form = PersonForm, NewPersonForm
    list_display = ["username", "first_name", "last_name", "role", "is_active", "is_staff"]
    list_filter = ["role", "is_active", "is_staff"]
    fieldsets = [*(UserAdmin.fieldsets or ()), (_("Work"), {"fields": ["role"]})]
    add_fieldsets = [*UserAdmin.add_fieldsets, (_("Work"), {"fields": ["role"]})]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
