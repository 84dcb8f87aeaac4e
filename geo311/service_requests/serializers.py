"""Reports as GeoJSON Features, and what a client sends to make or change one."""

import json
import math
from datetime import UTC
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework_gis.fields import GeometryField
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from geo311.core.coordinates import PLACES
from geo311.rest import UTC_FORMAT
from geo311.service_requests.models import Event, Resolution, ServiceRequest, Status
from geo311.service_requests.submission import MAX_PHOTOS, clean_text

MOST_ATTRIBUTES = 50
MOST_METRES = 100_000


class Moment(serializers.DateTimeField):
    """UTC, whole seconds, the same text as in the export."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format=UTC_FORMAT, default_timezone=UTC, read_only=True, **kwargs)


class PointField(GeometryField):
    """A point at the export's 7 decimals, without the detour over GDAL."""

    def to_representation(self, value: Any) -> dict[str, Any] | None:
        if value is None:
            return None
        return {"type": "Point", "coordinates": [round(value.x, PLACES), round(value.y, PLACES)]}


class ServiceRequestFeature(GeoFeatureModelSerializer):
    """A report as a GeoJSON Feature with the public properties of the layer `requests`, nothing else."""

    id = serializers.CharField(source="service_request_id", read_only=True)
    public_location = PointField(read_only=True)
    service_code = serializers.CharField(source="service.service_code", read_only=True)
    service_name = serializers.CharField(source="shown_service_name", read_only=True)
    agency_responsible = serializers.CharField(source="service.department.name", read_only=True)
    requested_datetime = Moment()
    updated_datetime = Moment()
    expected_datetime = Moment(allow_null=True)
    closed_datetime = Moment(allow_null=True)
    address = serializers.CharField(source="public_address", read_only=True)
    district = serializers.CharField(source="district.code", read_only=True, allow_null=True)
    ward = serializers.CharField(source="ward.code", read_only=True, allow_null=True)
    territory = serializers.CharField(source="territory.code", read_only=True, allow_null=True)
    duplicate_of = serializers.CharField(source="shown_duplicate_of", read_only=True, allow_null=True)
    supporters = serializers.IntegerField(source="supporters_count", read_only=True)

    class Meta:
        model = ServiceRequest
        geo_field = "public_location"
        id_field = "id"
        fields = (
            "id",
            "service_request_id",
            "service_code",
            "service_name",
            "status",
            "status_notes",
            "agency_responsible",
            "requested_datetime",
            "updated_datetime",
            "expected_datetime",
            "closed_datetime",
            "address",
            "district",
            "ward",
            "territory",
            "duplicate_of",
            "supporters",
        )
        read_only_fields = fields


class PublicEvent(serializers.ModelSerializer[Event]):
    """One step of a report's story, as residents may read it."""

    at = Moment()
    note = serializers.CharField(source="text.text", read_only=True, allow_null=True, default=None)
    resolution = serializers.SerializerMethodField()

    class Meta:
        model = Event
        fields = ("kind", "at", "old_status", "new_status", "resolution", "note")
        read_only_fields = fields

    def get_resolution(self, event: Event) -> str:
        return str(event.detail.get("resolution", ""))


class ServiceRequestDetail(ServiceRequestFeature):
    """A report with its public story, oldest first."""

    def to_representation(self, row: ServiceRequest) -> dict[str, Any]:
        events = PublicEvent(row.events.public().select_related("text"), many=True).data
        return {**super().to_representation(row), "events": events}


class ServiceRequestReply(ServiceRequestFeature):
    """A report just made, and whom to call where it is an emergency."""

    def to_representation(self, row: ServiceRequest) -> dict[str, Any]:
        return {**super().to_representation(row), **emergency_notice()}


def emergency_notice() -> dict[str, str]:
    """What every reply to a new report says."""
    notice = _("In an emergency call {number} now. Do not wait for an answer to this report.")
    return {"emergency_notice": notice.format(number=settings.EMERGENCY_NUMBER)}


def receipt(row: ServiceRequest) -> dict[str, Any]:
    """All that a reply says of a report which is not public: its number, status and date."""
    number, expected = row.service_request_id, row.expected_datetime
    properties = {
        "service_request_id": number,
        "status": row.status,
        "expected_datetime": Moment().to_representation(expected) if expected else None,
    }
    return {"type": "Feature", "id": number, "geometry": None, "properties": properties, **emergency_notice()}


