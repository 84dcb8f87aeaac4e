"""Counting an attempt: one atomic upsert, so that every worker and server sees the same count."""

import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from geo311.core.problems import TooManyAttempts
from geo311.http import client_address, keyed_hash
from geo311.throttle.models import AttemptCount

UNTHROTTLED_HEADER = "X-Geo311-Key"
KEEP = timedelta(hours=2)


def count_attempt(*, request: HttpRequest, purpose: str, limit_per_hour: int) -> None:
    """Count one attempt of this caller. Raises TooManyAttempts beyond `limit_per_hour` in the running hour."""
    given = request.headers.get(UNTHROTTLED_HEADER, "")
    if settings.UNTHROTTLED_KEY and hmac.compare_digest(given.encode(), settings.UNTHROTTLED_KEY.encode()):
        return
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    who = keyed_hash(f"{client_address(request)} {hour:%Y-%m-%d}", "throttle")
    if _increment(f"{purpose}:{who}", hour) > limit_per_hour:
        left_s = int((hour + timedelta(hours=1) - now).total_seconds()) + 1
        raise TooManyAttempts(
            _("That was more than {limit} in an hour. Try again in {minutes} minutes, or call us.").format(
                limit=limit_per_hour, minutes=left_s // 60 + 1
            ),
            retry_after_s=left_s,
        )


def _increment(key: str, hour: datetime) -> int:
    table = connection.ops.quote_name(AttemptCount._meta.db_table)
    stamp = AttemptCount._meta.get_field("hour").get_db_prep_value(hour, connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, hour, attempts) VALUES (%s, %s, 1) "  # noqa: S608  the name is ours
            f"ON CONFLICT (key, hour) DO UPDATE SET attempts = {table}.attempts + 1 RETURNING attempts",
            [key, stamp],
        )
        (attempts,) = cursor.fetchone()
    if attempts == 1:
        AttemptCount.objects.filter(hour__lt=hour - KEEP).delete()
    return int(attempts)
