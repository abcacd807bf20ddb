"""Whether this site can serve, and what of it is not as it should be although it serves."""

from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection
from django.db.migrations.exceptions import MigrationSchemaMissing
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.operating import background, obeying
from config.operating.finding import Check, Finding

DEGRADING: tuple[Check, ...] = (
    background.broker,
    background.workers,
    background.beat,
    background.live,
    background.outbox,
    obeying.orders_refused,
)


@dataclass(frozen=True)
class Health:
    """`why` it is not ready, empty when it is; what is degraded, with a code and a sentence each."""

    why: str
    degraded: list[Finding]

    @property
    def ready(self) -> bool:
        return not self.why


def health(*, at: datetime) -> Health:
    if why := not_ready():
        return Health(why, [])
    return Health("", [finding for check in DEGRADING for finding in check(at)])


def not_ready() -> str:
    """A sentence when an order waits, or the database does not answer or is not up to date."""
    for finding in obeying.orders_waiting(timezone.now()):
        return finding.sentence
    try:
        waiting = migrations_waiting()
    except (DatabaseError, MigrationSchemaMissing):
        return _("The database does not answer.")
    if not waiting:
        return ""
    sentence = ngettext("%(count)s migration is not applied.", "%(count)s migrations are not applied.", waiting)
    return sentence % {"count": waiting}


def migrations_waiting() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