class Degrees(serializers.FloatField):
    """Degrees as sent; LonLat decides, so that one sentence names every wrong one."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, (bool, dict, list)):
            raise serializers.ValidationError(_("Write a number of degrees, such as -73.9857."))
        return data


class Metres(serializers.FloatField):
    def to_internal_value(self, data: Any) -> float:
        try:
            metres = super().to_internal_value(data)
        except OverflowError:
            metres = math.inf
        if isinstance(data, bool) or not 0 <= metres <= MOST_METRES:
            raise serializers.ValidationError(_("Write metres, from 0 to {most}.").format(most=MOST_METRES))
        return metres


class Text(serializers.CharField):
    """Text as typed; characters that only do harm are left out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_blank=True, default="", **kwargs)

    def to_internal_value(self, data: Any) -> str:
        return clean_text(super().to_internal_value(data))


class Answers(serializers.JSONField):
    """`{code: answer}`; in a form, the same as JSON text. What each service asks is checked by the service."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        wanted = _('Write the answers as {"code": "answer"}.')
        if isinstance(data, str):
            try:
                data = json.loads(data or "{}")
            except (ValueError, RecursionError) as error:
                raise serializers.ValidationError(wanted) from error
        if not isinstance(data, dict) or len(data) > MOST_ATTRIBUTES:
            raise serializers.ValidationError(wanted)
        return {clean_text(str(code)): _plain(value, wanted) for code, value in data.items()}


def _plain(value: Any, wanted: str) -> Any:
    """An answer: a text, a number, or a list of them."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list) and not any(isinstance(part, (list, dict)) for part in value):
        return [_plain(part, wanted) for part in value]
    if isinstance(value, (list, dict)):
        raise serializers.ValidationError(wanted)
    return value


class NewServiceRequest(serializers.Serializer[Any]):
    """A report to make. In an emergency call the emergency number instead."""

    service_code = serializers.CharField(max_length=50, help_text=gettext_lazy("One of /api/services/."))
    lon = Degrees(required=False, allow_null=True, default=None)
    lat = Degrees(required=False, allow_null=True, default=None)
    address = Text()
    description = Text()
    attributes = Answers(
        required=False, default=dict, help_text=gettext_lazy("Answers by the service's attribute codes.")
    )
    name = Text(help_text=gettext_lazy("Your name, phone and e-mail are never shown to the public."))
    phone = Text()
    email = Text()
    client_request_id = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text=gettext_lazy("A UUID that you make: sending the same report again with it is one report."),
    )
    position_accuracy_m = Metres(required=False, allow_null=True, default=None)
    preferred_language = Text(help_text=gettext_lazy("The language in which we write to you."))
    photo = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True),
        required=False,
        default=list,
        max_length=MAX_PHOTOS,
        help_text=gettext_lazy("JPEG, PNG or WebP, in multipart/form-data."),
    )

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted({str(name) for name in data} - {*self.fields, "csrfmiddlewaretoken"}) if _is_body(data) else []
        if unknown:
            right = _("There is no such field. Known are: {names}.").format(names=", ".join(self.fields))
            raise serializers.ValidationError({name[:60]: [right] for name in unknown[:10]})
        return super().to_internal_value(data)

    def validate_preferred_language(self, wanted: str) -> str:
        known = [code for code, _name in settings.LANGUAGES]
        if wanted and wanted not in known:
            raise serializers.ValidationError(_("Choose one of: {codes}.").format(codes=", ".join(known)))
        return wanted or get_language() or settings.LANGUAGE_CODE


def _is_body(data: Any) -> bool:
    return hasattr(data, "keys")


class Word(serializers.ChoiceField):
    """One word of a list; a wrong one is told the list."""

    def to_internal_value(self, data: Any) -> str:
        if data == "" and self.allow_blank:
            return ""
        if not isinstance(data, str) or data not in self.choices:
            raise serializers.ValidationError(_("Choose one of: {words}.").format(words=", ".join(self.choices)))
        return data


class StatusChange(serializers.Serializer[Any]):
    status = Word(choices=Status.choices)
    note = Text(help_text=gettext_lazy("What residents may read."))
    resolution = Word(choices=Resolution.choices, required=False, allow_blank=True, default="")


class Assignment(serializers.Serializer[Any]):
    crew = serializers.CharField(
        max_length=50, allow_null=True, help_text=gettext_lazy("A crew's slug; null gives it back to the desk.")
    )
    reason = Text(help_text=gettext_lazy("Why, where it is passed on. Colleagues read it."))
