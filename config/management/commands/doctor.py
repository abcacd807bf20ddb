"""`manage.py doctor`: what is wrong with this installation, in sentences."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from config.operating.diagnosis import diagnose


class Command(BaseCommand):
    help = "Say what is wrong with this installation and what to do next; ends with 1 when something is."
    # It also runs where the checks of Django or the migrations would stop it.
    requires_system_checks = []

    def handle(self, **_options: Any) -> None:
        findings = list(diagnose(at=timezone.now()))
        for finding in findings:
            self.stdout.write(f"- {finding.sentence}\n  {_('Next')}: {finding.command}")
        if findings:
            sys.exit(1)
        self.stdout.write(_("Nothing is wrong."))
