"""`manage.py import_label_studio ORG EXPORT.json --config CONFIG.xml --project NAME`: a project of Label Studio's."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Mode, Organization
from core.errors import BusinessError
from leaving.label_studio import importing
from leaving.label_studio.configuration import Plan
from leaving.label_studio.media import Folder
from leaving.reporting import Report
from projects.models import Workforce


class Command(BaseCommand):
    help = (
        "Take in a JSON export of Label Studio with its label configuration; what is here already is not taken twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organization", help="short name of the customer")
        parser.add_argument("export", type=Path, help="JSON export: an array of tasks, or one task a line")
        parser.add_argument("--config", type=Path, required=True, help="label configuration (XML) of the project")
        parser.add_argument("--project", required=True, help="name of the project here; made where there is none")
        parser.add_argument("--media", type=Path, help="folder with the uploaded files, found by path or name")
        parser.add_argument("--mode", choices=Mode.values, default=Mode.LIVE)
        parser.add_argument("--workforce", choices=Workforce.values, default=Workforce.OWN)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")

    def handle(self, **options: Any) -> None:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization “{options['organization']}”.")
        if options["media"] and not options["media"].is_dir():
            raise CommandError(f"{options['media']} is no folder.")
        try:
            plan = importing.plan_of(options["config"])
            self.say_plan(plan)
            self.stdout.write("\n".join(self.run(organization, plan, options).lines()))
        except BusinessError as error:
            raise CommandError(error.message) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}.") from error

    def say_plan(self, plan: Plan) -> None:
        self.stdout.write(f"The kind of work is {plan.type}.")
        for one in plan.unsupported:
            self.stdout.write(f"{one.tag} “{one.name}” cannot be shown here yet; its results are kept in the metadata.")

    def run(self, organization: Organization, plan: Plan, options: dict[str, Any]) -> Report:
        folder = Folder(options["media"])
        with options["export"].open("rb") as stream:
            if options["dry_run"]:
                return importing.try_out(stream, plan, folder, slug=organization.slug)
            into = importing.open_project(
                organization,
                plan,
                name=options["project"],
                workforce=options["workforce"],
                mode=options["mode"],
                by=None,
                at=timezone.now(),
            )
            report = importing.import_all(stream, plan, into, folder)
        if report.open:
            self.stdout.write(f"Open tasks wait in the batch “{into.batch.name}” until somebody launches it.")
        return report
