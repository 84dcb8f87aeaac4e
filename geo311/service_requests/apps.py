"""The service requests app."""

from django.apps import AppConfig


class ServiceRequestsConfig(AppConfig):
    name = "geo311.service_requests"
