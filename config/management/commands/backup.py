"""`manage.py backup FILE`: everything that this site knows, in one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.operating import archive
from config.operating.health import not_ready


class Command(BaseCommand):
    help = "Write database and files into one tar while the site runs; `restore FILE --verify` proves it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--with-secret-key", action="store_true", help="sessions and signed links stay valid")

    def handle(self, file: Path, with_secret_key: bool, **_options: Any) -> None:
        if why := not_ready():
            raise CommandError(why)
        if file.exists():
            raise CommandError(f"{file} is there already.")
        manifest = archive.back_up(file.resolve(), with_secret=with_secret_key, at=timezone.now())
        rows, members = sum(manifest["rows"].values()), len(manifest["members"])
        self.stdout.write(f"{file}: {rows} rows, {members} files, {file.stat().st_size} bytes.")
        for fault in ("missing", "damaged"):
            if names := manifest[fault]:
                raise CommandError(
                    f"The backup is written, but {len(names)} files are {fault}, the first is {names[0]}."
                )
