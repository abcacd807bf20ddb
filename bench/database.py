"""A PostgreSQL to measure on, and databases of our own on it that are gone afterwards."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tests import databases

# As on a site of one machine: by its socket, or else by its port.
USUAL = [
    "postgresql://postgres@/postgres?host=/var/run/postgresql",
    "postgresql://postgres@127.0.0.1:5432/postgres",
]
NAMES = "plumbline_bench_"


@contextmanager
def server() -> Iterator[str]:
    """The one of DATABASE_URL, one that runs at a usual place, or one of our own; its URL."""
    named = os.environ.get("DATABASE_URL", "")
    for url in (named if named.startswith("postgres") else "", *USUAL):
        if url and databases.answers(url):
            yield url
            return
    with databases.own_postgresql() as url:
        yield url


@contextmanager
def fresh(server_url: str, purpose: str) -> Iterator[str]:
    """The URL of a new database, which is dropped afterwards."""
    name = f"{NAMES}{purpose}_{secrets.token_hex(3)}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
        )
    try:
        yield with_name(server_url, name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def with_name(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def name_of(url: str) -> str:
    return urlsplit(url).path[1:]


def settings_of(url: str) -> dict[str, str]:
    """The version and what decides how fast a commit is."""
    names = ["server_version", "shared_buffers", "fsync", "synchronous_commit", "autovacuum"]
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT name, current_setting(name) FROM unnest(%s::text[]) AS name", [names]
        ).fetchall()
    return dict(found)
