"""`/api/duplicates/`: has it been reported already?"""

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from geo311.core.coordinates import LonLat
from geo311.core.problems import Invalid
from geo311.rest import Spoken, problems
from geo311.service_requests.api_input import service_of
from geo311.service_requests.api_schema import Duplicate, Duplicates
from geo311.service_requests.duplicates import candidates
from geo311.service_requests.submission import LIMITS

PARAMETERS = [
    OpenApiParameter("lon", OpenApiTypes.DOUBLE, required=True, description="Longitude in degrees, such as -73.9857."),
    OpenApiParameter("lat", OpenApiTypes.DOUBLE, required=True, description="Latitude in degrees, such as 40.7484."),
    OpenApiParameter("service_code", OpenApiTypes.STR, required=True, description="One of /api/services/."),
    OpenApiParameter("address", OpenApiTypes.STR, description="For household services, which match at one address."),
]


class DuplicatesView(Spoken):
    """Open reports of a service near a place: distance, age, status and supporters, nothing else."""

    known_parameters = ("lon", "lat", "service_code", "address")

    @extend_schema(parameters=PARAMETERS, responses={200: Duplicates, **problems(400)})
    def get(self, request: Request) -> Response:
        """Open reports of the same service within its radius and window, the nearest first, ten at the most."""
        query = request.query_params
        point = LonLat.parse(query.get("lon"), query.get("lat"))
        address = query.get("address", "")[: LIMITS["address"]]
        if not query.get("service_code"):
            raise Invalid.field("service_code", "service_code is missing: give one of /api/services/.")
        service = service_of(query["service_code"])
        found = candidates(service=service, point=point, address=address, now=timezone.now())
        shown = Duplicate(found, many=True).data
        return Response(
            {"service_code": service.service_code, "radius_m": service.duplicate_radius_m, "duplicates": shown}
        )
