"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "geo311.accounts"
