"""Ids that leave the server: 24 hex digits."""

import secrets
import time

from django.db import models

ID_CHARACTERS = 24


def new_public_id() -> str:
    """4 bytes of time and 8 random ones: sorts roughly by age, cannot be guessed."""
    return f"{int(time.time()) & 0xFFFFFFFF:08x}{secrets.token_hex(8)}"


def new_public_ids(count: int) -> list[str]:
    """As new_public_id(), in no order: the system is asked for randomness once, which is what takes the time."""
    begin, random = f"{int(time.time()) & 0xFFFFFFFF:08x}", secrets.token_hex(8 * count)
    return [begin + random[start : start + 16] for start in range(0, 16 * count, 16)]


def new_secret_id() -> str:
    """Fully random, for what contractors see: a time would tell them gold from work."""
    return secrets.token_hex(12)


def public_id_field(*, unique: bool = True) -> "models.CharField[str, str]":
    """Where many rows are written say unique=False, and a UniqueConstraint instead: that is one index, not two."""
    return models.CharField(max_length=ID_CHARACTERS, unique=unique, default=new_public_id, editable=False)


def secret_id_field(*, unique: bool = True) -> "models.CharField[str, str]":
    """As `public_id_field`."""
    return models.CharField(max_length=ID_CHARACTERS, unique=unique, default=new_secret_id, editable=False)
