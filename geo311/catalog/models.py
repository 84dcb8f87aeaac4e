"""Department, ServiceGroup, Service, ServiceAttribute: what can be reported, and what is asked."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from boundaries.models import Boundary, BoundarySet
from geo311.core.deadlines import Target
from geo311.core.hexgrid import MAX_RADIUS_M

Texts = dict[str, dict[str, str]]


class Translated(models.Model):
    """Texts kept per language in the row: {"en": {"name": …}, "es": {"name": …}}."""

    texts: models.JSONField[Texts, Texts] = models.JSONField(default=dict)

    class Meta:
        abstract = True

    def text(self, name: str, language: str | None = None) -> str:
        """A text in the language asked for (the reader's where none is given), else in the city's first language."""
        wanted = language or get_language() or settings.LANGUAGE_CODE
        for code in (wanted, wanted.split("-")[0], settings.LANGUAGE_CODE, *self.texts):
            found = self.texts.get(code, {}).get(name)
            if found:
                return found
        return ""


class Department(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=40, blank=True)
    hours = models.CharField(max_length=120, blank=True)
    link = models.URLField(blank=True)
    territory_set = models.ForeignKey(BoundarySet, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ServiceGroup(Translated):
    code = models.SlugField(unique=True)
    icon = models.CharField(max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.text("name") or self.code


class AddressPrecision(models.TextChoices):
    EXACT = "exact", _("exact")
    BLOCK = "block", _("block")
    NONE = "none", _("none")


class Service(Translated):
    """An Open311 service: who does it, how soon, where, and how alike two reports of it must be to be one."""

    service_code = models.SlugField(unique=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="services")
    group = models.ForeignKey(ServiceGroup, on_delete=models.PROTECT, related_name="services")
    icon = models.CharField(max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)
    target_hours = models.PositiveIntegerField(default=0)
    target_working_days = models.PositiveIntegerField(default=0)
    target_reason = models.CharField(max_length=300, blank=True)
    geometry_kinds = models.JSONField(default=list, help_text=_("Of point, line, area, none; none: needs no place."))
    offered_in = models.ForeignKey(Boundary, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    duplicate_radius_m = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(int(MAX_RADIUS_M))])
    duplicate_window_days = models.PositiveIntegerField(default=0)
    duplicate_reason = models.CharField(max_length=300, blank=True)
    duplicates_share_address = models.BooleanField(default=False)
    address_precision = models.CharField(max_length=10, choices=AddressPrecision, default=AddressPrecision.EXACT)
    confidential = models.BooleanField(default=False)
    redirect_kind = models.CharField(
        max_length=10, blank=True, choices=[("emergency", _("emergency")), ("referral", _("referral"))]
    )
    redirect_number = models.CharField(max_length=20, blank=True)
    redirect_link = models.URLField(blank=True)

    class Meta:
        ordering = ["group__position", "position", "service_code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(target_hours=0) | Q(target_working_days=0), name="target_is_hours_or_working_days"
            )
        ]

    def __str__(self) -> str:
        return self.service_name

    @property
    def service_name(self) -> str:
        return self.text("service_name") or self.service_code

    @property
    def target(self) -> Target | None:
        if not (self.target_hours or self.target_working_days):
            return None
        return Target(hours=self.target_hours, working_days=self.target_working_days)

    @property
    def needs_place(self) -> bool:
        return "none" not in self.geometry_kinds

    @property
    def takes_place(self) -> bool:
        return any(kind != "none" for kind in self.geometry_kinds)


class Datatype(models.TextChoices):
    """Open311 GeoReport v2, Service Definition: datatype."""

    STRING = "string", _("string")
    NUMBER = "number", _("number")
    DATETIME = "datetime", _("date and time")
    TEXT = "text", _("text")
    SINGLEVALUELIST = "singlevaluelist", _("one of a list")
    MULTIVALUELIST = "multivaluelist", _("several of a list")


class ServiceAttribute(Translated):
    """A question of a service. `values`: [{"key", "texts": {"en": {"name"}}, "emergency": bool}] for the lists."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="attributes")
    code = models.SlugField()
    datatype = models.CharField(max_length=20, choices=Datatype)
    required = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    values: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list, blank=True)
    depends_on_code = models.SlugField(blank=True)
    depends_on_key = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["service", "position", "code"]
        constraints = [models.UniqueConstraint(fields=["service", "code"], name="attribute_code_is_unique_in_service")]

    def __str__(self) -> str:
        return self.text("question") or self.code

    def value_name(self, key: str, language: str | None = None) -> str:
        """What an answer's key says to people."""
        wanted = language or get_language() or settings.LANGUAGE_CODE
        for value in self.values:
            if value["key"] == key:
                texts = value.get("texts", {})
                return str((texts.get(wanted) or texts.get(settings.LANGUAGE_CODE) or {}).get("name", key))
        return key
