"""Short words for dense staff lists: ages, lateness, distances, a number as it is said on the phone."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from geo311.service_requests.models import ServiceRequest

register = template.Library()
# The radiotelephony alphabet (ICAO Annex 10, volume II, 5.2.1.3), without the letters that our numbers leave out.
ALPHABET = """
    Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel Juliett Kilo Mike November Papa Quebec Romeo Sierra Tango Victor
    Whiskey X-ray Yankee Zulu
"""
SPOKEN = {word[0]: word for word in ALPHABET.split()}


def span(length: timedelta) -> str:
    """A length of time in minutes, hours or days: never in weeks or months, for people compare them down a column."""
    minutes = max(1, int(length.total_seconds() // 60))
    if minutes < 60:
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    if minutes < 48 * 60:
        return ngettext("{n} hour", "{n} hours", minutes // 60).format(n=minutes // 60)
    days = minutes // 1440
    return ngettext("{n} day", "{n} days", days).format(n=number_format(days, force_grouping=True))


@register.filter
def age(moment: datetime | None) -> str:
    """How long ago, in one unit: "3 days"."""
    return span(timezone.now() - moment) if moment else ""


@register.inclusion_tag("desk/_due.html")
def due_mark(row: ServiceRequest) -> dict[str, Any]:
    """When it is due, or how late it is; for those that ended, when."""
    return {"row": row, "late": lateness(row), "left": time_left(row)}


def lateness(row: ServiceRequest) -> str:
    """ "4 days late", or nothing."""
    if not row.is_open or row.expected_datetime is None or row.expected_datetime >= timezone.now():
        return ""
    return _("{time} late").format(time=span(timezone.now() - row.expected_datetime))


def time_left(row: ServiceRequest) -> str:
    """ "today by 17:00", "in 3 days", or nothing."""
    if not row.is_open or row.expected_datetime is None or row.expected_datetime < timezone.now():
        return ""
    local = timezone.localtime(row.expected_datetime)
    if local.date() == timezone.localdate():
        return _("today by {time}").format(time=date_format(local, "H:i"))
    return _("in {time}").format(time=span(row.expected_datetime - timezone.now()))


@register.filter
def how_far(distance_m: float | None) -> str:
    """A distance in few digits: "40 m", "320 m", "5.5 km"."""
    if distance_m is None:
        return ""
    if distance_m < 995:
        return _("{n} m").format(n=round(distance_m) if distance_m < 10 else round(distance_m / 10) * 10)
    return _("{n} km").format(n=number_format(round(distance_m / 1000, 1), 1))


@register.filter
def spoken(service_request_id: str) -> str:
    """ "4GT7-K2QM" as it is said on the phone: "4 Golf Tango 7, Kilo 2 Quebec Mike"."""
    halves = service_request_id.split("-")
    return ", ".join(" ".join(SPOKEN.get(character, character) for character in half) for half in halves)
