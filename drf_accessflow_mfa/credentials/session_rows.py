"""Move a session of Django's own database back end to a new key with two statements.

Through its ``save`` and ``create`` it takes four and three transactions.
"""

from functools import lru_cache
from typing import Any, cast

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections, router
from django.utils.crypto import get_random_string

from drf_accessflow_mfa.compiled.queries import compile_update
from drf_accessflow_mfa.compiled.rows import insert_row
from drf_accessflow_mfa.compiled.statements import CompiledStatement, Parameter, value_for

KEY_LENGTH = 32
_COLUMNS = ("session_data", "expire_date")


def is_djangos_own(session: Any) -> bool:
    """Tell whether a session is a row of ``django.contrib.sessions`` and nothing besides."""
    return type(session) is SessionStore


def move(session: Any, grave: Any) -> bool:
    """Insert the session under a new key and write the grave over the old one.

    Returns whether the old one was still there. Nobody asks whether the new
    key is free: it has 165 random bits, and the database would refuse another.
    """
    session._session_key = get_random_string(KEY_LENGTH, VALID_KEY_CHARS)
    session.modified = True
    row = session.create_model_instance(session._session)
    using = router.db_for_write(session.model, instance=row)
    insert_row(row, using=using)
    return _write(grave.create_model_instance(grave._session), using)


def _write(row: Any, using: str) -> bool:
    connection, field_of = connections[using], row._meta.get_field
    values = {name: value_for(field_of(name), getattr(row, name), connection) for name in _COLUMNS}
    statement = _writing(cast("Any", type(row)), using, connection.vendor)
    return statement.write({**values, "key": row.pk}, connection=connection) == 1


@lru_cache(maxsize=8)
def _writing(model: Any, using: str, vendor: str) -> CompiledStatement:
    field_of = model._meta.get_field
    old = model._default_manager.filter(pk=Parameter("key", field_of("session_key")))
    return compile_update(old, {name: Parameter(name, field_of(name)) for name in _COLUMNS}, using=using)
