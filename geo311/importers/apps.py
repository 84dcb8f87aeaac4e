"""The importers app: commands and sources, no tables."""

from django.apps import AppConfig


class ImportersConfig(AppConfig):
    name = "geo311.importers"
