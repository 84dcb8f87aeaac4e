"""Crew and DepartmentMembership: who does which services in which territories, and who belongs to a department."""

from django.db import models

from boundaries.models import Boundary
from geo311.accounts.models import User
from geo311.catalog.models import Department, Service
from geo311.crews.querysets import CrewQuerySet


class Crew(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="crews")
    members = models.ManyToManyField(User, related_name="crews", blank=True)
    services = models.ManyToManyField(Service, related_name="crews", blank=True)
    territories = models.ManyToManyField(Boundary, related_name="crews", blank=True)

    objects = CrewQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DepartmentMembership(models.Model):
    """A person of a department; only they see its confidential requests."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="department_memberships")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "department"], name="one_membership_per_department")]

    def __str__(self) -> str:
        return f"{self.user}: {self.department}"
