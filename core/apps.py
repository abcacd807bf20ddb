from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created

# The library keeps 100: a web worker uses more, and those that fall out are planned anew.
PREPARED_KEPT = 1000


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        connection_created.connect(keep_prepared_statements)


def keep_prepared_statements(sender: Any, *, connection: Any, **_more: Any) -> None:
    if connection.vendor == "postgresql":
        connection.connection.prepared_max = PREPARED_KEPT
