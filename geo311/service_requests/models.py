"""ServiceRequest and what belongs to it: reporter, events and their texts, photos, supporters."""

import uuid
from typing import Any

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boundaries.models import Boundary, BoundaryVersion
from geo311.accounts.models import User
from geo311.catalog.models import Service
from geo311.core.service_request_id import new_service_request_id
from geo311.core.workflow import OPEN
from geo311.core.workflow import Resolution as ResolutionCode
from geo311.core.workflow import Status as StatusCode
from geo311.crews.models import Crew
from geo311.service_requests.querysets import EventQuerySet, ServiceRequestQuerySet


class Status(models.TextChoices):
    RECEIVED = StatusCode.RECEIVED.value, _("Received")
    ASSIGNED = StatusCode.ASSIGNED.value, _("Assigned")
    IN_PROGRESS = StatusCode.IN_PROGRESS.value, _("In progress")
    NEEDS_INFORMATION = StatusCode.NEEDS_INFORMATION.value, _("Needs information")
    RESOLVED = StatusCode.RESOLVED.value, _("Resolved")
    CLOSED = StatusCode.CLOSED.value, _("Closed")


class Resolution(models.TextChoices):
    FIXED = ResolutionCode.FIXED.value, _("Fixed")
    NO_ACTION_NEEDED = ResolutionCode.NO_ACTION_NEEDED.value, _("No action needed")
    CANNOT_FIND = ResolutionCode.CANNOT_FIND.value, _("We could not find it")
    REFERRED = ResolutionCode.REFERRED.value, _("Passed to another agency")
    NOT_OURS = ResolutionCode.NOT_OURS.value, _("Not the city's")
    DUPLICATE = ResolutionCode.DUPLICATE.value, _("Already reported")


class Channel(models.TextChoices):
    WEB = "web", _("Web")
    PHONE = "phone", _("Phone")
    API = "api", _("API")
    EMAIL = "email", _("E-mail")
    IMPORT = "import", _("Import")


class AssignedHow(models.TextChoices):
    """How an area was found: the point lies inside, or was snapped from a gap or the shore."""

    INSIDE = "inside", _("inside")
    SNAPPED = "snapped", _("snapped")


def _area(role: str) -> "models.ForeignKey[Boundary | None, Boundary | None]":
    return models.ForeignKey(Boundary, on_delete=models.PROTECT, null=True, blank=True, related_name=f"{role}_requests")


def _version() -> "models.ForeignKey[BoundaryVersion | None, BoundaryVersion | None]":
    return models.ForeignKey(BoundaryVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")


def _how() -> "models.CharField[str, str]":
    return models.CharField(max_length=10, choices=AssignedHow, blank=True)


class ServiceRequest(models.Model):
    """A report. The public number is `service_request_id`; the primary key is never shown (the R*Tree needs it)."""

    service_request_id = models.CharField(max_length=12, unique=True, default=new_service_request_id)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="service_requests")
    status = models.CharField(max_length=20, choices=Status, default=Status.RECEIVED)
    resolution = models.CharField(max_length=20, choices=Resolution, blank=True)
    status_notes = models.TextField(blank=True, help_text=_("The latest note that residents can read."))
    description = models.TextField(blank=True)
    attribute_values = models.JSONField(default=dict, blank=True)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.WEB)
    preferred_language = models.CharField(max_length=12, default="en")
    is_simulated = models.BooleanField(default=False)
    is_hidden = models.BooleanField(default=False)

    location = models.PointField(srid=4326, null=True, blank=True)
    public_location = models.PointField(
        srid=4326,
        null=True,
        blank=True,
        help_text=_("The place at the service's precision: all that public faces know."),
    )
    address = models.CharField(max_length=250, blank=True)
    public_address = models.CharField(
        max_length=250, blank=True, help_text=_("The address at the service's precision.")
    )
    position_accuracy_m = models.FloatField(null=True, blank=True)
    h3_res9 = models.BigIntegerField(null=True, blank=True)
    h3_res11 = models.BigIntegerField(null=True, blank=True)

    district = _area("district")
    district_version = _version()
    district_how = _how()
    district_edge_m = models.FloatField(null=True, blank=True)
    ward = _area("ward")
    ward_version = _version()
    ward_how = _how()
    ward_edge_m = models.FloatField(null=True, blank=True)
    territory = _area("territory")
    territory_version = _version()
    territory_how = _how()
    territory_edge_m = models.FloatField(null=True, blank=True)
    crew = models.ForeignKey(Crew, on_delete=models.PROTECT, null=True, blank=True, related_name="service_requests")
    assigned_datetime = models.DateTimeField(null=True, blank=True)

    requested_datetime = models.DateTimeField()
    updated_datetime = models.DateTimeField()
    expected_datetime = models.DateTimeField(null=True, blank=True)
    closed_datetime = models.DateTimeField(null=True, blank=True)
    duplicate_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="duplicates")
    supporters_count = models.PositiveIntegerField(default=0)

    client = models.CharField(max_length=64, blank=True, help_text=_("Whose `client_request_id` this is."))
    client_request_id = models.UUIDField(null=True, blank=True)
    client_request_hash = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=40, blank=True, help_text=_("Where an imported row came from."))
    source_id = models.CharField(max_length=80, blank=True)

    objects = ServiceRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_datetime", "-pk"]
        indexes = [
            models.Index(
                fields=["service", "h3_res11"], condition=Q(status__in=sorted(OPEN)), name="open_by_service_h3_res11"
            ),
            models.Index(
                fields=["service", "h3_res9"], condition=Q(status__in=sorted(OPEN)), name="open_by_service_h3_res9"
            ),
            models.Index(fields=["-requested_datetime", "-id"], name="newest_first"),
            models.Index(
                fields=["crew", "expected_datetime"], condition=Q(status__in=sorted(OPEN)), name="open_by_crew_due"
            ),
            models.Index(fields=["updated_datetime"], name="by_updated"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "client_request_id"],
                condition=Q(client_request_id__isnull=False),
                name="one_request_per_client_request_id",
            ),
            models.UniqueConstraint(
                fields=["source", "source_id"], condition=~Q(source=""), name="one_request_per_source_row"
            ),
        ]

    def __str__(self) -> str:
        return self.service_request_id

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def status_code(self) -> StatusCode:
        return StatusCode(self.status)


