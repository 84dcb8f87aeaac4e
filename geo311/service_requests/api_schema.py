"""How replies about reports stand in the OpenAPI schema."""

from typing import Any

from drf_spectacular.contrib.rest_framework_gis import GeoFeatureModelSerializerExtension
from drf_spectacular.plumbing import build_array_type
from rest_framework import serializers

from geo311.service_requests.models import Status
from geo311.service_requests.serializers import Moment, PublicEvent


class Support(serializers.Serializer[Any]):
    service_request_id = serializers.CharField()
    supported = serializers.BooleanField()
    supporters = serializers.IntegerField()


class Hidden(serializers.Serializer[Any]):
    service_request_id = serializers.CharField()
    hidden = serializers.BooleanField()


class Duplicate(serializers.Serializer[Any]):
    """An open report of the same service near by: all that anybody may know before sending their own."""

    service_request_id = serializers.CharField()
    distance_m = serializers.FloatField(help_text="To its public place.")
    requested_datetime = Moment()
    status = serializers.ChoiceField(choices=Status.choices)
    supporters = serializers.IntegerField(source="supporters_count")


class Duplicates(serializers.Serializer[Any]):
    service_code = serializers.CharField()
    radius_m = serializers.IntegerField(help_text="How near a report of this service is the same one.")
    duplicates = Duplicate(many=True)


class _WithEvents(GeoFeatureModelSerializerExtension):  # type: ignore[no-untyped-call]
    target_class = "geo311.service_requests.serializers.ServiceRequestDetail"
    priority = 1

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema: dict[str, Any] = super().map_serializer(auto_schema, direction)  # type: ignore[no-untyped-call]
        event = auto_schema.resolve_serializer(PublicEvent(), direction)
        schema["properties"]["events"] = build_array_type(event.ref)
        return schema


class _WithNotice(GeoFeatureModelSerializerExtension):  # type: ignore[no-untyped-call]
    target_class = "geo311.service_requests.serializers.ServiceRequestReply"
    priority = 1

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        schema: dict[str, Any] = super().map_serializer(auto_schema, direction)  # type: ignore[no-untyped-call]
        words = "Whom to call in an emergency. Every reply says it; show it to the person who reports."
        schema["properties"]["emergency_notice"] = {"type": "string", "description": words}
        return schema
