"""`manage.py import_scale ORG --url https://api.scale.com/v1 --key-env SCALE_KEY`: everything from such a server."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Mode, Organization
from core.errors import BusinessError
from leaving.reporting import Report
from leaving.scale import importing
from leaving.scale.gateway import PAGE, Server


class Command(BaseCommand):
    help = "Bring projects, batches, tasks and responses from a server that speaks Scale's API; goes on where it stood."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organization", help="short name of the customer here")
        parser.add_argument("--url", required=True, help="its address, with /v1")
        parser.add_argument("--key-env", required=True, help="the environment variable that holds the key")
        parser.add_argument("--project", action="append", default=[], help="only this one; may be given several times")
        parser.add_argument("--mode", choices=Mode.values, default=Mode.LIVE, help="the world here that it comes into")
        parser.add_argument("--page-size", type=int, default=PAGE, choices=range(1, PAGE + 1), metavar=f"1…{PAGE}")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")

    def handle(self, **options: Any) -> None:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization “{options['organization']}”.")
        key = os.environ.get(options["key_env"], "")
        if not key:
            raise CommandError(f"The environment variable {options['key_env']} is empty: put the key into it.")
        server, report = Server(options["url"], key, page=options["page_size"]), Report()
        try:
            self.run(server, organization, options, report)
        except BusinessError as error:
            raise CommandError(error.message) from error
        finally:
            self.stdout.write("\n".join(report.lines()))

    def run(self, server: Server, organization: Organization, options: dict[str, Any], report: Report) -> None:
        names = options["project"]
        if options["dry_run"]:
            importing.try_out(server, organization, names=names, report=report)
            return
        at = timezone.now()
        importing.import_all(server, organization, mode=options["mode"], names=names, report=report, at=at)
        if report.open:
            self.stdout.write("Open tasks wait in batches that are staged, until somebody launches them.")