class Reporter(models.Model):
    """Who reported: personal data, apart. Nothing public joins this table, and every staff view of it is an event."""

    service_request = models.OneToOneField(ServiceRequest, on_delete=models.CASCADE, related_name="reporter")
    name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    phone_digits = models.CharField(max_length=40, blank=True, db_index=True)
    email = models.EmailField(blank=True)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"reporter of {self.service_request_id}"


class EventKind(models.TextChoices):
    SUBMITTED = "submitted", _("Reported")
    STATUS_CHANGED = "status_changed", _("Status changed")
    ASSIGNED = "assigned", _("Assigned")
    PASSED_ON = "passed_on", _("Passed on")
    NOTE_ADDED = "note_added", _("Note added")
    PHOTO_ADDED = "photo_added", _("Photo added")
    PLACED = "placed", _("Placed on the map")
    HIDDEN = "hidden", _("Hidden from the public")
    SHOWN = "shown", _("Shown to the public again")
    SUPPORTED = "supported", _("Somebody has this problem too")
    SUPPORT_WITHDRAWN = "support_withdrawn", _("Somebody withdrew")
    REPORTER_VIEWED = "reporter_viewed", _("Contact looked up")
    IMPORTED = "imported", _("Imported")


class EventText(models.Model):
    """Free text of an event, in a row of its own: a person can be erased from it and the event still stands."""

    text = models.TextField()
    language = models.CharField(max_length=12, blank=True)

    def __str__(self) -> str:
        return self.text[:60]


class Event(models.Model):
    """What happened to a request: appended, never edited (the model and its queryset refuse)."""

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=EventKind)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_public = models.BooleanField(default=False)
    old_status = models.CharField(max_length=20, choices=Status, blank=True)
    new_status = models.CharField(max_length=20, choices=Status, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    text = models.ForeignKey(EventText, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("events are appended, never edited")
        super().save(*args, **kwargs)


class Photo(models.Model):
    """A re-encoded photo, metadata removed; served through a view that asks `visible_to`."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4)
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="photos")
    image = models.FileField(upload_to="photos/%Y/%m/")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    is_hidden = models.BooleanField(default=False)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.public_id)


class Supporter(models.Model):
    """Somebody who has this problem too: one per browser (a random number in a signed cookie) or account."""

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="supporters")
    supporter_key = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service_request", "supporter_key"], name="one_support_each")]

    def __str__(self) -> str:
        return f"supporter of {self.service_request_id}"
