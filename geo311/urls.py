"""Every address of geo311."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from geo311 import health, http

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("geo311.accounts.urls")),
    path("", include("geo311.service_requests.staff_urls")),
    path("admin/", admin.site.urls),
    path("", include("tiles.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
handler404 = http.page_not_found
handler500 = http.server_error
