"""`manage.py offer_waiting`: after an upgrade that brings a kind of work, what waited for it."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from projects import waiting


class Command(BaseCommand):
    help = "Put on offer the tasks that waited until the workbench can show them; run it after an upgrade."

    def handle(self, **_options: Any) -> None:
        self.stdout.write(f"{waiting.offer_waiting(at=timezone.now())} tasks can be shown now")
