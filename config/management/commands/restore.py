"""`manage.py restore FILE [--verify]`: take a backup in, or only prove that this would work."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.operating import restoring
from config.operating.dump import DumpError


class Command(BaseCommand):
    help = "Take a backup into an empty site; with --verify only read it and load its rows into a scratch database."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--verify", action="store_true")
        parser.add_argument("--only-database", action="store_true", help="leave files alone")

    def handle(self, file: Path, verify: bool, only_database: bool, **_options: Any) -> None:
        try:
            found = restoring.verify(file.resolve()) if verify else restoring.restore(file, media=not only_database)
        except DumpError as error:
            raise CommandError(str(error)) from error
        rows, members = sum(found["rows"].values()), len(found["members"])
        deed = "is whole and loads" if verify else "is restored"
        self.stdout.write(f"The backup of {found['made_at']} {deed}: {rows} rows, {members} files.")
        if found["missing"] or found["damaged"]:
            faults = len(found["missing"]) + len(found["damaged"])
            raise CommandError(f"{faults} files were missing or damaged when it was made.")
