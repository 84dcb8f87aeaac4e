"""The console app: pages and template tags, no tables."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "geo311.console"
