"""Every REST resource, mounted in one place."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import include, path, reverse
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from boundaries.api import BoundarySetViewSet, BoundaryViewSet, LocateView
from geo311.catalog.api import ServiceViewSet
from geo311.service_requests.api import ServiceRequestViewSet
from geo311.service_requests.duplicates_api import DuplicatesView

router = SimpleRouter()
router.register("requests", ServiceRequestViewSet, basename="service-request")
router.register("services", ServiceViewSet, basename="service")
router.register("boundary-sets", BoundarySetViewSet, basename="boundary-set")
router.register("boundaries", BoundaryViewSet, basename="boundary")


def index(request: HttpRequest) -> JsonResponse:
    """Where everything is."""
    names = {
        "requests": "service-request-list",
        "services": "service-list",
        "boundary_sets": "boundary-set-list",
        "boundaries": "boundary-list",
        "locate": "locate",
        "duplicates": "duplicates",
        "schema": "api_schema",
        "docs": "api_docs",
    }
    addresses = {key: request.build_absolute_uri(reverse(name)) for key, name in names.items()}
    return JsonResponse({"city": settings.CITY_NAME, "emergency_number": settings.EMERGENCY_NUMBER, **addresses})


urlpatterns = [
    path("", index, name="api"),
    path("", include(router.urls)),
    path("locate/", LocateView.as_view(), name="locate"),
    path("duplicates/", DuplicatesView.as_view(), name="duplicates"),
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    # Split: its script is an address of its own, so that the page needs no inline script.
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api_schema", template_name="api/docs.html"),
        name="api_docs",
    ),
]
