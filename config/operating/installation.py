"""Checks of what was installed and how it is set: they ask nobody outside this process but the database."""

import os
import zoneinfo
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from config.operating.finding import Finding
from config.operating.health import not_ready
from files.bucket_file import bucket_file

SHORTEST_SECRET = 40
HOME_ZONES = ("UTC", "Europe/Berlin", "Africa/Nairobi", "Asia/Kolkata")


def database(_at: datetime) -> Iterator[Finding]:
    if why := not_ready():
        yield Finding("database", why, "manage.py migrate")


def development(_at: datetime) -> Iterator[Finding]:
    if settings.DEBUG or settings.DEV:
        sentence = _("DEV is on: pages show code and settings to whoever meets a fault.")
        yield Finding("dev_is_on", sentence, "unset DEV")
    if settings.WORKBENCH_TEST_HOOK:
        sentence = _("WORKBENCH_TEST_HOOK is on: it is for browser tests only.")
        yield Finding("test_hook_is_on", sentence, "unset WORKBENCH_TEST_HOOK")


def transport(_at: datetime) -> Iterator[Finding]:
    if not settings.IS_HTTPS and not settings.IS_LOCAL:
        sentence = _("%(url)s is not https: passwords cross the network unprotected (INSECURE_HTTP).")
        yield Finding("insecure_http", sentence % {"url": settings.PUBLIC_URL}, "PUBLIC_URL=https://…")


def mail(_at: datetime) -> Iterator[Finding]:
    if not settings.EMAIL_URL and not settings.IS_LOCAL:
        sentence = _("Mail goes to files on this machine, although people elsewhere use %(url)s: nobody reads it.")
        yield Finding("mail_to_files", sentence % {"url": settings.PUBLIC_URL}, "EMAIL_URL=smtp+tls://…")


def secret_key(_at: datetime) -> Iterator[Finding]:
    given = "SECRET_KEY" in os.environ or "SECRET_KEY_FILE" in os.environ
    if len(settings.SECRET_KEY) < SHORTEST_SECRET:
        sentence = _("SECRET_KEY has fewer than %(count)s characters: signed addresses could be guessed.")
        yield Finding("short_secret_key", sentence % {"count": SHORTEST_SECRET}, "SECRET_KEY=…")
    elif not given and connection.vendor == "postgresql":
        sentence = _("SECRET_KEY is not set, so this machine made its own: every other machine has another one.")
        yield Finding("own_secret_key", sentence, f"SECRET_KEY_FILE={settings.DATA_DIR / 'secret-key'}")
    elif not given and (settings.DATA_DIR / "secret-key").stat().st_mode & 0o077:
        path = settings.DATA_DIR / "secret-key"
        yield Finding(
            "secret_key_is_readable", _("Others on this machine can read the secret key."), f"chmod 600 {path}"
        )


def admins(_at: datetime) -> Iterator[Finding]:
    if not User.objects.site_admins().exists():
        yield Finding("no_admin", _("Nobody can run this site: there is no site admin."), "manage.py admin EMAIL")


def front_end(_at: datetime) -> Iterator[Finding]:
    manifest = Path(str(settings.DJANGO_VITE["default"]["manifest_path"]))
    if settings.DEV:
        return
    if not manifest.exists():
        yield Finding("no_front_end", _("The front end is not built: pages have no style and no script."), "make run")
        return
    served = Path(settings.STATIC_ROOT) / "front" / "assets"
    built = {path.name for path in (manifest.parent / "assets").iterdir()}
    if not served.is_dir() or not built <= {path.name for path in served.iterdir()}:
        sentence = _("The built front end is not where it is served from.")
        yield Finding("front_end_not_collected", sentence, "manage.py collectstatic --no-input")


def buckets_file(_at: datetime) -> Iterator[Finding]:
    for fault in bucket_file().faults:
        yield Finding("buckets_file", fault, f"edit {settings.BUCKETS_FILE}")


def bucket_owners(_at: datetime) -> Iterator[Finding]:
    named = {slug for _scheme, _name, slug in bucket_file().buckets}
    if unknown := sorted(named - set(Organization.objects.filter(slug__in=named).values_list("slug", flat=True))):
        sentence = _("BUCKETS_FILE names organizations that are not here: %(names)s.")
        yield Finding("bucket_of_nobody", sentence % {"names": ", ".join(unknown[:5])}, f"edit {settings.BUCKETS_FILE}")


def time_zones(_at: datetime) -> Iterator[Finding]:
    used = set(User.objects.order_by().values_list("time_zone", flat=True).distinct()) | set(HOME_ZONES)
    if missing := sorted(used - zoneinfo.available_timezones()):
        sentence = _("This machine has no data of these time zones: %(names)s.") % {"names": ", ".join(missing[:5])}
        yield Finding("no_time_zones", sentence, "apt-get install tzdata")
