"""Orders to cut a customer off that were left as files, because the database did not answer.

Whoever begins anything on this machine looks for them first (config/operating/obeying.py). A file is signed with the
site's secret key: who can write into the folder, and nothing else, can order nothing.
"""

import hmac
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac

from core import jsonio

SALT = "accounts.kill_orders"
ENDING, SET_ASIDE = ".order", ".refused"
MOST_BYTES = 64 * 1024


@dataclass(frozen=True)
class KillOrder:
    """`public_id` is that of the kill switch that it makes, so that carrying it out twice makes one.

    `organization` is a public id or a slug, as it was typed: nobody could look it up.
    """

    public_id: str
    organization: str
    at: datetime
    reason: str

    def signed(self, secret: str | bytes) -> str:
        value = json.dumps([self.public_id, self.organization, self.at.isoformat(), self.reason])
        return salted_hmac(SALT, value, secret=secret, algorithm="sha256").hexdigest()


class ForgedOrderError(Exception):
    """What stands in the file was not written by this site."""


def folder() -> Path:
    return Path(settings.DATA_DIR) / "kill-switch"


def waiting() -> list[str]:
    """The names of the files that wait, in the order of their ids; asked before each request, in microseconds.

    Raises OSError where nobody can tell.
    """
    return named(ENDING)


def refused() -> list[str]:
    """The names of those that were set aside."""
    return named(SET_ASIDE)


def named(ending: str) -> list[str]:
    try:
        names = os.listdir(f"{settings.DATA_DIR}/kill-switch")  # noqa: PTH208 (a Path costs more than the look)
    except FileNotFoundError:
        return []
    return sorted(name for name in names if name.endswith(ending))


def leave(order: KillOrder) -> Path:
    """Write it so that it is there as a whole or not at all, also after the power fails."""
    path = folder() / f"{order.public_id}{ENDING}"
    path.parent.mkdir(mode=0o700, exist_ok=True)
    being_written = path.with_suffix(".writing")
    with being_written.open("w", encoding="utf-8") as file:
        json.dump(fields(order), file)
        file.flush()
        os.fsync(file.fileno())
    for mine in (path.parent, being_written):
        give_to_owner(mine)
    being_written.replace(path)
    return path


def fields(order: KillOrder) -> dict[str, str]:
    return {
        "public_id": order.public_id,
        "organization": order.organization,
        "at": order.at.isoformat(),
        "reason": order.reason,
        "signature": order.signed(settings.SECRET_KEY),
    }


def give_to_owner(path: Path) -> None:
    # Left by root, it has to be read and removed by those who run the site.
    if os.geteuid() == 0:
        owner = Path(settings.DATA_DIR).stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def read(name: str) -> KillOrder:
    """Raises ForgedOrderError; FileNotFoundError where another process has carried it out meanwhile."""
    with (folder() / name).open("rb") as file:
        raw = file.read(MOST_BYTES)
    try:
        found = jsonio.parse(raw, most_bytes=MOST_BYTES)
        order = KillOrder(
            str(found["public_id"]),
            str(found["organization"]),
            datetime.fromisoformat(found["at"]),
            str(found["reason"]),
        )
        given = str(found["signature"])
    except (jsonio.ForeignJsonError, ValueError, KeyError, TypeError) as error:
        raise ForgedOrderError("it cannot be read") from error
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(hmac.compare_digest(given.encode(), order.signed(secret).encode()) for secret in secrets):
        raise ForgedOrderError("its signature is wrong")
    return order


def carried_out(name: str) -> None:
    (folder() / name).unlink(missing_ok=True)


def set_aside(name: str) -> None:
    """It keeps its place for whoever looks into it, and is not looked at again by programs."""
    path = folder() / name
    path.replace(path.with_suffix(SET_ASIDE))
