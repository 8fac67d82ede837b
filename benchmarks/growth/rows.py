"""Rows made by the database itself: ``INSERT ... SELECT ... FROM generate_series``.

Every table is spread over many users; the first user has a hundredth of
everything. Events, verifications and requests are in the order of time, newest last.
"""

from collections.abc import Mapping
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.models import User
from django.db import models

from benchmarks.growth import spread
from benchmarks.growth.sizes import Size
from drf_accessflow_mfa.models import (
    AccessDecision,
    AccessFlow,
    AccessRequest,
    AuditEvent,
    GuardedRoute,
    Verification,
)

Row = Mapping[str, str]


def fill(connection: Any, size: Size) -> None:
    """Fill an empty, migrated database, and let it count what it holds."""
    values = {name: getattr(size, name) for name in ("flows", "users", "verifications", "requests", "events")}
    with connection.cursor() as cursor, _unchecked(cursor):
        _insert(cursor, User, size.users, spread.USER, values)
        _insert(cursor, AccessFlow, size.flows, spread.FLOW, values)
        _insert(cursor, GuardedRoute, size.flows, spread.ROUTE, values)
        _insert(cursor, Verification, size.verifications, spread.VERIFICATION, values)
        _insert(cursor, AccessRequest, size.requests, spread.REQUEST, values)
        _insert(cursor, AccessDecision, 0, spread.DECISION, values, source=spread.DECIDED_REQUESTS)
    with _without_indexes(connection, AuditEvent), connection.cursor() as cursor, _unchecked(cursor):
        _insert(cursor, AuditEvent, size.events, spread.EVENT, values)


def settle(connection: Any) -> None:
    """Leave the tables as autovacuum would: counted, with visibility maps."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def _unchecked(cursor: Any) -> Any:
    """Spare the checks of foreign keys: the rows are right by construction."""
    cursor.execute("SET session_replication_role = replica")
    cursor.execute("SET synchronous_commit = off")
    yield
    cursor.execute("RESET session_replication_role")
    cursor.execute("RESET synchronous_commit")


@contextmanager
def _without_indexes(connection: Any, model: type[models.Model]) -> Any:
    """Build the indexes once, at the end; the outcome is the same, in a fraction of the time."""
    with connection.schema_editor() as editor:
        for index in model._meta.indexes:
            editor.remove_index(model, index)
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
    with connection.schema_editor() as editor:
        for index in model._meta.indexes:
            editor.add_index(model, index)


def _insert(
    cursor: Any, model: Any, count: int, row: Row, values: Mapping[str, int], *, source: str = ""
) -> None:
    """Insert rows; a column that the row does not name gets the default of its field."""
    columns, expressions, parameters = [], [], []
    for column in model._meta.concrete_fields:
        if column.column in row:
            expressions.append(row[column.column].format(**values))
        elif column.primary_key:
            continue
        else:
            expressions.append("%s")
            parameters.append(column.get_db_prep_save(column.get_default(), cursor.db))
        columns.append(column.column)
    cursor.execute(
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(expressions)} "
        f"FROM {source or f'generate_series(1::bigint, {count}) AS i'}",
        parameters,
    )
