"""BoundarySet, BoundaryVersion, Boundary, BoundaryShape: areas as people mean them, and their maps over time."""

from datetime import date

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boundaries.querysets import BoundaryShapeQuerySet, BoundaryVersionQuerySet


class BoundarySetRole(models.TextChoices):
    """What a set is for. Several territory and reference sets may stand side by side."""

    JURISDICTION = "jurisdiction", _("jurisdiction")
    DISTRICT = "district", _("district")
    WARD = "ward", _("ward")
    TERRITORY = "territory", _("crew territory")
    REFERENCE = "reference", _("reference")


class BoundarySet(models.Model):
    """A kind of area, such as the council districts; its maps are versions."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=20, choices=BoundarySetRole)
    authority = models.CharField(max_length=200, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    tolerance_m = models.FloatField(default=50.0, help_text=_("How far a gap or the shore may be snapped, in metres."))
    is_neighbour = models.BooleanField(
        default=False, help_text=_("Areas of neighbouring authorities, named when a place is outside the city.")
    )

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class BoundaryVersion(models.Model):
    """One map of a set, in force from `valid_from` (inclusive) to `valid_to` (exclusive), days of the city."""

    boundary_set = models.ForeignKey(BoundarySet, on_delete=models.PROTECT, related_name="versions")
    label = models.CharField(max_length=80)
    source_url = models.CharField(max_length=400, blank=True)
    checksum = models.CharField(max_length=64, help_text=_("SHA-256 of codes and shapes, hex."))
    valid_from = models.DateField(default=date.min)
    valid_to = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BoundaryVersionQuerySet.as_manager()

    class Meta:
        ordering = ["boundary_set", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["boundary_set", "label"], name="version_label_is_unique_in_set"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="version_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.boundary_set}: {self.label}"


class Boundary(models.Model):
    """An area as people mean it, such as Ward 5: stable over versions; reports and crews point here."""

    boundary_set = models.ForeignKey(BoundarySet, on_delete=models.PROTECT, related_name="boundaries")
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=160)

    class Meta:
        ordering = ["boundary_set", "code"]
        verbose_name_plural = "boundaries"
        constraints = [models.UniqueConstraint(fields=["boundary_set", "code"], name="boundary_code_is_unique_in_set")]

    def __str__(self) -> str:
        return self.name


class BoundaryShape(models.Model):
    """The shape of a boundary in a version: MultiPolygon, SRID 4326, valid."""

    version = models.ForeignKey(BoundaryVersion, on_delete=models.CASCADE, related_name="shapes")
    boundary = models.ForeignKey(Boundary, on_delete=models.PROTECT, related_name="shapes")
    geometry = models.MultiPolygonField(srid=4326)
    properties = models.JSONField(default=dict, blank=True)

    objects = BoundaryShapeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "boundary"], name="one_shape_per_version_and_boundary")
        ]

    def __str__(self) -> str:
        return f"{self.boundary} ({self.version.label})"
