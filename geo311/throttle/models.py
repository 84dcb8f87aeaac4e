"""AttemptCount: how often somebody tried something within an hour; who is a keyed hash, never an address."""

from django.db import models


class AttemptCount(models.Model):
    key = models.CharField(max_length=100)
    hour = models.DateTimeField(db_index=True)
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "hour"], name="one_count_per_key_and_hour")]

    def __str__(self) -> str:
        return f"{self.key} {self.hour:%Y-%m-%d %H:00}: {self.attempts}"
