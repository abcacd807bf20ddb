"""Recomputes every chain of events."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organization
from events import sealing

SHOWN = 20


class Command(BaseCommand):
    help = "Check that no sealed event was changed or removed; fails and names the numbers where one was."

    def handle(self, **_options: Any) -> None:
        names = dict(Organization.objects.values_list("pk", "slug"))
        faults = 0
        for pk in sealing.organizations():
            name = names.get(pk, str(pk)) if pk else "the site"
            broken = sealing.verify(pk)
            faults += len(broken)
            self.stdout.write(f"{name}: {said(broken)}")
        if faults:
            raise CommandError(f"{faults} sealed events are not what was sealed.")


def said(broken: list[int]) -> str:
    if not broken:
        return "whole"
    more = " and more" if len(broken) > SHOWN else ""
    return f"broken at {', '.join(map(str, broken[:SHOWN]))}{more}"
