"""User: custom from day one, with one role."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from geo311.core.workflow import Role


class UserRole(models.TextChoices):
    """The roles of the workflow table, named for people."""

    RESIDENT = Role.RESIDENT.value, _("Resident")
    OPERATOR = Role.OPERATOR.value, _("Operator")
    CREW = Role.CREW.value, _("Crew")
    PLANNER = Role.PLANNER.value, _("Planner")
    ADMINISTRATOR = Role.ADMINISTRATOR.value, _("Administrator")


STAFF_ROLES = frozenset({Role.OPERATOR, Role.CREW, Role.PLANNER, Role.ADMINISTRATOR})
DESK_ROLES = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})


class User(AbstractUser):
    role = models.CharField(max_length=20, choices=UserRole, default=UserRole.RESIDENT)

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def workflow_role(self) -> Role:
        return Role(self.role)

    @property
    def works_here(self) -> bool:
        """Whether this person is staff of the city (not to be mistaken for Django's `is_staff`, the admin's door)."""
        return self.is_active and self.workflow_role in STAFF_ROLES

    @property
    def works_at_desk(self) -> bool:
        return self.is_active and self.workflow_role in DESK_ROLES
