"""The databases that are measured on, new for each run."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psycopg

POSTGRESQL = os.environ.get("ACCESSFLOW_TEST_POSTGRESQL_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
KINDS = ("sqlite", "postgresql", "prepared")
"""``prepared``: PostgreSQL, with statements that it prepares (docs/operations.md)."""


def find_absence(kind: str) -> str | None:
    """Return why a kind of database cannot be used, or ``None``."""
    if kind == "sqlite":
        return None
    try:
        psycopg.connect(POSTGRESQL, connect_timeout=3).close()
    except psycopg.OperationalError:
        return "no PostgreSQL server answers"
    return None


def version_of_postgresql() -> str:
    """Return the server's version."""
    with psycopg.connect(POSTGRESQL) as connection:
        return str(connection.execute("SHOW server_version").fetchone()[0]).split()[0]  # type: ignore[index]


@contextmanager
def fresh_database(kind: str) -> Iterator[str]:
    """Create an empty database, yield its URL, and drop it."""
    name = f"accessflow_bench_{secrets.token_hex(6)}"
    if kind == "sqlite":
        with TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / name}.sqlite3"
        return
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            query = "prepared=1" if kind == "prepared" else ""
            yield urlsplit(POSTGRESQL)._replace(path=f"/{name}", query=query).geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
