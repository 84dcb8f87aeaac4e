"""Registers the bounding-box lookup when Django starts."""

from django.apps import AppConfig


class DatabaseConfig(AppConfig):
    name = "geo311.db"
    label = "geo311_db"

    def ready(self) -> None:
        from geo311.db import lookups  # noqa: F401  registers itself on GeometryField
