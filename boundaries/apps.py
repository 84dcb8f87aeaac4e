"""The boundaries app."""

from django.apps import AppConfig


class BoundariesConfig(AppConfig):
    name = "boundaries"

    def ready(self) -> None:
        from boundaries import layers  # noqa: F401  registers itself
