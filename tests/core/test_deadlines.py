"""Due dates by the city's working calendar."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from geo311.core.deadlines import Target, WorkingCalendar, expected_datetime

NEW_YORK = ZoneInfo("America/New_York")
CALENDAR = WorkingCalendar(zone=NEW_YORK, holidays=frozenset({date(2026, 11, 26)}))  # Thanksgiving


@pytest.mark.parametrize(
    ("requested", "target", "due"),
    [
        # Monday noon, five working days with a Thursday off: the next Tuesday, at closing time.
        (datetime(2026, 11, 23, 17, tzinfo=UTC), Target(working_days=5), datetime(2026, 12, 1, 22, tzinfo=UTC)),
        # Friday evening in the city is Saturday in UTC: one working day later is Monday.
        (datetime(2026, 11, 21, 2, tzinfo=UTC), Target(working_days=1), datetime(2026, 11, 23, 22, tzinfo=UTC)),
        (datetime(2026, 11, 23, 17, tzinfo=UTC), Target(hours=24), datetime(2026, 11, 24, 17, tzinfo=UTC)),
        # Over the end of summer time the desk still closes at five on the wall.
        (datetime(2026, 10, 30, 16, tzinfo=UTC), Target(working_days=1), datetime(2026, 11, 2, 22, tzinfo=UTC)),
    ],
)
def test_due_dates(requested: datetime, target: Target, due: datetime) -> None:
    assert expected_datetime(requested, target, CALENDAR) == due
