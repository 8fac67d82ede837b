"""Points of a process at which it can die or lose its database.

A point lies before each statement, over whatever connection, before and
after each commit, and at the end of an act. They are counted as they are
passed, nowhere listed.
"""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

BEFORE_COMMIT, AFTER_COMMIT, END = "before COMMIT", "after COMMIT", "at the end"
_STATEMENT = re.compile(r"\s*([A-Z]+(?: SAVEPOINT| INTO)?)(?:.*?[\"`](\w+)[\"`])?", re.DOTALL)

_READS = {"SELECT", "BEGIN", "SAVEPOINT", "RELEASE SAVEPOINT"}

Spring = Callable[[Any, str], None]
"""What happens at the point, given the connection (``None`` at the end) and the point's name."""


@dataclass
class Tripwire:
    """Counts the points that are passed, and springs at one of them."""

    spring: Spring
    at: int
    skips_reads: bool = False
    """Whether points between which nothing was written are one: all the same to who dies there."""
    passed: int = 0
    sprung: str = ""
    _has_written: bool = True

    def reach(self, connection: Any, name: str) -> None:
        """Pass one point."""
        if self.skips_reads and not self._has_written:
            return
        self._has_written = False
        self.passed += 1
        if self.passed == self.at:
            self.sprung = name
            self.spring(connection, name)

    def note_commit(self, connection: Any) -> None:
        """Pass the point after a commit."""
        self._has_written = True
        self.reach(connection, AFTER_COMMIT)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Pass the point before a statement: an execute wrapper of Django's."""
        verb, table = _STATEMENT.match(sql).groups()  # type: ignore[union-attr] # every statement has a verb
        self.reach(context["connection"], f"before {verb} {table or ''}".rstrip())
        self._has_written = self._has_written or verb not in _READS
        return execute(sql, params, many, context)


@contextmanager
def stretched(tripwire: Tripwire) -> Iterator[None]:
    """Let a tripwire see every statement and commit of this process, in all threads."""
    commit = BaseDatabaseWrapper._commit  # type: ignore[attr-defined]

    def watched_commit(connection: Any) -> None:
        tripwire.reach(connection, BEFORE_COMMIT)
        commit(connection)
        tripwire.note_commit(connection)

    def watch(connection: Any, **_: Any) -> None:
        if tripwire not in connection.execute_wrappers:
            connection.execute_wrappers.append(tripwire)

    connections.close_all()
    connection_created.connect(watch)
    BaseDatabaseWrapper._commit = watched_commit  # type: ignore[attr-defined]
    try:
        yield
    finally:
        BaseDatabaseWrapper._commit = commit  # type: ignore[attr-defined]
        connection_created.disconnect(watch)
        connections.close_all()
        for connection in connections.all(initialized_only=True):
            connection.execute_wrappers.clear()


def die(connection: Any, name: str) -> NoReturn:
    """Kill this process, as the kernel does when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def lose_connection(connection: Any, name: str) -> None:
    """End the connection on the server's side; after a commit, its answer is lost on the way.

    The driver finds out with its next statement. SQLite has no server: the
    statement fails as on a disk that went away.
    """
    if connection is None:
        return
    if connection.vendor == "postgresql":
        number = connection.connection.info.backend_pid
        _end(connection, "SELECT pg_terminate_backend(%s)", "pg_stat_activity WHERE pid = %s", number)
    elif connection.vendor == "mysql":
        number = connection.connection.thread_id()
        _end(connection, "KILL CONNECTION %s", "information_schema.processlist WHERE id = %s", number)
    if connection.vendor == "sqlite" or name == AFTER_COMMIT:
        raise OperationalError("the database went away")


def _end(connection: Any, order: str, sessions: str, number: int) -> None:
    """Give the server an order over another connection, and wait until the session is gone."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(order, [number])
            cursor.execute(f"SELECT 1 FROM {sessions}", [number])
            while cursor.fetchone():
                time.sleep(0.001)
                cursor.execute(f"SELECT 1 FROM {sessions}", [number])
    finally:
        other.close()
