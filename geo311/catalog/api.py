"""`/api/services/`: what can be reported, and what each service asks, in the reader's language."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from geo311.catalog.models import Department, Service, ServiceAttribute, ServiceGroup
from geo311.core.problems import NotFound
from geo311.http import values_of
from geo311.rest import LANG, Spoken, problems


class Words(serializers.CharField):
    """A text of the catalogue in the language of the reply."""

    def __init__(self, name: str, **kwargs: Any) -> None:
        self.name = name
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, row: Any) -> str:
        return str(row.text(self.name))


class DepartmentSerializer(serializers.ModelSerializer[Department]):
    class Meta:
        model = Department
        fields = ("slug", "name", "phone", "hours", "link")


class GroupSerializer(serializers.ModelSerializer[ServiceGroup]):
    name = Words("name")

    class Meta:
        model = ServiceGroup
        fields = ("code", "name", "icon", "position")


class Value(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    emergency = serializers.BooleanField(help_text="Whoever answers so is told to call; no report is taken.")


class AttributeSerializer(serializers.ModelSerializer[ServiceAttribute]):
    """A question of a service (Open311 GeoReport v2, Service Definition)."""

    question = Words("question")
    hint = Words("hint")
    values = serializers.SerializerMethodField()

    class Meta:
        model = ServiceAttribute
        fields = (
            "code",
            "datatype",
            "required",
            "position",
            "question",
            "hint",
            "values",
            "depends_on_code",
            "depends_on_key",
        )

    @extend_schema_field(Value(many=True))
    def get_values(self, attribute: ServiceAttribute) -> list[dict[str, Any]]:
        return [
            {
                "key": value["key"],
                "name": attribute.value_name(value["key"]),
                "emergency": bool(value.get("emergency")),
            }
            for value in attribute.values
        ]


class ServiceSerializer(serializers.ModelSerializer[Service]):
    """A service. `confidential`: its reports are seen by its department alone."""

    service_name = serializers.CharField(read_only=True)
    description = Words("description")
    keywords = Words("keywords")
    redirect_text = Words("redirect_text")
    group = GroupSerializer(read_only=True)
    department = DepartmentSerializer(read_only=True)
    attributes = AttributeSerializer(many=True, read_only=True)
    offered_in = serializers.CharField(source="offered_in.name", read_only=True, allow_null=True)

    class Meta:
        model = Service
        fields = (
            "service_code",
            "service_name",
            "description",
            "keywords",
            "icon",
            "group",
            "department",
            "target_hours",
            "target_working_days",
            "geometry_kinds",
            "needs_place",
            "offered_in",
            "duplicate_radius_m",
            "duplicate_window_days",
            "duplicates_share_address",
            "address_precision",
            "confidential",
            "redirect_kind",
            "redirect_number",
            "redirect_link",
            "redirect_text",
            "attributes",
        )


class ServiceList(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    services = ServiceSerializer(many=True)


@extend_schema_view(
    list=extend_schema(
        parameters=[
            LANG,
            OpenApiParameter("department", description="One or several departments, by slug."),
            OpenApiParameter("group", description="One or several groups, by code."),
        ],
        responses={200: ServiceList, **problems(400)},
    ),
    retrieve=extend_schema(parameters=[LANG], responses={200: ServiceSerializer, **problems(400, 404)}),
)
class ServiceViewSet(Spoken, GenericViewSet[Service]):
    """Services that take reports, or say whom to call instead."""

    queryset = (
        Service.objects.filter(is_active=True)
        .select_related("department", "group", "offered_in")
        .prefetch_related("attributes")
    )
    serializer_class = ServiceSerializer
    pagination_class = None
    filter_backends = ()
    lookup_field = "service_code"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    known_parameters = ("department", "group")

    def list(self, request: Request) -> Response:
        """All services in the order in which they are shown."""
        rows = self.get_queryset()
        for name, path in (("department", "department__slug"), ("group", "group__code")):
            wanted = values_of(request.query_params, name)
            if wanted:
                rows = rows.filter(**{f"{path}__in": wanted})
        services = self.get_serializer(rows, many=True).data
        return Response({"count": len(services), "services": services})

    def retrieve(self, request: Request, service_code: str) -> Response:
        """One service with what it asks."""
        service = self.get_queryset().filter(service_code=service_code).first()
        if service is None:
            raise NotFound()
        return Response(self.get_serializer(service).data)
