"""The service requests app."""

from django.apps import AppConfig


class ServiceRequestsConfig(AppConfig):
    name = "geo311.service_requests"

    def ready(self) -> None:
        from geo311.service_requests import layers  # noqa: F401  registers itself
