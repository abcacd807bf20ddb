"""Signs of life of the processes that nobody sees: one row each."""

from django.db import models


class Pulse(models.Model):
    """When beat, or the worker on a machine, last did something. Older than a minute: it is gone, or it hangs."""

    name = models.CharField(max_length=120, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"
