"""Dates as people say them, and what became of a report, for templates."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

register = template.Library()


@register.filter
def day(moment: datetime | None) -> str:
    """ "Friday, 27 November", with the year where it is not this one."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    if local.year == timezone.localdate().year:
        return date_format(local, pgettext("date of this year, in Django's letters", "l, j F"))
    return date_format(local, pgettext("date with its year, in Django's letters", "l, j F Y"))


@register.filter
def moment(when: datetime | None) -> str:
    """The exact day and time, for those who want it."""
    if when is None:
        return ""
    return date_format(timezone.localtime(when), pgettext("exact time, in Django's letters", "j F Y, H:i"))


@register.filter
def due(when: datetime | None) -> str:
    """When we mean to be done: "today by 17:00", "tomorrow", "by Friday, 27 November"."""
    if when is None:
        return ""
    days = (timezone.localtime(when).date() - timezone.localdate()).days
    if days == 0:
        return _("today by {time}").format(time=date_format(timezone.localtime(when), "H:i"))
    if days == 1:
        return _("by tomorrow, {day}").format(day=day(when))
    return _("by {day}").format(day=day(when))


@register.filter
def metres(distance_m: float) -> str:
    """A distance as people judge it: to 5 m near by, to 10 m farther off."""
    if distance_m < 5:
        return _("less than 5 m")
    step = 5 if distance_m < 50 else 10
    return _("{n} m").format(n=round(distance_m / step) * step)
