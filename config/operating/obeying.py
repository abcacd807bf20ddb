"""Orders to cut a customer off that wait in files are carried out before anything else is begun.

While they wait and cannot be carried out, nothing is begun: no request but the health checks, no job, no command.
"""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime

import structlog
from django.db import Error as DatabaseFault
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import kill_orders
from accounts.models import Organization
from config.operating.finding import Finding
from core.errors import BusinessError
from labeling import kill_switch

log = structlog.get_logger(__name__)

# After a failure a process does not ask the database again for so long: it answers at once meanwhile.
AGAIN_S = 1.0
OPEN = {"/healthz", "/readyz"}


class Trying:
    """One thread of a process carries orders out; `failed_at`: when that was in vain."""

    lock = threading.Lock()
    failed_at = float("-inf")
    # What could neither be believed nor moved away.
    ignored: set[str] = set()


def first(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The very first middleware."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not obeyed() and request.path not in OPEN:
            return HttpResponse(
                _("This site is stopped: an order to cut a customer off waits to be carried out. /readyz says more."),
                status=503,
                content_type="text/plain; charset=utf-8",
                headers={"Retry-After": "2", "Cache-Control": "no-store"},
            )
        return get_response(request)

    return middleware


def obeyed() -> bool:
    """Whether no order waits, or none any more. False: begin nothing."""
    try:
        names = waiting()
    except OSError as error:
        log.error("kill_orders.unreadable", error=str(error))  # noqa: TRY400 (said again and again: no traceback)
        return False
    return not names or carry_all_out()


def waiting() -> list[str]:
    return [name for name in kill_orders.waiting() if name not in Trying.ignored]


def carry_all_out() -> bool:
    if time.monotonic() < Trying.failed_at + AGAIN_S:
        return False
    if not Trying.lock.acquire(timeout=AGAIN_S):
        return False
    try:
        # Somebody else may have done it while this one waited for the lock.
        left = [name for name in waiting() if not carry_out(name)]
        Trying.failed_at = time.monotonic() if left else float("-inf")
    finally:
        Trying.lock.release()
    return not left


def carry_out(name: str) -> bool:
    """False when it has to wait."""
    try:
        order = kill_orders.read(name)
        kill_switch.obey(order)
        kill_orders.carried_out(name)
    except FileNotFoundError:
        return True  # by another process
    except (kill_orders.ForgedOrderError, Organization.DoesNotExist, BusinessError) as error:
        return refuse(name, str(error))
    except (DatabaseFault, OSError) as error:
        log.error("kill_order.waits", file=name, error=str(error))  # noqa: TRY400 (said again and again: no traceback)
        connection.close()
        return False
    log.warning("kill_order.carried_out", file=name, organization=order.organization)
    return True


def refuse(name: str, why: str) -> bool:
    """It is set aside, and whoever looks at the site's health reads it."""
    log.error("kill_order.refused", file=name, why=why)
    try:
        kill_orders.set_aside(name)
    except OSError as error:
        log.error("kill_order.not_set_aside", file=name, error=str(error))  # noqa: TRY400 (said again and again: no traceback)
        Trying.ignored.add(name)
    return True


def orders_waiting(_at: datetime) -> Iterator[Finding]:
    """What cannot be carried out, for as long as the site is stopped by it."""
    if names := waiting():
        sentence = ngettext(
            "%(count)s order to cut a customer off waits for the database: until it is carried out nothing else is.",
            "%(count)s orders to cut customers off wait for the database: until they are carried out nothing else is.",
            len(names),
        ) % {"count": len(names)}
        yield Finding("kill_order_waits", sentence, "manage.py killswitch list")


def orders_refused(_at: datetime) -> Iterator[Finding]:
    """What was left in the folder and not believed: somebody tried, or mistyped a customer's name."""
    names = [*kill_orders.refused(), *sorted(Trying.ignored)]
    if names:
        sentence = ngettext(
            "%(count)s order to cut a customer off was not obeyed: it is not signed by this site, or names nobody.",
            "%(count)s orders to cut customers off were not obeyed: they are not signed by this site, or name nobody.",
            len(names),
        ) % {"count": len(names)}
        yield Finding("kill_order_refused", sentence, f"ls -l {kill_orders.folder()}")
