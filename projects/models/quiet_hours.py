"""Hours of the week at which something stands still: what its pauses are written from."""

from django.db import models

from accounts.models import User
from core.ids import public_id_field


class QuietHoursQuerySet(models.QuerySet["QuietHours"]):
    def visible_to(self, user: User) -> "QuietHoursQuerySet":
        """Site admins alone make them; others see each of their pauses where it stops something."""
        return self if user.is_site_admin else self.none()


class QuietHours(models.Model):
    """Hours of the week at which a scope stands still. Each time is a pause of its own, written weeks ahead.

    From `begins` to the next `ends` on the clock of the time zone; the day is the one on which they begin.
    """

    public_id = public_id_field()
    time_zone = models.CharField(max_length=64)
    # 0 is Monday.
    weekdays = models.JSONField()
    begins = models.TimeField()
    ends = models.TimeField()
    # The last day for which the pauses are written.
    written_until = models.DateField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)

    objects = QuietHoursQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M} {self.time_zone}"
