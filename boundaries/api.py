"""`/api/boundary-sets/`, `/api/boundaries/` and `/api/locate/`: the city's areas, and which of them hold a place."""

from datetime import date
from typing import Any

from django.db.models import Count
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from boundaries.layers import shapes
from boundaries.lookup import locate
from boundaries.models import BoundarySet, BoundarySetRole, BoundaryShape, BoundaryVersion
from boundaries.outlines import MOST_TOLERANCE_DEG, as_geojson, outlines
from boundaries.querysets import city_today
from geo311.core.coordinates import LonLat
from geo311.core.problems import Invalid
from geo311.http import number_of, values_of
from geo311.rest import FeaturePages, Spoken, problems

FOR_MAPS_S = 300  # a map that was loaded anew is drawn everywhere within five minutes
ROLES = list(BoundarySetRole.values)


class VersionSerializer(serializers.ModelSerializer[BoundaryVersion]):
    valid_from = serializers.SerializerMethodField()
    in_force = serializers.SerializerMethodField()
    areas = serializers.IntegerField(read_only=True)

    class Meta:
        model = BoundaryVersion
        fields = ("label", "valid_from", "valid_to", "in_force", "source_url", "checksum", "areas")

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_valid_from(self, version: BoundaryVersion) -> str | None:
        return None if version.valid_from == date.min else version.valid_from.isoformat()

    def get_in_force(self, version: BoundaryVersion) -> bool:
        today = city_today()
        return version.valid_from <= today and (version.valid_to is None or version.valid_to > today)


class BoundarySetSerializer(serializers.ModelSerializer[BoundarySet]):
    """A kind of area, such as the council districts, with its maps over time."""

    versions = serializers.SerializerMethodField()

    class Meta:
        model = BoundarySet
        fields = ("slug", "name", "role", "authority", "licence", "tolerance_m", "is_neighbour", "versions")

    @extend_schema_field(VersionSerializer(many=True))
    def get_versions(self, boundary_set: BoundarySet) -> Any:
        return VersionSerializer(self.context["versions"].get(boundary_set.pk, []), many=True).data


