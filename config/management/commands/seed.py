"""`manage.py seed`: believable demo data."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Organization
from config.demo.people import CUSTOMERS, account_list, make_people
from config.demo.site import Stage, build

BIG = 5000


class Command(BaseCommand):
    help = "Fill an empty site with believable demo data; a second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--big", action="store_true", help="thousands of rows more")

    def handle(self, **options: Any) -> None:
        if not settings.DEMO_PASSWORDS_ALLOWED:
            raise CommandError("Demo accounts have a known password: they are made on a loopback address only.")
        if Organization.objects.filter(slug__in=CUSTOMERS).exists():
            self.stdout.write("The demo data is there already.")
            return
        now = timezone.now()
        build(Stage(make_people(at=now), now), big=BIG if options["big"] else 0)
        (settings.DATA_DIR / "demo-accounts.txt").write_text(account_list(), encoding="utf-8")
        self.stdout.write("Demo data:\n" + account_list())
