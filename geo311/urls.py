"""Every address of geo311."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import TemplateView
from django.views.i18n import set_language

from geo311 import health, http

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("geo311.accounts.urls")),
    path("", include("geo311.service_requests.urls")),
    path("", include("geo311.console.urls")),
    path("i18n/setlang/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    path("", include("tiles.urls")),
    path("api/", include("geo311.api")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", TemplateView.as_view(template_name="styleguide.html")))
handler404 = http.page_not_found
handler500 = http.server_error