class BoundarySetList(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    boundary_sets = BoundarySetSerializer(many=True)


@extend_schema_field(OpenApiTypes.OBJECT)
class OutlineField(serializers.Field[Any, Any, Any, Any]):
    """The outline at the detail asked for, which the view has laid in the context; null where none is wanted."""

    def to_representation(self, shape: BoundaryShape) -> dict[str, Any] | None:
        outline = self.context["outlines"].get(shape.pk)
        return None if outline is None else as_geojson(outline)


class BoundaryFeature(GeoFeatureModelSerializer):
    """An area of a version in force, as a GeoJSON Feature."""

    id = serializers.CharField(source="area_id", read_only=True)
    geometry = OutlineField(source="*", read_only=True, allow_null=True)
    boundary_set = serializers.CharField(source="version.boundary_set.slug", read_only=True)
    role = serializers.ChoiceField(source="version.boundary_set.role", choices=BoundarySetRole.choices, read_only=True)
    code = serializers.CharField(source="boundary.code", read_only=True)
    name = serializers.CharField(source="boundary.name", read_only=True)
    version = serializers.CharField(source="version.label", read_only=True)

    class Meta:
        model = BoundaryShape
        geo_field = "geometry"
        id_field = "id"
        fields = ("id", "boundary_set", "role", "code", "name", "version")


class AreaSerializer(serializers.Serializer[Any]):
    """An area that holds the place: `inside`, or `snapped` from a gap or the shore; `edge_m` to its set's edge."""

    role = serializers.ChoiceField(choices=BoundarySetRole.choices)
    boundary_set = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()
    version = serializers.CharField()
    how = serializers.ChoiceField(choices=["inside", "snapped"])
    edge_m = serializers.FloatField()


class LocationSerializer(serializers.Serializer[Any]):
    lon = serializers.FloatField(source="point.lon")
    lat = serializers.FloatField(source="point.lat")
    areas = AreaSerializer(many=True)


@extend_schema_view(list=extend_schema(responses={200: BoundarySetList, **problems(400)}))
class BoundarySetViewSet(Spoken, GenericViewSet[BoundarySet]):
    """Kinds of areas that the city is divided by."""

    queryset = BoundarySet.objects.all()
    serializer_class = BoundarySetSerializer
    pagination_class = None
    filter_backends = ()

    def list(self, request: Request) -> Response:
        """All sets with their versions, the newest first."""
        versions: dict[int, list[BoundaryVersion]] = {}
        for version in BoundaryVersion.objects.annotate(areas=Count("shapes")).order_by("-valid_from", "-pk"):
            versions.setdefault(version.boundary_set_id, []).append(version)
        context = {**self.get_serializer_context(), "versions": versions}
        rows = BoundarySetSerializer(self.get_queryset(), many=True, context=context).data
        return Response({"count": len(rows), "boundary_sets": rows})


class BoundaryPages(FeaturePages):
    default_limit = 500
    most = 1000


TOLERANCE = OpenApiParameter(
    "tolerance_deg",
    OpenApiTypes.DOUBLE,
    description=f"Simplify outlines by about so many degrees (0 to {MOST_TOLERANCE_DEG:g}); neighbours leave no gaps.",
)


@extend_schema_view(
    list=extend_schema(
        parameters=[
            OpenApiParameter("bbox", description="west,south,east,north in degrees: areas whose box meets it."),
            OpenApiParameter("boundary_set", description="One or several sets, by slug."),
            OpenApiParameter("role", description=f"One or several of: {', '.join(ROLES)}."),
            OpenApiParameter("code", description="One or several areas, by code."),
            TOLERANCE,
            OpenApiParameter("geometry", OpenApiTypes.BOOL, description="false leaves the outlines out."),
        ],
        responses={200: BoundaryFeature(many=True), **problems(400)},
    )
)
class BoundaryViewSet(Spoken, GenericViewSet[BoundaryShape]):
    """The areas in force today."""

    queryset = BoundaryShape.objects.none()
    serializer_class = BoundaryFeature
    pagination_class = BoundaryPages
    filter_backends = ()
    known_parameters = ("bbox", "boundary_set", "role", "code", "tolerance_deg", "geometry", "limit", "offset")

    def list(self, request: Request) -> Response:
        """Areas as a page of a GeoJSON FeatureCollection, by set, then code."""
        query = request.query_params
        tolerance_deg = number_of(query, "tolerance_deg", default=0, least=0, most=MOST_TOLERANCE_DEG)
        with_outlines = _yes(query.get("geometry", "true"))
        rows = shapes(query, **_of_roles(values_of(query, "role")))
        page = self.paginate_queryset(rows.defer("geometry").select_related("version__boundary_set", "boundary")) or []
        versions = {shape.version_id: shape.version.checksum for shape in page} if with_outlines else {}
        found = [outlines(pk, checksum, tolerance_deg) for pk, checksum in versions.items()]
        context = {"outlines": {pk: outline for each in found for pk, outline in each.items()}}
        response = self.get_paginated_response(BoundaryFeature(page, many=True, context=context).data)
        response["Cache-Control"] = f"public, max-age={FOR_MAPS_S}"
        return response


def _of_roles(roles: list[str]) -> dict[str, list[str]]:
    if any(role not in ROLES for role in roles):
        raise Invalid.field("role", f"role must be one or several of: {', '.join(ROLES)}.")
    return {"version__boundary_set__role__in": roles} if roles else {}


def _yes(text: str) -> bool:
    if text not in {"true", "false"}:
        raise Invalid.field("geometry", "geometry must be true or false.")
    return text == "true"


class LocateView(Spoken):
    """Which areas hold a place."""

    known_parameters = ("lon", "lat")

    @extend_schema(
        parameters=[
            OpenApiParameter("lon", OpenApiTypes.DOUBLE, required=True, description="Degrees, such as -73.9857."),
            OpenApiParameter("lat", OpenApiTypes.DOUBLE, required=True, description="Degrees, such as 40.7484."),
        ],
        responses={200: LocationSerializer, **problems(400, 422)},
    )
    def get(self, request: Request) -> Response:
        """Every area that holds a place today, one of each set at the most."""
        point = LonLat.parse(request.query_params.get("lon"), request.query_params.get("lat"))
        return Response(LocationSerializer(locate(point)).data)
