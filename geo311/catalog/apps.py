"""The catalogue app."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "geo311.catalog"
