"""The city's working calendar, from the settings."""

from zoneinfo import ZoneInfo

from django.conf import settings

from geo311.core.deadlines import WorkingCalendar


def city_calendar() -> WorkingCalendar:
    return WorkingCalendar(zone=ZoneInfo(settings.TIME_ZONE), holidays=frozenset(settings.HOLIDAYS))
