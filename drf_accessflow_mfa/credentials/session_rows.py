"""Write a session that moves to a new key.

Through ``save`` and ``create`` of Django's own database back end that takes four
and three transactions. One statement does it on PostgreSQL and SQLite, and one
transaction elsewhere.
"""

from functools import lru_cache
from typing import Any, cast

from django.contrib.sessions.backends.base import VALID_KEY_CHARS, UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections, router, transaction
from django.utils.crypto import get_random_string

from drf_accessflow_mfa.compiled.queries import compile_text, compile_update
from drf_accessflow_mfa.compiled.rows import insert_row, is_watched
from drf_accessflow_mfa.compiled.statements import CompiledStatement, Parameter, value_for

KEY_LENGTH = 32
_COLUMNS = ("session_data", "expire_date")
_MOVING = {
    "postgresql": """
        WITH buried AS (
            UPDATE {sessions} SET {data} = %(old_session_data)s, {ends} = %(old_expire_date)s
            WHERE {key} = %(old_key)s RETURNING {key}
        )
        INSERT INTO {sessions} ({key}, {data}, {ends})
        SELECT %(new_key)s, %(new_session_data)s, %(new_expire_date)s FROM buried
    """,
    "sqlite": """
        INSERT INTO {sessions} ({key}, {data}, {ends})
        SELECT * FROM (
            SELECT %(new_key)s, %(new_session_data)s, %(new_expire_date)s
            UNION ALL SELECT %(old_key)s, %(old_session_data)s, %(old_expire_date)s
        )
        WHERE EXISTS (SELECT 1 FROM {sessions} WHERE {key} = %(old_key)s)
        ON CONFLICT ({key}) DO UPDATE SET {data} = excluded.{data}, {ends} = excluded.{ends}
    """,
}
"""By vendor. Each looks for the old row as it writes: one that was deleted meanwhile stays deleted."""


def is_djangos_own(session: Any) -> bool:
    """Tell whether a session is a row of ``django.contrib.sessions`` and nothing besides."""
    return type(session) is SessionStore


def move(session: Any, grave: Any) -> bool:
    """Write the session under a new key and the grave over the old one, if the old one is still there.

    Returns whether it was. Nobody asks whether the new key is free: it has
    165 random bits, and the database would refuse another.
    """
    session._session_key = get_random_string(KEY_LENGTH, VALID_KEY_CHARS)
    session.modified = True
    row, buried = (one.create_model_instance(one._session) for one in (session, grave))
    using = router.db_for_write(session.model, instance=row)
    is_moved = _move(row, buried, using)
    if is_moved:
        _spare_the_next_save(session)
    return is_moved


def save(grave: Any) -> bool:
    """Write the grave of a session of another back end, and return whether the session was still there."""
    try:
        grave.save()
    except UpdateError:
        return False
    return True


def _move(row: Any, buried: Any, using: str) -> bool:
    connection, model = connections[using], cast("Any", type(row))
    old = {"old_key": buried.pk, **_values_of(buried, "old", connection)}
    statement = None if is_watched(model) else _moving(model, using, connection.vendor)
    if statement is not None:
        values = {"new_key": row.pk, **_values_of(row, "new", connection), **old}
        return statement.write(values, connection=connection) > 0
    with transaction.atomic(using=using):
        is_there = _burying(model, using, connection.vendor).write(old, connection=connection) == 1
        if is_there:
            insert_row(row, using=using)
    return is_there


def _spare_the_next_save(session: Any) -> None:
    """Let ``session.save()`` write nothing as long as the row says what the session says.

    Django's middleware sets the cookie of a session that has changed, and saves it in the same breath.
    """
    written = session.session_key, _text_of(session)

    def save(must_create: bool = False) -> None:
        if must_create or (session.session_key, _text_of(session)) != written:
            del session.save
            session.save(must_create=must_create)

    session.save = save


def _text_of(session: Any) -> bytes:
    text: bytes = session.serializer().dumps(session._session)
    return text


def _values_of(row: Any, prefix: str, connection: Any) -> dict[str, Any]:
    field_of = row._meta.get_field
    return {
        f"{prefix}_{name}": value_for(field_of(name), getattr(row, name), connection) for name in _COLUMNS
    }


@lru_cache(maxsize=8)
def _moving(model: Any, using: str, vendor: str) -> CompiledStatement | None:
    """Return the one statement that moves a session, where we know how the database writes it."""
    if vendor not in _MOVING:
        return None
    quoted = connections[using].ops.quote_name
    columns = [quoted(model._meta.get_field(name).column) for name in ("session_key", *_COLUMNS)]
    names = dict(zip(("key", "data", "ends"), columns, strict=True))
    return compile_text(_MOVING[vendor].format(sessions=quoted(model._meta.db_table), **names), using=using)


@lru_cache(maxsize=8)
def _burying(model: Any, using: str, vendor: str) -> CompiledStatement:
    field_of = model._meta.get_field
    old = model._default_manager.filter(pk=Parameter("old_key", field_of("session_key")))
    changes = {name: Parameter(f"old_{name}", field_of(name)) for name in _COLUMNS}
    return compile_update(old, changes, using=using)
