"""Due dates from a service's target and the city's working calendar."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo


@dataclass(frozen=True)
class Target:
    """A promise: either whole hours on the clock or working days, not both."""

    hours: int = 0
    working_days: int = 0


@dataclass(frozen=True)
class WorkingCalendar:
    """The city's time zone, working weekdays (Monday is 0), closing hour and holidays."""

    zone: tzinfo
    weekdays: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    closes: time = time(17, 0)
    holidays: Collection[date] = field(default_factory=frozenset)

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.holidays


def expected_datetime(requested: datetime, target: Target, calendar: WorkingCalendar) -> datetime:
    """When the target runs out: aware datetimes in and out; working days end when the desk closes."""
    if target.hours:
        return requested + timedelta(hours=target.hours)
    day, left = requested.astimezone(calendar.zone).date(), target.working_days
    while left > 0:
        day += timedelta(days=1)
        left -= calendar.is_working_day(day)
    return datetime.combine(day, calendar.closes, tzinfo=calendar.zone).astimezone(requested.tzinfo)
