"""Values from the environment; what is missing or wrong stops the start with a sentence that says what to do."""

import os
import secrets
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """The variable, else the content of the file that NAME_FILE names, else the default.

    Raises ImproperlyConfigured when there is none of the three.
    """
    if value := os.environ.get(name):
        return value
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    if default is None:
        raise ImproperlyConfigured(f"Set the environment variable {name} (or {name}_FILE).")
    return default


def boolean(name: str, *, default: bool = False) -> bool:
    """1, true, yes, on or 0, false, no, off; raises ImproperlyConfigured for anything else."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}: say 1 or 0.")


def integer(name: str, default: int) -> int:
    """A whole number; raises ImproperlyConfigured for anything else."""
    value = os.environ.get(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}: it has to be a whole number.") from None


def integers(name: str, default: str) -> list[int]:
    """Whole numbers with commas between them; raises ImproperlyConfigured for anything else."""
    value = text(name, default)
    try:
        return [int(part) for part in value.split(",") if part.strip()]
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}: say whole numbers with commas between them.") from None


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Networks such as 10.1.0.0/16 with commas between them, none by default; raises ImproperlyConfigured otherwise."""
    value = os.environ.get(name, "")
    try:
        return [ip_network(part.strip()) for part in value.split(",") if part.strip()]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}. Say networks such as 10.1.0.0/16.") from None


def secret(name: str, path: Path) -> str:
    """The variable, else what the file holds; the file is made on the first start, readable by its owner only."""
    if name in os.environ or f"{name}_FILE" in os.environ:
        return text(name)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Two processes may start together: O_EXCL lets one of them write, the other reads.
        try:
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
    return path.read_text(encoding="utf-8").strip()


def database(url: str) -> dict[str, Any]:
    """Django's settings for `sqlite:///path` or `postgresql://user:password@host:port/name?option=…`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {"ENGINE": "core.sqlite3", "NAME": unquote(parts.path[1:])}
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL has to begin with sqlite:/// or postgresql://.")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }
