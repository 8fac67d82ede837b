"""Databases of a benchmark's own on the PostgreSQL server that the tests use."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from benchmarks.databases import POSTGRESQL, find_absence

ABSENT = 3
"""The exit code of a benchmark that needs a server which does not answer."""


def find_server_absence() -> str | None:
    """Return why PostgreSQL cannot be used, or ``None`` when it is present."""
    return find_absence("postgresql")


@contextmanager
def own_database(purpose: str, *, template: str = "template1") -> Iterator[str]:
    """Create a database, yield its name, and drop it."""
    name = f"accessflow_{purpose}_{secrets.token_hex(4)}"
    _run("CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        yield name
    finally:
        _run("DROP DATABASE {} WITH (FORCE)", name)


def url_of(name: str) -> str:
    """Return the URL of a database on the server."""
    return urlsplit(POSTGRESQL)._replace(path=f"/{name}").geturl()


def _run(statement: str, *names: str) -> None:
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
