"""`manage.py killswitch throw|lift|list`: cut one customer off with no more than the database, or not even that."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseFault
from django.db import connection
from django.utils import timezone

from accounts import kill_orders
from accounts.models import KillSwitch, Organization
from core.errors import BusinessError
from core.ids import new_public_id
from events.waking import breaker
from labeling import kill_switch

# The exit code where an order was left instead.
LEFT = 3
PATIENCE_S = 4.0


class Command(BaseCommand):
    help = "Cut one customer off (throw), let them in again (lift), or say who is cut off (list)."
    # It runs where the checks of Django or the migrations would stop it.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["throw", "lift", "list"])
        parser.add_argument("organization", nargs="?", default="", help="its slug or its public id")
        parser.add_argument("--reason", default="", help="for the site's admins; needed to throw")

    def handle(self, act: str, organization: str, reason: str, **_options: Any) -> None:
        # Nothing is said to the broker, which may be away: who sweeps finds what there is to do.
        breaker.trip()
        if act == "list":
            return self.list_all()
        if not organization:
            raise CommandError("Say whose: a slug or a public id.")
        if act == "lift":
            return self.lift(organization, reason)
        if not reason.strip():
            raise CommandError("Say why: --reason …")
        return self.throw(organization, reason)

    def throw(self, name: str, reason: str) -> None:
        order = kill_orders.KillOrder(new_public_id(), name, timezone.now(), reason)
        try:
            with no_longer_than(PATIENCE_S):
                organization = kill_switch.named(name)
                switch = kill_switch.throw(organization, reason=reason, by=None, at=order.at, public_id=order.public_id)
        except Organization.DoesNotExist:
            raise CommandError(f"There is no customer {name}.") from None
        except BusinessError as error:
            raise CommandError(error.message) from None
        except (DatabaseFault, TooLongError) as error:
            self.leave(order, error)
        else:
            self.stdout.write(f"{organization.name} is cut off. Stopped:")
            for label, count in stopped(switch):
                self.stdout.write(f"- {label}: {count}")

    def leave(self, order: kill_orders.KillOrder, why: Exception) -> None:
        """Ends with LEFT."""
        path = kill_orders.leave(order)
        raise CommandError(
            f"The database does not answer ({str(why).strip() or type(why).__name__}).\n"
            f"An order is left: {path}\n"
            "Until it is carried out, every process that uses this DATA_DIR answers 503 and begins nothing. "
            f"Nobody could look whether there is a customer {order.organization}: check the spelling.",
            returncode=LEFT,
        )

    def lift(self, name: str, reason: str) -> None:
        """Only with the database: what is doubtful stays closed."""
        try:
            organization = kill_switch.named(name)
            standing = KillSwitch.objects.standing().select_related("organization").get(organization=organization)
            kill_switch.lift(standing, reason=reason, by=None, at=timezone.now())
        except Organization.DoesNotExist:
            raise CommandError(f"There is no customer {name}.") from None
        except KillSwitch.DoesNotExist:
            raise CommandError(f"{name} is not cut off.") from None
        except BusinessError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"{organization.name} is let in again.")

    def list_all(self) -> None:
        for name in kill_orders.waiting():
            self.stdout.write(f"order that waits: {name}")
        for name in kill_orders.refused():
            self.stdout.write(f"order that was not obeyed: {name}")
        for switch in KillSwitch.objects.open().select_related("organization", "thrown_by").order_by("pk"):
            self.stdout.write(line_of(switch))


def line_of(switch: KillSwitch) -> str:
    name = f"{switch.organization.public_id} {switch.organization.slug}"
    if switch.thrown_at is None:
        return f"{name}: asked for at {switch.asked_at.isoformat()}, not thrown"
    by = switch.thrown_by.email if switch.thrown_by else "the command line"
    return f"{name}: cut off since {switch.thrown_at.isoformat()}, by {by}: {switch.reason}"


def stopped(switch: KillSwitch) -> list[tuple[str, int]]:
    labels = {
        "people": "people concerned",
        "in_hand": "tasks in hand",
        "drafts_without_lease": "drafts without a lease, kept",
        "open_places": "open places",
        "export": "exports",
        "import": "imports",
    }
    return [(label, switch.counts.get(name, 0)) for name, label in labels.items()]


class TooLongError(Exception):
    """The database takes longer than somebody waits who has to stop something now."""


@contextmanager
def no_longer_than(seconds: float) -> Iterator[None]:
    """Raises TooLongError. In the main thread alone, which a command has to itself."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise TooLongError(f"no answer within {seconds:g} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        be_impatient()
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def be_impatient() -> None:
    """SQLite waits in its own code, where no signal reaches; libpq may wait for a machine that is gone for ever."""
    options = connection.settings_dict.setdefault("OPTIONS", {})
    if connection.vendor != "sqlite":
        options.setdefault("connect_timeout", 2)
        return
    if connection.connection is None:
        options["timeout"] = 0.5
    else:
        connection.connection.execute("PRAGMA busy_timeout = 500")
