"""All checks of the doctor, in the order in which they make sense."""

from collections.abc import Iterator
from datetime import datetime

from django.db import DatabaseError
from django.utils.translation import gettext as _

from config.operating import background, installation, obeying, storage
from config.operating.finding import Check, Finding

ALONE: tuple[Check, ...] = (
    installation.development,
    installation.transport,
    installation.mail,
    installation.secret_key,
    installation.front_end,
    installation.buckets_file,
    storage.writable,
    storage.disk,
    background.broker,
    obeying.orders_waiting,
    obeying.orders_refused,
)
WITH_DATABASE: tuple[Check, ...] = (
    installation.admins,
    installation.time_zones,
    installation.bucket_owners,
    background.beat,
    background.workers,
    background.live,
    background.outbox,
    background.failed_outbox,
    background.sealing,
    background.stuck_jobs,
    storage.originals,
)


def diagnose(*, at: datetime) -> Iterator[Finding]:
    """What is wrong; what needs the database is left out where that is not in order."""
    for check in ALONE:
        yield from check(at)
    if found := list(installation.database(at)):
        yield from found
        return
    for check in WITH_DATABASE:
        try:
            yield from check(at)
        except DatabaseError as error:
            yield Finding("database", _("The database failed: %(error)s") % {"error": error}, "manage.py migrate")
            return
