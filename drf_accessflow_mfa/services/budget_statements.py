"""The statements that lock and write an attempt budget, compiled once."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db import connections
from django.db.models import F

from drf_accessflow_mfa.compiled.queries import compile_query, compile_update, compile_update_returning
from drf_accessflow_mfa.compiled.statements import CompiledStatement, Parameter, value_for
from drf_accessflow_mfa.models import AttemptBudget

_USER: Any = AttemptBudget._meta.get_field("user")

Columns = tuple[str, str, str]
"""The counter of one budget, its history, and what was spent lately."""


def lock_row(user_key: Any, columns: Columns, *, using: str) -> list[Any]:
    """Lock the user's row until the transaction ends, and return these columns of it."""
    connection = connections[using]
    locking, reading = _locking(columns, using, connection.vendor)
    values = {"user": value_for(_USER, user_key, connection)}
    found: list[list[Any]] = []
    if reading is None:
        found = locking.write_and_read(values, connection=connection)
    elif locking.write(values, connection=connection):
        found = reading.run(values, connection=connection)
    if found:
        return found[0]
    AttemptBudget.objects.using(using).create(pk=user_key)
    return [0, [], []]


def write_row(user_key: Any, changes: Mapping[str, Any], *, using: str) -> None:
    """Write what is counted once the guess is judged."""
    connection = connections[using]
    values = {name: value_for(_field(name), value, connection) for name, value in changes.items()}
    values["user"] = value_for(_USER, user_key, connection)
    _writing(tuple(changes), using, connection.vendor).write(values, connection=connection)


@lru_cache(maxsize=16)
def _locking(columns: Columns, using: str, vendor: str) -> tuple[CompiledStatement, CompiledStatement | None]:
    """Return the statement that locks the row and answers its columns, or two where one cannot do both.

    SQLite knows no ``FOR UPDATE``: there, an UPDATE that changes nothing takes the write lock.
    """
    row, nothing = _row_of_user(), {columns[0]: F(columns[0])}
    if connections[using].features.has_select_for_update:
        return compile_query(row.select_for_update().values_list(*columns), using=using), None
    in_one = compile_update_returning(row, nothing, columns, using=using)
    if in_one is not None:
        return in_one, None
    return compile_update(row, nothing, using=using), compile_query(row.values_list(*columns), using=using)


@lru_cache(maxsize=32)
def _writing(names: tuple[str, ...], using: str, vendor: str) -> CompiledStatement:
    changes = {name: Parameter(name, _field(name)) for name in names}
    return compile_update(_row_of_user(), changes, using=using)


def _row_of_user() -> Any:
    return AttemptBudget.objects.filter(pk=Parameter("user", _USER))


def _field(name: str) -> Any:
    return AttemptBudget._meta.get_field(name)
