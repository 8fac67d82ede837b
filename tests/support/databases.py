"""Fresh databases on every kind of server that the package supports, each a copy of a prepared one."""

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.needs import SERVERS, connect_to_mariadb

DATABASES = ("sqlite", "postgresql", "mariadb")


def every_database() -> list[object]:
    """Return the parameters of a test that runs once on each kind of database."""
    return [pytest.param(kind, marks=pytest.mark.needs(kind)) for kind in DATABASES]


@contextmanager
def copied_database(
    kind: str, *, directory: Path, prepare: Callable[[str], None], same: object = None
) -> Iterator[str]:
    """Create a database as ``prepare`` leaves it, yield its URL, and drop it.

    ``prepare`` gets the URL of an empty database. It runs once in this process
    for each ``same``; every further database is a copy of what it left.
    ``directory`` holds the file of a SQLite database.
    """
    original = _originals.get((kind, same)) or _prepared(kind, prepare, same)
    with _database(kind, directory, original=original) as name:
        yield _url_of(kind, name, directory)


def drop_originals() -> None:
    """Drop what copies were made of."""
    _kept.close()
    _originals.clear()


_originals: dict[tuple[str, object], "_Original"] = {}
_kept = ExitStack()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Original:
    name: str
    directory: Path


def _prepared(kind: str, prepare: Callable[[str], None], same: object) -> _Original:
    directory = Path(_kept.enter_context(TemporaryDirectory(prefix="accessflow-original-")))
    name = _kept.enter_context(_database(kind, directory))
    prepare(_url_of(kind, name, directory))
    original = _Original(name=name, directory=directory)
    _originals[kind, same] = original
    return original


def _url_of(kind: str, name: str, directory: Path) -> str:
    if kind == "sqlite":
        return f"sqlite:///{_file_of(name, directory)}"
    return urlsplit(SERVERS[kind])._replace(path=f"/{name}").geturl()


def _file_of(name: str, directory: Path) -> Path:
    return directory / f"{name}.sqlite3"


@contextmanager
def _database(kind: str, directory: Path, original: _Original | None = None) -> Iterator[str]:
    name = f"accessflow_test_{secrets.token_hex(6)}"
    if kind == "sqlite":
        if original is not None:
            _copy_file(_file_of(original.name, original.directory), _file_of(name, directory))
        yield name
        return
    if kind == "postgresql":
        _run_on_postgresql(f"CREATE DATABASE {name}" + (f" TEMPLATE {original.name}" if original else ""))
    else:
        _run_on_mariadb(f"CREATE DATABASE {name}")
        if original is not None:
            _copy_on_mariadb(original.name, name)
    try:
        yield name
    finally:
        if kind == "postgresql":
            _run_on_postgresql(f"DROP DATABASE {name} WITH (FORCE)")
        else:
            _drop_on_mariadb(name)


def _copy_file(original: Path, copy: Path) -> None:
    with closing(sqlite3.connect(original)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _run_on_postgresql(statement: str) -> None:
    import psycopg

    with psycopg.connect(SERVERS["postgresql"], autocommit=True) as connection:
        connection.execute(statement.encode())


def _run_on_mariadb(statement: str) -> None:
    with closing(connect_to_mariadb(SERVERS["mariadb"])) as connection:
        connection.cursor().execute(statement)


def _drop_on_mariadb(name: str) -> None:
    """Drop a database whoever still uses it: else MariaDB waits a day for an open transaction to end."""
    from MySQLdb import OperationalError

    with closing(connect_to_mariadb(SERVERS["mariadb"])) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT id FROM information_schema.processlist WHERE db = %s", [name])
        for (user_of_it,) in cursor.fetchall():
            with suppress(OperationalError):  # it has just left
                cursor.execute(f"KILL CONNECTION {user_of_it}")
        cursor.execute("SET lock_wait_timeout = 60")
        cursor.execute(f"DROP DATABASE {name}")


def _copy_on_mariadb(original: str, copy: str) -> None:
    """Copy tables, rows and triggers: MariaDB has no templates."""
    with closing(connect_to_mariadb(SERVERS["mariadb"])) as connection:
        cursor = connection.cursor()

        def ask(statement: str) -> Any:
            cursor.execute(statement)
            return cursor.fetchall()

        ask("SET FOREIGN_KEY_CHECKS = 0")
        ask(f"USE {original}")
        tables = [name for (name,) in ask("SHOW TABLES")]
        definitions = [ask(f"SHOW CREATE TABLE `{table}`")[0][1] for table in tables]
        triggers = [ask(f"SHOW CREATE TRIGGER `{row[0]}`")[0][2] for row in ask("SHOW TRIGGERS")]
        ask(f"USE {copy}")
        for table, definition in zip(tables, definitions, strict=True):
            ask(definition)
            ask(f"INSERT INTO `{table}` SELECT * FROM `{original}`.`{table}`")
        for trigger in triggers:
            ask(trigger)
        connection.commit()
