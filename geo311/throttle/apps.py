"""The throttle's app: one table of counts that all workers share."""

from django.apps import AppConfig


class ThrottleConfig(AppConfig):
    name = "geo311.throttle"
