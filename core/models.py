"""The only table of core."""

from django.db import models


class LimitsCache(models.Model):
    """Django's database cache writes this table by SQL; the model is here so that migrations make it."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "core_limits_cache"

    def __str__(self) -> str:
        return self.cache_key
