"""Bring the database up to date and, on the first start, fill it with the demo; then this process ends."""

import os
import sys
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

WANTED = "demo-is-wanted"


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        return fail(str(error))
    from files.bucket_file import bucket_file

    if faults := bucket_file().faults:
        return fail("\n".join(faults))
    try:
        tables = connection.introspection.table_names()
    except DatabaseError as error:
        return fail(f"The database does not answer: {error}")
    try:
        prepare(is_first=not tables)
    except CommandError as error:
        return fail(str(error))
    return 0


def fail(sentence: str) -> int:
    sys.stderr.write(sentence.strip() + "\n")
    return 1


def prepare(*, is_first: bool) -> None:
    """Migrate; seed a database that was empty. A seed that was interrupted is begun again at the next start."""
    from django.conf import settings

    wanted = Path(settings.DATA_DIR) / WANTED
    if os.environ.get("DEMO") == "0":
        wanted.unlink(missing_ok=True)
    elif is_first:
        wanted.touch()
    call_command("migrate", interactive=False, verbosity=0)
    if wanted.exists():
        call_command("seed")
        wanted.unlink()


if __name__ == "__main__":
    sys.exit(main())
